"""Incidents: open a case for an alarm, and close it with a verdict."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from console.models.alarms import LIFE_CLASSES, Alarm
from console.models.duty import Shift, ShiftState
from console.models.errors import Refused
from console.models.events import IncidentChanged, IncidentOpened, PlanRunChanged
from console.models.ids import AlarmId, IncidentId, new_id
from console.models.incidents import FALSE_VERDICTS, Incident, IncidentState, Verdict
from console.models.people import Actor, Right
from console.models.plans import PlanRun, RunState, StepState
from console.models.settings import seconds_of
from console.models.text import Text, typed
from console.services import alarms, due, false_alarms, holding, queue, telling, timings
from console.store.store import Transaction

# Alarms of one place that came this close together belong to one case.
TOGETHER = timedelta(minutes=10)


def open_for(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> Incident:
    """Open the case of an alarm (or give the one it already has). Other live alarms of its place join it."""
    by.demand(Right.HANDLE_ALARMS)
    alarm = tx.need(Alarm, alarm_id)
    if alarm.incident is not None and alarm.case_open:
        return tx.need(Incident, alarm.incident)
    if alarm.closed_at is not None:
        raise Refused(zh="该报警已归入历史，不能再立案。", en="This alarm has gone to history already.")
    together = _together(tx, alarm)
    shift = tx.first(Shift, state=ShiftState.ON_DUTY.value)
    incident = Incident(
        id=IncidentId(new_id()),
        number=_number(tx),
        title=alarm.title,
        alarm_class=alarm.alarm_class,
        priority=alarm.priority,
        alarms=tuple(one.id for one in together),
        place=alarm.place,
        place_name=alarm.place_name,
        shift=shift.id if shift else None,
        detected_at=min(one.first_at for one in together),
        opened_at=tx.now,
        opened_by=by.person,
        drill=alarm.drill,
    )
    tx.put(incident)
    tx.record(IncidentOpened(at=tx.now, by=by.person, seat=by.seat, incident=incident))
    for one in together:
        queue.save(tx, one, replace(one, incident=incident.id, case_open=True, rev=one.rev + 1), None, by=by)
        timings.acted(tx, one.id)
    holding.hold_case(tx, incident, by=by)
    return incident


def _together(tx: Transaction, alarm: Alarm) -> tuple[Alarm, ...]:
    if alarm.place is None or alarm.alarm_class not in LIFE_CLASSES:
        return (alarm,)
    others = tx.find(Alarm, closed_at=None, place=alarm.place, case_open=False)
    return (
        alarm,
        *(
            other
            for other in others
            if other.id != alarm.id
            and other.alarm_class in LIFE_CLASSES
            and abs(other.first_at - alarm.first_at) <= TOGETHER
        ),
    )


def _number(tx: Transaction) -> str:
    year = tx.now.year
    return f"{year}-{tx.number(f'incident-{year}'):04d}"


def close(
    tx: Transaction,
    incident_id: IncidentId,
    *,
    verdict: Verdict,
    cause: str = "",
    summary: str = "",
    untold: str = "",
    by: Actor,
) -> Incident:
    """End a case with a verdict.

    Every alarm of it must have been acknowledged, every step of its plans done or skipped with a reason, and a false
    alarm must name its cause (GB 25201-2010 5.3). `untold` says why contacts that are still to be told are not, see
    console.services.telling. A real one opens the 24 h clock of the investigation report; a false
    one that is one too many of its device (settings device.false_alarms_*) opens a work order.
    """
    by.demand(Right.HANDLE_ALARMS)
    incident = tx.need(Incident, incident_id)
    if incident.state is IncidentState.CLOSED:
        return incident
    if verdict in FALSE_VERDICTS and not cause.strip():
        raise Refused(zh="误报必须写明原因。", en="A false alarm needs its cause.")
    members = tx.find(Alarm, id=incident.alarms)
    _demand_acknowledged(members)
    for run in tx.find(PlanRun, incident=incident.id, state=RunState.ACTIVE.value):
        _end_run(tx, run, by)
    telling.end(tx, members, verdict, untold, by=by)
    closed = replace(
        incident,
        state=IncidentState.CLOSED,
        closed_at=tx.now,
        closed_by=by.person,
        verdict=verdict,
        cause=typed(cause, 1000, lines=True),
        summary=typed(summary, 4000, lines=True),
        rev=incident.rev + 1,
    )
    tx.put(closed)
    tx.record(IncidentChanged(at=tx.now, by=by.person, seat=by.seat, incident=closed))
    holding.hold_case(tx, closed, by=by)
    for alarm in members:
        if alarm.closed_at is None:
            alarms.release(tx, alarm.id, by=by)
    if verdict in FALSE_VERDICTS and not closed.drill:
        for alarm in members:
            false_alarms.often_false(tx, alarm, closed.cause, closed.id)
    if verdict in {Verdict.REAL_FIRE, Verdict.REAL_INTRUSION, Verdict.REAL_OTHER}:
        _ask_for_report(tx, closed)
    return closed


def _demand_acknowledged(members: Sequence[Alarm]) -> None:
    waiting = [alarm for alarm in members if alarm.acknowledged is None and alarm.closed_at is None]
    if waiting:
        raise Refused(
            zh=f"本事件还有 {len(waiting)} 条报警未确认，不能结束。",
            en=f"{len(waiting)} alarms of this incident are not acknowledged yet.",
        )


def _ask_for_report(tx: Transaction, closed: Incident) -> None:
    """Put the investigation report of a real incident on the due list."""
    hours = seconds_of(tx.settings, "report.investigate_h")
    due.add(
        tx,
        "investigation",
        closed.id,
        Text(zh=f"事件 {closed.number} 调查报告", en=f"Investigation report of incident {closed.number}"),
        tx.now + timedelta(hours=hours),
        notice_s=hours * 900,
        source="反恐安全防范工作制度：24 小时内",
    )


def _end_run(tx: Transaction, run: PlanRun, by: Actor) -> None:
    place = run.place
    open_steps = [] if place is None else [place.step]
    if place is not None and run.step(place.step).mandatory:
        raise Refused(
            zh=f"预案还停在第 {len(run.visits)} 步“{run.step(place.step).title.zh}”，请完成或写明原因跳过。",
            en=f"The plan stands at step {len(run.visits)}, “{run.step(place.step).title.en}”: do it, or skip it with a reason.",
        )
    visits = tuple(
        replace(visit, state=StepState.SKIPPED, ended_at=tx.now, by=by.person, reason="—")
        if visit.state is StepState.ACTIVE
        else visit
        for visit in run.visits
    )
    ended = replace(run, state=RunState.ABANDONED, ended_at=tx.now, visits=visits, rev=run.rev + 1)
    for step in open_steps:
        due.cancel(tx, "plan_step", f"{run.id}/{step}")
    tx.put(ended)
    tx.record(PlanRunChanged(at=tx.now, by=by.person, seat=by.seat, run=ended, change="ended"))
