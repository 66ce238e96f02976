"""A small post on a real SQLite record: two beams, a smoke detector, two patrols, three people."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.models.alarms import Alarm, AlarmClass
from console.models.clock import FakeClock
from console.models.ids import MapId, PersonId, PlaceId, PlanId, PointId, PostId, SignalId, SourceId, new_id
from console.models.incidents import Incident
from console.models.people import Actor, Role
from console.models.plans import Answer, Plan, Step
from console.models.signals import Signal, SignalKind
from console.models.site import Contact, Place, Point, Post, PostKind, Site, SiteMap, Spot
from console.models.text import Text
from console.services import alarms, incidents, queue
from console.store.store import Ground, Store, Transaction
from tests.records import open_record

MAP = MapId("campus")
EAST = PlaceId("east")

SITE = Site(
    id="test",
    name=Text("测试园区", "Test estate"),
    places=(Place(id=EAST, name=Text("东侧围墙", "East fence")), Place(id=PlaceId("b3"), name=Text("3号楼", "Building 3"))),
    maps=(SiteMap(id=MAP, name=Text("总图", "Campus"), file="campus.svg", metres_per_px=0.5),),
    points=(
        Point(
            id=PointId("beam-1"),
            name=Text("东侧对射1", "East beam 1"),
            place=EAST,
            spot=Spot(map=MAP, x=100, y=100),
            plan=PlanId("fence"),
        ),
        Point(id=PointId("rule-1"), name=Text("东侧视频", "East video"), place=EAST),
        Point(id=PointId("smoke-1"), name=Text("烟感", "Smoke"), place=PlaceId("b3"), alarm_class="fire", priority=1),
        Point(id=PointId("ups"), name=Text("UPS", "UPS"), alarm_class="power", priority=3),
    ),
    posts=(
        Post(id=PostId("far"), name=Text("巡逻B", "Patrol B"), kind=PostKind.PATROL, spot=Spot(map=MAP, x=900, y=100)),
        Post(id=PostId("near"), name=Text("巡逻A", "Patrol A"), kind=PostKind.PATROL, spot=Spot(map=MAP, x=120, y=100)),
    ),
    contacts=(Contact(id="leader", name=Text("班长", "Shift leader"), phone="13800000000", role="leader"),),
)
PLAN = Plan(
    id=PlanId("fence"),
    version=3,
    title=Text("周界入侵", "Perimeter intrusion"),
    classes=(AlarmClass.INTRUSION,),
    steps=(
        Step(
            id="look",
            kind="confirm",
            title=Text("看画面", "Look"),
            due_s=30,
            answers=(
                Answer(key="person", label=Text("有人", "Somebody"), verification=2),
                Answer(key="nothing", label=Text("无异常", "Nothing"), next="note", verdict="nuisance_analytics"),
            ),
        ),
        Step(id="send", kind="dispatch", title=Text("派警", "Send"), due_s=60),
        Step(id="call", kind="call", title=Text("通知班长", "Call"), options={"contacts": ["leader"]}),
        Step(id="note", kind="note", title=Text("记录", "Note"), mandatory=False),
    ),
)


class Bench:
    """Runs commands and queries one by one, and keeps the events that they said."""

    def __init__(self, store: Store, ground: Ground, clock: FakeClock) -> None:
        self.store, self.ground, self.clock = store, ground, clock
        self.events: list[Any] = []

    def do(self, command: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with self.store.begin(self.ground, self.clock) as tx:
            result = command(tx, *args, **kwargs)
            events = list(tx.events)
        self.events.extend(events)
        return result

    def ask(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with self.store.read(self.ground, self.clock.now()) as reading:
            return query(reading, *args, **kwargs)

    def said(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


def signal(point: str = "beam-1", kind: SignalKind = SignalKind.ALARM, clock: FakeClock | None = None, **changes: Any) -> Signal:
    made = Signal(
        id=SignalId(new_id()),
        source=SourceId("panel"),
        kind=kind,
        point=PointId(point),
        code="BA",
        alarm_class="intrusion",
        received_at=(clock or FakeClock()).now(),
        raw=b"\x0a1234",
    )
    return replace(made, **changes)


OPERATOR = Actor(person=PersonId("p-op"), name="李值班", role=Role.OPERATOR, seat="1")
LEADER = Actor(person=PersonId("p-lead"), name="王班长", role=Role.LEADER, seat="1")
ADMINISTRATOR = Actor(person=PersonId("p-adm"), name="管理员", role=Role.ADMINISTRATOR, seat="1")


def opened(bench: Bench) -> tuple[Alarm, Incident]:
    """An alarm of the beam that the operator has acknowledged, and the case opened for it."""
    alarm = bench.do(alarms.receive, signal(clock=bench.clock))
    bench.do(queue.acknowledge, alarm.id, by=OPERATOR)
    return alarm, bench.do(incidents.open_for, alarm.id, by=OPERATOR)


@contextmanager
def a_bench(folder: Path, clock: FakeClock) -> Iterator[Bench]:
    with open_record(folder, clock=clock) as store:
        yield Bench(store, Ground(site=SITE, plans=(PLAN,)), clock)


@pytest.fixture
def bench(tmp_path: Path, clock: FakeClock) -> Iterator[Bench]:
    """A fresh post on disk."""
    with a_bench(tmp_path / "data", clock) as made:
        yield made


__all__ = ["ADMINISTRATOR", "LEADER", "OPERATOR", "PLAN", "SITE", "Bench", "Transaction", "a_bench", "signal"]
