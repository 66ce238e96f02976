"""The alarm strip: the cameras of what is going on, live, with what happened just before looping beside each of them.

It has a place of its own below the wall, so that no alarm takes a picture away from the operator. It goes when its
alarms are handled, or when the operator sends it away, until they signal again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.alarms import Alarm
from console.models.ids import AlarmId, CameraId
from console.models.pictures import Still
from console.models.settings import seconds_of
from console.models.site import Camera
from console.views import lookers, words
from console.views.build import button, column, label, named, row, set_role
from console.views.panels.wall.arrange import Tile, pair_boxes, pairs_that_fit
from console.views.panels.wall.fronts import MOST_PAIRS
from console.views.panels.wall.glass import GAP_PX, STRIP_PX, Glass
from console.views.panels.wall.loop import Loop, around
from console.views.panels.wall.tile import Ring

if TYPE_CHECKING:
    from console.bridge import Bridge

AFTER_S: Final = 5.0
SPEED: Final = 2.0
_LOWEST, _HIGHEST = 150, 300
_SHARE: Final = 0.34
Pair = tuple[CameraId, Alarm]


class StripGlass(Glass):
    """The pictures of the strip. `chosen` carries the camera that was clicked."""

    chosen = Signal(str)
    sized = Signal()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.sized.emit()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        shown = self.tile_at(event.position().toPoint())
        if shown is not None and shown.camera is not None:
            self.chosen.emit(shown.camera)


class AlarmStrip(QFrame):
    """Up to six cameras in the order of the queue. `released` is called when the operator sends the strip away."""

    camera_chosen = Signal(str)

    def __init__(
        self,
        bridge: "Bridge",
        cameras: Mapping[CameraId, Camera],
        released: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, "wall.strip", "bar")
        self._bridge = bridge
        self._looker = lookers.shared(bridge, bridge.feed).looker()
        self._before_s = seconds_of(bridge.settings, "video.preroll_s")
        self._pairs: tuple[Pair, ...] = ()
        self._rings: Mapping[CameraId, Ring] = {}
        self._fetched: set[tuple[CameraId, AlarmId, int]] = set()
        self.glass = StripGlass(
            self._looker,
            bridge.clock,
            words.zone_or_utc(bridge.site),
            cameras,
            stale_s=seconds_of(bridge.settings, "video.stale_s"),
            name="wall.strip_glass",
        )
        self.glass.chosen.connect(self.camera_chosen)
        self.glass.sized.connect(self._show)
        self._says = label("wall.strip_says", "strong", shrinks=True)
        self._more = label("wall.strip_more", "chip")
        self._away = button("wall.strip_away", released)
        head = row(self._says, self._more, self._away, margins=(8, 2, 4, 2))
        whole = column(head, self.glass)
        whole.setSpacing(0)
        whole.setStretchFactor(self.glass, 1)
        self.setLayout(whole)
        self.setVisible(False)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._ask_again)

    @property
    def cameras(self) -> tuple[CameraId, ...]:
        """The cameras that are shown."""
        return tuple(camera for camera, _alarm in self._pairs[: self._fitting()]) if self._pairs else ()

    def height_within(self, room_px: int) -> int:
        """How high the strip is where there are so many pixels for wall and strip together."""
        return min(_HIGHEST, max(_LOWEST, round(room_px * _SHARE)))

    def show_pairs(self, pairs: Sequence[Pair], rings: Mapping[CameraId, Ring]) -> None:
        """Show these cameras, each for its alarm; none closes the strip."""
        self._pairs, self._rings = tuple(pairs), rings
        self.setVisible(bool(pairs))
        standing = {(camera, alarm.id) for camera, alarm in pairs}
        for key in [key for key in self._fetched if key[:2] not in standing]:
            self._fetched.discard(key)
            self.glass.set_loop(key[0], None, beside=True)
        for camera, alarm in self.shown_pairs():
            self._fetch(camera, alarm)
        self._show()

    def shown_pairs(self) -> tuple[Pair, ...]:
        """The pairs there is room for."""
        return self._pairs[: self._fitting()]

    def _fitting(self) -> int:
        return pairs_that_fit(self.glass.width(), self.glass.height(), MOST_PAIRS, strip=STRIP_PX, gap=GAP_PX)

    def _show(self) -> None:
        shown = self.shown_pairs()
        tiles = [Tile(camera, at, 0, loop=loop) for at, (camera, _alarm) in enumerate(shown) for loop in (True, False)]
        place = partial(pair_boxes, len(shown), strip=STRIP_PX, gap=GAP_PX)
        self.glass.show_placed(len(shown), place, tiles, self._rings)
        for camera, alarm in shown:
            self._fetch(camera, alarm)
        self._say()

    def _say(self) -> None:
        if not self._pairs:
            return
        leading = self._pairs[0][1]
        self._says.setText(f"{words.title_of(leading)} · {words.place_of(leading)}")
        others = len({alarm.id for _camera, alarm in self._pairs} - {leading.id})
        unseen = len(self._pairs) - len(self.shown_pairs())
        said = [_("more alarms: {n}").format(n=others)] if others else []
        said += [_("no room for: {n}").format(n=unseen)] if unseen else []
        self._more.setText(" · ".join(said))
        self._more.setVisible(bool(said))
        set_role(self._more, tone="warning" if unseen else "")

    # ---------------------------------------------------------------- what was before

    def _fetch(self, camera: CameraId, alarm: Alarm) -> None:
        """Get the pictures from before the alarm at once, and again when those just after it are there too."""
        key = (camera, alarm.id, alarm.count)
        if key in self._fetched:
            return
        self._fetched.add(key)
        passed_s = max(0.0, (self._bridge.clock.now() - alarm.last_at).total_seconds())
        self._ask(key, alarm)
        if passed_s < AFTER_S:
            self._later.start(round((AFTER_S - passed_s) * 1000) + 300)

    def _ask_again(self) -> None:
        for camera, alarm in self.shown_pairs():
            key = (camera, alarm.id, alarm.count)
            if key in self._fetched:
                self._ask(key, alarm)

    def _ask(self, key: tuple[CameraId, AlarmId, int], alarm: Alarm) -> None:
        since_s = (self._bridge.clock.now() - alarm.last_at + timedelta(seconds=self._before_s)).total_seconds()
        self._bridge.attend(
            self._looker.recent(key[0], since_s), partial(self._take, key, alarm), failed=lambda _error: None
        )

    def _take(self, key: tuple[CameraId, AlarmId, int], alarm: Alarm, stills: tuple[Still, ...]) -> None:
        kept = around(stills, alarm.last_at, self._before_s, AFTER_S)
        if kept and key in self._fetched:
            loop = Loop(kept, self._bridge.clock.monotonic(), SPEED)
            self.glass.set_loop(key[0], loop, beside=True)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._away.setText(_("Away  Esc"))
        self.glass.setAccessibleName(_("Cameras of the alarm"))
        self._say()
        self.glass.update()
