"""One alarm from F1 to the closed case, by the keyboard alone."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QWidget

from console.models.alarms import Means
from console.models.incidents import Incident, IncidentState, Verdict
from console.models.plans import PlanRun, RunState
from console.views import theme
from console.views.main_window import MainWindow
from tests.views.posts import Seat


@pytest.fixture
def window(qtbot: Any, seat: Seat) -> MainWindow:
    seat.take_keyboard()
    made = MainWindow(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    qtbot.waitExposed(made)
    made.panels["queue"].begin()
    return made


def press(qtbot: Any, window: MainWindow, *keys: Qt.Key | str, **more: Any) -> None:
    for key in keys:
        here = QApplication.focusWidget() or window
        qtbot.keyClicks(here, key) if isinstance(key, str) else qtbot.keyClick(here, key, **more)


def test_that_an_alarm_goes_from_f1_to_the_closed_case_by_keys_alone(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    queue = window.panels["queue"]
    seat.ring("door-b3-back", alarm_class="access", priority=3)
    beam = seat.ring("beam-east-2")
    seat.restore("beam-east-2")
    qtbot.waitUntil(lambda: queue.model.total == 2)
    press(qtbot, window, Qt.Key.Key_F1)
    assert queue.table.chosen().id == beam.id
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: seat.alarm(beam.id).acknowledged is not None)
    qtbot.waitUntil(lambda: queue.table.chosen().acknowledged is not None)
    press(qtbot, window, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: queue.line.asked is not None)
    press(qtbot, window, "2", "1", "a man with a bag", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seat.alarm(beam.id).verified is not None)
    assert (seat.alarm(beam.id).verification, seat.alarm(beam.id).verified.how) == (2, Means.VIDEO)
    assert queue.table.hasFocus()
    qtbot.wait(100)
    assert runs(seat) == (), "the Enter that ended the form does nothing more"
    assert cases(seat) == ()
    press(qtbot, window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(runs(seat)) == 1)
    response = window.panels["response"]
    qtbot.waitUntil(lambda: getattr(response._body, "step_id", None) is not None)
    while_running(qtbot, window, seat)
    closing = response._body
    assert closing.verdict() is not None or closing.choose(1)
    press(qtbot, window, Qt.Key.Key_8)
    assert closing.verdict() is Verdict.DRILL
    press(qtbot, window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cases(seat)[0].state is IncidentState.CLOSED)
    qtbot.waitUntil(lambda: queue.model.get(beam.id) is None)


def while_running(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    """Answer every step by its first digit, or by Enter where it has none, until the plan is done."""
    response = window.panels["response"]
    for _turn in range(30):
        run = runs(seat)[0]
        if run.state is not RunState.ACTIVE:
            break
        assert run.place is not None
        shown = run.place.step
        qtbot.waitUntil(lambda shown=shown: getattr(response._body, "step_id", None) == shown)
        for key in (Qt.Key.Key_1, Qt.Key.Key_Return):
            press(qtbot, window, key)
            if went_on(qtbot, seat, run):
                break
        else:
            pytest.fail(f"no key leads on from {shown}, focus {QApplication.focusWidget()}")
    qtbot.waitUntil(lambda: hasattr(response._body, "verdict"))


def went_on(qtbot: Any, seat: Seat, run: PlanRun) -> bool:
    """Whether the key that was pressed was an answer; one that only chooses something changes nothing on record."""
    qtbot.wait(10)
    seat.desk.do(lambda tx: None).result()  # what a key asks for is done in turn: its answer is on record now
    return len(runs(seat)[0].visits) > len(run.visits) or runs(seat)[0].state is not run.state


def runs(seat: Seat) -> tuple[PlanRun, ...]:
    return seat.desk.ask(lambda rx: rx.find(PlanRun)).result()


def cases(seat: Seat) -> tuple[Incident, ...]:
    return seat.desk.ask(lambda rx: rx.find(Incident)).result()


def test_that_the_letters_of_a_form_are_no_keys_of_the_post(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    queue = window.panels["queue"]
    beam = seat.ring("beam-east-2")
    qtbot.waitUntil(lambda: queue.model.total == 1)
    press(qtbot, window, Qt.Key.Key_F1, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: queue.line.asked is not None)
    press(qtbot, window, Qt.Key.Key_Space, Qt.Key.Key_C, Qt.Key.Key_X)
    assert seat.alarm(beam.id).acknowledged is None
    assert seat.alarm(beam.id).owner is None
    press(qtbot, window, Qt.Key.Key_Escape)
    assert queue.line.asked is None
    assert queue.table.hasFocus()
    press(qtbot, window, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: seat.alarm(beam.id).owner is not None)


def test_that_ctrl_h_shows_what_is_hidden_and_f1_comes_back(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    beam = seat.ring("beam-east-2")
    qtbot.waitUntil(lambda: window.panels["queue"].model.total == 1)
    press(qtbot, window, Qt.Key.Key_H, modifier=Qt.KeyboardModifier.ControlModifier)
    assert window.page == "registers"
    assert window.panels["hidden"].table.hasFocus()
    press(qtbot, window, Qt.Key.Key_F1)
    assert window.page == "watch"
    assert window.panels["queue"].table.chosen().id == beam.id


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_that_in_a_flood_six_rows_are_read_in_the_smallest_usual_window(
    qtbot: Any, window: MainWindow, seat: Seat, language: str
) -> None:
    window.speak(language)
    queue = window.panels["queue"]
    for n in range(40):
        seat.ring(f"x{n}", alarm_class="access", priority=2 + n % 3)
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(lambda: queue.model.total == 41 and queue.flood.is_on)
    press(qtbot, window, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: window.work.front() == "response")
    press(qtbot, window, "/")
    qtbot.waitUntil(queue.find_line.isVisible)
    qtbot.waitUntil(lambda: queue.table.seen_rows >= 6)
    said = [one for one in queue.strip.findChildren(QWidget) if one.isVisible()]
    assert any(one.objectName() == "queue.flood" for one in said)
    for one in said:
        assert one.width() >= one.minimumSizeHint().width() or one.objectName() == "queue.gap", one.objectName()
        assert one.geometry().right() < queue.strip.width()
    letters = QFontMetrics(theme.font("strong")).tightBoundingRect("报Ågj|").height()
    assert queue.table.rowHeight(0) >= letters + 4
    press(qtbot, window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: queue.table.seen_rows >= 7)
    press(qtbot, window, Qt.Key.Key_F, modifier=Qt.KeyboardModifier.ControlModifier)
    press(qtbot, window, "x1")
    qtbot.waitUntil(lambda: queue.found.table.model().rowCount() > 6)
    seen = queue.found.table.viewport().height() // queue.found.table.rowHeight(0)
    assert seen >= 5
