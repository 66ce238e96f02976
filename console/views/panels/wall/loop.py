"""A loop of recent stills: what a tile shows of the last half minute, over and over, and never as if it were live."""

from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from console.models.pictures import Still

PAUSE_S: Final = 1.0  # between the last picture and the first, so that one sees where it begins


class Loop:
    """Stills in the rhythm in which they were taken, `speed` times as fast. Decoded one at a time, when it is shown."""

    def __init__(self, stills: tuple[Still, ...], began_s: float, speed: float = 1.0) -> None:
        self.stills = stills
        self.speed = speed
        self._began_s = began_s
        self._starts = [(still.at - stills[0].at).total_seconds() / speed for still in stills] if stills else []
        self._whole_s = (self._starts[-1] + PAUSE_S) if self._starts else 0.0
        self._kept: tuple[int, QSize, QImage] | None = None

    def index(self, now_s: float) -> int:
        """Which still is shown at this moment of a clock that never steps back; -1 where there are none."""
        if not self._starts:
            return -1
        into_s = (now_s - self._began_s) % self._whole_s
        return max(at for at, start_s in enumerate(self._starts) if start_s <= into_s)

    def taken_at(self, index: int) -> datetime | None:
        """When a still was taken."""
        return self.stills[index].at if 0 <= index < len(self.stills) else None

    def image(self, index: int, size: QSize) -> QImage:
        """A still at exactly this size; a null image where it cannot be decoded."""
        if self._kept is None or self._kept[:2] != (index, size):
            made = QImage.fromData(self.stills[index].jpeg)
            if not made.isNull():
                made = made.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
            self._kept = (index, size, made)
        return self._kept[2]


def around(stills: tuple[Still, ...], at: datetime, before_s: float, after_s: float = 5.0) -> tuple[Still, ...]:
    """The stills from some seconds before a moment to some seconds after it."""
    first, last = at - timedelta(seconds=before_s), at + timedelta(seconds=after_s)
    return tuple(still for still in stills if first <= still.at <= last)
