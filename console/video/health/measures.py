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
"""A burnt-in clock lies in so many rows of cells at the upper or the lower edge."""
LAYOUT: Final = (32, 18)
OUTLINE: Final = (128, 72)
FLAT: Final = 4.0
EDGE_LEVELS: Final = 24.0
COLOURLESS_LEVELS: Final = 4.0
DUSK_LEVELS: Final = 45.0
LOW_SHARE: Final = 0.02
HIGH_SHARE: Final = 0.98

_Window = NDArray[Any]


class Light(StrEnum):
    """In which light a picture was taken: colour by day, infra-red or little light by night. Each has a reference."""

    DAY = "day"
    NIGHT = "night"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """One picture in numbers.

    `low` and `high` are the levels below and above which 2 % of the pixels lie; `spread` the standard deviation of the
    levels; `counts` how many pixels have each; `sharpness` the variance of the Laplacian in three bands
    of the picture in its full size, which is `columns` wide, held against the contrast of the whole, so that the
    evening blurs nothing; `edges` the share of pixels on an edge for each of 8 x 8
    cells; `outline` the strength of edges on 128 x 72, smoothed; `stirred` the share of 16 x 16 cells that differ from
    the picture before, None for the first; `clock` that those cells lie together at the upper or the lower edge, as a
    burnt-in clock does; `grey` the picture itself, small.
    """

    light: Light
    low: float
    high: float
    counts: Grey
    sharpness: float
    columns: int
    edges: Grey
    outline: Grey
    stirred: float | None
    clock: bool
    grey: Grey

    @property
    def entropy(self) -> float:
        """The bits of the histogram in 64 steps."""
        steps = self.counts.reshape(64, 4).sum(axis=1) / self.grey.size
        steps = steps[steps > 0]
        return float(-(steps * np.log2(steps)).sum())

    @property
    def layout(self) -> Grey:
        """A picture of 32 x 18 that only shows what is bright and dark."""
        return np.asarray(cv2.resize(self.grey.astype(np.float32), LAYOUT, interpolation=cv2.INTER_AREA))


def light_of(frame: Frame, mean: float) -> Light:
    """Day or night, from the colour of every sixteenth pixel of every sixteenth row."""
    if mean < DUSK_LEVELS:
        return Light.NIGHT
    few = frame[8::16, 8::16]
    blue, green, red = cv2.split(few)
    colour = cv2.norm(blue, green, cv2.NORM_L1) + cv2.norm(red, green, cv2.NORM_L1)
    return Light.NIGHT if colour < COLOURLESS_LEVELS * blue.size else Light.DAY


def sharpness_of(frame: Frame) -> float:
    """The variance of the Laplacian of three bands of 32 rows, in the green of the full-size picture."""
    rows = frame.shape[0]
    total, size = 0.0, 0
    for at in (rows // 4, rows // 2, 3 * rows // 4):
        # Each by itself: the seam of two bands would be an edge that no blur takes away.
        band = cv2.extractChannel(frame[at : at + 32], 1)
        if band.size:
            total += cv2.norm(cv2.Laplacian(band, cv2.CV_16S), cv2.NORM_L2) ** 2
            size += band.size
    return float(total) / max(size, 1)


def measure(frame: Frame, grey: Grey, before: Grey | None) -> Measures:
    """Measure a picture; `grey` is what `small_grey` made of it, `before` that of a second ago."""
    mean, spread = _spread(grey)
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel()
    low, high = counts.cumsum().searchsorted((LOW_SHARE * grey.size, HIGH_SHARE * grey.size)).tolist()
    strength = _strength(grey)
    on_edge = cv2.threshold(strength, EDGE_LEVELS, 255, cv2.THRESH_BINARY)[1]
    outline = cv2.resize(strength, OUTLINE, interpolation=cv2.INTER_AREA)
    stirred, clock = _stirred(grey, before)
    return Measures(
        light=light_of(frame, mean),
        low=float(low),
        high=float(high),
        counts=counts,
        sharpness=sharpness_of(frame) / (spread * spread + FLAT),
        columns=frame.shape[1],
        edges=cv2.resize(on_edge, (8, 8), interpolation=cv2.INTER_AREA) / np.float32(255),
        outline=np.asarray(cv2.GaussianBlur(outline.astype(np.float32), (5, 5), 0)),
        stirred=stirred,
        clock=clock,
        grey=grey,
    )


def _spread(picture: Grey) -> tuple[float, float]:
    """The mean and the standard deviation."""
    mean, spread = cv2.meanStdDev(picture)
    return mean.item(), spread.item()


def _strength(grey: Grey) -> Grey:
    """How much a picture changes across and down, together, 255 at most."""
    across, down = cv2.spatialGradient(grey)
    return np.asarray(cv2.add(cv2.convertScaleAbs(across), cv2.convertScaleAbs(down)))


def _stirred(grey: Grey, before: Grey | None) -> tuple[float | None, bool]:
    if before is None or before.shape != grey.shape:
        return None, False
    differs = cv2.absdiff(grey, before).reshape(CELLS, -1, grey.shape[1])
    rows = np.maximum.reduce(differs, axis=1).astype(np.float32)
    cells = (cv2.resize(rows, (CELLS, CELLS), interpolation=cv2.INTER_AREA) > 0.0).view(np.uint8)
    _left, top, width, height = cv2.boundingRect(cells)
    at_edge = top + height <= CLOCK_CELLS or top >= CELLS - CLOCK_CELLS
    return cv2.countNonZero(cells) / cells.size, height > 0 and at_edge and width * height <= 2 * CELLS


def alike(one: Grey, other: Grey) -> float:
    """Correlation of two pictures of one size in float32, -1 to 1; 0 where one of them is flat."""
    found = float(cv2.compareHist(one, other, cv2.HISTCMP_CORREL))
    if abs(found) < 1.0:
        return found
    # Where nothing is to be divided by it says 1, as of two that are the same, or nothing at all.
    return found if _spread(one)[1] * _spread(other)[1] * one.size > 1e-3 else 0.0


def shift_between(then: Grey, now: Grey) -> tuple[float, float, float]:
    """How far a picture has moved, as shares of width and height, and how clear that is (0 to 1)."""
    window = _window(then.shape)
    (dx, dy), clear = cv2.phaseCorrelate(then - then.mean(), now - now.mean(), window)
    return dx / then.shape[1], dy / then.shape[0], float(clear)


@cache
def _window(shape: tuple[int, ...]) -> _Window:
    return np.asarray(cv2.createHanningWindow((shape[1], shape[0]), cv2.CV_32F))
