"""Grouping: put a new alarm under the cause it follows from, and what came a moment before under a new cause.

Which class explains which is the table of console.models.grouping. Folding changes where an alarm stands, never whether
it sounds, and anybody may cut one loose.
"""

from dataclasses import replace
from datetime import timedelta

from console.models.alarm_life import Given, act
from console.models.alarms import LIFE_CLASSES, Action, Alarm, AlarmClass, allowed
from console.models.grouping import CAUSES, CauseRule, Group, Reach, groups, may_fold
from console.models.ids import AlarmId, PlaceId
from console.models.people import SYSTEM, Actor, Right
from console.models.settings import seconds_of
from console.models.site import Site
from console.models.suppression import places_below
from console.services.queue import save
from console.store.store import Reading, Transaction

_CONSEQUENCES: frozenset[AlarmClass] = frozenset().union(*(rule.consequences for rule in CAUSES))
_CAUSES: frozenset[AlarmClass] = frozenset().union(*(rule.causes for rule in CAUSES))


def under_its_cause(rx: Reading, alarm: Alarm) -> Alarm:
    """A new alarm as it is to be raised: with the live alarm that explains it, where there is one; the oldest of several."""
    if alarm.alarm_class not in _CONSEQUENCES:
        return alarm
    rules = [rule for rule in CAUSES if alarm.alarm_class in rule.consequences]
    classes = {one.value for rule in rules for one in rule.causes}
    for cause in rx.find(Alarm, closed_at=None, hiding=None, alarm_class=tuple(sorted(classes)), order_by="first_at"):
        if cause.cause is None and any(_explains(rx, rule, cause, alarm) for rule in rules):
            return replace(alarm, cause=cause.id)
    return alarm


def gather(tx: Transaction, cause: Alarm) -> int:
    """Put under a new cause what came shortly before it and follows from it; gives how many.

    Only alarms that stand for themselves: what people deal with already (acknowledged, owned, in a case) stays.
    """
    if cause.alarm_class not in _CAUSES or cause.cause is not None or cause.hiding is not None:
        return 0
    rules = [rule for rule in CAUSES if cause.alarm_class in rule.causes]
    # A fire that follows a fire is under it already; what is of a life class is never gathered backwards.
    classes = {one.value for rule in rules for one in rule.consequences if one not in LIFE_CLASSES}
    known = tx.find(Alarm, closed_at=None, cause=None, acknowledged=None, owner=None, case_open=False, alarm_class=tuple(sorted(classes)))
    heads = {one.cause for one in tx.find(Alarm, closed_at=None, alarm_class=tuple(sorted(classes))) if one.cause}
    gathered = 0
    for alarm in known:
        if alarm.id in heads or not any(_explains(tx, rule, cause, alarm) for rule in rules):
            continue
        if allowed(alarm, Action.FOLD):
            save(tx, alarm, act(alarm, Action.FOLD, tx.now, Given(cause=cause.id)), Action.FOLD, by=SYSTEM)
            gathered += 1
    return gathered


def cut_loose(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> Alarm:
    """Take an alarm out from under its cause: it stands for itself. Changes nothing where it has none."""
    by.demand(Right.HANDLE_ALARMS)
    alarm = tx.need(Alarm, alarm_id)
    if alarm.cause is None or alarm.closed_at is not None:
        return alarm
    return save(tx, alarm, act(alarm, Action.CUT_LOOSE, tx.now), Action.CUT_LOOSE, by=by)


def grouped(rx: Reading) -> tuple[Group, ...]:
    """The live alarms folded under their causes, in the order of the queue; hidden ones stand for themselves."""
    return groups(rx.find(Alarm, closed_at=None))


def _explains(rx: Reading, rule: CauseRule, cause: Alarm, alarm: Alarm) -> bool:
    if alarm.alarm_class not in rule.consequences or cause.alarm_class not in rule.causes or not may_fold(cause, alarm):
        return False
    if rule.code and cause.code != rule.code:
        return False
    within = timedelta(seconds=seconds_of(rx.settings, rule.within))
    if abs(alarm.first_at - cause.last_at) > within and abs(alarm.first_at - cause.first_at) > within:
        return False
    if rule.reach is Reach.SOURCE:
        return alarm.source == cause.source
    return _is_at(rx.site, alarm.place, cause.place)


def _is_at(site: Site, place: PlaceId | None, above: PlaceId | None) -> bool:
    """Whether a place is another one or lies below it."""
    return place is not None and above is not None and place in places_below(site, (above,))
