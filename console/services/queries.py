"""Queries: what the screens and forms read. Plain functions `what(rx, ...)`; they change nothing."""

from datetime import datetime
from pathlib import Path

from console.models.alarms import Alarm, queue_order
from console.models.duty import (
    CarryOver,
    CarryState,
    DueItem,
    DueState,
    Handover,
    HandoverState,
    Shift,
    ShiftState,
    Threat,
)
from console.models.events import CameraChanged, Event, SourceChanged, event_from
from console.models.files import EvidenceFile, IncidentFile, Letterhead, Names, ResponseLimits
from console.models.footage import FootageRequest
from console.models.ids import AlarmId, IncidentId
from console.models.incidents import Dispatch, DispatchState, Incident, IncidentState, LogEntry
from console.models.narrative import timeline, times_of
from console.models.patrol import Round, RoundState
from console.models.people import Person, SignOn
from console.models.pictures import CameraState
from console.models.plans import PlanRun, RunState
from console.models.settings import seconds_of
from console.models.signals import Signal, SourceHealth
from console.models.site import Site, place_path
from console.models.text import Text
from console.models.trust import Evidence, JournalLine, Signature
from console.services import contacts, holding
from console.store.store import Reading


def live_alarms(rx: Reading) -> tuple[Alarm, ...]:
    """Every alarm that has not gone to history, in the order of the queue."""
    return tuple(sorted(rx.find(Alarm, closed_at=None), key=queue_order))


def open_incidents(rx: Reading) -> tuple[Incident, ...]:
    """The open cases, oldest first."""
    return rx.find(Incident, state=IncidentState.OPEN.value)


def active_runs(rx: Reading) -> tuple[PlanRun, ...]:
    """The plans being followed, oldest first; where each stands is its `place`."""
    return rx.find(PlanRun, state=RunState.ACTIVE.value)


def open_dispatches(rx: Reading) -> tuple[Dispatch, ...]:
    """The posts that are out."""
    states = tuple(state.value for state in DispatchState if state is not DispatchState.RETURNED)
    return rx.find(Dispatch, state=states)


def due_items(rx: Reading) -> tuple[DueItem, ...]:
    """What is waiting, due or overdue, soonest first."""
    states = (DueState.WAITING.value, DueState.DUE.value, DueState.OVERDUE.value)
    return rx.find(DueItem, state=states, order_by="due_at")


def present(rx: Reading) -> tuple[SignOn, ...]:
    """Who is signed on now, in the order of their coming."""
    return rx.find(SignOn, off_at=None, order_by="on_at")


def people(rx: Reading) -> tuple[Person, ...]:
    """Everybody of the post."""
    return rx.find(Person)


def current_shift(rx: Reading) -> Shift | None:
    """The shift on duty."""
    return rx.first(Shift, state=ShiftState.ON_DUTY.value)


def latest_effective_handover(rx: Reading) -> Handover | None:
    """The last handover that took effect: the one a leader may review and anybody may print."""
    states = (HandoverState.EFFECTIVE.value, HandoverState.REVIEWED.value)
    found = rx.find(Handover, state=states, newest_first=True, limit=1)
    return found[0] if found else None


def threat(rx: Reading) -> Threat | None:
    """The threat level in force; None means green since ever."""
    found = rx.find(Threat, newest_first=True, limit=1)
    return found[0] if found else None


def rounds(rx: Reading, since_at: datetime | None = None) -> tuple[Round, ...]:
    """The patrol rounds that are being walked, or all since `since_at`, oldest first."""
    if since_at is None:
        return rx.find(Round, state=RoundState.WALKING.value)
    return rx.find(Round, since=("started_at", since_at))


def recent_lines(rx: Reading, limit: int = 200) -> tuple[JournalLine, ...]:
    """The newest journal lines, newest first."""
    return tuple(rx.journal(newest_first=True, limit=limit))


def journal_head(rx: Reading) -> tuple[int, str]:
    """Number and hash of the newest journal line."""
    return rx.head()


def carry_overs(rx: Reading) -> tuple[CarryOver, ...]:
    """What is still carried over, oldest first."""
    return rx.find(CarryOver, state=CarryState.OPEN.value)


def camera_states(rx: Reading) -> tuple[CameraState, ...]:
    """The last state on record of every camera of the site."""
    states: list[CameraState] = []
    for camera in rx.site.cameras:
        for line in rx.journal(subjects=(camera.id,), kinds=("CameraChanged",), newest_first=True, limit=1):
            event = event_from(line)
            if isinstance(event, CameraChanged):
                states.append(event.state)
    return tuple(states)


def source_states(rx: Reading) -> tuple[SourceHealth, ...]:
    """The last health on record of every source of the site."""
    states: list[SourceHealth] = []
    for source in rx.site.sources:
        for line in rx.journal(subjects=(source.id,), kinds=("SourceChanged",), newest_first=True, limit=1):
            event = event_from(line)
            if isinstance(event, SourceChanged):
                states.append(event.health)
    return tuple(states)


