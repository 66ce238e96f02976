"""Alarm figures: how many alarms a post has to bear, and how fast it answers them.

The measures are those of ISA-18.2 / IEC 62682 and EEMUA 191 (rate per operator, floods, chattering and stale alarms, the
noisiest points, the mix of priorities). The times have the marks of an alarm receiving centre beside them (NFPA 72 ch. 26:
on the screen and recorded within 90 s, acted upon within 90 s of that). Drills, tests and canaries are never counted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from console.models.alarms import AlarmClass, Priority
from console.models.ids import PointId
from console.models.settings import SettingValue, seconds_of
from console.models.text import Text

SLOT = timedelta(minutes=10)
TOP_POINTS = 10
STALE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One alarm as the figures need it. Times are None where that did not happen."""

    point: PointId
    alarm_class: AlarmClass
    priority: Priority
    received_at: datetime
    shown_at: datetime | None = None
    acked_at: datetime | None = None
    acted_at: datetime | None = None
    closed_at: datetime | None = None
    chattering: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Ten minutes: how many alarms came in them, and whether the post was in a flood."""

    at: datetime
    alarms: int
    flood: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How long one thing took: over how many alarms, the percentiles in seconds, and the share within the target.

    `name` is one of show, acknowledge, act, close. `missing` counts the alarms of the period for which it has not
    happened; they count as beyond the target once it has passed.
    """

    name: str
    target_s: float
    counted: int = 0
    missing: int = 0
    p50_s: float = 0.0
    p80_s: float = 0.0
    p95_s: float = 0.0
    longest_s: float = 0.0
    within: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Noisy:
    """One of the noisiest points: how many of the period's alarms are its own."""

    point: PointId
    name: Text
    alarms: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmFigures:
    """The figures of a period, `since_at` included and `until_at` not.

    `operators` is how many people were on watch at a time on average, at least one; rates are per operator. `flood_share`
    is the share of the period in flood, `over_share` the share of its ten minutes above the steady target. `mix` gives
    the share of each priority, the most urgent first.
    """

    since_at: datetime
    until_at: datetime
    operators: float
    alarms: int
    per_hour: float
    per_slot: float
    busiest_slot: int
    busiest_hour: int
    floods: int
    flood_share: float
    over_share: float
    chattering: int
    stale: int
    mix: tuple[float, ...]
    slots: tuple[Slot, ...]
    noisiest: tuple[Noisy, ...]
    spans: tuple[Span, ...]

    def share_of(self, priority: Priority) -> float:
        """The share of the alarms that have this priority."""
        return self.mix[priority - 1]


def figures(
    counted: Sequence[Counted],
    since_at: datetime,
    until_at: datetime,
    *,
    now: datetime,
    operators: float = 1.0,
    names: Mapping[PointId, Text] | None = None,
    settings: Mapping[str, SettingValue] | None = None,
) -> AlarmFigures:
    """The figures of the alarms received in a period; `now` bounds a period that is not over yet.

    Raises ValueError for a period that does not end after it begins.
    """
    if until_at <= since_at:
        raise ValueError("a period ends after it begins")
    numbers = settings or {}
    crew = float(max(1.0, operators))
    until = min(until_at, max(now, since_at + timedelta(seconds=1)))
    hours = max((until - since_at) / timedelta(hours=1), 1 / 6)
    slots = _slots(counted, since_at, until, crew, numbers)
    mix = Counter(one.priority for one in counted)
    total = len(counted)
    steady = seconds_of(numbers, "figures.per_slot") * crew
    return AlarmFigures(
        since_at=since_at,
        until_at=until_at,
        operators=crew,
        alarms=total,
        per_hour=total / hours / crew,
        per_slot=total / (hours * 6) / crew,
        busiest_slot=max((slot.alarms for slot in slots), default=0),
        busiest_hour=_busiest_hour(slots),
        floods=sum(slot.flood and not (n and slots[n - 1].flood) for n, slot in enumerate(slots)),
        flood_share=sum(slot.flood for slot in slots) / len(slots) if slots else 0.0,
        over_share=sum(slot.alarms > steady for slot in slots) / len(slots) if slots else 0.0,
        chattering=sum(one.chattering for one in counted),
        stale=sum((one.closed_at or now) - one.received_at > STALE for one in counted),
        mix=tuple(mix[priority] / total if total else 0.0 for priority in Priority),
        slots=slots,
        noisiest=_noisiest(counted, names or {}),
        spans=_spans(counted, now, numbers),
    )


def _slots(
    counted: Iterable[Counted],
    since_at: datetime,
    until: datetime,
    crew: float,
    numbers: Mapping[str, SettingValue],
) -> tuple[Slot, ...]:
    """The period in tens of minutes; a flood begins above one number of alarms and ends below another (EEMUA 191)."""
    counts = [0] * max(1, ceil((until - since_at) / SLOT))
    for one in counted:
        n = int((one.received_at - since_at) / SLOT)
        if 0 <= n < len(counts):
            counts[n] += 1
    begins, ends = (seconds_of(numbers, name) * crew for name in ("figures.flood_begins", "figures.flood_ends"))
    slots, flood = [], False
    for n, count in enumerate(counts):
        flood = count > begins or (flood and count >= ends)
        slots.append(Slot(at=since_at + n * SLOT, alarms=count, flood=flood))
    return tuple(slots)


def _busiest_hour(slots: Sequence[Slot]) -> int:
    counts = [slot.alarms for slot in slots]
    return max((sum(counts[n : n + 6]) for n in range(max(1, len(counts) - 5))), default=0)


def _noisiest(counted: Sequence[Counted], names: Mapping[PointId, Text]) -> tuple[Noisy, ...]:
    counts = Counter(one.point for one in counted)
    return tuple(
        Noisy(point=point, name=names.get(point, Text(point, point)), alarms=n, share=n / len(counted))
        for point, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TOP_POINTS]
    )


def _spans(counted: Sequence[Counted], now: datetime, numbers: Mapping[str, SettingValue]) -> tuple[Span, ...]:
    """To the screen from the first signal, to a person's notice, to the first action, to the end."""
    made = []
    for name, field in (("show", "shown_at"), ("acknowledge", "acked_at"), ("act", "acted_at"), ("close", "closed_at")):
        target_s = seconds_of(numbers, f"figures.{name}_s")
        # What only a machine says (low priority) nobody has to answer within seconds.
        asked = counted if name == "show" else [one for one in counted if one.priority < Priority.LOW]
        taken = sorted(
            (at - one.received_at).total_seconds() for one in asked if (at := getattr(one, field)) is not None
        )
        missing = len(asked) - len(taken)
        late = sum(
            (now - one.received_at).total_seconds() > target_s for one in asked if getattr(one, field) is None
        )
        due = len(taken) + late
        made.append(
            Span(
                name=name,
                target_s=target_s,
                counted=len(taken),
                missing=missing,
                p50_s=percentile(taken, 0.50),
                p80_s=percentile(taken, 0.80),
                p95_s=percentile(taken, 0.95),
                longest_s=taken[-1] if taken else 0.0,
                within=sum(each <= target_s for each in taken) / due if due else 1.0,
            )
        )
    return tuple(made)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0..1) of the ordered values do not exceed; 0 for none."""
    return ordered[max(0, ceil(len(ordered) * share) - 1)] if ordered else 0.0
