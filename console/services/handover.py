"""Handover: from the draft that fills itself to the moment at which responsibility passes on.

The draft is frozen at T0; the outgoing crew counts, writes what to expect and sees what still stands in the way; the
relief says back what matters most; both sign, each with their own account and password; at the second signature the
shift ends and the next begins, in one transaction. What was signed can no longer be changed by anybody.
"""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from console.models.duty import (
    HANDOVER_TRANSITIONS,
    EquipmentCount,
    Handover,
    HandoverAction,
    HandoverState,
    Shift,
    signed_content,
)
from console.models.errors import ConsoleError, Refused
from console.models.events import HandoverChanged, RecordSigned, event_from
from console.models.ids import HandoverId, SignatureId, new_id
from console.models.people import Actor, Person, Right
from console.models.plain import digest
from console.models.text import plain, typed
from console.models.trust import Meaning, Signature
from console.models.words import word
from console.services import carry, duty, handover_lines
from console.services.desk import Desk
from console.services.handover_checks import asks, blockers, relief
from console.services.passwords import Proof, prove, with_proof
from console.store.store import Reading, Transaction

RECORD = "handover"
LONGEST = 4000  # characters of one field
FIELDS = frozenset({"weather", "instructions", "expect", "remarks", "read_back", "stays_on"})


# ------------------------------------------------------------------------------------------------ reading
def current(rx: Reading) -> Handover | None:
    """The handover of the shift on duty, if one was begun."""
    shift = duty.current_shift(rx)
    return rx.first(Handover, shift=shift.id) if shift is not None else None


def preview(rx: Reading, handover: Handover) -> Handover:
    """A draft as it would be frozen now; a frozen or signed handover as it is."""
    if handover.state is not HandoverState.DRAFT:
        return handover
    return _snapshot(rx, handover, rx.need(Shift, handover.shift))


def signatures(rx: Reading, handover_id: HandoverId) -> tuple[Signature, ...]:
    """Every signature ever given under a handover, in order; those of a refused version are bound to another digest."""
    return rx.find(Signature, record_id=handover_id, order_by="signed_at")


def record_digest(rx: Reading, handover_id: HandoverId) -> str:
    """The SHA-256 that the signatures are bound to, of the handover as it stands."""
    return digest(signed_content(rx.need(Handover, handover_id)))


# ------------------------------------------------------------------------------------------------ the form
def begin(tx: Transaction, *, by: Actor) -> Handover:
    """The draft of the shift on duty, opened where there is none. One shift has one handover."""
    by.demand(Right.SIGN_HANDOVER)
    shift = duty.current_shift(tx)
    if shift is None:
        raise Refused(zh="当前没有在岗班次，不需要交接班。", en="No shift is on duty, there is nothing to hand over.")
    known = tx.first(Handover, shift=shift.id)
    if known is not None:
        return known
    handover = Handover(
        id=HandoverId(new_id()),
        shift=shift.id,
        opened_at=tx.now,
        outgoing=shift.crew,
        equipment=tuple(
            EquipmentCount(item=item.id, name=item.name, expected=item.number) for item in tx.site.equipment
        ),
    )
    return _save(tx, handover, by)


def fill(
    tx: Transaction,
    handover_id: HandoverId,
    *,
    counts: Mapping[str, int | None] | None = None,
    notes: Mapping[str, str] | None = None,
    typing: bool = False,
    by: Actor,
    **fields: Any,
) -> Handover:
    """Fill in what people know: weather, instructions, expect, remarks (text), read_back (texts), stays_on.

    `counts` and `notes` are by item of the equipment; a count of None takes it back. With `typing` the words are only
    put where a kill cannot lose them; the journal hears of them when the field is left, so that a sentence is one line
    of the record and not forty. A count or a tick is never mere typing.
    """
    by.demand(Right.SIGN_HANDOVER)
    handover = tx.need(Handover, handover_id)
    _demand(handover, HandoverAction.FILL)
    unknown = fields.keys() - FIELDS
    if unknown:
        raise TypeError(f"a handover has no field {sorted(unknown)} to fill")
    changed = replace(
        handover,
        **{name: _bounded(value) for name, value in fields.items()},
        equipment=tuple(_counted(line, counts or {}, notes or {}) for line in handover.equipment),
    )
    if typing and not counts and "stays_on" not in fields:
        if changed != handover:
            tx.put(changed)
        return changed
    return _save(tx, replace(changed, rev=handover.rev + 1), by) if _is_news(tx, changed) else changed


