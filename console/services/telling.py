"""Telling: an operator telephones a contact of an alarm and says how it went. The console itself calls nobody."""

from dataclasses import replace
from datetime import datetime

from console.models.alarms import Alarm
from console.models.errors import Refused
from console.models.ids import AlarmId
from console.models.incidents import Verdict
from console.models.people import Actor, Right
from console.models.settings import value_of
from console.models.site import Contact
from console.models.telling import BY_HAND, DEMANDING, NEEDS_WORDS, Telling, Told, untold
from console.models.text import typed
from console.models.words import word
from console.services import contacts, queue
from console.services.log import AHEAD_AT_MOST
from console.store.store import Reading, Transaction

LONGEST = 200  # characters of who was told instead, or why it is not necessary


def tell(
    tx: Transaction,
    alarm_id: AlarmId,
    contact_id: str,
    result: Told,
    words: str = "",
    *,
    told_at: datetime | None = None,
    by: Actor,
) -> Telling:
    """Say of a contact of an alarm that they were told, not reached, or need not be; each time is a line of its own.

    `words`, at most 200 characters, say who was told instead, or why it is not necessary, and are needed there.
    `told_at` before now is for a call that is written down later. It counts as handling: the lease begins anew.
    """
    by.demand(Right.HANDLE_ALARMS)
    result = Told(result)
    alarm = tx.need(Alarm, alarm_id)
    contact = _contact(tx, alarm, contact_id)
    said = typed(words, LONGEST)
    if result not in BY_HAND or (result in NEEDS_WORDS and not said):
        raise Refused(
            zh="请写明告知了谁，或无需通知的原因。", en="Say who was told instead, or why it is not necessary."
        )
    at = told_at or tx.now
    if at > tx.now + AHEAD_AT_MOST:
        raise Refused(zh="通知时间不能晚于现在。", en="Nobody was told in the future.")
    telling = replace(contacts.telling_of(tx, contact, result, said, by=by), told_at=min(at, tx.now))
    contacts.note(tx, alarm, telling, by=by)
    for one in contacts.scope(tx, alarm):
        queue.renew(tx, one.id, by=by)
    return telling


def _contact(rx: Reading, alarm: Alarm, contact_id: str) -> Contact:
    known = {one.id: one for one in rx.site.contacts}
    known.update({one.contact.id: one.contact for one in contacts.of(rx, contacts.scope(rx, alarm))})
    if contact_id not in known:
        raise Refused(zh=f"没有联系人 {contact_id}。", en=f"There is no contact {contact_id}.")
    return known[contact_id]


def end(tx: Transaction, alarms: tuple[Alarm, ...], verdict: Verdict, reason: str, *, by: Actor) -> None:
    """A case ends: say what becomes of those who are still to be told.

    After a real incident (or one of which nobody knows) it takes a `reason` where the setting tell.before_close says so;
    of what was no incident nobody needs to be told, and the verdict is the reason.
    """
    left = untold(contacts.of(tx, alarms))
    if not left:
        return
    why = typed(reason, LONGEST)
    if verdict not in DEMANDING:
        named = word(verdict)
        contacts.settle_rest(tx, alarms, Told.NOT_NECESSARY, why or f"{named.zh} / {named.en}", by=by)
        return
    if not why and bool(value_of(tx.settings, "tell.before_close")):
        raise Refused(
            zh=f"还有 {len(left)} 人应通知未通知（{'、'.join(one.name.zh for one in left)}）：请通知，或写明不通知的原因。",
            en=f"Still to be told: {', '.join(one.name.en for one in left)}. Tell them, or give the reason why not.",
        )
    contacts.settle_rest(tx, alarms, Told.NOT_NECESSARY if why else Told.NOT_TOLD, why, by=by)
