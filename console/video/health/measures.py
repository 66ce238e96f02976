"""What is measured of a picture each second to tell whether the camera is well; half a millisecond in all."""

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
LAYOUT: Final = (32, 18)
OUTLINE: Final = (128, 72)
FLAT: Final = 4.0
EDGE_LEVELS: Final = 24.0
COLOURLESS_LEVELS: Final = 4.0
DUSK_LEVELS: Final = 45.0
_LEVELS: Final = np.arange(256, dtype=np.float64)
STIRS_LEVELS: Final = 0.99
"""Whole grey levels: what differs by less is the same."""

_Window = NDArray[Any]


class Light(StrEnum):
    """In which light a picture was taken: colour by day, infra-red or little light by night. Each has a reference."""

    DAY = "day"
    NIGHT = "night"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """One picture in numbers.

    `low` and `high` are the levels below and above which 2 % of the pixels lie; `spread` the standard deviation of the
    levels; `entropy` in bits of their histogram in 64 steps; `sharpness` the variance of the Laplacian in three bands
    of the picture in its full size, which is `columns` wide, held against the contrast of the whole, so that the
    evening blurs nothing; `edges` the share of pixels on an edge for each of 8 x 8
    cells; `layout` a picture of 32 x 18 that only shows what is bright and dark; `outline` the strength of edges on
    128 x 72, smoothed; `stirred` the share of 16 x 16 cells that differ from the picture before, None for the first;
    `clock` that those cells lie together at the upper or the lower edge, as a burnt-in clock does.
    """

    light: Light
    mean: float
    low: float
    high: float
    spread: float
    entropy: float
    sharpness: float
    columns: int
    edges: Grey
    layout: Grey
    outline: Grey
    stirred: float | None
    clock: bool


def light_of(frame: Frame, mean: float) -> Light:
    """Day or night, from the colour of every sixteenth pixel of every sixteenth row."""
    few = frame[8::16, 8::16].astype(np.int16)
    colour = np.abs(few[..., 0] - few[..., 1]).mean() + np.abs(few[..., 2] - few[..., 1]).mean()
    return Light.NIGHT if colour < COLOURLESS_LEVELS or mean < DUSK_LEVELS else Light.DAY


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
    level = grey.astype(np.uint8)
    counts = cv2.calcHist([level], [0], None, [256], [0, 256]).ravel()
    share = np.cumsum(counts) / level.size
    mean = float(_LEVELS @ counts) / level.size
    spread = math.sqrt(max(float((_LEVELS * _LEVELS) @ counts) / level.size - mean * mean, 0.0))
    steps = counts.reshape(64, 4).sum(axis=1) / level.size
    steps = steps[steps > 0]
    across, down = cv2.spatialGradient(level)
    strength = cv2.add(cv2.convertScaleAbs(across), cv2.convertScaleAbs(down))
    stirred, clock = _stirred(grey, before)
    return Measures(
        light=light_of(frame, mean),
        mean=mean,
        low=float(np.searchsorted(share, 0.02)),
        high=float(np.searchsorted(share, 0.98)),
        spread=spread,
        entropy=float(-(steps * np.log2(steps)).sum()),
        sharpness=sharpness_of(frame) / (spread * spread + FLAT),
        columns=frame.shape[1],
        edges=_share(
            cv2.resize(
                cv2.threshold(strength, EDGE_LEVELS, 255, cv2.THRESH_BINARY)[1], (8, 8), interpolation=cv2.INTER_AREA
            )
        ),
        layout=np.asarray(cv2.resize(grey, LAYOUT, interpolation=cv2.INTER_AREA)),
        outline=np.asarray(
            cv2.GaussianBlur(cv2.resize(strength, OUTLINE, interpolation=cv2.INTER_AREA).astype(np.float32), (5, 5), 0)
        ),
        stirred=stirred,
        clock=clock,
    )


def _share(picture: Any) -> Grey:
    """0 to 255 as 0 to 1."""
    return np.asarray(picture, np.float32) / np.float32(255)


def _stirred(grey: Grey, before: Grey | None) -> tuple[float | None, bool]:
    if before is None or before.shape != grey.shape:
        return None, False
    differs = cv2.threshold(cv2.absdiff(grey, before), STIRS_LEVELS, 1.0, cv2.THRESH_BINARY)[1]
    cells: Grey = np.asarray(cv2.resize(differs, (CELLS, CELLS), interpolation=cv2.INTER_AREA)) > 0.0
    count = int(cells.sum())
    if not count:
        return 0.0, False
    rows, columns = np.nonzero(cells)
    at_edge = rows.max() < 3 or rows.min() > CELLS - 4
    together = (rows.max() - rows.min() + 1) * (columns.max() - columns.min() + 1) <= 2 * CELLS
    return count / cells.size, bool(at_edge and together)


def alike(one: Grey, other: Grey) -> float:
    """Correlation of two pictures of one size, -1 to 1; 0 where one of them is flat."""
    a, b = one.ravel() - one.mean(), other.ravel() - other.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 1e-3 else 0.0


def shift_between(then: Grey, now: Grey) -> tuple[float, float, float]:
    """How far a picture has moved, as shares of width and height, and how clear that is (0 to 1)."""
    window = _window(then.shape)
    (dx, dy), clear = cv2.phaseCorrelate(then - then.mean(), now - now.mean(), window)
    return dx / then.shape[1], dy / then.shape[0], float(clear)


@cache
def _window(shape: tuple[int, ...]) -> _Window:
    return np.asarray(cv2.createHanningWindow((shape[1], shape[0]), cv2.CV_32F))
