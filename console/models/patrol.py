"""Patrol: rounds made by the clock, punches made by the guard, and what they add up to."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from console.models.ids import CheckpointId, PostId, RoundId, RouteId
from console.models.site import Route, Site, Spot
from console.models.text import Text

# Nobody patrols faster than a slow run: a leg covered at more metres a second was not walked. Guard-tour practice.
FASTEST_M_S = 2.5
# A tag read twice within a minute is one visit. Guard-tour practice.
REPEAT_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Punch:
    """A tag read at a checkpoint, as the reader reported it; (device, chip, reader's minute) identifies it."""

    id: str
    chip: str
    device: str
    reader_at: datetime
    received_at: datetime
    person: str = ""
    text: str = ""
    result: str = ""
    raw: bytes = b""
    checkpoint: CheckpointId | None = None
    round: RoundId | None = None


class StopState(StrEnum):
    """How a checkpoint of a round was reached."""

    PENDING = "pending"
    ON_TIME = "on_time"
    EARLY = "early"
    LATE = "late"
    MISSED = "missed"
    OUT_OF_ORDER = "out_of_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStop:
    """One checkpoint of one round: when it is due, when it was reached.

    `too_fast` flags that it was reached sooner after the stop before than anybody walks.
    """

    checkpoint: CheckpointId
    due_at: datetime
    tolerance_s: float
    state: StopState = StopState.PENDING
    reached_at: datetime | None = None
    too_fast: bool = False


class RoundState(StrEnum):
    """A round is made by the clock, not by the guard."""

    WALKING = "walking"
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One patrol round along a route."""

    id: RoundId
    route: RouteId
    route_name: Text
    post: PostId
    started_at: datetime
    stops: tuple[RoundStop, ...]
    state: RoundState = RoundState.WALKING
    ended_at: datetime | None = None
    rev: int = 0

    @property
    def reached(self) -> int:
        """How many checkpoints were reached."""
        return sum(1 for stop in self.stops if stop.reached_at is not None)


# ------------------------------------------------------------------------------------------------ what punches add up to
def planned_stops(route: Route, started_at: datetime) -> tuple[RoundStop, ...]:
    """The stops of a round that starts then: each is due when the legs up to it have been walked."""
    stops, due_at = [], started_at
    for stop in route.stops:
        due_at += timedelta(seconds=stop.leg_s)
        stops.append(RoundStop(checkpoint=stop.checkpoint, due_at=due_at, tolerance_s=stop.tolerance_s))
    return tuple(stops)


def closes_at(walk: Round, grace_s: float) -> datetime:
    """The moment after which the round is over: the last stop's time, its tolerance and the grace."""
    return max((_missed_at(stop, grace_s) for stop in walk.stops), default=walk.started_at)


def _missed_at(stop: RoundStop, grace_s: float) -> datetime:
    return stop.due_at + timedelta(seconds=stop.tolerance_s + grace_s)


def in_order(order: Sequence[int]) -> frozenset[int]:
    """The positions of a longest increasing subsequence of `order`; the others are out of order.

    So a guard who takes one stop too soon has one error, not ten. Of several, the one of the smallest numbers.
    """
    tails: list[int] = []  # positions of the smallest end of a subsequence of each length
    before: list[int] = []
    for position, number in enumerate(order):
        length = bisect_left([order[tail] for tail in tails], number)
        before.append(tails[length - 1] if length else -1)
        tails[length:] = [position, *tails[length + 1 :]]
    kept: set[int] = set()
    position = tails[-1] if tails else -1
    while position >= 0:
        kept.add(position)
        position = before[position]
    return frozenset(kept)


def judged(walk: Round, site: Site, now: datetime, grace_s: float) -> Round:
    """The round with every stop judged by its times: the one place that says on time, early, late, missed, out of order.

    A stop counts as missed when its time, its tolerance and the grace are over (GB 50348: not reached in the set time);
    until the round is over it can still be reached, late. The round ends when all are reached, or when it is over.
    """
    visits = sorted(
        (index for index, stop in enumerate(walk.stops) if stop.reached_at is not None),
        key=lambda index: (walk.stops[index].reached_at or now, index),
    )
    ordered = {visits[position] for position in in_order(visits)}
    stops = [
        replace(stop, state=_judge(stop, now, grace_s, index in ordered), too_fast=False)
        for index, stop in enumerate(walk.stops)
    ]
    for former, latter in pairwise(visits):
        if _too_fast(stops[former], stops[latter], site):
            stops[latter] = replace(stops[latter], too_fast=True)
    state, ended_at = RoundState.WALKING, None
    if len(visits) == len(stops):
        state, ended_at = RoundState.COMPLETE, max((stop.reached_at for stop in stops if stop.reached_at), default=now)
    elif now >= closes_at(walk, grace_s):
        state, ended_at = RoundState.INCOMPLETE, walk.ended_at or closes_at(walk, grace_s)
    return replace(walk, stops=tuple(stops), state=state, ended_at=ended_at)


def _judge(stop: RoundStop, now: datetime, grace_s: float, ordered: bool) -> StopState:
    if stop.reached_at is None:
        return StopState.MISSED if now >= _missed_at(stop, grace_s) else StopState.PENDING
    if not ordered:
        return StopState.OUT_OF_ORDER
    tolerance = timedelta(seconds=stop.tolerance_s)
    if stop.reached_at < stop.due_at - tolerance:
        return StopState.EARLY
    return StopState.LATE if stop.reached_at > stop.due_at + tolerance else StopState.ON_TIME


def metres_between(site: Site, one: CheckpointId, other: CheckpointId) -> float | None:
    """The straight distance of two checkpoints; None where they are on different maps or the map has no scale."""
    spots = {checkpoint.id: checkpoint.spot for checkpoint in site.checkpoints}
    here, there = spots.get(one), spots.get(other)
    if here is None or there is None or here.map != there.map:
        return None
    scale = next((drawing.metres_per_px for drawing in site.maps if drawing.id == here.map), None)
    return None if scale is None else math.hypot(here.x - there.x, here.y - there.y) * scale


def _too_fast(former: RoundStop, latter: RoundStop, site: Site) -> bool:
    metres = metres_between(site, former.checkpoint, latter.checkpoint)
    if metres is None or former.reached_at is None or latter.reached_at is None:
        return False
    return metres > FASTEST_M_S * (latter.reached_at - former.reached_at).total_seconds()


def estimated_position(walk: Round, site: Site, now: datetime) -> Spot | None:
    """Where the guard of a round probably is: on the way from the last stop reached to the next, at the planned pace.

    None before the first stop was reached, after the round, and where the last stop is on no map. The guard is never
    thought to be farther than at the next stop.
    """
    if walk.state is not RoundState.WALKING or not walk.reached:
        return None
    spots = {checkpoint.id: checkpoint.spot for checkpoint in site.checkpoints}
    last = max(
        (index for index, stop in enumerate(walk.stops) if stop.reached_at is not None),
        key=lambda index: (walk.stops[index].reached_at or now, index),
    )
    here = spots.get(walk.stops[last].checkpoint)
    ahead = next((index for index in range(last + 1, len(walk.stops)) if walk.stops[index].reached_at is None), None)
    there = spots.get(walk.stops[ahead].checkpoint) if ahead is not None else None
    if here is None or there is None or ahead is None or there.map != here.map:
        return here
    planned_s = (walk.stops[ahead].due_at - walk.stops[last].due_at).total_seconds()
    walked_s = (now - (walk.stops[last].reached_at or now)).total_seconds()
    share = min(max(walked_s / planned_s, 0.0), 1.0) if planned_s > 0 else 1.0
    heading = math.degrees(math.atan2(there.x - here.x, here.y - there.y)) % 360
    return Spot(
        map=here.map,
        x=here.x + (there.x - here.x) * share,
        y=here.y + (there.y - here.y) * share,
        heading_deg=heading,
    )
