"""Clips of the pretend camera, cut into pictures and into RTP payloads: H.264 (RFC 6184), H.265 (RFC 7798), JPEG (RFC 2435)."""

import re
import struct
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MTU: Final = 1400
CLOCK_HZ: Final = 90_000
_FU_A: Final = 28
_FU_HEVC: Final = 49
_JPEG_OWN_TABLES: Final = 255


class Coding(StrEnum):
    """How the pictures of a clip are coded, by the name that an SDP gives it."""

    H264 = "H264"
    HEVC = "H265"
    JPEG = "JPEG"


_SETS: Final = {Coding.H264: (7, 8), Coding.HEVC: (32, 33, 34)}
_SLICES: Final = {Coding.H264: (1, 5), Coding.HEVC: tuple(range(22))}
_LEADS: Final = {Coding.H264: (6, 7, 8, 9), Coding.HEVC: (32, 33, 34, 35, 39)}


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip cut into pictures: each a list of NAL units without start codes, or one JPEG file."""

    pictures: tuple[tuple[bytes, ...], ...]
    fps: float
    coding: Coding = Coding.H264

    @property
    def parameter_sets(self) -> tuple[bytes, ...]:
        """What a player must know first: SPS and PPS, and VPS of H.265; nothing of JPEG."""
        wanted = _SETS.get(self.coding, ())
        return tuple(unit for unit in (self.pictures[0] if self.pictures else ()) if _kind(unit, self.coding) in wanted)

    def described(self, payload_type: int) -> list[str]:
        """The lines of an SDP that say how this clip is coded."""
        lines = [f"a=rtpmap:{payload_type} {self.coding}/{CLOCK_HZ}"]
        texts = [b64encode(unit).decode() for unit in self.parameter_sets]
        if self.coding is Coding.H264:
            sets = self.parameter_sets
            said = (
                f";profile-level-id={sets[0][1:4].hex().upper()};sprop-parameter-sets={','.join(texts)}" if sets else ""
            )
            lines.append(f"a=fmtp:{payload_type} packetization-mode=1{said}")
        elif self.coding is Coding.HEVC and len(texts) >= 3:
            lines.append(f"a=fmtp:{payload_type} sprop-vps={texts[0]};sprop-sps={texts[1]};sprop-pps={texts[2]}")
        return [*lines, f"a=framerate:{self.fps:g}"]


def _kind(unit: bytes, coding: Coding) -> int:
    return unit[0] & 31 if coding is Coding.H264 else unit[0] >> 1 & 63


def read_clip(stream: bytes, fps: float, coding: Coding = Coding.H264) -> Clip:
    """Cut an Annex B stream, or JPEG files one after the other, into pictures. Raises ValueError where there are none."""
    if coding is Coding.JPEG:
        files = tuple((b"\xff\xd8" + rest,) for rest in stream.split(b"\xff\xd8\xff\xe0")[1:] if rest)
        files = tuple((b"\xff\xd8\xff\xe0" + one[0][2:],) for one in files)
        if not files:
            raise ValueError("no JPEG pictures in this stream")
        return Clip(files, fps, coding)
    pictures: list[tuple[bytes, ...]] = []
    current: list[bytes] = []
    has_slice = False
    first_byte = 1 if coding is Coding.H264 else 2
    for unit in re.split(rb"\x00\x00\x00?\x01", stream):
        unit = unit.rstrip(b"\x00")
        if not unit:
            continue
        kind = _kind(unit, coding)
        is_slice = kind in _SLICES[coding]
        # A picture begins with what announces it, or with a slice whose first block is number 0.
        begins = kind in _LEADS[coding] or (is_slice and len(unit) > first_byte and bool(unit[first_byte] & 0x80))
        if has_slice and begins:
            pictures.append(tuple(current))
            current, has_slice = [], False
        current.append(unit)
        has_slice = has_slice or is_slice
    if has_slice:
        pictures.append(tuple(current))
    if not pictures:
        raise ValueError(f"no {coding} pictures in this stream")
    return Clip(tuple(pictures), fps, coding)


def payloads(picture: tuple[bytes, ...], coding: Coding) -> list[bytes]:
    """The RTP payloads of a picture, in order."""
    cut = {Coding.H264: packets, Coding.HEVC: _hevc_packets, Coding.JPEG: _jpeg_packets}[coding]
    return [part for unit in picture for part in cut(unit)]


def packets(unit: bytes) -> Iterator[bytes]:
    """RTP payloads of an H.264 NAL unit: itself, or fragments (FU-A) where it is too long."""
    if len(unit) <= MTU:
        yield unit
        return
    header, rest = unit[0], unit[1:]
    indicator = header & 0xE0 | _FU_A
    for at in range(0, len(rest), MTU - 2):
        start = 0x80 if at == 0 else 0
        end = 0x40 if at + MTU - 2 >= len(rest) else 0
        yield bytes((indicator, start | end | header & 31)) + rest[at : at + MTU - 2]


def _hevc_packets(unit: bytes) -> Iterator[bytes]:
    """The same of H.265: fragmentation units, RFC 7798 4.4.3."""
    if len(unit) <= MTU:
        yield unit
        return
    kind, rest = unit[0] >> 1 & 63, unit[2:]
    header = bytes((unit[0] & 0x81 | _FU_HEVC << 1, unit[1]))
    for at in range(0, len(rest), MTU - 3):
        start = 0x80 if at == 0 else 0
        end = 0x40 if at + MTU - 3 >= len(rest) else 0
        yield header + bytes((start | end | kind,)) + rest[at : at + MTU - 3]


def _jpeg_packets(file: bytes) -> Iterator[bytes]:
    """A JPEG file's scan, behind RFC 2435's headers; its quantisation tables travel in the first packet."""
    tables, width, height, kind, at = b"", 0, 0, 1, 2
    while True:
        marker, size = file[at + 1], struct.unpack(">H", file[at + 2 : at + 4])[0]
        body = file[at + 4 : at + 2 + size]
        at += 2 + size
        if marker == 0xDB:
            tables += b"".join(body[part + 1 : part + 65] for part in range(0, len(body), 65))
        elif marker == 0xC0:
            height, width = struct.unpack(">HH", body[1:5])
            kind = 1 if body[7] == 0x22 else 0  # 4:2:0, 4:2:2
        elif marker == 0xDA:
            break
    tables = tables if len(tables) > 64 else tables * 2
    scan = file[at : file.rindex(b"\xff\xd9")]
    for offset in range(0, len(scan), MTU):
        head = struct.pack(">I", offset) + bytes((kind, _JPEG_OWN_TABLES, width // 8, height // 8))
        own = struct.pack(">BBH", 0, 0, len(tables)) + tables if offset == 0 else b""
        yield head + own + scan[offset : offset + MTU]
