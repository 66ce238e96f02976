"""Make the small things a panel is put together from, each with its name, its role for the style sheet and its icon."""

from collections.abc import Callable
from typing import Final, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from console.views import icons, theme

W = TypeVar("W", bound=QWidget)
_POINT: Final = " · "


def named(widget: W, name: str, role: str = "") -> W:
    """Give `widget` its object name and, for the style sheet, its role."""
    widget.setObjectName(name)
    if role:
        widget.setProperty("role", role)
    return widget


class ShrinkingLabel(QLabel):
    """One line of text that ends in dots where there is no room for all of it; the rest is in the tool tip."""

    def fitting(self) -> str:
        """What is shown of it in the room there is."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shown = self.fitting()
        self.setToolTip(self.text() if shown != self.text() else "")
        style = self.style()
        room, alignment = self.contentsRect(), int(self.alignment())
        style.drawItemText(painter, room, alignment, self.palette(), self.isEnabled(), shown, self.foregroundRole())
        painter.end()


class TitleLabel(ShrinkingLabel):
    """A title that is said in fewer words where there is no room for all of them, and not at all rather than half.

    It holds open the room for its shortest form.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        named(self, name, "heading")
        self._shorter: tuple[str, ...] = ()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def say(self, title: str, *shorter: str) -> None:
        """The title, and how it may be said shorter, the longest first."""
        self._shorter = shorter
        self.setText(title)

    @override
    def fitting(self) -> str:
        wide = self.fontMetrics().horizontalAdvance
        return next((said for said in (self.text(), *self._shorter) if wide(said) <= self.contentsRect().width()), "")

    @override
    def minimumSizeHint(self) -> QSize:
        least = min(self.fontMetrics().horizontalAdvance(said) for said in (self.text(), *self._shorter))
        return QSize(least, super().minimumSizeHint().height())


class AlarmLabel(ShrinkingLabel):
    """What an alarm is called: where there is little room its place is cut, not what it is."""

    @override
    def fitting(self) -> str:
        return elided_alarm(self.fontMetrics(), self.text(), self.contentsRect().width())


def elided_alarm(measure: QFontMetrics, title: str, width_px: int) -> str:
    """A title such as "North gate of the yard · burglary" with dots where it is wider than `width_px`.

    What comes before the point gives way first, down to four tenths of the room, but for a name that needs no more than six:
    what has happened must be read, and where.
    """
    name, point, what = title.partition(_POINT)
    if not point or measure.horizontalAdvance(title) <= width_px:
        return measure.elidedText(title, Qt.TextElideMode.ElideRight, width_px)
    # Drawn together the two may be a pixel or two wider than each alone.
    name_px = measure.horizontalAdvance(name) + 1
    least_px = name_px if name_px <= width_px * 3 // 5 else width_px * 2 // 5
    room_px = max(least_px, width_px - measure.horizontalAdvance(point + what) - 3)
    short = measure.elidedText(name, Qt.TextElideMode.ElideRight, room_px)
    return measure.elidedText(f"{short}{point}{what}", Qt.TextElideMode.ElideRight, width_px)


class EnterField(QLineEdit):
    """A field that keeps Enter for itself: what it calls may move the keyboard, and the same Enter must then do nothing else."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()


def label(name: str, role: str = "", *, wraps: bool = False, shrinks: bool = False) -> QLabel:
    """A line of plain text; one that `shrinks` gives way instead of holding the window open."""
    made = named(ShrinkingLabel() if shrinks else QLabel(), name, role)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wraps)
    if role == "chip":
        made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    if shrinks:
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return made


def choices(name: str, least: int = 12) -> QComboBox:
    """A field to choose from what the site has: as wide as its place, never as its longest name."""
    made = named(QComboBox(), name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(least)
    return made


def button(name: str, clicked: Callable[[], object], role: str = "", icon: str = "") -> QPushButton:
    """A button that calls `clicked`."""
    made = named(QPushButton(), name, role)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return _clickable(made, clicked, role, icon)


def tool(name: str, clicked: Callable[[], object], icon: str = "") -> QToolButton:
    """A quiet button for a bar."""
    made = named(QToolButton(), name, "quiet")
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return _clickable(made, clicked, "quiet", icon)


B = TypeVar("B", bound=QAbstractButton)


def _clickable(made: B, clicked: Callable[[], object], role: str, icon: str) -> B:

    def go(_checked: bool = False) -> None:
        clicked()

    made.clicked.connect(go)
    if icon:
        tone = {"main": "button.main_text", "quiet": "text.dim"}.get(role, "text.main")
        icons.wear(made, icon, tone)
    return made


def set_role(widget: QWidget, role: str = "", **properties: object) -> None:
    """Change what the style sheet sees of a widget, and have it drawn anew if that is a change."""
    wanted = {"role": role, **properties} if role else properties
    changed = False
    for name, value in wanted.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        if isinstance(widget, QLabel):
            # A label takes in its padding when it hears of a new style, and measures itself when its text changes.
            QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))
            text = widget.text()
            widget.setText("")
            widget.setText(text)


def row(*parts: QWidget | QLayout | int, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Side by side; a number is a stretch of that weight."""
    return _filled(QHBoxLayout(), parts, margins)


def column(*parts: QWidget | QLayout | int, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """One below the other; a number is a stretch of that weight."""
    return _filled(QVBoxLayout(), parts, margins)


L = TypeVar("L", bound=QBoxLayout)


def _filled(layout: L, parts: tuple[QWidget | QLayout | int, ...], margins: tuple[int, int, int, int]) -> L:
    layout.setContentsMargins(*margins)
    layout.setSpacing(theme.px("gap"))
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
        elif isinstance(part, QWidget):
            gives_way = part.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored
            layout.addWidget(part, 1 if gives_way and isinstance(layout, QHBoxLayout) else 0)
        else:
            layout.addLayout(part)
    return layout


def bar(name: str, *parts: QWidget | QLayout | int) -> QFrame:
    """A bar of the usual height over a panel."""
    made = named(QFrame(), name, "bar")
    made.setFixedHeight(theme.px("bar"))
    gap = theme.px("gap")
    made.setLayout(row(*parts, margins=(gap, 0, gap // 2, 0)))
    return made


def empty(layout: QLayout) -> None:
    """Take everything out of a layout and away."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        inner = item.layout()
        if inner is not None:
            empty(inner)
