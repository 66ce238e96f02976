"""Silence, noise and closed ports are told in a sentence, once."""

import socket

import pytest

from console.models.clock import FakeClock
from console.sources import sia_dc09
from console.sources.sia_dc09.supervision import NOISE_S
from tests.sources.conftest import Start, setup_of
from tests.sources.desk import PATIENCE_S, Desk
from tests.sources.sia_dc09.test_receiver import dialler, is_silent, line_to, sia

EAST = {"account": "1234", "name": {"zh": "东区主机", "en": "East panel"}, "poll_s": 30}


@pytest.fixture
def stood(desk: Desk) -> FakeClock:
    """The desk's clock stands until the test moves it."""
    clock = FakeClock()
    desk.clock = clock
    return clock


def test_that_a_source_that_listens_is_well(dc09: Start, desk: Desk) -> None:
    dc09(accounts=[EAST])
    assert [health.healthy for health in desk.health] == [True]


def test_that_silence_of_three_polls_is_told_once_and_a_poll_ends_it(dc09: Start, desk: Desk, stood: FakeClock) -> None:
    running = dc09(accounts=[EAST, {"account": "5678"}])
    stood.advance(89)
    with dialler(running.address(), "5678") as other:
        assert other.poll().acknowledged  # somebody else's poll does not help
    stood.advance(2)
    desk.wait(lambda: desk.ill)
    assert desk.health[-1].sentence_zh == "东区主机（账号 1234）超过 90 秒没有消息。请检查设备电源和网络。"
    assert desk.health[-1].since_at == stood.now()
    stood.advance(600)
    with dialler(running.address()) as panel:
        assert panel.poll().acknowledged
    assert [(health.healthy, health.waits) for health in desk.health] == [
        (True, True), (True, False), (False, False), (True, False)
    ]
    assert desk.health[-1].heard_at == stood.now()


def test_that_an_alarm_counts_as_a_sign_of_life(dc09: Start, desk: Desk, stood: FakeClock) -> None:
    running = dc09(accounts=[EAST])
    with dialler(running.address()) as panel:
        for _ in range(5):
            stood.advance(80)
            assert panel.send("BA", "1").acknowledged
    assert [(health.healthy, health.waits) for health in desk.health] == [(True, True), (True, False)]


def test_that_two_silent_panels_are_both_named(dc09: Start, desk: Desk, stood: FakeClock) -> None:
    running = dc09(accounts=[EAST, {"account": "5678", "poll_s": 30}])
    stood.advance(100)
    desk.wait(lambda: "account 1234" in desk.ill and "account 5678" in desk.ill)
    with dialler(running.address(), "5678") as panel:
        assert panel.poll().acknowledged
    assert "5678" not in desk.ill
    assert "1234" in desk.ill


def test_that_an_unsupervised_panel_may_be_silent(dc09: Start, desk: Desk, stood: FakeClock) -> None:
    running = dc09(accounts=[{"account": "1234"}])
    stood.advance(1e6)
    with line_to(running.address()) as connection:
        assert is_silent(connection)  # which it proves by a poll
    assert [(health.healthy, health.waits) for health in desk.health] == [(True, True), (True, False)]


def test_that_a_noisy_line_is_forgotten_when_it_has_been_clean_for_long(
    dc09: Start, desk: Desk, stood: FakeClock
) -> None:
    running = dc09(accounts=[{"account": "1234"}])
    with line_to(running.address()) as connection:
        for _ in range(3):
            connection.sendall(sia(1, "NBA1").replace(b"NBA", b"NFA"))
        assert is_silent(connection)
        assert "127.0.0.1" in desk.ill
        stood.advance(NOISE_S + 1)
        desk.wait(lambda: not desk.ill)
    assert [health.healthy for health in desk.health if not health.waits] == [False, False, True]


def test_that_a_port_in_use_is_told_and_taken_as_soon_as_it_is_free(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        port = occupied.getsockname()[1]
        setup = setup_of("sia_dc09", accounts=[{"account": "1234"}])
        setup.options["port"] = port
        with sia_dc09.SPEC.start(setup, desk.context()) as running:
            desk.wait(lambda: desk.ill)
            assert desk.ill.startswith(f"Nothing can be received at 127.0.0.1:{port}: ")
            assert running.address() is None
            occupied.close()
            assert running.address(PATIENCE_S) == ("127.0.0.1", port)
            assert desk.ill == ""
            with dialler(running.address()) as panel:
                assert panel.send("BA", "1").acknowledged
