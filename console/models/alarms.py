"""Alarms: one live instance a point and condition, and the table that says what may happen to it.

The nine display states and the transitions follow ISA-18.2 / IEC 62682 (states A to I); that life classes latch and
return only by a person's reset is GB 50394-2007 5.2.2-5.2.3.

Besides its display state an alarm has an owner, may be parked, folded under its cause, or chatter; none of these changes
the state, and none of them lets an alarm go quiet for good.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from console.models.ids import (
    AlarmId,
    CameraId,
    IncidentId,
    PersonId,
    PlaceId,
    PlanId,
    PointId,
    PostId,
    SourceId,
    SuppressionId,
)
from console.models.site import Spot
from console.models.text import Text


class AlarmClass(StrEnum):
    """What kind of trouble an alarm stands for."""

    FIRE = "fire"
    PANIC = "panic"
    DURESS = "duress"
    MEDICAL = "medical"
    GAS = "gas"
    INTRUSION = "intrusion"
    TAMPER = "tamper"
    FLOOD = "flood"
    ACCESS = "access"
    VIDEO = "video"
    MANUAL = "manual"
    PATROL = "patrol"
    DUTY_CHECK = "duty_check"
    FAULT = "fault"
    POWER = "power"
    COMMS = "comms"
    SYSTEM = "system"
    TEST = "test"


# Classes that hold until a person resets them, and may never be shelved, hidden or closed by themselves:
# GB 50394-2007 5.2.2-5.2.3 (panic and hold-up inputs self-latch, no automatic reset).
LIFE_CLASSES = frozenset(
    {
        AlarmClass.FIRE,
        AlarmClass.PANIC,
        AlarmClass.DURESS,
        AlarmClass.MEDICAL,
        AlarmClass.GAS,
        AlarmClass.INTRUSION,
        AlarmClass.TAMPER,
        AlarmClass.MANUAL,
    }
)

# Order inside one priority: who is in danger first, then what, then machines.
CLASS_ORDER = {alarm_class: rank for rank, alarm_class in enumerate(AlarmClass)}


class Priority(IntEnum):
    """Four priorities; 1 is the most urgent."""

    CRITICAL = 1
    HIGH = 2
    MEDIUM = 3
    LOW = 4


class Condition(StrEnum):
    """What the point itself last said."""

    ACTIVE = "active"
    NORMAL = "normal"
    UNKNOWN = "unknown"


class State(StrEnum):
    """The display state of an alarm; letters as in ISA-18.2."""

    NORMAL = "A"
    UNACKED = "B"
    ACKED = "C"
    RETURNED_UNACKED = "D"
    LATCHED_UNACKED = "E"
    LATCHED_ACKED = "F"
    SHELVED = "G"
    SUPPRESSED = "H"
    OUT_OF_SERVICE = "I"


class Action(StrEnum):
    """What may happen to an alarm."""

    SIGNAL = "signal"
    RESTORE = "restore"
    SILENCE = "silence"
    HEAR = "hear"
    ACKNOWLEDGE = "acknowledge"
    LEASE_LAPSE = "lease_lapse"
    RESET = "reset"
    RESET_ON_SITE = "reset_on_site"
    SHELVE = "shelve"
    SUPPRESS = "suppress"
    TAKE_OUT = "take_out"
    BRING_BACK = "bring_back"
    FADE = "fade"
    CLAIM = "claim"
    HAND_TO = "hand_to"
    LET_GO = "let_go"
    PARK = "park"
    UNPARK = "unpark"
    ESCALATE = "escalate"
    VERIFY = "verify"
    FOLD = "fold"
    CUT_LOOSE = "cut_loose"


class Means(StrEnum):
    """How somebody came to know what is behind an alarm."""

    VIDEO = "video"
    ON_SITE = "on_site"
    TELEPHONE = "telephone"
    LISTENING = "listening"
    SECOND_DETECTOR = "second_detector"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Who took notice, when and from which seat, and until when that counts."""

    by: PersonId
    at: datetime
    seat: str
    lease_until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiding:
    """Why an alarm is out of the queue: by whom, for what reason, until when.

    `until_normal` ends it as soon as the point returns to normal (one-shot shelving, OPC 10000-9), at `until_at` at the
    latest. `rule` is the standing rule that hides it (see console.models.suppression), None for what a person shelved.
    """

    kind: State
    by: PersonId
    reason: str
    until_at: datetime
    seat: str = ""
    until_normal: bool = False
    rule: SuppressionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Whose alarm it is: one person at one seat, and who gave it to them with what words ("" where they took it)."""

    person: PersonId
    seat: str
    since_at: datetime
    given_by: PersonId | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parking:
    """Acknowledged and put off until a time: it comes back then, or with whatever happens to it before."""

    by: PersonId
    at: datetime
    until_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What somebody found out about an alarm: 0 (nothing known) to 4 (threat to life confirmed), after TMA-AVS-01.

    Of a fire: 3 smoke seen, 4 open flames. `false_alarm` says that somebody looked and there is nothing.
    """

    level: int
    how: Means
    by: PersonId
    at: datetime
    false_alarm: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """Who let a latched alarm go; where its point never said that it is normal: who checked on site, and what was found."""

    by: PersonId
    at: datetime
    checked_on_site: bool = False
    note: str = ""
    second: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One live instance of trouble at a point.

    `key` is "point|code-family": while an alarm with this key is live, further signals count on it. `verification`
    is 0 (nothing known) to 4 (threat to life confirmed) after TMA-AVS-01. `case_open` says that `incident` is still
    open, which keeps the alarm in the queue; `closed_at` is set when it leaves for history. `rev` grows by one with
    every change.

    `priority` is the most urgent that was ever signalled. `lapses` counts acknowledgements that ran out; `escalated_at`
    is set when the leader has to be told, until somebody acknowledges again. `cause` is the alarm that this one follows
    from, see console.models.grouping. `chattering_since_at` is when its signals began to come too fast to be read one by
    one. `test` marks what came while its point was on test.
    """

    id: AlarmId
    key: str
    point: PointId
    source: SourceId
    alarm_class: AlarmClass
    priority: Priority
    title: Text
    code: str = ""
    place: PlaceId | None = None
    place_name: Text = Text()
    spot: Spot | None = None
    cameras: tuple[CameraId, ...] = ()
    post: PostId | None = None
    plan: PlanId | None = None
    condition: Condition = Condition.ACTIVE
    first_at: datetime
    last_at: datetime
    source_at: datetime | None = None
    count: int = 1
    acknowledged: Acknowledgement | None = None
    lapses: int = 0
    hiding: Hiding | None = None
    incident: IncidentId | None = None
    case_open: bool = False
    verification: int = 0
    is_reset: bool = False
    drill: bool = False
    closed_at: datetime | None = None
    rev: int = 0
    owner: Ownership | None = None
    parked: Parking | None = None
    escalated_at: datetime | None = None
    cause: AlarmId | None = None
    chattering_since_at: datetime | None = None
    verified: Verification | None = None
    reset: Reset | None = None
    test: bool = False

    @property
    def latching(self) -> bool:
        """Whether the alarm holds after its point has returned to normal."""
        return self.alarm_class in LIFE_CLASSES

    @property
    def state(self) -> State:
        """The display state that the fields add up to."""
        if self.hiding is not None:
            return self.hiding.kind
        if self.is_reset:
            return State.NORMAL
        if self.condition is not Condition.NORMAL:
            return State.ACKED if self.acknowledged else State.UNACKED
        if self.acknowledged and not self.latching:
            return State.NORMAL
        if self.latching:
            return State.LATCHED_ACKED if self.acknowledged else State.LATCHED_UNACKED
        return State.RETURNED_UNACKED


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table: from these states this action leads to those, where the guard holds."""

    states: frozenset[State]
    action: Action
    leads_to: frozenset[State]
    guard: str = "always"


