"""The alarm strip: the cameras of what is going on, live, with what happened just before looping beside each of them.

It has a place of its own beside or below the wall, so that no alarm takes a picture away from the operator. It goes when
its alarms are handled, or when the operator sends it away, until they signal again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.alarms import Alarm
from console.models.ids import AlarmId, CameraId
from console.models.pictures import Still
from console.models.settings import seconds_of
from console.models.site import Camera
from console.views import lookers, words
from console.views.build import AlarmLabel, button, column, label, named, row, set_role
from console.views.panels.wall.arrange import Tile, pair_boxes, pairs_that_fit
from console.views.panels.wall.fronts import MOST_PAIRS
from console.views.panels.wall.glass import GAP_PX, STRIP_PX, Glass
from console.views.panels.wall.loop import Loop, around
from console.views.panels.wall.tile import Ring

if TYPE_CHECKING:
    from console.bridge import Bridge

AFTER_S: Final = 5.0
SPEED: Final = 2.0
_HEAD_MARGINS: Final = (8, 2, 4, 2)
_LATER_MS: Final = 300
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
        self._unended: dict[tuple[CameraId, AlarmId, int], Alarm] = {}
        self._loops: dict[tuple[CameraId, AlarmId], Loop] = {}
        self._nothing: set[tuple[CameraId, AlarmId]] = set()  # what was before these is nowhere any more
        self._beside = False
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
        self._says = named(AlarmLabel(), "wall.strip_says", "strong")
        self._more = label("wall.strip_more", "chip")
        self._away = button("wall.strip_away", released)
        self._where = label("wall.strip_where", "dim", shrinks=True)
        self._head = row(self._says, row(self._where, self._more, self._away), margins=_HEAD_MARGINS)
        self._head.setStretch(0, 1)
        whole = column(self._head, self.glass)
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
        return tuple(camera for camera, _alarm in self.shown_pairs())

    @property
    def wanted(self) -> int:
        """How many pairs there should be room for."""
        return min(len(self._pairs), MOST_PAIRS)

    @property
    def fitting(self) -> int:
        """How many pairs there is room for."""
        return pairs_that_fit(self.glass.width(), self.glass.height(), MOST_PAIRS, strip=STRIP_PX, gap=GAP_PX)

    @property
    def head_heights(self) -> tuple[int, int]:
        """How high the words over the pictures are where the strip stands below the tiles, and where beside them."""
        line = self._away.sizeHint().height()
        words_px = self._says.sizeHint().height() + self._head.spacing()
        around = _HEAD_MARGINS[1] + _HEAD_MARGINS[3]
        return line + around, line + words_px + around

    def stand(self, *, beside: bool) -> None:
        """Put the words into one line, or where the strip is narrow into two."""
        self._beside = beside
        way = QBoxLayout.Direction.TopToBottom if beside else QBoxLayout.Direction.LeftToRight
        self._head.setDirection(way)
        self._head.setStretch(0, 0 if beside else 1)
        self._where.setVisible(beside)
        self._say()

    def show_pairs(self, pairs: Sequence[Pair], rings: Mapping[CameraId, Ring], coming: Sequence[Pair] = ()) -> None:
        """Show these cameras, each for its alarm.

        Of those `coming` what was before is fetched too, while it is still there: their turn may come later.
        """
        self._pairs, self._rings = tuple(pairs), rings
        standing = {(camera, alarm.id): alarm for camera, alarm in (*coming, *pairs)}
        self._fetched = {key for key in self._fetched if key[:2] in standing}
        self._unended = {key: alarm for key, alarm in self._unended.items() if key[:2] in standing}
        self._loops = {key: loop for key, loop in self._loops.items() if key in standing}
        self._nothing &= standing.keys()
        for (camera, _id), alarm in standing.items():
            self._fetch(camera, alarm)
        self._show()

    def shown_pairs(self) -> tuple[Pair, ...]:
        """The pairs there is room for."""
        return self._pairs[: self.fitting]

    def _show(self) -> None:
        shown = self.shown_pairs()
        live_alone = all((camera, alarm.id) in self._nothing for camera, alarm in shown)
        kinds = (False,) if live_alone else (True, False)
        tiles = [Tile(camera, at, 0, loop=loop) for at, (camera, _alarm) in enumerate(shown) for loop in kinds]
        place = partial(pair_boxes, len(shown), strip=STRIP_PX, gap=GAP_PX, each=len(kinds))
        self.glass.show_placed((len(shown), kinds), place, tiles, self._rings)
        for camera, alarm in shown:
            loop = self._loops.get((camera, alarm.id))
            if self.glass.loop_of(camera, beside=True) is not loop:
                self.glass.set_loop(camera, loop, beside=True)
        self._say()

    def _say(self) -> None:
        if not self._pairs:
            return
        leading = self._pairs[0][1]
        title, place = words.title_of(leading), words.place_of(leading)
        self._says.setText(title if self._beside else f"{title} · {place}")
        self._where.setText(place)
        others = len({alarm.id for _camera, alarm in self._pairs} - {leading.id})
        unseen = len(self._pairs) - len(self.shown_pairs())
        said = [_("more alarms: {n}").format(n=others)] if others else []
        said += [_("no room for: {n}").format(n=unseen)] if unseen else []
        whole = " · ".join(said)
        short = said[-1] if unseen else f"+{others}"  # beside the tiles there is room for one of them
        set_role(self._more, tone="warning" if unseen else "")
        self._more.setText(short if self._beside else whole)
        room = self.width() - self._away.sizeHint().width() - 2 * self._head.spacing() - 2 * _HEAD_MARGINS[0]
        if self._beside and unseen and self._more.sizeHint().width() > room:
            self._more.setText(f"+{unseen}")
        self._more.setToolTip(whole)
        self._more.setAccessibleName(whole)
        self._more.setVisible(bool(said))

    # ---------------------------------------------------------------- what was before

    def _fetch(self, camera: CameraId, alarm: Alarm) -> None:
        """Get the pictures from before the alarm at once, and again when those just after it are there too."""
        key = (camera, alarm.id, alarm.count)
        if key in self._fetched:
            return
        self._fetched.add(key)
        self._ask(key, alarm)
        if self._passed_s(alarm) < AFTER_S:
            self._unended[key] = alarm
            if not self._later.isActive():
                self._later.start(self._wait_ms(alarm))

    def _passed_s(self, alarm: Alarm) -> float:
        return max(0.0, (self._bridge.clock.now() - alarm.last_at).total_seconds())

    def _wait_ms(self, alarm: Alarm) -> int:
        return round(max(0.0, AFTER_S - self._passed_s(alarm)) * 1000) + _LATER_MS

    def _ask_again(self) -> None:
        for key, alarm in tuple(self._unended.items()):
            if self._passed_s(alarm) >= AFTER_S:
                del self._unended[key]
                self._ask(key, alarm)
        if self._unended:
            self._later.start(min(self._wait_ms(alarm) for alarm in self._unended.values()))

    def _ask(self, key: tuple[CameraId, AlarmId, int], alarm: Alarm) -> None:
        since_s = (self._bridge.clock.now() - alarm.last_at + timedelta(seconds=self._before_s)).total_seconds()
        self._bridge.attend(
            self._looker.recent(key[0], since_s), partial(self._take, key, alarm), failed=lambda _error: None
        )

    def _take(self, key: tuple[CameraId, AlarmId, int], alarm: Alarm, stills: tuple[Still, ...]) -> None:
        kept = around(stills, alarm.last_at, self._before_s, AFTER_S)
        if key not in self._fetched:
            return
        if not kept:
            if key[:2] not in self._loops and key not in self._unended:
                self._nothing.add(key[:2])
                self._show()
            return
        self._nothing.discard(key[:2])
        loop = self._loops[key[:2]] = Loop(kept, self._bridge.clock.monotonic(), SPEED)
        if any((camera, of.id) == key[:2] for camera, of in self.shown_pairs()):
            self.glass.set_loop(key[0], loop, beside=True)
            self._show()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._away.setText(_("Away  Esc"))
        self.glass.setAccessibleName(_("Cameras of the alarm"))
        self._say()
        self.glass.update()
