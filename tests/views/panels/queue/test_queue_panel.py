"""The queue at a post: still under eye and hand, worked by keys, honest about what it hides."""

from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from console.i18n import _, set_language
from console.models.alarms import Alarm, Means, State
from console.models.plans import PlanRun
from console.models.signals import SignalKind
from console.services import alarms
from console.services.queue import verify
from console.views import theme, words
from console.views.asking import Choices
from console.views.panels.queue import panel as queue_panel
from console.views.panels.queue.model import Column
from console.views.panels.queue.panel import QueuePanel
from tests.views.posts import Seat


@pytest.fixture
def queue(qtbot: Any, seat: Seat) -> QueuePanel:
    seat.take_keyboard()
    made = QueuePanel(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1100, 240)
    made.show()
    return made


def rows(queue: QueuePanel) -> list[str]:
    return [queue.model.alarm(row).id for row in range(queue.model.rowCount())]


def wait_for(qtbot: Any, queue: QueuePanel, n: int) -> None:
    qtbot.waitUntil(lambda: queue.model.rowCount() == n)


def button(queue: QueuePanel, name: str) -> QPushButton:
    found = queue.findChild(QPushButton, f"queue.{name}")
    assert isinstance(found, QPushButton)
    return found


def press(qtbot: Any, queue: QueuePanel, name: str) -> None:
    qtbot.waitUntil(lambda: button(queue, name).isVisible() and button(queue, name).isEnabled())
    qtbot.mouseClick(button(queue, name), Qt.MouseButton.LeftButton)


def test_that_an_alarm_before_the_window_opened_is_there_too(qtbot: Any, seat: Seat) -> None:
    alarm = seat.ring("beam-east-2")
    made = QueuePanel(seat.bridge)
    qtbot.addWidget(made)
    qtbot.waitUntil(lambda: rows(made) == [alarm.id])


def test_that_space_goes_to_the_top_alarm_and_acknowledges_it_only_when_pressed_again(
    qtbot: Any, queue: QueuePanel, seat: Seat
) -> None:
    chosen: list[Alarm | None] = []
    queue.alarm_chosen.connect(chosen.append)
    seat.ring("beam-west-1", priority=2)
    fire = seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    wait_for(qtbot, queue, 2)
    assert queue.acknowledge()
    assert queue.table.chosen().id == fire.id
    assert not queue.acknowledge(), "a hand that shakes"
    seat.clock.advance(queue_panel.SAME_PRESS_S + 0.1)
    assert seat.alarm(fire.id).acknowledged is None, "nothing is acknowledged that was not chosen"
    assert queue.acknowledge()
    qtbot.waitUntil(lambda: seat.alarm(fire.id).acknowledged is not None)
    assert seat.alarm(fire.id).acknowledged.by == "p-zhang"
    qtbot.waitUntil(lambda: chosen and chosen[-1].state is State.ACKED)
    assert chosen[-1].id == fire.id


def test_that_a_second_press_at_once_does_not_acknowledge_the_next_alarm(
    qtbot: Any, queue: QueuePanel, seat: Seat
) -> None:
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    other = seat.ring("beam-west-1")
    wait_for(qtbot, queue, 2)
    assert queue.next_alarm()
    assert queue.acknowledge()
    qtbot.waitUntil(lambda: queue.table.chosen().state is State.ACKED)
    assert not queue.acknowledge()
    assert queue.table.chosen().id != other.id
    seat.clock.advance(queue_panel.SECOND_PRESS_S)
    assert queue.acknowledge()
    assert queue.table.chosen().id == other.id
    assert seat.alarm(other.id).acknowledged is None
    seat.clock.advance(queue_panel.SAME_PRESS_S + 0.1)
    assert queue.acknowledge()
    qtbot.waitUntil(lambda: seat.alarm(other.id).acknowledged is not None)


def test_that_space_does_not_acknowledge_what_is_scrolled_out_of_sight_or_lies_under_a_search(
    qtbot: Any, queue: QueuePanel, seat: Seat
) -> None:
    for point in [point.id for point in seat.bridge.site.points][:14]:
        seat.ring(point)
    wait_for(qtbot, queue, 14)
    mine = queue.model.alarm(0).id
    assert queue.table.choose(mine)
    queue.table.verticalScrollBar().setValue(9)
    assert queue.acknowledge()
    assert queue.table.verticalScrollBar().value() == 0, "it comes back into sight first"
    queue.search()
    assert not queue.model.filtered_out
    assert queue.claim()
    assert queue.acknowledge()
    qtbot.wait(50)
    assert (seat.alarm(mine).acknowledged, seat.alarm(mine).owner) == (None, None)
    assert queue.table.isVisible(), "Space left the search for the most urgent alarm"
    assert queue.table.chosen() is not None


