"""A duty check on the due list: its time, its end by the answer, and what follows when nobody answered."""

from datetime import timedelta
from typing import Any

import pytest

from console.models.alarms import Alarm, State
from console.models.duty import DueItem, DueState
from console.models.errors import Refused
from console.models.events import ContactTold
from console.models.signals import SignalKind
from console.models.telling import Told
from console.services import alarms, clockwork, due, duty_check, queries, queue
from tests.services.cases import OPERATOR, Bench, bench, signal

__all__ = ["bench"]

POINT = "gb26875:1/duty_check"


def ask_for_somebody(bench: Bench, minutes: float = 5.0) -> Alarm:
    due_at = (bench.clock.now() + timedelta(minutes=minutes)).isoformat() if minutes else ""
    asks: dict[str, Any] = {"alarm_class": "duty_check", "priority": 2, "details": {"due_at": due_at}}
    made: Alarm = bench.do(alarms.receive, signal(POINT, clock=bench.clock, **asks))
    return made


def answer_confirmed(bench: Bench) -> None:
    bench.do(alarms.receive, signal(POINT, SignalKind.RESTORE, clock=bench.clock, alarm_class="duty_check"))


def listed(bench: Bench) -> list[DueItem]:
    return [one for one in bench.ask(queries.due_items) if one.kind == duty_check.KIND]


def now(bench: Bench, alarm: Alarm) -> Alarm:
    found: Alarm = bench.ask(lambda rx: rx.need(Alarm, alarm.id))
    return found


def test_that_the_time_by_which_a_check_is_answered_stands_on_the_due_list(bench: Bench) -> None:
    alarm = ask_for_somebody(bench)
    (item,) = listed(bench)
    assert (item.ref, item.due_at, item.state) == (alarm.id, bench.clock.now() + timedelta(minutes=5), DueState.DUE)
    assert alarm.title.zh in item.title.zh


def test_that_a_check_without_a_time_and_other_alarms_are_not_on_the_list(bench: Bench) -> None:
    ask_for_somebody(bench, 0)
    bench.do(alarms.receive, signal(details={"due_at": bench.clock.now().isoformat()}))
    assert listed(bench) == []


def test_that_what_is_no_time_is_no_duty(bench: Bench) -> None:
    for nonsense in ("soon", "2026-01-01T00:00:00"):
        bench.do(alarms.receive, signal(POINT, alarm_class="duty_check", details={"due_at": nonsense}))
    assert listed(bench) == []


def test_that_only_the_answer_that_the_centre_confirmed_ends_the_duty(bench: Bench) -> None:
    alarm = ask_for_somebody(bench)
    bench.do(queue.acknowledge, alarm.id, by=OPERATOR)
    (item,) = listed(bench)
    with pytest.raises(Refused, match="by doing it"):
        bench.do(due.done, item.id, by=OPERATOR)
    answer_confirmed(bench)
    assert listed(bench) == []
    assert bench.ask(lambda rx: rx.need(DueItem, item.id)).state is DueState.DONE


def test_that_a_newer_check_takes_the_place_of_one_that_waits(bench: Bench) -> None:
    ask_for_somebody(bench)
    bench.clock.advance(60)
    ask_for_somebody(bench, 10)
    (item,) = listed(bench)
    assert item.due_at == bench.clock.now() + timedelta(minutes=10)


def test_that_a_check_nobody_answered_in_time_is_escalated_to_the_leader_by_name(bench: Bench) -> None:
    alarm = ask_for_somebody(bench)
    bench.clock.advance(299)
    bench.do(clockwork.tick)
    assert now(bench, alarm).escalated_at is None
    bench.clock.advance(2)
    bench.do(clockwork.tick)
    assert [one.state for one in listed(bench)] == [DueState.OVERDUE]
    assert now(bench, alarm).escalated_at == bench.clock.now()
    assert [one.telling.result for one in bench.said(ContactTold)] == [Told.WANTED]


def test_that_an_answer_the_centre_never_confirmed_sounds_again_when_the_time_is_over(bench: Bench) -> None:
    alarm = ask_for_somebody(bench)
    bench.do(queue.acknowledge, alarm.id, by=OPERATOR)
    bench.clock.advance(301)
    bench.do(clockwork.tick)
    after = now(bench, alarm)
    assert (after.state, after.escalated_at) == (State.UNACKED, bench.clock.now())


def test_that_a_check_answered_late_leaves_the_list_too(bench: Bench) -> None:
    alarm = ask_for_somebody(bench)
    bench.clock.advance(301)
    bench.do(clockwork.tick)
    bench.do(queue.acknowledge, alarm.id, by=OPERATOR)
    answer_confirmed(bench)
    bench.do(clockwork.tick)
    assert listed(bench) == []
    assert now(bench, alarm).closed_at is not None


def test_that_a_parked_check_comes_back_when_its_time_is_over(bench: Bench) -> None:
    alarm = ask_for_somebody(bench)
    bench.do(queue.acknowledge, alarm.id, by=OPERATOR)
    bench.do(queue.park, alarm.id, bench.clock.now() + timedelta(minutes=20), "later", by=OPERATOR)
    bench.clock.advance(301)
    bench.do(clockwork.tick)
    assert now(bench, alarm).state is State.UNACKED
