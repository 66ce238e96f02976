"""Carry-overs: what stays unfinished goes from shift to shift until somebody closes it with words."""

from dataclasses import replace

from console.models.duty import CarryOver, CarryState, Shift, ShiftState
from console.models.errors import Refused
from console.models.events import CarryOverChanged
from console.models.ids import IncidentId, new_id
from console.models.people import Actor, Right
from console.models.settings import BY_KEY, seconds_of
from console.models.text import Text, typed
from console.services import due
from console.store.store import Reading, Transaction

LONGEST = 500
DUE = "carry_over"


def still_open(rx: Reading) -> tuple[CarryOver, ...]:
    """What is still carried over, oldest first."""
    return rx.find(CarryOver, state=CarryState.OPEN.value, order_by="opened_at")


def add(
    tx: Transaction, text: str, *, owner: str = "", incident: IncidentId | None = None, by: Actor
) -> CarryOver:
    """Put something unfinished on the list, with who is to do it; what is open already under the same words stays one."""
    by.demand(Right.WRITE_LOG)
    words = typed(text, LONGEST)
    if not words:
        raise Refused(zh="移交事项不能为空。", en="A carry-over needs words.")
    known = tx.first(CarryOver, text=words, state=CarryState.OPEN.value)
    if known is not None:
        return known
    shift = tx.first(Shift, state=ShiftState.ON_DUTY.value)
    made = CarryOver(
        id=new_id(),
        text=words,
        owner=typed(owner, 64),
        opened_at=tx.now,
        opened_by=by.person,
        first_shift=shift.id if shift else None,
        incident=incident,
    )
    return _save(tx, made, by)


def close(tx: Transaction, carry_id: str, closing: str, *, by: Actor) -> CarryOver:
    """Close a carry-over: nothing leaves the list without words about how it ended."""
    by.demand(Right.WRITE_LOG)
    known = tx.need(CarryOver, carry_id)
    if known.state is CarryState.CLOSED:
        return known
    words = typed(closing, LONGEST)
    if not words:
        raise Refused(zh="了结移交事项必须写明结果。", en="Closing a carry-over needs words about how it ended.")
    closed = replace(
        known, state=CarryState.CLOSED, closed_at=tx.now, closed_by=by.person, closing=words, rev=known.rev + 1
    )
    due.cancel(tx, DUE, closed.id)
    return _save(tx, closed, by)


def hand_on(tx: Transaction, *, by: Actor) -> tuple[CarryOver, ...]:
    """A handover took effect: everything still open has been handed on once more.

    What has been handed on more often than setting carry.supervisor_after stands on the due list at once: the
    supervisor must hear of it.
    """
    handed = tuple(
        _save(tx, replace(one, handed_count=one.handed_count + 1, rev=one.rev + 1), by) for one in still_open(tx)
    )
    for one in handed:
        if one.handed_count > int(seconds_of(tx.settings, "carry.supervisor_after")) and not due.find(tx, DUE, one.id):
            due.add(
                tx,
                DUE,
                one.id,
                Text(zh=f"报告主管：{one.text}", en=f"Report to the supervisor: {one.text}"),
                tx.now,
                source=BY_KEY["carry.supervisor_after"].source_on_record,
            )
    return handed


def _save(tx: Transaction, carry: CarryOver, by: Actor) -> CarryOver:
    tx.put(carry)
    tx.record(CarryOverChanged(at=tx.now, by=by.person, seat=by.seat, carry_over=carry))
    return carry
