"""Cameras are turned from the wall: held, let go, sent to positions, refused in words, and never by two at once."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton

from console.app import steering
from console.app.onvif import OnvifRoom
from console.demo.onvif_camera import EmulatedCamera, Manner
from console.i18n import set_language
from console.models.camera_health import CameraTrouble
from console.models.ids import CameraId, PersonId
from console.models.onvif import HOLD_S
from console.models.people import Actor, Role
from console.models.pictures import Sight
from console.models.site import OnvifSetup
from console.views.panels.wall.arrange import BY_KEY
from console.views.panels.wall.panel import WallPanel
from tests.views.posts import Seat

SECRET = "open sesame"
OTHER = Actor(person=PersonId("p9"), name="周强", role=Role.OPERATOR, seat="2")


@pytest.fixture
def device() -> Iterator[EmulatedCamera]:
    with EmulatedCamera(password=SECRET) as camera:
        camera.presets = {"p1": ("大门", (0.5, 0.0, 0.0)), "p2": ("车位", (-0.5, 0.1, 0.2))}
        yield camera


@pytest.fixture
def room(seat: Seat, device: EmulatedCamera) -> Iterator[OnvifRoom]:
    site = seat.desk.ground.site
    first = replace(site.cameras[0], onvif=OnvifSetup(address=device.address), login="admin", password="secret:cam")
    cameras = (first, *site.cameras[1:])
    seat.desk.ground = replace(seat.desk.ground, site=replace(site, cameras=cameras))
    with OnvifRoom(cameras, seat.desk, lambda _name: SECRET).running() as room:
        room.steering.presets(first.id).result()  # connected: the first command costs the loading of the library
        seat.bridge.surroundings = replace(seat.bridge.surroundings, ptz=room.steering, devices=room)
        yield room


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> None:
    """A move lives by itself for as long as a test may take: whatever stops before was stopped, on a busy machine too."""
    monkeypatch.setattr(steering, "HOLD_S", 600.0)


@pytest.fixture
def wall(seat: Seat, room: OnvifRoom, qtbot: Any) -> WallPanel:
    set_language("en")
    seat.take_keyboard("li")
    panel = WallPanel(seat.bridge)
    qtbot.addWidget(panel)
    panel.resize(900, 640)
    panel.show()
    panel.choose_grid(BY_KEY["4"])
    qtbot.waitExposed(panel)
    panel.activateWindow()
    panel.board._choose(seat.bridge.site.cameras[0].id)
    return panel


def said(panel: WallPanel) -> str:
    bar, note = (panel.findChild(QLabel, name) for name in ("wall.turn_says", "wall.note"))
    return bar.text() if panel.turning.camera is not None else note.text()


def begin(panel: WallPanel, qtbot: Any) -> None:
    assert panel.turn_camera()
    qtbot.waitUntil(lambda: len(panel.turning.presets) == 2)


def test_that_a_camera_turns_while_a_key_is_held_and_stands_still_when_it_is_let_go(
    wall: WallPanel, device: EmulatedCamera, qtbot: Any
) -> None:
    begin(wall, qtbot)
    QTest.keyPress(wall.canvas, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: device.moving)
    qtbot.wait(round(HOLD_S * 1500))  # held for longer than a move lives by itself
    qtbot.waitUntil(lambda: device.moving)
    QTest.keyRelease(wall.canvas, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: not device.moving)
    assert device.position[0] > 0.1


def test_that_a_key_that_is_let_go_stops_the_camera_at_once(
    held: None, wall: WallPanel, device: EmulatedCamera, qtbot: Any
) -> None:
    begin(wall, qtbot)
    QTest.keyPress(wall.canvas, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: device.moving)
    QTest.keyRelease(wall.canvas, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: "Stop" in device.asked and not device.moving)


def test_that_shift_is_slow_and_keys_add_up(wall: WallPanel, device: EmulatedCamera, qtbot: Any) -> None:
    begin(wall, qtbot)
    QTest.keyPress(wall.canvas, Qt.Key.Key_8, Qt.KeyboardModifier.KeypadModifier)
    QTest.keyPress(wall.canvas, Qt.Key.Key_Left)
    assert wall.turning.speed == (-0.8, 0.8, 0.0)
    QTest.keyPress(wall.canvas, Qt.Key.Key_Shift)
    assert wall.turning.speed == (-0.2, 0.2, 0.0)
    QTest.keyRelease(wall.canvas, Qt.Key.Key_8, Qt.KeyboardModifier.KeypadModifier)
    QTest.keyRelease(wall.canvas, Qt.Key.Key_Left)
    assert wall.turning.speed is None
    QTest.keyRelease(wall.canvas, Qt.Key.Key_Shift)
    QTest.keyPress(wall.canvas, Qt.Key.Key_Plus)
    qtbot.waitUntil(lambda: device.position[2] > 0.05)
    QTest.keyRelease(wall.canvas, Qt.Key.Key_Plus)
    qtbot.waitUntil(lambda: not device.moving)


def test_that_the_camera_stands_still_when_the_keyboard_goes_elsewhere(
    held: None, wall: WallPanel, device: EmulatedCamera, qtbot: Any
) -> None:
    begin(wall, qtbot)
    QTest.keyPress(wall.canvas, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: device.moving)
    QApplication.sendEvent(wall.canvas, QEvent(QEvent.Type.Hide))
    qtbot.waitUntil(lambda: "Stop" in device.asked and not device.moving)


def test_that_the_camera_stands_still_when_the_keyboard_is_locked(
    wall: WallPanel, device: EmulatedCamera, seat: Seat, qtbot: Any
) -> None:
    begin(wall, qtbot)
    QTest.keyPress(wall.canvas, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: device.moving)
    seat.bridge.take_keyboard(None)
    assert wall.turning.camera is None
    qtbot.waitUntil(lambda: "Stop" in device.asked and not device.moving)  # nobody repeats it any more


def test_that_dragging_on_the_picture_turns_faster_the_further_it_goes(
    wall: WallPanel, device: EmulatedCamera, qtbot: Any
) -> None:
    begin(wall, qtbot)
    shown = next(one for one in wall.canvas.shown if one.camera == wall.turning.camera)
    middle = shown.picture.center()
    QTest.mousePress(wall.canvas, Qt.MouseButton.LeftButton, pos=middle)
    wall.turning.drag(QPoint(shown.picture.height() // 4, 0), shown.picture)
    slow = wall.turning.speed
    assert slow is not None
    QTest.mouseMove(wall.canvas, middle + QPoint(shown.picture.height() // 2, 4))
    assert slow[0] == pytest.approx(0.5, abs=0.05)
    qtbot.waitUntil(lambda: device.moving)
    QTest.mouseRelease(wall.canvas, Qt.MouseButton.LeftButton, pos=middle)
    assert wall.turning.speed is None
    qtbot.waitUntil(lambda: not device.moving)


def test_that_a_digit_goes_to_a_position_and_the_list_names_them(
    wall: WallPanel, device: EmulatedCamera, qtbot: Any
) -> None:
    begin(wall, qtbot)
    positions = wall.findChild(QComboBox, "wall.turn_positions")
    assert [positions.itemText(at) for at in range(positions.count())] == ["Positions (2)", "1  大门", "2  车位"]
    QTest.keyClick(wall.canvas, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: device.position == (-0.5, 0.1, 0.2))
    qtbot.waitUntil(lambda: said(wall) == "Going to 车位")
    QTest.keyClick(wall.canvas, Qt.Key.Key_7)
    assert said(wall) == "There is no position 7"


def test_that_positions_are_kept_and_forgotten_by_who_may_change_settings_alone(
    wall: WallPanel, device: EmulatedCamera, seat: Seat, qtbot: Any
) -> None:
    begin(wall, qtbot)
    keep = wall.findChild(QPushButton, "wall.turn_keep")
    assert keep.isHidden()
    wall.turning.keep("侧门")
    qtbot.waitUntil(lambda: "does not carry the right to change settings" in said(wall))
    assert "侧门" not in {name for name, _place in device.presets.values()}


def test_that_a_supervisor_sees_the_positions_but_does_not_turn(wall: WallPanel, seat: Seat) -> None:
    seat.take_keyboard("chen")
    assert wall.turn_camera()
    assert wall.turning.camera is None
    assert said(wall) == "Turning cameras is for those who handle alarms"


def test_that_a_camera_that_does_not_turn_says_so(wall: WallPanel, seat: Seat) -> None:
    wall.board._choose(seat.bridge.site.cameras[1].id)
    assert wall.turn_camera()
    assert said(wall) == "This camera cannot be turned"


def test_that_a_camera_that_does_not_obey_is_told_once_and_nothing_goes_on(
    wall: WallPanel, device: EmulatedCamera, qtbot: Any
) -> None:
    begin(wall, qtbot)
    device.manner = Manner.HANGS
    QTest.keyPress(wall.canvas, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: "obey" in said(wall) or "answer" in said(wall))
    assert wall.turning.speed is None
    device.manner = Manner.GOOD


def test_that_the_last_of_two_people_turns_and_both_see_who(
    held: None, wall: WallPanel, device: EmulatedCamera, room: OnvifRoom, seat: Seat, qtbot: Any
) -> None:
    camera = seat.bridge.site.cameras[0].id
    begin(wall, qtbot)
    QTest.keyPress(wall.canvas, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: wall.turning.badge(camera) == "Turning: you")
    room.steering.move(camera, -0.5, 0.0, 0.0, by=OTHER).result()
    qtbot.waitUntil(lambda: wall.turning.badge(camera) == "Turning: 周强")
    assert wall.turning.speed is None
    assert said(wall) == "周强 turns this camera now"
    before = device.position[0]
    for _ in range(3):
        room.steering.move(camera, -0.5, 0.0, 0.0, by=OTHER).result()
        qtbot.wait(150)
    assert device.position[0] < before
    room.steering.stop(camera, by=OTHER).result()
    qtbot.waitUntil(lambda: wall.turning.badge(camera) != "Turning: 周强")


def test_that_esc_ends_turning_before_anything_else_of_the_wall(wall: WallPanel, qtbot: Any) -> None:
    begin(wall, qtbot)
    assert not wall.turn_bar.isHidden()
    assert wall.step_back()
    assert wall.turning.camera is None
    assert wall.turn_bar.isHidden()


def test_that_turning_ends_when_another_camera_is_chosen_or_somebody_types(
    wall: WallPanel, seat: Seat, qtbot: Any
) -> None:
    begin(wall, qtbot)
    wall.board._choose(seat.bridge.site.cameras[1].id)
    assert wall.turning.camera is None
    wall.board._choose(seat.bridge.site.cameras[0].id)
    begin(wall, qtbot)
    wall._focus_moved(None, wall.findChild(QLineEdit, "wall.number"))
    assert wall.turning.camera is None


def test_that_a_repeated_key_of_the_keyboard_is_not_a_new_hand(wall: WallPanel, qtbot: Any) -> None:
    begin(wall, qtbot)
    key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, "", True)
    assert wall.turning.press(key)
    assert wall.turning.speed is None


def test_that_faults_and_a_wrong_clock_stand_on_the_tile(
    wall: WallPanel, device: EmulatedCamera, room: OnvifRoom, seat: Seat, qtbot: Any
) -> None:
    camera = CameraId(seat.bridge.site.cameras[0].id)
    device.clock_offset_s = 42.0
    room.run(room.compare_clocks()).result()
    wall.notes.look_at_clocks()
    (note,) = wall.notes.of(camera)
    assert note[0] in [f"Clock off by +{seconds} s" for seconds in range(38, 47)]  # asked on a busy machine
    assert note[1] == "state.fault"
    plain = wall.canvas.grab().toImage()
    seat.feed.put(camera, Sight.LIVE, seat.clock.now(), faults=(CameraTrouble.COVERED, CameraTrouble.LOSS))
    seat.clock.advance(2)
    wall.canvas._fresh.tick()
    with_fault = wall.canvas.grab().toImage()
    assert plain != with_fault
