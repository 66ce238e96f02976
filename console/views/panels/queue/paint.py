"""How a row of the queue is painted: shape and word in the priority's colour, marks beside the title, all else in greys."""

from collections.abc import Iterable, Iterator
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF

from console.models.alarms import Alarm, Priority
from console.views import theme, words
from console.views.blink import Blink
from console.views.build import elided_alarm
from console.views.panels.queue.model import AlarmsModel, Column
from console.views.panels.queue.rows import Row
from console.views.panels.queue.says import Mark
from console.views.shapes import marker
from console.views.tables import PAD_PX as _PAD

MARK_PX: Final = 13
_INDENT: Final = 22
_TOGGLE: Final = 16
DRILL: Final = "state.drill"
_FOR_MARKS: Final = 0.6  # of the title's room at most
_OF_A_LONG_TITLE: Final = 0.35  # of the room of a title that would need all of it
_STRONG: Final = frozenset({Column.PRIORITY, Column.TITLE})
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def fitting(marks: Iterable[tuple[Mark, bool]], measure: QFontMetrics, room: int) -> Iterator[tuple[str, str, int]]:
    """The marks that have room, whole or in short, each as its word, its tone and its width; what must be there is."""
    for mark, must in marks:
        whole, short = (measure.horizontalAdvance(text) + 12 for text in (mark.text, mark.short or mark.text))
        if whole > room and short > room and not must:
            continue
        text, wide = (mark.text, whole) if whole <= room or not mark.short else (mark.short, short)
        room -= wide + 4
        yield text, mark.tone, wide


class RowPainter:
    """Paints rows, each as a whole: what its fields share is found once. Only the marker blinks."""

    def __init__(self, model: AlarmsModel, blink: Blink) -> None:
        self._model = model
        self._blink = blink

    def paint(self, painter: QPainter, n: int, fields: Iterable[tuple[Column, QRect]], *, selected: bool) -> None:
        """Paint the fields given of row `n`, each into its box."""
        row, alarm = self._model.row(n), self._model.alarm(n)
        waiting = row.waits(alarm.state in words.WAITING)
        priority = row.priority(alarm.priority)
        token = DRILL if alarm.drill else words.PRIORITY_TOKEN[priority]
        ground = theme.color("focus.selection" if selected else f"{token}_ground" if waiting else "surface.base")
        told = token if alarm.drill else f"{token}_text"
        main = "text.strong" if waiting or selected else "text.main"
        tones = {
            Column.PRIORITY: told,
            Column.TIME: main if selected else "text.main",
            Column.STATE: told if waiting and priority < Priority.LOW else "text.main" if selected else "text.dim",
        }
        line = theme.color("surface.line")
        for column, box in fields:
            painter.fillRect(box, ground)
            painter.fillRect(box.left(), box.bottom(), box.width(), 1, line)
            inner = box.adjusted(_PAD, 0, -_PAD, 0)
            face = theme.font("strong" if waiting and column in _STRONG else "body")
            text = self._model.text(row, column)
            if column is Column.PRIORITY:
                self._priority(painter, box, inner, priority, token, waiting)
                inner.setLeft(inner.left() + MARK_PX + 9)
            elif column is Column.TITLE:
                painter.save()
                inner = self._fold(painter, inner, row)
                inner = self._marks(painter, inner, alarm, row, QFontMetrics(face).horizontalAdvance(text))
                painter.restore()
            painter.setFont(face)
            painter.setPen(theme.color(tones.get(column, main)))
            measure, room = QFontMetrics(face), max(0, inner.width())
            if column is Column.TITLE:
                text = elided_alarm(measure, text, room)
            else:
                text = measure.elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(inner, _RIGHT if column is Column.COUNT else _LEFT, text)

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

    def _marks_of(self, alarm: Alarm, row: Row, measure: QFontMetrics, room: int) -> Iterator[tuple[Mark, bool]]:
        """The marks of a row, each with whether it must be there: how many are folded away is said, in short if need be."""
        folded = self._model.folded_words(row)
        if folded:
            fits = measure.horizontalAdvance(folded) + 12 <= room
            yield Mark(folded if fits else f"+{len(row.folded)}", "text.strong"), True
        for mark in self._model.says.marks(alarm):
            yield mark, False

    def _marks(self, painter: QPainter, inner: QRect, alarm: Alarm, row: Row, title_px: int) -> QRect:
        """The marks at the right of the title as far as they fit; the room that is left for a title so wide."""
        face = theme.font("small_strong")
        measure = QFontMetrics(face)
        least, most = int(inner.width() * _OF_A_LONG_TITLE), int(inner.width() * _FOR_MARKS)
        room = min(max(least, inner.width() - title_px), most)
        painter.setFont(face)
        for text, tone, wide in fitting(self._marks_of(alarm, row, measure, room), measure, room):
            spot = QRect(inner.right() - wide, inner.center().y() - 10, wide, 21)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("surface.edge"), 1))
            painter.setBrush(theme.color("surface.raised"))
            painter.drawRoundedRect(QRectF(spot).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            painter.setPen(theme.color(tone))
            painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, text)
            inner = inner.adjusted(0, 0, -(wide + 4), 0)
        return inner
