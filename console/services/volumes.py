"""Volumes: folders for recordings, each known by the identity in its marker file, so that no other disk is taken for it."""

import json
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Final

from console.models.errors import ConsoleError
from console.models.events import VolumeMade
from console.models.ids import VolumeId, new_id
from console.models.recording import Volume
from console.store.store import Reading, Transaction

MARKER: Final = "zhishou-volume.json"
_ALLOWED: Final = frozenset({"lost+found", MARKER})


def known(rx: Reading, path: Path) -> Volume | None:
    """The volume on record for this path, the newest if it was set up more than once."""
    found = rx.find(Volume, path=str(path))
    return found[-1] if found else None


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
    if marker is None:
        raise ConsoleError(
            f"录像存储 {path} 不在：磁盘未挂载或被拔出，录像暂停。请接好原来的磁盘。",
            f"The disk for recordings is not at {path}: not mounted, or taken out. Recording pauses; put it back.",
        )
    if marker != volume.id:
        raise ConsoleError(
            f"录像存储 {path} 是另一块磁盘，不会写入。请接回原来的磁盘，或在设置中改用别的目录。",
            f"Another disk is at {path}; nothing is written to it. Put the right one back, or set another folder.",
        )
    if not os.access(path, os.W_OK):
        raise ConsoleError(
            f"录像存储 {path} 只能读，录像暂停。", f"The disk for recordings at {path} is read-only; recording pauses."
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
        if foreign := sorted(one.name for one in path.iterdir() if one.name not in _ALLOWED):
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
