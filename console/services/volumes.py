"""Volumes: folders for recordings, each known by the identity in its marker file, so that no other disk is taken for it."""

import errno
import json
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Final

from console.models.errors import ConsoleError, Refused
from console.models.events import VolumeMade, VolumeReplaced
from console.models.ids import SegmentId, VolumeId, new_id
from console.models.people import Actor, Right
from console.models.recording import FINISHED, Segment, SegmentState, Volume
from console.models.text import typed
from console.services import footage
from console.store.store import Reading, Transaction

MARKER: Final = "zhishou-volume.json"
TRIAL: Final = "zhishou-volume.trial"
TRIAL_BYTES: Final = 4 << 20
OWN: Final = frozenset({"lost+found", MARKER, TRIAL})
"""What lies in a volume beside recordings."""


def known(rx: Reading, path: Path) -> Volume | None:
    """The volume on record for this path, the one taken last if there were several."""
    return max(rx.find(Volume, path=str(path)), key=lambda one: one.made_at, default=None)


def replaced(rx: Reading) -> tuple[VolumeId, ...]:
    """The volumes in whose place another one was taken: nothing of theirs is at hand."""
    newest: dict[str, Volume] = {}
    found = sorted(rx.find(Volume), key=lambda one: one.made_at)
    for one in found:
        newest[one.path] = one
    return tuple(one.id for one in found if newest[one.path] is not one)


