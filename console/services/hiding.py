"""Hiding: shelve a nuisance, suppress by rule, take out of service, put on test; all of it listed, none of it for ever.

Life classes are never shelved and never suppressed; work on their own equipment may take them out of the queue, by a
rule with an owner and an end, and for fire two people answer for it (GB 50394-2007 5.2.2-5.2.3, GB 25201-2010). What is
hidden still counts its signals, is in the handover, and comes back with sound when its time is over.
"""

from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from console.models.alarm_life import Given, act
from console.models.alarms import Action, Alarm, AlarmClass, Hiding, Priority, State, allowed
from console.models.errors import Refused
from console.models.events import SuppressionChanged
from console.models.ids import AlarmId, PersonId, PlaceId, PointId, SourceId, SuppressionId, new_id
from console.models.people import SYSTEM, Actor, Person, Right
from console.models.settings import BY_KEY, seconds_of
from console.models.suppression import ACTIONS, STATES, Suppression, SuppressionKind, matches, touches_fire
from console.models.text import Text, typed
from console.services import due
from console.services.desk import Desk
from console.services.passwords import Proof, with_proof
from console.services.queue import SHELVING, save, second_person
from console.store.store import Reading, Transaction

RULE = "suppression"  # the kind of a rule's due item
SHELVE_KEY = {
    Priority.HIGH: "alarm.shelve_p2_s",
    Priority.MEDIUM: "alarm.shelve_p3_s",
    Priority.LOW: "alarm.shelve_p4_s",
}


# ------------------------------------------------------------------------------------------------ shelving
def shelve(
    tx: Transaction, alarm_id: AlarmId, reason: str, until_at: datetime | None, *, until_normal: bool = False, by: Actor
) -> Alarm:
    """Put a nuisance aside until a time, with a reason of at most 500 characters.

    `until_normal` ends it as soon as the point is normal, at `until_at` at the latest; without `until_at` that is the
    longest time its priority allows (settings alarm.shelve_*). Never a life class, never a critical alarm, and at most
    alarm.shelved_at_most at one seat.
    """
    by.demand(Right.SHELVE)
    alarm = tx.need(Alarm, alarm_id)
    if not typed(reason, 500):
        raise Refused(zh="搁置必须写明原因。", en="Shelving needs a reason.")
    longest = tx.now + timedelta(seconds=longest_shelving_s(tx, alarm.priority))
    until_at = longest if until_at is None and until_normal else until_at
    if until_at is None or not tx.now < until_at <= longest:
        raise Refused(zh="搁置时间超过该级别的上限。", en="That is longer than this priority may be shelved.")
    at_most = int(seconds_of(tx.settings, "alarm.shelved_at_most"))
    if sum(one.hiding is not None and one.hiding.seat == by.seat for one in shelved(tx)) >= at_most:
        raise Refused(
            zh=f"本席位已搁置 {at_most} 条报警，请先恢复其中之一。",
            en=f"This seat has {at_most} alarms shelved; bring one back first.",
        )
    hiding = Hiding(
        kind=State.SHELVED,
        by=by.person,
        reason=typed(reason, 500),
        until_at=until_at,
        seat=by.seat,
        until_normal=until_normal,
    )
    return save(tx, alarm, act(alarm, Action.SHELVE, tx.now, Given(hiding=hiding)), Action.SHELVE, by=by)


def longest_shelving_s(rx: Reading, priority: Priority) -> float:
    """How long an alarm of this priority may be shelved, in seconds; 0 for critical ones."""
    return seconds_of(rx.settings, SHELVE_KEY[priority]) if priority in SHELVE_KEY else 0.0


