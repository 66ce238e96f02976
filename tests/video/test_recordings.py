"""Recordings played as cameras: at their own pace, whatever is wrong with them."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.models.errors import ConsoleError
from console.models.pictures import Sight
from console.models.site import CameraKind
from console.video.decoding import Recording
from console.video.kinds import Workbench
from tests.video.conftest import TILE, UNHURRIED, Watch, camera, until, write_clip


def test_that_a_recording_plays_by_its_own_time_stamps_and_begins_again(tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.avi", 10, fps=20.0)
    recording = Recording(tmp_path / "clip.avi", Workbench(), loop=True)
    begun_s = time.monotonic()
    levels = []
    for _ in range(25):
        assert recording.grab()
        levels.append(int(recording.retrieve()[90, 160, 0]))
    took_s = time.monotonic() - begun_s
    recording.close()
    assert took_s >= 24 / 20.0 - 0.05
    assert abs(levels[0] - levels[10]) <= 2
    assert abs(levels[5] - levels[15]) <= 2
    assert levels[9] > levels[0] + 5


def test_that_a_recording_that_shall_not_loop_ends_with_a_sentence(tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.avi", 5)
    recording = Recording(tmp_path / "clip.avi", Workbench(), loop=False)
    with pytest.raises(ConsoleError, match="recording has ended"):
        while recording.grab():
            pass
    recording.close()


def test_that_a_recording_that_could_not_keep_up_skips_time_instead_of_racing(tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.avi", 60, fps=25.0)
    recording = Recording(tmp_path / "clip.avi", Workbench(), loop=True)
    recording.grab()
    time.sleep(1.3)  # the machine was busy elsewhere
    begun_s = time.monotonic()
    for _ in range(11):
        recording.grab()
    assert time.monotonic() - begun_s > 0.3
    recording.close()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("broken/empty.mp4", "is empty"),
        ("broken/random.avi", "cannot be decoded"),
        ("broken/truncated_no_moov.mp4", "cannot be decoded"),
    ],
)
def test_that_a_broken_file_gives_a_sentence(real_video: Callable[[str], Path], name: str, sentence: str) -> None:
    path = real_video(name)
    with Watch(path.parent, (camera("bad", CameraKind.FILE, path.name),)) as watch:
        state = watch.wait_for_sight("bad", Sight.OFFLINE)
        assert sentence in state.reason_en
        assert state.reason_zh
        assert state.next_try_at is not None


def test_that_a_file_of_noise_gives_a_sentence_and_does_not_stop_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "noise.mp4").write_bytes(bytes(range(256)) * 400)
    write_clip(tmp_path / "good.avi", 50)
    noise, good = camera("noise", CameraKind.FILE, "noise.mp4"), camera("good", CameraKind.FILE, "good.avi")
    with Watch(tmp_path, (noise, good)) as watch:
        assert "cannot be decoded" in watch.wait_for_sight("noise", Sight.OFFLINE).reason_en
        watch.wait_for_sight("good", Sight.LIVE)


@pytest.mark.parametrize("name", ["broken/hevc_360p.mp4", "misc/short_h265.mp4", "misc/short_h264.mp4"])
def test_that_h264_and_h265_are_shown(real_video: Callable[[str], Path], name: str) -> None:
    path = real_video(name)
    with Watch(path.parent, (camera("clip", CameraKind.FILE, path.name),)) as watch:
        picture = watch.picture("clip", after=5)
        assert len(set(bytes(picture.pixels[:4000]))) > 3
        watch.wait_for_sight("clip", Sight.LIVE)


def test_that_a_change_of_resolution_in_the_middle_goes_by_without_a_break(real_video: Callable[[str], Path]) -> None:
    path = real_video("broken/resolution_change_5s_10s.ts")
    with Watch(path.parent, (camera("clip", CameraKind.FILE, path.name),), **UNHURRIED) as watch:
        watch.picture("clip")
        ring = watch.video._watched[watch.cameras[0].id].ring
        until(lambda: ring.pulse().frames > 7 * 25)
        assert watch.picture("clip", after=watch.picture("clip").seq).width_px == TILE[0]
    assert set(watch.sights()) == {Sight.LIVE}


def test_that_a_picture_of_another_shape_gets_bars_and_is_not_stretched(tmp_path: Path) -> None:
    write_clip(tmp_path / "square.avi", 50, size=(180, 180))
    with Watch(tmp_path, (camera("square", CameraKind.FILE, "square.avi"),)) as watch:
        picture = watch.picture("square", after=4)
        width, height = TILE
        row = bytes(picture.pixels[width * 4 * (height // 2) : width * 4 * (height // 2 + 1)])
    assert row[:4] == b"\x00\x00\x00\xff"
    assert row[-4:] == b"\x00\x00\x00\xff"
    assert row[width // 2 * 4] > 30
    bars = sum(row[x * 4] < 10 for x in range(width))
    assert abs(bars - (width - height)) <= 6


def test_that_a_close_look_brings_the_full_stream_and_the_wall_the_small_one_again(tmp_path: Path) -> None:
    write_clip(tmp_path / "small.avi", 50, size=(320, 180))
    write_clip(tmp_path / "full.avi", 50, size=(1280, 720))
    one = camera("two", CameraKind.FILE, "small.avi", main_address="full.avi")
    with Watch(tmp_path, (one,), **UNHURRIED) as watch:
        assert watch.wait_for_sight("two", Sight.LIVE).height_px == 180
        watch.video.want(one.id, 960, 540)
        watch.wait_for(lambda: watch.video.state(one.id).height_px == 720)
        picture = watch.picture("two")
        assert (picture.width_px, picture.height_px) == (960, 540)
        assert watch.video.snapshot(one.id).result().width_px == 1280
        watch.video.want(one.id, *TILE)
        watch.wait_for(lambda: watch.video.state(one.id).height_px == 180)
    assert set(watch.sights()) == {Sight.LIVE}


def test_that_a_full_stream_that_cannot_be_had_leaves_the_small_one_shown(tmp_path: Path) -> None:
    write_clip(tmp_path / "small.avi", 50, size=(320, 180))
    one = camera("two", CameraKind.FILE, "small.avi", main_address="missing.avi")
    with Watch(tmp_path, (one,), **UNHURRIED) as watch:
        seq = watch.picture("two").seq
        watch.video.want(one.id, 960, 540)
        ring = watch.video._watched[one.id].ring
        frames = ring.pulse().frames
        until(lambda: ring.pulse().frames > frames + 40)
        assert watch.picture("two", after=seq).width_px == 960
        assert watch.video.state(one.id).height_px == 180
    assert set(watch.sights()) == {Sight.LIVE}
