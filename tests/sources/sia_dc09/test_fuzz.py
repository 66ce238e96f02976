"""Whatever arrives, the receiver goes on and the next alarm comes through."""

import contextlib
import socket
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.sources.sia_dc09 import wire
from tests.sources.conftest import Start
from tests.sources.desk import PATIENCE_S, Desk
from tests.sources.sia_dc09.test_receiver import dialler

EAST = {"account": "1234", "zones": {"1": "p"}, "key": "east"}
OTHER = {"account": "5678"}
KEY = bytes(range(16))

names = st.sampled_from(
    ["SIA-DCS", "ADM-CID", "NULL", "XNM", "*SIA-DCS", "*ADM-CID", "*NULL", "ACK", "RSP", "SIA-PUL", "X"]
)
tails = st.one_of(
    st.binary(max_size=120),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")),
    st.text("#1234|NORBAFTZQri/^_[]0123456789:,-A ", max_size=80).map(str.encode),
)
bodies = st.builds(
    lambda name, number, account, tail: f'"{name}"{number:04d}L0#{account}['.encode() + tail,
    names,
    st.integers(0, 9999),
    st.sampled_from(["1234", "5678", "FFFF"]),
    tails,
)
clean = st.one_of(bodies, tails.map(lambda tail: b'"' + tail)).map(
    lambda body: body.replace(b"\r", b"").replace(b"\n", b"")
)
hidden = st.builds(
    lambda name, tail: f'"*{name}"0001L0#1234['.encode() + wire.encrypt(KEY, tail),
    st.sampled_from(["SIA-DCS", "ADM-CID", "NULL"]),
    tails,
)
pieces = st.lists(
    st.one_of(st.binary(max_size=200), clean.map(wire.frame), hidden.map(wire.frame)), min_size=1, max_size=8
)


@pytest.fixture
def address(dc09: Start, desk: Desk) -> Any:
    desk.secrets["east"] = KEY.hex()
    return dc09(accounts=[EAST, OTHER], transport="both").address()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=150)
@given(pieces=pieces)
def test_that_no_bytes_stop_the_receiver_or_make_it_fail(address: Any, desk: Desk, pieces: list[bytes]) -> None:
    with socket.create_connection(address, PATIENCE_S) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"".join(pieces))
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        for piece in pieces:
            udp.sendto(piece, address)
    kept = len(desk.signals)
    with dialler(address, "5678") as panel:
        assert panel.send("FA", "1").acknowledged
    assert "FA" in [signal.code for signal in desk.signals[kept:]] or desk.duplicates
    assert not any("has failed" in health.sentence_en for health in desk.health)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=100)
@given(body=clean)
def test_that_every_whole_frame_is_answered_or_kept_or_a_mere_answer(address: Any, desk: Desk, body: bytes) -> None:
    """Nothing that came over whole vanishes: what gets no answer is at least kept for the watch."""
    kept = desk.asked
    with socket.create_connection(address, PATIENCE_S) as connection:
        connection.sendall(wire.frame(body) + wire.frame(b'"NULL"0000L0#5678[]'))
        connection.shutdown(socket.SHUT_WR)
        framer, found = wire.Framer(), []
        while data := connection.recv(65536):
            found += framer.feed(data)
    assert found[-1].body.startswith(b'"ACK"0000')
    quiet = body.startswith((b'"ACK"', b'"RSP"'))
    assert len(found) == 2 or desk.asked > kept or quiet
