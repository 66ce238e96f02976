"""Alarms: one live instance a point and condition, and the table that says what may happen to it.

The nine display states and the transitions follow ISA-18.2 / IEC 62682 (states A to I); that life classes latch and
return only by a person's reset is GB 50394-2007 5.2.2-5.2.3.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum

from console.models.errors import Refused
from console.models.ids import AlarmId, CameraId, IncidentId, PersonId, PlaceId, PlanId, PointId, PostId, SourceId
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
    ACKNOWLEDGE = "acknowledge"
    LEASE_LAPSE = "lease_lapse"
    RESET = "reset"
    SHELVE = "shelve"
    SUPPRESS = "suppress"
    TAKE_OUT = "take_out"
    BRING_BACK = "bring_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Who took notice, when and from which seat, and until when that counts."""

    by: PersonId
    at: datetime
    seat: str
    lease_until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiding:
    """Why an alarm is out of the queue: by whom, for what reason, until when."""

    kind: State
    by: PersonId
    reason: str
    until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One live instance of trouble at a point.

    `key` is "point|code-family": while an alarm with this key is live, further signals count on it. `verification`
    is 0 (nothing known) to 4 (threat to life confirmed) after TMA-AVS-01. `case_open` says that `incident` is still
    open, which keeps the alarm in the queue; `closed_at` is set when it leaves for history. `rev` grows by one with
    every change.
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

    @property
    def latching(self) -> bool:
        """Whether the alarm holds after its point has returned to normal."""
        return self.alarm_class in LIFE_CLASSES

    @property
    def state(self) -> State:
        """The display state that the fields add up to."""
        if self.hiding is not None:
            return self.hiding.kind
        if self.condition is not Condition.NORMAL:
            return State.ACKED if self.acknowledged else State.UNACKED
        if self.is_reset or (self.acknowledged and not self.latching):
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
}

_S = State
_OPEN = frozenset({_S.UNACKED, _S.ACKED, _S.RETURNED_UNACKED, _S.LATCHED_UNACKED, _S.LATCHED_ACKED})
_RETURNED = frozenset({_S.RETURNED_UNACKED, _S.LATCHED_UNACKED, _S.LATCHED_ACKED})
_HIDDEN = frozenset({_S.SHELVED, _S.SUPPRESSED, _S.OUT_OF_SERVICE})


def _row(states: set[State] | frozenset[State], action: Action, to: set[State] | frozenset[State], guard: str = "always") -> Transition:
    return Transition(frozenset(states), action, frozenset(to), guard)


