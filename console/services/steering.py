"""Turning cameras goes on record: each position asked for or changed, and every while of moving in one line."""

from console.models.events import PtzUsed
from console.models.ids import CameraId
from console.models.people import Actor, Right
from console.store.store import Transaction

MOVED = "moved"
WENT = "went"
KEPT = "kept"
FORGOT = "forgot"


def moved(tx: Transaction, camera: CameraId, lasted_s: float, *, by: Actor) -> None:
    """Somebody turned a camera, with pauses, for `lasted_s` in all."""
    by.demand(Right.HANDLE_ALARMS)
    tx.record(PtzUsed(at=tx.now, by=by.person, seat=by.seat, camera=camera, action=MOVED, lasted_s=round(lasted_s, 1)))


def went(tx: Transaction, camera: CameraId, preset: str, *, by: Actor) -> None:
    """Somebody sent a camera to a position it remembers."""
    by.demand(Right.HANDLE_ALARMS)
    tx.record(PtzUsed(at=tx.now, by=by.person, seat=by.seat, camera=camera, action=WENT, preset=preset))


def kept(tx: Transaction, camera: CameraId, preset: str, *, by: Actor) -> None:
    """Somebody had a camera remember where it looks."""
    by.demand(Right.CHANGE_SETTINGS)
    tx.record(PtzUsed(at=tx.now, by=by.person, seat=by.seat, camera=camera, action=KEPT, preset=preset))


def forgot(tx: Transaction, camera: CameraId, preset: str, *, by: Actor) -> None:
    """Somebody had a camera forget a position."""
    by.demand(Right.CHANGE_SETTINGS)
    tx.record(PtzUsed(at=tx.now, by=by.person, seat=by.seat, camera=camera, action=FORGOT, preset=preset))
