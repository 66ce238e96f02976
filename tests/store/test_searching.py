"""A search finds what a look at every alarm would find, page by page, whichever way it fetches."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from console.models.alarms import Alarm, AlarmClass, Condition, Priority
from console.models.clock import FakeClock
from console.models.ids import AlarmId, PlaceId, PointId, SourceId
from console.models.incidents import Incident
from console.models.site import Place, Site
from console.models.text import Text
from console.models.timing import AlarmFilter, AlarmSubject
from console.services import timings
from console.services.search import search_alarms
from console.store import searching
from console.store.store import Ground, Store
from tests.store.samples import sample

GROUND = Ground(
    site=Site(
        id="test",
        name=Text("测试", "Test"),
        places=(
            Place(id=PlaceId("b1"), name=Text("1号楼", "Building 1")),
            Place(id=PlaceId("b1-2"), name=Text("二层", "Floor 2"), parent=PlaceId("b1")),
            Place(id=PlaceId("yard"), name=Text("院子", "Yard")),
        ),
    )
)
KINDS = (("烟感", "Smoke", AlarmClass.FIRE), ("对射", "Beam", AlarmClass.INTRUSION), ("电源 100%", "Power_A", AlarmClass.POWER))
ALARMS = 300


@pytest.fixture
def alarms(store: Store, clock: FakeClock) -> list[Alarm]:
    """Alarms of a few weeks, several of them in one moment, newest first."""
    dice, made = Random(7), []
    with store.begin(GROUND, clock) as tx:
        for number in range(ALARMS):
            zh, en, alarm_class = dice.choice(KINDS)
            place = dice.choice(["b1", "b1-2", "yard", None])
            at = clock.now() + timedelta(minutes=dice.randrange(200))
            alarm = Alarm(
                id=AlarmId(f"{number:05d}"), key=f"k{number}", point=PointId(f"{en[0]}-{dice.randrange(9)}"),
                source=SourceId(dice.choice(["panel", "nvr"])), alarm_class=alarm_class,
                priority=dice.choice(list(Priority)), title=Text(zh, en), place=PlaceId(place) if place else None,
                condition=Condition.NORMAL, first_at=at, last_at=at, closed_at=at,
            )  # fmt: skip
            tx.put(alarm)
            timings.raised(tx, alarm, at)
            made.append(alarm)
    return sorted(made, key=lambda one: (one.first_at, one.id), reverse=True)


def said(alarm: Alarm) -> str:
    return timings.subject_of(alarm).words


MIDDLE = FakeClock().now() + timedelta(minutes=100)
QUESTIONS: list[tuple[str, AlarmFilter, Callable[[Alarm], bool]]] = [
    ("", AlarmFilter(), lambda one: True),
    ("烟感", AlarmFilter(), lambda one: "烟感" in said(one)),
    ("SMOKE  s-3", AlarmFilter(), lambda one: "smoke" in said(one) and "s-3" in said(one)),
    ("感", AlarmFilter(), lambda one: "感" in said(one)),
    ("100%", AlarmFilter(), lambda one: "100%" in said(one)),
    ("_", AlarmFilter(), lambda one: "_" in said(one)),
    ("ｂｅａｍ", AlarmFilter(), lambda one: "beam" in said(one)),
    ("火警", AlarmFilter(), lambda one: one.alarm_class is AlarmClass.FIRE),
    ("没有这个", AlarmFilter(), lambda one: False),
    ("", AlarmFilter(classes=(AlarmClass.FIRE, AlarmClass.POWER)), lambda one: one.alarm_class is not AlarmClass.INTRUSION),
    ("", AlarmFilter(priorities=(Priority.CRITICAL,)), lambda one: one.priority is Priority.CRITICAL),
    ("", AlarmFilter(places=(PlaceId("b1"),)), lambda one: one.place in ("b1", "b1-2")),
    ("", AlarmFilter(places=(PlaceId("b1-2"),), sources=(SourceId("nvr"),)), lambda one: (one.place, one.source) == ("b1-2", "nvr")),
    ("", AlarmFilter(points=(PointId("S-1"), PointId("B-2"))), lambda one: one.point in ("S-1", "B-2")),
    ("", AlarmFilter(since_at=MIDDLE), lambda one: one.first_at >= MIDDLE),
    ("beam", AlarmFilter(until_at=MIDDLE), lambda one: "beam" in said(one) and one.first_at < MIDDLE),
]


@pytest.mark.parametrize(("merged", "sorted_"), [(40, 20_000), (0, 20_000), (0, 0)], ids=["merged", "sorted", "walked"])
def test_that_every_question_is_answered_as_a_look_at_every_alarm_would(
    store: Store, alarms: list[Alarm], clock: FakeClock, monkeypatch: pytest.MonkeyPatch, merged: int, sorted_: int
) -> None:
    monkeypatch.setattr(searching, "MERGED_AT_MOST", merged)
    monkeypatch.setattr(searching, "SORTED_AT_MOST", sorted_)
    with store.read(GROUND, clock.now()) as rx:
        for text, narrowed, fits in QUESTIONS:
            found: list[AlarmId] = []
            before: Any = None
            for _page in range(ALARMS):
                page = search_alarms(rx, text, narrowed, before=before, limit=37)
                assert len(page.alarms) <= 37
                found += [alarm.id for alarm in page.alarms]
                before = page.before
                if before is None:
                    break
            assert found == [alarm.id for alarm in alarms if fits(alarm)], (text, narrowed)


def test_that_the_number_of_a_case_finds_its_alarms(store: Store, alarms: list[Alarm], clock: FakeClock) -> None:
    case = dataclasses.replace(sample(Incident, Random(1)), number="2026-0042")
    mine = alarms[3], alarms[9]
    with store.begin(GROUND, clock) as tx:
        tx.put(case)
        for alarm in mine:
            tx.put(dataclasses.replace(alarm, incident=case.id))
    with store.read(GROUND, clock.now()) as rx:
        assert [one.id for one in search_alarms(rx, "2026-0042").alarms] == [one.id for one in mine]
        assert search_alarms(rx, "2026-0043").alarms == ()
        other = AlarmFilter(sources=(SourceId("nobody"),))
        assert search_alarms(rx, "2026-0042", other).alarms == ()


def test_that_subjects_count_their_alarms_and_follow_a_priority_that_rises(
    store: Store, alarms: list[Alarm], clock: FakeClock
) -> None:
    raised = next(alarm for alarm in alarms if alarm.priority is not Priority.CRITICAL)
    with store.begin(GROUND, clock) as tx:
        timings.changed(tx, raised, dataclasses.replace(raised, priority=Priority.CRITICAL))
    with store.read(GROUND, clock.now()) as rx:
        assert sum(subject.alarms for subject in rx.find(AlarmSubject)) == ALARMS
        urgent = search_alarms(rx, "", AlarmFilter(priorities=(Priority.CRITICAL,)), limit=1000)
        assert raised.id in [one.id for one in urgent.alarms]
