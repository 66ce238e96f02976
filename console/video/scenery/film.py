"""From light to a camera's picture: exposure, colour or infra-red grey, lens, noise, burnt-in text."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from console.video.cv import cv2
from console.video.frames import Frame
from console.video.scenery import script
from console.video.scenery.materials import Values, vector

NOISE_FRAMES = 4
_SEAM_PX = 8


@dataclass(frozen=True, slots=True)
class Film:
    """How this camera turns light into grey levels."""

    exposure: float
    ir: bool
    warmth: float

    def develop(self, light: Values) -> NDArray[Any]:
        """Light (..., 3) red first to colours (..., 3) blue first, 0..255."""
        seen = light * np.float32(self.exposure)
        if self.ir:
            grey = seen @ vector([0.35, 0.4, 0.25])
            seen = np.repeat(grey[..., None], 3, axis=-1)
        elif self.warmth:
            gain = vector([1 + 0.25 * self.warmth, 1.0, 1 - 0.3 * self.warmth])
            seen = seen * gain
        # A shoulder like a sensor's: bright parts run together softly instead of clipping.
        curve = 1.0 - np.exp(-seen)
        values = 10.0 + 240.0 * np.power(np.maximum(curve, 0.0), 1 / 2.2)
        if not self.ir:
            grey = values.mean(axis=-1, keepdims=True)
            values = grey + (values - grey) * 0.85
        return np.clip(values[..., ::-1], 0, 255).astype(np.uint8)


def expose(scene: script.Scene, light: Values, size_px: tuple[int, int]) -> Frame:
    """The still picture: bloom around lamps, lens softness, vignette."""
    small = cv2.resize(light, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    bright = np.maximum(small * np.float32(scene.film.exposure) - 1.2, 0.0)
    bright = np.minimum(bright, 30.0)
    bloom = cv2.GaussianBlur(bright, (0, 0), 3.0) * 0.25 + cv2.GaussianBlur(bright, (0, 0), 14.0) * 0.12
    bloom = cv2.resize(bloom, (light.shape[1], light.shape[0]), interpolation=cv2.INTER_LINEAR)
    film = Film(scene.film.exposure, scene.film.ir, scene.film.warmth)
    picture = film.develop(light + bloom / np.float32(scene.film.exposure))
    picture = cv2.resize(picture, size_px, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(picture, (0, 0), 0.55)
    # The over-sharpening of cheap cameras: dark and bright seams along edges.
    halo = cv2.GaussianBlur(soft, (0, 0), 1.6)
    picture = cv2.addWeighted(soft, 1.45, halo, -0.45, 0)
    return np.asarray((picture * vignette(size_px)[..., None]).astype(np.uint8))


def vignette(size_px: tuple[int, int]) -> Values:
    """How much of its light each pixel gets: less towards the corners."""
    width, height = size_px
    x = (np.arange(width) - width / 2) / (width / 2)
    y = (np.arange(height) - height / 2) / (height / 2)
    away = x[None, :] ** 2 + y[:, None] ** 2
    return (1.0 - 0.22 * np.clip(away - 0.25, 0.0, 2.0)).astype(np.float32)


class Noise:
    """Sensor noise: a few frames of it, taken in turn and shifted."""

    def __init__(self, size_px: tuple[int, int], levels: float, dice: np.random.Generator) -> None:
        width, height = size_px
        self._plus: list[Frame] = []
        self._minus: list[Frame] = []
        self._dice = dice
        if levels <= 0:
            return
        for _ in range(NOISE_FRAMES):
            grain = dice.normal(0.0, levels, (height, width + 64, 1)).astype(np.float32)
            coarse = dice.normal(0.0, levels * 0.5, (height // 2, width // 2 + 32, 3))
            colour = cv2.resize(coarse.astype(np.float32), (width + 64, height))
            noise: Values = cv2.GaussianBlur(grain, (0, 0), 0.6)[..., None] * 1.3 + colour
            self._plus.append(np.clip(noise, 0, 255).astype(np.uint8))
            self._minus.append(np.clip(-noise, 0, 255).astype(np.uint8))

    def add(self, picture: Frame, number: int) -> None:
        """Lay noise over the picture, in place."""
        if not self._plus:
            return
        pick = number % len(self._plus)
        shift = int(self._dice.integers(0, 64))
        width = picture.shape[1]
        cv2.add(picture, self._plus[pick][:, shift : shift + width], dst=picture)
        cv2.subtract(picture, self._minus[pick][:, shift : shift + width], dst=picture)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A piece of burnt-in text: its pixels times their cover, and what is left of the picture."""

    ink: NDArray[Any]
    keep: NDArray[Any]
    advance_px: int

    @property
    def width_px(self) -> int:
        """How wide the patch is."""
        return int(self.ink.shape[1])

    @property
    def height_px(self) -> int:
        """How high the patch is."""
        return int(self.ink.shape[0])


class Caption:
    """Writes text as cameras burn it in: white with a black seam."""

    def __init__(self, font: Path, height_px: int) -> None:
        self._face = cv2.FontFace(str(font))
        self._height_px = height_px

    def letters(self, text: str) -> Values:
        """The text alone, cut close: how much of each pixel is ink, 0..1."""
        size = self._height_px
        _, _, wide, _ = cv2.getTextSize((4096, 4096), text, (0, 0), self._face, size, 700)
        canvas = np.zeros((int(size * 1.35), int(wide) + size // 2, 3), np.uint8)
        cv2.putText(canvas, text, (size // 4, size), (255, 255, 255), self._face, size, 700)
        return np.asarray(canvas[..., 0], np.float32) / np.float32(255.0)

    def advance_px(self, text: str) -> int:
        """How far the pen goes with a text."""
        _, _, wide, _ = cv2.getTextSize((4096, 4096), f"|{text}|", (0, 0), self._face, self._height_px, 500)
        _, _, bars, _ = cv2.getTextSize((4096, 4096), "||", (0, 0), self._face, self._height_px, 500)
        return max(1, int(wide) - int(bars))

    def fitting(self, text: str, width_px: int) -> str:
        """The text, with dots for its end where its stamp would be wider."""
        if self.advance_px(text) + _SEAM_PX <= width_px:
            return text
        kept = next((n for n in range(len(text), 0, -1) if self.advance_px(f"{text[:n]}...") + _SEAM_PX <= width_px), 0)
        return f"{text[:kept]}..."

    def stamp(self, text: str) -> Stamp:
        """Write a text."""
        size = self._height_px
        advance = self.advance_px(text)
        canvas = np.zeros((int(size * 1.4) + 6, advance + _SEAM_PX, 3), np.uint8)
        cv2.putText(canvas, text, (3, size + 1), (255, 255, 255), self._face, size, 500)
        letters = canvas[..., 0]
        seam = cv2.GaussianBlur(cv2.dilate(letters, np.ones((3, 3), np.uint8)), (3, 3), 0)
        keep = (256 - seam.astype(np.uint16))[..., None]
        ink = np.repeat((letters.astype(np.uint16) * 240 >> 8)[..., None], 3, axis=2)
        return Stamp(ink.astype(np.uint8), keep, advance)


def burn(picture: Frame, stamp: Stamp, left: int, top: int) -> None:
    """Lay a stamp over the picture, in place; it must lie within."""
    part = picture[top : top + stamp.height_px, left : left + stamp.width_px]
    kept = (part * stamp.keep) >> 8
    cv2.add(kept.astype(np.uint8), stamp.ink, dst=part)
