"""Contacts: who of an alarm's contacts was told, as the journal has it, and the lines that the console writes itself."""

from console.models.alarms import Alarm, queue_order
from console.models.duty import Shift, ShiftState
from console.models.errors import Refused
from console.models.events import ContactTold, event_from
from console.models.ids import AlarmId
from console.models.incidents import Incident
from console.models.people import SYSTEM, Actor, Person
from console.models.settings import value_of
from console.models.site import Contact
from console.models.telling import LEADER, Telling, Told, ToTell, standing, untold
from console.models.text import Text
from console.store.store import Reading, Transaction

KINDS = ("ContactTold",)


def tellings(rx: Reading, alarms: tuple[AlarmId, ...]) -> dict[AlarmId, tuple[Telling, ...]]:
    """What was said of the contacts of these alarms, oldest first."""
    found: dict[AlarmId, tuple[Telling, ...]] = {}
    if not alarms:
        return found
    for line in rx.journal(subjects=alarms, kinds=KINDS):
        event = event_from(line)
        if isinstance(event, ContactTold):
            found[event.alarm] = (*found.get(event.alarm, ()), event.telling)
    return found


def live(rx: Reading) -> dict[AlarmId, tuple[Telling, ...]]:
    """What was said of the contacts of every alarm in the queue."""
    return tellings(rx, tuple(alarm.id for alarm in rx.find(Alarm, closed_at=None)))


def scope(rx: Reading, alarm: Alarm) -> tuple[Alarm, ...]:
    """The alarms that are told of together: those of its open case, else the alarm alone."""
    if alarm.incident is None or not alarm.case_open:
        return (alarm,)
    return rx.find(Alarm, id=rx.need(Incident, alarm.incident).alarms)


def of(rx: Reading, alarms: tuple[Alarm, ...]) -> tuple[ToTell, ...]:
    """Who is to be told of these alarms together, and what came of it."""
    return standing(rx.site, rx.settings, alarms, tellings(rx, tuple(alarm.id for alarm in alarms)))


def still_to_tell(rx: Reading) -> tuple[tuple[Alarm, tuple[Contact, ...]], ...]:
    """Every case, or alarm without one, of which somebody is still to be told: its first alarm, and whom."""
    alarms = sorted(rx.find(Alarm, closed_at=None), key=queue_order)
    known = tellings(rx, tuple(alarm.id for alarm in alarms))
    groups: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        groups.setdefault(str(alarm.incident if alarm.case_open and alarm.incident else alarm.id), []).append(alarm)
    found = ((group[0], untold(standing(rx.site, rx.settings, group, known))) for group in groups.values())
    return tuple((alarm, contacts) for alarm, contacts in found if contacts)


def note(tx: Transaction, alarm: Alarm, telling: Telling, *, by: Actor) -> Telling:
    """Put one attempt on record."""
    tx.record(ContactTold(at=tx.now, by=by.person, seat=by.seat, alarm=alarm.id, title=alarm.title, telling=telling))
    return telling


def telling_of(tx: Transaction, contact: Contact, result: Told, words: str = "", *, by: Actor) -> Telling:
    """What is said of a contact now."""
    return Telling(
        contact=contact.id,
        name=contact.name,
        role=contact.role,
        phone=contact.phone,
        result=result,
        note=words,
        told_at=tx.now,
        by=by.person,
    )


def settle_rest(tx: Transaction, alarms: tuple[Alarm, ...], result: Told, words: str, *, by: Actor) -> None:
    """Say the same of everybody who is still to be told of these alarms, so that the record does not depend on later sites."""
    for contact in untold(of(tx, alarms)):
        note(tx, alarms[0], telling_of(tx, contact, result, words, by=by), by=by)


def demand_told(tx: Transaction, alarm: Alarm) -> None:
    """Refuse to let an alarm go that had no case while somebody is still to be told of it (setting tell.before_close).

    What was verified to be nothing needs nobody to be told.
    """
    false = alarm.verified is not None and alarm.verified.false_alarm
    left = () if false else untold(of(tx, (alarm,)))
    if left and bool(value_of(tx.settings, "tell.before_close")):
        raise Refused(
            zh=f"还有 {len(left)} 人应通知未通知（{'、'.join(one.name.zh for one in left)}）：请按 I 通知，或写明无需通知。",
            en=f"Still to be told: {', '.join(one.name.en for one in left)}. Press I: tell them, or say why it is not necessary.",
        )


def want_leader(tx: Transaction, alarm: Alarm) -> None:
    """An alarm was escalated: name the shift leader, with the number, as somebody who is to be told from now on."""
    for contact in leaders(tx):
        note(tx, alarm, telling_of(tx, contact, Told.WANTED, by=SYSTEM), by=SYSTEM)


def leaders(rx: Reading) -> tuple[Contact, ...]:
    """Whom an escalation goes to: the leader of the shift on duty with the site's number, else whoever comes next.

    The site's contacts of the role "leader" come first, because they have a number that is answered; then the leader of
    the shift with their own number, then the supervisor. Empty where the site and the record name none of them.
    """
    shift = rx.first(Shift, state=ShiftState.ON_DUTY.value)
    person = rx.get(Person, shift.leader) if shift is not None and shift.leader is not None else None
    listed = tuple(one for one in rx.site.contacts if one.role == LEADER)
    if listed:
        return tuple(_named(one, person) for one in listed[:1])
    if person is not None:
        return (Contact(id=f"person:{person.id}", name=Text(person.name, person.name), phone=person.phone, role=LEADER),)
    return tuple(one for one in rx.site.contacts if one.role == "supervisor")[:1]


def _named(contact: Contact, person: Person | None) -> Contact:
    """The contact, with the name of who leads the shift where the site gives only the post."""
    if person is None or person.name in contact.name.zh or person.name in contact.name.en:
        return contact
    name = Text(f"{contact.name.zh}（当班班长 {person.name}）", f"{contact.name.en} (leads the shift: {person.name})")
    return Contact(id=contact.id, name=name, phone=contact.phone, role=contact.role)
