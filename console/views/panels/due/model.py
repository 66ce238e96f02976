"""The due list as rows, soonest first, with the time that is left."""

from bisect import insort
from datetime import tzinfo
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from console.i18n import N_, _
from console.models.clock import Clock
from console.models.duty import DueItem, DueState
from console.models.ids import DueId
from console.views import words

ITEM_ROLE: Final = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
_OPEN: Final = frozenset({DueState.WAITING, DueState.DUE, DueState.OVERDUE})


class Column(IntEnum):
    """What stands in a row, from left to right."""

    LEFT = 0
    TITLE = 1
    AT = 2


HEADINGS: Final = {Column.LEFT: N_("Time left"), Column.TITLE: N_("To do"), Column.AT: N_("Due at")}


def order(item: DueItem) -> tuple[Any, str]:
    """Soonest first."""
    return item.due_at, item.id


class DueModel(QAbstractTableModel):
    """One row an open item."""

    def __init__(self, clock: Clock, zone: tzinfo, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._zone = zone
        self._items: dict[DueId, DueItem] = {}
        self._rows: list[tuple[tuple[Any, str], DueId]] = []
        self._day = clock.now().astimezone(zone).date()

    def item(self, row: int) -> DueItem:
        """The item of a row."""
        return self._items[self._rows[row][1]]

    def items(self) -> list[DueItem]:
        """Every open item, soonest first."""
        return [self._items[item_id] for _order, item_id in self._rows]

    def begin(self, items: tuple[DueItem, ...]) -> None:
        """Take in what was there before the first event; what an event has told already stays."""
        for item in items:
            if item.id not in self._items:
                self.upsert(item)

    def upsert(self, item: DueItem) -> None:
        """Take in an item: a new row, a changed one, or none any more."""
        known = self._items.get(item.id)
        if known is not None and known.rev > item.rev:
            return
        stays = item.state in _OPEN
        row = next((n for n, (_order, item_id) in enumerate(self._rows) if item_id == item.id), -1)
        if row >= 0 and stays and known is not None and order(known) == order(item):
            self._items[item.id] = item
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))
            return
        if row >= 0:
            self.beginRemoveRows(_NOWHERE, row, row)
            del self._rows[row]
            del self._items[item.id]
            self.endRemoveRows()
        if stays:
            entry = (order(item), item.id)
            later = [n for n, other in enumerate(self._rows) if other > entry]
            at = later[0] if later else len(self._rows)
            self.beginInsertRows(_NOWHERE, at, at)
            insort(self._rows, entry)
            self._items[item.id] = item
            self.endInsertRows()

    def tell_time(self) -> None:
        """Have the countdowns drawn anew, called once a second; and at midnight the days beside them."""
        today = self._clock.now().astimezone(self._zone).date()
        self._redraw(Column.LEFT if today == self._day else Column.AT)
        self._day = today

    def retranslate(self) -> None:
        """Have every word drawn anew."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        self._redraw(Column.AT)

    def _redraw(self, until: Column) -> None:
        """Have the columns up to this one drawn anew in every row."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, until))

    def left_words(self, item: DueItem) -> str:
        """How long there is, or how long it is past."""
        left_s = words.left_until(item.due_at, self._clock.now())
        if left_s >= 0:
            return words.span(left_s) if left_s < 36000 else words.about(left_s)
        return _("{time} late").format(time=words.span(-left_s) if left_s > -36000 else words.about(-left_s))

    @override
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(Column)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        item = self.item(index.row())
        if role == ITEM_ROLE:
            return item
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (words.said(item.title), item.source)))
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            match Column(index.column()):
                case Column.LEFT:
                    return self.left_words(item)
                case Column.TITLE:
                    return words.said(item.title)
                case Column.AT:
                    return words.when(item.due_at, self._clock.now(), self._zone)
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(HEADINGS[Column(section)])
        return None
