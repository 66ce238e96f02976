"""How the events of the post itself read: signals and alarms, cases, people, handover, patrol."""

from collections.abc import Callable
from typing import Any

from console.models import events
from console.models.duty import CarryState, DueState, HandoverState, ShiftState
from console.models.files import Names
from console.models.incidents import DispatchState, EntryKind, Incident, IncidentState
from console.models.patrol import Round, RoundState, StopState
from console.models.phrases import Context, as_written, because, joined, says, span
from console.models.plans import PlanRun, RunState, Step, StepRun
from console.models.sentences.queue import drill
from console.models.sentences.rules import rule_changed
from console.models.text import Text
from console.models.tuning import RULE
from console.models.words import word


# -------------------------------------------------------------------------------- incident and plan
def _opened(event: events.IncidentOpened, _context: Context) -> Text:
    incident = event.incident
    return says(
        "{drill}立案 {number}：{title}",
        "{drill}Opened incident {number}: {title}",
        drill=drill(incident.drill),
        number=incident.number,
        title=incident.title,
    )


def _incident(event: events.IncidentChanged, context: Context) -> Text | None:
    incident = event.incident
    before: Incident | None = context.before
    if incident.state is IncidentState.CLOSED:
        return joined(
            [
                says("结案 {number}", "Closed incident {number}", number=incident.number),
                says("结论：{v}", "verdict: {v}", v=word(incident.verdict)) if incident.verdict else Text(),
                says("原因：{cause}", "cause: {cause}", cause=incident.cause) if incident.cause else Text(),
            ]
        )
    if before is not None and len(incident.alarms) > len(before.alarms):
        return says(
            "并入报警，共 {count} 个", "Joined by a further alarm, {count} in all", count=str(len(incident.alarms))
        )
    return None


def _run_started(event: events.PlanRunStarted, _context: Context) -> Text:
    plan = event.run.plan
    return says("启动预案《{t}》第 {v} 版", 'Started the plan "{t}", version {v}', t=plan.title, v=str(plan.version))


# Answers that a kind of step gives by itself where the plan names none (console.steps).
_COMMON_ANSWERS: dict[str, Text] = {
    "answered": Text("已接通，已告知", "answered, told"),
    "no_answer": Text("无人接听", "no answer"),
    "busy": Text("占线", "busy"),
    "done": Text("完成", "done"),
}


def answer_words(step: Step | None, visit: StepRun, names: Names) -> Text:
    """What was answered to a step: the words of the answer picked, then what was entered, ids by their names."""
    offered = {answer.key: answer.label for answer in step.answers} if step else {}
    label = offered.get(visit.answer) or _COMMON_ANSWERS.get(visit.answer) or as_written(visit.answer)
    named = visit.value.get("name")
    entered = {key: value for key, value in visit.value.items() if key != "last" and not (named and key == "contact")}
    tries = entered.pop("tries", None)
    before = says("此前 {n} 次未成", "{n} tries before", n=str(tries)) if tries else Text()
    return joined([label, *(_entered(value, names) for value in entered.values()), before])


def _entered(value: Any, names: Names) -> Text:
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, dict):
        return joined(says("{k}：{v}", "{k}: {v}", k=names.place(k), v=_entered(v, names)) for k, v in value.items())
    if isinstance(value, list | tuple):
        said = [_entered(each, names) for each in value]
        return Text("、".join(each.zh for each in said), ", ".join(each.en for each in said))
    return names.place(str(value)) if value not in (None, "") else Text()


def visit_of(run: PlanRun, step_id: str) -> StepRun | None:
    return next((visit for visit in reversed(run.visits) if visit.step == step_id), None)


def step_of(run: PlanRun, step_id: str) -> Step | None:
    return next((step for step in run.plan.steps if step.id == step_id), None)


def _answered(event: events.PlanRunChanged, context: Context) -> Text:
    visit, step = visit_of(event.run, event.step), step_of(event.run, event.step)
    title = step.title if step else as_written(event.step)
    if visit is None:
        return title
    answer = answer_words(step, visit, context.names)
    late = Text()
    if visit.late and visit.ended_at and visit.due_at:
        over = span((visit.ended_at - visit.due_at).total_seconds())
        late = says("（超时 {over}）", " ({over} over the limit)", over=over)
    if answer:
        done = says("步骤“{t}”：{answer}{late}", 'Step "{t}": {answer}{late}', t=title, answer=answer, late=late)
    else:
        done = says("步骤“{t}”完成{late}", 'Step "{t}" done{late}', t=title, late=late)
    return joined([done, _completed(event, context)])


