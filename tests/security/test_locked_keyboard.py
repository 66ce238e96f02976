"""A locked keyboard does nothing for anybody, and hides no alarm."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from console.models.alarms import State
from console.models.people import Role
from console.services import alarms, people
from console.views.actions import ACTIONS
from console.views.main_window import MainWindow
from tests.views.posts import Seat


def refusals(seat: Seat) -> list[str]:
    said: list[str] = []
    seat.bridge.refused.connect(lambda text: said.append(text.en))
    return said


def ways(seat: Seat, alarm: str) -> list[Callable[[], None]]:
    bridge = seat.bridge
    return [
        lambda: bridge.do(alarms.acknowledge, alarm, by=bridge.actor),
        lambda: bridge.do(alarms.bring_back, alarm, by=bridge.actor),
        lambda: bridge.beside(people.add_person, "eve", "Eve", Role.ADMINISTRATOR, "A-new-admin-7", by=bridge.actor),
        lambda: bridge.snapshot("cam-01"),
        lambda: bridge.print_report("incident", "any", "en"),
    ]


@pytest.mark.parametrize("number", range(5))
def test_that_no_command_runs_while_nobody_has_the_keyboard(qtbot: Any, seat: Seat, number: int) -> None:
    alarm = seat.ring("north-fence")
    said = refusals(seat)
    before = seat.desk.ask(lambda rx: rx.head()).result()
    assert seat.bridge.actor is None
    ways(seat, alarm.id)[number]()
    qtbot.waitUntil(lambda: said == ["The keyboard is locked; sign on first."])
    assert seat.desk.ask(lambda rx: rx.head()).result() == before
    assert not seat.snapshots


def test_that_every_key_is_dead_while_the_keyboard_is_locked_but_those_that_change_nothing_of_the_post(
    qtbot: Any, seat: Seat
) -> None:
    seat.take_keyboard()
    window = MainWindow(seat.bridge)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    alarm = seat.ring("north-fence", priority=1)
    window.lock()
    seat.desk.ask(lambda rx: rx.head()).result()
    before = seat.desk.ask(lambda rx: rx.head()).result()
    for action in ACTIONS:
        window.keys.act(action, 1 if action.digits else None)
        assert window.page in ("sign_on", "help"), action.name
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_R, Qt.Key.Key_F9, Qt.Key.Key_1):
        qtbot.keyClick(window, key)
    for button in window.findChildren(QAbstractButton):
        if button.isVisible() and button.isEnabled():
            button.click()
    qtbot.wait(50)
    assert seat.desk.ask(lambda rx: rx.head()).result() == before
    assert seat.alarm(alarm.id).state is State.UNACKED
    assert window.findChild(QLineEdit, "sign_on.password").isVisible()


def test_that_an_alarm_is_seen_and_heard_while_the_keyboard_is_locked(qtbot: Any, seat: Seat) -> None:
    window = MainWindow(seat.bridge)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    alarm = seat.ring("north-fence", priority=1)
    qtbot.waitUntil(lambda: [one.id for one in window.sounder.waiting()] == [alarm.id])
    qtbot.waitUntil(window.banner.isVisible)
    assert window.page == "sign_on"


def test_that_whoever_was_let_go_has_no_keyboard_any_more(qtbot: Any, seat: Seat) -> None:
    seat.take_keyboard("li")
    seat.desk.do(people.force_sign_off, "s-li", "taken ill", by=people.SYSTEM).result()
    qtbot.waitUntil(lambda: seat.bridge.actor is None)
