"""The alarm's life: whatever happens in whatever order, the table holds and nothing dangerous goes quiet by itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from console.models.alarm_life import Given, act
from console.models.alarms import (
    KEEPS_STATE,
    LIFE_CLASSES,
    TRANSITIONS,
    Acknowledgement,
    Action,
    Alarm,
    AlarmClass,
    Condition,
    Hiding,
    Means,
    Ownership,
    Parking,
    Priority,
    Reset,
    State,
    Verification,
    actions_for,
    allowed,
    is_chattering,
    may_shelve,
    queue_order,
)
from console.models.errors import Refused
from console.models.ids import AlarmId, PersonId, PointId, SourceId, SuppressionId
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


def given(action: Action, at: datetime = AT) -> Given:
    """What an action brings with it when somebody really does it; a life class is taken out by a rule."""
    p = PersonId("p")
    rule = SuppressionId("rule") if action in {Action.TAKE_OUT, Action.SUPPRESS} else None
    return Given(
        acknowledgement=Acknowledgement(by=p, at=at, seat="1", lease_until_at=at + timedelta(minutes=3)),
        hiding=Hiding(kind=HIDING.get(action, State.SHELVED), by=p, reason="r", until_at=at, rule=rule),
        owner=Ownership(person=p, seat="1", since_at=at),
        parking=Parking(by=p, at=at, until_at=at + timedelta(minutes=5), reason="r"),
        verification=Verification(level=2, how=Means.VIDEO, by=p, at=at),
        reset=Reset(by=p, at=at, checked_on_site=action is Action.RESET_ON_SITE, note="n"),
        cause=AlarmId("cause"),
    )


def done(alarm: Alarm, action: Action, at: datetime = AT) -> Alarm:
    return act(alarm, action, at, given(action, at))


def lived(alarm: Alarm, happened: list[Action]) -> Alarm:
    for action in happened:
        if allowed(alarm, action):
            alarm = done(alarm, action)
    return alarm


actions = st.lists(st.sampled_from(list(Action)), max_size=25)
classes = st.sampled_from(list(AlarmClass))


@whatever(classes, actions, st.booleans())
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


@whatever(classes, actions)
def test_that_a_life_class_never_leaves_the_queue_without_a_persons_reset(
    alarm_class: AlarmClass, happened: list[Action]
) -> None:
    alarm = an_alarm(alarm_class)
    was_acknowledged = was_reset = False
    for action in happened:
        if allowed(alarm, action):
            alarm = done(alarm, action)
            was_acknowledged |= action is Action.ACKNOWLEDGE
            was_reset |= action in {Action.RESET, Action.RESET_ON_SITE}
        if alarm.closed_at is not None and alarm_class in LIFE_CLASSES:
            assert was_acknowledged
            assert was_reset


@whatever(st.sampled_from(sorted(LIFE_CLASSES)), actions)
def test_that_a_life_class_is_never_shelved_nor_suppressed(alarm_class: AlarmClass, happened: list[Action]) -> None:
    alarm = an_alarm(alarm_class)
    for action in happened:
        if allowed(alarm, action):
            alarm = done(alarm, action)
        assert alarm.state not in {State.SHELVED, State.SUPPRESSED}


@whatever(st.sampled_from(sorted(LIFE_CLASSES)))
def test_that_a_life_class_is_taken_out_of_service_by_a_rule_only(alarm_class: AlarmClass) -> None:
    hiding = Hiding(kind=State.OUT_OF_SERVICE, by=PersonId("p"), reason="r", until_at=AT)
    with pytest.raises(Refused):
        act(an_alarm(alarm_class), Action.TAKE_OUT, AT, Given(hiding=hiding))
    ruled = Given(hiding=replace(hiding, rule=SuppressionId("r")))
    assert act(an_alarm(alarm_class), Action.TAKE_OUT, AT, ruled).state is State.OUT_OF_SERVICE


@whatever(classes, actions)
def test_that_what_is_hidden_and_still_active_sounds_when_it_comes_back(
    alarm_class: AlarmClass, happened: list[Action]
) -> None:
    alarm = lived(an_alarm(alarm_class), happened)
    if alarm.hiding is None or alarm.condition is Condition.NORMAL:
        return
    assert done(alarm, Action.BRING_BACK).state is State.UNACKED


@whatever(classes, actions)
def test_that_whose_an_alarm_is_and_where_it_stands_never_changes_its_state(
    alarm_class: AlarmClass, happened: list[Action]
) -> None:
    alarm = an_alarm(alarm_class)
    for action in happened:
        if allowed(alarm, action):
            before, alarm = alarm, done(alarm, action)
            if action in KEEPS_STATE:
                assert alarm.state is before.state
                assert (alarm.count, alarm.priority, alarm.condition) == (before.count, before.priority, before.condition)


@whatever(st.sampled_from(list(Priority)), actions)
def test_that_a_critical_alarm_is_never_parked_and_a_parked_one_is_acknowledged(
    priority: Priority, happened: list[Action]
) -> None:
    alarm = an_alarm(priority=priority)
    for action in happened:
        if allowed(alarm, action):
            alarm = done(alarm, action)
        if alarm.parked is not None:
            assert alarm.priority is not Priority.CRITICAL
            assert alarm.acknowledged is not None


@whatever(classes, actions)
def test_that_a_signal_on_a_parked_alarm_sounds(alarm_class: AlarmClass, happened: list[Action]) -> None:
    alarm = lived(an_alarm(alarm_class), happened)
    if alarm.parked is not None and alarm.hiding is None and alarm.closed_at is None:
        back = done(alarm, Action.SIGNAL)
        assert (back.state, back.parked) == (State.UNACKED, None)


@whatever(st.lists(st.sampled_from(list(Priority)), min_size=1, max_size=12))
def test_that_the_priority_is_the_most_urgent_that_was_signalled(signalled: list[Priority]) -> None:
    alarm = an_alarm(priority=Priority.LOW)
    for priority in signalled:
        alarm = act(alarm, Action.SIGNAL, AT, Given(priority=priority))
    assert alarm.priority is min(signalled)


@whatever(classes, actions)
def test_that_an_open_case_keeps_its_alarm_in_the_queue(alarm_class: AlarmClass, happened: list[Action]) -> None:
    alarm = an_alarm(alarm_class, case_open=True)
    for action in happened:
        if allowed(alarm, action):
            alarm = done(alarm, action)
        assert alarm.closed_at is None


@whatever(classes, actions)
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


@pytest.mark.parametrize("restored", [False, True])
@pytest.mark.parametrize(
    ("after_s", "priority", "state"),
    [
        (60, Priority.HIGH, State.ACKED),
        (181, Priority.HIGH, State.UNACKED),
        (1, Priority.CRITICAL, State.UNACKED),
        (1, Priority.LOW, State.ACKED),
    ],
)
def test_that_a_further_signal_sounds_again_where_it_is_worse_or_long_after_the_acknowledgement(
    restored: bool, after_s: float, priority: Priority, state: State
) -> None:
    alarm = done(an_alarm(), Action.ACKNOWLEDGE)
    alarm = done(alarm, Action.RESTORE) if restored else alarm
    signalled = Given(priority=priority, realarm_after=timedelta(seconds=180))
    again = act(alarm, Action.SIGNAL, AT + timedelta(seconds=after_s), signalled)
    assert again.state is state
    assert (again.acknowledged is None) == (state is State.UNACKED)
    assert again.count == 2


def test_that_a_lapse_gives_the_alarm_back_to_everybody_and_is_counted() -> None:
    alarm = done(done(an_alarm(), Action.ACKNOWLEDGE), Action.LEASE_LAPSE)
    assert (alarm.owner, alarm.lapses, alarm.state) == (None, 1, State.UNACKED)
    escalated = done(alarm, Action.ESCALATE)
    assert escalated.escalated_at == AT
    assert done(escalated, Action.ACKNOWLEDGE).escalated_at is None


def test_that_an_active_alarm_is_reset_on_site_only_when_acknowledged_and_without_an_open_case() -> None:
    assert not allowed(an_alarm(), Action.RESET_ON_SITE)
    acknowledged = done(an_alarm(), Action.ACKNOWLEDGE)
    assert not allowed(replace(acknowledged, case_open=True), Action.RESET_ON_SITE)
    let_go = done(acknowledged, Action.RESET_ON_SITE)
    assert (let_go.state, let_go.condition, let_go.closed_at) == (State.NORMAL, Condition.ACTIVE, AT)


def test_that_shelving_is_offered_for_what_may_be_shelved() -> None:
    assert may_shelve(an_alarm(AlarmClass.FAULT))
    assert not may_shelve(an_alarm(AlarmClass.FAULT, priority=Priority.CRITICAL))
    assert not may_shelve(an_alarm(AlarmClass.INTRUSION))


def test_that_chattering_ends_when_the_signals_do() -> None:
    alarm = an_alarm(chattering_since_at=AT)
    assert is_chattering(alarm, AT + timedelta(seconds=60), 60)
    assert not is_chattering(alarm, AT + timedelta(seconds=61), 60)
    assert not is_chattering(an_alarm(), AT, 60)


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


def test_that_no_drill_stands_above_anything_real_however_urgent_it_is() -> None:
    drill = an_alarm(AlarmClass.FIRE, id=AlarmId("a"), priority=Priority.CRITICAL, drill=True)
    lesser = an_alarm(id=AlarmId("b"), priority=Priority.MEDIUM, drill=True)
    high = an_alarm(id=AlarmId("c"), first_at=AT + timedelta(minutes=5))
    in_hand = done(an_alarm(AlarmClass.ACCESS, id=AlarmId("d"), priority=Priority.LOW), Action.ACKNOWLEDGE)
    assert [alarm.id for alarm in sorted([lesser, drill, in_hand, high], key=queue_order)] == ["c", "d", "a", "b"]
