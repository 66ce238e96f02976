"""Look at a map: zoom under the pointer, drag, keys, and the arrow at the edge that points to an alarm out of sight."""

import math
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractButton, QFrame, QGraphicsView, QWidget
from typing_extensions import override

from console.models.alarms import Alarm
from console.models.site import Camera, Spot
from console.views import theme, words
from console.views.dragging import drag_camera
from console.views.panels.map.items import CameraMark, Detail, Mark, PostMark, RingMark
from console.views.panels.map.scene import MapScene

STEP: Final = 1.25
SETTLE_MS: Final = 120
CLOSEST: Final = 6.0  # screen pixels for one of the drawing
# From these scales on there is room to write a little, and everything.
_SOME_FROM: Final = 0.5
_ALL_FROM: Final = 1.05
_CLICK_PX: Final = 5


class EdgeArrow(QAbstractButton):
    """At the edge of the view, pointing to an alarm that is out of sight; a click goes there."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("map.arrow")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.angle_deg = 0.0
        self.full = True
        self.hide()

    def point(self, text: str, angle_deg: float) -> None:
        """Say what is there, and where: `angle_deg` counter-clockwise from the right."""
        self.angle_deg = angle_deg
        self.setText(text)
        self.setAccessibleName(text)
        self.resize(self.sizeHint())
        self.show()
        self.raise_()
        self.update()

    def turn(self, phase: bool) -> None:
        """The beat of everything that blinks: only the arrow's head follows it."""
        self.full = phase
        if self.isVisible():
            self.update()

    @override
    def sizeHint(self) -> QSize:
        measure = QFontMetricsF(theme.font("strong"))
        return QSize(round(min(measure.horizontalAdvance(self.text()), 260) + 48), 32)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(theme.color("alarm.critical"), 1.5))
        painter.setBrush(theme.color("alarm.critical_ground"))
        painter.drawRoundedRect(box, 5, 5)
        painter.save()
        painter.translate(19, box.center().y())
        painter.rotate(-self.angle_deg)
        painter.setPen(QPen(theme.color("alarm.critical"), 2.0))
        painter.setBrush(theme.color("alarm.critical") if self.full else Qt.BrushStyle.NoBrush)
        head = [QPointF(9, 0), QPointF(-6, -7), QPointF(-2.5, 0), QPointF(-6, 7)]
        painter.drawPolygon(QPolygonF(head))
        painter.restore()
        face = theme.font("strong")
        painter.setFont(face)
        painter.setPen(theme.color("alarm.critical_text"))
        room = box.adjusted(36, 0, -8, 0)
        shown = QFontMetricsF(face).elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width() + 1)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


