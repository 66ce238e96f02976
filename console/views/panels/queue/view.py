"""The table of the queue: how a row is painted, and what keeps it still under the reader's eyes and hand."""

from typing import Final

from PySide6.QtCore import QElapsedTimer, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.alarms import Alarm, Priority, State
from console.views import theme, words
from console.views.blink import Blink
from console.views.panels.queue.model import ALARM_ROLE, AlarmsModel, Column
from console.views.shapes import marker
from console.views.tables import PAD_PX as _PAD
from console.views.tables import RowTable

_MARK: Final = 13
_ROOM_FOR_PLACE: Final = 400
# A press this soon after a row moved under the pointer was meant for the row that was there before.
_SETTLE_MS: Final = 400


class AlarmDelegate(QStyledItemDelegate):
    """Paints a row: shape and word in the priority's colour, all else in greys. Only the marker blinks."""

    def __init__(self, blink: Blink, parent: QWidget) -> None:
        super().__init__(parent)
        self._blink = blink

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, theme.px("row"))

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        alarm: Alarm = index.data(ALARM_ROLE)
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        waiting = alarm.state in words.WAITING
        hidden = alarm.state in words.HIDDEN
        token = words.PRIORITY_TOKEN[alarm.priority]
        ground = "focus.selection" if selected else f"{token}_ground" if waiting else "surface.base"
        painter.save()
        painter.fillRect(box, theme.color(ground))
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, theme.color("surface.line"))
        column = Column(index.column())
        inner = box.adjusted(_PAD, 0, -_PAD, 0)
        tone = "text.dim" if hidden else "text.strong" if waiting or selected else "text.main"
        role = "strong" if waiting else "body"
        align = Qt.AlignmentFlag.AlignLeft
        if column is Column.PRIORITY:
            painter.fillRect(box.left(), box.top(), 3, box.height() - 1, theme.color(token))
            spot = QRectF(inner.left() + 2, box.center().y() - _MARK / 2 + 0.5, _MARK, _MARK)
            marker(painter, alarm.priority, spot, full=waiting and self._blink.phase)
            inner.setLeft(inner.left() + _MARK + 9)
            tone = f"{token}_text"
        elif column is Column.TIME or column is Column.PLACE:
            role = "body"
            tone = tone if column is Column.PLACE else "text.main"
        elif column is Column.STATE:
            role = "body"
            tone = f"{token}_text" if waiting and alarm.priority < Priority.LOW else "text.dim"
        elif column is Column.COUNT:
            role, align = "body", Qt.AlignmentFlag.AlignRight
        face = theme.font(role)
        painter.setFont(face)
        painter.setPen(theme.color(tone))
        text = QFontMetrics(face).elidedText(index.data(), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, align | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


class QueueView(RowTable):
    """The queue's table. Insertions above never shift what is being read, and no click lands on a row that jumped in."""

    def __init__(self, model: AlarmsModel, blink: Blink, parent: QWidget | None = None) -> None:
        super().__init__("queue.table", model, {}, parent)
        self._alarms = model
        self._moved = QElapsedTimer()
        self.setItemDelegate(AlarmDelegate(blink, self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setMinimumHeight(2 * theme.px("row"))
        blink.turned.connect(self._turn)
        model.rowsInserted.connect(self._after_insertion)
        model.rowsRemoved.connect(lambda *_args: self._moved.restart())
        model.rowsMoved.connect(lambda *_args: self._moved.restart())

    def chosen(self) -> Alarm | None:
        """The alarm of the selected row."""
        row = self.chosen_row()
        return self._alarms.alarm(row) if row >= 0 else None

    def choose_row(self, row: int) -> None:
        """Select a row and bring it into sight."""
        self.selectRow(row)
        self.scrollTo(self._alarms.index(row, 0))

    def _turn(self, _full: bool) -> None:
        width = self.columnWidth(Column.PRIORITY)
        self.viewport().update(0, 0, width, self.viewport().height())

    # ---------------------------------------------------------------- stillness

    @override
    def rowsAboutToBeRemoved(self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int) -> None:
        # Qt would select the neighbour; an alarm nobody chose must not become the one that Enter acts on.
        if start <= self.chosen_row() <= end:
            self.clearSelection()
            self.selectionModel().clearCurrentIndex()
        super().rowsAboutToBeRemoved(parent, start, end)

    def _after_insertion(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._moved.restart()
        top = self.verticalScrollBar().value()
        if top > 0 and first <= top:
            self.updateGeometries()
            self.verticalScrollBar().setValue(top + last - first + 1)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._moved.isValid() and self._moved.elapsed() < _SETTLE_MS:
            event.accept()
            return
        super().mousePressEvent(event)

    # ---------------------------------------------------------------- columns

    @override
    def set_widths(self) -> None:
        """Give every column its share: what has a fixed measure takes it, the words share the rest."""
        measure = QFontMetrics(theme.font("strong"))
        longest = max(measure.horizontalAdvance(_(word)) for word in words.PRIORITY.values())
        waiting = max(measure.horizontalAdvance(words.term(state)) for state in words.WAITING - {State.LATCHED_UNACKED})
        fixed = {
            Column.PRIORITY: longest + _MARK + 9 + 2 * _PAD + 4,
            Column.TIME: measure.horizontalAdvance("00-00 00:00") + 2 * _PAD - 6,
            Column.COUNT: measure.horizontalAdvance("×000") + 2 * _PAD,
        }
        room = max(0, self.viewport().width() - sum(fixed.values()))
        fixed[Column.STATE] = min(room // 2, max(int(room * 0.34), waiting + measure.horizontalAdvance(" 00:00") + _PAD))
        room -= fixed[Column.STATE]
        # Where there is room for one of the two, the alarm's own words say the place as well.
        both = room >= _ROOM_FOR_PLACE
        self.setColumnHidden(Column.PLACE, not both)
        fixed[Column.TITLE] = int(room * 0.54) if both else room
        fixed[Column.PLACE] = room - fixed[Column.TITLE]
        for column in Column:
            self.setColumnWidth(column, fixed[column])
