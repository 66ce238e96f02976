"""The log page: the whole stream with filters and search, corrections, and the cases with their papers."""

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup, QFrame, QLineEdit, QPushButton, QSplitter, QWidget

from console.i18n import N_, _, language
from console.models.events import IncidentChanged, IncidentOpened
from console.models.files import Teller, TimelineLine
from console.models.ids import IncidentId
from console.models.incidents import Incident, IncidentState, LogEntry
from console.models.people import Right
from console.models.text import Text
from console.models.trust import PrintedReport
from console.services import moments, queries, requests
from console.views import words
from console.views.build import bar, button, column, label, named, row
from console.views.logbook.entry import QuickEntry
from console.views.logbook.lines import LogLines, LogList, LogModel
from console.views.rights import may
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

NEWEST: Final = 600
_ALARMS: Final = frozenset({"AlarmRaised", "AlarmChanged", "IncidentOpened", "IncidentChanged", "DispatchChanged",
                            "PlanRunStarted", "PlanRunChanged"})
FILTERS: Final = (
    ("all", N_("All")),
    ("people", N_("Written by people")),
    ("alarms", N_("Alarms and cases")),
    ("machine", N_("The console itself")),
)


def passes(line: TimelineLine, chosen: str, wanted: str) -> bool:
    """Whether a line is shown under this filter and these words; capitals do not matter."""
    kept = {
        "all": True,
        "people": line.kind == "EntryWritten",
        "alarms": line.kind in _ALARMS,
        "machine": line.teller is Teller.MACHINE,
    }[chosen]
    return kept and all(
        part in f"{words.said(line.text)} {words.said(line.who)}".casefold() for part in wanted.casefold().split()
    )


def entry_of(rx: Any, entry_id: str) -> LogEntry | None:
    """The line somebody wrote; runs beside the desk."""
    found: LogEntry | None = rx.get(LogEntry, entry_id)
    return found


