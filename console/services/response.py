"""The plan engine: start a plan for an alarm, answer or skip its steps, never lose the place.

A run pins its plan: editing a plan never touches a run. Each answer is one commit: the step, what it brings about (a
dispatch, a line of the log), the next step and its limit. So a kill at any instant leaves the run at a whole step.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from console.models.alarms import Alarm, AlarmClass
from console.models.errors import Refused
from console.models.events import IncidentChanged, PlanRunChanged, PlanRunStarted
from console.models.ids import AlarmId, PlanId, RunId, new_id
from console.models.incidents import Incident
from console.models.people import Actor, Right
from console.models.plain import digest
from console.models.plans import Plan, PlanRun, RunState, Step, StepRun, StepState
from console.models.telling import Told
from console.models.text import Text, typed
from console.registry import discover
from console.services import alarms, contacts, dispatch, due, incidents, log, queue
from console.steps.spec import Outcome, StepSpec
from console.store.store import Transaction

END = "end"


def plans_for(plans: tuple[Plan, ...], alarm: Alarm) -> tuple[Plan, ...]:
    """The plans that fit an alarm, the best first: the point's own, then those for its class."""
    fitting = [plan for plan in plans if plan.id == alarm.plan or alarm.alarm_class in plan.classes]

    def rank(plan: Plan) -> tuple[bool, int]:
        own = alarm.alarm_class in plan.classes
        return (plan.id != alarm.plan, plan.classes.index(alarm.alarm_class) if own else len(AlarmClass))

    return tuple(sorted(fitting, key=rank))


def start(tx: Transaction, alarm_id: AlarmId, plan_id: PlanId, *, by: Actor) -> PlanRun:
    """Begin a plan for an alarm: it is acknowledged and its case opened where that has not happened.

    A plan that already runs for this case is given as it stands.
    """
    by.demand(Right.FOLLOW_PLANS)
    plan = next((plan for plan in tx.plans if plan.id == plan_id), None)
    if plan is None:
        raise Refused(zh=f"没有预案 {plan_id}。", en=f"There is no plan {plan_id}.")
    alarm = alarms.acknowledge(tx, alarm_id, by=by)
    if alarm.closed_at is not None:
        raise Refused(zh="该报警已归入历史。", en="This alarm has gone to history.")
    incident = incidents.open_for(tx, alarm.id, by=by)
    for running in tx.find(PlanRun, incident=incident.id, state=RunState.ACTIVE.value):
        if running.plan.id == plan.id:
            return running
    run = PlanRun(
        id=RunId(new_id()),
        incident=incident.id,
        plan=plan if plan.digest else replace(plan, digest=digest(plan)),
        started_at=tx.now,
        started_by=by.person,
    )
    run = _enter(tx, run, plan.steps[0])
    incident = replace(incident, runs=(*incident.runs, run.id), rev=incident.rev + 1)
    tx.put(incident)
    tx.record(IncidentChanged(at=tx.now, by=by.person, seat=by.seat, incident=incident))
    tx.put(run)
    tx.record(PlanRunStarted(at=tx.now, by=by.person, seat=by.seat, run=run))
    return run


def _enter(tx: Transaction, run: PlanRun, step: Step) -> PlanRun:
    due_at = tx.now + timedelta(seconds=step.due_s) if step.due_s else None
    if due_at is not None:
        due.add(
            tx,
            "plan_step",
            f"{run.id}/{step.id}",
            Text(zh=f"预案步骤：{step.title.zh}", en=f"Plan step: {step.title.en}"),
            due_at,
            notice_s=step.due_s or 0.0,
            source=step.source,
        )
    visit = StepRun(step=step.id, state=StepState.ACTIVE, started_at=tx.now, due_at=due_at)
    return replace(run, visits=(*run.visits, visit))


def answer(
    tx: Transaction, run_id: RunId, step_id: str, *, answer: str = "", value: dict[str, Any] | None = None, by: Actor
) -> PlanRun:
    """Give a step its answer, and go on.

    Answering a step that has been left already changes nothing (a key pressed twice, two people at one plan).
    """
    by.demand(Right.FOLLOW_PLANS)
    run, step = _standing_at(tx, run_id, step_id)
    if step is None:
        return run
    spec = discover("console.steps", kind=StepSpec)[step.kind]
    outcome = spec.settle(step, answer, value or {})
    _bring_about(tx, run, outcome, by)
    if outcome.stay:
        return _stay(tx, run, answer, value or {}, by)
    return _leave(tx, run, step, StepState.DONE, by, answer=answer, value=value or {}, next_step=outcome.next)


def skip(tx: Transaction, run_id: RunId, step_id: str, reason: str, *, by: Actor) -> PlanRun:
    """Leave a step undone, with a reason. Always possible in an emergency, never silent: it stands in the report."""
    by.demand(Right.FOLLOW_PLANS)
    if not typed(reason, 500):
        raise Refused(zh="跳过步骤必须写明原因。", en="Skipping a step needs a reason.")
    run, step = _standing_at(tx, run_id, step_id)
    if step is None:
        return run
    return _leave(tx, run, step, StepState.SKIPPED, by, reason=typed(reason, 500), next_step=step.next)