def read_marker(path: Path) -> VolumeId | None:
    """Whose folder this is by its marker; None where it has none that can be read."""
    try:
        marker = json.loads((path / MARKER).read_text(encoding="utf-8"))
        return VolumeId(str(marker["id"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def check(volume: Volume) -> None:
    """Make sure that the disk is there, is the right one, and can be written to. Raises ConsoleError if not."""
    path = Path(volume.path)
    marker = read_marker(path)
    if marker is None and _is_forbidden(path):
        raise _not_allowed(path)
    if marker is None:
        raise ConsoleError(
            f"录像存储 {path} 不在：磁盘未挂载或被拔出，录像暂停。请接好原来的磁盘。",
            f"The disk for recordings is not at {path}: not mounted, or taken out. Recording pauses; put it back.",
        )
    if marker != volume.id:
        raise ConsoleError(
            f"录像存储 {path} 是另一块磁盘，不会写入。请接回原来的磁盘；确需更换时由主管在系统页启用新磁盘。",
            f"Another disk is at {path}; nothing is written to it. Put the right one back, or have a supervisor take the new"
            " one into use on the system page.",
        )
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        raise ConsoleError(
            f"录像存储 {path} 只能读，录像暂停。", f"The disk for recordings at {path} is read-only; recording pauses."
        )
    if not os.access(path, os.W_OK | os.X_OK):
        raise _not_allowed(path)


def takes_more(volume: Volume) -> bool:
    """Whether some megabytes can be written to a disk now. Raises ConsoleError where not its room is what is missing."""
    trial = Path(volume.path) / TRIAL
    try:
        try:
            with trial.open("wb") as file:
                file.write(bytes(TRIAL_BYTES))
                file.flush()
                os.fsync(file.fileno())
        finally:
            trial.unlink(missing_ok=True)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return False
        raise ConsoleError(
            f"录像存储 {volume.path} 写入失败：{error.strerror}，录像暂停。",
            f"The disk for recordings at {volume.path} cannot be written: {error.strerror}; recording pauses.",
        ) from error
    return True


def _is_forbidden(path: Path) -> bool:
    try:
        (path / MARKER).stat()
        return not os.access(path / MARKER, os.R_OK)
    except PermissionError:
        return True
    except OSError:
        return False


def _not_allowed(path: Path) -> ConsoleError:
    return ConsoleError(
        f"录像存储 {path} 的权限不足，录像暂停。请恢复该目录的读写权限。",
        f"The console has no permission to write to {path}; recording pauses. Restore its permissions.",
    )


def make_marker(path: Path, now: datetime) -> Volume:
    """Set up a folder that nobody used before. Raises ConsoleError where it holds something, or cannot be written.

    A folder that has a marker already is taken as what it says it is: the disk of an earlier console.
    """
    try:
        path.mkdir(parents=False, exist_ok=True, mode=0o700)
        marker = read_marker(path)
        if marker is not None:
            return Volume(id=marker, path=str(path), made_at=now)
        if foreign := sorted(one.name for one in path.iterdir() if one.name not in OWN):
            raise ConsoleError(
                f"目录 {path} 里已有别的文件（{foreign[0]}），不能用作录像存储。",
                f"{path} holds other files ({foreign[0]}); recordings need a folder of their own.",
            )
        volume = Volume(id=VolumeId(new_id()), path=str(path), made_at=now)
        fresh = path / (MARKER + ".new")
        with fresh.open("x", encoding="utf-8") as file:
            json.dump({"id": volume.id, "made_at": now.isoformat()}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path / MARKER)
    except OSError as error:
        raise ConsoleError(
            f"录像存储 {path} 无法使用：{error.strerror}。", f"{path} cannot take recordings: {error.strerror}."
        ) from error
    return volume


def register(tx: Transaction, volume: Volume) -> Volume:
    """Put a volume on record, once."""
    if tx.get(Volume, volume.id) != volume:
        tx.put(volume)
        tx.record(VolumeMade(at=tx.now, volume=volume))
    return volume


def free_bytes(volume: Volume) -> int:
    """What is left on its disk; 0 where it cannot be asked."""
    try:
        return shutil.disk_usage(volume.path).free
    except OSError:
        return 0


def size_bytes(volume: Volume) -> int:
    """How much its disk holds in all; 0 where it cannot be asked."""
    try:
        return shutil.disk_usage(volume.path).total
    except OSError:
        return 0


# ------------------------------------------------------------------ another disk in the place of one


def may_replace(reason: str, *, by: Actor) -> str:
    """The reason as it is kept. Raises Refused or NotPermitted: only who answers for footage gives some of it up."""
    by.demand(Right.EXPORT_FOOTAGE)
    if not typed(reason, 500):
        raise Refused(zh="请写明更换磁盘的原因。", en="Say why the disk was replaced.")
    return typed(reason, 500)


def take_new(old: Volume, now: datetime) -> Volume:
    """What lies now where `old` should be, marked if it is blank. Raises ConsoleError where it cannot take its place.

    The folder must be there (a mount point is never made), and either empty or marked as a volume of its own.
    """
    path = Path(old.path)
    if not path.is_dir():
        raise Refused(
            zh=f"{path} 处没有磁盘，请先接好并挂载新磁盘。", en=f"There is no disk at {path}; connect and mount the new one first."
        )
    if read_marker(path) == old.id:
        raise Refused(zh=f"{path} 处就是原来的磁盘，无需更换。", en=f"The disk at {path} is the right one already.")
    volume = make_marker(path, now)
    check(volume)
    return volume


def replace_by(tx: Transaction, old: Volume, new: Volume, reason: str, *, by: Actor) -> Volume:
    """The new disk takes the place of the old one: what lay there is on record as gone from now on, and no longer as held.

    Where the new one was in use here before, what lies on it is found again by `found_again`.
    """
    why = may_replace(reason, by=by)
    lost = tx.find(Segment, volume=old.id, state=(*FINISHED, SegmentState.WRITING))
    locks = footage.locks(tx)
    tx.put(new)
    _set_state(tx, tuple(one.id for one in lost), SegmentState.DAMAGED)
    tx.record(
        VolumeReplaced(
            at=tx.now,
            by=by.person,
            seat=by.seat,
            volume=new,
            was=old.id,
            reason=why,
            segments=len(lost),
            size_bytes=sum(one.size_bytes for one in lost),
            locked=sum(any(lock.covers(one) for lock in locks) for one in lost),
        )
    )
    return new


def at_stake(rx: Reading, volume: VolumeId) -> tuple[int, int, int]:
    """What would be given up with a disk: (segments, bytes, how many of them are locked)."""
    found = rx.find(Segment, volume=volume, state=FINISHED)
    locks = footage.locks(rx)
    return len(found), sum(one.size_bytes for one in found), sum(any(lock.covers(one) for lock in locks) for one in found)


def lost_on(rx: Reading, volume: VolumeId) -> list[tuple[SegmentId, str, int]]:
    """(id, file, size in bytes) of what is on record as gone of a volume although it was whole once."""
    found = rx.columns(Segment, ("id", "file", "size_bytes", "sha256"), volume=volume, state=SegmentState.DAMAGED.value)
    return [(SegmentId(one[0]), one[1], one[2]) for one in found if one[3]]


def found_again(tx: Transaction, segments: tuple[SegmentId, ...]) -> None:
    """The files of these are there at their full length after all: they can be played, and their hashes are on record."""
    _set_state(tx, segments, SegmentState.CLOSED)


def _set_state(tx: Transaction, segments: tuple[SegmentId, ...], state: SegmentState) -> None:
    for at in range(0, len(segments), 500):
        tx.change(Segment, {"state": state.value}, id=segments[at : at + 500])
