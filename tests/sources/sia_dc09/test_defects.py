"""Every defect that receivers of DC-09 are known for, sent over the real wire: each is answered rightly and kept whole.

The cases are those in which a widely used receiver was measured to lose, cut or repeat alarms.
"""

import socket
from dataclasses import dataclass, field
from typing import Any

import pytest

from console.models.clock import FakeClock
from console.models.signals import SignalKind
from console.sources.sia_dc09 import wire
from tests.sources.conftest import Start
from tests.sources.desk import PATIENCE_S, Desk

KEYS = {128: "00112233445566778899aabbccddeeff", 192: "01" * 24, 256: "02" * 32}
ACCOUNTS = [
    {"account": "1234", "zones": {"12": "door-east", "3": "hall"}},
    *({"account": f"E{bits}", "key": f"key-{bits}"} for bits in KEYS),
]


def dcs(data: str, sequence: int = 1, *, extended: str = "", encoding: str = "utf-8", receiver: str = "") -> bytes:
    """A frame of the account 1234."""
    body = f'"SIA-DCS"{sequence:04d}{receiver}L0#1234[#1234|{data}]{extended}'
    return wire.frame(body.encode(encoding))


def cid(block: str, sequence: int = 1) -> bytes:
    """A frame of the account 1234 in Contact ID."""
    return wire.frame(f'"ADM-CID"{sequence:04d}L0#1234[#1234|{block}]'.encode())


def encrypted(bits: int, clock: FakeClock, late_s: float = 0.0) -> bytes:
    """A frame in cipher, sent so long ago."""
    account = f"E{bits}"
    sent = wire.stamp(clock.now()).encode() if not late_s else _stamp(clock, late_s)
    content = wire.encrypt(bytes.fromhex(KEYS[bits]), f"#{account}|NFA3]".encode() + sent)
    return wire.frame(f'"*SIA-DCS"0001L0#{account}['.encode() + content)


def _stamp(clock: FakeClock, late_s: float) -> bytes:
    from datetime import timedelta

    return wire.stamp(clock.now() - timedelta(seconds=late_s)).encode()


@dataclass(frozen=True)
class Case:
    """What is written to the wire, in which portions; what is answered, and what the house is told of."""

    writes: tuple[bytes, ...]
    answers: tuple[bytes, ...] = (b'"ACK"0001L0#1234[]',)
    told: tuple[dict[str, Any], ...] = ({"kind": SignalKind.ALARM},)
    repeated: int = 0
    details: dict[str, Any] = field(default_factory=dict)


TWO = dcs("Nri1/BA12", 1), dcs("Nri1/FA3", 2)
HALF = dcs("Nri1/BA12")
CASES = {
    "without an R field": Case((dcs("NBA12"),)),
    "with an R field": Case((dcs("NBA12", receiver="R1"),), (b'"ACK"0001R1L0#1234[]',)),
    "two frames in one read": Case(
        (TWO[0] + TWO[1],),
        (b'"ACK"0001L0#1234[]', b'"ACK"0002L0#1234[]'),
        ({"alarm_class": "intrusion"}, {"alarm_class": "fire"}),
    ),
    "half a frame, then the rest": Case((HALF[:20], HALF[20:]), told=({"point": "door-east"},)),
    "the same frame twice": Case((HALF, HALF), (b'"ACK"0001L0#1234[]',) * 2, ({"point": "door-east"},), repeated=1),
    "Chinese in UTF-8": Case(
        (dcs("NBA12", extended="[I二楼西侧红外]"),), told=({"text_zh": "盗窃报警 防区 12 二楼西侧红外"},)
    ),
    "Chinese in GB18030": Case(
        (dcs("NBA12", extended="[I二楼西侧红外]", encoding="gb18030"),),
        told=({"text_zh": "盗窃报警 防区 12 二楼西侧红外"},),
    ),
    "an unknown code": Case((dcs("NZQ12"),), details={"unknown_code": True}),
    "two events in one frame": Case(
        (dcs("Nri1/BA12/FA3"),), told=({"alarm_class": "intrusion"}, {"alarm_class": "fire", "point": "hall"})
    ),
    "a restore of Contact ID": Case(
        (cid("3130 01 012"),), told=({"kind": SignalKind.RESTORE, "alarm_class": "intrusion", "code": "3130"},)
    ),
    "still present in Contact ID": Case((cid("6130 01 012"),), details={"still_present": True}),
    "a trailing NUL": Case((dcs("NBA12") + b"\0", dcs("NBR12", 2) + b"\0\0"),
        (b'"ACK"0001L0#1234[]', b'"ACK"0002L0#1234[]'),
        ({"kind": SignalKind.ALARM}, {"kind": SignalKind.RESTORE}),
    ),
    "a binary CRC": Case((wire.frame(b'"SIA-DCS"0001L0#1234[#1234|NBA12]', binary_crc=True),)),
    "a poll": Case((wire.frame(b'"NULL"0000L0#1234[]'),), (b'"ACK"0000L0#1234[]',), ()),
}  # fmt: skip