def _skipped(event: events.PlanRunChanged, context: Context) -> Text:
    visit, step = visit_of(event.run, event.step), step_of(event.run, event.step)
    skipped = says("跳过步骤“{t}”", 'Skipped step "{t}"', t=step.title if step else event.step)
    return joined([skipped, because(visit.reason if visit else ""), _completed(event, context)])


def _completed(event: events.PlanRunChanged, context: Context) -> Text:
    """What the last step adds: with it the plan is done."""
    before: PlanRun | None = context.before
    if event.run.state is not RunState.COMPLETE or (before is not None and before.state is RunState.COMPLETE):
        return Text()
    return Text("预案执行完毕", "the plan is complete")


def _late(event: events.PlanRunChanged, _context: Context) -> Text:
    step = step_of(event.run, event.step)
    return says("步骤“{t}”已超过时限", 'Step "{t}" is over its limit', t=step.title if step else event.step)


def _ended(event: events.PlanRunChanged, _context: Context) -> Text:
    plan = event.run.plan
    if event.run.state is RunState.ABANDONED:
        return says("预案《{t}》中止", 'The plan "{t}" was abandoned', t=plan.title)
    return says("预案《{t}》执行完毕", 'The plan "{t}" is complete', t=plan.title)


_RUN_CHANGES: dict[str, Callable[[events.PlanRunChanged, Context], Text]] = {
    "answered": _answered,
    "skipped": _skipped,
    "late": _late,
    "ended": _ended,
}


def _run(event: events.PlanRunChanged, context: Context) -> Text | None:
    tell = _RUN_CHANGES.get(event.change)
    return tell(event, context) if tell else None


def _dispatch(event: events.DispatchChanged, _context: Context) -> Text:
    dispatch = event.dispatch
    said = says("{state}：{post}", "{state}: {post}", state=word(dispatch.state), post=dispatch.post_name)
    return joined([said, as_written(dispatch.note) if dispatch.state is DispatchState.SENT else Text()])


def _entry(event: events.EntryWritten, _context: Context) -> Text:
    entry = event.entry
    if entry.kind is EntryKind.NOTE:
        return as_written(entry.text)
    return says("{kind}：{text}", "{kind}: {text}", kind=word(entry.kind), text=entry.text)


# -------------------------------------------------------------------------------- people and duty
_PERSON_CHANGES: dict[str, Text] = {
    "added": Text("录入", "entered"),
    "details": Text("更改资料", "details changed"),
    "password": Text("更改口令", "password changed"),
    "active": Text("启用账号", "account opened"),
    "inactive": Text("停用账号", "account closed"),
    "role": Text("更改角色", "role changed"),
}


def _person(event: events.PersonChanged, context: Context) -> Text:
    person = event.person
    kind = event.change.split(" ", 1)[0]
    before = getattr(context.before, "role", person.role)
    was = Text() if before is person.role else says("，原为{role}", ", was {role}", role=word(before))
    return says(
        "人员 {name}（{role}{was}）{change}",
        "Person {name} ({role}{was}): {change}",
        name=person.name,
        role=word(person.role),
        was=was,
        change=_PERSON_CHANGES.get(kind, as_written(event.change)),
    )


def _signed_on(event: events.SignedOn, _context: Context) -> Text:
    who = event.sign_on
    return says("{name} 上岗，席位 {seat}", "{name} signed on at seat {seat}", name=who.name, seat=who.seat)


def _signed_off(event: events.SignedOff, _context: Context) -> Text:
    who = event.sign_on
    return says("{name} 离岗，席位 {seat}", "{name} signed off at seat {seat}", name=who.name, seat=who.seat)


def _refused(event: events.SignOnRefused, _context: Context) -> Text:
    if event.login.startswith(events.UNKNOWN_LOGIN):
        return says(
            "登录被拒：没有这个登录名，第 {n} 次", "Sign-on refused: no such login, attempt {n}", n=str(event.failures)
        )
    return says(
        "登录被拒：{login}，第 {n} 次",
        "Sign-on refused: {login}, attempt {n}",
        login=event.login,
        n=str(event.failures),
    )


