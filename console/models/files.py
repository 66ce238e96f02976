"""Files: everything that belongs to one incident or one handover, gathered to be read or printed.

A file is plain data. It is gathered from the store by a query, travels to another process as canonical JSON, and is all
that a printed form is made of, so that the same file always gives the same paper.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from console.models.alarms import Alarm
from console.models.duty import CarryOver, DueItem, Handover, Shift
from console.models.figures import AlarmFigures
from console.models.footage import FootageRequest
from console.models.ids import IncidentId
from console.models.incidents import Dispatch, Incident, LogEntry
from console.models.patrol import Round
from console.models.pictures import CameraState
from console.models.plain import digest
from console.models.plans import PlanRun
from console.models.playback import Viewing
from console.models.recording import HeldState, Lock, Segment, Span
from console.models.signals import Signal, SourceHealth
from console.models.telling import ToTell
from console.models.text import Text
from console.models.trust import Evidence, Signature
from console.models.wall import VideoRound
from console.models.work_orders import WorkOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What stands on every page of every form: whose paper it is, who printed it, and where the journal stood.

    `timezone` is the site's IANA zone; every time on the paper is shown in it. `journal_seq` and `journal_head` are the
    number and the hash of the newest journal line at `made_at`: a binder of paper is the anchor of the journal.
    """

    site: Text
    address: Text = Text()
    timezone: str = "Asia/Shanghai"
    printed_by: str
    made_at: datetime
    journal_seq: int
    journal_head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What ids are called on the screen and on paper; an id without a name is shown as it is.

    `people` by person id; `places` holds everything of the site folder that a record may name: cameras, points, posts,
    checkpoints, routes and sources, by their ids, which are unique in a site folder.
    """

    people: dict[str, str] = field(default_factory=dict)
    places: dict[str, Text] = field(default_factory=dict)

    def person(self, person_id: str | None) -> str:
        """The name of a person; empty for nobody."""
        return self.people.get(person_id, person_id) if person_id else ""

    def place(self, place_id: str | None) -> Text:
        """The name of a camera, point, post, checkpoint, route or source; empty for none."""
        return self.places.get(place_id, Text(place_id, place_id)) if place_id else Text()


class Teller(StrEnum):
    """Who says a line of the timeline: a detector, the console by itself, or a person."""

    SIGNAL = "signal"
    MACHINE = "machine"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineLine:
    """One line of a timeline. `offset_s` counts from the moment that the timeline takes as zero.

    `at` is when it happened and `written_at` when it was written; `late` marks a line written afterwards (补记).
    `who` is the person's name, or the source's; empty where the console speaks for itself.
    """

    at: datetime
    written_at: datetime
    teller: Teller
    who: Text = Text()
    text: Text
    offset_s: float = 0.0
    late: bool = False
    subject: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentTimes:
    """The times on the first page of an incident report; None where it did not come to that.

    happened: the detector's own time or the earliest account of it; detected: the first signal was on disk; reported: a
    person took notice; sent, arrived, controlled: the first post; informed: the first call outwards; closed.
    """

    happened_at: datetime | None = None
    detected_at: datetime | None = None
    reported_at: datetime | None = None
    sent_at: datetime | None = None
    informed_at: datetime | None = None
    arrived_at: datetime | None = None
    controlled_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseLimits:
    """The three limits an incident is measured by, in seconds from its detection.

    1-3-5: inform within 1, arrive within 3, handle within 5 minutes (反恐安全防范工作制度); settings police.*_s.
    """

    inform_s: float = 60.0
    arrive_s: float = 180.0
    handle_s: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """A piece of evidence and the absolute path of its file on this machine; empty where it is not here."""

    evidence: Evidence
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedFootage:
    """Footage that is kept from being deleted: the lock, and the finished segments it holds, oldest first, with their hashes.

    `until_at` is until when one can say what there is: the end of the lock, or now where that is still to come.
    `missing` are the stretches until then of which nothing was recorded.
    """

    lock: Lock
    segments: tuple[Segment, ...] = ()
    until_at: datetime
    missing: tuple[Span, ...] = ()

    @property
    def missing_s(self) -> float:
        """How much of it is not there, in seconds."""
        return sum(span.length_s for span in self.missing)

    @property
    def state(self) -> HeldState:
        """Whether all of it was recorded."""
        if not self.missing:
            return HeldState.RECORDED
        whole = Span(self.lock.from_at, self.until_at)
        return HeldState.NOTHING if self.missing == (whole,) else HeldState.PARTLY


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFile:
    """Everything of one incident, in the order it happened.

    `lines` is the timeline told by console.models.narrative from the journal lines of the incident and of what belongs
    to it; `times` comes from the same lines. `place` is the full path of the place in both languages. `map_png` is a
    picture of the map around the place. `distribution` names who gets a copy. `told` are the contacts that are to be told.
    `requests` are those for footage that name it, oldest first; they go on after it was closed, and are bound by their own
    digests, not by that of the record.
    """

    letterhead: Letterhead
    incident: Incident
    alarms: tuple[Alarm, ...] = ()
    signals: tuple[Signal, ...] = ()
    runs: tuple[PlanRun, ...] = ()
    dispatches: tuple[Dispatch, ...] = ()
    entries: tuple[LogEntry, ...] = ()
    evidence: tuple[EvidenceFile, ...] = ()
    locked: tuple[LockedFootage, ...] = ()
    requests: tuple[FootageRequest, ...] = ()
    signatures: tuple[Signature, ...] = ()
    lines: tuple[TimelineLine, ...] = ()
    times: IncidentTimes = IncidentTimes()
    limits: ResponseLimits = ResponseLimits()
    names: Names = field(default_factory=Names)
    place: Text = Text()
    map_png: bytes | None = None
    map_name: Text = Text()
    distribution: tuple[Text, ...] = ()
    told: tuple[ToTell, ...] = ()

    @property
    def record_digest(self) -> str:
        """SHA-256 of the record itself, without who printed it and when: the same record always gives the same code."""
        # Only where there is any: what was signed before there were contacts to tell keeps its digest.
        told = tuple(telling for one in self.told for telling in one.tellings)
        return digest(
            {
                **({"told": told} if told else {}),
                "incident": self.incident,
                "alarms": self.alarms,
                "signals": self.signals,
                "runs": self.runs,
                "dispatches": self.dispatches,
                "entries": self.entries,
                "evidence": tuple(kept.evidence for kept in self.evidence),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverFile:
    """Everything of one handover, as it stood when it was frozen (T0), and what came after.

    `record_digest` is the SHA-256 that the signatures are bound to. `carry_overs`, `bypasses` (alarms shelved,
    suppressed or out of service), `cameras` (those not live), `sources` (those not heard) and `due` stand as at T0;
    a machine-filled line of the handover whose `ref` is the id of one of them is printed as that row of its table, any
    other line in its own words, so that whatever was signed is on the paper. `after` is what happened after T0.
    `signing_key` is the fingerprint of the key that packages of footage are signed with, empty before its first use.
    """

    letterhead: Letterhead
    handover: Handover
    shift: Shift
    next_shift: Shift | None = None
    record_digest: str
    signatures: tuple[Signature, ...] = ()
    carry_overs: tuple[CarryOver, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    incidents: tuple[Incident, ...] = ()
    bypasses: tuple[Alarm, ...] = ()
    cameras: tuple[CameraState, ...] = ()
    cameras_total: int = 0
    sources: tuple[SourceHealth, ...] = ()
    sources_total: int = 0
    due: tuple[DueItem, ...] = ()
    rounds: tuple[Round, ...] = ()
    after: tuple[TimelineLine, ...] = ()
    names: Names = field(default_factory=Names)
    signing_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedFile:
    """A form that lies on the disk: its absolute path, the SHA-256 of its bytes, and how many pages it has."""

    path: str
    sha256: str
    short_code: str
    pages: int
    size_bytes: int


# What a shift counts, in the order of the form; keys of Handover.figures. One that is not listed is printed by its key.
FIGURES: dict[str, Text] = {
    "alarms": Text("报警", "Alarms"),
    "alarms_real": Text("真实报警", "Real alarms"),
    "alarms_false": Text("误报", "False alarms"),
    "alarms_open": Text("未结报警", "Alarms open"),
    "incidents": Text("事件", "Incidents"),
    "incidents_open": Text("未结事件", "Incidents open"),
    "rounds": Text("巡逻轮次", "Patrol rounds"),
    "rounds_complete": Text("完成轮次", "Rounds complete"),
    "stops": Text("应到巡更点", "Checkpoints due"),
    "stops_reached": Text("实到巡更点", "Checkpoints reached"),
    "dispatches": Text("派警", "Dispatches"),
    "entries": Text("日志条数", "Log entries"),
    "acknowledge_median_s": Text("确认用时中位数（秒）", "Median time to acknowledge (s)"),
    "due_overdue": Text("逾期事项", "Overdue items"),
}

# Sections of Handover.lines, in the order of the form; a section that is not listed comes last under its own key.
SECTIONS: dict[str, Text] = {
    "people": Text("在岗人员", "People present"),
    "alarms": Text("未结报警", "Open alarms"),
    "incidents": Text("未结事件", "Open incidents"),
    "bypass": Text("屏蔽、搁置与停用", "Bypassed, shelved, out of service"),
    "equipment": Text("设备状态", "State of equipment"),
    "patrol": Text("巡逻", "Patrol"),
    "due": Text("到点事项", "Due items"),
    "carry": Text("移交事项", "Carry-overs"),
    "log": Text("重要日志", "Log entries of note"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrdersFile:
    """The work orders that stood open at any time of a month ("2026-11"), oldest first."""

    letterhead: Letterhead
    month: str
    orders: tuple[WorkOrder, ...] = ()
    names: Names = field(default_factory=Names)

    @property
    def record_digest(self) -> str:
        """SHA-256 of the month's orders, without who printed them and when."""
        return digest({"month": self.month, "orders": self.orders})


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmFiguresFile:
    """The alarm figures of a period, with the targets that were in force when they were reckoned, by setting."""

    letterhead: Letterhead
    figures: AlarmFigures
    targets: dict[str, float] = field(default_factory=dict)

    @property
    def record_digest(self) -> str:
        """SHA-256 of the figures, without who printed them and when."""
        return digest({"figures": self.figures, "targets": self.targets})


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRoundFile:
    """One video round. `numbers` gives the number of each camera of the site by its id."""

    letterhead: Letterhead
    round: VideoRound
    numbers: dict[str, int] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    @property
    def record_digest(self) -> str:
        """SHA-256 of the round, without who printed it and when."""
        return digest(self.round)


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageRequestFile:
    """One request for footage. `fingerprint` is that of the key that packages are signed with, empty before its first use.

    `incident` is the number of the case that it is asked for, empty where it is for none.
    """

    letterhead: Letterhead
    request: FootageRequest
    incident: str = ""
    fingerprint: str = ""
    numbers: dict[str, int] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    @property
    def record_digest(self) -> str:
        """SHA-256 of the request, without who printed it and when."""
        return digest(self.request)


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageRegisterFile:
    """The requests for footage that were put on record in a month ("2026-11"), and who looked at recordings in it, oldest first.

    `cases` are the numbers of the cases that requests name, by their ids.
    """

    letterhead: Letterhead
    month: str
    requests: tuple[FootageRequest, ...] = ()
    viewings: tuple[Viewing, ...] = ()
    cases: dict[IncidentId, str] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    @property
    def record_digest(self) -> str:
        """SHA-256 of the month's requests and of what was looked at, without who printed them and when."""
        return digest({"month": self.month, "requests": self.requests, "viewings": self.viewings})
