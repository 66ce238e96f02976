"""The frames of GB/T 26875.3: the examples that are known, and whatever else a line may bring."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.sources.gb26875 import clocks, objects, wire
from console.sources.gb26875.clocks import Style
from console.sources.gb26875.duty import answered_operation
from console.sources.gb26875.objects import DutyCheck, Operation, Part, State, System
from console.sources.gb26875.wire import Command, Damaged, Fault, Frame, Framer

CHINA = ZoneInfo("Asia/Shanghai")
HEAD = "40 40 01 00 01 01 20 3A 09 1A 09 0C"
UP = "79 03 00 00 00 00 38 5B 01 00 00 00"
DOWN = "38 5B 01 00 00 00 79 03 00 00 00 00"
T = "02 3A 09 1A 09 0C"
FIRE = bytes.fromhex(f"{HEAD} {UP} 30 00 02 02 01 01 01 28 0A 00 02 00 02 00 {'20' * 30} 00 {T} 46 23 23")
MAINS = bytes.fromhex(f"{HEAD} {UP} 09 00 02 15 01 08 {T} 42 23 23")
ANSWERED = bytes.fromhex(f"{HEAD} {UP} 0A 00 02 18 01 20 01 {T} 5F 23 23")
VERSION = bytes.fromhex(f"{HEAD} {UP} 04 00 02 19 01 01 01 C7 23 23")
CLOCK = bytes.fromhex(f"{HEAD} {UP} 08 00 02 1C 01 {T} 40 23 23")
SYNC = bytes.fromhex(f"{HEAD} {DOWN} 08 00 01 5A 01 {T} 7D 23 23")
DUTY = bytes.fromhex(f"{HEAD} {DOWN} 03 00 01 5B 01 0A 0F 23 23")
CONFIRM = bytes.fromhex(f"40 40 01 00 01 01 23 3A 09 1A 09 0C {DOWN} 00 00 03 AB 23 23")
DENY = bytes.fromhex(f"40 40 01 00 01 01 23 3A 09 1A 09 0C {DOWN} 00 00 06 AE 23 23")
EXAMPLES = [FIRE, MAINS, ANSWERED, VERSION, CLOCK, SYNC, DUTY, CONFIRM, DENY]
OUR_TIME = bytes.fromhex("23 3A 09 1A 09 0C")


def only(data: bytes) -> Frame:
    (found,) = Framer().feed(data)
    assert isinstance(found, Frame)
    return found


@pytest.mark.parametrize("raw", EXAMPLES)
def test_that_every_example_is_one_whole_frame(raw: bytes) -> None:
    assert only(raw).raw == raw


def test_that_the_example_of_a_fire_is_read() -> None:
    frame = only(FIRE)
    assert (frame.sequence, frame.version, frame.source, frame.target, frame.command) == (1, (1, 1), 889, 88888, 2)
    content = objects.read(frame.data)
    assert content is not None
    (state,) = content.things
    part = Part(System(1, 1), 40, 10, 2)
    assert state == State(system=System(1, 1), part=part, bits=2, text="", stamp=bytes.fromhex(T))
    assert part.name == "1-1-10.2"
    assert clocks.read(bytes.fromhex(T), Style.BINARY, CHINA) == datetime(2012, 9, 26, 1, 58, 2, tzinfo=UTC)


def test_that_confirm_and_deny_are_written_as_in_the_examples() -> None:
    assert wire.confirm(only(FIRE), OUR_TIME) == CONFIRM
    assert wire.deny(only(FIRE), OUR_TIME) == DENY


def test_that_reports_and_the_clock_are_written_as_in_the_examples() -> None:
    head, stamp = only(FIRE).clock, bytes.fromhex(T)
    assert wire.report(1, head, 889, 88888, only(FIRE).data) == FIRE
    assert wire.report(1, head, 889, 88888, answered_operation(1, stamp)) == ANSWERED
    synced = only(wire.set_clock(1, stamp, 88888, 889))
    assert (synced.data, synced.source, synced.target) == (only(SYNC).data, 88888, 889)


def test_that_the_other_examples_are_read() -> None:
    assert objects.read(only(MAINS).data).things == (State(bits=8, stamp=bytes.fromhex(T)),)  # type: ignore[union-attr]
    operation = Operation(system=None, flags=objects.DUTY_ANSWERED, operator=1, stamp=bytes.fromhex(T))
    assert objects.read(only(ANSWERED).data).things == (operation,)  # type: ignore[union-attr]
    assert objects.read(only(DUTY).data).things == (DutyCheck(minutes=10),)  # type: ignore[union-attr]
    assert objects.read(only(VERSION).data).things == (objects.Version(system=None, major=1, minor=1),)  # type: ignore[union-attr]


@given(st.lists(st.sampled_from(EXAMPLES), min_size=1, max_size=5), st.data())
def test_that_frames_come_whole_however_they_are_split_and_joined(frames: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    framer = Framer()
    found = [
        one.raw
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)
        for one in framer.feed(stream[start:end])
        if isinstance(one, Frame)
    ]
    assert found == frames


def test_that_a_frame_comes_through_byte_by_byte() -> None:
    framer = Framer()
    assert [one for byte in FIRE for one in framer.feed(bytes((byte,)))] == [only(FIRE)]


@given(st.binary(max_size=80))
def test_that_rubbish_between_frames_costs_no_frame(rubbish: bytes) -> None:
    framer = Framer()
    found = framer.feed(rubbish + FIRE) + framer.feed(MAINS)
    raw = [one.raw for one in found if isinstance(one, Frame)]
    assert raw[-2:] == [FIRE, MAINS]


def test_that_a_false_beginning_does_not_hold_up_a_fire() -> None:
    beginning = bytearray(FIRE[:27])
    beginning[24:26] = (1024).to_bytes(2, "little")
    found = Framer().feed(bytes(beginning) + FIRE)
    assert found == [only(FIRE)]


def test_that_a_wrong_sum_is_told_with_all_that_a_denial_needs() -> None:
    wrong = FIRE[:-3] + b"\x47##"
    found = Framer().feed(wrong + wrong + MAINS)
    assert [type(one) for one in found] == [Damaged, Damaged, Frame]
    damaged = found[0]
    assert isinstance(damaged, Damaged)
    assert (damaged.fault, damaged.sequence, damaged.source, damaged.target) == (Fault.CHECK_SUM, 1, 889, 88888)
    assert wire.deny(damaged, OUR_TIME) == DENY


def test_that_an_overlong_frame_and_a_wrong_end_are_told() -> None:
    overlong = bytearray(FIRE)
    overlong[24:26] = (1025).to_bytes(2, "little")
    assert [one.fault for one in Framer().feed(bytes(overlong)) if isinstance(one, Damaged)] == [Fault.TOO_LONG]
    found = Framer().feed(FIRE[:-1] + b"$" + MAINS)
    assert [one.fault if isinstance(one, Damaged) else one.raw for one in found] == [Fault.ENDING, MAINS]


def test_that_a_flood_of_beginnings_is_answered_once_and_not_kept() -> None:
    framer = Framer()
    assert len(framer.feed(b"@" * 100_000)) == 1
    assert len(framer.feed(b"@" * 27)) <= 1
    assert len(framer._buffer) <= wire.LONGEST


def test_that_a_report_too_long_for_the_standard_is_refused() -> None:
    assert len(wire.report(1, bytes(6), 1, 2, bytes(wire.MAX_DATA))) == wire.LONGEST
    with pytest.raises(ValueError, match="1025"):
        wire.report(1, bytes(6), 1, 2, bytes(wire.MAX_DATA + 1))


@given(st.binary(max_size=200), st.integers(0, 65535), st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1))
def test_that_what_is_written_is_read(data: bytes, sequence: int, source: int, target: int) -> None:
    frame = only(wire.report(sequence, bytes(6), source, target, data))
    assert (frame.sequence, frame.source, frame.target, frame.data) == (sequence, source, target, data)


mixed = st.lists(
    st.one_of(st.binary(max_size=60), st.sampled_from([*EXAMPLES, b"@@", b"##", b"@@@@", FIRE[:40]])), max_size=12
).map(b"".join)


@settings(max_examples=300)
@given(st.one_of(mixed, st.binary(max_size=1200)))
def test_that_no_bytes_at_all_break_the_parser(data: bytes) -> None:
    for found, content in objects.parse(data):
        assert isinstance(found, Frame | Damaged)
        assert content is None or content.type == found.data[0]  # type: ignore[union-attr]


@settings(max_examples=300)
@given(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=1022))
def test_that_every_object_is_read_or_left_over(kind: int, count: int, body: bytes) -> None:
    content = objects.read(bytes((kind, count)) + body)
    assert content is not None
    assert len(content.things) + content.missing == max(count, 1) or isinstance(content.things[0], objects.Unknown)


@given(st.text(max_size=40))
def test_that_a_name_is_never_cut_within_a_character(text: str) -> None:
    written = objects.write_gb18030(text)
    assert len(written) == 31
    whole = written.split(b"\0", 1)[0]
    assert whole.decode("gb18030").encode("gb18030") == whole


def test_that_a_chinese_name_is_read_and_half_a_character_left_out() -> None:
    assert objects.gb18030(objects.write_gb18030("三层东走廊烟感")) == "三层东走廊烟感"
    assert objects.gb18030("三层东走廊".encode("gb18030")[:-1]) == "三层东走"


moments = st.integers(0, 99 * 365 * 86400).map(
    lambda seconds: datetime(2000, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(moments, st.sampled_from(Style))
def test_that_a_clock_is_read_as_it_was_written(at: datetime, style: Style) -> None:
    assert clocks.read(clocks.write(at, style, CHINA), style, CHINA) == at


@given(st.integers(0, 6 * 365), st.sampled_from(Style))
def test_that_the_way_of_a_clock_is_told_from_one_stamp(days: int, style: Style) -> None:
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC) + timedelta(days=days)
    six = clocks.write(now, style, CHINA)
    told = clocks.tell_style(six, CHINA, now, None)
    assert told is not None
    assert clocks.read(six, told, CHINA) == now


def test_that_impossible_clocks_have_no_moment() -> None:
    for six in ("000000000000", "3C0000010119", "000000320219", "FFFFFFFFFFFF"):
        assert clocks.tell_style(bytes.fromhex(six), CHINA, datetime(2026, 1, 1, tzinfo=UTC), Style.BCD) is None


def test_that_nothing_can_write_another_control_command() -> None:
    writers = [name for name in vars(wire) if callable(getattr(wire, name)) and name[0].islower()]
    assert sorted(writers) == ["confirm", "dataclass", "deny", "report", "set_clock"]
    assert only(wire.set_clock(1, bytes(6), 1, 2)).data[0] == objects.SET_CLOCK
    assert only(wire.report(1, bytes(6), 1, 2, b"")).command == Command.SEND
