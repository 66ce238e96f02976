"""Cut a segment at key pictures without touching a byte of what stays: which bytes of a file hold which time."""

import bisect
import struct
from dataclasses import dataclass
from typing import Final

from console.video.recording import matroska, mpegts

_EBML: Final = b"\x1a\x45\xdf\xa3"


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where decoding can begin: the first byte, and seconds after the first picture of the file."""

    offset: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Cut:
    """What of a file is kept: `ranges` of bytes (first, end), from `begin_s` to `end_s` after its first picture."""

    ranges: tuple[tuple[int, int], ...]
    begin_s: float
    end_s: float
    whole: bool


def key_places(content: bytes) -> tuple[int, tuple[KeyPlace, ...]]:
    """How long the head is that every part needs, and every place where decoding can begin."""
    if content.startswith(_EBML):
        return _matroska_keys(content)
    return 0, _ts_keys(content)


def _ts_keys(content: bytes) -> tuple[KeyPlace, ...]:
    """A key picture of our files follows its tables: it begins with them."""
    found: list[KeyPlace] = []
    tables, first = -1, None
    for at in range(0, len(content) - mpegts.PACKET + 1, mpegts.PACKET):
        flags, low = content[at + 1], content[at + 2]
        if not flags & 0x40:
            continue
        pid = (flags & 0x1F) << 8 | low
        if pid == 0:
            tables = at
            continue
        if not content[at + 3] & 0x20:
            continue
        begin = at + 5 + content[at + 4]
        if content[begin : begin + 3] != b"\x00\x00\x01" or begin + 14 > at + mpegts.PACKET:
            continue
        high, middle, low16 = struct.unpack(">BHH", content[begin + 9 : begin + 14])
        pts = (high & 0x0E) << 29 | (middle >> 1) << 15 | low16 >> 1
        first = pts if first is None else first
        if content[at + 5] & 0x40:
            found.append(KeyPlace(tables if tables >= 0 else at, (pts - first) / 90_000))
            tables = -1
    return tuple(found)


def _matroska_keys(content: bytes) -> tuple[int, tuple[KeyPlace, ...]]:
    """Every cluster of our files is a picture of its own."""
    places = tuple(matroska.clusters(content))
    if not places:
        return len(content), ()
    first = places[0][1]
    return places[0][0], tuple(KeyPlace(at, (stamp - first) / 1000) for at, stamp in places)


def cut(content: bytes, from_s: float, until_s: float, length_s: float) -> Cut | None:
    """The part of a file that holds the time between, from a key picture until before a key picture.

    The picture before the beginning that must be decoded first is taken along, so that nothing asked for is missing.
    `length_s` is how long the file lasts. None where there is nothing to decode, or nothing of that time.
    """
    head, places = key_places(content)
    if not places or from_s >= length_s or until_s <= places[0].at_s:
        return None
    times = [place.at_s for place in places]
    begin = max(0, bisect.bisect_right(times, from_s) - 1)
    end = bisect.bisect_left(times, until_s)
    stop, end_s = (places[end].offset, times[end]) if end < len(places) else (len(content), length_s)
    start = places[begin].offset
    if start <= head and stop == len(content):
        return Cut(((0, len(content)),), times[begin], length_s, whole=True)
    ranges = ((0, head), (start, stop)) if head and start > head else ((0 if start <= head else start, stop),)
    return Cut(ranges, times[begin], end_s, whole=False)
