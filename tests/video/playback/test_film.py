"""Any picture of a recorded file, exactly."""

from pathlib import Path

import pytest

from console.models.recording import Codec
from console.video.playback.film import Film, Unreadable
from console.video.playback.index import read_index
from tests.video.conftest import ffmpeg  # noqa: F401 - a fixture of these tests
from tests.video.playback.films import GOP, coded, number_of, write

pytestmark = pytest.mark.usefixtures("ffmpeg")


def never() -> bool:
    return False


def seen(film: Film, place: int, *, keep: bool = False) -> int:
    """Which picture the film shows for a number."""
    frame = film.picture(place, never, keep=keep)
    assert frame is not None
    return number_of(float(frame.mean()), film.codec)


@pytest.mark.parametrize("codec", list(Codec))
def test_that_any_picture_is_given_exactly(codec: Codec, tmp_path: Path) -> None:
    cut = write(tmp_path, "one", 1000.0, coded(codec, 80), codec)
    film = Film(Path(cut.path), codec)
    assert len(film.index.stamps) == 80
    assert film.index.stamps[0] == pytest.approx(0.0)
    assert len(film.index.keys) == (80 if codec is Codec.MJPEG else 4)
    for place in (0, 1, 30, 31, 29, 79, 5, 50, 49, 48):
        assert seen(film, place) == place
    film.close()


def test_that_stepping_back_through_a_group_decodes_it_once(tmp_path: Path) -> None:
    cut = write(tmp_path, "one", 1000.0, coded(Codec.H264, 50))
    film = Film(Path(cut.path), Codec.H264)
    assert seen(film, 2 * GOP - 1, keep=True) == 2 * GOP - 1
    assert all(film.nearby(place) for place in range(GOP, 2 * GOP))
    for place in reversed(range(GOP, 2 * GOP)):
        assert seen(film, place, keep=True) == place
    film.close()


def test_that_a_picture_is_given_up_when_another_is_wanted(tmp_path: Path) -> None:
    cut = write(tmp_path, "one", 1000.0, coded(Codec.H264, 50))
    film = Film(Path(cut.path), Codec.H264)
    assert film.picture(20, lambda: True) is None
    assert seen(film, 30) == 30
    film.close()


def test_that_a_file_that_is_still_written_grows(tmp_path: Path) -> None:
    pictures = coded(Codec.H264, 50)
    cut = write(tmp_path, "one", 1000.0, pictures[:30], open_ended=True)
    film = Film(Path(cut.path), Codec.H264)
    assert seen(film, 29) == 29
    assert not film.grow()
    write(tmp_path, "one", 1000.0, pictures, open_ended=True)
    assert film.grow()
    assert seen(film, 49) == 49
    film.close()


@pytest.mark.parametrize("codec", list(Codec))
def test_that_a_file_cut_off_anywhere_plays_what_is_before_the_cut(codec: Codec, tmp_path: Path) -> None:
    cut = write(tmp_path, "one", 1000.0, coded(codec, 60), codec)
    path = Path(cut.path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    film = Film(path, codec)
    assert 10 <= len(film.index.stamps) < 60
    assert seen(film, 7) == 7
    film.close()


def test_that_garbage_is_refused_and_nothing_is_made_up(tmp_path: Path) -> None:
    path = tmp_path / "bad.ts"
    path.write_bytes(b"\x00" * 10_000)
    with pytest.raises(Unreadable):
        Film(path, Codec.H264)
    path.write_bytes(b"")
    assert read_index(path, Codec.MJPEG).stamps == ()
    with pytest.raises(OSError):
        Film(tmp_path / "missing.ts", Codec.H264)
