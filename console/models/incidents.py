"""Incidents: the case that one or more alarms open, and how it may end."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.models.alarms import AlarmClass, Priority
from console.models.ids import AlarmId, DispatchId, EntryId, IncidentId, PersonId, PlaceId, PostId, RunId, ShiftId
from console.models.text import Text


class Verdict(StrEnum):
    """How an incident ended; the false ones name their cause (GB 25201-2010 asks for the cause of a false alarm)."""

    REAL_FIRE = "real_fire"
    REAL_INTRUSION = "real_intrusion"
    REAL_OTHER = "real_other"
    FALSE_EQUIPMENT = "false_equipment"
    FALSE_ENVIRONMENT = "false_environment"
    FALSE_HUMAN = "false_human"
    NUISANCE_ANALYTICS = "nuisance_analytics"
    AUTHORISED_WORK = "authorised_work"
    DUPLICATE = "duplicate"
    DRILL = "drill"
    UNKNOWN = "unknown"


FALSE_VERDICTS = frozenset(
    {Verdict.FALSE_EQUIPMENT, Verdict.FALSE_ENVIRONMENT, Verdict.FALSE_HUMAN, Verdict.NUISANCE_ANALYTICS}
)


class IncidentState(StrEnum):
    """An incident is open or closed; a closed one is never opened again, a new one links to it."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A case. `number` is gapless per site and year ("2026-0042"); `cause` is required for false verdicts."""

    id: IncidentId
    number: str
    title: Text
    alarm_class: AlarmClass
    priority: Priority
    state: IncidentState = IncidentState.OPEN
    alarms: tuple[AlarmId, ...] = ()
    runs: tuple[RunId, ...] = ()
    place: PlaceId | None = None
    place_name: Text = Text()
    shift: ShiftId | None = None
    detected_at: datetime
    opened_at: datetime
    opened_by: PersonId
    closed_at: datetime | None = None
    closed_by: PersonId | None = None
    verdict: Verdict | None = None
    cause: str = ""
    summary: str = ""
    drill: bool = False
    rev: int = 0


class DispatchState(StrEnum):
    """The six times of a dispatch; each gives a response figure of the report."""

    SENT = "sent"
    ACCEPTED = "accepted"
    UNDER_WAY = "under_way"
    ARRIVED = "arrived"
    CONTROLLED = "controlled"
    RETURNED = "returned"


DISPATCH_ORDER = tuple(DispatchState)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A post sent to an incident; `times` holds when each state was reached, in order."""

    id: DispatchId
    incident: IncidentId
    post: PostId
    post_name: Text
    state: DispatchState = DispatchState.SENT
    times: tuple[tuple[DispatchState, datetime], ...] = ()
    by: PersonId
    note: str = ""
    rev: int = 0


class EntryKind(StrEnum):
    """Where a line of the duty log comes from."""

    NOTE = "note"
    CALL = "call"
    RADIO = "radio"
    INSTRUCTION = "instruction"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """A line somebody wrote in the duty log. `happened_at` earlier than `written_at` makes it a late entry (补记).

    Nothing is edited: a correction is a new line that names the one it `corrects`.
    """

    id: EntryId
    kind: EntryKind
    text: str
    happened_at: datetime
    written_at: datetime
    by: PersonId
    shift: ShiftId | None = None
    incident: IncidentId | None = None
    corrects: EntryId | None = None
