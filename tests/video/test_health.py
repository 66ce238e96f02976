"""Camera health on real footage that is spoilt on purpose, and on what looks spoilt and is not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from console.models.camera_health import CameraFault, CameraTrouble, HealthLimits
from console.models.ids import CameraId
from console.video.cv import cv2
from console.video.health.judging import Health
from console.video.motion import small_grey

CAM = CameraId("cam")
AT = datetime(2026, 3, 14, 8, tzinfo=UTC)
LEARN, BAD, GOOD = 45, 60, 45
Spoil = Callable[[Any, int, list[Any]], Any]
CLIPS = [("dvr-scan/traffic_camera.mp4", 7), ("intel/one-by-one-person-detection.mp4", 9)]


@cache
def frames_of(path: Path, step: int) -> list[Any]:
    """Every so many frames of a clip, as a sub stream would show them."""
    capture, frames = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG), []
    while capture.grab():
        if int(capture.get(cv2.CAP_PROP_POS_FRAMES)) % step == 1:
            frames.append(cv2.resize(capture.retrieve()[1], (640, 360)))
    capture.release()
    return frames


@pytest.fixture(params=CLIPS, ids=["traffic", "room"])
def footage(request: pytest.FixtureRequest, real_video: Callable[[str], Path]) -> list[Any]:
    name, step = request.param
    return frames_of(real_video(name), step)


class Seen:
    """What a camera's health says, second by second."""

    def __init__(self, health: Health | None = None) -> None:
        self.health = health or Health(CAM, HealthLimits())
        self.now = 0
        self.changes: list[tuple[int, CameraFault]] = []
        self.unchecked: set[CameraTrouble] = set()

    def show(
        self, frames: list[Any], seconds: int, spoil: Spoil | None = None, rate: float = 25.0, *, small: bool = True
    ) -> None:
        for number in range(seconds):
            frame = frames[self.now % len(frames)]
            frame = spoil(frame.copy(), number, frames) if spoil else frame
            at = AT + timedelta(seconds=self.now)
            self.changes += [
                (number, change)
                for change in self.health.look(frame, small_grey(frame), 100.0 + self.now, at, rate, small=small)
            ]
            self.now += 1
        self.unchecked = set(self.health.unchecked)

    def opened(self) -> set[CameraTrouble]:
        return {change.fault for _, change in self.changes if change.active}


def frozen(frame: Any, number: int, frames: list[Any]) -> Any:
    return frames[7].copy()


def frozen_but_for_its_clock(frame: Any, number: int, frames: list[Any]) -> Any:
    return cv2.putText(frames[7].copy(), f"2026-03-14 08:{number:02d}", (20, 30), 0, 0.8, (255, 255, 255), 2)


def painted(frame: Any, number: int, frames: list[Any]) -> Any:
    grain = np.random.default_rng(number).normal(0, 2, frame.shape)
    return np.clip(70 + grain, 0, 255).astype(np.uint8)


def a_board(frame: Any, number: int, frames: list[Any]) -> Any:
    frame[:, :540] = (60, 80, 110)
    return frame


def shifted(frame: Any, number: int, frames: list[Any]) -> Any:
    return cv2.warpAffine(frame, np.float32([[1, 0, 30], [0, 1, 8]]), (640, 360), borderMode=cv2.BORDER_REFLECT)


