"""Two people at two seats, a window each, one record: what one does to an alarm by keys, the other sees and the journal keeps."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.bridge import Bridge
from console.models.alarms import Action
from console.models.duty import Shift
from console.models.events import AlarmChanged, event_from
from console.models.ids import AlarmId, PersonId, ShiftId
from console.models.people import Role, SignOn
from console.models.text import Text
from console.services import queries
from console.services.handover_lines import machine_lines
from console.views.main_window import MainWindow
from console.views.panels.queue.model import Column
from tests.views.posts import Seat


@pytest.fixture
def windows(qtbot: Any, seat: Seat) -> Iterator[tuple[MainWindow, MainWindow]]:
    """The main operator, a shift leader, at seat 1 and the second at seat 2."""
    seat.take_keyboard()
    second = SignOn(
        id="s-li", person=PersonId("p-li"), name="李娜", role=Role.OPERATOR, seat="2", on_at=seat.clock.now()
    )
    seat.desk.do(lambda tx: tx.put(second)).result()
    other = Bridge(seat.desk, replace(seat.bridge.surroundings, seat="2"), seat.bridge)
    other.take_keyboard(second)
    made = MainWindow(seat.bridge), MainWindow(other)
    for window in made:
        qtbot.addWidget(window)
        window.resize(1366, 768)
        window.show()
        qtbot.waitExposed(window)
    yield made
    other.close()


def press(qtbot: Any, window: MainWindow, *keys: Qt.Key | str) -> None:
    """Press keys at one of the two seats."""
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    if QApplication.focusWidget() is None:
        window.panels["queue"].begin()
    for key in keys:
        here = QApplication.focusWidget()
        qtbot.keyClicks(here, key) if isinstance(key, str) else qtbot.keyClick(here, key)


def journal(seat: Seat) -> list[tuple[Action | None, str]]:
    """What the journal says of the alarm since it was raised: what was done, and by whom."""
    events = [event_from(line) for line in seat.desk.ask(queries.recent_lines).result()]
    said = [one for one in events if isinstance(one, AlarmChanged)]
    return [(one.action, one.by) for one in sorted(said, key=lambda one: one.alarm.rev)]


def state(window: MainWindow, alarm_id: AlarmId) -> str:
    """What the row of an alarm says at a seat."""
    model = window.panels["queue"].model
    return str(model.text(model.row(model.row_of(alarm_id)), Column.STATE))


def test_that_claiming_handing_over_and_parking_are_seen_at_the_other_seat_and_kept(
    qtbot: Any, windows: tuple[MainWindow, MainWindow], seat: Seat
) -> None:
    main, second = windows
    told: list[Text] = []
    second.bridge.refused.connect(told.append)
    door = seat.ring("door-b3-back", alarm_class="access", priority=3)
    for window in windows:
        qtbot.waitUntil(lambda window=window: window.panels["queue"].model.total == 1)
    press(qtbot, main, Qt.Key.Key_F1, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: "张伟" in state(second, door.id))
    press(qtbot, second, Qt.Key.Key_F1, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: bool(told))
    press(qtbot, second, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert seat.alarm(door.id).owner.person == "p-zhang", "a colleague's is not taken away"

    press(qtbot, main, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: main.panels["queue"].line.asked is not None)
    press(qtbot, main, "1", "the lock is loose", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seat.alarm(door.id).owner.person == "p-li")
    owner = seat.alarm(door.id).owner
    assert (owner.seat, owner.given_by, owner.note) == ("2", "p-zhang", "the lock is loose")
    for window in windows:
        qtbot.waitUntil(lambda window=window: "李娜" in state(window, door.id))
    says = second.panels["queue"].model.says
    assert [mark.text for mark in says.marks(seat.alarm(door.id))] == ["From 张伟"]
    assert "the lock is loose" in says.whole(seat.alarm(door.id))

    press(qtbot, second, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: seat.alarm(door.id).acknowledged is not None)
    qtbot.waitUntil(lambda: second.panels["queue"].table.chosen().acknowledged is not None)
    press(qtbot, second, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: second.panels["queue"].line.asked is not None)
    press(qtbot, second, "2", "smith comes at nine", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seat.alarm(door.id).parked is not None)
    parked = seat.alarm(door.id).parked
    assert (parked.by, parked.reason, parked.until_at - seat.clock.now()) == (
        "p-li",
        "smith comes at nine",
        timedelta(minutes=30),
    )
    for window in windows:
        qtbot.waitUntil(lambda window=window: state(window, door.id).startswith("Parked until"))
    assert "smith comes at nine" in main.panels["queue"].model.says.whole(seat.alarm(door.id))
    assert journal(seat) == [
        (Action.CLAIM, "p-zhang"),
        (Action.HAND_TO, "p-zhang"),
        (Action.ACKNOWLEDGE, "p-li"),
        (Action.PARK, "p-li"),
    ]
    now = seat.clock.now()
    shift = Shift(id=ShiftId("s"), name=Text("夜班", "Night"), started_at=now, planned_end_at=now + timedelta(hours=8))
    lines = seat.desk.ask(machine_lines, shift).result()
    (said,) = [line.text.en for line in lines if "owned by" in line.text.en]
    assert "李娜" in said
    assert "parked until" in said
    assert "smith comes at nine" in said


def test_that_letting_go_gives_an_alarm_to_everybody(
    qtbot: Any, windows: tuple[MainWindow, MainWindow], seat: Seat
) -> None:
    main, second = windows
    beam = seat.ring("beam-east-2")
    for window in windows:
        qtbot.waitUntil(lambda window=window: window.panels["queue"].model.total == 1)
    press(qtbot, second, Qt.Key.Key_F1, Qt.Key.Key_C)
    for window in windows:
        qtbot.waitUntil(lambda window=window: "李娜" in state(window, beam.id))
    press(qtbot, second, Qt.Key.Key_G)
    qtbot.waitUntil(lambda: "李娜" not in state(main, beam.id))
    press(qtbot, main, Qt.Key.Key_F1, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: "张伟" in state(second, beam.id))
    assert [action for action, _by in journal(seat)] == [Action.CLAIM, Action.LET_GO, Action.CLAIM]
