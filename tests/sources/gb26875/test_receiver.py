"""Fire transmitters over real sockets: on disk before confirmed, edges only, and nothing is controlled from here."""

import socket
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.demo.fire import DISABLED, FAULT, FIRE, NORMAL, FireTransmitter, part_state
from console.models.alarms import Alarm, AlarmClass, Priority
from console.models.clock import FakeClock
from console.models.errors import ConsoleError
from console.models.ids import AlarmId, PointId, SourceId
from console.models.signals import SignalKind
from console.models.text import Text
from console.sources import gb26875
from console.sources.gb26875 import clocks, objects, wire
from console.sources.gb26875.clocks import Style
from console.sources.gb26875.wire import Command
from console.sources.source import Recalled, Running
from tests.sources.conftest import setup_of
from tests.sources.desk import PATIENCE_S, Desk
from tests.sources.gb26875.conftest import KNOWN, Fire, Receive
from tests.sources.gb26875.test_wire import EXAMPLES, only

DEVICE_TEXT = "三层东走廊"


def told(desk: Desk) -> list[tuple[SignalKind, str, str]]:
    return [(signal.kind, signal.point, signal.code) for signal in desk.signals]


def state_of(number: int, device: FireTransmitter) -> bytes:
    """A detector of area 10 reports a fire."""
    return part_state(FIRE, DEVICE_TEXT, (1, 1), 40, 10, number, device.stamp())


def test_that_a_fire_is_confirmed_after_it_is_on_disk(fire: Receive, desk: Desk) -> None:
    desk.gate.clear()
    found: list[Any] = []
    with fire().transmitter() as device:
        caller = threading.Thread(target=lambda: found.append(device.part(FIRE, DEVICE_TEXT)))
        caller.start()
        desk.wait(lambda: desk.asked == 1)
        caller.join(0.2)
        assert not found
        desk.gate.set()
        caller.join()
    assert found[0].confirmed
    (signal,) = desk.signals
    assert (signal.kind, signal.point, signal.alarm_class, signal.priority) == (SignalKind.ALARM, "smoke-3f", "fire", 1)
    assert signal.text_zh == "火警：三层东走廊 感烟火灾探测器（10区2号）"
    assert signal.text_en == "Fire alarm: 三层东走廊 smoke detector (area 10, number 2)"
    assert not signal.momentary
    assert objects.parse(signal.raw)[0][0].source == 889
    assert signal.source_at is not None
    assert abs((signal.source_at - signal.received_at).total_seconds()) < 5


@pytest.mark.expects_log("not on disk")
def test_that_what_cannot_be_kept_is_not_answered_and_comes_again(fire: Receive, desk: Desk) -> None:
    desk.fail = 1
    house = fire()
    with house.transmitter(timeout_s=0.3) as device:
        frame = device.frame(Command.SEND, bytes((objects.PART_STATE, 1)) + state_of(2, device))
        assert device.ring(frame, 0).command is None
    desk.wait(lambda: desk.asked == 1)
    with house.transmitter() as device:
        assert device.ring(frame, 0).confirmed
    assert [signal.kind for signal in desk.signals] == [SignalKind.ALARM]
    assert desk.duplicates == []
    assert any("could not be put on disk" in health.sentence_en for health in desk.health)
    assert desk.ill == ""


@pytest.mark.expects_log("not on disk")
def test_that_a_frame_is_confirmed_only_when_every_object_is_kept(fire: Receive, desk: Desk) -> None:
    house = fire()
    with house.transmitter(timeout_s=0.3) as device:
        states = b"".join(state_of(number, device) for number in (1, 2, 3))
        frame = device.frame(Command.SEND, bytes((objects.PART_STATE, 3)) + states)
        desk.fail = 1
        assert device.ring(frame, 0).command is None
    desk.wait(lambda: desk.asked == 3)
    with house.transmitter() as device:
        assert device.ring(frame, 0).confirmed
    assert sorted(signal.point for signal in desk.signals) == [
        "gb26875:889/1-1-10.1",
        "gb26875:889/1-1-10.3",
        "smoke-3f",
    ]
    assert len(desk.duplicates) == 2  # the two that were kept the first time are known again


