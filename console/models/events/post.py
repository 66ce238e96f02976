"""Events of the post: people, shifts, log, duties, patrol, papers, settings, and the console itself."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from console.models.duty import CarryOver, DueItem, Handover, Shift, Threat
from console.models.events.kind import Event
from console.models.incidents import LogEntry
from console.models.patrol import Punch, Round
from console.models.people import Person, SignOn
from console.models.text import Text
from console.models.trust import Evidence, PrintedReport, Signature
from console.models.work_orders import WorkOrder


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


UNKNOWN_LOGIN: Final = "?"
"""Begins what stands in the journal for a login that nobody has; a mark follows that tells one from another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOnRefused(Event):
    """A wrong password; `login` is ? and a mark where nobody has what was typed: it may have been a password."""

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
class RoundChanged(Event):
    """A patrol round began, reached a checkpoint, was missed or ended."""

    round: Round


@dataclass(frozen=True, slots=True, kw_only=True)
class PunchReceived(Event):
    """A patrol punched at a checkpoint."""

    punch: Punch


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
class ConsoleStarted(Event):
    """The console began (or came back after a kill)."""

    version: str
    data_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleStopped(Event):
    """The console ended in order."""
