"""The receiver on a real socket: persist, then answer; nothing is lost and nothing stops it."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from console.demo.panel import Dialler
from console.models.clock import FakeClock
from console.models.signals import SignalKind
from console.sources.sia_dc09 import wire
from console.sources.sia_dc09.answers import Verdict
from tests.sources.conftest import Start
from tests.sources.desk import ENDS_WITHIN_S, PATIENCE_S, Desk

EAST = {"account": "1234", "name": {"zh": "东区主机", "en": "East panel"}, "zones": {"12": "door-east"}}
KEY = "00112233445566778899aabbccddeeff"


@contextlib.contextmanager
def line_to(address: tuple[str, int] | None) -> Iterator[socket.socket]:
    """A bare connection to a receiver."""
    assert address is not None
    with socket.create_connection(address, PATIENCE_S) as connection:
        yield connection


def answers(connection: socket.socket, number: int) -> list[wire.Frame]:
    """Wait for so many answers."""
    framer, found = wire.Framer(), []
    while len(found) < number:
        data = connection.recv(4096)
        assert data, found
        found += framer.feed(data)
    return found


def sia(sequence: int, data: str, account: str = "1234") -> bytes:
    return wire.frame(f'"SIA-DCS"{sequence:04d}L0#{account}[#{account}|{data}]'.encode())


def is_silent(connection: socket.socket, account: str = "1234") -> bool:
    """Whether nothing waits to be read before the answer to a poll that is sent now."""
    connection.sendall(wire.frame(f'"NULL"0000L0#{account}[]'.encode()))
    (answer,) = answers(connection, 1)
    return answer.body.startswith(b'"ACK"0000')


def dialler(address: tuple[str, int] | None, account: str = "1234", **how: object) -> Dialler:
    assert address is not None
    return Dialler(*address, account, **{"timeout_s": PATIENCE_S, **how})  # type: ignore[arg-type]


# ------------------------------------------------------------------ persist, then answer


def test_that_an_alarm_is_acknowledged_after_it_is_on_disk(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST])
    desk.gate.clear()
    with line_to(running.address()) as connection:
        connection.sendall(sia(1, "Nri1/BA12^二楼西侧红外^"))
        desk.wait(lambda: desk.asked == 1)
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(PATIENCE_S)
        desk.gate.set()
        (answer,) = answers(connection, 1)
    assert answer.body == b'"ACK"0001L0#1234[]'
    assert (answer.crc_ok, answer.length_ok) == (True, True)
    (signal,) = desk.signals
    assert (signal.kind, signal.point, signal.code, signal.alarm_class, signal.priority) == (
        SignalKind.ALARM,
        "door-east",
        "BA",
        "intrusion",
        2,
    )
    assert signal.text_zh == "盗窃报警 防区 12 二楼西侧红外"
    assert signal.raw == sia(1, "Nri1/BA12^二楼西侧红外^")
    assert signal.sender.startswith("127.0.0.1:")


@pytest.mark.expects_log("not on disk")
def test_that_a_failed_commit_gets_no_ack_and_the_repetition_is_kept_exactly_once(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST])
    desk.fail = 2
    with line_to(running.address()) as connection:
        for _ in range(2):
            connection.sendall(sia(1, "NFA3"))
            assert is_silent(connection)
        connection.sendall(sia(1, "NFA3"))
        assert [answer.body for answer in answers(connection, 1)] == [b'"ACK"0001L0#1234[]']
    assert [signal.code for signal in desk.signals] == ["FA"]
    assert any("could not be put on disk (The disk is full.)" in health.sentence_en for health in desk.health)
    assert desk.ill == ""


@pytest.mark.expects_log("not on disk")
def test_that_a_frame_of_two_events_is_acknowledged_only_when_both_are_on_disk(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST])
    desk.fail = 1
    with line_to(running.address()) as connection:
        connection.sendall(sia(1, "Nri1/BA5/FA6"))
        assert is_silent(connection)
        connection.sendall(sia(1, "Nri1/BA5/FA6"))
        assert [answer.body for answer in answers(connection, 1)] == [b'"ACK"0001L0#1234[]']
    assert sorted(signal.code for signal in desk.signals) == ["BA", "FA"]
    assert [signal.code for signal in desk.duplicates] == ["FA"]


def test_that_a_repeated_frame_is_recognisable_and_acknowledged_again(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST])
    with line_to(running.address()) as connection:
        connection.sendall(sia(7, "NBA12") * 2)
        assert [answer.body for answer in answers(connection, 2)] == [b'"ACK"0007L0#1234[]'] * 2
    assert [len(desk.signals), len(desk.duplicates)] == [1, 1]
    assert desk.signals[0].sequence == desk.duplicates[0].sequence != ""


def test_that_a_panel_that_hangs_up_before_the_commit_loses_nothing(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST])
    desk.gate.clear()
    with line_to(running.address()) as connection:
        connection.sendall(sia(1, "NPA12"))
        desk.wait(lambda: desk.asked == 1)
    desk.gate.set()
    desk.wait(lambda: desk.signals)
    assert desk.signals[0].alarm_class == "panic"


def test_that_a_receiver_stopped_in_mid_commit_stops_in_time_and_gives_no_ack(desk: Desk) -> None:
    from console.sources import sia_dc09
    from tests.sources.conftest import setup_of

    desk.gate.clear()
    with contextlib.ExitStack() as lives:
        with sia_dc09.SPEC.start(setup_of("sia_dc09", accounts=[EAST]), desk.context()) as running:
            connection = lives.enter_context(line_to(running.address(PATIENCE_S)))
            connection.sendall(sia(1, "NPA12"))
            desk.wait(lambda: desk.asked == 1)
            begun = time.monotonic()
        assert time.monotonic() - begun < ENDS_WITHIN_S
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1) == b""
        desk.gate.set()


# ------------------------------------------------------------------ the stream


def test_that_joined_split_and_noisy_frames_are_all_answered(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST])
    stream = b"noise" + sia(1, "NBA1") + b"\0" + sia(2, "NBA2") + b"\r\n\xff" + sia(3, "NBA3")
    with line_to(running.address()) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(stream)
        for byte in stream:
            connection.sendall(bytes([byte]))
        assert len(answers(connection, 6)) == 6
    assert [signal.details["zone"] for signal in desk.signals] == ["1", "2", "3"]
    assert len(desk.duplicates) == 3


def test_that_a_connection_killed_in_mid_frame_harms_nobody(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST])
    with line_to(running.address()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # closing sends RST
        connection.sendall(sia(1, "NBA1")[:25])
    with dialler(running.address()) as panel:
        assert panel.send("BA", "1").acknowledged
    assert len(desk.signals) == 1


def test_that_64_kilobytes_of_rubbish_are_survived_on_the_same_connection(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST])
    with line_to(running.address()) as connection:
        connection.sendall(b'\nABCD0FFF"' + b"x" * 65536)
        connection.sendall(sia(1, "NBA1"))
        assert answers(connection, 1)[0].body.startswith(b'"ACK"0001')
    assert len(desk.signals) == 1


def test_that_a_quiet_connection_is_closed(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST], idle_s=1)
    with line_to(running.address()) as connection:
        assert connection.recv(1) == b""


def test_that_too_many_connections_push_out_the_quietest_never_the_new_one(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST], max_connections=2)
    with contextlib.ExitStack() as lives:
        first = lives.enter_context(line_to(running.address()))
        assert is_silent(first)
        second = lives.enter_context(line_to(running.address()))
        assert is_silent(second)
        third = lives.enter_context(line_to(running.address()))
        assert is_silent(third)
        assert first.recv(1) == b""
        assert is_silent(second)


def test_that_many_panels_are_served_at_once(dc09: Start, desk: Desk) -> None:
    accounts = [f"A{number:03X}" for number in range(12)]
    running = dc09(accounts=[{"account": account} for account in accounts])
    replies: list[bool] = []

    def ring(account: str) -> None:
        with dialler(running.address(), account) as panel:
            replies.extend(panel.send("BA", str(zone)).acknowledged for zone in range(1, 21))

    threads = [threading.Thread(target=ring, args=[account]) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == [True] * 240
    assert len({signal.point for signal in desk.signals}) == 240
    for account in accounts:
        zones = [signal.details["zone"] for signal in desk.signals if signal.details["account"] == account]
        assert zones == [str(zone) for zone in range(1, 21)]


# ------------------------------------------------------------------ answers


def test_that_damaged_frames_get_no_answer_and_a_noisy_line_is_told(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST])
    good = sia(1, "NBA12")
    wrong_length = wire.frame(good[10:-1])[:5] + b"00FF" + good[9:]
    with line_to(running.address()) as connection:
        connection.sendall(good.replace(b"NBA12", b"NFA12"))
        connection.sendall(good.replace(b"NBA12", b"NBA1"))
        assert is_silent(connection)
        assert desk.ill == ""
        connection.sendall(wrong_length)
        assert is_silent(connection)
    assert desk.signals == []
    assert desk.ill.startswith("What 127.0.0.1 sends fails its check again and again.")


def test_that_a_wrong_length_under_a_right_crc_is_taken_where_the_site_says_so(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST], check_length=False)
    body = b'"SIA-DCS"0001L0#1234[#1234|NBA12]'
    with line_to(running.address()) as connection:
        connection.sendall(b"\n%04X0FFF" % wire.crc16(body) + body + b"\r")
        assert answers(connection, 1)[0].body == b'"ACK"0001L0#1234[]'


@pytest.mark.parametrize(
    ("receiver", "expected"),
    [
        ("R1L2#1234", b'"ACK"0001R1L2#1234[]'),
        ("L0#1234", b'"ACK"0001L0#1234[]'),
        ("R0L0#1234", b'"ACK"0001R0L0#1234[]'),
    ],
)
def test_that_the_receiver_number_is_echoed_only_where_it_was_sent(
    dc09: Start, desk: Desk, receiver: str, expected: bytes
) -> None:
    running = dc09(accounts=[EAST])
    with line_to(running.address()) as connection:
        connection.sendall(wire.frame(f'"SIA-DCS"0001{receiver}[#1234|NBA1]'.encode()))
        (answer,) = answers(connection, 1)
    assert answer.body == expected


def test_that_a_binary_crc_is_answered_with_a_binary_crc(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST])
    with line_to(running.address()) as connection:
        connection.sendall(wire.frame(b'"SIA-DCS"0001L0#1234[#1234|NBA1]', binary_crc=True))
        (answer,) = answers(connection, 1)
    assert (answer.binary_crc, answer.crc_ok) == (True, True)


def test_that_an_account_named_only_in_the_data_is_found(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[{"account": "006969"}])
    with line_to(running.address()) as connection:
        connection.sendall(wire.frame(b'"SIA-DCS"4738R0001L0001[#006969|Nri04/OP001NM]'))
        assert answers(connection, 1)[0].body == b'"ACK"4738R0001L0001#006969[]'
    (signal,) = desk.signals
    assert (signal.kind, signal.point, signal.details["user"]) == (SignalKind.INFORMATION, "dc09:006969/0", "1")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('"SIA-DCS"0001L0#1234[]', "no event is in it"),
        ('"ADM-CID"0001L0#1234[#1234|113 01]', "no event is in it"),
        ('"ACR-SF"0001L0#1234[#1234|1234]', "the format ACR-SF is not spoken here"),
        ('"*SIA-DCS"0001L0#1234[0011]', "there is no key for this account"),
        ('"SIA-DCS"0001L0#1234[#1234|NBA1', "it is not in the shape of the standard"),
    ],
)
def test_that_what_cannot_be_used_is_kept_for_the_watch_and_answered_duh(
    dc09: Start, desk: Desk, body: str, why: str
) -> None:
    running = dc09(accounts=[EAST])
    with line_to(running.address()) as connection:
        connection.sendall(wire.frame(body.encode()))
        assert answers(connection, 1)[0].body == b'"DUH"0001L0#1234[]'
    (signal,) = desk.signals
    assert (signal.kind, signal.alarm_class, signal.point) == (SignalKind.ALARM, "comms", "dc09:1234/0")
    assert why in signal.text_en
    assert "请向现场核实" in signal.text_zh


def test_that_a_body_of_no_known_shape_is_kept_but_not_answered(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST])
    with line_to(running.address()) as connection:
        connection.sendall(wire.frame(b'"SIA-DCS" what is this'))
        assert is_silent(connection)
    (signal,) = desk.signals
    assert (signal.kind, signal.point) == (SignalKind.INFORMATION, "dc09:?/?")


def test_that_answers_of_others_are_not_answered(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST])
    with line_to(running.address()) as connection:
        for verdict in ("ACK", "NAK", "DUH", "RSP"):
            connection.sendall(wire.frame(f'"{verdict}"0001L0#1234[]'.encode()))
        assert is_silent(connection)
    assert desk.signals == []


def test_that_an_unknown_account_is_kept_for_quarantine_and_acknowledged(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST])
    with dialler(running.address(), "9999") as panel:
        assert panel.send("FA", "3", "仓库").acknowledged
    (signal,) = desk.signals
    assert (signal.kind, signal.point, signal.alarm_class) == (SignalKind.INFORMATION, "dc09:9999/?", "system")
    assert signal.details["unknown_account"] == "9999"
    assert (signal.details["kind"], signal.details["class"], signal.details["zone"]) == ("alarm", "fire", "3")
    assert signal.text_zh == "未登记的账号 9999：火灾报警 防区 3 仓库"


def test_that_polls_are_acknowledged_and_only_a_stranger_is_told_of_once(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST])
    with dialler(running.address()) as known, dialler(running.address(), "9999") as stranger:
        for _ in range(3):
            assert known.poll().acknowledged
            assert stranger.poll().acknowledged
    (signal,) = desk.signals
    assert signal.details["unknown_account"] == "9999"
    assert "9999" in signal.text_en


# ------------------------------------------------------------------ encryption and time


@pytest.mark.parametrize("secret", ["A" * 16, "B" * 24, "C" * 10 + "!" * 22, KEY, KEY + "00" * 8, "hex:" + KEY * 2])
def test_that_encrypted_alarms_are_read_and_acknowledged_in_cipher(dc09: Start, desk: Desk, secret: str) -> None:
    desk.secrets["east"] = secret
    running = dc09(accounts=[{**EAST, "key": "east"}])
    is_hex = secret.removeprefix("hex:").startswith("00")
    key = bytes.fromhex(secret.removeprefix("hex:")) if is_hex else secret.encode()
    with dialler(running.address(), key=key) as panel:
        reply = panel.send("PA", "12", "三号楼")
        poll = panel.poll()
    assert reply.acknowledged
    assert poll.acknowledged
    assert b'"*ACK"0001L0#1234[' in reply.raw
    assert reply.at is not None
    (signal,) = desk.signals
    assert (signal.alarm_class, signal.details["said"], signal.details["encrypted"]) == ("panic", "三号楼", True)
    assert "unencrypted" not in signal.details


def test_that_a_wrong_key_is_told_kept_and_answered_duh(dc09: Start, desk: Desk) -> None:
    desk.secrets["east"] = KEY
    running = dc09(accounts=[{**EAST, "key": "east"}])
    with dialler(running.address(), key=bytes(16)) as panel:
        assert panel.send("FA", "1").verdict is Verdict.DUH
    assert "the keys may differ" in desk.signals[0].text_en


def test_that_a_missing_secret_is_told_and_plain_messages_are_still_taken(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[{**EAST, "key": "lost"}])
    assert desk.ill == "There is no secret lost."
    with dialler(running.address()) as panel:
        assert panel.send("FA", "1").acknowledged
    assert desk.signals[0].details["unencrypted"] is True


def test_that_a_panel_that_should_encrypt_but_does_not_is_told_of(dc09: Start, desk: Desk) -> None:
    desk.secrets["east"] = KEY
    running = dc09(accounts=[{**EAST, "key": "east"}])
    with dialler(running.address()) as panel:
        assert panel.send("FA", "1").acknowledged
    assert "should encrypt but sends in clear" in desk.ill
    with dialler(running.address(), key=bytes.fromhex(KEY)) as panel:
        assert panel.poll().acknowledged
    assert desk.ill == ""


@pytest.mark.parametrize(
    ("error_s", "verdict"),
    [(20, Verdict.ACK), (-40, Verdict.ACK), (22, Verdict.NAK), (-42, Verdict.NAK), (-3600, Verdict.NAK)],
)
def test_that_the_time_window_of_encrypted_messages_is_20_s_ahead_and_40_s_behind(
    dc09: Start, desk: Desk, error_s: int, verdict: Verdict
) -> None:
    clock = FakeClock()
    desk.clock = clock
    desk.secrets["east"] = KEY
    running = dc09(accounts=[{**EAST, "key": "east"}])
    with dialler(running.address(), key=bytes.fromhex(KEY), clock=clock, clock_error_s=error_s, attempts=1) as panel:
        reply = panel.send("FA", "1")
    assert reply.verdict is verdict
    assert len(desk.signals) == (verdict is Verdict.ACK)
    if verdict is Verdict.NAK:
        assert b'"NAK"0000R0L0A0[]_12:00:00,03-14-2026' in reply.raw
        assert "clock of East panel (account 1234) is too far from ours" in desk.ill


def test_that_a_panel_sets_its_clock_by_the_nak_and_comes_through(dc09: Start, desk: Desk) -> None:
    desk.secrets["east"] = KEY
    running = dc09(accounts=[{**EAST, "key": "east"}])
    with dialler(running.address(), key=bytes.fromhex(KEY), clock_error_s=-3600) as panel:
        reply = panel.send("FA", "1")
    assert (reply.verdict, reply.attempts) == (Verdict.ACK, 2)
    assert len(desk.signals) == 1
    assert desk.ill == ""


def test_that_plain_messages_have_no_time_window_and_keep_the_senders_time(dc09: Start, desk: Desk) -> None:
    clock = FakeClock()
    desk.clock = clock
    running = dc09(accounts=[{**EAST, "timezone": "Asia/Shanghai"}])
    body = b'"SIA-DCS"0001L0#1234[#1234|NBA1]_07:00:00,03-14-2026'
    with line_to(running.address()) as connection:
        connection.sendall(wire.frame(body))
        assert answers(connection, 1)[0].body.startswith(b'"ACK"')
    (signal,) = desk.signals
    assert signal.source_at is not None
    assert signal.source_at.isoformat() == "2026-03-13T23:00:00+00:00"
    assert signal.received_at == clock.now()


# ------------------------------------------------------------------ UDP


def test_that_udp_is_served_the_same_way(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[EAST], transport="both")
    address = running.address()
    assert address is not None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(PATIENCE_S)
        udp.sendto(sia(5, "NWA12"), address)
        assert wire.Framer().feed(udp.recv(4096))[0].body == b'"ACK"0005L0#1234[]'
        udp.sendto(b"rubbish", address)
        udp.sendto(sia(6, "NWR12"), address)
        assert wire.Framer().feed(udp.recv(4096))[0].body == b'"ACK"0006L0#1234[]'
    with dialler(address) as panel:
        assert panel.send("WA", "13").acknowledged
    assert [signal.kind for signal in desk.signals] == [SignalKind.ALARM, SignalKind.RESTORE, SignalKind.ALARM]


def test_that_udp_alone_leaves_tcp_closed(dc09: Start, desk: Desk) -> None:
    address = dc09(accounts=[EAST], transport="udp").address()
    assert address is not None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, 1)
