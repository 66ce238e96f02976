"""NAL units of H.264 (ITU-T H.264 7.3) and H.265 (ITU-T H.265 7.3): which is a key picture, and how large pictures are."""

from collections.abc import Iterable, Iterator
from typing import Final

from console.models.recording import Codec

START: Final = b"\x00\x00\x00\x01"
_SETS: Final = {Codec.H264: frozenset({7, 8}), Codec.HEVC: frozenset({32, 33, 34})}
_KEYS: Final = {Codec.H264: frozenset({5}), Codec.HEVC: frozenset(range(16, 22))}
_DELIMITER: Final = {Codec.H264: 9, Codec.HEVC: 35}
DELIMITERS: Final = {Codec.H264: START + b"\x09\xf0", Codec.HEVC: START + b"\x46\x01\x50"}
_SPS: Final = {Codec.H264: 7, Codec.HEVC: 33}
# Profiles whose parameter set tells the format of colours (ITU-T H.264 7.3.2.1.1).
_HIGH: Final = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


def kind(unit: bytes, codec: Codec) -> int:
    """The type of a unit, without its start code."""
    return unit[0] & 31 if codec is Codec.H264 else unit[0] >> 1 & 63


def is_key(kinds: Iterable[int], codec: Codec) -> bool:
    """Whether a picture of these units can be decoded without any before it."""
    return not _KEYS[codec].isdisjoint(kinds)


def has_sets(kinds: Iterable[int], codec: Codec) -> bool:
    """Whether the picture brings its parameter sets along."""
    return _SETS[codec] <= set(kinds)


def is_set(unit_kind: int, codec: Codec) -> bool:
    """Whether a unit is a parameter set."""
    return unit_kind in _SETS[codec]


def is_delimiter(unit_kind: int, codec: Codec) -> bool:
    """Whether a unit only says that a picture begins."""
    return unit_kind == _DELIMITER[codec]


def split(annex_b: bytes) -> Iterator[bytes]:
    """The units of an Annex B stream, without their start codes."""
    at = annex_b.find(b"\x00\x00\x01")
    while at >= 0:
        begin = at + 3
        at = annex_b.find(b"\x00\x00\x01", begin)
        unit = annex_b[begin:] if at < 0 else annex_b[begin:at]
        if unit := unit.rstrip(b"\x00"):
            yield unit


def size_px(units: Iterable[bytes], codec: Codec) -> tuple[int, int]:
    """Width and height by the first sequence parameter set among the units; (0, 0) where none can be read."""
    for unit in units:
        if unit and kind(unit, codec) == _SPS[codec]:
            try:
                return _h264_size(unit) if codec is Codec.H264 else _hevc_size(unit)
            except IndexError:
                return 0, 0
    return 0, 0


class _Bits:
    def __init__(self, unit: bytes, skip: int) -> None:
        self._bytes = unit[skip:].replace(b"\x00\x00\x03", b"\x00\x00")
        self._at = 0

    def take(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = value << 1 | self._bytes[self._at >> 3] >> (7 - (self._at & 7)) & 1
            self._at += 1
        return value

    def exp(self) -> int:
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise IndexError
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        value = self.exp()
        return (value + 1) // 2 if value & 1 else -(value // 2)


def _h264_size(unit: bytes) -> tuple[int, int]:
    bits = _Bits(unit, 1)
    profile = bits.take(8)
    bits.take(16)
    bits.exp()
    chroma = 1
    if profile in _HIGH:
        chroma = bits.exp()
        if chroma == 3:
            bits.take(1)
        bits.exp()
        bits.exp()
        bits.take(1)
        if bits.take(1):
            for number in range(8 if chroma != 3 else 12):
                if bits.take(1):
                    _skip_scaling(bits, 16 if number < 6 else 64)
    bits.exp()
    order = bits.exp()
    if order == 0:
        bits.exp()
    elif order == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        for _ in range(bits.exp()):
            bits.signed()
    bits.exp()
    bits.take(1)
    width, units_high = (bits.exp() + 1) * 16, bits.exp() + 1
    fields = 1 - bits.take(1)
    if fields:
        bits.take(1)
    bits.take(1)
    height = units_high * 16 * (1 + fields)
    if bits.take(1):
        across, down = (2 if chroma in (1, 2) else 1), (2 if chroma == 1 else 1) * (1 + fields)
        left, right, top, bottom = (bits.exp() for _ in range(4))
        width, height = width - across * (left + right), height - down * (top + bottom)
    return width, height


def _skip_scaling(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed() + 256) % 256
        last = following or last


def _hevc_size(unit: bytes) -> tuple[int, int]:
    bits = _Bits(unit, 2)
    bits.take(4)
    layers = bits.take(3)
    bits.take(1 + 88 + 8)
    present = [(bits.take(1), bits.take(1)) for _ in range(layers)]
    if layers:
        bits.take(2 * (8 - layers))
    for profile, level in present:
        bits.take(88 * profile + 8 * level)
    bits.exp()
    chroma = bits.exp()
    if chroma == 3:
        bits.take(1)
    width, height = bits.exp(), bits.exp()
    if bits.take(1):
        across, down = (2 if chroma in (1, 2) else 1), (2 if chroma == 1 else 1)
        left, right, top, bottom = (bits.exp() for _ in range(4))
        width, height = width - across * (left + right), height - down * (top + bottom)
    return width, height
