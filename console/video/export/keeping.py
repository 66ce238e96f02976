"""What of a package is finished: each file whole and hashed before it is noted, so that a kill costs one file at most."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from console.durable import sync_folder, write_whole
from console.models.export import PackedFile
from console.models.ids import CameraId

STATE: Final = "job.json"
BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Done:
    """A file of the package that is finished; `key` is digest of what it was made from."""

    file: PackedFile
    key: str


class Bench:
    """The folder of a package and the one beside it for what is not finished."""

    def __init__(self, folder: Path, work: Path) -> None:
        self.folder, self.work = folder, work
        folder.mkdir(parents=True, exist_ok=True)
        work.mkdir(parents=True, exist_ok=True)
        for left in work.iterdir():
            if left.name != STATE:
                left.unlink()
        self._done = self._read()
        self.wanted: dict[str, PackedFile] = {}

    def _read(self) -> dict[str, Done]:
        try:
            known = json.loads((self.work / STATE).read_text(encoding="utf-8"))
            return {
                one["path"]: Done(
                    PackedFile(
                        path=one["path"],
                        kind=one["kind"],
                        size_bytes=one["size_bytes"],
                        sha256=one["sha256"],
                        camera=CameraId(one["camera"]) if one["camera"] else None,
                    ),
                    one["key"],
                )
                for one in known
            }
        except (OSError, ValueError, KeyError, TypeError):
            return {}  # nothing is finished that can be believed: it is made anew

    def _write(self) -> None:
        rows = [
            {
                "path": one.file.path,
                "kind": one.file.kind,
                "size_bytes": one.file.size_bytes,
                "sha256": one.file.sha256,
                "camera": one.file.camera or "",
                "key": one.key,
            }
            for one in self._done.values()
        ]
        write_whole(self.work / STATE, json.dumps(rows).encode())

    def finished(self, path: str, key: str, went_on: Callable[[int], None]) -> PackedFile | None:
        """A file that an earlier attempt finished from the same material, if it still is what it was."""
        done = self._done.get(path)
        if done is None or done.key != key:
            return None
        try:
            size, sha256 = hashed(self.folder / path, went_on)
        except OSError:
            return None
        if (size, sha256) != (done.file.size_bytes, done.file.sha256):
            return None
        self.wanted[path] = done.file
        return done.file

    def place(self, path: str) -> Path:
        """Where a file is written before it is finished; the suffix is the same."""
        return self.work / path.replace("/", "__")

    def keep(self, path: str, kind: str, camera: CameraId | None, key: str) -> PackedFile:
        """A file is written: force it to disk, hash it, give it its name, and note it."""
        made = self.place(path)
        with made.open("rb") as file:
            os.fsync(file.fileno())
        size, sha256 = hashed(made, lambda _size: None)
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        made.replace(target)
        sync_folder(target.parent)
        packed = PackedFile(path=path, kind=kind, size_bytes=size, sha256=sha256, camera=camera)
        self._done[path] = Done(packed, key)
        self._write()
        self.wanted[path] = packed
        return packed

    def keep_bytes(self, path: str, content: bytes, kind: str, camera: CameraId | None = None) -> PackedFile:
        """A small file whose content is at hand."""
        key = hashlib.sha256(content).hexdigest()
        known = self.finished(path, key, lambda _size: None)
        if known is not None:
            return known
        self.place(path).write_bytes(content)
        return self.keep(path, kind, camera, key)

    def tidy(self) -> None:
        """Take away what earlier attempts made and this one does not want."""
        for path in sorted(self.folder.rglob("*"), reverse=True):
            inside = path.relative_to(self.folder).as_posix()
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif inside not in self.wanted:
                path.unlink()


def hashed(path: Path, went_on: Callable[[int], None]) -> tuple[int, str]:
    """(size, SHA-256) of a file; `went_on` is told of every block."""
    total, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            total.update(block)
            size += len(block)
            went_on(len(block))
    return size, total.hexdigest()
