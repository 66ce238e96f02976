"""Narrative: journal lines told as lines of a timeline, for the log on the screen and for paper.

A detector, the console itself and a person are told apart; every line has its time and its distance from the first
signal; a line that was written afterwards says so and stands where it happened.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from console.models import events
from console.models.alarms import Action
from console.models.files import IncidentTimes, Names, Teller, TimelineLine
from console.models.incidents import DispatchState, EntryKind, Incident
from console.models.people import SYSTEM
from console.models.phrases import Context, as_written
from console.models.sentences import TELLS, step_of, visit_of
from console.models.telling import INFORMED
from console.models.text import Text

_DETECTOR_ACTIONS = frozenset({Action.SIGNAL, Action.RESTORE})


def _teller(event: events.Event, names: Names) -> tuple[Teller, Text]:
    if isinstance(event, events.SignalReceived):
        return Teller.SIGNAL, names.place(event.signal.source)
    if isinstance(event, events.PunchReceived):
        return Teller.SIGNAL, as_written(event.punch.device)
    if isinstance(event, events.AlarmChanged) and event.action in _DETECTOR_ACTIONS:
        return Teller.SIGNAL, names.place(event.alarm.source)
    if isinstance(event, events.AlarmRaised) and event.by == event.alarm.source:  # not one that a person reported
        return Teller.MACHINE, names.place(event.alarm.source)
    if event.by in ("", SYSTEM.person):
        return Teller.MACHINE, Text()
    return Teller.PERSON, as_written(names.person(event.by))


def tell(event: events.Event, context: Context, *, zero_at: datetime | None = None) -> TimelineLine | None:
    """One event as a line; None where it says nothing that another line does not say. `zero_at` is T+00:00."""
    text = TELLS[type(event)](event, context)
    if not text:
        return None
    at, written_at = event.at, event.at
    if isinstance(event, events.EntryWritten):
        at, written_at = event.entry.happened_at, event.entry.written_at
    if isinstance(event, events.ContactTold):
        at = event.telling.told_at
    teller, who = _teller(event, context.names)
    return TimelineLine(
        at=at,
        written_at=written_at,
        teller=teller,
        who=who,
        text=text,
        offset_s=(at - (zero_at or at)).total_seconds(),
        late=at < written_at,
        subject=events.subject_of(event),
        kind=type(event).__name__,
    )


def timeline(
    happened: Iterable[events.Event], *, names: Names, zero_at: datetime, timezone: str = "Asia/Shanghai"
) -> tuple[TimelineLine, ...]:
    """Events in the order of the journal as lines in the order they happened; a late entry stands where it happened."""
    before: dict[tuple[str, str], Any] = {}
    lines: list[TimelineLine] = []
    for event in happened:
        value = events.value_of(event)
        key = (type(value).__name__, events.subject_of(event))
        line = tell(event, Context(names=names, timezone=timezone, before=before.get(key)), zero_at=zero_at)
        if value is not None:
            before[key] = value
        if line is not None:
            lines.append(line)
    return tuple(sorted(lines, key=lambda line: line.at))


# -------------------------------------------------------------------------------- the times on the first page
def _first(times: Iterable[datetime | None]) -> datetime | None:
    return min((at for at in times if at is not None), default=None)


def times_of(incident: Incident, happened: Iterable[events.Event]) -> IncidentTimes:
    """The times of an incident out of its journal lines; what did not happen stays None.

    The detector's own clock counts for "happened" only where it lies before our receipt: a panel whose clock is ahead
    must not make an incident happen after it was detected.
    """
    told = tuple(happened)
    signals = [event.signal for event in told if isinstance(event, events.SignalReceived)]
    entries = [event.entry for event in told if isinstance(event, events.EntryWritten)]
    steps = [event.dispatch for event in told if isinstance(event, events.DispatchChanged)]

    def reached(state: DispatchState) -> datetime | None:
        return _first(at for dispatch in steps for name, at in dispatch.times if name is state)

    noticed = (
        event.at for event in told if isinstance(event, events.AlarmChanged) and event.action is Action.ACKNOWLEDGE
    )
    calls = [entry.happened_at for entry in entries if entry.kind is EntryKind.CALL]
    return IncidentTimes(
        happened_at=_first(
            [
                incident.detected_at,
                *(signal.source_at for signal in signals),
                *(entry.happened_at for entry in entries if entry.happened_at < entry.written_at),
            ]
        ),
        detected_at=incident.detected_at,
        reported_at=_first([*noticed, incident.opened_at]),
        sent_at=reached(DispatchState.SENT),
        informed_at=_first([*calls, *_called(told), *_told(told)]),
        arrived_at=reached(DispatchState.ARRIVED),
        controlled_at=reached(DispatchState.CONTROLLED),
        closed_at=incident.closed_at,
    )


def _called(told: Iterable[events.Event]) -> Iterable[datetime | None]:
    """When the steps of kind "call" ended."""
    for event in told:
        if isinstance(event, events.PlanRunChanged) and event.change == "answered":
            step, visit = step_of(event.run, event.step), visit_of(event.run, event.step)
            if step is not None and step.kind == "call" and visit is not None:
                yield visit.ended_at


def _told(told: Iterable[events.Event]) -> Iterable[datetime | None]:
    """When contacts of the alarm were told."""
    for event in told:
        if isinstance(event, events.ContactTold) and event.telling.result in INFORMED:
            yield event.telling.told_at
