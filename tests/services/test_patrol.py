"""Rounds are made by the clock, punches fill them, and what is not reached is heard."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from console.models.alarms import Alarm, AlarmClass
from console.models.events import PunchReceived, RoundChanged
from console.models.ids import CheckpointId, new_id
from console.models.patrol import (
    Punch,
    Round,
    RoundState,
    StopState,
    estimated_position,
    in_order,
    judged,
    planned_stops,
)
from console.models.signals import Signal
from console.services import clockwork, due, patrol
from tests.services.post import MORNING, SITE, PostInHand

ROUTE = SITE.routes[0]


def reading(chip: str, at: datetime, device: str = "wand-1", told_at: datetime | None = None) -> Punch:
    return Punch(id=new_id(), chip=chip, device=device, reader_at=at, received_at=told_at or at)


def on_watch(post: PostInHand) -> None:
    post.sign_on(post.enter("li"))
    post.do(clockwork.tick)


def walking(post: PostInHand) -> Round:
    (walk,) = post.find(Round, state="walking")
    return walk


def begin_round(post: PostInHand) -> Round:
    """At 10:00 the first round of the watch begins; its stops are due at 10:05, 10:10, 10:15 and 10:20."""
    on_watch(post)
    post.pass_time(hours=2)
    post.do(clockwork.tick)
    return walking(post)


def punch(post: PostInHand, number: int, device: str = "wand-1") -> Punch:
    return post.do(patrol.punch, reading(f"0F00{number}", post.clock.now(), device))


def states(walk: Round) -> list[StopState]:
    return [stop.state for stop in walk.stops]


# ------------------------------------------------------------------------------------------------ the clock makes rounds
def test_that_no_round_is_made_before_the_first_watch_begins(post: PostInHand) -> None:
    post.pass_time(hours=6)
    post.do(clockwork.tick)
    assert not post.find(Round)


def test_that_a_round_begins_by_the_clock_and_only_once(post: PostInHand) -> None:
    walk = begin_round(post)
    assert walk.started_at == MORNING + timedelta(hours=2)
    assert [(stop.due_at - walk.started_at).total_seconds() for stop in walk.stops] == [300, 600, 900, 1200]
    lines = post.lines()
    for _ in range(3):
        post.do(clockwork.tick)
    assert post.lines() == lines
    assert len(post.find(Round)) == 1


def test_that_a_guard_may_start_within_the_notice(post: PostInHand) -> None:
    on_watch(post)
    post.pass_time(hours=1, minutes=51)
    post.do(clockwork.tick)
    punch(post, 1)
    assert walking(post).stops[0].state is StopState.EARLY


def test_that_a_round_walked_in_time_is_complete_and_brings_no_alarm(post: PostInHand) -> None:
    begin_round(post)
    for number in range(1, 5):
        post.pass_time(minutes=5)
        punch(post, number)
        post.do(clockwork.tick)
    (walk,) = post.find(Round)
    assert walk.state is RoundState.COMPLETE
    assert states(walk) == [StopState.ON_TIME] * 4
    assert walk.ended_at == post.clock.now()
    assert not post.find(Alarm)
    assert post.item(due.PATROL, ROUTE.id).due_at == MORNING + timedelta(hours=4)


def test_that_early_and_late_are_told_from_on_time_by_the_tolerance(post: PostInHand) -> None:
    begin_round(post)
    post.pass_time(minutes=2, seconds=59)  # due at 5 min, tolerance 2 min
    punch(post, 1)
    post.pass_time(minutes=9, seconds=2)  # 12:01 of 10:00
    punch(post, 2)
    post.pass_time(minutes=4, seconds=59)  # 17:00 of 15:00
    punch(post, 3)
    assert states(walking(post)) == [StopState.EARLY, StopState.LATE, StopState.ON_TIME, StopState.PENDING]


# ------------------------------------------------------------------------------------------------ what is missed
def test_that_a_stop_not_reached_in_its_time_raises_an_alarm_with_its_camera(post: PostInHand) -> None:
    begin_round(post)
    post.pass_time(minutes=16, seconds=59)  # 5 min + 2 min tolerance + 10 min grace, less a second
    post.do(clockwork.tick)
    assert not post.find(Alarm)
    post.pass_time(seconds=1)
    post.do(clockwork.tick)
    (alarm,) = post.find(Alarm)
    assert (alarm.alarm_class, alarm.point) == (AlarmClass.PATROL, "cp-1")
    assert alarm.cameras == ("cam-2",)
    assert alarm.spot == SITE.checkpoints[0].spot
    assert walking(post).stops[0].state is StopState.MISSED


def test_that_stops_missed_in_a_row_are_one_alarm_and_the_next_gap_another(post: PostInHand) -> None:
    begin_round(post)
    post.pass_time(minutes=15)
    punch(post, 3)
    for _ in range(40):
        post.pass_time(minutes=1)
        post.do(clockwork.tick)
    alarms = {alarm.point: alarm.count for alarm in post.find(Alarm)}
    assert alarms == {"cp-1": 2, "cp-4": 1}
    assert len(post.find(Signal)) == 3
    (walk,) = post.find(Round)
    assert walk.state is RoundState.INCOMPLETE
    assert (walk.reached, len(walk.stops)) == (1, 4)
    assert walk.ended_at == MORNING + timedelta(hours=2, minutes=32)


def test_that_a_missed_stop_may_still_be_reached_late_while_the_round_lasts(post: PostInHand) -> None:
    begin_round(post)
    post.pass_time(minutes=18)
    post.do(clockwork.tick)
    assert states(walking(post))[0] is StopState.MISSED
    punch(post, 1)
    assert states(walking(post))[0] is StopState.LATE


def test_that_a_night_without_the_console_leaves_no_pile_of_rounds(post: PostInHand) -> None:
    on_watch(post)
    post.pass_time(hours=15)  # 23:00; the round of 22:00 is over as well
    post.do(clockwork.tick)
    assert not post.find(Round)
    assert not post.find(Alarm)
    item = post.item(due.PATROL, ROUTE.id)
    assert item.state.value == "overdue"
    assert "6" in item.note
    post.pass_time(hours=1)
    post.do(clockwork.tick)
    assert walking(post).started_at == MORNING + timedelta(hours=16)


# ------------------------------------------------------------------------------------------------ punches
def test_that_a_reading_told_twice_adds_nothing(post: PostInHand) -> None:
    begin_round(post)
    post.pass_time(minutes=5)
    at = post.clock.now()
    first = post.do(patrol.punch, reading("0F001", at))
    lines = post.lines()
    # A spreadsheet moved the time by four seconds, and a night later the reader is emptied again.
    again = post.do(patrol.punch, reading("0F001", at + timedelta(seconds=4), told_at=at + timedelta(hours=9)))
    assert again == first
    assert post.lines() == lines


def test_that_two_readers_in_one_minute_stay_two_readings(post: PostInHand) -> None:
    begin_round(post)
    post.pass_time(minutes=5)
    punch(post, 1, "wand-1")
    punch(post, 1, "wand-2")
    assert len(post.find(Punch)) == 2
    assert walking(post).reached == 1


def test_that_an_unknown_chip_is_kept_and_says_so(post: PostInHand) -> None:
    begin_round(post)
    kept = post.do(patrol.punch, reading("DEAD", post.clock.now()))
    assert kept.checkpoint is None
    assert kept.round is None
    assert [event.punch.chip for event in post.told(PunchReceived)] == ["DEAD"]
    assert walking(post).reached == 0


def test_that_one_stop_taken_too_soon_is_one_error(post: PostInHand) -> None:
    begin_round(post)
    for number in (1, 3, 2, 4):
        post.pass_time(minutes=5)
        punch(post, number)
    (walk,) = post.find(Round)
    assert states(walk) == [StopState.ON_TIME, StopState.LATE, StopState.OUT_OF_ORDER, StopState.ON_TIME]


def test_that_nobody_runs_two_hundred_metres_in_a_minute(post: PostInHand) -> None:
    begin_round(post)
    post.pass_time(minutes=5)
    punch(post, 1)
    post.pass_time(seconds=70)  # 400 px at half a metre, so at most 80 s
    punch(post, 2)
    post.pass_time(seconds=85)
    punch(post, 3)
    assert [stop.too_fast for stop in walking(post).stops] == [False, True, False, False]


def test_that_an_offline_reader_sets_the_record_right_but_never_back(post: PostInHand) -> None:
    begin_round(post)
    post.pass_time(minutes=5)
    punch(post, 1)
    post.pass_time(hours=1)
    post.do(clockwork.tick)
    (walk,) = post.find(Round)
    assert states(walk)[1:] == [StopState.MISSED] * 3
    told_at = post.clock.now()
    for number, minute in ((2, 10), (3, 15), (4, 20), (1, 4)):
        at = walk.started_at + timedelta(minutes=minute)
        post.do(patrol.punch, reading(f"0F00{number}", at, "wand-2", told_at))
    (walk,) = post.find(Round)
    assert walk.state is RoundState.COMPLETE
    assert states(walk) == [StopState.ON_TIME] * 4
    assert walk.stops[0].reached_at == walk.started_at + timedelta(minutes=5)


def test_that_a_reader_whose_clock_is_ahead_is_judged_by_ours(post: PostInHand) -> None:
    begin_round(post)
    post.pass_time(minutes=5)
    now = post.clock.now()
    kept = post.do(patrol.punch, reading("0F001", now + timedelta(days=3), told_at=now))
    assert kept.reader_at == now + timedelta(days=3)
    assert walking(post).stops[0].reached_at == now


def test_that_a_punch_outside_every_round_is_kept_without_one(post: PostInHand) -> None:
    on_watch(post)
    kept = punch(post, 2)
    assert (kept.checkpoint, kept.round) == ("cp-2", None)


def test_that_a_tag_tapped_twice_in_a_minute_does_not_fill_the_second_visit(post: PostInHand) -> None:
    loop = replace(ROUTE, stops=(ROUTE.stops[0], ROUTE.stops[1], replace(ROUTE.stops[0], leg_s=60.0)))
    post.ground = replace(post.ground, site=replace(SITE, routes=(loop,)))
    begin_round(post)
    post.pass_time(minutes=5)
    punch(post, 1)
    post.pass_time(seconds=59)
    punch(post, 1)
    assert walking(post).reached == 1
    post.pass_time(minutes=5)
    punch(post, 1)
    assert walking(post).reached == 2


# ------------------------------------------------------------------------------------------------ pure rules
@given(st.lists(st.integers(0, 12), max_size=14))
def test_that_order_is_judged_by_a_longest_increasing_run(order: list[int]) -> None:
    kept = sorted(in_order(order))
    chosen = [order[position] for position in kept]
    assert all(former < latter for former, latter in pairwise(chosen))
    longest = [0] * 13  # the textbook way, slower
    for number in order:
        longest[number] = max(longest[number], 1 + max(longest[:number], default=0))
    assert len(chosen) == max(longest)


@given(
    reached=st.lists(st.none() | st.integers(-600, 4000), min_size=4, max_size=4),
    passed=st.integers(0, 6000),
)
def test_that_judging_is_settled_and_agrees_with_the_figures(reached: list[int | None], passed: int) -> None:
    now = MORNING + timedelta(seconds=passed)
    stops = tuple(
        replace(stop, reached_at=None if second is None or second > passed else MORNING + timedelta(seconds=second))
        for stop, second in zip(planned_stops(ROUTE, MORNING), reached, strict=True)
    )
    walk = Round(
        id="r", route=ROUTE.id, route_name=ROUTE.name, post=ROUTE.post, started_at=MORNING, stops=stops
    )  # type: ignore[arg-type]
    once = judged(walk, SITE, now, 600.0)
    assert judged(once, SITE, now, 600.0) == once
    unreached = {StopState.PENDING, StopState.MISSED}
    assert once.reached == sum(1 for stop in once.stops if stop.state not in unreached)
    assert (once.state is RoundState.COMPLETE) == (once.reached == 4)
    assert (once.ended_at is None) == (once.state is RoundState.WALKING)


def test_that_the_guard_is_thought_to_walk_from_the_last_stop_to_the_next(post: PostInHand) -> None:
    walk = begin_round(post)
    assert estimated_position(walk, SITE, post.clock.now()) is None
    post.pass_time(minutes=5)
    punch(post, 1)
    halfway = estimated_position(walking(post), SITE, post.clock.now() + timedelta(seconds=150))
    assert halfway is not None
    assert (halfway.x, halfway.y, halfway.heading_deg) == (600.0, 100.0, 90.0)
    long_after = estimated_position(walking(post), SITE, post.clock.now() + timedelta(hours=1))
    assert long_after is not None
    assert long_after.x == 800.0


def test_that_a_round_is_told_only_when_it_changed(post: PostInHand) -> None:
    begin_round(post)
    post.pass_time(minutes=5)
    punch(post, 1)
    before = len(post.told(RoundChanged))
    for _ in range(5):
        post.pass_time(seconds=30)
        post.do(clockwork.tick)
    assert len(post.told(RoundChanged)) == before
    assert CheckpointId("cp-1") in {stop.checkpoint for stop in walking(post).stops}
