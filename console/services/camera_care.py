"""What a technician and a leader want to know of every camera: what is kept of it, and when it last failed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.models.camera_health import FAULT_POINT
from console.models.events import FootageDeleted, event_from
from console.models.ids import CameraId
from console.models.recording import FINISHED, Holding, RecordMode, Segment
from console.models.settings import BY_KEY
from console.models.text import Text
from console.models.work_orders import WorkOrder, WorkOrderKind
from console.services import footage
from console.store.store import Reading

RECORDING: Final = "recording:camera/"
LAST_DELETED: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraRecord:
    """What is on record of a camera: `holding` where it is to be recorded, `rule` where its days come from, and the
    newest work order about it.

    `told_off_s` is how far its clock was ahead in seconds by what it told while its last finished segment was recorded,
    which ended at `told_at`; None where it told nothing. Nobody measured that: see `recording.tells_time`.
    """

    camera: CameraId
    holding: Holding | None = None
    rule: Text | str = ""
    last_fault: WorkOrder | None = None
    told_off_s: float | None = None
    told_at: datetime | None = None


def overview(rx: Reading) -> tuple[CameraRecord, ...]:
    """Every camera of the site; asked beside the desk."""
    newest: dict[CameraId, WorkOrder] = {}
    for kind in (WorkOrderKind.CAMERA, WorkOrderKind.RECORDING):
        for order in rx.find(WorkOrder, kind=kind.value):
            camera = _camera_of(order.subject)
            if camera is not None and (camera not in newest or newest[camera].opened_at < order.opened_at):
                newest[camera] = order
    found = []
    for one in rx.site.cameras:
        kept = one.record.mode is not RecordMode.NONE
        source = "" if one.record.days else BY_KEY["video.keep_days"].source
        last = _last_segment(rx, one.id) if kept else None
        found.append(
            CameraRecord(
                camera=one.id,
                holding=footage.days_held(rx, one) if kept else None,
                rule=source,
                last_fault=newest.get(one.id),
                told_off_s=last.clock_offset_s if last is not None else None,
                told_at=last.ended_at if last is not None else None,
            )
        )
    return tuple(found)


def _last_segment(rx: Reading, camera: CameraId) -> Segment | None:
    found = rx.find(Segment, order_by="started_at", newest_first=True, limit=1, camera=camera, state=FINISHED)
    return found[0] if found else None


def deleted_last(rx: Reading) -> tuple[FootageDeleted, ...]:
    """What retention deleted last, newest first."""
    events = [event_from(line) for line in rx.journal(kinds=("FootageDeleted",), newest_first=True, limit=LAST_DELETED)]
    return tuple(event for event in events if isinstance(event, FootageDeleted))


def _camera_of(subject: str) -> CameraId | None:
    if subject.startswith(RECORDING):
        return CameraId(subject.removeprefix(RECORDING))
    if subject.startswith(FAULT_POINT):
        return CameraId(subject.removeprefix(FAULT_POINT).rpartition("/")[0])
    return None
