"""The live picture of the camera whose rule is tuned or drawn: its zone to be pulled at, and what the rule sees."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.models.clock import Clock
from console.models.ids import CameraId
from console.models.pictures import PictureFeed, RuleTuning
from console.models.rules import RuleKind
from console.models.site import Camera
from console.views import theme
from console.views.panels.wall.arrange import Box, Tile
from console.views.panels.wall.glass import STRIP_PX, Glass

HANDLE_PX: Final = 6
REACH_PX: Final = 14
STEP: Final = 0.005
LONG_STEP: Final = 0.03
Corner = tuple[float, float]
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class TunePicture(Glass):
    """`reshaped` carries the zone after a hand was on it. The mouse pulls corners; a double click on an edge adds one.

    Keys: Page Up and Page Down choose a corner, arrows move it (Shift far), Insert adds one behind it, Delete takes it away.

    While it is `drawing`, each click puts a corner; a click on the first one, a double click or Enter ends the zone (`drawn`),
    Backspace takes the last corner back, Esc gives it up (`given_up`).
    """

    reshaped = Signal(object)
    drawn = Signal()
    given_up = Signal()

    def __init__(
        self, feed: PictureFeed, clock: Clock, zone: tzinfo, cameras: Mapping[CameraId, Camera], stale_s: float,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(feed, clock, zone, cameras, stale_s=stale_s, name="system.tune_picture", parent=parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 220)
        self.overlay: RuleTuning | None = None
        self.may_change = False
        self.corner = 0
        self.drawing = False
        self._pulled = False
        self._hand: QPoint | None = None

    def show_camera(self, camera: CameraId | None) -> None:
        """Show this camera alone."""
        tiles = (Tile(camera, 0, 0),) if camera is not None else ()
        self.show_placed(camera, lambda width, height: (Box(0, 0, width, height),) if tiles else (), tiles, {})

    def show_overlay(self, overlay: RuleTuning | None) -> None:
        """Draw this over the picture."""
        self.overlay = overlay
        corners = len(overlay.tried.zone) if overlay is not None else 0
        self.corner = min(self.corner, max(0, corners - 1))
        self.update()

    # ---------------------------------------------------------------- corners

    @property
    def _fewest(self) -> int:
        return 2 if self.overlay is not None and self.overlay.tried.kind is RuleKind.LINE else 3

    @property
    def _corners(self) -> tuple[Corner, ...]:
        return self.overlay.tried.zone if self.overlay is not None else ()

    def _put(self, corners: tuple[Corner, ...]) -> None:
        if self.may_change and corners != self._corners:
            self.reshaped.emit(corners)

    def draw(self, on: bool) -> None:
        """Let the hand put corner after corner from now on, or no longer."""
        self.drawing, self._hand = on, None
        self.setMouseTracking(on)
        self.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)
        self.update()

    def end_drawing(self) -> bool:
        """The zone is as it is now; False while it has too few corners."""
        if not self.drawing or len(self._corners) < self._fewest:
            return False
        self.draw(False)
        self.corner = 0
        self.drawn.emit()
        return True

    def _put_corner(self, at: QPoint) -> None:
        corners = self._corners
        closes = len(corners) >= self._fewest and self._fewest > 2 and self._near(at) == 0
        if closes:
            self.end_drawing()
        elif self._picture().adjusted(-REACH_PX, -REACH_PX, REACH_PX, REACH_PX).contains(at):
            across, down = (round(min(1.0, max(0.0, part)), 4) for part in self._on_picture(at))
            self.corner = len(corners)
            self._put((*corners, (across, down)))

    def move_corner(self, to: Corner) -> None:
        """Put the chosen corner elsewhere on the picture."""
        corners = self._corners
        if self.corner < len(corners):
            kept = (round(min(1.0, max(0.0, to[0])), 4), round(min(1.0, max(0.0, to[1])), 4))
            self._put((*corners[: self.corner], kept, *corners[self.corner + 1 :]))

    def add_corner(self, at: Corner | None = None) -> None:
        """Add a corner behind the chosen one, half way to the next unless it is said where."""
        corners = self._corners
        if len(corners) < 2 or not self.may_change:
            return
        here, there = corners[self.corner], corners[(self.corner + 1) % len(corners)]
        middle = at or (round((here[0] + there[0]) / 2, 4), round((here[1] + there[1]) / 2, 4))
        before = self.corner + 1
        self.corner = before
        self._put((*corners[:before], middle, *corners[before:]))

    def remove_corner(self) -> None:
        """Take the chosen corner away, where enough are left."""
        corners = self._corners
        if len(corners) > self._fewest:
            self._put((*corners[: self.corner], *corners[self.corner + 1 :]))

    # ---------------------------------------------------------------- hands

    def _picture(self) -> QRect:
        return self.shown[0].picture if self.shown else QRect()

    def _on_screen(self, corner: Corner) -> QPointF:
        box = self._picture()
        return QPointF(box.left() + corner[0] * box.width(), box.top() + corner[1] * box.height())

    def _on_picture(self, at: QPoint) -> Corner:
        box = self._picture()
        return (at.x() - box.left()) / max(1, box.width()), (at.y() - box.top()) / max(1, box.height())

    def _near(self, at: QPoint) -> int:
        far = [(self._on_screen(one) - QPointF(at)).manhattanLength() for one in self._corners]
        nearest = min(range(len(far)), key=far.__getitem__, default=-1)
        return nearest if nearest >= 0 and far[nearest] <= REACH_PX else -1

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.drawing:
            if event.button() is Qt.MouseButton.LeftButton:
                self._put_corner(event.position().toPoint())
            return
        near = self._near(event.position().toPoint())
        if near >= 0:
            self.corner, self._pulled = near, True
            self.update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.drawing:
            self._hand = event.position().toPoint()
            self.update()
        elif self._pulled:
            self.move_corner(self._on_picture(event.position().toPoint()))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pulled = False

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        corners, at = self._corners, event.position().toPoint()
        if self.drawing:
            self.end_drawing()
            return
        if len(corners) < 2 or self._near(at) >= 0:
            return
        edges = range(len(corners) - (1 if self._fewest == 2 else 0))
        middle = [self._on_screen(corners[n]) + self._on_screen(corners[(n + 1) % len(corners)]) for n in edges]
        self.corner = min(edges, key=lambda n: (middle[n] / 2 - QPointF(at)).manhattanLength())
        self.add_corner(self._on_picture(at))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        corners, way = self._corners, _ARROWS.get(Qt.Key(event.key()))
        if self.drawing and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.end_drawing()
        elif self.drawing and event.key() == Qt.Key.Key_Backspace:
            self._put(corners[:-1])
        elif self.drawing and event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        elif not corners:
            event.ignore()
        elif way is not None:
            far = LONG_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
            here = corners[self.corner]
            self.move_corner((here[0] + way[0] * far, here[1] + way[1] * far))
        elif event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            step = 1 if event.key() == Qt.Key.Key_PageDown else -1
            self.corner = (self.corner + step) % len(corners)
            self.update()
        elif event.key() == Qt.Key.Key_Insert:
            self.add_corner()
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_corner()
        else:
            event.ignore()

    # ---------------------------------------------------------------- painting

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.overlay is None or not self.shown:
            return
        painter = QPainter(self)
        try:
            painter.setClipRegion(event.region().intersected(self._picture().adjusted(-8, -8, 8, 8)))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_zone(painter, self.overlay)
            self._paint_seen(painter, self.overlay)
        finally:
            painter.end()

    def _paint_zone(self, painter: QPainter, overlay: RuleTuning) -> None:
        polygon = QPolygonF([self._on_screen(corner) for corner in overlay.tried.zone])
        if self.drawing and self._hand is not None and not polygon.isEmpty():
            polygon.append(QPointF(self._hand))
        active = overlay.working is not None and overlay.working.active
        colour = theme.color("state.fault" if active else "focus.ring")
        fill = QColor(colour)
        fill.setAlpha(36)
        for pen in (QPen(theme.color("surface.wall"), 4), QPen(colour, 2)):
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if overlay.tried.kind is RuleKind.LINE or self.drawing:
                painter.drawPolyline(polygon)
            else:
                painter.setBrush(fill if pen.width() == 2 else Qt.BrushStyle.NoBrush)
                painter.drawPolygon(polygon)
        if not self.may_change:
            return
        for number, corner in enumerate(overlay.tried.zone):
            at, chosen = self._on_screen(corner), number == self.corner
            painter.setPen(QPen(theme.color("surface.wall"), 1.5))
            painter.setBrush(theme.color("text.strong") if chosen else colour)
            half = HANDLE_PX + (2 if chosen else 0)
            painter.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))

    def _paint_seen(self, painter: QPainter, overlay: RuleTuning) -> None:
        box = self._picture()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for one in overlay.working.seen if overlay.working is not None else ():
            colour = theme.color("state.warning" if one.counts else "text.dim")
            left, top, right, bottom = one.box
            around = QRectF(
                box.left() + left * box.width(), box.top() + top * box.height(),
                (right - left) * box.width(), (bottom - top) * box.height(),
            )  # fmt: skip
            painter.setPen(QPen(colour, 2 if one.counts else 1, Qt.PenStyle.SolidLine if one.counts else Qt.PenStyle.DashLine))
            painter.drawRect(around)
            painter.drawPolyline(QPolygonF([self._on_screen(corner) for corner in one.path]))
            said = f"{one.area * 100:.2g} %" + (f"  {one.seen_s:.0f} s" if one.seen_s else "")
            room = QRect(round(around.left()), round(around.top()) - STRIP_PX + 4, 120, STRIP_PX - 6)
            self._labels.put(painter, room, said, "tile", "text.strong" if one.counts else "text.dim")
