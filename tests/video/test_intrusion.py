"""Somebody in a zone: counted once each on real material, and nothing else taken for somebody."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from console.models.ids import PointId
from console.models.site import Rule
from console.video.analytics._presence import Presence
from console.video.analytics.intrusion import Intrusion
from console.video.cv import cv2
from console.video.eye import Eye
from tests.video.conftest import REAL_VIDEO

EVERYWHERE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
Frames = Iterator[tuple[float, Any]]


def rule_for(zone: tuple[tuple[float, float], ...] = EVERYWHERE, **fields: float) -> Rule:
    return Rule(id="zone", point=PointId("p"), zone=zone, **fields)


def recorded(path: Path) -> Frames:
    """Frames of a recording with their own time stamps (s)."""
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    while True:
        got, frame = capture.read()
        if not got:
            break
        yield capture.get(cv2.CAP_PROP_POS_MSEC) / 1e3, frame
    capture.release()


def judged(rule: Rule, frames: Frames) -> list[tuple[float, float]]:
    """When something was in the zone: first and last seconds, as the rule's events tell."""
    judge, eye = Intrusion((rule,)), Eye()
    due_s, visits, begun_s, last_s = 0.0, [], None, 0.0
    for at_s, frame in frames:
        last_s = at_s
        if at_s < due_s:
            continue
        due_s = max(due_s + judge.every_s, at_s)
        for _, verdict in judge.look(eye.look(frame, 1000.0 + at_s)):
            if verdict.active:
                begun_s = at_s - rule.min_s
            elif begun_s is not None:
                visits.append((begun_s, at_s - rule.clear_s))
                begun_s = None
    return [*visits, (begun_s, last_s)] if begun_s is not None else visits


def labels(name: str) -> dict[str, Any]:
    known = REAL_VIDEO.parent / "labels_dev.json"
    if not known.exists():
        pytest.skip(f"needs {known.name}, which says what is seen in the real footage")
    return json.loads(known.read_text(encoding="utf-8"))[name]


def test_that_six_people_who_visit_a_table_one_after_another_are_six_events(real_video: Callable[[str], Path]) -> None:
    name = "intel/one-by-one-person-detection.mp4"
    known = labels(name)
    visits = judged(rule_for(clear_s=1.5), recorded(real_video(name)))
    assert len(visits) == len(known["events"])
    for (begin_s, end_s), (first, last) in zip(visits, known["events"], strict=True):
        assert abs(begin_s * known["fps"] - first) <= known["tol"]
        assert abs(end_s * known["fps"] - last) <= known["tol"]


def test_that_a_tree_in_the_wind_is_nobody_and_a_hand_before_the_lens_is(real_video: Callable[[str], Path]) -> None:
    visits = judged(rule_for(), recorded(real_video("opencv/tree.avi")))
    assert len(visits) == 1
    # The hand comes with frame 53 of 68, at 22.9 s.
    assert 22.5 <= visits[0][0] <= 24.5


def test_that_cars_in_a_drawn_zone_are_told_from_those_beside_it(real_video: Callable[[str], Path]) -> None:
    name = "dvr-scan/traffic_camera.mp4"
    known = labels(name)
    zone = tuple((x / 1280, y / 720) for x, y in known["zone_polygon"])
    visits = judged(rule_for(zone, clear_s=2.0, min_s=0.1, min_area=0.001), recorded(real_video(name)))
    assert len(visits) == len(known["zone_events"])
    # The first car is there while the background is still being learnt.
    for (begin_s, _), (first, _) in list(zip(visits, known["zone_events"], strict=True))[1:]:
        assert abs(begin_s * known["fps"] - first) <= known["tol"] + 25


# ------------------------------------------------------------------ a room of our own


def room(dice: np.random.Generator) -> Any:
    """A still picture with bright and dark parts."""
    picture = np.full((180, 320, 3), 90, np.uint8)
    for _ in range(60):
        x, y = int(dice.integers(0, 300)), int(dice.integers(0, 160))
        wide, high = int(dice.integers(10, 60)), int(dice.integers(8, 40))
        picture[y : y + high, x : x + wide] = dice.integers(20, 200, 3)
    return cv2.GaussianBlur(picture, (0, 0), 1.5)


def filmed(seconds: float, change: Callable[[Any, float], Any], noise: float = 2.0, fps: float = 10.0) -> Frames:
    dice = np.random.default_rng(5)
    still = room(dice)
    grains = [dice.normal(0, noise, still.shape).astype(np.int16) for _ in range(9)]
    for number in range(int(seconds * fps)):
        at_s = number / fps
        frame = change(still.copy(), at_s).astype(np.int16) + grains[number % len(grains)]
        yield at_s, np.clip(frame, 0, 255).astype(np.uint8)