@pytest.mark.parametrize(
    ("spoil", "trouble", "latest_s"),
    [
        pytest.param(frozen, CameraTrouble.FROZEN, 21, id="frozen"),
        pytest.param(frozen_but_for_its_clock, CameraTrouble.FROZEN, 21, id="frozen but for its clock"),
        pytest.param(lambda f, n, a: f * 0, CameraTrouble.BLACK, 11, id="black"),
        pytest.param(lambda f, n, a: np.full_like(f, 250), CameraTrouble.WHITE, 11, id="white"),
        pytest.param(painted, CameraTrouble.COVERED, 11, id="painted over"),
        pytest.param(a_board, CameraTrouble.COVERED, 11, id="a board before most of it"),
        pytest.param(lambda f, n, a: cv2.GaussianBlur(f, (0, 0), 6), CameraTrouble.DEFOCUSED, 11, id="far out of focus"),
        pytest.param(lambda f, n, a: cv2.GaussianBlur(f, (0, 0), 2.5), CameraTrouble.DEFOCUSED, 11, id="out of focus"),
        pytest.param(lambda f, n, a: np.roll(f, 60, axis=1), CameraTrouble.MOVED, 11, id="turned aside"),
        pytest.param(shifted, CameraTrouble.MOVED, 11, id="pushed"),
        pytest.param(lambda f, n, a: cv2.flip(f, -1), CameraTrouble.MOVED, 11, id="upside down"),
    ],
)
def test_that_a_spoilt_picture_is_one_fault_of_its_kind_and_ends(
    footage: list[Any], spoil: Spoil, trouble: CameraTrouble, latest_s: int
) -> None:
    seen = Seen()
    seen.show(footage, LEARN)
    assert seen.changes == []
    seen.show(footage, BAD, spoil)
    ((after_s, began),) = seen.changes
    assert (began.fault, began.active) == (trouble, True)
    assert after_s <= latest_s
    assert seen.health.faults == (trouble,)
    seen.changes.clear()
    seen.show(footage, GOOD)
    ((after_s, ended),) = seen.changes
    assert (ended.fault, ended.active) == (trouble, False)
    assert 15 <= after_s <= 21
    assert ended.since_at > began.since_at
    assert seen.health.faults == ()


@pytest.mark.parametrize(
    ("spoil", "trouble"),
    [
        pytest.param(frozen, CameraTrouble.FROZEN, id="frozen"),
        pytest.param(lambda f, n, a: f * 0, CameraTrouble.BLACK, id="black"),
    ],
)
def test_that_a_camera_in_focus_is_judged_too_by_what_needs_no_reference(
    footage: list[Any], spoil: Spoil, trouble: CameraTrouble
) -> None:
    full = [np.roll(cv2.resize(frame, (1280, 720)), 200, axis=1) for frame in footage]  # it shows another part, too
    seen = Seen()
    seen.show(footage, LEARN)
    seen.health.reopened()
    seen.show(full, BAD, small=False)
    assert seen.changes == []
    seen.show(full, BAD, spoil, small=False)
    seen.show(full, GOOD, small=False)
    assert [(change.fault, change.active) for _, change in seen.changes] == [(trouble, True), (trouble, False)]
    seen.health.reopened()
    seen.show(footage, GOOD)  # back on the small stream it is what it was
    assert len(seen.changes) == 2


def test_that_a_low_frame_rate_is_held_against_the_cameras_own(footage: list[Any]) -> None:
    seen = Seen()
    seen.show(footage, LEARN, rate=12.5)
    seen.show(footage, 20, rate=8.0)
    assert seen.changes == []
    seen.show(footage, 20, rate=5.0)
    assert seen.opened() == {CameraTrouble.LOW_RATE}


def rain(frame: Any, number: int, frames: list[Any]) -> Any:
    grain = np.random.default_rng(number).normal(0, 12, frame.shape)
    return np.clip(frame * 0.8 + 30 + grain, 0, 255).astype(np.uint8)


def infra_red(frame: Any, number: int, frames: list[Any]) -> Any:
    return cv2.cvtColor(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda f, n, a: f, id="nothing"),
        pytest.param(rain, id="rain"),
        pytest.param(lambda f, n, a: cv2.convertScaleAbs(f, alpha=0.6 + 0.4 * np.sin(n / 9)), id="clouds"),
        pytest.param(infra_red, id="infra-red"),
        pytest.param(lambda f, n, a: np.roll(f, (n % 3 - 1) * 2, axis=1), id="a pole in the wind"),
        pytest.param(lambda f, n, a: f * 0 if n < 8 else f, id="black for a moment"),
        pytest.param(lambda f, n, a: a[3].copy() if n < 15 else f, id="a short stall"),
    ],
)
def test_that_weather_and_moments_are_no_fault(footage: list[Any], spoil: Spoil) -> None:
    seen = Seen()
    seen.show(footage, LEARN)
    seen.show(footage, 90, spoil)
    assert seen.changes == []


