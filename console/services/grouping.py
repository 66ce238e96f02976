"""Grouping: put a new alarm under the cause it follows from, and what came a moment before under a new cause.

Which class explains which is the table of console.models.grouping. Folding changes where an alarm stands, never whether
it sounds, and anybody may cut one loose.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from console.models.alarm_life import Given, act
from console.models.alarms import LIFE_CLASSES, Action, Alarm, allowed
from console.models.grouping import CAUSES, CauseRule, Reach, may_fold
from console.models.ids import AlarmId, PlaceId
from console.models.people import SYSTEM, Actor, Right
from console.models.settings import seconds_of
from console.models.site import Site
from console.models.suppression import places_below
from console.services.queue import save
from console.store.store import Reading, Transaction


def under_its_cause(rx: Reading, alarm: Alarm) -> Alarm:
    """A new alarm as it is to be raised: with the live alarm that explains it, where there is one; the oldest of several."""
    found: list[Alarm] = []
    for rule in CAUSES:
        if alarm.alarm_class not in rule.consequences:
            continue
        above = tuple(_above(rx.site, alarm.place))
        where = {"source": alarm.source} if rule.reach is Reach.SOURCE else {"place": above}
        if not all(where.values()):
            continue
        causes = rx.find(
            Alarm,
            closed_at=None,
            hiding=None,
            cause=None,
            alarm_class=tuple(sorted(rule.causes)),
            since=("last_at", alarm.first_at - _within(rx, rule)),
            **where,
        )
        found += [one for one in causes if _explains(rx, rule, one, alarm)]
    first = min(found, key=lambda one: (one.first_at, one.id), default=None)
    return alarm if first is None else replace(alarm, cause=first.id)


def gather(tx: Transaction, cause: Alarm) -> int:
    """Put under a new cause what came shortly before it and follows from it; gives how many.

    Only alarms that stand for themselves: what people deal with already (acknowledged, owned, in a case) stays, and so
    does what is of a life class. A fire that follows a fire was put under it when it came.
    """
    if cause.cause is not None or cause.hiding is not None:
        return 0
    found: dict[AlarmId, Alarm] = {}
    for rule in CAUSES:
        classes = tuple(sorted(rule.consequences - LIFE_CLASSES))
        if cause.alarm_class not in rule.causes or not classes:
            continue
        below = tuple(sorted(places_below(tx.site, (cause.place,)))) if cause.place else ()
        where = {"source": cause.source} if rule.reach is Reach.SOURCE else {"place": below}
        if not all(where.values()):
            continue
        known = tx.find(
            Alarm,
            closed_at=None,
            cause=None,
            acknowledged=None,
            hiding=None,
            owner=None,
            case_open=False,
            alarm_class=classes,
            since=("first_at", cause.first_at - _within(tx, rule)),
            **where,
        )
        found.update({one.id: one for one in known if _explains(tx, rule, cause, one)})
    if not found:
        return 0
    heads = {head for (head,) in tx.columns(Alarm, ("cause",), closed_at=None)}
    loose = [one for one in found.values() if one.id not in heads and allowed(one, Action.FOLD)]
    for alarm in loose:
        save(tx, alarm, act(alarm, Action.FOLD, tx.now, Given(cause=cause.id)), Action.FOLD, by=SYSTEM)
    return len(loose)


def cut_loose(tx: Transaction, alarm_id: AlarmId, *, by: Actor) -> Alarm:
    """Take an alarm out from under its cause: it stands for itself. Changes nothing where it has none."""
    by.demand(Right.HANDLE_ALARMS)
    alarm = tx.need(Alarm, alarm_id)
    if alarm.cause is None or alarm.closed_at is not None:
        return alarm
    return save(tx, alarm, act(alarm, Action.CUT_LOOSE, tx.now), Action.CUT_LOOSE, by=by)


def _within(rx: Reading, rule: CauseRule) -> timedelta:
    return timedelta(seconds=seconds_of(rx.settings, rule.within))


def _explains(rx: Reading, rule: CauseRule, cause: Alarm, alarm: Alarm) -> bool:
    """Whether a row of the table holds for two alarms of which it is known that they are within its reach."""
    if not may_fold(cause, alarm) or (rule.code and cause.code != rule.code):
        return False
    if rule.follows and alarm.code != rule.follows:
        return False
    within = _within(rx, rule)
    return abs(alarm.first_at - cause.last_at) <= within or abs(alarm.first_at - cause.first_at) <= within


def _above(site: Site, place: PlaceId | None) -> Iterator[PlaceId]:
    """A place and everything that it lies in."""
    by_id = {one.id: one for one in site.places}
    seen: set[PlaceId] = set()
    while place is not None and place not in seen:
        seen.add(place)
        yield place
        place = by_id[place].parent if place in by_id else None