def test_that_the_same_frame_again_is_one_signal(fire: Receive, desk: Desk) -> None:
    with fire().transmitter() as device:
        state = part_state(FIRE, "", (1, 1), 40, 10, 2, device.stamp())
        frame = device.frame(Command.SEND, bytes((objects.PART_STATE, 1)) + state)
        for _ in range(3):
            assert device.ring(frame, 0).confirmed
    assert told(desk) == [(SignalKind.ALARM, "smoke-3f", "fire")]
    assert len(desk.duplicates) == 2


def test_that_a_repeated_state_is_information_and_its_end_restores_exactly_it(fire: Receive, desk: Desk) -> None:
    with fire().transmitter() as device:
        for bits in (FIRE, FIRE | FAULT, FIRE | FAULT, FAULT, NORMAL):
            assert device.part(bits).confirmed
    assert told(desk) == [
        (SignalKind.ALARM, "smoke-3f", "fire"),
        (SignalKind.ALARM, "smoke-3f/fault", "fault"),
        (SignalKind.INFORMATION, "smoke-3f", "2"),
        (SignalKind.RESTORE, "smoke-3f", "fire"),
        (SignalKind.RESTORE, "smoke-3f/fault", "fault"),
    ]
    assert desk.signals[1].details["of_device"] is True
    assert desk.signals[2].details["repeated"] is True


def test_that_each_part_has_its_own_states(fire: Receive, desk: Desk) -> None:
    with fire().transmitter() as device:
        device.part(FIRE, number=1)
        device.part(FIRE, number=3)
        device.part(NORMAL, number=1)
    assert told(desk) == [
        (SignalKind.ALARM, "gb26875:889/1-1-10.1", "fire"),
        (SignalKind.ALARM, "gb26875:889/1-1-10.3", "fire"),
        (SignalKind.RESTORE, "gb26875:889/1-1-10.1", "fire"),
    ]
    assert desk.signals[0].text_zh.startswith("一号楼（传输装置 889）：火警")


def live(point: str, code: str) -> Alarm:
    at = datetime(2026, 3, 14, tzinfo=UTC)
    return Alarm(
        id=AlarmId(code),
        key=f"{point}|{code}",
        point=PointId(point),
        source=SourceId("east"),
        alarm_class=AlarmClass.FIRE,
        priority=Priority.CRITICAL,
        title=Text("火警", "Fire"),
        code=code,
        first_at=at,
        last_at=at,
    )


def test_that_what_stood_before_the_start_is_no_news_and_ends_by_its_next_word(fire: Receive, desk: Desk) -> None:
    before = Recalled(live=(live("smoke-3f", "fire"), live("gb26875:889/1-1-10.7/fault", "fault")))
    with fire(recall=before).transmitter() as device:
        device.part(FIRE)
        device.part(NORMAL)
        device.part(NORMAL, number=7)
        device.part(NORMAL, number=8)
    assert told(desk) == [
        (SignalKind.INFORMATION, "smoke-3f", "2"),
        (SignalKind.RESTORE, "smoke-3f", "fire"),
        (SignalKind.RESTORE, "gb26875:889/1-1-10.7/fault", "fault"),
        (SignalKind.INFORMATION, "gb26875:889/1-1-10.8", "2"),
    ]


def test_that_without_a_memory_the_first_word_ends_whatever_was_before_it(fire: Receive, desk: Desk) -> None:
    with fire(recall=None).transmitter() as device:
        device.part(NORMAL)
    ended = {(signal.point, signal.code) for signal in desk.signals if signal.kind is SignalKind.RESTORE}
    assert {("smoke-3f", "fire"), ("smoke-3f/fault", "fault"), ("smoke-3f/disabled", "disabled")} <= ended


def test_that_a_second_fire_after_a_reset_of_the_panel_is_an_alarm_again(fire: Receive, desk: Desk) -> None:
    with fire().transmitter() as device:
        device.part(FIRE)
        device.system(1 << 13 | NORMAL)
        device.part(FIRE)
    kinds = [signal.kind for signal in desk.signals if signal.code == "fire" and signal.point == "smoke-3f"]
    assert kinds == [SignalKind.ALARM, SignalKind.RESTORE, SignalKind.ALARM]


