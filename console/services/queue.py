"""Queue: who deals with an alarm, and what they may do to it; every verb is one commit and one line.

An acknowledgement is a lease with an owner. It lapses when nothing happens, and what lapses too often is escalated to
the shift leader. Who cannot deal with an alarm hands it to a colleague, parks it until a time, or lets it go. What
starts or stops a clock does so in one place, `save`.
"""

from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta

from console.models.alarm_life import Given, act, leave_queue
from console.models.alarms import (
    Acknowledgement,
    Action,
    Alarm,
    AlarmClass,
    Condition,
    Means,
    Ownership,
    Parking,
    Priority,
    Reset,
    State,
    Verification,
    allowed,
)
from console.models.errors import Refused
from console.models.events import AlarmChanged
from console.models.ids import AlarmId, PersonId
from console.models.people import RIGHTS, SYSTEM, Actor, Person, Right, SignOn
from console.models.settings import BY_KEY, seconds_of, value_of
from console.models.text import Text, typed
from console.services import contacts, due, false_alarms, timings
from console.services.desk import Desk
from console.services.passwords import Proof, prove, with_proof
from console.store.store import Reading, Transaction

LEASE = "lease"
PARKING = "parking"
SHELVING = "shelving"
_TAKEN = frozenset({State.ACKED, State.LATCHED_ACKED})
# Nobody lets these go alone while their point still says that something is wrong (setting alarm.reset_two_people).
TWO_PEOPLE = frozenset({AlarmClass.INTRUSION, AlarmClass.PANIC, AlarmClass.DURESS})

LEASE_KEY = {
    Priority.CRITICAL: "alarm.lease_p1_s",
    Priority.HIGH: "alarm.lease_p2_s",
    Priority.MEDIUM: "alarm.lease_p3_s",
    Priority.LOW: "alarm.lease_p3_s",
}
PARK_KEY = {
    Priority.HIGH: "alarm.park_p2_s",
    Priority.MEDIUM: "alarm.park_p3_s",
    Priority.LOW: "alarm.park_p4_s",
}
# What the due list says of an alarm's clocks.
_TITLES = {
    LEASE: ("确认后未处置：{title}", "Acknowledged, not handled: {title}"),
    PARKING: ("暂缓到时：{title}", "Parked until now: {title}"),
    SHELVING: ("搁置到期：{title}", "Shelving ends: {title}"),
}
_SOURCES = {
    LEASE: "ISA-18.2 / EEMUA 191; 公消〔2015〕301号",
    PARKING: BY_KEY["alarm.park_p2_s"].source_on_record,
    SHELVING: "ISA-18.2",
}


# ------------------------------------------------------------------------------------------------ writing
def clocks(alarm: Alarm) -> dict[str, datetime]:
    """Which due items an alarm needs as it stands, by kind, and when they run out."""
    if alarm.closed_at is not None:
        return {}
    if alarm.hiding is not None:
        return {SHELVING: alarm.hiding.until_at} if alarm.hiding.kind is State.SHELVED else {}
    if alarm.parked is not None:
        return {PARKING: alarm.parked.until_at}
    if alarm.acknowledged is not None and alarm.state in _TAKEN:
        return {LEASE: alarm.acknowledged.lease_until_at}
    return {}


def save(tx: Transaction, before: Alarm, alarm: Alarm, action: Action | None, *, by: Actor) -> Alarm:
    """Write a changed alarm, start, move and stop its clocks, note its times, and say so."""
    tx.put(alarm)
    old, new = clocks(before), clocks(alarm)
    for kind in old.keys() - new.keys():
        due.cancel(tx, kind, alarm.id)
    for kind, until_at in new.items():
        if old.get(kind) != until_at:
            zh, en = _TITLES[kind]
            title = Text(zh.format(title=alarm.title.zh), en.format(title=alarm.title.en))
            due.add(tx, kind, alarm.id, title, until_at, notice_s=0.0, source=_SOURCES[kind])
    timings.changed(tx, before, alarm)
    tx.record(AlarmChanged(at=tx.now, by=by.person, seat=by.seat, alarm=alarm, action=action))
    return alarm


