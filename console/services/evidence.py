"""Evidence: put a file where it stays, and keep it on record with its hash."""

import errno
import hashlib
import os
import re
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from console.models.errors import ConsoleError
from console.models.events import EvidenceKept
from console.models.people import SYSTEM, Actor, Right
from console.models.trust import Evidence
from console.store.store import Transaction

FOLDER = "evidence"
_SAFE = re.compile(r"[^\w.\-]+")


class StoredFile(NamedTuple):
    """A file under the data folder: `file` is relative to it, with forward slashes; the hash is of what was given."""

    file: str
    sha256: str
    size_bytes: int


def store_file(data_dir: Path, content: bytes, name: str) -> StoredFile:
    """Write `content` as data_dir/evidence/name so that it survives a power cut, before any row speaks of it.

    `name` may have folders in front ("2026-03/gate.jpg"). Written beside, flushed to disk, renamed, then the folders
    flushed. A name that is taken by other content gets a number; the same content under the same name is not written
    twice. Raises ConsoleError where the disk refuses.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    *folders, last = [_SAFE.sub("_", part).lstrip(".")[-120:] or "_" for part in PurePosixPath(name).parts] or ["_"]
    root = data_dir / FOLDER
    folder = root.joinpath(*folders)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = _free_name(folder, last, sha256)
        if not target.exists():
            _write_whole(target, content)
            for above in (folder, *folder.parents):
                _flush_folder(above)
                if above == data_dir:
                    break
    except OSError as error:
        raise ConsoleError(
            zh=f"证据文件无法保存到 {folder}：{error.strerror}。",
            en=f"The evidence file cannot be kept in {folder}: {error.strerror}.",
        ) from error
    return StoredFile(target.relative_to(data_dir).as_posix(), sha256, len(content))


def is_unchanged(data_dir: Path, evidence: Evidence) -> bool:
    """Whether the file of a piece of evidence is there and has the hash it was kept with."""
    try:
        with (data_dir / evidence.file).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == evidence.sha256
    except OSError:
        return False


def keep(tx: Transaction, evidence: Evidence, *, by: Actor = SYSTEM) -> Evidence:
    """Keep a stored file on record. It is never changed or deleted from then on."""
    by.demand(Right.WATCH)
    tx.put(evidence)
    tx.record(EvidenceKept(at=tx.now, by=by.person, seat=by.seat, evidence=evidence))
    return evidence


def _free_name(folder: Path, name: str, sha256: str) -> Path:
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in range(1, 10_000):
        candidate = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        if not candidate.exists() or _hash_of(candidate) == sha256:
            return candidate
    raise OSError(errno.EEXIST, "too many files of that name")


def _hash_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _write_whole(target: Path, content: bytes) -> None:
    beside = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    # A rename is on disk only when its folder is.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