def exchanged(address: tuple[str, int] | None, writes: tuple[bytes, ...], number: int) -> list[wire.Frame]:
    """Write the portions, and wait for so many answers."""
    assert address is not None
    framer, found = wire.Framer(), []
    with socket.create_connection(address, PATIENCE_S) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for portion in writes:
            line.sendall(portion)
        while len(found) < number:
            data = line.recv(4096)
            assert data, found
            found += framer.feed(data)
    return found


@pytest.mark.parametrize("name", CASES)
def test_that_no_known_defect_loses_cuts_or_repeats_an_alarm(name: str, dc09: Start, desk: Desk) -> None:
    desk.secrets |= {f"key-{bits}": key for bits, key in KEYS.items()}
    case = CASES[name]
    running = dc09(accounts=ACCOUNTS)
    answers = exchanged(running.address(), case.writes, len(case.answers))
    assert tuple(frame.body for frame in answers) == case.answers
    assert all(frame.crc_ok and frame.length_ok for frame in answers)
    assert {frame.binary_crc for frame in answers} == {name == "a binary CRC"}
    assert len(desk.signals) == len(case.told)
    assert len(desk.duplicates) == case.repeated
    for signal, told in zip(desk.signals, case.told, strict=True):
        assert {key: getattr(signal, key) for key in told} == told
        assert signal.raw in b"".join(case.writes)
        assert case.details.items() <= signal.details.items()


@pytest.mark.parametrize("bits", KEYS)
def test_that_each_length_of_key_is_read_with_the_key_of_its_own_account(bits: int, dc09: Start, desk: Desk) -> None:
    desk.secrets |= {f"key-{each}": key for each, key in KEYS.items()}
    desk.clock = clock = FakeClock()
    (answer,) = exchanged(dc09(accounts=ACCOUNTS).address(), (encrypted(bits, clock),), 1)
    assert answer.body.startswith(f'"*ACK"0001L0#E{bits}['.encode())
    (signal,) = desk.signals
    assert (signal.alarm_class, signal.point) == ("fire", f"dc09:E{bits}/3")


@pytest.mark.parametrize(("late_s", "verdict"), [(39.0, b'"*ACK"'), (41.0, b'"NAK"'), (-19.0, b'"*ACK"'), (-21.0, b'"NAK"')])
def test_that_the_time_window_is_kept_to_the_second(late_s: float, verdict: bytes, dc09: Start, desk: Desk) -> None:
    desk.secrets |= {f"key-{each}": key for each, key in KEYS.items()}
    desk.clock = clock = FakeClock()
    (answer,) = exchanged(dc09(accounts=ACCOUNTS).address(), (encrypted(128, clock, late_s),), 1)
    assert answer.body.startswith(verdict)
    assert len(desk.signals) == (verdict == b'"*ACK"')
