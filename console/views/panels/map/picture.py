"""What the map has to show, worked out from alarms, rounds and dispatches: pure rules, no Qt."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from console.models.alarms import Alarm, Condition, Priority, State, queue_order
from console.models.ids import CheckpointId, MapId, PostId
from console.models.incidents import Dispatch, DispatchState
from console.models.patrol import Round, RoundState, RoundStop, estimated_position
from console.models.people import SignOn
from console.models.site import Post, PostKind, Site, Spot
from console.views import words

# What changed within this time wears a triangle: the mark a relief looks for first.
RECENT: Final = timedelta(minutes=30)
# Alarms nearer to one another than this share a ring, in pixels of the drawing.
_SAME_SPOT_PX: Final = 4.0


class RingKind(StrEnum):
    """How far an alarm has come; drawn as the ring around its spot."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    HANDLED = "handled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """The ring around a spot that has live alarms: its most urgent one, and how many of them nobody has acknowledged.

    `returned` says that no point there is in alarm any more, though a person has yet to reset or acknowledge it;
    `unknown` that the source of one is not heard, so that nobody knows.
    """

    alarm: Alarm
    spot: Spot
    kind: RingKind
    returned: bool
    unknown: bool
    waiting: int
    total: int
    recent: bool


def is_live(alarm: Alarm) -> bool:
    """Whether an alarm stands on the map at all: in the queue and not hidden."""
    return alarm.closed_at is None and alarm.state not in words.HIDDEN and alarm.state is not State.NORMAL


def is_shown(alarm: Alarm) -> bool:
    """Whether an alarm has a ring: live, or back to normal with its case still open; on a map."""
    live = is_live(alarm) or (alarm.closed_at is None and alarm.case_open and alarm.state is State.NORMAL)
    return live and alarm.spot is not None


def kind_of(alarm: Alarm) -> RingKind:
    """Waiting until acknowledged, handled while its case is open, else acknowledged."""
    if alarm.state in words.WAITING:
        return RingKind.WAITING
    return RingKind.HANDLED if alarm.case_open else RingKind.ACKNOWLEDGED


def changed_at(alarm: Alarm) -> datetime:
    """When something last happened to an alarm."""
    acknowledged_at = alarm.acknowledged.at if alarm.acknowledged else alarm.first_at
    return max(alarm.first_at, alarm.last_at, acknowledged_at)


def is_recent(at: datetime, now: datetime) -> bool:
    """Whether a moment lies within the last 30 minutes."""
    return now - at <= RECENT


def rings_of(alarms: Iterable[Alarm], now: datetime) -> tuple[Ring, ...]:
    """The rings of all maps, one a spot, the most urgent first."""
    together: list[tuple[Spot, list[Alarm]]] = []
    for alarm in sorted((one for one in alarms if is_shown(one)), key=queue_order):
        if alarm.spot is None:
            continue
        here = next((found for spot, found in together if _same(spot, alarm.spot)), None)
        if here is None:
            together.append((alarm.spot, [alarm]))
        else:
            here.append(alarm)
    return tuple(_ring(spot, here, now) for spot, here in together)


def _same(one: Spot, other: Spot) -> bool:
    return one.map == other.map and math.hypot(one.x - other.x, one.y - other.y) <= _SAME_SPOT_PX


def _ring(spot: Spot, here: list[Alarm], now: datetime) -> Ring:
    kinds = {kind_of(alarm) for alarm in here}
    return Ring(
        alarm=here[0],
        spot=spot,
        kind=next(kind for kind in RingKind if kind in kinds),
        returned=all(alarm.condition is Condition.NORMAL for alarm in here),
        unknown=any(alarm.condition is Condition.UNKNOWN for alarm in here),
        waiting=sum(1 for alarm in here if kind_of(alarm) is RingKind.WAITING),
        total=len(here),
        recent=any(is_recent(changed_at(alarm), now) for alarm in here),
    )


def counts_of(rings: Iterable[Ring]) -> dict[MapId, tuple[int, int]]:
    """For every map with alarms how many there are, and how many of them nobody has acknowledged."""
    counts: dict[MapId, tuple[int, int]] = {}
    for ring in rings:
        total, waiting = counts.get(ring.spot.map, (0, 0))
        counts[ring.spot.map] = (total + ring.total, waiting + ring.waiting)
    return counts


def pulls_the_map(alarm: Alarm) -> bool:
    """Whether a new alarm may move the map to itself: somebody has to look, and it is more than a note."""
    return is_shown(alarm) and alarm.state in words.WAITING and alarm.priority < Priority.LOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A post as the map shows it: who stands there, and what it is doing.

    `dispatch` is the newest one it is out on, `target` the spot it was sent to.
    """

    post: Post
    people: tuple[str, ...] = ()
    walking: bool = False
    dispatch: Dispatch | None = None
    target: Spot | None = None


def standings(
    site: Site,
    alarms: Iterable[Alarm],
    dispatches: Iterable[Dispatch],
    rounds: Iterable[Round],
    present: Iterable[SignOn],
) -> dict[PostId, Standing]:
    """Every post of the site. In the control room are those who are signed on, elsewhere whom the site folder names."""
    spots: dict[str, Spot] = {}
    for alarm in sorted(alarms, key=lambda one: one.first_at):
        if alarm.incident and alarm.spot:
            spots.setdefault(alarm.incident, alarm.spot)
    out = {d.post: d for d in dispatches if d.state is not DispatchState.RETURNED}
    walking = {walk.post for walk in rounds if walk.state is RoundState.WALKING}
    signed_on = tuple(dict.fromkeys(one.name for one in present if one.off_at is None))
    found: dict[PostId, Standing] = {}
    for post in site.posts:
        dispatch = out.get(post.id)
        people = signed_on if post.kind is PostKind.MONITORING and signed_on else post.staff
        found[post.id] = Standing(
            post=post,
            people=people,
            walking=post.id in walking,
            dispatch=dispatch,
            target=spots.get(dispatch.incident) if dispatch else None,
        )
    return found


def walkers(site: Site, rounds: Iterable[Round], now: datetime) -> dict[PostId, Spot]:
    """Where the guards of the rounds that are being walked probably are."""
    places = {walk.post: estimated_position(walk, site, now) for walk in rounds}
    return {post: spot for post, spot in places.items() if spot is not None}


def stops_of(rounds: Iterable[Round]) -> Mapping[CheckpointId, RoundStop]:
    """How each checkpoint was reached in the newest round that has it."""
    return {stop.checkpoint: stop for walk in sorted(rounds, key=lambda walk: walk.started_at) for stop in walk.stops}


class ViewLock:
    """Who moves the map: an alarm only while no hand has touched it for a while, and nobody said it shall stay."""

    def __init__(self, free_after_s: float) -> None:
        self._free_after_s = free_after_s
        self._touched_s: float | None = None
        self.follows = True

    def touch(self, at_s: float) -> None:
        """A hand moved the map, at this time of the monotonic clock."""
        self._touched_s = at_s

    def free(self, at_s: float) -> bool:
        """Whether an alarm may move the map now."""
        return self.follows and (self._touched_s is None or at_s - self._touched_s >= self._free_after_s)
