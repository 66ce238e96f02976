"""What everybody who is drawn into a scene needs of it: lens, lamps, film, and what hides whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from console.video.cv import cv2
from console.video.frames import Frame
from console.video.scenery import script
from console.video.scenery.film import Film
from console.video.scenery.lens import Lens, Points
from console.video.scenery.lighting import Light, Rig, lights
from console.video.scenery.lit import Lit
from console.video.scenery.materials import Values, linear, vector

Window = tuple[slice, slice]


@dataclass(frozen=True, slots=True)
class World:
    """A scene ready to be acted in."""

    lens: Lens
    lamps: tuple[Light, ...]
    rig: Rig
    ambient: NDArray[Any]
    film: Film
    depth: Values
    through: Frame
    veil_depth: Values
    ir: bool

    def light_at(self, at: Points, facings: Points) -> Values:
        """Light on surfaces at one place turned in several ways (n, 3); rounder than flat ones."""
        turned = facings.astype(np.float32)
        arriving, units = self.rig.at(vector(at))
        facing = np.clip(units @ turned.T, 0.0, 1.0) * np.float32(0.72) + np.float32(0.28)
        return np.asarray(facing.T @ arriving + self.ambient)

    def colours(self, rgbs: Sequence[script.Rgb], light: Values) -> list[tuple[int, ...]]:
        """What things of these colours look like in these lights (n, 3), blue first."""
        own = np.power(np.asarray(rgbs, np.float32) / np.float32(255.0), np.float32(2.2))
        if self.ir:
            # Dyes that are dark to the eye are pale to infra-red.
            own = own * np.float32(0.4) + np.float32(0.28)
        return [tuple(colour) for colour in self.film.develop(own * light).tolist()]

    def window(self, px: Points, margin_px: float) -> Window | None:
        """The part of the picture around these pixels; None if they are all outside."""
        left, top = np.floor(px.min(axis=0) - margin_px).astype(int)
        right, bottom = np.ceil(px.max(axis=0) + margin_px).astype(int)
        rows = slice(max(0, int(top)), min(self.lens.height_px, int(bottom)))
        columns = slice(max(0, int(left)), min(self.lens.width_px, int(right)))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return None
        return rows, columns

    def visible(self, window: Window, depth_m: float) -> "Frame | None":
        """How much of something at this depth is seen (0..255 a pixel); None if all of it is."""
        hidden = self.depth[window] < depth_m - 0.3
        veiled = self.veil_depth[window] < depth_m - 0.05
        if not hidden.any() and not veiled.any():
            return None
        seen = np.where(veiled, self.through[window], np.uint8(255))
        seen[hidden] = 0
        return np.asarray(seen)


def settle(picture: Frame, window: Window, drawn: Frame, seen: "Frame | None") -> None:
    """Put what was drawn over a window into the picture, as far as it is seen."""
    if seen is None:
        picture[window] = drawn
        return
    cover = cv2.merge([seen, seen, seen])
    part = picture[window]
    rest = cv2.multiply(part, cv2.bitwise_not(cover), scale=1 / 255)
    cv2.add(rest, cv2.multiply(drawn, cover, scale=1 / 255), dst=part)


def enter(scene: script.Scene, lens: Lens, made: Lit) -> World:
    """Make the world of a lit scene."""
    lamps = lights(scene)
    ambient = vector(linear(scene.sky.horizon)) * 0.5 + np.float32(0.5)
    return World(
        lens=lens,
        lamps=tuple(lamps),
        rig=Rig.of(lamps),
        ambient=np.asarray(ambient * scene.sky.ambient, np.float32),
        film=Film(scene.film.exposure, scene.film.ir, scene.film.warmth),
        depth=made.depth,
        through=made.through,
        veil_depth=made.veil_depth,
        ir=scene.film.ir,
    )