class MapView(QGraphicsView):
    """The view of one map at a time.

    `touched` whenever a hand moves it. `camera_clicked(str)`, `post_clicked(str)`, `alarm_clicked(Alarm)` for marks.
    `moved` whenever what is in sight changed, by hand or not.
    """

    touched = Signal()
    moved = Signal()
    camera_clicked = Signal(str)
    post_clicked = Signal(str)
    alarm_clicked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map.view")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(200, 140)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.arrow = EdgeArrow(self.viewport())
        # Labels are laid out anew when the map stands still, and not at each pixel of a drag.
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self.settle)
        self._fitted = True
        self._pressed_at: QPoint | None = None
        self._dragged = False
        self._camera_held: CameraMark | None = None

    # ---------------------------------------------------------------- what is in sight

    @property
    def map_scene(self) -> MapScene | None:
        """The map that is shown."""
        scene = self.scene()
        return scene if isinstance(scene, MapScene) else None

    @property
    def scale_now(self) -> float:
        """Screen pixels for one pixel of the drawing."""
        return self.transform().m11()

    @property
    def fitted(self) -> bool:
        """Whether the whole map is shown, and stays so when the panel changes its size."""
        return self._fitted

    def show_scene(self, scene: MapScene) -> None:
        """Show another map, the whole of it."""
        self.setScene(scene)
        self.fit()

    def fit(self) -> None:
        """Show the whole map."""
        self._fitted = True
        area = self._whole()
        if area.isEmpty() or self.viewport().size().isEmpty():
            return
        self._widen()
        self._set_scale(self._least())
        self.centerOn(area.center())
        self._after_move()

    def _whole(self) -> QRectF:
        """The whole map, in pixels of the drawing."""
        scene = self.map_scene
        return scene.sceneRect() if scene is not None else QRectF()

    def _widen(self) -> None:
        """Give the map's ground the shape of the view, so that every zoom can stay under the pointer."""
        area, room = self._whole(), self.viewport().size()
        scale = self._least()
        ground = QRectF(0, 0, room.width() / scale, room.height() / scale).united(QRectF(0, 0, 1, 1))
        ground.moveCenter(area.center())
        self.setSceneRect(ground)

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom by a factor; what lies under `at` (in the viewport, its middle by default) stays there."""
        anchor = at if at is not None else QRectF(self.viewport().rect()).center()
        before = self.mapToScene(anchor.toPoint())
        wanted = max(self._least(), min(CLOSEST, self.scale_now * factor))
        if wanted <= self._least() * 1.001:
            self.fit()
            return
        self._fitted = False
        self._set_scale(wanted)
        drift = self.mapFromScene(before) - anchor.toPoint()
        self._scroll(drift.x(), drift.y())
        self._after_move()

    def look_at(self, spot: Spot, span_px: float) -> None:
        """Bring a spot to the middle, with at least `span_px` pixels of the drawing around it in sight."""
        room = self.viewport().size()
        wanted = min(room.width(), room.height()) / span_px
        self._fitted = False
        self._set_scale(max(self._least(), min(CLOSEST, wanted)))
        self.centerOn(self._inside(QPointF(spot.x, spot.y)))
        self._after_move()

    def _inside(self, middle: QPointF) -> QPointF:
        """The nearest middle at which nothing beyond the map is in sight, where the view is smaller than the map."""
        area, scale, room = self._whole(), self.scale_now, self.viewport().size()
        across, down = room.width() / scale / 2, room.height() / scale / 2
        x = max(area.left() + across, min(area.right() - across, middle.x()))
        y = max(area.top() + down, min(area.bottom() - down, middle.y()))
        return QPointF(
            x if 2 * across < area.width() else area.center().x(),
            y if 2 * down < area.height() else area.center().y(),
        )

    def sees(self, spot: Spot) -> bool:
        """Whether a spot of this map is in sight, not only just."""
        scene = self.map_scene
        if scene is None or scene.site_map.id != spot.map:
            return False
        return self.viewport().rect().adjusted(8, 8, -8, -8).contains(self.mapFromScene(QPointF(spot.x, spot.y)))

    def _least(self) -> float:
        area, room = self._whole(), self.viewport().size()
        if area.isEmpty() or room.isEmpty():
            return 0.05
        return min(CLOSEST, room.width() / area.width(), room.height() / area.height())

    def _set_scale(self, scale: float) -> None:
        self.setTransform(QTransform.fromScale(scale, scale))
        if (scene := self.map_scene) is not None:
            room = self._room(scale) if self._fitted else None
            scene.set_scale(scale, _detail(scale), room, self._cover(room))

    def settle(self) -> None:
        """The view stands where it was moved to: no label is cut at its edges."""
        scene = self.map_scene
        if scene is None:
            return
        seen, scale = self.mapToScene(self.viewport().rect()).boundingRect(), self.scale_now
        room = self._room(scale) if self._fitted else QRectF(seen.topLeft() * scale, seen.size() * scale)
        scene.set_scale(scale, _detail(scale), room, self._cover(room))

    def _cover(self, room: QRectF | None) -> QRectF | None:
        """Where the arrow stands, in screen pixels from the plan's origin; None where there is none."""
        if room is None or self.arrow.isHidden():
            return None
        return QRectF(self.arrow.geometry()).translated(room.topLeft())

    def _room(self, scale: float) -> QRectF:
        """What is in sight while the whole map is shown, in screen pixels from the plan's origin."""
        room = QRectF(self.viewport().rect())
        room.moveCenter(self._whole().center() * scale)
        return room

    def _scroll(self, across: int, down: int) -> None:
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + across)
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + down)

    def _after_move(self) -> None:
        self._settling.start()
        self.moved.emit()

    # ---------------------------------------------------------------- the arrow

    def point_to(self, text: str, spot: Spot | None) -> None:
        """Point to a spot out of sight; to the maps above where it is on another map (`spot` None)."""
        room = QRectF(self.viewport().rect()).adjusted(6, 6, -6, -6)
        middle = room.center()
        if spot is None:
            angle = 90.0
        else:
            there = QPointF(self.mapFromScene(QPointF(spot.x, spot.y)))
            angle = math.degrees(math.atan2(middle.y() - there.y(), there.x() - middle.x()))
        before = None if self.arrow.isHidden() else self.arrow.geometry()
        self.arrow.point(text, angle)
        size = self.arrow.size()
        reach = QPointF(math.cos(math.radians(angle)), -math.sin(math.radians(angle)))
        across = (room.width() - size.width()) / 2
        down = (room.height() - size.height()) / 2
        far = min(
            across / abs(reach.x()) if abs(reach.x()) > 1e-6 else math.inf,
            down / abs(reach.y()) if abs(reach.y()) > 1e-6 else math.inf,
        )
        at = middle + reach * far
        self.arrow.move(round(at.x() - size.width() / 2), round(at.y() - size.height() / 2))
        if before != self.arrow.geometry():
            self._settling.start()

    def point_nowhere(self) -> None:
        """Take the arrow away."""
        if not self.arrow.isHidden():
            self.arrow.hide()
            self._settling.start()

    # ---------------------------------------------------------------- hands

    def _by_hand(self, act: Callable[[], object]) -> None:
        self.touched.emit()
        act()

    def _mark_at(self, at: QPoint) -> Mark | None:
        scene = self.map_scene
        return None if scene is None else scene.mark_at(self.mapToScene(at), self.viewportTransform())

    def _click(self, at: QPoint) -> None:
        mark = self._mark_at(at)
        if isinstance(mark, RingMark):
            alarm: Alarm = mark.ring.alarm
            self.alarm_clicked.emit(alarm)
        elif isinstance(mark, CameraMark):
            self.camera_clicked.emit(mark.camera.id)
        elif isinstance(mark, PostMark):
            self.post_clicked.emit(mark.standing.post.id)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self._by_hand(lambda: self.zoom(STEP**steps, event.position()))
        event.accept()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed_at = event.position().toPoint()
            self._dragged = False
            mark = self._mark_at(self._pressed_at) if event.button() is Qt.MouseButton.LeftButton else None
            self._camera_held = mark if isinstance(mark, CameraMark) else None
        event.accept()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._pressed_at is None:
            mark = self._mark_at(at)
            clickable = isinstance(mark, RingMark | CameraMark | PostMark)
            shape = Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            super().mouseMoveEvent(event)
            return
        way = at - self._pressed_at
        if self._dragged or way.manhattanLength() > _CLICK_PX:
            if self._camera_held is not None:
                self._drag_camera(self._camera_held.camera)
                return
            self._dragged = True
            self._fitted = False
            self._pressed_at = at
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            self.touched.emit()
            self._scroll(-way.x(), -way.y())
            self._after_move()

    def _drag_camera(self, camera: Camera) -> None:
        """A camera that is pulled at goes to a tile of a wall; the map stays where it is."""
        self._pressed_at, self._camera_held = None, None
        drag_camera(self, camera.id, f"{camera.number:02d} {words.said(camera.name)}")

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed_at, self._pressed_at = self._pressed_at, None
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        if pressed_at is not None and not self._dragged and event.button() is Qt.MouseButton.LeftButton:
            self._click(event.position().toPoint())

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._mark_at(event.position().toPoint()) is None:
            self._by_hand(lambda: self.zoom(STEP**2, event.position()))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        pan = 60
        keys: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Plus: lambda: self.zoom(STEP),
            Qt.Key.Key_Equal: lambda: self.zoom(STEP),
            Qt.Key.Key_Minus: lambda: self.zoom(1 / STEP),
            Qt.Key.Key_Home: self.fit,
            Qt.Key.Key_Left: lambda: self._pan(-pan, 0),
            Qt.Key.Key_Right: lambda: self._pan(pan, 0),
            Qt.Key.Key_Up: lambda: self._pan(0, -pan),
            Qt.Key.Key_Down: lambda: self._pan(0, pan),
        }
        act = keys.get(event.key())
        if act is None or event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
            event.ignore()  # Space, digits, Esc and the rest belong to the window
            return
        self._by_hand(act)

    def _pan(self, across: int, down: int) -> None:
        self._fitted = False
        self._scroll(across, down)
        self._after_move()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        middle = self.mapToScene(QRect(QPoint(0, 0), event.oldSize()).center())
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
        else:
            self._widen()
            self.centerOn(middle)
            self._after_move()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        super().leaveEvent(event)


def _detail(scale: float) -> Detail:
    return Detail.ALL if scale >= _ALL_FROM else Detail.SOME if scale >= _SOME_FROM else Detail.LITTLE
