"""A canary of the punch receiver goes over its own HTTP, with the token of the readers."""

import pytest

from console.models.errors import ConsoleError
from console.models.ids import new_id
from console.models.signals import SignalKind
from console.sources import punch
from console.sources.source import Running
from tests.sources.conftest import Start, setup_of
from tests.sources.desk import Desk


def probe(running: Running, code: str, desk: Desk, **options: object) -> None:
    assert punch.SPEC.probe is not None
    punch.SPEC.probe(setup_of("punch", **options), running, desk.context().secrets, code)


@pytest.mark.parametrize("options", [{}, {"token": "door"}])
def test_that_the_token_comes_back_and_is_no_punch(punches: Start, desk: Desk, options: dict[str, str]) -> None:
    desk.secrets["door"] = "open sesame"
    token = new_id()
    probe(punches(**options), token, desk, **options)
    assert [(signal.kind, signal.code) for signal in desk.signals] == [(SignalKind.CANARY, token)]
    assert desk.punches == []
    assert all(health.heard_at is None for health in desk.health)


def test_that_a_wrong_token_of_the_readers_is_refused(punches: Start, desk: Desk) -> None:
    desk.secrets["door"] = "open sesame"
    running = punches(token="door")
    desk.secrets["door"] = "shut"
    with pytest.raises(ConsoleError, match="401"):
        probe(running, new_id(), desk, token="door")
    assert desk.signals == []


def test_that_a_canary_that_is_not_taken_is_told_to_who_sent_it_and_is_no_fault(punches: Start, desk: Desk) -> None:
    running = punches()
    desk.refuse = True
    with pytest.raises(ConsoleError, match="409"):
        probe(running, new_id(), desk)
    assert desk.ill == ""


def test_that_a_source_that_does_not_listen_says_so(desk: Desk) -> None:
    with pytest.raises(ConsoleError, match="does not listen"):
        probe(Running(), new_id(), desk)
