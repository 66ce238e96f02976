"""The line by which the queue is narrowed and all history is searched: words, class, priority, source, period."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QPushButton, QWidget
from typing_extensions import override

from console.i18n import N_, _, language
from console.models.alarms import Alarm, AlarmClass, Priority
from console.models.ids import AlarmId
from console.models.playback import Moment
from console.models.timing import AlarmFilter
from console.services import moments
from console.services.search import Page, search_alarms
from console.services.timings import searchable, subject_of
from console.views import words
from console.views.build import button, choices, column, label, named, row, set_role
from console.views.panels.queue.says import Says
from console.views.panels.queue.view import fit_rows
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

PERIODS: Final = (
    (None, N_("Any time")),
    (timedelta(hours=1), N_("Last hour")),
    (timedelta(hours=12), N_("Last 12 hours")),
    (timedelta(days=1), N_("Last day")),
    (timedelta(days=7), N_("Last 7 days")),
    (timedelta(days=30), N_("Last 30 days")),
    (timedelta(days=365), N_("Last year")),
)
TYPED_MS: Final = 180  # after the last letter
_HEADINGS: Final = (N_("Time"), N_("Priority"), N_("Alarm"), N_("Place"), N_("State"), N_("Count"))


class FindLine(QFrame):
    """What is looked for. `asked` when it changed and the typing has stopped, `left` when the line was closed."""

    asked = Signal()
    left = Signal()

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "queue.find", "form")
        self._bridge = bridge
        self.everywhere = False
        self._text = named(QLineEdit(), "queue.find_text")
        self._text.setMaxLength(200)
        self._text.setClearButtonEnabled(True)
        self._where = named(QPushButton(), "queue.find_where")
        self._where.setCheckable(True)
        self._where.toggled.connect(self._switch)
        self._class = choices("queue.find_class", 5)
        self._priority = choices("queue.find_priority", 5)
        self._source = choices("queue.find_source", 5)
        self._period = choices("queue.find_period", 5)
        self._says = label("queue.find_says", "chip")
        self._close = button("queue.find_close", self.left.emit, "quiet")
        self._picks = (self._class, self._priority, self._source, self._period)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(TYPED_MS)
        self._soon.timeout.connect(self.asked)
        self._text.textChanged.connect(lambda _text: self._soon.start())
        self._text.returnPressed.connect(self._at_once)
        for pick in self._picks:
            pick.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            pick.currentIndexChanged.connect(lambda _n: self._soon.start())
        self._where.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        upper = row(self._where, self._text, self._says, self._close)
        upper.setStretchFactor(self._text, 1)
        self._lower = QWidget()
        self._lower.setLayout(row(*self._picks))
        whole = column(upper, self._lower, margins=(8, 4, 8, 4))
        whole.setSpacing(4)
        self.setLayout(whole)
        self.retranslate()
        self.hide()

    @property
    def low_px(self) -> int:
        """How high the line is that narrows the queue: without the picks."""
        return self._text.sizeHint().height() + 8

    def ask(self, *, everywhere: bool) -> None:
        """Show the line and put the cursor into it; over all history, or over the queue only."""
        self._where.setChecked(everywhere)
        self.show()
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)
        self._text.selectAll()
        self.asked.emit()

    def clear(self) -> None:
        """Look for nothing."""
        self._text.clear()
        for pick in self._picks:
            pick.setCurrentIndex(0)
        self._soon.stop()

    def _switch(self, everywhere: bool) -> None:
        self.everywhere = everywhere
        self.retranslate()
        self._soon.start()

    def _at_once(self) -> None:
        self._soon.stop()
        self.asked.emit()

    @property
    def text(self) -> str:
        """The words looked for."""
        return self._text.text().strip()

    @property
    def narrowed(self) -> AlarmFilter:
        """What the picks narrow it to."""
        span = self._period.currentData()
        return AlarmFilter(
            classes=_one(self._class.currentData()),
            priorities=_one(self._priority.currentData()),
            sources=_one(self._source.currentData()),
            since_at=self._bridge.clock.now() - span if span is not None else None,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is looked for, so that everything fits."""
        return not self.text and self.narrowed == AlarmFilter()

    def say(self, text: str, tone: str = "") -> None:
        """Say what was found."""
        self._says.setText(text)
        set_role(self._says, tone=tone)
        self._says.setVisible(bool(text))

    @override
    def setVisible(self, visible: bool) -> None:
        super().setVisible(visible)
        if not visible:
            self._soon.stop()

    def retranslate(self) -> None:
        """Say every word anew."""
        self._lower.setVisible(self.everywhere)
        self._where.setText(_("All history") if self.everywhere else _("This queue"))
        self._where.setToolTip(_("Search all history, or narrow the queue"))
        self._text.setPlaceholderText(
            _("Words, a point, or the number of a case; all history") if self.everywhere else _("Narrow the queue by words")
        )
        self._text.setAccessibleName(self._text.placeholderText())
        self._close.setText(_("Close") + "  Esc")
        sources = [(one.id, words.said(one.name) or one.id) for one in self._bridge.site.sources]
        _fill(self._class, _("Every class"), [(one, words.term(one)) for one in AlarmClass])
        _fill(self._priority, _("Every priority"), [(one, _(words.PRIORITY[one])) for one in Priority])
        _fill(self._source, _("Every source"), [*sources, ("manual", _("Reported by hand"))])
        before = max(0, self._period.currentIndex())
        self._period.blockSignals(True)
        self._period.clear()
        for span, name in PERIODS:
            self._period.addItem(_(name), span)
        self._period.setCurrentIndex(before)
        self._period.blockSignals(False)
        for pick, name in zip(self._picks, (_("Class"), _("Priority"), _("Source"), _("Period")), strict=True):
            pick.setAccessibleName(name)