def _is_news(tx: Transaction, handover: Handover) -> bool:
    """Whether the journal does not know these words yet: typing has put them on disk without a line."""
    for line in tx.journal(subjects=(handover.id,), kinds=(HandoverChanged.__name__,), newest_first=True, limit=1):
        event = event_from(line)
        return not (isinstance(event, HandoverChanged) and replace(event.handover, rev=handover.rev) == handover)
    return True


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value, lines=True)[:LONGEST]
    if isinstance(value, list | tuple):
        return tuple(plain(str(each), lines=True)[:LONGEST] for each in value[:10])
    return value


def _counted(line: EquipmentCount, counts: Mapping[str, int | None], notes: Mapping[str, str]) -> EquipmentCount:
    actual = counts.get(line.item, line.actual)
    if actual is not None and not 0 <= actual <= 9999:
        raise Refused(zh=f"“{line.name.zh}”的数量应在 0 到 9999 之间。", en=f"{line.name.en}: a count of 0 to 9999.")
    return replace(line, actual=actual, note=plain(notes.get(line.item, line.note))[:500])


def freeze(tx: Transaction, handover_id: HandoverId, *, by: Actor) -> Handover:
    """T0: write down the state of the post and the figures of the shift; they stand from here on.

    What happens afterwards belongs to `handover_lines.after_freeze`, and to nothing else.
    """
    by.demand(Right.SIGN_HANDOVER)
    handover = tx.need(Handover, handover_id)
    _demand(handover, HandoverAction.FREEZE)
    frozen = _snapshot(tx, handover, tx.need(Shift, handover.shift))
    return _move(tx, frozen, HandoverAction.FREEZE, by, frozen_at=tx.now)


def _snapshot(rx: Reading, handover: Handover, shift: Shift) -> Handover:
    return replace(
        handover,
        outgoing=shift.crew,
        incoming=tuple(one.person for one in relief(rx, shift.crew)),
        threat=duty.current_threat(rx),
        lines=handover_lines.machine_lines(rx, shift),
        figures=handover_lines.figures(rx, shift),
    )


def reopen(tx: Transaction, handover_id: HandoverId, *, by: Actor) -> Handover:
    """Back to the draft, so that it can be frozen anew; what people wrote stays, what was read back falls away."""
    by.demand(Right.SIGN_HANDOVER)
    handover = tx.need(Handover, handover_id)
    return _move(
        tx, handover, HandoverAction.REOPEN, by, frozen_at=None, lines=(), figures={}, threat=None, read_back=()
    )


# ------------------------------------------------------------------------------------------------ the outgoing side
def sign_out(desk: Desk, handover_id: HandoverId, login: str, password: str, seat: str) -> "Future[Handover]":
    """The outgoing person signs, with their password. Fails with Refused while anything stands in the way."""
    return with_proof(desk, login, password, seat, accept_sign_out, handover_id, seat)


def accept_sign_out(tx: Transaction, proof: Proof, handover_id: HandoverId, seat: str) -> Handover:
    """Keep the outgoing signature; see `sign_out`."""
    person, by = _signer(tx, proof, seat)
    handover = tx.need(Handover, handover_id)
    _demand(handover, HandoverAction.SIGN_OUT)
    if person.id not in handover.outgoing:
        raise Refused(
            zh=f"{person.name} 不是交班班组成员，不能在交班人处签名。",
            en=f"{person.name} does not belong to the outgoing crew and cannot sign for it.",
        )
    _demand_clear(tx, handover)
    handover = replace(handover, incoming=tuple(one.person for one in relief(tx, handover.outgoing)))
    signed = _move(tx, handover, HandoverAction.SIGN_OUT, by)
    _sign(tx, signed, person, Meaning.HAND_OVER, seat)
    return signed


# ------------------------------------------------------------------------------------------------ the incoming side
def sign_in(desk: Desk, handover_id: HandoverId, login: str, password: str, seat: str) -> "Future[Handover]":
    """The incoming person signs, with their own account and password: from this moment the watch is theirs."""
    return with_proof(desk, login, password, seat, accept_sign_in, handover_id, seat)


