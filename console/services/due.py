"""Due: the one list of everything that must happen by a time, and the clock that drives it.

An item is opened by whoever knows of the duty, ended by the fact that fulfils it, and moved from waiting to due to
overdue by `tick` alone. A recurring item keeps to its raster: however late it is done, the next one stands where it
always stood, and a night without anybody leaves one overdue item that says how many were missed, not forty.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from console.models.duty import DueItem, DueState, Shift, ShiftState
from console.models.errors import Refused
from console.models.events import DueChanged
from console.models.ids import DueId, PersonId, new_id
from console.models.people import SYSTEM, Actor, Right
from console.models.settings import BY_KEY, seconds_of
from console.models.text import Text, typed
from console.store.store import Reading, Transaction

OPEN = (DueState.WAITING, DueState.DUE, DueState.OVERDUE)
_DAY_S = 86400.0
_OPEN = tuple(state.value for state in OPEN)

# What is fulfilled by a fact and not by saying so: a punch, a signature, an answered step, an action on an alarm.
BY_FACTS = frozenset(
    {"patrol_round", "video_round", "handover", "plan_step", "lease", "shelving", "parking", "suppression", "duty_check"}
)

PATROL = "patrol_round"
LOG_ENTRY = "log_entry"
EQUIPMENT = "equipment_round"
VIDEO_ROUND = "video_round"
HANDOVER = "handover"
ROUND_NOTICE_S = 600.0  # a round shows as due, and may be begun, so long before its time
POST = "post"  # what the items of the post as a whole belong to
_PATROL_SOURCE = "后勤服务项目安全值守整体服务流程 每 2 小时"  # how often is said by each route of the site


@dataclass(frozen=True, slots=True)
class _Recurring:
    """A duty that comes round by a setting."""

    kind: str
    setting: str
    title: Text
    notice_s: float
    grace_s: float


RECURRING = (
    _Recurring(LOG_ENTRY, "log.entry_every_s", Text("巡查日志", "Log entry of the hour"), 600.0, 900.0),
    _Recurring(EQUIPMENT, "equipment.round_every_s", Text("设备运行检查", "Equipment round"), 600.0, 1800.0),
    _Recurring(VIDEO_ROUND, "video.round_every_s", Text("视频巡查", "Video round"), 600.0, 1800.0),
)


# ------------------------------------------------------------------------------------------------ pure rules
def state_at(item: DueItem, now: datetime) -> DueState:
    """Where an open item stands by the clock; a done or cancelled one stays what it is."""
    if item.state not in OPEN:
        return item.state
    if now >= item.due_at + timedelta(seconds=item.grace_s):
        # An item without grace is due for no time at all: from its moment on it is overdue.
        return DueState.OVERDUE
    return DueState.DUE if now >= item.due_at - timedelta(seconds=item.notice_s) else DueState.WAITING


def missed(item: DueItem, now: datetime) -> int:
    """How many further turns of a recurring item have gone by since its own; 0 for one that does not recur."""
    if item.every_s is None or now < item.due_at:
        return 0
    return int((now - item.due_at).total_seconds() // item.every_s)


def next_turn(due_at: datetime, every_s: float, now: datetime) -> datetime:
    """The first turn of the raster `due_at + n * every_s` (n >= 1) that lies after `now`."""
    turns = max(1, math.floor((now - due_at).total_seconds() / every_s) + 1)
    return due_at + timedelta(seconds=turns * every_s)


def first_turn(now: datetime, every_s: float, timezone: str) -> datetime:
    """The first turn after `now` of a raster that begins at local midnight, so that the times are ones people know."""
    local = now.astimezone(ZoneInfo(timezone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)
    return next_turn(midnight, every_s, now)


def following_turn(item: DueItem, now: datetime, timezone: str) -> datetime:
    """The turn after the one of a recurring item that is done or over by `now`.

    What comes round an even number of times a day stands on the raster of each local day, also on the days of 23 and 25
    hours; two turns are then never further apart than the interval.
    """
    every_s = item.every_s or 0.0
    if every_s <= 0 or _DAY_S % every_s:
        return next_turn(item.due_at, every_s, now)
    after = max(now, item.due_at)
    tomorrow = datetime.combine(after.astimezone(ZoneInfo(timezone)).date() + timedelta(days=1), time(), ZoneInfo(timezone))
    return min(first_turn(after, every_s, timezone), tomorrow.astimezone(now.tzinfo))


def _note(count: int) -> str:
    return f"另错过 {count} 次 / {count} more missed" if count else ""


def _next_change(item: DueItem, now: datetime) -> datetime | None:
    """When the clock will next change an open item; None when it never will."""
    moments = [item.due_at - timedelta(seconds=item.notice_s), item.due_at + timedelta(seconds=item.grace_s)]
    if item.every_s is not None:
        moments.append(item.due_at + timedelta(seconds=(missed(item, now) + 1) * item.every_s))
    return min((moment for moment in moments if moment > now), default=None)


# ------------------------------------------------------------------------------------------------ verbs of the services
def add(
    tx: Transaction,
    kind: str,
    ref: str,
    title: Text,
    due_at: datetime,
    *,
    source: str = "",
    notice_s: float = 600.0,
    grace_s: float = 0.0,
    every_s: float | None = None,
) -> DueItem:
    """Put a duty on the list. One that is open already under this kind and reference takes the new time instead."""
    known = find(tx, kind, ref)
    item = DueItem(
        id=known.id if known else DueId(new_id()),
        kind=kind,
        ref=ref,
        title=title,
        due_at=due_at,
        notice_s=notice_s,
        grace_s=grace_s,
        every_s=every_s,
        note=known.note if known else "",
        source=source,
        rev=known.rev if known else 0,
    )
    item = replace(item, state=state_at(item, tx.now))
    if known == item:
        return item
    return _save(tx, replace(item, rev=known.rev + 1) if known else item, SYSTEM)


def find(rx: Reading, kind: str, ref: str) -> DueItem | None:
    """The open item of this kind and reference."""
    return rx.first(DueItem, ref=ref, kind=kind, state=_OPEN)


def open_items(rx: Reading) -> tuple[DueItem, ...]:
    """Every open item, soonest first."""
    return rx.find(DueItem, state=_OPEN, order_by="due_at")


def finish(tx: Transaction, kind: str, ref: str, by: Actor, note: str = "") -> DueItem | None:
    """The duty was fulfilled; a recurring one opens its next turn. None where nothing was open.

    A turn is fulfilled from the moment it shows as due. A recurring item that is still waiting stays as it is: a line
    written at five past does not stand for the next hour's.
    """
    item = find(tx, kind, ref)
    if item is None or (item.every_s is not None and state_at(item, tx.now) is DueState.WAITING):
        return None
    return _done(tx, item, by, note)


def move(tx: Transaction, item: DueItem, due_at: datetime) -> DueItem:
    """Give an open item another time."""
    moved = replace(item, due_at=due_at)
    return _save(tx, replace(moved, state=state_at(moved, tx.now), rev=item.rev + 1), SYSTEM)


def cancel(tx: Transaction, kind: str, ref: str) -> DueItem | None:
    """The duty fell away. None where nothing was open."""
    item = find(tx, kind, ref)
    if item is None:
        return None
    return _save(tx, replace(item, state=DueState.CANCELLED, done_at=tx.now, rev=item.rev + 1), SYSTEM)


def done(tx: Transaction, due_id: DueId, note: str = "", *, by: Actor) -> DueItem:
    """A person says that a duty was fulfilled; `note`, at most 500 characters, says how.

    Duties that a fact fulfils (a round by its punches, a handover by its signatures) cannot be talked away.
    """
    by.demand(Right.WRITE_LOG)
    item = tx.need(DueItem, due_id)
    if item.state not in OPEN:
        return item
    if item.kind in BY_FACTS:
        raise Refused(
            zh=f"“{item.title.zh}”由实际操作完成，不能手工勾销。",
            en=f"“{item.title.en}” is fulfilled by doing it, not by ticking it off.",
        )
    return _done(tx, item, by, note)


def _done(tx: Transaction, item: DueItem, by: Actor, note: str) -> DueItem:
    words = "；".join(part for part in (typed(note, 500), _note(missed(item, tx.now))) if part)
    by_person: PersonId | None = None if by.role is None else by.person
    ended = _save(
        tx,
        replace(item, state=DueState.DONE, done_at=tx.now, done_by=by_person, note=words, rev=item.rev + 1),
        by,
    )
    if item.every_s is not None:
        turn = following_turn(item, tx.now, tx.site.timezone)
        following = replace(item, id=DueId(new_id()), due_at=turn, state=DueState.WAITING, note="", rev=0)
        _save(tx, replace(following, state=state_at(following, tx.now)), SYSTEM)
    return ended


def _save(tx: Transaction, item: DueItem, by: Actor) -> DueItem:
    tx.put(item)
    tx.record(DueChanged(at=tx.now, by=by.person, seat=by.seat, item=item))
    return item


# ------------------------------------------------------------------------------------------------ the clock
def tick(tx: Transaction) -> tuple[DueItem, ...]:
    """Open what the settings and the routes ask for, and move every item to where the clock says it stands.

    Returns the items whose state changed. Writes nothing where nothing changed. Nothing recurs before the first shift
    was begun: a console that stands unpacked in its box owes nobody a round.
    """
    shift = tx.first(Shift, state=ShiftState.ON_DUTY.value)
    if shift is not None:
        _open_recurring(tx)
        _open_rounds(tx)
        _open_handover(tx, shift)
    changed = []
    for item in open_items(tx):
        moved = replace(item, state=state_at(item, tx.now), note=_note(missed(item, tx.now)) or item.note)
        if moved != item:
            _save(tx, replace(moved, rev=item.rev + 1), SYSTEM)
            if moved.state is not item.state:
                changed.append(moved)
    return tuple(changed)


def next_at(rx: Reading) -> datetime | None:
    """When `tick` will next have something to do; None while there is nothing to wait for."""
    return min((at for item in open_items(rx) if (at := _next_change(item, rx.now)) is not None), default=None)


def _open_recurring(tx: Transaction) -> None:
    for duty in RECURRING:
        if duty.kind == VIDEO_ROUND and not tx.site.cameras:
            continue
        _keep(
            tx,
            duty.kind,
            POST,
            duty.title,
            every_s=seconds_of(tx.settings, duty.setting),
            notice_s=duty.notice_s,
            grace_s=duty.grace_s,
            source=BY_KEY[duty.setting].source_on_record,
        )


def _open_rounds(tx: Transaction) -> None:
    routes = {route.id: route for route in tx.site.routes}
    for route in routes.values():
        _keep(
            tx,
            PATROL,
            route.id,
            Text(zh=f"巡逻：{route.name.zh}", en=f"Patrol: {route.name.en}"),
            every_s=route.every_s,
            notice_s=ROUND_NOTICE_S,
            grace_s=seconds_of(tx.settings, "patrol.grace_s"),
            source=_PATROL_SOURCE,
        )
    for item in tx.find(DueItem, kind=PATROL, state=_OPEN):
        if item.ref not in routes:  # the site folder lost the route
            cancel(tx, PATROL, item.ref)


def _keep(
    tx: Transaction, kind: str, ref: str, title: Text, *, every_s: float, notice_s: float, grace_s: float, source: str
) -> None:
    known = find(tx, kind, ref)
    if known is not None and (known.every_s, known.grace_s, known.title) == (every_s, grace_s, title):
        return
    # A changed interval moves a waiting turn to the new raster; one that is due already stays due.
    due_at = first_turn(tx.now, every_s, tx.site.timezone)
    if known is not None and (known.state is not DueState.WAITING or known.every_s == every_s):
        due_at = known.due_at
    notice_s = min(notice_s, every_s / 2)
    add(tx, kind, ref, title, due_at, source=source, notice_s=notice_s, grace_s=grace_s, every_s=every_s)


def _open_handover(tx: Transaction, shift: Shift) -> None:
    if find(tx, HANDOVER, shift.id) is None and tx.first(DueItem, ref=shift.id, kind=HANDOVER) is None:
        add(
            tx,
            HANDOVER,
            shift.id,
            Text(zh=f"交接班：{shift.name.zh}", en=f"Handover: {shift.name.en}"),
            shift.planned_end_at,
            source=BY_KEY["handover.accept_s"].source_on_record,
            notice_s=seconds_of(tx.settings, "handover.early_s"),
            grace_s=seconds_of(tx.settings, "handover.accept_s"),
        )
