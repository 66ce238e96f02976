"""Which pictures a recorded file holds, and where in it decoding may begin: read from the file itself, written or not.

A file of a minute is looked through in some hundredths of a second, so that nothing of this is kept on disk.
"""

import mmap
import re
import struct
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from console.models.recording import Codec

_TS: Final = 188
_CLOCK_HZ: Final = 90_000
_FIRST_PTS: Final = _CLOCK_HZ
"""The recorder gives the first picture of a file this stamp."""
_PID: Final = 0x0100
_CLUSTER: Final = b"\x1f\x43\xb6\x75"
SAME_S: Final = 0.002
"""Time stamps nearer than this are the same: Matroska counts in milliseconds."""


@dataclass(frozen=True, slots=True)
class Index:
    """The pictures of a file: `stamps` in the order they are shown, in seconds after the file's beginning.

    `keys` are (stamp, byte offset, length in bytes; 0 for "until the end") of the pictures that stand for themselves.
    """

    stamps: tuple[float, ...]
    keys: tuple[tuple[float, int, int], ...]
    size: int

    def place(self, stamp: float) -> int:
        """The number of the picture that is shown at a time: the last one not after it, else the first."""
        return max(0, bisect_right(self.stamps, stamp + SAME_S) - 1)

    def key(self, stamp: float) -> int:
        """The number of the key picture to begin with for a time."""
        return max(0, bisect_right(self.keys, (stamp + SAME_S, 1 << 62, 0)) - 1)


def read_index(path: Path, codec: Codec) -> Index:
    """Look through a file. Raises OSError where it cannot be read; an Index without pictures where it holds none."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if not size:
            return Index((), (), 0)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return _matroska(content) if codec is Codec.MJPEG else _transport(content)


def _transport(content: mmap.mmap) -> Index:
    count = len(content) // _TS
    if bad := re.search(rb"[^\x47]", content[: count * _TS : _TS]):
        count = bad.start()
    stamps: list[float] = []
    keys: list[tuple[float, int, int]] = []
    flags = content[1 : count * _TS : _TS]
    for match in re.finditer(rb"[\x40-\x7f]", flags):
        at = match.start() * _TS
        if (flags[match.start()] & 0x1F) << 8 | content[at + 2] != _PID:
            continue
        has_field = content[at + 3] & 0x20
        begin = at + 5 + content[at + 4] if has_field else at + 4
        head = content[begin : begin + 14]
        if head[:3] != b"\x00\x00\x01" or begin + 14 > at + _TS or not head[7] & 0x80:
            continue
        high, middle, low = struct.unpack(">BHH", head[9:14])
        pts = (high & 0x0E) << 29 | (middle >> 1) << 15 | low >> 1
        stamp = (pts - _FIRST_PTS) / _CLOCK_HZ
        stamps.append(stamp)
        if keys and not keys[-1][2]:
            keys[-1] = (*keys[-1][:2], at - keys[-1][1])
        if has_field and content[at + 5] & 0x40:
            keys.append((stamp, max(0, at - 2 * _TS), 0))  # the two tables that lead it
    if keys:  # what comes before the first key picture could never be shown
        stamps = [stamp for stamp in stamps if stamp >= keys[0][0]]
    return Index(tuple(sorted(stamps)) if keys else (), tuple(keys), count * _TS)


def _matroska(content: mmap.mmap) -> Index:
    stamps, keys = [], []
    at = content.find(_CLUSTER)
    while at >= 0 and (read := _element(content, at)) is not None:
        name, begin, end = read
        if end > len(content):
            break
        if name == 0x1F43B675:
            time, block = _element(content, begin), None
            if time is not None and time[0] == 0xE7:
                block = _element(content, time[2])
            if time is not None and block is not None and block[0] == 0xA3:
                stamp = int.from_bytes(content[time[1] : time[2]], "big") / 1000
                stamps.append(stamp)
                keys.append((stamp, block[1] + 4, block[2] - block[1] - 4))
        at = end
    return Index(tuple(sorted(stamps)), tuple(sorted(keys)), len(content))


def _element(content: mmap.mmap, at: int) -> tuple[int, int, int] | None:
    """Name, begin and end of the element at a place; None where there is none."""
    head = content[at : at + 12]
    if not head or not head[0]:
        return None
    width = 9 - head[0].bit_length()
    if len(head) <= width or not head[width]:
        return None
    name = int.from_bytes(head[:width], "big")
    long = 9 - head[width].bit_length()
    size = int.from_bytes(head[width : width + long], "big") & (1 << 7 * long) - 1
    begin = at + width + long
    return name, begin, begin + size
