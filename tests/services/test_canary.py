"""A canary is on disk, on a screen or missing; missing one is an alarm until the next comes through."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.models.alarms import Alarm, Condition
from console.models.clock import FakeClock
from console.models.inputs import Canary, CanaryResult
from console.models.signals import Signal
from console.models.text import Text
from console.services import canary
from tests.services.inputs_at_hand import PANEL, POST_SITE
from tests.services.post import MORNING, PostInHand, opened_post


@pytest.fixture
def post(tmp_path: Path) -> Iterator[PostInHand]:
    """A post with one panel."""
    with opened_post(tmp_path / "data", FakeClock(MORNING)) as opened:
        opened.ground = replace(opened.ground, site=POST_SITE)
        yield opened


def conditions(post: PostInHand) -> list[Condition]:
    return [alarm.condition for alarm in post.ask(lambda rx: rx.find(Alarm))]


def test_that_the_times_of_a_canary_prove_its_way(post: PostInHand) -> None:
    sent_at = post.clock.now()
    post.clock.advance(0.02)
    post.do(canary.arrived, "t-1", PANEL, sent_at, watched=True)
    post.clock.advance(0.03)
    seen = post.do(canary.shown, "t-1", post.clock.now(), "1")
    assert (seen.result, seen.seat) == (CanaryResult.SHOWN, "1")
    assert seen.round_trip_ms == pytest.approx(50)
    assert post.ask(canary.latest) == {PANEL: seen}
    assert conditions(post) == []
    assert post.ask(lambda rx: rx.count(Signal)) == 0


def test_that_a_missing_canary_is_one_alarm_until_the_next_is_shown(post: PostInHand) -> None:
    for n in range(3):
        post.do(canary.missed, f"t-{n}", PANEL, post.clock.now(), Text("端口不通", "The port is closed."))
        post.clock.advance(300)
    assert conditions(post) == [Condition.ACTIVE]
    post.do(canary.arrived, "t-9", PANEL, post.clock.now(), watched=True)
    assert conditions(post) == [Condition.ACTIVE]  # on disk is not yet on a screen
    post.do(canary.shown, "t-9", post.clock.now(), "1")
    assert conditions(post) == [Condition.NORMAL]


def test_that_without_a_screen_the_disk_is_the_end_of_the_way(post: PostInHand) -> None:
    post.do(canary.missed, "t-1", PANEL, post.clock.now())
    post.do(canary.arrived, "t-2", PANEL, post.clock.now(), watched=False)
    assert conditions(post) == [Condition.NORMAL]


def test_that_a_canary_on_disk_and_on_no_screen_is_an_alarm_of_its_own_words(post: PostInHand) -> None:
    post.do(canary.arrived, "t-1", PANEL, post.clock.now(), watched=True)
    missed = post.do(canary.missed, "t-1", PANEL, post.clock.now())
    assert (missed.result, missed.received_at) == (CanaryResult.UNSEEN, post.clock.now())
    assert "no screen showed it" in post.ask(lambda rx: rx.find(Alarm))[0].title.en
    late = post.do(canary.shown, "t-1", post.clock.now() + timedelta(seconds=30), "1")
    assert late.result is CanaryResult.SHOWN
    assert conditions(post) == [Condition.NORMAL]


def test_that_a_canary_nobody_sent_or_shown_before_is_not_shown(post: PostInHand) -> None:
    assert post.do(canary.shown, "no such token", post.clock.now(), "1") is None
    post.do(canary.arrived, "t-1", PANEL, post.clock.now(), watched=True)
    first = post.do(canary.shown, "t-1", post.clock.now(), "1")
    assert post.do(canary.shown, "t-1", post.clock.now() + timedelta(seconds=9), "2") is None
    assert post.ask(lambda rx: rx.get(Canary, "t-1")) == first
    assert post.do(canary.missed, "t-1", PANEL, MORNING) == first
