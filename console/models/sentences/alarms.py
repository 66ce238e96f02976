"""How the events around the alarms read: work orders, inputs, the rules that hide alarms."""

from collections.abc import Callable
from typing import Any

from console.models import events
from console.models.inputs import CanaryResult
from console.models.phrases import Context, joined, says
from console.models.text import Text
from console.models.words import word


def _order(event: events.WorkOrderChanged, _context: Context) -> Text:
    order = event.order
    said = says(
        "工单 {number}（{state}）：{title}",
        "Work order {number} ({state}): {title}",
        number=order.number,
        state=word(order.state),
        title=order.title,
    )
    return joined([said, Text(order.fault, order.fault), Text(order.remedy, order.remedy)])


def _quarantine(event: events.QuarantineChanged, _context: Context) -> Text | None:
    entry = event.entry
    if entry.settled_as is not None and entry.settled_at == event.at:
        said = says(
            "未登记的发送方 {account}：{settled}",
            "Unknown sender {account}: {settled}",
            account=entry.account,
            settled=word(entry.settled_as),
        )
        return joined([said, Text(entry.note, entry.note)])
    if entry.count > 1:
        return None
    return says(
        "未登记的发送方 {account}（{sender}）列入隔离名单",
        "Unknown sender {account} ({sender}) is in quarantine",
        account=entry.account,
        sender=entry.sender,
    )


def _canary(event: events.CanaryChanged, context: Context) -> Text | None:
    canary = event.canary
    if canary.result in (CanaryResult.RECEIVED, CanaryResult.SHOWN):
        return None  # two good ones every five minutes would bury the night
    said = says(
        "通路自检 {source}：{result}",
        "Test signal of {source}: {result}",
        source=context.names.place(canary.source),
        result=word(canary.result),
    )
    return joined([said, canary.reason])


TELLS: dict[type[events.Event], Callable[[Any, Context], Text | None]] = {
    events.WorkOrderChanged: _order,
    events.QuarantineChanged: _quarantine,
    events.CanaryChanged: _canary,
}
