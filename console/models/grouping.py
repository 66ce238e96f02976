"""Grouping: which alarms follow from which, as a table, and the queue folded by it.

A power failure brings faults, silent lines and dark cameras with it; an operator who reads forty of them reads none. The
consequences are folded under their cause and counted; the cause stands in the queue with the most urgent priority of the
whole group (EEMUA 191: suppress consequences, never causes). A life class is never folded under anything but another
alarm of a life class, and folding never silences: every alarm sounds until it is acknowledged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.models.alarms import LIFE_CLASSES, WAITING, Alarm, AlarmClass, Priority, queue_order
from console.models.ids import AlarmId


class Reach(StrEnum):
    """How far a cause reaches: whatever comes over the same source, or whatever is at its place or below it."""

    SOURCE = "source"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class CauseRule:
    """A row of the table: alarms of `causes` explain alarms of `consequences` within `reach`, so long after (setting).

    Where `code` is given, only causes with this code do, and where `follows` is given, only consequences with that one.
    """

    causes: frozenset[AlarmClass]
    consequences: frozenset[AlarmClass]
    reach: Reach
    within: str
    code: str = ""
    follows: str = ""


_C = AlarmClass
_MACHINES = frozenset({_C.FAULT, _C.COMMS, _C.VIDEO, _C.SYSTEM})

# A source that may not hear its alarms is an alarm of class system with this code (console.services.health); a dark
# camera is one of class video or fault.
_DEAF = "HEALTH"
# A test signal that does not come in over a source that is known not to be heard says nothing new (console.services.canary).
_CANARY = "CANARY"
CAUSES: tuple[CauseRule, ...] = (
    CauseRule(frozenset({_C.POWER}), _MACHINES, Reach.PLACE, "alarm.cause_within_s"),
    CauseRule(frozenset({_C.POWER}), _MACHINES, Reach.SOURCE, "alarm.cause_within_s"),
    CauseRule(frozenset({_C.SYSTEM}), frozenset({_C.FAULT, _C.COMMS, _C.VIDEO}), Reach.SOURCE, "alarm.cause_within_s", _DEAF),
    CauseRule(frozenset({_C.SYSTEM}), frozenset({_C.SYSTEM}), Reach.SOURCE, "inputs.canary_every_s", _DEAF, _CANARY),
    CauseRule(frozenset({_C.COMMS}), frozenset({_C.FAULT, _C.VIDEO}), Reach.SOURCE, "alarm.cause_within_s"),
    CauseRule(frozenset({_C.COMMS}), frozenset({_C.FAULT, _C.VIDEO}), Reach.PLACE, "alarm.cause_within_s"),
    CauseRule(frozenset({_C.FLOOD}), frozenset({_C.POWER, _C.FAULT}), Reach.PLACE, "alarm.cause_within_s"),
    CauseRule(frozenset({_C.FIRE}), frozenset({_C.FIRE, _C.GAS}), Reach.PLACE, "alarm.fire_spread_s"),
    CauseRule(frozenset({_C.FIRE}), frozenset({_C.POWER, _C.FAULT, _C.COMMS, _C.VIDEO}), Reach.PLACE, "alarm.fire_spread_s"),
)


def may_fold(cause: Alarm, consequence: Alarm) -> bool:
    """Whether an alarm may stand under another at all: never under itself, never life under what is not.

    What is a drill and what is real never stand under one another: no drill may keep anything real out of sight.
    """
    if cause.id == consequence.id or cause.drill != consequence.drill:
        return False
    return consequence.alarm_class not in LIFE_CLASSES or cause.alarm_class in LIFE_CLASSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A cause with what follows from it, or one alarm alone. `folded` is in the order in which they came."""

    head: Alarm
    folded: tuple[Alarm, ...] = ()

    @property
    def priority(self) -> Priority:
        """The most urgent priority of the group."""
        return min(one.priority for one in (self.head, *self.folded))

    @property
    def waiting(self) -> int:
        """How many alarms of the group wait for an acknowledgement."""
        return sum(one.state in WAITING for one in (self.head, *self.folded))

    @property
    def order(self) -> tuple[int, int, int, datetime, str]:
        """Where the group stands in the queue: as its most urgent member would."""
        members = [queue_order(one)[:3] for one in (self.head, *self.folded)]
        first, waiting, rank = (min(key[n] for key in members) for n in range(3))
        return (first, waiting, rank, self.head.first_at, self.head.id)


def groups(alarms: Iterable[Alarm]) -> tuple[Group, ...]:
    """The alarms folded under their causes, in the order of the queue.

    A consequence whose cause is not among the alarms, hidden ones included, stands for itself; one whose cause has a
    cause stands under the first of them. Every alarm given is in exactly one group.
    """
    known = {alarm.id: alarm for alarm in alarms}
    members: dict[AlarmId, list[Alarm]] = {}
    for alarm in known.values():
        members.setdefault(_head(alarm, known), []).append(alarm)
    found = [
        Group(head=known[head], folded=tuple(sorted((one for one in each if one.id != head), key=_age)))
        for head, each in members.items()
    ]
    return tuple(sorted(found, key=lambda group: group.order))


def _age(alarm: Alarm) -> tuple[datetime, str]:
    return alarm.first_at, alarm.id


def _head(alarm: Alarm, known: dict[AlarmId, Alarm]) -> AlarmId:
    """The alarm under which this one stands: the first cause of its causes, itself where it has none.

    Causes that go round in a circle, which only a damaged record can hold, stand under the smallest id of the circle.
    """
    above = _first_cause(alarm, known)
    return above if above == alarm.id or _first_cause(known[above], known) == above else _head(known[above], known)


def _first_cause(alarm: Alarm, known: dict[AlarmId, Alarm]) -> AlarmId:
    way = [alarm.id]
    here = alarm
    while here.cause is not None and here.cause in known:
        above = known[here.cause]
        if above.hiding is not None or (above.id != alarm.id and not may_fold(above, alarm)):
            break
        if above.id in way:
            return min(way[way.index(above.id) :])
        way.append(above.id)
        here = above
    return here.id
