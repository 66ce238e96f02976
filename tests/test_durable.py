"""What is written whole is the old or the new content under its name, whatever fails, and nothing lies beside it."""

import errno
import os
from pathlib import Path

import pytest

from console.durable import sync_folder, write_whole


def test_that_a_new_file_and_a_replaced_one_stand_alone_under_the_name(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    write_whole(file, b"first")
    write_whole(file, b"second")
    assert file.read_bytes() == b"second"
    assert [one.name for one in tmp_path.iterdir()] == ["state.json"]


def test_that_content_and_name_are_on_disk_before_it_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, flushed = tmp_path / "state.json", []
    to_disk = os.fsync

    def noting(handle: int) -> None:
        flushed.append((Path(f"/proc/self/fd/{handle}").resolve(), file.exists()))
        to_disk(handle)

    monkeypatch.setattr(os, "fsync", noting)
    write_whole(file, b"content")
    beside, folder = flushed
    assert beside == (tmp_path / ".state.json.part", False), "first the content, while the name is not there yet"
    assert folder == (tmp_path, True), "then the name"


def test_that_where_the_disk_refuses_the_old_content_stays_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state.json"
    write_whole(file, b"old")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(file, b"new")
    assert file.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["state.json"]


def test_that_what_a_killed_attempt_left_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".state.json.part").write_bytes(b"half" * 1000)
    write_whole(tmp_path / "state.json", b"whole")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("state.json", b"whole")]


def test_that_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        sync_folder(tmp_path / "file")
