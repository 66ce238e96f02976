"""The pretend panel keeps a message until it is answered, and believes only answers that are meant for it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from console.demo.panel import Dialler
from console.models.clock import FakeClock
from console.sources.sia_dc09 import wire
from console.sources.sia_dc09.answers import Verdict
from tests.sources.desk import PATIENCE_S

GOOD = b'"ACK"0001L0#1234[]'


@contextmanager
def receiver(*answers: bytes) -> Iterator[tuple[tuple[str, int], list[bytes]]]:
    """A receiver that gives these bytes to one frame after another, and hangs up where they are empty."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENCE_S)

        def serve() -> None:
            waiting = list(answers)
            while waiting:
                connection, _address = listening.accept()
                connection.settimeout(PATIENCE_S)
                framer = wire.Framer()
                with connection:
                    while waiting and (data := connection.recv(4096)):
                        for frame in framer.feed(data):
                            heard.append(frame.raw)
                            connection.sendall(waiting[0])
                        if heard and not waiting.pop(0):
                            break

        server = threading.Thread(target=serve)
        server.start()
        yield listening.getsockname(), heard
        server.join()


def test_that_a_message_is_sent_again_with_the_same_bytes_until_it_is_answered() -> None:
    with (
        receiver(b"", b"", wire.frame(GOOD)) as (address, heard),
        Dialler(*address, "1234", timeout_s=PATIENCE_S) as panel,
    ):
        reply = panel.send("BA", "1")
    assert (reply.verdict, reply.attempts) == (Verdict.ACK, 3)
    assert len(heard) == 3
    assert len(set(heard)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        wire.frame(b'"ACK"0002L0#1234[]'),
        wire.frame(b'"ACK"0001L0#5678[]'),
        wire.frame(GOOD).replace(b"ACK", b"AKC"),
        wire.frame(b'"SIA-DCS"0001L0#1234[]'),
        b"\nrubbish\r",
    ],
)
def test_that_answers_to_others_and_damaged_ones_are_passed_over(answer: bytes) -> None:
    with (
        receiver(answer + wire.frame(GOOD)) as (address, _heard),
        Dialler(*address, "1234", timeout_s=PATIENCE_S) as panel,
    ):
        reply = panel.send("BA", "1")
    assert reply.acknowledged
    assert reply.raw == wire.frame(GOOD)


def test_that_a_duh_ends_the_attempts() -> None:
    with (
        receiver(wire.frame(b'"DUH"0001L0#1234[]')) as (address, heard),
        Dialler(*address, "1234", timeout_s=PATIENCE_S) as panel,
    ):
        reply = panel.send("BA", "1")
    assert (reply.verdict, reply.attempts, len(heard)) == (Verdict.DUH, 1, 1)


def test_that_nobody_listening_is_silence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = taken.getsockname()
    with Dialler(*address, "1234", timeout_s=0.2, attempts=2) as panel:
        reply = panel.send("BA", "1")
    assert (reply.verdict, reply.attempts) == (Verdict.SILENCE, 2)


def test_that_messages_are_numbered_from_one_and_polls_zero() -> None:
    clock = FakeClock()
    panel = Dialler("127.0.0.1", 1, "1234", clock=clock, receiver="1", line="2")
    panel._sequence = 9998
    with receiver(*[wire.frame(b'"ACK"%04dR1L2#1234[]' % number) for number in (9999, 1, 0)]) as (address, heard):
        panel._address = address
        assert panel.send("BA", "7", "门", area="2", extended={"V": "http://h"}).acknowledged
        assert panel.send("1130", "7", area="2").acknowledged
        assert panel.poll().acknowledged
        panel.hang_up()
    assert [wire.Framer().feed(raw)[0].body.decode() for raw in heard] == [
        '"SIA-DCS"9999R1L2#1234[#1234|Nri2/BA7^门^][Vhttp://h]_12:00:00,03-14-2026',
        '"ADM-CID"0001R1L2#1234[#1234|1130 02 007]_12:00:00,03-14-2026',
        '"NULL"0000R1L2#1234[]_12:00:00,03-14-2026',
    ]
