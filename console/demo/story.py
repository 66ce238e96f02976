"""The pretend site's evening: its panels poll and ring over the real wire, somebody climbs the fence, doors are left open.

Everything is taken from the site folder: which panel has which zones, which beam stands in front of the camera in
whose picture somebody climbs. Nothing here knows the console; it knows addresses, as the devices of a site do.
"""

import heapq
import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from console.demo.lines import Lines, Zone, zones_of
from console.models.alarms import AlarmClass
from console.models.ids import CameraId, SourceId
from console.models.site import Camera, Site, Spot

FENCE_AT_S: Final = 20.0
BEAM_BROKEN_S: Final = 8.0
AGAIN_S: Final = 1.0
LATER_EVERY_S: Final = 1500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """Something small that happens `at_s` after the curtain rose: a point of a class trips for a while."""

    at_s: float
    alarm_class: AlarmClass
    lasts_s: float


# What happens after the fence, and the same again every `LATER_EVERY_S`.
LATER: Final[tuple[Trip, ...]] = (
    Trip(at_s=260.0, alarm_class=AlarmClass.ACCESS, lasts_s=14.0),
    Trip(at_s=420.0, alarm_class=AlarmClass.FIRE, lasts_s=60.0),
    Trip(at_s=620.0, alarm_class=AlarmClass.ACCESS, lasts_s=9.0),
    Trip(at_s=1130.0, alarm_class=AlarmClass.FLOOD, lasts_s=25.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """Somebody who climbs over the fence in a camera's picture, `crossing_s` after the cue."""

    camera: CameraId
    cue: str
    crossing_s: float


def in_front_of(site: Site, camera: Camera) -> Zone | None:
    """The intrusion zone that somebody trips who climbs in front of this camera.

    It is the nearest to what the camera looks at among those that bring its picture; None where there is none.
    """
    zones = [
        zone
        for zone in zones_of(site)
        if zone.point.alarm_class == AlarmClass.INTRUSION and camera.id in zone.point.cameras
    ]
    scale = next((one.metres_per_px for one in site.maps if camera.spot and one.id == camera.spot.map), None) or 1.0
    return min(zones, key=lambda zone: _distance(_looked_at(camera, scale), zone.point.spot), default=None)


def _looked_at(camera: Camera, metres_per_px: float) -> Spot | None:
    """A third of the way along the camera's view, where a person fills a good part of the picture."""
    if camera.spot is None:
        return None
    far_px, angle = camera.range_m / 3 / metres_per_px, math.radians(camera.spot.heading_deg)
    return Spot(
        map=camera.spot.map, x=camera.spot.x + far_px * math.sin(angle), y=camera.spot.y - far_px * math.cos(angle)
    )


def _distance(one: Spot | None, other: Spot | None) -> float:
    if one is None or other is None or one.map != other.map:
        return math.inf
    return math.hypot(one.x - other.x, one.y - other.y)


# An act of the story: does something whenever it is asked for its next number, which is when to ask again, in seconds.
Act = Iterator[float]


class _Timetable:
    """Whose turn it is: the acts in the order of the moments they have asked for."""

    def __init__(self) -> None:
        self._order = itertools.count()
        self._turns: list[tuple[float, int, Act]] = []

    def at(self, moment_s: float, act: Act) -> None:
        """Let an act begin so many seconds from now."""
        heapq.heappush(self._turns, (time.monotonic() + moment_s, next(self._order), act))

    def run(self, stop: threading.Event) -> None:
        """Give every act its turns until told to stop."""
        while self._turns:
            due_s, _, act = self._turns[0]
            if stop.wait(max(0.0, due_s - time.monotonic())):
                return
            heapq.heappop(self._turns)
            again_s = next(act, None)
            if again_s is not None:
                self.at(again_s, act)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """What the acts play with."""

    site: Site
    lines: Lines
    cue: Callable[[CameraId, str], None]
    broken_s: float
    again_s: float


@contextmanager
def play(
    site: Site,
    *,
    address: Callable[[SourceId], tuple[str, int] | None],
    cue: Callable[[CameraId, str], None],
    climb: Climb | None,
    fence_at_s: float = FENCE_AT_S,
    later: Sequence[Trip] = LATER,
    broken_s: float = BEAM_BROKEN_S,
    again_s: float = AGAIN_S,
) -> Iterator[None]:
    """Keep the pretend site's devices going while the block lasts.

    `address` gives where a source listens, None while it listens nowhere; `cue` lets something happen in a camera's
    scene. `climb` is who climbs the fence: the beam in front of that camera rings `fence_at_s` after the curtain rose,
    and is whole again `broken_s` later. A panel that is not answered rings again after `again_s`.
    """
    stop = threading.Event()
    lines = Lines(address)
    stage = _Stage(site=site, lines=lines, cue=cue, broken_s=broken_s, again_s=again_s)
    table = _Timetable()
    for moment_s, act in _acts(stage, climb, fence_at_s, later):
        table.at(moment_s, act)
    thread = threading.Thread(target=table.run, args=(stop,), name="pretend site")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        lines.hang_up()


def _acts(stage: _Stage, climb: Climb | None, fence_at_s: float, later: Sequence[Trip]) -> Iterator[tuple[float, Act]]:
    zones = zones_of(stage.site)
    for zone in {(zone.source, zone.account): zone for zone in zones}.values():
        yield 0.5, _polling(stage, zone)
    if climb is not None:
        yield max(0.0, fence_at_s - climb.crossing_s), _climbing(stage, climb)
    for number, trip in enumerate(later):
        fitting = [zone for zone in zones if zone.point.alarm_class == trip.alarm_class]
        if fitting:
            turn = number % len(fitting)
            yield trip.at_s, _tripping(stage, (*fitting[turn:], *fitting[:turn]), trip)


def _polling(stage: _Stage, zone: Zone) -> Act:
    while True:
        yield zone.poll_s if stage.lines.poll(zone) else stage.again_s


def _ringing(stage: _Stage, zone: Zone, alarm: bool) -> Act:
    while not stage.lines.tell(zone, alarm):
        yield stage.again_s


def _climbing(stage: _Stage, climb: Climb) -> Act:
    stage.cue(climb.camera, climb.cue)
    yield climb.crossing_s
    zone = in_front_of(stage.site, next(camera for camera in stage.site.cameras if camera.id == climb.camera))
    if zone is not None:
        yield from _ringing(stage, zone, True)
        yield stage.broken_s
        yield from _ringing(stage, zone, False)


def _tripping(stage: _Stage, zones: tuple[Zone, ...], trip: Trip) -> Act:
    for zone in itertools.cycle(zones):
        yield from _ringing(stage, zone, True)
        yield trip.lasts_s
        yield from _ringing(stage, zone, False)
        yield LATER_EVERY_S - trip.lasts_s
