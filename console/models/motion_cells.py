"""What the kept cells of motion tell of a zone: when something was in it, without a single picture.

Cells are coarse (a sixteenth of the picture each way) and know neither size nor track: an answer from them says where
to look, and how often a zone was entered about; what a rule would have told exactly is for the pictures to say.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from console.models.recording import MOTION_COLUMNS, MOTION_ROWS, MOTION_SECOND_BYTES, MotionMinute

Spot = tuple[float, float]
BITS = MOTION_COLUMNS * MOTION_ROWS


def cells_in(zone: tuple[Spot, ...]) -> int:
    """The cells whose middle, or whose fields' corners, lie in a polygon: a number with the first cell in the highest bit."""
    mask = 0
    for row in range(MOTION_ROWS):
        for column in range(MOTION_COLUMNS):
            inside = any(
                _inside(((column + x) / MOTION_COLUMNS, (row + y) / MOTION_ROWS), zone)
                for x, y in ((0.5, 0.5), (0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9))
            )
            mask = mask << 1 | inside
    return mask


def _inside(spot: Spot, zone: tuple[Spot, ...]) -> bool:
    """Even-odd rule."""
    x, y = spot
    inside = False
    for (ax, ay), (bx, by) in zip(zone, (*zone[1:], zone[0]), strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside


def spans(
    minutes: Iterable[MotionMinute], zone: tuple[Spot, ...], *, min_s: float = 1.0, clear_s: float = 5.0
) -> tuple[tuple[datetime, datetime], ...]:
    """When something was in a zone for at least `min_s`, with pauses of up to `clear_s` counted in; times in UTC.

    `minutes` in order. A day of one camera takes a fraction of a second.
    """
    wanted = cells_in(zone)
    found: list[tuple[datetime, datetime]] = []
    begun_at: datetime | None = None
    seen_at: datetime | None = None
    for at in _stirred(minutes, wanted):
        if begun_at is None or seen_at is None or (at - seen_at).total_seconds() > clear_s:
            if begun_at is not None and seen_at is not None:
                found.append((begun_at, seen_at))
            begun_at = at
        seen_at = at + timedelta(seconds=1)
    if begun_at is not None and seen_at is not None:
        found.append((begun_at, seen_at))
    return tuple((begin, end) for begin, end in found if (end - begin).total_seconds() >= min_s)


def _stirred(minutes: Iterable[MotionMinute], wanted: int) -> Iterable[datetime]:
    """The seconds in which one of the wanted cells stands out."""
    for minute in minutes:
        if not any(minute.bits):
            continue
        for second in range(60):
            bits = minute.bits[second * MOTION_SECOND_BYTES : (second + 1) * MOTION_SECOND_BYTES]
            if int.from_bytes(bits) & wanted:
                yield minute.minute_at + timedelta(seconds=second)
