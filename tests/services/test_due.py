"""The one due list: it never drifts, never piles up, and writes only when something changed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.models.duty import DueItem, DueState
from console.models.errors import NotPermitted, Refused
from console.models.events import DueChanged
from console.models.ids import DueId
from console.models.people import SYSTEM, Role
from console.models.text import Text
from console.services import due, duty, log
from tests.services.post import MORNING, SITE, PostInHand, actor

CALL = Text("回电", "Call back")


def item(**changes: object) -> DueItem:
    return DueItem(**{"id": DueId("d"), "kind": "k", "ref": "r", "title": CALL, "due_at": MORNING, **changes})  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ pure rules
@pytest.mark.parametrize(
    ("minutes", "state"),
    [(-10.1, "waiting"), (-10, "due"), (0, "due"), (4.9, "due"), (5, "overdue"), (600, "overdue")],
)
def test_that_notice_and_grace_say_when_an_item_is_due_and_overdue(minutes: float, state: str) -> None:
    assert due.state_at(item(grace_s=300.0), MORNING + timedelta(minutes=minutes)) is DueState(state)


@given(
    late_s=st.integers(-7200, 10**6),
    every_s=st.integers(60, 90000),
)
def test_that_the_next_turn_stands_on_the_raster_and_lies_ahead(late_s: int, every_s: int) -> None:
    now = MORNING + timedelta(seconds=late_s)
    turn = due.next_turn(MORNING, every_s, now)
    turns, rest = divmod((turn - MORNING).total_seconds(), every_s)
    assert rest == 0
    assert turns >= 1
    assert turn > now
    assert turns == 1 or turn - timedelta(seconds=every_s) <= now


def test_that_the_first_turn_is_a_time_people_know() -> None:
    at = MORNING + timedelta(minutes=23)  # 08:23
    assert due.first_turn(at, 3600.0, "Asia/Shanghai") == MORNING + timedelta(hours=1)
    assert due.first_turn(at, 7200.0, "Asia/Shanghai") == MORNING + timedelta(hours=2)


# ------------------------------------------------------------------------------------------------ verbs
def test_that_an_item_added_twice_is_one_with_the_new_time(post: PostInHand) -> None:
    first = post.do(due.add, "k", "r", CALL, MORNING + timedelta(hours=1))
    again = post.do(due.add, "k", "r", CALL, MORNING + timedelta(hours=2))
    assert (again.id, again.rev) == (first.id, 1)
    assert len(post.ask(due.open_items)) == 1
    lines = post.lines()
    post.do(due.add, "k", "r", CALL, MORNING + timedelta(hours=2))
    assert post.lines() == lines


def test_that_the_clock_moves_an_item_once_each_way(post: PostInHand) -> None:
    post.do(due.add, "k", "r", CALL, MORNING + timedelta(hours=1), grace_s=60.0)
    moved = []
    for _ in range(80):
        post.pass_time(minutes=1)
        moved += [changed.state for changed in post.do(due.tick)]
    assert moved == [DueState.DUE, DueState.OVERDUE]
    assert len(post.told(DueChanged)) == 3


def test_that_an_item_without_notice_goes_straight_to_overdue(post: PostInHand) -> None:
    post.do(due.add, "lease", "a", CALL, MORNING + timedelta(minutes=3), notice_s=0.0)
    post.pass_time(minutes=3)
    (changed,) = post.do(due.tick)
    assert changed.state is DueState.OVERDUE


def test_that_a_duty_is_finished_by_kind_and_reference_and_only_once(post: PostInHand) -> None:
    li = actor(post.enter("li"))
    post.do(due.add, "k", "r", CALL, MORNING)
    ended = post.do(due.finish, "k", "r", li, "told them")
    assert ended is not None
    assert (ended.state, ended.done_by, ended.note) == (DueState.DONE, li.person, "told them")
    assert post.do(due.finish, "k", "r", li) is None
    assert post.do(due.cancel, "k", "r") is None


def test_that_what_a_fact_fulfils_cannot_be_ticked_off(post: PostInHand) -> None:
    li = actor(post.enter("li"))
    for kind in sorted(due.BY_FACTS):
        made = post.do(due.add, kind, "r", CALL, MORNING)
        with pytest.raises(Refused, match="by doing it"):
            post.do(due.done, made.id, by=li)
    made = post.do(due.add, "investigation", "r", CALL, MORNING)
    assert post.do(due.done, made.id, "sent", by=li).state is DueState.DONE
    with pytest.raises(NotPermitted):
        post.do(due.done, made.id, by=actor(post.enter("admin", Role.ADMINISTRATOR)))


# ------------------------------------------------------------------------------------------------ what comes round
def begin_watch(post: PostInHand) -> None:
    post.sign_on(post.enter("li"))
    post.do(due.tick)


def test_that_nothing_is_owed_before_the_first_watch(post: PostInHand) -> None:
    post.pass_time(hours=30)
    assert post.do(due.tick) == ()
    assert post.lines() == 0


def test_that_a_watch_opens_every_clock_of_the_post_once(post: PostInHand) -> None:
    begin_watch(post)
    kinds = sorted((item.kind, item.ref) for item in post.ask(due.open_items))
    shift = post.shift()
    assert kinds == [
        ("equipment_round", "post"),
        ("handover", shift.id),
        ("log_entry", "post"),
        ("patrol_round", "outer"),
        ("video_round", "post"),
    ]
    assert all(item.source for item in post.ask(due.open_items))
    lines = post.lines()
    post.do(due.tick)
    assert post.lines() == lines


def test_that_a_night_of_nobody_leaves_one_overdue_item_that_counts_what_was_missed(post: PostInHand) -> None:
    begin_watch(post)
    post.pass_time(hours=8, minutes=30)  # the console was off; due at 09:00, now 16:30
    post.do(due.tick)
    overdue = post.item(due.LOG_ENTRY)
    assert (overdue.due_at, overdue.state) == (MORNING + timedelta(hours=1), DueState.OVERDUE)
    assert overdue.note == "另错过 7 次 / 7 more missed"
    post.do(due.tick)
    assert len([event for event in post.told(DueChanged) if event.item.kind == due.LOG_ENTRY]) == 2
    ended = post.do(due.finish, due.LOG_ENTRY, due.POST, SYSTEM)
    assert ended is not None
    assert "7 more missed" in ended.note
    following = post.item(due.LOG_ENTRY)
    assert (following.due_at, following.note, following.state) == (MORNING + timedelta(hours=9), "", DueState.WAITING)


def test_that_what_is_done_late_does_not_move_the_next_turn(post: PostInHand) -> None:
    begin_watch(post)
    post.pass_time(hours=1, minutes=17)
    post.do(due.tick)
    li = actor(post.enter("zhao"))
    post.do(due.done, post.item(due.LOG_ENTRY).id, by=li)
    assert post.item(due.LOG_ENTRY).due_at == MORNING + timedelta(hours=2)


def test_that_a_line_written_too_early_does_not_stand_for_the_next_hour(post: PostInHand) -> None:
    begin_watch(post)
    li = actor(post.enter("zhao"))
    post.do(log.write, "calm", by=li)
    assert post.item(due.LOG_ENTRY).due_at == MORNING + timedelta(hours=1)
    post.pass_time(minutes=50)
    post.do(log.write, "calm still", by=li)
    assert post.item(due.LOG_ENTRY).due_at == MORNING + timedelta(hours=2)


def test_that_a_changed_setting_moves_what_waits_and_keeps_what_is_due(post: PostInHand) -> None:
    begin_watch(post)
    post.pass_time(minutes=10)
    post.set(log_entry_every_s=1800.0)
    post.do(due.tick)
    assert post.item(due.LOG_ENTRY).due_at == MORNING + timedelta(minutes=30)
    post.pass_time(minutes=25)
    post.do(due.tick)
    post.set(log_entry_every_s=3600.0)
    post.do(due.tick)
    kept = post.item(due.LOG_ENTRY)
    assert (kept.due_at, kept.every_s) == (MORNING + timedelta(minutes=30), 3600.0)


def test_that_a_route_that_left_the_site_takes_its_rounds_along(post: PostInHand) -> None:
    from dataclasses import replace

    begin_watch(post)
    post.ground = replace(post.ground, site=replace(SITE, routes=()))
    post.do(due.tick)
    assert post.ask(due.find, due.PATROL, "outer") is None


def test_that_the_end_of_a_shift_is_due_once_and_done_by_the_handover(post: PostInHand) -> None:
    begin_watch(post)
    shift = post.shift()
    end = post.item(due.HANDOVER, shift.id)
    assert (end.due_at, end.notice_s) == (shift.planned_end_at, 900.0)
    post.do(due.finish, due.HANDOVER, shift.id, SYSTEM)
    post.do(due.tick)
    assert post.ask(due.find, due.HANDOVER, shift.id) is None
    relief = post.enter("zhao")
    post.do(duty.pass_on, shift, (relief.id,), by=SYSTEM)
    post.do(due.tick)
    assert post.item(due.HANDOVER, post.shift().id).state is DueState.WAITING


@given(st.data())
def test_that_the_ticker_may_sleep_until_it_is_told(data: st.DataObject) -> None:
    """Between one change and the next that `next_at` foretells, nothing changes."""
    made = item(
        notice_s=float(data.draw(st.integers(0, 4000))),
        grace_s=float(data.draw(st.integers(0, 4000))),
        every_s=data.draw(st.none() | st.integers(60, 4000).map(float)),
    )
    now = MORNING + timedelta(seconds=data.draw(st.integers(-9000, 9000)))
    at = due._next_change(made, now)
    until = at if at is not None else now + timedelta(days=30)
    assert until > now
    share = data.draw(st.floats(0, 0.999))
    between = now + (until - now) * share
    assert due.state_at(made, between) == due.state_at(made, now)
    assert due.missed(made, between) == due.missed(made, now)
    if at is not None:
        assert (due.state_at(made, at), due.missed(made, at)) != (due.state_at(made, now), due.missed(made, now)) or (
            at == made.due_at  # the moment itself, where notice and grace hide it
        )


def test_that_next_at_is_the_soonest_change_of_all(post: PostInHand) -> None:
    assert post.ask(due.next_at) is None
    begin_watch(post)
    assert post.ask(due.next_at) == MORNING + timedelta(minutes=50)
