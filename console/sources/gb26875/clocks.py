"""The clocks of transmitters: second, minute, hour, day, month, year in a byte each.

The standard's examples write plain binary (GB/T 26875.3-2011 8.2.2); devices that write each byte as two decimal digits
(BCD) are sold too. Which of both a device does is told from what it writes, and remembered.
"""

from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Final

_CENTURY: Final = 2000


class Style(StrEnum):
    """How a device writes its clock."""

    BINARY = "binary"
    BCD = "bcd"


def read(six: bytes, style: Style, zone: tzinfo) -> datetime | None:
    """Give the moment in UTC that six bytes mean, None where that is an impossible time."""
    numbers = [_of_bcd(byte) for byte in six] if style is Style.BCD else list(six)
    if len(numbers) != 6 or any(number is None for number in numbers):
        return None
    second, minute, hour, day, month, year = (number or 0 for number in numbers)
    if year > 99:
        return None
    try:
        return datetime(_CENTURY + year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def write(at: datetime, style: Style, zone: tzinfo) -> bytes:
    """Give the six bytes of a moment."""
    local = at.astimezone(zone)
    numbers = (local.second, local.minute, local.hour, local.day, local.month, local.year % 100)
    return bytes(number // 10 * 16 + number % 10 if style is Style.BCD else number for number in numbers)


def tell_style(six: bytes, zone: tzinfo, now: datetime, remembered: Style | None) -> Style | None:
    """Tell how six bytes are written; None where neither way gives a possible time.

    Where both do, the remembered way counts, and without one the way that is nearer to `now`: the year tells them apart.
    """
    possible = {style: at for style in Style if (at := read(six, style, zone)) is not None}
    if remembered in possible:
        return remembered
    return min(possible, key=lambda style: abs(possible[style] - now), default=None)


def _of_bcd(byte: int) -> int | None:
    tens, ones = divmod(byte, 16)
    return None if tens > 9 or ones > 9 else tens * 10 + ones
