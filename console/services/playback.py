"""Looking back: which files a moment lies in, what happened when, who may look how far, and who did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.models import motion_cells
from console.models.alarms import Alarm
from console.models.errors import Refused
from console.models.events import FootageViewed
from console.models.footage import FootageRequest, RequestKind, RequestState
from console.models.ids import CameraId
from console.models.people import RIGHTS, Actor, Right
from console.models.playback import Cut, Purpose, cut_of
from console.models.reach import Grant, Reach
from console.models.recording import (
    MOTION_SECOND_BYTES,
    PLAYABLE,
    Bookmark,
    Lock,
    MotionMinute,
    Segment,
    Span,
    Volume,
)
from console.models.settings import SettingValue, seconds_of
from console.models.text import Text, typed
from console.services import footage
from console.store.store import Reading, Transaction

LOOK_FOR_EVENTS: Final = timedelta(days=7)
STILL_S: Final = 30
"""Motion after so many seconds without any is an event to jump to."""
_NOTHING: Final = bytes(MOTION_SECOND_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmMark:
    """An alarm as the timeline marks it."""

    alarm: Alarm
    camera: CameraId

    @property
    def at(self) -> datetime:
        """When it began."""
        return self.alarm.first_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraDay:
    """What is known of one camera in a stretch of time.

    `motion` are (minute in seconds since 1970, seconds of it in which something moved, a bit each, the first in the
    lowest); a minute that is not there was not looked at.
    """

    camera: CameraId
    cuts: tuple[Cut, ...] = ()
    motion: tuple[tuple[int, int], ...] = ()
    alarms: tuple[AlarmMark, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    locks: tuple[Lock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a search for motion found: stretches in the region, and what of the time asked for nobody looked at."""

    found: tuple[Span, ...]
    unseen: tuple[Span, ...]
    took_s: float = 0.0


def stretch(
    rx: Reading, cameras: tuple[CameraId, ...], from_at: datetime, until_at: datetime
) -> dict[CameraId, CameraDay]:
    """Everything the timeline shows of these cameras."""
    alarms = _alarms(rx, from_at, until_at)
    return {camera: _camera(rx, camera, from_at, until_at, alarms) for camera in cameras}


