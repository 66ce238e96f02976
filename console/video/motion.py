"""What does not belong into a picture: a first, cheap look on a small grey copy of it.

Each pixel of the background is a level, how far it usually strays from it, and the band between
the darkest and the brightest that it lately was. Leaves in the wind soon have a wide band and are
silent; a person on a still floor stands out. Three things keep the background honest:

- where something stands out, learning stops, so that somebody who stands still for half a minute
  is not taken for a piece of furniture; only what has not stirred at all for `SETTLE_S` is;
- when most of the picture changes at once (the light was switched, the camera turned), everything
  is learnt anew and nothing is reported meanwhile;
- a slow or small change of the light as a whole is taken out before comparing.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from console.models.pictures import Box
from console.video.cv import cv2
from console.video.frames import Frame

HEIGHT_PX: Final = 144
CALIBRATE_S: Final = 2.0
LEARN_S: Final = 12.0
BAND_S: Final = 40.0
SETTLE_S: Final = 60.0
SWITCHED_SHARE: Final = 0.55
JUMPED_SHARE: Final = 0.2
"""So much of a picture changes from one look to the next only if the camera itself was moved."""
JUMP_S: Final = 0.3
ABSENT_S: Final = 10.0
"""After so long without a frame (the camera was away) the background is learnt anew."""
LIGHT_LEVELS: Final = 2.5
STIRS_LEVELS: Final = 5.5
LEAST_LEVELS: Final = 9.0
MOST_LEVELS: Final = 28.0
SATURATED_LEVELS: Final = 240.0
SMALLEST_PX: Final = 14
USUAL_SENSITIVITY: Final = 0.5

Grey = NDArray[Any]

_SPECK: Final = np.ones((2, 2), np.uint8)
_JOIN: Final = np.ones((5, 3), np.uint8)
_STIR: Final = np.ones((7, 7), np.uint8)


@dataclass(frozen=True, slots=True)
class Blob:
    """Something that stands out, in pixels of the small picture; `area_px` without its holes."""

    left: int
    top: int
    right: int
    bottom: int
    area_px: int

    def box(self, width_px: int, height_px: int) -> Box:
        """Its place in 0..1 of the picture."""
        return (
            self.left / width_px,
            self.top / height_px,
            self.right / width_px,
            self.bottom / height_px,
        )


@dataclass(frozen=True, slots=True)
class Findings:
    """What a look has found: blobs, the mask they come from, and whether to trust it."""

    blobs: tuple[Blob, ...]
    mask: Grey
    reliable: bool

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the small picture."""
        return self.mask.shape[1], self.mask.shape[0]


class Motion:
    """The background of one camera. `look` at frames in order; `seen` then tells what stands out more or less."""

    def __init__(self) -> None:
        nothing: Grey = np.empty((0, 0), np.float32)
        self._level = self._low = self._high = self._stray = nothing
        self._still_s = self._before = self._threshold = self._strange = nothing
        self._since_s = self._last_s = self._share = 0.0
        self._outside = self._used = nothing
        self._usual = Findings((), np.empty((0, 0), np.uint8), reliable=False)

    def look(self, frame: Frame, mono_s: float) -> Findings:
        """Compare a frame with the background, and learn from it."""
        return self.look_at(small_grey(frame).astype(np.float32), mono_s)

    def look_at(self, grey: Grey, mono_s: float) -> Findings:
        """`look` at what `small_grey` has made of a frame, as float32."""
        self._usual = self._compare(grey, mono_s)
        return self._usual

    def seen(self, sensitivity: float) -> Findings:
        """What the newest frame shows at a sensitivity in 0..1; 0.5 is what `look` gives.

        The threshold doubles from the middle to the dull end and halves to the sharp one.
        """
        usual = self._usual
        if not usual.reliable or sensitivity == USUAL_SENSITIVITY:
            return usual
        threshold = self._used * np.float32(4.0 ** (USUAL_SENSITIVITY - sensitivity))
        raw: Grey = cv2.compare(self._outside, threshold, cv2.CMP_GT)
        mask = _joined(raw)
        return Findings(blobs(mask, raw), mask, reliable=True)

    def _compare(self, grey: Grey, mono_s: float) -> Findings:
        if grey.shape != self._level.shape or mono_s - self._last_s > ABSENT_S:
            return self._start(grey, mono_s)
        step_s = min(max(mono_s - self._last_s, 0.02), 1.0)
        self._last_s = mono_s
        self._follow_light(grey)
        outside = cv2.max(cv2.subtract(self._low, grey), cv2.subtract(grey, self._high))
        self._outside, self._used = outside, self._threshold
        raw: Grey = cv2.compare(outside, self._threshold, cv2.CMP_GT)
        share = cv2.countNonZero(raw) / raw.size
        jumped = step_s <= JUMP_S and share - self._share > JUMPED_SHARE
        self._share = share
        if jumped or share > SWITCHED_SHARE:
            return self._start(grey, mono_s)
        mask = _joined(raw)
        self._strange = mask
        calibrating = mono_s - self._since_s < CALIBRATE_S
        self._learn(grey, mask, step_s, calibrating=calibrating)
        if calibrating:
            return Findings((), mask, reliable=False)
        return Findings(blobs(mask, raw), mask, reliable=True)

    def _start(self, grey: Grey, mono_s: float) -> Findings:
        self._level, self._low, self._high = grey.copy(), grey.copy(), grey.copy()
        self._stray = np.full(grey.shape, 1.5, np.float32)
        self._still_s = np.zeros(grey.shape, np.float32)
        self._before = grey
        self._threshold = np.full(grey.shape, LEAST_LEVELS, np.float32)
        self._strange = np.zeros(grey.shape, np.uint8)
        self._since_s = self._last_s = mono_s
        self._share = 0.0
        return Findings((), np.zeros(grey.shape, np.uint8), reliable=False)

    def _follow_light(self, grey: Grey) -> None:
        """Take a change of the light as a whole (a cloud, the lens opening) into the background.

        Most of the picture agrees on one brightness and contrast; what does not is left out of the
        fit. Where the sensor was or is saturated nothing can be computed, and the picture is taken
        as it comes.
        """
        free = self._strange[::4, ::4] == 0
        now, then = grey[::4, ::4][free], self._level[::4, ::4][free]
        if now.size < 200:
            return
        off = float(np.median(np.abs(now - then)))
        if off < LIGHT_LEVELS:
            return
        gain, shift = _fit(then, now)
        agree = np.abs(then * gain + shift - now) < LEAST_LEVELS
        if np.count_nonzero(agree) > 0.3 * agree.size:
            gain, shift = _fit(then[agree], now[agree])
        left = float(np.median(np.abs(then * gain + shift - now)))
        if left > 0.5 * off or not 0.3 < gain < 3.0:
            return
        burnt = self._level > SATURATED_LEVELS
        for field in (self._level, self._low, self._high):
            np.multiply(field, np.float32(gain), out=field)
            np.add(field, np.float32(shift), out=field)
        burnt |= self._level > SATURATED_LEVELS
        for field in (self._level, self._low, self._high):
            field[burnt] = grey[burnt]

    def _learn(self, grey: Grey, mask: Grey, step_s: float, *, calibrating: bool) -> None:
        """Move the background towards the frame, except where something strange is."""
        stirs = (cv2.absdiff(grey, self._before) > STIRS_LEVELS).view(np.uint8)
        self._before = grey
        self._still_s += np.float32(step_s)
        self._still_s[cv2.dilate(stirs, _STIR) > 0] = 0.0
        settled = (self._still_s > SETTLE_S).astype(np.uint8) * 255
        learns = cv2.bitwise_or(cv2.bitwise_not(mask), settled)
        if calibrating:
            learns = np.full(mask.shape, 255, np.uint8)
        away = cv2.absdiff(grey, self._level)
        cv2.accumulateWeighted(grey, self._level, 0.3 if calibrating else step_s / LEARN_S, learns)
        cv2.accumulateWeighted(away, self._stray, step_s / LEARN_S, learns)
        cv2.copyTo(grey, cv2.bitwise_and(learns, cv2.compare(grey, self._low, cv2.CMP_LT)), self._low)
        cv2.copyTo(grey, cv2.bitwise_and(learns, cv2.compare(grey, self._high, cv2.CMP_GT)), self._high)
        cv2.accumulateWeighted(self._level, self._low, step_s / BAND_S)
        cv2.accumulateWeighted(self._level, self._high, step_s / BAND_S)
        self._threshold = np.clip(4.0 * self._stray + 2.5, LEAST_LEVELS, MOST_LEVELS)