def _shift(event: events.ShiftChanged, context: Context) -> Text:
    shift = event.shift
    if shift.state is ShiftState.HANDED_OVER:
        return says("{name}已交班", "{name} handed over", name=shift.name)
    crew = Text("、".join(map(context.names.person, shift.crew)), ", ".join(map(context.names.person, shift.crew)))
    return says("{name}当班：{crew}", "{name} on duty: {crew}", name=shift.name, crew=crew)


def _threat(event: events.ThreatChanged, _context: Context) -> Text:
    level = says("态势等级：{level}", "Threat level: {level}", level=word(event.threat.level))
    return joined([level, because(event.threat.reason)])


def _due(event: events.DueChanged, _context: Context) -> Text | None:
    item = event.item
    if item.state is DueState.WAITING:
        return None
    said = says("{title}：{state}", "{title}: {state}", title=item.title, state=word(item.state))
    return joined([said, as_written(item.note) if item.state is DueState.DONE else Text()])


def _carry(event: events.CarryOverChanged, _context: Context) -> Text:
    carry = event.carry_over
    if carry.state is CarryState.CLOSED:
        return says(
            "移交事项了结：{text}，{how}", "Carry-over closed: {text}, {how}", text=carry.text, how=carry.closing
        )
    if carry.handed_count:
        return says(
            "移交事项第 {n} 次移交：{text}",
            "Carry-over handed on, time {n}: {text}",
            n=str(carry.handed_count),
            text=carry.text,
        )
    return says("新移交事项：{text}", "New carry-over: {text}", text=carry.text)


_HANDOVER_STATES: dict[HandoverState, Text] = {
    HandoverState.DRAFT: Text("交接班：打开草稿", "Handover: draft opened"),
    HandoverState.FROZEN: Text("交接班：冻结，待接班人核对", "Handover: frozen, to be checked by the relief"),
    HandoverState.DISPUTED: Text("交接班：提出异议", "Handover: objection raised"),
    HandoverState.SIGNED_OUT: Text("交接班：交班人签名", "Handover: signed by the outgoing"),
    HandoverState.EFFECTIVE: Text("交接班生效，责任转移", "Handover in effect, responsibility passed"),
    HandoverState.REVIEWED: Text("交接班：已复核", "Handover: reviewed"),
    HandoverState.REFUSED: Text("拒绝接班", "Handover refused"),
}


def _handover(event: events.HandoverChanged, context: Context) -> Text | None:
    handover = event.handover
    if context.before is not None and context.before.state is handover.state:
        return None
    words = {HandoverState.DISPUTED: handover.objection, HandoverState.REFUSED: handover.refusal}
    return joined([_HANDOVER_STATES[handover.state], because(words.get(handover.state, ""))])


def _signature(event: events.RecordSigned, _context: Context) -> Text:
    signature = event.signature
    return says(
        "签名：{name}（{meaning}）",
        "Signature: {name} ({meaning})",
        name=signature.person_name,
        meaning=word(signature.meaning),
    )


# -------------------------------------------------------------------------------- evidence and patrol
def _evidence(event: events.EvidenceKept, context: Context) -> Text:
    evidence = event.evidence
    kept = says("固定证据：{kind}", "Evidence kept: {kind}", kind=word(evidence.kind))
    code = says("SHA-256 {code}…", "SHA-256 {code}…", code=evidence.sha256[:12])
    return joined([kept, context.names.place(evidence.camera), as_written(evidence.caption), code])


def _printed(event: events.ReportPrinted, _context: Context) -> Text:
    report = event.report
    return says("出具表单，核对短码 {code}", "Form made, check code {code}", code=report.short_code)


def _round(event: events.RoundChanged, context: Context) -> Text | None:
    walk = event.round
    before: Round | None = context.before
    if before is None:
        return says("巡逻开始：{route}", "Patrol round began: {route}", route=walk.route_name)
    if walk.state is not before.state:
        missed = sum(1 for stop in walk.stops if stop.state is StopState.MISSED)
        return says(
            "巡逻{state}：{route}，到位 {reached}/{all}，漏检 {missed}",
            "Patrol round {state}: {route}, reached {reached} of {all}, missed {missed}",
            state=Text("完成", "complete") if walk.state is RoundState.COMPLETE else Text("未完成", "incomplete"),
            route=walk.route_name,
            reached=str(walk.reached),
            all=str(len(walk.stops)),
            missed=str(missed),
        )
    was = {stop.checkpoint: stop.state for stop in before.stops}
    changed = [stop for stop in walk.stops if was.get(stop.checkpoint) is not stop.state]
    return joined(
        says("{stop} {state}", "{stop} {state}", stop=context.names.place(stop.checkpoint), state=word(stop.state))
        for stop in changed
    )


