"""What is wrong with recording, each fault by a name of its own and with the sentence that the operator is told."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from console.app.reconcile import Reconciliation
from console.models.ids import CameraId
from console.models.recording import DiskFigures, Holding, RecorderState, Volume
from console.models.text import Text

LOST_AFTER_S: Final = 10.0
"""A camera that is not recorded for so long although it should be is an alarm."""
ROOM_AGAIN: Final = 1.1
"""A disk is no more said to fill up when its headroom is so many times the limit: one at the limit does not come and go."""
STARTED_WITHIN_S: Final = 30.0
"""So long a camera may take to its first picture after the console has started: all of them open at once."""


class Cause(StrEnum):
    """Why a camera is not recorded: one cause is one fault, however many cameras it costs.

    start: nothing was heard of it since the console started. process: its recording process ended or hangs. disk: there
    is no place to write to, or writing is refused. camera: the camera itself.
    """

    START = "start"
    PROCESS = "process"
    DISK = "disk"
    CAMERA = "camera"


@dataclass(slots=True)
class Disk:
    """A folder for recordings as the keeper knows it: what volume is there, why it is not written to, how full it is.

    `blocked` where there is nothing but locked footage to make room of, `full` where it takes nothing more all the same,
    `early` where footage went before its time.
    """

    path: Path
    volume: Volume | None = None
    trouble: Text = field(default_factory=Text)
    early: bool = False
    blocked: bool = False
    full: bool = False

    @property
    def takes(self) -> bool:
        """Whether it may be written to."""
        return self.volume is not None and not (self.trouble or self.blocked or self.full)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything that may be wrong; `told` names what was, by the last telling."""

    disks: tuple[Disk, ...]
    figures: tuple[DiskFigures, ...]
    holdings: tuple[Holding, ...]
    states: tuple[RecorderState, ...]
    causes: Mapping[CameraId, Cause]
    reconciled: Reconciliation | None
    names: Mapping[CameraId, Text]
    headroom_low_h: float
    told: Collection[str]
    now: datetime


def all_faults(standing: Standing) -> dict[str, Text]:
    """Every fault that stands now."""
    faults = dict(_of_disks(standing))
    faults.update(_of_headroom(standing))
    faults.update(_of_holdings(standing))
    faults.update(_of_cameras(standing))
    if standing.reconciled is not None:
        faults.update(_of_files(standing.reconciled))
    return faults


def _of_disks(standing: Standing) -> Iterator[tuple[str, Text]]:
    for disk in standing.disks:
        name = str(disk.path)
        if disk.trouble:
            yield f"volume/{name}", disk.trouble
        elif disk.full and not disk.blocked:
            yield f"volume/{name}", full_words(name)
        if disk.blocked:
            yield (
                f"full/{name}",
                Text(
                    f"只剩锁定的录像，录像停止。请扩容或解除锁定：{name}",
                    f"Full of locked footage; recording stops. Add a disk, or release footage: {name}",
                ),
            )
        if disk.early:
            yield (
                f"early/{name}",
                Text(
                    f"空间不足，已删除未满保存期限的录像。请扩容：{name}",
                    f"Too small: footage was deleted before its days were over. Add a disk: {name}",
                ),
            )


def full_words(name: str) -> Text:
    """What is said of a disk that takes nothing more although room was made as far as that goes."""
    return Text(
        f"存储已写满，录像暂停。请清理其他文件或扩容：{name}",
        f"Full; recording pauses. Remove other files, or add a disk: {name}",
    )


def _of_headroom(standing: Standing) -> Iterator[tuple[str, Text]]:
    for one in standing.figures:
        name = f"headroom/{one.volume.path}"
        enough_h = standing.headroom_low_h * (ROOM_AGAIN if name in standing.told else 1.0)
        if one.reason or one.headroom_h is None or one.headroom_h >= enough_h:
            continue
        if _oldest_goes_first(standing, one.headroom_h):
            continue
        yield (
            name,
            Text(
                f"约 {one.headroom_h:.0f} 小时后写满：{one.volume.path}",
                f"Full in about {one.headroom_h:.0f} hours: {one.volume.path}",
            ),
        )


def _oldest_goes_first(standing: Standing, headroom_h: float) -> bool:
    """Whether the oldest footage is due before the disk is full: the steady state of a disk that is large enough."""
    held = [one for one in standing.holdings if one.oldest_at is not None]
    if not held:
        return False
    return all(one.held_days + headroom_h / 24 >= one.required_days for one in held)


def _of_holdings(standing: Standing) -> Iterator[tuple[str, Text]]:
    for one in standing.holdings:
        if one.short:
            name = standing.names[one.camera]
            days, must = f"{one.held_days:.1f}", f"{one.required_days:g}"
            yield (
                f"short/{one.camera}",
                Text(
                    f"{name.zh} 录像只存有 {days} 天，要求 {must} 天",
                    f"{name.en}: only {days} days of footage are left, {must} are required",
                ),
            )


def _of_cameras(standing: Standing) -> Iterator[tuple[str, Text]]:
    if not any(disk.takes for disk in standing.disks):
        return  # the disk is the fault, and is told as such
    lost = [state for state in standing.states if _is_lost(state, standing)]
    by_process = [one for one in lost if standing.causes[one.camera] is Cause.PROCESS]
    by_disk = [one for one in lost if standing.causes[one.camera] is Cause.DISK]
    if by_process:
        yield (
            "process",
            Text(
                f"录像进程中断，{len(by_process)} 台摄像机未在录像：{by_process[0].reason.zh}",
                f"The recording process is down; {len(by_process)} cameras are not recorded: {by_process[0].reason.en}",
            ),
        )
    if by_disk:
        yield (
            "writing",
            Text(
                f"{len(by_disk)} 台摄像机的录像无法写入：{by_disk[0].reason.zh}",
                f"Recordings of {len(by_disk)} cameras cannot be written: {by_disk[0].reason.en}",
            ),
        )
    for state in lost:
        if standing.causes[state.camera] in (Cause.PROCESS, Cause.DISK):
            continue
        name = standing.names[state.camera]
        yield (
            f"camera/{state.camera}",
            Text(
                f"{name.zh} 未在录像：{state.reason.zh or '等待画面'}",
                f"{name.en} is not being recorded: {state.reason.en or 'waiting for its picture'}",
            ),
        )


def _is_lost(state: RecorderState, standing: Standing) -> bool:
    """Whether a camera should be recorded, is not, and has not been for too long."""
    if not state.wanted or state.on or state.armed:
        return False
    patience_s = STARTED_WITHIN_S if standing.causes[state.camera] is Cause.START else LOST_AFTER_S
    return standing.now - state.since_at > timedelta(seconds=patience_s)


def _of_files(found: Reconciliation) -> Iterator[tuple[str, Text]]:
    if found.damaged:
        number = len(found.damaged)
        yield (
            "files/missing",
            Text(
                f"启动核对：{number} 段录像的文件缺失或长度不符，已标记为损坏",
                f"At the start {number} recordings were missing or of another length; they are marked as damaged",
            ),
        )
    if found.unknown:
        number, first = len(found.unknown), found.unknown[0]
        yield (
            "files/unknown",
            Text(
                f"启动核对：录像存储中有 {number} 个未登记的文件（{first} 等），未改动",
                f"At the start {number} files that nobody recorded were found ({first}, ...); they are left alone",
            ),
        )