def test_that_f1_goes_to_the_top_by_order_whatever_is_chosen_and_ends_a_filter_that_hides_it(
    qtbot: Any, queue: QueuePanel, seat: Seat
) -> None:
    own = seat.ring("x-alone", alarm_class="system", priority=3)
    door = seat.ring("door-b3-back", alarm_class="access", priority=3)
    wait_for(qtbot, queue, 2)
    assert queue.table.choose(own.id)
    fire = seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    wait_for(qtbot, queue, 3)
    assert queue.table.chosen().id == own.id, "nobody takes the choice away"
    assert queue.next_alarm()
    assert queue.table.chosen().id == fire.id
    assert queue.next_alarm()
    assert queue.table.chosen().id == fire.id, "again is the same"
    queue.narrow()
    queue.find_line._text.setText(door.point)
    queue.find_line.asked.emit()
    wait_for(qtbot, queue, 1)
    assert queue.next_alarm()
    assert queue.table.chosen().id == fire.id
    assert queue.model.rowCount() == 3
    assert queue.find_line.isHidden()


def test_that_nothing_is_done_while_nobody_has_the_keyboard(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    alarm = seat.ring("beam-east-2")
    wait_for(qtbot, queue, 1)
    seat.bridge.take_keyboard(None)
    assert not queue.acknowledge()
    assert not queue.open_plan()
    assert not button(queue, "acknowledge").isEnabled()
    assert not button(queue, "open_plan").isEnabled()
    shown = [name for name, made in queue.verbs.buttons.items() if made.isVisible()]
    assert shown == ["acknowledge", "open_plan"]
    assert seat.alarm(alarm.id).acknowledged is None


def test_that_the_selection_stays_on_its_alarm_when_bigger_ones_come(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    mine = seat.ring("water-garage", alarm_class="flood", priority=3)
    wait_for(qtbot, queue, 1)
    queue.table.choose_row(0)
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    seat.ring("panic-main-gate", alarm_class="panic", priority=1)
    wait_for(qtbot, queue, 3)
    assert queue.table.chosen().id == mine.id
    assert rows(queue)[-1] == mine.id


def test_that_what_is_being_read_stays_in_its_place_when_rows_come_above(
    qtbot: Any, queue: QueuePanel, seat: Seat
) -> None:
    points = [point.id for point in seat.bridge.site.points]
    for point in points[:14]:
        seat.ring(point)
    wait_for(qtbot, queue, 14)
    table = queue.table
    table.verticalScrollBar().setValue(6)
    top = queue.model.alarm(table.rowAt(4)).id
    for point in points[14:18]:
        seat.ring(point, alarm_class="fire", priority=1)
    wait_for(qtbot, queue, 18)
    assert queue.model.alarm(table.rowAt(4)).id == top


def test_that_a_click_does_not_land_on_a_row_that_has_just_jumped_in(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    seat.ring("beam-east-2")
    wait_for(qtbot, queue, 1)
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    wait_for(qtbot, queue, 2)
    spot = queue.table.visualRect(queue.model.index(0, Column.TITLE)).center()
    queue.table._moved.restart()
    qtbot.mouseClick(queue.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert queue.table.chosen() is None
    qtbot.waitUntil(lambda: queue.table._moved.elapsed() > 400)
    qtbot.mouseClick(queue.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert queue.table.chosen() is not None


def test_that_an_alarm_that_leaves_does_not_pass_the_choice_to_its_neighbour(
    qtbot: Any, queue: QueuePanel, seat: Seat
) -> None:
    gone = seat.ring("water-garage", alarm_class="flood", priority=3)
    seat.ring("beam-west-1")
    wait_for(qtbot, queue, 2)
    told: list[Alarm | None] = []
    queue.table.choose_row(queue.model.row_of(gone.id))
    queue.alarm_chosen.connect(told.append)
    seat.restore("water-garage", alarm_class="flood")
    seat.desk.do(alarms.acknowledge, gone.id, by=seat.bridge.actor).result()
    wait_for(qtbot, queue, 1)
    assert queue.table.chosen() is None
    assert told[-1] is None


def test_that_w_walks_from_one_waiting_alarm_to_the_next(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    assert not queue.next_alarm()
    for point in ("beam-east-1", "beam-east-2", "beam-east-3"):
        seat.clock.advance(1)
        seat.ring(point)
    wait_for(qtbot, queue, 3)
    in_order = rows(queue)
    walked = []
    for _press in range(4):
        assert queue.following_alarm()
        walked.append(queue.table.chosen().id)
    assert walked == [*in_order, in_order[0]]


def test_that_the_plan_that_fits_is_opened_for_the_chosen_alarm(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    alarm = seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    wait_for(qtbot, queue, 1)
    assert queue.open_plan()
    assert queue.table.chosen().id == alarm.id
    assert seat.desk.ask(lambda rx: rx.find(PlanRun)).result() == (), "what nobody chose begins no plan"
    assert queue.open_plan()
    qtbot.waitUntil(lambda: bool(seat.desk.ask(lambda rx: rx.find(PlanRun)).result()))
    (run,) = seat.desk.ask(lambda rx: rx.find(PlanRun)).result()
    assert alarm.alarm_class in run.plan.classes
    assert seat.alarm(alarm.id).acknowledged is not None


def test_that_the_table_of_transitions_decides_which_buttons_are_there(
    qtbot: Any, queue: QueuePanel, seat: Seat
) -> None:
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    door = seat.ring("door-b3-back", alarm_class="access", priority=3)
    wait_for(qtbot, queue, 2)
    queue.table.choose_row(queue.model.row_of(door.id))
    assert button(queue, "shelve").isVisible()
    assert not button(queue, "reset").isVisible()
    queue.table.choose_row(0)
    assert not button(queue, "shelve").isVisible(), "a fire may never be shelved"


def test_that_an_alarm_is_shelved_with_a_reason_and_counted_as_hidden(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    asked: list[str] = []
    queue.panel_asked.connect(asked.append)
    door = seat.ring("door-b3-back", alarm_class="access", priority=3)
    wait_for(qtbot, queue, 1)
    queue.table.choose_row(0)
    press(qtbot, queue, "shelve")
    reason = queue.findChild(QLineEdit, "queue.shelve_reason")
    assert reason.isVisible()
    span = queue.findChild(Choices, "queue.shelve_span")
    assert span.hasFocus(), "for how long is asked first, by digit"
    qtbot.keyClicks(span, "2")
    assert reason.hasFocus()
    qtbot.keyClick(reason, Qt.Key.Key_Return)
    assert reason.isVisible(), "no reason, no shelving"
    qtbot.keyClicks(reason, "door contact is being repaired")
    qtbot.keyClick(reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seat.alarm(door.id).state is State.SHELVED)
    assert (seat.alarm(door.id).hiding.until_at - seat.clock.now()).total_seconds() == 1800
    wait_for(qtbot, queue, 0)
    chip = button(queue, "hidden")
    qtbot.waitUntil(lambda: chip.text() == "1 hidden")
    assert "Shelved 1" in chip.toolTip()
    chip.click()
    assert asked == ["hidden"]


def test_that_a_latched_alarm_is_reset_by_its_button(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    alarm = seat.ring("beam-east-2")
    seat.restore("beam-east-2")
    seat.desk.do(alarms.acknowledge, alarm.id, by=seat.bridge.actor).result()
    wait_for(qtbot, queue, 1)
    qtbot.waitUntil(lambda: queue.model.alarm(0).state is State.LATCHED_ACKED)
    queue.table.choose_row(0)
    press(qtbot, queue, "reset")
    assert queue.line.asked is not None, "it had no case, and nobody has said what it was"
    here = QApplication.focusWidget()
    assert here is not None
    qtbot.keyClick(here, Qt.Key.Key_5)  # a false alarm
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_1)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert queue.line.asked is not None, "a false alarm needs its cause"
    qtbot.keyClicks(QApplication.focusWidget(), "a branch in the wind")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    wait_for(qtbot, queue, 0)
    gone = seat.alarm(alarm.id)
    assert gone.verified is not None
    assert (gone.verified.false_alarm, gone.verified.note) == (True, "a branch in the wind")


def test_that_what_is_known_already_is_not_asked_again_at_the_reset(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    alarm = seat.ring("beam-east-2")
    seat.restore("beam-east-2")
    seat.desk.do(alarms.acknowledge, alarm.id, by=seat.bridge.actor).result()
    seat.desk.do(verify, alarm.id, 1, Means.VIDEO, by=seat.bridge.actor).result()
    wait_for(qtbot, queue, 1)
    qtbot.waitUntil(lambda: queue.model.alarm(0).verified is not None)
    queue.table.choose_row(0)
    press(qtbot, queue, "reset")
    wait_for(qtbot, queue, 0)


def test_that_the_counters_follow_and_only_unacknowledged_alarms_blink(
    qtbot: Any, queue: QueuePanel, seat: Seat
) -> None:
    told: list[int] = []
    queue.waiting_changed.connect(told.append)
    alarm = seat.ring("beam-east-2")
    chip = queue.findChild(QLabel, "queue.waiting")
    qtbot.waitUntil(lambda: chip.text() == "1 not acknowledged")
    assert chip.property("tone") == "fault"
    assert queue._blink.running
    seat.desk.do(alarms.acknowledge, alarm.id, by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: chip.text() == "0 not acknowledged")
    assert not queue._blink.running
    assert queue._blink.phase
    assert told == [1, 0]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_that_a_wide_queue_says_whole_whose_an_alarm_is_and_how_long(queue: QueuePanel, language: str) -> None:
    set_language(language)
    queue.retranslate()
    queue.table.set_widths()
    said = f"{words.term(State.ACKED)} · Lin Xiaofe · " + _("{time} left").format(time="29:59")
    assert not queue.table.isColumnHidden(Column.PLACE)
    assert QFontMetrics(theme.font("strong")).horizontalAdvance(said) < queue.table.columnWidth(Column.STATE)


@pytest.mark.parametrize("width_px", [650, 1100])
def test_that_a_count_has_room_only_while_something_is_counted(
    qtbot: Any, queue: QueuePanel, seat: Seat, width_px: int
) -> None:
    queue.resize(width_px, 240)
    table = queue.table

    def widths() -> dict[Column, int]:
        found = {column: table.columnWidth(column) for column in Column}
        assert sum(found.values()) == table.viewport().width()
        return found

    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    seat.ring("beam-east-2")
    wait_for(qtbot, queue, 2)
    alone = widths()
    assert alone[Column.COUNT] == 0
    again = seat.ring("beam-east-2")
    qtbot.waitUntil(lambda: queue.model.counts)
    counted = widths()
    assert counted[Column.COUNT] > QFontMetrics(theme.font("strong")).horizontalAdvance("×000")
    assert counted[Column.TITLE] == alone[Column.TITLE] - counted[Column.COUNT]
    assert {one: counted[one] for one in Column if one not in (Column.TITLE, Column.COUNT)} == {
        one: alone[one] for one in Column if one not in (Column.TITLE, Column.COUNT)
    }
    queue.model.filter(lambda alarm: alarm.id != again.id)
    assert widths() == alone, "what is not shown is not counted"
    queue.model.filter(None)
    assert widths() == counted


def test_that_blinking_repaints_the_markers_and_no_text(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    seat.ring("beam-east-2")
    wait_for(qtbot, queue, 1)
    queue._blink.need("queue", False)
    full = queue.table.viewport().grab().toImage()
    queue._blink._turn()
    hollow = queue.table.viewport().grab().toImage()
    width = queue.table.columnWidth(Column.PRIORITY)
    assert full != hollow
    rest = full.rect().adjusted(width, 0, 0, 0)
    assert full.copy(rest) == hollow.copy(rest)


def test_that_a_burst_of_alarms_is_shown_whole_and_in_order(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    points = [point.id for point in seat.bridge.site.points]
    for turn in range(40):
        for point in points:
            seat.desk.do(alarms.receive, seat._signal(point, SignalKind.ALARM, f"c{turn}", "intrusion", 2, "", ""))
    wait_for(qtbot, queue, len(points))
    in_record = sorted(seat.desk.ask(lambda rx: rx.find(Alarm)).result(), key=queue_panel_order)
    qtbot.waitUntil(lambda: [queue.model.alarm(n).count for n in range(len(points))] == [a.count for a in in_record])


def queue_panel_order(alarm: Alarm) -> Any:
    from console.models.alarms import queue_order

    return queue_order(alarm)


def test_that_a_choice_survives_the_move_of_its_row(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    first = seat.ring("beam-east-1")
    seat.clock.advance(1)
    seat.ring("beam-east-2")
    wait_for(qtbot, queue, 2)
    queue.table.selectionModel().select(
        queue.model.index(0, 0),
        QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
    )
    seat.desk.do(alarms.acknowledge, first.id, by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: rows(queue)[-1] == first.id)
    assert queue.table.chosen().id == first.id
