"""A case keeps the footage of its cameras while it is open, and what belongs to it when it is closed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.models.errors import ConsoleError, Refused
from console.models.footage import CaseFootage, RequestKind
from console.models.ids import CameraId, PointId, SegmentId, VolumeId
from console.models.incidents import Incident, Verdict
from console.models.people import Actor, Role
from console.models.recording import HeldState, Lock, RecordMode, RecordPlan, Segment, SegmentState, Span
from console.models.site import Camera, CameraKind
from console.models.text import Text
from console.services import alarms, holding, incidents, locking, queries, recording, requests, retention
from tests.services.cases import OPERATOR, Bench, opened, signal

EAST, LOBBY = CameraId("cam-east"), CameraId("cam-lobby")
SUPERVISOR = Actor(person="zhao", name="赵", role=Role.SUPERVISOR, seat="1")


@pytest.fixture
def watched(bench: Bench) -> Bench:
    """The beam shows two cameras, of which one is recorded."""
    recorded = RecordPlan(mode=RecordMode.CONTINUOUS)
    cameras = tuple(
        Camera(id=name, number=n, name=Text("机", "Cam"), kind=CameraKind.SYNTHETIC, address="a", record=plan)
        for n, (name, plan) in enumerate([(EAST, recorded), (LOBBY, RecordPlan())], 1)
    )
    site = bench.ground.site
    points = tuple(
        replace(point, cameras=(EAST, LOBBY)) if point.id == PointId("beam-1") else point for point in site.points
    )
    bench.ground = replace(bench.ground, site=replace(site, cameras=cameras, points=points))
    return bench


def locks(bench: Bench) -> tuple[Lock, ...]:
    return bench.ask(lambda rx: rx.find(Lock))


def keep(bench: Bench, minutes_ago: float) -> Segment:
    begin = bench.clock.now() - timedelta(minutes=minutes_ago)
    segment = Segment(
        id=SegmentId(f"s{minutes_ago}"), camera=EAST, volume=VolumeId("d"), file=f"{minutes_ago}.ts",
        state=SegmentState.CLOSED, started_at=begin, ended_at=begin + timedelta(minutes=1), size_bytes=9, sha256="ab" * 32,
    )  # fmt: skip
    bench.do(recording.keep, (segment,))
    return segment


def test_that_a_case_locks_its_recorded_cameras_from_before_the_alarm(watched: Bench) -> None:
    _, case = opened(watched)
    (lock,) = locks(watched)
    assert (lock.camera, lock.incident, lock.holds) == (EAST, case.id, True)
    assert lock.from_at == case.detected_at - timedelta(seconds=300)
    assert lock.until_at > watched.clock.now() + timedelta(days=365)
    assert case.number in lock.reason


def test_that_retention_spares_what_an_open_case_locks(watched: Bench) -> None:
    segment = keep(watched, 1)
    opened(watched)
    watched.clock.advance(40 * 86400)
    assert watched.do(retention.due).segments == ()
    assert watched.do(retention.make_room, VolumeId("d"), 10**9).blocked
    (lock,) = locks(watched)
    watched.do(locking.release, lock.id, "已备份", by=SUPERVISOR)
    assert [one.id for one in watched.do(retention.due).segments] == [segment.id]


def test_that_a_closed_case_keeps_until_some_time_after_it(watched: Bench) -> None:
    _, case = opened(watched)
    watched.clock.advance(600)
    closed = watched.do(incidents.close, case.id, verdict=Verdict.REAL_OTHER, summary="x", by=OPERATOR)
    (lock,) = locks(watched)
    assert lock.holds
    assert lock.until_at == closed.closed_at + timedelta(seconds=300)


def test_that_what_a_person_locked_or_released_for_the_case_stays_so(watched: Bench) -> None:
    _, case = opened(watched)
    (own,) = locks(watched)
    watched.do(locking.release, own.id, "与本案无关", by=SUPERVISOR)
    far = watched.clock.now() + timedelta(days=9)
    hand = watched.do(locking.hold, LOBBY, case.detected_at, far, "律师要求", by=OPERATOR, incident=case.id)
    watched.do(incidents.close, case.id, verdict=Verdict.REAL_OTHER, summary="x", by=OPERATOR)
    found = {one.id: one for one in locks(watched)}
    assert set(found) == {own.id, hand.id}
    assert not found[own.id].holds
    assert found[hand.id].until_at == far


def test_that_a_drill_locks_nothing(watched: Bench) -> None:
    _, case = opened(watched)
    watched.do(lambda tx: [locking.release(tx, one.id, "x", by=SUPERVISOR) for one in tx.find(Lock)])
    other = replace(case, id="drill", drill=True)
    assert watched.do(holding.hold_case, other, by=OPERATOR) == ()


def test_that_the_report_of_a_case_names_what_is_locked_with_its_hashes(watched: Bench, tmp_path: Path) -> None:
    inside, outside = keep(watched, 2), keep(watched, 30)
    _, case = opened(watched)
    file = watched.ask(queries.incident_file, case.id, printed_by="x", data_dir=tmp_path)
    (kept,) = file.locked
    assert [one.id for one in kept.segments] == [inside.id]
    assert outside.id not in {one.id for one in kept.segments}


def test_that_the_report_of_a_case_has_the_requests_that_name_it_and_no_others(watched: Bench, tmp_path: Path) -> None:
    keep(watched, 2)
    _, case = opened(watched)
    watched.clock.advance(600)
    footage = watched.ask(requests.of_case, case.id)
    given = {
        "kind": RequestKind.COPY, "organisation": "", "requester": "张三", "document": "110", "purpose": "x",
        "cameras": footage.cameras, "from_at": footage.from_at, "until_at": footage.until_at, "by": OPERATOR,
    }  # fmt: skip
    first = watched.do(requests.ask_for, **given, incident=case.id)
    watched.do(requests.ask_for, **given)
    watched.clock.advance(60)
    second = watched.do(requests.ask_for, **given, incident=case.id)
    file = watched.ask(queries.incident_file, case.id, printed_by="x", data_dir=tmp_path)
    assert file.requests == (first, second)


def test_that_a_camera_of_an_alarm_that_joins_a_case_is_locked_at_once(watched: Bench) -> None:
    _, case = opened(watched)
    site, recorded = watched.ground.site, RecordPlan(mode=RecordMode.CONTINUOUS)
    cameras = tuple(replace(one, record=recorded) for one in site.cameras)
    points = tuple(replace(one, cameras=(LOBBY,)) if one.id == PointId("rule-1") else one for one in site.points)
    watched.ground = replace(watched.ground, site=replace(site, cameras=cameras, points=points))
    watched.clock.advance(60)
    joined = watched.do(alarms.receive, signal("rule-1", clock=watched.clock))
    assert joined.incident == case.id
    found = {one.camera: one for one in locks(watched)}
    assert set(found) == {EAST, LOBBY}
    assert found[LOBBY].from_at == case.detected_at - timedelta(seconds=300)
    assert found[LOBBY].until_at > watched.clock.now() + timedelta(days=365)
    assert (found[LOBBY].by, found[LOBBY].incident) == ("system", case.id)


def test_that_a_further_alarm_locks_nothing_twice_and_nothing_that_was_released(watched: Bench) -> None:
    _, case = opened(watched)
    (own,) = locks(watched)
    watched.do(locking.release, own.id, "与本案无关", by=SUPERVISOR)
    site = watched.ground.site
    points = tuple(replace(one, cameras=(EAST,)) if one.id == PointId("rule-1") else one for one in site.points)
    watched.ground = replace(watched.ground, site=replace(site, points=points))
    joined = watched.do(alarms.receive, signal("rule-1", clock=watched.clock))
    assert joined.incident == case.id
    assert [one.holds for one in locks(watched)] == [False]


def test_that_what_is_locked_says_whether_it_was_recorded_partly_missing_or_not_at_all(watched: Bench) -> None:
    def state(case: Incident) -> tuple[HeldState, float]:
        (kept,) = watched.ask(holding.locked_footage, case.id)
        return kept.state, kept.missing_s

    _, case = opened(watched)
    assert state(case) == (HeldState.NOTHING, 300.0)
    for minutes_ago in (5, 4, 3, 1):
        keep(watched, minutes_ago)
    assert state(case) == (HeldState.PARTLY, 60.0)
    begin = watched.clock.now()
    (kept,) = watched.ask(holding.locked_footage, case.id)
    assert kept.missing == (Span(begin - timedelta(minutes=2), begin - timedelta(minutes=1)),)
    keep(watched, 2)
    assert state(case) == (HeldState.RECORDED, 0.0)


def test_that_what_is_asked_for_of_a_case_is_what_it_locks_so_far(watched: Bench) -> None:
    _, case = opened(watched)
    watched.clock.advance(90.5)
    now = watched.clock.now().replace(microsecond=0)
    begin = case.detected_at - timedelta(seconds=300)
    found = watched.ask(requests.of_case, case.id)
    assert found == CaseFootage(
        incident=case.id, number=case.number, title=case.title, cameras=(EAST,), from_at=begin.replace(microsecond=0),
        until_at=now, shortened=False,
    )  # fmt: skip
    watched.clock.advance(30 * 86400)
    long = watched.ask(requests.of_case, case.id)
    assert long.shortened
    assert timedelta() < long.until_at - long.from_at < timedelta(days=30)
    for lock in locks(watched):
        watched.do(locking.release, lock.id, "已备份", by=SUPERVISOR)
    with pytest.raises(Refused, match=case.number):
        watched.ask(requests.of_case, case.id)


def test_that_a_request_for_a_case_names_it_and_keeps_its_own_locks_apart(watched: Bench) -> None:
    _, case = opened(watched)
    watched.clock.advance(120)
    found = watched.ask(requests.of_case, case.id)
    given = {
        "kind": RequestKind.COPY, "organisation": "", "requester": "张三", "document": "警官证", "purpose": "办案",
        "cameras": found.cameras, "from_at": found.from_at, "until_at": found.until_at, "by": OPERATOR,
    }  # fmt: skip
    asked = watched.do(requests.ask_for, **given, incident=case.id)
    assert watched.ask(requests.case_numbers, (asked,)) == {case.id: case.number}
    assert [one.lock.reason for one in watched.ask(holding.locked_footage, case.id)] == [lock.reason for lock in locks(watched)[:1]]
    assert {lock.incident for lock in locks(watched) if lock.id in asked.locks} == {None}
    assert replace(asked, incident=None).asked != asked.asked
    with pytest.raises(ConsoleError):
        watched.do(requests.ask_for, **given, incident="no-such-case")