def _fit(then: Grey, now: Grey) -> tuple[float, float]:
    """Gain and shift that turn one into the other, by least squares."""
    mean_then, mean_now = float(then.mean()), float(now.mean())
    spread = then - mean_then
    variance = float(spread @ spread)
    if variance < 1.0:
        return 1.0, mean_now - mean_then
    gain = float(spread @ (now - mean_now)) / variance
    return gain, mean_now - gain * mean_then


def light_between(then: Grey, now: Grey, strange: Grey) -> tuple[float, float]:
    """Gain and shift of the light as a whole from one picture to a later one; (1, 0) where nothing can be said.

    What is `strange` is left out, and of the rest whatever does not agree with the most.
    """
    free = ~strange[::4, ::4].astype(bool)
    before, after = then[::4, ::4][free], now[::4, ::4][free]
    if before.size < 200 or float(np.median(np.abs(after - before))) < LIGHT_LEVELS:
        return 1.0, 0.0
    gain, shift = _fit(before, after)
    agree = np.abs(before * gain + shift - after) < LEAST_LEVELS
    if np.count_nonzero(agree) > 0.3 * agree.size:
        gain, shift = _fit(before[agree], after[agree])
    return (gain, shift) if 0.3 < gain < 3.0 else (1.0, 0.0)


def _joined(raw: Grey) -> Grey:
    """Specks taken out, and what nearly touches joined."""
    return np.asarray(cv2.dilate(cv2.morphologyEx(raw, cv2.MORPH_OPEN, _SPECK), _JOIN))


def small_grey(frame: Frame) -> Grey:
    """A frame of any size as soft grey levels in bytes, `HEIGHT_PX` high."""
    rows, columns = frame.shape[:2]
    width = max(2, round(columns * HEIGHT_PX / rows))
    if rows > 3 * HEIGHT_PX:
        # In two steps: skipping pixels first is cheap, averaging pairs after keeps noise down.
        frame = cv2.resize(frame, (2 * width, 2 * HEIGHT_PX), interpolation=cv2.INTER_LINEAR)
        frame = cv2.resize(frame, (width, HEIGHT_PX), interpolation=cv2.INTER_AREA)
    else:
        frame = cv2.resize(frame, (width, HEIGHT_PX), interpolation=cv2.INTER_LINEAR)
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.GaussianBlur(grey, (3, 3), 0))


def blobs(mask: Grey, raw: Grey) -> tuple[Blob, ...]:
    """What hangs together in `mask`, the largest first; areas are counted in `raw`."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return ()
    areas = np.bincount(labels[raw > 0], minlength=count)
    found = [
        Blob(int(x), int(y), int(x + w), int(y + h), int(areas[n]))
        for n, (x, y, w, h, _) in enumerate(stats)
        if n and areas[n] >= SMALLEST_PX
    ]
    return tuple(sorted(found, key=lambda blob: -blob.area_px))
