"""A filter of the queue says what it keeps out of sight; a search finds what has gone to history."""

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from console.models.text import Text
from console.services import alarms
from console.views.panels.queue.panel import QueuePanel
from tests.views.posts import Seat


@pytest.fixture
def queue(qtbot: Any, seat: Seat) -> QueuePanel:
    seat.take_keyboard()
    made = QueuePanel(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1200, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


def text(queue: QueuePanel, name: str) -> str:
    found = queue.findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found.text()


def field(queue: QueuePanel) -> QLineEdit:
    found = queue.findChild(QLineEdit, "queue.find_text")
    assert isinstance(found, QLineEdit)
    return found


def test_that_a_filter_says_how_many_it_hides_and_esc_shows_them_again(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    seat.ring("beam-east-2")
    seat.ring("beam-west-1")
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(lambda: queue.model.rowCount() == 3)
    assert queue.narrow()
    assert field(queue).hasFocus()
    qtbot.keyClicks(field(queue), "east fence")
    qtbot.waitUntil(lambda: queue.model.rowCount() == 1)
    assert text(queue, "queue.find_says") == "1 of 3 shown, 2 hidden by the filter"
    assert queue.strip.figures.toolTip().startswith("Critical: ")
    assert queue.model.waiting == 3, "what a filter hides still waits"
    assert queue.leave()
    assert queue.find_line.isHidden()
    assert queue.model.rowCount() == 1
    assert queue._filter_bar.isVisible()
    assert text(queue, "queue.filter_says") == "1 of 3 shown, 2 hidden by the filter"
    assert queue.leave()
    assert queue.model.rowCount() == 3
    assert not queue._filter_bar.isVisible()
    assert not queue.leave()


def test_that_history_is_found_by_words_with_its_number(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    actor = seat.bridge.actor
    for n in range(3):
        one = seat.ring("x-water", alarm_class="flood", priority=3, en="Cellar wet", zh="地下室积水")
        seat.restore("x-water", alarm_class="flood")
        seat.desk.do(alarms.acknowledge, one.id, by=actor).result()
        seat.clock.advance(60 + n)
    live = seat.ring("beam-east-2")
    assert queue.search()
    field(queue).setText("积水")
    qtbot.keyClick(field(queue), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: queue.found.table.rows.rowCount() == 3)
    assert text(queue, "queue.find_says") == "3 found"
    assert {queue.found.table.rows.row(n).words[4] for n in range(3)} == {"History"}
    field(queue).clear()
    qtbot.keyClicks(field(queue), "beam")
    qtbot.waitUntil(lambda: text(queue, "queue.find_says") == "1 found")
    queue.found.table.selectRow(0)
    assert queue.open_plan(), "Enter goes to what is still in the queue"
    qtbot.waitUntil(lambda: queue.table.chosen() is not None and queue.table.chosen().id == live.id)
    assert queue.find_line.isHidden()


def test_that_what_has_gone_to_history_is_said_to_be_gone(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    said: list[Text] = []
    seat.bridge.refused.connect(said.append)
    one = seat.ring("x-water", alarm_class="flood", priority=3)
    seat.restore("x-water", alarm_class="flood")
    seat.desk.do(alarms.acknowledge, one.id, by=seat.bridge.actor).result()
    queue.search()
    qtbot.waitUntil(lambda: queue.found.table.rows.rowCount() == 1)
    queue.found.table.selectRow(0)
    assert queue.found.open()
    assert "history" in said[-1].en


def test_that_pages_are_turned_and_counted(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    for n in range(203):
        seat.desk.do(alarms.receive, seat._signal(f"x-{n}", _kind(), "C", "access", 4, "", ""))
    qtbot.waitUntil(lambda: queue.model.total == 203)
    assert not queue.next_found()
    queue.search()
    qtbot.waitUntil(lambda: text(queue, "queue.find_says") == "1 to 200, more: PgDn")
    assert queue.next_found()
    qtbot.waitUntil(lambda: text(queue, "queue.find_says") == "201 to 203 of 203 found")
    assert queue.previous_found()
    qtbot.waitUntil(lambda: text(queue, "queue.find_says") == "1 to 200, more: PgDn")


def test_that_a_search_is_narrowed_by_class_priority_and_period(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    seat.ring("x-old", alarm_class="access", priority=3)
    seat.clock.advance(timedelta(days=2).total_seconds())
    seat.ring("x-new", alarm_class="access", priority=3)
    seat.ring("x-fire", alarm_class="fire", priority=1)
    queue.search()
    qtbot.waitUntil(lambda: text(queue, "queue.find_says") == "3 found")
    queue.find_line._period.setCurrentIndex(3)
    qtbot.waitUntil(lambda: text(queue, "queue.find_says") == "2 found")
    queue.find_line._priority.setCurrentIndex(1)
    qtbot.waitUntil(lambda: text(queue, "queue.find_says") == "1 found")
    assert queue.leave()
    assert queue.find_line.is_empty, "a search that is left narrows nothing"
    assert queue.model.rowCount() == 3


def _kind() -> Any:
    from console.models.signals import SignalKind

    return SignalKind.ALARM