def accept_sign_in(tx: Transaction, proof: Proof, handover_id: HandoverId, seat: str) -> Handover:
    """Keep the incoming signature and pass responsibility on; see `sign_in`."""
    person, by = _signer(tx, proof, seat)
    handover = tx.need(Handover, handover_id)
    _demand(handover, HandoverAction.SIGN_IN)
    _demand_relief(handover, person)
    if person.id not in {one.person for one in relief(tx, handover.outgoing)}:
        raise Refused(zh=f"{person.name} 还没有上岗签到。", en=f"{person.name} has not signed on yet.")
    _demand_clear(tx, handover)
    _demand_unchanged(tx, handover)
    effective = _move(tx, handover, HandoverAction.SIGN_IN, by, effective_at=tx.now)
    _sign(tx, effective, person, Meaning.TAKE_OVER, seat)
    _carry_differences(tx, effective, by)
    carry.hand_on(tx, by=by)
    shift = tx.need(Shift, effective.shift)
    crew = (person.id, *(one.person for one in relief(tx, effective.outgoing) if one.person != person.id))
    duty.pass_on(tx, shift, tuple(dict.fromkeys(crew)), by=by)
    return effective


def _demand_relief(handover: Handover, person: Person) -> None:
    if person.id in handover.outgoing:
        raise Refused(
            zh="交班和接班须由不同的人签名，交班班组成员不能接自己的班。",
            en="Two different people sign: nobody of the outgoing crew takes over from it.",
        )
    if handover.incoming and person.id not in handover.incoming:
        raise Refused(
            zh=f"{person.name} 不在接班人员之列，请重新打开交接班。",
            en=f"{person.name} is not among the relief that was handed over to; open the handover again.",
        )


def _demand_unchanged(tx: Transaction, handover: Handover) -> None:
    given = [one for one in signatures(tx, handover.id) if one.meaning is Meaning.HAND_OVER]
    if not given or given[-1].record_digest != digest(signed_content(handover)):
        raise ConsoleError(
            zh="交接班内容与交班人签名时不一致，不能接班。请通知主管。",
            en="The handover is not what the outgoing person signed. Do not take over; inform the supervisor.",
        )


def _carry_differences(tx: Transaction, handover: Handover, by: Actor) -> None:
    """Every difference of the equipment count becomes a carry-over that somebody has to close."""
    known = [one.text for one in carry.still_open(tx)]
    for line in handover.equipment:
        if line.actual is not None and line.actual != line.expected:
            head = f"物品差异：{line.name.zh} / Equipment: {line.name.en}"
            if not any(text.startswith(head) for text in known):
                carry.add(tx, f"{head}，{line.actual}/{line.expected}，{line.note}", by=by)


def dispute(
    desk: Desk, handover_id: HandoverId, login: str, password: str, seat: str, objection: str
) -> "Future[Handover]":
    """The relief does not agree with what is written, and says with what; the shift leader settles it."""
    return with_proof(desk, login, password, seat, accept_dispute, handover_id, seat, objection)


def accept_dispute(tx: Transaction, proof: Proof, handover_id: HandoverId, seat: str, objection: str) -> Handover:
    """Keep an objection; see `dispute`."""
    person, by = _signer(tx, proof, seat)
    handover = tx.need(Handover, handover_id)
    _demand(handover, HandoverAction.DISPUTE)
    _demand_other_side(handover, person)
    return _move(tx, handover, HandoverAction.DISPUTE, by, objection=_words(objection, "异议", "An objection"))


def settle(
    desk: Desk, handover_id: HandoverId, login: str, password: str, seat: str, settlement: str
) -> "Future[Handover]":
    """A shift leader or supervisor settles an objection, with words."""
    return with_proof(desk, login, password, seat, accept_settlement, handover_id, seat, settlement)


def accept_settlement(tx: Transaction, proof: Proof, handover_id: HandoverId, seat: str, settlement: str) -> Handover:
    """Keep a settlement; see `settle`."""
    _, by = _signer(tx, proof, seat, Right.REVIEW_HANDOVER)
    handover = tx.need(Handover, handover_id)
    return _move(tx, handover, HandoverAction.SETTLE, by, settlement=_words(settlement, "裁定", "A settlement"))


def refuse(
    desk: Desk, handover_id: HandoverId, login: str, password: str, seat: str, reason: str
) -> "Future[Handover]":
    """The relief refuses to take over, with a reason; the outgoing crew stays responsible."""
    return with_proof(desk, login, password, seat, accept_refusal, handover_id, seat, reason)


