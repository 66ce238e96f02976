"""The live alarms as rows: upserted by id, always in the order of the queue, never reset while somebody reads."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import tzinfo
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from console.i18n import N_, _
from console.models.alarms import Alarm, Condition, State, queue_order
from console.models.clock import Clock
from console.models.ids import AlarmId
from console.views import words
from console.views.names import People

ALARM_ROLE: Final = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()


class Column(IntEnum):
    """What stands in a row, from left to right."""

    PRIORITY = 0
    TIME = 1
    TITLE = 2
    PLACE = 3
    STATE = 4
    COUNT = 5


HEADINGS: Final = {
    Column.PRIORITY: N_("Priority"),
    Column.TIME: N_("Time"),
    Column.TITLE: N_("Alarm"),
    Column.PLACE: N_("Place"),
    Column.STATE: N_("State"),
    Column.COUNT: N_("Count"),
}

_Key = tuple[bool, tuple[int, int, int, Any, str]]


def order(alarm: Alarm) -> _Key:
    """The order of the rows: that of the queue, what is hidden last."""
    return alarm.state in words.HIDDEN, queue_order(alarm)


class AlarmsModel(QAbstractTableModel):
    """One row an alarm. Hidden alarms are counted always and shown on demand."""

    def __init__(self, clock: Clock, zone: tzinfo, people: People, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._zone = zone
        self._people = people
        self._alarms: dict[AlarmId, Alarm] = {}
        self._rows: list[tuple[_Key, AlarmId]] = []
        self._show_hidden = False

    # ---------------------------------------------------------------- reading

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """Every live alarm, shown or not, in no order."""
        return tuple(self._alarms.values())

    @property
    def total(self) -> int:
        """How many live alarms there are, hidden ones included."""
        return len(self._alarms)

    @property
    def waiting(self) -> int:
        """How many somebody must still acknowledge."""
        return sum(alarm.state in words.WAITING for alarm in self._alarms.values())

    @property
    def hidden(self) -> int:
        """How many are shelved, suppressed or out of service."""
        return sum(alarm.state in words.HIDDEN for alarm in self._alarms.values())

    def alarm(self, row: int) -> Alarm:
        """The alarm of a row."""
        return self._alarms[self._rows[row][1]]

    def get(self, alarm_id: AlarmId | None) -> Alarm | None:
        """The live alarm of that id."""
        return self._alarms.get(alarm_id) if alarm_id else None

    def row_of(self, alarm_id: AlarmId) -> int:
        """The row of an alarm, -1 where it is not shown."""
        alarm = self._alarms.get(alarm_id)
        if alarm is None:
            return -1
        row = bisect_left(self._rows, (order(alarm), alarm_id))
        return row if row < len(self._rows) and self._rows[row][1] == alarm_id else -1

    def waiting_rows(self) -> list[int]:
        """The rows that somebody must still acknowledge, from the top."""
        return [row for row in range(len(self._rows)) if self.alarm(row).state in words.WAITING]

    # ---------------------------------------------------------------- changing

    def upsert(self, alarm: Alarm) -> None:
        """Take in an alarm: a new row, a changed or moved one, or none any more. Older revisions are passed over."""
        known = self._alarms.get(alarm.id)
        if known is not None and known.rev > alarm.rev:
            return
        before = self.row_of(alarm.id)
        if alarm.closed_at is not None:
            self._remove(before)
            self._alarms.pop(alarm.id, None)
            return
        self._alarms[alarm.id] = alarm
        stays = self._show_hidden or alarm.state not in words.HIDDEN
        if before < 0:
            if stays:
                self._insert(alarm)
        elif stays:
            self._move(before, alarm)
        else:
            self._remove(before)

    def begin(self, alarms: Iterable[Alarm]) -> None:
        """Take in what was there before the first event; what an event has told already stays."""
        for alarm in alarms:
            known = self._alarms.get(alarm.id)
            if known is None or known.rev < alarm.rev:
                self.upsert(alarm)

    def show_hidden(self, shown: bool) -> None:
        """Show the hidden alarms too, below all others."""
        if shown == self._show_hidden:
            return
        self._show_hidden = shown
        for alarm in sorted(self._alarms.values(), key=order):
            if alarm.state in words.HIDDEN:
                if shown:
                    self._insert(alarm)
                else:
                    self._remove(self.row_of(alarm.id))

    def _insert(self, alarm: Alarm) -> None:
        entry = (order(alarm), alarm.id)
        row = bisect_left(self._rows, entry)
        self.beginInsertRows(_NOWHERE, row, row)
        self._rows.insert(row, entry)
        self.endInsertRows()

    def _remove(self, row: int) -> None:
        if row < 0:
            return
        self.beginRemoveRows(_NOWHERE, row, row)
        del self._rows[row]
        self.endRemoveRows()

    def _move(self, before: int, alarm: Alarm) -> None:
        entry = (order(alarm), alarm.id)
        rest = self._rows[:before] + self._rows[before + 1 :]
        after = bisect_left(rest, entry)
        if after != before:
            self.beginMoveRows(_NOWHERE, before, before, _NOWHERE, after if after < before else after + 1)
            del self._rows[before]
            insort(self._rows, entry)
            self.endMoveRows()
        else:
            self._rows[before] = entry
        self.dataChanged.emit(self.index(after, 0), self.index(after, len(Column) - 1))

    def tell_time(self) -> None:
        """Have the counting texts drawn anew; called once a second."""
        if self._rows:
            last = len(self._rows) - 1
            self.dataChanged.emit(self.index(0, Column.STATE), self.index(last, Column.STATE))

    def retranslate(self) -> None:
        """Have every word drawn anew."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(Column) - 1))

    # ---------------------------------------------------------------- words

    def state_words(self, alarm: Alarm) -> str:
        """Where an alarm stands, who took it, and how long that counts or how long nobody has."""
        now = self._clock.now()
        state = alarm.state
        if state in words.HIDDEN and alarm.hiding is not None:
            until = words.when(alarm.hiding.until_at, now, self._zone)
            return _("{state} until {time}").format(state=words.term(state), time=until)
        if state in words.WAITING:
            waits = words.span(words.left_until(now, alarm.first_at))
            text = _("{state} {time}").format(state=words.term(state), time=waits)
            if alarm.lapses:
                text = _("{state}, acknowledgement lapsed").format(state=text)
        else:
            text = words.term(state)
            if alarm.acknowledged is not None:
                who = self._people.called(alarm.acknowledged.by)
                text = f"{text} · {who}" if who else text
                if state in (State.ACKED, State.LATCHED_ACKED):
                    left_s = words.left_until(alarm.acknowledged.lease_until_at, now)
                    text = f"{text} · " + _("{time} left").format(time=words.span(left_s))
        if alarm.condition is Condition.UNKNOWN:
            text = _("{state}, source silent").format(state=text)
        return text

    def text(self, alarm: Alarm, column: Column) -> str:
        """The words of one field."""
        match column:
            case Column.PRIORITY:
                return _(words.PRIORITY[alarm.priority])
            case Column.TIME:
                return words.when(alarm.first_at, self._clock.now(), self._zone)
            case Column.TITLE:
                title = words.title_of(alarm)
                return _("[Drill] {title}").format(title=title) if alarm.drill else title
            case Column.PLACE:
                return words.place_of(alarm)
            case Column.STATE:
                return self.state_words(alarm)
            case Column.COUNT:
                return f"×{alarm.count}" if alarm.count > 1 else ""

    # ---------------------------------------------------------------- Qt

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
        alarm = self.alarm(index.row())
        if role == ALARM_ROLE:
            return alarm
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(alarm, Column(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (self.text(alarm, column) for column in Column)))
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(HEADINGS[Column(section)])
        return None
