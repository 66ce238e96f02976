"""Alarms: receive signals, acknowledge, reset, shelve; the queue's verbs."""

from dataclasses import replace
from datetime import datetime, timedelta

from console.models.alarms import (
    LIFE_CLASSES,
    Acknowledgement,
    Action,
    Alarm,
    AlarmClass,
    Condition,
    Hiding,
    Priority,
    State,
    act,
    leave_queue,
)
from console.models.errors import Refused
from console.models.events import AlarmChanged, AlarmRaised, IncidentChanged, SignalReceived
from console.models.ids import AlarmId, PlaceId, PointId, SignalId, SourceId, new_id
from console.models.incidents import Incident, IncidentState
from console.models.keeping import UNKEPT
from console.models.people import SYSTEM, Actor, Right
from console.models.settings import seconds_of
from console.models.signals import Signal, SignalKind
from console.models.site import Point, Site, place_path
from console.models.text import Text, typed
from console.services import due
from console.store.store import Transaction

# A repeated frame is recognised for this long (DC-09 panels resend until they are answered).
DUPLICATE_WITHIN = timedelta(minutes=5)
# The longest time something may be shelved, by priority (ISA-18.2 practice: P2 1 h, P3 8 h).
SHELVE_AT_MOST = {
    Priority.CRITICAL: timedelta(0),
    Priority.HIGH: timedelta(hours=1),
    Priority.MEDIUM: timedelta(hours=8),
    Priority.LOW: timedelta(hours=24),
}
_LEASE_KEY = {
    Priority.CRITICAL: "alarm.lease_p1_s",
    Priority.HIGH: "alarm.lease_p2_s",
    Priority.MEDIUM: "alarm.lease_p3_s",
    Priority.LOW: "alarm.lease_p3_s",
}
# How the point begins that stands for a source itself; its id and the name of the problem follow.
SOURCE_POINT = "source:"
_LEASE_SOURCE = "ISA-18.2 / EEMUA 191; 公消〔2015〕301号"


def receive(tx: Transaction, signal: Signal) -> Alarm | None:
    """Keep a signal, and let it raise, count on or restore the alarm of its point.

    Returns the alarm it touched, or None for tests, information and repeated frames. When this has committed the
    sender may be answered.
    """
    earlier = _earlier(tx, signal)
    if earlier is not None:
        _keep(tx, replace(signal, duplicate_of=earlier.id, alarm=earlier.alarm))
        return None
    if signal.kind is SignalKind.ALARM:
        return _alarm(tx, signal)
    if signal.kind is SignalKind.RESTORE:
        return _restore(tx, signal)
    _keep(tx, signal)
    return None


def _earlier(tx: Transaction, signal: Signal) -> Signal | None:
    """The signal that this one repeats: the same sequence a short while ago, and the same bytes to the letter.

    Sequence and checksum alone are not enough: two different messages of a busy account meet in sixteen bits.
    """
    if not signal.sequence:
        return None
    found = tx.find(
        Signal,
        source=signal.source,
        sequence=signal.sequence,
        duplicate_of=None,
        since=("received_at", signal.received_at - DUPLICATE_WITHIN),
    )
    return next((one for one in found if one.raw == signal.raw), None)


def _keep(tx: Transaction, signal: Signal) -> None:
    tx.put(signal)
    tx.record(SignalReceived(at=signal.received_at, by=signal.source, signal=signal))


def _alarm(tx: Transaction, signal: Signal) -> Alarm:
    point = _point(tx.site, signal.point)
    alarm_class = _class_of(point, signal)
    live = tx.first(Alarm, key=_key(signal.point, alarm_class), closed_at=None)
    if live is not None:
        changed = act(live, Action.SIGNAL, signal.received_at)
        _keep(tx, replace(signal, alarm=live.id))
        if signal.momentary:
            changed = act(changed, Action.RESTORE, signal.received_at)
        save(tx, changed, Action.SIGNAL, by=SYSTEM)
        return changed
    raised = _new_alarm(tx.site, signal, point, alarm_class)
    _keep(tx, replace(signal, alarm=raised.id))
    if signal.momentary:
        raised = replace(raised, condition=Condition.NORMAL)
    raised = _join_case(tx, raised)
    tx.put(raised)
    tx.record(AlarmRaised(at=raised.first_at, by=signal.source, alarm=raised))
    return raised


