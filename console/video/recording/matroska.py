"""Matroska (RFC 9559) for single JPEG pictures, which MPEG-TS has no place for: a cluster each, whole by itself."""

import struct
from collections.abc import Iterator
from typing import Final

from console.video.recording.mpegts import Found, length_s
from console.video.recording.packets import Packet

_EBML: Final = 0x1A45DFA3
_SEGMENT: Final = b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff"
_CLUSTER: Final = 0x1F43B675


def _element(name: int, content: bytes) -> bytes:
    size = len(content)
    length = struct.pack(">B", 0x80 | size) if size < 127 else struct.pack(">I", 0x10000000 | size)
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + length + content


def _number(name: int, value: int) -> bytes:
    return _element(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


class Muxer:
    """Turns JPEG pictures into Matroska of unknown length."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self._size = (width_px, height_px)

    def head(self) -> bytes:
        """What the file begins with."""
        kind = _number(0x4286, 1) + _number(0x42F7, 1) + _number(0x42F2, 4) + _number(0x42F3, 8)
        kind += _element(0x4282, b"matroska") + _number(0x4287, 4) + _number(0x4285, 2)
        about = _number(0x2AD7B1, 1_000_000) + _element(0x4D80, b"zhishou") + _element(0x5741, b"zhishou")
        shape = _number(0xB0, self._size[0]) + _number(0xBA, self._size[1])
        track = _number(0xD7, 1) + _number(0x73C5, 1) + _number(0x83, 1) + _number(0x9C, 0)
        track += _element(0x86, b"V_MJPEG") + _element(0xE0, shape)
        tracks = _element(0x1654AE6B, _element(0xAE, track))
        return _element(_EBML, kind) + _SEGMENT + _element(0x1549A966, about) + tracks

    def add(self, packet: Packet, media: int) -> bytes:
        """The bytes of one picture, `media` of 1/90,000 s after the first."""
        block = _element(0xA3, b"\x81\x00\x00\x80" + packet.data)
        return _element(_CLUSTER, _number(0xE7, media // 90) + block)

    def tail(self) -> bytes:
        """What the file ends with: nothing."""
        return b""


def clusters(content: bytes) -> Iterator[tuple[int, int]]:
    """Where each whole picture begins, and its time in milliseconds."""
    at = content.find(_SEGMENT)
    at = len(content) if at < 0 else at + len(_SEGMENT)
    while (read := _read(content, at)) is not None:
        name, begin, end = read
        if end > len(content):
            return
        if name == _CLUSTER and (time := _read(content, begin)) is not None and time[0] == 0xE7:
            yield at, int.from_bytes(content[time[1] : time[2]], "big")
        at = end


def look_through(content: bytes) -> Found:
    """Find what is whole in a file that was cut off anywhere."""
    at = content.find(_SEGMENT)
    if at < 0:
        return Found(0, 0, 0, 0.0)
    at += len(_SEGMENT)
    whole, stamps = 0, []
    while (read := _read(content, at)) is not None:
        name, begin, end = read
        if end > len(content) or name not in (_CLUSTER, 0x1549A966, 0x1654AE6B):
            break
        if name == _CLUSTER and (time := _read(content, begin)) is not None and time[0] == 0xE7:
            stamps.append(int.from_bytes(content[time[1] : time[2]], "big"))
        whole = at = end
    return Found(whole, len(stamps), len(stamps), length_s(stamps, 1000))


def _read(content: bytes, at: int) -> tuple[int, int, int] | None:
    """Name, begin and end of the element at a place; None where there is none."""
    if at >= len(content) or not content[at]:
        return None
    width = 9 - content[at].bit_length()
    name = int.from_bytes(content[at : at + width], "big")
    at += width
    if at >= len(content) or not content[at]:
        return None
    width = 9 - content[at].bit_length()
    size = int.from_bytes(content[at : at + width], "big") & (1 << 7 * width) - 1
    begin = at + width
    return name, begin, begin + size
