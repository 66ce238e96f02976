"""A plain model for short tables: rows of words, each with the colour it is painted in, replaced as a whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.i18n import _
from console.views.tables import RowDelegate, RowTable

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
TONE_ROLE: Final = Qt.ItemDataRole.UserRole + 1
KEY_ROLE: Final = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it is about, its words, and the tokens of the columns that are not dim as usual."""

    key: str
    words: tuple[str, ...]
    tones: tuple[tuple[int, str], ...] = ()
    tip: str = ""


class RowsModel(QAbstractTableModel):
    """Rows under headings; headings are English sentences marked with N_."""

    def __init__(self, headings: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headings = tuple(headings)
        self._rows: tuple[Row, ...] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows; where the same things are listed only their words are drawn anew."""
        new = tuple(rows)
        if [row.key for row in new] == [row.key for row in self._rows]:
            if new != self._rows:
                self._rows = new
                self.dataChanged.emit(self.index(0, 0), self.index(len(new) - 1, len(self._headings) - 1))
            return
        self.beginResetModel()
        self._rows = new
        self.endResetModel()

    def row(self, n: int) -> Row:
        """The row in place `n`."""
        return self._rows[n]

    def retranslate(self) -> None:
        """Have the headings drawn anew."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._headings) - 1)

    @override
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._headings)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.words[index.column()]
        if role == TONE_ROLE:
            return dict(row.tones).get(index.column(), "")
        if role == KEY_ROLE:
            return row.key
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip or row.words[index.column()]
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(self._headings[section])
        return None


class _ToneDelegate(RowDelegate):
    @override
    def face(self, index: _Index) -> tuple[str, str, Qt.AlignmentFlag]:
        role, tone, side = super().face(index)
        said = index.data(TONE_ROLE)
        # What is not well stands out in weight as well as in colour.
        return ("strong" if said.startswith("state.") or said == "text.strong" else role), said or tone, side


class RowsTable(RowTable):
    """A quiet table of `RowsModel`. `chosen` carries what the selected row is about, "" once there is none.

    `on_enter`, where it is given, is done by Enter on the selected row; the window then hears nothing of that Enter.
    """

    chosen = Signal(str)

    def __init__(
        self, name: str, model: RowsModel, shares: Mapping[int, str | float], parent: QWidget | None = None
    ) -> None:
        super().__init__(name, model, shares, parent)
        self.rows = model
        self.on_enter: Callable[[], object] | None = None
        self.setItemDelegate(_ToneDelegate(self))
        self.selectionModel().selectionChanged.connect(self._tell)
        model.modelReset.connect(self._tell)

    def chosen_key(self) -> str:
        """What the selected row is about, "" for none."""
        row = self.chosen_row()
        return self.rows.row(row).key if row >= 0 else ""

    def begin(self) -> None:
        """Let the keys go through the rows, from the first one where none is chosen."""
        if self.chosen_row() < 0 and self.rows.rowCount():
            self.selectRow(0)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _tell(self) -> None:
        self.chosen.emit(self.chosen_key())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.on_enter is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen_row() >= 0:
            self.on_enter()
            event.accept()
            return
        super().keyPressEvent(event)
