"""The wall under the operator's hands: choose, open, drag, swap, zoom and pan, and shape the tiles of a free layout."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from console.models.clock import Clock
from console.models.ids import CameraId
from console.models.pictures import PictureFeed
from console.models.site import Camera
from console.models.wall import FINE, Cell
from console.models.zoom import STEP, Zoom
from console.views import theme, words
from console.views.dragging import drag_camera, dragged
from console.views.panels.wall.arrange import Box, Grid, Tile, boxes, cell_box, free_boxes, strip_height
from console.views.panels.wall.glass import GAP_PX, NARROW_STRIP_PX, STRIP_PX, Glass
from console.views.panels.wall.tile import Ring, ShownTile
from console.views.panels.wall.turning import Turning

_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_PAN: Final = 0.15  # of what is looked at
_EDGE_PX: Final = 7


class WallCanvas(Glass):
    """Every tile of the wall.

    `chosen` and `opened` carry a camera's id: clicked once, clicked twice. `slot_chosen` carries the tile that was
    clicked, empty or not. `dropped` carries what was dropped, the wall and tile it came from, and the tile it fell on.
    `cell_moved` carries a tile of a free layout and its new place.
    """

    chosen = Signal(str)
    opened = Signal(str)
    slot_chosen = Signal(int)
    dropped = Signal(str, str, int, int)
    cell_moved = Signal(int, object)

    def __init__(
        self,
        feed: PictureFeed,
        clock: Clock,
        zone: tzinfo,
        cameras: Mapping[CameraId, Camera],
        *,
        stale_s: float = 2.0,
        wall: str = "wall",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(feed, clock, zone, cameras, stale_s=stale_s, name=f"{wall}.canvas", parent=parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 150)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.wall = wall
        self.locked = False
        self._cells: tuple[Cell, ...] = ()
        self._strip = STRIP_PX
        self._pressed: tuple[QPoint, ShownTile] | None = None
        self._held: tuple[int, Cell, bool, bool] | None = None  # cell, as it was, whether its right or lower edge is held
        self._moving: Zoom | None = None
        self.hands: Turning | None = None
        self._turn_from: tuple[QPoint, QPoint] | None = None  # where the mouse was pressed to turn, and where it is

    # ---------------------------------------------------------------- what is shown

    def show_tiles(self, grid: Grid, tiles: Sequence[Tile], rings: Mapping[CameraId, Ring]) -> None:
        """Show these tiles of a grid from now on."""
        self._cells = ()
        many = grid.columns > 4  # small tiles: what stands around them gives way to the pictures
        self._strip = NARROW_STRIP_PX if many or grid.big > 2 else STRIP_PX
        place = partial(boxes, grid, tuple(tiles), strip=self._strip, gap=GAP_PX // 2 if many else GAP_PX)
        self.show_placed(grid, place, tiles, rings)

    def show_free(self, cells: tuple[Cell, ...], tiles: Sequence[Tile], rings: Mapping[CameraId, Ring]) -> None:
        """Show these tiles of a free layout from now on."""
        self._cells, self._strip = cells, STRIP_PX
        self.show_placed(cells, partial(free_boxes, cells, strip=STRIP_PX, gap=GAP_PX), tiles, rings)

    def step_zoom(self, steps: float, at: QPoint | None = None) -> bool:
        """Zoom the chosen camera, or the one under `at`, by so many steps; False where there is none."""
        shown = self.tile_at(at) if at is not None else self._chosen_tile()
        if shown is None or shown.camera is None:
            return False
        place = (0.5, 0.5)
        if at is not None:
            box = shown.picture
            place = ((at.x() - box.left()) / max(1, box.width()), (at.y() - box.top()) / max(1, box.height()))
            place = (min(1.0, max(0.0, place[0])), min(1.0, max(0.0, place[1])))
        before = self.zoom_of(shown.camera)
        after = before.closer(STEP**steps, place)
        self.set_zoom(shown.camera, after)
        return after != before

    def pan(self, across: float, down: float) -> bool:
        """Move what is looked at of the chosen camera; False where the whole picture is shown."""
        shown = self._chosen_tile()
        if shown is None or shown.camera is None or self.zoom_of(shown.camera).whole:
            return False
        self.set_zoom(shown.camera, self.zoom_of(shown.camera).moved(across, down))
        return True

    def end_zoom(self) -> bool:
        """Look at all pictures as a whole again; False where they are."""
        zoomed = list(self._zooms)
        for camera in zoomed:
            self.set_zoom(camera, Zoom())
        return bool(zoomed)

    def _chosen_tile(self) -> ShownTile | None:
        with_camera = [shown for shown in self._shown if shown.camera]
        chosen = next((shown for shown in with_camera if shown.camera == self._selected), None)
        return chosen or (with_camera[0] if len(with_camera) == 1 else None)

    # ---------------------------------------------------------------- the mouse

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._held = self._edge_at(at)
        if self._held is not None:
            return
        shown = self.tile_at(at)
        if shown is None:
            return
        if self._turns(shown) and shown.picture.contains(at) and not self.locked:
            self._turn_from = (at, at)
            return
        self._pressed = (at, shown)
        self._moving = self.zoom_of(shown.camera) if not self.zoom_of(shown.camera).whole else None
        if shown.camera is not None:
            self.chosen.emit(shown.camera)
        self.slot_chosen.emit(shown.tile.slot)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._held is not None:
            self._shape_cell(at, *self._held)
            return
        if self._turn_from is not None:
            self._turn_from = (self._turn_from[0], at)
            turned = next((shown for shown in self._shown if self._turns(shown)), None)
            if self.hands is not None and turned is not None:
                self.hands.drag(at - self._turn_from[0], turned.picture)
                self.update(turned.picture)
            return
        if not event.buttons() & Qt.MouseButton.LeftButton:
            held = self._edge_at(at)
            self.setCursor(_CURSORS[(held[2], held[3])] if held is not None else Qt.CursorShape.ArrowCursor)
            return
        if self._pressed is None or (at - self._pressed[0]).manhattanLength() < QApplication.startDragDistance():
            return
        start, shown = self._pressed
        if self._moving is not None and shown.camera is not None:
            way = at - start
            zoom = self._moving.moved(-way.x() / max(1, shown.picture.width()), -way.y() / max(1, shown.picture.height()))
            self.set_zoom(shown.camera, zoom)
            return
        self._pressed = None
        if self.locked or shown.camera is None:
            return
        camera = self._cameras[shown.camera]
        drag_camera(self, shown.camera, f"{camera.number:02d} {words.said(camera.name)}", self.wall, shown.tile.slot)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed, self._held, self._moving = None, None, None
        if self._turn_from is not None:
            self._turn_from = None
            self._let_go()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        shown = self.tile_at(event.position().toPoint())
        if shown is not None and shown.camera is not None and event.button() is Qt.MouseButton.LeftButton:
            self.opened.emit(shown.camera)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        under = self.tile_at(event.position().toPoint())
        if steps and self.hands is not None and under is not None and self._turns(under):
            self.hands.wheel(steps)
        elif steps:
            self.step_zoom(steps, event.position().toPoint())
        event.accept()

    # ---------------------------------------------------------------- turning

    @override
    def held(self, shown: ShownTile) -> bool:
        return self._turns(shown)

    def _turns(self, shown: ShownTile) -> bool:
        return self.hands is not None and shown.camera is not None and shown.camera == self.hands.camera

    def _let_go(self) -> None:
        if self.hands is not None:
            self.hands.let_go()
        self.update()

    @override
    def paint_over(self, painter: QPainter, shown: ShownTile) -> None:
        middle = shown.picture.center()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for colour, width in ((theme.color("surface.wall"), 4.0), (theme.color("text.strong"), 1.6)):
            painter.setPen(QPen(colour, width))
            for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                way = QPoint(across, down)
                painter.drawLine(middle + way * 6, middle + way * 20)
            if self._turn_from is not None:
                painter.drawLine(*self._turn_from)
                painter.drawEllipse(self._turn_from[1], 5, 5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self.hands is None or not self.hands.release(event):
            event.ignore()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._turn_from = None
        self._let_go()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._let_go()

    # ---------------------------------------------------------------- free layouts

    def _edge_at(self, at: QPoint) -> tuple[int, Cell, bool, bool] | None:
        """Which edge of a free layout's tile lies under the hand: right, lower, or with Alt the whole tile.

        The gap between two tiles belongs to the left or upper one, with a few pixels on either side of it.
        """
        if self.locked:
            return None
        whole = bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.AltModifier)
        half = GAP_PX // 2
        for index, cell in enumerate(self._cells):
            box = cell_box(cell, self.width(), self.height(), gap=GAP_PX)
            if not (box.left <= at.x() <= box.right + half + _EDGE_PX and box.top <= at.y() <= box.bottom + half + _EDGE_PX):
                continue
            right, lower = at.x() >= box.right + half - _EDGE_PX, at.y() >= box.bottom + half - _EDGE_PX
            if right or lower or whole:
                return index, cell, right, lower
        return None

    def _shape_cell(self, at: QPoint, index: int, cell: Cell, right: bool, lower: bool) -> None:
        column, row = round(at.x() * FINE / max(1, self.width())), round(at.y() * FINE / max(1, self.height()))
        if right or lower:
            width = max(1, column - cell.left) if right else cell.width
            height = max(1, row - cell.top) if lower else cell.height
            wanted = Cell(cell.left, cell.top, width, height)
        else:
            wanted = Cell(column - cell.width // 2, row - cell.height // 2, cell.width, cell.height)
        self.cell_moved.emit(index, wanted)

    def _shape_by_keys(self, right: int, down: int, *, size: bool) -> bool:
        """Move the chosen tile of a free layout by 1/24 of the wall, or its right or lower edge; False where none is chosen."""
        chosen = self._chosen_tile()
        if chosen is None or self.locked:
            return False
        index = self._shown.index(chosen)
        if index >= len(self._cells):
            return False
        cell = self._cells[index]
        if size:
            wanted = Cell(cell.left, cell.top, max(1, cell.width + right), max(1, cell.height + down))
        else:
            wanted = Cell(cell.left + right, cell.top + down, cell.width, cell.height)
        self.cell_moved.emit(index, wanted)
        return True

    # ---------------------------------------------------------------- drag and drop

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self.locked and dragged(event.mimeData()) is not None:
            event.acceptProposedAction()

    @override
    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        shown = self.tile_at(event.position().toPoint())
        if shown is None or shown.tile.slot < 0:
            self.mark(None)
            event.ignore()
            return
        self.mark(shown.tile.slot)
        event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self.mark(None)
        what = dragged(event.mimeData())
        shown = self.tile_at(event.position().toPoint())
        if what is None or shown is None or shown.tile.slot < 0 or self.locked:
            event.ignore()
            return
        event.acceptProposedAction()
        self.dropped.emit(*what, shown.tile.slot)

    # ---------------------------------------------------------------- keys

    @override
    def _strip_px(self, box: Box) -> int:
        return strip_height(box, self._strip)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.hands is not None and self.hands.press(event):
            return
        key, step = Qt.Key(event.key()), _ARROWS.get(Qt.Key(event.key()))
        if step is not None and self._cells and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            done = self._shape_by_keys(*step, size=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif step is not None and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            done = self.pan(step[0] * _PAN, step[1] * _PAN)
        elif step is not None:
            done = self._move(*step)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            done = self.step_zoom(1)
        elif key == Qt.Key.Key_Minus:
            done = self.step_zoom(-1)
        elif key == Qt.Key.Key_Home:
            done = self.end_zoom()
        else:
            done = False
        if not done:
            event.ignore()

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
            self.slot_chosen.emit(nearest.tile.slot)
        return True



_CURSORS: Final = {
    (True, True): Qt.CursorShape.SizeFDiagCursor,
    (True, False): Qt.CursorShape.SizeHorCursor,
    (False, True): Qt.CursorShape.SizeVerCursor,
    (False, False): Qt.CursorShape.SizeAllCursor,
}
