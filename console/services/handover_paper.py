"""The handover as it goes on paper: what was signed, as it stood at T0, whenever it is printed.

A form printed a month later must show what the two people signed and not what the post looks like today. What the
lines of a handover refer to is therefore taken from the journal as it stood when the handover was frozen.
"""

from typing import Any, TypeVar

from console.models.alarms import Alarm
from console.models.duty import CarryOver, DueItem, Handover, Shift
from console.models.events import CameraChanged, Event, SourceChanged, event_from, value_of
from console.models.files import HandoverFile
from console.models.ids import HandoverId
from console.models.patrol import Round
from console.models.pictures import CameraState
from console.models.signals import SourceHealth
from console.services import handover, handover_lines, queries, requests
from console.store.store import Reading

T = TypeVar("T")


def handover_file(rx: Reading, handover_id: HandoverId, *, printed_by: str) -> HandoverFile:
    """Everything of one handover, ready to be printed; a draft as it would be frozen now."""
    book = handover.preview(rx, rx.need(Handover, handover_id))
    standing = _standing(rx, book)

    def those(section: str, kind: type[T]) -> tuple[T, ...]:
        found = (standing.get(line.ref) for line in book.lines if line.section == section)
        return tuple(value for value in found if isinstance(value, kind))

    return HandoverFile(
        letterhead=queries.letterhead(rx, printed_by),
        handover=book,
        shift=rx.need(Shift, book.shift),
        next_shift=rx.first(Shift, started_at=book.effective_at) if book.effective_at else None,
        record_digest=handover.record_digest(rx, handover_id),
        signatures=handover.signatures(rx, handover_id),
        carry_overs=those("carry", CarryOver),
        bypasses=those("bypass", Alarm),
        cameras=those("equipment", CameraState),
        cameras_total=len(rx.site.cameras),
        sources=those("equipment", SourceHealth),
        sources_total=len(rx.site.sources),
        due=those("due", DueItem),
        rounds=those("patrol", Round),
        after=handover_lines.after_freeze(rx, book),
        names=queries.names(rx),
        signing_key=requests.fingerprint(rx),
    )


def _standing(rx: Reading, book: Handover) -> dict[str, Any]:
    """What the lines refer to, by id: the newest value that the journal knew at T0, or knows now for a draft."""
    refs = tuple({line.ref for line in book.lines if line.ref})
    if not refs:
        return {}
    until = handover_lines.frozen_seq(rx, book)
    lines = [line for line in rx.journal(subjects=refs) if until is None or line.seq <= until]
    return {line.subject: value for line in lines if (value := _said(event_from(line))) is not None}


def _said(event: Event) -> Any:
    if isinstance(event, CameraChanged):
        return event.state
    if isinstance(event, SourceChanged):
        return event.health
    return value_of(event)
