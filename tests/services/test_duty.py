"""Shifts follow the site's pattern, crews the sign-ons, and the threat level two different people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.models.duty import Shift, ShiftState, Threat, ThreatLevel
from console.models.errors import NotPermitted, Refused
from console.models.events import ShiftChanged, ThreatChanged
from console.models.incidents import LogEntry
from console.models.people import SYSTEM, Role
from console.models.site import ShiftTemplate, Site
from console.models.text import Text
from console.services import duty, people
from tests.services.post import MORNING, SITE, PostInHand, actor

THREE = tuple(
    ShiftTemplate(id=name, name=Text(name, name), start=start, length_h=8.0)
    for name, start in (("early", "06:00"), ("late", "14:00"), ("night", "22:00"))
)


# ------------------------------------------------------------------------------------------------ the pattern
@pytest.mark.parametrize(
    ("hour", "name", "start", "end"),
    [(0, "Night", -13, -1), (6, "Night", -13, -1), (7, "Day", -1, 11), (18, "Day", -1, 11), (19, "Night", 11, 23)],
)
def test_that_the_pattern_of_the_day_is_read_in_the_zone_of_the_site(hour: int, name: str, start: int, end: int) -> None:
    midnight = datetime(2026, 3, 14, tzinfo=ZoneInfo("Asia/Shanghai"))
    at = (midnight + timedelta(hours=hour)).astimezone(UTC)
    planned = duty.planned_at(SITE, at)
    assert planned.name.en == name
    assert planned.start_at == MORNING + timedelta(hours=start)
    assert planned.end_at == MORNING + timedelta(hours=end)


def test_that_a_night_shift_keeps_its_wall_clock_when_the_clocks_are_changed() -> None:
    berlin = replace(SITE, timezone="Europe/Berlin")
    before_spring = datetime(2026, 3, 28, 21, 0, tzinfo=UTC)
    planned = duty.planned_at(berlin, before_spring)
    assert planned.end_at - planned.start_at == timedelta(hours=11)
    assert planned.end_at.astimezone(ZoneInfo("Europe/Berlin")).hour == 7


def test_that_a_site_without_a_pattern_watches_for_the_usual_length() -> None:
    bare = Site(id="bare", name=Text("无", "Bare"))
    planned = duty.planned_at(bare, MORNING, {"shift.length_h": 8.0})
    assert (planned.start_at, planned.end_at) == (MORNING, MORNING + timedelta(hours=8))


def test_that_a_gap_in_the_pattern_lasts_until_the_next_shift() -> None:
    day_only = replace(SITE, shifts=SITE.shifts[:1])
    evening = MORNING + timedelta(hours=15)  # 23:00
    planned = duty.planned_at(day_only, evening)
    assert (planned.name, planned.end_at) == (duty.UNNAMED, MORNING + timedelta(hours=23))


@given(st.integers(0, 2 * 365 * 24 * 60), st.sampled_from([SITE.shifts, THREE]))
def test_that_every_moment_lies_in_the_shift_that_it_is_given(minutes: int, shifts: tuple[ShiftTemplate, ...]) -> None:
    at = MORNING - timedelta(days=365) + timedelta(minutes=minutes)
    planned = duty.planned_at(replace(SITE, shifts=shifts), at)
    assert planned.start_at <= at < planned.end_at
    assert duty.planned_at(replace(SITE, shifts=shifts), planned.start_at) == planned


# ------------------------------------------------------------------------------------------------ shifts
def test_that_the_first_sign_on_begins_the_shift_of_the_day(post: PostInHand) -> None:
    li = post.enter("li")
    post.sign_on(li)
    shift = post.shift()
    assert (shift.name.en, shift.started_at, shift.crew) == ("Day", MORNING, (li.id,))
    assert shift.planned_end_at == MORNING + timedelta(hours=11)
    assert len(post.told(ShiftChanged)) == 1


def test_that_who_comes_shortly_before_a_shift_begins_that_one(post: PostInHand) -> None:
    post.pass_time(hours=10, minutes=50)
    post.sign_on(post.enter("li"))
    assert post.shift().name.en == "Night"


def test_that_a_leader_in_the_crew_leads_it(post: PostInHand) -> None:
    li, wang = post.enter("li"), post.enter("wang", Role.LEADER)
    post.sign_on(li)
    assert post.shift().leader == li.id
    post.sign_on(wang)
    assert post.shift().leader == wang.id


def test_that_two_shifts_are_never_on_duty_at_once(post: PostInHand) -> None:
    li = post.enter("li")
    post.sign_on(li)
    with pytest.raises(Refused, match="on duty already"):
        post.do(duty.start_shift, (li.id,))


@pytest.mark.parametrize(
    ("hours", "name", "end"),
    [(10.75, "Night", 23), (11.2, "Night", 23), (11.9, "Night", 23), (3.0, "Day", 11), (26.0, "Day", 35)],
)
def test_that_what_follows_a_shift_is_the_next_of_the_day(post: PostInHand, hours: float, name: str, end: int) -> None:
    post.sign_on(post.enter("li"))
    relief = post.enter("zhao")
    post.pass_time(hours=hours)
    before = post.shift()
    after = post.do(duty.pass_on, before, (relief.id,), by=SYSTEM)
    assert (after.name.en, after.planned_end_at) == (name, MORNING + timedelta(hours=end))
    assert after.started_at == post.clock.now()
    (ended,) = post.find(Shift, state=ShiftState.HANDED_OVER.value)
    assert ended.ended_at == after.started_at


def test_that_a_shift_that_everybody_left_behind_is_ended_by_the_next_who_comes(post: PostInHand) -> None:
    li, wang = post.enter("li", Role.LEADER), post.enter("wang")
    on = post.sign_on(li)
    post.do(people.force_sign_off, on.id, "evacuation", by=actor(li))
    post.pass_time(hours=12)
    post.sign_on(wang)
    assert post.shift().crew == (wang.id,)
    assert any("without a handover" in entry.text for entry in post.find(LogEntry))


def test_that_a_leader_takes_over_alone_only_with_a_reason_and_people(post: PostInHand) -> None:
    li, wang, zhao = post.enter("li"), post.enter("wang", Role.LEADER), post.enter("zhao")
    post.sign_on(li)
    post.pass_time(hours=11)
    with pytest.raises(Refused, match="Nobody else"):
        post.do(duty.take_over, "they are gone", by=actor(wang))
    post.sign_on(wang)
    post.sign_on(zhao)
    with pytest.raises(Refused, match="reason"):
        post.do(duty.take_over, "", by=actor(wang))
    with pytest.raises(NotPermitted):
        post.do(duty.take_over, "they are gone", by=actor(zhao))
    taken = post.do(duty.take_over, "they are gone", by=actor(wang))
    assert set(taken.crew) == {wang.id, zhao.id}
    assert any("they are gone" in entry.text for entry in post.find(LogEntry))


# ------------------------------------------------------------------------------------------------ the threat level
def test_that_whoever_raised_it_does_not_lower_it(post: PostInHand) -> None:
    wang, zhao = actor(post.enter("wang", Role.LEADER)), actor(post.enter("zhao", Role.SUPERVISOR))
    assert post.ask(duty.current_threat) is None
    post.do(duty.set_threat, ThreatLevel.ORANGE, "a warning", by=wang)
    post.pass_time(minutes=1)
    post.do(duty.set_threat, ThreatLevel.RED, "confirmed", by=zhao)
    post.pass_time(minutes=1)
    with pytest.raises(Refused, match="somebody else"):
        post.do(duty.set_threat, ThreatLevel.ORANGE, "over", by=zhao)
    post.do(duty.set_threat, ThreatLevel.ORANGE, "calmer", by=wang)
    post.pass_time(minutes=1)
    with pytest.raises(Refused, match="somebody else"):
        post.do(duty.set_threat, ThreatLevel.GREEN, "over", by=zhao)
    post.do(duty.set_threat, ThreatLevel.GREEN, "over", by=wang)
    assert [event.threat.level for event in post.told(ThreatChanged)] == ["orange", "red", "orange", "green"]
    assert [threat.set_by for threat in post.find(Threat, order_by="set_at")] == [wang.person, zhao.person, wang.person, wang.person]


def test_that_yellow_is_anybodys_to_lower_and_every_change_needs_a_reason(post: PostInHand) -> None:
    wang = actor(post.enter("wang", Role.LEADER))
    with pytest.raises(Refused, match="reason"):
        post.do(duty.set_threat, ThreatLevel.YELLOW, " ", by=wang)
    post.do(duty.set_threat, ThreatLevel.YELLOW, "a match", by=wang)
    lines = post.lines()
    post.do(duty.set_threat, ThreatLevel.YELLOW, "again", by=wang)
    assert post.lines() == lines
    post.pass_time(hours=1)
    assert post.do(duty.set_threat, ThreatLevel.GREEN, "over", by=wang).level is ThreatLevel.GREEN


def test_that_neither_an_operator_nor_the_console_sets_the_level(post: PostInHand) -> None:
    with pytest.raises(NotPermitted):
        post.do(duty.set_threat, ThreatLevel.RED, "x", by=actor(post.enter("li")))
    with pytest.raises(Refused, match="by a person"):
        post.do(duty.set_threat, ThreatLevel.RED, "x", by=SYSTEM)