def _do(tx: Transaction, alarm: Alarm, action: Action, given: Given, *, by: Actor) -> Alarm:
    return save(tx, alarm, act(alarm, action, tx.now, given), action, by=by)


# ------------------------------------------------------------------------------------------------ the lease
def acknowledge(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> Alarm:
    """Take notice of an alarm: its sound stops, and for the length of the lease it is this person's.

    An acknowledgement is a lease, not a tombstone: it lapses when nothing happens (settings alarm.lease_*). An alarm
    that nobody owns is theirs from now on. Acknowledging again what a colleague acknowledged changes nothing.
    """
    by.demand(Right.HANDLE_ALARMS)
    alarm = tx.need(Alarm, alarm_id)
    if alarm.acknowledged is not None:
        return alarm
    given = Given(acknowledgement=_acknowledgement(tx, alarm, by), owner=_ownership(tx, by))
    return _do(tx, alarm, Action.ACKNOWLEDGE, given, by=by)


def may_join(alarm: Alarm, person: PersonId) -> bool:
    """Whether this person may acknowledge an alarm together with others of its group.

    What is critical, of a life class or in a colleague's hands is acknowledged by itself, by somebody who looks at it.
    """
    apart = alarm.latching or alarm.priority is Priority.CRITICAL or alarm.hiding is not None
    own = alarm.owner is None or alarm.owner.person == person
    return own and not apart and bool(allowed(alarm, Action.ACKNOWLEDGE))


def acknowledge_together(
    tx: Transaction, asked: tuple[AlarmId, ...], at_most: Priority, *, by: Actor
) -> tuple[Alarm, ...]:
    """Acknowledge alarms of a group, each as if by itself: a lease, an owner and a line of the journal for every one.

    Passes over what does not join (see `may_join`), and what has become more urgent than `at_most` since it was asked.
    Gives what was acknowledged.
    """
    by.demand(Right.HANDLE_ALARMS)
    found = (tx.get(Alarm, one) for one in dict.fromkeys(asked))
    joining = [one for one in found if one is not None and may_join(one, by.person) and one.priority >= at_most]
    return tuple(acknowledge(tx, one.id, by=by) for one in joining)


def _acknowledgement(tx: Transaction, alarm: Alarm, by: Actor) -> Acknowledgement:
    return Acknowledgement(by=by.person, at=tx.now, seat=by.seat, lease_until_at=_lease_until(tx, alarm))


def _lease_until(tx: Transaction, alarm: Alarm) -> datetime:
    return tx.now + timedelta(seconds=seconds_of(tx.settings, LEASE_KEY[alarm.priority]))


def renew(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> None:
    """Something was done about the alarm: its lease begins anew. Its due item moves, which is one line."""
    alarm = tx.get(Alarm, alarm_id)
    if alarm is None or alarm.closed_at is not None:
        return
    timings.acted(tx, alarm.id)
    seen = alarm.acknowledged
    if seen is None:
        return
    lease = replace(seen, lease_until_at=_lease_until(tx, alarm))
    save(tx, alarm, replace(alarm, acknowledged=lease, rev=alarm.rev + 1), None, by=by)


def lapse(tx: Transaction, alarm_id: AlarmId) -> Alarm | None:
    """The lease of an acknowledgement ran out with nothing done: the alarm sounds again ("确认超时").

    It is everybody's again. A critical alarm is escalated at its first lapse, others at the lapse that the setting
    alarm.escalate_after names.
    """
    alarm = tx.get(Alarm, alarm_id)
    if alarm is None or alarm.acknowledged is None or alarm.closed_at is not None or alarm.parked is not None:
        return None
    if alarm.acknowledged.lease_until_at > tx.now or alarm.state not in _TAKEN:
        return None
    lapsed = _do(tx, alarm, Action.LEASE_LAPSE, Given(), by=SYSTEM)
    after = int(seconds_of(tx.settings, "alarm.escalate_after"))
    if lapsed.priority is Priority.CRITICAL or lapsed.lapses >= after:
        return escalate(tx, lapsed)
    return lapsed


def sounds_again(tx: Transaction, alarm: Alarm, action: Action) -> Alarm:
    """What was acknowledged or put off waits again before its time, because something else ran out."""
    return _do(tx, alarm, action, Given(), by=SYSTEM)


def escalate(tx: Transaction, alarm: Alarm) -> Alarm:
    """Mark an alarm for the leader, who is named with a number and to be told from now on: it was not handled."""
    escalated = _do(tx, alarm, Action.ESCALATE, Given(), by=SYSTEM)
    contacts.want_leader(tx, escalated)
    return escalated


# ------------------------------------------------------------------------------------------------ whose it is
def claim(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> Alarm:
    """Make an alarm one's own. Of two seats that claim at once one has it, and the other is told who."""
    by.demand(Right.HANDLE_ALARMS)
    alarm = tx.need(Alarm, alarm_id)
    if alarm.owner is not None:
        if alarm.owner.person == by.person:
            return alarm
        raise _owned(tx, alarm.owner)
    return _do(tx, alarm, Action.CLAIM, Given(owner=_ownership(tx, by)), by=by)


def _ownership(tx: Transaction, by: Actor) -> Ownership:
    return Ownership(person=by.person, seat=by.seat, since_at=tx.now)


def _owned(tx: Transaction, owner: Ownership) -> Refused:
    person = tx.get(Person, owner.person)
    name = person.name if person else owner.person
    return Refused(
        zh=f"该报警已由 {name}（席位 {owner.seat}）负责。", en=f"This alarm belongs to {name} (seat {owner.seat})."
    )


def _demand_ownership(tx: Transaction, alarm: Alarm, by: Actor) -> None:
    """What is somebody's is moved by them, or by a leader."""
    by.demand(Right.HANDLE_ALARMS)
    other = alarm.owner is not None and alarm.owner.person != by.person
    if other and by.role is not None and Right.FORCE_HANDOVER not in RIGHTS[by.role] and alarm.owner is not None:
        raise _owned(tx, alarm.owner)


def hand_to(
    tx: Transaction, alarm_id: AlarmId, to: PersonId | None = None, note: str = "", *, seat: str = "", by: Actor
) -> Alarm:
    """Give an alarm to a colleague who is signed on, by person, or by seat; `note` is at most 500 characters.

    Only its owner, or a leader, gives away what has an owner. The lease begins anew: if the colleague does nothing, the
    alarm comes back to everybody.
    """
    by.demand(Right.HANDLE_ALARMS)
    alarm = tx.need(Alarm, alarm_id)
    _demand_ownership(tx, alarm, by)
    present = [one for one in tx.find(SignOn, off_at=None, order_by="on_at") if Right.HANDLE_ALARMS in RIGHTS[one.role]]
    fitting = [one for one in present if one.person == to or (to is None and seat and one.seat == seat)]
    if not fitting:
        raise Refused(
            zh="对方不在岗，或没有处理报警的权限，不能移交。",
            en="Nobody who may handle alarms is signed on there; it cannot be handed over.",
        )
    new = fitting[-1]
    owner = Ownership(
        person=new.person, seat=new.seat, since_at=tx.now, given_by=by.person, note=typed(note, 500)
    )
    changed = act(alarm, Action.HAND_TO, tx.now, Given(owner=owner))
    if changed.acknowledged is not None and changed.parked is None:
        lease = replace(changed.acknowledged, lease_until_at=_lease_until(tx, alarm))
        changed = replace(changed, acknowledged=lease)
    return save(tx, alarm, changed, Action.HAND_TO, by=by)


def let_go(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> Alarm:
    """Give up an alarm: anybody may claim it. Changes nothing where it has no owner."""
    by.demand(Right.HANDLE_ALARMS)
    alarm = tx.need(Alarm, alarm_id)
    if alarm.owner is None:
        return alarm
    _demand_ownership(tx, alarm, by)
    return _do(tx, alarm, Action.LET_GO, Given(), by=by)


def park(tx: Transaction, alarm_id: AlarmId, until_at: datetime, reason: str, *, by: Actor) -> Alarm:
    """Put an acknowledged alarm off until a time, with a reason of at most 500 characters.

    It comes back by that time, or before by whatever happens to it. Never a critical one; others at most as long as the
    settings alarm.park_* allow.
    """
    by.demand(Right.HANDLE_ALARMS)
    alarm = tx.need(Alarm, alarm_id)
    _demand_ownership(tx, alarm, by)
    if alarm.priority is Priority.CRITICAL:
        raise Refused(zh="一级（紧急）报警不能暂缓。", en="A critical alarm cannot be parked.")
    why = typed(reason, 500)
    if not why:
        raise Refused(zh="暂缓必须写明原因。", en="Parking needs a reason.")
    longest_s = seconds_of(tx.settings, PARK_KEY[alarm.priority])
    if not tx.now < until_at <= tx.now + timedelta(seconds=longest_s):
        minutes = f"{longest_s / 60:.0f}"
        raise Refused(
            zh=f"该级别最多暂缓 {minutes} 分钟。", en=f"This priority may be parked for at most {minutes} minutes."
        )
    parking = Parking(by=by.person, at=tx.now, until_at=until_at, reason=why)
    return _do(tx, alarm, Action.PARK, Given(parking=parking), by=by)


def unpark(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> Alarm | None:
    """End a parking: by its time (`by` the console), or by a person. The alarm sounds again. None where none is parked."""
    by.demand(Right.HANDLE_ALARMS)
    alarm = tx.get(Alarm, alarm_id)
    if alarm is None or alarm.parked is None or alarm.closed_at is not None:
        return None
    if by is SYSTEM and alarm.parked.until_at > tx.now:
        return None
    return _do(tx, alarm, Action.UNPARK, Given(), by=by)


# ------------------------------------------------------------------------------------------------ what is behind it
def verify(
    tx: Transaction,
    alarm_id: AlarmId,
    level: int,
    how: Means,
    *,
    false_alarm: bool = False,
    note: str = "",
    by: Actor,
) -> Alarm:
    """Say what is behind an alarm, and how one knows: 0 (nothing known) to 4 (threat to life), after TMA-AVS-01.

    Of a fire 3 is smoke and 4 are flames; `false_alarm` says that somebody looked and there is nothing, and goes with
    level 0. `note` is at most 500 characters. It counts as handling: the lease begins anew. A false alarm without a case
    that is one too many of its device opens a work order (settings device.false_alarms_*).
    """
    by.demand(Right.HANDLE_ALARMS)
    if not 0 <= level <= 4 or (false_alarm and level):
        raise Refused(
            zh="核实等级应为 0 到 4，误报为 0。", en="The verification level is 0 to 4, and 0 for a false alarm."
        )
    alarm = tx.need(Alarm, alarm_id)
    found = Verification(
        level=level, how=Means(how), by=by.person, at=tx.now, false_alarm=false_alarm, note=typed(note, 500)
    )
    verified = _do(tx, alarm, Action.VERIFY, Given(verification=found), by=by)
    if false_alarm and alarm.incident is None:
        false_alarms.often_false(tx, verified, found.note)
    renew(tx, alarm_id, by=by)
    return tx.need(Alarm, alarm_id) if verified.closed_at is None else verified


# ------------------------------------------------------------------------------------------------ the end
def reset(
    tx: Transaction,
    alarm_id: AlarmId,
    *,
    checked_on_site: bool = False,
    note: str = "",
    second: Actor | None = None,
    by: Actor,
) -> Alarm:
    """Let a latched alarm go, after it was checked: only by a person, only when its case is closed (GB 50394 5.2.3).

    One that never had a case is let go only when somebody has said what it was, and of a false one why (`unsettled`).
    One whose point never says that it is normal is let go only by somebody who had it checked on site and notes what
    was found (at most 1000 characters). Intrusion, panic and duress then need a `second` person (setting
    alarm.reset_two_people), whose password was checked by the caller; `reset_with_second` does both.
    """
    by.demand(Right.HANDLE_ALARMS)
    alarm = tx.need(Alarm, alarm_id)
    if alarm.case_open:
        raise Refused(zh="事件未结，不能复位。请先结束事件。", en="The incident is still open; close it before the reset.")
    if unsettled(alarm):
        raise Refused(
            zh="请先核实该报警是什么；误报还须写明原因。",
            en="Say first what the alarm was (verify it), and of a false one the cause.",
        )
    contacts.demand_told(tx, alarm)
    found = typed(note, 1000)
    given = Reset(
        by=by.person,
        at=tx.now,
        checked_on_site=checked_on_site,
        note=found,
        second=second.person if second else None,
    )
    if not checked_on_site or alarm.condition is Condition.NORMAL:
        return _do(tx, alarm, Action.RESET, Given(reset=given), by=by)
    if not found:
        raise Refused(zh="现场确认复位必须写明检查情况。", en="A reset on site needs words about what was found.")
    if needs_second(tx, alarm):
        _demand_second(second, by)
    return _do(tx, alarm, Action.RESET_ON_SITE, Given(reset=given), by=by)


def unsettled(alarm: Alarm) -> bool:
    """Whether a latching alarm has no case whose verdict says what it was, and nobody has said so otherwise.

    A false alarm needs its cause in words, with a case or without (GB 25201-2010 5.3). What came while its point was on
    test needs neither.
    """
    if not alarm.latching or alarm.test or alarm.incident is not None:
        return False
    found = alarm.verified
    return found is None or (found.false_alarm and not found.note)


def needs_second(rx: Reading, alarm: Alarm) -> bool:
    """Whether a reset on site of this alarm takes two people."""
    return alarm.alarm_class in TWO_PEOPLE and bool(value_of(rx.settings, "alarm.reset_two_people"))


def _demand_second(second: Actor | None, by: Actor) -> None:
    if second is None or second.person == by.person:
        raise Refused(
            zh="需要另一名人员用本人口令共同确认。", en="Another person has to confirm this with their own password."
        )
    second.demand(Right.HANDLE_ALARMS)


def reset_with_second(
    desk: Desk, alarm_id: AlarmId, note: str, *, login: str, password: str, by: Actor
) -> "Future[Alarm]":
    """Reset an alarm after a check on site, confirmed by a second person with their password.

    Fails with Refused where login or password is wrong, or the second is the first.
    """
    return with_proof(desk, login, password, by.seat, accept_second_reset, alarm_id, note, by=by)


def accept_second_reset(tx: Transaction, proof: Proof, alarm_id: AlarmId, note: str, *, by: Actor) -> Alarm:
    """Keep a reset that two people answer for; see `reset_with_second`."""
    by.demand(Right.HANDLE_ALARMS)
    return reset(tx, alarm_id, checked_on_site=True, note=note, second=second_person(tx, proof, by.seat), by=by)


def second_person(tx: Transaction, proof: Proof, seat: str) -> Actor:
    """The person whose password was just checked, as somebody who stands behind a command at this seat."""
    person = prove(tx, proof)
    return Actor(person=person.id, name=person.name, role=person.role, seat=seat)


def release(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> Alarm:
    """The alarm's case was closed by a person with a verdict: reset what is latched and normal, keep what is active."""
    alarm = tx.need(Alarm, alarm_id)
    changed = replace(alarm, case_open=False, rev=alarm.rev + 1)
    action = None
    if changed.state is State.LATCHED_ACKED:
        action = Action.RESET
        changed = act(changed, action, tx.now, Given(reset=Reset(by=by.person, at=tx.now)))
    else:
        changed = leave_queue(changed, tx.now)
    return save(tx, alarm, changed, action, by=by)