def somebody(frame: Any, x: float, y: float = 110.0) -> Any:
    """A person 50 pixels high whose foot is at (x, y)."""
    cv2.ellipse(frame, (int(x), int(y) - 22), (7, 22), 0, 0, 360, (30, 30, 34), -1)
    cv2.circle(frame, (int(x), int(y) - 48), 6, (120, 140, 190), -1)
    return frame


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda frame, at_s: frame, id="nothing happens"),
        pytest.param(
            lambda frame, at_s: cv2.convertScaleAbs(frame, alpha=(1.0, 1.3, 0.7, 1.1)[int(at_s / 5) % 4]), id="clouds"
        ),
        pytest.param(lambda frame, at_s: cv2.convertScaleAbs(frame, alpha=(1.0, 0.12)[int(at_s / 8) % 2]), id="switch"),
        pytest.param(lambda frame, at_s: cv2.convertScaleAbs(frame, alpha=1 + 0.4 * np.sin(at_s / 4)), id="evening"),
        pytest.param(
            lambda frame, at_s: (
                cv2.cvtColor(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR) if at_s > 15 else frame
            ),
            id="infra-red comes on",
        ),
        pytest.param(lambda frame, at_s: np.roll(frame, 0 if at_s < 12 else 40, axis=1), id="the camera was turned"),
    ],
)
def test_that_light_and_the_camera_itself_are_nobody(change: Callable[[Any, float], Any]) -> None:
    assert judged(rule_for(), filmed(40.0, change)) == []


def test_that_sensor_noise_at_night_is_nobody() -> None:
    assert judged(rule_for(), filmed(30.0, lambda frame, at_s: frame // 4, noise=9.0)) == []


def test_that_somebody_who_stands_still_for_long_is_one_event() -> None:
    def stands(frame: Any, at_s: float) -> Any:
        if 6.0 <= at_s < 46.0:
            somebody(frame, min(20 + (at_s - 6.0) * 40, 160) + 0.6 * np.sin(at_s * 3))
        return frame

    visits = judged(rule_for(clear_s=2.0), filmed(60.0, stands))
    assert len(visits) == 1
    assert abs(visits[0][0] - 6.0) < 1.0
    assert abs(visits[0][1] - 46.0) < 1.5


def test_that_only_who_stands_in_the_zone_is_in_it() -> None:
    right_half = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))

    def beside(frame: Any, at_s: float) -> Any:
        return somebody(frame, 20 + (at_s * 10) % 110)

    def crosses(frame: Any, at_s: float) -> Any:
        return somebody(frame, 20 + (at_s - 5.0) * 20) if at_s >= 5.0 else frame

    assert judged(rule_for(right_half), filmed(20.0, beside)) == []
    visits = judged(rule_for(right_half), filmed(18.0, crosses))
    assert len(visits) == 1
    assert 11.0 <= visits[0][0] <= 13.0


def test_that_a_head_that_covers_a_far_zone_is_not_in_it() -> None:
    far = ((0.0, 0.1), (1.0, 0.1), (1.0, 0.42), (0.0, 0.42))

    def before_it(frame: Any, at_s: float) -> Any:
        return somebody(frame, 20 + at_s * 15) if at_s >= 4.0 else frame

    def within_it(frame: Any, at_s: float) -> Any:
        return somebody(frame, 20 + at_s * 15, y=70.0) if at_s >= 4.0 else frame

    assert judged(rule_for(far), filmed(14.0, before_it)) == []
    assert len(judged(rule_for(far), filmed(14.0, within_it))) == 1


def test_that_something_smaller_than_the_least_size_is_nobody() -> None:
    def mouse(frame: Any, at_s: float) -> Any:
        cv2.circle(frame, (int(20 + at_s * 20), 120), 4, (20, 20, 20), -1)
        return frame

    assert judged(rule_for(min_area=0.01), filmed(12.0, mouse)) == []
    assert judged(rule_for(min_area=0.0005), filmed(12.0, mouse)) != []


def test_that_a_presence_is_told_once_and_clears_once() -> None:
    presence = Presence(rule_for(min_s=0.5, clear_s=2.0))
    seen = [False, True, True, False, True, True, True, *[False] * 6]
    told = [number for number, one in enumerate(seen) if presence.update(one, number * 0.3)]
    # Seen since 0.3 s with one gap of a frame; the last time at 1.8 s, then 2 s of nobody.
    assert told == [4]
    assert presence.active
    assert presence.update(False, 1.8 + 2.0)
    assert not presence.active
    assert not presence.update(False, 9.0)


def test_that_a_flash_shorter_than_the_least_time_is_not_told() -> None:
    presence = Presence(rule_for(min_s=1.0, clear_s=2.0))
    assert not any(presence.update(at_s in (1.0, 1.3), at_s) for at_s in (1.0, 1.3, 2.0, 2.6, 3.2))
    assert presence.since_s is None
