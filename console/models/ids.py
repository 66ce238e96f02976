"""Identities: sortable, unique, and each kind its own type."""

from typing import NewType

from ulid import ULID

AlarmId = NewType("AlarmId", str)
SignalId = NewType("SignalId", str)
IncidentId = NewType("IncidentId", str)
RunId = NewType("RunId", str)
PersonId = NewType("PersonId", str)
ShiftId = NewType("ShiftId", str)
HandoverId = NewType("HandoverId", str)
DueId = NewType("DueId", str)
EvidenceId = NewType("EvidenceId", str)
DispatchId = NewType("DispatchId", str)
RoundId = NewType("RoundId", str)
EntryId = NewType("EntryId", str)
SignatureId = NewType("SignatureId", str)
WorkOrderId = NewType("WorkOrderId", str)
SuppressionId = NewType("SuppressionId", str)
VolumeId = NewType("VolumeId", str)
SegmentId = NewType("SegmentId", str)
LockId = NewType("LockId", str)
BookmarkId = NewType("BookmarkId", str)
LayoutId = NewType("LayoutId", str)
SequenceId = NewType("SequenceId", str)
VideoRoundId = NewType("VideoRoundId", str)
# Ids below are written by people in the site folder ("cam-07", "gate-east"); the rest are ULIDs.
CameraId = NewType("CameraId", str)
PlaceId = NewType("PlaceId", str)
PointId = NewType("PointId", str)
PostId = NewType("PostId", str)
CheckpointId = NewType("CheckpointId", str)
RouteId = NewType("RouteId", str)
MapId = NewType("MapId", str)
PlanId = NewType("PlanId", str)
SourceId = NewType("SourceId", str)


def new_id() -> str:
    """A new ULID: 26 characters, sortable by the millisecond it was made."""
    return str(ULID())
