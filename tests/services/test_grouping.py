"""Cause and consequence: what follows from something stands under it, counted, and never a life under a machine."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.models.alarms import LIFE_CLASSES, Action, Alarm, AlarmClass, Priority, State
from console.models.events import AlarmChanged
from console.models.grouping import CAUSES, Group, groups, may_fold
from console.models.ids import AlarmId, PlaceId, PointId
from console.models.signals import SignalKind
from console.models.site import Place, PlaceKind, Point
from console.models.text import Text
from console.services import alarms, grouping, queries
from console.store.store import Ground
from tests.models.test_alarms import an_alarm
from tests.services.cases import OPERATOR, SITE, Bench, signal

FLOOR = Place(id=PlaceId("b3-2"), name=Text("二层", "Floor 2"), kind=PlaceKind.FLOOR, parent=PlaceId("b3"))
POINTS = (
    Point(id=PointId("mains"), name=Text("市电", "Mains"), place=PlaceId("b3"), alarm_class="power", priority=3),
    Point(id=PointId("cam-down"), name=Text("二层摄像机", "Camera"), place=FLOOR.id, alarm_class="video", priority=2),
    Point(id=PointId("smoke-2"), name=Text("烟感二", "Smoke 2"), place=FLOOR.id, alarm_class="fire", priority=1),
    Point(id=PointId("east"), name=Text("东门控制器", "East door"), place=PlaceId("east"), alarm_class="fault", priority=3),
)


@pytest.fixture
def house(bench: Bench) -> Bench:
    bench.ground = Ground(site=replace(SITE, places=(*SITE.places, FLOOR), points=(*SITE.points, *POINTS)))
    return bench


def comes(bench: Bench, point: str, **changes: object) -> Alarm:
    alarm: Alarm = bench.do(alarms.receive, signal(point, clock=bench.clock, **changes))
    return alarm


def grouped(bench: Bench) -> tuple[Group, ...]:
    return groups(bench.ask(queries.live_alarms))


def found(bench: Bench) -> list[tuple[str, list[str]]]:
    return [(group.head.point, [one.point for one in group.folded]) for group in grouped(bench)]


def test_that_a_dark_camera_stands_under_the_power_failure_of_its_building(house: Bench) -> None:
    comes(house, "mains", source="ups")
    house.clock.advance(20)
    comes(house, "cam-down", source="nvr")
    comes(house, "east", source="doors")
    assert found(house) == [("mains", ["cam-down"]), ("east", [])]
    assert grouped(house)[0].priority is Priority.HIGH


def test_that_a_power_failure_heard_late_gathers_what_it_did(house: Bench) -> None:
    camera = comes(house, "cam-down", source="nvr")
    house.clock.advance(60)
    mains = comes(house, "mains", source="ups")
    assert found(house) == [("mains", ["cam-down"])]
    assert house.said(AlarmChanged)[-1].action is Action.FOLD
    assert house.ask(lambda rx: rx.need(Alarm, camera.id)).cause == mains.id


def test_that_what_somebody_deals_with_already_is_not_moved(house: Bench) -> None:
    camera = comes(house, "cam-down", source="nvr")
    house.do(alarms.acknowledge, camera.id, by=OPERATOR)
    comes(house, "mains", source="ups")
    assert sorted(found(house)) == [("cam-down", []), ("mains", [])]


def test_that_what_comes_long_after_stands_for_itself(house: Bench) -> None:
    comes(house, "mains", source="ups")
    house.clock.advance(121)
    comes(house, "cam-down", source="nvr")
    assert sorted(found(house)) == [("cam-down", []), ("mains", [])]


def test_that_faults_of_a_silent_source_stand_under_its_silence(house: Bench) -> None:
    comes(house, "line", alarm_class="comms", priority=3)
    comes(house, "zone-1", alarm_class="fault", priority=4)
    comes(house, "zone-2", alarm_class="fault", priority=4, source="other")
    assert found(house) == [("line", ["zone-1"]), ("zone-2", [])]


def test_that_what_a_deaf_source_reports_broken_stands_under_its_deafness_only(house: Bench) -> None:
    comes(house, "source:panel/quarantine", alarm_class="system", priority=4, code="QUARANTINE")
    comes(house, "zone-1", alarm_class="fault", priority=4)
    assert found(house) == [("zone-1", []), ("source:panel/quarantine", [])]
    house.clock.advance(1)
    comes(house, "source:panel/cut", alarm_class="system", priority=3, code="HEALTH")
    assert found(house) == [("source:panel/cut", ["zone-1"]), ("source:panel/quarantine", [])]


def test_that_further_detectors_of_a_fire_stand_under_the_first_and_still_sound(house: Bench) -> None:
    first = comes(house, "smoke-1")
    house.clock.advance(300)
    second = comes(house, "smoke-2")
    assert found(house) == [("smoke-1", ["smoke-2"])]
    house.do(alarms.acknowledge, first.id, by=OPERATOR)
    (group,) = grouped(house)
    assert (second.state, group.waiting) == (State.UNACKED, 1)


def test_that_a_fire_never_stands_under_a_power_failure(house: Bench) -> None:
    comes(house, "mains", source="ups")
    fire = comes(house, "smoke-2")
    assert fire.cause is None
    assert found(house) == [("smoke-2", []), ("mains", [])]


def test_that_an_alarm_can_be_cut_loose(house: Bench) -> None:
    comes(house, "mains", source="ups")
    camera = comes(house, "cam-down", source="nvr")
    assert house.do(grouping.cut_loose, camera.id, by=OPERATOR).cause is None
    assert found(house) == [("cam-down", []), ("mains", [])]
    assert house.do(grouping.cut_loose, camera.id, by=OPERATOR).cause is None
    assert [event.action for event in house.said(AlarmChanged)] == [Action.CUT_LOOSE]


def test_that_consequences_stand_for_themselves_when_their_cause_is_gone(house: Bench) -> None:
    mains = comes(house, "mains", source="ups")
    comes(house, "cam-down", source="nvr")
    house.do(alarms.receive, signal("mains", kind=SignalKind.RESTORE, source="ups", clock=house.clock))
    house.do(alarms.acknowledge, mains.id, by=OPERATOR)
    assert found(house) == [("cam-down", [])]


def test_that_the_table_never_explains_a_life_class_by_a_machine() -> None:
    for rule in CAUSES:
        if rule.consequences & LIFE_CLASSES:
            assert rule.causes <= LIFE_CLASSES


def _many() -> st.SearchStrategy[list[Alarm]]:
    one = st.tuples(st.sampled_from(list(AlarmClass)), st.sampled_from(list(Priority)), st.integers(0, 8))
    return st.lists(one, max_size=9).map(
        lambda drawn: [
            an_alarm(kind, id=AlarmId(str(n)), key=str(n), priority=priority, cause=AlarmId(str(cause)))
            for n, (kind, priority, cause) in enumerate(drawn)
        ]
    )


@given(_many())
def test_that_every_alarm_is_in_exactly_one_group_whatever_the_causes_say(many: list[Alarm]) -> None:
    made = groups(many)
    assert sorted(one.id for group in made for one in (group.head, *group.folded)) == sorted(one.id for one in many)


@given(_many())
def test_that_a_group_is_as_urgent_as_its_most_urgent_member_and_never_hides_a_life_under_a_machine(many: list[Alarm]) -> None:
    made = groups(many)
    for group in made:
        members = (group.head, *group.folded)
        assert group.priority is min(one.priority for one in members)
        assert all(may_fold(group.head, one) for one in group.folded)
    assert list(made) == sorted(made, key=lambda group: group.order)
    assert all(isinstance(group, Group) for group in made)


def test_that_a_missing_canary_stands_under_the_source_that_is_known_not_to_be_heard(house: Bench) -> None:
    """A closed port is one trouble: its source's own alarm, and below it the test signal that did not come in."""
    health_of = {"source": "panel", "alarm_class": "system", "priority": 3}
    comes(house, "source:panel/canary", code="CANARY", **health_of)
    assert found(house) == [("source:panel/canary", [])]
    house.clock.advance(200)
    comes(house, "source:panel/port", code="HEALTH", **health_of)
    comes(house, "source:panel/quarantine", code="QUARANTINE", **health_of)
    assert found(house) == [("source:panel/port", ["source:panel/canary"]), ("source:panel/quarantine", [])]
    comes(house, "source:other/canary", code="CANARY", **{**health_of, "source": "other"})
    assert ("source:other/canary", []) in found(house)


def test_that_a_drill_keeps_nothing_real_out_of_sight_and_stands_under_nothing_real() -> None:
    drill = an_alarm(AlarmClass.POWER, id=AlarmId("a"), key="a", drill=True)
    real = an_alarm(AlarmClass.COMMS, id=AlarmId("b"), key="b", cause=AlarmId("a"))
    other = an_alarm(AlarmClass.COMMS, id=AlarmId("c"), key="c", cause=AlarmId("a"), drill=True)
    assert not may_fold(drill, real)
    assert not may_fold(real, drill)
    assert [(group.head.id, [one.id for one in group.folded]) for group in groups([drill, real, other])] == [
        ("b", []),
        ("a", ["c"]),
    ]
