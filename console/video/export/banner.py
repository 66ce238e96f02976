"""The strip above the pictures of a viewing copy: which camera, when by the site's clock, which package."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from console import resources

_FONT: Final = "fonts/NotoSansSC-Regular.ttf"
_INK: Final = 235
_WELL: Final = 24


class Banner:
    """Drawn above a picture and not on it, so that it covers nothing. `height_px` is even, as codecs want it."""

    def __init__(self, width_px: int, picture_px: int, left: str, right: str, zone: ZoneInfo) -> None:
        self.width_px = width_px
        self.height_px = max(24, picture_px // 20 // 2 * 2)
        size = max(12, round(self.height_px * 0.62))
        self._font = ImageFont.truetype(str(resources.path(_FONT)), size)
        self._zone = zone
        room = self._width("2026-00-00 00:00:00.0")
        self._left = self._fitting(left, (width_px - room) // 2 - size)
        self._right = self._fitting(right, (width_px - room) // 2 - size)
        self._shown = ""
        self._strip: NDArray[Any] = np.empty((0, 0, 3), np.uint8)

    def _width(self, text: str) -> int:
        return int(self._font.getlength(text))

    def _fitting(self, text: str, room_px: int) -> str:
        while text and self._width(text) > room_px:
            text = text[:-2] + "…" if len(text) > 2 else ""
        return text

    def at(self, moment: datetime) -> NDArray[Any]:
        """The strip for a picture of this moment, to a tenth of a second; rows x columns x 3."""
        local = moment.astimezone(self._zone)
        said = f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 100_000}"
        if said != self._shown:
            self._shown = said
            self._strip = self._drawn(said)
        return self._strip

    def _drawn(self, said: str) -> NDArray[Any]:
        image = Image.new("L", (self.width_px, self.height_px), _WELL)
        draw = ImageDraw.Draw(image)
        middle = self.height_px / 2
        draw.text((6, middle), self._left, fill=_INK, font=self._font, anchor="lm")
        draw.text((self.width_px / 2, middle), said, fill=_INK, font=self._font, anchor="mm")
        draw.text((self.width_px - 6, middle), self._right, fill=_INK, font=self._font, anchor="rm")
        return np.repeat(np.asarray(image, np.uint8)[:, :, None], 3, axis=2)

    def card(self, rows: int, lines: tuple[str, ...]) -> NDArray[Any]:
        """A dark picture of `rows` rows with some lines on it, for a time of which there is no footage."""
        image = Image.new("L", (self.width_px, rows), _WELL)
        draw = ImageDraw.Draw(image)
        step = self.height_px * 1.2
        for number, line in enumerate(lines):
            at = rows / 2 + (number - (len(lines) - 1) / 2) * step
            draw.text((self.width_px / 2, at), line, fill=_INK, font=self._font, anchor="mm")
        return np.repeat(np.asarray(image, np.uint8)[:, :, None], 3, axis=2)
