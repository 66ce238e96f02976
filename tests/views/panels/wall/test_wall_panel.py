"""The wall at a post: alarms bring their cameras, and the operator's layout comes back."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from console.models.alarms import Means
from console.services import alarms, queue
from console.views.panels.wall.arrange import BY_KEY
from console.views.panels.wall.panel import WallPanel
from tests.views.posts import Seat


@pytest.fixture
def wall(qtbot: Any, seat: Seat) -> WallPanel:
    seat.take_keyboard()
    made = WallPanel(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1100, 720)
    made.show()
    qtbot.waitUntil(lambda: len(made.canvas.shown) == 16)
    return made


def cameras(wall: WallPanel) -> list[str | None]:
    return [shown.camera for shown in wall.canvas.shown]


def test_that_the_wall_begins_with_every_camera_by_number(wall: WallPanel, seat: Seat) -> None:
    by_number = sorted(seat.bridge.site.cameras, key=lambda camera: camera.number)
    assert cameras(wall) == [camera.id for camera in by_number]


def strip(wall: WallPanel) -> list[tuple[str | None, bool]]:
    return [(shown.camera, shown.tile.loop) for shown in wall.strip.glass.shown]


def test_that_an_alarm_opens_its_cameras_in_the_strip_and_takes_no_tile_away(
    qtbot: Any, wall: WallPanel, seat: Seat
) -> None:
    before = cameras(wall)
    alarm = seat.ring("beam-east-2")
    qtbot.waitUntil(wall.strip.isVisible)
    assert strip(wall)[:2] == [(alarm.cameras[0], True), (alarm.cameras[0], False)]
    assert cameras(wall) == before
    ring = wall.strip.glass.shown[1].ring
    assert ring is not None
    assert "East fence" in ring.words
    seat.restore("beam-east-2")
    seat.desk.do(alarms.acknowledge, alarm.id, by=seat.bridge.actor).result()
    seat.desk.do(queue.verify, alarm.id, 1, Means.VIDEO, by=seat.bridge.actor).result()
    seat.desk.do(alarms.reset, alarm.id, by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: not wall.strip.isVisible())
    assert cameras(wall) == before


def test_that_escape_sends_the_strip_away_until_the_alarm_signals_again(
    qtbot: Any, wall: WallPanel, seat: Seat
) -> None:
    seat.ring("beam-east-2")
    qtbot.waitUntil(wall.strip.isVisible)
    assert wall.step_back()
    assert not wall.strip.isVisible()
    assert not wall.step_back()
    seat.ring("beam-east-2")
    qtbot.waitUntil(wall.strip.isVisible)


def test_that_a_camera_is_called_by_its_number(qtbot: Any, wall: WallPanel, seat: Seat) -> None:
    asked: list[str] = []
    wall.camera_chosen.connect(asked.append)
    assert wall.ask_number()
    field = wall.findChild(QLineEdit, "wall.number")
    assert field.isVisible()
    qtbot.keyClicks(field, "12")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    wanted = next(camera.id for camera in seat.bridge.site.cameras if camera.number == 12)
    assert wall.canvas.shown[0].camera == wanted
    assert wall.canvas.selected == wanted
    assert asked == [wanted]
    assert not field.isVisible()


def test_that_a_number_nobody_has_is_said(qtbot: Any, wall: WallPanel) -> None:
    before = cameras(wall)
    wall.ask_number()
    field = wall.findChild(QLineEdit, "wall.number")
    qtbot.keyClicks(field, "99")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert wall.findChild(QLabel, "wall.note").text() == "There is no camera 99"
    assert cameras(wall) == before
    assert wall.step_back()
    assert not field.isVisible()


def test_that_two_clicks_show_one_picture_and_two_more_all_again(qtbot: Any, wall: WallPanel) -> None:
    before = cameras(wall)
    qtbot.mouseDClick(wall.canvas, Qt.MouseButton.LeftButton, pos=wall.canvas.shown[5].picture.center())
    assert cameras(wall) == [before[5]]
    qtbot.mouseDClick(wall.canvas, Qt.MouseButton.LeftButton, pos=wall.canvas.shown[0].picture.center())
    assert cameras(wall) == before


def test_that_pages_turn_and_stop_at_the_ends(wall: WallPanel) -> None:
    first = cameras(wall)
    wall.choose_grid(BY_KEY["9"])
    assert cameras(wall) == first[:9]
    assert wall.next_page()
    assert cameras(wall)[:7] == first[9:]
    assert not wall.next_page()
    assert wall.previous_page()
    assert not wall.previous_page()


def test_that_the_chosen_grid_is_kept_for_the_seat(qtbot: Any, wall: WallPanel, seat: Seat) -> None:
    wall.choose_grid(BY_KEY["1+5"])
    again = WallPanel(seat.bridge)
    qtbot.addWidget(again)
    assert again.board.layout_now.grid == "1+5"


def test_that_a_snapshot_is_of_the_chosen_camera(qtbot: Any, wall: WallPanel, seat: Seat) -> None:
    qtbot.mouseClick(wall.canvas, Qt.MouseButton.LeftButton, pos=wall.canvas.shown[7].picture.center())
    assert wall.take_snapshot()
    assert seat.snapshots == [(wall.canvas.shown[7].camera, seat.bridge.actor)]
    qtbot.waitUntil(lambda: wall.findChild(QLabel, "wall.note").text().startswith("Kept as evidence: 08"))
