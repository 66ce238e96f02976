"""What goes on record of cameras is what changed about them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.models.alarms import Alarm, Condition, State
from console.models.clock import FakeClock
from console.models.ids import CameraId
from console.models.pictures import CameraState, Sight
from console.models.signals import SignalKind, SourceHealth, SourceProblem
from console.models.text import Text
from console.services import health, inputs
from console.services.health import only_news
from tests.services.inputs_at_hand import PANEL, POST_SITE, signal
from tests.services.post import MORNING, PostInHand, opened_post

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
LIVE = CameraState(camera=CameraId("cam-1"), sight=Sight.LIVE, since_at=AT, width_px=640, height_px=360)
GONE = replace(LIVE, sight=Sight.OFFLINE, reason_zh="没有应答", reason_en="no answer", next_try_at=AT)


def told(*states: CameraState) -> list[CameraState]:
    heard: list[CameraState] = []
    hear = only_news(heard.append)
    for state in states:
        hear(state)
    return heard


def test_that_the_tries_of_a_camera_that_stays_away_are_no_news() -> None:
    tries = [replace(GONE, next_try_at=AT + timedelta(seconds=30 * number)) for number in range(2880)]
    assert told(LIVE, *tries) == [LIVE, tries[0]]


def test_that_another_reason_and_another_sight_and_another_size_are_news() -> None:
    refused = replace(GONE, reason_zh="口令不对", reason_en="wrong password")
    larger = replace(LIVE, width_px=1280, height_px=720)
    assert told(LIVE, GONE, refused, GONE, LIVE, larger) == [LIVE, GONE, refused, GONE, LIVE, larger]


def test_that_cameras_are_told_apart() -> None:
    other = replace(GONE, camera=CameraId("cam-2"))
    assert told(GONE, other, GONE, other) == [GONE, other]


# ------------------------------------------------------------------ who is no longer heard
@pytest.fixture
def post(tmp_path: Path) -> Iterator[PostInHand]:
    """A post with one panel."""
    with opened_post(tmp_path / "data", FakeClock(MORNING)) as opened:
        opened.ground = replace(opened.ground, site=POST_SITE)
        yield opened


def is_told(post: PostInHand, *problems: str, deaf: bool = True, heard: bool = True) -> None:
    found = tuple(SourceProblem(name=name, sentence=Text("病", "ill"), deaf=deaf) for name in problems)
    at = post.clock.now()
    told = SourceHealth(source=PANEL, healthy=not found, since_at=at, heard_at=at if heard else None, problems=found)
    post.do(health.source_changed, told)


def condition(post: PostInHand, point: str) -> tuple[Condition, State]:
    (alarm,) = post.find(Alarm, point=point)
    return alarm.condition, alarm.state


@pytest.mark.parametrize("problem", ["silent", "broker", "port", "failed"])
def test_that_what_is_in_alarm_is_unknown_while_its_source_is_not_heard(post: PostInHand, problem: str) -> None:
    post.do(inputs.receive, signal(post.clock.now(), point="a"))
    post.do(inputs.receive, signal(post.clock.now(), point="b"))
    post.do(inputs.receive, signal(post.clock.now(), SignalKind.RESTORE, point="b"))
    is_told(post, problem)
    assert condition(post, "a") == (Condition.UNKNOWN, State.UNACKED)  # it sounds on
    assert condition(post, "b")[0] is Condition.NORMAL
    assert condition(post, f"source:{PANEL}/{problem}")[0] is Condition.ACTIVE
    is_told(post)
    assert condition(post, "a") == (Condition.ACTIVE, State.UNACKED)


def test_that_only_the_device_that_is_silent_is_unknown(post: PostInHand) -> None:
    post.do(inputs.receive, signal(post.clock.now(), point="a", details={"account": "1001"}))
    post.do(inputs.receive, signal(post.clock.now(), point="b", details={"account": "1002"}))
    is_told(post, "silent 1002")
    assert (condition(post, "a")[0], condition(post, "b")[0]) == (Condition.ACTIVE, Condition.UNKNOWN)
    post.do(inputs.receive, signal(post.clock.now(), SignalKind.RESTORE, point="b", details={"account": "1002"}))
    assert condition(post, "b")[0] is Condition.NORMAL


def test_that_a_full_disk_or_a_warning_makes_nothing_unknown(post: PostInHand) -> None:
    post.do(inputs.receive, signal(post.clock.now(), point="a"))
    is_told(post, "commit", "key 1001")
    is_told(post, "silent", deaf=False)
    assert condition(post, "a")[0] is Condition.ACTIVE


def test_that_after_a_start_what_was_in_alarm_is_unknown_until_its_source_is_heard(post: PostInHand) -> None:
    post.do(inputs.receive, signal(post.clock.now(), point="a"))
    post.do(inputs.receive, signal(post.clock.now(), point="b"))
    post.do(inputs.receive, signal(post.clock.now(), SignalKind.RESTORE, point="b"))
    is_told(post, heard=False)  # the console began anew: well, as far as it knows, and nothing came yet
    assert condition(post, "a") == (Condition.UNKNOWN, State.UNACKED)
    assert condition(post, "b")[0] is Condition.NORMAL
    is_told(post)
    assert condition(post, "a") == (Condition.ACTIVE, State.UNACKED)
    is_told(post, heard=False)
    post.do(inputs.receive, signal(post.clock.now(), SignalKind.RESTORE, point="a"))
    assert condition(post, "a")[0] is Condition.NORMAL, "what the source says itself is known"
