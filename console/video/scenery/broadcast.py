"""A scene as an open camera: frames at the scene's pace, with name and time burnt in."""

import time
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from console.video.frames import Frame
from console.video.scenery import script
from console.video.scenery.film import Caption, Stamp, burn
from console.video.scenery.lit import SIZE_PX, Lit
from console.video.scenery.scene import Played

CAPTION_PX: Final = 17
MARGIN_PX: Final = 10
LATE_S: Final = 1.0


class Broadcast:
    """An open synthetic camera."""

    def __init__(self, scene: script.Scene, made: Lit, name: str, font: Path, timezone: str) -> None:
        self.width_px, self.height_px = SIZE_PX
        self.fps = scene.film.fps
        self._played = Played(scene, made)
        caption = Caption(font, CAPTION_PX)
        self._name = caption.stamp(caption.fitting(name, SIZE_PX[0] - 2 * MARGIN_PX))
        self._digits = {sign: caption.stamp(sign) for sign in "0123456789-: "}
        self._zone = _zone(timezone)
        self._clock: list[Stamp] = []
        self._clock_s = 0
        self._start_s = time.monotonic()
        self._due_s = self._start_s

    def grab(self) -> bool:
        """Wait until the next frame is due."""
        self._due_s += 1.0 / self.fps
        wait_s = self._due_s - time.monotonic()
        if wait_s > 0.0:
            time.sleep(wait_s)
        elif wait_s < -LATE_S:
            self._due_s -= wait_s
        return True

    def retrieve(self) -> Frame:
        """Draw the scene as it is now."""
        picture = self._played.frame(self._due_s - self._start_s)
        name = self._name
        burn(picture, name, SIZE_PX[0] - name.width_px - MARGIN_PX, SIZE_PX[1] - name.height_px - 6)
        left = MARGIN_PX
        for sign in self._time():
            burn(picture, sign, left, 6)
            left += sign.advance_px
        return picture

    def cue(self, name: str) -> None:
        """Begin what the scene has under this name."""
        self._played.cue(name, self._due_s - self._start_s)

    def close(self) -> None:
        """Nothing is held."""

    def _time(self) -> list[Stamp]:
        now_s = int(time.time())
        if now_s != self._clock_s:
            self._clock_s = now_s
            text = datetime.fromtimestamp(now_s, self._zone).strftime("%Y-%m-%d %H:%M:%S")
            self._clock = [self._digits[sign] for sign in text]
        return self._clock


def _zone(timezone: str) -> tzinfo:
    """The zone that the clock in the picture shows; UTC where the machine does not know it."""
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
