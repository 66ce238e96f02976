"""Count the equipment: plus, minus, Enter for "all as it should be"; a difference asks for its words on the spot."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.duty import EquipmentCount
from console.views import theme, words
from console.views.build import button, label, named, row, set_role

MOST: Final = 9999
_UP: Final = frozenset({Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Right})
_DOWN: Final = frozenset({Qt.Key.Key_Minus, Qt.Key.Key_Underscore, Qt.Key.Key_Left})
_NOT_OURS: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_CLEAR: Final = frozenset({Qt.Key.Key_Backspace, Qt.Key.Key_Delete})


class ItemRow(QFrame):
    """One kind of equipment. `counted(item, number or None)`, `noted(item, words)`, `note_left(item, words)`,
    `go(step)` up or down, `all_right()` for Enter."""

    counted = Signal(str, object)
    noted = Signal(str, str)
    note_left = Signal(str, str)
    go = Signal(str, int)
    all_right = Signal()

    def __init__(self, line: EquipmentCount, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, f"handover.item.{line.item}", "count")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._line = line
        self._fresh = True
        self._editable = True
        self._name = label(f"handover.name.{line.item}", shrinks=True)
        self._expected = label(f"handover.expected.{line.item}", "dim")
        self._less = button(f"handover.less.{line.item}", lambda: self._step(-1), "quiet", icon="minus")
        self._more = button(f"handover.more.{line.item}", lambda: self._step(1), "quiet", icon="plus")
        self._number = label(f"handover.count.{line.item}", "count")
        self._number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._number.setMinimumWidth(44)
        self._says = label(f"handover.count_says.{line.item}", "dim")
        for push in (self._less, self._more):
            push.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            push.setFixedSize(34, 24)
        self._note = named(QLineEdit(), f"handover.note.{line.item}")
        self._note.setMaxLength(500)
        self._note.textEdited.connect(lambda text: self.noted.emit(self._line.item, text))
        self._note.editingFinished.connect(lambda: self.note_left.emit(self._line.item, self._note.text()))
        self._note.returnPressed.connect(lambda: self.go.emit(self._line.item, 1))
        upper = row(self._name, self._expected, self._less, self._number, self._more, self._says)
        upper.setStretch(0, 1)
        upper.setSpacing(4)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(8, 1, 8, 1)
        inside.setSpacing(2)
        inside.addLayout(upper)
        inside.addWidget(self._note)
        self.show_line(line, editable=True)

    @property
    def line(self) -> EquipmentCount:
        """The count as it is shown."""
        return self._line

    def show_line(self, line: EquipmentCount, *, editable: bool) -> None:
        """Show this count; words that are being typed are left alone."""
        self._line, self._editable = line, editable
        self._name.setText(words.said(line.name))
        self._expected.setText(_("of {n}").format(n=line.expected))
        self._number.setText("–" if line.actual is None else str(line.actual))
        differs = line.actual is not None and line.actual != line.expected
        self._says.setText(_sentence(line))
        self._says.setMinimumWidth(self._says.fontMetrics().horizontalAdvance("0") * 9)
        set_role(self._says, "warning" if differs else "faint" if line.actual is None else "dim")
        set_role(self._number, tone="differs" if differs else "open" if line.actual is None else "")
        for push in (self._less, self._more):
            push.setVisible(editable)
        self._note.setVisible(differs or bool(line.note))
        self._note.setReadOnly(not editable)
        self._note.setPlaceholderText(_("Why is it {n}? (needed)").format(n=line.actual))
        self._note.setAccessibleName(_("Why the number of {item} differs").format(item=words.said(line.name)))
        if not self._note.hasFocus() and self._note.text() != line.note:
            self._note.setText(line.note)
        self.setAccessibleName(f"{words.said(line.name)}, {_sentence(line)}")

    def focus_first(self) -> None:
        """Go to what is missing: the words where the number differs, else the number."""
        wants_words = self._note.isVisibleTo(self) and not self._note.text().strip()
        (self._note if wants_words else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _step(self, step: int) -> None:
        if self._editable:
            # The first press starts from what there should be: a count is mostly right or one off.
            start = self._line.expected if self._line.actual is None else self._line.actual
            self.counted.emit(self._line.item, min(max(start + step, 0), MOST))

    def _digit(self, digit: int) -> None:
        before = 0 if self._fresh or self._line.actual is None else self._line.actual
        self._fresh = False
        number = before * 10 + digit
        self.counted.emit(self._line.item, number if number <= MOST else digit)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        digit = key - Qt.Key.Key_0
        if not self._editable or event.modifiers() & _NOT_OURS:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.all_right.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.go.emit(self._line.item, 1 if key == Qt.Key.Key_Down else -1)
        elif key in _UP or key in _DOWN:
            self._step(1 if key in _UP else -1)
        elif key in _CLEAR:
            self.counted.emit(self._line.item, None)
        elif 0 <= digit <= 9:
            self._digit(digit)
        elif key == Qt.Key.Key_Space:
            self.counted.emit(self._line.item, self._line.expected)
            self.go.emit(self._line.item, 1)
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._fresh = True
        super().focusInEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)


def _sentence(line: EquipmentCount) -> str:
    if line.actual is None:
        return _("not counted")
    if line.actual == line.expected:
        return _("complete")
    missing = line.expected - line.actual
    return _("{n} missing").format(n=missing) if missing > 0 else _("{n} too many").format(n=-missing)


class Counting(QWidget):
    """The list. `counted(counts)` by item; `noted`, `note_left` as of a row; `finished()` when Enter left nothing open."""

    counted = Signal(dict)
    noted = Signal(str, str)
    note_left = Signal(str, str)
    finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("handover.counting")
        self._rows: dict[str, ItemRow] = {}
        self._title = label("handover.counting_title", "heading")
        self._state = label("handover.counting_state", "dim", shrinks=True)
        self._all = button("handover.all_right", self.set_all_right)
        self._list = QWidget()
        self._grid = QGridLayout(self._list)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._area = named(QScrollArea(), "handover.items")
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._list)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        head = row(self._title, self._state, self._all)
        head.setStretch(1, 1)
        inside.addLayout(head)
        inside.addWidget(self._area, 1)

    @property
    def lines(self) -> tuple[EquipmentCount, ...]:
        """The counts as they are shown."""
        return tuple(shown.line for shown in self._rows.values())

    def show_lines(self, lines: tuple[EquipmentCount, ...], *, editable: bool) -> None:
        """Show these counts; rows are made anew only when the list is another one."""
        if tuple(self._rows) != tuple(line.item for line in lines):
            self._rebuild(lines)
        for line in lines:
            self._rows[line.item].show_line(line, editable=editable)
        open_ones = sum(line.actual is None for line in lines)
        different = sum(line.actual is not None and line.actual != line.expected for line in lines)
        parts = [_("{n} not counted").format(n=open_ones)] if open_ones else []
        parts += [_("{n} different").format(n=different)] if different else []
        self._state.setText(", ".join(parts) if parts else _("complete") if lines else _("nothing to count"))
        self._all.setVisible(editable and bool(open_ones))
        # No higher than its rows: what is left of the page belongs to the words below.
        rows_px = self._list.sizeHint().height() + 4
        self._area.setMaximumHeight(rows_px)
        self.setMaximumHeight(rows_px + theme.px("row") + 10)

    def _rebuild(self, lines: tuple[EquipmentCount, ...]) -> None:
        for old in self._rows.values():
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._rows = {}
        for position, line in enumerate(lines):
            made = ItemRow(line, self._list)
            made.counted.connect(lambda item, number: self.counted.emit({item: number}))
            made.noted.connect(self.noted)
            made.note_left.connect(self.note_left)
            made.go.connect(self._go)
            made.all_right.connect(self.set_all_right)
            self._grid.addWidget(made, position, 0)
            self._rows[line.item] = made
        self._grid.setRowStretch(len(lines), 1)

    def set_all_right(self) -> None:
        """Everything that has not been counted is there as it should be; then on to the words that are missing."""
        open_ones = {line.item: line.expected for line in self.lines if line.actual is None}
        if open_ones:
            self.counted.emit(open_ones)
        unexplained = [
            line.item
            for line in self.lines
            if line.actual is not None and line.actual != line.expected and not line.note.strip()
        ]
        if unexplained:
            self.focus_item(unexplained[0])
        else:
            self.finished.emit()

    def focus_item(self, item: str) -> None:
        """Go to a kind of equipment, where its number or its words are missing."""
        if item in self._rows:
            self._area.ensureWidgetVisible(self._rows[item])
            self._rows[item].focus_first()

    def begin(self) -> None:
        """Put the keys on the first kind that has not been counted, or on the first."""
        items = [line.item for line in self.lines if line.actual is None] or list(self._rows)
        if items:
            self.focus_item(items[0])

    def _go(self, item: str, step: int) -> None:
        order = list(self._rows)
        at = order.index(item) + step
        if 0 <= at < len(order):
            self._area.ensureWidgetVisible(self._rows[order[at]])
            self._rows[order[at]].setFocus(Qt.FocusReason.TabFocusReason)
        elif at >= len(order):
            self.finished.emit()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Equipment"))
        self._all.setText(_("All complete  Enter"))
        self._all.setToolTip(_("Plus and minus change a number, Enter takes all that is not counted as complete."))
