"""What is deleted, in which order, and what is never deleted; what counts as held, missing and short."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from console.models.clock import FakeClock
from console.models.errors import NotPermitted, Refused
from console.models.events import FootageDeleted, RecordingChanged, event_from
from console.models.ids import CameraId, SegmentId, VolumeId, new_id
from console.models.people import Actor, Role
from console.models.record_schedule import is_on, next_on, window_mistake
from console.models.recording import (
    MotionMinute,
    RecorderState,
    RecordMode,
    RecordPlan,
    Segment,
    SegmentState,
    motion_key,
)
from console.models.site import Camera, CameraKind, Site
from console.models.text import Text
from console.services import footage, locking, recording, retention
from console.store.store import Ground, Store, Transaction
from tests.records import open_record

NORTH, SOUTH = CameraId("cam-1"), CameraId("cam-2")
DISK = VolumeId("disk")
SUPERVISOR = Actor(person="zhao", name="赵", role=Role.SUPERVISOR, seat="1")
OPERATOR = Actor(person="li", name="李", role=Role.OPERATOR, seat="1")
PLAN = RecordPlan(mode=RecordMode.CONTINUOUS)


def a_camera(name: CameraId, number: int, plan: RecordPlan) -> Camera:
    return Camera(id=name, number=number, name=Text("门", "Gate"), kind=CameraKind.RTSP, address="rtsp://c/", record=plan)


def scheduled(*windows: str) -> Camera:
    return a_camera(CameraId("cam-3"), 3, RecordPlan(mode=RecordMode.SCHEDULE, schedule=windows, days=7.0))


OFFICE = scheduled("1-5 08:00-18:00")
CAMERAS = (a_camera(NORTH, 1, PLAN), a_camera(SOUTH, 2, RecordPlan(mode=RecordMode.CONTINUOUS, days=90.0)), OFFICE)
GROUND = Ground(site=Site(id="s", name=Text("校", "School"), timezone="Asia/Shanghai", cameras=CAMERAS))


class Archive:
    """A record with segments of a minute."""

    def __init__(self, store: Store, clock: FakeClock) -> None:
        self.store, self.clock = store, clock

    def do(self, command, *args, **kwargs):  # type: ignore[no-untyped-def]
        with self.store.begin(GROUND, self.clock) as tx:
            return command(tx, *args, **kwargs)

    def keep(self, camera: CameraId, days_ago: float, minutes: int = 1, size: int = 1000) -> list[Segment]:
        begin = self.clock.now() - timedelta(days=days_ago)
        made = [
            Segment(
                id=SegmentId(new_id()), camera=camera, volume=DISK, file=f"{camera}/{new_id()}.ts",
                state=SegmentState.CLOSED, started_at=begin + timedelta(minutes=number),
                ended_at=begin + timedelta(minutes=number + 1), media_s=60.0, size_bytes=size, sha256="0" * 64,
            )
            for number in range(minutes)
        ]  # fmt: skip
        self.do(recording.keep, made)
        return made

    def states(self) -> dict[str, SegmentState]:
        return self.do(lambda tx: {one.id: one.state for one in tx.find(Segment)})

    def deleted(self) -> list[FootageDeleted]:
        lines = self.do(lambda tx: [event_from(line) for line in tx.journal(kinds=("FootageDeleted",))])
        return [event for event in lines if isinstance(event, FootageDeleted)]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    clock = FakeClock()
    with open_record(tmp_path, clock=clock) as store:
        yield Archive(store, clock)


def ids(segments: list[Segment] | tuple[Segment, ...]) -> set[str]:
    return {one.id for one in segments}


def test_that_footage_goes_after_its_days_and_not_before(archive: Archive) -> None:
    old = archive.keep(NORTH, 30.2, minutes=3)
    young = archive.keep(NORTH, 29.9, minutes=3)
    chosen = archive.do(retention.due)
    assert ids(chosen.segments) == ids(old)
    assert {archive.states()[one.id] for one in old} == {SegmentState.DELETING}
    assert {archive.states()[one.id] for one in young} == {SegmentState.CLOSED}
    assert archive.do(retention.due).segments == ()


def test_that_a_camera_with_days_of_its_own_keeps_them(archive: Archive) -> None:
    archive.keep(SOUTH, 89)
    gone = archive.keep(SOUTH, 91)
    assert ids(archive.do(retention.due).segments) == ids(gone)


def test_that_what_was_deleted_is_on_record_as_a_sum(archive: Archive) -> None:
    old = archive.keep(NORTH, 31, minutes=5, size=7)
    archive.do(retention.due)
    (line,) = archive.deleted()
    assert (line.camera, line.segments, line.size_bytes, line.early) == (NORTH, 5, 35, 0)
    assert (line.from_at, line.until_at) == (old[0].started_at, old[-1].ended_at)
    archive.do(retention.gone, tuple(one.id for one in old))
    assert archive.states() == {}


def test_that_locked_footage_outlives_its_days_and_a_full_disk(archive: Archive) -> None:
    locked = archive.keep(NORTH, 40, minutes=2)
    free = archive.keep(NORTH, 39, minutes=2)
    lock = archive.do(
        locking.hold, NORTH, locked[0].started_at, locked[-1].ended_at, "调查", by=OPERATOR
    )
    assert ids(archive.do(retention.due).segments) == ids(free)
    full = archive.do(retention.make_room, DISK, 10**9)
    assert full.blocked
    assert full.segments == ()
    archive.do(locking.release, lock.id, "结案", by=SUPERVISOR)
    assert ids(archive.do(retention.due).segments) == ids(locked)


def test_that_a_short_disk_takes_what_is_overdue_first_and_says_what_was_not(archive: Archive) -> None:
    young_of_ninety = archive.keep(SOUTH, 50, minutes=2)
    overdue = archive.keep(NORTH, 31, minutes=2)
    chosen = archive.do(retention.make_room, DISK, 1500)
    assert (ids(chosen.segments), chosen.early) == (ids(overdue), 0)
    chosen = archive.do(retention.make_room, DISK, 1500)
    assert (ids(chosen.segments), chosen.early) == (ids(young_of_ninety), 2)
    assert archive.deleted()[-1].early == 2


def test_that_many_locked_ones_do_not_hide_a_free_one(archive: Archive) -> None:
    locked = archive.keep(NORTH, 20, minutes=retention.STEP + 5)
    archive.do(locking.hold, NORTH, locked[0].started_at, locked[-1].ended_at, "调查", by=OPERATOR)
    free = archive.keep(NORTH, 1)
    assert ids(archive.do(retention.make_room, DISK, 1).segments) == ids(free)


def test_that_many_locked_ones_do_not_keep_what_is_free_behind_them(archive: Archive) -> None:
    locked = archive.keep(NORTH, 40, minutes=retention.STEP + 5)
    archive.do(locking.hold, NORTH, locked[0].started_at, locked[-1].ended_at, "调查", by=OPERATOR)
    free = archive.keep(NORTH, 33, minutes=3)
    assert ids(archive.do(retention.due).segments) == ids(free)
    assert archive.do(retention.due).segments == ()


def test_that_what_moved_in_locked_footage_is_kept_with_it(archive: Archive) -> None:
    locked = archive.keep(NORTH, 40, minutes=3)
    archive.do(locking.hold, NORTH, locked[0].started_at, locked[-1].ended_at, "调查", by=OPERATOR)
    free = archive.keep(NORTH, 35, minutes=3)

    def minute(tx: Transaction, at: datetime) -> None:
        at = at.replace(second=0, microsecond=0)
        tx.put(MotionMinute(id=motion_key(NORTH, at), camera=NORTH, minute_at=at, bits=bytes(1920)))

    archive.do(minute, locked[0].started_at - timedelta(days=1))
    archive.do(minute, locked[1].started_at)
    assert ids(archive.do(retention.due).segments) == ids(free)
    left = archive.do(footage.motion, NORTH, archive.clock.now() - timedelta(days=60), archive.clock.now())
    assert [one.minute_at for one in left] == [locked[1].started_at.replace(second=0, microsecond=0)]


def test_that_a_lock_of_all_cameras_holds_each(archive: Archive) -> None:
    kept = archive.keep(NORTH, 31)
    archive.do(
        locking.hold, CameraId(""), kept[0].started_at, kept[0].ended_at, "演练", by=OPERATOR
    )
    assert archive.do(retention.due).segments == ()


def test_that_releasing_needs_the_right_and_a_reason(archive: Archive) -> None:
    now = archive.clock.now()
    lock = archive.do(locking.hold, NORTH, now, now + timedelta(hours=1), "调查", by=OPERATOR)
    with pytest.raises(NotPermitted):
        archive.do(locking.release, lock.id, "结案", by=OPERATOR)
    with pytest.raises(Refused):
        archive.do(locking.release, lock.id, " ", by=SUPERVISOR)
    with pytest.raises(Refused):
        archive.do(locking.hold, NORTH, now, now, "调查", by=OPERATOR)
    assert archive.do(footage.locks, NORTH) == (lock,)
    assert archive.do(footage.locks, SOUTH) == ()


def test_that_motion_goes_with_its_footage(archive: Archive) -> None:
    old = archive.keep(NORTH, 31, minutes=3)

    def minute(tx: Transaction, days_ago: float) -> None:
        at = (tx.now - timedelta(days=days_ago)).replace(second=0, microsecond=0)
        tx.put(MotionMinute(id=motion_key(NORTH, at), camera=NORTH, minute_at=at, bits=bytes(1920)))

    archive.do(minute, 32)
    archive.do(minute, 1)
    assert ids(archive.do(retention.due).segments) == ids(old)
    now = archive.clock.now()
    left = archive.do(footage.motion, NORTH, now - timedelta(days=60), now)
    assert [one.bits for one in left] == [bytes(1920)]


def test_that_gaps_are_what_is_missing_and_seams_are_not(archive: Archive) -> None:
    first = archive.keep(NORTH, 1, minutes=3)
    later = archive.keep(NORTH, 0.9, minutes=1)
    begin, end = first[0].started_at, later[0].ended_at
    assert [(one.from_at, one.until_at) for one in archive.do(footage.gaps, NORTH, begin, end)] == [
        (first[-1].ended_at, later[0].started_at)
    ]
    middle = first[1].started_at + timedelta(seconds=10)
    assert archive.do(footage.gaps, NORTH, middle, first[-1].ended_at) == ()
    assert ids(archive.do(footage.segments, NORTH, middle, middle + timedelta(seconds=1))) == {first[1].id}


def test_that_a_camera_of_last_week_is_not_short_and_one_that_lost_footage_is(archive: Archive) -> None:
    def began(tx: Transaction, days_ago: float) -> None:
        at = tx.now - timedelta(days=days_ago)
        state = RecorderState(camera=NORTH, mode=RecordMode.CONTINUOUS, wanted=True, on=True, since_at=at)
        tx.record(RecordingChanged(at=at, state=state))

    archive.do(began, 7)
    archive.keep(NORTH, 7)
    holding = archive.do(footage.days_held, CAMERAS[0])
    assert not holding.short
    assert holding.held_days == pytest.approx(7)
    assert holding.required_days == 30
    archive.clock.advance(10 * 86400)
    archive.do(lambda tx: tx.forget(Segment, camera=NORTH))
    archive.keep(NORTH, 2)
    assert archive.do(footage.days_held, CAMERAS[0]).short


def test_that_headroom_is_free_space_by_the_rate_of_the_last_hour(archive: Archive) -> None:
    assert archive.do(retention.headroom_h, DISK, 1e12) is None
    archive.keep(NORTH, 1 / 24, minutes=60, size=30_000_000)
    hours = archive.do(retention.headroom_h, DISK, 5e9 + 18e9)
    assert hours == pytest.approx(10, rel=0.02)


def test_that_headroom_does_not_swing_with_what_is_written_just_now(archive: Archive) -> None:
    archive.keep(NORTH, 1 / 1440, size=30_000_000)
    first = archive.do(retention.headroom_h, DISK, 5e9 + 18e9)
    archive.clock.advance(59)
    assert archive.do(retention.headroom_h, DISK, 5e9 + 18e9) == first == pytest.approx(10)
    archive.clock.advance(120)  # nothing came after it: recording stopped
    assert archive.do(retention.headroom_h, DISK, 5e9 + 18e9) > 2 * first


@pytest.mark.parametrize(
    ("window", "local", "on"),
    [
        ("08:00-18:00", "2026-03-14 08:00", True),
        ("08:00-18:00", "2026-03-14 18:00", False),
        ("1-5 08:00-18:00", "2026-03-14 12:00", False),  # a Saturday
        ("22:00-06:00", "2026-03-14 23:30", True),
        ("22:00-06:00", "2026-03-14 05:59", True),
        ("6 22:00-06:00", "2026-03-15 05:00", True),
        ("6 22:00-06:00", "2026-03-14 05:00", False),
        ("00:00-24:00", "2026-03-14 23:59", True),
    ],
)
def test_that_a_schedule_is_of_the_site_s_own_time(window: str, local: str, on: bool) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    assert is_on(RecordPlan(mode=RecordMode.SCHEDULE, schedule=(window,)), at, "Asia/Shanghai") is on
    assert window_mistake(window) is None


@pytest.mark.parametrize("window", ["", "8-18", "25:00-26:00", "08:00-18:70", "9 08:00-18:00"])
def test_that_a_wrong_schedule_is_said(window: str) -> None:
    assert window_mistake(window) is not None


# ------------------------------------------------------------------ one line a camera and run


def test_that_a_long_rest_is_caught_up_with_in_one_line_a_camera(archive: Archive) -> None:
    north, south = archive.keep(NORTH, 34, minutes=4000), archive.keep(SOUTH, 93, minutes=1500)
    runs = [archive.do(retention.due) for _ in range(3)]
    assert [len(run.segments) for run in runs] == [4000, 1500, 0]
    assert [(one.camera, one.segments, one.from_at, one.until_at) for one in archive.deleted()] == [
        (NORTH, 4000, north[0].started_at, north[-1].ended_at),
        (SOUTH, 1500, south[0].started_at, south[-1].ended_at),
    ]
    assert set(archive.states().values()) == {SegmentState.DELETING}


def test_that_a_camera_in_step_is_told_of_some_times_a_day(archive: Archive) -> None:
    archive.keep(NORTH, 31, minutes=3 * 1440)
    for _ in range(3 * 144):  # every ten minutes of two days and more
        archive.do(retention.due)
        archive.clock.advance(600)
    lines = archive.deleted()
    assert sum(line.segments for line in lines) >= 2.5 * 1440
    assert len(lines) <= 3 * 24 / (retention.SLICE / timedelta(hours=1)) + 2


def test_that_a_full_disk_gets_room_for_an_hour_in_one_line_a_camera(archive: Archive) -> None:
    for camera in (NORTH, SOUTH):
        archive.keep(camera, 5, minutes=300)
        archive.keep(camera, 1 / 24, minutes=60)
    hour = 120 * 1000
    chosen = archive.do(retention.make_room, DISK, 500, spare_bytes=10**9)
    assert hour <= sum(one.size_bytes for one in chosen.segments) <= hour + 4000
    assert [(one.camera, one.early) for one in archive.deleted()] == [(NORTH, 61), (SOUTH, 60)]
    small = archive.do(retention.make_room, DISK, 500, spare_bytes=2000)
    assert sum(one.size_bytes for one in small.segments) == 3000


# ------------------------------------------------------------------ days held by a schedule


def began(tx: Transaction, camera: CameraId, days_ago: float) -> None:
    at = tx.now - timedelta(days=days_ago)
    state = RecorderState(camera=camera, mode=RecordMode.SCHEDULE, wanted=True, on=True, since_at=at)
    tx.record(RecordingChanged(at=at, state=state))


def test_that_hours_that_were_not_to_be_recorded_are_no_shortfall_and_lost_ones_are(archive: Archive) -> None:
    office = OFFICE
    archive.do(began, office.id, 40)
    zone = ZoneInfo("Asia/Shanghai")
    # Monday 08:00 by the site's time; seven days before it was a Monday, too, and the weekend after that is free.
    monday = (archive.clock.now().astimezone(zone) + timedelta(days=14)).replace(hour=8, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=monday.isoweekday() - 1)
    archive.clock.advance((monday - archive.clock.now()).total_seconds())

    def keep_hours(days_ago: int) -> None:
        if (archive.clock.now().astimezone(zone) - timedelta(days=days_ago)).isoweekday() <= 5:
            archive.keep(office.id, days_ago, minutes=600)

    for days_ago in range(9, 0, -1):
        keep_hours(days_ago)
    weekend_at = archive.clock.now() + timedelta(days=5.5)
    shorts = []
    while archive.clock.now() < weekend_at:  # every hour until the days required begin at a weekend, retention at work
        archive.do(retention.due)
        archive.do(lambda tx: tx.forget(Segment, camera=office.id, state=SegmentState.DELETING.value))
        shorts.append(archive.do(footage.days_held, office).short)
        archive.clock.advance(3600)
        if archive.clock.now().astimezone(zone).hour == 18:
            archive.keep(office.id, 10 / 24, minutes=600)
    assert not any(shorts)
    held = archive.do(footage.days_held, office)
    assert held.held_days < 6 < held.required_days == 7
    assert held.expected_at is not None
    archive.do(lambda tx: tx.forget(Segment, camera=office.id))
    assert archive.do(footage.days_held, office).short


def test_that_nothing_is_expected_of_a_schedule_that_has_not_begun_and_of_alarms(archive: Archive) -> None:
    later = scheduled("08:00-18:00")
    assert not archive.do(footage.days_held, later).short
    archive.do(began, later.id, 0.01)
    assert not archive.do(footage.days_held, later).short
    alarms_only = a_camera(CameraId("cam-4"), 4, RecordPlan(mode=RecordMode.EVENT))
    archive.do(began, alarms_only.id, 40)
    assert archive.do(footage.days_held, alarms_only).expected_at is None
    assert not archive.do(footage.days_held, alarms_only).short


@pytest.mark.parametrize(
    ("windows", "local", "next_local"),
    [
        (("08:00-18:00",), "2026-03-14 12:00", "2026-03-14 12:00"),
        (("08:00-18:00",), "2026-03-14 18:00", "2026-03-15 08:00"),
        (("1-5 08:00-18:00",), "2026-03-14 12:00", "2026-03-16 08:00"),
        (("6 22:00-06:00",), "2026-03-15 05:59", "2026-03-15 05:59"),
        (("6 22:00-06:00",), "2026-03-15 06:00", "2026-03-21 22:00"),
        (("3 09:00-10:00", "2 20:00-21:00"), "2026-03-14 12:00", "2026-03-17 20:00"),
        ((), "2026-03-14 12:00", None),
    ],
)
def test_that_the_next_time_of_a_schedule_is_found(windows: tuple[str, ...], local: str, next_local: str | None) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    at = datetime.fromisoformat(local).replace(tzinfo=zone)
    found = next_on(RecordPlan(mode=RecordMode.SCHEDULE, schedule=windows), at, "Asia/Shanghai")
    assert found == (datetime.fromisoformat(next_local).replace(tzinfo=zone) if next_local else None)
