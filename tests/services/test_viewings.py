"""Who looked at recordings, told out of the journal; what for, and against which request."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from console.models.errors import Refused
from console.models.footage import FootageRequest, RequestId, RequestKind, RequestState
from console.models.ids import CameraId
from console.models.people import Actor
from console.models.playback import Purpose, Viewing, purpose_of
from console.services import playback, viewings
from tests.services.cases import LEADER, OPERATOR, Bench

EAST, WEST = CameraId("cam-east"), CameraId("cam-west")
DAY = timedelta(days=1)


def look(bench: Bench, from_s: float, until_s: float, *, by: Actor = OPERATOR, camera: CameraId = EAST, why: str = "",
         left: bool = True) -> None:  # fmt: skip
    begin = bench.clock.now()
    from_at, until_at = (begin - timedelta(seconds=3600 - at_s) for at_s in (from_s, until_s))
    bench.do(playback.look, camera, from_at, from_at, by=by, reason=why)
    if left:
        bench.clock.advance(60)
        bench.do(playback.look, camera, from_at, until_at, ended=True, by=by, reason=why)


def register(bench: Bench) -> tuple[Viewing, ...]:
    now: datetime = bench.clock.now()
    return bench.ask(viewings.viewings, now - DAY, now + DAY)


def test_that_a_session_is_one_line_with_camera_range_person_and_purpose(bench: Bench) -> None:
    begun = bench.clock.now()
    look(bench, 0, 45, why="事件 7")
    (one,) = register(bench)
    assert (one.camera, one.by, one.seat, one.purpose) == (EAST, OPERATOR.person, "1", Purpose(reason="事件 7"))
    assert (one.begun_at, one.ended_at) == (begun, begun + timedelta(seconds=60))
    assert (one.until_at - one.from_at).total_seconds() == 45


def test_that_a_session_that_was_never_left_stands_in_the_register_too(bench: Bench) -> None:
    look(bench, 0, 45)
    look(bench, 600, 600, left=False)
    found = register(bench)
    assert [one.ended_at is None for one in found] == [True, False]
    assert found[0].from_at == found[0].until_at


def test_that_two_people_at_two_cameras_are_not_mixed_up(bench: Bench) -> None:
    begin = bench.clock.now() - timedelta(seconds=600)
    for camera, by in ((EAST, OPERATOR), (WEST, OPERATOR), (EAST, LEADER)):
        bench.do(playback.look, camera, begin, begin, by=by)
    for seconds, camera, by in ((10, EAST, LEADER), (20, EAST, OPERATOR), (30, WEST, OPERATOR)):
        bench.do(playback.look, camera, begin, begin + timedelta(seconds=seconds), ended=True, by=by)
    seen = {(one.camera, one.by): (one.until_at - one.from_at).total_seconds() for one in register(bench)}
    assert seen == {(EAST, LEADER.person): 10, (EAST, OPERATOR.person): 20, (WEST, OPERATOR.person): 30}


def test_that_the_month_holds_what_was_begun_in_it_oldest_first(bench: Bench) -> None:
    look(bench, 0, 1)
    look(bench, 600, 601)
    month = bench.clock.now().strftime("%Y-%m")
    found = bench.ask(viewings.of_month, month)
    assert [one.begun_at for one in found] == sorted(one.begun_at for one in found)
    assert len(found) == 2
    assert bench.ask(viewings.of_month, "2019-01") == ()


def test_that_a_number_in_front_of_a_purpose_is_a_request(bench: Bench) -> None:
    assert purpose_of("#2026-0007 where he went") == Purpose(reason="where he went", request="2026-0007")
    assert purpose_of("2026-0007 where he went") == Purpose(reason="2026-0007 where he went")
    assert purpose_of(Purpose(reason="a", request="b").text) == Purpose(reason="a", request="b")


def test_that_only_an_approved_request_is_a_purpose_and_lends_its_own(bench: Bench) -> None:
    now = bench.clock.now()
    request = FootageRequest(
        id=RequestId("r"), number="2026-0007", kind=RequestKind.VIEWING, organisation="", requester="a", document="b",
        purpose="派出所查阅", cameras=(EAST,), from_at=now - DAY, until_at=now, asked_at=now, asked_by=OPERATOR.person,
    )  # fmt: skip
    bench.do(lambda tx: tx.put(request))
    with pytest.raises(Refused):
        bench.ask(viewings.purpose, "#2026-0007")
    with pytest.raises(Refused):
        bench.ask(viewings.purpose, "#2026-0008")
    bench.do(lambda tx: tx.put(_approved(request)))
    assert bench.ask(viewings.purpose, "#2026-0007") == Purpose(reason="派出所查阅", request="2026-0007")


def _approved(request: FootageRequest) -> FootageRequest:
    return replace(request, state=RequestState.APPROVED, rev=request.rev + 1)
