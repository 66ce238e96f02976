"""How far somebody may look back: their own limit, and what approved requests for viewing open beyond it. Pure.

Times are seconds since 1970 (UTC), as in console.models.playback.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from console.models.ids import CameraId
from console.models.playback import SEAM_S, Purpose
from console.models.timeline import joined

STAYS_S: Final = 60.0
"""What was opened while one might look so far back stays on the screen so long after the limit has passed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What an approved request for viewing lets who put it on record look at: these cameras, exactly this range.

    `reason` is the request's purpose. It counts until `over_s`, and no longer than the request stands approved.
    """

    request: str
    reason: str
    cameras: tuple[CameraId, ...]
    from_s: float
    until_s: float
    over_s: float

    def covers(self, camera: CameraId, at_s: float) -> bool:
        """Whether a moment of a camera lies in it."""
        return camera in self.cameras and self.from_s <= at_s <= self.until_s

    def purpose(self, said: Purpose) -> Purpose:
        """What is looked at by it is looked at for its request; what was said of another request is not said of this one."""
        reason = said.reason if said.request in ("", self.request) else ""
        return Purpose(reason=reason or self.reason, request=self.request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far somebody may look back now: to `since_s`, None for no limit, and beyond it where a grant covers it."""

    since_s: float | None = None
    grants: tuple[Grant, ...] = ()

    def open(self, camera: CameraId, at_s: float) -> bool:
        """Whether a moment of a camera may be opened."""
        return self.since_s is None or at_s >= self.since_s or self.grant(camera, at_s) is not None

    def grant(self, camera: CameraId, at_s: float) -> Grant | None:
        """What lets a moment be looked at that lies beyond the limit; None where nothing does, or nothing has to."""
        if self.since_s is None or at_s >= self.since_s:
            return None
        return next((one for one in self.grants if one.covers(camera, at_s)), None)

    def shows(self, camera: CameraId, taken_s: float) -> bool:
        """Whether a picture may be on the screen.

        The limit moves on while one looks: what was opened in time may stay for a minute. A picture stands for the
        moments after it, so that the last one before a grant begins is its first.
        """
        if self.since_s is None or taken_s >= self.since_s - STAYS_S:
            return True
        return any(camera in one.cameras and one.from_s - SEAM_S <= taken_s <= one.until_s for one in self.grants)

    def nearest(self, cameras: Sequence[CameraId], at_s: float) -> float:
        """The moment itself where one of the cameras may be looked at then, else the nearest where one may."""
        if self.since_s is None or at_s >= self.since_s or any(self.open(camera, at_s) for camera in cameras):
            return at_s
        granted = [one for one in self.grants if set(one.cameras) & set(cameras)]
        edges = [self.since_s, *(edge for one in granted for edge in (one.from_s, one.until_s))]
        return min(edges, key=lambda edge: abs(edge - at_s))

    def within(self, camera: CameraId, from_s: float, until_s: float) -> tuple[tuple[float, float], ...]:
        """What of a stretch of a camera may be looked at, in order."""
        parts = [(one.from_s, one.until_s) for one in self.grants if camera in one.cameras]
        parts.append((self.since_s if self.since_s is not None else from_s, until_s))
        clipped = sorted((max(begin, from_s), min(end, until_s)) for begin, end in parts)
        return joined(tuple(part for part in clipped if part[0] < part[1]), 0.0)