def _point(site: Site, point_id: PointId) -> Point | None:
    """The point that a signal speaks of; a checkpoint that was not reached counts as one, and a source that fell silent."""
    for point in site.points:
        if point.id == point_id:
            return point
    for checkpoint in site.checkpoints:
        if PointId(checkpoint.id) == point_id:
            return Point(
                id=point_id,
                name=checkpoint.name,
                place=checkpoint.place,
                spot=checkpoint.spot,
                cameras=(checkpoint.camera,) if checkpoint.camera else (),
            )
    for source in site.sources:
        if point_id.startswith(f"{SOURCE_POINT}{source.id}/"):
            return Point(id=point_id, name=source.name)
    return None


def _class_of(point: Point | None, signal: Signal) -> AlarmClass:
    """The class of a signal: its point's, unless it speaks of the detector itself: a flat battery is no fire."""
    of_point = point.alarm_class if point and not signal.details.get("of_device") else ""
    return AlarmClass(of_point or signal.alarm_class)


def _key(point: PointId, alarm_class: AlarmClass) -> str:
    return f"{point}|{alarm_class.value}"


def _new_alarm(site: Site, signal: Signal, point: Point | None, alarm_class: AlarmClass) -> Alarm:
    place = point.place if point else None
    name = point.name if point else Text(signal.point, signal.point)
    kind = Text(signal.text_zh, signal.text_en)
    of_device = bool(signal.details.get("of_device"))
    priority = point.priority if point and point.priority and not of_device else signal.priority
    return Alarm(
        id=AlarmId(new_id()),
        key=_key(signal.point, alarm_class),
        point=signal.point,
        source=signal.source,
        alarm_class=alarm_class,
        priority=Priority(min(max(priority, 1), 4)),
        title=Text(zh=_joined(name.zh, kind.zh), en=_joined(name.en, kind.en)),
        code=signal.code,
        place=place,
        place_name=Text(zh=place_path(site, place, "zh_CN"), en=place_path(site, place, "en")),
        spot=point.spot if point else None,
        cameras=point.cameras if point else (),
        post=point.post if point else None,
        plan=point.plan if point and not of_device else None,
        first_at=signal.received_at,
        last_at=signal.received_at,
        source_at=signal.source_at,
    )


def would_be(site: Site, signal: Signal) -> Alarm:
    """The alarm that a signal would raise, for the screen while nothing can be recorded; one id a point and class."""
    point = _point(site, signal.point)
    alarm = _new_alarm(site, signal, point, _class_of(point, signal))
    return replace(alarm, id=AlarmId(f"{UNKEPT}{alarm.key}"))


def _joined(name: str, kind: str) -> str:
    return f"{name} · {kind}" if name and kind and kind not in name else name or kind


def _join_case(tx: Transaction, alarm: Alarm) -> Alarm:
    """A further alarm of the same place joins the case that is open there: cause and consequence belong together."""
    if alarm.place is None or alarm.alarm_class not in LIFE_CLASSES:
        return alarm
    incident = tx.first(Incident, state=IncidentState.OPEN.value, place=alarm.place)
    if incident is None or incident.alarm_class not in LIFE_CLASSES:
        return alarm
    changed = replace(incident, alarms=(*incident.alarms, alarm.id), rev=incident.rev + 1)
    tx.put(changed)
    tx.record(IncidentChanged(at=tx.now, incident=changed))
    return replace(alarm, incident=incident.id, case_open=True)


def _restore(tx: Transaction, signal: Signal) -> Alarm | None:
    point = _point(tx.site, signal.point)
    # "Alarm or trouble restored" ends both.
    ended = (_class_of(point, signal), *map(AlarmClass, signal.details.get("also_restores", ())))
    found = [tx.first(Alarm, key=_key(signal.point, one), closed_at=None) for one in dict.fromkeys(ended)]
    live = [alarm for alarm in found if alarm is not None]
    _keep(tx, replace(signal, alarm=live[0].id if live else None))
    changed = [act(alarm, Action.RESTORE, signal.received_at) for alarm in live]
    for alarm in changed:
        save(tx, alarm, Action.RESTORE, by=SYSTEM)
    return changed[0] if changed else None


