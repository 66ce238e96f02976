"""Which rows the queue shows: in order, consequences under their cause, in a flood folded by place. No widgets here.

Plain tuples, because all of them are made anew with every change: a thousand frozen dataclasses take longer.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from console.models.alarms import LIFE_CLASSES, Alarm, Priority, queue_order
from console.models.grouping import groups
from console.models.ids import AlarmId
from console.views import words

Key = tuple[int, int, int, datetime, str]
_IN_HAND = 1  # the second part of a key where nobody waits


class Row(NamedTuple):
    """A row: its alarm, and what stands under it.

    `folded` are the alarms that belong to it: shown as rows of their own below it where it is `opened`. `waiting` counts
    those of them that somebody must still acknowledge. `by_place` says that they share no more than the place. `urgency`
    is the most urgent priority of what is folded out of sight, 0 where nothing is.
    """

    id: AlarmId
    folded: tuple[AlarmId, ...] = ()
    waiting: int = 0
    opened: bool = False
    child: bool = False
    by_place: bool = False
    urgency: int = 0

    def priority(self, own: Priority) -> Priority:
        """How urgent the row is whose own alarm is of priority `own`: as urgent as anything folded under it."""
        return Priority(min(own, self.urgency)) if self.urgency else own

    def waits(self, own: bool) -> bool:
        """Whether somebody must still acknowledge what the row stands for; `own` says so of its own alarm."""
        return own or (self.waiting > 0 and not self.opened)


class _Group(NamedTuple):
    head: Alarm
    folded: tuple[Alarm, ...] = ()
    by_place: bool = False


def key_of(alarm: Alarm) -> Key:
    """Where an alarm stands by itself: as the queue orders it."""
    return queue_order(alarm)


def arrange(
    alarms: Iterable[Alarm],
    keys: Mapping[AlarmId, Key],
    *,
    opened: Collection[AlarmId] = (),
    by_place: bool = False,
    pinned: Mapping[AlarmId, Key] | None = None,
) -> list[Row]:
    """The rows of the alarms given, in order; `keys` has the key of each.

    A group stands where its most urgent member would. With `by_place`, what is of no life class is folded by place. A
    group whose head is `pinned` stands where that key puts it, whatever happened to it since.
    """
    found = _grouped(list(alarms))
    if by_place:
        found = _placed(found)
    held = pinned or {}
    ordered = sorted(((held.get(group.head.id) or _key(group, keys), group) for group in found), key=lambda pair: pair[0])
    rows: list[Row] = []
    for _place, group in ordered:
        head = group.head.id
        if not group.folded:
            rows.append(Row(head))
            continue
        waiting = sum(keys[one.id][1] != _IN_HAND for one in group.folded)
        is_open = head in opened
        urgency = 0 if is_open else min(one.priority for one in group.folded)
        rows.append(Row(head, tuple(one.id for one in group.folded), waiting, is_open, False, group.by_place, urgency))
        if is_open:
            rows += [Row(one.id, child=True) for one in group.folded]
    return rows


def _key(group: _Group, keys: Mapping[AlarmId, Key]) -> Key:
    own = keys[group.head.id]
    if not group.folded:
        return own
    members = [own, *(keys[one.id] for one in group.folded)]
    return (min(key[0] for key in members), min(key[1] for key in members), min(key[2] for key in members), own[3], own[4])


def _grouped(alarms: list[Alarm]) -> list[_Group]:
    causes = {alarm.cause for alarm in alarms if alarm.cause is not None}
    if not causes:
        return [_Group(alarm) for alarm in alarms]
    tied = [alarm for alarm in alarms if alarm.cause is not None or alarm.id in causes]
    alone = [_Group(alarm) for alarm in alarms if alarm.cause is None and alarm.id not in causes]
    return alone + [_Group(group.head, group.folded) for group in groups(tied)]


def _placed(found: list[_Group]) -> list[_Group]:
    """The groups folded by place; one with a life class in it stands for itself, nobody's life is folded away."""
    apart: list[_Group] = []
    places: dict[tuple[str, bool], list[_Group]] = {}
    for group in found:
        if any(one.alarm_class in LIFE_CLASSES for one in (group.head, *group.folded)):
            apart.append(group)
        else:
            where = group.head.place or f"source {group.head.source}"
            places.setdefault((where, group.head.drill), []).append(group)
    for here in places.values():
        if len(here) == 1:
            apart += here
            continue
        # The oldest stands for all: it stays the same while more come.
        everybody = sorted((one for group in here for one in (group.head, *group.folded)), key=lambda one: (one.first_at, one.id))
        apart.append(_Group(everybody[0], tuple(everybody[1:]), by_place=True))
    return apart


def is_shown(alarm: Alarm) -> bool:
    """Whether an alarm stands in the queue: what is hidden stands in the list of what is hidden, and is counted."""
    return alarm.hiding is None or alarm.state not in words.HIDDEN
