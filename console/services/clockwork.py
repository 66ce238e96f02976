"""The clockwork: one tick that moves every clock of the post, and what follows when a due item runs out."""

from collections.abc import Callable

from console.models.duty import DueItem
from console.models.ids import AlarmId, RunId
from console.models.people import SYSTEM
from console.services import alarms, due, patrol, response
from console.store.store import Transaction


def _lease(tx: Transaction, item: DueItem) -> None:
    alarms.lapse(tx, AlarmId(item.ref))


def _plan_step(tx: Transaction, item: DueItem) -> None:
    run_id, _, step = item.ref.partition("/")
    response.late(tx, RunId(run_id), step)


def _shelving(tx: Transaction, item: DueItem) -> None:
    due.finish(tx, "shelving", item.ref, by=SYSTEM)
    alarms.bring_back(tx, AlarmId(item.ref), by=SYSTEM)


# What follows when a due item of a kind runs out; other kinds only turn red on the due list.
FOLLOWS: dict[str, Callable[[Transaction, DueItem], None]] = {
    "lease": _lease,
    "plan_step": _plan_step,
    "shelving": _shelving,
}


def tick(tx: Transaction) -> None:
    """Move the clocks to now: due items come due or run out, rounds begin and end."""
    for item in due.tick(tx):
        follow = FOLLOWS.get(item.kind)
        if follow is not None:
            follow(tx, item)
    patrol.tick(tx)
