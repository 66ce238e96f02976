"""What has appeared in a picture, or has gone from it, and does not stir: a bag that was left, a case that was taken.

Two memories of the picture are compared: one of the last few seconds, and a slow one that learns only where the picture
is as it was. Where they differ and the picture is steady, a pixel grows older; somebody who walks by in front makes it
younger by as long as he hides it. Whether something came or went is told by its outline: the picture that holds the
object has the stronger edges along it.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from console.video.cv import cv2
from console.video.motion import Blob, Findings, Grey, light_between
from console.video.tracks import overlap

EVERY_S: Final = 0.5
LATELY_S: Final = 2.0
CALM_S: Final = 90.0
DIFFERS_LEVELS: Final = 14.0
STEADY_LEVELS: Final = 6.0
YOUNG_S: Final = 2.0
FORGET_S: Final = 3600.0
"""What stood for an hour belongs to the place."""
SMALLEST_PX: Final = 20
STATICS_AT_MOST: Final = 32
SAME: Final = 0.3

_RING: Final = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Static:
    """Something that came (`came`) or went and has not stirred since, for `age_s`. `number` stays its own."""

    number: int
    blob: Blob
    age_s: float
    came: bool


class Statics:
    """The two memories of one camera. `look` in order."""

    def __init__(self) -> None:
        nothing: Grey = np.empty((0, 0), np.float32)
        self._calm = self._lately = self._age_s = nothing
        self._last_s = 0.0
        self._known: tuple[Static, ...] = ()
        self._next = 1

    def look(self, grey: Grey, findings: Findings, mono_s: float) -> tuple[Static, ...]:
        """What stands there unstirred now. Everything is learnt anew when the whole picture changed."""
        if not findings.reliable or grey.shape != self._calm.shape:
            self._calm, self._lately = grey.copy(), grey.copy()
            self._age_s = np.zeros(grey.shape, np.float32)
            self._last_s, self._known = mono_s, ()
            return ()
        step_s = mono_s - self._last_s
        if step_s < EVERY_S:
            return self._known
        self._last_s = mono_s
        step_s = min(step_s, 2.0)
        self._learn(grey, findings.mask, step_s)
        self._known = self._match(self._find())
        return self._known

    def _learn(self, grey: Grey, strange: Grey, step_s: float) -> None:
        gain, shift = light_between(self._calm, grey, self._age_s > 0.0)
        if (gain, shift) != (1.0, 0.0):
            for memory in (self._calm, self._lately):
                np.multiply(memory, np.float32(gain), out=memory)
                np.add(memory, np.float32(shift), out=memory)
        steady = cv2.absdiff(grey, self._lately) < STEADY_LEVELS
        cv2.accumulateWeighted(grey, self._lately, min(1.0, step_s / LATELY_S))
        differs = cv2.absdiff(self._lately, self._calm) > DIFFERS_LEVELS
        age = self._age_s
        # Where leaves play, a pixel begins to age only once it stands out from their play.
        age[differs & steady & ((age > 0.0) | (strange > 0))] += np.float32(step_s)
        age[differs & ~steady] -= np.float32(step_s)
        age[~differs] = 0.0
        np.clip(age, 0.0, FORGET_S, out=age)
        old = age >= FORGET_S
        if old.any():
            self._calm[old], age[old] = self._lately[old], 0.0
        cv2.accumulateWeighted(grey, self._calm, step_s / CALM_S, (~differs).astype(np.uint8))

    def _find(self) -> list[Static]:
        aged = cv2.morphologyEx((self._age_s > YOUNG_S).astype(np.uint8), cv2.MORPH_CLOSE, _RING)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(aged, connectivity=8)
        found = []
        for n in np.argsort(-stats[1:, cv2.CC_STAT_AREA])[:STATICS_AT_MOST] + 1 if count > 1 else ():
            x, y, w, h, area = (int(part) for part in stats[n])
            if area < SMALLEST_PX:
                break
            region = (labels[y : y + h, x : x + w] == n).astype(np.uint8)
            age_s = float(np.percentile(self._age_s[y : y + h, x : x + w][region > 0], 60))
            found.append(Static(number=0, blob=Blob(x, y, x + w, y + h, area), age_s=age_s, came=self._came(labels, n)))
        return found

    def _came(self, labels: Grey, n: int) -> bool:
        """Whether the newer picture has the stronger edges along the outline of a region."""
        region = (labels == n).astype(np.uint8)
        outline = cv2.morphologyEx(region, cv2.MORPH_GRADIENT, _RING) > 0
        return bool(_edges(self._lately)[outline].mean() >= _edges(self._calm)[outline].mean())

    def _match(self, found: list[Static]) -> tuple[Static, ...]:
        """Give what is still there the number that it had."""
        matched = []
        free = list(self._known)
        for one in found:
            before = max(free, key=lambda other: overlap(other.blob, one.blob), default=None)
            if before is not None and overlap(before.blob, one.blob) >= SAME:
                free.remove(before)
                # What it was taken for first holds: later light may play on the outline.
                came = before.came if before.age_s > 2 * YOUNG_S else one.came
                matched.append(replace(one, number=before.number, came=came))
            else:
                matched.append(replace(one, number=self._next))
                self._next += 1
        return tuple(matched)


def _edges(grey: Grey) -> Grey:
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3)
    return np.asarray(cv2.magnitude(across, down))
