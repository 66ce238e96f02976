"""What a case keeps: the footage of its cameras is locked while it is open, and cut to its length when it is closed."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from console.models.alarms import Alarm
from console.models.events import LockChanged
from console.models.files import LockedFootage
from console.models.ids import CameraId, IncidentId
from console.models.incidents import Incident, IncidentState
from console.models.people import Actor
from console.models.recording import FINISHED, Lock, RecordMode
from console.models.settings import seconds_of
from console.services import footage, locking
from console.store.store import Reading, Transaction

UNTIL_CLOSED: Final = timedelta(days=3650)
"""A case that is open locks its footage without an end; this is longer than any case stays open."""


def cameras_of(rx: Reading, incident: Incident) -> tuple[CameraId, ...]:
    """The recorded cameras of a case: those of its alarms, each once."""
    recorded = {camera.id for camera in rx.site.cameras if camera.record.mode is not RecordMode.NONE}
    alarms = rx.find(Alarm, id=incident.alarms) if incident.alarms else ()
    return tuple(dict.fromkeys(camera for alarm in alarms for camera in alarm.cameras if camera in recorded))


def hold_case(tx: Transaction, incident: Incident, *, by: Actor) -> tuple[Lock, ...]:
    """Lock what the cameras of a case have recorded from before its first alarm on; those locked already stay so.

    A drill locks nothing. While the case is open the lock has no end; for one that is closed it ends some time after
    it was closed (settings video.hold_pre_s, video.hold_post_s).
    """
    if incident.drill:
        return ()
    locked = {lock.camera for lock in tx.find(Lock, incident=incident.id) if lock.reason == _why(incident)}
    from_at = incident.detected_at - timedelta(seconds=seconds_of(tx.settings, "video.hold_pre_s"))
    until_at = (incident.closed_at or tx.now) + UNTIL_CLOSED
    for camera in cameras_of(tx, incident):
        if camera not in locked:
            locking.hold(tx, camera, from_at, until_at, _why(incident), by=by, incident=incident.id)
    if incident.state is IncidentState.CLOSED:
        _cut(tx, incident, by)
    return tx.find(Lock, incident=incident.id)


def _why(incident: Incident) -> str:
    return f"事件 {incident.number} / incident {incident.number}"


def _cut(tx: Transaction, incident: Incident, by: Actor) -> None:
    """The case is closed: its locks end where the case does. What a person locked by hand stays as it is."""
    ends_at = (incident.closed_at or tx.now) + timedelta(seconds=seconds_of(tx.settings, "video.hold_post_s"))
    for lock in tx.find(Lock, incident=incident.id):
        if lock.holds and lock.reason == _why(incident) and lock.until_at > ends_at:
            cut = replace(lock, until_at=ends_at, rev=lock.rev + 1)
            tx.put(cut)
            tx.record(LockChanged(at=tx.now, by=by.person, seat=by.seat, lock=cut))


def locked_footage(rx: Reading, incident_id: IncidentId) -> tuple[LockedFootage, ...]:
    """What is locked for a case, each lock with the finished segments it holds, oldest first, and with what is missing."""
    return tuple(kept_of(rx, lock) for lock in rx.find(Lock, incident=incident_id) if lock.camera)


def kept_of(rx: Reading, lock: Lock) -> LockedFootage:
    """What there is of a locked stretch of one camera, as far as it is over: its finished segments, and what is missing."""
    until_at = max(lock.from_at, min(lock.until_at, rx.now))
    found = footage.segments(rx, lock.camera, lock.from_at, until_at)
    spans = footage.spans_of(found, lock.from_at, until_at, rx.now)
    return LockedFootage(
        lock=lock,
        segments=tuple(one for one in found if one.state in FINISHED),
        until_at=until_at,
        missing=footage.missing_of(spans, lock.from_at, until_at),
    )
