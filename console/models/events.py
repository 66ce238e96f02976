"""Events: what happened, past tense, carrying the whole new value.

Every event is a line of the journal and can be rebuilt from it. Handling one is "upsert by id"; `REBUILDS` says which
values the journal alone can bring back.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from console.models.alarms import Action, Alarm
from console.models.duty import CarryOver, DueItem, Handover, Shift, Threat
from console.models.errors import ConsoleError
from console.models.footage import FootageRequest
from console.models.ids import AlarmId, CameraId
from console.models.incidents import Dispatch, Incident, LogEntry
from console.models.inputs import Canary, Quarantined
from console.models.patrol import Punch, Round
from console.models.people import Person, SignOn
from console.models.pictures import CameraState
from console.models.plain import canonical, from_json
from console.models.plans import PlanRun
from console.models.recording import Bookmark, Hashed, Lock, RecorderState, Volume
from console.models.signals import Signal, SourceHealth
from console.models.suppression import Suppression
from console.models.text import Text
from console.models.trust import Evidence, JournalLine, PrintedReport, Signature
from console.models.wall import CameraSequence, SavedLayout, VideoBudget, VideoRound
from console.models.work_orders import WorkOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events carry: when it happened, who caused it (a person's id, or "system"), from which seat."""

    at: datetime
    by: str = "system"
    seat: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalReceived(Event):
    """A signal is on disk; its sender may be answered."""

    signal: Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised(Event):
    """A new alarm stands in the queue."""

    alarm: Alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmChanged(Event):
    """Something happened to an alarm."""

    alarm: Alarm
    action: Action | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmsShown(Event):
    """The rows of these alarms were painted for the first time, at this seat; `late` of them later than they should."""

    alarms: tuple[AlarmId, ...]
    late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionChanged(Event):
    """A rule that hides alarms was made, or ended."""

    rule: Suppression


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentOpened(Event):
    """A case was opened."""

    incident: Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentChanged(Event):
    """A case was changed; closed when its state says so."""

    incident: Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRunStarted(Event):
    """A plan is being followed."""

    run: PlanRun


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRunChanged(Event):
    """A step began, ended or was skipped; `step` is the step it is about, `change` one of answered, skipped, late, ended."""

    run: PlanRun
    step: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchChanged(Event):
    """A post was sent, or reached the next of the six times."""

    dispatch: Dispatch


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWritten(Event):
    """A line of the duty log."""

    entry: LogEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged(Event):
    """A person was entered or changed; never carries a password or its hash."""

    person: Person
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOn(Event):
    """Somebody took a seat."""

    sign_on: SignOn


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOff(Event):
    """Somebody left a seat."""

    sign_on: SignOn


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOnRefused(Event):
    """A wrong password or an unknown login; `login` as typed, bounded to 64 characters."""

    login: str
    failures: int
    wait_until_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftChanged(Event):
    """A shift began, changed its crew or was handed over."""

    shift: Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatChanged(Event):
    """The threat level was set."""

    threat: Threat


@dataclass(frozen=True, slots=True, kw_only=True)
class DueChanged(Event):
    """A due item was made, came due, went overdue or was done."""

    item: DueItem


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOverChanged(Event):
    """A carry-over was opened, handed on or closed."""

    carry_over: CarryOver


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverChanged(Event):
    """A handover moved along its states."""

    handover: Handover


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSigned(Event):
    """Somebody signed a record."""

    signature: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceKept(Event):
    """A file became evidence."""

    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPrinted(Event):
    """A form was made."""

    report: PrintedReport


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderChanged(Event):
    """A work order was opened, reported for repair, came to its end or was closed."""

    order: WorkOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutChanged(Event):
    """A layout of the wall was given a name, saved anew under it, or removed."""

    layout: SavedLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceChanged(Event):
    """A sequence of cameras was made, changed or removed."""

    sequence: CameraSequence


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRoundChanged(Event):
    """A video round began, a camera was checked off, or the round ended."""

    round: VideoRound


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetMeasured(Event):
    """What pictures cost the machine of a seat was measured."""

    budget: VideoBudget


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundChanged(Event):
    """A patrol round began, reached a checkpoint, was missed or ended."""

    round: Round


@dataclass(frozen=True, slots=True, kw_only=True)
class PunchReceived(Event):
    """A patrol punched at a checkpoint."""

    punch: Punch


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraChanged(Event):
    """A camera went live, stale or offline."""

    state: CameraState


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChanged(Event):
    """A source is heard again, or not."""

    health: SourceHealth


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineChanged(Event):
    """Somebody unknown spoke to a source, for the first time or again, or a person settled it."""

    entry: Quarantined


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryChanged(Event):
    """A canary came in, was shown, or is missing."""

    canary: Canary


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultNoted(Event):
    """Something of the console itself is wrong, or right again; `fault` names it ("disk", "sound", "bug", ...)."""

    fault: str
    active: bool
    sentence: Text
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLoaded(Event):
    """The site folder was read; `digest` of its canonical JSON, `counts` of what it holds."""

    site: str
    digest: str
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsImported(Event):
    """A table of points was taken into the site folder: `digest` of what was written, `counts` of what it changed."""

    file: str
    digest: str
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChanged(Event):
    """A number of the trade was changed; old and new value, and why."""

    key: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PtzUsed(Event):
    """Somebody turned a camera: moved (for `lasted_s` in all), went to a `preset`, kept one, or forgot one."""

    camera: CameraId
    action: str
    preset: str = ""
    lasted_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleStarted(Event):
    """The console began (or came back after a kill)."""

    version: str
    data_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleStopped(Event):
    """The console ended in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeMade(Event):
    """A folder was set up to take recordings, and marked with an identity of its own."""

    volume: Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingChanged(Event):
    """A camera is being recorded from now on, or is not."""

    state: RecorderState


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentsClosed(Event):
    """Recordings of some seconds were finished; each file with its hash."""

    segments: tuple[Hashed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageDeleted(Event):
    """What was deleted of a camera in a day, as a sum: `until_at` is the end of the newest, `early` how much was due to stay."""

    camera: CameraId
    from_at: datetime
    until_at: datetime
    segments: int
    size_bytes: int
    early: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LockChanged(Event):
    """Footage was locked against deletion, or released."""

    lock: Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class BookmarkMade(Event):
    """A moment of a recording was marked."""

    bookmark: Bookmark


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageViewed(Event):
    """Somebody looked at recordings of a camera that are older than instant replay reaches.

    The first line of a stretch is written when it is opened (`until_at` equals `from_at`, `ended` is false), the last
    when it is left and says all that was looked at. `request` is the number of a request for footage, where there is one.
    """

    camera: CameraId
    from_at: datetime
    until_at: datetime
    ended: bool = False
    reason: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageRequestChanged(Event):
    """Footage was asked for, the request was decided, a package was begun, made or handed over."""

    request: FootageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeyMade(Event):
    """The post made itself a key that packages of footage are signed with; only its public half is told."""

    fingerprint: str
    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MasksLifted(Event):
    """Privacy masks of a camera were lifted for somebody until `until_at`; None says that they were put back before."""

    camera: CameraId
    until_at: datetime | None
    reason: str = ""


EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}

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
