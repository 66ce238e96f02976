"""The clockwork: one tick that moves every clock of the post, and what follows when a due item runs out."""

from collections.abc import Callable

from console.models.duty import DueItem, DueState
from console.models.ids import AlarmId, RunId, SuppressionId
from console.models.people import SYSTEM
from console.services import alarms, due, duty_check, hiding, patrol, queue, response
from console.store.store import Transaction


def _lease(tx: Transaction, item: DueItem) -> None:
    alarms.lapse(tx, AlarmId(item.ref))


def _plan_step(tx: Transaction, item: DueItem) -> None:
    run_id, _, step = item.ref.partition("/")
    response.late(tx, RunId(run_id), step)


def _shelving(tx: Transaction, item: DueItem) -> None:
    alarms.bring_back(tx, AlarmId(item.ref), by=SYSTEM)


def _parking(tx: Transaction, item: DueItem) -> None:
    queue.unpark(tx, AlarmId(item.ref), by=SYSTEM)


def _suppression(tx: Transaction, item: DueItem) -> None:
    hiding.turn(tx, SuppressionId(item.ref))


def _duty_check(tx: Transaction, item: DueItem) -> None:
    if item.state is DueState.OVERDUE:
        duty_check.overdue(tx, AlarmId(item.ref))


# What follows when a due item of a kind runs out; other kinds only turn red on the due list.
FOLLOWS: dict[str, Callable[[Transaction, DueItem], None]] = {
    "duty_check": _duty_check,
    "lease": _lease,
    "parking": _parking,
    "plan_step": _plan_step,
    "shelving": _shelving,
    "suppression": _suppression,
}


def tick(tx: Transaction) -> None:
    """Move the clocks to now: due items come due or run out, rounds begin and end."""
    for item in due.tick(tx):
        follow = FOLLOWS.get(item.kind)
        if follow is not None:
            follow(tx, item)
    patrol.tick(tx)
