"""A month: days that hold footage are marked, one is chosen."""

import calendar
from datetime import date, timedelta
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.i18n import N_, _
from console.views import theme

_DAYS: Final = (N_("Mo"), N_("Tu"), N_("We"), N_("Th"), N_("Fr"), N_("Sa"), N_("Su"))
ROW_PX: Final = 30


class Month(QWidget):
    """Six weeks at most. Emits `chosen(date)`, and `turned(date)` with the first day when another month is shown."""

    chosen = Signal(object)
    turned = Signal(object)

    def __init__(self, day: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("playback.month")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.day = day
        self.first = day.replace(day=1)
        self.held: frozenset[date] = frozenset()
        self.today = day

    def show_day(self, day: date, today: date) -> None:
        """Mark a day as chosen; its month comes."""
        self.day, self.today = day, today
        if day.replace(day=1) != self.first:
            self._turn_to(day)
        self.update()

    def turn(self, months: int) -> None:
        """Show the month before or after."""
        month = self.first.year * 12 + self.first.month - 1 + months
        self._turn_to(date(month // 12, month % 12 + 1, 1))

    def _turn_to(self, day: date) -> None:
        self.first, self.held = day.replace(day=1), frozenset()
        self.turned.emit(self.first)
        self.update()

    def mark(self, held: frozenset[date]) -> None:
        """Mark the days that hold footage."""
        self.held = held
        self.update()

    def _weeks(self) -> list[list[date]]:
        return calendar.Calendar().monthdatescalendar(self.first.year, self.first.month)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self._paint(painter)
        finally:
            painter.end()

    def _paint(self, painter: QPainter) -> None:
        middle = int(Qt.AlignmentFlag.AlignCenter)
        wide = self.width() / 7
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text.dim"))
        for column, name in enumerate(_DAYS):
            painter.drawText(QRectF(column * wide, 0, wide, ROW_PX - 6), middle, _(name))
        for row, week in enumerate(self._weeks()):
            for column, day in enumerate(week):
                box = QRectF(column * wide + 1, ROW_PX - 6 + row * ROW_PX, wide - 2, ROW_PX - 2)
                if day.month != self.first.month:
                    continue
                if day == self.day:
                    painter.fillRect(box, theme.color("focus.selection"))
                held = day in self.held
                painter.setFont(theme.font("strong" if held else "body"))
                painter.setPen(theme.color("text.strong" if held else "text.faint"))
                painter.drawText(box.adjusted(0, 0, 0, -5), middle, str(day.day))
                if held:  # a bar as well as weight: the cue is not colour
                    painter.fillRect(QRectF(box.center().x() - 8, box.bottom() - 6, 16, 3), theme.color("chart.line"))
                if day == self.today:
                    painter.setPen(theme.color("text.dim"))
                    painter.drawRect(box.adjusted(0, 0, -1, -1))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int((event.position().y() - ROW_PX + 6) // ROW_PX)
        column = int(event.position().x() // (self.width() / 7))
        weeks = self._weeks()
        if 0 <= row < len(weeks) and 0 <= column < 7 and weeks[row][column].month == self.first.month:
            self.chosen.emit(weeks[row][column])

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7}.get(Qt.Key(event.key()))
        if by is None:
            event.ignore()
        else:
            self.chosen.emit(self.day + timedelta(days=by))

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, 7 * ROW_PX)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(200, 7 * ROW_PX)
