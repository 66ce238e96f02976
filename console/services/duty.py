"""Duty: the shifts of the post, who belongs to them, and the threat level."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from console.models.duty import Handover, HandoverState, Shift, ShiftState, Threat, ThreatLevel
from console.models.errors import Refused
from console.models.events import ShiftChanged, ThreatChanged
from console.models.ids import PersonId, ShiftId, new_id
from console.models.people import RIGHTS, SYSTEM, Actor, Person, Right, Role, SignOn
from console.models.settings import SettingValue, seconds_of
from console.models.site import ShiftTemplate, Site
from console.models.text import Text, typed
from console.services import due, faults, log
from console.store.store import Reading, Transaction

# A handover this close to the planned end is the regular one: what follows is the next shift of the day. Earlier, the
# crew is replaced within its shift.
REGULAR_WITHIN = timedelta(hours=1)
SECOND_PERSON = "second_person"
UNNAMED = Text("值班", "Watch")

_LEVELS = tuple(ThreatLevel)  # from the calmest to the worst
# States of a handover in which the relief is at the post already.
UNDER_WAY = (HandoverState.FROZEN, HandoverState.DISPUTED, HandoverState.SIGNED_OUT, HandoverState.REFUSED)


# ------------------------------------------------------------------------------------------------ the pattern of the day
@dataclass(frozen=True, slots=True)
class Planned:
    """One turn of a shift as the site plans it; both times in UTC."""

    name: Text
    start_at: datetime
    end_at: datetime


def _turn(template: ShiftTemplate, day: date, zone: ZoneInfo, utc: datetime) -> Planned:
    hours, minutes = template.start.split(":")
    # Wall-clock arithmetic: a night shift from 19 to 07 stays so when the clocks are changed in it.
    start = datetime(day.year, day.month, day.day, int(hours), int(minutes))  # noqa: DTZ001 (the zone comes next)
    end = start + timedelta(hours=template.length_h)
    return Planned(
        template.name,
        start.replace(tzinfo=zone).astimezone(utc.tzinfo),
        end.replace(tzinfo=zone).astimezone(utc.tzinfo),
    )


def planned_at(site: Site, at: datetime, settings: dict[str, SettingValue] | None = None) -> Planned:
    """The shift that the site's pattern has at a moment; where shifts overlap, the one that began last.

    A moment that no shift covers, or a site without a pattern, gets a watch of the usual length from that moment.
    """
    zone = ZoneInfo(site.timezone)
    today = at.astimezone(zone).date()
    turns = [
        _turn(template, today + timedelta(days=offset), zone, at) for template in site.shifts for offset in (-2, -1, 0)
    ]
    covering = [turn for turn in turns if turn.start_at <= at < turn.end_at]
    if covering:
        return max(covering, key=lambda turn: turn.start_at)
    length = timedelta(hours=seconds_of(settings or {}, "shift.length_h"))
    coming = [
        turn.start_at
        for turn in (_turn(template, today + timedelta(days=offset), zone, at) for template in site.shifts for offset in (0, 1))
        if turn.start_at > at
    ]
    return Planned(UNNAMED, at, min([at + length, *coming]))


# ------------------------------------------------------------------------------------------------ shifts
def current_shift(rx: Reading) -> Shift | None:
    """The shift on duty."""
    return rx.first(Shift, state=ShiftState.ON_DUTY.value)


def start_shift(tx: Transaction, crew: tuple[PersonId, ...], *, after: Shift | None = None, by: Actor = SYSTEM) -> Shift:
    """Begin a shift now with this crew. `after` is the shift that has just ended by its handover."""
    if current_shift(tx) is not None:
        raise Refused(zh="已有班次在岗，请先交接班。", en="A shift is on duty already; hand it over first.")
    at = tx.now + timedelta(seconds=seconds_of(tx.settings, "handover.early_s"))
    if after is not None and abs(after.planned_end_at - tx.now) <= REGULAR_WITHIN:
        at = max(tx.now, after.planned_end_at)
    planned = planned_at(tx.site, at, tx.settings)
    shift = Shift(
        id=ShiftId(new_id()),
        name=planned.name,
        started_at=tx.now,
        planned_end_at=planned.end_at,
        leader=_leader(tx, crew),
        crew=crew,
    )
    return _save(tx, shift, by)


def end_shift(tx: Transaction, shift: Shift, *, by: Actor) -> Shift:
    """The responsibility of a shift has passed on, at this moment."""
    due.finish(tx, due.HANDOVER, shift.id, by=by)
    return _save(tx, replace(shift, state=ShiftState.HANDED_OVER, ended_at=tx.now), by)


def _leader(rx: Reading, crew: tuple[PersonId, ...]) -> PersonId | None:
    people = [person for one in crew if (person := rx.get(Person, one)) is not None]
    return next((person.id for person in people if person.role is Role.LEADER), crew[0] if crew else None)


def _save(tx: Transaction, shift: Shift, by: Actor) -> Shift:
    tx.put(shift)
    tx.record(ShiftChanged(at=tx.now, by=by.person, seat=by.seat, shift=shift))
    return shift


def watches(role: Role) -> bool:
    """Whether a role stands watch: it may handle alarms."""
    return Right.HANDLE_ALARMS in RIGHTS[role]


def on_watch(rx: Reading) -> tuple[SignOn, ...]:
    """Who is signed on and stands watch, in the order of their coming."""
    return tuple(one for one in rx.find(SignOn, off_at=None, order_by="on_at") if watches(one.role))


def join(tx: Transaction, sign_on: SignOn, *, by: Actor) -> Shift | None:
    """Somebody took a seat: begin a shift where none is on duty, else count them to its crew.

    Who comes shortly before the planned end, after it, or while the handover is under way is the relief, and belongs
    to the crew only from the moment at which they have signed. Returns the shift they now belong to, or None.
    """
    if not watches(sign_on.role):
        return None
    shift = current_shift(tx)
    if shift is not None and _abandoned(tx, shift):
        _leave_behind(tx, shift)
        shift = None
    if shift is None:
        return start_shift(tx, (sign_on.person,), by=by)
    if sign_on.person in shift.crew:
        return shift
    if _is_relief(tx, shift):
        return None
    crew = (*shift.crew, sign_on.person)
    return _save(tx, replace(shift, crew=crew, leader=_leader(tx, crew)), by)


def _is_relief(tx: Transaction, shift: Shift) -> bool:
    early = timedelta(seconds=seconds_of(tx.settings, "handover.early_s"))
    if tx.now >= shift.planned_end_at - early:
        return True
    return tx.first(Handover, shift=shift.id, state=tuple(state.value for state in UNDER_WAY)) is not None


def _abandoned(tx: Transaction, shift: Shift) -> bool:
    """Whether a shift is long over and nobody of it is signed on: the console was off, or everybody went."""
    accept = timedelta(seconds=seconds_of(tx.settings, "handover.accept_s"))
    still_here = {one.person for one in tx.find(SignOn, off_at=None)} & set(shift.crew)
    return tx.now > shift.planned_end_at + accept and not still_here


def _leave_behind(tx: Transaction, shift: Shift) -> None:
    end_shift(tx, shift, by=SYSTEM)
    words = f"上一班“{shift.name.zh}”未经交接结束。 / The shift “{shift.name.en}” ended without a handover."
    log.write(tx, words, by=SYSTEM)


def take_over(tx: Transaction, reason: str, *, by: Actor) -> Shift:
    """Take the watch without the outgoing crew, who are not there: a leader may, with a reason, and it is on record.

    The old crew's presence ends; the watch is whoever else is signed on.
    """
    by.demand(Right.FORCE_HANDOVER)
    why = typed(reason, 500)
    if not why:
        raise Refused(zh="单方接班必须写明原因。", en="Taking over alone needs a reason.")
    shift = current_shift(tx)
    if shift is None:
        raise Refused(zh="当前没有在岗班次。", en="No shift is on duty.")
    crew = tuple(one.person for one in on_watch(tx) if one.person not in shift.crew)
    if not crew:
        raise Refused(zh="没有接班人员在岗，不能单方接班。", en="Nobody else is signed on who could take over.")
    log.write(tx, f"单方接班：{why} / Taken over without the outgoing crew: {why}", by=by)
    return pass_on(tx, shift, crew, by=by)


def pass_on(tx: Transaction, shift: Shift, crew: tuple[PersonId, ...], *, by: Actor) -> Shift:
    """End a shift and begin the next with this crew, at one moment."""
    ended = end_shift(tx, shift, by=by)
    started = start_shift(tx, crew, after=ended, by=by)
    note_watch_gap(tx)
    return started


def note_watch_gap(tx: Transaction) -> bool:
    """Note when fewer people than the post needs are signed on, and when that is over; True while it lasts.

    反恐安全防范工作制度 (双人值守); GB 25201-2010 5.2. Before the first shift nobody is missed.
    """
    needed = int(seconds_of(tx.settings, "watch.people"))
    here = len({one.person for one in on_watch(tx)})
    details = {"present": here, "needed": needed}
    if current_shift(tx) is not None and here < needed:
        faults.note(
            tx,
            SECOND_PERSON,
            Text(
                f"监控岗应有 {needed} 人在岗，现有 {here} 人。",
                f"The watch needs {needed} people, {here} signed on.",
            ),
            details,
        )
        return True
    faults.clear(
        tx, SECOND_PERSON, Text(f"监控岗 {here} 人在岗，已满员。", f"The watch is complete: {here} people."), details
    )
    return False


# ------------------------------------------------------------------------------------------------ the threat level
def current_threat(rx: Reading) -> Threat | None:
    """The threat level in force; None means green since ever."""
    found = rx.find(Threat, order_by="set_at", newest_first=True, limit=1)
    return found[0] if found else None


def set_threat(tx: Transaction, level: ThreatLevel, reason: str, *, by: Actor) -> Threat:
    """Set the threat level. Orange and red are raised in somebody's name, and lowered by somebody else.

    反恐安全防范工作制度: the person who declared a level does not end it.
    """
    by.demand(Right.SET_THREAT_LEVEL)
    why = typed(reason, 500)
    if not why:
        raise Refused(zh="调整态势等级必须写明原因。", en="Setting the threat level needs a reason.")
    if by.role is None:
        raise Refused(zh="态势等级须由具名人员调整。", en="The threat level is set by a person, not by the console.")
    now = current_threat(tx)
    before = now.level if now else ThreatLevel.GREEN
    if now is not None and now.level is level:
        return now
    if _LEVELS.index(level) < _LEVELS.index(before) and raised_by(tx) == by.person:
        raise Refused(
            zh="橙色和红色等级须由另一人降级：谁提升，谁不能自行解除。",
            en="Whoever raised it to orange or red may not lower it: somebody else has to.",
        )
    threat = Threat(id=new_id(), level=level, reason=why, set_at=tx.now, set_by=by.person)
    tx.put(threat)
    tx.record(ThreatChanged(at=tx.now, by=by.person, seat=by.seat, threat=threat))
    return threat


def raised_by(rx: Reading) -> PersonId | None:
    """Who last raised the level to orange or red in the episode that still lasts; None where none does."""
    history = rx.find(Threat, order_by="set_at", newest_first=True, limit=50)
    for newer, older in zip(history, (*history[1:], None), strict=True):
        before = _LEVELS.index(older.level) if older else 0
        if _LEVELS.index(newer.level) <= _LEVELS.index(ThreatLevel.YELLOW):
            return None
        if _LEVELS.index(newer.level) > before:
            return newer.set_by
    return None
