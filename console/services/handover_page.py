"""What the handover page shows, read in one consistent view: the form, what stands in its way, and the last one."""

from dataclasses import dataclass

from console.models.duty import Handover, HandoverLine, Shift, signed_content
from console.models.files import TimelineLine
from console.models.ids import PersonId
from console.models.people import Person
from console.models.plain import digest
from console.models.trust import Signature
from console.services import duty, handover, queries
from console.services.handover_checks import Blocker
from console.services.handover_lines import after_freeze
from console.store.store import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A handover with its shift, the signatures under its present content, and the digest they are bound to."""

    handover: Handover
    shift: Shift
    signatures: tuple[Signature, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverPage:
    """The page: `form` is the handover of the shift on duty, a draft filled as it would be frozen now.

    `asks` is what the relief says back, `blockers` what has to be done before the next signature, `after` what happened
    since T0. `last` is the newest handover that took effect.
    """

    shift: Shift | None
    form: Handover | None
    asks: tuple[HandoverLine, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    after: tuple[TimelineLine, ...] = ()
    outgoing: tuple[Person, ...] = ()
    relief: tuple[Person, ...] = ()
    signatures: tuple[Signature, ...] = ()
    last: Signed | None = None


def handover_page(rx: Reading) -> HandoverPage:
    """Everything the page shows, now."""
    shift = duty.current_shift(rx)
    known = handover.current(rx)
    form = handover.preview(rx, known) if known is not None else None
    last = queries.latest_effective_handover(rx)
    signed = _signed(rx, last) if last is not None else None
    if shift is None or form is None:
        return HandoverPage(shift=shift, form=None, last=signed)
    return HandoverPage(
        shift=shift,
        form=form,
        asks=handover.asks(form, rx) if form.frozen_at is not None else (),
        blockers=handover.blockers(rx, form),
        after=after_freeze(rx, form),
        outgoing=_people(rx, form.outgoing),
        relief=_people(rx, tuple(one.person for one in handover.relief(rx, form.outgoing))),
        signatures=_signed(rx, form).signatures,
        last=signed,
    )


def _signed(rx: Reading, known: Handover) -> Signed:
    code = digest(signed_content(known))
    return Signed(
        handover=known,
        shift=rx.need(Shift, known.shift),
        signatures=tuple(one for one in handover.signatures(rx, known.id) if one.record_digest == code),
        digest=code,
    )


def _people(rx: Reading, ids: tuple[PersonId, ...]) -> tuple[Person, ...]:
    return tuple(person for one in ids if (person := rx.get(Person, one)) is not None)
