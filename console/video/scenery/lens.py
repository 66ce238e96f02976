"""Where a point of the world falls on the picture, and which ray a pixel looks along."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Lens:
    """A pinhole camera: place, axes (rows: right, down, forward), focal length and size in pixels."""

    at: Points
    axes: Points
    focal_px: float
    width_px: int
    height_px: int

    def project(self, points: Points) -> tuple[Points, Points]:
        """Pixel positions (n, 2) of points (n, 3), and how far before the lens they lie (m)."""
        seen = (points - self.at) @ self.axes.T
        depth = seen[:, 2]
        scale = self.focal_px / np.maximum(depth, 0.05)
        px = np.empty((len(points), 2))
        px[:, 0] = seen[:, 0] * scale + self.width_px / 2
        px[:, 1] = seen[:, 1] * scale + self.height_px / 2
        return px, depth

    def rays(self) -> NDArray[Any]:
        """Directions (height, width, 3) of all pixels, one metre forward each."""
        columns = (np.arange(self.width_px) + 0.5 - self.width_px / 2) / self.focal_px
        rows = (np.arange(self.height_px) + 0.5 - self.height_px / 2) / self.focal_px
        right, down, forward = self.axes
        directions = columns[None, :, None] * right + rows[:, None, None] * down + forward
        return np.asarray(directions, np.float32)

    def scaled(self, factor: float) -> "Lens":
        """The same view in more or fewer pixels."""
        return Lens(
            self.at,
            self.axes,
            self.focal_px * factor,
            round(self.width_px * factor),
            round(self.height_px * factor),
        )


def aim(
    at: tuple[float, float, float],
    heading_deg: float,
    pitch_deg: float,
    fov_deg: float,
    size_px: tuple[int, int],
) -> Lens:
    """A camera at `at`, turned `heading_deg` clockwise from +y and `pitch_deg` down.

    `fov_deg` is the angle across the whole width.
    """
    heading, pitch = math.radians(heading_deg), math.radians(pitch_deg)
    flat = np.array([math.sin(heading), math.cos(heading), 0.0])
    up = np.array([0.0, 0.0, 1.0])
    forward = flat * math.cos(pitch) - up * math.sin(pitch)
    right = np.array([math.cos(heading), -math.sin(heading), 0.0])
    down = -(flat * math.sin(pitch) + up * math.cos(pitch))
    focal_px = size_px[0] / 2 / math.tan(math.radians(fov_deg) / 2)
    return Lens(np.array(at, float), np.array([right, down, forward]), focal_px, *size_px)
