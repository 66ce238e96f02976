"""What is measured of a picture each second to tell whether the camera is well; a quarter of a millisecond in all.

Between two looks other cameras have had the processor and its caches, so that each line of Python, each small call and
each picture that is made on the way costs as much as the sums themselves: few calls, in bytes as long as that is exact,
and what only a doubtful look or the learning asks for is worked out when it is asked for.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from console.video.cv import cv2
from console.video.frames import Frame
from console.video.motion import Grey

CELLS: Final = 16
CLOCK_CELLS: Final = 3
"""Of 16 rows of 16 cells a burnt-in clock lies in the first three or the last, and in no more than 32 cells."""
LAYOUT: Final = (32, 18)
OUTLINE: Final = (128, 72)
FLAT: Final = 4.0
EDGE_LEVELS: Final = 24.0
COLOURLESS_LEVELS: Final = 4.0
DUSK_LEVELS: Final = 45.0
WHITEST: Final = 255.0
LOW_SHARE: Final = 0.02
HIGH_SHARE: Final = 0.98

_SMOOTH: Final = np.array([1, 4, 6, 4, 1], np.float32) / np.float32(16)
_Window = NDArray[Any]


class Light(StrEnum):
    """In which light a picture was taken: colour by day, infra-red or little light by night. Each has a reference."""

    DAY = "day"
    NIGHT = "night"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """One picture in numbers: those that each look asks for as fields, the others worked out when they are asked for.

    `frame` is the picture in its full size, `grey` what `small_grey` made of it; both hold until the next frame. `mean`
    and `spread` are the mean and the standard deviation of its levels; `on_edge` the share of pixels on an edge
    for each of 8 x 8 cells, in bytes; `outline` the strength of edges on 128 x 72, smoothed; `stirred` whether anything differs from the
    picture before, None for the first; `clock` that it lies together at the upper or the lower edge, as a burnt-in
    clock does.
    """

    frame: Frame
    grey: Grey
    mean: float
    spread: float
    light: Light
    on_edge: Grey
    outline: Grey
    stirred: bool | None
    clock: bool

    @property
    def columns(self) -> int:
        """How wide the picture is in its full size."""
        return int(self.frame.shape[1])

    @property
    def edges(self) -> Grey:
        """The share of pixels on an edge for each of 8 x 8 cells, 0 to 1."""
        return np.asarray(self.on_edge / np.float32(WHITEST))

    @property
    def low(self) -> float:
        """The level below which 2 % of the pixels lie."""
        return self._level_of(LOW_SHARE)

    @property
    def high(self) -> float:
        """The level above which 2 % of the pixels lie."""
        return self._level_of(HIGH_SHARE)

    def reaches(self, level: float) -> bool:
        """Whether `high` is at least a level."""
        if self.mean > HIGH_SHARE * level + LOW_SHARE * WHITEST:
            return True  # no picture so bright on the whole has it lower
        _, bright = cv2.threshold(self.grey, math.ceil(level) - 1, WHITEST, cv2.THRESH_BINARY)
        return self.grey.size - cv2.countNonZero(bright) < HIGH_SHARE * self.grey.size

    def clears(self, level: float) -> bool:
        """Whether `low` is above a level."""
        return self.mean > HIGH_SHARE * level and self.low > level

    @property
    def entropy(self) -> float:
        """The bits of the histogram in 64 steps."""
        steps = _histogram(self.grey).reshape(64, 4).sum(axis=1) / self.grey.size
        steps = steps[steps > 0]
        return float(-(steps * np.log2(steps)).sum())

    @property
    def layout(self) -> Grey:
        """A picture of 32 x 18 that only shows what is bright and dark."""
        return np.asarray(cv2.resize(self.grey.astype(np.float32), LAYOUT, interpolation=cv2.INTER_AREA))

    @property
    def sharpness(self) -> float:
        """The variance of the Laplacian of three bands of 32 rows, in the green of the picture in its full size.

        It is held against the contrast of the whole, so that the evening blurs nothing.
        """
        bands = _bands(self.frame)
        energy = sum(_energy(band) for band in bands)
        return energy / self._weight(bands)

    def sharper_than(self, sharpness: float) -> bool:
        """Whether `sharpness` is above this; the second band and the third are not looked at where the first will do."""
        bands = _bands(self.frame)
        left = sharpness * self._weight(bands)
        for band in bands:
            left -= _energy(band)
            if left < 0.0:
                return True
        return False

    def _level_of(self, share: float) -> float:
        return float(_histogram(self.grey).cumsum().searchsorted(share * self.grey.size))

    def _weight(self, bands: list[Frame]) -> float:
        pixels = sum(len(band) for band in bands) * self.frame.shape[1]
        return float(pixels * (self.spread * self.spread + FLAT))


def light_of(frame: Frame, mean: float) -> Light:
    """Day or night, from the colour of every sixteenth pixel of every sixteenth row."""
    if mean < DUSK_LEVELS:
        return Light.NIGHT
    few = frame[8::16, 8::16].reshape(-1, 3)
    colour = cv2.norm(few[:, :2], few[:, 1:], cv2.NORM_L1)  # blue and green, green and red: how far they are apart
    return Light.NIGHT if colour < COLOURLESS_LEVELS * len(few) else Light.DAY


def measure(frame: Frame, grey: Grey, before: Grey | None) -> Measures:
    """Measure a picture; `grey` is what `small_grey` made of it, `before` that of a second ago."""
    mean, spread = _spread(grey)
    strength = _strength(grey)
    _, edges = cv2.threshold(strength, EDGE_LEVELS, WHITEST, cv2.THRESH_BINARY)
    outline = cv2.resize(strength, OUTLINE, interpolation=cv2.INTER_AREA)
    stirred, clock = _stirred(grey, before)
    return Measures(
        frame=frame,
        grey=grey,
        mean=mean,
        spread=spread,
        light=light_of(frame, mean),
        on_edge=np.asarray(cv2.resize(edges, (8, 8), interpolation=cv2.INTER_AREA)),
        outline=np.asarray(cv2.sepFilter2D(outline, cv2.CV_32F, _SMOOTH, _SMOOTH)),
        stirred=stirred,
        clock=clock,
    )


def _histogram(grey: Grey) -> Grey:
    return np.asarray(cv2.calcHist([grey], [0], None, [256], [0, 256])).ravel()


def _bands(frame: Frame) -> list[Frame]:
    """Three bands of 32 rows, those first that usually show the most."""
    rows = frame.shape[0]
    return [frame[at : at + 32] for at in (rows // 2, rows // 4, 3 * rows // 4)]


def _energy(band: Frame) -> float:
    """The squares of the Laplacian, summed, of one band by itself: a seam of two would be an edge that no blur takes away."""
    edges = cv2.Laplacian(cv2.extractChannel(band, 1), cv2.CV_16S)
    return float(cv2.norm(edges, cv2.NORM_L2SQR))


def _spread(picture: Grey) -> tuple[float, float]:
    """The mean and the standard deviation."""
    mean, spread = cv2.meanStdDev(picture)
    return mean.item(), spread.item()


def _strength(grey: Grey) -> Grey:
    """How much a picture changes across and down, together, 255 at most."""
    across, down = cv2.spatialGradient(grey)
    return np.asarray(cv2.add(cv2.convertScaleAbs(across), cv2.convertScaleAbs(down)))


def _stirred(grey: Grey, before: Grey | None) -> tuple[bool | None, bool]:
    if before is None or before.shape != grey.shape:
        return None, False
    left, top, width, height = cv2.boundingRect(cv2.absdiff(grey, before))
    if not width:
        return False, False
    rows, columns = grey.shape
    upper, lower = top * CELLS // rows, -(-(top + height) * CELLS // rows)
    across = -(-(left + width) * CELLS // columns) - left * CELLS // columns
    at_edge = lower <= CLOCK_CELLS or upper >= CELLS - CLOCK_CELLS
    return True, at_edge and across * (lower - upper) <= 2 * CELLS


def alike(one: Grey, other: Grey) -> float:
    """Correlation of two pictures of one size in float32, -1 to 1; 0 where one of them is flat."""
    found = float(cv2.compareHist(one, other, cv2.HISTCMP_CORREL))
    if abs(found) < 1.0:
        return found
    # Where nothing is to be divided by it says 1, as of two that are the same, or no number; either is flat then.
    flat = math.isnan(found) or _spread(one)[1] * _spread(other)[1] * one.size <= 1e-3
    return 0.0 if flat else found


def shift_between(then: Grey, now: Grey) -> tuple[float, float, float]:
    """How far a picture has moved, as shares of width and height, and how clear that is (0 to 1)."""
    window = _window(then.shape)
    (dx, dy), clear = cv2.phaseCorrelate(then - then.mean(), now - now.mean(), window)
    return dx / then.shape[1], dy / then.shape[0], float(clear)


@cache
def _window(shape: tuple[int, ...]) -> _Window:
    return np.asarray(cv2.createHanningWindow((shape[1], shape[0]), cv2.CV_32F))
