"""Pick several of many by typing a part of what they are called: Enter takes the marked one, Backspace gives the last back."""

from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from console.i18n import _
from console.views.build import label, named
from console.views.flow import FlowLayout

MATCHES: Final = 4
"""So many are shown; whoever looks for another types more."""
_VALUE: Final = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Option:
    """Something to pick: its value, what it is called, and further words by which it is found."""

    value: Any
    text: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Any number of many; none is an answer too."""

    name: str
    title: str
    hint: str
    options: tuple[Option, ...]


def matching(options: tuple[Option, ...], typed: str) -> tuple[Option, ...]:
    """The options in which every word that was typed stands somewhere, in their order."""
    wanted = typed.casefold().split()
    return tuple(one for one in options if all(each in f"{one.text} {one.words}".casefold() for each in wanted))


class Picker(QWidget):
    """What was picked as chips, a field to type in, and below it what fits. `settled` when Enter finds nothing typed."""

    settled = Signal()

    def __init__(self, field: Several, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, f"{name}_picker")
        self._options = field.options
        self._name = name
        self._picked: list[Option] = []
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips)
        self.field = named(QLineEdit(), name)
        self.field.setPlaceholderText(field.hint)
        self.field.setAccessibleName(field.title)
        self.field.textChanged.connect(lambda _text: self._look())
        self.field.installEventFilter(self)
        self.found = named(QListWidget(), f"{name}_found")
        self.found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.found.itemClicked.connect(self._take)
        self._more = label(f"{name}_more", "faint", shrinks=True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        for part in (self._chips, self.field, self.found, self._more):
            whole.addWidget(part)
        self.setFocusProxy(self.field)
        self._show_chips()
        self._look()

    @property
    def value(self) -> tuple[Any, ...]:
        """What was picked, in the order in which it was."""
        return tuple(one.value for one in self._picked)

    @property
    def pending(self) -> bool:
        """Whether something is typed that was not taken yet: it would be forgotten in silence."""
        return bool(self.field.text().strip())

    def _look(self) -> None:
        typed = self.field.text().strip()
        fits = [one for one in matching(self._options, typed) if one not in self._picked] if typed else []
        self.found.clear()
        for one in fits[:MATCHES]:
            item = QListWidgetItem(one.text)
            item.setData(_VALUE, one)
            item.setToolTip(one.words)
            self.found.addItem(item)
        self.found.setVisible(bool(fits))
        if fits:
            self.found.setCurrentRow(0)
            rows = self.found.count()
            self.found.setFixedHeight(rows * self.found.sizeHintForRow(0) + 2 * self.found.frameWidth())
        left = len(fits) - MATCHES
        self._more.setText(_("Nothing fits") if typed and not fits else _("and {n} more; type on").format(n=left))
        self._more.setVisible((bool(typed) and not fits) or left > 0)

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        self._picked.append(item.data(_VALUE))
        self.field.clear()
        self._show_chips()

    def _drop(self, option: Option) -> None:
        self._picked.remove(option)
        self._show_chips()
        self._look()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_chips(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.setObjectName("")
                widget.deleteLater()
        for number, one in enumerate(self._picked):
            chip = named(QPushButton(f"{one.text}  ×"), f"{self._name}_picked.{number}", "choice")
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.setAccessibleName(_("Take {name} out again").format(name=one.text))
            chip.clicked.connect(lambda _checked=False, gone=one: self._drop(gone))
            self._flow.addWidget(chip)
        self._chips.setVisible(bool(self._picked))
        self._fit()

    def _fit(self) -> None:
        self._chips.setMinimumHeight(self._flow.heightForWidth(max(self.width(), 1)) if self._picked else 0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.field or event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key, typed = event.key(), self.field.text().strip()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if typed:
                self._take(self.found.currentItem())
            else:
                self.settled.emit()
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.found.count():
            step = 1 if key == Qt.Key.Key_Down else -1
            self.found.setCurrentRow(max(0, min(self.found.count() - 1, self.found.currentRow() + step)))
            return True
        if key == Qt.Key.Key_Backspace and not self.field.text() and self._picked:
            self._drop(self._picked[-1])
            return True
        return super().eventFilter(watched, event)
