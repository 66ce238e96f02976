"""The tiles of playback fill their places, whatever the size in which a picture comes."""

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from console.models.ids import CameraId
from console.models.pictures import Picture
from console.models.playback import Tape
from console.models.zoom import WHOLE, Region
from console.views.panels.playback.glass import PlaybackGlass

SHOWN, NEXT = CameraId("cam-01"), CameraId("cam-02")
GREY = 200


class Grey:
    """Plays grey pictures, `times` as large as they are wanted."""

    def __init__(self, times: float) -> None:
        self.times = times
        self.wants: dict[CameraId, tuple[int, int]] = {}
        self._kept: list[Any] = []

    def want(self, camera: CameraId, width_px: int, height_px: int, region: Region = WHOLE) -> None:
        self.wants[camera] = (width_px, height_px)

    def latest(self, camera: CameraId) -> Picture | None:
        wide, high = (round(side * self.times) for side in self.wants.get(camera, (0, 0)))
        if camera != SHOWN or not wide:
            return None
        pixels = np.full((high, wide, 4), GREY, np.uint8)
        self._kept.append(pixels)
        return Picture(memoryview(pixels).cast("B").toreadonly(), wide, high, 1, 0.0)  # type: ignore[arg-type]

    def still(self, camera: CameraId, picture: Picture) -> bool:
        return True

    def position(self) -> float:
        return 0.0

    def tape(self, camera: CameraId) -> Tape:
        return Tape()


@pytest.mark.parametrize("times", [0.5, 1.0, 2.0])
def test_that_a_picture_fills_its_place_and_no_other(looks: None, qtbot: Any, times: float) -> None:
    glass = PlaybackGlass(Grey(times), ZoneInfo("Asia/Shanghai"), {}, lambda _camera: 16 / 9)  # type: ignore[arg-type]
    qtbot.addWidget(glass)
    glass.words_of = lambda _camera: ""  # type: ignore[method-assign]
    glass.resize(700, 500)
    glass.show_places((SHOWN, NEXT, None, None))
    glass.show()
    here, beside, below = (shown.picture for shown in glass._shown[:3])
    image = glass.grab().toImage()

    def grey(at: QPoint) -> bool:
        return image.pixelColor(at).lightness() == GREY

    assert grey(here.topLeft() + QPoint(3, 3))
    assert grey(here.bottomRight() - QPoint(3, 3))
    assert not grey(beside.topLeft() + QPoint(3, 3))
    assert not grey(below.topLeft() + QPoint(3, 3))
