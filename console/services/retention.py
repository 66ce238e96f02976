"""Retention: what may be deleted, in which order, and what is never deleted.

A camera's footage is kept for its days (公共安全视频图像信息系统管理条例: 30; 反恐怖主义法: 90) and then deleted, some hours'
worth at a time. When the disk runs short, the oldest goes first: what is past its days, then, with an alarm, what is not;
an hour's room is made at once, so that a full disk is not told of every minute.
Locked footage is never deleted; when only that is left, recording stops and an alarm says so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from console.models.events import FootageDeleted
from console.models.ids import CameraId, SegmentId, VolumeId
from console.models.recording import FINISHED, Lock, MotionMinute, RecordMode, Segment, SegmentState
from console.models.settings import seconds_of
from console.services import footage, volumes
from console.store.store import Reading, Transaction

SLICE: Final = timedelta(hours=4)
"""A camera's footage is deleted when so much of it is due: some lines a day in the journal instead of one a minute."""
STEP: Final = 6000
"""So many segments at most go in one run, which is one line a camera: four days of a camera after a long rest."""
ROOM_S: Final = 3600.0
"""Where a disk is short, room is made for so long at its present rate."""
IDS: Final = 500
_STATES: Final = (*FINISHED, SegmentState.DAMAGED)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be unlinked now; `early` of it was due to stay. `blocked` when there is nothing but locked footage."""

    segments: tuple[Segment, ...] = ()
    early: int = 0
    blocked: bool = False


def due(tx: Transaction) -> Chosen:
    """Choose what is past its days, mark it, and say so; called again and again, a camera's slice a time."""
    _forget_lost(tx)
    for camera in tx.site.cameras:
        days = footage.keep_days(tx, camera)
        end_at = tx.now - timedelta(days=days)
        if camera.record.mode is RecordMode.NONE and not tx.first(Segment, camera=camera.id):
            continue
        free, first_locked_at = _over(tx, camera.id, end_at)
        if not free:
            continue
        if free[0].started_at > end_at - SLICE and len(free) < STEP:
            continue
        # What moved while locked footage was recorded is searched for in it: it stays as long.
        tx.forget_before(MotionMinute, "minute_at", min(free[-1].started_at, first_locked_at), camera=camera.id)
        return _mark(tx, free, frozenset())
    return Chosen()


def _over(rx: Reading, camera: CameraId, end_at: datetime) -> tuple[tuple[Segment, ...], datetime]:
    """The oldest unlocked segments of a camera that ended before a moment, and where its oldest locked one begins.

    Where the oldest are all locked, it is looked for behind their lock: it must not hide what is free.
    """
    locks, since, first_locked_at = footage.locks(rx, camera), None, end_at
    while True:
        found = rx.find(
            Segment, order_by="started_at", limit=STEP, since=since, before=("started_at", end_at), camera=camera,
            state=_STATES,
        )  # fmt: skip
        locked = [one for one in found if _is_locked(one, locks)]
        first_locked_at = min([first_locked_at, *(one.started_at for one in locked[:1])])
        free = tuple(
            one for one in found if not _is_locked(one, locks) and (one.ended_at or one.started_at) <= end_at
        )
        if free or len(found) < STEP:
            return free, first_locked_at
        since = ("started_at", max((lock.until_at for lock in locks if lock.covers(found[-1])), default=end_at))


def _forget_lost(tx: Transaction) -> None:
    """What lay on a disk that was replaced is gone since then, and was told as gone: past its days its rows go, too."""
    lost = tuple(volumes.replaced(tx))
    if not lost:
        return
    longest = max((footage.keep_days(tx, camera) for camera in tx.site.cameras), default=0.0)
    tx.forget_before(Segment, "started_at", tx.now - timedelta(days=longest), volume=lost)


