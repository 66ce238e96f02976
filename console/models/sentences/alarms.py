"""How the events around the alarms read: work orders, inputs, the rules that hide alarms."""

from collections.abc import Callable
from typing import Any

from console.models import events
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


TELLS: dict[type[events.Event], Callable[[Any, Context], Text | None]] = {
    events.WorkOrderChanged: _order,
}
