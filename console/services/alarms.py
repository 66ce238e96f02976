"""Alarms: receive signals and reports; an alarm is raised, counted on or restored, and the sender may be answered.

What people do about an alarm is in console.services.queue, what hides it in console.services.hiding, what it follows
from in console.services.grouping; the verbs that every screen needs can be had from here, too.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from console.models.alarm_life import Given, act
from console.models.alarms import (
    LIFE_CLASSES,
    Action,
    Alarm,
    AlarmClass,
    Condition,
    Priority,
)
from console.models.events import AlarmRaised, IncidentChanged, SignalReceived
from console.models.ids import AlarmId, PlaceId, PointId, SignalId, SourceId, new_id
from console.models.incidents import Incident, IncidentState
from console.models.keeping import UNKEPT
from console.models.linkage import linked_point, priority_of
from console.models.people import SYSTEM, Actor, Right
from console.models.settings import seconds_of
from console.models.signals import Signal, SignalKind
from console.models.site import Point, Site, place_path
from console.models.text import Text, typed
from console.services import duty_check, grouping, holding, timings
from console.services.hiding import after_restore, after_signal, bring_back, hide_new, shelve
from console.services.queue import acknowledge, lapse, release, renew, reset, save
from console.store.store import Transaction

__all__ = [
    "DUPLICATE_WITHIN",
    "acknowledge",
    "bring_back",
    "lapse",
    "receive",
    "release",
    "renew",
    "report",
    "reset",
    "shelve",
    "would_be",
]

# A repeated frame is recognised for this long (DC-09 panels resend until they are answered).
DUPLICATE_WITHIN = timedelta(minutes=5)


def receive(tx: Transaction, signal: Signal) -> Alarm | None:
    """Keep a signal, and let it raise, count on or restore the alarm of its point.

    Returns the alarm it touched, or None for tests, canaries, information and repeated frames. When this has committed
    the sender may be answered.
    """
    earlier = _earlier(tx, signal)
    signal = replace(signal, duplicate_of=None)
    if earlier is not None and earlier.id == signal.id:
        return None  # it was held while nothing could be recorded, and its source has tried again, too
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

    Sequence and checksum alone are not enough: two different messages of a busy account meet in sixteen bits. Whoever
    delivers it may know better than the clock on the wall, and says so with `duplicate_of`.
    """
    told = tx.get(Signal, signal.duplicate_of) if signal.duplicate_of is not None else None
    if told is not None:
        return told
    if not signal.sequence:
        return None
    found = tx.find(
        Signal,
        source=signal.source,
        sequence=signal.sequence,
        duplicate_of=None,
        since=("received_at", signal.received_at - DUPLICATE_WITHIN),
        before=("received_at", signal.received_at + DUPLICATE_WITHIN),  # later ones are from before the clock was set back
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
        _keep(tx, replace(signal, alarm=live.id))
        return _again(tx, live, signal)
    raised = _new_alarm(tx.site, signal, point, alarm_class)
    _keep(tx, replace(signal, alarm=raised.id))
    if signal.momentary:
        raised = replace(raised, condition=Condition.NORMAL)
    return _raise(tx, raised, signal, by=signal.source)


def _again(tx: Transaction, live: Alarm, signal: Signal) -> Alarm:
    """A further signal counts on the live alarm; what is worse, or long after the acknowledgement, sounds anew."""
    after = timedelta(seconds=seconds_of(tx.settings, "alarm.realarm_after_s"))
    point = _point(tx.site, signal.point)
    given = Given(priority=_priority(tx.site, signal, point, live.alarm_class), realarm_after=after)
    changed = act(live, Action.SIGNAL, signal.received_at, given)
    duty_check.asked(tx, live, signal)
    changed = replace(changed, chattering_since_at=_chattering(tx, live, signal.received_at))
    if signal.momentary:
        changed = act(changed, Action.RESTORE, signal.received_at)
    return after_signal(tx, save(tx, live, changed, Action.SIGNAL, by=SYSTEM))


def _chattering(tx: Transaction, live: Alarm, at: datetime) -> datetime | None:
    """Since when the signals of an alarm come too fast to be read one by one; None while they do not."""
    wanted = int(seconds_of(tx.settings, "alarm.chatter_count"))
    window = timedelta(seconds=seconds_of(tx.settings, "alarm.chatter_window_s"))
    if live.chattering_since_at is not None and at - live.last_at <= window:
        return live.chattering_since_at
    if live.count + 1 < wanted:
        return None
    newest = tx.columns(Signal, ("kind",), alarm=live.id, since=("received_at", at - window))
    return at if sum(kind == SignalKind.ALARM.value for (kind,) in newest) >= wanted else None


def _raise(tx: Transaction, alarm: Alarm, signal: Signal, *, by: str, seat: str = "") -> Alarm:
    """Put a new alarm into the queue: in the case of its place, under the rule that hides it, below its cause."""
    alarm = _join_case(tx, alarm)
    alarm = hide_new(tx, alarm)
    alarm = grouping.under_its_cause(tx, alarm)
    tx.put(alarm)
    timings.raised(tx, alarm, signal.received_at)
    tx.record(AlarmRaised(at=alarm.first_at, by=by, seat=seat, alarm=alarm))
    if alarm.incident is not None:
        holding.hold_case(tx, tx.need(Incident, alarm.incident), by=SYSTEM)
    duty_check.asked(tx, alarm, signal)
    grouping.gather(tx, alarm)
    return alarm


def _point(site: Site, point_id: PointId) -> Point | None:
    """The point that a signal speaks of; a checkpoint that was not reached counts as one, and a source that fell silent.

    What it has not of its own it has from its place.
    """
    return linked_point(site, point_id)


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
    return Alarm(
        id=AlarmId(new_id()),
        key=_key(signal.point, alarm_class),
        point=signal.point,
        source=signal.source,
        alarm_class=alarm_class,
        priority=_priority(site, signal, point, alarm_class),
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


def _priority(site: Site, signal: Signal, point: Point | None, alarm_class: AlarmClass) -> Priority:
    """The priority of a signal: its point's or its place's for the class, unless it speaks of the detector itself."""
    own = None
    if point is not None and not signal.details.get("of_device"):
        own = priority_of(site, signal.point, alarm_class.value) or point.priority
    return Priority(min(max(own or signal.priority, 1), 4))


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
    changed = [_restored(tx, alarm, signal.received_at) for alarm in live]
    return changed[0] if changed else None


def _restored(tx: Transaction, alarm: Alarm, at: datetime) -> Alarm:
    duty_check.answered(tx, alarm, by=SYSTEM)
    return after_restore(tx, save(tx, alarm, act(alarm, Action.RESTORE, at), Action.RESTORE, by=SYSTEM))


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
    return _raise(tx, raised, signal, by=by.person, seat=by.seat)