GUARDS: dict[str, Callable[[Alarm], bool]] = {
    "always": lambda alarm: True,
    "latching": lambda alarm: alarm.latching,
    "not latching": lambda alarm: not alarm.latching,
    "hideable": lambda alarm: alarm.alarm_class not in LIFE_CLASSES,
    "no open incident": lambda alarm: not alarm.case_open,
    "over, not latching": lambda alarm: alarm.condition is Condition.NORMAL and not alarm.latching,
    "no owner": lambda alarm: alarm.owner is None,
    "in alarm": lambda alarm: alarm.condition is Condition.ACTIVE,
    "no longer heard": lambda alarm: alarm.condition is Condition.UNKNOWN,
    "owned": lambda alarm: alarm.owner is not None,
    "not critical, not parked": lambda alarm: alarm.priority is not Priority.CRITICAL and alarm.parked is None,
    "parked": lambda alarm: alarm.parked is not None,
    "has a cause": lambda alarm: alarm.cause is not None,
    "has no cause": lambda alarm: alarm.cause is None,
}

_S = State
_OPEN = frozenset({_S.UNACKED, _S.ACKED, _S.RETURNED_UNACKED, _S.LATCHED_UNACKED, _S.LATCHED_ACKED})
_UNACKED = frozenset({_S.UNACKED, _S.RETURNED_UNACKED, _S.LATCHED_UNACKED})
_RETURNED = frozenset({_S.RETURNED_UNACKED, _S.LATCHED_UNACKED, _S.LATCHED_ACKED})
_HIDDEN = frozenset({_S.SHELVED, _S.SUPPRESSED, _S.OUT_OF_SERVICE})
_TAKEN = frozenset({_S.ACKED, _S.LATCHED_ACKED})


