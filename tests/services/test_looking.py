"""How far back somebody may look: an operator by the setting, and beyond it exactly what their own approved request covers."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from console.models.errors import NotPermitted, Refused
from console.models.footage import FootageRequest, RequestKind
from console.models.ids import CameraId
from console.models.people import Actor, Role
from console.models.playback import Purpose
from console.models.reach import Grant, Reach
from console.services import playback, requests, viewings
from tests.services.post import PostInHand
from tests.services.test_requests import Register

EAST, WEST, NORTH = CameraId("cam-1"), CameraId("cam-2"), CameraId("cam-3")


@pytest.fixture
def register(post: PostInHand) -> Register:
    return Register(post)


def asked(register: Register, role: Role = Role.OPERATOR, kind: RequestKind = RequestKind.VIEWING) -> FootageRequest:
    """Three days ago from 14:00 to 15:00 by the post's clock at noon, of two cameras."""
    begin = register.post.clock.now() - timedelta(days=3)
    return register.ask(role, kind=kind, from_at=begin, until_at=begin + timedelta(hours=1))


def may(register: Register, camera: CameraId, at: datetime, by: Actor) -> bool:
    """Whether the desk lets somebody begin to look."""
    try:
        register.post.do(playback.look, camera, at, at, by=by)
    except Refused:
        return False
    return True


def test_that_an_approved_request_opens_its_cameras_and_its_range_to_who_put_it_on_record(register: Register) -> None:
    operator = register.by(Role.OPERATOR)
    request = asked(register)
    middle, second = request.from_at + timedelta(minutes=30), timedelta(seconds=1)
    assert not may(register, EAST, middle, operator), "nobody has approved it yet"
    register.decide(request)
    moments = (request.from_at - second, request.from_at, middle, request.until_at, request.until_at + second)
    assert [may(register, EAST, at, operator) for at in moments] == [False, True, True, True, False]
    assert may(register, WEST, middle, operator)
    assert not may(register, NORTH, middle, operator), "a camera that was not asked for"
    other = register.post.enter("other", Role.OPERATOR)
    colleague = Actor(person=other.id, name=other.name, role=other.role, seat="2")
    assert not may(register, EAST, middle, colleague), "somebody else's request"
    assert may(register, NORTH, request.from_at, register.by(Role.LEADER)), "leaders have no limit"


def test_that_the_register_names_the_request_and_what_it_was_for(register: Register) -> None:
    post, operator = register.post, register.by(Role.OPERATOR)
    request = register.decide(asked(register))
    end = request.from_at + timedelta(seconds=40)
    post.do(playback.look, EAST, request.from_at, request.from_at, reason="", request="", by=operator)
    post.do(playback.look, EAST, request.from_at, end, ended=True, by=operator)
    post.do(playback.look, WEST, request.from_at, request.from_at, reason="the bag", request="", by=operator)
    now = post.clock.now()
    seen = {one.camera: one.purpose for one in post.ask(viewings.viewings, now - timedelta(days=1), now + timedelta(days=1))}
    assert seen == {
        EAST: Purpose(reason=request.purpose, request=request.number),
        WEST: Purpose(reason="the bag", request=request.number),
    }


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (Purpose(), Purpose(reason="lost bag", request="2026-0007")),
        (Purpose(reason="the bag"), Purpose(reason="the bag", request="2026-0007")),
        (Purpose(reason="the bag", request="2026-0007"), Purpose(reason="the bag", request="2026-0007")),
        (Purpose(request="2026-0007"), Purpose(reason="lost bag", request="2026-0007")),
        (Purpose(reason="a crash", request="2026-0008"), Purpose(reason="lost bag", request="2026-0007")),
    ],
)
def test_that_what_a_request_opens_is_looked_at_for_it_and_nothing_said_of_another(said: Purpose, written: Purpose) -> None:
    grant = Grant(request="2026-0007", reason="lost bag", cameras=(EAST,), from_s=0.0, until_s=9.0, over_s=99.0)
    assert grant.purpose(said) == written
    assert grant.purpose(written) == written, "said again as it was written, it stays"


def test_that_what_lies_within_ones_own_limit_names_no_request(register: Register) -> None:
    post, operator = register.post, register.by(Role.OPERATOR)
    now = post.clock.now()
    register.decide(register.ask(kind=RequestKind.VIEWING, from_at=now - timedelta(hours=25), until_at=now - timedelta(hours=1)))
    at = now - timedelta(hours=2)
    post.do(playback.look, EAST, at, at, reason="rounds", by=operator)
    (seen,) = post.ask(viewings.viewings, now - timedelta(days=1), now + timedelta(days=1))
    assert seen.purpose == Purpose(reason="rounds")


@pytest.mark.parametrize("end", ["withdrawn", "shown", "expired", "altered", "a copy"])
def test_that_nothing_is_open_any_more_when_the_request_is_over_or_is_another(register: Register, end: str) -> None:
    post, operator = register.post, register.by(Role.OPERATOR)
    request = asked(register, kind=RequestKind.COPY if end == "a copy" else RequestKind.VIEWING)
    approved = register.decide(request)
    if end != "a copy":
        assert may(register, EAST, request.from_at, operator)
        assert [one.request for one in post.ask(playback.grants, operator)] == [request.number]
    if end == "withdrawn":
        register.decide(approved, Role.SUPERVISOR, approve=False, why="not needed")
    elif end == "shown":
        post.do(requests.shown, request.id, to="张三", by=operator)
    elif end == "expired":
        hours = 5.0
        post.set(video_viewing_approved_h=hours)
        post.clock.advance(hours * 3600 - 60)
        assert may(register, EAST, request.from_at, operator)
        post.clock.advance(120)
    elif end == "altered":
        widened = replace(approved, cameras=(*approved.cameras, NORTH))
        post.do(lambda tx: tx.put(widened))
    assert not may(register, EAST, request.from_at, operator)
    assert post.ask(playback.grants, operator) == ()


def test_that_a_request_lends_no_right_to_who_may_not_watch_or_ask(register: Register) -> None:
    with pytest.raises(NotPermitted):
        asked(register, Role.ADMINISTRATOR)
    assert register.post.ask(playback.grants, None) == ()


def test_that_a_grant_is_exact_and_the_way_out_of_it_leads_to_its_nearest_edge() -> None:
    grant = Grant(request="2026-0007", reason="x", cameras=(EAST,), from_s=100.0, until_s=200.0, over_s=1e9)
    reach = Reach(since_s=1000.0, grants=(grant,))
    assert [reach.open(EAST, at_s) for at_s in (99.9, 100.0, 200.0, 200.1, 999.9, 1000.0)] == [False, True, True, False, False, True]
    assert [reach.nearest((WEST, EAST), at_s) for at_s in (50.0, 150.0, 210.0, 900.0, 2000.0)] == [100.0, 150.0, 200.0, 1000.0, 2000.0]
    assert reach.nearest((WEST,), 150.0) == 1000.0
    assert [reach.shows(EAST, taken_s) for taken_s in (98.0, 99.0, 150.0, 200.1, 930.0, 950.0)] == [False, True, True, False, False, True]
    assert reach.within(EAST, 150.0, 1500.0) == ((150.0, 200.0), (1000.0, 1500.0))
    assert reach.within(WEST, 150.0, 900.0) == ()
    assert Reach().within(EAST, 1.0, 2.0) == ((1.0, 2.0),)
    assert Reach().grant(EAST, 150.0) is None
