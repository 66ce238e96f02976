"""How a row of the queue is painted: shape and word in the priority's colour, marks beside the title, all else in greys."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from console.models.alarms import Alarm, Priority
from console.views import theme, words
from console.views.blink import Blink
from console.views.panels.queue.model import ALARM_ROLE, ROW_ROLE, AlarmsModel, Column
from console.views.panels.queue.rows import Row
from console.views.panels.queue.says import Mark
from console.views.shapes import marker
from console.views.tables import PAD_PX as _PAD

MARK_PX: Final = 13
_INDENT: Final = 22
_TOGGLE: Final = 16
DRILL: Final = "state.drill"
_FOR_MARKS: Final = 0.6  # of the title's room at most


class AlarmDelegate(QStyledItemDelegate):
    """Paints a row. Only the marker blinks."""

    def __init__(self, model: AlarmsModel, blink: Blink, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._blink = blink

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, theme.px("row"))

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        alarm: Alarm = index.data(ALARM_ROLE)
        row: Row = index.data(ROW_ROLE)
        box: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        waiting = row.waits(alarm.state in words.WAITING)
        priority = row.priority(alarm.priority)
        token = DRILL if alarm.drill else words.PRIORITY_TOKEN[priority]
        ground = "focus.selection" if selected else f"{token}_ground" if waiting else "surface.base"
        told = token if alarm.drill else f"{token}_text"
        painter.save()
        painter.fillRect(box, theme.color(ground))
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, theme.color("surface.line"))
        column = Column(index.column())
        inner = box.adjusted(_PAD, 0, -_PAD, 0)
        tone = "text.strong" if waiting or selected else "text.main"
        role = "strong" if waiting and column in (Column.PRIORITY, Column.TITLE) else "body"
        align = Qt.AlignmentFlag.AlignLeft
        if column is Column.PRIORITY:
            self._priority(painter, box, inner, priority, token, waiting)
            inner.setLeft(inner.left() + MARK_PX + 9)
            tone = told
        elif column is Column.TITLE:
            inner = self._fold(painter, inner, row)
            inner = self._marks(painter, inner, alarm, row)
        elif column is Column.STATE:
            tone = told if waiting and priority < Priority.LOW else "text.main" if selected else "text.dim"
        elif column is Column.COUNT:
            align = Qt.AlignmentFlag.AlignRight
        elif column is Column.TIME and not selected:
            tone = "text.main"
        face = theme.font(role)
        painter.setFont(face)
        painter.setPen(theme.color(tone))
        text = QFontMetrics(face).elidedText(index.data(), Qt.TextElideMode.ElideRight, max(0, inner.width()))
        painter.drawText(inner, align | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _priority(
        self, painter: QPainter, box: QRect, inner: QRect, priority: Priority, token: str, waiting: bool
    ) -> None:
        painter.fillRect(box.left(), box.top(), 3, box.height() - 1, theme.color(token))
        spot = QRectF(inner.left() + 2, box.center().y() - MARK_PX / 2 + 0.5, MARK_PX, MARK_PX)
        marker(painter, priority, spot, full=waiting and self._blink.phase, token=token)

    def _fold(self, painter: QPainter, inner: QRect, row: Row) -> QRect:
        """A small triangle before a title with something under it, to the right while folded; children are set in."""
        if row.child:
            line = theme.color("text.faint")
            painter.setPen(QPen(line, 1.4))
            x, y = inner.left() + 5, inner.center().y()
            painter.drawLine(x, inner.top(), x, y)
            painter.drawLine(x, y, x + 9, y)
            return inner.adjusted(_INDENT, 0, 0, 0)
        if not row.folded:
            return inner
        middle = QPointF(inner.left() + 5, inner.center().y() + 0.5)
        half = 5.0
        shape = (
            [QPointF(-half, -half / 2), QPointF(half, -half / 2), QPointF(0, half / 1.6)]
            if row.opened
            else [QPointF(-half / 2, -half), QPointF(half / 1.6, 0), QPointF(-half / 2, half)]
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("text.main"))
        painter.drawPolygon(QPolygonF([middle + spot for spot in shape]))
        painter.restore()
        return inner.adjusted(_TOGGLE, 0, 0, 0)

    def _marks(self, painter: QPainter, inner: QRect, alarm: Alarm, row: Row) -> QRect:
        """The marks at the right of the title as far as they fit; the room that is left for the title."""
        folded = self._model.folded_words(row)
        marks = ((Mark(folded, "text.strong"),) if folded else ()) + self._model.says.marks(alarm)
        face = theme.font("small_strong")
        measure = QFontMetrics(face)
        room = int(inner.width() * _FOR_MARKS)
        painter.setFont(face)
        for mark in marks:
            wide = measure.horizontalAdvance(mark.text) + 12
            if wide > room:
                continue
            room -= wide + 4
            spot = QRect(inner.right() - wide, inner.center().y() - 10, wide, 21)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("surface.edge"), 1))
            painter.setBrush(theme.color("surface.raised"))
            painter.drawRoundedRect(QRectF(spot).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            painter.setPen(theme.color(mark.tone))
            painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, mark.text)
            inner = inner.adjusted(0, 0, -(wide + 4), 0)
        return inner
