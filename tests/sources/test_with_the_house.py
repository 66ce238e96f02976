"""A source in front of the real desk and the real record: what was acknowledged is on disk, as one alarm."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from console.bus import Bus
from console.demo.fire import FAULT, FIRE, NORMAL, FireTransmitter
from console.demo.guards import post
from console.demo.panel import Dialler
from console.demo.webhook import post_webhook
from console.models.alarms import Alarm, AlarmClass, Condition
from console.models.clock import SystemClock
from console.models.ids import CheckpointId, PlaceId, PointId, SourceId
from console.models.patrol import Punch
from console.models.signals import Signal, SourceHealth
from console.models.site import Checkpoint, Place, Point, Site, SourceSetup
from console.models.text import Text
from console.services import alarms, health, patrol
from console.services.desk import Desk
from console.sources import gb26875, punch, sia_dc09, webhook
from console.sources.source import SourceContext
from console.store.store import Ground
from tests.records import open_record
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
        SourceSetup(
            id=SourceId("fire"),
            kind="gb26875",
            name=Text("消防", "Fire"),
            options={"port": 0, "transmitters": [{"address": 889, "parts": {"1-1-10.2": "smoke-1"}}]},
        ),
        SourceSetup(
            id=SourceId("hooks"),
            kind="webhook",
            name=Text("通知", "Hooks"),
            options={"port": 0, "endpoints": [{"path": "/own", "site_points": True}]},
        ),
        SourceSetup(id=SourceId("readers"), kind="punch", name=Text("巡更", "Readers"), options={"port": 0}),
    ),
)


@dataclass(frozen=True)
class House:
    """The desk of a house whose panel and patrol receivers listen."""

    desk: Desk
    panel: tuple[str, int]
    fire: tuple[str, int]
    hooks: tuple[str, int]
    readers: tuple[str, int]

    def all(self, kind: type) -> list[Any]:
        found: list[Any] = self.desk.ask(lambda rx: rx.find(kind)).result(PATIENCE_S)
        return found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clock = SystemClock()
    with ExitStack() as lives:
        store = open_record(tmp_path / "data", clock=clock)
        lives.callback(store.close)
        desk = lives.enter_context(Desk(store, Ground(site=SITE, plans=()), clock, Bus()))

        def told(state: SourceHealth) -> None:
            desk.do(health.source_changed, state)

        context = SourceContext(
            deliver=partial(desk.do, alarms.receive),
            punch=partial(desk.do, patrol.punch),
            health=told,
            clock=clock,
            secrets=lambda name: name,
            log=logging.getLogger("test.sources"),
        )
        specs = {one.kind: one for one in (sia_dc09.SPEC, gb26875.SPEC, webhook.SPEC, punch.SPEC)}
        addresses = [
            lives.enter_context(specs[setup.kind].start(setup, context)).address(PATIENCE_S) for setup in SITE.sources
        ]
        at_panel, at_fire, at_hooks, at_readers = (address for address in addresses if address is not None)
        yield House(desk, at_panel, at_fire, at_hooks, at_readers)


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


def test_that_a_fire_and_a_fault_of_one_detector_are_two_alarms_that_end_apart(house: House) -> None:
    with FireTransmitter(*house.fire, 889, timeout_s=PATIENCE_S) as device:
        for bits in (FIRE, FIRE | FAULT, FIRE | FAULT, FAULT, NORMAL, FIRE):
            assert device.part(bits, "三层东走廊").confirmed
    fire, fault = sorted(house.all(Alarm), key=lambda alarm: alarm.first_at)
    assert (fire.alarm_class, fire.point, fire.condition, fire.count) == (
        AlarmClass.FIRE,
        "smoke-1",
        Condition.ACTIVE,
        2,
    )
    assert (fault.alarm_class, fault.point, fault.place) == (AlarmClass.FAULT, "smoke-1/fault", "b3")
    assert fault.condition is Condition.NORMAL
    assert fault.title.zh.startswith("烟感 · 故障")


def test_that_a_repeated_fire_frame_and_webhook_are_one_alarm_each(house: House) -> None:
    with FireTransmitter(*house.fire, 889, timeout_s=PATIENCE_S) as device:
        frame = device.frame(2, bytes((21, 1, 4)) + device.stamp())
        assert all(device.ring(frame, 0).confirmed for _ in range(3))
    notice = {"point": "smoke-1", "state": "alarm", "class": "fire", "id": "7", "text": "烟"}
    answers = [post_webhook(house.hooks, "/own", notice) for _ in range(3)]
    assert all(answer.kept for answer in answers)
    assert sorted((alarm.point, alarm.count) for alarm in house.all(Alarm)) == [
        ("gb26875:889/device/fault", 1),
        ("smoke-1", 1),
    ]


def test_that_a_punch_of_the_pretend_guard_is_on_disk_once(house: House) -> None:
    said = {"device": "reader-1", "chip": "04a1", "at": "2026-03-14T12:00:00+08:00", "person": "赵国强"}
    assert post(house.readers, said)
    assert post(house.readers, said)
    (kept,) = house.all(Punch)
    assert (kept.checkpoint, kept.person) == ("cp-1", "赵国强")
