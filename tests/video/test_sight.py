"""What may be claimed about a picture, by the time between frames alone."""

from dataclasses import replace

import pytest

from console.models.pictures import Sight
from console.models.text import Text
from console.video.sight import Evidence, judge

BROKEN = Text("坏了", "Broken")


@pytest.mark.parametrize(
    ("age_s", "sight"),
    [(0.0, Sight.LIVE), (1.9, Sight.LIVE), (2.0, Sight.STALE), (4.9, Sight.STALE), (5.0, Sight.OFFLINE)],
)
def test_that_a_picture_is_live_two_seconds_and_stale_three_more(age_s: float, sight: Sight) -> None:
    assert judge(Evidence(asked_s=0.0, frame_s=100.0), 100.0 + age_s)[0] is sight


def test_that_a_camera_is_connecting_until_it_has_had_its_chance() -> None:
    evidence = Evidence(asked_s=50.0)
    assert judge(evidence, 51.0) == (Sight.CONNECTING, Text())
    sight, reason = judge(evidence, 61.0)
    assert sight is Sight.OFFLINE
    assert reason.zh
    assert reason.en


def test_that_a_camera_that_failed_before_its_first_frame_is_offline_with_its_reason() -> None:
    assert judge(Evidence(asked_s=50.0, trouble=BROKEN), 50.1) == (Sight.OFFLINE, BROKEN)


def test_that_a_camera_that_fails_is_believed_by_its_frames_and_not_by_its_complaint() -> None:
    evidence = Evidence(asked_s=0.0, frame_s=100.0, trouble=BROKEN)
    assert judge(evidence, 101.0) == (Sight.LIVE, Text())
    assert judge(evidence, 103.0) == (Sight.STALE, BROKEN)
    assert judge(replace(evidence, trouble=Text()), 106.0)[1].en == "The camera sends no new picture"