class JournalPanel(QWidget):
    """Everything that was said and done, newest first, and the cases it belongs to."""

    moment_chosen = Signal(object)
    footage_asked = Signal(object)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("journal")
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._all: tuple[TimelineLine, ...] = ()
        self._cases: tuple[Incident, ...] = ()
        self._filter = "all"
        self._printed: PrintedReport | None = None
        self.model = LogModel(self)
        self._build()
        self._lines = LogLines(bridge, NEWEST, self)
        self._lines.changed.connect(self._take_in)
        self._list.selectionModel().selectionChanged.connect(lambda *_args: self._allow())
        bridge.on(IncidentOpened, lambda _event: self._ask_cases())
        bridge.on(IncidentChanged, lambda _event: self._ask_cases())
        bridge.actor_changed.connect(lambda _actor: self._allow())
        self._ask_cases()
        self.retranslate()

    def _build(self) -> None:
        self._title = label("journal.title", "heading")
        self._search = named(QLineEdit(), "journal.search")
        self._search.setClearButtonEnabled(True)
        self._search.setMaximumWidth(320)
        self._search.textChanged.connect(lambda _text: self._show())
        self._filters: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        for key, _name in FILTERS:
            made = button(f"journal.filter_{key}", partial(self._choose_filter, key), "quiet")
            made.setCheckable(True)
            group.addButton(made)
            self._filters[key] = made
        self._filters["all"].setChecked(True)
        self._count = label("journal.count", "dim", shrinks=True)
        self._play = button("journal.play", self.play_back, icon="history")
        self._correct = button("journal.correct", self._begin_correction)
        parts = (*self._filters.values(), self._count, self._search, self._play, self._correct)
        head = bar("journal.bar", self._title, *parts)
        self._list = LogList(self._bridge, "journal.lines", self.model, wide=True)
        self._list.doubleClicked.connect(lambda _index: self.play_back())
        self._entry = QuickEntry(self._bridge, "journal.entry")
        left = QWidget()
        stream = column(self._entry, head, self._list)
        stream.setSpacing(0)
        left.setLayout(stream)

        self._cases_title = label("journal.cases_title", "heading")
        self._print = button("journal.print", self._print_case, icon="printer")
        self._footage = button("journal.footage", self.ask_for_footage, icon="file-export")
        self._case_model = RowsModel((N_("Case"), N_("What"), N_("State")), self)
        self._case_table = RowsTable("journal.cases", self._case_model, {0: "2026-0000", 1: 0.55, 2: 0.45})
        self._case_table.selectionModel().selectionChanged.connect(lambda *_args: self._allow())
        self._paper = label("journal.paper", "dim", wraps=True)
        self._open = button("journal.open_paper", self._open_paper, icon="external-link")
        self._open.hide()
        self._paper_box = named(QFrame(), "journal.paper_box", "bar")
        self._paper_box.setLayout(row(self._paper, self._open, margins=(8, 6, 8, 6)))
        self._paper_box.hide()
        right = QWidget()
        cases = column(bar("journal.cases_bar", self._cases_title, 1, self._footage, self._print), self._case_table, self._paper_box)
        cases.setSpacing(0)
        right.setLayout(cases)
        split = named(QSplitter(Qt.Orientation.Horizontal), "journal.split")
        split.setChildrenCollapsible(False)
        split.setHandleWidth(4)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 66)
        split.setStretchFactor(1, 34)
        split.setSizes([6600, 3400])
        self.setLayout(column(split))

    # ---------------------------------------------------------------- keys

    def begin(self) -> None:
        """Give the keyboard to the field in which a line is written."""
        self._entry.begin()

    def write(self) -> bool:
        """Put the cursor where a line is written."""
        return self._entry.begin()

    # ---------------------------------------------------------------- the stream

    def _take_in(self, lines: tuple[TimelineLine, ...]) -> None:
        self._all = lines
        self._show()

    def _choose_filter(self, key: str) -> None:
        self._filter = key
        self._show()

    def _show(self) -> None:
        wanted = self._search.text()
        shown = tuple(line for line in self._all if passes(line, self._filter, wanted))
        self.model.show(shown)
        filtered = len(shown) != len(self._all)
        text = _("{n} of the newest {total} lines") if filtered else _("The newest {total} lines")
        self._count.setText(text.format(n=len(shown), total=len(self._all)))
        self._allow()

    def play_back(self) -> bool:
        """Show the recordings of the chosen line, or of the chosen case where its list has the keyboard."""
        case = self._case_table.chosen_key()
        if case and (self._case_table.hasFocus() or self._list.chosen() is None):
            self._bridge.ask(moments.of_incident, IncidentId(case), language(), then=self.moment_chosen.emit)
            return True
        return self._list.ask_moment(self.moment_chosen.emit)

    def _begin_correction(self) -> None:
        line = self._list.chosen()
        if line is not None:
            self._bridge.ask(
                entry_of, line.subject, then=lambda entry: self._entry.correct(entry) if entry is not None else None
            )

    # ---------------------------------------------------------------- the cases

    def _ask_cases(self) -> None:
        self._bridge.ask(queries.recent_incidents, then=self._set_cases)

    def _set_cases(self, cases: tuple[Incident, ...]) -> None:
        self._cases = cases
        self._show_cases()

    def _show_cases(self) -> None:
        now = self._bridge.clock.now()
        rows = []
        for case in self._cases:
            is_open = case.state is IncidentState.OPEN
            ended = words.term(case.verdict) if case.verdict is not None else words.term(case.state)
            state = f"{words.when(case.opened_at, now, self._zone)}  {ended}"
            what = " · ".join(filter(None, (words.said(case.title), words.said(case.place_name))))
            rows.append(
                Row(case.id, (case.number, what, state), ((1, "text.main"), (2, "text.strong" if is_open else "")))
            )
        self._case_model.show(rows)
        self._allow()

    def _print_case(self) -> None:
        case = self._case_table.chosen_key()
        if not case:
            return
        self._paper_box.show()
        self._open.hide()
        self._paper.setText(_("Making the report ..."))
        self._bridge.print_report("incident", IncidentId(case), language(), self._paper_made)

    def ask_for_footage(self) -> bool:
        """Begin a request for the footage of the chosen case; False where none is chosen or this person may not ask."""
        case = self._case_table.chosen_key()
        if not case or not self._footage.isEnabled():
            return False
        self._bridge.ask(requests.of_case, IncidentId(case), then=self.footage_asked.emit)
        return True

    def _paper_made(self, report: PrintedReport) -> None:
        self._printed = report
        self._paper.setText(_("Saved: {file}, check code {code}").format(file=report.file, code=report.short_code))
        self._open.show()

    def _open_paper(self) -> None:
        if self._printed is None:
            return
        file = self._bridge.surroundings.data_dir / self._printed.file
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(file))):
            self._bridge.refused.emit(
                Text(f"本机没有可打开 PDF 的程序，文件在 {file}", f"Nothing here opens a PDF; the file is {file}")
            )

    def _allow(self) -> None:
        line = self._list.chosen()
        actor = self._bridge.actor is not None
        self._correct.setEnabled(actor and line is not None and line.kind == "EntryWritten")
        self._print.setEnabled(actor and bool(self._case_table.chosen_key()))
        self._footage.setEnabled(may(self._bridge.actor, Right.WRITE_LOG) and bool(self._case_table.chosen_key()))
        self._play.setEnabled(actor and (line is not None or bool(self._case_table.chosen_key())))

    def show_incident(self, incident: object) -> None:
        """Choose a case that another panel shows."""
        for n, case in enumerate(self._cases):
            if case.id == incident:
                self._case_table.selectRow(n)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Duty log"))
        for key, name in FILTERS:
            self._filters[key].setText(_(name))
        self._search.setPlaceholderText(_("Search"))
        self._search.setAccessibleName(_("Search the log"))
        self._correct.setText(_("Correct ..."))
        self._play.setText(_("Play back"))
        self._play.setToolTip(_("Play the recordings of the chosen line or case") + "  Ctrl+R")
        self._list.setAccessibleName(_("Duty log"))
        self._list.say_when_empty(_("No lines"))
        self._cases_title.setText(_("Cases"))
        self._print.setText(_("Report"))
        self._footage.setText(_("Footage"))
        self._footage.setToolTip(_("Ask for the footage that is locked for the chosen case") + "  Ctrl+G")
        self._open.setText(_("Open"))
        self._case_table.setAccessibleName(_("Cases"))
        self._case_table.say_when_empty(_("No cases yet"))
        self._entry.retranslate()
        self.model.retranslate()
        self._case_model.retranslate()
        self._case_table.set_widths()
        self._show_cases()
        self._show()


