"""The demonstration site on a real desk, with hands to make things happen there."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from console import resources
from console.bridge import Bridge, Surroundings
from console.bus import Bus
from console.models.alarms import Alarm
from console.models.clock import FakeClock
from console.models.events import RoundChanged
from console.models.ids import (
    AlarmId,
    CameraId,
    IncidentId,
    PersonId,
    PointId,
    PostId,
    RoundId,
    RouteId,
    SignalId,
    SourceId,
    new_id,
)
from console.models.incidents import DispatchState
from console.models.patrol import Round, judged, planned_stops
from console.models.people import Actor, Role
from console.models.pictures import CameraState, Sight
from console.models.plans import Plan
from console.models.rules import RuleKind
from console.models.settings import seconds_of
from console.models.signals import Signal, SignalKind
from console.models.site import CameraKind, Site
from console.services import alarms, dispatch, health, incidents
from console.services.desk import Desk, Ground
from console.site_folder import load_site
from console.store.store import Transaction
from tests.records import open_record

OPERATOR = Actor(person=PersonId("p-op"), name="林晓峰", role=Role.OPERATOR, seat="1")
SITE_DIR = resources.path("demo/site")


@cache
def demo_site() -> tuple[Site, tuple[Plan, ...]]:
    """The demonstration site."""
    return load_site(
        SITE_DIR,
        camera_kinds=dict.fromkeys(CameraKind),
        source_kinds=dict.fromkeys(("sia_dc09", "punch", "video_rules", "gb26875", "webhook", "mqtt", "onvif")),
        rule_kinds=dict.fromkeys(RuleKind),
        step_kinds=dict.fromkeys(("confirm", "question", "dispatch", "call", "note")),
    )


class NoPictures:
    """A feed with nothing to show; the map only asks it how each camera is."""

    def __init__(self, clock: FakeClock) -> None:
        self.states: dict[CameraId, CameraState] = {}
        self._clock = clock

    def want(self, *_args: Any) -> None: ...
    def latest(self, *_args: Any) -> None: ...

    def state(self, camera: CameraId) -> CameraState:
        connecting = CameraState(camera=camera, sight=Sight.CONNECTING, since_at=self._clock.now())
        return self.states.get(camera, connecting)


@dataclass(slots=True)
class Post:
    """A running post: what happens there is done by these, and is on disk when they return."""

    bridge: Bridge
    desk: Desk
    clock: FakeClock
    feed: NoPictures

    def ring(self, point: str, *, code: str = "BA", alarm_class: str = "intrusion", priority: int = 1) -> Alarm:
        """A detector signals."""
        signal = self._signal(point, SignalKind.ALARM, code, alarm_class, priority)
        alarm = self.desk.do(alarms.receive, signal).result()
        assert alarm is not None
        return alarm

    def restore(self, point: str, *, code: str = "BR", alarm_class: str = "intrusion") -> None:
        """A detector is back to normal."""
        self.desk.do(alarms.receive, self._signal(point, SignalKind.RESTORE, code, alarm_class, 4)).result()

    def _signal(self, point: str, kind: SignalKind, code: str, alarm_class: str, priority: int) -> Signal:
        signal_id = new_id()
        return Signal(
            id=SignalId(signal_id),
            source=SourceId("panel"),
            kind=kind,
            point=PointId(point),
            code=code,
            alarm_class=alarm_class,
            priority=priority,
            received_at=self.clock.now(),
            sequence=signal_id,
        )

    def acknowledge(self, alarm: AlarmId) -> Alarm:
        """The operator takes notice."""
        return self.desk.do(alarms.acknowledge, alarm, by=OPERATOR).result()

    def open_case(self, alarm: AlarmId) -> IncidentId:
        """The operator opens a case."""
        return self.desk.do(incidents.open_for, alarm, by=OPERATOR).result().id

    def send(self, case: IncidentId, post: str, *states: DispatchState) -> None:
        """A post is sent, and reaches these states."""
        sent = self.desk.do(dispatch.send, case, PostId(post), by=OPERATOR).result()
        for state in states:
            self.desk.do(dispatch.advance, sent.id, state, by=OPERATOR).result()

    def camera(self, camera: str, sight: Sight) -> None:
        """A camera goes live, stale or off."""
        state = CameraState(camera=CameraId(camera), sight=sight, since_at=self.clock.now())
        self.feed.states[state.camera] = state
        self.desk.do(health.camera_changed, state).result()

    def walk(self, reached_after_s: list[float | None]) -> Round:
        """A round of the first route is being walked; each stop was reached so long after the start, or not yet."""
        site = self.bridge.site
        route = site.routes[0]
        started_at = self.clock.now() - timedelta(seconds=max((s for s in reached_after_s if s), default=0.0))
        stops = [
            replace(stop, reached_at=started_at + timedelta(seconds=after) if after is not None else None)
            for stop, after in zip(planned_stops(route, started_at), reached_after_s, strict=True)
        ]
        walk = Round(
            id=RoundId(new_id()),
            route=RouteId(route.id),
            route_name=route.name,
            post=route.post,
            started_at=started_at,
            stops=tuple(stops),
        )
        walk = judged(walk, site, self.clock.now(), seconds_of(self.bridge.settings, "patrol.grace_s"))

        def record(tx: Transaction) -> None:
            tx.put(walk)
            tx.record(RoundChanged(at=tx.now, round=walk))

        self.desk.do(record).result()
        return walk


@contextmanager
def post(folder: Path, clock: FakeClock, site: Site | None = None, site_dir: Path = SITE_DIR) -> Iterator[Post]:
    """A desk on a real record, and a bridge over it."""
    demo, plans = demo_site()
    feed = NoPictures(clock)
    with (
        open_record(folder / "data", clock=clock) as store,
        Desk(store, Ground(site=site or demo, plans=plans if site is None else ()), clock, Bus()) as desk,
    ):
        bridge = Bridge(
            desk,
            Surroundings(
                feed=feed,  # type: ignore[arg-type]
                seat="1",
                site_dir=site_dir,
                data_dir=folder,
                take_snapshot=lambda *_a: Future(),
                print_report=lambda *_a: Future(),
            ),
        )
        bridge.actor = OPERATOR
        yield Post(bridge, desk, clock, feed)
        bridge.close()
