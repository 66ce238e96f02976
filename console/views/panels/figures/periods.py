"""The periods one may look at: the running ones move with the clock, any past one is given by its days."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from console.i18n import N_


@dataclass(frozen=True, slots=True)
class Period:
    """A period by name: how long it is, and whether it begins at a local midnight and how many days ago."""

    key: str
    title: str
    length: timedelta
    days_ago: int | None = None

    def bounds(self, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
        """Its first moment and the first that is too late; the running ones end with the running ten minutes."""
        if self.days_ago is None:
            local = now.astimezone(zone)
            ends = local.replace(minute=local.minute // 10 * 10, second=0, microsecond=0) + timedelta(minutes=10)
            return ends - self.length, ends
        midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        begins = midnight - timedelta(days=self.days_ago)
        return begins, begins + self.length


PERIODS: Final = (
    Period("hour", N_("Last hour"), timedelta(hours=1)),
    Period("shift", N_("Last 12 hours"), timedelta(hours=12)),
    Period("day", N_("Last 24 hours"), timedelta(hours=24)),
    Period("yesterday", N_("Yesterday"), timedelta(days=1), 1),
    Period("week", N_("Last 7 days"), timedelta(days=7), 6),
    Period("month", N_("Last 30 days"), timedelta(days=30), 29),
)


def between(first: datetime, last: datetime) -> tuple[datetime, datetime]:
    """From the first day to the last, both included, whichever was given first."""
    begins, ends = min(first, last), max(first, last)
    return begins, ends + timedelta(days=1)


def bars(length: timedelta) -> int:
    """How many ten minutes one bar of the picture holds: about a hundred bars at the most."""
    slots = length / timedelta(minutes=10)
    return next((n for n in (1, 2, 3, 6, 12, 36, 72, 144) if slots / n <= 96), 144)