def _one(value: Any) -> tuple[Any, ...]:
    return () if value is None else (value,)


def _fill(pick: QComboBox, anything: str, options: list[tuple[Any, str]]) -> None:
    before = max(0, pick.currentIndex())
    pick.blockSignals(True)
    pick.clear()
    pick.addItem(anything, None)
    for value, text in options:
        pick.addItem(text, value)
    pick.setCurrentIndex(min(before, pick.count() - 1))
    pick.blockSignals(False)


class Sieve:
    """Whether a live alarm is what the line looks for. The words of an alarm are worked out once."""

    def __init__(self) -> None:
        self._words: dict[AlarmId, str] = {}

    def fits(self, text: str, narrowed: AlarmFilter) -> Callable[[Alarm], bool]:
        """A question about one alarm."""
        wanted = searchable(text).split()

        def answer(alarm: Alarm) -> bool:
            if narrowed.classes and alarm.alarm_class not in narrowed.classes:
                return False
            if narrowed.priorities and alarm.priority not in narrowed.priorities:
                return False
            if narrowed.sources and alarm.source not in narrowed.sources:
                return False
            if narrowed.since_at is not None and alarm.first_at < narrowed.since_at:
                return False
            if not wanted:
                return True
            known = self._words.get(alarm.id)
            if known is None:
                known = self._words[alarm.id] = subject_of(alarm).words
            return all(word in known for word in wanted)

        return answer

    def forget(self, alarm_id: AlarmId) -> None:
        """An alarm has gone."""
        self._words.pop(alarm_id, None)


class Found(QWidget):
    """What a search of all history found: a page of rows, newest first, and further pages. `picked(AlarmId)` by Enter."""

    picked = Signal(str)
    counted = Signal(str)

    def __init__(self, bridge: "Bridge", says: Says, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "queue.found")
        self._bridge = bridge
        self._says = says
        self._zone = words.zone_or_utc(bridge.site)
        self._asked = 0
        self._text = ""
        self._narrowed = AlarmFilter()
        self._starts: list[Any] = [None]
        self._page = Page(alarms=())
        self._before = 0
        self.table = RowsTable(
            "queue.found_table",
            RowsModel(_HEADINGS, self),
            {0: "2026-00-00 00:00:00", 1: "Critical ", 2: 0.5, 3: 0.3, 4: 0.2, 5: "×000"},
        )
        self.table.doubleClicked.connect(lambda _index: self.open())
        whole = column(self.table)
        whole.setSpacing(0)
        self.setLayout(whole)

    def search(self, text: str, narrowed: AlarmFilter) -> None:
        """Look for these from the newest on."""
        self._text, self._narrowed = text, narrowed
        self._starts = [None]
        self._before = 0
        self._ask()

    def turn(self, forward: bool) -> bool:
        """Show the next page, older alarms, or the page before; False where there is none."""
        if forward:
            if self._page.before is None:
                return False
            self._before += len(self._page.alarms)
            self._starts.append(self._page.before)
        elif len(self._starts) > 1:
            self._starts.pop()
            self._before = max(0, self._before - 200)
        else:
            return False
        self._ask()
        return True

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit_rows(self.table)

    def _ask(self) -> None:
        self._asked += 1
        asked = self._asked

        def show(page: Page) -> None:
            if asked == self._asked:  # what was asked before is no longer wanted
                self._show(page)

        self._bridge.ask(search_alarms, self._text, self._narrowed, before=self._starts[-1], then=show)

    def _show(self, page: Page) -> None:
        self._page = page
        self.table.rows.show([self._row(alarm) for alarm in page.alarms])
        self.table.say_when_empty(_("Nothing found"))
        self.table.scrollToTop()
        first, last = self._before + 1, self._before + len(page.alarms)
        if not page.alarms:
            said = _("0 found")
        elif page.before is not None:
            said = _("{first} to {last}, more: PgDn").format(first=first, last=last)
        elif self._before:
            said = _("{first} to {last} of {last} found").format(first=first, last=last)
        else:
            said = _("{n} found").format(n=last)
        self.counted.emit(said)

    def _row(self, alarm: Alarm) -> Row:
        verified = f" · {alarm.verification}" if alarm.verification else ""
        state = words.term(alarm.state) if alarm.closed_at is None else _("History")
        local = alarm.first_at.astimezone(self._zone)
        written = (
            local.strftime("%Y-%m-%d %H:%M:%S"),
            _(words.PRIORITY[alarm.priority]),
            self._says.title(alarm),
            words.place_of(alarm),
            f"{state}{verified}",
            f"×{alarm.count}" if alarm.count > 1 else "",
        )
        live = alarm.closed_at is None
        tones = ((2, "text.main"), (4, "text.strong" if live else "text.dim"))
        return Row(alarm.id, written, tones, tip=self._says.whole(alarm))

    def open(self) -> bool:
        """Go to the chosen alarm in the queue, where it is still there."""
        chosen = self.table.chosen_key()
        if chosen:
            self.picked.emit(chosen)
        return bool(chosen)

    def ask_moment(self, then: Callable[[Moment], None]) -> bool:
        """Find out what there is to be seen of the chosen alarm; False where none is chosen."""
        chosen = self.table.chosen_key()
        if chosen:
            self._bridge.ask(moments.of_alarm, AlarmId(chosen), language(), then=then)
        return bool(chosen)

    def retranslate(self) -> None:
        """Say every word anew."""
        self.table.setAccessibleName(_("Found alarms"))
        self.table.rows.retranslate()
        self._show(self._page)
