"""Frames out of any stream, CRC, encryption, time stamps."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.sources.sia_dc09 import wire

FIRE = b'\nCE110032"SIA-DCS"9876R579BDFL789ABC#12345A[#12345A|NFA129]\r'
"""The example printed in the standard."""

bodies = st.binary(max_size=300).map(lambda tail: b'"' + tail.replace(b"\r", b"").replace(b"\n", b""))
frames = st.builds(lambda body, binary: wire.frame(body, binary_crc=binary), bodies, st.booleans())
# Noise that cannot be the beginning of a frame: no line feed in it.
noise = st.binary(max_size=40).map(lambda data: data.replace(b"\n", b""))


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """Cut data into pieces of these sizes, again and again."""
    pieces, at, turn = [], 0, 0
    while at < len(data):
        size = max(1, sizes[turn % len(sizes)])
        pieces.append(data[at : at + size])
        at, turn = at + size, turn + 1
    return pieces


def test_that_the_printed_example_is_a_whole_frame() -> None:
    (frame,) = wire.Framer().feed(FIRE)
    assert frame.raw == FIRE
    assert frame.crc_ok
    assert frame.length_ok
    assert not frame.binary_crc
    assert wire.frame(frame.body) == FIRE


def test_that_two_frames_in_one_read_are_both_seen() -> None:
    assert [frame.raw for frame in wire.Framer().feed(FIRE + FIRE)] == [FIRE, FIRE]


def test_that_half_a_frame_waits_for_its_other_half() -> None:
    framer = wire.Framer()
    assert framer.feed(FIRE[:20]) == []
    assert [frame.raw for frame in framer.feed(FIRE[20:])] == [FIRE]


def test_that_single_bytes_make_a_frame() -> None:
    framer = wire.Framer()
    found = [frame for byte in FIRE for frame in framer.feed(bytes([byte]))]
    assert [frame.raw for frame in found] == [FIRE]


def test_that_trailing_nuls_and_line_ends_count_for_nothing() -> None:
    framer = wire.Framer()
    assert len(framer.feed(FIRE + b"\0" + FIRE + b"\0\r\n\0" + FIRE + b"\r\n")) == 3
    assert framer.dropped == 0


def test_that_noise_between_frames_is_counted_and_passed_over() -> None:
    framer = wire.Framer()
    assert [frame.raw for frame in framer.feed(b"hello" + FIRE + b"\nGET / HTTP/1.1\r\n\r\n" + FIRE)] == [FIRE, FIRE]
    assert framer.dropped == len("hello") + len("GET / HTTP/1.1")


def test_that_a_frame_begun_anew_replaces_its_torn_beginning() -> None:
    assert [frame.raw for frame in wire.Framer().feed(FIRE[:30] + FIRE)] == [FIRE]


def test_that_a_body_longer_than_the_standard_allows_is_dropped_and_the_next_frame_is_seen() -> None:
    framer = wire.Framer()
    assert framer.feed(b'\nABCD0FFF"' + b"x" * 65536) == []
    assert [frame.raw for frame in framer.feed(FIRE)] == [FIRE]
    assert framer.dropped > 65536 - 10


def test_that_endless_noise_is_not_kept() -> None:
    framer = wire.Framer()
    for _ in range(64):
        assert framer.feed(b"\n0123" + b"z" * 4096) == []
    assert len(framer._buffer) <= wire.MAX_BODY


@pytest.mark.parametrize("crc", [b"\r\n", b"\n\n", b"\r\r", b"00", b'""'])
def test_that_a_binary_crc_may_hold_any_bytes(crc: bytes) -> None:
    (frame,) = wire.Framer().feed(b"\n" + crc + b'0002"x\r')
    assert frame.binary_crc
    assert frame.crc == int.from_bytes(crc, "big")


def test_that_a_frame_with_a_binary_crc_is_whole() -> None:
    body = b'"NULL"0000L0#1234[]'
    (frame,) = wire.Framer().feed(wire.frame(body, binary_crc=True))
    assert (frame.body, frame.crc_ok, frame.length_ok) == (body, True, True)


def test_that_a_changed_byte_breaks_the_crc_and_a_missing_one_the_length_too() -> None:
    (changed,) = wire.Framer().feed(FIRE.replace(b"NFA129", b"NBA129"))
    assert (changed.crc_ok, changed.length_ok) == (False, True)
    (missing,) = wire.Framer().feed(FIRE.replace(b"NFA129", b"NFA12"))
    assert (missing.crc_ok, missing.length_ok) == (False, False)


def test_that_a_body_too_long_to_be_written_is_refused() -> None:
    assert len(wire.frame(b'"' + b"x" * (wire.MAX_BODY - 1))) == wire.MAX_BODY + 10
    with pytest.raises(ValueError):
        wire.frame(b'"' + b"x" * wire.MAX_BODY)


@given(st.lists(st.tuples(noise, frames), max_size=5), st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_that_every_frame_is_found_however_the_stream_is_cut(
    parts: list[tuple[bytes, bytes]], sizes: list[int]
) -> None:
    framer = wire.Framer()
    stream = b"".join(noise + frame for noise, frame in parts)
    found = [frame.raw for piece in cut(stream, sizes) for frame in framer.feed(piece)]
    assert found == [frame for _, frame in parts]


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_that_no_bytes_at_all_stop_the_framer_or_fill_it(pieces: list[bytes]) -> None:
    framer = wire.Framer()
    for piece in pieces:
        framer.feed(piece)
    assert len(framer._buffer) <= wire.MAX_BODY + 16
    assert [frame.raw for frame in framer.feed(b"\r\n\r" + FIRE)][-1:] == [FIRE]


@pytest.mark.parametrize("size", [16, 24, 32])
@given(data=st.data())
def test_that_what_is_encrypted_can_be_read_with_its_key_and_no_other(size: int, data: st.DataObject) -> None:
    key, other = bytes(range(size)), bytes(range(1, size + 1))
    words = data.draw(st.text(st.characters(exclude_characters="[]|", exclude_categories=["Cs"]), max_size=80))
    content = f"{'#1234|' if words else ''}{words}]_14:12:04,09-25-2011".encode()
    hidden = wire.encrypt(key, content)
    assert wire.decrypt(key, hidden) == content
    assert wire.decrypt(other, hidden) is None


def test_that_padding_differs_each_time_and_is_at_least_one_block() -> None:
    key, content = bytes(16), b"]_14:12:04,09-25-2011"
    assert wire.encrypt(key, content) != wire.encrypt(key, content)
    for length in range(40):
        body = b"x" * length + content
        assert 16 <= len(wire.encrypt(key, body)) // 2 - len(body) - (1 if length else 0) <= 31


@pytest.mark.parametrize("digits", [b"", b"zz", b"00", b"0123456789ABCDEF" * 2, "全".encode()])
def test_that_what_is_no_cipher_text_is_no_content(digits: bytes) -> None:
    assert wire.decrypt(bytes(16), digits) is None


def test_that_time_stamps_are_utc_unless_the_panel_writes_its_own_time() -> None:
    at = datetime(2026, 3, 14, 23, 59, 58, tzinfo=UTC)
    assert wire.stamp(at) == "_23:59:58,03-14-2026"
    assert wire.stamp(at.astimezone(ZoneInfo("Asia/Shanghai"))) == wire.stamp(at)
    assert wire.moment("23:59:58,03-14-2026") == at
    assert wire.moment("07:59:58,03-15-2026", ZoneInfo("Asia/Shanghai")) == at
    assert wire.moment("25:00:00,01-01-2026") is None
    assert wire.moment("") is None
