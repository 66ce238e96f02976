"""Words for the screen in the language in force: short priorities, terms of the trade, times and spans of time."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from console.i18n import N_, _, language
from console.models.alarms import Alarm, Priority, State
from console.models.signals import SourceHealth
from console.models.site import Site
from console.models.text import Text
from console.models.words import word

# Shorter than the words of paper: they stand in a marker, beside a shape.
PRIORITY: Final[Mapping[Priority, str]] = {
    Priority.CRITICAL: N_("Critical"),
    Priority.HIGH: N_("High"),
    Priority.MEDIUM: N_("Medium"),
    Priority.LOW: N_("Low"),
}
# The words of the style sheet's tokens: "alarm.critical", "alarm.critical_text" ...
PRIORITY_TOKEN: Final[Mapping[Priority, str]] = {
    Priority.CRITICAL: "alarm.critical",
    Priority.HIGH: "alarm.high",
    Priority.MEDIUM: "alarm.medium",
    Priority.LOW: "alarm.low",
}
WAITING: Final = frozenset({State.UNACKED, State.RETURNED_UNACKED, State.LATCHED_UNACKED})
HIDDEN: Final = frozenset({State.SHELVED, State.SUPPRESSED, State.OUT_OF_SERVICE})


def term(member: Enum) -> str:
    """What a member of one of our enums is called, in the language in force."""
    return word(member).in_language(language())


def said(text: Text) -> str:
    """A text of the data in the language in force."""
    return text.in_language(language())


def cited(source: Text | str) -> str:
    """Where a number comes from, in the language in force; a name that is the same in both is a string."""
    return source if isinstance(source, str) else said(source)


def shortened(text: str, longest: int) -> str:
    """The text, with dots for its end where it has more than `longest` characters."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def pair(zh: str, en: str) -> str:
    """Two sentences of the data, the one in the language in force."""
    return Text(zh, en).in_language(language())


def zone_of(site: Site) -> tzinfo:
    """The site's time zone; raises ZoneInfoNotFoundError where the machine does not know it."""
    return ZoneInfo(site.timezone)


def zone_or_utc(site: Site) -> tzinfo:
    """The site's time zone, UTC where the machine does not know it (the site's reader has complained already)."""
    try:
        return zone_of(site)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def clock(at: datetime, zone: tzinfo) -> str:
    """Hours, minutes and seconds on the site's clock."""
    return at.astimezone(zone).strftime("%H:%M:%S")


def minute(at: datetime, zone: tzinfo) -> str:
    """Hours and minutes on the site's clock."""
    return at.astimezone(zone).strftime("%H:%M")


def day(at: datetime, zone: tzinfo) -> str:
    """The date on the site's clock."""
    return at.astimezone(zone).strftime("%Y-%m-%d")


def day_and_time(at: datetime, zone: tzinfo) -> str:
    """Date, hours and minutes on the site's clock."""
    return at.astimezone(zone).strftime("%m-%d %H:%M")


def when(at: datetime, now: datetime, zone: tzinfo) -> str:
    """The time alone where it is today's, else with its day."""
    local, here = at.astimezone(zone), now.astimezone(zone)
    return local.strftime("%H:%M:%S") if local.date() == here.date() else local.strftime("%m-%d %H:%M")


def source_state(health: SourceHealth | None) -> str:
    """How a source is, as far as that is known: nobody can say so of one that has not been heard since it began."""
    if health is None or health.waits:
        return _("Not heard yet")
    return _("Well") if health.healthy else _("Fault")


def span(seconds: float) -> str:
    """A span of time as a count: "0:07", "12:30", "3:04:05"; never below zero."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


def about(seconds: float) -> str:
    """A span of time as one would say it: "7 s", "12 min", "3 h", "2 d"."""
    whole = max(0, int(seconds))
    if whole < 60:
        return _("{n} s").format(n=whole)
    if whole < 3600:
        return _("{n} min").format(n=whole // 60)
    if whole < 48 * 3600:
        return _("{n} h").format(n=whole // 3600)
    return _("{n} d").format(n=whole // 86400)


def left_until(at: datetime, now: datetime) -> float:
    """Seconds from now until then, below zero when it is past."""
    return (at - now) / timedelta(seconds=1)


def title_of(alarm: Alarm) -> str:
    """What an alarm is called: its own title, the name of its class where it has none. A drill is called so first."""
    title = said(alarm.title) or term(alarm.alarm_class)
    return drill_of(title) if alarm.drill else title


def drill_of(text: str) -> str:
    """Words about a drill, which say so before anything else."""
    return _("[Drill] {title}").format(title=text)


def place_of(alarm: Alarm) -> str:
    """Where an alarm is, in words; the point's id where nobody has named the place."""
    return said(alarm.place_name) or str(alarm.point)