def save(tx: Transaction, alarm: Alarm, action: Action | None, *, by: Actor) -> None:
    """Write a changed alarm, end its lease where it no longer needs one, and say so."""
    tx.put(alarm)
    if alarm.closed_at is not None or alarm.acknowledged is None:
        due.cancel(tx, "lease", alarm.id)
    tx.record(AlarmChanged(at=tx.now, by=by.person, seat=by.seat, alarm=alarm, action=action))


def acknowledge(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> Alarm:
    """Take notice of an alarm: its sound stops, and for the length of the lease it is this person's.

    An acknowledgement is a lease, not a tombstone: it lapses when nothing happens (settings alarm.lease_*).
    Acknowledging again what a colleague acknowledged a moment ago changes nothing.
    """
    by.demand(Right.HANDLE_ALARMS)
    alarm = tx.need(Alarm, alarm_id)
    if alarm.acknowledged is not None:
        return alarm
    changed = act(alarm, Action.ACKNOWLEDGE, tx.now, acknowledgement=_acknowledgement(tx, alarm, by))
    save(tx, changed, Action.ACKNOWLEDGE, by=by)
    if changed.closed_at is None and changed.acknowledged is not None:
        _watch_lease(tx, changed, changed.acknowledged.lease_until_at)
    return changed


def _watch_lease(tx: Transaction, alarm: Alarm, until_at: datetime) -> None:
    title = Text(zh=f"确认后未处置：{alarm.title.zh}", en=f"Acknowledged, not handled: {alarm.title.en}")
    due.add(tx, "lease", alarm.id, title, until_at, notice_s=0.0, source=_LEASE_SOURCE)


def _acknowledgement(tx: Transaction, alarm: Alarm, by: Actor) -> Acknowledgement:
    lease_s = seconds_of(tx.settings, _LEASE_KEY[alarm.priority])
    return Acknowledgement(by=by.person, at=tx.now, seat=by.seat, lease_until_at=tx.now + timedelta(seconds=lease_s))


def renew(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> None:
    """Something was done about the alarm: its lease begins anew."""
    alarm = tx.get(Alarm, alarm_id)
    if alarm is None or alarm.acknowledged is None or alarm.closed_at is not None:
        return
    lease = _acknowledgement(tx, alarm, by).lease_until_at
    changed = replace(alarm, acknowledged=replace(alarm.acknowledged, lease_until_at=lease), rev=alarm.rev + 1)
    due.cancel(tx, "lease", alarm.id)
    _watch_lease(tx, alarm, lease)
    tx.put(changed)
    tx.record(AlarmChanged(at=tx.now, by=by.person, seat=by.seat, alarm=changed))


def lapse(tx: Transaction, alarm_id: AlarmId) -> Alarm | None:
    """The lease of an acknowledgement ran out with nothing done: the alarm sounds again ("确认超时")."""
    alarm = tx.get(Alarm, alarm_id)
    if alarm is None or alarm.acknowledged is None or alarm.closed_at is not None:
        return None
    if alarm.acknowledged.lease_until_at > tx.now or alarm.state not in {State.ACKED, State.LATCHED_ACKED}:
        return None
    changed = act(alarm, Action.LEASE_LAPSE, tx.now)
    save(tx, changed, Action.LEASE_LAPSE, by=SYSTEM)
    return changed


def reset(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> Alarm:
    """Let a latched alarm go, after it was checked: only by a person, only when its case is closed (GB 50394 5.2.3)."""
    by.demand(Right.HANDLE_ALARMS)
    alarm = tx.need(Alarm, alarm_id)
    if alarm.case_open:
        raise Refused(zh="事件未结，不能复位。请先结束事件。", en="The incident is still open; close it before the reset.")
    changed = act(alarm, Action.RESET, tx.now)
    save(tx, changed, Action.RESET, by=by)
    return changed


def release(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> Alarm:
    """The alarm's case was closed by a person with a verdict: reset what is latched and normal, keep what is active."""
    alarm = tx.need(Alarm, alarm_id)
    changed = replace(alarm, case_open=False, rev=alarm.rev + 1)
    action = None
    if changed.state is State.LATCHED_ACKED:
        changed, action = act(changed, Action.RESET, tx.now), Action.RESET
    else:
        changed = leave_queue(changed, tx.now)
    save(tx, changed, action, by=by)
    return changed


def shelve(tx: Transaction, alarm_id: AlarmId, reason: str, until_at: datetime, *, by: Actor) -> Alarm:
    """Put a nuisance aside until a time, with a reason; never a life class, never longer than its priority allows."""
    by.demand(Right.SHELVE)
    alarm = tx.need(Alarm, alarm_id)
    if not typed(reason, 500):
        raise Refused(zh="搁置必须写明原因。", en="Shelving needs a reason.")
    if until_at > tx.now + SHELVE_AT_MOST[alarm.priority]:
        raise Refused(zh="搁置时间超过该级别的上限。", en="That is longer than this priority may be shelved.")
    hiding = Hiding(kind=State.SHELVED, by=by.person, reason=typed(reason, 500), until_at=until_at)
    changed = act(alarm, Action.SHELVE, tx.now, hiding=hiding)
    save(tx, changed, Action.SHELVE, by=by)
    title = Text(zh=f"搁置到期：{alarm.title.zh}", en=f"Shelving ends: {alarm.title.en}")
    due.add(tx, "shelving", alarm.id, title, until_at, notice_s=0.0, source="ISA-18.2")
    return changed


def bring_back(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> Alarm | None:
    """End a shelving: by a person, or by its time. What is active sounds again."""
    alarm = tx.get(Alarm, alarm_id)
    if alarm is None or alarm.hiding is None or alarm.closed_at is not None:
        return None
    if by is not SYSTEM:
        by.demand(Right.SHELVE)
        due.cancel(tx, "shelving", alarm.id)
    changed = act(alarm, Action.BRING_BACK, tx.now)
    save(tx, changed, Action.BRING_BACK, by=by)
    return changed


def report(tx: Transaction, *, alarm_class: AlarmClass, place: PlaceId | None, text: str, by: Actor) -> Alarm | None:
    """Raise an alarm by hand (F9): somebody telephoned, called by radio, or the operator saw it.

    `text` is what was reported, at most 500 characters.
    """
    by.demand(Right.HANDLE_ALARMS)
    where = place_path(tx.site, place, "zh_CN")
    where_en = place_path(tx.site, place, "en")
    said = typed(text, 500)
    signal = Signal(
        id=SignalId(new_id()),
        source=SourceId("manual"),
        kind=SignalKind.ALARM,
        point=PointId(f"manual:{new_id()}"),
        code="F9",
        alarm_class=alarm_class.value,
        priority=1 if alarm_class in {AlarmClass.FIRE, AlarmClass.PANIC, AlarmClass.DURESS, AlarmClass.MEDICAL, AlarmClass.GAS} else 2,
        text_zh=said or "人工报警",
        text_en=said or "Manual alarm",
        received_at=tx.now,
        source_at=tx.now,
        sender=by.seat,
        codec="manual",
        momentary=True,
        details={"by": by.person, "place": place or ""},
    )
    tx_point = Point(id=signal.point, name=Text(where or "人工报警", where_en or "Manual alarm"), place=place)
    raised = _new_alarm(tx.site, signal, tx_point, alarm_class)
    raised = replace(
        raised,
        condition=Condition.NORMAL,
        cameras=tuple(camera.id for camera in tx.site.cameras if place and camera.place == place)[:4],
    )
    _keep(tx, replace(signal, alarm=raised.id))
    raised = _join_case(tx, raised)
    tx.put(raised)
    tx.record(AlarmRaised(at=tx.now, by=by.person, seat=by.seat, alarm=raised))
    return raised