def test_that_a_night_without_light_is_not_checkable_and_no_fault(footage: list[Any]) -> None:
    seen = Seen()
    seen.show(footage, LEARN)
    seen.show(footage, 120, lambda f, n, a: np.clip(f * max(0.0, 1 - n / 100), 0, 255).astype(np.uint8))
    assert seen.changes == []
    blind = {CameraTrouble.BLACK, CameraTrouble.COVERED, CameraTrouble.DEFOCUSED, CameraTrouble.MOVED}
    assert blind <= seen.unchecked
    seen.show(footage, 30)
    assert seen.changes == []
    assert not blind & seen.unchecked


def test_that_a_camera_whose_scene_never_stirs_is_not_called_frozen() -> None:
    still = np.random.default_rng(3).integers(40, 200, (360, 640, 3)).astype(np.uint8)
    seen = Seen()
    seen.show([still], 120)
    assert seen.changes == []
    assert CameraTrouble.FROZEN in seen.unchecked


def test_that_a_plain_wall_says_nothing_of_focus_and_cover() -> None:
    dice = np.random.default_rng(4)
    wall = [np.clip(120 + dice.normal(0, 2, (360, 640, 3)), 0, 255).astype(np.uint8) for _ in range(5)]
    seen = Seen()
    seen.show(wall, 90)
    assert seen.changes == []
    assert {CameraTrouble.COVERED, CameraTrouble.DEFOCUSED, CameraTrouble.MOVED} <= seen.unchecked


def test_that_what_a_camera_looks_like_is_kept_over_a_restart(footage: list[Any], tmp_path: Path) -> None:
    first = Seen(Health(CAM, HealthLimits(), tmp_path))
    first.show(footage, LEARN)
    again = Seen(Health(CAM, HealthLimits(), tmp_path))
    again.show(footage, 20, lambda f, n, a: np.roll(f, 60, axis=1))
    assert again.opened() == {CameraTrouble.MOVED}
    # Without what was kept, the turned picture would be taken for right.
    fresh = Seen()
    fresh.show(footage, 20, lambda f, n, a: np.roll(f, 60, axis=1))
    assert fresh.changes == []


def test_that_a_broken_file_of_a_reference_is_learnt_anew(footage: list[Any], tmp_path: Path) -> None:
    Seen(Health(CAM, HealthLimits(), tmp_path)).show(footage, LEARN)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:200])
    seen = Seen(Health(CAM, HealthLimits(), tmp_path))
    seen.show(footage, LEARN)
    assert seen.changes == []
    assert kept.stat().st_size > 1000


def test_that_a_camera_that_was_put_elsewhere_on_purpose_is_learnt_anew(footage: list[Any], tmp_path: Path) -> None:
    seen = Seen(Health(CAM, HealthLimits(), tmp_path))
    seen.show(footage, LEARN)

    def turned(frame: Any, number: int, frames: list[Any]) -> Any:
        return np.roll(frame, 60, axis=1)

    seen.show(footage, 20, turned)
    (over,) = seen.health.relearn(AT)
    assert (over.fault, over.active) == (CameraTrouble.MOVED, False)
    assert list(tmp_path.iterdir()) == []
    seen.changes.clear()
    seen.show(footage, 90, turned)
    assert seen.changes == []
    seen.show(footage, 20)
    assert seen.opened() == {CameraTrouble.MOVED}


def test_that_a_fault_that_stood_before_a_restart_ends_when_the_camera_is_seen_to_be_well(footage: list[Any]) -> None:
    seen = Seen(Health(CAM, HealthLimits(), None, frozenset({CameraTrouble.BLACK})))
    assert seen.health.faults == (CameraTrouble.BLACK,)
    seen.show(footage, 30)
    ((_, ended),) = seen.changes
    assert (ended.fault, ended.active) == (CameraTrouble.BLACK, False)
