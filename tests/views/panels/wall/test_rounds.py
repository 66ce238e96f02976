"""A video round made with the keyboard alone, and what it leaves behind."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from console.models.wall import Finding, VideoRound, VideoRoundState
from console.services import wall as verbs
from console.views.main_window import MainWindow
from console.views.panels.wall.panel import WallPanel
from tests.views.posts import Seat


@pytest.fixture
def wall(qtbot: Any, seat: Seat) -> WallPanel:
    seat.take_keyboard()
    window = MainWindow(seat.bridge)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    panel = window.panels["wall"]
    assert isinstance(panel, WallPanel)
    qtbot.waitUntil(lambda: len(panel.canvas.shown) == 16)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    panel.canvas.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: panel.round.isVisible() and panel.round.round is not None)
    return panel


def on_record(seat: Seat) -> VideoRound:
    (found,) = seat.desk.ask(verbs.video_rounds).result()
    return found


def test_that_enter_and_a_check_off_every_camera(qtbot: Any, wall: WallPanel, seat: Seat) -> None:
    bar = wall.round
    assert bar.round is not None
    for at, camera in enumerate(bar.round.cameras):
        qtbot.waitUntil(lambda at=at: bar._at == at)
        assert [shown.camera for shown in wall.canvas.shown] == [camera]
        if at == 3:
            qtbot.keyClick(bar, Qt.Key.Key_A)
            note = wall.findChild(QLineEdit, "wall.round_note")
            assert note.isVisible()
            qtbot.keyClicks(note, "water on the lens")
            qtbot.keyClick(note, Qt.Key.Key_Return)
        else:
            qtbot.keyClick(bar, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda at=at: bar.round is not None and len(bar.round.checks) == at + 1)
    qtbot.waitUntil(lambda: not bar.isVisible())
    kept = on_record(seat)
    assert kept.state is VideoRoundState.COMPLETED
    assert [check.note for check in kept.checks if check.finding is Finding.ABNORMAL] == ["water on the lens"]
    assert len(wall.canvas.shown) == 16


def test_that_escape_leaves_the_round_under_way_and_f4_goes_on_with_it(
    qtbot: Any, wall: WallPanel, seat: Seat
) -> None:
    bar = wall.round
    qtbot.keyClick(bar, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bar._at == 1)
    qtbot.keyClick(bar, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not bar.isVisible())
    assert len(wall.canvas.shown) == 16
    assert on_record(seat).state is VideoRoundState.WALKING
    qtbot.keyClick(wall.window(), Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: bar.isVisible() and bar._at == 1)


def test_that_an_alarm_keeps_its_keys_during_a_round(qtbot: Any, wall: WallPanel, seat: Seat) -> None:
    alarm = seat.ring("beam-east-2")
    qtbot.waitUntil(wall.strip.isVisible)
    wall.round.setFocus()
    queue = wall.window().panels["queue"]
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert queue.table.chosen().id == alarm.id, "nobody has seen it yet: the first press goes there"
    seat.clock.advance(1)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: seat.alarm(alarm.id).acknowledged is not None)
    assert wall.round.isVisible()
