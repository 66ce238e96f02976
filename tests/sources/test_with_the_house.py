"""A source in front of the real desk and the real record: what was acknowledged is on disk, as one alarm."""

import logging
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from console.bus import Bus
from console.demo.guards import post
from console.demo.panel import Dialler
from console.models.alarms import Alarm, AlarmClass, Condition
from console.models.clock import SystemClock
from console.models.ids import CheckpointId, PlaceId, PointId, SourceId
from console.models.patrol import Punch
from console.models.signals import Signal, SourceHealth
from console.models.site import Checkpoint, Place, Point, Site, SourceSetup
from console.models.text import Text
from console.services import alarms, health, patrol
from console.services.desk import Desk
from console.sources import punch, sia_dc09
from console.sources.source import SourceContext
from console.store.opening import open_store
from console.store.store import Ground
from tests.sources.desk import PATIENCE_S

SITE = Site(
    id="house",
    name=Text("院", "House"),
    places=(Place(id=PlaceId("b3"), name=Text("3号楼", "Building 3")),),
    points=(
        Point(id=PointId("smoke-1"), name=Text("烟感", "Smoke"), alarm_class="fire", priority=1, place=PlaceId("b3")),
    ),
    checkpoints=(Checkpoint(id=CheckpointId("cp-1"), name=Text("东门", "East gate"), chip="04A1"),),
    sources=(
        SourceSetup(
            id=SourceId("panel"),
            kind="sia_dc09",
            name=Text("主机", "Panel"),
            options={"port": 0, "accounts": [{"account": "1234", "zones": {"5": "smoke-1"}}]},
        ),
        SourceSetup(id=SourceId("readers"), kind="punch", name=Text("巡更", "Readers"), options={"port": 0}),
    ),
)


@dataclass(frozen=True)
class House:
    """The desk of a house whose panel and patrol receivers listen."""

    desk: Desk
    panel: tuple[str, int]
    readers: tuple[str, int]

    def all(self, kind: type) -> list[Any]:
        found: list[Any] = self.desk.ask(lambda rx: rx.find(kind)).result(PATIENCE_S)
        return found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clock = SystemClock()
    with ExitStack() as lives:
        store = open_store(tmp_path / "data", clock=clock)
        lives.callback(store.close)
        desk = lives.enter_context(Desk(store, Ground(site=SITE, plans=()), clock, Bus()))

        def told(state: SourceHealth) -> "Future[Any]":
            return desk.do(health.source_changed, state)

        context = SourceContext(
            deliver=partial(desk.do, alarms.receive),
            punch=partial(desk.do, patrol.punch),
            health=told,
            clock=clock,
            secrets=lambda name: name,
            log=logging.getLogger("test.sources"),
        )
        panel, readers = SITE.sources
        at_panel = lives.enter_context(sia_dc09.SPEC.start(panel, context)).address(PATIENCE_S)
        at_readers = lives.enter_context(punch.SPEC.start(readers, context)).address(PATIENCE_S)
        assert at_panel is not None
        assert at_readers is not None
        yield House(desk, at_panel, at_readers)


def test_that_an_acknowledged_alarm_is_one_alarm_however_often_its_frame_came(house: House) -> None:
    with Dialler(*house.panel, "1234", timeout_s=PATIENCE_S) as panel:
        frame = panel.frame("SIA-DCS", "#1234|NFA5^三层^", "", "0042")
        for _ in range(3):
            assert panel.ring(frame, "0042").acknowledged
    (alarm,) = house.all(Alarm)
    assert (alarm.alarm_class, alarm.count, alarm.title.zh) == (AlarmClass.FIRE, 1, "烟感 · 火灾报警 防区 5 三层")
    kept = house.all(Signal)
    assert len(kept) == 3
    assert [signal.duplicate_of for signal in kept].count(kept[0].id) == 2
    assert all(signal.raw == frame for signal in kept)


def test_that_a_restore_reaches_its_alarm_and_a_flat_battery_is_no_fire(house: House) -> None:
    with Dialler(*house.panel, "1234", timeout_s=PATIENCE_S) as panel:
        for code in ("FA", "XT", "FH"):
            assert panel.send(code, "5").acknowledged
    fire, battery = sorted(house.all(Alarm), key=lambda alarm: alarm.first_at)
    assert (fire.alarm_class, fire.condition) == (AlarmClass.FIRE, Condition.NORMAL)
    assert (battery.alarm_class, battery.condition) == (AlarmClass.POWER, Condition.ACTIVE)


def test_that_mains_and_battery_of_a_panel_are_two_alarms(house: House) -> None:
    with Dialler(*house.panel, "1234", timeout_s=PATIENCE_S) as panel:
        for code in ("AT", "YT", "AR"):
            assert panel.send(code).acknowledged
    (battery,) = [alarm for alarm in house.all(Alarm) if alarm.condition is Condition.ACTIVE]
    assert battery.code == "YT"


def test_that_an_unknown_account_is_on_disk_but_raises_nothing(house: House) -> None:
    with Dialler(*house.panel, "9999", timeout_s=PATIENCE_S) as panel:
        assert panel.send("FA", "5").acknowledged
    assert not house.all(Alarm)
    (signal,) = house.all(Signal)
    assert signal.details["unknown_account"] == "9999"


def test_that_a_punch_of_the_pretend_guard_is_on_disk_once(house: House) -> None:
    said = {"device": "reader-1", "chip": "04a1", "at": "2026-03-14T12:00:00+08:00", "person": "赵国强"}
    assert post(house.readers, said)
    assert post(house.readers, said)
    (kept,) = house.all(Punch)
    assert (kept.checkpoint, kept.person) == ("cp-1", "赵国强")
