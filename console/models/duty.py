"""Shifts, handovers, carry-overs, the due list and the threat level."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from console.models.ids import DueId, HandoverId, IncidentId, PersonId, ShiftId
from console.models.text import Text


class ShiftState(StrEnum):
    """A shift is on duty until its handover took effect."""

    ON_DUTY = "on_duty"
    HANDED_OVER = "handed_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One shift of the post. `planned_end_at` comes from the site's shift pattern; nobody leaves before the relief has
    signed (后勤服务项目安全值守整体服务流程), so `ended_at` is the moment a handover took effect."""

    id: ShiftId
    name: Text
    state: ShiftState = ShiftState.ON_DUTY
    started_at: datetime
    planned_end_at: datetime
    ended_at: datetime | None = None
    leader: PersonId | None = None
    crew: tuple[PersonId, ...] = ()


class ThreatLevel(StrEnum):
    """Green plus the three levels of the counter-terror rules (反恐安全防范工作制度)."""

    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threat:
    """The threat level in force, who set it and why."""

    id: str
    level: ThreatLevel
    reason: str
    set_at: datetime
    set_by: PersonId


class DutyMode(StrEnum):
    """Duty orders differ inside and outside office hours."""

    OFFICE = "office"
    NON_OFFICE = "non_office"


class DueState(StrEnum):
    """Where a due item stands; OVERDUE is set by the clock, the rest by people or by what they did."""

    WAITING = "waiting"
    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueItem:
    """One clock of the post: everything that must happen by a time is a row of this one table.

    `kind` says what it is ("patrol_round", "equipment_round", "plan_step", "lease", ...), `ref` what it belongs to.
    It shows as due from `due_at` minus `notice_s`, and is overdue after `due_at` plus `grace_s`. `every_s` renews it
    when done. `source` cites where the number comes from.
    """

    id: DueId
    kind: str
    ref: str
    title: Text
    due_at: datetime
    notice_s: float = 600.0
    grace_s: float = 0.0
    every_s: float | None = None
    state: DueState = DueState.WAITING
    done_at: datetime | None = None
    done_by: PersonId | None = None
    note: str = ""
    source: str = ""
    rev: int = 0


class CarryState(StrEnum):
    """A carry-over stays on every handover until somebody closes it with words."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOver:
    """Something unfinished that goes from shift to shift; `handed_count` shows how often already."""

    id: str
    text: str
    owner: str = ""
    opened_at: datetime
    opened_by: PersonId
    first_shift: ShiftId | None = None
    incident: IncidentId | None = None
    handed_count: int = 0
    state: CarryState = CarryState.OPEN
    closed_at: datetime | None = None
    closed_by: PersonId | None = None
    closing: str = ""
    rev: int = 0


class HandoverState(StrEnum):
    """From the rolling draft to the record that can no longer be changed."""

    DRAFT = "draft"
    FROZEN = "frozen"
    DISPUTED = "disputed"
    SIGNED_OUT = "signed_out"
    EFFECTIVE = "effective"
    REVIEWED = "reviewed"
    REFUSED = "refused"


class HandoverAction(StrEnum):
    """What may happen to a handover."""

    FREEZE = "freeze"
    FILL = "fill"
    DISPUTE = "dispute"
    SETTLE = "settle"
    SIGN_OUT = "sign_out"
    SIGN_IN = "sign_in"
    REVIEW = "review"
    REFUSE = "refuse"
    REOPEN = "reopen"


_H = HandoverState
HANDOVER_TRANSITIONS: dict[tuple[HandoverState, HandoverAction], HandoverState] = {
    (_H.DRAFT, HandoverAction.FILL): _H.DRAFT,
    (_H.DRAFT, HandoverAction.FREEZE): _H.FROZEN,
    (_H.FROZEN, HandoverAction.FILL): _H.FROZEN,
    (_H.FROZEN, HandoverAction.REOPEN): _H.DRAFT,
    (_H.FROZEN, HandoverAction.DISPUTE): _H.DISPUTED,
    (_H.DISPUTED, HandoverAction.SETTLE): _H.FROZEN,
    (_H.FROZEN, HandoverAction.REFUSE): _H.REFUSED,
    (_H.DISPUTED, HandoverAction.REFUSE): _H.REFUSED,
    (_H.REFUSED, HandoverAction.REOPEN): _H.DRAFT,
    (_H.FROZEN, HandoverAction.SIGN_OUT): _H.SIGNED_OUT,
    (_H.SIGNED_OUT, HandoverAction.REFUSE): _H.REFUSED,
    (_H.SIGNED_OUT, HandoverAction.SIGN_IN): _H.EFFECTIVE,
    (_H.EFFECTIVE, HandoverAction.REVIEW): _H.REVIEWED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentCount:
    """One line of the equipment count: a difference needs words and opens a carry-over."""

    item: str
    name: Text
    expected: int
    actual: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverLine:
    """One machine-filled line: `section` groups, `ref` points at the record, `flagged` must be read back."""

    section: str
    ref: str
    text: Text
    flagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """The handover of one shift to the next, after I-PASS: level, picture, open items, what to expect, read-back.

    `lines` and `figures` are filled by the machine when it is frozen (T0) and cannot be removed, only commented.
    `expect` is the outgoing crew's "next shift: expect / watch / do". `read_back` is what the incoming person says
    back in their own words. `digest` is the SHA-256 of the canonical JSON both people sign.
    """

    id: HandoverId
    shift: ShiftId
    state: HandoverState = HandoverState.DRAFT
    opened_at: datetime
    frozen_at: datetime | None = None
    effective_at: datetime | None = None
    outgoing: tuple[PersonId, ...] = ()
    incoming: tuple[PersonId, ...] = ()
    threat: Threat | None = None
    weather: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    lines: tuple[HandoverLine, ...] = ()
    equipment: tuple[EquipmentCount, ...] = ()
    instructions: str = ""
    expect: str = ""
    remarks: str = ""
    read_back: tuple[str, ...] = ()
    objection: str = ""
    settlement: str = ""
    refusal: str = ""
    stays_on: bool = False
    rev: int = 0


# What may still move under a signature; everything else of a handover stays as it was signed.
_NOT_SIGNED = frozenset({"state", "effective_at", "rev"})


def signed_content(handover: Handover) -> dict[str, Any]:
    """What the signatures of a handover stand under: all of it but its state, when it took effect, and its revision.

    `console.models.plain.digest` of this is the `record_digest` of both signatures. The database refuses to change any
    of it once the outgoing person has signed.
    """
    return {each.name: getattr(handover, each.name) for each in fields(handover) if each.name not in _NOT_SIGNED}
