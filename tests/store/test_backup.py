"""A backup is whole or it is none, and a restore brings back what was there, or says why not."""

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from console.config import Secrets, data_folder
from console.models.clock import FakeClock, SystemClock
from console.models.errors import ConsoleError
from console.models.events import ConsoleStarted
from console.store.backup import MANIFEST, Manifest, back_up
from console.store.opening import open_beside, open_store
from console.store.restore import restore
from console.store.store import Ground
from console.store.verify import verify
from tests.records import open_record
from tests.store.test_verify import keep

VERSION = "1.2.3"


@pytest.fixture
def data(tmp_path: Path, ground: Ground, clock: FakeClock) -> Path:
    """A data folder with a record, two pieces of evidence, and things that do not belong into a backup."""
    folder = tmp_path / "data"
    with open_record(folder) as store:
        for name in ("2026-03/a.jpg", "b 火.jpg"):
            keep(store, ground, clock, folder, name, b"picture " + name.encode())
    (folder / "recording").mkdir()
    (folder / "recording" / "cam.ts").write_bytes(b"hours of video")
    Secrets(folder).set("cam", "hunter2")
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "maps").mkdir(parents=True)
    (folder / "site.yaml").write_text("id: campus\n", encoding="utf-8")
    (folder / "maps" / "总平面.svg").write_text("<svg/>", encoding="utf-8")
    return folder


