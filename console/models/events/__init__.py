"""Events: what happened, past tense, carrying the whole new value.

Every event is a line of the journal and can be rebuilt from it. Handling one is "upsert by id"; `REBUILDS` says which
values the journal alone can bring back.
"""

from typing import Any

from console.models.errors import ConsoleError
from console.models.events.alarms import (
    AlarmChanged,
    AlarmRaised,
    AlarmsShown,
    CanaryChanged,
    ContactTold,
    DispatchChanged,
    IncidentChanged,
    IncidentOpened,
    PlanRunChanged,
    PlanRunStarted,
    QuarantineChanged,
    SignalReceived,
    SourceChanged,
    SuppressionChanged,
)
from console.models.events.kind import Event
from console.models.events.post import (
    UNKNOWN_LOGIN,
    CarryOverChanged,
    ConsoleStarted,
    ConsoleStopped,
    DueChanged,
    EntryWritten,
    EvidenceKept,
    FaultNoted,
    HandoverChanged,
    PersonChanged,
    PointsImported,
    PunchReceived,
    RecordSigned,
    ReportPrinted,
    RoundChanged,
    SettingChanged,
    ShiftChanged,
    SignedOff,
    SignedOn,
    SignOnRefused,
    SiteLoaded,
    ThreatChanged,
    WorkOrderChanged,
)
from console.models.events.video import (
    BookmarkMade,
    BudgetMeasured,
    CameraChanged,
    FootageDeleted,
    FootageRequestChanged,
    FootageViewed,
    LayoutChanged,
    LockChanged,
    MasksLifted,
    PtzUsed,
    RecordingChanged,
    SegmentsClosed,
    SequenceChanged,
    SigningKeyMade,
    VideoRoundChanged,
    VolumeMade,
    VolumeReplaced,
)
from console.models.plain import canonical, from_json, learn
from console.models.trust import JournalLine

__all__ = [
    "EVENTS",
    "REBUILDS",
    "UNKNOWN_LOGIN",
    "AlarmChanged",
    "AlarmRaised",
    "AlarmsShown",
    "BookmarkMade",
    "BudgetMeasured",
    "CameraChanged",
    "CanaryChanged",
    "CarryOverChanged",
    "ConsoleStarted",
    "ConsoleStopped",
    "ContactTold",
    "DispatchChanged",
    "DueChanged",
    "EntryWritten",
    "Event",
    "EvidenceKept",
    "FaultNoted",
    "FootageDeleted",
    "FootageRequestChanged",
    "FootageViewed",
    "HandoverChanged",
    "IncidentChanged",
    "IncidentOpened",
    "LayoutChanged",
    "LockChanged",
    "MasksLifted",
    "PersonChanged",
    "PlanRunChanged",
    "PlanRunStarted",
    "PointsImported",
    "PtzUsed",
    "PunchReceived",
    "QuarantineChanged",
    "RecordSigned",
    "RecordingChanged",
    "ReportPrinted",
    "RoundChanged",
    "SegmentsClosed",
    "SequenceChanged",
    "SettingChanged",
    "ShiftChanged",
    "SignOnRefused",
    "SignalReceived",
    "SignedOff",
    "SignedOn",
    "SigningKeyMade",
    "SiteLoaded",
    "SourceChanged",
    "SuppressionChanged",
    "ThreatChanged",
    "VideoRoundChanged",
    "VolumeMade",
    "VolumeReplaced",
    "WorkOrderChanged",
    "body_of",
    "event_from",
    "subject_of",
    "value_of",
]

EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}
learn(EVENTS.values())

# event -> the field that holds its value; the newest line of each id brings that value back
REBUILDS: dict[str, str] = {
    "SignalReceived": "signal",
    "AlarmRaised": "alarm",
    "AlarmChanged": "alarm",
    "IncidentOpened": "incident",
    "IncidentChanged": "incident",
    "PlanRunStarted": "run",
    "PlanRunChanged": "run",
    "DispatchChanged": "dispatch",
    "EntryWritten": "entry",
    "PersonChanged": "person",
    "SignedOn": "sign_on",
    "SignedOff": "sign_on",
    "ShiftChanged": "shift",
    "ThreatChanged": "threat",
    "DueChanged": "item",
    "CarryOverChanged": "carry_over",
    "HandoverChanged": "handover",
    "RecordSigned": "signature",
    "EvidenceKept": "evidence",
    "ReportPrinted": "report",
    "RoundChanged": "round",
    "PunchReceived": "punch",
    "WorkOrderChanged": "order",
    "SuppressionChanged": "rule",
    "LayoutChanged": "layout",
    "SequenceChanged": "sequence",
    "VideoRoundChanged": "round",
    "BudgetMeasured": "budget",
    "VolumeMade": "volume",
    "VolumeReplaced": "volume",
    "LockChanged": "lock",
    "BookmarkMade": "bookmark",
    "FootageRequestChanged": "request",
    "QuarantineChanged": "entry",
    "CanaryChanged": "canary",
}


def value_of(event: Event) -> Any:
    """The whole value an event carries, or None for events that carry only facts."""
    name = REBUILDS.get(type(event).__name__)
    return getattr(event, name) if name else None


def subject_of(event: Event) -> str:
    """The id of what the event is about (a fault's name, a login as typed); empty where it is about the post as a whole."""
    value = value_of(event)
    if value is not None:
        return str(value.id)
    if isinstance(event, CameraChanged):
        return event.state.camera
    if isinstance(event, PtzUsed | MasksLifted):
        return event.camera
    if isinstance(event, SourceChanged):
        return event.health.source
    if isinstance(event, ContactTold):
        return event.alarm
    if isinstance(event, FaultNoted):
        return event.fault
    if isinstance(event, RecordingChanged):
        return f"recording:{event.state.camera}"
    if isinstance(event, FootageDeleted | FootageViewed):
        return f"recording:{event.camera}"
    return event.login if isinstance(event, SignOnRefused) else ""


def body_of(event: Event) -> str:
    """The event as the canonical JSON that its journal line keeps."""
    return canonical(event).decode()


def event_from(line: JournalLine) -> Event:
    """The event that a journal line keeps; raises ConsoleError for a kind this version does not know."""
    kind = EVENTS.get(line.kind)
    if kind is None:
        raise ConsoleError(
            zh=f"日志第 {line.seq} 行的类型“{line.kind}”不认识，可能由更新的版本写入。",
            en=f"Journal line {line.seq} is of an unknown kind, {line.kind}; a newer version may have written it.",
        )
    return from_json(line.body, kind)
