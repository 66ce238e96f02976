"""The times of each alarm, kept inside the commands that make them."""

from datetime import timedelta

from console.models.alarms import Alarm, Means, Priority
from console.models.events import AlarmsShown
from console.models.ids import AlarmId, PointId
from console.models.people import Actor
from console.models.signals import Signal, SignalKind
from console.models.suppression import SuppressionKind
from console.models.timing import AlarmTiming
from console.services import alarms, clockwork, hiding, incidents, queries, queue, response, timings
from tests.services.cases import LEADER, OPERATOR, PLAN, Bench, signal


def times(bench: Bench, alarm: Alarm) -> AlarmTiming:
    found: AlarmTiming = bench.ask(lambda rx: rx.need(AlarmTiming, alarm.id))
    return found


def after(bench: Bench, at: object) -> float | None:
    began = bench.clock.at - timedelta(seconds=bench.clock.elapsed_s)
    return None if at is None else (at - began).total_seconds()  # type: ignore[operator]


def test_that_an_alarm_has_its_times_from_the_signal_to_the_end(bench: Bench) -> None:
    received = signal(clock=bench.clock)
    bench.clock.advance(0.02)
    alarm = bench.do(alarms.receive, received)
    bench.clock.advance(0.03)
    assert bench.do(timings.shown, (alarm.id,), bench.clock.now(), "1") == 1
    bench.clock.advance(5)
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    bench.clock.advance(5)
    case = bench.do(incidents.open_for, alarm.id, by=OPERATOR)
    bench.do(alarms.receive, signal(kind=SignalKind.RESTORE, clock=bench.clock))
    bench.clock.advance(50)
    from console.models.incidents import Verdict

    bench.do(incidents.close, case.id, verdict=Verdict.REAL_INTRUSION, by=OPERATOR)
    kept = times(bench, alarm)
    moments = (kept.received_at, kept.raised_at, kept.shown_at, kept.acked_at, kept.acted_at, kept.closed_at)
    assert [round(after(bench, at) or 0.0, 2) for at in moments] == [0.0, 0.02, 0.05, 5.05, 10.05, 60.05]
    assert (kept.shown_seat, kept.acked_by, kept.point) == ("1", OPERATOR.person, "beam-1")


def test_that_the_first_seat_that_showed_an_alarm_counts_and_nothing_is_written_for_a_second(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal(clock=bench.clock))
    bench.do(timings.shown, (alarm.id, alarm.id, AlarmId("unknown")), bench.clock.now(), "1")
    assert bench.do(timings.shown, (alarm.id,), bench.clock.now(), "2") == 0
    (said,) = bench.said(AlarmsShown)
    assert (said.alarms, said.seat, said.late) == ((alarm.id,), "1", 0)
    assert times(bench, alarm).shown_seat == "1"


def test_that_an_alarm_shown_late_is_news(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal(clock=bench.clock))
    bench.clock.advance(21)
    bench.do(timings.shown, (alarm.id,), bench.clock.now(), "1")
    assert bench.said(AlarmsShown)[0].late == 1


def test_that_a_screen_whose_clock_is_behind_shows_nothing_before_it_came(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal(clock=bench.clock))
    bench.do(timings.shown, (alarm.id,), bench.clock.now() - timedelta(seconds=9), "1")
    assert times(bench, alarm).shown_at == times(bench, alarm).received_at


def test_that_the_first_acknowledgement_and_the_first_action_count_and_lapses_are_counted(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal(clock=bench.clock))
    first = bench.clock.now()
    for by in (OPERATOR, LEADER):
        bench.do(alarms.acknowledge, alarm.id, by=by)
        bench.clock.advance(601)
        bench.do(clockwork.tick)
    bench.do(alarms.acknowledge, alarm.id, by=LEADER)
    acted = bench.clock.now()
    bench.do(queue.verify, alarm.id, 1, Means.VIDEO, by=LEADER)
    bench.clock.advance(9)
    bench.do(queue.verify, alarm.id, 2, Means.VIDEO, by=LEADER)
    kept = times(bench, alarm)
    assert (kept.acked_at, kept.acked_by, kept.acted_at, kept.lapses) == (first, OPERATOR.person, acted, 2)


def test_that_a_step_of_a_plan_is_an_action(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal(clock=bench.clock))
    bench.do(response.start, alarm.id, PLAN.id, by=OPERATOR)
    assert times(bench, alarm).acted_at == bench.clock.now()


def test_that_what_is_hidden_or_on_test_is_marked(bench: Bench) -> None:
    until_at = bench.clock.now() + timedelta(hours=1)
    second = Actor(person="p-two", name="赵二", role=OPERATOR.role)  # type: ignore[arg-type]
    bench.do(hiding.suppress, SuppressionKind.ON_TEST, "年检", until_at, points=(PointId("smoke-1"),), second=second, by=LEADER)
    fire, beam = bench.do(alarms.receive, signal("smoke-1")), bench.do(alarms.receive, signal())
    assert [(times(bench, one).hidden, times(bench, one).test) for one in (fire, beam)] == [(True, True), (False, False)]
    bench.do(hiding.not_a_test, fire.id, by=OPERATOR)
    assert (times(bench, fire).hidden, times(bench, fire).test) == (True, False)


def test_that_the_priority_of_an_alarm_that_got_worse_is_the_worse(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal("somewhere", priority=3))
    bench.do(alarms.receive, signal("somewhere", priority=1))
    assert times(bench, alarm).priority is Priority.CRITICAL


def test_that_a_canary_is_kept_and_is_no_alarm(bench: Bench) -> None:
    assert bench.do(alarms.receive, signal(kind=SignalKind.CANARY)) is None
    assert len(bench.ask(lambda rx: rx.find(Signal))) == 1
    assert bench.ask(queries.live_alarms) == ()
    assert bench.ask(lambda rx: rx.find(AlarmTiming)) == ()
