"""The table of the queue: what keeps it still under the reader's eyes and hand, and what was really painted of it."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.alarms import Alarm, State
from console.models.ids import AlarmId
from console.views import theme, words
from console.views.blink import Blink
from console.views.panels.queue.model import AlarmsModel, Column
from console.views.panels.queue.paint import MARK_PX, RowPainter
from console.views.tables import PAD_PX as _PAD
from console.views.tables import RowTable, say_when_empty

_ROOM_FOR_PLACE: Final = 520
# A press this soon after a row moved under the pointer was meant for the row that was there before.
_SETTLE_MS: Final = 400
# Whoever chose, pointed or scrolled this short a while ago is still reading.
HOLD_MS: Final = 15_000
_LOW_PX: Final = 224
_LEFT_RIGHT: Final = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right})


def fit_rows(table: QTableView) -> None:
    """Give the rows of a table their height: in a low window a row more is worth more than air and the names of the columns."""
    low = table.height() < _LOW_PX
    height_px = theme.px("row_low" if low else "row")
    if table.verticalHeader().defaultSectionSize() != height_px:
        table.verticalHeader().setDefaultSectionSize(height_px)
    table.horizontalHeader().setVisible(not low)


@dataclass(frozen=True, slots=True)
class Away:
    """What waits outside the part of the list that is seen, and has never been painted: how many above and below."""

    above: int = 0
    below: int = 0


class QueueView(RowTable):
    """The queue's table.

    While somebody reads, the chosen row keeps its place on the screen, whatever comes, goes or changes its rank; what
    nobody has seen yet is counted by `away_changed(Away)`. `painted(tuple of ids)` tells what was painted for the first
    time, as a row, folded under one, or as one of the number of those out of sight.
    """

    _slack = 0  # asked for by Qt before the constructor gets that far
    painted = Signal(tuple)
    away_changed = Signal(object)

    def __init__(self, model: AlarmsModel, blink: Blink, parent: QWidget | None = None) -> None:
        super().__init__("queue.table", model, {}, parent)
        self._alarms = model
        self._moved = QElapsedTimer()
        self._seen: set[AlarmId] = set()
        self._told: set[AlarmId] = set()
        self._away = Away()
        self._anchor: tuple[AlarmId, int] | None = None
        self._drift = 0
        self._kept = False
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(HOLD_MS)
        self._hold.timeout.connect(self._let_go)
        self._painter = RowPainter(model, blink)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setMinimumHeight(2 * theme.px("row_low"))
        self.setMouseTracking(True)
        blink.turned.connect(self._turn)
        model.rearranging.connect(self._remember)
        model.rearranged.connect(self._settle)
        model.counting.connect(self.set_widths)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.viewport().update())

    # ---------------------------------------------------------------- choosing

    def chosen(self) -> Alarm | None:
        """The alarm of the selected row."""
        row = self.chosen_row()
        return self._alarms.alarm(row) if 0 <= row < self._alarms.rowCount() else None

    def show_chosen(self) -> bool:
        """Bring the chosen row into sight; False where it was there already, or nothing is chosen."""
        row = self.chosen_row()
        spot = self.visualRect(self._alarms.index(row, Column.TITLE)) if row >= 0 else None
        if spot is None or (spot.isValid() and self.viewport().rect().contains(spot.center())):
            return False
        self.scrollTo(self._alarms.index(row, 0))
        return True

    def choose_row(self, row: int) -> None:
        """Select a row and bring it into sight."""
        self.selectRow(row)
        self.scrollTo(self._alarms.index(row, 0))

    def choose(self, alarm_id: AlarmId) -> bool:
        """Select an alarm, opening what it is folded under; False where it is not in the list."""
        head = self._alarms.head_of(alarm_id)
        if head is not None:
            self._alarms.open(head, True)
        row = self._alarms.row_of(alarm_id)
        if row >= 0:
            self.choose_row(row)
            self.read_on()
        return row >= 0

    def _turn(self, _full: bool) -> None:
        width = self.columnWidth(Column.PRIORITY)
        self.viewport().update(0, 0, width, self.viewport().height())

    # ---------------------------------------------------------------- stillness

    @property
    def seen_rows(self) -> int:
        """How many whole rows are seen at once."""
        return self.viewport().height() // max(1, self.verticalHeader().defaultSectionSize())

    @property
    def reading(self) -> bool:
        """Whether somebody reads: chose, pointed or scrolled a moment ago, or has a form open about the row."""
        return self._kept or self._hold.isActive()

    def read_on(self) -> None:
        """Somebody reads now: the row they chose keeps its place until they have been still for a while."""
        self._hold.start()
        chosen = self.chosen()
        self._alarms.pin(chosen.id if chosen is not None else None)

    def keep_still(self, kept: bool) -> None:
        """Stay still for as long as a form about the chosen row is open."""
        self._kept = kept
        self.read_on()
        # The form takes room from the list; the row it is about stays in sight.
        QTimer.singleShot(0, self, self._show_chosen)

    def _show_chosen(self) -> None:
        row = self.chosen_row()
        if row >= 0:
            self.scrollTo(self._alarms.index(row, 0))

    def _let_go(self) -> None:
        """Nobody reads any more: rows go where they belong, and the list back to where it was."""
        if self._kept:
            self._hold.start()
            return
        self._alarms.pin(None)
        self._slack = 0
        bar = self.verticalScrollBar()
        value = bar.value() - self._drift
        self._drift = 0
        self.updateGeometries()
        bar.setValue(max(0, value))

    def _remember(self) -> None:
        top = self.verticalScrollBar().value()
        self._anchor = None
        row = self._row_read(top)
        if row >= 0:
            self._anchor = (self._alarms.row(row).id, row - top)

    def _row_read(self, top: int) -> int:
        """The row that must not move: the chosen one, the one under the pointer, or the topmost of a list scrolled down."""
        last = top + self.seen_rows
        if self.reading:
            chosen = self.chosen_row()
            if top <= chosen <= last:
                return chosen
            if self.underMouse():
                hovered = self.rowAt(self.viewport().mapFromGlobal(self.cursor().pos()).y())
                if hovered >= 0:
                    return hovered
        return top if 0 < top < self._alarms.rowCount() else -1

    def _settle(self) -> None:
        self._moved.restart()
        if self._anchor is not None:
            name, offset = self._anchor
            row = self._alarms.row_of(name)
            if row < 0:
                head = self._alarms.head_of(name)
                row = self._alarms.row_of(head) if head is not None else -1
            if row >= 0:
                self._put(max(0, row - offset))
        self._count_away()
        self.viewport().update()

    def _put(self, value: int) -> None:
        """Scroll to a row, past the end of the list where somebody reads and the row must keep its place."""
        bar = self.verticalScrollBar()
        before = bar.value()
        self._slack = value if self.reading else 0
        self.updateGeometries()
        bar.setValue(value)
        if self.reading:
            self._drift += bar.value() - before

    @override
    def updateGeometries(self) -> None:
        super().updateGeometries()
        bar = self.verticalScrollBar()
        if self._slack > bar.maximum():
            bar.setMaximum(self._slack)
            bar.setValue(self._slack)

    @override
    def rowsAboutToBeRemoved(self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int) -> None:
        # Qt would select the neighbour; an alarm nobody chose must not become the one that Enter acts on.
        if start <= self.chosen_row() <= end:
            self.clearSelection()
            self.selectionModel().clearCurrentIndex()
        super().rowsAboutToBeRemoved(parent, start, end)

    # ---------------------------------------------------------------- what nobody has seen yet

    @property
    def away(self) -> Away:
        """What waits out of sight and was never painted."""
        return self._away

    def _count_away(self) -> None:
        top = self.verticalScrollBar().value()
        last = top + self.seen_rows - 1
        above = below = 0
        counted: list[AlarmId] = []
        for row in self._alarms.waiting_rows():
            one = self._alarms.row(row)
            if one.id in self._seen or top <= row <= last:
                continue
            above += row < top
            below += row > last
            counted += [each for each in (one.id, *one.folded) if each not in self._told]
        away = Away(above, below)
        if counted and self.isVisible():
            # The chip over the list names their number: the person at the post knows that they are there.
            self._told.update(counted)
            self.painted.emit(tuple(dict.fromkeys(counted)))
        if away != self._away:
            self._away = away
            self.away_changed.emit(away)

    def show_away(self) -> bool:
        """Scroll to the first row that waits and was never painted; False where there is none."""
        new = [row for row in self._alarms.waiting_rows() if self._alarms.row(row).id not in self._seen]
        if not new:
            return False
        self._drift = 0
        self._slack = 0
        self.updateGeometries()
        self.verticalScrollBar().setValue(new[0])
        self._count_away()
        return True

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        # Row by row: Qt would have every field painted by a call of its own, which takes twice as long.
        part = event.rect()
        first = self.rowAt(part.top())
        if first < 0:
            say_when_empty(self, self._nothing)
            return
        last = self.rowAt(part.bottom())
        last = last if last >= 0 else self._alarms.rowCount() - 1
        self._paint_rows(part, first, last)
        new: list[AlarmId] = []
        for n in range(first, last + 1):
            row = self._alarms.row(n)
            # What is folded under a row is counted in it, which is how the screen shows it.
            new += [one for one in (row.id, *row.folded) if one not in self._seen]
        if new:
            self._seen.update(new)
            untold = tuple(one for one in dict.fromkeys(new) if one not in self._told)
            self._told.update(untold)
            if untold:
                self.painted.emit(untold)
            self._count_away()

    def _paint_rows(self, part: QRect, first: int, last: int) -> None:
        across = [(one, self.columnViewportPosition(one), self.columnWidth(one)) for one in Column]
        across = [(one, x, wide) for one, x, wide in across if wide and x <= part.right() and x + wide > part.left()]
        chosen = self.chosen_row()
        painter = QPainter(self.viewport())
        try:  # a painter that is left open by a mistake would take the whole window with it
            for n in range(first, last + 1):
                y, high = self.rowViewportPosition(n), self.rowHeight(n)
                fields = [(one, QRect(x, y, wide, high)) for one, x, wide in across]
                self._painter.paint(painter, n, fields, selected=n == chosen)
        finally:
            painter.end()

    def forget(self, alarm_id: AlarmId) -> None:
        """An alarm has gone to history: it is no longer remembered as seen."""
        self._seen.discard(alarm_id)
        self._told.discard(alarm_id)

    # ---------------------------------------------------------------- hands

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._moved.isValid() and self._moved.elapsed() < _SETTLE_MS:
            event.accept()
            return
        super().mousePressEvent(event)
        self._drift = 0
        self.read_on()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.read_on()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event)
        self._drift = 0
        self.read_on()
        self._count_away()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.viewport().update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _LEFT_RIGHT:
            event.ignore()  # the window's: open and fold a row
            return
        super().keyPressEvent(event)
        if event.isAccepted():
            self._drift = 0
            self.read_on()

    # ---------------------------------------------------------------- columns

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit_rows(self)
        self._count_away()

    @override
    def set_widths(self) -> None:
        """Give every column its share: what has a fixed measure takes it, the words share the rest."""
        measure = QFontMetrics(theme.font("strong"))
        longest = max(measure.horizontalAdvance(_(word)) for word in words.PRIORITY.values())
        waiting = max(measure.horizontalAdvance(words.term(state)) for state in words.WAITING - {State.LATCHED_UNACKED})
        fixed = {
            Column.PRIORITY: longest + MARK_PX + 9 + 2 * _PAD + 4,
            Column.TIME: measure.horizontalAdvance("00-00 00:00") + 2 * _PAD - 6,
            Column.COUNT: measure.horizontalAdvance("×000") + 2 * _PAD,
        }
        room = max(0, self.viewport().width() - sum(fixed.values()))
        needed = waiting + measure.horizontalAdvance(" 00:00") + _PAD
        # Where there is room for one of the two, the alarm's own words say the place as well.
        both = room - max(int(room * 0.3), needed) >= _ROOM_FOR_PLACE
        if both:  # whose it is, and how long that holds, before more room for the place
            taken = f"{words.term(State.ACKED)} · Zhang Wei · " + _("{time} left").format(time="00:00")
            needed = max(needed, min(measure.horizontalAdvance(taken) + _PAD, room - _ROOM_FOR_PLACE))
        fixed[Column.STATE] = min(room // 2, max(int(room * (0.3 if both else 0.4)), needed))
        room -= fixed[Column.STATE]
        self.setColumnHidden(Column.PLACE, not both)
        fixed[Column.TITLE] = int(room * 0.62) if both else room
        fixed[Column.PLACE] = room - fixed[Column.TITLE]
        self.setColumnHidden(Column.COUNT, not self._alarms.counts)
        if not self._alarms.counts:  # all else keeps its width: nothing but the state moves when something is counted
            fixed[Column.TITLE] += fixed[Column.COUNT]
        for column in Column:
            self.setColumnWidth(column, fixed[column])
