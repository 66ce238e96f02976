"""Walls on further monitors: each in a window of its own, back in its place and with its layout after a restart."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QMoveEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QMainWindow, QWidget
from typing_extensions import override

from console.i18n import _
from console.views import preferences, words
from console.views.build import column
from console.views.panels.wall.board import Board
from console.views.preferences import WindowPlace

if TYPE_CHECKING:
    from console.bridge import Bridge

_SMALLEST = QSize(640, 400)


class WallWindow(QWidget):
    """One wall in a window. Keys go to the window of the seat, which obeys them here; Esc undoes and never closes."""

    closed = Signal(str)

    def __init__(self, bridge: "Bridge", name: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setMinimumSize(_SMALLEST)
        self._bridge = bridge
        self._kept = preferences.shared(bridge, bridge.surroundings.data_dir)
        self._key = f"{bridge.surroundings.seat}/{name}"
        self._ready = False
        self.board = Board(bridge, name)
        self.board.full_asked.connect(self.toggle_full)
        self.setLayout(column(self.board))
        self.retranslate()

    def open_at(self, place: WindowPlace) -> None:
        """Show it where it stood, on the monitor of that name, or on the one given by its place."""
        screen = screen_called(place.screen)
        room = screen.availableGeometry()
        wanted = QRect(QPoint(place.left, place.top), QSize(place.width, place.height))
        if not wanted.isValid() or not room.intersects(wanted):
            size = QSize(min(room.width(), 1280), min(room.height(), 800))
            wanted = QRect(room.topLeft(), size)
        self.setGeometry(wanted)
        if place.full:
            self.showFullScreen()
        else:
            self.show()
        self._ready = True
        self._keep()

    def toggle_full(self) -> None:
        """The whole monitor, or a window again."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()
        self._keep()

    def _keep(self) -> None:
        if not self._ready or not self.isVisible():
            return
        before = self._kept.now.windows.get(self._key)
        box = self.geometry()
        if self.isFullScreen() and before is not None:
            box = QRect(before.left, before.top, before.width, before.height)
        place = WindowPlace(
            screen=self.screen().name(),
            left=box.left(),
            top=box.top(),
            width=box.width(),
            height=box.height(),
            full=self.isFullScreen(),
        )
        if place != before:
            self._kept.change(windows={**self._kept.now.windows, self._key: place})

    def retranslate(self) -> None:
        """Say every sentence anew."""
        number = self.objectName().removeprefix("wall")
        site = words.said(self._bridge.site.name)
        self.setWindowTitle(_("{site} - wall {n}").format(site=site, n=number))
        self.board.retranslate()

    @override
    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._keep()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        owner = self.parentWidget()
        keys = getattr(owner.window(), "keys", None) if owner is not None else None
        if keys is None or not keys.press(event):
            super().keyPressEvent(event)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if event.spontaneous():  # closed by hand, and not because the console ends: it stays closed
            self.forget()

    def forget(self) -> None:
        """Close it, and do not open it again by itself; what stood on it is kept."""
        self._ready = False
        self._kept.change(windows={key: place for key, place in self._kept.now.windows.items() if key != self._key})
        self.hide()
        self.closed.emit(self.objectName())


def screen_called(name: str) -> QScreen:
    """The monitor of that name; the first one that is not the main one, else the main one, where it is not there."""
    screens = QGuiApplication.screens()
    main = QGuiApplication.primaryScreen()
    named = next((screen for screen in screens if screen.name() == name), None)
    return named or next((screen for screen in screens if screen is not main), main)


class WallWindows:
    """The wall windows of a seat. `ready` is told of every board that is made, so that it gets alarms and sequences."""

    def __init__(self, bridge: "Bridge", owner: QWidget, ready: Callable[[Board], None]) -> None:
        self._bridge = bridge
        self._owner = owner
        self._ready = ready
        self._kept = preferences.shared(bridge, bridge.surroundings.data_dir)
        self.windows: dict[str, WallWindow] = {}

    @property
    def boards(self) -> tuple[Board, ...]:
        """The boards that are to be seen."""
        return tuple(window.board for window in self.windows.values() if window.isVisible())

    def restore(self) -> None:
        """Open every window that was open when the console was here last."""
        seat = f"{self._bridge.surroundings.seat}/"
        for key, place in sorted(self._kept.now.windows.items()):
            name = key.removeprefix(seat)
            if key.startswith(seat) and name not in self.windows:
                self._open(name, place)

    def open_next(self) -> WallWindow | None:
        """Open a wall on the next monitor that has none; None where every monitor has one."""
        used = {window.screen().name() for window in self.windows.values() if window.isVisible()}
        used.add(self._owner.window().screen().name())
        free = [screen for screen in QGuiApplication.screens() if screen.name() not in used]
        if not free and self.boards:
            return None
        name = next(f"wall{n}" for n in range(2, 99) if f"wall{n}" not in self.windows or not self.windows[f"wall{n}"].isVisible())
        room = free[0].availableGeometry() if free else QRect()
        place = WindowPlace(
            screen=free[0].name() if free else "",
            left=room.left(),
            top=room.top(),
            width=room.width(),
            height=room.height(),
            full=bool(free),
        )
        return self._open(name, place)

    def _open(self, name: str, place: WindowPlace) -> WallWindow:
        window = self.windows.get(name)
        if window is None:
            window = self.windows[name] = WallWindow(self._bridge, name, self._owner)
            main = self._owner.window()
            if isinstance(main, QMainWindow):
                window.addActions(main.actions())
            self._ready(window.board)
        window.open_at(place)
        return window

    def retranslate(self) -> None:
        """Say every sentence anew."""
        for window in self.windows.values():
            window.retranslate()
