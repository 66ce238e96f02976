"""What is known of the day that is looked at: asked for a camera at a time, and kept up to date while the day lasts."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Final

from console.models.ids import CameraId
from console.models.playback import FootagePlayer, utc
from console.models.timeline import day_bounds
from console.services import playback
from console.services.playback import CameraDay

if TYPE_CHECKING:
    from console.bridge import Bridge

FRESH_S: Final = 5.0
"""How often what has come since is asked for."""
RECENT: Final = timedelta(minutes=10)
MARGIN: Final = timedelta(hours=1)
"""So much beside the day is known, so that midnight is no edge."""


class Knowing:
    """Asks, gives the files to the player, and tells `changed` of the days."""

    def __init__(
        self,
        bridge: "Bridge",
        player: FootagePlayer,
        zone: tzinfo,
        changed: Callable[[dict[CameraId, CameraDay]], None],
    ) -> None:
        self._bridge, self._player, self._zone, self._changed = bridge, player, zone, changed
        self.days: dict[CameraId, CameraDay] = {}
        self._day: date | None = None
        self._asked = 0
        self._waiting = 0
        self._fresh_s = 0.0

    def load(self, cameras: tuple[CameraId, ...], day: date) -> None:
        """Ask for a whole day of these cameras; what is known of the same day stays until the answer is there."""
        self._asked += 1
        self._fresh_s = self._bridge.clock.monotonic()
        kept = self.days if day == self._day else {}
        self._day = day
        self.days = {camera: kept[camera] for camera in cameras if camera in kept}
        self._changed(self.days)
        begin_s, end_s = day_bounds(day, self._zone)
        self._waiting = len(cameras)
        for camera in cameras:
            self._bridge.ask(
                playback.stretch,
                (camera,),
                utc(begin_s) - MARGIN,
                utc(end_s) + MARGIN,
                then=partial(self._take, self._asked),
            )

    def refresh(self, day: date) -> None:
        """Ask for what has come since, where the day is not over; a few times a minute at most."""
        now_s = self._bridge.clock.monotonic()
        if self._waiting or not self.days or now_s - self._fresh_s < FRESH_S:
            return
        self._fresh_s = now_s
        now = self._bridge.clock.now()
        if now.timestamp() > day_bounds(day, self._zone)[1] + MARGIN.total_seconds():
            return
        self._waiting = 1
        since = now - RECENT
        self._bridge.ask(
            playback.stretch, tuple(self.days), since, now + RECENT, then=partial(self._merge, self._asked, since)
        )

    def _take(self, asked: int, days: dict[CameraId, CameraDay]) -> None:
        if asked == self._asked:
            self._waiting -= 1
            self._tell({**self.days, **days}, days)

    def _merge(self, asked: int, since: datetime, days: dict[CameraId, CameraDay]) -> None:
        if asked != self._asked:
            return
        self._waiting = 0
        newer = {
            camera: playback.merged(self.days[camera], day, since)
            for camera, day in days.items()
            if camera in self.days
        }
        self._tell({**self.days, **newer}, newer)

    def _tell(self, days: dict[CameraId, CameraDay], changed: dict[CameraId, CameraDay]) -> None:
        self.days = days
        for camera, day in changed.items():
            self._player.load(camera, day.cuts)
        self._changed(days)
