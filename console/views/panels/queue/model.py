"""The live alarms as rows: upserted by id, in the order of the queue, many changes at once, never reset while somebody reads."""

from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from console.i18n import N_, _
from console.models.alarms import Alarm
from console.models.ids import AlarmId
from console.views import words
from console.views.panels.queue.rows import Key, Row, arrange, is_shown, key_of
from console.views.panels.queue.says import Says

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
_FEW_RUNS: Final = 8  # more runs of rows than this are taken in or out as one


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


class AlarmsModel(QAbstractTableModel):
    """One row an alarm, but for what is folded under another; what is hidden is counted and has no row.

    `rearranging` and `rearranged` come before and after rows come, go or change places, once for however many did;
    `counting` when the first row counts anything, or none does any more.
    """

    rearranging = Signal()
    rearranged = Signal()
    counting = Signal()

    def __init__(self, says: Says, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.says = says
        self._alarms: dict[AlarmId, Alarm] = {}
        # Who went to history before the list of who is live was read; None once it has been.
        self._gone: set[AlarmId] | None = set()
        self._keys: dict[AlarmId, Key] = {}
        self._rows: list[Row] = []
        self._at: dict[AlarmId, int] = {}
        self._under: dict[AlarmId, AlarmId] = {}
        self._opened: set[AlarmId] = set()
        self._pinned: dict[AlarmId, Key] = {}
        self._by_place = False
        self._fits: Callable[[Alarm], bool] | None = None
        self._counts = False
        self._busy = False
        self._again: set[AlarmId] | None = None

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
        return sum(key[1] == 0 for name, key in self._keys.items() if is_shown(self._alarms[name]))

    @property
    def hidden(self) -> int:
        """How many are shelved, suppressed or out of service."""
        return sum(not is_shown(alarm) for alarm in self._alarms.values())

    @property
    def filtered_out(self) -> int:
        """How many alarms of the queue the filter keeps out of sight."""
        fits = self._fits
        return 0 if fits is None else sum(is_shown(alarm) and not fits(alarm) for alarm in self._alarms.values())

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows as they stand."""
        return tuple(self._rows)

    @property
    def counts(self) -> bool:
        """Whether a row says how often its alarm came."""
        return self._counts

    def row(self, row: int) -> Row:
        """What a row is."""
        return self._rows[row]

    def alarm(self, row: int) -> Alarm:
        """The alarm of a row."""
        return self._alarms[self._rows[row].id]

    def get(self, alarm_id: AlarmId | None) -> Alarm | None:
        """The live alarm of that id."""
        return self._alarms.get(alarm_id) if alarm_id else None

    def row_of(self, alarm_id: AlarmId) -> int:
        """The row of an alarm, -1 where it has none of its own."""
        return self._at.get(alarm_id, -1)

    def head_of(self, alarm_id: AlarmId) -> AlarmId | None:
        """The alarm under which this one is folded out of sight; None where it is not."""
        return self._under.get(alarm_id) if alarm_id not in self._at else None

    def waiting_rows(self) -> list[int]:
        """The rows that stand for something that somebody must still acknowledge, from the top."""
        return [row for row, one in enumerate(self._rows) if one.waits(self._keys[one.id][1] == 0)]

    def most_urgent(self) -> AlarmId | None:
        """The alarm that waits and comes first by the order of the queue, folded away, filtered out or not."""
        keys = [key for name, key in self._keys.items() if key[1] == 0 and is_shown(self._alarms[name])]
        return AlarmId(min(keys)[4]) if keys else None

    def members(self, alarm_id: AlarmId) -> tuple[Alarm, ...]:
        """The group that an alarm stands in, its head first; empty where nothing is folded there."""
        row = self.row_of(self.head_of(alarm_id) or alarm_id)
        while row > 0 and self._rows[row].child:
            row -= 1
        one = self._rows[row] if row >= 0 else Row(alarm_id)
        return tuple(self._alarms[name] for name in (one.id, *one.folded)) if one.folded else ()

    def next_waiting(self, after: AlarmId | None = None) -> AlarmId | None:
        """The next alarm that waits, from the top or after another, folded ones in their turn; None where none does."""
        order: list[AlarmId] = []
        for row in self._rows:
            order.append(row.id)
            if not row.opened:
                order += row.folded
        waiting = [one for one in order if self._keys[one][1] == 0]
        if after is None or after not in order:
            return waiting[0] if waiting else None
        here = order.index(after)
        later = [one for one in order[here + 1 :] if self._keys[one][1] == 0] or waiting
        return later[0] if later else None

    # ---------------------------------------------------------------- changing

    def upsert(self, alarm: Alarm) -> None:
        """Take in one alarm."""
        self.take_in((alarm,))

    def take_in(self, alarms: Iterable[Alarm]) -> None:
        """Take in alarms: new rows, changed or moved ones, or none any more. Older revisions are passed over."""
        touched: set[AlarmId] = set()
        for alarm in alarms:
            known = self._alarms.get(alarm.id)
            if known is not None and known.rev > alarm.rev:
                continue
            touched.add(alarm.id)
            self._alarms[alarm.id] = alarm
            self._keys[alarm.id] = key_of(alarm)
        if not touched:
            return
        self._rearrange(touched)
        # What has gone to history had a row until a moment ago, and whoever asked for it then was answered.
        for name in [one for one in touched if self._alarms[one].closed_at is not None]:
            del self._alarms[name], self._keys[name]
            self._opened.discard(name)
            if self._gone is not None:
                self._gone.add(name)

    def begin(self, alarms: Iterable[Alarm]) -> None:
        """Take in what was there before the first event; what an event has told already stays, also that it has gone."""
        gone, self._gone = self._gone or set(), None
        self.take_in(
            alarm
            for alarm in alarms
            if alarm.id not in gone and (alarm.id not in self._alarms or self._alarms[alarm.id].rev < alarm.rev)
        )

    def open(self, head: AlarmId, opened: bool) -> bool:
        """Show what is folded under an alarm, or fold it again; False where that changes nothing."""
        row = self.row_of(head)
        if row < 0 or not self._rows[row].folded or self._rows[row].opened == opened:
            return False
        (self._opened.add if opened else self._opened.discard)(head)
        self._rearrange({head})
        return True

    def fold_by_place(self, folded: bool) -> None:
        """Fold what is of no life class by place, or no more."""
        if folded != self._by_place:
            self._by_place = folded
            self._rearrange(set(self._alarms))

    def filter(self, fits: Callable[[Alarm], bool] | None) -> None:
        """Show only what fits; None shows everything."""
        self._fits = fits
        self._rearrange(set())

    def pin(self, alarm_id: AlarmId | None) -> None:
        """Leave the row of an alarm where it stands, whatever happens to it; None lets go."""
        row = self.row_of(alarm_id) if alarm_id is not None else -1
        while row >= 0 and self._rows[row].child:
            row -= 1
        head = self._rows[row].id if row >= 0 else None
        if head is not None and head in self._pinned:
            return
        had = bool(self._pinned)
        self._pinned = {head: self._key_now(row)} if head is not None else {}
        if had:
            self._rearrange(set())

    def _key_now(self, row: int) -> Key:
        one = self._rows[row]
        own = self._keys[one.id]
        members = [own, *(self._keys[name] for name in one.folded)]
        first = (min(key[n] for key in members) for n in range(3))
        return (*first, own[3], own[4])  # type: ignore[return-value]

    def _rearrange(self, touched: set[AlarmId]) -> None:
        """Show what is so now. Asked for by somebody who hears of rows that just move, it is done when they have moved."""
        if self._busy:
            self._again = touched | (self._again or set())
            return
        self._busy = True
        try:
            self._show(touched)
        finally:
            self._busy = False
        if self._again is not None:
            later, self._again = self._again, None
            self._rearrange(later)

    def _show(self, touched: set[AlarmId]) -> None:
        fits = self._fits
        shown = [
            alarm
            for alarm in self._alarms.values()
            if alarm.closed_at is None and is_shown(alarm) and (fits is None or fits(alarm))
        ]
        new = arrange(shown, self._keys, opened=self._opened, by_place=self._by_place, pinned=self._pinned)
        before = {row.id: row for row in self._rows}
        if [row.id for row in new] == [row.id for row in self._rows]:
            self._set(new)
        else:
            self.rearranging.emit()
            self._become(new)
            self.rearranged.emit()
        changed = {self._at[name] for name in touched if name in self._at} | self._heads_of(touched)
        changed |= {n for n, row in enumerate(new) if before.get(row.id, row) != row}
        for first, last in _runs(sorted(changed)):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))
        counts = any(self._alarms[row.id].count > 1 for row in new)
        if counts != self._counts:
            self._counts = counts
            self.counting.emit()

    def _heads_of(self, touched: set[AlarmId]) -> set[int]:
        return {self._at[self._under[name]] for name in touched if self._under.get(name) in self._at}

    def _set(self, rows: list[Row]) -> None:
        self._rows = rows
        self._at = {row.id: n for n, row in enumerate(rows)}
        self._under = {name: row.id for row in rows for name in row.folded}

    def _become(self, new: list[Row]) -> None:
        """Turn the rows into others by the fewest steps that Qt knows: take out, put in order, put in."""
        wanted = {row.id for row in new}
        gone = [n for n, row in enumerate(self._rows) if row.id not in wanted]
        runs = _runs(gone)
        if len(runs) > _FEW_RUNS:
            self._reorder([row for row in self._rows if row.id in wanted] + [row for row in self._rows if row.id not in wanted])
            runs = [(len(self._rows) - len(gone), len(self._rows) - 1)]
        for first, last in reversed(runs):
            self.beginRemoveRows(_NOWHERE, first, last)
            self._set(self._rows[:first] + self._rows[last + 1 :])
            self.endRemoveRows()
        kept = [row for row in new if row.id in self._at]
        came = [n for n, row in enumerate(new) if row.id not in self._at]
        if [row.id for row in kept] != [row.id for row in self._rows]:
            self._reorder(kept)
        runs = _runs(came)
        if len(runs) <= _FEW_RUNS:
            for first, last in runs:
                self.beginInsertRows(_NOWHERE, first, last)
                self._set(self._rows[:first] + new[first : last + 1] + self._rows[first:])
                self.endInsertRows()
        else:
            first = len(self._rows)
            self.beginInsertRows(_NOWHERE, first, first + len(came) - 1)
            self._set(self._rows + [new[n] for n in came])
            self.endInsertRows()
            self._reorder(new)
        self._set(new)

    def _reorder(self, rows: list[Row]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        names = [self._rows[index.row()].id for index in before]
        self._set(rows)
        after = [self.index(self._at[name], index.column()) for name, index in zip(names, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def tell_time(self) -> None:
        """Have the counting texts drawn anew; called once a second."""
        if self._rows:
            last = len(self._rows) - 1
            self.dataChanged.emit(self.index(0, Column.TITLE), self.index(last, Column.STATE))

    def retranslate(self) -> None:
        """Have every word drawn anew."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(Column) - 1))

    # ---------------------------------------------------------------- words

    def text(self, row: Row, column: Column) -> str:
        """The words of one field."""
        alarm = self._alarms[row.id]
        match column:
            case Column.PRIORITY:
                return _(words.PRIORITY[row.priority(alarm.priority)])
            case Column.TIME:
                return self.says.began(alarm)
            case Column.TITLE:
                return self.says.title(alarm)
            case Column.PLACE:
                return words.place_of(alarm)
            case Column.STATE:
                return self.says.state(alarm)
            case Column.COUNT:
                return f"×{alarm.count}" if alarm.count > 1 else ""

    def folded_words(self, row: Row) -> str:
        """What is said of the alarms under a row; nothing where there are none."""
        if not row.folded:
            return ""
        said = _("+{n} of this place") if row.by_place else _("+{n} that follow")
        text = said.format(n=len(row.folded))
        return _("{text}, {n} waiting").format(text=text, n=row.waiting) if row.waiting else text

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
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(row, Column(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            said = (self.says.whole(self._alarms[row.id]), self.folded_words(row))
            return "\n".join(filter(None, said))
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(HEADINGS[Column(section)])
        return None


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Numbers in ascending order as runs, first and last of each."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
