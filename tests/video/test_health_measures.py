"""What is measured of a picture: the short ways say what the long ones say."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from console.models.camera_health import CameraTrouble
from console.video.cv import cv2
from console.video.eye import Eye
from console.video.health.judging import PICTURE, Opinions
from console.video.health.measures import Light, Measures, alike, measure
from console.video.health.reference import FOLLOW_EVERY_S, Reference
from console.video.motion import small_grey


def scene(seed: int, light: float = 1.0, columns: int = 640) -> Any:
    """Patches and lines of all levels, as bright as is asked for."""
    some = np.random.default_rng(seed)
    coarse = some.integers(0, 256, (12, 20, 3), np.uint8)
    frame = cv2.resize(coarse, (columns, 360), interpolation=cv2.INTER_CUBIC)
    for at in some.integers(0, 340, 12):
        cv2.line(frame, (int(at), 0), (columns - int(at), 359), tuple(int(v) for v in some.integers(0, 256, 3)), 2)
    return np.clip(frame * light, 0, 255).astype(np.uint8)


def measured(frame: Any, before: Any = None) -> Measures:
    return measure(frame, small_grey(frame), None if before is None else small_grey(before))


@pytest.mark.parametrize("light", [0.0, 0.1, 0.3, 0.7, 1.0, 1.5, 4.0, 40.0])
def test_that_reaching_and_clearing_a_level_is_what_the_histogram_says(light: float) -> None:
    seen = measured(scene(3, light))
    for level in (0.0, 1.0, 20.0, 20.5, 47.0, 48.0, 90.0, 235.0, 254.0, 255.0, seen.low, seen.high, seen.high + 0.5):
        assert seen.reaches(level) is (seen.high >= level)
        assert seen.clears(level) is (seen.low > level)


def test_that_two_in_a_hundred_pixels_are_what_makes_a_picture_bright() -> None:
    grey = np.full((144, 256), 30, np.uint8)
    frame = np.full((360, 640, 3), 30, np.uint8)
    grey.ravel()[:738] = 200  # of 36864
    assert measure(frame, grey, None).reaches(200.0)
    grey.ravel()[:2] = 30
    assert not measure(frame, grey, None).reaches(200.0)


@pytest.mark.parametrize(
    ("colour", "light"),
    [
        ((90, 90, 90), Light.NIGHT),
        ((91, 90, 92), Light.NIGHT),
        ((88, 90, 91), Light.NIGHT),
        ((92, 90, 92), Light.DAY),
        ((90, 90, 94), Light.DAY),
        ((86, 90, 90), Light.DAY),
        ((10, 40, 60), Light.NIGHT),  # too dark for its colours to count
    ],
)
def test_that_it_is_day_while_there_is_colour_and_light(colour: tuple[int, int, int], light: Light) -> None:
    assert measured(np.full((360, 640, 3), colour, np.uint8)).light is light


@pytest.mark.parametrize("blur", [0.0, 1.0, 2.5])
def test_that_a_picture_is_sharper_than_anything_below_its_sharpness(blur: float) -> None:
    frame = scene(5)
    seen = measured(cv2.GaussianBlur(frame, (0, 0), blur) if blur else frame)
    assert seen.sharpness > 0.0
    for share in (0.0, 0.2, 0.4, 0.7, 0.999):
        assert seen.sharper_than(share * seen.sharpness)
    assert not seen.sharper_than(1.001 * seen.sharpness)


def test_that_one_sharp_band_among_three_does_not_make_a_picture_sharp() -> None:
    frame = np.full((360, 640, 3), 90, np.uint8)
    frame[180:212, ::2] = 200
    seen = measured(frame)
    assert not seen.sharper_than(1.001 * seen.sharpness)
    assert seen.sharper_than(0.999 * seen.sharpness)


@pytest.mark.parametrize("columns", [640, 637, 480, 900])
def test_that_a_clock_is_what_stirs_by_itself_at_an_edge(columns: int) -> None:
    before = scene(7, columns=columns)

    def stirs(left: int, top: int, right: int, bottom: int) -> tuple[bool | None, bool]:
        frame = before.copy()
        frame[top:bottom, left:right] = 255 - frame[top:bottom, left:right]
        seen = measured(frame, before)
        return seen.stirred, seen.clock

    assert stirs(0, 0, 0, 0) == (False, False)
    assert stirs(20, 8, 240, 34) == (True, True)
    assert stirs(columns - 240, 326, columns - 20, 352) == (True, True)
    assert stirs(20, 150, 240, 176) == (True, False)  # somebody in the middle
    assert stirs(20, 8, 240, 300) == (True, False)
    assert stirs(0, 0, columns, 60) == (True, False)  # more than a clock
    assert measured(before).stirred is None
    assert measured(before, scene(7)[:, : columns // 2]).stirred is None  # of another size


def test_that_likeness_is_the_correlation_and_nothing_of_what_is_flat() -> None:
    pictures = [measured(scene(seed)).outline for seed in range(6)]
    for one, other in pairwise(pictures):
        assert alike(one, other) == pytest.approx(np.corrcoef(one.ravel(), other.ravel())[0, 1], abs=1e-5)
        assert alike(one, one * np.float32(0.5) + np.float32(20)) == pytest.approx(1.0, abs=1e-5)
        assert alike(one, one) == pytest.approx(1.0)
    for level in (0.0, 3.7, 90.0):
        flat = np.full_like(pictures[0], level)
        assert alike(flat, pictures[0]) == pytest.approx(0.0, abs=1e-3)
        assert alike(pictures[0], flat) == pytest.approx(0.0, abs=1e-3)
        assert alike(flat, flat) == 0.0


def test_that_what_is_flat_but_for_rounding_is_like_nothing_and_never_no_number() -> None:
    some = np.random.default_rng(1)
    picture = measured(scene(3)).layout
    for _try in range(500):
        flat = np.float32(some.random() * 255) + (some.random(picture.shape) * 1e-5).astype(np.float32)
        assert -1.0 <= alike(flat, picture) <= 1.0
        assert -1.0 <= alike(picture, flat) <= 1.0


def test_that_a_reference_follows_the_seasons_by_the_time_that_has_passed() -> None:
    summer, autumn = measured(scene(9)), measured(cv2.GaussianBlur(scene(9), (0, 0), 1.0))
    known = Reference()
    known.learn(summer)
    first, looks = known.sharpness, int(FOLLOW_EVERY_S)
    for _ in range(looks - 1):
        known.follow(autumn, 1.0)
    assert known.sharpness == first
    known.follow(autumn, 1.0)
    assert 0.0 < (first - known.sharpness) / (first - autumn.sharpness) <= 0.003  # a minute of six hours
    for _ in range(600 * looks):
        known.follow(autumn, 1.0)
    assert known.sharpness == pytest.approx(max(autumn.sharpness, 0.5 * first), rel=0.2)
    assert (known.edges >= 0.5 * known.first_edges).all()


def test_that_what_a_look_says_is_in_the_order_of_the_troubles() -> None:
    assert tuple(trouble.value for trouble in PICTURE) == Opinions._fields
    assert set(PICTURE) == set(CameraTrouble) - {CameraTrouble.LOSS, CameraTrouble.CLOCK}


def test_that_motion_is_looked_for_in_the_very_picture_whose_health_is_judged() -> None:
    view = Eye().look(scene(11), 1.0)
    assert view.soft.dtype.name == "uint8"
    assert view.grey.dtype.name == "float32"
    assert np.array_equal(view.soft, view.grey)
    assert view.soft.shape == (144, 256)