def _standing_at(tx: Transaction, run_id: RunId, step_id: str) -> tuple[PlanRun, Step | None]:
    run = tx.need(PlanRun, run_id)
    place = run.place
    if run.state is not RunState.ACTIVE or place is None or place.step != step_id:
        return run, None
    return run, run.step(step_id)


def _bring_about(tx: Transaction, run: PlanRun, outcome: Outcome, by: Actor) -> None:
    for post in outcome.posts:
        dispatch.send(tx, run.incident, post, by=by)
    if outcome.entry:
        log.write(tx, outcome.entry, kind=outcome.entry_kind, incident=run.incident, by=by)
    incident = tx.need(Incident, run.incident)
    _told(tx, incident, outcome, by)
    for alarm_id in incident.alarms:
        if outcome.verification is not None:
            _verify(tx, alarm_id, outcome.verification, by)
        alarms.renew(tx, alarm_id, by=by)


def _told(tx: Transaction, incident: Incident, outcome: Outcome, by: Actor) -> None:
    """Whom a plan has told needs no second call: it counts for the contacts of the case's alarms, too."""
    contact = next((one for one in tx.site.contacts if one.id == outcome.contact), None)
    if contact is not None and incident.alarms:
        result = Told.TOLD if outcome.reached else Told.NOT_REACHED
        telling = replace(contacts.telling_of(tx, contact, result, by=by), by_plan=True)
        contacts.note(tx, tx.need(Alarm, incident.alarms[0]), telling, by=by)


def _verify(tx: Transaction, alarm_id: AlarmId, level: int, by: Actor) -> None:
    alarm = tx.need(Alarm, alarm_id)
    if alarm.closed_at is None and alarm.verification != level:
        queue.save(tx, alarm, replace(alarm, verification=level, rev=alarm.rev + 1), None, by=by)


def _stay(tx: Transaction, run: PlanRun, answer: str, value: dict[str, Any], by: Actor) -> PlanRun:
    last = run.visits[-1]
    tried = replace(last, value={**last.value, **value, "tries": int(last.value.get("tries", 0)) + 1, "last": answer})
    changed = replace(run, visits=(*run.visits[:-1], tried), rev=run.rev + 1)
    tx.put(changed)
    tx.record(PlanRunChanged(at=tx.now, by=by.person, seat=by.seat, run=changed, step=last.step, change="tried"))
    return changed


def _leave(
    tx: Transaction,
    run: PlanRun,
    step: Step,
    state: StepState,
    by: Actor,
    *,
    next_step: str,
    answer: str = "",
    value: dict[str, Any] | None = None,
    reason: str = "",
) -> PlanRun:
    last = run.visits[-1]
    ended = replace(
        last,
        state=state,
        ended_at=tx.now,
        by=by.person,
        seat=by.seat,
        answer=answer,
        value={**last.value, **(value or {})},
        reason=reason,
    )
    due.finish(tx, "plan_step", f"{run.id}/{step.id}", by=by)
    changed = replace(run, visits=(*run.visits[:-1], ended), rev=run.rev + 1)
    following = _following(run.plan, step, next_step)
    if following is None:
        changed = replace(changed, state=RunState.COMPLETE, ended_at=tx.now)
    else:
        changed = _enter(tx, changed, following)
    tx.put(changed)
    change = "answered" if state is StepState.DONE else "skipped"
    tx.record(PlanRunChanged(at=tx.now, by=by.person, seat=by.seat, run=changed, step=step.id, change=change))
    return changed


def _following(plan: Plan, step: Step, next_step: str) -> Step | None:
    if next_step == END:
        return None
    if next_step:
        return next(candidate for candidate in plan.steps if candidate.id == next_step)
    index = plan.steps.index(step) + 1
    return plan.steps[index] if index < len(plan.steps) else None


def late(tx: Transaction, run_id: RunId, step_id: str) -> None:
    """A step's limit has passed: say so once; the step stays where it is."""
    run, step = _standing_at(tx, run_id, step_id)
    if step is not None:
        tx.record(PlanRunChanged(at=tx.now, run=run, step=step_id, change="late"))


def proposed_verdict(run: PlanRun) -> str:
    """The verdict that the run's answers speak for, "" where they say nothing."""
    for visit in reversed(run.visits):
        for candidate in run.step(visit.step).answers:
            if candidate.key == visit.answer and candidate.verdict:
                return candidate.verdict
    return ""


def limit_left(visit: StepRun, now: datetime) -> float | None:
    """Seconds until a visit's limit, negative when it has passed, None without a limit."""
    return None if visit.due_at is None else (visit.due_at - now).total_seconds()
