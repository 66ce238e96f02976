"""When a camera is recorded by its schedule, and what is wrong with a schedule."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.models.recording import RecordPlan
from console.models.text import Text


def is_on(plan: RecordPlan, now: datetime, timezone: str) -> bool:
    """Whether the schedule of a camera says that it is recorded now, by the site's own time."""
    local = now.astimezone(ZoneInfo(timezone))
    return any(_within(window, local) for window in plan.schedule)


def next_on(plan: RecordPlan, at: datetime, timezone: str) -> datetime | None:
    """The first moment from `at` on at which the schedule says that the camera is recorded; None if it never does."""
    if is_on(plan, at, timezone):
        return at
    zone = ZoneInfo(timezone)
    day = at.astimezone(zone).date()
    begins = []
    for window in plan.schedule:
        found = _WINDOW.fullmatch(window)
        if found is not None and int(found[3]) < 24:
            time_of_day = time(int(found[3]), int(found[4]), tzinfo=zone)
            begins += [datetime.combine(day + timedelta(days=n), time_of_day).astimezone(UTC) for n in range(8)]
    return next((one for one in sorted(begins) if one >= at and is_on(plan, one, timezone)), None)


_WINDOW: Final = re.compile(r"(?:([1-7])(?:-([1-7]))? )?(\d\d):(\d\d)-(\d\d):(\d\d)")


def window_mistake(window: str) -> Text | None:
    """What is wrong with one entry of a schedule, or None."""
    found = _WINDOW.fullmatch(window)
    if found is not None and all(int(found[n]) < 25 and int(found[n + 1]) < 60 for n in (3, 5)):
        return None
    return Text(
        f"录像时段“{window}”写法不对，例如 08:00-18:00 或 1-5 08:00-18:00",
        f'"{window}" is no time of recording; write 08:00-18:00 or 1-5 08:00-18:00',
    )


def _within(window: str, local: datetime) -> bool:
    found = _WINDOW.fullmatch(window)
    if found is None:
        return False
    first, last = int(found[1] or 1), int(found[2] or found[1] or 7)
    begin, end = int(found[3]) * 60 + int(found[4]), int(found[5]) * 60 + int(found[6])
    minute = local.hour * 60 + local.minute
    today, yesterday = local.isoweekday(), (local - timedelta(days=1)).isoweekday()

    def counts(day: int) -> bool:
        return first <= day <= last if first <= last else day >= first or day <= last

    if begin < end:
        return counts(today) and begin <= minute < end
    return (counts(today) and minute >= begin) or (counts(yesterday) and minute < end)