def merged(known: CameraDay, newer: CameraDay, since: datetime) -> CameraDay:
    """What was known of a camera, with everything since a moment replaced by what is known now."""
    since_s = since.timestamp()
    new_files = {cut.segment for cut in newer.cuts}
    return CameraDay(
        camera=known.camera,
        cuts=tuple(
            sorted(
                (*(one for one in known.cuts if one.segment not in new_files and one.until_s is not None), *newer.cuts),
                key=lambda one: one.from_s,
            )
        ),
        motion=(*(one for one in known.motion if one[0] < int(since_s) // 60 * 60), *newer.motion),
        alarms=(*(one for one in known.alarms if one.at < since), *newer.alarms),
        bookmarks=(*(one for one in known.bookmarks if one.at < since), *newer.bookmarks),
        locks=tuple({lock.id: lock for lock in (*known.locks, *newer.locks)}.values()),
    )


def cuts(rx: Reading, camera: CameraId, from_at: datetime, until_at: datetime) -> tuple[Cut, ...]:
    """The files that hold some of the stretch, oldest first."""
    roots = {volume.id: volume.path for volume in rx.find(Volume)}
    found = footage.segments(rx, camera, from_at, until_at)
    return tuple(cut_of(one, roots[one.volume]) for one in found if one.volume in roots)


def _camera(
    rx: Reading, camera: CameraId, from_at: datetime, until_at: datetime, alarms: tuple[Alarm, ...]
) -> CameraDay:
    marks = tuple(AlarmMark(alarm=one, camera=camera) for one in alarms if camera in one.cameras)
    held = tuple(lock for lock in footage.locks(rx, camera) if lock.from_at < until_at and lock.until_at > from_at)
    return CameraDay(
        camera=camera,
        cuts=cuts(rx, camera, from_at, until_at),
        motion=tuple(
            (int(one.minute_at.timestamp()), stirred(one)) for one in footage.motion(rx, camera, from_at, until_at)
        ),
        alarms=marks,
        bookmarks=footage.bookmarks(rx, camera, from_at, until_at),
        locks=held,
    )


def stirred(minute: MotionMinute) -> int:
    """The seconds of a minute in which something moved anywhere, a bit each, the first in the lowest."""
    if not any(minute.bits):
        return 0
    bits, mask = minute.bits, 0
    for second in range(60):
        if bits[second * MOTION_SECOND_BYTES : (second + 1) * MOTION_SECOND_BYTES] != _NOTHING:
            mask |= 1 << second
    return mask


def _alarms(rx: Reading, from_at: datetime, until_at: datetime) -> tuple[Alarm, ...]:
    return rx.find(Alarm, order_by="first_at", since=("first_at", from_at), before=("first_at", until_at))


def days_with_footage(
    rx: Reading, cameras: tuple[CameraId, ...], first: date, number: int, timezone: str
) -> frozenset[date]:
    """Which of so many days, by the site's calendar, hold a recording of one of the cameras."""
    zone = ZoneInfo(timezone)
    held = set()
    for ahead in range(number):
        day = first + timedelta(days=ahead)
        begin, end = (datetime.combine(day + timedelta(days=n), time(), zone) for n in (0, 1))
        since = begin - timedelta(seconds=footage.LONGEST_S)
        for one in rx.find(Segment, order_by="started_at", newest_first=True, limit=1, since=("started_at", since),
                           before=("started_at", end), camera=cameras, state=PLAYABLE):  # fmt: skip
            if (one.ended_at or rx.now) > begin:
                held.add(day)
    return frozenset(held)


def event_near(rx: Reading, cameras: tuple[CameraId, ...], at: datetime, *, forward: bool) -> datetime | None:
    """The next alarm, bookmark or beginning of motion of these cameras after a moment, or the last before it."""
    begin, end = (at + timedelta(milliseconds=1), at + LOOK_FOR_EVENTS) if forward else (at - LOOK_FOR_EVENTS, at)
    wanted = set(cameras)
    found = [one.first_at for one in _alarms(rx, begin, end) if wanted.intersection(one.cameras)]
    choose = min if forward else max
    for camera in cameras:
        marks = rx.find(
            Bookmark,
            order_by="at",
            newest_first=not forward,
            limit=1,
            since=("at", begin),
            before=("at", end),
            camera=camera,
        )
        found += [one.at for one in marks]
        near = timedelta(days=1)
        a_day = (begin, min(end, begin + near)) if forward else (max(begin, end - near), end)
        starts = [one for one in _starts(footage.motion(rx, camera, *a_day)) if begin <= one < end]
        found += [choose(starts)] if starts else []
    return choose(found) if found else None


def _starts(minutes: Iterable[MotionMinute]) -> list[datetime]:
    """When something began to move after a while without motion."""
    starts: list[datetime] = []
    last: datetime | None = None
    for minute in minutes:
        mask = stirred(minute)
        for second in range(60) if mask else ():
            if mask >> second & 1:
                now = minute.minute_at + timedelta(seconds=second)
                if last is None or (now - last).total_seconds() > STILL_S:
                    starts.append(now)
                last = now
    return starts


def motion_search(
    rx: Reading, camera: CameraId, from_at: datetime, until_at: datetime, zone: tuple[tuple[float, float], ...]
) -> Searched:
    """When something moved in a region of the picture; `zone` are corners in 0..1 of its width and height."""
    minutes = footage.motion(rx, camera, from_at, until_at)
    found = tuple(
        Span(max(begin, from_at), min(end, until_at))
        for begin, end in motion_cells.spans(minutes, zone)
        if begin < until_at and end > from_at
    )
    seen = {one.minute_at for one in minutes}
    unseen: list[Span] = []
    minute = from_at.replace(second=0, microsecond=0)
    while minute < until_at:
        after = minute + timedelta(minutes=1)
        if minute not in seen:
            if unseen and unseen[-1].until_at == minute:
                unseen[-1] = Span(unseen[-1].from_at, min(after, until_at))
            else:
                unseen.append(Span(max(minute, from_at), min(after, until_at)))
        minute = after
    return Searched(found=found, unseen=tuple(unseen))


# ------------------------------------------------------------------ who may look, and who did


def earliest(actor: Actor | None, settings: dict[str, SettingValue], now: datetime) -> datetime | None:
    """How far back somebody may look; None where there is no limit. Nobody, without the right to watch, at all."""
    if actor is None:
        return now
    if actor.role is None or RIGHTS[actor.role] & {Right.APPROVE_FOOTAGE, Right.EXPORT_FOOTAGE}:
        return None
    if Right.WATCH not in RIGHTS[actor.role]:
        return now
    return now - timedelta(hours=seconds_of(settings, "video.operator_replay_h"))


def grants(rx: Reading, actor: Actor | None) -> tuple[Grant, ...]:
    """What approved requests for viewing let somebody look at beyond their own limit, oldest first.

    Nobody's but the requests they put on record themselves, while they stand approved exactly as they were asked, for
    as long as the setting video.viewing_approved_h says.
    """
    if actor is None or actor.role is None or Right.WATCH not in RIGHTS[actor.role]:
        return ()
    approved, viewing = RequestState.APPROVED, RequestKind.VIEWING
    found = rx.find(FootageRequest, order_by="asked_at", state=approved, kind=viewing, asked_by=actor.person)
    made = (
        Grant(
            request=one.number,
            reason=one.purpose,
            cameras=one.cameras,
            from_s=one.from_at.timestamp(),
            until_s=one.until_at.timestamp(),
            over_s=over_at.timestamp(),
        )
        for one in found
        if (over_at := viewed_until(one, rx.settings)) is not None
    )
    return tuple(one for one in made if one.over_s > rx.now.timestamp())


def viewed_until(request: FootageRequest, settings: dict[str, SettingValue]) -> datetime | None:
    """Until when an approved request for viewing lets one look; None for any other request."""
    if request.kind is not RequestKind.VIEWING or not request.approved or request.decided_at is None:
        return None
    return request.decided_at + timedelta(hours=seconds_of(settings, "video.viewing_approved_h"))


def reach(
    actor: Actor | None, settings: dict[str, SettingValue], granted: tuple[Grant, ...], now: datetime
) -> Reach:
    """How far somebody may look back now; `granted` is what `grants` gave for them."""
    limit = earliest(actor, settings, now)
    counting = tuple(one for one in granted if one.over_s > now.timestamp())
    return Reach(since_s=limit.timestamp() if limit is not None else None, grants=counting)


def too_far(settings: dict[str, SettingValue]) -> Text:
    """The sentence for who wants to look further back than they may."""
    hours = f"{seconds_of(settings, 'video.operator_replay_h'):g}"
    return Text(
        f"只能回看最近 {hours} 小时的录像；更早的要有本人登记并经他人批准的查阅申请，或由班长、主管查看。",
        f"You may look back {hours} h; further only what an approved request to view of your own covers, or a shift"
        " leader or supervisor.",
    )


def look(
    tx: Transaction,
    camera: CameraId,
    from_at: datetime,
    until_at: datetime,
    *,
    by: Actor,
    ended: bool = False,
    reason: str = "",
    request: str = "",
) -> None:
    """Put on record that somebody begins to look at a recording, or what they looked at.

    Refuses what is too long ago, but for what a request of their own covers; that is then what it was looked at for.
    """
    by.demand(Right.WATCH)
    may = reach(by, tx.settings, grants(tx, by), tx.now)
    granted = may.grant(camera, from_at.timestamp()) if not ended else None
    said = Purpose(reason=reason, request=request)
    if granted is not None:
        said = granted.purpose(said)
    elif not ended and not may.open(camera, from_at.timestamp()):
        why = too_far(tx.settings)
        raise Refused(zh=why.zh, en=why.en)
    tx.record(
        FootageViewed(
            at=tx.now,
            by=by.person,
            seat=by.seat,
            camera=camera,
            from_at=from_at,
            until_at=until_at,
            ended=ended,
            reason=typed(said.reason, 200),
            request=typed(said.request, 40),
        )
    )
