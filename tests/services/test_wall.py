"""Layouts and sequences for every seat, the video round as a duty with a record, and what was given up under load."""

from datetime import timedelta

import pytest

from console.models.duty import DueItem, DueState
from console.models.errors import NotPermitted, Refused
from console.models.events import FaultNoted, VideoRoundChanged, event_from
from console.models.load import Pace
from console.models.people import Actor, Role
from console.models.wall import Cost, Finding, Layout, Stop, VideoRound, VideoRoundState
from console.services import clockwork, faults, wall
from tests.services.post import SITE, PostInHand, actor

CAMERAS = tuple(camera.id for camera in sorted(SITE.cameras, key=lambda camera: camera.number))


def on_watch(post: PostInHand) -> Actor:
    li = post.enter("li")
    post.sign_on(li)
    return actor(li)


def duties(post: PostInHand) -> tuple[DueItem, ...]:
    return post.ask(lambda rx: rx.find(DueItem, kind="video_round"))


def test_that_a_layout_of_a_name_is_one_layout_for_all_seats(post: PostInHand) -> None:
    li = on_watch(post)
    first = post.do(wall.save_layout, " 夜班 ", Layout(grid="4", slots=CAMERAS[:2], page=0), by=li)
    again = post.do(wall.save_layout, "夜班", Layout(grid="9", slots=CAMERAS, page=3), by=li)
    assert again.id == first.id
    assert [(one.name, one.layout.grid, one.layout.page) for one in post.ask(wall.layouts)] == [("夜班", "9", 0)]
    post.do(wall.remove_layout, first.id, by=li)
    assert post.ask(wall.layouts) == ()
    with pytest.raises(Refused):
        post.do(wall.save_layout, "  ", Layout(grid="4"), by=li)


def test_that_a_sequence_keeps_its_order_and_sensible_times(post: PostInHand) -> None:
    li = on_watch(post)
    stops = (Stop(CAMERAS[1], 0.1), Stop("nobody", 9.0), Stop(CAMERAS[0], 9e9))  # type: ignore[arg-type]
    kept = post.do(wall.save_sequence, "巡", stops, by=li)
    assert kept.stops == (Stop(CAMERAS[1], wall.LEAST_DWELL_S), Stop(CAMERAS[0], wall.MOST_DWELL_S))
    with pytest.raises(Refused):
        post.do(wall.save_sequence, "一", stops[:2], by=li)


def test_that_a_completed_video_round_fulfils_the_duty_and_is_told_line_by_line(post: PostInHand) -> None:
    li = on_watch(post)
    post.do(clockwork.tick)
    (duty,) = duties(post)
    assert duty.every_s == 7200
    post.clock.advance((duty.due_at - post.clock.now()).total_seconds())
    post.do(clockwork.tick)
    walked = post.do(wall.begin_round, by=li)
    assert walked.cameras == CAMERAS
    assert post.do(wall.begin_round, by=li).id == walked.id
    with pytest.raises(Refused):
        post.do(wall.check, walked.id, CAMERAS[0], Finding.ABNORMAL, " ", by=li)
    for camera in CAMERAS[:-1]:
        walked = post.do(wall.check, walked.id, camera, Finding.NORMAL, by=li)
    assert walked.state is VideoRoundState.WALKING
    assert walked.next_camera == CAMERAS[-1]
    walked = post.do(wall.check, walked.id, CAMERAS[-1], Finding.ABNORMAL, "镜头有水", by=li)
    assert (walked.state, walked.abnormal, walked.ended_by) == (VideoRoundState.COMPLETED, 1, li.person)
    states = {item.state for item in duties(post)}
    assert states == {DueState.DONE, DueState.WAITING}
    told = [event_from(line) for line in post.ask(lambda rx: tuple(rx.journal(kinds=("VideoRoundChanged",))))]
    assert len(told) == 1 + len(CAMERAS) + 1
    assert all(isinstance(event, VideoRoundChanged) for event in told)
    assert told[-1].round == walked
    with pytest.raises(Refused):
        post.do(wall.check, walked.id, CAMERAS[0], Finding.NORMAL, by=li)


def test_that_a_round_that_is_broken_off_says_why_and_leaves_the_duty(post: PostInHand) -> None:
    li = on_watch(post)
    post.do(clockwork.tick)
    walked = post.do(wall.begin_round, by=li)
    with pytest.raises(Refused):
        post.do(wall.break_off, walked.id, "", by=li)
    post.do(wall.break_off, walked.id, "停电", by=li)
    (kept,) = post.find(VideoRound)
    assert (kept.state, kept.reason) == (VideoRoundState.BROKEN_OFF, "停电")
    assert {item.state for item in duties(post)} <= {DueState.WAITING, DueState.DUE}


def test_that_a_round_over_a_sequence_looks_at_each_of_its_cameras_once(post: PostInHand) -> None:
    li = on_watch(post)
    stops = (Stop(CAMERAS[1], 5.0), Stop(CAMERAS[0], 5.0), Stop(CAMERAS[1], 5.0))
    kept = post.do(wall.save_sequence, "巡", stops, by=li)
    assert post.do(wall.begin_round, kept.id, by=li).cameras == (CAMERAS[1], CAMERAS[0])


def test_that_what_is_given_up_is_on_record_step_by_step_and_ends_with_how_long(post: PostInHand) -> None:
    assert post.do(wall.note_pace, "1", Pace.HALF, "worker", {"worker_ms": 120.0})
    assert not post.do(wall.note_pace, "1", Pace.HALF, "worker", {"worker_ms": 130.0})
    assert post.do(wall.note_pace, "1", Pace.KEY_FRAMES, "tick", {"tick_ms": 90.0})
    post.clock.advance(60)
    assert post.do(wall.note_pace, "1", Pace.FULL, "", {})
    assert not post.do(wall.note_pace, "1", Pace.FULL, "", {})
    last = post.ask(faults.last, "video_load:1")
    assert isinstance(last, FaultNoted)
    assert not last.active
    assert last.details["lasted_s"] == timedelta(seconds=60).total_seconds()


def test_that_a_budget_says_how_many_cameras_fit(post: PostInHand) -> None:
    kept = post.do(wall.keep_budget, "1", 2, (Cost(640, 360, 25.0, 16, 1.4), Cost(1920, 1080, 25.0, 1, 8.0)))
    assert [kept.fits(cost) for cost in kept.costs] == [40, 7]
    post.do(wall.keep_budget, "1", 2, (Cost(640, 360, 25.0, 16, 2.8),))
    again = post.ask(wall.budget, "1")
    assert again is not None
    assert (again.id, again.rev, again.fits(again.costs[0])) == (kept.id, 2, 20)


def test_that_a_role_that_may_not_write_keeps_its_hands_off(post: PostInHand) -> None:
    admin = actor(post.enter("chen", Role.ADMINISTRATOR))
    with pytest.raises(NotPermitted):
        post.do(wall.begin_round, by=admin)
