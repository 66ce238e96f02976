"""Recording: what a camera's segments go through on record, what is locked, and what is said when something is wrong."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from console.models.alarms import Alarm, AlarmClass, Condition, Priority
from console.models.errors import Refused
from console.models.events import BookmarkMade, LockChanged, RecordingChanged, SegmentsClosed
from console.models.ids import (
    BookmarkId,
    CameraId,
    IncidentId,
    LockId,
    PlaceId,
    PointId,
    SegmentId,
    SignalId,
    SourceId,
    new_id,
)
from console.models.people import Actor, Right
from console.models.recording import (
    FINISHED,
    Bookmark,
    Hashed,
    Lock,
    RecorderState,
    Segment,
    SegmentState,
    Volume,
)
from console.models.signals import Signal, SignalKind
from console.models.text import Text, typed
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


# ------------------------------------------------------------------ what people do


def hold(
    tx: Transaction,
    camera: CameraId,
    from_at: datetime,
    until_at: datetime,
    reason: str,
    *,
    by: Actor,
    incident: IncidentId | None = None,
) -> Lock:
    """Lock footage against deletion: of one camera, or of all where `camera` is empty. The reason is required."""
    by.demand(Right.WRITE_LOG)
    if until_at <= from_at:
        raise Refused(zh="锁定的结束时间要晚于开始时间。", en="The locked time must end after it begins.")
    if not typed(reason, 500):
        raise Refused(zh="请写明锁定原因。", en="Say why the footage is locked.")
    lock = Lock(
        id=LockId(new_id()),
        camera=camera,
        from_at=from_at,
        until_at=until_at,
        reason=typed(reason, 500),
        by=by.person,
        made_at=tx.now,
        incident=incident,
    )
    return _save(tx, lock, by)


def release(tx: Transaction, lock_id: LockId, reason: str, *, by: Actor) -> Lock:
    """Release locked footage: it may be deleted when its time is over. Needs the right to export footage."""
    by.demand(Right.EXPORT_FOOTAGE)
    lock = tx.need(Lock, lock_id)
    if not lock.holds:
        raise Refused(zh="该锁定已解除。", en="This footage is released already.")
    if not typed(reason, 500):
        raise Refused(zh="请写明解除原因。", en="Say why the footage is released.")
    return _save(tx, replace(lock, released_at=tx.now, released_by=by.person, release_reason=typed(reason, 500)), by)


def _save(tx: Transaction, lock: Lock, by: Actor) -> Lock:
    saved = replace(lock, rev=lock.rev + 1)
    tx.put(saved)
    tx.record(LockChanged(at=tx.now, by=by.person, seat=by.seat, lock=saved))
    return saved


def mark(tx: Transaction, camera: CameraId, at: datetime, text: str, *, by: Actor) -> Bookmark:
    """Mark a moment of a camera's recording."""
    by.demand(Right.WATCH)
    made = Bookmark(id=BookmarkId(new_id()), camera=camera, at=at, text=typed(text, 200), by=by.person, made_at=tx.now)
    tx.put(made)
    tx.record(BookmarkMade(at=tx.now, by=by.person, seat=by.seat, bookmark=made))
    return made


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
