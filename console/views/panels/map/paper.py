"""Make light paper dark for a room at night, and measure how light a plan is."""

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from numpy.typing import NDArray

Bytes: TypeAlias = "NDArray[np.uint8]"
Floats: TypeAlias = "NDArray[np.float32]"

_WEIGHTS: Final = np.array([0.114, 0.587, 0.299], np.float32) / np.float32(255)


def _pixels(image: QImage) -> Bytes:
    """The image's memory as height x width x 4 bytes, blue first; the image has to outlive it."""
    flat = np.frombuffer(image.bits(), np.uint8)
    return flat.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width()]


def _lightness_of(pixels: Bytes) -> Floats:
    """How light every pixel is, 0 to 1."""
    return (pixels[..., :3].astype(np.float32) @ _WEIGHTS).astype(np.float32)


def lightness(image: QImage) -> float:
    """How light a picture is on the whole, 0 to 1."""
    return float(_lightness_of(_pixels(image)).mean())


def turned_over(image: QImage) -> QImage:
    """The same picture with light and dark exchanged and colours paler: white paper becomes #212121, ink light grey."""
    made = image.copy()
    pixels = _pixels(made)
    lightness = _lightness_of(pixels)[..., None] * 255
    wanted = 242 - 0.82 * lightness
    pixels[..., :3] = np.clip((pixels[..., :3] - lightness) * 0.55 + wanted, 0, 255).astype(np.uint8)
    return made


def dimmed(image: QImage) -> QImage:
    """The same picture for a dark room: a photograph is not turned over, only darkened."""
    made = image.copy()
    pixels = _pixels(made)
    pixels[..., :3] = (pixels[..., :3] * np.float32(0.5)).astype(np.uint8)
    return made
