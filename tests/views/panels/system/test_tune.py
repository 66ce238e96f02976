"""A rule is tuned at its picture: pulled, slid, played to recordings and put in force, by those who may."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QTabWidget,
    QToolButton,
)

from console.bridge import Bridge, Surroundings
from console.i18n import set_language
from console.models.people import Role, SignOn
from console.models.pictures import RuleWorking, Sight
from console.models.rules import RuleKind, WeeklyHours
from console.views.panels.system.tune import TuneTab
from tests.app.test_tuning import CAM, RULE, House, house, write_walk


@pytest.fixture
def post(tmp_path: Path) -> Iterator[House]:
    write_walk(tmp_path / "walk.avi")
    with house(tmp_path) as running:
        yield running


@pytest.fixture
def bridge(post: House, tmp_path: Path, looks: None) -> Iterator[Bridge]:
    set_language("en")
    surroundings = Surroundings(
        feed=post.video, seat="1", site_dir=tmp_path, data_dir=tmp_path, take_snapshot=lambda *_a: None,
        print_report=lambda *_a: None, tuning=post.tuning,
    )  # fmt: skip
    made = Bridge(post.desk, surroundings)
    yield made
    made.close()


def sign_on(bridge: Bridge, role: Role) -> None:
    bridge.take_keyboard(
        SignOn(id="s", person="p1", name="张伟", role=role, seat="1", on_at=bridge.clock.now())  # type: ignore[arg-type]
    )


@pytest.fixture
def tab(bridge: Bridge, post: House, qtbot: Any) -> Iterator[TuneTab]:
    sign_on(bridge, Role.LEADER)
    made = TuneTab(bridge)
    qtbot.addWidget(made)
    made.resize(1200, 680)
    made.show()
    qtbot.waitUntil(lambda: post.video.state(CAM).sight is Sight.LIVE)
    made.picture._fresh.tick()
    yield made
    made.hide()


def number(tab: TuneTab, name: str) -> QDoubleSpinBox:
    found = tab.findChild(QDoubleSpinBox, f"system.tune_{name}_number")
    assert found is not None
    return found


def press(tab: TuneTab, name: str) -> QPushButton:
    found = tab.findChild(QPushButton, f"system.{name}")
    assert found is not None
    return found


def test_that_the_rule_is_judged_live_while_it_is_seen_and_no_longer(tab: TuneTab, post: House, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: tab.picture.overlay is not None and tab.picture.overlay.working is not None)
    assert "would have fired" in tab.findChild(QLabel, "system.tune_counts").text()
    tab.hide()
    qtbot.waitUntil(lambda: post.video._watched[CAM].tried is None)


def test_that_corners_are_pulled_by_mouse_and_moved_added_and_removed_by_keys(tab: TuneTab) -> None:
    picture = tab.picture
    at = picture._on_screen(RULE.zone[0]).toPoint()
    QTest.mousePress(picture, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(picture, at + QPoint(40, 30))
    picture.move_corner((0.25, 0.3))
    QTest.mouseRelease(picture, Qt.MouseButton.LeftButton, pos=at + QPoint(40, 30))
    assert tab.tried is not None
    assert tab.tried.zone[0] == (0.25, 0.3)
    QTest.keyClick(picture, Qt.Key.Key_Right)
    assert tab.tried.zone[0] == (0.255, 0.3)
    QTest.keyClick(picture, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert tab.tried.zone[0] == (0.255, 0.33)
    QTest.keyClick(picture, Qt.Key.Key_Insert)
    assert len(tab.tried.zone) == 5
    QTest.keyClick(picture, Qt.Key.Key_PageDown)
    QTest.keyClick(picture, Qt.Key.Key_Delete)
    QTest.keyClick(picture, Qt.Key.Key_Delete)
    QTest.keyClick(picture, Qt.Key.Key_Delete)
    assert len(tab.tried.zone) == 3  # a zone keeps three
    press(tab, "tune_undo").click()
    assert tab.tried == RULE


def test_that_sliders_and_numbers_are_one(tab: TuneTab) -> None:
    number(tab, "min_s").setValue(4.0)
    assert tab.tried is not None
    assert tab.tried.min_s == 4.0
    slider = tab.findChild(QSlider, "system.tune_sensitivity")
    slider.setValue(150)
    assert tab.tried.sensitivity == 0.75
    assert number(tab, "sensitivity").value() == 75
    tab._change(kind=RuleKind.CROWD)
    assert not number(tab, "capacity").isHidden()


def test_that_it_is_seen_what_would_have_changed_and_put_in_force_with_a_reason(
    tab: TuneTab, post: House, qtbot: Any
) -> None:
    number(tab, "min_area").setValue(30.0)
    number(tab, "max_area").setValue(100.0)
    press(tab, "compare_go").click()
    qtbot.waitUntil(lambda: tab.compared.found is not None, timeout=60_000)
    assert tab.compared.found is not None
    assert len(tab.compared.found.lost) == 2
    rows = tab.compared._table.rows
    assert [rows.row(n).words[0] for n in range(rows.rowCount())] == ["gone", "gone"]
    assert rows.row(0).words[1] in ("0:06", "0:07")
    assert not tab.compared._still.pixmap().isNull()
    assert not press(tab, "tune_apply").isEnabled()
    tab.findChild(QLineEdit, "system.tune_reason").setText("cats at night")
    press(tab, "tune_apply").click()
    qtbot.waitUntil(lambda: post.rule().min_area == 0.3)
    qtbot.waitUntil(lambda: "chosen at the console" in tab.findChild(QLabel, "system.tune_state").text())
    tab.findChild(QLineEdit, "system.tune_reason").setText("summer is over")
    press(tab, "tune_back").click()
    qtbot.waitUntil(lambda: post.rule() == RULE)


def test_that_an_operator_looks_and_changes_nothing(tab: TuneTab, bridge: Bridge) -> None:
    sign_on(bridge, Role.OPERATOR)
    assert not number(tab, "min_s").isEnabled()
    assert not tab.picture.may_change
    tab.picture.move_corner((0.5, 0.5))
    assert tab.tried == RULE


def test_that_a_working_of_another_rule_is_not_shown(tab: TuneTab, bridge: Bridge) -> None:
    before = tab.picture.overlay
    tab._hear(RuleWorking(camera=CAM, rule_id="another", at=bridge.clock.now(), score=9.0))
    assert tab.picture.overlay == before
    assert replace(RULE) == tab.tried


def test_that_a_number_is_read_by_who_may_not_change_it(tab: TuneTab, bridge: Bridge, qtbot: Any) -> None:
    tab.choose(CAM, RULE.id)
    sign_on(bridge, Role.OPERATOR)
    tab.retranslate()
    box = number(tab, "sensitivity")
    qtbot.waitUntil(lambda: not box.isEnabled())
    for shown in (one for one in tab.findChildren(QDoubleSpinBox) if one.isVisible()):
        text = shown.lineEdit().text()
        assert text
        assert shown.lineEdit().width() >= shown.fontMetrics().horizontalAdvance(text), shown.objectName()


def draw(tab: TuneTab, corners: tuple[tuple[float, float], ...], qtbot: Any) -> None:
    box = tab.picture._picture()
    for across, down in corners:
        at = QPoint(round(box.left() + across * box.width()), round(box.top() + down * box.height()))
        qtbot.mouseClick(tab.picture, Qt.MouseButton.LeftButton, pos=at)


TRIANGLE = ((0.2, 0.2), (0.8, 0.25), (0.5, 0.8))


def test_that_a_new_rule_is_drawn_on_the_picture_by_mouse_given_hours_and_put_in_force(
    tab: TuneTab, post: House, qtbot: Any
) -> None:
    qtbot.mouseClick(press(tab, "tune_new"), Qt.MouseButton.LeftButton)
    assert "Click the corners" in tab.findChild(QLabel, "system.tune_state").text()
    draw(tab, TRIANGLE, qtbot)
    draw(tab, TRIANGLE[:1], qtbot)  # a click on the first corner ends it
    assert not tab.picture.drawing
    assert tab.tried is not None
    assert [(round(x, 1), round(y, 1)) for x, y in tab.tried.zone] == [(0.2, 0.2), (0.8, 0.2), (0.5, 0.8)]
    name = tab.findChild(QLineEdit, "system.tune_name")
    name.selectAll()
    qtbot.keyClicks(name, "side-gate")
    tab.findChild(QTabWidget, "system.tune_below").setCurrentIndex(1)
    qtbot.mouseClick(press(tab, "hours_add"), Qt.MouseButton.LeftButton)
    for day in (6, 7):
        qtbot.mouseClick(tab.findChild(QToolButton, f"system.hours_1_day_{day}"), Qt.MouseButton.LeftButton)
    until = tab.findChild(QLineEdit, "system.hours_1_to")
    until.selectAll()
    qtbot.keyClicks(until, "05:30")
    qtbot.keyClicks(tab.findChild(QLineEdit, "system.tune_reason"), "a new gate")
    qtbot.mouseClick(press(tab, "tune_apply"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(post.rules_judged()) == 2)
    made = post.rules_judged()[1]
    assert (made.id, made.point, made.hours) == (
        "side-gate", "p", (WeeklyHours(start="22:00", to="05:30", days=(1, 2, 3, 4, 5)),)
    )  # fmt: skip
    qtbot.waitUntil(lambda: tab.new is None and tab._which_rule.currentData() == "side-gate")
    assert "drawn at the console" in tab.findChild(QLabel, "system.tune_state").text()


def test_that_a_rule_is_taken_out_of_use_and_deleted_with_a_reason(tab: TuneTab, post: House, qtbot: Any) -> None:
    drawn = replace(RULE, id="side-gate")
    post.tuning.draw(CAM, drawn, "x", by=tab._bridge.actor).result()
    qtbot.waitUntil(lambda: tab._which_rule.findData("side-gate") >= 0)
    tab.choose(CAM, "side-gate")
    reason = tab.findChild(QLineEdit, "system.tune_reason")
    assert press(tab, "tune_back").text() == "Delete the rule"
    tab.findChild(QCheckBox, "system.tune_enabled").click()
    qtbot.keyClicks(reason, "works in the yard")
    press(tab, "tune_apply").click()
    qtbot.waitUntil(lambda: not post.rules_judged()[1].enabled)
    qtbot.waitUntil(lambda: not reason.text())
    assert not press(tab, "tune_back").isEnabled()
    qtbot.keyClicks(reason, "the gate is walled up")
    press(tab, "tune_back").click()
    qtbot.waitUntil(lambda: post.rules_judged() == (RULE,))
    qtbot.waitUntil(lambda: tab._which_rule.findData("side-gate") < 0)
    assert press(tab, "tune_back").text() == "Back to the site folder"


def test_that_a_rule_that_is_being_drawn_is_given_up_by_escape_and_corners_taken_back(tab: TuneTab, qtbot: Any) -> None:
    press(tab, "tune_new").click()
    draw(tab, TRIANGLE, qtbot)
    qtbot.keyClick(tab.picture, Qt.Key.Key_Backspace)
    assert tab.tried is not None
    assert len(tab.tried.zone) == 2
    qtbot.keyClick(tab.picture, Qt.Key.Key_Return)
    assert tab.picture.drawing  # two corners are no zone
    qtbot.keyClick(tab.picture, Qt.Key.Key_Escape)
    assert not tab.picture.drawing
    assert tab.tried == RULE


def test_that_hours_that_are_none_are_marked_and_refused_in_words(tab: TuneTab, post: House, qtbot: Any) -> None:
    press(tab, "hours_add").click()
    start = tab.findChild(QLineEdit, "system.hours_1_from")
    start.clear()
    qtbot.keyClicks(start, "9 a")
    assert start.property("wrong") is True
    qtbot.keyClicks(tab.findChild(QLineEdit, "system.tune_reason"), "x")
    press(tab, "tune_apply").click()
    says = tab.findChild(QLabel, "system.tune_says")
    qtbot.waitUntil(lambda: says.text() == "Hours are written HH:MM.")
    assert post.rule() == RULE


def test_that_the_week_shows_office_hours_and_nights_over_midnight(tab: TuneTab) -> None:
    tab._change(hours=(WeeklyHours(start="22:00", to="06:00", days=(5,)),))
    days = tab.hours.week.counting()
    assert [day.count(True) for day in days] == [0, 0, 0, 0, 4, 12, 0]
    tab._change(enabled=False)
    assert not any(any(day) for day in tab.hours.week.counting())


def test_that_who_may_only_look_cannot_draw(bridge: Bridge, tab: TuneTab) -> None:
    sign_on(bridge, Role.OPERATOR)
    assert not press(tab, "tune_new").isEnabled()
    assert not press(tab, "hours_add").isEnabled()