def _row(states: set[State] | frozenset[State], action: Action, to: set[State] | frozenset[State], guard: str = "always") -> Transition:
    return Transition(frozenset(states), action, frozenset(to), guard)


TRANSITIONS: tuple[Transition, ...] = (
    _row({_S.UNACKED, _S.RETURNED_UNACKED, _S.LATCHED_UNACKED}, Action.SIGNAL, {_S.UNACKED}),
    _row({_S.ACKED, _S.LATCHED_ACKED}, Action.SIGNAL, {_S.UNACKED, _S.ACKED}),
    _row(_HIDDEN, Action.SIGNAL, _HIDDEN),
    _row({_S.UNACKED}, Action.RESTORE, {_S.LATCHED_UNACKED}, "latching"),
    _row({_S.UNACKED}, Action.RESTORE, {_S.RETURNED_UNACKED}, "not latching"),
    _row({_S.ACKED}, Action.RESTORE, {_S.LATCHED_ACKED}, "latching"),
    _row({_S.ACKED}, Action.RESTORE, {_S.NORMAL}, "not latching"),
    _row(_RETURNED, Action.RESTORE, _RETURNED),
    _row(_HIDDEN, Action.RESTORE, _HIDDEN),
    _row(_OPEN, Action.SILENCE, {_S.UNACKED, _S.ACKED}, "in alarm"),
    _row({_S.UNACKED, _S.ACKED}, Action.HEAR, {_S.UNACKED, _S.ACKED}, "no longer heard"),
    _row({_S.UNACKED}, Action.ACKNOWLEDGE, {_S.ACKED}),
    _row({_S.RETURNED_UNACKED}, Action.ACKNOWLEDGE, {_S.NORMAL}),
    _row({_S.LATCHED_UNACKED}, Action.ACKNOWLEDGE, {_S.LATCHED_ACKED}),
    _row({_S.ACKED}, Action.LEASE_LAPSE, {_S.UNACKED}),
    _row({_S.LATCHED_ACKED}, Action.LEASE_LAPSE, {_S.LATCHED_UNACKED}),
    _row({_S.LATCHED_ACKED}, Action.RESET, {_S.NORMAL}, "no open incident"),
    _row(_TAKEN, Action.RESET_ON_SITE, {_S.NORMAL}, "no open incident"),
    _row(_OPEN, Action.SHELVE, {_S.SHELVED}, "hideable"),
    _row(_OPEN, Action.SUPPRESS, {_S.SUPPRESSED}, "hideable"),
    _row(_OPEN, Action.TAKE_OUT, {_S.OUT_OF_SERVICE}),
    _row(_HIDDEN, Action.BRING_BACK, _UNACKED | {_S.NORMAL}),
    _row(_HIDDEN, Action.FADE, {_S.NORMAL}, "over, not latching"),
    _row(_TAKEN, Action.UNPARK, {_S.UNACKED, _S.LATCHED_UNACKED}, "parked"),
    # Those below leave the state as it is.
    _row(_OPEN, Action.CLAIM, _OPEN, "no owner"),
    _row(_OPEN, Action.HAND_TO, _OPEN),
    _row(_OPEN, Action.LET_GO, _OPEN, "owned"),
    _row(_TAKEN, Action.PARK, _TAKEN, "not critical, not parked"),
    _row({_S.UNACKED, _S.LATCHED_UNACKED}, Action.ESCALATE, {_S.UNACKED, _S.LATCHED_UNACKED}),
    _row(_OPEN, Action.VERIFY, _OPEN),
    _row(_OPEN, Action.FOLD, _OPEN, "has no cause"),
    _row(_OPEN | _HIDDEN, Action.CUT_LOOSE, _OPEN | _HIDDEN, "has a cause"),
)
# What changes who deals with an alarm or how it is shown, and never its state.
KEEPS_STATE = frozenset(
    {
        Action.CLAIM,
        Action.HAND_TO,
        Action.LET_GO,
        Action.PARK,
        Action.ESCALATE,
        Action.VERIFY,
        Action.FOLD,
        Action.CUT_LOOSE,
    }
)


