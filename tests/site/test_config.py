"""The data folder and the secrets in it."""

import json
import os
import stat
from pathlib import Path

import pytest

from console.config import DataFolder, Secrets, data_folder
from console.models.errors import ConsoleError


def test_that_the_data_folder_is_the_given_one_or_the_users_own(tmp_path: Path) -> None:
    assert data_folder(tmp_path / "here").root == tmp_path / "here"
    own = data_folder().root
    assert own.is_absolute()
    assert own.name == "zhishou"


def test_that_making_the_data_folder_makes_its_places_for_its_owner_only(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.make()
    folder.make()
    assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700
    for place in (folder.evidence, folder.reports, folder.logs):
        assert place.is_dir()
        assert place.parent == folder.root
    assert folder.database.parent == folder.root


def test_that_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConsoleError, match="--data"):
        DataFolder(tmp_path / "file").make()


def test_that_a_secret_is_given_back_and_listed_by_name_only(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    assert secrets.list() == ()
    secrets.set("cam-2", "p@ss: wörd 口令")
    secrets.set("cam-1", "one")
    secrets.set("cam-1", "another")
    again = Secrets(tmp_path)
    assert again.list() == ("cam-1", "cam-2")
    assert again.get("cam-1") == "another"
    assert again.resolve("secret:cam-2") == "p@ss: wörd 口令"
    assert again.resolve("") == ""
    again.remove("cam-1")
    assert Secrets(tmp_path).list() == ("cam-2",)


def test_that_no_file_holds_a_secret_in_clear_and_others_may_not_read_them(tmp_path: Path) -> None:
    Secrets(tmp_path).set("cam-2", "hunter2")
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["secrets.enc", "secrets.key"]
    for file in files:
        assert b"hunter2" not in file.read_bytes()
        assert b"cam-2" not in file.read_bytes()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_that_a_key_file_opened_to_others_is_closed_again(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    secrets.set("a", "1")
    os.chmod(tmp_path / "secrets.key", 0o644)  # noqa: PTH101
    secrets.set("b", "2")
    assert stat.S_IMODE((tmp_path / "secrets.key").stat().st_mode) == 0o600


def test_that_a_missing_secret_is_told_with_the_command_that_keeps_one(tmp_path: Path) -> None:
    for ask in (Secrets(tmp_path).get, Secrets(tmp_path).remove):
        with pytest.raises(ConsoleError, match="zhishou secret set cam-9"):
            ask("cam-9")


@pytest.mark.parametrize("name", ["", "a b", "../key", "x" * 65, "secret:x"])
def test_that_a_secret_has_a_plain_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConsoleError):
        Secrets(tmp_path).set(name, "x")
    assert list(tmp_path.iterdir()) == []


def test_that_secrets_without_their_key_are_told_and_not_lost(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    secrets.set("a", "1")
    sealed = (tmp_path / "secrets.enc").read_bytes()
    (tmp_path / "secrets.key").rename(tmp_path / "elsewhere")
    for act in (lambda: secrets.get("a"), lambda: secrets.set("b", "2")):
        with pytest.raises(ConsoleError, match=r"secrets\.key"):
            act()
    assert (tmp_path / "secrets.enc").read_bytes() == sealed
    (tmp_path / "elsewhere").rename(tmp_path / "secrets.key")
    assert secrets.get("a") == "1"


def test_that_secrets_changed_by_others_are_told(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    secrets.set("a", "1")
    (tmp_path / "secrets.enc").write_text(json.dumps({"a": "forged"}))
    with pytest.raises(ConsoleError, match="cannot be decrypted"):
        secrets.get("a")
