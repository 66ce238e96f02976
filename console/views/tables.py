"""Tables in the manner of the house: rows of one height, no grid, columns that share the room, words that shorten."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from console.views import theme

PAD_PX: Final = 8
_NAMED_KEYS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape})
_CONTROL: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def is_for_window(event: QKeyEvent) -> bool:
    """Whether a key belongs to the window: every plain one that writes something, Enter and Esc.

    A list of Qt would take the letters for a search and Space for its selection; here they are the keys of the post.
    """
    if event.modifiers() & _CONTROL:
        return False
    return event.key() in _NAMED_KEYS or (event.text() != "" and event.text().isprintable())


def say_when_empty(view: QAbstractItemView, sentence: str) -> None:
    """Paint `sentence` in the middle of a list that has no rows; called at the end of its paintEvent."""
    if sentence and view.model().rowCount() == 0:
        painter = QPainter(view.viewport())
        painter.setFont(theme.font("heading"))
        painter.setPen(theme.color("text.faint"))
        painter.drawText(view.viewport().rect(), Qt.AlignmentFlag.AlignCenter, sentence)
        painter.end()


class RowDelegate(QStyledItemDelegate):
    """Paints one field of a row; subclasses say in which type and colour."""

    def face(self, index: QModelIndex | QPersistentModelIndex) -> tuple[str, str, Qt.AlignmentFlag]:
        """Type, colour and side of a field."""
        return "body", "text.main" if index.column() == 0 else "text.dim", Qt.AlignmentFlag.AlignLeft

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, theme.px("row"))

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        box: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role, tone, side = self.face(index)
        painter.save()
        painter.fillRect(box, theme.color("focus.selection" if selected else "surface.base"))
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, theme.color("surface.line"))
        face = theme.font(role)
        inner = box.adjusted(PAD_PX, 0, -PAD_PX, 0)
        painter.setFont(face)
        painter.setPen(theme.color("focus.selection_text" if selected and tone == "text.main" else tone))
        text = QFontMetrics(face).elidedText(index.data() or "", Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


class RowTable(QTableView):
    """A quiet table. `shares` gives each column either a fixed sample of text or a weight of the room that is left."""

    def __init__(
        self, name: str, model: QAbstractItemModel, shares: Mapping[int, str | float], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setModel(model)
        self._shares = shares
        self._nothing = ""
        self.setItemDelegate(RowDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.px("row"))
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setMinimumSectionSize(30)

    def say_when_empty(self, sentence: str) -> None:
        """What stands in the middle while there are no rows."""
        self._nothing = sentence
        self.viewport().update()

    def chosen_row(self) -> int:
        """The selected row, -1 for none."""
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else -1

    def set_widths(self) -> None:
        """Give every column its share."""
        measure = QFontMetrics(theme.font("strong"))
        fixed = {
            column: measure.horizontalAdvance(share) + 2 * PAD_PX + 2
            for column, share in self._shares.items()
            if isinstance(share, str)
        }
        weights = {column: share for column, share in self._shares.items() if not isinstance(share, str)}
        room = max(0, self.viewport().width() - sum(fixed.values()))
        whole = sum(weights.values()) or 1.0
        for column in self._shares:
            self.setColumnWidth(column, fixed[column] if column in fixed else int(room * weights[column] / whole))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.set_widths()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_for_window(event):
            event.ignore()
            return
        super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        say_when_empty(self, self._nothing)
