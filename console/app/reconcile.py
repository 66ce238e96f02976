"""After a kill or a power cut: rows and files are made to agree again, and what does not agree is told."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from console.models.ids import SegmentId
from console.models.recording import FINISHED, Segment, SegmentState
from console.services.volumes import OWN
from console.store.store import Reading
from console.video.recording.recover import salvage

_OPEN: Final = (SegmentState.RESERVED, SegmentState.WRITING)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What was found: rows whose file is missing or of another length, and files that no row speaks of."""

    damaged: tuple[SegmentId, ...] = ()
    unknown: tuple[str, ...] = ()
    compared: int = 0

    def __add__(self, other: "Reconciliation") -> "Reconciliation":
        return Reconciliation(
            self.damaged + other.damaged, self.unknown + other.unknown, self.compared + other.compared
        )


def open_segments(rx: Reading) -> tuple[Segment, ...]:
    """The segments that are to be looked at by their content: reserved, being written, or never hashed to their end."""
    return (*rx.find(Segment, state=_OPEN), *rx.find(Segment, state=SegmentState.DAMAGED, sha256=""))


def present(root: Path, rows: Iterable[tuple[SegmentId, str, int]]) -> list[SegmentId]:
    """Those of (id, file, size in bytes) whose files are there at that length."""
    return [segment for segment, file, size_bytes in rows if _size(root / file) == size_bytes]


def salvaged(lost: Iterable[tuple[Segment, Path]]) -> tuple[list[Segment], list[SegmentId]]:
    """Look at the files of segments that were not closed: those with something in them, as they are now; those without.

    Raises OSError where a disk refuses.
    """
    kept: list[Segment] = []
    never: list[SegmentId] = []
    for one, root in lost:
        found = salvage(root / one.file, one.codec)
        if found.path is None:
            never.append(one.id)
            continue
        kept.append(
            replace(
                one,
                state=SegmentState.RECOVERED if found.frames else SegmentState.DAMAGED,
                file=found.path.relative_to(root).as_posix(),
                ended_at=one.started_at + timedelta(seconds=found.media_s),
                codec=found.codec,
                frames=found.frames,
                key_frames=found.key_frames,
                media_s=found.media_s,
                wall_s=found.media_s,
                fps=one.fps or (found.frames / found.media_s if found.media_s else 0.0),
                size_bytes=found.size_bytes,
                sha256=found.sha256,
            )
        )
    return kept, never


def reconcile(
    root: Path,
    rows: Callable[[], list[tuple[SegmentId, str, str, int]]],
    stopped: Callable[[], bool] = lambda: False,
) -> Reconciliation:
    """Compare the rows of a volume with the files under its folder, by their length; hashes are a matter of verifying.

    Recording goes on meanwhile: rows are read after the files, and whatever does not fit is looked at once more.
    """
    sizes = _sizes(root, stopped)
    if stopped():
        return Reconciliation()
    told = rows()
    damaged = []
    for segment, file, state, size_bytes in told:
        there = sizes.pop(file, None)
        if state in FINISHED and there != size_bytes and _size(root / file) != size_bytes:
            damaged.append(segment)
    open_stems = {file for _, file, state, _ in told if state in _OPEN}
    left = (file for file in sorted(sizes) if file.rpartition(".")[0] not in open_stems)
    return Reconciliation(tuple(damaged), tuple(file for file in left if (root / file).exists()), len(told))


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _sizes(root: Path, stopped: Callable[[], bool]) -> dict[str, int]:
    found: dict[str, int] = {}
    folders = [""]
    while folders and not stopped():
        folder = folders.pop()
        with os.scandir(root / folder) as entries:
            for entry in entries:
                name = f"{folder}/{entry.name}" if folder else entry.name
                if name in OWN:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(name)
                else:
                    found[name] = entry.stat(follow_symlinks=False).st_size
    return found