@pytest.mark.parametrize(
    ("bit", "code", "alarm_class", "priority"),
    [
        (1, "fire", "fire", 1),
        (2, "fault", "fault", 3),
        (3, "disabled", "system", 3),
        (4, "supervisory", "fault", 3),
        (5, "started", "system", 3),
        (6, "feedback", "system", 4),
        (7, "delay", "system", 2),
        (8, "mains", "power", 3),
        (9, "battery", "power", 3),
        (10, "bus", "comms", 3),
        (11, "manual", "system", 4),
        (12, "configured", "system", 4),
    ],
)
def test_that_every_bit_of_a_system_is_told(
    fire: Receive, desk: Desk, bit: int, code: str, alarm_class: str, priority: int
) -> None:
    with fire().transmitter() as device:
        device.system(1 << bit)
    (signal,) = desk.signals
    assert (signal.kind, signal.code) == (SignalKind.ALARM, code)
    assert (signal.alarm_class, signal.priority) == (alarm_class, priority)


def test_that_gas_is_gas_and_the_transmitters_own_mains_is_power(fire: Receive, desk: Desk) -> None:
    with fire().transmitter() as device:
        device.part(FIRE, kind=11)
        device.device(1 << 3)
        device.device(NORMAL)
    assert [(signal.alarm_class, signal.point) for signal in desk.signals] == [
        ("gas", "smoke-3f"),
        ("power", "gb26875:889/device/mains"),
        ("power", "gb26875:889/device/mains"),
    ]
    assert desk.signals[2].kind is SignalKind.RESTORE


def test_that_the_manual_alarm_of_a_transmitter_is_a_fire(fire: Receive, desk: Desk) -> None:
    with fire().transmitter() as device:
        device.send(bytes((objects.DEVICE_OPERATION, 1, 0x04, 7)) + device.stamp())
    alarm, operation = desk.signals
    assert (alarm.kind, alarm.alarm_class, alarm.momentary) == (SignalKind.ALARM, "fire", True)
    assert (operation.kind, operation.details["operator"]) == (SignalKind.INFORMATION, 7)
    assert "手动报警" in operation.text_zh


def test_that_a_measured_value_a_version_and_an_unknown_type_are_kept(fire: Receive, desk: Desk) -> None:
    with fire().transmitter() as device:
        analog = bytes((1, 1, 31, 10, 0, 2, 0, 3)) + (-55).to_bytes(2, "little", signed=True) + device.stamp()
        assert device.send(bytes((objects.ANALOG, 1)) + analog).confirmed
        assert device.send(bytes((objects.DEVICE_VERSION, 1, 1, 4))).confirmed
        assert device.send(bytes((objects.DEVICE_CONFIG, 1, 4)) + "主机".encode("gb18030")).confirmed
        assert device.send(bytes((200, 1)) + b"\xde\xad").confirmed
    texts = [signal.text_zh for signal in desk.signals]
    assert all(signal.kind is SignalKind.INFORMATION for signal in desk.signals)
    assert [text.removeprefix("一号楼（传输装置 889）：") for text in texts] == [
        "点型感温火灾探测器（10区2号）：温度 -5.5 ℃",
        "传输装置软件版本 1.4",
        "传输装置配置：主机",
        "未知类型 200 的数据 DE AD",
    ]


def test_that_a_frame_with_missing_objects_is_an_alarm_and_denied(fire: Receive, desk: Desk) -> None:
    with fire().transmitter() as device:
        state = part_state(FIRE, "", (1, 1), 40, 10, 2, device.stamp())
        assert device.send(bytes((objects.PART_STATE, 2)) + state + state[:20]).command is Command.DENY
    assert [(signal.kind, signal.alarm_class) for signal in desk.signals] == [
        (SignalKind.ALARM, "fire"),
        (SignalKind.ALARM, "comms"),
    ]


def test_that_wrong_sums_and_unknown_commands_are_denied(fire: Receive, desk: Desk) -> None:
    with fire().transmitter() as device:
        frame = bytearray(device.frame(Command.SEND, b""))
        frame[-3] ^= 1
        assert device.ring(bytes(frame), 0).command is Command.DENY
        assert desk.signals == []
        assert device.say(77, b"\1\2").command is Command.DENY
    (signal,) = desk.signals
    assert (signal.kind, signal.code) == (SignalKind.INFORMATION, "77")


def test_that_orders_and_questions_are_denied_and_kept(fire: Receive, desk: Desk) -> None:
    with fire().transmitter(88888) as centre:
        for kind in (89, 90):
            assert centre.say(Command.CONTROL, bytes((kind, 1, 0))).command is Command.DENY
        assert centre.say(Command.REQUEST, bytes((81, 1, 0))).command is Command.DENY
    assert [signal.kind for signal in desk.signals] == [SignalKind.INFORMATION] * 3
    assert "只作镜像" in desk.signals[0].text_zh


