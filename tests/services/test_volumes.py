"""A folder for recordings is what its marker says, and nothing else is ever taken for it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.models.errors import ConsoleError
from console.services import volumes

NOW = datetime(2026, 3, 14, tzinfo=UTC)


def test_that_a_new_folder_gets_an_identity_and_is_well(tmp_path: Path) -> None:
    volume = volumes.make_marker(tmp_path / "cctv", NOW)
    volumes.check(volume)
    assert volumes.read_marker(tmp_path / "cctv") == volume.id
    assert volumes.make_marker(tmp_path / "cctv", NOW).id == volume.id


def test_that_a_folder_with_other_files_is_refused_by_their_name(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(ConsoleError, match=r"holiday\.jpg"):
        volumes.make_marker(tmp_path, NOW)
    assert volumes.read_marker(tmp_path) is None


def test_that_a_folder_under_nothing_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(ConsoleError):
        volumes.make_marker(tmp_path / "mnt" / "cctv", NOW)
    assert not (tmp_path / "mnt").exists()


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"id": 7}', '{"id": "other"}'])
def test_that_a_wrong_marker_is_refused(tmp_path: Path, content: str) -> None:
    volume = volumes.make_marker(tmp_path, NOW)
    (tmp_path / volumes.MARKER).write_text(content, encoding="utf-8")
    with pytest.raises(ConsoleError):
        volumes.check(volume)


def test_that_an_empty_mount_point_is_refused(tmp_path: Path) -> None:
    volume = volumes.make_marker(tmp_path, NOW)
    (tmp_path / volumes.MARKER).unlink()
    with pytest.raises(ConsoleError, match="not at"):
        volumes.check(volume)
    assert volumes.free_bytes(volume) > 0
