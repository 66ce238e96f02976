"""Whose an alarm is, for how long, and how it ends: the verbs of the queue on a real record."""

from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

import pytest

from console.bus import Bus
from console.models.alarms import Action, Alarm, AlarmClass, Condition, Means, Priority, State
from console.models.clock import FakeClock
from console.models.duty import DueItem, DueState
from console.models.errors import NotPermitted, Refused
from console.models.events import AlarmChanged, DueChanged
from console.models.ids import PersonId, PointId
from console.models.incidents import Verdict
from console.models.people import Actor, Person, Role, SignOn
from console.models.signals import SignalKind
from console.models.suppression import SuppressionKind
from console.models.work_orders import WorkOrder, WorkOrderKind
from console.services import alarms, clockwork, hiding, incidents, queries, queue
from console.services.desk import Desk
from console.store.store import Ground
from tests.records import open_record
from tests.services.cases import LEADER, OPERATOR, SITE, Bench, signal
from tests.services.post import CHEAP

COLLEAGUE = Actor(person=PersonId("p-two"), name="赵二", role=Role.OPERATOR, seat="2")


def now(bench: Bench, alarm: Alarm) -> Alarm:
    found: Alarm = bench.ask(lambda rx: rx.need(Alarm, alarm.id))
    return found


def present(bench: Bench, who: Actor) -> None:
    def sign_on(tx: object) -> None:
        tx.put(Person(id=who.person, login=who.person, name=who.name, role=who.role))  # type: ignore[attr-defined]
        tx.put(SignOn(id=f"on-{who.person}", person=who.person, name=who.name, role=who.role, seat=who.seat, on_at=tx.now))  # type: ignore[attr-defined]

    bench.do(sign_on)


def actions(bench: Bench) -> list[Action | None]:
    return [event.action for event in bench.said(AlarmChanged)]


def due(bench: Bench, kind: str) -> list[DueItem]:
    open_states = (DueState.WAITING.value, DueState.DUE.value, DueState.OVERDUE.value)
    return list(bench.ask(lambda rx: rx.find(DueItem, kind=kind, state=open_states)))


# ------------------------------------------------------------------------------------------------ ownership
def test_that_of_two_seats_that_claim_at_once_one_has_the_alarm_and_the_other_is_told_who(tmp_path: Path, clock: FakeClock) -> None:
    with open_record(tmp_path / "data") as store, Desk(store, Ground(site=SITE), clock, Bus()) as desk:
        alarm = desk.do(alarms.receive, signal()).result(10)
        asked: list[Future[Alarm]] = [desk.do(queue.claim, alarm.id, by=who) for who in (OPERATOR, COLLEAGUE) * 10]
        errors = [one.exception(10) for one in asked]
        assert errors[::2] == [None] * 10
        assert all(isinstance(error, Refused) and "p-op" in error.text.zh for error in errors[1::2])
        assert desk.ask(lambda rx: rx.need(Alarm, alarm.id)).result(10).owner.person == OPERATOR.person


