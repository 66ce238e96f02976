"""Rows never jump under the reader's eye, and what comes meanwhile is counted where it waits."""

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton

from console.models.alarms import Priority
from console.models.signals import SignalKind
from console.models.timing import AlarmTiming
from console.services import alarms
from console.views.panels.queue.panel import QueuePanel
from tests.views.panels.queue.test_alarms_model import AT, alarm
from tests.views.posts import Seat


@pytest.fixture
def queue(qtbot: Any, seat: Seat) -> QueuePanel:
    seat.take_keyboard()
    made = QueuePanel(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1100, 420)
    made.show()
    qtbot.waitExposed(made)
    return made


def place_of(queue: QueuePanel, alarm_id: str) -> int:
    return queue.table.visualRect(queue.model.index(queue.model.row_of(alarm_id), 0)).top()


def named(queue: QueuePanel, name: str) -> QPushButton:
    found = queue.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def come(queue: QueuePanel, first: int, n: int, priority: Priority) -> None:
    for one in range(first, first + n):
        queue._take_in(alarm(f"x{one:04}", priority=priority, first_at=AT + timedelta(seconds=one)))


def test_that_the_chosen_row_keeps_its_place_through_two_hundred_others(qtbot: Any, queue: QueuePanel) -> None:
    come(queue, 0, 5, Priority.MEDIUM)
    queue._show_news()
    assert queue.table.choose("x0002")
    before = place_of(queue, "x0002")
    for turn in range(20):
        come(queue, 1000 + 10 * turn, 5, Priority.CRITICAL)
        come(queue, 2000 + 10 * turn, 5, Priority.LOW)
        queue._show_news()
        assert place_of(queue, "x0002") == before, f"jumped at batch {turn}"
        assert queue.table.chosen().id == "x0002"
    assert queue.model.rowCount() == 205


def test_that_an_acknowledged_row_stays_where_it_is_until_nobody_reads(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    first = seat.ring("beam-east-1")
    seat.clock.advance(1)
    other = seat.ring("beam-east-2")
    qtbot.waitUntil(lambda: queue.model.rowCount() == 2)
    assert queue.next_alarm()
    assert queue.acknowledge()
    qtbot.waitUntil(lambda: queue.table.chosen().acknowledged is not None)
    assert [row.id for row in queue.model.rows] == [first.id, other.id]
    queue.table._hold.stop()
    queue.table._let_go()
    assert [row.id for row in queue.model.rows] == [other.id, first.id]
    assert queue.table.chosen().id == first.id


def test_that_the_list_goes_back_to_its_top_when_nobody_reads(qtbot: Any, queue: QueuePanel) -> None:
    come(queue, 0, 5, Priority.MEDIUM)
    queue._show_news()
    queue.table.choose("x0000")
    come(queue, 1000, 40, Priority.CRITICAL)
    queue._show_news()
    assert queue.table.verticalScrollBar().value() == 40
    chip = named(queue, "queue.new")
    assert chip.isVisible()
    assert "40 new above" in chip.text()
    queue.table._hold.stop()
    queue.table._let_go()
    assert queue.table.verticalScrollBar().value() == 0


def test_that_the_chip_goes_to_what_nobody_has_seen(qtbot: Any, queue: QueuePanel) -> None:
    come(queue, 0, 60, Priority.MEDIUM)
    queue._show_news()
    qtbot.waitUntil(lambda: "new below" in named(queue, "queue.new").text())
    qtbot.waitUntil(lambda: len(queue.table._seen) > 3)
    seen = len(queue.table._seen)
    assert seen < 20
    named(queue, "queue.new").click()
    qtbot.waitUntil(lambda: len(queue.table._seen) > seen)
    assert f"{60 - len(queue.table._seen)} new below" in named(queue, "queue.new").text()
    for _page in range(12):
        if not queue.show_new():
            break
        queue.table.viewport().repaint()
    assert not named(queue, "queue.new").isVisible()
    assert not queue.show_new()


def test_that_what_was_painted_or_counted_is_on_record_with_the_seat(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    def timings() -> dict[str, AlarmTiming]:
        return {one.id: one for one in seat.desk.ask(lambda rx: rx.find(AlarmTiming)).result()}

    def ring(names: range) -> list[str]:
        ids = []
        for n in names:
            ids.append(seat.ring(f"far-{n}", alarm_class="access", priority=3).id)
            seat.clock.advance(120)  # no flood
        return ids

    ids = ring(range(30))
    qtbot.waitUntil(lambda: all(one.shown_at is not None for one in timings().values()))
    away = queue.table.away
    assert away.above + away.below > 0, "some are out of sight, and their number is not"
    assert {timings()[one].shown_seat for one in ids} == {"1"}
    queue.hide()
    unseen = ring(range(30, 33))
    qtbot.waitUntil(lambda: queue.model.rowCount() == 33)
    assert all(timings()[one].shown_at is None for one in unseen)


def test_that_a_burst_of_a_thousand_is_all_there_and_no_life_alarm_is_folded(
    qtbot: Any, queue: QueuePanel, seat: Seat
) -> None:
    for n in range(1000):
        kind = ("intrusion", "fault", "access", "fire")[n % 4]
        seat.desk.do(
            alarms.receive, seat._signal(f"burst-{n}", SignalKind.ALARM, "BA", kind, n % 4 + 1, "突发", "burst")
        )
    qtbot.waitUntil(lambda: queue.model.total == 1000, timeout=60_000)
    assert queue.flood.is_on
    counted = {row.id for row in queue.model.rows} | {one for row in queue.model.rows for one in row.folded}
    assert len(counted) == 1000
    life = [row for row in queue.model.rows if row.folded and queue.model.get(row.id).latching]
    assert not life
