"""Work orders (工单): what is broken, since when, who repairs it, and how it ended.

The fields are those of 《建筑消防设施故障维修记录表》 (GB 25201-2010) and of the work order that the console opens by
itself when a device fails (反恐安全防范工作制度).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.models.ids import AlarmId, IncidentId, PlaceId, WorkOrderId
from console.models.text import Text


class WorkOrderKind(StrEnum):
    """Why a work order was opened."""

    CAMERA = "camera"
    RECORDING = "recording"
    SOURCE = "source"
    FALSE_ALARMS = "false_alarms"
    BY_HAND = "by_hand"


class WorkOrderState(StrEnum):
    """Open until somebody reported it for repair; over when the fault is gone; closed when a person accepted it."""

    OPEN = "open"
    REPORTED = "reported"
    OVER = "over"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """One fault of one thing. While an order of a `subject` is not closed, no second one is opened for it.

    `subject` names what is broken ("camera:cam-07/frozen", "point:dc09:AAAA/12"); `fault` is what is wrong, in the
    words of the site; `opened_by` is a person's id or "system"; `over_at` is when the fault ended by itself or after
    the repair, which with `opened_at` gives how long it lasted; `remedy` is what was done.
    """

    id: WorkOrderId
    number: str
    kind: WorkOrderKind
    subject: str
    title: Text
    place: PlaceId | None = None
    place_name: Text = Text()
    state: WorkOrderState = WorkOrderState.OPEN
    fault: str = ""
    opened_at: datetime
    opened_by: str = "system"
    due_at: datetime | None = None
    assigned_to: str = ""
    reported_at: datetime | None = None
    alarm: AlarmId | None = None
    incident: IncidentId | None = None
    over_at: datetime | None = None
    remedy: str = ""
    closed_at: datetime | None = None
    closed_by: str | None = None
    rev: int = 0