def make_room(tx: Transaction, volume: VolumeId, needed_bytes: int, spare_bytes: int = 0) -> Chosen:
    """The disk is short: choose the oldest unlocked segments on it until so much is freed, past their days or not.

    Room for an hour's writing is made beside what is needed, at most `spare_bytes` of it.
    """
    needed_bytes += min(spare_bytes, int(rate_bytes_s(tx, volume) * ROOM_S))
    found = tx.find(Segment, order_by="started_at", limit=STEP, volume=volume, state=_STATES)
    free = _unlocked(tx, found)
    if not free:
        free = _first_unlocked(tx, volume)
    if not free:
        return Chosen(blocked=True)
    days = {camera.id: footage.keep_days(tx, camera) for camera in tx.site.cameras}
    young = frozenset(one.id for one in free if not _is_overdue(one, days, tx.now))
    chosen, freed = [], 0
    for one in sorted(free, key=lambda one: one.id in young):
        chosen.append(one)
        freed += one.size_bytes
        if freed >= needed_bytes:
            break
    early = young & {one.id for one in chosen}
    return _mark(tx, tuple(chosen), early)


def _first_unlocked(tx: Transaction, volume: VolumeId) -> tuple[Segment, ...]:
    """The oldest that are not locked, where many locked ones are older."""
    locks = footage.locks(tx)
    for one in tx.each(Segment, volume=volume, state=_STATES):
        if not _is_locked(one, locks):
            return (one,)
    return ()


def _is_overdue(segment: Segment, days: dict[CameraId, float], now: datetime) -> bool:
    kept = days.get(segment.camera)
    return kept is not None and (segment.ended_at or segment.started_at) <= now - timedelta(days=kept)


def _unlocked(rx: Reading, found: tuple[Segment, ...]) -> tuple[Segment, ...]:
    locks = footage.locks(rx)
    return tuple(one for one in found if not _is_locked(one, locks))


def _is_locked(segment: Segment, locks: tuple[Lock, ...]) -> bool:
    return any(lock.covers(segment) for lock in locks)


def _mark(tx: Transaction, segments: tuple[Segment, ...], early: frozenset[SegmentId]) -> Chosen:
    """The row says that the file goes before the file goes; what goes is on record, a line a camera."""
    ids = tuple(one.id for one in segments)
    for at in range(0, len(ids), IDS):
        tx.change(Segment, {"state": SegmentState.DELETING.value}, id=ids[at : at + IDS])
    for camera in sorted({one.camera for one in segments}):
        own = [one for one in segments if one.camera == camera]
        tx.record(
            FootageDeleted(
                at=tx.now,
                camera=camera,
                from_at=min(one.started_at for one in own),
                until_at=max(one.ended_at or one.started_at for one in own),
                segments=len(own),
                size_bytes=sum(one.size_bytes for one in own),
                early=sum(one.id in early for one in own),
            )
        )
    return Chosen(segments, len(early))


def headroom_h(rx: Reading, volume: VolumeId, free: float) -> float | None:
    """In how many hours the disk is full at the bit rate of the last hour; None while nothing is written."""
    rate = rate_bytes_s(rx, volume)
    spare = max(0.0, free - seconds_of(rx.settings, "video.volume_free_gb") * 1e9)
    return spare / rate / 3600 if rate else None


def rate_bytes_s(rx: Reading, volume: VolumeId) -> float:
    """What is written to a disk a second, over the last hour; 0 while nothing is."""
    rows = rx.find(Segment, since=("started_at", rx.now - timedelta(hours=1)), volume=volume, state=FINISHED)
    if not rows:
        return 0.0
    until = max(one.ended_at or one.started_at for one in rows)
    # What is being written has no size yet: with it the rate would fall by the second and jump with every segment.
    if rx.now - until > timedelta(seconds=2 * seconds_of(rx.settings, "video.segment_s")):
        until = rx.now
    seconds = (until - min(one.started_at for one in rows)).total_seconds()
    return sum(one.size_bytes for one in rows) / max(seconds, 1.0)


def gone(tx: Transaction, segments: tuple[SegmentId, ...]) -> None:
    """The files are unlinked and the folders forced to disk: the rows may go."""
    for at in range(0, len(segments), IDS):
        tx.forget(Segment, id=segments[at : at + IDS])
