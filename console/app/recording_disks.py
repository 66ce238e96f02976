"""The disks that recordings go to: which may be written to, how much room they have, and another one in the place of one."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from console.app.reconcile import present
from console.app.recording_faults import Disk, full_words
from console.durable import sync_folder
from console.models.errors import ConsoleError, Refused
from console.models.ids import SegmentId, VolumeId
from console.models.people import Actor
from console.models.recording import SUFFIXES, DiskFigures, Segment, Volume
from console.models.settings import seconds_of
from console.models.text import Text
from console.services import retention, volumes
from console.services.desk import Desk

DESK_LIMIT_S: Final = 30.0
SPARE: Final = 0.01
"""Where room has to be made, at most this share of the disk is made free beside what is needed."""

_log = logging.getLogger(__name__)


def done(desk: Desk, command: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What a command gives, waited for."""
    return desk.do(command, *args, **kwargs).result(DESK_LIMIT_S)


def asked(desk: Desk, query: Callable[..., Any], *args: Any) -> Any:
    """The answer of a query, waited for."""
    return desk.ask(query, *args).result(DESK_LIMIT_S)


def unlinked(paths: Mapping[VolumeId, Path], segments: Iterable[Segment]) -> tuple[SegmentId, ...]:
    """Unlink files, force their folders to disk, and give whose rows may go; what lies on a disk that is away stays."""
    gone, folders = [], set()
    for one in segments:
        if one.volume not in paths:
            continue
        try:
            for suffix in ("", *sorted(set(SUFFIXES.values()))):
                path = paths[one.volume] / (one.file + suffix)
                path.unlink(missing_ok=True)
                folders.add(path.parent)
        except OSError as error:
            _log.warning("recording %s cannot be deleted; tried again at the next start: %s", one.file, error)
            continue
        gone.append(one.id)
    for folder in folders:
        with suppress(FileNotFoundError):
            sync_folder(folder)
            folder.rmdir() if not any(folder.iterdir()) else None
    return tuple(gone)


class Disks:
    """The folders named for recordings, in their order. All of it belongs to the keeper's thread but `figures`."""

    def __init__(self, desk: Desk, paths: Sequence[Path]) -> None:
        self._desk = desk
        self.all = tuple(Disk(path) for path in paths)
        self.figures: tuple[DiskFigures, ...] = ()
        self._suspected = False

    def suspect(self) -> None:
        """Writing was refused somewhere: next time every disk is tried by writing to it."""
        self._suspected = True

    def check(self) -> tuple[list[VolumeId], list[VolumeId]]:
        """Look at every disk; gives those that are refused from now on, and those that are well from now on."""
        refused, well = [], []
        for disk in self.all:
            known, took = disk.volume is not None, disk.takes
            try:
                if disk.volume is None:
                    disk.volume = self._open(disk.path)
                volumes.check(disk.volume)
                if self._suspected or disk.trouble or disk.full:
                    disk.full = not volumes.takes_more(disk.volume)
                if disk.trouble or not known:
                    well.append(disk.volume.id)
                disk.trouble = Text()
            except ConsoleError as error:
                disk.trouble = error.text
            if disk.volume is not None and took and not disk.takes:
                refused.append(disk.volume.id)
        self._suspected = False
        self.figures = tuple(
            DiskFigures(
                volume=disk.volume,
                free_bytes=volumes.free_bytes(disk.volume),
                headroom_h=asked(self._desk, retention.headroom_h, disk.volume.id, volumes.free_bytes(disk.volume)),
                rate_bytes_s=asked(self._desk, retention.rate_bytes_s, disk.volume.id),
                reason=disk.trouble or (full_words(str(disk.path)) if disk.full else Text()),
            )
            for disk in self.all
            if disk.volume is not None
        )
        return refused, well

    def _open(self, path: Path) -> Volume:
        """The volume on record for a path; set up where there never was one. A known one is never marked again."""
        volume: Volume | None = asked(self._desk, volumes.known, path)
        if volume is None:
            volume = done(self._desk, volumes.register, volumes.make_marker(path, self._desk.clock.now()))
        assert volume is not None
        return volume

    def paths(self) -> dict[VolumeId, Path]:
        """Where the volumes are that are well."""
        return {disk.volume.id: disk.path for disk in self.all if disk.volume is not None and not disk.trouble}

    def roomiest(self) -> tuple[Volume, Path] | None:
        """The disk to write to."""
        well = [(disk.volume, disk.path) for disk in self.all if disk.volume is not None and disk.takes]
        return max(well, key=lambda one: volumes.free_bytes(one[0]), default=None)

    def make_room(self) -> tuple[tuple[Segment, ...], list[VolumeId]]:
        """Choose what goes from disks that are short; gives it, and the disks that have nothing left to give from now on."""
        low = seconds_of(self._desk.ground.settings, "video.volume_free_gb") * 1e9
        chosen: tuple[Segment, ...] = ()
        blocked = []
        for disk in self.all:
            if disk.volume is None or disk.trouble:
                continue
            short = low - volumes.free_bytes(disk.volume)
            if short <= 0:
                disk.blocked = False
                disk.early = disk.early and short > -low  # over when there is twice the room that has to be left
                continue
            spare = int(volumes.size_bytes(disk.volume) * SPARE)
            run: retention.Chosen = done(self._desk, retention.make_room, disk.volume.id, int(short), spare)
            disk.early = disk.early or bool(run.early)
            if run.blocked and not disk.blocked:
                blocked.append(disk.volume.id)
            disk.blocked = run.blocked
            chosen += run.segments
        return chosen, blocked

    def replace(self, old: VolumeId, reason: str, by: Actor) -> Volume:
        """Take what lies now where a refused disk should be into use. Raises ConsoleError where that cannot be."""
        disk = next((one for one in self.all if one.volume is not None and one.volume.id == old), None)
        if disk is None or disk.volume is None or not disk.trouble:
            raise Refused(zh="该录像存储正常，无需更换磁盘。", en="That disk for recordings is well; nothing has to be replaced.")
        new = volumes.take_new(disk.volume, self._desk.clock.now())
        done(self._desk, volumes.replace_by, disk.volume, new, reason, by=by)
        again = present(disk.path, asked(self._desk, volumes.lost_on, new.id))
        if again:
            done(self._desk, volumes.found_again, tuple(SegmentId(one) for one in again))
        disk.volume, disk.blocked, disk.early, disk.full = new, False, False, False
        return new
