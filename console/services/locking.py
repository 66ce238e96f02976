"""Footage that people keep from being deleted, and moments of it that they want to find again."""

from dataclasses import replace
from datetime import datetime

from console.models.errors import Refused
from console.models.events import BookmarkMade, LockChanged
from console.models.ids import BookmarkId, CameraId, IncidentId, LockId, new_id
from console.models.people import Actor, Right
from console.models.recording import Bookmark, Lock
from console.models.text import typed
from console.store.store import Transaction


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
