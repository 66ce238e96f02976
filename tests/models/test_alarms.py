"""The alarm's life: whatever happens in whatever order, the table holds and nothing dangerous goes quiet by itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.models.alarms import (
    LIFE_CLASSES,
    TRANSITIONS,
    Acknowledgement,
    Action,
    Alarm,
    AlarmClass,
    Condition,
    Hiding,
    Priority,
    State,
    act,
    actions_for,
    allowed,
    queue_order,
)
from console.models.errors import Refused
from console.models.ids import AlarmId, PersonId, PointId, SourceId
from console.models.text import Text

AT = datetime(2026, 3, 14, 20, 0, tzinfo=UTC)
HIDING = {Action.SHELVE: State.SHELVED, Action.SUPPRESS: State.SUPPRESSED, Action.TAKE_OUT: State.OUT_OF_SERVICE}


def an_alarm(alarm_class: AlarmClass = AlarmClass.INTRUSION, **changes: object) -> Alarm:
    alarm = Alarm(
        id=AlarmId("1"),
        key="beam|intrusion",
        point=PointId("beam"),
        source=SourceId("panel"),
        alarm_class=alarm_class,
        priority=Priority.HIGH,
        title=Text("周界", "Perimeter"),
        first_at=AT,
        last_at=AT,
    )
    return replace(alarm, **changes)  # type: ignore[arg-type]


def done(alarm: Alarm, action: Action, at: datetime = AT) -> Alarm:
    return act(
        alarm,
        action,
        at,
        acknowledgement=Acknowledgement(by=PersonId("p"), at=at, seat="1", lease_until_at=at + timedelta(minutes=3)),
        hiding=Hiding(kind=HIDING.get(action, State.SHELVED), by=PersonId("p"), reason="r", until_at=at),
    )


actions = st.lists(st.sampled_from(list(Action)), max_size=25)
classes = st.sampled_from(list(AlarmClass))


@given(classes, actions, st.booleans())
def test_that_every_allowed_action_leads_where_the_table_says(
    alarm_class: AlarmClass, happened: list[Action], case_open: bool
) -> None:
    alarm = an_alarm(alarm_class, case_open=case_open)
    for action in happened:
        targets = allowed(alarm, action)
        if targets:
            before = alarm
            alarm = done(alarm, action)
            assert alarm.state in targets
            assert alarm.rev == before.rev + 1
        else:
            with pytest.raises(Refused):
                done(alarm, action)


@given(classes, actions)
def test_that_a_life_class_never_leaves_the_queue_without_a_persons_reset(
    alarm_class: AlarmClass, happened: list[Action]
) -> None:
    alarm = an_alarm(alarm_class)
    was_acknowledged = was_reset = False
    for action in happened:
        if allowed(alarm, action):
            alarm = done(alarm, action)
            was_acknowledged |= action is Action.ACKNOWLEDGE
            was_reset |= action is Action.RESET
        if alarm.closed_at is not None and alarm_class in LIFE_CLASSES:
            assert was_acknowledged
            assert was_reset


@given(st.sampled_from(sorted(LIFE_CLASSES)), actions)
def test_that_a_life_class_is_never_hidden(alarm_class: AlarmClass, happened: list[Action]) -> None:
    alarm = an_alarm(alarm_class)
    for action in happened:
        if allowed(alarm, action):
            alarm = done(alarm, action)
        assert alarm.hiding is None


@given(classes, actions)
def test_that_an_open_case_keeps_its_alarm_in_the_queue(alarm_class: AlarmClass, happened: list[Action]) -> None:
    alarm = an_alarm(alarm_class, case_open=True)
    for action in happened:
        if allowed(alarm, action):
            alarm = done(alarm, action)
        assert alarm.closed_at is None


@given(classes, actions)
def test_that_the_count_is_the_number_of_signals(alarm_class: AlarmClass, happened: list[Action]) -> None:
    alarm, signals = an_alarm(alarm_class), 1
    for action in happened:
        if allowed(alarm, action):
            alarm = done(alarm, action)
            signals += action is Action.SIGNAL
    assert alarm.count == signals


def test_that_a_race_of_acknowledge_and_restore_keeps_both() -> None:
    one = done(done(an_alarm(), Action.ACKNOWLEDGE), Action.RESTORE)
    other = done(done(an_alarm(), Action.RESTORE), Action.ACKNOWLEDGE)
    assert one.state is other.state is State.LATCHED_ACKED
    assert one.acknowledged is not None
    assert other.acknowledged is not None
    assert one.condition is other.condition is Condition.NORMAL


def test_that_a_new_signal_on_a_handled_latched_alarm_sounds_again() -> None:
    alarm = done(done(done(an_alarm(), Action.ACKNOWLEDGE), Action.RESTORE), Action.SIGNAL)
    assert alarm.state is State.UNACKED
    assert alarm.acknowledged is None


def test_that_a_fault_that_is_over_and_acknowledged_goes_to_history() -> None:
    alarm = done(done(an_alarm(AlarmClass.FAULT), Action.RESTORE), Action.ACKNOWLEDGE)
    assert alarm.state is State.NORMAL
    assert alarm.closed_at == AT


def test_that_what_left_the_queue_allows_nothing_more() -> None:
    alarm = done(done(an_alarm(AlarmClass.FAULT), Action.RESTORE), Action.ACKNOWLEDGE)
    assert actions_for(alarm) == frozenset()


def test_that_no_two_rows_of_the_table_speak_of_the_same_case_without_a_guard() -> None:
    seen: set[tuple[State, Action]] = set()
    for row in TRANSITIONS:
        for state in row.states:
            if row.guard == "always":
                assert (state, row.action) not in seen
            seen.add((state, row.action))


def test_that_the_queue_puts_urgent_then_unacknowledged_then_oldest_first() -> None:
    acknowledged = done(an_alarm(id=AlarmId("a"), priority=Priority.CRITICAL), Action.ACKNOWLEDGE)
    critical = an_alarm(id=AlarmId("b"), priority=Priority.CRITICAL, first_at=AT + timedelta(minutes=5))
    older = an_alarm(id=AlarmId("c"))
    fire = an_alarm(AlarmClass.FIRE, id=AlarmId("d"), first_at=AT + timedelta(minutes=9))
    queue = sorted([older, acknowledged, fire, critical], key=queue_order)
    assert [alarm.id for alarm in queue] == ["b", "a", "d", "c"]
