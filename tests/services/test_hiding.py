"""What hides alarms: shelves and rules, each with an end, all of them listed, and never a life class put to sleep."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.models.alarms import LIFE_CLASSES, Action, Alarm, AlarmClass, State
from console.models.errors import NotPermitted, Refused
from console.models.events import AlarmChanged, AlarmRaised, SuppressionChanged
from console.models.ids import PersonId, PlaceId, PointId, SourceId
from console.models.people import SYSTEM, Actor, Role
from console.models.signals import SignalKind
from console.models.site import Place, PlaceKind
from console.models.suppression import Suppression, SuppressionKind
from console.services import alarms, clockwork, handover_lines, hiding, incidents, queries
from console.store.store import Ground
from tests.services.cases import LEADER, OPERATOR, SITE, Bench, signal
from tests.services.post import PostInHand, actor

COLLEAGUE = Actor(person=PersonId("p-two"), name="赵二", role=Role.OPERATOR, seat="2")
SUPPRESSED, OUT, ON_TEST = SuppressionKind


def now(bench: Bench, alarm: Alarm) -> Alarm:
    found: Alarm = bench.ask(lambda rx: rx.need(Alarm, alarm.id))
    return found


def rule(bench: Bench, kind: SuppressionKind = SUPPRESSED, hours: float = 2, **given: Any) -> Suppression:
    until_at = bench.clock.now() + timedelta(hours=hours)
    made: Suppression = bench.do(hiding.suppress, kind, "配电检修", until_at, by=LEADER, **given)
    return made


def ups(bench: Bench, kind: SignalKind = SignalKind.ALARM) -> Alarm:
    alarm: Alarm = bench.do(alarms.receive, signal("ups", kind=kind, clock=bench.clock))
    return alarm


# ------------------------------------------------------------------------------------------------ shelving
def test_that_a_one_shot_shelving_ends_when_the_point_is_normal(bench: Bench) -> None:
    alarm = ups(bench)
    shelved = bench.do(hiding.shelve, alarm.id, "抖动", None, until_normal=True, by=LEADER)
    assert shelved.hiding.until_at == bench.clock.now() + timedelta(hours=8)
    ups(bench)
    assert now(bench, alarm).state is State.SHELVED
    ups(bench, SignalKind.RESTORE)
    assert now(bench, alarm).state is State.RETURNED_UNACKED


def test_that_a_timed_shelving_outlasts_a_restore(bench: Bench) -> None:
    alarm = ups(bench)
    bench.do(hiding.shelve, alarm.id, "抖动", bench.clock.now() + timedelta(hours=1), by=LEADER)
    ups(bench, SignalKind.RESTORE)
    assert now(bench, alarm).state is State.SHELVED


def test_that_a_seat_shelves_only_so_many_at_a_time(bench: Bench) -> None:
    until_at = bench.clock.now() + timedelta(hours=1)
    made = [bench.do(alarms.receive, signal(f"pump-{n}", alarm_class="fault", priority=3)) for n in range(11)]
    for alarm in made[:10]:
        bench.do(hiding.shelve, alarm.id, "检修", until_at, by=LEADER)
    with pytest.raises(Refused, match="10 alarms shelved"):
        bench.do(hiding.shelve, made[10].id, "检修", until_at, by=LEADER)
    assert bench.do(hiding.shelve, made[10].id, "检修", until_at, by=replace(LEADER, seat="2")).state is State.SHELVED
    bench.do(hiding.bring_back, made[0].id, by=LEADER)
    assert len(bench.ask(hiding.hidden).shelved) == 10


def test_that_a_critical_alarm_is_never_shelved(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal("pump", alarm_class="fault", priority=1))
    with pytest.raises(Refused):
        bench.do(hiding.shelve, alarm.id, "吵", bench.clock.now() + timedelta(seconds=1), by=LEADER)


# ------------------------------------------------------------------------------------------------ rules
def test_that_a_live_alarm_that_begins_to_match_is_hidden_and_sounds_again_when_the_rule_ends(bench: Bench) -> None:
    alarm = ups(bench)
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    made = rule(bench, points=(PointId("ups"),))
    assert (now(bench, alarm).state, now(bench, alarm).hiding.rule) == (State.SUPPRESSED, made.id)
    bench.clock.advance(7201)
    bench.do(clockwork.tick)
    assert now(bench, alarm).state is State.UNACKED
    assert bench.ask(lambda rx: rx.need(Suppression, made.id)).ended_at == bench.clock.now()
    assert bench.ask(hiding.standing) == ()


def test_that_a_new_alarm_under_a_rule_is_raised_hidden_and_counted(bench: Bench) -> None:
    rule(bench, classes=(AlarmClass.POWER,))
    ups(bench)
    ups(bench)
    (raised,) = bench.said(AlarmRaised)
    assert raised.alarm.state is State.SUPPRESSED
    found = bench.ask(hiding.hidden)
    assert [alarm.count for alarm in found.suppressed] == [2]
    assert (found.shelved, found.out_of_service) == ((), ())


@pytest.mark.parametrize("alarm_class", sorted(LIFE_CLASSES))
def test_that_no_life_class_is_ever_suppressed(bench: Bench, alarm_class: AlarmClass) -> None:
    before = bench.do(alarms.receive, signal("a", alarm_class=alarm_class.value))
    rule(bench, sources=(SourceId("panel"),))
    rule(bench, classes=(alarm_class,))
    after = bench.do(alarms.receive, signal("b", alarm_class=alarm_class.value))
    assert [now(bench, one).state for one in (before, after)] == [State.UNACKED] * 2
    found = bench.ask(hiding.hidden)
    assert (found.shelved, found.suppressed, found.out_of_service) == ((), (), ())


def test_that_work_on_its_equipment_silences_no_life_class_that_nobody_has_acknowledged(bench: Bench) -> None:
    ringing = bench.do(alarms.receive, signal("beam-1"))
    seen = bench.do(alarms.receive, signal("rule-1"))
    bench.do(alarms.acknowledge, seen.id, by=OPERATOR)
    rule(bench, SuppressionKind.OUT_OF_SERVICE, classes=(AlarmClass.INTRUSION,))
    later = bench.do(alarms.receive, signal("gate-beam"))
    assert [now(bench, one).state for one in (ringing, seen, later)] == [
        State.UNACKED, State.OUT_OF_SERVICE, State.OUT_OF_SERVICE
    ]  # fmt: skip


def test_that_a_rule_reaches_everything_below_a_place(bench: Bench) -> None:
    below = Place(id=PlaceId("b3-2"), name=SITE.name, kind=PlaceKind.FLOOR, parent=PlaceId("b3"))
    points = tuple(replace(one, place=below.id) if one.id == "ups" else one for one in SITE.points)
    bench.ground = Ground(site=replace(SITE, places=(*SITE.places, below), points=points))
    rule(bench, places=(PlaceId("b3"),))
    assert ups(bench).state is State.SUPPRESSED
    elsewhere = bench.do(alarms.receive, signal("rule-1", alarm_class="video", details={"of_device": True}))
    assert elsewhere.state is State.UNACKED


def test_that_a_rule_matches_only_what_fits_every_part_of_it(bench: Bench) -> None:
    rule(bench, points=(PointId("ups"),), classes=(AlarmClass.FAULT,))
    assert ups(bench).state is State.UNACKED


@pytest.mark.parametrize("kind", [OUT, ON_TEST])
def test_that_fire_detectors_are_taken_out_by_two_people_only(bench: Bench, kind: SuppressionKind) -> None:
    for given in ({"points": (PointId("smoke-1"),)}, {"classes": (AlarmClass.FIRE,)}):
        with pytest.raises(Refused, match="another person"):
            rule(bench, kind, **given)
        with pytest.raises(Refused, match="another person"):
            rule(bench, kind, second=LEADER, **given)
    made = rule(bench, kind, points=(PointId("smoke-1"),), second=COLLEAGUE, order="2026-0007")
    assert (made.second, made.order) == (COLLEAGUE.person, "2026-0007")
    alarm = bench.do(alarms.receive, signal("smoke-1"))
    assert alarm.state is State.OUT_OF_SERVICE
    assert alarm.test == (kind is ON_TEST)


def test_that_what_is_on_test_but_real_is_back_at_once_and_the_rule_goes_on(bench: Bench) -> None:
    rule(bench, ON_TEST, points=(PointId("smoke-1"), PointId("ups")), second=COLLEAGUE)
    fire = bench.do(alarms.receive, signal("smoke-1"))
    back = bench.do(hiding.not_a_test, fire.id, by=OPERATOR)
    assert (back.state, back.test) == (State.UNACKED, False)
    assert bench.do(alarms.receive, signal("smoke-1")).state is State.UNACKED  # its next signals sound, too
    assert ups(bench).state is State.OUT_OF_SERVICE
    assert bench.do(hiding.not_a_test, fire.id, by=OPERATOR) is None


def test_that_a_life_class_on_test_comes_back_latched_and_needs_a_person(bench: Bench) -> None:
    made = rule(bench, ON_TEST, points=(PointId("smoke-1"),), second=COLLEAGUE)
    fire = bench.do(alarms.receive, signal("smoke-1"))
    bench.do(alarms.receive, signal("smoke-1", kind=SignalKind.RESTORE))
    bench.do(hiding.end_rule, made.id, by=LEADER)
    assert now(bench, fire).state is State.LATCHED_UNACKED


def test_that_what_was_over_by_itself_while_hidden_goes_to_history_with_the_rule(bench: Bench) -> None:
    made = rule(bench, points=(PointId("ups"),))
    alarm = ups(bench)
    ups(bench, SignalKind.RESTORE)
    bench.do(hiding.end_rule, made.id, by=LEADER)
    assert now(bench, alarm).closed_at == bench.clock.now()
    assert bench.said(AlarmChanged)[-1].action is Action.FADE


def test_that_of_two_rules_the_second_takes_over_when_the_first_ends(bench: Bench) -> None:
    first = rule(bench, hours=4, points=(PointId("ups"),))
    second = rule(bench, hours=2, classes=(AlarmClass.POWER,))
    alarm = ups(bench)
    assert now(bench, alarm).hiding.rule == first.id  # the one that lasts longest
    bench.do(hiding.end_rule, first.id, by=LEADER)
    assert now(bench, alarm).hiding.rule == second.id
    bench.do(hiding.end_rule, second.id, by=LEADER)
    assert now(bench, alarm).state is State.UNACKED


def test_that_an_alarm_comes_from_the_shelf_under_the_rule_that_stands(bench: Bench) -> None:
    alarm = ups(bench)
    bench.do(hiding.shelve, alarm.id, "抖动", bench.clock.now() + timedelta(hours=1), by=LEADER)
    made = rule(bench, points=(PointId("ups"),))
    bench.clock.advance(3601)
    bench.do(clockwork.tick)
    assert (now(bench, alarm).state, now(bench, alarm).hiding.rule) == (State.SUPPRESSED, made.id)


def test_that_an_alarm_with_an_open_case_is_not_hidden_by_a_rule(bench: Bench) -> None:
    alarm = ups(bench)
    bench.do(incidents.open_for, alarm.id, by=OPERATOR)
    rule(bench, points=(PointId("ups"),))
    assert now(bench, alarm).state is State.UNACKED


def test_that_a_rule_of_tomorrow_begins_tomorrow(bench: Bench) -> None:
    start = bench.clock.now() + timedelta(hours=10)
    until_at = start + timedelta(hours=1)
    bench.do(hiding.suppress, OUT, "检修", until_at, points=(PointId("ups"),), classes=(AlarmClass.POWER,), from_at=start, by=LEADER)
    alarm = ups(bench)
    assert alarm.state is State.UNACKED
    for hours, state in ((10.01, State.OUT_OF_SERVICE), (1, State.UNACKED)):
        bench.clock.advance(hours * 3600)
        bench.do(clockwork.tick)
        assert now(bench, alarm).state is state


def test_that_a_rule_needs_a_right_a_reason_something_to_match_and_an_end(bench: Bench) -> None:
    soon = bench.clock.now() + timedelta(hours=1)
    points = (PointId("ups"),)
    with pytest.raises(NotPermitted):
        bench.do(hiding.suppress, SUPPRESSED, "检修", soon, points=points, by=OPERATOR)
    for kind, reason, until_at, given in (
        (SUPPRESSED, " ", soon, {"points": points}),
        (SUPPRESSED, "检修", soon, {}),
        (SUPPRESSED, "检修", bench.clock.now(), {"points": points}),
        (SUPPRESSED, "检修", soon + timedelta(days=31), {"points": points}),
        (ON_TEST, "检修", soon + timedelta(hours=8), {"classes": (AlarmClass.POWER,)}),
        (SUPPRESSED, "检修", soon, {"points": points, "owner": PersonId("nobody")}),
    ):
        with pytest.raises(Refused):
            bench.do(hiding.suppress, kind, reason, until_at, by=LEADER, **given)
    assert bench.said(SuppressionChanged) == []


def test_that_the_handover_lists_every_rule_and_every_hidden_alarm(post: PostInHand) -> None:
    li, wang = post.enter("li", Role.LEADER), post.enter("wang")
    post.sign_on(li)
    post.sign_on(wang)
    until_at = post.clock.now() + timedelta(hours=3)
    made = post.do(
        hiding.suppress, SUPPRESSED, "围墙施工", until_at, places=(PlaceId("yard"),), order="2026-0003", by=actor(li)
    )
    report = post.do(alarms.report, alarm_class=AlarmClass.FAULT, place=PlaceId("yard"), text="摄像机歪", by=actor(wang))
    lines = [line for line in post.ask(handover_lines.machine_lines, post.shift()) if line.section == "bypass"]
    assert {line.ref for line in lines} == {made.id, report.id}
    (said,) = [line.text for line in lines if line.ref == made.id]
    assert "操场" in said.zh
    assert "围墙施工" in said.zh
    assert "2026-0003" in said.zh
    assert all(line.flagged for line in lines)


def test_that_every_change_of_a_rule_is_on_record_with_who_did_it(bench: Bench) -> None:
    made = rule(bench, points=(PointId("ups"),))
    bench.clock.advance(60)
    bench.do(hiding.end_rule, made.id, by=LEADER)
    begun, ended = bench.said(SuppressionChanged)
    assert (begun.by, ended.by, ended.rule.ended_by) == (LEADER.person, LEADER.person, LEADER.person)
    assert bench.do(hiding.end_rule, made.id, by=LEADER) == ended.rule


def test_that_a_restore_of_nothing_hidden_changes_nothing(bench: Bench) -> None:
    alarm = ups(bench)
    assert bench.do(hiding.bring_back, alarm.id, by=SYSTEM) is None
    assert [one.id for one in bench.ask(queries.live_alarms)] == [alarm.id]
