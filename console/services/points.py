"""Points: the table of points is changed by whoever may change settings, and that is put on record."""

from console.models.events import PointsImported
from console.models.people import Actor, Right
from console.models.points import ChangeKind, PointsPreview
from console.store.store import Transaction


def imported(tx: Transaction, preview: PointsPreview, *, by: Actor) -> None:
    """Put on record that a table of points was taken in."""
    by.demand(Right.CHANGE_SETTINGS)
    tx.record(
        PointsImported(
            at=tx.now,
            by=by.person,
            seat=by.seat,
            file=preview.file,
            digest=preview.digest,
            counts={
                "rows": preview.rows,
                **{kind.value: preview.count(kind) for kind in ChangeKind},
            },
        )
    )
