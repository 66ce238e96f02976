"""Patrol: rounds made by the clock, punches that fill them, and the alarm when a checkpoint is not reached."""

from dataclasses import replace
from datetime import datetime, timedelta

from console.models.alarms import AlarmClass
from console.models.duty import DueItem
from console.models.events import PunchReceived, RoundChanged
from console.models.ids import CheckpointId, PointId, RoundId, SignalId, SourceId, new_id
from console.models.patrol import (
    REPEAT_WITHIN,
    Punch,
    Round,
    RoundState,
    StopState,
    closes_at,
    judged,
    planned_stops,
)
from console.models.people import SYSTEM
from console.models.settings import seconds_of
from console.models.signals import Signal, SignalKind
from console.models.site import Route, Site
from console.models.text import Text
from console.services import alarms, due
from console.store.store import Reading, Transaction

SOURCE = SourceId("patrol")
# How long after its reader's time a punch may still be told: offline readers are emptied at the end of the shift.
LATEST = timedelta(hours=48)
PRIORITY = 3


# ------------------------------------------------------------------------------------------------ the clock
def tick(tx: Transaction) -> tuple[Round, ...]:
    """Begin the rounds whose time has come, mark what was not reached, end what is over; returns what changed."""
    changed = [begun for route in tx.site.routes if (begun := _begin(tx, route)) is not None]
    grace_s = seconds_of(tx.settings, "patrol.grace_s")
    for walk in tx.find(Round, state=RoundState.WALKING.value):
        now_judged = judged(walk, tx.site, tx.now, grace_s)
        if now_judged != walk:
            changed.append(_save(tx, now_judged, before=walk))
    return tuple(changed)


def next_at(rx: Reading) -> datetime | None:
    """When `tick` will next have something to do because of a round that is being walked; None without one."""
    grace_s = seconds_of(rx.settings, "patrol.grace_s")
    moments = [
        stop.due_at + timedelta(seconds=stop.tolerance_s + grace_s)
        for walk in rx.find(Round, state=RoundState.WALKING.value)
        for stop in walk.stops
        if stop.state is StopState.PENDING
    ]
    return min((moment for moment in moments if moment > rx.now), default=None)


def _begin(tx: Transaction, route: Route) -> Round | None:
    """Make the round of the turn that is now, once, unless its time is over already (the console was off)."""
    item = due.find(tx, due.PATROL, route.id)
    started_at = _turn_now(item, tx.now) if item is not None else None
    if started_at is None or tx.first(Round, route=route.id, started_at=started_at) is not None:
        return None
    walk = Round(
        id=RoundId(new_id()),
        route=route.id,
        route_name=route.name,
        post=route.post,
        started_at=started_at,
        stops=planned_stops(route, started_at),
    )
    if not walk.stops or tx.now >= closes_at(walk, seconds_of(tx.settings, "patrol.grace_s")):
        return None
    tx.put(walk)
    tx.record(RoundChanged(at=tx.now, round=walk))
    return walk


