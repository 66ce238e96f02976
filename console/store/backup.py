"""Back up a record beside the running console.

A backup is a folder, or one .tar file: the database as it stood at one moment, every file that it speaks of, the site
folder, and a manifest with the SHA-256 of each. The manifest is written last: a backup without one was broken off.
"""

import errno
import hashlib
import io
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from console.config import KEY_FILE, SECRETS_FILE, data_folder
from console.durable import sync_folder
from console.models.clock import Clock, SystemClock
from console.models.errors import ConsoleError
from console.models.plain import canonical
from console.store.database import open_engine, sqlite_url
from console.store.journal import head_of
from console.store.opening import HEAD, copy_database, open_beside
from console.store.verify_files import inside, kept_files

MANIFEST: Final = "manifest.json"
IOERR_SHMSIZE: Final = 4874
"""What SQLite says when the index of its log cannot grow: the disk is full (sqlite.org/rescode.html)."""
DATABASE: Final = "database/zhishou.db"
DATA: Final = "data"
SITE: Final = "site"
FORMAT: Final = 1
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUpFile:
    """A file of a backup; `path` is inside the backup, with forward slashes."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds. `missing` names files that the record speaks of and that were not there any more."""

    format: int = FORMAT
    version: str
    made_at: datetime
    revision: str
    journal_seq: int
    journal_head: str
    files: tuple[BackedUpFile, ...]
    missing: tuple[str, ...] = ()


# Takes a path inside the backup, an open file and its length in bytes.
Put = Callable[[str, BinaryIO, int], None]
# Hears how many bytes are done.
Progress = Callable[[int], None]


def back_up(
    data_dir: Path,
    target: Path,
    *,
    version: str,
    site_dir: Path | None = None,
    with_secrets: bool = False,
    clock: Clock | None = None,
    progress: Progress | None = None,
) -> Manifest:
    """Make a backup of a SQLite record at `target`, which must not exist yet; beside a running console.

    A name that ends with .tar makes one file, anything else a folder. The passwords of cameras and panels are left out
    unless `with_secrets`. Raises ConsoleError where there is no record, no room, or the target is taken.
    """
    target = target.absolute()
    if target.exists():
        raise ConsoleError(
            zh=f"{target} 已存在。备份不覆盖任何文件，请另选位置。",
            en=f"{target} exists already. A backup overwrites nothing; choose another place.",
        )
    open_beside(data_dir).close()  # a newer, older or damaged record is told before anything is copied
    folder = data_folder(data_dir)
    part, copy = (target.with_name(target.name + end) for end in (".part", ".part.db"))
    with told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        clear(part)
        try:
            # The database first: every file that it speaks of is on the disk before its row is.
            copy_database(folder.database, copy)
            seq, head, files, missing = _read_copy(copy, folder.root)
            files = {DATABASE: copy, **files}
            if with_secrets:
                files |= {f"{DATA}/{name}": folder.root / name for name in (KEY_FILE, SECRETS_FILE)}
            if site_dir is not None:
                files |= {f"{SITE}/{file.relative_to(site_dir).as_posix()}": file for file in _files_under(site_dir)}
            with into_tar(part) if target.suffix == ".tar" else into_folder(part) as put:
                manifest = Manifest(
                    version=version,
                    made_at=(clock or SystemClock()).now(),
                    revision=HEAD,
                    journal_seq=seq,
                    journal_head=head,
                    files=tuple(_put_all(put, files, progress or _silent)),
                    missing=missing,
                )
                content = canonical(manifest)
                put(MANIFEST, io.BytesIO(content), len(content))
            part.replace(target)
            sync_folder(target.parent)
        finally:
            clear(copy)
            clear(part)
    return manifest


def _silent(_done: int) -> None:
    """Nobody asked for progress."""


def _read_copy(copy: Path, root: Path) -> tuple[int, str, dict[str, Path], tuple[str, ...]]:
    """The journal's end, the files that the record speaks of by their paths in the backup, and those that are gone."""
    files: dict[str, Path] = {}
    missing: list[str] = []
    engine = open_engine(sqlite_url(copy), pooled=False)
    with engine.connect() as connection:
        seq, head = head_of(connection)
        for kept in kept_files(connection):
            source = inside(root, kept.file)
            if source is not None and source.is_file():
                files[f"{DATA}/{kept.file}"] = source
            else:
                missing.append(kept.file)
    return seq, head, files, tuple(missing)


def _files_under(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise ConsoleError(zh=f"没有站点文件夹 {folder}。", en=f"There is no site folder {folder}.")
    for above, folders, files in os.walk(folder):
        folders.sort()
        yield from (Path(above, name) for name in sorted(files) if Path(above, name).is_file())


def _put_all(put: Put, files: dict[str, Path], progress: Progress) -> Iterator[BackedUpFile]:
    done = 0
    for path, source in files.items():
        if path.startswith(DATA) and not source.exists():
            continue  # a post without passwords has no file of them
        with source.open("rb") as stream:
            size_bytes = os.fstat(stream.fileno()).st_size
            hashing = Hashing(stream)
            put(path, hashing, size_bytes)  # type: ignore[arg-type]
        done += size_bytes
        progress(done)
        yield BackedUpFile(path=path, size_bytes=hashing.size_bytes, sha256=hashing.sha256.hexdigest())


class Hashing:
    """A file that is hashed and counted while it is read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.sha256 = hashlib.sha256()
        self.size_bytes = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`."""
        content = self._stream.read(size)
        self.sha256.update(content)
        self.size_bytes += len(content)
        return content


@contextmanager
def into_folder(root: Path) -> Iterator[Put]:
    """Put files into a new folder, each on disk when it is put."""
    root.mkdir(mode=0o700)

    def put(path: str, stream: BinaryIO, _size_bytes: int) -> None:
        write_file(root / path, stream)

    yield put


def write_file(file: Path, stream: BinaryIO) -> None:
    """Write a file and bring it to disk; raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("xb") as out:
        shutil.copyfileobj(stream, out, _CHUNK)
        out.flush()
        os.fsync(out.fileno())


@contextmanager
def into_tar(file: Path) -> Iterator[Put]:
    """Put files into a new .tar, which is on disk when the block ends."""
    with file.open("xb") as out:
        file.chmod(0o600)
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:

            def put(path: str, stream: BinaryIO, size_bytes: int) -> None:
                entry = tarfile.TarInfo(path)
                entry.size, entry.mode = size_bytes, 0o600
                tar.addfile(entry, stream)

            yield put
        out.flush()
        os.fsync(out.fileno())


def clear(path: Path) -> None:
    """Remove what a broken-off attempt has left, if anything."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def told(place: Path) -> Iterator[None]:
    """Say in a sentence what the disk refuses."""
    try:
        yield
    except (OSError, sqlite3.Error, tarfile.TarError) as error:
        no_room = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "disk is full" in str(error)
        if no_room or getattr(error, "sqlite_errorcode", None) == IOERR_SHMSIZE:
            raise ConsoleError(
                zh=f"{place} 所在的磁盘空间不足，已放弃，没有留下半份文件。",
                en=f"The disk of {place} is full; given up, and nothing half-done was left behind.",
            ) from error
        reason = getattr(error, "strerror", None) or str(error)
        raise ConsoleError(
            zh=f"{place} 无法读写：{reason}。", en=f"{place} cannot be read or written: {reason}."
        ) from error
