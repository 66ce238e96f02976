"""Find out how large a drawing is, from the first bytes of its file and without drawing it."""

import re
import struct
from pathlib import Path
from typing import Final

HEAD_BYTES: Final = 1 << 18

_SVG_TAG = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_VIEW_BOX = re.compile(r"\bviewBox\s*=\s*[\"']\s*([^\"']+?)\s*[\"']")
_LENGTH = r"\b{}\s*=\s*[\"']\s*([0-9.]+)\s*(?:px)?\s*[\"']"
# JPEG markers that begin a frame and hold its size: SOF0 to SOF15 without DHT, JPG and DAC.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def size_of(head: bytes) -> tuple[float, float] | None:
    """Width and height in pixels of a PNG, JPEG or SVG, from the beginning of its file; None where it is none of them.

    An SVG counts in the units of its viewBox, which has to begin at 0 0; without one in its width and height.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
        return _positive(*struct.unpack(">II", head[16:24]))
    if head.startswith(b"\xff\xd8"):
        return _jpeg_size(head)
    return _svg_size(head.decode("utf-8", "replace"))


def read_size(file: Path) -> tuple[float, float] | None:
    """`size_of` for a file; raises OSError where it cannot be read."""
    with file.open("rb") as stream:
        return size_of(stream.read(HEAD_BYTES))


def _positive(width: float, height: float) -> tuple[float, float] | None:
    return (float(width), float(height)) if width > 0 and height > 0 else None


def _jpeg_size(head: bytes) -> tuple[float, float] | None:
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker, length = head[at + 1], struct.unpack(">H", head[at + 2 : at + 4])[0]
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return _positive(width, height)
        at += 2 + length
    return None


def _svg_size(text: str) -> tuple[float, float] | None:
    tag = _SVG_TAG.search(text)
    if tag is None:
        return None
    if box := _VIEW_BOX.search(tag[0]):
        try:
            left, top, width, height = (float(part) for part in re.split(r"[\s,]+", box[1]))
        except ValueError:
            return None
        return _positive(width, height) if left == 0 and top == 0 else None
    sides = [re.search(_LENGTH.format(side), tag[0]) for side in ("width", "height")]
    try:
        return _positive(*(float(side[1]) for side in sides if side)) if all(sides) else None
    except ValueError:
        return None
