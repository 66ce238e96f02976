"""Analytics rules as a technician draws them on a camera's picture, and the hours in which they count."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from console.models.duty import DutyMode
from console.models.ids import PointId

ALL_WEEK = (1, 2, 3, 4, 5, 6, 7)
DAY_MIN = 24 * 60


class RuleKind(StrEnum):
    """What an analytics rule looks for."""

    INTRUSION = "intrusion"
    LINE = "line"
    LOITERING = "loitering"
    LEFT_OBJECT = "left_object"
    REMOVED_OBJECT = "removed_object"
    CROWD = "crowd"


class Direction(StrEnum):
    """Which way over a line counts, seen by somebody who looks from its first corner towards its last."""

    ANY = "any"
    TO_RIGHT = "to_right"
    TO_LEFT = "to_left"


class RuleWhen(StrEnum):
    """In which duty mode a rule counts."""

    ALWAYS = "always"
    OFFICE = "office"
    NON_OFFICE = "non_office"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyHours:
    """Hours of the week by the site's clock: `days` 1 (Monday) to 7; `to` at or before `start` is on the next day."""

    start: str = "00:00"
    to: str = "24:00"
    days: tuple[int, ...] = ALL_WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeHours:
    """When the site is in office mode: weekly hours, but for `holidays`, and on `workdays` that make up for them.

    Both are dates, "2026-10-01". On a make-up workday the hours of the first day of `hours` hold.
    """

    hours: tuple[WeeklyHours, ...] = (WeeklyHours(start="08:30", to="17:30", days=(1, 2, 3, 4, 5)),)
    holidays: tuple[str, ...] = ()
    workdays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An analytics rule: something in a zone, or over a line, that is drawn on the picture.

    `zone` is a polygon of (x, y) in 0..1 of the picture's width and height, for `line` the corners of the line.
    `min_s` is how long something must be seen before the rule fires (for loitering and objects: how long it stays),
    `min_area` and `max_area` the smallest and largest size as a share of the picture's area, `clear_s` how long the
    zone must be empty before the rule restores. `sensitivity` in 0..1 moves the threshold of the first look: 0.5 is
    the usual one, more sees fainter things. `direction` is for lines, `capacity` and `one_area` (the share of the
    picture that one person covers there) for crowds. The rule counts in the duty mode `when` and within `hours`,
    always where there are none; not at all where it is not `enabled`. `detector` names a model of the site folder that
    has to agree, and `classes` what it has to find; empty for all. `point` names the alarm point that the rule raises.
    """

    id: str
    kind: RuleKind = RuleKind.INTRUSION
    point: PointId
    zone: tuple[tuple[float, float], ...]
    min_s: float = 0.6
    clear_s: float = 5.0
    min_area: float = 0.002
    max_area: float = 1.0
    sensitivity: float = 0.5
    direction: Direction = Direction.ANY
    capacity: int = 0
    one_area: float = 0.01
    when: RuleWhen = RuleWhen.ALWAYS
    hours: tuple[WeeklyHours, ...] = ()
    detector: str = ""
    classes: tuple[str, ...] = ()
    enabled: bool = True


def minutes_of(word: str) -> int:
    """Minutes after midnight of "HH:MM", 0 to 1440; raises ValueError for anything else."""
    hour, minute = word.split(":")
    minutes = int(hour) * 60 + int(minute)
    if len(minute) != 2 or not 0 <= int(minute) < 60 or not 0 <= minutes <= DAY_MIN:
        raise ValueError(word)
    return minutes


def within(hours: WeeklyHours, local: datetime) -> bool:
    """Whether a local time lies in the hours; the end is no longer in them."""
    start, end = minutes_of(hours.start), minutes_of(hours.to)
    now, today = local.hour * 60 + local.minute, local.isoweekday()
    if start < end:
        return today in hours.days and start <= now < end
    yesterday = 7 if today == 1 else today - 1
    return (today in hours.days and now >= start) or (yesterday in hours.days and now < end)


def duty_mode(office: OfficeHours | None, at: datetime, zone: tzinfo) -> DutyMode:
    """Office or non-office mode at a time; a site that names no office hours is always in non-office mode.

    That duty orders differ outside office hours is 后勤服务项目安全值守整体服务流程; holidays count as non-office.
    """
    if office is None:
        return DutyMode.NON_OFFICE
    local = at.astimezone(zone)
    date = local.date().isoformat()
    if date in office.holidays:
        return DutyMode.NON_OFFICE
    hours = office.hours
    if date in office.workdays and hours and hours[0].days:
        local += timedelta(days=hours[0].days[0] - local.isoweekday())
        hours = hours[:1]
    return DutyMode.OFFICE if any(within(one, local) for one in hours) else DutyMode.NON_OFFICE


def counts(rule: Rule, office: OfficeHours | None, at: datetime, zone: tzinfo) -> bool:
    """Whether a rule counts at a time."""
    if not rule.enabled:
        return False
    if rule.hours and not any(within(one, at.astimezone(zone)) for one in rule.hours):
        return False
    return rule.when is RuleWhen.ALWAYS or duty_mode(office, at, zone).value == rule.when.value
