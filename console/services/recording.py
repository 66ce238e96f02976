"""Recording: what a camera's segments go through on record, and what is said when something is wrong.

What people do with footage (lock, release, bookmark) is in console.services.locking.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from console.models.alarms import Alarm, AlarmClass, Condition, Priority
from console.models.events import RecordingChanged, SegmentsClosed
from console.models.ids import (
    CameraId,
    PlaceId,
    PointId,
    SegmentId,
    SignalId,
    SourceId,
    new_id,
)
from console.models.recording import (
    FINISHED,
    Hashed,
    RecorderState,
    Segment,
    SegmentState,
    Volume,
)
from console.models.signals import Signal, SignalKind
from console.models.text import Text
from console.models.work_orders import WorkOrderKind
from console.services import alarms, work_orders
from console.store.store import Transaction

SOURCE: Final = SourceId("recording")
_UNSAFE: Final = re.compile(r"[^\w\-]+")
_OVER: Final = Text(zh="已恢复", en="well again")


def new_segment(camera: CameraId, volume: Volume, now: datetime) -> Segment:
    """A segment that is to be written: its place within the volume is its own for ever."""
    segment = SegmentId(new_id())
    folder = _UNSAFE.sub("_", camera) or "_"
    file = f"{folder}/{now:%Y-%m-%d}/{now:%H%M%S}-{segment}"
    return Segment(id=segment, camera=camera, volume=volume.id, file=file, state=SegmentState.RESERVED, started_at=now)


def keep(tx: Transaction, segments: Iterable[Segment]) -> None:
    """Put the rows of segments that are reserved or being written; a file is made only after its row."""
    for one in segments:
        tx.put(one)


def finish(tx: Transaction, segments: tuple[Segment, ...]) -> None:
    """Put the rows of segments that are finished, and their hashes into the journal: one line for all of them."""
    keep(tx, segments)
    told = tuple(
        Hashed(
            segment=one.id,
            camera=one.camera,
            file=one.file,
            started_at=one.started_at,
            media_s=one.media_s,
            size_bytes=one.size_bytes,
            sha256=one.sha256,
            recovered=one.state is SegmentState.RECOVERED,
        )
        for one in segments
        if one.state in FINISHED
    )
    if told:
        tx.record(SegmentsClosed(at=tx.now, segments=told))


def forget(tx: Transaction, segments: tuple[SegmentId, ...]) -> None:
    """Take away rows whose files are gone, or never were."""
    for at in range(0, len(segments), 500):
        tx.forget(Segment, id=segments[at : at + 500])


def damage(tx: Transaction, segments: tuple[SegmentId, ...]) -> None:
    """Mark segments whose files are gone or are not what the rows say."""
    for at in range(0, len(segments), 500):
        tx.change(Segment, {"state": SegmentState.DAMAGED.value}, id=segments[at : at + 500])


def state_changed(tx: Transaction, state: RecorderState) -> None:
    """A camera is being recorded from now on, or is not."""
    tx.record(RecordingChanged(at=state.since_at, state=state))


# ------------------------------------------------------------------ what is wrong


def tell(tx: Transaction, faults: dict[str, Text]) -> None:
    """Raise a system alarm and open a work order for each fault that stands and had none, and end those that are over.

    `faults` are all that stand now, by name ("camera/cam-07", "volume/...", "short/cam-07"); alarm and work order are
    about "recording:" and that name. A fault of a camera names the camera's place.
    """
    standing = {
        alarm.point for alarm in tx.find(Alarm, source=SOURCE, closed_at=None) if alarm.condition is Condition.ACTIVE
    }
    wanted = {PointId(f"recording:{name}"): sentence for name, sentence in faults.items()}
    for point in sorted(wanted.keys() - standing):
        alarm = alarms.receive(tx, _signal(tx, SignalKind.ALARM, point, wanted[point]))
        work_orders.open_order(
            tx,
            WorkOrderKind.RECORDING,
            point,
            wanted[point],
            fault=wanted[point].zh,
            place=_place_of(tx, point),
            alarm=alarm.id if alarm is not None else None,
        )
    for point in sorted(standing - wanted.keys()):
        alarms.receive(tx, _signal(tx, SignalKind.RESTORE, point, _OVER))
        work_orders.over(tx, point)


def _place_of(tx: Transaction, point: PointId) -> PlaceId | None:
    """The place of the camera that a fault names, None for a fault of a disk."""
    camera = point.rpartition("/")[2]
    return next((one.place for one in tx.site.cameras if one.id == camera), None)


def _signal(tx: Transaction, kind: SignalKind, point: PointId, sentence: Text) -> Signal:
    return Signal(
        id=SignalId(new_id()),
        source=SOURCE,
        kind=kind,
        point=point,
        code="RECORDING",
        alarm_class=AlarmClass.SYSTEM.value,
        priority=Priority.MEDIUM,
        text_zh=sentence.zh,
        text_en=sentence.en,
        received_at=tx.now,
        codec="health",
    )
