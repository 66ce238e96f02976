"""The tiles of playback: one, four or nine pictures of one moment, each with the time it was taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QHideEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.i18n import _
from console.models.ids import CameraId
from console.models.playback import FootagePlayer, TapeState, cut_at, gap_at, utc
from console.models.site import Camera
from console.models.zoom import STEP, Zoom
from console.services.playback import CameraDay
from console.views import theme, words
from console.views.dragging import dragged
from console.views.labels import Labels

STRIP_PX: Final = 24
GAP_PX: Final = 6
STALE_S: Final = 1.5
"""A picture that is further from the clock than this is said to be on its way."""
_WIDE: Final = 16 / 9
Spot = tuple[float, float]


@dataclass(slots=True)
class Shown:
    """A tile where it lies."""

    camera: CameraId | None
    box: QRect
    picture: QRect
    strip: QRect
    seq: int = -1
    words: str = ""


class PlaybackGlass(QWidget):
    """All tiles of playback. `aspect(camera)` gives the shape of its pictures, width by height.

    Emits `chosen(camera)`, `dropped(camera, place)` for a camera dragged here, `drawn()` when a region was drawn, and
    `enlarged(camera)` for two clicks on a tile.
    """

    chosen = Signal(str)
    dropped = Signal(str, int)
    drawn = Signal()
    enlarged = Signal(str)

    def __init__(
        self,
        player: FootagePlayer,
        zone: tzinfo,
        cameras: Mapping[CameraId, Camera],
        aspect: Callable[[CameraId], float],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("playback.glass")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._player, self._zone, self._cameras, self._aspect = player, zone, cameras, aspect
        self._labels = Labels()
        self._places: tuple[CameraId | None, ...] = (None,)
        self._shown: list[Shown] = []
        self._zooms: dict[CameraId, Zoom] = {}
        self.days: Mapping[CameraId, CameraDay] = {}
        self.badge: Callable[[CameraId], str] = lambda _camera: ""
        self.shows: Callable[[CameraId, float], bool] = lambda _camera, _taken_s: True
        self.selected: CameraId | None = None
        self.locked = False
        self.drawing = False
        self.region: tuple[Spot, ...] = ()
        self._corners: list[Spot] = []
        self._hand: QPoint | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(120)
        self._settle.timeout.connect(self._ask)

    # ---------------------------------------------------------------- what is shown

    def show_places(self, places: tuple[CameraId | None, ...]) -> None:
        """Show these cameras; one, four or nine places, None for an empty one."""
        self._places = places
        self._lay_out()
        self._ask()

    def select(self, camera: CameraId | None) -> None:
        """Put the mark on a tile; the region that was drawn belongs to the one before."""
        if camera != self.selected:
            self.selected, self.region, self._corners = camera, (), []
        self.update()

    def draw(self, drawing: bool) -> None:
        """Let the hand draw a region on the chosen tile, or end that."""
        self.drawing, self._corners = drawing, []
        self.setCursor(Qt.CursorShape.CrossCursor if drawing else Qt.CursorShape.ArrowCursor)
        self.update()

    def close_region(self) -> bool:
        """Take the corners drawn so far as the region; False where they bound nothing."""
        if len(self._corners) < 3:
            return False
        self.region = tuple(self._corners)
        self.draw(False)
        self.drawn.emit()
        return True

    def zoom_by(self, times: float) -> None:
        """Look at the chosen picture more closely, or less."""
        if self.selected is not None:
            self._set_zoom(self.selected, self.zoom_of(self.selected).closer(times))

    def zoom_of(self, camera: CameraId) -> Zoom:
        """How closely a picture is looked at."""
        return self._zooms.get(camera, Zoom())

    def _set_zoom(self, camera: CameraId, zoom: Zoom) -> None:
        if zoom.whole:
            self._zooms.pop(camera, None)
        else:
            self._zooms[camera] = zoom
        self._ask()
        self.update()

    def forget_zooms(self) -> bool:
        """Look at every picture whole; False where all were."""
        had = bool(self._zooms)
        self._zooms.clear()
        self._ask()
        return had

    def _lay_out(self) -> None:
        across = {1: 1, 4: 2, 9: 3}[len(self._places)]
        width, height = self.width(), self.height()
        self._shown = []
        for number, camera in enumerate(self._places):
            column, row = number % across, number // across
            left, right = ((width + GAP_PX) * at // across for at in (column, column + 1))
            top, bottom = ((height + GAP_PX) * at // across for at in (row, row + 1))
            box = QRect(left, top, max(1, right - left - GAP_PX), max(1, bottom - top - GAP_PX))
            room = QRect(box.left(), box.top(), box.width(), max(1, box.height() - STRIP_PX))
            aspect = self._aspect(camera) if camera is not None else _WIDE
            wide = min(room.width(), round(room.height() * aspect))
            high = max(1, min(room.height(), round(wide / aspect)))
            picture = QRect(
                room.left() + (room.width() - wide) // 2, room.top() + (room.height() - high) // 2, wide, high
            )
            strip = QRect(box.left(), room.bottom() + 1, box.width(), STRIP_PX)
            self._shown.append(Shown(camera, box, picture, strip))
        self.update()

    def _ask(self) -> None:
        for shown in self._shown:
            if shown.camera is None:
                continue
            size = self._size_px(shown) if self.isVisible() else (0, 0)
            self._player.want(shown.camera, *size, self.zoom_of(shown.camera).region)

    def _size_px(self, shown: Shown) -> tuple[int, int]:
        """The pixels of a tile's picture on this screen."""
        ratio = self.devicePixelRatioF()
        return round(shown.picture.width() * ratio), round(shown.picture.height() * ratio)

    def camera(self, camera: CameraId) -> Camera | None:
        """What the site says of a camera."""
        return self._cameras.get(camera)

    # ---------------------------------------------------------------- the tick

    def tick(self) -> None:
        """Repaint the tiles that have another picture or another thing to say."""
        for shown in self._shown:
            if shown.camera is None:
                continue
            picture = self._player.latest(shown.camera)
            seq = picture.seq if picture is not None else -1
            said = self.words_of(shown.camera)
            if seq != shown.seq or said != shown.words:
                self.update(shown.box)

    def words_of(self, camera: CameraId) -> str:
        """What stands over the picture where there is none to show; empty where there is one."""
        at_s = self._player.position()
        day = self.days.get(camera)
        if not self.shows(camera, at_s):
            return _("Further back than you may look")
        if day is None:
            return _("Looking for recordings")
        tape = self._player.tape(camera)
        if cut_at(day.cuts, at_s) is None:
            return self._gap_words(*gap_at(day.cuts, at_s))
        if tape.state is TapeState.DAMAGED:
            return _("Recording damaged, {start} to {end}").format(
                start=words.clock(utc(tape.from_s), self._zone), end=words.clock(utc(tape.until_s), self._zone)
            )
        if tape.state is TapeState.RESTARTING:
            return _("The player is being restarted")
        return ""

    def _gap_words(self, before: float | None, after: float | None) -> str:
        start = words.clock(utc(before), self._zone) if before is not None else ""
        end = words.clock(utc(after), self._zone) if after is not None else ""
        if start and end:
            return _("No recording, {start} to {end}").format(start=start, end=end)
        if start:
            return _("No recording since {start}").format(start=start)
        if end:
            return _("No recording before {end}").format(end=end)
        return _("No recording")

    # ---------------------------------------------------------------- painting

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            painter.fillRect(event.rect(), theme.color("surface.wall"))
            for shown in self._shown:
                if event.region().intersects(shown.box):
                    self._paint_tile(painter, shown)
        finally:
            painter.end()

    def _paint_tile(self, painter: QPainter, shown: Shown) -> None:
        painter.fillRect(shown.box, theme.color("surface.window"))
        painter.fillRect(shown.strip, theme.color("surface.strip"))
        camera = shown.camera
        if camera is None:
            self._labels.put(painter, shown.picture, _("Empty"), "tile", "text.faint", Qt.AlignmentFlag.AlignHCenter)
            return
        shown.words = self.words_of(camera)
        taken_s = None
        picture = self._player.latest(camera)
        shown.seq = picture.seq if picture is not None else -1
        if not shown.words and picture is not None:
            for _attempt in range(2):
                picture = self._player.latest(camera)
                if picture is None or not self.shows(camera, picture.taken_s):
                    picture = None
                    break
                image = QImage(
                    picture.pixels,
                    picture.width_px,
                    picture.height_px,
                    picture.width_px * 4,
                    QImage.Format.Format_RGB32,
                )
                if (picture.width_px, picture.height_px) == self._size_px(shown):
                    image.setDevicePixelRatio(self.devicePixelRatioF())
                    painter.drawImage(shown.picture.topLeft(), image)
                else:  # more than a ring holds was wanted, or something else until now
                    painter.drawImage(shown.picture, image)
                taken_s, shown.seq = picture.taken_s, picture.seq
                if self._player.still(camera, picture):
                    break
        if shown.words:
            tone = "state.fault" if self._player.tape(camera).state is TapeState.DAMAGED else "text.dim"
            role = "body" if shown.box.width() >= 420 else "tile"
            room = shown.box.adjusted(6, 0, -6, -STRIP_PX)
            self._labels.put(painter, room, shown.words, role, tone, Qt.AlignmentFlag.AlignHCenter)
        elif picture is None:
            self._labels.put(
                painter, shown.picture, _("Opening the recording"), "body", "text.faint", Qt.AlignmentFlag.AlignHCenter
            )
        self._paint_strip(painter, shown, camera, taken_s)
        badge = self.badge(camera)
        if badge and not shown.words:
            ground = QColor(theme.color("surface.wall"))
            ground.setAlpha(190)
            room = QRect(shown.picture.left() + 8, shown.picture.top() + 4, shown.picture.width() - 16, 20)
            ratio = self.devicePixelRatioF()
            wide = round(self._labels.picture(badge, "tile", "state.warning", room.width(), ratio).width() / ratio)
            painter.fillRect(room.adjusted(-4, 0, wide + 4 - room.width(), 0), ground)
            self._labels.put(painter, room, badge, "tile", "state.warning")
        self._paint_region(painter, shown)
        if camera == self.selected and len([one for one in self._places if one]) > 1:
            painter.setPen(QPen(theme.color("focus.ring"), 2))
            painter.drawRect(shown.box.adjusted(1, 1, -1, -1))

    def _paint_strip(self, painter: QPainter, shown: Shown, camera: CameraId, taken_s: float | None) -> None:
        known = self._cameras.get(camera)
        box = shown.strip.adjusted(8, 0, -8, 0)
        time_px = 0
        if taken_s is not None:
            at = utc(taken_s).astimezone(self._zone)
            tenth = at.microsecond // 100_000
            text = f"{at:%H:%M:%S}.{tenth}" if shown.box.width() < 360 else f"{at:%Y-%m-%d %H:%M:%S}.{tenth}"
            far = abs(taken_s - self._player.position()) > STALE_S
            tone = "text.faint" if far else "text.strong"
            time_px = self._labels.put(painter, box, text, "tile_number", tone, Qt.AlignmentFlag.AlignRight)
        zoom = self.zoom_of(camera)
        name = f"{known.number:02d}  {words.said(known.name)}" if known is not None else str(camera)
        if not zoom.whole:
            name += f"   ×{zoom.factor:.1f}"
        self._labels.put(painter, box.adjusted(0, 0, -time_px - 10, 0), name, "tile", "text.main")

    def _paint_region(self, painter: QPainter, shown: Shown) -> None:
        if shown.camera != self.selected:
            return
        corners = self._corners if self.drawing else list(self.region)
        if not corners:
            return
        points = [self._point(shown, spot) for spot in corners]
        tint = QColor(theme.color("focus.ring"))
        tint.setAlpha(50)
        painter.save()
        painter.setClipRect(shown.picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("focus.ring"), 2))
        painter.setBrush(tint)
        painter.drawPolygon(QPolygonF(points))
        for point in points if self.drawing else ():
            painter.drawEllipse(point, 4, 4)
        painter.restore()

    # ---------------------------------------------------------------- places in a picture

    def _point(self, shown: Shown, spot: Spot) -> QPointF:
        left, top, right, bottom = self.zoom_of(shown.camera or CameraId("")).region
        box = shown.picture
        return QPointF(
            box.left() + (spot[0] - left) / (right - left) * box.width(),
            box.top() + (spot[1] - top) / (bottom - top) * box.height(),
        )

    def _spot(self, shown: Shown, point: QPointF) -> Spot:
        left, top, right, bottom = self.zoom_of(shown.camera or CameraId("")).region
        box = QRectF(shown.picture)
        across = min(1.0, max(0.0, (point.x() - box.left()) / box.width()))
        down = min(1.0, max(0.0, (point.y() - box.top()) / box.height()))
        return left + across * (right - left), top + down * (bottom - top)

    def tile_at(self, point: QPoint) -> Shown | None:
        """The tile under a point."""
        return next((shown for shown in self._shown if shown.box.contains(point)), None)

    @property
    def tiles(self) -> tuple[Shown, ...]:
        """Every tile as it lies."""
        return tuple(self._shown)

    # ---------------------------------------------------------------- hands

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        shown = self.tile_at(event.position().toPoint())
        if shown is None or shown.camera is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        if shown.camera != self.selected:
            self.chosen.emit(shown.camera)
            return
        self._hand = event.position().toPoint()
        if self.drawing:
            self._corners.append(self._spot(shown, event.position()))
            self.update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        shown = next((one for one in self._shown if one.camera == self.selected), None)
        if self._hand is None or shown is None:
            return
        point = event.position().toPoint()
        if (point - self._hand).manhattanLength() < 6:
            return
        if self.drawing:  # a drag draws a rectangle
            ax, ay = self._spot(shown, QPointF(self._hand))
            bx, by = self._spot(shown, event.position())
            self._corners = [(ax, ay), (bx, ay), (bx, by), (ax, by)]
            self.update()
        elif self.selected is not None:
            zoom = self.zoom_of(self.selected)
            box = shown.picture
            self._set_zoom(
                self.selected,
                zoom.moved((self._hand.x() - point.x()) / box.width(), (self._hand.y() - point.y()) / box.height()),
            )
            self._hand = point

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        hand, self._hand = self._hand, None
        dragged_far = hand is not None and (event.position().toPoint() - hand).manhattanLength() >= 6
        if self.drawing and dragged_far and len(self._corners) == 4:
            self.close_region()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        shown = self.tile_at(event.position().toPoint())
        if self.drawing:
            self.close_region()
        elif shown is not None and shown.camera is not None:
            self.enlarged.emit(shown.camera)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        shown = self.tile_at(event.position().toPoint())
        if shown is None or shown.camera is None:
            return
        box = QRectF(shown.picture)
        at = ((event.position().x() - box.left()) / box.width(), (event.position().y() - box.top()) / box.height())
        zoom = self.zoom_of(shown.camera).closer(STEP ** (event.angleDelta().y() / 120), at)
        self._set_zoom(shown.camera, zoom)
        event.accept()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dragged(event.mimeData()) is not None:
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        what = dragged(event.mimeData())
        shown = self.tile_at(event.position().toPoint())
        if what is not None and shown is not None and what[0] in self._cameras:
            event.acceptProposedAction()
            self.dropped.emit(what[0], self._shown.index(shown))

    # ---------------------------------------------------------------- Qt

    @override
    def sizeHint(self) -> QSize:
        return QSize(960, 540)

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

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._settle.stop()
        self._ask()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.LanguageChange):
            self._labels.forget()
            self.update()
