"""The pretend site's evening: its panels poll and ring over the real wire, somebody climbs the fence, doors are left open.

Everything is taken from the site folder: which panel has which zones, which beam stands in front of the camera in
whose picture somebody climbs. Nothing here knows the console; it knows addresses, as the devices of a site do.
"""

import heapq
import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from console.demo.panel import Dialler, Reply
from console.models.alarms import AlarmClass
from console.models.ids import CameraId, SourceId
from console.models.site import Camera, Point, Site, Spot

FENCE_AT_S: Final = 20.0
BEAM_BROKEN_S: Final = 8.0
POLL_S: Final = 30.0
AGAIN_S: Final = 1.0
PANEL_KIND: Final = "sia_dc09"
DOOR: Final = "door-"

# What a panel says when a point of a class trips, and when it is well again (ANSI/SIA DC-03).
CODES: Final[Mapping[AlarmClass, tuple[str, str]]] = {
    AlarmClass.INTRUSION: ("BA", "BR"),
    AlarmClass.ACCESS: ("DF", "DR"),
    AlarmClass.FLOOD: ("WA", "WH"),
    AlarmClass.FIRE: ("FA", "FH"),
    AlarmClass.PANIC: ("PA", "PR"),
}
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
    Trip(at_s=620.0, alarm_class=AlarmClass.ACCESS, lasts_s=9.0),
    Trip(at_s=1130.0, alarm_class=AlarmClass.FLOOD, lasts_s=25.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A point as its panel knows it: the account and the number that it is reported under."""

    source: SourceId
    account: str
    number: str
    poll_s: float
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """Somebody who climbs over the fence in a camera's picture, `crossing_s` after the cue."""

    camera: CameraId
    cue: str
    crossing_s: float


def zones_of(site: Site) -> tuple[Zone, ...]:
    """Every point of the site that a panel can ring for, in the order of the site folder."""
    points = {point.id: point for point in site.points}
    return tuple(
        Zone(
            source=setup.id,
            account=str(account["account"]),
            number=str(number),
            poll_s=float(account.get("poll_s") or POLL_S),
            point=points[point],
        )
        for setup in site.sources
        if setup.kind == PANEL_KIND
        for account in setup.options.get("accounts", ())
        for number, point in account.get("zones", {}).items()
        if point in points
    )


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


class _Panels:
    """The panels' telephone lines: one dialler an account, opened when it is first needed."""

    def __init__(self, address: Callable[[SourceId], tuple[str, int] | None]) -> None:
        self._address = address
        self._diallers: dict[tuple[SourceId, str], Dialler] = {}

    def poll(self, zone: Zone) -> bool:
        """Say that the panel is there; False while nobody acknowledges it."""
        return self._say(zone, Dialler.poll)

    def ring(self, zone: Zone, code: str) -> bool:
        """Ring for a zone; False while nobody acknowledges it."""
        return self._say(zone, lambda dialler: dialler.send(code, zone.number.removeprefix(DOOR)))

    def hang_up(self) -> None:
        """Close all lines."""
        for dialler in self._diallers.values():
            dialler.hang_up()
        self._diallers.clear()

    def _say(self, zone: Zone, say: Callable[[Dialler], Reply]) -> bool:
        key = (zone.source, zone.account)
        where = self._address(zone.source)
        if where is None:
            return False
        # One try a time: the act asks for another turn, and the story stays free to end.
        dialler = self._diallers.setdefault(key, Dialler(*where, zone.account, timeout_s=2.0, attempts=1))
        if say(dialler).acknowledged:
            return True
        self._diallers.pop(key).hang_up()  # the console may listen at another port when it is back
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """What the acts play with."""

    site: Site
    panels: _Panels
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
    """Keep the pretend site's panels going while the block lasts.

    `address` gives where a source listens, None while it listens nowhere; `cue` lets something happen in a camera's
    scene. `climb` is who climbs the fence: the beam in front of that camera rings `fence_at_s` after the curtain rose,
    and is whole again `broken_s` later. A panel that is not answered rings again after `again_s`.
    """
    stop = threading.Event()
    panels = _Panels(address)
    stage = _Stage(site=site, panels=panels, cue=cue, broken_s=broken_s, again_s=again_s)
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
        panels.hang_up()


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
        yield zone.poll_s if stage.panels.poll(zone) else stage.again_s


def _ringing(stage: _Stage, zone: Zone, code: str) -> Act:
    while not stage.panels.ring(zone, code):
        yield stage.again_s


def _climbing(stage: _Stage, climb: Climb) -> Act:
    stage.cue(climb.camera, climb.cue)
    yield climb.crossing_s
    zone = in_front_of(stage.site, next(camera for camera in stage.site.cameras if camera.id == climb.camera))
    if zone is not None:
        alarm_code, restore_code = CODES[AlarmClass.INTRUSION]
        yield from _ringing(stage, zone, alarm_code)
        yield stage.broken_s
        yield from _ringing(stage, zone, restore_code)


def _tripping(stage: _Stage, zones: tuple[Zone, ...], trip: Trip) -> Act:
    alarm_code, restore_code = CODES[trip.alarm_class]
    for zone in itertools.cycle(zones):
        yield from _ringing(stage, zone, alarm_code)
        yield trip.lasts_s
        yield from _ringing(stage, zone, restore_code)
        yield LATER_EVERY_S - trip.lasts_s
