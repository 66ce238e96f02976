"""Ctrl+G in the real window: the footage of a case is asked for, and the request says of which case it is."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from console.config import DataFolder
from console.models.files import FootageRegisterFile, FootageRequestFile
from console.models.footage import FootageRequest
from console.models.incidents import Incident
from console.models.recording import RecordMode
from console.services import forms, incidents
from console.views.main_window import MainWindow
from tests.views.posts import Seat


@pytest.fixture
def window(qtbot: Any, seat: Seat) -> Any:
    seat.take_keyboard()
    made = MainWindow(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    qtbot.waitExposed(made)
    made.speak("en")
    made.panels["queue"].begin()
    yield made
    made.hide()


def ctrl_g(qtbot: Any, window: MainWindow) -> None:
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_G, modifier=Qt.KeyboardModifier.ControlModifier)


def field(window: MainWindow, name: str) -> QLineEdit:
    found = window.findChild(QLineEdit, f"footage.new_{name}")
    assert found is not None, name
    return found


def a_case(qtbot: Any, window: MainWindow, seat: Seat) -> Incident:
    """A case of an alarm whose camera is recorded, chosen in the queue, some minutes later."""
    recorded = {one.id for one in seat.bridge.site.cameras if one.record.mode is not RecordMode.NONE}
    point = next(one for one in seat.bridge.site.points if recorded.intersection(one.cameras))
    alarm = seat.ring(point.id)
    case: Incident = seat.desk.do(incidents.open_for, alarm.id, by=seat.bridge.actor).result()
    seat.clock.advance(180)
    queue = window.panels["queue"]
    qtbot.waitUntil(lambda: queue.model.rowCount() == 1 and queue.model.alarm(0).incident == case.id)
    queue.table.choose(alarm.id)
    qtbot.waitUntil(lambda: asks(window).isVisible())
    return case


def asks(window: MainWindow) -> QPushButton:
    found = window.findChild(QPushButton, "response.kept_ask")
    assert found is not None
    return found


def on_record(seat: Seat) -> tuple[FootageRequest, ...]:
    return seat.desk.ask(lambda rx: rx.find(FootageRequest)).result()


def of_form(seat: Seat, kind: str, record: str, folder: Path) -> Any:
    return seat.desk.ask(forms.GATHER[kind], record, "x", DataFolder(folder)).result()


def test_that_the_footage_of_a_case_is_asked_for_with_a_key_and_the_case_stands_on_it(
    qtbot: Any, window: MainWindow, seat: Seat, tmp_path: Path
) -> None:
    case = a_case(qtbot, window, seat)
    ctrl_g(qtbot, window)
    panel = window.panels["footage"]
    qtbot.waitUntil(lambda: window.page == "registers" and panel.isVisible() and panel.line.asked is not None)
    assert case.number in panel.line.asked.title
    assert case.number in field(window, "purpose").text()
    assert field(window, "requester").hasFocus()
    known = {one.id for one in seat.bridge.site.cameras}
    field(window, "requester").setText("Zhang San")
    field(window, "document").setText("Police 0815")
    field(window, "purpose").setText("Theft, article 54")
    panel.line.confirm()
    qtbot.waitUntil(lambda: len(on_record(seat)) == 1)
    (request,) = on_record(seat)
    assert request.incident == case.id
    assert request.from_at == (case.detected_at - timedelta(seconds=300)).replace(microsecond=0)
    assert request.until_at == seat.clock.now().replace(microsecond=0)
    assert request.cameras
    assert known.issuperset(request.cameras)

    said = f"Incident {case.number}"
    qtbot.waitUntil(lambda: panel.table.rows.rowCount() == 1 and said in panel.table.rows.row(0).words[3])
    panel.table.selectRow(0)
    assert said in window.findChild(QLabel, "footage.about").text()
    form: FootageRequestFile = of_form(seat, "footage_request", request.id, tmp_path)
    assert form.incident == case.number
    month: FootageRegisterFile = of_form(seat, "footage_register", f"{seat.clock.now():%Y-%m}", tmp_path)
    assert month.cases == {case.id: case.number}
    # What the request keeps is no second line of what the case keeps.
    assert len(window.panels["response"]._kept._found) == len(request.cameras)


def test_that_a_case_of_the_log_is_asked_for_when_it_is_put_away(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    case = a_case(qtbot, window, seat)
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_4, modifier=Qt.KeyboardModifier.ControlModifier)
    journal = window.panels["journal"]
    qtbot.waitUntil(lambda: journal._case_model.rowCount() == 1)
    journal._case_table.selectRow(0)
    journal._case_table.setFocus()
    window.findChild(QPushButton, "journal.footage").click()
    panel = window.panels["footage"]
    qtbot.waitUntil(lambda: window.page == "registers" and panel.line.asked is not None)
    assert case.number in field(window, "purpose").text()
    assert panel.line.leave()
    assert on_record(seat) == ()


def test_that_only_who_writes_the_log_asks_for_it(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    a_case(qtbot, window, seat)
    assert asks(window).isEnabled()
    seat.take_keyboard("chen")  # an administrator: neither handles alarms nor writes the log
    assert not asks(window).isEnabled()
    assert "writes the log" in asks(window).toolTip()
    assert not window.panels["response"].ask_for_footage()
    assert window.page == "watch"
