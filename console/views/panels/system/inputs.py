"""Every alarm input: whether it hears, what came of it today, its test, its options, and who is unknown to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.i18n import N_, _, language
from console.models.errors import ConsoleError
from console.models.events import CanaryChanged, SourceChanged
from console.models.ids import SourceId
from console.models.inputs import Canary, CanaryResult, InputFacts, LedgerRow
from console.models.people import Right
from console.models.signals import SourceHealth
from console.models.trust import PrintedReport
from console.services import canary, inputs, queries
from console.views import words
from console.views.build import bar, button, column, label, row
from console.views.panels.system.looking import Looking
from console.views.panels.system.options import OptionsPart
from console.views.panels.system.quarantine import QuarantinePart
from console.views.rights import may
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

LOOK_MS: Final = 1000
LEDGER_EVERY_TURNS: Final = 10
_HEADINGS: Final = (
    N_("Source"), N_("Kind"), N_("Listens at"), N_("State"), N_("Last heard"), N_("Received"), N_("Shown"),
    N_("Handled"), N_("Lost"), N_("Test signal"),
)  # fmt: skip
_SHARES: Final[Mapping[int, str | float]] = {
    0: 0.56, 1: 0.44, 2: "000.000.000.000:00000", 3: "Not heard yet", 4: "Last heard 0", 5: "Received", 6: "Handled",
    7: "Handled", 8: "Handled", 9: "Received, not shown 00:00",
}  # fmt: skip


class InputsTab(QWidget):
    """The sources above, the unknown senders and the chosen source's options below. Looks only while it is seen."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._health: dict[SourceId, SourceHealth] = {}
        self._canaries: dict[SourceId, Canary] = {}
        self._ledger: dict[SourceId, LedgerRow] = {}
        self._facts: dict[SourceId, InputFacts] = {}
        self._title = label("system.inputs_title", "heading")
        self._says = label("system.inputs_says", "dim", shrinks=True)
        self._test = button("system.inputs_test", self.test, icon="activity")
        self._print = button("system.inputs_print", self.print_today, icon="printer")
        self._table = RowsTable("system.inputs", RowsModel(_HEADINGS, self), _SHARES)
        self._table.selectionModel().selectionChanged.connect(lambda *_args: self._choose())
        self.quarantine = QuarantinePart(bridge)
        self.options = OptionsPart(bridge, self._changed)
        upper = column(bar("system.inputs_bar", self._title, self._says, self._test, self._print), self._table)
        upper.setSpacing(0)
        lower = row(self.quarantine, self.options)
        lower.setStretch(0, 1)
        lower.setStretch(1, 1)
        lower.setSpacing(4)
        whole = column(upper, lower)
        whole.setStretch(0, 9)
        whole.setStretch(1, 11)
        whole.setSpacing(4)
        self.setLayout(whole)
        bridge.on(SourceChanged, lambda event: self._take_health(event.health))
        bridge.on(CanaryChanged, lambda event: self._take_canary(event.canary))
        bridge.ask(queries.source_states, then=self._begin_health)
        bridge.ask(canary.latest, then=self._begin_canaries)
        bridge.actor_changed.connect(lambda _actor: self._allow())
        self.looking = Looking(self, LOOK_MS, LEDGER_EVERY_TURNS, self._ask, self._show)
        self.retranslate()

    # ---------------------------------------------------------------- what the buttons do

    def test(self) -> None:
        """Send a test signal through the chosen source."""
        source, asked, actor = self._chosen(), self._bridge.surroundings.inputs, self._bridge.actor
        if source is None or asked is None or actor is None:
            return
        self._says.setText(_("A test signal is on its way…"))
        self._bridge.attend(asked.test(source, actor), self._tested, self._refused)

    def _tested(self, kept: Canary) -> None:
        if kept.result is CanaryResult.MISSING:
            self._says.setText(words.said(kept.reason) or _("The test signal did not come in."))
        else:
            self._says.setText(_("The test signal is on disk after {ms} ms.").format(ms=f"{kept.round_trip_ms:.0f}"))

    def print_today(self) -> None:
        """Print the ledger of the running day."""
        self._bridge.ask(inputs.day_of, then=self._print_day)

    def _print_day(self, day: str) -> None:
        def printed(report: PrintedReport) -> None:
            self._says.setText(_("Printed: {file}").format(file=report.file))

        self._bridge.print_report("source_ledger", day, language(), then=printed)

    def _refused(self, error: ConsoleError) -> None:
        self._says.setText(words.said(error.text))

    # ---------------------------------------------------------------- what it hears

    def _begin_health(self, states: tuple[SourceHealth, ...]) -> None:
        self._health = {state.source: state for state in states} | self._health
        self._show()

    def _begin_canaries(self, found: dict[SourceId, Canary]) -> None:
        self._canaries = found | self._canaries
        self._show()

    def _take_health(self, health: SourceHealth) -> None:
        self._health[health.source] = health
        self._show()

    def _take_canary(self, came: Canary) -> None:
        self._canaries[came.source] = came
        self._show()

    def _set_ledger(self, rows: tuple[LedgerRow, ...]) -> None:
        self._ledger = {one.source: one for one in rows}
        self._show()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.looking.begin()
        if not self._table.chosen_key() and self._table.rows.rowCount():
            self._table.selectRow(0)

    def _ask(self) -> None:
        self._bridge.ask(inputs.today, then=self._set_ledger)

    def _changed(self) -> None:
        self._show()
        self._choose()

    # ---------------------------------------------------------------- what it shows

    def _chosen(self) -> SourceId | None:
        key = self._table.chosen_key()
        return SourceId(key) if key in self._facts else None

    def _choose(self) -> None:
        source = self._chosen()
        self.options.show_source(self._facts.get(source) if source is not None else None)
        self._allow()

    def _allow(self) -> None:
        facts = self._facts.get(self._chosen() or SourceId(""))
        self._test.setEnabled(facts is not None and facts.can_test and self._bridge.actor is not None)
        self._print.setEnabled(may(self._bridge.actor, Right.EXPORT_REPORTS))

    def _show(self) -> None:
        asked = self._bridge.surroundings.inputs
        if asked is not None:
            self._facts = {facts.id: facts for facts in asked.facts()}
        now = self._bridge.clock.now()
        self._table.rows.show([self._row(setup.id, now) for setup in self._bridge.site.sources])
        self._allow()

    def _row(self, source: SourceId, now: datetime) -> Row:
        facts, health, day = self._facts.get(source), self._health.get(source), self._ledger.get(source)
        setup = next(one for one in self._bridge.site.sources if one.id == source)
        state = words.source_state(health)
        sick = health is not None and not health.healthy
        heard_at = facts.heard_at if facts is not None else None
        came, tone = self._canary_words(source, facts, now)
        counts = ("", "", "", "") if day is None else (day.received, day.shown, day.handled, day.lost)
        fields = (
            words.said(setup.name),
            words.said(facts.kind_name) if facts is not None else setup.kind,
            facts.address if facts is not None and facts.address else "—",
            state,
            words.span(max(0.0, (now - heard_at).total_seconds())) if heard_at is not None else "—",
            *(str(count) for count in counts),
            came,
        )
        tones = [(0, "text.main"), (9, tone)]
        tones += [(3, "state.fault")] if sick else []
        tones += [(8, "state.fault")] if day is not None and day.lost else []
        return Row(source, fields, tuple(tones), tip=words.pair(health.sentence_zh, health.sentence_en) if health and sick else "")

    def _canary_words(self, source: SourceId, facts: InputFacts | None, now: datetime) -> tuple[str, str]:
        last = self._canaries.get(source)
        if facts is not None and not facts.can_test:
            return "—", "text.dim"
        if last is None:
            return _("none yet"), "text.dim"
        when = words.when(last.shown_at or last.received_at or last.sent_at, now, self._zone)
        if last.result is CanaryResult.SHOWN and last.round_trip_ms is not None:
            return f"✓ {last.round_trip_ms:.0f} ms  {when}", "text.main"
        bad = last.result in (CanaryResult.MISSING, CanaryResult.UNSEEN)
        return f"{words.term(last.result)}  {when}", "state.fault" if bad else "text.dim"

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Alarm inputs"))
        self._test.setText(_("Test"))
        self._test.setToolTip(_("Sends a test signal over the chosen source's own wire and waits until it is shown."))
        self._print.setText(_("Print today's ledger"))
        self._table.setAccessibleName(_("Alarm inputs"))
        self._table.say_when_empty(_("The site has no sources"))
        self._table.rows.retranslate()
        self._table.set_widths()
        self.quarantine.retranslate()
        self.options.retranslate()
        self._show()
