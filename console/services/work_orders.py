"""Work orders: opened by the console when a device fails or by a person, once a fault, and closed with how long it lasted."""

from dataclasses import replace
from datetime import datetime, timedelta

from console.models.errors import Refused
from console.models.events import WorkOrderChanged
from console.models.ids import AlarmId, IncidentId, PlaceId, WorkOrderId, new_id
from console.models.people import SYSTEM, Actor, Right
from console.models.settings import seconds_of
from console.models.site import place_path
from console.models.text import Text, typed
from console.models.work_orders import WorkOrder, WorkOrderKind, WorkOrderState
from console.services.spans import month_bounds
from console.store.store import Reading, Transaction

_NOT_CLOSED = (WorkOrderState.OPEN, WorkOrderState.REPORTED, WorkOrderState.OVER)


def open_order(
    tx: Transaction,
    kind: WorkOrderKind,
    subject: str,
    title: Text,
    *,
    fault: str = "",
    place: PlaceId | None = None,
    alarm: AlarmId | None = None,
    incident: IncidentId | None = None,
    by: Actor = SYSTEM,
) -> WorkOrder:
    """Open a work order for `subject`, or give the one that is open for it already: one fault is one order.

    A fault that was over and comes back before anybody closed its order makes that order open again. It is to be
    reported for repair within the setting work.report_within_s.
    """
    if by is not SYSTEM:
        by.demand(Right.WRITE_LOG)
    standing = standing_order(tx, subject)
    if standing is not None:
        if standing.state is not WorkOrderState.OVER:
            return standing
        back = WorkOrderState.REPORTED if standing.reported_at else WorkOrderState.OPEN
        return _save(tx, replace(standing, state=back, over_at=None), by)
    order = WorkOrder(
        id=WorkOrderId(new_id()),
        number=f"{tx.now:%Y}-{tx.number(f'work-order-{tx.now:%Y}'):04d}",
        kind=kind,
        subject=subject,
        title=title,
        place=place,
        place_name=Text(zh=place_path(tx.site, place, "zh_CN"), en=place_path(tx.site, place, "en")),
        fault=typed(fault, 2000),
        opened_at=tx.now,
        opened_by=by.person,
        due_at=tx.now + timedelta(seconds=seconds_of(tx.settings, "work.report_within_s")),
        alarm=alarm,
        incident=incident,
    )
    return _save(tx, order, by)


def standing_order(rx: Reading, subject: str) -> WorkOrder | None:
    """The order of `subject` that nobody has closed yet."""
    return next((order for order in rx.find(WorkOrder, subject=subject) if order.state in _NOT_CLOSED), None)


def report(tx: Transaction, order_id: WorkOrderId, assigned_to: str, *, by: Actor) -> WorkOrder:
    """The fault was reported for repair, to whom `assigned_to` says (at most 200 characters)."""
    by.demand(Right.WRITE_LOG)
    order = tx.need(WorkOrder, order_id)
    if order.state is WorkOrderState.CLOSED:
        raise Refused(zh="工单已关闭。", en="The work order is closed.")
    if not typed(assigned_to, 200):
        raise Refused(zh="请写明报给谁维修。", en="Say to whom it was reported.")
    state = WorkOrderState.REPORTED if order.state is WorkOrderState.OPEN else order.state
    return _save(
        tx,
        replace(order, state=state, assigned_to=typed(assigned_to, 200), reported_at=order.reported_at or tx.now),
        by,
    )


def over(tx: Transaction, subject: str, at: datetime | None = None) -> WorkOrder | None:
    """The fault of `subject` is gone, seen by the console itself; how long it lasted is on record from now on."""
    order = standing_order(tx, subject)
    if order is None or order.state is WorkOrderState.OVER:
        return None
    return _save(tx, replace(order, state=WorkOrderState.OVER, over_at=at or tx.now), SYSTEM)


def close(tx: Transaction, order_id: WorkOrderId, remedy: str, *, by: Actor) -> WorkOrder:
    """A person accepts that the fault is repaired, and says what was done."""
    by.demand(Right.WRITE_LOG)
    order = tx.need(WorkOrder, order_id)
    if order.state is WorkOrderState.CLOSED:
        raise Refused(zh="工单已关闭。", en="The work order is closed.")
    if not typed(remedy, 2000):
        raise Refused(zh="请写明处理结果。", en="Say what was done.")
    closed = replace(
        order,
        state=WorkOrderState.CLOSED,
        over_at=order.over_at or tx.now,
        remedy=typed(remedy, 2000),
        closed_at=tx.now,
        closed_by=by.person,
    )
    return _save(tx, closed, by)


def register(rx: Reading, closed_too: bool = False) -> tuple[WorkOrder, ...]:
    """The orders nobody has closed yet, or every order, newest first."""
    states = [state.value for state in (WorkOrderState if closed_too else _NOT_CLOSED)]
    return tuple(sorted(rx.find(WorkOrder, state=states), key=lambda order: order.number, reverse=True))


def of_month(rx: Reading, month: str) -> tuple[WorkOrder, ...]:
    """The orders that were open at any time of a month ("2026-11") on the site's clock, oldest first.

    Raises ConsoleError for anything that is no month.
    """
    began, ended = month_bounds(rx, month)
    found = (order for order in rx.find(WorkOrder) if order.opened_at < ended)
    return tuple(
        sorted(
            (order for order in found if order.closed_at is None or order.closed_at >= began),
            key=lambda order: order.number,
        )
    )


def _save(tx: Transaction, order: WorkOrder, by: Actor) -> WorkOrder:
    saved = replace(order, rev=order.rev + 1)
    tx.put(saved)
    tx.record(WorkOrderChanged(at=tx.now, by=by.person, seat=by.seat, order=saved))
    return saved