def test_that_a_refused_claim_names_the_owner_and_the_seat(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    present(bench, OPERATOR)
    bench.do(queue.claim, alarm.id, by=OPERATOR)
    with pytest.raises(Refused, match=r"李值班.*seat 1"):
        bench.do(queue.claim, alarm.id, by=COLLEAGUE)


def test_that_acknowledging_makes_an_alarm_ones_own_where_nobody_has_it(bench: Bench) -> None:
    free, owned = bench.do(alarms.receive, signal()), bench.do(alarms.receive, signal("rule-1"))
    bench.do(queue.claim, owned.id, by=COLLEAGUE)
    for alarm in (free, owned):
        bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    assert [now(bench, alarm).owner.person for alarm in (free, owned)] == [OPERATOR.person, COLLEAGUE.person]


def test_that_an_alarm_is_handed_to_a_colleague_who_is_signed_on(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    with pytest.raises(Refused, match="signed on"):
        bench.do(queue.hand_to, alarm.id, COLLEAGUE.person, by=OPERATOR)
    present(bench, COLLEAGUE)
    bench.clock.advance(500)
    handed = bench.do(queue.hand_to, alarm.id, COLLEAGUE.person, "请看三号门", by=OPERATOR)
    assert (handed.owner.person, handed.owner.given_by, handed.owner.note) == ("p-two", "p-op", "请看三号门")
    bench.clock.advance(500)  # the colleague has the whole lease
    bench.do(clockwork.tick)
    assert now(bench, alarm).state is State.ACKED


def test_that_an_alarm_is_handed_to_a_seat(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    present(bench, COLLEAGUE)
    assert bench.do(queue.hand_to, alarm.id, seat="2", by=OPERATOR).owner.person == COLLEAGUE.person
    with pytest.raises(Refused):
        bench.do(queue.hand_to, alarm.id, seat="9", by=LEADER)


def test_that_only_the_owner_or_a_leader_gives_an_alarm_away(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    present(bench, COLLEAGUE)
    present(bench, LEADER)
    bench.do(queue.claim, alarm.id, by=LEADER)
    for verb, given in ((queue.hand_to, (COLLEAGUE.person,)), (queue.let_go, ())):
        with pytest.raises(Refused, match="王班长"):
            bench.do(verb, alarm.id, *given, by=OPERATOR)
    assert bench.do(queue.hand_to, alarm.id, COLLEAGUE.person, by=LEADER).owner.person == COLLEAGUE.person
    assert bench.do(queue.let_go, alarm.id, by=LEADER).owner is None
    assert bench.do(queue.claim, alarm.id, by=OPERATOR).owner.person == OPERATOR.person


# ------------------------------------------------------------------------------------------------ parking
def in_(bench: Bench, minutes: float):
    return bench.clock.now() + timedelta(minutes=minutes)


def test_that_a_parked_alarm_comes_back_by_its_time_and_sounds(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    bench.do(queue.park, alarm.id, in_(bench, 20), "等维修工到场", by=OPERATOR)
    assert (due(bench, "lease"), len(due(bench, "parking"))) == ([], 1)
    bench.clock.advance(19 * 60)
    bench.do(clockwork.tick)
    assert now(bench, alarm).state is State.ACKED
    bench.clock.advance(61)
    bench.do(clockwork.tick)
    back = now(bench, alarm)
    assert (back.state, back.parked, back.lapses) == (State.UNACKED, None, 0)
    assert due(bench, "parking") == []


def test_that_a_parked_alarm_comes_back_with_any_further_signal(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    bench.do(queue.park, alarm.id, in_(bench, 20), "等维修工到场", by=OPERATOR)
    bench.do(alarms.receive, signal(received_at=bench.clock.now()))
    back = now(bench, alarm)
    assert (back.state, back.parked) == (State.UNACKED, None)
    assert due(bench, "parking") == []


def test_that_a_parked_alarm_whose_point_is_normal_is_no_longer_parked(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    bench.do(queue.park, alarm.id, in_(bench, 20), "等", by=OPERATOR)
    bench.do(alarms.receive, signal(kind=SignalKind.RESTORE))
    assert (now(bench, alarm).state, now(bench, alarm).parked) == (State.LATCHED_ACKED, None)
    assert len(due(bench, "lease")) == 1


def test_that_a_critical_alarm_cannot_be_parked_and_others_not_for_long_nor_without_a_reason(bench: Bench) -> None:
    fire, beam = bench.do(alarms.receive, signal("smoke-1")), bench.do(alarms.receive, signal())
    with pytest.raises(Refused, match="does not allow"):
        bench.do(queue.park, beam.id, in_(bench, 5), "未确认", by=OPERATOR)
    for alarm in (fire, beam):
        bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    with pytest.raises(Refused, match="critical"):
        bench.do(queue.park, fire.id, in_(bench, 1), "等", by=OPERATOR)
    with pytest.raises(Refused, match="30 minutes"):
        bench.do(queue.park, beam.id, in_(bench, 31), "等", by=OPERATOR)
    with pytest.raises(Refused, match="reason"):
        bench.do(queue.park, beam.id, in_(bench, 5), "  ", by=OPERATOR)


# ------------------------------------------------------------------------------------------------ lease, escalation
def test_that_a_critical_alarm_is_escalated_at_its_first_lapse(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal("smoke-1"))
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    bench.clock.advance(181)
    bench.do(clockwork.tick)
    lapsed = now(bench, alarm)
    assert (lapsed.state, lapsed.owner, lapsed.escalated_at) == (State.UNACKED, None, bench.clock.now())
    assert actions(bench)[-2:] == [Action.LEASE_LAPSE, Action.ESCALATE]
    bench.do(alarms.acknowledge, alarm.id, by=LEADER)
    assert now(bench, alarm).escalated_at is None


def test_that_another_alarm_is_escalated_when_it_lapsed_as_often_as_the_site_says(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    for lapses in (1, 2):
        bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
        bench.clock.advance(601)
        bench.do(clockwork.tick)
        assert now(bench, alarm).lapses == lapses
        assert (now(bench, alarm).escalated_at is not None) == (lapses == 2)


def test_that_renewing_a_lease_moves_its_due_item_by_one_line(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal("smoke-1"))
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    bench.events.clear()
    for _turn in range(5):
        bench.clock.advance(100)
        bench.do(alarms.renew, alarm.id, by=OPERATOR)
        bench.do(clockwork.tick)
    assert len(bench.said(DueChanged)) == 5
    assert {event.item.id for event in bench.said(DueChanged)} == {due(bench, "lease")[0].id}
    assert now(bench, alarm).state is State.ACKED
    bench.clock.advance(181)
    bench.do(clockwork.tick)
    assert now(bench, alarm).state is State.UNACKED


# ------------------------------------------------------------------------------------------------ re-alarm, chatter
def test_that_a_further_signal_soon_after_the_acknowledgement_only_counts(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    bench.clock.advance(179)
    bench.do(alarms.receive, signal(clock=bench.clock))
    assert (now(bench, alarm).state, now(bench, alarm).count) == (State.ACKED, 2)
    bench.clock.advance(2)
    bench.do(alarms.receive, signal(clock=bench.clock))
    assert (now(bench, alarm).state, now(bench, alarm).count) == (State.UNACKED, 3)


def test_that_a_signal_that_is_worse_raises_the_priority_for_good_and_sounds(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal("somewhere", priority=3))
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    bench.do(alarms.receive, signal("somewhere", priority=1))
    assert (now(bench, alarm).state, now(bench, alarm).priority) == (State.UNACKED, Priority.CRITICAL)
    bench.do(alarms.receive, signal("somewhere", priority=4))
    assert now(bench, alarm).priority is Priority.CRITICAL


def test_that_a_hundred_toggles_in_ten_seconds_are_one_chattering_alarm_with_its_count(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal("ups"))
    for turn in range(2, 101):
        bench.clock.advance(0.1)
        bench.do(alarms.receive, signal("ups", kind=SignalKind.RESTORE, clock=bench.clock))
        bench.do(alarms.receive, signal("ups", clock=bench.clock))
        assert (now(bench, alarm).chattering_since_at is not None) == (turn >= 10)
    (one,) = bench.ask(queries.live_alarms)
    assert one.count == 100
    bench.clock.advance(61)
    bench.do(alarms.receive, signal("ups", clock=bench.clock))
    assert now(bench, alarm).chattering_since_at is None


# ------------------------------------------------------------------------------------------------ reset on site
def acknowledged(bench: Bench, point: str = "beam-1") -> Alarm:
    alarm = bench.do(alarms.receive, signal(point, clock=bench.clock))
    found: Alarm = bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    return found


def verified(bench: Bench, point: str = "beam-1") -> Alarm:
    found: Alarm = bench.do(queue.verify, acknowledged(bench, point).id, 1, Means.ON_SITE, by=OPERATOR)
    return found


def test_that_what_had_no_case_is_let_go_only_when_somebody_has_said_what_it_was(bench: Bench) -> None:
    alarm = acknowledged(bench)
    bench.do(alarms.receive, signal("beam-1", kind=SignalKind.RESTORE, clock=bench.clock))
    with pytest.raises(Refused, match="what the alarm was"):
        bench.do(queue.reset, alarm.id, by=OPERATOR)
    bench.do(queue.verify, alarm.id, 0, Means.VIDEO, false_alarm=True, by=OPERATOR)
    with pytest.raises(Refused, match="cause"):
        bench.do(queue.reset, alarm.id, by=OPERATOR)
    bench.do(queue.verify, alarm.id, 0, Means.VIDEO, false_alarm=True, note="树枝", by=OPERATOR)
    gone = bench.do(queue.reset, alarm.id, by=OPERATOR)
    assert (gone.closed_at, gone.verified.note) == (bench.clock.now(), "树枝")


def test_that_what_came_on_test_is_let_go_without_a_verdict(bench: Bench) -> None:
    bench.do(
        hiding.suppress, SuppressionKind.ON_TEST, "检测", in_(bench, 60), points=(PointId("beam-1"),),
        classes=(AlarmClass.INTRUSION,), by=LEADER,
    )
    alarm = bench.do(alarms.receive, signal(clock=bench.clock))
    bench.do(alarms.receive, signal(kind=SignalKind.RESTORE, clock=bench.clock))
    bench.clock.advance(3601)
    for rule in bench.ask(hiding.standing):
        bench.do(hiding.turn, rule.id)
    bench.do(queue.acknowledge, alarm.id, by=OPERATOR)
    assert bench.do(queue.reset, alarm.id, by=OPERATOR).closed_at is not None


def test_that_a_fire_whose_panel_never_restores_is_let_go_after_a_check_on_site(bench: Bench) -> None:
    alarm = verified(bench, "smoke-1")
    with pytest.raises(Refused):
        bench.do(queue.reset, alarm.id, by=OPERATOR)
    with pytest.raises(Refused, match="needs words"):
        bench.do(queue.reset, alarm.id, checked_on_site=True, note=" ", by=OPERATOR)
    gone = bench.do(queue.reset, alarm.id, checked_on_site=True, note="三层走廊无烟无火，探测器积灰", by=OPERATOR)
    assert (gone.state, gone.condition, gone.closed_at) == (State.NORMAL, Condition.ACTIVE, bench.clock.now())
    assert gone.reset.note == "三层走廊无烟无火，探测器积灰"
    assert bench.ask(queries.live_alarms) == ()


def test_that_an_active_alarm_with_an_open_case_or_without_acknowledgement_is_not_let_go(bench: Bench) -> None:
    fire, beam = acknowledged(bench, "smoke-1"), bench.do(alarms.receive, signal("tank", alarm_class="gas"))
    bench.do(incidents.open_for, fire.id, by=OPERATOR)
    for alarm in (fire, beam):
        with pytest.raises(Refused):
            bench.do(queue.reset, alarm.id, checked_on_site=True, note="看过", by=OPERATOR)


def test_that_an_intrusion_is_let_go_on_site_only_by_two_people(bench: Bench) -> None:
    alarm = verified(bench)
    for second in (None, OPERATOR):
        with pytest.raises(Refused, match="Another person"):
            bench.do(queue.reset, alarm.id, checked_on_site=True, note="无人", second=second, by=OPERATOR)
    clerk = Actor(person=PersonId("p-clerk"), name="文员", role=Role.ADMINISTRATOR)
    with pytest.raises(NotPermitted):
        bench.do(queue.reset, alarm.id, checked_on_site=True, note="无人", second=clerk, by=OPERATOR)
    gone = bench.do(queue.reset, alarm.id, checked_on_site=True, note="无人", second=COLLEAGUE, by=OPERATOR)
    assert (gone.reset.by, gone.reset.second) == (OPERATOR.person, COLLEAGUE.person)


def test_that_a_site_may_do_without_the_second_person(bench: Bench) -> None:
    bench.ground = Ground(site=SITE, settings={"alarm.reset_two_people": False})
    alarm = verified(bench)
    assert bench.do(queue.reset, alarm.id, checked_on_site=True, note="无人", by=OPERATOR).closed_at is not None


def test_that_the_second_person_confirms_with_their_own_password(tmp_path: Path, clock: FakeClock) -> None:
    from console.models.people import SYSTEM
    from console.services import people

    with open_record(tmp_path / "data") as store, Desk(store, Ground(site=SITE), clock, Bus()) as desk:
        zhao = desk.do(people.enter_person, CHEAP.hash("zhao-password"), "zhao", "赵", Role.OPERATOR, by=SYSTEM).result(10)
        alarm = desk.do(alarms.receive, signal()).result(10)
        desk.do(alarms.acknowledge, alarm.id, by=OPERATOR).result(10)
        desk.do(queue.verify, alarm.id, 1, Means.ON_SITE, by=OPERATOR).result(10)
        wrong = queue.reset_with_second(desk, alarm.id, "无人", login="zhao", password="guess", by=OPERATOR)
        assert isinstance(wrong.exception(20), Refused)
        clock.advance(60)
        given = queue.reset_with_second(desk, alarm.id, "无人", login="zhao", password="zhao-password", by=OPERATOR)
        assert given.result(20).reset.second == zhao.id


# ------------------------------------------------------------------------------------------------ verification
def test_that_a_verification_says_how_much_is_known_and_how(bench: Bench) -> None:
    alarm = acknowledged(bench)
    found = bench.do(queue.verify, alarm.id, 2, Means.VIDEO, note="翻墙一人", by=OPERATOR)
    assert (found.verification, found.verified.how, found.verified.note) == (2, Means.VIDEO, "翻墙一人")
    with pytest.raises(Refused):
        bench.do(queue.verify, alarm.id, 5, Means.VIDEO, by=OPERATOR)
    with pytest.raises(Refused):
        bench.do(queue.verify, alarm.id, 1, Means.ON_SITE, false_alarm=True, by=OPERATOR)
    assert bench.do(queue.verify, alarm.id, 0, Means.ON_SITE, false_alarm=True, by=OPERATOR).verified.false_alarm


def false_alarm(bench: Bench, point: str = "beam-1", verdict: Verdict = Verdict.FALSE_ENVIRONMENT) -> None:
    alarm = acknowledged(bench, point)
    case = bench.do(incidents.open_for, alarm.id, by=OPERATOR)
    bench.do(alarms.receive, signal(point, kind=SignalKind.RESTORE, clock=bench.clock))
    bench.do(incidents.close, case.id, verdict=verdict, cause="树枝", by=OPERATOR)
    bench.clock.advance(3600)


def test_that_a_device_with_three_false_alarms_in_a_day_gets_one_work_order(bench: Bench) -> None:
    bench.clock.advance(0)
    for turn in range(1, 6):
        false_alarm(bench)
        orders = bench.ask(lambda rx: rx.find(WorkOrder))
        assert len(orders) == (1 if turn >= 3 else 0)
    (order,) = orders
    assert (order.kind, order.subject) == (WorkOrderKind.FALSE_ALARMS, "point:beam-1")


def test_that_false_alarms_without_a_case_count_as_well(bench: Bench) -> None:
    for turn in range(1, 4):
        alarm = acknowledged(bench)
        bench.do(alarms.receive, signal("beam-1", kind=SignalKind.RESTORE, clock=bench.clock))
        for _twice in range(2):
            bench.do(queue.verify, alarm.id, 0, Means.VIDEO, false_alarm=True, note=f"鸟 {turn}", by=OPERATOR)
        assert len(bench.ask(lambda rx: rx.find(WorkOrder))) == (1 if turn == 3 else 0)
        bench.do(queue.reset, alarm.id, by=OPERATOR)
        bench.clock.advance(3600)
    (order,) = bench.ask(lambda rx: rx.find(WorkOrder))
    assert (order.subject, order.fault) == ("point:beam-1", "鸟 3")


def test_that_false_alarms_of_several_days_and_real_ones_open_no_work_order(bench: Bench) -> None:
    for verdict in (Verdict.FALSE_HUMAN, Verdict.REAL_INTRUSION, Verdict.FALSE_HUMAN, Verdict.UNKNOWN):
        false_alarm(bench, verdict=verdict)
    bench.clock.advance(86400)
    false_alarm(bench)
    assert bench.ask(lambda rx: rx.find(WorkOrder)) == ()


def test_that_a_shelved_alarm_that_becomes_critical_comes_back(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal("pump", alarm_class="fault", priority=3))
    bench.do(hiding.shelve, alarm.id, "检修", in_(bench, 60), by=LEADER)
    bench.do(alarms.receive, signal("pump", alarm_class="fault", priority=1))
    assert now(bench, alarm).state is State.UNACKED
    assert AlarmClass.FAULT is now(bench, alarm).alarm_class


# ------------------------------------------------------------------------------------------------ a group at once
def test_that_a_group_is_acknowledged_alarm_by_alarm_each_with_its_lease_and_its_line(bench: Bench) -> None:
    faults = [
        bench.do(alarms.receive, signal(f"d{n}", alarm_class="fault", priority=n, clock=bench.clock)) for n in (2, 3, 4)
    ]
    before = len(bench.said(AlarmChanged))
    asked = tuple(one.id for one in faults)
    done = bench.do(queue.acknowledge_together, asked, Priority.HIGH, by=OPERATOR)
    assert [one.id for one in done] == list(asked)
    said = bench.said(AlarmChanged)[before:]
    assert [(event.alarm.id, event.by, event.action) for event in said] == [
        (one.id, OPERATOR.person, Action.ACKNOWLEDGE) for one in faults
    ]
    assert len(due(bench, queue.LEASE)) == 3
    assert all(now(bench, one).owner.person == OPERATOR.person for one in faults)
    assert bench.do(queue.acknowledge_together, asked, Priority.HIGH, by=OPERATOR) == (), "once is enough"


def test_that_life_critical_a_colleagues_and_what_became_more_urgent_stay_apart_from_a_group(bench: Bench) -> None:
    made = {
        name: bench.do(alarms.receive, signal(name, alarm_class=kind, priority=priority, clock=bench.clock))
        for name, kind, priority in (
            ("fire", "fire", 3),
            ("tamper", "tamper", 4),
            ("critical", "power", 1),
            ("theirs", "fault", 3),
            ("worse", "fault", 2),
            ("plain", "fault", 3),
        )
    }
    bench.do(queue.claim, made["theirs"].id, by=COLLEAGUE)
    done = bench.do(queue.acknowledge_together, tuple(one.id for one in made.values()), Priority.MEDIUM, by=OPERATOR)
    assert [one.id for one in done] == [made["plain"].id]
    assert [name for name, one in made.items() if now(bench, one).acknowledged] == ["plain"]


def test_that_only_who_handles_alarms_acknowledges_a_group(bench: Bench) -> None:
    fault = bench.do(alarms.receive, signal("d", alarm_class="fault", priority=3, clock=bench.clock))
    clerk = Actor(person=PersonId("p-admin"), name="管理员", role=Role.ADMINISTRATOR, seat="1")
    with pytest.raises(NotPermitted):
        bench.do(queue.acknowledge_together, (fault.id,), Priority.HIGH, by=clerk)
    assert now(bench, fault).acknowledged is None
