"""Rain: streaks that fall through the light, a few sheets of them taken in turn."""

import numpy as np

from console.video.cv import cv2
from console.video.frames import Frame

SHEETS = 5


class Rain:
    """Rain of a strength 0..1 over a picture of this size."""

    def __init__(self, size_px: tuple[int, int], strength: float, dice: np.random.Generator) -> None:
        width, height = size_px
        self._sheets: list[Frame] = []
        for _ in range(SHEETS):
            sheet: Frame = np.zeros((height * 2, width), np.uint8)
            for _ in range(int(260 * strength)):
                x, y = int(dice.integers(0, width)), int(dice.integers(0, height * 2))
                long = int(dice.integers(8, 26))
                bright = int(dice.integers(14, 52))
                cv2.line(sheet, (x, y), (x - long // 6, y + long), bright, 1, cv2.LINE_AA)
            sheet = cv2.GaussianBlur(sheet, (3, 3), 0)
            self._sheets.append(cv2.cvtColor(sheet, cv2.COLOR_GRAY2BGR))

    def fall(self, picture: Frame, now_s: float) -> None:
        """Lay this moment's streaks over the picture, in place."""
        height = picture.shape[0]
        number = int(now_s * 12)
        sheet = self._sheets[number % SHEETS]
        top = height - int(now_s * 310) % height
        cv2.add(picture, sheet[top : top + height], dst=picture)
