"""The wall: one widget that paints every tile, and pulls every picture on one shared tick.

Measured: a picture at the tile's exact size in Format_RGB32 costs 0.04 ms to blit, 0.5 to 1 ms where the painter has to
scale it, and a widget a tile costs a paint event each. So there is one widget, the feed is told the exact size of
every tile, and only tiles with a new picture are painted. Nothing is queued anywhere: who comes late sees the newest.
"""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.models.clock import Clock
from console.models.ids import CameraId
from console.models.pictures import PictureFeed, Sight
from console.models.site import Camera
from console.views import theme
from console.views.labels import Labels
from console.views.panels.wall.arrange import BY_KEY, Box, Grid, Tile, boxes, picture_box
from console.views.panels.wall.tile import Ring, ShownTile, paint_plate, paint_ring, paint_strip

TICK_MS: Final = 40
STRIP_PX: Final = 24
GAP_PX: Final = 6
_WIDE: Final = 16 / 9
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class WallCanvas(QWidget):
    """Every tile of the wall. `chosen` and `opened` carry a camera's id: clicked once, clicked twice."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(
        self,
        feed: PictureFeed,
        clock: Clock,
        zone: tzinfo,
        cameras: Mapping[CameraId, Camera],
        *,
        stale_s: float = 2.0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("wall.canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 150)
        self._feed = feed
        self._clock = clock
        self._zone = zone
        self._cameras = cameras
        self._stale_s = stale_s
        self._labels = Labels()
        self._grid: Grid = BY_KEY["4"]
        self._tiles: tuple[Tile, ...] = ()
        self._shown: list[ShownTile] = []
        self._pictures = QRegion()
        self._rings: Mapping[CameraId, Ring] = {}
        self._wanted: dict[CameraId, tuple[int, int]] = {}
        self._selected: CameraId | None = None
        self._second = -1
        self._blink_full = True
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        # While the window is being dragged larger, the workers are not asked for a new size with every pixel.
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(120)
        self._settle.timeout.connect(self._ask)

    # ---------------------------------------------------------------- what is shown

    def show_tiles(self, grid: Grid, tiles: Sequence[Tile], rings: Mapping[CameraId, Ring]) -> None:
        """Show these tiles from now on; tiles that keep camera and place keep their picture."""
        self._rings = rings
        if grid == self._grid and tuple(tiles) == self._tiles:
            for shown in self._shown:
                shown.ring = rings.get(shown.camera) if shown.camera else None
            self.update()
            return
        self._grid, self._tiles = grid, tuple(tiles)
        self._lay_out()
        if self.isVisible():
            self._ask()

    def select(self, camera: CameraId | None) -> None:
        """Put the mark of the chosen camera on this one; None takes it away."""
        self._selected = camera
        self.update()

    @property
    def selected(self) -> CameraId | None:
        """The camera that bears the mark, None where there is none or it is not on the wall."""
        on_wall = {shown.camera for shown in self._shown}
        return self._selected if self._selected in on_wall else None

    @property
    def shown(self) -> tuple[ShownTile, ...]:
        """Every tile as it stands."""
        return tuple(self._shown)

    def turn(self, full: bool) -> None:
        """Draw the markers of unacknowledged alarms full or hollow; called by the shared blink."""
        self._blink_full = full
        for shown in self._shown:
            if shown.ring is not None and shown.ring.waiting:
                self.update(shown.strip)

    # ---------------------------------------------------------------- layout and sizes

    def _lay_out(self) -> None:
        before = {shown.camera: shown for shown in self._shown if shown.camera}
        self._shown = []
        ratio = self.devicePixelRatioF()
        placed = boxes(self._grid, self._tiles, self.width(), self.height(), strip=STRIP_PX, gap=GAP_PX)
        for tile, box in zip(self._tiles, placed, strict=True):
            strip = STRIP_PX * 2 if tile.span > 1 else STRIP_PX
            state = self._feed.state(tile.camera) if tile.camera else None
            aspect = state.width_px / state.height_px if state and state.width_px and state.height_px else _WIDE
            picture = picture_box(box, strip, aspect)
            shown = ShownTile(
                tile=tile,
                box=_rect(box),
                room=QRect(box.left, box.top, box.width, box.height - strip),
                picture=_rect(picture),
                strip=QRect(box.left, box.bottom - strip, box.width, strip),
                size_px=(round(picture.width * ratio), round(picture.height * ratio)),
                aspect=aspect,
                state=state,
                ring=self._rings.get(tile.camera) if tile.camera else None,
            )
            old = before.get(tile.camera) if tile.camera else None
            if old is not None and old.size_px == shown.size_px:
                shown.seq = old.seq
            self._shown.append(shown)
        self._pictures = QRegion()
        for shown in self._shown:
            self._pictures += shown.picture
        self._second = -1
        self.update()

    def _ask(self) -> None:
        """Tell the feed the exact pixels of every tile, and who is not looked at any more."""
        wanted = {shown.camera: shown.size_px for shown in self._shown if shown.camera} if self.isVisible() else {}
        for camera in self._wanted.keys() - wanted.keys():
            self._feed.want(camera, 0, 0)
        for camera, size_px in wanted.items():
            if self._wanted.get(camera) != size_px:
                self._feed.want(camera, *size_px)
        self._wanted = wanted

    # ---------------------------------------------------------------- the tick

    def tick(self) -> None:
        """Mark the tiles that have a new picture, and once a second everything that tells the time."""
        dirty: list[ShownTile] = []
        for shown in self._shown:
            if shown.camera is None:
                continue
            picture = self._feed.latest(shown.camera)
            if picture is not None and picture.seq != shown.seq:
                dirty.append(shown)
        for shown in dirty:
            self.update(shown.picture)
        second = int(self._clock.now().timestamp())
        if second != self._second:
            self._second = second
            self._each_second()

    def _each_second(self) -> None:
        reshape = False
        for shown in self._shown:
            if shown.camera is None:
                continue
            state = self._feed.state(shown.camera)
            picture = self._feed.latest(shown.camera)
            before = shown.claim
            shown.look_at(state, picture.age_s if picture is not None else None, self._stale_s)
            if shown.claim is not before or shown.claim is not Sight.LIVE:
                self.update(shown.room)
            self.update(shown.strip)
            if state.width_px and state.height_px and abs(state.width_px / state.height_px - shown.aspect) > 0.01:
                reshape = True
        if reshape:
            self._lay_out()
            self._ask()

    # ---------------------------------------------------------------- painting

    def _paint_picture(self, painter: QPainter, shown: ShownTile) -> None:
        camera = shown.camera
        if camera is None:
            painter.fillRect(shown.room, theme.color("surface.window"))
            return
        if shown.claim is Sight.OFFLINE or shown.claim is Sight.CONNECTING:
            painter.fillRect(shown.room, theme.color("surface.window"))
            picture = self._feed.latest(camera)
            shown.seq = picture.seq if picture is not None else -1
            paint_plate(painter, shown, self._clock.now(), self._zone, self._labels)
            return
        for _attempt in range(2):  # a frame that was overwritten while it was drawn is drawn again, from the newest
            picture = self._feed.latest(camera)
            if picture is None:
                painter.fillRect(shown.room, theme.color("surface.window"))
                shown.seq = -1
                break
            width, height = picture.width_px, picture.height_px
            image = QImage(picture.pixels, width, height, width * 4, QImage.Format.Format_RGB32)
            shown.seq = picture.seq
            if (width, height) == (shown.picture.width(), shown.picture.height()):
                painter.drawImage(shown.picture.topLeft(), image)
            else:
                painter.drawImage(shown.picture, image)
            if self._feed.still(camera, picture):
                break
        if shown.claim is Sight.STALE:
            paint_plate(painter, shown, self._clock.now(), self._zone, self._labels)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        region = event.region()
        painter = QPainter(self)
        around = not region.subtracted(self._pictures).isEmpty()
        if around:
            painter.fillRect(event.rect(), theme.color("surface.wall"))
        for shown in self._shown:
            if region.intersects(shown.room):
                self._paint_picture(painter, shown)
            if not around or not region.intersects(shown.box.adjusted(-GAP_PX, -GAP_PX, GAP_PX, GAP_PX)):
                continue
            if region.intersects(shown.strip):
                camera = self._cameras.get(shown.camera) if shown.camera else None
                selected = shown.camera is not None and shown.camera == self._selected
                paint_strip(painter, shown, camera, self._labels, self._clock.now(), self._zone, selected=selected,
                            full=self._blink_full)
            paint_ring(painter, shown, selected=shown.camera is not None and shown.camera == self._selected)
        painter.end()

    # ---------------------------------------------------------------- Qt

    @override
    def sizeHint(self) -> QSize:
        return QSize(960, 640)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        self._settle.start()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._lay_out()
        self._ask()
        self._timer.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self._settle.stop()
        self._ask()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.LanguageChange):
            self._labels.forget()
            self.update()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._labels.forget()
            self._lay_out()
            self._settle.start()
        return super().event(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        camera = self._camera_at(event.position().toPoint())
        if camera is not None and event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit(camera)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        camera = self._camera_at(event.position().toPoint())
        if camera is not None and event.button() is Qt.MouseButton.LeftButton:
            self.opened.emit(camera)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is None or not self._move(*step):
            event.ignore()

    def _camera_at(self, point: QPoint) -> CameraId | None:
        return next((shown.camera for shown in self._shown if shown.box.contains(point)), None)

    def _move(self, right: int, down: int) -> bool:
        """Choose the nearest camera in a direction; False where there is none."""
        with_camera = [shown for shown in self._shown if shown.camera]
        here = next((shown for shown in with_camera if shown.camera == self._selected), None)
        if here is None:
            if with_camera and with_camera[0].camera:
                self.chosen.emit(with_camera[0].camera)
            return bool(with_camera)
        start = here.box.center()

        def distance(shown: ShownTile) -> tuple[int, int]:
            along = (shown.box.center() - start).x() * right + (shown.box.center() - start).y() * down
            across = abs((shown.box.center() - start).x() * down) + abs((shown.box.center() - start).y() * right)
            return along, across

        ahead = [shown for shown in with_camera if distance(shown)[0] > 0]
        if not ahead:
            return False
        nearest = min(ahead, key=lambda shown: distance(shown)[0] + 2 * distance(shown)[1])
        if nearest.camera:
            self.chosen.emit(nearest.camera)
        return True


def _rect(box: Box) -> QRect:
    return QRect(box.left, box.top, box.width, box.height)
