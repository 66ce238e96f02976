"""A duty check stands across the window with the time that is left, and one key answers it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from console.models.alarms import Alarm
from console.models.signals import SignalKind
from console.services import alarms
from console.views.main_window import MainWindow
from tests.views.posts import Seat


@pytest.fixture
def window(qtbot: Any, seat: Seat) -> MainWindow:
    seat.take_keyboard()
    made = MainWindow(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    return made


def asks(seat: Seat, minutes: int) -> Alarm:
    """A centre asks whether somebody is there, as the transmitter's reader puts it."""
    signal = seat._signal("gb26875:1/duty_check", SignalKind.ALARM, "91", "duty_check", 2, "监控中心查岗", "Duty check")
    due_at = (seat.clock.now() + timedelta(minutes=minutes)).isoformat() if minutes else ""
    signal = replace(signal, momentary=True, details={"family": "duty_check", "minutes": minutes, "due_at": due_at})
    found = seat.desk.do(alarms.receive, signal).result()
    assert found is not None
    return found


def left(window: MainWindow) -> str:
    found = window.findChild(QLabel, "duty_card.left")
    assert isinstance(found, QLabel)
    return found.text()


def test_that_the_card_counts_down_and_one_key_answers(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    assert not window.duty.isVisible()
    asked = asks(seat, 10)
    qtbot.waitUntil(window.duty.isVisible)
    qtbot.waitUntil(lambda: left(window) == "10:00 left")
    seat.clock.advance(545)
    window.duty._tick()
    assert left(window) == "0:55 left"
    assert window.duty.property("tone") == "hurry"
    window.panels["queue"].begin()
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Y)
    qtbot.waitUntil(lambda: seat.alarm(asked.id).acknowledged is not None)
    qtbot.waitUntil(lambda: not window.duty.isVisible())


def test_that_a_late_answer_and_one_without_a_limit_are_told_so(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    asks(seat, 1)
    qtbot.waitUntil(lambda: left(window) == "1:00 left")
    seat.clock.advance(75)
    window.duty._tick()
    assert left(window) == "late by 0:15"


def test_that_a_check_without_a_limit_says_how_long_ago_it_was_asked(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    asks(seat, 0)
    qtbot.waitUntil(window.duty.isVisible)
    seat.clock.advance(20)
    window.duty._tick()
    assert left(window) == "asked 0:20 ago"


def test_that_nobody_is_there_while_the_keyboard_is_locked(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    asked = asks(seat, 5)
    qtbot.waitUntil(window.duty.isVisible)
    seat.bridge.take_keyboard(None)
    assert not window.answer_duty_check()
    assert window.duty.isVisible()
    assert seat.alarm(asked.id).acknowledged is None
