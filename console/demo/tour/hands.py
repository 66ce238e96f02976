"""The hands and eyes of the tour: they press keys, click, wait until something is seen, and take pictures.

Everything goes through the window as a person's doing would: keys to whatever has the focus, clicks into the middle
of what is visible. Nothing is called behind its back.
"""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QApplication, QMainWindow, QWidget

from console.models.errors import ConsoleError
from console.models.text import Text

W = TypeVar("W", bound=QWidget)
PATIENCE_S: Final = 80.0
GLANCE_MS: Final = 25


class Missing(ConsoleError):
    """Something that had to be seen was not; the sentence says what."""


class Hands:
    """Works on `window`, and keeps numbered pictures of it in `folder`."""

    def __init__(self, window: QMainWindow, folder: Path) -> None:
        self.window = window
        self.folder = folder
        self.pictures: list[Path] = []

    # ---------------------------------------------------------------- eyes

    def wait(self, seen: Callable[[], Any], what: Text, limit_s: float = PATIENCE_S) -> None:
        """Let life go on until `seen` is so; raises Missing with `what` where it does not come in time."""
        until_s = time.monotonic() + limit_s
        while not seen():
            if time.monotonic() > until_s:
                raise Missing(
                    f"等了 {limit_s:.0f} 秒，没有出现：{what.zh}", f"Not seen within {limit_s:.0f} s: {what.en}"
                )
            QTest.qWait(GLANCE_MS)

    def live(self, seconds: float) -> None:
        """Let life go on for a moment, so that a picture shows it."""
        QTest.qWait(int(seconds * 1000))

    def find(self, name: str, kind: type[W] | type[QWidget] = QWidget) -> Any:
        """The visible widget of that name, None where there is none."""
        for found in self.window.findChildren(kind, name):
            if found.isVisible():
                return found
        return None

    def find_like(self, pattern: str) -> list[QWidget]:
        """The visible widgets whose whole names fit a regular expression."""
        fits = re.compile(pattern)
        return [
            one for one in self.window.findChildren(QWidget) if one.isVisible() and fits.fullmatch(one.objectName())
        ]

    def see(self, name: str, what: Text, limit_s: float = PATIENCE_S) -> Any:
        """Wait for a visible and enabled widget of that name, and give it."""
        self.wait(lambda: (found := self.find(name)) is not None and found.isEnabled(), what, limit_s)
        return self.find(name)

    def focus_name(self) -> str:
        """The name of what has the keyboard."""
        focus = QApplication.focusWidget()
        return focus.objectName() if focus is not None else ""

    # ---------------------------------------------------------------- hands

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key; it goes to what has the focus, as on a real keyboard."""
        QTest.keyClick(self._focus(), key, modifier)
        QTest.qWait(1)

    def type(self, text: str) -> None:
        """Type a text where the cursor is: letters by their keys, Chinese as an input method hands it over."""
        if text.isascii():
            for letter in text:
                QTest.keyClicks(self._focus(), letter)
        else:
            composed = QInputMethodEvent()
            composed.setCommitString(text)
            QApplication.sendEvent(self._focus(), composed)
        QTest.qWait(1)

    def click(self, widget: QWidget) -> None:
        """Click into the middle of a widget, after bringing it into view."""
        self._bring_into_view(widget)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        QTest.qWait(1)

    def _focus(self) -> QWidget:
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            QTest.qWait(GLANCE_MS)
        return QApplication.focusWidget() or self.window

    def _bring_into_view(self, widget: QWidget) -> None:
        above: QObject | None = widget.parent()
        while above is not None:
            if isinstance(above, QAbstractScrollArea) and not isinstance(above, QAbstractItemView):
                ensure = getattr(above, "ensureWidgetVisible", None)
                if ensure is not None:
                    ensure(widget)
            above = above.parent()
        QTest.qWait(1)

    # ---------------------------------------------------------------- pictures

    def picture(self, name: str) -> Path:
        """Keep a picture of the whole window: `02-on-watch.png`."""
        QTest.qWait(GLANCE_MS)
        file = self.folder / f"{len(self.pictures) + 1:02d}-{name}.png"
        if not self.window.grab().save(str(file)):
            raise ConsoleError(f"截图无法保存：{file}", f"The picture cannot be kept: {file}")
        self.pictures.append(file)
        return file