@pytest.fixture(params=["backup", "backup.tar"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / "usb" / str(request.param)


def names(backup: Path) -> list[str]:
    if backup.is_file():
        with tarfile.open(backup) as tar:
            return sorted(tar.getnames())
    return sorted(file.relative_to(backup).as_posix() for file in backup.rglob("*") if file.is_file())


def refused(run: Callable[[], Any]) -> str:
    with pytest.raises(ConsoleError) as caught:
        run()
    assert caught.value.text.zh
    return caught.value.text.en


# ------------------------------------------------------------------ backing up


def test_that_a_backup_holds_the_record_its_files_the_site_and_a_manifest(data: Path, site: Path, target: Path) -> None:
    manifest = back_up(data, target, version=VERSION, site_dir=site, clock=FakeClock())
    wanted = [
        "data/evidence/2026-03/a.jpg",
        "data/evidence/b 火.jpg",
        "database/zhishou.db",
        "site/maps/总平面.svg",
        "site/site.yaml",
    ]
    assert names(target) == sorted([*wanted, MANIFEST])
    assert sorted(file.path for file in manifest.files) == wanted
    assert (manifest.version, manifest.journal_seq, manifest.missing) == (VERSION, 2, ())
    assert sorted(entry.name for entry in target.parent.iterdir()) == [target.name]


def test_that_nobody_else_may_read_a_backup(data: Path, target: Path) -> None:
    back_up(data, target, version=VERSION)
    assert target.stat().st_mode & 0o077 == 0


def test_that_passwords_of_cameras_are_taken_along_only_when_asked_for(data: Path, target: Path) -> None:
    back_up(data, target, version=VERSION)
    assert not [name for name in names(target) if "secret" in name]
    other = target.with_name("with " + target.name)
    back_up(data, other, version=VERSION, with_secrets=True)
    assert [name for name in names(other) if "secret" in name] == ["data/secrets.enc", "data/secrets.key"]


def test_that_a_file_that_is_gone_is_named_and_the_rest_backed_up(data: Path, target: Path) -> None:
    (data / "evidence/b 火.jpg").unlink()
    manifest = back_up(data, target, version=VERSION)
    assert manifest.missing == ("evidence/b 火.jpg",)
    assert "data/evidence/2026-03/a.jpg" in names(target)


def test_that_nothing_is_overwritten(data: Path, target: Path) -> None:
    target.parent.mkdir()
    target.write_text("holiday pictures", encoding="utf-8")
    assert "exists already" in refused(lambda: back_up(data, target, version=VERSION))
    assert target.read_text(encoding="utf-8") == "holiday pictures"


def test_that_there_has_to_be_a_record(tmp_path: Path, target: Path) -> None:
    assert "There is no record" in refused(lambda: back_up(tmp_path / "nowhere", target, version=VERSION))
    assert not target.parent.exists()


def test_that_a_backup_beside_a_busy_console_is_one_moment_of_it(data: Path, ground: Ground, target: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with open_store(data) as store:
            while not stop.is_set():
                with store.begin(ground, SystemClock()) as tx:
                    tx.record(ConsoleStarted(at=tx.now, version="x" * 3000))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        manifests = [back_up(data, target.with_name(f"{n}{target.suffix}"), version=VERSION) for n in range(3)]
    finally:
        stop.set()
        thread.join()
    seqs = [manifest.journal_seq for manifest in manifests]
    assert seqs == sorted(seqs)
    back, found = restore(target.with_name(f"2{target.suffix}"), data.with_name("back"))
    assert found.fits
    assert found.seq == back.journal_seq == seqs[-1]


EVIDENCE_BYTES = 500_000
# How large the disk is that the backup goes to, in terms of the database: nothing in here knows how large that has grown.
SMALL_DISKS = {
    "half of the database": lambda database: database // 2,
    "the database and hardly more": lambda database: database + 16_384,
    "the database and half of the evidence": lambda database: database + EVIDENCE_BYTES // 2,
}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Makes a file system in memory of so many bytes."""
    folder = tmp_path / "full"
    folder.mkdir()
    mounted = []

    def make(size: int) -> Path:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
        mounted.append(folder)
        return folder

    yield make
    for one in mounted:
        subprocess.run(["umount", str(one)], check=True)


@pytest.mark.parametrize("name", ["backup", "backup.tar"])
@pytest.mark.parametrize("size", SMALL_DISKS.values(), ids=SMALL_DISKS)
def test_that_a_full_disk_leaves_no_half_backup(
    data: Path,
    small_disk: Callable[[int], Path],
    ground: Ground,
    clock: FakeClock,
    name: str,
    size: Callable[[int], int],
) -> None:
    with open_store(data) as store:
        keep(store, ground, clock, data, "large.jpg", os.urandom(EVIDENCE_BYTES))
    folder = small_disk(size((data / "zhishou.db").stat().st_size))
    assert "is full" in refused(lambda: back_up(data, folder / name, version=VERSION))
    assert list(folder.iterdir()) == []


# ------------------------------------------------------------------ restoring


def content(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_that_a_restore_brings_back_record_files_and_site(
    data: Path, site: Path, target: Path, tmp_path: Path, ground: Ground, clock: FakeClock
) -> None:
    back_up(data, target, version=VERSION, site_dir=site)
    here, there = tmp_path / "new" / "data", tmp_path / "new" / "site"
    manifest, found = restore(target, here, site_dir=there)
    assert found.fits
    assert content(there) == content(site)
    assert (here / "evidence/2026-03/a.jpg").read_bytes() == b"picture 2026-03/a.jpg"
    assert here.stat().st_mode & 0o077 == 0
    assert sorted(entry.name for entry in (tmp_path / "new").iterdir()) == ["data", "site"]
    with open_store(here) as restored, restored.read(ground, clock.now()) as reading:
        assert reading.head() == (manifest.journal_seq, manifest.journal_head)


def test_that_a_restored_post_has_its_passwords_where_they_were_taken_along(
    data: Path, target: Path, tmp_path: Path
) -> None:
    back_up(data, target, version=VERSION, with_secrets=True)
    restore(target, tmp_path / "new")
    assert Secrets(tmp_path / "new").get("cam") == "hunter2"


def test_that_only_an_empty_folder_is_restored_into(data: Path, target: Path, tmp_path: Path) -> None:
    back_up(data, target, version=VERSION)
    before = content(data)
    assert "is not an empty folder" in refused(lambda: restore(target, data))
    assert content(data) == before
    (tmp_path / "empty").mkdir()
    restore(target, tmp_path / "empty")


def test_that_a_site_folder_cannot_come_out_of_a_backup_without_one(data: Path, target: Path, tmp_path: Path) -> None:
    back_up(data, target, version=VERSION)
    assert "holds no site folder" in refused(lambda: restore(target, tmp_path / "new", site_dir=tmp_path / "newsite"))
    assert not [entry for entry in tmp_path.iterdir() if entry.name.startswith("new")]


def change(backup: Path, name: str, edit: Callable[[bytes], bytes | None]) -> None:
    """Change, or with None remove, one file of a backup of either kind."""
    folder = backup.with_name("unpacked")
    if backup.is_file():
        with tarfile.open(backup) as tar:
            tar.extractall(folder, filter="data")
    else:
        backup.rename(folder)
    changed = edit((folder / name).read_bytes())
    (folder / name).unlink()
    if changed is not None:
        (folder / name).write_bytes(changed)
    if backup.suffix != ".tar":
        folder.rename(backup)
        return
    with tarfile.open(backup, "w") as tar:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                tar.add(file, file.relative_to(folder).as_posix())
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["data/evidence/2026-03/a.jpg", "database/zhishou.db", "site/site.yaml"])
@pytest.mark.parametrize(
    "edit", [lambda old: b"x" + old[1:], lambda old: old + b"x", lambda _: None], ids=["changed", "longer", "gone"]
)
def test_that_a_damaged_backup_is_refused_and_leaves_nothing(
    data: Path, site: Path, target: Path, tmp_path: Path, name: str, edit: Callable[[bytes], bytes | None]
) -> None:
    back_up(data, target, version=VERSION, site_dir=site)
    change(target, name, edit)
    said = refused(lambda: restore(target, tmp_path / "new", site_dir=tmp_path / "newsite"))
    assert name in said
    assert "not restored" in said
    assert not [entry for entry in tmp_path.iterdir() if entry.name.startswith("new")]


def test_that_a_backup_that_was_broken_off_is_refused(data: Path, target: Path, tmp_path: Path) -> None:
    back_up(data, target, version=VERSION)
    change(target, MANIFEST, lambda _: None)
    assert "is not a whole backup" in refused(lambda: restore(target, tmp_path / "new"))


def edit_manifest(backup: Path, **fields: Any) -> None:
    change(backup, MANIFEST, lambda old: json.dumps({**json.loads(old), **fields}).encode())


@pytest.mark.parametrize(
    "path",
    ["../evil", "data/../../evil", "/etc/evil", "data//etc/evil", "data/a\\..\\evil", "other/evil", "data", "site/./x"],
)
def test_that_a_manifest_cannot_name_a_file_outside(data: Path, target: Path, tmp_path: Path, path: str) -> None:
    back_up(data, target, version=VERSION)
    edit_manifest(target, files=[{"path": path, "size_bytes": 1, "sha256": "0" * 64}])
    assert "names a path that it must not" in refused(lambda: restore(target, tmp_path / "new"))


def test_that_a_backup_of_a_newer_version_is_refused(data: Path, target: Path, tmp_path: Path) -> None:
    back_up(data, target, version="9.0")
    edit_manifest(target, format=2)
    assert "was made by a newer version (9.0)" in refused(lambda: restore(target, tmp_path / "new"))


def forge(data: Path) -> None:
    """Change the record itself, past its guards."""
    with closing(sqlite3.connect(data_folder(data).database)) as connection:
        connection.execute("DROP TRIGGER guard_evidence_update")
        connection.execute("UPDATE evidence SET caption = 'forged'")
        connection.commit()


def test_that_a_record_that_does_not_fit_is_restored_only_on_purpose(data: Path, target: Path, tmp_path: Path) -> None:
    forge(data)
    back_up(data, target, version=VERSION)
    assert "does not fit and was not restored" in refused(lambda: restore(target, tmp_path / "new"))
    assert not (tmp_path / "new").exists()
    _, found = restore(target, tmp_path / "new", accept_findings=True)
    assert not found.fits
    assert (tmp_path / "new").exists()


def test_that_files_that_were_missing_already_do_not_count(data: Path, target: Path, tmp_path: Path) -> None:
    (data / "evidence/b 火.jpg").unlink()
    back_up(data, target, version=VERSION)
    _, found = restore(target, tmp_path / "new")
    assert found.fits
    with open_beside(tmp_path / "new") as store:
        assert [finding.file for finding in verify(store, tmp_path / "new").found] == ["evidence/b 火.jpg"]


@pytest.mark.parametrize("content", [b"", b"not a backup", None], ids=["empty", "garbage", "absent"])
def test_that_what_is_no_backup_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "backup.tar"
    if content is not None:
        file.write_bytes(content)
    assert str(file) in refused(lambda: restore(file, tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_that_a_manifest_says_all_there_is_to_say(data: Path, tmp_path: Path) -> None:
    manifest = back_up(data, tmp_path / "backup", version=VERSION, clock=FakeClock())
    import msgspec

    assert msgspec.json.decode((tmp_path / "backup" / MANIFEST).read_bytes(), type=Manifest) == manifest