def _turn_now(item: DueItem, now: datetime) -> datetime | None:
    """The turn of a recurring item that shows as due now; None while it waits."""
    shown_at = item.due_at - timedelta(seconds=item.notice_s)
    if item.every_s is None or now < shown_at:
        return None
    return item.due_at + timedelta(seconds=item.every_s * int((now - shown_at).total_seconds() // item.every_s))


# ------------------------------------------------------------------------------------------------ punches
def punch(tx: Transaction, reading: Punch) -> Punch:
    """Keep a punch and let it fill its round; the same reading told twice adds nothing.

    A reading is known again by reader, chip and the reader's minute. What it means is judged by the reader's time, or
    by ours where the reader's clock is ahead. A chip that belongs to no checkpoint is kept, and says so by having none.
    """
    known = _told_before(tx, reading)
    if known is not None:
        return known
    checkpoint = next((one.id for one in tx.site.checkpoints if _chip(one.chip) == _chip(reading.chip)), None)
    at = min(reading.reader_at, reading.received_at)
    found = _stop_for(tx, checkpoint, at) if checkpoint is not None else None
    kept = replace(reading, checkpoint=checkpoint, round=found[0].id if found else None)
    tx.put(kept)
    tx.record(PunchReceived(at=at, punch=kept))
    if found is not None:
        _reach(tx, found[0], found[1], at)
    return kept


def _chip(number: str) -> str:
    return number.strip().upper()


def _told_before(tx: Transaction, reading: Punch) -> Punch | None:
    minute = reading.reader_at.replace(second=0, microsecond=0)
    told = tx.find(
        Punch, device=reading.device, chip=reading.chip, since=("reader_at", minute), order_by="reader_at", limit=1
    )
    return told[0] if told and told[0].reader_at < minute + timedelta(minutes=1) else None


def _stop_for(tx: Transaction, checkpoint: CheckpointId, at: datetime) -> tuple[Round, int] | None:
    """The round and the number of the stop that a punch at this time reaches: the one due nearest to it.

    A second reading of the same tag within a minute reaches nothing further.
    """
    grace_s = seconds_of(tx.settings, "patrol.grace_s")
    near: list[tuple[timedelta, str, int, Round]] = []
    for walk in tx.find(Round, since=("started_at", at - LATEST)):
        if any(
            stop.checkpoint == checkpoint and stop.reached_at and abs(stop.reached_at - at) < REPEAT_WITHIN
            for stop in walk.stops
        ):
            return None
        # After a step of the clock the stops may stand before the time that the round is called by.
        begins_at = min(walk.started_at, walk.stops[0].due_at) - timedelta(seconds=_notice_s(walk, tx.site))
        if begins_at <= at <= closes_at(walk, grace_s):
            near.extend(
                (abs(stop.due_at - at), walk.id, index, walk)
                for index, stop in enumerate(walk.stops)
                if stop.checkpoint == checkpoint and stop.reached_at is None
            )
    if not near:
        return None
    _, _, index, walk = min(near, key=lambda one: one[:3])
    return walk, index


def _notice_s(walk: Round, site: Site) -> float:
    every_s = next((route.every_s for route in site.routes if route.id == walk.route), 0.0)
    return min(due.ROUND_NOTICE_S, every_s / 2)


def _reach(tx: Transaction, walk: Round, index: int, at: datetime) -> None:
    stops = (*walk.stops[:index], replace(walk.stops[index], reached_at=at), *walk.stops[index + 1 :])
    reached = judged(replace(walk, stops=stops), tx.site, tx.now, seconds_of(tx.settings, "patrol.grace_s"))
    _save(tx, reached, before=walk)
    if walk.state is RoundState.WALKING:
        due.finish(tx, due.PATROL, walk.route, by=SYSTEM)


# ------------------------------------------------------------------------------------------------ what follows
def _save(tx: Transaction, walk: Round, *, before: Round) -> Round:
    saved = replace(walk, rev=before.rev + 1)
    tx.put(saved)
    tx.record(RoundChanged(at=tx.now, round=saved))
    for index, (stop, was) in enumerate(zip(saved.stops, before.stops, strict=True)):
        if stop.state is StopState.MISSED and was.state is not StopState.MISSED:
            _raise_missed(tx, saved, index)
    return saved


def _raise_missed(tx: Transaction, walk: Round, index: int) -> None:
    """Raise the alarm that GB 50348 asks for. Stops missed in a row count on the alarm of the first of them.

    The first is where the guard was expected and never seen: its camera is the one to look at.
    """
    first = index
    while first > 0 and walk.stops[first - 1].state is StopState.MISSED:
        first -= 1
    stop = walk.stops[index]
    # The alarm bears the name of the first stop anyway; only a further one needs its own.
    name = next((one.name for one in tx.site.checkpoints if one.id == stop.checkpoint and index != first), Text())
    alarms.receive(
        tx,
        Signal(
            id=SignalId(new_id()),
            source=SOURCE,
            kind=SignalKind.ALARM,
            point=PointId(walk.stops[first].checkpoint),
            code="missed",
            alarm_class=AlarmClass.PATROL.value,
            priority=PRIORITY,
            text_zh=f"未按时到达巡更点：{walk.route_name.zh} 第 {index + 1}/{len(walk.stops)} 点 {name.zh}".strip(),
            text_en=f"Checkpoint not reached in time: {walk.route_name.en}, stop {index + 1} of {len(walk.stops)} {name.en}".strip(),
            received_at=tx.now,
            source_at=stop.due_at,
            sequence=f"{walk.id}/{index}",
            codec="console",
            momentary=True,
            details={"round": walk.id, "route": walk.route, "stop": index, "checkpoint": stop.checkpoint},
        ),
    )