def test_that_an_unknown_transmitter_is_confirmed_and_put_into_quarantine(fire: Receive, desk: Desk) -> None:
    with fire().transmitter(4711) as device:
        assert device.heartbeat().confirmed
        assert device.heartbeat().confirmed
        assert device.part(FIRE, DEVICE_TEXT).confirmed
        assert device.duty_check(5).command is Command.DENY
    assert [(signal.kind, signal.point) for signal in desk.signals] == [(SignalKind.INFORMATION, "gb26875:4711/?")] * 3
    fire_of_stranger = desk.signals[1]
    assert (fire_of_stranger.details["kind"], fire_of_stranger.details["class"]) == ("alarm", "fire")
    assert fire_of_stranger.details["unknown_account"] == "4711"


def test_that_a_known_heartbeat_is_confirmed_and_keeps_silence_away(fire: Receive, desk: Desk) -> None:
    clock = FakeClock(datetime.now(UTC))
    desk.clock = clock
    known = [{"address": 889, "heartbeat_s": 30}]
    with fire(transmitters=known).transmitter(clock=clock) as device:
        clock.advance(80)
        assert device.heartbeat().confirmed
        clock.advance(80)
        assert device.heartbeat().confirmed
        clock.advance(91)
        desk.wait(lambda: desk.ill)
        assert "889" in desk.ill
        assert device.heartbeat().confirmed
    assert desk.ill == ""
    assert desk.signals == []


def test_that_after_a_long_silence_a_standing_fire_is_told_again(fire: Receive, desk: Desk) -> None:
    clock = FakeClock(datetime.now(UTC))
    desk.clock = clock
    with fire().transmitter(clock=clock) as device:
        device.part(FIRE)
        clock.advance(100)
        device.part(FIRE)
    assert [signal.kind for signal in desk.signals] == [SignalKind.ALARM] * 2


@pytest.mark.parametrize("style", Style)
def test_that_a_clock_that_is_off_is_told_and_set_in_its_own_way(fire: Receive, desk: Desk, style: Style) -> None:
    with fire().transmitter(style=style, clock_error_s=-60.0) as device:
        assert device.part(FIRE).confirmed
        order = device.wait(PATIENCE_S)
    assert order is not None
    assert (order.command, order.data[:2], order.source, order.target) == (
        Command.CONTROL,
        bytes((objects.SET_CLOCK, 1)),
        88888,
        889,
    )
    at = clocks.read(order.data[2:], style, device._zone)
    assert at is not None
    assert abs((at - datetime.now(UTC)).total_seconds()) < 30  # it was off by sixty
    assert "clock of Building 1 (transmitter 889) is too far from ours" in desk.ill


@pytest.mark.expects_log("not on disk")
def test_that_a_frame_that_is_sent_again_later_says_nothing_about_the_clock(fire: Receive, desk: Desk) -> None:
    clock = FakeClock(datetime.now(UTC))
    desk.clock = clock
    house = fire()
    with house.transmitter(clock=clock, timeout_s=0.3) as device:
        frame = device.frame(Command.SEND, bytes((objects.DEVICE_STATE, 1, 4)) + device.stamp())
        desk.fail = 1
        assert device.ring(frame, 0).command is None
    desk.wait(lambda: desk.asked == 1)
    clock.advance(10)
    with house.transmitter(clock=clock) as device:
        assert device.ring(frame, 0).confirmed
        assert device.received == []
    assert desk.ill == ""


def test_that_an_impossible_clock_is_told_and_ours_is_used(fire: Receive, desk: Desk) -> None:
    with fire(time_sync=False).transmitter() as device:
        frame = bytearray(device.frame(Command.SEND, bytes((objects.DEVICE_STATE, 1, 2)) + b"\xff" * 6))
        frame[6:12] = bytes(6)
        frame[-3] = sum(frame[2:-3]) & 0xFF
        assert device.ring(bytes(frame), 0).confirmed
    (signal,) = desk.signals
    assert signal.source_at is None
    assert signal.details["clock_impossible"] is True
    assert "shows no possible time" in desk.ill


def test_that_a_good_clock_is_left_alone(fire: Receive, desk: Desk) -> None:
    with fire().transmitter(clock_error_s=2.0) as device:
        assert device.part(FIRE).confirmed
        assert device.heartbeat().confirmed
        assert device.received == []
    assert desk.ill == ""


