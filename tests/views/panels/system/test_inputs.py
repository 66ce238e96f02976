"""The inputs on the screen: clocks, counts, tests, unknown senders, options and numbers changed with a reason."""

from concurrent.futures import Future
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton

from console.bridge import Surroundings
from console.models.errors import ConsoleError
from console.models.ids import SourceId, new_id
from console.models.inputs import Canary, CanaryResult, InputFacts, Inputs, Option, OptionKind, Settlement
from console.models.settings import value_of
from console.models.text import Text
from console.services import canary, inputs, settings
from console.services.inputs import quarantine
from console.views.panels.status.panel import StatusPanel
from console.views.panels.system.inputs import InputsTab
from console.views.panels.system.options import read, written
from console.views.panels.system.panel import SystemPanel
from console.views.panels.system.settings import SettingsTab
from console.views.rows import RowsTable
from tests.services.inputs_at_hand import stranger
from tests.views.posts import Seat

PANEL = SourceId("panel")
PORT = Option(name="port", kind=OptionKind.WHOLE, label=Text("端口", "Port"))
ACCOUNTS = Option(name="accounts", kind=OptionKind.DATA, label=Text("账号", "Accounts"), default=[])


class Asked:
    """The running sources, as the screen may ask them; what it asked is kept."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.tested: list[SourceId] = []
        self.changed: list[tuple[Any, ...]] = []
        self.outcome: Canary | ConsoleError | None = None
        self.is_watched = False
        self.chosen: dict[str, Any] = {"port": 12001}

    def facts(self) -> tuple[InputFacts, ...]:
        heard_at = self.seat.clock.now() - timedelta(seconds=37)
        return tuple(
            InputFacts(
                id=setup.id, kind=setup.kind, kind_name=Text("主机", "Panels"), name=setup.name,
                address="127.0.0.1:12000", heard_at=heard_at, can_test=setup.id == PANEL,
                options=(PORT, ACCOUNTS) if setup.id == PANEL else (), of_site={"port": 0}, chosen=dict(self.chosen),
            )
            for setup in self.seat.bridge.site.sources
        )  # fmt: skip

    def test(self, source: SourceId, _by: Any) -> "Future[Canary]":
        self.tested.append(source)
        return self._done(self.outcome)

    def change(self, *asked: Any) -> "Future[None]":
        self.changed.append(asked)
        return self._done(self.outcome)

    def _done(self, outcome: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        if isinstance(outcome, ConsoleError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
        return future

    def watched(self) -> None:
        self.is_watched = True


@pytest.fixture
def asked(seat: Seat) -> Asked:
    """Sources that answer the screen."""
    asked = Asked(seat)
    old = seat.bridge.surroundings
    fields = {name: getattr(old, name) for name in Surroundings.__slots__}
    verbs = Inputs(facts=asked.facts, test=asked.test, change=asked.change, watched=asked.watched)
    seat.bridge.surroundings = Surroundings(**{**fields, "inputs": verbs})
    return asked


@pytest.fixture
def tab(qtbot: Any, seat: Seat, asked: Asked) -> InputsTab:
    seat.take_keyboard("chen")
    made = InputsTab(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    return made


def words_of(widget: Any, name: str) -> list[tuple[str, ...]]:
    rows = widget.findChild(RowsTable, f"system.{name}").rows
    QAbstractItemModelTester(rows)
    return [rows.row(n).words for n in range(rows.rowCount())]


def field(widget: Any, name: str) -> QLineEdit:
    found = widget.findChild(QLineEdit, f"system.{name}")
    assert isinstance(found, QLineEdit)
    return found


def press(widget: Any, name: str) -> None:
    found = widget.findChild(QPushButton, f"system.{name}")
    assert found.isEnabled(), name
    found.click()


def test_that_a_source_shows_where_it_listens_since_when_it_is_quiet_and_what_came_today(
    qtbot: Any, tab: InputsTab, seat: Seat
) -> None:
    seat.ring("beam-east-1")
    tab.looking.begin()
    qtbot.waitUntil(lambda: words_of(tab, "inputs")[0][5] == "1")
    row = words_of(tab, "inputs")[0]
    assert row[2:5] == ("127.0.0.1:12000", "Not heard yet", "0:37")
    assert row[5:10] == ("1", "0", "0", "0", "none yet")
    seat.clock.advance(60)
    tab.looking.begin()
    qtbot.waitUntil(lambda: words_of(tab, "inputs")[0][8] == "1")  # on no screen in time: lost


def test_that_a_test_says_how_long_it_took_and_a_failed_one_why(qtbot: Any, tab: InputsTab, asked: Asked, seat: Seat) -> None:
    now = seat.clock.now()
    asked.outcome = Canary(
        id="t", source=PANEL, sent_at=now, received_at=now + timedelta(milliseconds=7), result=CanaryResult.RECEIVED
    )
    press(tab, "inputs_test")
    qtbot.waitUntil(lambda: tab._says.text() == "The test signal is on disk after 7 ms.")
    asked.outcome = Canary(
        id="t", source=PANEL, sent_at=now, result=CanaryResult.MISSING, reason=Text("端口不通", "The port is closed.")
    )
    press(tab, "inputs_test")
    qtbot.waitUntil(lambda: tab._says.text() == "The port is closed.")
    assert asked.tested == [PANEL, PANEL]


def test_that_the_tick_of_a_canary_is_painted_before_it_counts_as_shown(qtbot: Any, seat: Seat, asked: Asked) -> None:
    bar = StatusPanel(seat.bridge)
    qtbot.addWidget(bar)
    assert asked.is_watched
    token = new_id()
    seat.desk.do(canary.arrived, token, PANEL, seat.clock.now(), watched=True).result()

    def kept() -> Any:
        return seat.desk.ask(lambda rx: rx.get(Canary, token)).result()

    qtbot.waitUntil(lambda: bool(bar._lamps._fresh))
    assert kept().shown_at is None  # it stands on no screen yet
    bar.resize(1366, 34)
    bar.show()
    qtbot.waitUntil(lambda: kept().result is CanaryResult.SHOWN)
    assert kept().seat == "1"


def test_that_an_unknown_sender_is_settled_with_a_note(qtbot: Any, tab: InputsTab, seat: Seat) -> None:
    seat.desk.do(inputs.receive, stranger(seat.clock.now(), "9999", text_en="Unknown account 9999: fire")).result()
    qtbot.waitUntil(lambda: len(words_of(tab, "quarantine")) == 1)
    assert words_of(tab, "quarantine")[0][0] == "9999"
    tab.quarantine._table.selectRow(0)
    assert not tab.findChild(QPushButton, "system.quarantine_ignore").isEnabled()
    field(tab, "quarantine_note").setText("the neighbours")
    press(tab, "quarantine_ignore")
    qtbot.waitUntil(lambda: words_of(tab, "quarantine")[0][5] == "Ignored: the neighbours")
    (entry,) = seat.desk.ask(quarantine).result()
    assert entry.settled_as is Settlement.IGNORED


def test_that_an_operator_may_look_and_change_nothing(qtbot: Any, tab: InputsTab, seat: Seat) -> None:
    seat.desk.do(inputs.receive, stranger(seat.clock.now(), "9999")).result()
    qtbot.waitUntil(lambda: len(words_of(tab, "quarantine")) == 1)
    tab.quarantine._table.selectRow(0)
    tab.options._table.selectRow(0)
    seat.take_keyboard("li")
    assert not field(tab, "quarantine_note").isEnabled()
    assert not field(tab, "option_reason").isEnabled()
    assert field(tab, "option_value").isReadOnly()


def test_that_an_option_is_changed_with_a_reason_and_given_back(qtbot: Any, tab: InputsTab, asked: Asked, seat: Seat) -> None:
    assert words_of(tab, "options")[0] == ("Port", "12001", "0")
    tab.options._table.selectRow(0)
    field(tab, "option_value").setText("12002")
    field(tab, "option_reason").setText("new switch")
    press(tab, "option_set")
    assert asked.changed[-1] == (PANEL, {"port": 12002}, "new switch", seat.bridge.actor)
    qtbot.waitUntil(lambda: not field(tab, "option_reason").text())
    field(tab, "option_reason").setText("as before")
    press(tab, "option_back")
    assert asked.changed[-1][1] == {"port": None}


def test_that_a_refused_option_says_why_and_keeps_what_was_typed(qtbot: Any, tab: InputsTab, asked: Asked) -> None:
    asked.outcome = ConsoleError(zh="端口不对", en="The port is wrong.")
    tab.options._table.selectRow(0)
    field(tab, "option_reason").setText("try")
    field(tab, "option_value").setText("99999")
    press(tab, "option_set")
    qtbot.waitUntil(lambda: tab.options._says.text() == "The port is wrong.")
    assert field(tab, "option_value").text() == "99999"
    field(tab, "option_value").setText("many")
    press(tab, "option_set")
    assert tab.options._says.text() == 'The value of "port" cannot be read.'


def test_that_data_are_edited_as_yaml(tab: InputsTab, asked: Asked, seat: Seat) -> None:
    tab.options._table.selectRow(1)
    editor = tab.findChild(QPlainTextEdit, "system.option_data")
    assert editor.isVisible()
    editor.setPlainText("- account: '1234'\n  zones: {'1': fence}\n")
    field(tab, "option_reason").setText("another panel")
    press(tab, "option_set")
    assert asked.changed[-1][1] == {"accounts": [{"account": "1234", "zones": {"1": "fence"}}]}


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (OptionKind.FLAG, True, "yes"),
        (OptionKind.NUMBER, 2.5, "2.5"),
        (OptionKind.WHOLE, 12, "12"),
        (OptionKind.DATA, {"a": [1, 2]}, "a: [1, 2]"),
        (OptionKind.SECRET, "secret:door", "secret:door"),
    ],
)
def test_that_what_is_shown_of_an_option_can_be_read_back(kind: OptionKind, value: Any, text: str) -> None:
    option = Option(name="x", kind=kind, label=Text("x", "x"))
    assert written(option, value) == text
    assert read(option, text) == value


@pytest.mark.parametrize(("kind", "text"), [(OptionKind.FLAG, "maybe"), (OptionKind.WHOLE, "1.5"), (OptionKind.DATA, "{")])
def test_that_what_cannot_be_read_is_said(kind: OptionKind, text: str) -> None:
    with pytest.raises(ConsoleError):
        read(Option(name="x", kind=kind, label=Text("x", "x")), text)


def test_that_a_number_of_the_trade_is_changed_on_the_settings_tab(qtbot: Any, seat: Seat) -> None:
    undo = settings.follow(seat.desk)
    seat.take_keyboard("chen")
    made = SettingsTab(seat.bridge)
    qtbot.addWidget(made)
    made.show()
    rows = made._table.rows
    made._table.selectRow(next(n for n in range(rows.rowCount()) if rows.row(n).key == "inputs.canary_within_s"))
    assert made._bounds.text() == "From 1 s to 300 s."
    field(made, "setting_value").setText("400")
    field(made, "setting_reason").setText("slow network")
    press(made, "setting_set")
    qtbot.waitUntil(lambda: "From 1 s to 300 s" in made._says.text())
    field(made, "setting_value").setText("30")
    press(made, "setting_set")
    qtbot.waitUntil(lambda: "slow network" in made._says.text())
    assert value_of(seat.bridge.settings, "inputs.canary_within_s") == 30
    qtbot.waitUntil(lambda: not field(made, "setting_reason").text())
    field(made, "setting_reason").setText("it is faster now")
    press(made, "setting_back")
    qtbot.waitUntil(lambda: value_of(seat.bridge.settings, "inputs.canary_within_s") == 20)
    undo()


def test_that_a_number_being_typed_stays_while_somebody_changes_another(qtbot: Any, seat: Seat) -> None:
    undo = settings.follow(seat.desk)
    by = seat.take_keyboard("chen")
    made = SettingsTab(seat.bridge)
    qtbot.addWidget(made)
    made.show()
    rows = made._table.rows

    def in_force(key: str) -> str:
        return next(rows.row(n).words[1] for n in range(rows.rowCount()) if rows.row(n).key == key)

    made._table.selectRow(next(n for n in range(rows.rowCount()) if rows.row(n).key == "inputs.canary_within_s"))
    field(made, "setting_value").setText("45")
    seat.desk.do(settings.change, "alarm.escalate_after", 4, "at another seat", by=by).result()
    qtbot.waitUntil(lambda: in_force("alarm.escalate_after").endswith("*"))
    assert made._table.chosen_key() == "inputs.canary_within_s"
    assert field(made, "setting_value").text() == "45"
    seat.desk.do(settings.change, "inputs.canary_within_s", 60, "at another seat", by=by).result()
    qtbot.waitUntil(lambda: field(made, "setting_value").text() == "60")
    undo()


@pytest.fixture
def system(qtbot: Any, seat: Seat, asked: Asked) -> SystemPanel:
    seat.take_keyboard("chen")
    made = SystemPanel(seat.bridge)
    qtbot.addWidget(made)
    return made


def test_that_the_system_page_has_the_tab(system: SystemPanel) -> None:
    assert "Inputs" in [system._tabs.tabText(n) for n in range(system._tabs.count())]
