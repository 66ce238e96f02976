"""The due list: soonest first, counting, done by one key."""

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton

from console.models.duty import DueItem, DueState
from console.models.text import Text
from console.services import due
from console.views.panels.due.model import Column, DueModel
from console.views.panels.due.panel import DuePanel
from tests.views.posts import Seat


@pytest.fixture
def panel(qtbot: Any, seat: Seat) -> DuePanel:
    seat.take_keyboard()
    made = DuePanel(seat.bridge)
    made.tester = QAbstractItemModelTester(made.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    return made


def add(seat: Seat, kind: str, name: str, minutes: float, **more: Any) -> DueItem:
    due_at = seat.clock.now() + timedelta(minutes=minutes)
    return seat.desk.do(due.add, kind, name, Text(name, name), due_at, **more).result()


def texts(model: DueModel, column: Column) -> list[str]:
    return [model.index(row, column).data(Qt.ItemDataRole.DisplayRole) for row in range(model.rowCount())]


def test_that_items_stand_soonest_first_and_count_down(qtbot: Any, panel: DuePanel, seat: Seat) -> None:
    add(seat, "other", "later", 120)
    add(seat, "other", "soon", 5)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    assert texts(panel.model, Column.TITLE) == ["soon", "later"]
    assert texts(panel.model, Column.LEFT) == ["5:00", "2:00:00"]
    seat.clock.advance(360)
    assert texts(panel.model, Column.LEFT) == ["1:00 late", "1:54:00"]


def test_that_the_tab_counts_what_is_due_or_overdue(qtbot: Any, panel: DuePanel, seat: Seat) -> None:
    told: list[int] = []
    panel.tally.connect(told.append)
    add(seat, "other", "soon", 30, notice_s=60.0)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    assert told[-1] == 0
    seat.clock.advance(1800)
    seat.desk.do(due.tick).result()
    qtbot.waitUntil(lambda: told[-1] == 1)


def test_that_one_key_does_the_topmost_item_that_a_person_can_do(qtbot: Any, panel: DuePanel, seat: Seat) -> None:
    by_fact = add(seat, "patrol_round", "round", 1)
    by_hand = add(seat, "other", "check the doors", 2)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    assert panel.do_top()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    record = {item.id: item for item in seat.desk.ask(lambda rx: rx.find(DueItem)).result()}
    assert record[by_hand.id].state is DueState.DONE
    assert record[by_hand.id].done_by == "p-zhang"
    assert record[by_fact.id].state is not DueState.DONE
    assert not panel.do_top(), "a round is not ticked off, it is walked"


def test_that_nothing_is_done_while_nobody_has_the_keyboard(qtbot: Any, panel: DuePanel, seat: Seat) -> None:
    add(seat, "other", "check the doors", 2)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    seat.bridge.take_keyboard(None)
    assert not panel.do_top()
    assert not panel.findChild(QPushButton, "due.done").isEnabled()


def test_that_an_item_that_takes_another_time_moves(qtbot: Any, panel: DuePanel, seat: Seat) -> None:
    add(seat, "other", "one", 5)
    add(seat, "other", "two", 10)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    add(seat, "other", "one", 20)
    qtbot.waitUntil(lambda: texts(panel.model, Column.TITLE) == ["two", "one"])


def test_that_each_second_draws_only_the_countdowns_and_midnight_the_days_too(
    qtbot: Any, panel: DuePanel, seat: Seat
) -> None:
    add(seat, "other", "soon", 30)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    drawn: list[Column] = []
    panel.model.dataChanged.connect(lambda _first, last: drawn.append(Column(last.column())))
    panel.model.tell_time()
    assert drawn == [Column.LEFT]
    seat.clock.advance(86_400)
    panel.model.tell_time()
    panel.model.tell_time()
    assert drawn == [Column.LEFT, Column.AT, Column.LEFT]
