"""What is deleted, in which order, and what is never deleted; what counts as held, missing and short."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.models.clock import FakeClock
from console.models.errors import NotPermitted, Refused
from console.models.events import FootageDeleted, RecordingChanged, event_from
from console.models.ids import CameraId, SegmentId, VolumeId, new_id
from console.models.people import Actor, Role
from console.models.record_schedule import is_on, window_mistake
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
from console.services import footage, recording, retention
from console.store.opening import open_store
from console.store.store import Ground, Store, Transaction

NORTH, SOUTH = CameraId("cam-1"), CameraId("cam-2")
DISK = VolumeId("disk")
SUPERVISOR = Actor(person="zhao", name="赵", role=Role.SUPERVISOR, seat="1")
OPERATOR = Actor(person="li", name="李", role=Role.OPERATOR, seat="1")
PLAN = RecordPlan(mode=RecordMode.CONTINUOUS)


def a_camera(name: CameraId, number: int, plan: RecordPlan) -> Camera:
    return Camera(id=name, number=number, name=Text("门", "Gate"), kind=CameraKind.RTSP, address="rtsp://c/", record=plan)


CAMERAS = (a_camera(NORTH, 1, PLAN), a_camera(SOUTH, 2, RecordPlan(mode=RecordMode.CONTINUOUS, days=90.0)))
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
    with open_store(tmp_path, clock=clock) as store:
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
        recording.hold, NORTH, locked[0].started_at, locked[-1].ended_at, "调查", by=OPERATOR
    )
    assert ids(archive.do(retention.due).segments) == ids(free)
    full = archive.do(retention.make_room, DISK, 10**9)
    assert full.blocked
    assert full.segments == ()
    archive.do(recording.release, lock.id, "结案", by=SUPERVISOR)
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
    archive.do(recording.hold, NORTH, locked[0].started_at, locked[-1].ended_at, "调查", by=OPERATOR)
    free = archive.keep(NORTH, 1)
    assert ids(archive.do(retention.make_room, DISK, 1).segments) == ids(free)


def test_that_a_lock_of_all_cameras_holds_each(archive: Archive) -> None:
    kept = archive.keep(NORTH, 31)
    archive.do(
        recording.hold, CameraId(""), kept[0].started_at, kept[0].ended_at, "演练", by=OPERATOR
    )
    assert archive.do(retention.due).segments == ()


def test_that_releasing_needs_the_right_and_a_reason(archive: Archive) -> None:
    now = archive.clock.now()
    lock = archive.do(recording.hold, NORTH, now, now + timedelta(hours=1), "调查", by=OPERATOR)
    with pytest.raises(NotPermitted):
        archive.do(recording.release, lock.id, "结案", by=OPERATOR)
    with pytest.raises(Refused):
        archive.do(recording.release, lock.id, " ", by=SUPERVISOR)
    with pytest.raises(Refused):
        archive.do(recording.hold, NORTH, now, now, "调查", by=OPERATOR)
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
    from datetime import datetime
    from zoneinfo import ZoneInfo

    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    assert is_on(RecordPlan(mode=RecordMode.SCHEDULE, schedule=(window,)), at, "Asia/Shanghai") is on
    assert window_mistake(window) is None


@pytest.mark.parametrize("window", ["", "8-18", "25:00-26:00", "08:00-18:70", "9 08:00-18:00"])
def test_that_a_wrong_schedule_is_said(window: str) -> None:
    assert window_mistake(window) is not None
