"""The last half minute of a camera as small stills, in the worker's memory: instant replay, and what came before an alarm.

Two a second, as JPEG as wide as the camera's tile but 320 to 480 pixels: 9 to 16 kB each, so that a camera's half minute
is at most about 1 MB. Measured: 0.2 to 0.5 ms to scale and compress one, the smaller the quicker, and with sixteen small
tiles nobody sees the difference. Nothing is written anywhere; what is fetched is a copy.
"""

import threading
from collections import deque
from datetime import UTC, datetime
from typing import Final

from console.models.pictures import Still
from console.video.cv import cv2
from console.video.frames import Frame, thinned
from console.video.jpeg import jpeg_of

KEPT_S: Final = 30.0
EVERY_S: Final = 0.5
LEAST_PX: Final = 320
MOST_PX: Final = 480
QUALITY: Final = 70
MOST_BYTES: Final = 3_000_000


class Recent:
    """The stills of one camera: its own thread adds, any thread may take. Bounded in time and in bytes."""

    def __init__(self) -> None:
        self._stills: deque[tuple[float, Still]] = deque()
        self._bytes = 0
        self._due_s = 0.0
        self._lock = threading.Lock()

    def due(self, mono_s: float) -> bool:
        """Whether a still is to be added of a frame of this moment."""
        return mono_s >= self._due_s

    def add(self, frame: Frame, mono_s: float, wall_ns: int, tile_px: int = MOST_PX) -> None:
        """Keep a small still of a frame, for a tile that is so wide, and forget what is too old."""
        self._due_s = max(self._due_s + EVERY_S, mono_s)
        rows, columns = frame.shape[:2]
        width_px = min(max(tile_px, LEAST_PX), MOST_PX)
        if columns > width_px:
            height_px = max(1, round(rows * width_px / columns))
            frame = cv2.resize(thinned(frame, height_px), (width_px, height_px), interpolation=cv2.INTER_LINEAR)
        jpeg = jpeg_of(frame, QUALITY)
        if not jpeg:
            return
        still = Still(at=datetime.fromtimestamp(wall_ns / 1e9, UTC), jpeg=jpeg)
        with self._lock:
            self._stills.append((mono_s, still))
            self._bytes += len(still.jpeg)
            while self._stills and (self._stills[0][0] < mono_s - KEPT_S or self._bytes > MOST_BYTES):
                self._bytes -= len(self._stills.popleft()[1].jpeg)

    def since(self, at: datetime) -> tuple[Still, ...]:
        """The stills taken at or after a moment, oldest first."""
        with self._lock:
            return tuple(still for _mono_s, still in self._stills if still.at >= at)
