"""How the events around the alarms read: work orders, inputs, the rules that hide alarms."""

from collections.abc import Callable
from typing import Any

from console.models import events
from console.models.inputs import CanaryResult
from console.models.phrases import Context, joined, says
from console.models.telling import Told
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


def _told(event: events.ContactTold, _context: Context) -> Text | None:
    """Told, not reached, or to be told; what a plan's step did is told by the step."""
    one = event.telling
    if one.by_plan:
        return None
    zh, en = _TOLD[one.result]
    said = says(zh, en, who=one.name, phone=one.phone or "—", note=one.note or "—")
    return joined([said, Text(f"“{event.title.zh}”", f'"{event.title.en}"')])


_TOLD: dict[Told, tuple[str, str]] = {
    Told.TOLD: ("已通知 {who}（{phone}）", "Told {who} ({phone})"),
    Told.NOT_REACHED: ("未能接通 {who}（{phone}）", "{who} ({phone}) was not reached"),
    Told.TOLD_OTHER: ("{who}（{phone}）未找到，已告知 {note}", "Told {note} instead of {who} ({phone})"),
    Told.NOT_NECESSARY: ("无需通知 {who}：{note}", "{who} need not be told: {note}"),
    Told.NOT_TOLD: ("结束时仍未通知 {who}：{note}", "{who} was not told by the end: {note}"),
    Told.WANTED: ("须上报 {who}（{phone}）", "To be told: {who} ({phone})"),
}


TELLS: dict[type[events.Event], Callable[[Any, Context], Text | None]] = {
    events.WorkOrderChanged: _order,
    events.QuarantineChanged: _quarantine,
    events.CanaryChanged: _canary,
    events.ContactTold: _told,
}
