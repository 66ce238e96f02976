"""Pictures taken by hand, live or of a recording: they join the open case of their camera, and nobody keeps what they may not see."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from console.models.errors import Refused
from console.models.events import EvidenceKept
from console.models.footage import RequestKind
from console.models.ids import CameraId, EvidenceId, PointId, new_id
from console.models.incidents import Verdict
from console.models.people import Actor, Role
from console.models.site import Camera, CameraKind
from console.models.text import Text
from console.models.trust import Evidence, EvidenceKind
from console.services import alarms, evidence, incidents, queue
from tests.services.cases import LEADER, OPERATOR, Bench, opened, signal
from tests.services.post import PostInHand
from tests.services.test_requests import Register

EAST, LOBBY = CameraId("cam-east"), CameraId("cam-lobby")


@pytest.fixture
def watched(bench: Bench) -> Bench:
    """The beam shows a camera; another stands elsewhere."""
    cameras = tuple(
        Camera(id=name, number=n, name=Text("机", "Cam"), kind=CameraKind.SYNTHETIC, address="a")
        for n, name in enumerate((EAST, LOBBY), 1)
    )
    site = bench.ground.site
    points = tuple(replace(one, cameras=(EAST,)) if one.id == PointId("beam-1") else one for one in site.points)
    bench.ground = replace(bench.ground, site=replace(site, cameras=cameras, points=points))
    return bench


def picture(camera: CameraId, at: datetime) -> Evidence:
    name = EvidenceId(new_id())
    return Evidence(
        id=name, kind=EvidenceKind.SNAPSHOT, file=f"{name}.jpg", size_bytes=3, sha256="ab" * 32,
        taken_at=at, camera=camera, details={"width_px": 2},
    )  # fmt: skip


def take(bench: Any, camera: CameraId, at: datetime, by: Actor = OPERATOR, *, recorded: bool = False) -> Evidence:
    return bench.do(evidence.keep_taken, picture(camera, at), recorded=recorded, by=by)


def test_that_a_picture_joins_the_open_case_of_its_camera_and_is_on_record(watched: Bench) -> None:
    _, case = opened(watched)
    watched.clock.advance(120)
    now = watched.clock.now()
    live = take(watched, EAST, now)
    before = case.detected_at - timedelta(seconds=299)
    recorded = take(watched, EAST, before, recorded=True)
    assert (live.incident, recorded.incident, recorded.taken_at) == (case.id, case.id, before)
    assert watched.ask(evidence.case_number, case.id) == case.number
    told = watched.said(EvidenceKept)
    assert [(one.by, one.evidence) for one in told] == [(OPERATOR.person, live), (OPERATOR.person, recorded)]
    assert watched.ask(lambda rx: rx.find(Evidence, incident=case.id)) == (live, recorded)


def test_that_another_camera_an_earlier_time_and_a_closed_case_are_left_alone(watched: Bench) -> None:
    _, case = opened(watched)
    assert take(watched, LOBBY, watched.clock.now()).incident is None
    assert take(watched, EAST, case.detected_at - timedelta(seconds=301), recorded=True).incident is None
    watched.clock.advance(60)
    watched.do(incidents.close, case.id, verdict=Verdict.FALSE_ENVIRONMENT, cause="cat", summary="a cat", by=LEADER)
    assert take(watched, EAST, watched.clock.now()).incident is None


def test_that_of_two_open_cases_the_newest_one_gets_it(watched: Bench) -> None:
    opened(watched)
    watched.clock.advance(3600)
    site = watched.ground.site
    points = tuple(replace(one, cameras=(EAST,)) if one.id == PointId("rule-1") else one for one in site.points)
    watched.ground = replace(watched.ground, site=replace(site, points=points))
    alarm = watched.do(alarms.receive, signal("rule-1", clock=watched.clock))
    watched.do(queue.acknowledge, alarm.id, by=OPERATOR)
    case = watched.do(incidents.open_for, alarm.id, by=OPERATOR)
    assert take(watched, EAST, watched.clock.now()).incident == case.id


def test_that_nobody_keeps_a_picture_of_a_recording_that_they_may_not_look_at(post: PostInHand) -> None:
    register = Register(post)
    operator, leader = register.by(Role.OPERATOR), register.by(Role.LEADER)
    camera, long_ago = CameraId("cam-1"), post.clock.now() - timedelta(days=2)
    with pytest.raises(Refused):
        take(post, camera, long_ago, operator, recorded=True)
    assert post.find(Evidence) == ()
    assert take(post, camera, long_ago, leader, recorded=True).by is None
    request = register.ask(
        kind=RequestKind.VIEWING, from_at=long_ago - timedelta(minutes=1), until_at=long_ago + timedelta(minutes=1)
    )
    register.decide(request)
    kept = take(post, camera, long_ago, operator, recorded=True)
    assert kept.details == {"width_px": 2, "request": request.number}
    with pytest.raises(Refused):
        take(post, CameraId("cam-3"), long_ago, operator, recorded=True)