def test_that_several_transmitters_speak_at_once(fire: Receive, desk: Desk) -> None:
    known = [{"address": address} for address in range(1, 9)]
    house = fire(transmitters=known)

    def speak(address: int) -> None:
        with house.transmitter(address) as device:
            for number in range(10):
                assert device.part(FIRE, number=number).confirmed

    callers = [threading.Thread(target=speak, args=(address,)) for address in range(1, 9)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(desk.signals) == 80
    assert len({signal.point for signal in desk.signals}) == 80


def test_that_the_same_frames_come_over_udp(fire: Receive, desk: Desk) -> None:
    where = fire(transport="udp").running.address(PATIENCE_S)
    assert where is not None
    writer = FireTransmitter(*where, 889)
    frame = writer.frame(Command.SEND, bytes((objects.DEVICE_STATE, 1, 1 << 3)) + writer.stamp())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(PATIENCE_S)
        line.sendto(frame, where)
        assert only(line.recv(2048)).command == Command.CONFIRM
    (signal,) = desk.signals
    assert signal.code == "mains"


@pytest.mark.parametrize("transport", ["tcp", "udp", "both"])
def test_that_a_canary_goes_over_the_wire_and_is_a_canary(fire: Receive, desk: Desk, transport: str) -> None:
    running = fire(transport=transport).running
    assert gb26875.SPEC.probe is not None
    gb26875.SPEC.probe(setup_of("gb26875", transport=transport, **KNOWN), running, lambda name: name, "01TOKEN")
    (signal,) = desk.signals
    assert (signal.kind, signal.code, signal.details.get("unknown_account")) == (SignalKind.CANARY, "01TOKEN", None)


def test_that_a_canary_of_nobody_who_listens_is_the_worlds_fault() -> None:
    assert gb26875.SPEC.probe is not None
    with pytest.raises(ConsoleError, match="does not listen"):
        gb26875.SPEC.probe(setup_of("gb26875"), Running(), lambda name: name, "x")


def test_that_mistakes_of_the_site_are_named() -> None:
    wrong = setup_of(
        "gb26875",
        transmitters=[
            {"address": "x"},
            {"address": 1, "parts": {"3": "p"}},
            {"address": "0x1"},
            {"address": 2, "heartbeat": 3},
        ],
    )
    said = " ".join(text.en for text in gb26875.SPEC.check(wrong))
    for part in ('"address" must be', '"3" must be', "The address 1 is there twice", 'no option "heartbeat"'):
        assert part in said


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.one_of(st.binary(max_size=200), st.sampled_from(EXAMPLES)), max_size=6).map(b"".join))
def test_that_whatever_arrives_the_next_fire_comes_through(listening: "Listening", data: bytes) -> None:
    with listening.house.transmitter() as device:
        device._sequence = 500  # the examples are number 1, and so are their answers
        device._connection().sendall(data)
        assert device.heartbeat().confirmed
        before = len(listening.desk.signals)
        device.part(FIRE | (DISABLED if before % 2 else 0), number=before % 50000)
    assert len(listening.desk.signals) > before


@dataclass(repr=False)
class Listening:
    """A receiver that stays through all examples of a test."""

    house: Fire
    desk: Desk


@pytest.fixture
def listening(fire: Receive, desk: Desk) -> Listening:
    return Listening(fire(), desk)


def test_that_the_oldest_quiet_line_makes_room(fire: Receive, desk: Desk) -> None:
    house = fire(max_connections=3)
    quiet = [socket.create_connection(house.running.address(PATIENCE_S) or ("", 0)) for _ in range(6)]
    with house.transmitter() as device:
        assert device.part(FIRE).confirmed
    for line in quiet:
        line.close()
    assert len(desk.signals) == 1


def test_that_the_setting_says_how_far_a_clock_may_be_off(desk: Desk) -> None:
    context = replace(desk.context(), setting=lambda key: {"inputs.clock_off_s": 120.0}[key])
    with gb26875.SPEC.start(setup_of("gb26875", **KNOWN), context) as running:
        where = running.address(PATIENCE_S)
        assert where is not None
        with FireTransmitter(*where, 889, clock_error_s=60.0) as device:
            assert device.part(FIRE).confirmed
    assert desk.ill == ""
    assert wire.MAX_DATA == 1024
