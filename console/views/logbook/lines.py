"""The lines of the log, out of the journal: told beside the desk, shown as a list that wraps its words."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from console.i18n import _, language
from console.models.events import Event, event_from
from console.models.files import Teller, TimelineLine
from console.models.narrative import timeline
from console.models.playback import Moment
from console.services import moments, queries
from console.views import icons, theme, words
from console.views.tables import is_for_window, say_when_empty
from console.views.together import Together

if TYPE_CHECKING:
    from console.bridge import Bridge

LINE_ROLE: Final = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
_ICONS: Final = {Teller.PERSON: "user", Teller.SIGNAL: "bell", Teller.MACHINE: "server"}
_PAD: Final = 8
_ICON: Final = 14
# To tell the lines takes the interpreter for some hundredths of a second, which the window then waits for in a burst.
_RESTS_MS: Final = 500
# Signals are told by the alarm they raise; each tick of a list is nobody's reading.
_UNTOLD: Final = frozenset({"SignalReceived"})


def told_lines(rx: Any, timezone: str, limit: int) -> tuple[TimelineLine, ...]:
    """The newest `limit` journal lines as one reads them, newest first; runs beside the desk."""
    lines = [line for line in queries.recent_lines(rx, limit) if line.kind not in _UNTOLD]
    events = [event_from(line) for line in reversed(lines)]
    if not events:
        return ()
    told = timeline(events, names=queries.names(rx), zero_at=events[0].at, timezone=timezone)
    return tuple(reversed(told))


class LogLines(QObject):
    """Keeps the newest lines told; `changed(lines)` a moment after anything happened, and not more often."""

    changed = Signal(object)

    def __init__(self, bridge: "Bridge", limit: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._limit = limit
        self._asking = False
        self._soon = Together(_RESTS_MS, self)
        self._soon.timeout.connect(self.ask)
        bridge.on(Event, lambda _event: self._again())
        self.ask()

    def ask(self) -> None:
        """Have the lines told now; once at a time."""
        if self._asking:
            self._soon.ask()
            return
        self._asking = True
        self._bridge.ask(
            told_lines, self._bridge.site.timezone, self._limit, then=self._told, failed=lambda _error: self._told(None)
        )

    def _again(self) -> None:
        self._soon.ask()

    def _told(self, lines: tuple[TimelineLine, ...] | None) -> None:
        self._asking = False
        if lines is not None:
            self.changed.emit(lines)


class LogModel(QAbstractListModel):
    """Lines newest first. New ones are put on top; what was there stays where the reader has it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[TimelineLine, ...] = ()

    def show(self, lines: tuple[TimelineLine, ...]) -> None:
        """Show these lines; where they only grew on top, only those rows are inserted."""
        old = self._lines
        if lines == old:
            return
        grown = next((n for n in range(len(lines)) if old and lines[n] == old[0]), -1)
        if grown > 0 and lines[grown:] == old[: len(lines) - grown]:
            if len(old) > len(lines) - grown:
                self.beginRemoveRows(_NOWHERE, len(lines) - grown, len(old) - 1)
                self._lines = old[: len(lines) - grown]
                self.endRemoveRows()
            self.beginInsertRows(_NOWHERE, 0, grown - 1)
            self._lines = lines
            self.endInsertRows()
            return
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def line(self, row: int) -> TimelineLine:
        """The line of a row."""
        return self._lines[row]

    def retranslate(self) -> None:
        """Have every word drawn anew."""
        self.beginResetModel()
        self.endResetModel()

    @override
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._lines)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._lines):
            return None
        line = self._lines[index.row()]
        if role == LINE_ROLE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return words.said(line.text)
        return None


class LineDelegate(QStyledItemDelegate):
    """Time, who says it, what. People's lines in full strength, the machine's dim; a late entry says so."""

    def __init__(self, view: "LogList") -> None:
        super().__init__(view)
        self._view = view

    def _columns(self) -> tuple[int, int]:
        measure = QFontMetrics(theme.font("body"))
        return measure.horizontalAdvance("00-00 00:00:00" if self._view.wide else "00:00:00") + 2 * _PAD, _ICON + _PAD

    def _text(self, line: TimelineLine) -> str:
        text = words.said(line.text)
        who = words.said(line.who)
        return f"{who}: {text}" if who and line.teller is Teller.PERSON else text

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        line: TimelineLine = index.data(LINE_ROLE)
        room = self._view.viewport().width() - sum(self._columns()) - _PAD
        measure = QFontMetrics(theme.font("body"))
        box = measure.boundingRect(QRect(0, 0, max(80, room), 4000), Qt.TextFlag.TextWordWrap, self._text(line))
        height = box.height() + 10 + (16 if line.late else 0)
        return QSize(120, max(26, height))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        line: TimelineLine = index.data(LINE_ROLE)
        box: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        times, marks = self._columns()
        person = line.teller is Teller.PERSON
        painter.save()
        painter.fillRect(box, theme.color("focus.selection" if selected else "surface.base"))
        painter.setFont(theme.font("body"))
        top = box.top() + 4
        at = line.at.astimezone(self._view.zone)
        painter.setPen(theme.color("text.dim"))
        painter.drawText(
            QRect(box.left() + _PAD, top, times, 20), Qt.AlignmentFlag.AlignLeft,
            at.strftime("%m-%d %H:%M:%S" if self._view.wide else "%H:%M:%S"),
        )
        icon = self._view.icon(_ICONS[line.teller])
        painter.drawPixmap(box.left() + times, top + 3, icon)
        painter.setPen(theme.color("text.main" if person or line.teller is Teller.SIGNAL else "text.dim"))
        room = QRect(box.left() + times + marks, top, box.width() - times - marks - _PAD, box.height())
        painter.drawText(room, int(Qt.TextFlag.TextWordWrap), self._text(line))
        if line.late:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("state.warning"))
            written = _("Late entry, written {time}").format(time=words.clock(line.written_at, self._view.zone))
            painter.drawText(QRect(room.left(), box.bottom() - 19, room.width(), 16), 0, written)
        painter.restore()


class LogList(QListView):
    """The list. `wide` lists show the date too."""

    def __init__(
        self, bridge: "Bridge", name: str, model: LogModel, *, wide: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._bridge = bridge
        self.wide = wide
        self.zone = words.zone_or_utc(bridge.site)
        self._nothing = ""
        self._icons: dict[str, Any] = {}
        self.setModel(model)
        self.setItemDelegate(LineDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)

    def chosen(self) -> TimelineLine | None:
        """The chosen line."""
        rows = self.selectionModel().selectedRows() if self.selectionModel() is not None else []
        return rows[0].data(LINE_ROLE) if rows else None

    def ask_moment(self, then: Callable[[Moment], None]) -> bool:
        """Find out what there is to be seen of the chosen line; False where none is chosen."""
        line = self.chosen()
        if line is not None:
            self._bridge.ask(moments.of_line, line.subject, line.kind, line.at, language(), then=then)
        return line is not None

    def icon(self, name: str) -> Any:
        """The small icon of a teller, drawn once a look."""
        key = f"{theme.current().name}/{name}"
        if key not in self._icons:
            self._icons[key] = icons.pixmap(name, _ICON, "text.faint", ratio=self.devicePixelRatioF())
        return self._icons[key]

    def say_when_empty(self, sentence: str) -> None:
        """What stands in the middle while there are no lines."""
        self._nothing = sentence
        self.viewport().update()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

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