def _punch(event: events.PunchReceived, context: Context) -> Text:
    punch = event.punch
    where = context.names.place(punch.checkpoint) or as_written(punch.chip)
    return joined([says("巡更打卡：{where}", "Patrol punch: {where}", where=where), as_written(punch.person)])


# -------------------------------------------------------------------------------- the equipment
def _camera(event: events.CameraChanged, context: Context) -> Text:
    state = event.state
    said = says(
        "摄像机 {name}：{sight}",
        "Camera {name}: {sight}",
        name=context.names.place(state.camera),
        sight=word(state.sight),
    )
    return joined([said, Text(state.reason_zh, state.reason_en)])


_BEGUN = Text("已启动，尚未收到消息", "begun, nothing heard yet")
_HEARD = Text("正常", "heard")
_LOST = Text("失联", "not heard")


def _source(event: events.SourceChanged, context: Context) -> Text:
    health = event.health
    said = says(
        "报警源 {name}：{state}",
        "Alarm source {name}: {state}",
        name=context.names.place(health.source),
        state=_BEGUN if health.waits else _HEARD if health.healthy else _LOST,
    )
    return joined([said, Text(health.sentence_zh, health.sentence_en)])


def _fault(event: events.FaultNoted, _context: Context) -> Text:
    if event.active:
        return says("故障：{sentence}", "Fault: {sentence}", sentence=event.sentence)
    return says("故障恢复：{sentence}", "Fault over: {sentence}", sentence=event.sentence)


def _points(event: events.PointsImported, _context: Context) -> Text:
    counts = {name: str(event.counts.get(name, 0)) for name in ("rows", "new", "changed", "removed")}
    return says(
        "导入报警点表“{file}”：共 {rows} 点，新增 {new}，修改 {changed}，删除 {removed}；校验值 {digest}",
        'Imported the table of points "{file}": {rows} points, {new} new, {changed} changed, {removed} removed; digest {digest}',
        file=event.file,
        digest=event.digest[:16],
        **counts,
    )


def _site(event: events.SiteLoaded, _context: Context) -> Text:
    return says("读入站点 {site}，摘要 {d}…", "Site {site} read, digest {d}…", site=event.site, d=event.digest[:12])


def _setting(event: events.SettingChanged, context: Context) -> Text:
    if event.key.startswith(RULE):
        return rule_changed(event, context)
    said = says(
        "设置 {key}：{old} → {new}", "Setting {key}: {old} → {new}", key=event.key, old=event.old, new=event.new
    )
    return joined([said, because(event.reason)])


def _started(event: events.ConsoleStarted, _context: Context) -> Text:
    return says("值守台启动，版本 {v}", "The console started, version {v}", v=event.version)


def _stopped(_event: events.ConsoleStopped, _context: Context) -> Text:
    return Text("值守台正常退出", "The console ended in order")


# The table: event -> sentence; None where another line of the same moment already says it.
TELLS: dict[type[events.Event], Callable[[Any, Context], Text | None]] = {
    events.IncidentOpened: _opened,
    events.IncidentChanged: _incident,
    events.PlanRunStarted: _run_started,
    events.PlanRunChanged: _run,
    events.DispatchChanged: _dispatch,
    events.EntryWritten: _entry,
    events.PersonChanged: _person,
    events.SignedOn: _signed_on,
    events.SignedOff: _signed_off,
    events.SignOnRefused: _refused,
    events.ShiftChanged: _shift,
    events.ThreatChanged: _threat,
    events.DueChanged: _due,
    events.CarryOverChanged: _carry,
    events.HandoverChanged: _handover,
    events.RecordSigned: _signature,
    events.EvidenceKept: _evidence,
    events.ReportPrinted: _printed,
    events.RoundChanged: _round,
    events.PunchReceived: _punch,
    events.CameraChanged: _camera,
    events.SourceChanged: _source,
    events.FaultNoted: _fault,
    events.PointsImported: _points,
    events.SiteLoaded: _site,
    events.SettingChanged: _setting,
    events.ConsoleStarted: _started,
    events.ConsoleStopped: _stopped,
}
