"""A rule is tuned at its picture: pulled, slid, played to recordings and put in force, by those who may."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QLabel, QLineEdit, QPushButton, QSlider

from console.bridge import Bridge, Surroundings
from console.i18n import set_language
from console.models.people import Role, SignOn
from console.models.pictures import RuleWorking, Sight
from console.models.rules import RuleKind
from console.views.panels.system.tune import TuneTab
from tests.app.test_tuning import CAM, RULE, House, house, write_walk

PATIENCE_MS = 20_000


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
    qtbot.waitUntil(lambda: post.video.state(CAM).sight is Sight.LIVE, timeout=PATIENCE_MS)
    made.picture.tick()
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
    qtbot.waitUntil(lambda: tab.picture.overlay is not None and tab.picture.overlay.working is not None, timeout=PATIENCE_MS)
    assert "would have fired" in tab.findChild(QLabel, "system.tune_counts").text()
    tab.hide()
    qtbot.waitUntil(lambda: post.video._watched[CAM].tried is None, timeout=PATIENCE_MS)


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
    qtbot.waitUntil(lambda: post.rule().min_area == 0.3, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "chosen at the console" in tab.findChild(QLabel, "system.tune_state").text())
    tab.findChild(QLineEdit, "system.tune_reason").setText("summer is over")
    press(tab, "tune_back").click()
    qtbot.waitUntil(lambda: post.rule() == RULE, timeout=PATIENCE_MS)


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
