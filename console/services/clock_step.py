"""What a step of the machine's clock means for what is running: a term keeps its length, a time of day stays a time of day.

A lease of three minutes ends three minutes after the acknowledgement, whatever was done to the clock between: left alone,
a clock set back by an hour would keep a forgotten fire silent for an hour longer, and one set forward would wake
everything at once. A patrol at two o'clock is at two o'clock by the clock on the wall. What is on record as having
happened is never moved.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from console.models.alarms import Alarm
from console.models.duty import DueState
from console.models.events import PlanRunChanged, RoundChanged, SuppressionChanged
from console.models.patrol import Round, RoundState
from console.models.people import SYSTEM
from console.models.plans import PlanRun, RunState
from console.models.settings import seconds_of
from console.models.suppression import Suppression, SuppressionKind
from console.services import due, duty_check, hiding, queue
from console.store.store import Transaction

SOON: Final = timedelta(seconds=1)
"""What is over after all ends so soon: a due item has to run out for anything to follow from it."""
MOVED: Final = "clock"
"""What a line about a plan names as its change where only the limit of its step was moved."""


def keep_terms(tx: Transaction, step: timedelta) -> int:
    """Move the end of everything that runs for a length of time by `step`; gives how many ends that were.

    Leases, parkings, shelvings, rules that hide, limits of plan steps and of duty checks, and the stops of rounds being walked.
    What began in the moment between the step and this never gets longer than such a term may be.
    """
    return _rules(tx, step) + _alarms(tx, step) + _runs(tx, step) + _checks(tx, step) + _rounds(tx, step)


def _moved(tx: Transaction, end_at: datetime, step: timedelta, longest_s: float | None = None) -> datetime:
    moved = end_at + step
    if longest_s is not None:
        moved = min(moved, tx.now + timedelta(seconds=longest_s))
    return max(moved, tx.now + SOON)


def _rules(tx: Transaction, step: timedelta) -> int:
    """Rules that have begun; one that is to begin stands at its time of day."""
    begun = [rule for rule in hiding.standing(tx) if rule.from_at <= tx.now - step]
    for rule in begun:
        key = "alarm.on_test_at_most_s" if rule.kind is SuppressionKind.ON_TEST else "alarm.rule_at_most_s"
        until_at = _moved(tx, rule.until_at, step, seconds_of(tx.settings, key))
        # It goes on standing although the clock was set back to before its beginning.
        moved = replace(rule, from_at=min(rule.from_at, tx.now), until_at=until_at, rev=rule.rev + 1)
        tx.put(moved)
        hiding.watch_rule(tx, moved)
        tx.record(SuppressionChanged(at=tx.now, by=SYSTEM.person, rule=moved))
    return len(begun)


def _alarms(tx: Transaction, step: timedelta) -> int:
    count = 0
    for alarm in tx.find(Alarm, closed_at=None):
        moved = _with_moved_ends(tx, alarm, step)
        if moved != alarm:
            queue.save(tx, alarm, replace(moved, rev=alarm.rev + 1), None, by=SYSTEM)
            count += 1
    return count


def _with_moved_ends(tx: Transaction, alarm: Alarm, step: timedelta) -> Alarm:
    seen, parked, hidden = alarm.acknowledged, alarm.parked, alarm.hiding
    if seen is not None:
        longest_s = seconds_of(tx.settings, queue.LEASE_KEY[alarm.priority])
        seen = replace(seen, lease_until_at=_moved(tx, seen.lease_until_at, step, longest_s))
    if parked is not None and alarm.priority in queue.PARK_KEY:
        longest_s = seconds_of(tx.settings, queue.PARK_KEY[alarm.priority])
        parked = replace(parked, until_at=_moved(tx, parked.until_at, step, longest_s))
    if hidden is not None:
        rule = tx.get(Suppression, hidden.rule) if hidden.rule is not None else None
        if rule is None:
            hidden = replace(
                hidden, until_at=_moved(tx, hidden.until_at, step, hiding.longest_shelving_s(tx, alarm.priority))
            )
        else:
            hidden = replace(hidden, until_at=rule.until_at)
    return replace(alarm, acknowledged=seen, parked=parked, hiding=hidden)


def _runs(tx: Transaction, step: timedelta) -> int:
    count = 0
    for run in tx.find(PlanRun, state=RunState.ACTIVE.value):
        visit = run.place
        if visit is None or visit.due_at is None:
            continue
        limit_s = run.step(visit.step).due_s or 0.0
        item = due.find(tx, "plan_step", f"{run.id}/{visit.step}")
        late = visit.due_at <= tx.now - step  # it was over its limit before the step, and that was said
        due_at = visit.due_at + step if late else _moved(tx, visit.due_at, step, limit_s)
        moved = replace(run, visits=(*run.visits[:-1], replace(visit, due_at=due_at)), rev=run.rev + 1)
        tx.put(moved)
        tx.record(PlanRunChanged(at=tx.now, run=moved, step=visit.step, change=MOVED))
        if item is not None:
            due.move(tx, item, due_at)
        count += 1
    return count


def _checks(tx: Transaction, step: timedelta) -> int:
    """What a centre gives so many minutes for."""
    checks = [item for item in due.open_items(tx) if item.kind == duty_check.KIND]
    for item in checks:
        late = item.state is DueState.OVERDUE
        due.move(tx, item, item.due_at + step if late else _moved(tx, item.due_at, step))
    return len(checks)


def _rounds(tx: Transaction, step: timedelta) -> int:
    """A guard walks on at the same pace: the stops are told by the new time, those that were reached among them.

    `started_at` says which round of the day it is and stays, and so do the punches.
    """
    walking = tx.find(Round, state=RoundState.WALKING.value)
    for walk in walking:
        stops = tuple(
            replace(stop, due_at=stop.due_at + step, reached_at=stop.reached_at + step if stop.reached_at else None)
            for stop in walk.stops
        )
        moved = replace(walk, stops=stops, rev=walk.rev + 1)
        tx.put(moved)
        tx.record(RoundChanged(at=tx.now, round=moved))
    return len(walking)