TRANSITIONS: tuple[Transition, ...] = (
    _row({_S.UNACKED, _S.RETURNED_UNACKED, _S.LATCHED_UNACKED}, Action.SIGNAL, {_S.UNACKED}),
    _row({_S.ACKED}, Action.SIGNAL, {_S.ACKED}),
    _row({_S.LATCHED_ACKED}, Action.SIGNAL, {_S.UNACKED}),
    _row(_HIDDEN, Action.SIGNAL, _HIDDEN),
    _row({_S.UNACKED}, Action.RESTORE, {_S.LATCHED_UNACKED}, "latching"),
    _row({_S.UNACKED}, Action.RESTORE, {_S.RETURNED_UNACKED}, "not latching"),
    _row({_S.ACKED}, Action.RESTORE, {_S.LATCHED_ACKED}, "latching"),
    _row({_S.ACKED}, Action.RESTORE, {_S.NORMAL}, "not latching"),
    _row(_RETURNED, Action.RESTORE, _RETURNED),
    _row(_HIDDEN, Action.RESTORE, _HIDDEN),
    _row(_OPEN, Action.SILENCE, {_S.UNACKED, _S.ACKED}),
    _row({_S.UNACKED}, Action.ACKNOWLEDGE, {_S.ACKED}),
    _row({_S.RETURNED_UNACKED}, Action.ACKNOWLEDGE, {_S.NORMAL}),
    _row({_S.LATCHED_UNACKED}, Action.ACKNOWLEDGE, {_S.LATCHED_ACKED}),
    _row({_S.ACKED}, Action.LEASE_LAPSE, {_S.UNACKED}),
    _row({_S.LATCHED_ACKED}, Action.LEASE_LAPSE, {_S.LATCHED_UNACKED}),
    _row({_S.LATCHED_ACKED}, Action.RESET, {_S.NORMAL}, "no open incident"),
    _row(_OPEN, Action.SHELVE, {_S.SHELVED}, "hideable"),
    _row(_OPEN, Action.SUPPRESS, {_S.SUPPRESSED}, "hideable"),
    _row(_OPEN, Action.TAKE_OUT, {_S.OUT_OF_SERVICE}, "hideable"),
    _row(_HIDDEN, Action.BRING_BACK, _OPEN | {_S.NORMAL}),
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


# What each action does to the fields. The table above says where that must lead; `act` checks it.
_EFFECTS: dict[Action, Callable[[Alarm, datetime], Alarm]] = {
    Action.SIGNAL: lambda a, at: replace(
        a,
        condition=Condition.ACTIVE,
        last_at=max(a.last_at, at),
        count=a.count + 1,
        # A new signal on something acknowledged and already back to normal is a new alarm to the ear.
        acknowledged=None if a.state is State.LATCHED_ACKED else a.acknowledged,
    ),
    Action.RESTORE: lambda a, at: replace(a, condition=Condition.NORMAL, last_at=max(a.last_at, at)),
    Action.SILENCE: lambda a, at: replace(a, condition=Condition.UNKNOWN),
    Action.LEASE_LAPSE: lambda a, at: replace(a, acknowledged=None, lapses=a.lapses + 1),
    Action.RESET: lambda a, at: replace(a, is_reset=True),
    Action.BRING_BACK: lambda a, at: replace(a, hiding=None),
}
_HIDING_ACTIONS = {Action.SHELVE: State.SHELVED, Action.SUPPRESS: State.SUPPRESSED, Action.TAKE_OUT: State.OUT_OF_SERVICE}


def act(
    alarm: Alarm,
    action: Action,
    at: datetime,
    *,
    acknowledgement: Acknowledgement | None = None,
    hiding: Hiding | None = None,
) -> Alarm:
    """Let `action` happen to `alarm` at `at`.

    ACKNOWLEDGE needs `acknowledgement`, the three hiding actions need `hiding`. An alarm that ends in state A with no
    incident open leaves the queue (`closed_at`). Raises Refused with a sentence where the table forbids the action.
    """
    targets = allowed(alarm, action)
    if not targets:
        raise Refused(
            zh=f"该报警当前状态（{alarm.state.value}）不允许此操作（{action.value}）。",
            en=f"The alarm's present state ({alarm.state.value}) does not allow this ({action.value}).",
        )
    if action is Action.ACKNOWLEDGE:
        changed = replace(alarm, acknowledged=acknowledgement)
    elif action in _HIDING_ACTIONS:
        changed = replace(alarm, hiding=hiding)
    else:
        changed = _EFFECTS[action](alarm, at)
    if changed.state not in targets:
        raise ValueError(f"{action} led {alarm.state} to {changed.state}, the table says {sorted(targets)}")
    changed = replace(changed, rev=alarm.rev + 1)
    return leave_queue(changed, at)


def leave_queue(alarm: Alarm, at: datetime) -> Alarm:
    """`alarm` with `closed_at` set if nothing keeps it in the queue: state A and no incident open."""
    if alarm.state is State.NORMAL and not alarm.case_open and alarm.closed_at is None:
        return replace(alarm, closed_at=at)
    return alarm


def queue_order(alarm: Alarm) -> tuple[int, int, int, datetime, str]:
    """The sort key of the queue: priority, then unacknowledged first, then class, then oldest first."""
    waiting = alarm.state in {State.UNACKED, State.RETURNED_UNACKED, State.LATCHED_UNACKED}
    return (alarm.priority, 0 if waiting else 1, CLASS_ORDER[alarm.alarm_class], alarm.first_at, alarm.id)
