"""A canary goes over the receiver's own wire, from this machine only, and is never taken for anything else."""

import pytest

from console.models.errors import ConsoleError
from console.models.ids import new_id
from console.models.signals import SignalKind
from console.sources import sia_dc09
from console.sources.sia_dc09 import canary, wire
from console.sources.source import Running
from tests.sources.conftest import Start, setup_of
from tests.sources.desk import Desk

ACCOUNTS = [{"account": "1234", "poll_s": 30}]


def probe(running: Running, token: str, transport: str = "tcp", **options: object) -> None:
    assert sia_dc09.SPEC.probe is not None
    sia_dc09.SPEC.probe(setup_of("sia_dc09", transport=transport, **options), running, lambda name: name, token)


@pytest.mark.parametrize(("transport", "number"), [("tcp", 1), ("udp", 1), ("both", 2)])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_that_the_token_comes_back_over_every_transport(
    dc09: Start, desk: Desk, transport: str, number: int, host: str
) -> None:
    token = new_id()
    probe(dc09(accounts=ACCOUNTS, transport=transport, host=host), token, transport, host=host)
    assert [(signal.kind, signal.code) for signal in desk.signals] == [(SignalKind.CANARY, token)] * number
    assert all(token.encode() in signal.raw for signal in desk.signals)


def test_that_a_canary_is_no_sign_of_life_and_no_unknown_account(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=ACCOUNTS)
    probe(running, new_id())
    assert "unknown_account" not in desk.signals[0].details
    assert all(health.heard_at is None for health in desk.health)


def test_that_a_source_that_does_not_listen_says_so() -> None:
    with pytest.raises(ConsoleError, match="does not listen"):
        probe(Running(), new_id())


def test_that_a_closed_port_and_a_commit_that_fails_are_told(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=ACCOUNTS)
    desk.fail = 1
    with pytest.raises(ConsoleError, match="not acknowledged"):
        probe(running, new_id())
    closed = Running()
    closed.listening(("127.0.0.1", 9))
    with pytest.raises(ConsoleError, match="failed"):
        probe(closed, new_id())


@pytest.mark.parametrize(
    ("peer", "own", "here"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.9", "192.0.2.5", True),
        ("::1", "::", True),
        ("::ffff:127.0.0.1", "::", True),
        ("192.0.2.5", "192.0.2.5", True),
        ("192.0.2.6", "192.0.2.5", False),
        ("192.0.2.6", "0.0.0.0", False),
        ("0.0.0.0", "0.0.0.0", False),
        ("?", "?", False),
    ],
)
def test_that_only_this_machine_is_here(peer: str, own: str, here: bool) -> None:
    assert canary.is_from_here(peer, own) is here


@pytest.mark.parametrize("body", ["", "|NRP", "|N", "|NFA1"])
def test_that_a_canary_without_a_token_is_told_that_it_is_none_and_raises_nothing(
    dc09: Start, desk: Desk, body: str
) -> None:
    import socket

    address = dc09(accounts=ACCOUNTS).address()
    assert address is not None
    with socket.create_connection(address, 5) as line:
        line.sendall(wire.frame(f'"SIA-DCS"0001L0#{canary.ACCOUNT}[#{canary.ACCOUNT}{body}]'.encode()))
        assert b'"DUH"' in line.recv(4096)
    assert desk.signals == []
