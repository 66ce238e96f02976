"""Recordings played by real processes: the common clock, gaps, damage, hanging codecs."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from console.models.errors import ConsoleError
from console.models.ids import CameraId
from console.models.masks import Mask
from console.models.playback import Cut, How, TapeState
from console.models.recording import Codec
from console.video.playback.player import Player
from tests.video.conftest import ffmpeg, until  # noqa: F401 - fixtures of these tests
from tests.video.playback.films import coded, number_of, write

pytestmark = pytest.mark.usefixtures("ffmpeg")
CAM, OTHER = CameraId("cam-1"), CameraId("cam-2")
TILE = (160, 90)
ATTEMPTS = 10  # to play as it should, on a machine that is busy elsewhere


@pytest.fixture(scope="module")
def pictures() -> list[bytes]:
    return coded(Codec.H264, 100)


@pytest.fixture
def player() -> Iterator[Player]:
    with Player(time.monotonic) as running:
        yield running


def shown(player: Player, camera: CameraId = CAM) -> tuple[int, float] | None:
    """Which picture a tile shows, and when it was taken."""
    player.tick()
    picture = player.latest(camera)
    if picture is None:
        return None
    grey = float(np.frombuffer(picture.pixels, np.uint8).reshape(picture.height_px, picture.width_px, 4)[..., 0].mean())
    return number_of(grey), picture.taken_s


def begin(player: Player, *cuts: Cut, camera: CameraId = CAM) -> None:
    player.load(camera, cuts)
    player.show((camera,))
    player.want(camera, *TILE)


def shows(player: Player, number: int, camera: CameraId = CAM) -> bool:
    found = shown(player, camera)
    return found is not None and found[0] == number


def plays_to(player: Player, at_s: float, *, from_s: float, speed: float, end_s: float) -> None:
    """Play from a moment until a later one is shown, once more where a busy machine has let the end go by."""

    def there() -> bool:
        if player.position() > end_s:
            player.move(from_s, speed)
        found = shown(player)
        return found is not None and found[1] > at_s

    player.move(from_s, speed)
    until(there)


def test_that_a_moment_is_shown_exactly_with_its_time(player: Player, pictures: list[bytes], tmp_path: Path) -> None:
    begin(player, write(tmp_path, "a", 1000.0, pictures))
    player.move(1001.21, 0.0)
    until(lambda: shows(player, 30))
    assert shown(player) == (30, pytest.approx(1001.2, abs=0.001))


def test_that_files_that_follow_each_other_play_on(player: Player, pictures: list[bytes], tmp_path: Path) -> None:
    begin(player, write(tmp_path, "a", 1000.0, pictures[:50]), write(tmp_path, "b", 1002.0, pictures))
    seen: list[float] = []

    def past() -> bool:
        found = shown(player)
        if found is not None and (not seen or found[1] != seen[-1]):
            seen.append(found[1])
        return bool(seen) and seen[-1] > 1003.0

    for _attempt in range(ATTEMPTS):
        player.move(1001.0, 0.0)
        until(lambda: shows(player, 25))
        seen.clear()
        player.move(1001.0, 1.0)
        until(past)
        late_s = player.position() - seen[-1]
        assert seen == sorted(seen)
        if late_s < 0.5 and len(seen) > 30 and max(np.diff(seen)) < 0.4:  # nearly every picture of two seconds
            return
    pytest.fail(f"never played smoothly: {late_s:.1f} s late, {len(seen)} pictures, steps up to {max(np.diff(seen)):.1f} s")


def test_that_a_gap_is_waited_through_and_what_is_behind_it_played(
    player: Player, pictures: list[bytes], tmp_path: Path
) -> None:
    begin(player, write(tmp_path, "a", 1000.0, pictures[:50]), write(tmp_path, "b", 1006.0, pictures))
    player.move(1004.0, 0.0)
    until(lambda: (player.tick(), player.tape(CAM).state is TapeState.WAITING)[1])
    plays_to(player, 1006.5, from_s=1004.0, speed=2.0, end_s=1010.0)


def test_that_steps_go_one_picture_on_and_back_over_the_seam(
    player: Player, pictures: list[bytes], tmp_path: Path
) -> None:
    begin(player, write(tmp_path, "a", 1000.0, pictures[:50]), write(tmp_path, "b", 1002.0, pictures))
    at_s = 1001.92
    player.move(at_s, 0.0)
    until(lambda: shows(player, 48))
    for number in (49, 0, 1, 2):
        future = player.neighbour(CAM, at_s, forward=True)
        until(lambda future=future: (player.tick(), future.done())[1])
        at_s = future.result()
        player.move(at_s, 0.0, How.STEP)
        until(lambda number=number: shows(player, number))
    for number in (1, 0, 49, 48, 47):
        future = player.neighbour(CAM, at_s, forward=False)
        until(lambda future=future: (player.tick(), future.done())[1])
        at_s = future.result()
        player.move(at_s, 0.0, How.STEP)
        until(lambda number=number: shows(player, number))


def test_that_nine_cameras_show_the_same_moment_and_play_on_together(
    player: Player, pictures: list[bytes], tmp_path: Path
) -> None:
    cameras = {CameraId(f"cam-{n}"): n for n in range(9)}
    for camera, n in cameras.items():  # each file begins at another moment
        player.load(camera, (write(tmp_path, camera, 1000.0 - 0.2 * n, pictures),))
    player.show(tuple(cameras))
    for camera in cameras:
        player.want(camera, *TILE)
    player.move(1001.21, 0.0)
    until(lambda: all(shows(player, 30 + 5 * n, camera) for camera, n in cameras.items()))
    player.move(1001.21, 0.5)

    def together() -> bool:
        if player.position() > 1002.2:  # the last ends there, and a busy machine was not ready: once more
            player.move(1001.21, 0.5)
        found = [shown(player, camera) for camera in cameras]
        taken = [one[1] for one in found if one is not None]
        return len(taken) == 9 and min(taken) > 1001.6 and max(taken) - min(taken) < 0.1

    until(together)


def test_that_fast_play_shows_key_pictures_alone(player: Player, pictures: list[bytes], tmp_path: Path) -> None:
    begin(player, *(write(tmp_path, f"s{n}", 1000.0 + 4 * n, pictures) for n in range(6)))
    player.move(1000.0, 0.0)
    until(lambda: shows(player, 0))
    player.move(1000.0, 8.0)
    seen: set[int] = set()

    def over() -> bool:
        seen.add((shown(player) or (0, 0))[0])
        return player.position() > 1020

    for _attempt in range(ATTEMPTS):
        until(over)
        assert seen <= {0, 25, 50, 75}
        if len(seen) >= 3:
            return
        player.move(1000.0, 8.0)
    pytest.fail(f"of four key pictures only {seen} were shown")


def test_that_a_damaged_file_is_said_and_the_next_is_played(
    player: Player, pictures: list[bytes], tmp_path: Path
) -> None:
    bad = write(tmp_path, "a", 1000.0, pictures[:50])
    Path(bad.path).write_bytes(os.urandom(20_000))
    missing = write(tmp_path, "b", 1002.0, pictures[:50])
    Path(missing.path).unlink()
    begin(player, bad, missing, write(tmp_path, "c", 1004.0, pictures))
    player.move(1001.0, 0.0)
    until(lambda: (player.tick(), player.tape(CAM).state is TapeState.DAMAGED)[1])
    assert (player.tape(CAM).from_s, player.tape(CAM).until_s) == (1000.0, 1002.0)
    player.move(1002.5, 0.0)
    until(lambda: (player.tick(), player.tape(CAM).from_s == 1002.0)[1])
    plays_to(player, 1004.2, from_s=1003.5, speed=1.0, end_s=1008.0)
    player.move(1004.4, 0.0)
    until(lambda: (player.tick(), player.tape(CAM).state is TapeState.PICTURE)[1])


@pytest.mark.expects_log("hangs")
def test_that_a_process_that_hangs_is_ended_and_its_file_left_alone(
    player: Player, pictures: list[bytes], tmp_path: Path
) -> None:
    begin(player, write(tmp_path, "a", 1000.0, pictures[:50]), write(tmp_path, "b", 1002.0, pictures))
    player.move(1000.0, 0.0)
    until(lambda: shows(player, 0))
    before = player.pids
    os.kill(before[0], signal.SIGSTOP)
    until(lambda: (player.tick(), player.tape(CAM).state is TapeState.DAMAGED)[1])
    player.move(1002.04, 0.0)
    until(lambda: shows(player, 1))
    assert player.pids != before


def test_that_what_a_mask_covers_is_never_given(player: Player, pictures: list[bytes], tmp_path: Path) -> None:
    mask = Mask(zone=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
    cut = write(tmp_path, "a", 1000.0, pictures)
    player.mask(CAM, (mask,))
    begin(player, cut)
    player.move(1003.0, 0.0)
    until(lambda: shown(player) is not None)
    picture = player.latest(CAM)
    assert picture is not None
    middle = np.frombuffer(picture.pixels, np.uint8).reshape(*TILE[::-1], 4)[20:70, 20:140, 0]
    assert set(np.unique(middle)) == {58}


def test_that_another_camera_never_shows_the_pictures_of_the_one_before(
    player: Player, pictures: list[bytes], tmp_path: Path
) -> None:
    begin(player, write(tmp_path, "a", 1000.0, pictures[:50]))
    player.move(1000.0, 0.0)
    until(lambda: shows(player, 0))
    player.load(OTHER, (write(tmp_path, "b", 1000.0, pictures[75:]),))
    player.show((OTHER,))
    player.want(OTHER, *TILE)
    assert player.latest(OTHER) is None
    until(lambda: shown(player, OTHER) is not None)
    assert shows(player, 75, OTHER)
    assert player.latest(CAM) is None


def test_that_a_thumbnail_is_made_beside_the_tapes(player: Player, pictures: list[bytes], tmp_path: Path) -> None:
    begin(player, write(tmp_path, "a", 1000.0, pictures))
    future = player.thumbnail(CAM, 1002.0)
    until(lambda: (player.tick(), future.done())[1])
    assert future.result().startswith(b"\xff\xd8")
    with pytest.raises(ConsoleError):
        player.thumbnail(CAM, 5000.0).result()


def test_that_processes_end_when_nothing_is_played(player: Player, pictures: list[bytes], tmp_path: Path) -> None:
    begin(player, write(tmp_path, "a", 1000.0, pictures))
    assert len(player.pids) == 1
    player.show(())
    assert player.pids == ()


def test_that_every_step_of_a_drag_has_its_picture(player: Player, tmp_path: Path) -> None:
    many = coded(Codec.H264, 250, size=(640, 360), gop=50, noise=3)
    cuts = tuple(write(tmp_path, f"s{n}", 1000.0 + 10 * n, many, gop=50) for n in range(6))
    begin(player, *cuts)
    player.move(1000.0, 0.0)
    until(lambda: shown(player) is not None)
    rng = np.random.default_rng(7)
    for at_s in rng.uniform(1000, 1059, 30):
        before = player.latest(CAM)
        player.move(float(at_s), 0.0, How.DRAG)
        key_s = 1000 + int(at_s - 1000) // 2 * 2
        if before is not None and abs(before.taken_s - key_s) < 0.01:
            continue
        until(lambda key_s=key_s: (found := player.latest(CAM)) is not None and abs(found.taken_s - key_s) < 0.01)
