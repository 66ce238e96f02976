"""An alarm reported by a person: one digit is enough, what was entered is never lost."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit

from console.models.alarms import Alarm, AlarmClass
from console.views.panels.manual.panel import KINDS, ManualPanel
from tests.views.posts import Seat


@pytest.fixture
def manual(qtbot: Any, seat: Seat) -> ManualPanel:
    seat.take_keyboard()
    made = ManualPanel(seat.bridge)
    qtbot.addWidget(made)
    made.resize(500, 480)
    made.show()
    return made


def raised(qtbot: Any, seat: Seat) -> Alarm:
    qtbot.waitUntil(lambda: bool(seat.desk.ask(lambda rx: rx.find(Alarm)).result()))
    (alarm,) = seat.desk.ask(lambda rx: rx.find(Alarm)).result()
    return alarm


@pytest.mark.parametrize("number", range(1, len(KINDS) + 1))
def test_that_a_digit_and_enter_raise_the_alarm(qtbot: Any, manual: ManualPanel, seat: Seat, number: int) -> None:
    wanted: list[bool] = []
    chosen: list[Alarm] = []
    manual.wanted.connect(wanted.append)
    manual.alarm_chosen.connect(chosen.append)
    assert manual.begin()
    assert manual.choose(number)
    assert manual.proceed()
    assert raised(qtbot, seat).alarm_class is KINDS[number - 1]
    qtbot.waitUntil(lambda: wanted == [True, False])
    assert chosen[0].alarm_class is KINDS[number - 1]


def test_that_place_and_words_go_along_where_there_is_time_for_them(
    qtbot: Any, manual: ManualPanel, seat: Seat
) -> None:
    manual.choose(1)
    place = manual.findChild(QComboBox, "manual.place")
    place.setCurrentIndex(place.findText("Canteen kitchen"))
    text = manual.findChild(QLineEdit, "manual.text")
    qtbot.keyClicks(text, "smoke from the oven")
    qtbot.keyClick(text, Qt.Key.Key_Return)
    alarm = raised(qtbot, seat)
    assert alarm.alarm_class is AlarmClass.FIRE
    assert alarm.place == "canteen-kitchen"
    assert "smoke from the oven" in alarm.title.en
    qtbot.waitUntil(lambda: text.text() == "")
    assert place.currentText() == ""


def test_that_a_place_the_site_does_not_know_is_said_in_words(qtbot: Any, manual: ManualPanel, seat: Seat) -> None:
    manual.choose(3)
    manual.findChild(QComboBox, "manual.place").setCurrentText("behind the bicycle shop")
    manual.proceed()
    alarm = raised(qtbot, seat)
    assert alarm.place is None
    assert "behind the bicycle shop" in alarm.title.en


def test_that_nothing_is_raised_before_it_is_said_what_it_is(manual: ManualPanel, seat: Seat) -> None:
    manual.proceed()
    assert manual.findChild(QLabel, "manual.says").isVisible()
    assert not manual.choose(9)
    assert seat.desk.ask(lambda rx: rx.find(Alarm)).result() == ()


def test_that_what_was_entered_is_still_there_after_leaving(qtbot: Any, manual: ManualPanel) -> None:
    manual.choose(2)
    manual.findChild(QLineEdit, "manual.text").setText("somebody cries for help")
    assert manual.leave()
    manual.begin()
    assert manual.findChild(QLineEdit, "manual.text").text() == "somebody cries for help"
    assert manual._kinds[AlarmClass.PANIC].isChecked()
