"""MPEG-TS (ISO/IEC 13818-1): written packet by packet, so that whatever is cut off leaves the rest whole, and looked through."""

import re
import struct
from dataclasses import dataclass
from typing import Final

from console.models.recording import Codec
from console.video.recording import nal
from console.video.recording.packets import CLOCK_HZ, Packet

PACKET: Final = 188
_PMT_PID: Final = 0x1000
_PID: Final = 0x0100
_STREAM_TYPES: Final = {Codec.H264: 0x1B, Codec.HEVC: 0x24}
_FIRST_PTS: Final = CLOCK_HZ
_AHEAD: Final = CLOCK_HZ // 10
"""How far the stream's clock is behind its pictures: what a receiver may buffer."""


def _crc_table() -> tuple[int, ...]:
    table = []
    for number in range(256):
        value = number << 24
        for _ in range(8):
            value = value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)
        table.append(value & 0xFFFFFFFF)
    return tuple(table)


_CRC: Final = _crc_table()


def _section(table_id: int, number: int, body: bytes) -> bytes:
    content = struct.pack(">BHHBBB", table_id, 0xB000 | len(body) + 9, number, 0xC1, 0, 0) + body
    crc = 0xFFFFFFFF
    for byte in content:
        crc = (crc << 8 ^ _CRC[crc >> 24 ^ byte]) & 0xFFFFFFFF
    return (b"\x00" + content + struct.pack(">I", crc)).ljust(PACKET - 4, b"\xff")


class Muxer:
    """Turns pictures into MPEG-TS. Every key picture is led by the tables and by its parameter sets."""

    def __init__(self, codec: Codec, headers: bytes) -> None:
        self._codec = codec
        self._headers = headers
        self._counter = 0
        self._tables = 0
        self._plain = [struct.pack(">BHB", 0x47, _PID, 0x10 | number) for number in range(16)]
        self._pat = _section(0, 1, struct.pack(">HH", 1, 0xE000 | _PMT_PID))
        pmt = struct.pack(">HHBHH", 0xE000 | _PID, 0xF000, _STREAM_TYPES[codec], 0xE000 | _PID, 0xF000)
        self._pmt = _section(2, 1, pmt)

    def head(self) -> bytes:
        """What the file begins with: nothing, for every key picture is a beginning."""
        return b""

    def add(self, packet: Packet, media: int) -> bytes:
        """The bytes of one picture, `media` of 1/90,000 s after the first."""
        parts: list[bytes] = []
        if packet.key:
            number = self._tables = (self._tables + 1) & 15
            for pid, section in ((0, self._pat), (_PMT_PID, self._pmt)):
                parts += (struct.pack(">BHB", 0x47, 0x4000 | pid, 0x10 | number), section)
        data = self._picture(packet)
        pts = (media + _FIRST_PTS) & 0x1FFFFFFFF
        pes = b"\x00\x00\x01\xe0\x00\x00\x84\x80\x05" + _stamp(pts) + data
        clock = (pts - _AHEAD) & 0x1FFFFFFFF
        field = struct.pack(">BIBB", 0x50 if packet.key else 0x10, clock >> 1, (clock & 1) << 7 | 0x7E, 0)
        room = PACKET - 4 - 1 - len(field)
        first = pes[:room]
        field += b"\xff" * (room - len(first))
        parts += (struct.pack(">BHBB", 0x47, 0x4000 | _PID, 0x30 | self._next(), len(field)), field, first)
        size, counter, plain = len(pes), self._counter, self._plain
        whole = room + (size - room) // 184 * 184 if size > room else size
        for at in range(room, whole, 184):
            parts.append(plain[counter])
            parts.append(pes[at : at + 184])
            counter = (counter + 1) & 15
        self._counter = counter
        if size > room and whole < size:
            parts.append(self._last(pes[whole:]))
        return b"".join(parts)

    def tail(self) -> bytes:
        """What the file ends with: nothing."""
        return b""

    def _next(self) -> int:
        number = self._counter
        self._counter = (number + 1) & 15
        return number

    def _last(self, rest: bytes) -> bytes:
        stuffing = 184 - len(rest) - 1
        field = b"" if stuffing == 0 else b"\x00" + b"\xff" * (stuffing - 1)
        return struct.pack(">BHBB", 0x47, _PID, 0x30 | self._next(), stuffing) + field + rest

    def _picture(self, packet: Packet) -> bytes:
        data = packet.data
        at = 4 if data.startswith(nal.START) else 3
        if nal.is_delimiter(nal.kind(data[at : at + 2], self._codec), self._codec):
            return data
        lead = nal.DELIMITERS[self._codec]
        if packet.key and not nal.has_sets(
            (nal.kind(unit, self._codec) for unit in nal.split(data[:4096])), self._codec
        ):
            lead += self._headers
        return lead + data


def _stamp(pts: int) -> bytes:
    return struct.pack(">BHH", 0x21 | pts >> 29 & 0x0E, pts >> 14 & 0xFFFE | 1, pts << 1 & 0xFFFE | 1)


@dataclass(frozen=True, slots=True)
class Found:
    """What is left of a file: `size_bytes` from its beginning are whole."""

    size_bytes: int
    frames: int
    key_frames: int
    media_s: float


def look_through(content: bytes) -> Found:
    """Find what is whole in a file that was cut off anywhere; zeros that a power cut left are no part of it."""
    count = len(content) // PACKET
    marks = content[: count * PACKET : PACKET]
    if bad := re.search(rb"[^\x47]", marks):
        count = bad.start()
    flags, stamps, keys = content[1 : count * PACKET : PACKET], [], 0
    for match in re.finditer(rb"[\x40-\x5f\x60-\x7f]", flags):
        at = match.start() * PACKET
        if (flags[match.start()] & 0x1F) << 8 | content[at + 2] != _PID:
            continue
        has_field = content[at + 3] & 0x20
        begin = at + 5 + content[at + 4] if has_field else at + 4
        if content[begin : begin + 3] != b"\x00\x00\x01" or begin + 14 > at + PACKET or not content[begin + 7] & 0x80:
            continue
        high, middle, low = struct.unpack(">BHH", content[begin + 9 : begin + 14])
        stamps.append((high & 0x0E) << 29 | (middle >> 1) << 15 | low >> 1)
        keys += bool(has_field and content[at + 5] & 0x40)
    return Found(count * PACKET, len(stamps), keys, length_s(stamps, CLOCK_HZ))


def length_s(stamps: list[int], ticks: int) -> float:
    """How long pictures of these times last: the last one as long as the others on average."""
    if len(stamps) < 2:
        return 0.0
    return (max(stamps) - min(stamps)) / ticks * len(stamps) / (len(stamps) - 1)
