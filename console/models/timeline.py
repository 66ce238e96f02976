"""The arithmetic of a timeline: seconds to pixels and back, ticks on the site's clock, days of 23, 24 or 25 hours. Pure."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

SHORTEST_S: Final = 1.0
TICK_PX: Final = 92
_STEPS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600)
_QUARTER_S: Final = 900


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the timeline, with what it says: "08:00", "08:00:05", "05.2"."""

    at_s: float
    text: str


def day_bounds(day: date, zone: tzinfo) -> tuple[float, float]:
    """When a day of the site begins and ends, in seconds since 1970: 23 or 25 hours where the clock was changed."""
    begin, end = (datetime.combine(day + timedelta(days=n), time(), zone) for n in (0, 1))
    return begin.timestamp(), end.timestamp()


def day_of(at_s: float, zone: tzinfo) -> date:
    """The day of the site that holds a moment."""
    return datetime.fromtimestamp(at_s, zone).date()


def moment_of(day: date, typed: str, zone: tzinfo) -> float | None:
    """The moment that somebody typed: "8:05", "080512", "8:05:12.4", "03-14 8:05"; None where it is none.

    A time that the clock shows twice is the first of the two.
    """
    words = typed.replace("：", ":").split()
    if len(words) == 2:
        parts = words[0].split("-")
        try:
            numbers = [int(part) for part in parts]
            day = date(*numbers) if len(numbers) == 3 else day.replace(month=numbers[0], day=numbers[1])
        except (ValueError, IndexError, TypeError):
            return None
        words = words[1:]
    if len(words) != 1:
        return None
    text = words[0]
    if ":" not in text and text.isascii() and text.isdigit() and len(text) in (4, 6):
        text = ":".join(text[at : at + 2] for at in range(0, len(text), 2))
    parts = text.split(":")
    if len(parts) not in (2, 3):
        return None
    try:
        hour, minute, second = int(parts[0]), int(parts[1]), float(parts[2]) if len(parts) == 3 else 0.0
        begin = datetime.combine(day, time(hour, minute), zone)
    except ValueError:
        return None
    return begin.timestamp() + second if 0.0 <= second < 60.0 else None


@dataclass(frozen=True, slots=True)
class Scale:
    """What part of a day is seen, and how wide: `span_s` seconds from `from_s` on, over `width_px` pixels."""

    from_s: float
    span_s: float
    width_px: int
    first_s: float
    last_s: float

    @property
    def until_s(self) -> float:
        """The end of what is seen."""
        return self.from_s + self.span_s

    def x(self, at_s: float) -> float:
        """Where a moment lies, in pixels from the left; outside of the widget for moments that are not seen."""
        return (at_s - self.from_s) / self.span_s * self.width_px

    def at(self, x: float) -> float:
        """The moment at a place."""
        return self.from_s + x / max(1, self.width_px) * self.span_s

    def zoomed(self, times: float, keep_s: float) -> "Scale":
        """See `times` as closely; the moment `keep_s` stays where it is, as far as the day's ends allow."""
        whole_s = self.last_s - self.first_s
        span_s = min(whole_s, max(SHORTEST_S, self.span_s / times))
        share = (keep_s - self.from_s) / self.span_s
        from_s = min(max(keep_s - share * span_s, self.first_s), max(self.first_s, self.last_s - span_s))
        return replace(self, span_s=span_s, from_s=from_s)

    def moved(self, by_s: float) -> "Scale":
        """See what is later by so much."""
        return self._within(self.from_s + by_s)

    def centred(self, at_s: float) -> "Scale":
        """See a moment in the middle, as far as the day's ends allow."""
        return self._within(at_s - self.span_s / 2)

    def holding(self, at_s: float) -> "Scale":
        """See a moment: turned over like a page where it has left what is seen."""
        if self.from_s <= at_s <= self.until_s:
            return self
        return self._within(at_s - self.span_s * (0.1 if at_s > self.until_s else 0.9))

    def wide(self, width_px: int) -> "Scale":
        """The same part over another width."""
        return replace(self, width_px=max(1, width_px))

    def _within(self, from_s: float) -> "Scale":
        return replace(self, from_s=min(max(from_s, self.first_s), max(self.first_s, self.last_s - self.span_s)))

    def ticks(self, zone: tzinfo) -> tuple[Tick, ...]:
        """The lines to draw: whole hours, minutes or seconds of the site's clock, about as far apart as a hand is wide."""
        wanted_s = self.span_s * TICK_PX / max(1, self.width_px)
        step = next((one for one in _STEPS if one >= wanted_s), _STEPS[-1])
        return self._hours(int(step // 3600), zone) if step >= 3600 else self._finer(step, zone)

    def _hours(self, every: int, zone: tzinfo) -> tuple[Tick, ...]:
        # The clock may stand an odd number of quarters beside UTC, and may jump: every quarter is asked for its hour.
        ticks = []
        quarter = -(-int(self.from_s) // _QUARTER_S)
        while quarter * _QUARTER_S <= self.until_s:
            at = datetime.fromtimestamp(quarter * _QUARTER_S, zone)
            if at.minute == 0 and at.hour % every == 0:
                ticks.append(Tick(float(quarter * _QUARTER_S), f"{at:%H:%M}"))
            quarter += 1
        return tuple(ticks)

    def _finer(self, step: float, zone: tzinfo) -> tuple[Tick, ...]:
        ticks = []
        number = int(-(-self.from_s // step))
        while number * step <= self.until_s:
            at_s = round(number * step, 3)
            at = datetime.fromtimestamp(at_s, UTC).astimezone(zone)
            if step >= 60:
                text = f"{at:%H:%M}"
            elif step >= 1:
                text = f"{at:%H:%M:%S}"
            else:
                text = f"{at:%S}.{at.microsecond // 100_000}"
            ticks.append(Tick(at_s, text))
            number += 1
        return tuple(ticks)


def whole_day(day: date, zone: tzinfo, width_px: int) -> Scale:
    """A whole day of the site."""
    first_s, last_s = day_bounds(day, zone)
    return Scale(first_s, last_s - first_s, max(1, width_px), first_s, last_s)


def joined(spans: "tuple[tuple[float, float], ...]", seam_s: float) -> tuple[tuple[float, float], ...]:
    """Stretches in order, those nearer than a seam made one."""
    made: list[tuple[float, float]] = []
    for begin, end in spans:
        if made and begin - made[-1][1] <= seam_s:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((begin, end))
    return tuple(made)
