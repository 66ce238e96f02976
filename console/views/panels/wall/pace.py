"""Keep the wall within what the machine can do: measure each second, give up or take back a step, say so and record it."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from console.models.ids import CameraId
from console.models.load import Ladder, Limits, Pace
from console.models.settings import seconds_of
from console.models.text import Text
from console.services import wall

if TYPE_CHECKING:
    from console.bridge import Bridge

LOOK_MS: Final = 1000


def percentile(values: Iterable[float], share: float) -> float:
    """The value that `share` of them do not exceed; 0.0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class PaceKeeper(QObject):
    """One for a seat. `changed` is emitted after every step; `late_ms` gives how late the ticks came since it was asked.

    `watched` gives the cameras that are looked at now, `spared` those of which nothing is given up.
    """

    changed = Signal()

    def __init__(
        self,
        bridge: "Bridge",
        late_ms: Callable[[], list[float]],
        watched: Callable[[], set[CameraId]],
        spared: Callable[[], set[CameraId]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._late_ms, self._watched, self._spared = late_ms, watched, spared
        self.ladder = Ladder()
        self.limits = Limits(
            tick_ms=seconds_of(bridge.settings, "video.tick_late_ms"),
            worker_ms=seconds_of(bridge.settings, "video.worker_late_ms"),
            down_after_s=seconds_of(bridge.settings, "video.reduce_after_s"),
            up_after_s=seconds_of(bridge.settings, "video.restore_after_s"),
        )
        self._told: dict[CameraId, Pace] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @property
    def sentence(self) -> Text:
        """What was given up and why; empty for nothing."""
        return wall.load_words(self.ladder.pace, self.ladder.why)

    @property
    def paces(self) -> dict[CameraId, Pace]:
        """Of which cameras less is shown."""
        return {camera: pace for camera, pace in self._told.items() if pace is not Pace.FULL}

    def look(self) -> None:
        """Measure once, take a step where it is time, and tell every camera its pace."""
        watched = self._watched()
        ticks = percentile(self._late_ms(), 0.9)
        lags = [self._bridge.feed.load(camera).lag_s * 1e3 for camera in watched]
        self.take(ticks, percentile(lags, 0.5))

    def take(self, tick_ms: float, worker_ms: float) -> None:
        """Take in one measurement."""
        before = self.ladder
        self.ladder = before.stepped(tick_ms, worker_ms, self._bridge.clock.monotonic(), self.limits)
        self._tell()
        if self.ladder.pace is before.pace:
            return
        measured = {"tick_ms": round(tick_ms, 1), "worker_ms": round(worker_ms, 1)}
        seat = self._bridge.surroundings.seat
        self._bridge.do(wall.note_pace, seat, self.ladder.pace, self.ladder.why, measured)
        self.changed.emit()

    def _tell(self) -> None:
        spared = self._spared()
        wanted = {
            camera: Pace.FULL if camera in spared else self.ladder.pace for camera in self._watched() | self._told.keys()
        }
        news = False
        for camera, pace in wanted.items():
            if self._told.get(camera, Pace.FULL) is not pace:
                self._bridge.feed.pace(camera, pace)
                news = True
        self._told = {camera: pace for camera, pace in wanted.items() if pace is not Pace.FULL}
        if news:
            self.changed.emit()