def bring_back(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> Alarm | None:
    """End the hiding of one alarm: by a person, or by its time. What is active sounds again.

    An alarm that a standing rule speaks of goes from the shelf under that rule; one that a rule hides is brought back by
    `not_a_test` or with the end of the rule.
    """
    alarm = tx.get(Alarm, alarm_id)
    if alarm is None or alarm.hiding is None or alarm.closed_at is not None:
        return None
    if by is not SYSTEM:
        by.demand(Right.SHELVE)
    due.finish(tx, SHELVING, alarm.id, by=by)
    back = save(tx, alarm, act(alarm, Action.BRING_BACK, tx.now), Action.BRING_BACK, by=by)
    rule = rule_for(tx, back) if alarm.hiding.rule is None else None
    return _hide(tx, back, rule) if rule is not None else back


def after_restore(tx: Transaction, alarm: Alarm) -> Alarm:
    """The point of a hidden alarm is normal: a one-shot shelving is over."""
    if alarm.hiding is None or not alarm.hiding.until_normal or alarm.closed_at is not None:
        return alarm
    return bring_back(tx, alarm.id, by=SYSTEM) or alarm


def after_signal(tx: Transaction, alarm: Alarm) -> Alarm:
    """A shelved alarm that has become critical does not stay on the shelf."""
    if alarm.hiding is None or alarm.hiding.kind is not State.SHELVED or alarm.priority is not Priority.CRITICAL:
        return alarm
    return bring_back(tx, alarm.id, by=SYSTEM) or alarm


# ------------------------------------------------------------------------------------------------ rules
def standing(rx: Reading) -> tuple[Suppression, ...]:
    """Every rule that nobody ended and whose time is not over, those that begin later among them, soonest end first."""
    return rx.find(Suppression, ended_at=None, order_by="until_at")


def rule_for(rx: Reading, alarm: Alarm) -> Suppression | None:
    """The standing rule that hides an alarm now; that which lasts longest where several do. Never with an open case."""
    if alarm.case_open:
        return None
    fitting = [rule for rule in standing(rx) if rule.stands(rx.now) and matches(rule, alarm, rx.site)]
    return fitting[-1] if fitting else None


def suppress(
    tx: Transaction,
    kind: SuppressionKind,
    reason: str,
    until_at: datetime,
    *,
    owner: PersonId | None = None,
    points: tuple[PointId, ...] = (),
    places: tuple[PlaceId, ...] = (),
    sources: tuple[SourceId, ...] = (),
    classes: tuple[AlarmClass, ...] = (),
    from_at: datetime | None = None,
    order: str = "",
    second: Actor | None = None,
    by: Actor,
) -> Suppression:
    """Begin a rule that hides what it matches, now or from `from_at`, until `until_at`.

    `owner` answers for it, by default whoever begins it. `order` is the number of a work order, `reason` at most 500
    characters. A rule that can take fire detectors out needs a `second` person whose password was checked by the caller
    (`suppress_with_second` does both). Live alarms that match are hidden at once, except those with an open case and what
    latches and nobody has acknowledged.
    """
    by.demand(Right.SHELVE)
    from_at = from_at or tx.now
    rule = Suppression(
        id=SuppressionId(new_id()),
        kind=SuppressionKind(kind),
        reason=typed(reason, 500),
        owner=owner or by.person,
        points=points,
        places=places,
        sources=sources,
        classes=classes,
        from_at=from_at,
        until_at=until_at,
        begun_at=tx.now,
        begun_by=by.person,
        second=second.person if second else None,
        order=typed(order, 64),
    )
    _demand_sense(tx, rule)
    if touches_fire(rule):
        if second is None or second.person == by.person:
            raise Refused(
                zh="停用或测试火警须另一名人员用本人口令共同确认。",
                en="Taking fire detectors out needs another person's own password.",
            )
        second.demand(Right.HANDLE_ALARMS)
    _say(tx, rule, by)
    watch_rule(tx, rule)
    return _begin(tx, rule) if rule.stands(tx.now) else rule


def suppress_with_second(
    desk: Desk,
    kind: SuppressionKind,
    reason: str,
    until_at: datetime,
    *,
    login: str,
    password: str,
    by: Actor,
    **given: Any,
) -> "Future[Suppression]":
    """Begin a rule that a second person confirms with their password; `given` as for `suppress`.

    Fails with Refused where login or password is wrong, or the second is the first.
    """
    return with_proof(desk, login, password, by.seat, accept_second, kind, reason, until_at, given, by=by)


def accept_second(
    tx: Transaction, proof: Proof, kind: SuppressionKind, reason: str, until_at: datetime, given: dict[str, Any], *, by: Actor
) -> Suppression:
    """Keep a rule that two people answer for; see `suppress_with_second`."""
    by.demand(Right.SHELVE)
    return suppress(tx, kind, reason, until_at, second=second_person(tx, proof, by.seat), by=by, **given)


def _demand_sense(tx: Transaction, rule: Suppression) -> None:
    if not rule.reason:
        raise Refused(zh="屏蔽规则必须写明原因。", en="A rule needs a reason.")
    if not (rule.points or rule.places or rule.sources or rule.classes):
        raise Refused(zh="请选择规则作用的点位、位置、报警源或类别。", en="Say what the rule is about.")
    if tx.get(Person, rule.owner) is None and rule.owner != rule.begun_by:
        raise Refused(zh="规则的责任人不存在。", en="The owner of the rule is nobody of this post.")
    on_test = rule.kind is SuppressionKind.ON_TEST
    longest_s = seconds_of(tx.settings, "alarm.on_test_at_most_s" if on_test else "alarm.rule_at_most_s")
    if not max(rule.from_at, tx.now) < rule.until_at <= rule.from_at + timedelta(seconds=longest_s):
        raise Refused(
            zh=f"规则必须有结束时间，最长 {longest_s / 3600:.0f} 小时。",
            en=f"A rule has an end, at most {longest_s / 3600:.0f} hours after its beginning.",
        )


def end_rule(tx: Transaction, rule_id: SuppressionId, *, by: Actor) -> Suppression:
    """End a rule before its time: what it hid comes back, with sound where it is not over. Ending it twice changes nothing."""
    by.demand(Right.SHELVE)
    rule = tx.need(Suppression, rule_id)
    return rule if rule.ended_at is not None else _end(tx, rule, by)


def turn(tx: Transaction, rule_id: SuppressionId) -> None:
    """The clock of a rule ran out: it begins, or it ends."""
    rule = tx.get(Suppression, rule_id)
    if rule is None or rule.ended_at is not None:
        return
    if rule.stands(tx.now):
        watch_rule(tx, rule)
        _begin(tx, rule)
    elif tx.now >= rule.until_at:
        _end(tx, rule, SYSTEM)


def not_a_test(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> Alarm | None:
    """What came while its point is hidden by a rule is real: it comes back at once, and sounds. The rule stays for the rest.

    Anybody who handles alarms may say so. None where no rule hides the alarm.
    """
    by.demand(Right.HANDLE_ALARMS)
    alarm = tx.get(Alarm, alarm_id)
    if alarm is None or alarm.hiding is None or alarm.hiding.rule is None or alarm.closed_at is not None:
        return None
    back = replace(act(alarm, Action.BRING_BACK, tx.now), test=False)
    return save(tx, alarm, back, Action.BRING_BACK, by=by)


def hide_new(rx: Reading, alarm: Alarm) -> Alarm:
    """A new alarm as it is to be raised: under the standing rule that speaks of it, where there is one."""
    rule = rule_for(rx, alarm)
    return replace(alarm, hiding=_hiding(rule), test=rule.kind is SuppressionKind.ON_TEST) if rule else alarm


def _hiding(rule: Suppression) -> Hiding:
    return Hiding(kind=STATES[rule.kind], by=rule.owner, reason=rule.reason, until_at=rule.until_at, rule=rule.id)


def _hide(tx: Transaction, alarm: Alarm, rule: Suppression) -> Alarm:
    action = ACTIONS[rule.kind]
    if not allowed(alarm, action):
        return alarm
    hidden = act(alarm, action, tx.now, Given(hiding=_hiding(rule)))
    return save(tx, alarm, replace(hidden, test=rule.kind is SuppressionKind.ON_TEST), action, by=SYSTEM)


def _begin(tx: Transaction, rule: Suppression) -> Suppression:
    for alarm in tx.find(Alarm, closed_at=None, case_open=False):
        rings = alarm.latching and alarm.acknowledged is None  # sounds until a person acknowledges: GB 50394-2007 5.2.3
        if matches(rule, alarm, tx.site) and not rings:
            _hide(tx, alarm, rule)
    return rule


def _end(tx: Transaction, rule: Suppression, by: Actor) -> Suppression:
    ended = replace(rule, ended_at=tx.now, ended_by=None if by is SYSTEM else by.person, rev=rule.rev + 1)
    due.finish(tx, RULE, rule.id, by=by)
    due.cancel(tx, RULE, rule.id)
    _say(tx, ended, by)
    for alarm in tx.find(Alarm, closed_at=None):
        if alarm.hiding is not None and alarm.hiding.rule == rule.id:
            _uncover(tx, alarm, by)
    return ended


def _uncover(tx: Transaction, alarm: Alarm, by: Actor) -> None:
    """What is over by itself goes to history; what latches or is still active comes back, or goes under the next rule."""
    action = Action.FADE if allowed(alarm, Action.FADE) else Action.BRING_BACK
    back = save(tx, alarm, act(alarm, action, tx.now), action, by=by)
    rule = rule_for(tx, back) if back.closed_at is None else None
    if rule is not None:
        _hide(tx, back, rule)


def _say(tx: Transaction, rule: Suppression, by: Actor) -> None:
    tx.put(rule)
    tx.record(SuppressionChanged(at=tx.now, by=by.person, seat=by.seat, rule=rule))


def watch_rule(tx: Transaction, rule: Suppression) -> None:
    """Put the next change of a rule on the due list: that it begins, or that it ends."""
    begins = rule.from_at > tx.now
    words = ("开始：", "begins: ") if begins else ("到期：", "ends: ")
    title = Text(zh=f"屏蔽规则{words[0]}{rule.reason}", en=f"Rule that hides alarms {words[1]}{rule.reason}")
    at = rule.from_at if begins else rule.until_at
    due.add(tx, RULE, rule.id, title, at, notice_s=0.0, source=BY_KEY["alarm.rule_at_most_s"].source_on_record)


# ------------------------------------------------------------------------------------------------ what is hidden
@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Everything that is out of sight: alarms by why, and the rules that stand or will."""

    shelved: tuple[Alarm, ...] = ()
    suppressed: tuple[Alarm, ...] = ()
    out_of_service: tuple[Alarm, ...] = ()
    rules: tuple[Suppression, ...] = ()


def hidden(rx: Reading) -> Hidden:
    """All hidden alarms, oldest first, and all standing rules: for the chip, the list and the handover form."""
    live = [alarm for alarm in rx.find(Alarm, closed_at=None) if alarm.hiding is not None]

    def of(state: State) -> tuple[Alarm, ...]:
        return tuple(alarm for alarm in live if alarm.state is state)

    return Hidden(
        shelved=of(State.SHELVED),
        suppressed=of(State.SUPPRESSED),
        out_of_service=of(State.OUT_OF_SERVICE),
        rules=standing(rx),
    )


def shelved(rx: Reading) -> tuple[Alarm, ...]:
    """What people have put aside, oldest first."""
    return tuple(
        alarm for alarm in rx.find(Alarm, closed_at=None) if alarm.hiding is not None and alarm.hiding.kind is State.SHELVED
    )
