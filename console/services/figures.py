"""Figures: what a post had to bear in a period, reckoned from the times that are kept with every alarm."""

from datetime import datetime, timedelta
from typing import Final

from console.models.alarms import Alarm, AlarmClass, Priority
from console.models.errors import ConsoleError
from console.models.figures import AlarmFigures, Counted, figures
from console.models.ids import PointId
from console.models.people import SignOn
from console.models.text import Text
from console.models.timing import AlarmTiming
from console.store.store import Reading

# A year and its leap day: a hundred thousand alarms, read in a second or two.
LONGEST: Final = timedelta(days=366)
_FIELDS: Final = (
    "id",
    "point",
    "alarm_class",
    "priority",
    "received_at",
    "shown_at",
    "acked_at",
    "acted_at",
    "closed_at",
)


def alarm_figures(rx: Reading, since_at: datetime, until_at: datetime) -> AlarmFigures:
    """The figures of a period of at most 366 days. Drills, tests and what a rule hid are left out.

    Raises ConsoleError for a period that ends before it begins or is too long.
    """
    if until_at <= since_at:
        raise ConsoleError(zh="结束时间必须晚于开始时间。", en="The period has to end after it begins.")
    if until_at - since_at > LONGEST:
        raise ConsoleError(zh="统计时段最长 366 天。", en="A period is at most 366 days.")
    rows = rx.columns(
        AlarmTiming,
        _FIELDS,
        since=("received_at", since_at),
        before=("received_at", until_at),
        drill=False,
        test=False,
        hidden=False,
    )
    raised = rx.columns(Alarm, ("id", "chattering_since_at"), since=("first_at", since_at), before=("first_at", until_at))
    chattering = {alarm_id for alarm_id, since in raised if since is not None}
    counted = [
        Counted(
            point=PointId(point),
            alarm_class=AlarmClass(alarm_class),
            priority=Priority(priority),
            received_at=received_at,
            shown_at=shown_at,
            acked_at=acked_at,
            acted_at=acted_at,
            closed_at=closed_at,
            chattering=alarm_id in chattering,
        )
        for alarm_id, point, alarm_class, priority, received_at, shown_at, acked_at, acted_at, closed_at in rows
    ]
    return figures(
        counted,
        since_at,
        until_at,
        now=rx.now,
        operators=operators_between(rx, since_at, min(until_at, rx.now)),
        names=_names(rx),
        settings=rx.settings,
    )


def operators_between(rx: Reading, since_at: datetime, until_at: datetime) -> float:
    """How many people were signed on at a time, on average over the period; 1 where nobody was."""
    length_s = (until_at - since_at).total_seconds()
    if length_s <= 0:
        return 1.0
    there_s = 0.0
    for one in rx.find(SignOn, before=("on_at", until_at)):
        ended = min(one.off_at or until_at, until_at)
        there_s += max(0.0, (ended - max(one.on_at, since_at)).total_seconds())
    return max(1.0, there_s / length_s)


def _names(rx: Reading) -> dict[PointId, Text]:
    site = rx.site
    points = {one.id: one.name for one in site.points}
    return points | {PointId(one.id): one.name for one in site.checkpoints}
