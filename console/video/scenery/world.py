"""What everybody who is drawn into a scene needs of it: lens, lamps, film, and what hides whom."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from console.video.cv import cv2
from console.video.kinds import Frame
from console.video.scenery import script
from console.video.scenery.film import Film
from console.video.scenery.lens import Lens, Points
from console.video.scenery.lighting import Light
from console.video.scenery.materials import Values, linear, vector
from console.video.scenery.stage import FAR_M, Stage

Window = tuple[slice, slice]


@dataclass(frozen=True, slots=True)
class World:
    """A scene ready to be acted in."""

    lens: Lens
    lamps: tuple[Light, ...]
    ambient: NDArray[Any]
    film: Film
    depth: Values
    veil: Values
    veil_depth: Values
    ir: bool

    def light_at(self, at: Points, facings: Points) -> Values:
        """Light on surfaces at one place turned in several ways (n, 3); rounder than flat ones."""
        places = np.repeat(vector(at)[None], len(facings), axis=0)
        turned = facings.astype(np.float32)
        total = np.repeat(self.ambient[None], len(facings), axis=0)
        for lamp in self.lamps:
            total = total + 0.72 * lamp.on(places, turned) + 0.28 * lamp.on(places, None)
        return np.asarray(total)

    def colour(self, rgb: script.Rgb, light: Values) -> tuple[int, int, int]:
        """What a thing of this colour looks like in this light, blue first."""
        own = vector(linear(rgb))
        if self.ir:
            # Dyes that are dark to the eye are pale to infra-red.
            own = own * 0.4 + np.float32(0.28)
        blue, green, red = self.film.develop((own * light)[None])[0]
        return int(blue), int(green), int(red)

    def window(self, px: Points, margin_px: float) -> Window | None:
        """The part of the picture around these pixels; None if they are all outside."""
        left, top = np.floor(px.min(axis=0) - margin_px).astype(int)
        right, bottom = np.ceil(px.max(axis=0) + margin_px).astype(int)
        rows = slice(max(0, int(top)), min(self.lens.height_px, int(bottom)))
        columns = slice(max(0, int(left)), min(self.lens.width_px, int(right)))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return None
        return rows, columns

    def visible(self, window: Window, depth_m: float) -> Values | None:
        """How much of something at this depth is seen, pixel by pixel; None if all of it is."""
        hidden = self.depth[window] < depth_m - 0.3
        veiled = self.veil_depth[window] < depth_m - 0.05
        if not hidden.any() and not veiled.any():
            return None
        seen = np.where(veiled, 1.0 - self.veil[window], 1.0).astype(np.float32)
        seen[hidden] = 0.0
        return seen


def settle(picture: Frame, window: Window, drawn: Frame, seen: Values | None) -> None:
    """Put what was drawn over a window into the picture, as far as it is seen."""
    if seen is None:
        picture[window] = drawn
        return
    cover = (seen * 256.0).astype(np.uint16)[..., None]
    part = picture[window]
    mixed = part.astype(np.uint16) * (256 - cover) + drawn.astype(np.uint16) * cover
    part[:] = (mixed >> 8).astype(np.uint8)


def enter(scene: script.Scene, lens: Lens, stage: Stage, lamps: list[Light], film: Film) -> World:
    """Make the world of a scene from its stage, in the pixels of `lens`."""
    size_px = (lens.width_px, lens.height_px)
    depth = cv2.resize(stage.depth, size_px, interpolation=cv2.INTER_NEAREST)
    veil = cv2.resize(stage.veil, size_px, interpolation=cv2.INTER_AREA)
    # A pixel of which the fence covers a little must know how far the fence is.
    near = -cv2.dilate(-stage.veil_depth, np.ones((3, 3), np.uint8))
    veil_depth = cv2.resize(near, size_px, interpolation=cv2.INTER_NEAREST)
    veil_depth[veil < 0.02] = FAR_M
    ambient = vector(linear(scene.sky.horizon)) * 0.5 + np.float32(0.5)
    return World(
        lens=lens,
        lamps=tuple(lamps),
        ambient=(ambient * scene.sky.ambient).astype(np.float32),
        film=film,
        depth=depth,
        veil=veil,
        veil_depth=veil_depth,
        ir=scene.film.ir,
    )
