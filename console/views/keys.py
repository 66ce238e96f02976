"""Obey the table of keys: find who does it, and never take a key away from somebody who types."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from console.i18n import _
from console.views.action import WINDOW, Action
from console.views.actions import ACTIONS, BY_NAME, plain_actions

if TYPE_CHECKING:
    from console.views.main_window import MainWindow

_MAY_REPEAT: Final = frozenset({"next_page", "previous_page"})
_TEXT: Final = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox)


class Keys(QObject):
    """The keys of the window. `targets` are the window and the panels, by the names the table uses."""

    def __init__(self, window: "MainWindow", targets: Mapping[str, QObject]) -> None:
        super().__init__(window)
        self._window = window
        self._targets = targets
        self._plain = plain_actions()
        self._made: dict[str, QAction] = {}
        for action in ACTIONS:
            made = QAction(window)
            made.setObjectName(action.object_name)
            sequences = [QKeySequence(key) for key in action.keys if not action.plain and key != "?"]
            if action.digits and not action.plain:
                self._make_digits(action)
            else:
                made.setShortcuts(sequences)
            made.triggered.connect(lambda _checked=False, chosen=action: self.act(chosen))
            window.addAction(made)
            self._made[action.name] = made
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self.focus_moved)

    def _make_digits(self, action: Action) -> None:
        """One QAction for each of its keys: which of them it was is handed on."""
        for number, key in enumerate(action.keys, start=1):
            made = QAction(self._window)
            made.setObjectName(f"{action.object_name}_{number}")
            made.setShortcut(QKeySequence(key))
            made.triggered.connect(lambda _checked=False, chosen=action, which=number: self.act(chosen, which))
            self._window.addAction(made)

    def retranslate(self) -> None:
        """Say the name of every action anew."""
        for action in ACTIONS:
            made = self._made[action.name]
            made.setText(_(action.title))
            made.setToolTip(_(action.what))

    def wants_text(self, widget: QWidget) -> bool:
        """Whether somebody types there."""
        return isinstance(widget, _TEXT)

    def press(self, event: QKeyEvent) -> bool:
        """Obey a plain key that nobody else wanted; True where something was done.

        A field that is being typed in keeps all of its keys but Esc; a button that was walked to by Tab keeps Space, and
        Enter presses it too.
        """
        action = self._plain.get(_name(event))
        if action is None:
            return False
        if event.isAutoRepeat() and action.name not in _MAY_REPEAT:
            return True  # a key that is leaned on acknowledges one alarm and does one step, not all of them
        focus = QApplication.focusWidget()
        if focus is not None and action is not BY_NAME["step_back"]:
            if self.wants_text(focus):
                return False
            if isinstance(focus, QAbstractButton) and action.name == "acknowledge":
                return False
            if isinstance(focus, QAbstractButton) and action.name == "proceed":
                focus.click()
                return True
        number = event.key() - Qt.Key.Key_0 if action.digits else None
        return self.act(action, number)

    def focus_moved(self, old: QWidget | None, new: QWidget | None, *, by_mouse: bool | None = None) -> None:
        """Leave the keyboard where it was when a button is clicked: Space after a click must not click again.

        `by_mouse` is for tests; else it is what the mouse says.
        """
        if by_mouse is None:
            by_mouse = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        ours = isinstance(new, QAbstractButton) and new.window() is self._window
        if by_mouse and ours and old is not None and not isinstance(old, QAbstractButton) and old.isVisible():
            old.setFocus(Qt.FocusReason.OtherFocusReason)

    def act(self, action: Action, number: int | None = None) -> bool:
        """Do what an action says; True where somebody did it. Nothing but `locked` actions while nobody is signed on.

        Nothing is done out of sight. A key with F or Ctrl first shows the panel it is for, if only the last of the
        table can do it; a plain key shows a panel that stands behind a tab, and does its work when pressed again.
        """
        if self._window.bridge.actor is None and not action.locked:
            return False
        behind = ""
        for place, (key, name) in enumerate(action.goes_to, start=1):
            method = getattr(self._targets.get(key), name, None)
            if method is None:
                continue
            if key != WINDOW and not self._window.panels[key].isVisible():
                if action.plain:
                    behind = behind or (key if self._window.is_behind(key) else "")
                    continue
                if place < len(action.goes_to):
                    continue
                self._window.bring(key)
            if method(number) if number is not None else method():
                return True
        if behind:
            self._window.bring(behind)
        return bool(behind)


def _name(event: QKeyEvent) -> str:
    """The name that the table gives a key, "" for one with Ctrl or Alt."""
    if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return ""
    if event.text() == "?":
        return "?"
    return QKeySequence(event.key()).toString(QKeySequence.SequenceFormat.PortableText)
