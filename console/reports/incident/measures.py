"""The plan against what was done, the response times, and who was told."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from reportlab.platypus import Flowable

from console.i18n import N_
from console.models.files import IncidentFile
from console.models.incidents import DISPATCH_ORDER, Dispatch, DispatchState, EntryKind
from console.models.phrases import offset, span
from console.models.plans import PlanRun, StepRun, StepState
from console.models.sentences import answer_words, step_of
from console.models.telling import Told, role_words
from console.reports.paper.blocks import BOLD, SMALL, Column, heading, note, table
from console.reports.paper.prose import Ink, Prose, Run, prose
from console.reports.paper.sheet import Sheet

_NOTIFYING = frozenset({EntryKind.CALL, EntryKind.RADIO, EntryKind.INSTRUCTION})


def plans(sheet: Sheet, file: IncidentFile) -> Iterator[Flowable]:
    """One table a plan run: limit, actual, deviation, reason."""
    yield from heading(sheet.say(N_("Plan and what was done")))
    if not file.runs:
        yield prose(sheet.say(N_("No plan was followed.")))
    for run in file.runs:
        yield from _run(sheet, file, run)


def _run(sheet: Sheet, file: IncidentFile, run: PlanRun) -> Iterator[Flowable]:
    say, plan = sheet.say, run.plan
    about = say(
        N_("{title}, version {version}, started {at} by {name}, {state}"),
        title=sheet.text(plan.title),
        version=plan.version,
        at=sheet.moment(run.started_at),
        name=file.names.person(run.started_by),
        state=sheet.word(run.state),
    )
    heading = prose(about, BOLD, before_pt=4)
    heading.keepWithNext = 1
    yield heading
    if plan.source or plan.digest:
        pinned = note(say(N_("Basis: {source}. Digest {digest}"), source=plan.source or "—", digest=plan.digest[:16]))
        pinned.keepWithNext = 1
        yield pinned
    columns = [
        Column("#", 0.9, "centre"),
        Column(say(N_("Step")), 5.2),
        Column(say(N_("Answer")), 4.2),
        Column(say(N_("Time limit")), 1.9, "right"),
        Column(say(N_("Actual time")), 1.9, "right"),
        Column(say(N_("Deviation")), 2.2, "right"),
        Column(say(N_("Reason, who")), 3.7),
    ]
    rows = [_visit(sheet, file, run, number, visit) for number, visit in enumerate(run.visits, 1)]
    marked = [index for index, visit in enumerate(run.visits) if visit.late or visit.state is StepState.SKIPPED]
    yield table(columns, rows, empty=say(N_("No step was begun.")), ink=Ink(8), shaded=marked)
    visited = {visit.step for visit in run.visits}
    passed = [sheet.text(step.title) for step in plan.steps if step.id not in visited]
    if passed:
        yield note(say(N_("Steps the run did not come to: {steps}"), steps=sheet.list(passed)))


def _visit(sheet: Sheet, file: IncidentFile, run: PlanRun, number: int, visit: StepRun) -> list[str | Prose]:
    say, step = sheet.say, step_of(run, visit.step)
    title = sheet.text(step.title) if step else visit.step
    limit = (visit.due_at - visit.started_at).total_seconds() if visit.due_at else None
    actual = (visit.ended_at - visit.started_at).total_seconds() if visit.ended_at else None
    answer = sheet.text(answer_words(step, visit, file.names))
    if visit.state is not StepState.DONE:
        answer = sheet.word(visit.state)
    why = [Run(visit.reason + "\n", Ink(8))] if visit.reason else []
    source = [Run("\n" + step.source, Ink(6.5, grey=0.35))] if step and step.source and limit is not None else []
    return [
        str(number),
        Prose([Run(title, Ink(8)), *source]),
        answer or sheet.word(visit.state),
        span(limit) if limit is not None else "—",
        span(actual) if actual is not None else "—",
        _deviation(sheet, limit, actual),
        Prose([*why, Run(file.names.person(visit.by) or say(N_("nobody")), Ink(8))]),
    ]


def _deviation(sheet: Sheet, limit: float | None, actual: float | None) -> str | Prose:
    if limit is None or actual is None:
        return "—"
    if actual > limit:
        return prose(sheet.say(N_("+{over} late"), over=span(actual - limit)), Ink(8, bold=True), align="right")
    return f"-{span(limit - actual)}"


# -------------------------------------------------------------------------------- response times
def response(sheet: Sheet, file: IncidentFile) -> Iterator[Flowable]:
    """The six times of every post sent, and the 1-3-5 minutes."""
    say = sheet.say
    zero = file.times.detected_at or file.incident.detected_at
    yield from heading(say(N_("Response times")))
    yield _limits(sheet, file, zero)
    yield note(say(N_("1-3-5: inform, arrive and handle within the set time from detection.")))
    columns = [
        Column(say(N_("Post")), 3.4),
        *(Column(sheet.word(state), 2.1, "centre") for state in DISPATCH_ORDER),
        Column(say(N_("Sent to arrived")), 2.3, "right"),
    ]
    rows = [_dispatch(sheet, dispatch, zero) for dispatch in file.dispatches]
    yield table(columns, rows, empty=say(N_("No post was sent.")), ink=Ink(8))


def _limits(sheet: Sheet, file: IncidentFile, zero: datetime) -> Flowable:
    say, times, limits = sheet.say, file.times, file.limits
    columns = [
        Column(say(N_("Requirement")), 4),
        Column(say(N_("Time limit")), 2, "right"),
        Column(say(N_("Actual time")), 2, "right"),
        Column(say(N_("Deviation")), 2.4, "right"),
        Column(say(N_("Result")), 3),
    ]
    wanted = [
        (say(N_("1 Inform")), limits.inform_s, times.informed_at),
        (say(N_("3 Arrive")), limits.arrive_s, times.arrived_at),
        (say(N_("5 Handle")), limits.handle_s, times.controlled_at),
    ]
    rows: list[Sequence[str | Prose]] = []
    for name, limit, at in wanted:
        actual = (at - zero).total_seconds() if at else None
        if actual is None:
            result = say(N_("did not come to it"))
        else:
            result = say(N_("within the limit")) if actual <= limit else say(N_("over the limit"))
        rows.append(
            [
                name,
                span(limit),
                span(actual) if actual is not None else "—",
                _deviation(sheet, limit, actual),
                prose(result, Ink(8.5, bold=actual is not None and actual > limit)),
            ]
        )
    return table(columns, rows)


def _dispatch(sheet: Sheet, dispatch: Dispatch, zero: datetime) -> list[str | Prose]:
    at = dict(dispatch.times)
    cells: list[str | Prose] = [
        Prose([Run(sheet.text(dispatch.post_name), Ink(8)), Run("\n" + dispatch.note if dispatch.note else "", SMALL)])
    ]
    for state in DISPATCH_ORDER:
        reached = at.get(state)
        below = "\n" + offset((reached - zero).total_seconds()) if reached else ""
        cells.append(Prose([Run(sheet.clock(reached), Ink(8)), Run(below, Ink(7, grey=0.35))], align="centre"))
    sent, arrived = at.get(DispatchState.SENT), at.get(DispatchState.ARRIVED)
    cells.append(span((arrived - sent).total_seconds()) if sent and arrived else "—")
    return cells


# -------------------------------------------------------------------------------- notifications
def told(sheet: Sheet, file: IncidentFile) -> Iterator[Flowable]:
    """Who was to be told, what came of each attempt, and who made it; a contact nobody tried stands with its duty."""
    if not file.told:
        return
    say = sheet.say
    yield from heading(say(N_("Who was to be told")))
    columns = [
        Column(say(N_("To be told")), 6.4),
        Column(say(N_("Telephone")), 3),
        Column(say(N_("Result")), 5),
        Column(say(N_("Time")), 3.2),
        Column(say(N_("Operator")), 2.6),
    ]
    rows: list[list[str | Prose]] = []
    marked: list[int] = []
    for one in file.told:
        tried = [telling for telling in one.tellings if telling.result is not Told.WANTED]
        named = sheet.text(one.contact.name)
        role = sheet.text(role_words(one.contact.role))
        who = Prose([Run(named, Ink(8)), Run(f"\n{role}" if role and role not in named else "", SMALL)])
        if not one.settled:
            marked.append(len(rows))
        if not tried:
            rows.append([who, one.contact.phone or "—", prose(say(N_("not told yet")), Ink(8, bold=True)), "—", "—"])
        for telling in tried:
            result = sheet.word(telling.result)
            note = Run(f"\n{telling.note}" if telling.note else "", Ink(8))
            at = "—" if telling.result is Told.NOT_TOLD else sheet.clock(telling.told_at)
            by = file.names.person(telling.by) or say(N_("nobody"))
            rows.append([who, telling.phone or "—", Prose([Run(result, Ink(8)), note]), at, by])
    yield table(columns, rows, ink=Ink(8), shaded=marked)


def calls(sheet: Sheet, file: IncidentFile) -> Iterator[Flowable]:
    """Whom the post told, and who told the post."""
    say = sheet.say
    zero = file.times.detected_at or file.incident.detected_at
    yield from heading(say(N_("Calls and notifications")))
    columns = [
        Column(say(N_("Time")), 2.4),
        Column(say(N_("Offset")), 1.9, "right"),
        Column(say(N_("Channel")), 2.2),
        Column(say(N_("Content")), 11),
        Column(say(N_("Recorded by")), 2.6),
    ]
    rows = [
        [
            sheet.clock(entry.happened_at),
            offset((entry.happened_at - zero).total_seconds()),
            sheet.word(entry.kind),
            entry.text,
            file.names.person(entry.by),
        ]
        for entry in file.entries
        if entry.kind in _NOTIFYING
    ]
    yield table(columns, rows, empty=say(N_("No call is on record.")))