def allowed(alarm: Alarm, action: Action) -> frozenset[State]:
    """The states that `action` may lead to from where `alarm` stands; empty when the table forbids it."""
    if alarm.closed_at is not None:
        return frozenset()
    state = alarm.state
    for row in TRANSITIONS:
        if row.action is action and state in row.states and GUARDS[row.guard](alarm):
            return row.leads_to
    return frozenset()


def actions_for(alarm: Alarm) -> frozenset[Action]:
    """Every action that the table allows now; the buttons of a row are enabled by it."""
    return frozenset(action for action in Action if allowed(alarm, action))


WAITING = frozenset({State.UNACKED, State.RETURNED_UNACKED, State.LATCHED_UNACKED})


def queue_order(alarm: Alarm) -> tuple[int, int, int, datetime, str]:
    """The sort key of the queue: real before drill, then priority, then unacknowledged first, then class, then oldest first.

    The first number is the priority; for a drill more than any priority, so that no drill stands above anything real.
    """
    waiting = alarm.state in WAITING
    rank = alarm.priority + (len(Priority) if alarm.drill else 0)
    return (rank, 0 if waiting else 1, CLASS_ORDER[alarm.alarm_class], alarm.first_at, alarm.id)


def may_shelve(alarm: Alarm) -> bool:
    """Whether shelving may be offered for an alarm: the table allows it, and it is not critical."""
    return alarm.priority is not Priority.CRITICAL and bool(allowed(alarm, Action.SHELVE))


def is_chattering(alarm: Alarm, now: datetime, window_s: float) -> bool:
    """Whether an alarm that began to chatter still does: its last signal is no older than the setting alarm.chatter_window_s."""
    return alarm.chattering_since_at is not None and now - alarm.last_at <= timedelta(seconds=window_s)