def accept_refusal(tx: Transaction, proof: Proof, handover_id: HandoverId, seat: str, reason: str) -> Handover:
    """Keep a refusal; see `refuse`."""
    person, by = _signer(tx, proof, seat)
    handover = tx.need(Handover, handover_id)
    _demand(handover, HandoverAction.REFUSE)
    _demand_other_side(handover, person)
    return _move(tx, handover, HandoverAction.REFUSE, by, refusal=_words(reason, "拒绝接班", "A refusal"))


def _demand_other_side(handover: Handover, person: Person) -> None:
    if person.id in handover.outgoing:
        raise Refused(zh="须由接班人员提出。", en="That is for the relief to say, not for the outgoing crew.")


# ------------------------------------------------------------------------------------------------ the review
def review(desk: Desk, handover_id: HandoverId, login: str, password: str, seat: str) -> "Future[Handover]":
    """A shift leader or supervisor has read an effective handover; not one who signed it: nobody approves their own."""
    return with_proof(desk, login, password, seat, accept_review, handover_id, seat)


def accept_review(tx: Transaction, proof: Proof, handover_id: HandoverId, seat: str) -> Handover:
    """Keep a review; see `review`."""
    person, by = _signer(tx, proof, seat, Right.REVIEW_HANDOVER)
    handover = tx.need(Handover, handover_id)
    _demand(handover, HandoverAction.REVIEW)
    if person.id in {one.person for one in signatures(tx, handover_id)}:
        raise Refused(
            zh="签过交接班的人不能复核自己的交接班。", en="Nobody reviews a handover that they signed themselves."
        )
    reviewed = _move(tx, handover, HandoverAction.REVIEW, by)
    _sign(tx, reviewed, person, Meaning.REVIEW, seat)
    return reviewed


# ------------------------------------------------------------------------------------------------ common ground
def _signer(tx: Transaction, proof: Proof, seat: str, right: Right = Right.SIGN_HANDOVER) -> tuple[Person, Actor]:
    person = prove(tx, proof)
    by = Actor(person=person.id, name=person.name, role=person.role, seat=seat)
    by.demand(right)
    return person, by


def _words(said: str, zh: str, en: str) -> str:
    words = typed(said, LONGEST, lines=True)
    if not words:
        raise Refused(zh=f"{zh}必须写明原因。", en=f"{en} needs words.")
    return words


def _demand(handover: Handover, action: HandoverAction) -> None:
    if (handover.state, action) not in HANDOVER_TRANSITIONS:
        state = word(handover.state)
        raise Refused(
            zh=f"交接班当前状态（{state.zh}）不允许此操作。",
            en=f"The handover's present state ({state.en.lower()}) does not allow this.",
        )


def _demand_clear(tx: Transaction, handover: Handover) -> None:
    standing = blockers(tx, handover)
    if standing:
        first, more = standing[0].text, len(standing) - 1
        raise Refused(
            zh=first.zh + (f"（另有 {more} 项）" if more else ""),
            en=first.en + (f" ({more} more)" if more else ""),
        )


def _move(tx: Transaction, handover: Handover, action: HandoverAction, by: Actor, **changes: Any) -> Handover:
    _demand(handover, action)
    state = HANDOVER_TRANSITIONS[handover.state, action]
    return _save(tx, replace(handover, state=state, rev=handover.rev + 1, **changes), by)


def _save(tx: Transaction, handover: Handover, by: Actor) -> Handover:
    tx.put(handover)
    tx.record(HandoverChanged(at=tx.now, by=by.person, seat=by.seat, handover=handover))
    return handover


def _sign(tx: Transaction, handover: Handover, person: Person, meaning: Meaning, seat: str) -> Signature:
    signature = Signature(
        id=SignatureId(new_id()),
        record_kind=RECORD,
        record_id=handover.id,
        record_digest=digest(signed_content(handover)),
        person=person.id,
        person_name=person.name,
        meaning=meaning,
        signed_at=tx.now,
        seat=seat,
    )
    tx.put(signature)
    tx.record(RecordSigned(at=tx.now, by=person.id, seat=seat, signature=signature))
    return signature


__all__ = [
    "accept_dispute",
    "accept_refusal",
    "accept_review",
    "accept_settlement",
    "accept_sign_in",
    "accept_sign_out",
    "asks",
    "begin",
    "blockers",
    "current",
    "dispute",
    "fill",
    "freeze",
    "preview",
    "record_digest",
    "refuse",
    "relief",
    "reopen",
    "review",
    "settle",
    "sign_in",
    "sign_out",
    "signatures",
]
