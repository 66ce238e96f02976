"""Telling: who is to be told of an alarm, and what came of it; every attempt is a line of the journal.

The contacts of an alarm are those of its point (see console.models.linkage): its own always, those it inherits from its
place only where the alarm is urgent enough, and the shift leader once it was escalated. Nobody is told by the console
itself: a person telephones and says how it went.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from console.models.alarms import Alarm
from console.models.ids import AlarmId, PersonId
from console.models.incidents import Verdict
from console.models.linkage import notified_of
from console.models.settings import SettingValue, seconds_of
from console.models.site import Contact, Site
from console.models.text import Text


class Told(StrEnum):
    """What came of a contact. WANTED asks for one besides those of the point; NOT_TOLD is said of the rest at the close."""

    TOLD = "told"
    NOT_REACHED = "not_reached"
    TOLD_OTHER = "told_other"
    NOT_NECESSARY = "not_necessary"
    NOT_TOLD = "not_told"
    WANTED = "wanted"


BY_HAND: Final = (Told.TOLD, Told.NOT_REACHED, Told.TOLD_OTHER, Told.NOT_NECESSARY)
"""What an operator may say, in the order of the keys."""
SETTLED: Final = frozenset({Told.TOLD, Told.TOLD_OTHER, Told.NOT_NECESSARY, Told.NOT_TOLD})
"""What ends the duty to tell; somebody who was not reached is still to be told."""
INFORMED: Final = frozenset({Told.TOLD, Told.TOLD_OTHER})
NEEDS_WORDS: Final = {Told.TOLD_OTHER, Told.NOT_NECESSARY}
"""Who was told instead, and why it is not necessary: both are nothing without words."""
DEMANDING: Final = frozenset({Verdict.REAL_FIRE, Verdict.REAL_INTRUSION, Verdict.REAL_OTHER, Verdict.UNKNOWN})
"""Verdicts that leave something to tell; of what was nothing nobody needs to be told any more."""

LEADER: Final = "leader"
# What the roles of contacts in the plans that are shipped are called; any other is shown as the site wrote it.
ROLES: Final[Mapping[str, Text]] = {
    "police": Text("公安", "Police"),
    "police_station": Text("派出所", "Police station"),
    "fire": Text("消防", "Fire service"),
    "medical": Text("急救", "Ambulance"),
    LEADER: Text("班长", "Shift leader"),
    "supervisor": Text("主管", "Supervisor"),
    "fire_responsible": Text("消防责任人", "Responsible for fire safety"),
    "property": Text("物业", "Property office"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One attempt to tell a contact, or what was said about it; name, role and number as they stood then.

    `note` is who was told instead, or why it is not necessary. `told_at` is when it happened. `by_plan` says that a step
    of a plan did it, which has a line of its own.
    """

    contact: str
    name: Text
    role: str = ""
    phone: str = ""
    result: Told
    note: str = ""
    told_at: datetime
    by: PersonId
    by_plan: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTell:
    """A contact of an alarm or a case, with what came of it so far, oldest first."""

    contact: Contact
    tellings: tuple[Telling, ...] = ()

    @property
    def last(self) -> Telling | None:
        """What was said of it last; None while nobody tried."""
        tried = [one for one in self.tellings if one.result is not Told.WANTED]
        return tried[-1] if tried else None

    @property
    def settled(self) -> bool:
        """Whether nobody has to call any more: told once is told, whatever was tried afterwards."""
        since = max((n for n, one in enumerate(self.tellings) if one.result is Told.WANTED), default=-1)
        return any(one.result in SETTLED for one in self.tellings[since + 1 :])


def role_words(role: str) -> Text:
    """What a contact's role is called."""
    return ROLES.get(role, Text(role, role))


def wanted(site: Site, settings: Mapping[str, SettingValue], alarm: Alarm) -> tuple[Contact, ...]:
    """The contacts that the site wants to be told of an alarm, in its order; none of what is hidden or a test."""
    if alarm.hiding is not None or alarm.test:
        return ()
    names, own = notified_of(site, alarm.point, alarm.place)
    if not own and alarm.priority > seconds_of(dict(settings), "tell.priority"):
        return ()
    known = {one.id: one for one in site.contacts}
    return tuple(known[name] for name in names if name in known)


def standing(
    site: Site,
    settings: Mapping[str, SettingValue],
    alarms: Iterable[Alarm],
    tellings: Mapping[AlarmId, tuple[Telling, ...]],
) -> tuple[ToTell, ...]:
    """Who is to be told of these alarms together, and what came of it; each contact once, told for one is told for all."""
    alarms = tuple(alarms)
    contacts: dict[str, Contact] = {}
    for alarm in alarms:
        contacts.update({one.id: one for one in wanted(site, settings, alarm) if one.id not in contacts})
    told = sorted((one for alarm in alarms for one in tellings.get(alarm.id, ())), key=lambda one: one.told_at)
    for one in told:
        contacts.setdefault(one.contact, Contact(id=one.contact, name=one.name, phone=one.phone, role=one.role))
    return tuple(
        ToTell(contact=contact, tellings=tuple(one for one in told if one.contact == contact.id))
        for contact in contacts.values()
    )


def untold(those: Iterable[ToTell]) -> tuple[Contact, ...]:
    """Those of whom nobody has said yet that they were told, or need not be."""
    return tuple(one.contact for one in those if not one.settled)
