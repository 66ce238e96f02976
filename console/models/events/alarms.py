"""Events of alarms and cases: from the signal over the wire to the dispatch, and the inputs they come by."""

from dataclasses import dataclass

from console.models.alarms import Action, Alarm
from console.models.events.kind import Event
from console.models.ids import AlarmId
from console.models.incidents import Dispatch, Incident
from console.models.inputs import Canary, Quarantined
from console.models.plans import PlanRun
from console.models.signals import Signal, SourceHealth
from console.models.suppression import Suppression
from console.models.telling import Telling
from console.models.text import Text


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
class ContactTold(Event):
    """A contact of an alarm was told, not reached, or need not be told; `title` is the alarm's."""

    alarm: AlarmId
    title: Text
    telling: Telling


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
