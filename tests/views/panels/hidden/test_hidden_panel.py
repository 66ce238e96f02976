"""Everything hidden is listed with who, why and until when; rules begin and end here; what is real comes back at once."""

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QListWidget, QPushButton

from console.models.alarms import State
from console.models.suppression import Suppression, SuppressionKind
from console.models.text import Text
from console.services import alarms, hiding
from console.views.asking import Choices
from console.views.panels.hidden.panel import RULE_FIRST, HiddenPanel
from tests.views.posts import Seat


@pytest.fixture
def hidden(qtbot: Any, seat: Seat) -> HiddenPanel:
    seat.take_keyboard()
    made = HiddenPanel(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1300, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


def listed(hidden: HiddenPanel) -> list[tuple[str, ...]]:
    rows = hidden.table.rows
    return [rows.row(n).words for n in range(rows.rowCount())]


def wait_for(qtbot: Any, hidden: HiddenPanel, n: int) -> None:
    qtbot.waitUntil(lambda: hidden.table.rows.rowCount() == n)


def choose(hidden: HiddenPanel, key: str) -> None:
    rows = hidden.table.rows
    hidden.table.selectRow(next(n for n in range(rows.rowCount()) if rows.row(n).key == key))


def rule(seat: Seat, kind: SuppressionKind, **about: Any) -> Suppression:
    until_at = seat.clock.now() + timedelta(hours=2)
    return seat.desk.do(hiding.suppress, kind, "battery is replaced", until_at, by=seat.bridge.actor, **about).result()


def test_that_every_hidden_alarm_and_every_rule_is_listed_and_counted(qtbot: Any, hidden: HiddenPanel, seat: Seat) -> None:
    told: list[int] = []
    hidden.tally.connect(told.append)
    door = seat.ring("door-b3-back", alarm_class="access", priority=3)
    until_at = seat.clock.now() + timedelta(minutes=30)
    seat.desk.do(alarms.shelve, door.id, "contact is loose", until_at, by=seat.bridge.actor).result()
    made = rule(seat, SuppressionKind.OUT_OF_SERVICE, points=("beam-east-2",), classes=("intrusion",), order="2026-0007")
    seat.ring("beam-east-2")
    wait_for(qtbot, hidden, 3)
    by_kind = {words[0]: words for words in listed(hidden)}
    assert by_kind["Shelved"][4:6] == ("张伟", "contact is loose")
    assert by_kind["Rule: Out of service"][5] == "battery is replaced · 2026-0007"
    qtbot.waitUntil(lambda: "1 alarms" in {words[6] for words in listed(hidden)})
    says = hidden.findChild(QLabel, "hidden.says")
    assert says.text() == "2 alarms hidden: 1 shelved, 0 suppressed, 1 out of service; 1 rules"
    assert told[-1] == 2
    assert made.ended_at is None


def test_that_a_rule_is_ended_by_one_key_and_what_it_hid_comes_back(qtbot: Any, hidden: HiddenPanel, seat: Seat) -> None:
    made = rule(seat, SuppressionKind.OUT_OF_SERVICE, points=("beam-east-2",), classes=("intrusion",))
    beam = seat.ring("beam-east-2")
    wait_for(qtbot, hidden, 2)
    choose(hidden, made.id)
    assert hidden.bring_back()
    qtbot.waitUntil(lambda: seat.alarm(beam.id).state is State.UNACKED)
    wait_for(qtbot, hidden, 0)


def test_that_an_alarm_under_a_rule_is_brought_back_as_real_and_the_rule_stays(
    qtbot: Any, hidden: HiddenPanel, seat: Seat
) -> None:
    said: list[Text] = []
    seat.bridge.refused.connect(said.append)
    rule(seat, SuppressionKind.ON_TEST, points=("beam-east-2",), classes=("intrusion",))
    beam = seat.ring("beam-east-2")
    wait_for(qtbot, hidden, 2)
    choose(hidden, beam.id)
    assert "On test" in {words[0] for words in listed(hidden)}
    assert hidden.bring_back()
    assert said == [RULE_FIRST]
    assert hidden.not_a_test()
    qtbot.waitUntil(lambda: seat.alarm(beam.id).state is State.UNACKED)
    assert not seat.alarm(beam.id).test
    wait_for(qtbot, hidden, 1)


def test_that_a_shelved_alarm_is_brought_back(qtbot: Any, hidden: HiddenPanel, seat: Seat) -> None:
    door = seat.ring("door-b3-back", alarm_class="access", priority=3)
    seat.desk.do(alarms.shelve, door.id, "loose", None, until_normal=True, by=seat.bridge.actor).result()
    wait_for(qtbot, hidden, 1)
    assert "or normal" in listed(hidden)[0][2]
    assert hidden.begin()
    assert hidden.bring_back()
    qtbot.waitUntil(lambda: seat.alarm(door.id).state is State.UNACKED)


def ask_for_rule(hidden: HiddenPanel, kind: int, alarm_class: str, reason: str) -> None:
    assert hidden.new_rule()
    hidden.findChild(Choices, "hidden.rule_kind").choose(kind)
    pick = hidden.findChild(QComboBox, "hidden.rule_alarm_class")
    if alarm_class:
        pick.setCurrentIndex(pick.findData(alarm_class))
    hidden.findChild(QLineEdit, "hidden.rule_reason").setText(reason)


def test_that_a_rule_for_a_class_is_begun_here(qtbot: Any, hidden: HiddenPanel, seat: Seat) -> None:
    door = seat.ring("door-b3-back", alarm_class="access", priority=3)
    ask_for_rule(hidden, 1, "access", "readers are being changed")
    assert hidden.line.confirm()
    qtbot.waitUntil(lambda: seat.alarm(door.id).state is State.SUPPRESSED)
    wait_for(qtbot, hidden, 2)


def test_that_a_rule_that_makes_no_sense_is_not_begun_and_says_why(qtbot: Any, hidden: HiddenPanel, seat: Seat) -> None:
    says = "hidden.form_says"
    ask_for_rule(hidden, 1, "", "no reason at all")
    assert not hidden.line.confirm()
    assert "Choose a place" in hidden.findChild(QLabel, says).text()
    hidden.line.leave()
    ask_for_rule(hidden, 1, "fire", "they ring all night")
    assert not hidden.line.confirm()
    assert "never suppressed" in hidden.findChild(QLabel, says).text()
    hidden.line.leave()
    ask_for_rule(hidden, 2, "fire", "detectors are cleaned")
    assert not hidden.line.confirm()
    assert "second person" in hidden.findChild(QLabel, says).text()
    hidden.findChild(QLineEdit, "hidden.rule_points").setText("nowhere")
    assert not hidden.line.confirm(), "what was typed and not taken is never forgotten in silence"
    assert hidden.findChild(QLabel, "hidden.rule_points_more").text() == "Nothing fits"
    assert hidden.leave()
    assert seat.desk.ask(lambda rx: rx.find(Suppression)).result() == ()


def test_that_points_are_picked_by_name_and_place_with_keys_alone(qtbot: Any, hidden: HiddenPanel, seat: Seat) -> None:
    ask_for_rule(hidden, 2, "intrusion", "the fence is painted")
    field = hidden.findChild(QLineEdit, "hidden.rule_points")
    field.setFocus()
    field.setText("东 对射")
    found = hidden.findChild(QListWidget, "hidden.rule_points_found")
    assert found.count() > 1
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == ""
    qtbot.keyClicks(field, "beam-east")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClicks(field, "smoke")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    picked = hidden.line.answers["points"]
    assert len(picked) == len(set(picked)) == 3
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert hidden.line.answers["points"] == picked[:2]
    assert hidden.line.confirm()
    qtbot.waitUntil(lambda: len(seat.desk.ask(lambda rx: rx.find(Suppression)).result()) == 1)
    (made,) = seat.desk.ask(lambda rx: rx.find(Suppression)).result()
    assert made.points == picked[:2]
    wait_for(qtbot, hidden, 1)
    assert all(point in {one.id for one in seat.bridge.site.points} for point in made.points)


def test_that_an_operator_is_told_that_rules_are_for_leaders(qtbot: Any, hidden: HiddenPanel, seat: Seat) -> None:
    said: list[Text] = []
    seat.bridge.refused.connect(said.append)
    seat.take_keyboard("li")
    assert not hidden.findChild(QPushButton, "hidden.new_rule").isEnabled()
    assert hidden.new_rule()
    assert hidden.line.asked is None
    assert "right" in said[-1].en
    qtbot.keyClick(hidden.table, Qt.Key.Key_Down)