def names(rx: Reading) -> Names:
    """What every id that a record may name is called."""
    site = rx.site
    things = (site.cameras, site.points, site.posts, site.checkpoints, site.routes, site.sources, site.contacts)
    return Names(
        people={person.id: person.name for person in rx.find(Person)},
        places={thing.id: thing.name for group in things for thing in group},
    )


def letterhead(rx: Reading, printed_by: str) -> Letterhead:
    """The head of a form made now."""
    seq, head = rx.head()
    return Letterhead(
        site=rx.site.name,
        address=rx.site.address,
        timezone=rx.site.timezone,
        printed_by=printed_by,
        made_at=rx.now,
        journal_seq=seq,
        journal_head=head,
    )


def incident_events(rx: Reading, incident: Incident) -> tuple[Event, ...]:
    """What the journal says of an incident and of everything that belongs to it, in order."""
    signals = rx.find(Signal, alarm=incident.alarms) if incident.alarms else ()
    subjects = (
        incident.id,
        *incident.alarms,
        *incident.runs,
        *(signal.id for signal in signals),
        *(dispatch.id for dispatch in rx.find(Dispatch, incident=incident.id)),
        *(entry.id for entry in rx.find(LogEntry, incident=incident.id)),
        *(kept.id for kept in _evidence(rx, incident)),
    )
    return tuple(event_from(line) for line in rx.journal(subjects=subjects))


def _evidence(rx: Reading, incident: Incident) -> tuple[Evidence, ...]:
    found = {kept.id: kept for kept in rx.find(Evidence, incident=incident.id)}
    if incident.alarms:
        found.update({kept.id: kept for kept in rx.find(Evidence, alarm=incident.alarms)})
    return tuple(sorted(found.values(), key=lambda kept: (kept.taken_at, kept.id)))


def incident_file(rx: Reading, incident_id: IncidentId, *, printed_by: str, data_dir: Path) -> IncidentFile:
    """Everything of one incident, ready to be printed; the map's picture is added by the screen that draws maps."""
    incident = rx.need(Incident, incident_id)
    known = names(rx)
    happened = incident_events(rx, incident)
    dispatches = rx.find(Dispatch, incident=incident.id)
    alarms = rx.find(Alarm, id=incident.alarms) if incident.alarms else ()
    signals = rx.find(Signal, alarm=incident.alarms, order_by="received_at") if incident.alarms else ()
    entries = rx.find(LogEntry, incident=incident.id)
    return IncidentFile(
        letterhead=letterhead(rx, printed_by),
        incident=incident,
        alarms=alarms,
        signals=signals,
        runs=rx.find(PlanRun, incident=incident.id),
        dispatches=dispatches,
        entries=entries,
        evidence=tuple(EvidenceFile(evidence=kept, path=str(data_dir / kept.file)) for kept in _evidence(rx, incident)),
        locked=holding.locked_footage(rx, incident.id),
        requests=rx.find(FootageRequest, order_by="asked_at", incident=incident.id),
        signatures=rx.find(Signature, record_id=incident.id),
        told=contacts.of(rx, alarms),
        lines=timeline(happened, names=known, zero_at=incident.detected_at, timezone=rx.site.timezone),
        times=times_of(incident, happened),
        limits=ResponseLimits(
            inform_s=seconds_of(rx.settings, "police.inform_s"),
            arrive_s=seconds_of(rx.settings, "police.arrive_s"),
            handle_s=seconds_of(rx.settings, "police.handle_s"),
        ),
        names=known,
        place=place_text(rx.site, incident),
        distribution=tuple(
            Text(f"{contact.name.zh}", contact.name.en) for contact in rx.site.contacts if contact.role == "supervisor"
        ),
    )


def place_text(site: Site, incident: Incident) -> Text:
    """The full path of an incident's place in both languages."""
    return Text(zh=place_path(site, incident.place, "zh_CN"), en=place_path(site, incident.place, "en"))


def newest_signal(rx: Reading, alarm_id: AlarmId) -> Signal | None:
    """The last signal that raised an alarm or counted on it; None where it has none."""
    found = rx.find(Signal, alarm=alarm_id, newest_first=True, limit=1)
    return found[0] if found else None


def history(rx: Reading, limit: int = 200) -> tuple[Alarm, ...]:
    """The newest alarms, those gone to history among them, newest first."""
    return rx.find(Alarm, newest_first=True, limit=limit)


def recent_incidents(rx: Reading, limit: int = 100) -> tuple[Incident, ...]:
    """The newest cases, open and closed, newest first."""
    return rx.find(Incident, newest_first=True, limit=limit)
