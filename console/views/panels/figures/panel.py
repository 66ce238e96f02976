"""The figures page: what the post has to bear and how fast it is, live and over any past period, and on paper."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDate, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QGridLayout, QWidget
from typing_extensions import override

from console.i18n import _, language
from console.models.events import AlarmChanged, AlarmRaised
from console.models.figures import AlarmFigures
from console.models.people import Right
from console.models.settings import seconds_of
from console.models.trust import PrintedReport
from console.services.figures import alarm_figures
from console.views import words
from console.views.build import bar, button, column, label, named
from console.views.panels.figures.chart import Chart
from console.views.panels.figures.periods import PERIODS, between
from console.views.panels.figures.rows import (
    LOAD_HEADINGS,
    POINT_HEADINGS,
    SPAN_HEADINGS,
    load,
    noisiest,
    times,
)
from console.views.rights import may
from console.views.rows import RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

# A burst of alarms asks once.
SETTLE_MS: Final = 500
EVERY_MS: Final = 30_000
FIRST: Final = 2  # the last 24 hours


class FiguresPanel(QWidget):
    """Looks after itself only while somebody looks at it."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("figures")
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._figures: AlarmFigures | None = None
        self._asked: tuple[datetime, datetime] | None = None
        self._title = label("figures.title", "heading")
        self._says = label("figures.says", "dim", shrinks=True)
        self.period = named(QComboBox(), "figures.period")
        self.first, self.last = (named(QDateEdit(), f"figures.{name}") for name in ("first", "last"))
        for day in (self.first, self.last):
            day.setCalendarPopup(True)
            day.setDisplayFormat("yyyy-MM-dd")
            day.dateChanged.connect(lambda _day: self.look())
        self._print = button("figures.print", self.print_period, icon="printer")
        self.chart = Chart(self._zone)
        self._load = RowsTable("figures.load", RowsModel(LOAD_HEADINGS, self), {0: 1.0, 1: "000, 100 %", 2: "about 80 %"})
        self._times = RowsTable(
            "figures.times",
            RowsModel(SPAN_HEADINGS, self),
            {0: 1.0, 1: "≤ 00:00 ", 2: "100 %", 3: "Half within", 4: "0000 ms", 5: "0000 ms", 6: "00:00:00", 7: "Not yet"},
        )
        self._noisiest = RowsTable("figures.points", RowsModel(POINT_HEADINGS, self), {0: 1.0, 1: "Alarms", 2: "00.0 %"})
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        grid.addWidget(self._load, 0, 0, 2, 1)
        grid.addWidget(self._times, 0, 1)
        grid.addWidget(self._noisiest, 1, 1)
        grid.setColumnStretch(0, 40)
        grid.setColumnStretch(1, 60)
        grid.setRowStretch(0, 34)
        grid.setRowStretch(1, 66)
        head = bar("figures.bar", self._title, self._says, self.period, self.first, self.last, self._print)
        whole = column(head, self.chart)
        whole.setSpacing(0)
        whole.addLayout(grid)
        whole.setStretch(1, 30)
        whole.setStretch(2, 70)
        self.setLayout(whole)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SETTLE_MS)
        self._soon.timeout.connect(self.look)
        self._turn = QTimer(self)
        self._turn.setInterval(EVERY_MS)
        self._turn.timeout.connect(self._again)
        bridge.on(AlarmRaised, lambda _event: self._again())
        bridge.on(AlarmChanged, lambda _event: self._again())
        bridge.actor_changed.connect(lambda _actor: self._allow())
        self._list_periods()
        today = bridge.clock.now().astimezone(self._zone).date()
        for day in (self.first, self.last):
            day.blockSignals(True)
            day.setDate(QDate(today.year, today.month, today.day))
            day.blockSignals(False)
        self.period.currentIndexChanged.connect(lambda _index: self.look())
        self.retranslate()

    def bounds(self) -> tuple[datetime, datetime]:
        """The period that is chosen, in UTC."""
        chosen = self.period.currentData()
        period = next((one for one in PERIODS if one.key == chosen), None)
        if period is not None:
            begins, ends = period.bounds(self._bridge.clock.now(), self._zone)
        else:
            first, last = (
                datetime(day.date().year(), day.date().month(), day.date().day(), tzinfo=self._zone)
                for day in (self.first, self.last)
            )
            begins, ends = between(first, last)
        return begins.astimezone(UTC), ends.astimezone(UTC)

    def look(self) -> None:
        """Have the figures of the chosen period reckoned."""
        own = self.period.currentData() == "own"
        for day in (self.first, self.last):
            day.setVisible(own)
        self._asked = self.bounds()
        self._bridge.ask(alarm_figures, *self._asked, then=self.show_figures)

    def _again(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def show_figures(self, figures: AlarmFigures) -> None:
        """Show the figures of a period; those of a period that is no longer chosen are let go."""
        if self._asked is not None and (figures.since_at, figures.until_at) != self._asked:
            return
        self._figures = figures
        settings = self._bridge.settings
        self.chart.show_figures(
            figures, seconds_of(settings, "figures.per_slot"), seconds_of(settings, "figures.most_per_hour")
        )
        self._load.rows.show(load(figures, settings))
        self._times.rows.show(times(figures))
        self._noisiest.rows.show(noisiest(figures))
        since, until = (words.day_and_time(at, self._zone) for at in (figures.since_at, figures.until_at))
        self._says.setText(_("{since} to {until}; without drills and tests").format(since=since, until=until))

    def print_period(self) -> None:
        """Print the figures of the chosen period."""
        since_at, until_at = self.bounds()
        self._bridge.print_report(
            "alarm_figures", f"{since_at.isoformat()}/{until_at.isoformat()}", language(), then=self._printed
        )

    def _printed(self, report: PrintedReport) -> None:
        self._says.setText(_("Printed: {file}").format(file=report.file))

    def _allow(self) -> None:
        self._print.setEnabled(may(self._bridge.actor, Right.EXPORT_REPORTS))

    def _list_periods(self) -> None:
        chosen = self.period.currentIndex()
        self.period.blockSignals(True)
        self.period.clear()
        for one in PERIODS:
            self.period.addItem(_(one.title), one.key)
        self.period.addItem(_("From day to day"), "own")
        self.period.setCurrentIndex(chosen if chosen >= 0 else FIRST)
        self.period.blockSignals(False)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._turn.start()
        self.look()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._list_periods()
        self._title.setText(_("Alarm figures"))
        self._print.setText(_("Print"))
        self.period.setAccessibleName(_("Period"))
        self.first.setAccessibleName(_("First day"))
        self.last.setAccessibleName(_("Last day"))
        for table, name, empty in (
            (self._load, _("Load"), ""),
            (self._times, _("Times"), ""),
            (self._noisiest, _("Noisiest points"), _("No alarms in this period")),
        ):
            table.setAccessibleName(name)
            table.say_when_empty(empty)
            table.rows.retranslate()
            table.set_widths()
        self._allow()
        if self._figures is not None:
            self.show_figures(self._figures)
