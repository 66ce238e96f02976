"""Follow what stands out from look to look: which of these blobs is the one of before.

Nothing here knows what it follows. Two people who meet are one blob for a while and may part with each other's
number; rules that count on a track say so in their limits.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from console.models.pictures import Box
from console.video.motion import Blob, Findings

TRACKS_AT_MOST: Final = 48
PATH_AT_MOST: Final = 64
LOST_AFTER_S: Final = 2.0
"""Somebody who is hidden by a pillar for so long is still the same."""
REACH: Final = 0.16
"""How far a foot may go between two looks, as a share of the picture's height, beyond what it went before."""
SMOOTH: Final = 0.6


@dataclass(slots=True)
class Track:
    """One thing that is followed; places in pixels of the small picture, times in seconds of the monotonic clock."""

    number: int
    blob: Blob
    first_s: float
    seen_s: float
    foot: tuple[float, float]
    pace: tuple[float, float] = (0.0, 0.0)
    path: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=PATH_AT_MOST))

    def at(self, mono_s: float) -> tuple[float, float]:
        """Where its foot should be at a time."""
        step_s = min(mono_s - self.seen_s, 0.5)
        return self.foot[0] + self.pace[0] * step_s, self.foot[1] + self.pace[1] * step_s

    def take(self, blob: Blob, mono_s: float) -> None:
        """It was seen again, as this blob."""
        step_s = max(mono_s - self.seen_s, 0.02)
        before = self.foot
        x, y = foot_of(blob)
        self.foot = (before[0] + SMOOTH * (x - before[0]), before[1] + SMOOTH * (y - before[1]))
        for_x, for_y = (self.foot[0] - before[0]) / step_s, (self.foot[1] - before[1]) / step_s
        self.pace = (0.5 * (self.pace[0] + for_x), 0.5 * (self.pace[1] + for_y))
        self.blob, self.seen_s = blob, mono_s
        self.path.append(self.foot)

    def box(self, size_px: tuple[int, int]) -> Box:
        """Its place in 0..1 of the picture."""
        return self.blob.box(*size_px)


def foot_of(blob: Blob) -> tuple[float, float]:
    """The middle of a blob's lower edge: where somebody stands."""
    return (blob.left + blob.right) / 2, float(blob.bottom)


class Tracker:
    """Gives every blob the number that it had. `follow` looks in order."""

    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._next = 1

    def follow(self, findings: Findings, mono_s: float) -> tuple[Track, ...]:
        """The tracks that are seen now. Nothing is followed while the background is learnt anew."""
        if not findings.reliable:
            self._tracks.clear()
            return ()
        self._tracks = [track for track in self._tracks if 0.0 <= mono_s - track.seen_s <= LOST_AFTER_S]
        free = list(findings.blobs[:TRACKS_AT_MOST])
        for _, track, blob in sorted(self._pairs(free, mono_s, findings.size_px[1]), key=lambda pair: pair[0]):
            if track.seen_s < mono_s and blob in free:
                free.remove(blob)
                track.take(blob, mono_s)
        for blob in free[: TRACKS_AT_MOST - len(self._tracks)]:
            track = Track(self._next, blob, mono_s, mono_s, foot_of(blob))
            track.path.append(track.foot)
            self._tracks.append(track)
            self._next += 1
        return tuple(track for track in self._tracks if track.seen_s == mono_s)

    def _pairs(self, blobs: list[Blob], mono_s: float, height_px: int) -> list[tuple[float, Track, Blob]]:
        """Which blob may be which track, and how far that is fetched: overlap is near, distance is far."""
        pairs = []
        for track in self._tracks:
            x, y = track.at(mono_s)
            reach = REACH * height_px * (1.0 + min(mono_s - track.seen_s, LOST_AFTER_S))
            for blob in blobs:
                its_x, its_y = foot_of(blob)
                apart = ((its_x - x) ** 2 + (its_y - y) ** 2) ** 0.5
                shared = overlap(track.blob, blob)
                if apart <= reach or shared > 0.0:
                    pairs.append((apart / height_px - shared, track, blob))
        return pairs


def overlap(one: Blob, other: Blob) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    if wide <= 0 or high <= 0:
        return 0.0
    both = wide * high
    sizes = [(blob.right - blob.left) * (blob.bottom - blob.top) for blob in (one, other)]
    return both / (sum(sizes) - both)
