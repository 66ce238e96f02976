"""How signals, alarms and the rules that hide them read."""

from collections.abc import Callable
from typing import Any

from console.models import events
from console.models.alarms import Action, Alarm
from console.models.phrases import Context, as_written, because, joined, says
from console.models.text import Text
from console.models.words import word


def _signal(event: events.SignalReceived, context: Context) -> Text:
    signal = event.signal
    code = f" {signal.code}" if signal.code else ""
    return joined(
        [
            says("{kind}{code}", "{kind}{code}", kind=word(signal.kind), code=code),
            context.names.place(signal.point),
            Text(signal.text_zh, signal.text_en),
            Text("重复信号，未另计", "a repetition, not counted") if signal.duplicate_of else Text(),
        ]
    )


def _raised(event: events.AlarmRaised, _context: Context) -> Text:
    alarm = event.alarm
    return joined(
        [
            says("{drill}报警：{title}", "{drill}Alarm: {title}", drill=drill(alarm.drill), title=alarm.title),
            word(alarm.alarm_class),
            word(alarm.priority),
            alarm.place_name,
        ]
    )


def drill(is_drill: bool) -> Text:
    """What stands before a sentence that is about a drill."""
    return Text("【演练】", "[DRILL] ") if is_drill else Text()


def _hidden(event: events.AlarmChanged, context: Context) -> Text:
    hiding = event.alarm.hiding
    if hiding is None:
        return word(event.action) if event.action else Text()
    return says(
        "{kind}报警“{title}”，至 {until}，原因：{reason}",
        '{kind} "{title}" until {until}, reason: {reason}',
        kind=word(hiding.kind),
        title=event.alarm.title,
        until=context.moment(hiding.until_at),
        reason=hiding.reason,
    )


def _owned(event: events.AlarmChanged, context: Context) -> Text:
    owner, title = event.alarm.owner, event.alarm.title
    if owner is None:
        return says("移交报警“{title}”", 'Handed on the alarm "{title}"', title=title)
    told = says(
        "报警“{title}”移交 {person}（席位 {seat}）",
        'Handed the alarm "{title}" to {person} (seat {seat})',
        title=title,
        person=context.names.person(owner.person),
        seat=owner.seat,
    )
    return joined([told, as_written(owner.note)])


def _parked(event: events.AlarmChanged, context: Context) -> Text:
    parked, title = event.alarm.parked, event.alarm.title
    if parked is None:
        return says("暂缓报警“{title}”", 'Parked the alarm "{title}"', title=title)
    until = context.moment(parked.until_at)
    told = says("暂缓报警“{title}”至 {until}", 'Parked the alarm "{title}" until {until}', title=title, until=until)
    return joined([told, because(parked.reason)])


def _reset_on_site(event: events.AlarmChanged, context: Context) -> Text:
    reset = event.alarm.reset
    told = says("现场确认后复位报警“{title}”", 'Reset the alarm "{title}" after a check on site', title=event.alarm.title)
    second = context.names.person(reset.second) if reset and reset.second else ""
    shared = says("共同确认：{second}", "confirmed by {second}", second=second) if second else Text()
    return joined([told, as_written(reset.note if reset else ""), shared])


def _verified(event: events.AlarmChanged, _context: Context) -> Text:
    found, title = event.alarm.verified, event.alarm.title
    if found is None:
        return says("核实报警“{title}”", 'Verified the alarm "{title}"', title=title)
    how, level = word(found.how), str(found.level)
    if found.false_alarm:
        told = says("核实“{title}”：误报，{how}", 'Verified "{title}": a false alarm, {how}', title=title, how=how)
    else:
        told = says(
            "核实“{title}”：程度 {level}，{how}", 'Verified "{title}": level {level}, {how}', title=title, level=level, how=how
        )
    return joined([told, as_written(found.note)])


def _titled(zh: str, en: str) -> Callable[[events.AlarmChanged, Context], Text]:
    return lambda event, context: says(zh, en, title=event.alarm.title, count=str(event.alarm.count))


