"""A still of a recording: the very picture of that moment, whole, with its own time, under every mask."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from console.models.errors import ConsoleError
from console.models.ids import CameraId, SegmentId
from console.models.masks import Mask
from console.models.playback import Cut, RecordedPicture
from console.models.recording import Codec
from console.video.cv import cv2
from console.video.playback import player as player_module
from console.video.playback.player import Player
from tests.video.conftest import ffmpeg, until  # noqa: F401 - fixtures of these tests
from tests.video.playback.films import coded, number_of, write
from tests.video.playback.test_player import shows

pytestmark = pytest.mark.usefixtures("ffmpeg")
CAM = CameraId("cam-1")
SIZE = (320, 180)
LEFT = Mask(zone=((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))


@pytest.fixture(scope="module")
def pictures() -> list[bytes]:
    return coded(Codec.H264, 100, size=SIZE)


@pytest.fixture
def player() -> Iterator[Player]:
    with Player(time.monotonic) as running:
        yield running


def frozen(player: Player, at_s: float, masks: tuple[Mask, ...] = ()) -> RecordedPicture:
    future = player.freeze(CAM, at_s, masks)
    until(lambda: (player.tick(), future.done())[1])
    return future.result()


def grey(picture: RecordedPicture) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)


def begin(player: Player, *cuts: Cut) -> None:
    player.load(CAM, cuts)
    player.show((CAM,))
    player.want(CAM, 80, 45)
    player.move(cuts[0].from_s, 0.0)


def test_that_the_very_picture_of_the_moment_comes_whole_with_its_time(
    player: Player, pictures: list[bytes], tmp_path: Path
) -> None:
    begin(player, write(tmp_path, "a", 1000.0, pictures), write(tmp_path, "b", 1004.0, pictures))
    until(lambda: shows(player, 0, CAM))
    for at_s, number, segment in ((1001.21, 30, "a"), (1001.24, 31, "a"), (1006.0, 50, "b")):
        picture = frozen(player, at_s)
        assert (picture.width_px, picture.height_px) == SIZE
        assert grey(picture).shape == SIZE[::-1]
        assert number_of(float(grey(picture).mean())) == number
        assert picture.taken_at.tzinfo is UTC
        assert abs((picture.taken_at - datetime.fromtimestamp(at_s, UTC)).total_seconds()) < 0.04
        assert (picture.camera, picture.segment) == (CAM, SegmentId(segment))
    assert shows(player, 0, CAM), "the tape goes on as it was"


def test_that_its_masks_are_painted_whatever_the_tile_shows(player: Player, pictures: list[bytes], tmp_path: Path) -> None:
    player.mask(CAM, ())  # lifted for whoever looks
    begin(player, write(tmp_path, "a", 1000.0, pictures))
    until(lambda: shows(player, 0, CAM))
    whole = grey(frozen(player, 1003.0, (LEFT,)))
    assert abs(float(whole[20:160, 20:120].mean()) - 58) < 2
    assert number_of(float(whole[20:160, 200:300].mean())) == 75


def test_that_a_moment_without_a_picture_and_a_file_that_is_gone_are_refused(
    player: Player, pictures: list[bytes], tmp_path: Path
) -> None:
    first, gone = write(tmp_path, "a", 1000.0, pictures), write(tmp_path, "b", 1004.0, pictures)
    begin(player, first, gone)
    until(lambda: shows(player, 0, CAM))
    Path(gone.path).unlink()
    for at_s in (1005.0, 5000.0):
        with pytest.raises(ConsoleError) as refused:
            frozen(player, at_s)
        assert refused.value.text.zh
        assert refused.value.text.en


def test_that_a_file_that_is_never_read_is_given_up(
    player: Player, pictures: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player_module, "FREEZE_LIMIT_S", 0.3)
    stuck = write(tmp_path, "b", 2000.0, pictures)
    Path(stuck.path).unlink()
    os.mkfifo(stuck.path)  # opening it waits for a writer that never comes
    begin(player, write(tmp_path, "a", 1000.0, pictures), stuck)
    until(lambda: shows(player, 0, CAM))
    with pytest.raises(ConsoleError, match="too long"):
        frozen(player, 2001.0)
    assert shows(player, 0, CAM)
