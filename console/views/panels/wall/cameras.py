"""The list of cameras: found by number or by a part of the name, in either language; dragged or sent to a tile."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from console.i18n import N_, _
from console.models.pictures import Sight
from console.models.site import Camera
from console.views import words
from console.views.build import EnterField, column, label, named
from console.views.dragging import drag_camera
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge
    from console.views.panels.wall.board import Board

_TONES: Final = {Sight.OFFLINE: "state.fault", Sight.STALE: "state.warning"}


def matches(camera: Camera, typed: str) -> bool:
    """Whether a camera is meant: its number, or a part of one of its names, capitals or not; every word must fit."""
    names = f"{camera.number:02d} {camera.number} {camera.name.zh} {camera.name.en}".casefold()
    return all(part in names for part in typed.casefold().split())


class DragTable(RowsTable):
    """A table whose rows can be dragged to a tile."""

    def __init__(self, name: str, model: RowsModel, shares: dict[int, str | float]) -> None:
        super().__init__(name, model, shares)
        self._from: QPoint | None = None

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = event.position().toPoint()
        super().mousePressEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (event.position().toPoint() - self._from).manhattanLength() < QApplication.startDragDistance():
            return
        row, self._from = self.rowAt(self._from.y()), None
        if row >= 0:
            shown = self.rows.row(row)
            drag_camera(self, shown.key, " ".join(shown.words[:2]))


class CamerasTab(QWidget):
    """Every camera with its state. Enter or two clicks put the chosen one (else the first) into the chosen tile."""

    def __init__(self, bridge: "Bridge", board: "Board", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.board = board
        self._field = named(EnterField(), "wall.find")
        self._field.setClearButtonEnabled(True)
        self._field.textChanged.connect(self._show)
        self._field.returnPressed.connect(self._take)
        self._hint = label("wall.find_hint", "small", wraps=True)
        self.table = DragTable(
            "wall.cameras",
            RowsModel((N_("No."), N_("Camera"), N_("State")), self),
            {0: "000", 1: 1.0, 2: "Connecting"},
        )
        self.table.doubleClicked.connect(lambda _index: self._take())
        self.table.on_enter = self._take
        whole = column(self._field, self.table, self._hint, margins=(6, 6, 6, 6))
        whole.setStretchFactor(self.table, 1)
        self.setLayout(whole)
        self._again = QTimer(self)
        self._again.setInterval(1000)
        self._again.timeout.connect(self._show)

    def begin(self) -> None:
        """Let the operator type."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()
        self._show()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()
        self._again.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._again.stop()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        down = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if down is None or not self.table.rows.rowCount():
            event.ignore()
            return
        row = max(0, min(self.table.rows.rowCount() - 1, self.table.chosen_row() + down))
        self.table.selectRow(row)

    def _found(self) -> list[Camera]:
        typed = self._field.text()
        cameras = sorted(self._bridge.site.cameras, key=lambda one: one.number)
        return [camera for camera in cameras if matches(camera, typed)]

    def _take(self) -> None:
        found = self._found()
        chosen = self.table.chosen_key()
        camera = next((one.id for one in found if one.id == chosen), found[0].id if found else None)
        if camera is None:
            return
        self.board.put(camera)
        self.board.canvas.select(camera)
        self.board.camera_chosen.emit(camera)

    def _show(self) -> None:
        if not self.isVisible():
            return
        rows = []
        for camera in self._found():
            state = self._bridge.feed.state(camera.id)
            tone = _TONES.get(state.sight, "")
            tones = ((1, "text.main"), (2, tone)) if tone else ((1, "text.main"),)
            name = words.said(camera.name)
            rows.append(Row(camera.id, (f"{camera.number:02d}", name, words.term(state.sight)), tones))
        self.table.rows.show(rows)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._field.setPlaceholderText(_("Number or part of the name"))
        self._field.setAccessibleName(_("Find a camera"))
        self._hint.setText(_("Enter puts it into the chosen tile; or drag it there."))
        self.table.setAccessibleName(_("Cameras"))
        self.table.say_when_empty(_("No camera is called so"))
        self.table.rows.retranslate()
        self.table.set_widths()
        self._show()