_ALARM_ACTIONS: dict[Action, Callable[[events.AlarmChanged, Context], Text]] = {
    Action.SIGNAL: _titled("“{title}”再次报警，累计 {count} 次", '"{title}" signalled again, {count} times in all'),
    Action.RESTORE: _titled("“{title}”探测点恢复正常", '"{title}": the point returned to normal'),
    Action.SILENCE: _titled("“{title}”失去音讯，状态未知", '"{title}": the point is no longer heard, state unknown'),
    Action.HEAR: _titled("“{title}”恢复音讯，仍按最后状态报警", '"{title}": the point is heard again, and still in alarm as far as known'),
    Action.ACKNOWLEDGE: _titled("确认报警“{title}”", 'Acknowledged the alarm "{title}"'),
    Action.LEASE_LAPSE: _titled("“{title}”确认已过期，重新待确认", '"{title}": the acknowledgement lapsed'),
    Action.RESET: _titled("复位报警“{title}”", 'Reset the alarm "{title}"'),
    Action.SHELVE: _hidden,
    Action.SUPPRESS: _hidden,
    Action.TAKE_OUT: _hidden,
    Action.BRING_BACK: _titled("恢复监视“{title}”", 'Brought "{title}" back into the queue'),
    Action.FADE: _titled("“{title}”在隐藏期间已恢复，转入历史", '"{title}" was over while it was hidden, and left the queue'),
    Action.RESET_ON_SITE: _reset_on_site,
    Action.CLAIM: _titled("接管报警“{title}”", 'Claimed the alarm "{title}"'),
    Action.HAND_TO: _owned,
    Action.LET_GO: _titled("放弃接管报警“{title}”", 'Let go of the alarm "{title}"'),
    Action.PARK: _parked,
    Action.UNPARK: _titled("“{title}”暂缓结束，重新待确认", '"{title}" is no longer parked and waits again'),
    Action.ESCALATE: _titled(
        "上报班长：“{title}”确认后未处置", 'To the shift leader: "{title}" was acknowledged and not handled'
    ),
    Action.VERIFY: _verified,
    Action.FOLD: _titled("“{title}”归并到其原因报警之下", '"{title}" was folded under its cause'),
    Action.CUT_LOOSE: _titled("“{title}”解除归并，单独列出", '"{title}" was cut loose from its cause'),
}


def _alarm(event: events.AlarmChanged, context: Context) -> Text | None:
    if event.action is not None:
        return _ALARM_ACTIONS[event.action](event, context)
    before: Alarm | None = context.before
    if event.alarm.closed_at is not None and (before is None or before.closed_at is None):
        return _titled("“{title}”转入历史", '"{title}" left the queue')(event, context)
    if before is not None and before.verification != event.alarm.verification:
        return says(
            "“{title}”核实程度 {old} → {new}",
            '"{title}": verification {old} → {new}',
            title=event.alarm.title,
            old=str(before.verification),
            new=str(event.alarm.verification),
        )
    return None


def _shown(event: events.AlarmsShown, _context: Context) -> Text | None:
    if not event.late:
        return None  # each alarm is shown once; only what came late is news
    return says(
        "{count} 条报警显示延迟（席位 {seat}）",
        "{count} alarms were shown late (seat {seat})",
        count=str(event.late),
        seat=event.seat,
    )


def _rule(event: events.SuppressionChanged, context: Context) -> Text:
    rule = event.rule
    kind, reason, until = word(rule.kind), rule.reason, context.moment(rule.until_at)
    if rule.ended_at is not None:
        return says("{kind}规则结束：{reason}", "Rule ended ({kind}): {reason}", kind=kind, reason=reason)
    named = [context.names.place(each) for each in (*rule.points, *rule.places, *rule.sources)]
    matched = joined([*named, *(word(each) for each in rule.classes)])
    owner = context.names.person(rule.owner)
    told = says(
        "{kind}规则：{matched}，至 {until}，责任人 {owner}",
        "Rule ({kind}): {matched}, until {until}, owner {owner}",
        kind=kind,
        matched=matched,
        until=until,
        owner=owner,
    )
    return joined([told, because(reason)])


TELLS: dict[type[events.Event], Callable[[Any, Context], Text | None]] = {
    events.SignalReceived: _signal,
    events.AlarmRaised: _raised,
    events.AlarmChanged: _alarm,
    events.AlarmsShown: _shown,
    events.SuppressionChanged: _rule,
}
