"""The life of an alarm: what each action of the table does to its fields.

console.models.alarms says what may happen to an alarm and where that leads; here it happens, and is checked against the
table each time.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.models.alarms import (
    KEEPS_STATE,
    Acknowledgement,
    Action,
    Alarm,
    Condition,
    Hiding,
    Ownership,
    Parking,
    Priority,
    Reset,
    State,
    Verification,
    allowed,
)
from console.models.errors import Refused
from console.models.ids import AlarmId

# What each action does to the fields. The table above says where that must lead; `act` checks it.
_EFFECTS: dict[Action, Callable[[Alarm, datetime], Alarm]] = {
    Action.RESTORE: lambda a, at: replace(a, condition=Condition.NORMAL, last_at=max(a.last_at, at), parked=None),
    Action.SILENCE: lambda a, at: replace(a, condition=Condition.UNKNOWN),
    # Senders keep what changed meanwhile and tell it now; until they do, what was last heard holds.
    Action.HEAR: lambda a, at: replace(a, condition=Condition.ACTIVE),
    Action.LEASE_LAPSE: lambda a, at: replace(a, acknowledged=None, parked=None, owner=None, lapses=a.lapses + 1),
    # What nobody could see is seen anew: it sounds, whoever acknowledged it before.
    Action.BRING_BACK: lambda a, at: replace(
        a, hiding=None, parked=None, acknowledged=a.acknowledged if _is_over(a) else None
    ),
    Action.FADE: lambda a, at: replace(a, hiding=None, is_reset=True),
    Action.LET_GO: lambda a, at: replace(a, owner=None),
    Action.UNPARK: lambda a, at: replace(a, parked=None, acknowledged=None),
    Action.ESCALATE: lambda a, at: replace(a, escalated_at=at),
    Action.CUT_LOOSE: lambda a, at: replace(a, cause=None),
}
# A signal waits for the disk, and may be acknowledged on its way: so much earlier than the acknowledgement is no riddle.
_SAME = timedelta(minutes=1)
_HIDING_ACTIONS = {Action.SHELVE: State.SHELVED, Action.SUPPRESS: State.SUPPRESSED, Action.TAKE_OUT: State.OUT_OF_SERVICE}


def _is_over(alarm: Alarm) -> bool:
    return alarm.condition is Condition.NORMAL and not alarm.latching


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an action brings with it; `act` says which action needs what.

    `priority` is that of a further signal, `realarm_after` is how long an acknowledgement covers
    further signals; None means for ever.
    """

    acknowledgement: Acknowledgement | None = None
    hiding: Hiding | None = None
    owner: Ownership | None = None
    parking: Parking | None = None
    verification: Verification | None = None
    reset: Reset | None = None
    cause: AlarmId | None = None
    priority: Priority | None = None
    realarm_after: timedelta | None = None


_NOTHING = Given()


def _signalled(alarm: Alarm, at: datetime, given: Given) -> Alarm:
    priority = min(alarm.priority, given.priority or alarm.priority)
    seen = alarm.acknowledged
    # An acknowledgement covers what follows shortly; what is worse, late, or was put off is a new alarm to the ear.
    # One that lies well ahead of the signal was given before the clock was set back: nobody knows how long ago.
    late = seen is not None and given.realarm_after is not None and not -_SAME <= at - seen.at <= given.realarm_after
    again = priority < alarm.priority or late or alarm.parked is not None
    return replace(
        alarm,
        condition=Condition.ACTIVE,
        last_at=max(alarm.last_at, at),
        count=alarm.count + 1,
        priority=priority,
        parked=None,
        acknowledged=None if again else seen,
    )


_GIVEN_EFFECTS: dict[Action, Callable[[Alarm, datetime, Given], Alarm]] = {
    Action.SIGNAL: _signalled,
    Action.ACKNOWLEDGE: lambda a, at, given: replace(
        a, acknowledged=given.acknowledgement, owner=a.owner or given.owner, escalated_at=None
    ),
    Action.RESET: lambda a, at, given: replace(a, is_reset=True, parked=None, reset=given.reset),
    Action.RESET_ON_SITE: lambda a, at, given: replace(a, is_reset=True, parked=None, reset=given.reset),
    Action.CLAIM: lambda a, at, given: replace(a, owner=given.owner),
    Action.HAND_TO: lambda a, at, given: replace(a, owner=given.owner),
    Action.PARK: lambda a, at, given: replace(a, parked=given.parking),
    Action.VERIFY: lambda a, at, given: replace(
        a, verified=given.verification, verification=given.verification.level if given.verification else a.verification
    ),
    Action.FOLD: lambda a, at, given: replace(a, cause=given.cause),
}


def act(alarm: Alarm, action: Action, at: datetime, given: Given = _NOTHING) -> Alarm:
    """Let `action` happen to `alarm` at `at`.

    ACKNOWLEDGE needs an acknowledgement (and an owner, kept where there is none yet), the three hiding actions a hiding,
    CLAIM and HAND_TO an owner, PARK a parking, VERIFY a verification, the resets a reset, FOLD a cause. A life class is
    taken out only by a rule. An alarm that ends in state A with no incident open leaves the queue (`closed_at`). Raises
    Refused with a sentence where the table forbids the action.
    """
    targets = allowed(alarm, action)
    ruled = given.hiding is not None and given.hiding.rule is not None
    if not targets or (action is Action.TAKE_OUT and alarm.latching and not ruled):
        raise Refused(
            zh=f"该报警当前状态（{alarm.state.value}）不允许此操作（{action.value}）。",
            en=f"The alarm's present state ({alarm.state.value}) does not allow this ({action.value}).",
        )
    if action in _HIDING_ACTIONS:
        changed = replace(alarm, hiding=given.hiding, parked=None)
    elif action in _GIVEN_EFFECTS:
        changed = _GIVEN_EFFECTS[action](alarm, at, given)
    else:
        changed = _EFFECTS[action](alarm, at)
    if changed.state not in targets or (action in KEEPS_STATE and changed.state is not alarm.state):
        raise ValueError(f"{action} led {alarm.state} to {changed.state}, the table says {sorted(targets)}")
    changed = replace(changed, rev=alarm.rev + 1)
    return leave_queue(changed, at)


def leave_queue(alarm: Alarm, at: datetime) -> Alarm:
    """`alarm` with `closed_at` set if nothing keeps it in the queue: state A and no incident open."""
    if alarm.state is State.NORMAL and not alarm.case_open and alarm.closed_at is None:
        return replace(alarm, closed_at=at)
    return alarm
