"""The wall under the operator's hands: real keys, a real mouse, and what comes back after a restart."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from console.models.ids import CameraId
from console.models.pictures import Still
from console.models.plans import PlanRun
from console.models.wall import Stop
from console.models.zoom import WHOLE
from console.services import wall as verbs
from console.views.dragging import camera_mime
from console.views.main_window import MainWindow
from console.views.panels.wall.panel import WallPanel
from console.views.preferences import FILE
from tests.views.posts import Seat


@pytest.fixture
def window(qtbot: Any, seat: Seat) -> MainWindow:
    seat.take_keyboard()
    made = MainWindow(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    wall = made.panels["wall"]
    qtbot.waitUntil(lambda: len(wall.canvas.shown) == 16)
    wall.canvas.setFocus()
    return made


@pytest.fixture
def wall(window: MainWindow) -> WallPanel:
    panel = window.panels["wall"]
    assert isinstance(panel, WallPanel)
    return panel


def cameras(wall: WallPanel) -> list[str | None]:
    return [shown.camera for shown in wall.canvas.shown]


def click(qtbot: Any, wall: WallPanel, place: int) -> None:
    qtbot.mouseClick(wall.canvas, Qt.MouseButton.LeftButton, pos=wall.canvas.shown[place].picture.center())


def jpeg() -> bytes:
    image = QImage(480, 270, QImage.Format.Format_RGB32)
    image.fill(QColor(200, 40, 40))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG")
    return bytes(data.data())


@pytest.mark.parametrize(
    ("number", "tiles"), [(1, 1), (2, 4), (3, 9), (4, 16), (5, 25), (6, 36), (7, 6), (8, 8), (9, 6)]
)
def test_that_alt_and_a_digit_cut_the_wall(
    qtbot: Any, window: MainWindow, wall: WallPanel, number: int, tiles: int
) -> None:
    qtbot.keyClick(window, getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: len(wall.canvas.shown) == tiles)


def test_that_nothing_stands_outside_its_tile_at_thirty_six(wall: WallPanel) -> None:
    wall.choose_layout(6)
    area = wall.canvas.rect()
    boxes = [shown.box for shown in wall.canvas.shown]
    assert all(area.contains(box) for box in boxes)
    assert not any(one.intersects(other) for at, one in enumerate(boxes) for other in boxes[at + 1 :])
    assert all(shown.room.height() >= 40 for shown in wall.canvas.shown)


def test_that_keys_go_through_the_layouts_and_the_pages(qtbot: Any, window: MainWindow, wall: WallPanel) -> None:
    first = cameras(wall)
    qtbot.keyClick(wall.canvas, Qt.Key.Key_K)
    assert len(wall.canvas.shown) == 9
    qtbot.keyClick(wall.canvas, Qt.Key.Key_PageDown)
    assert cameras(wall)[:7] == first[9:]
    qtbot.keyClick(wall.canvas, Qt.Key.Key_PageUp)
    qtbot.keyClick(wall.canvas, Qt.Key.Key_L)
    assert cameras(wall) == first


def test_that_two_tiles_change_places_by_keys(qtbot: Any, wall: WallPanel) -> None:
    before = cameras(wall)
    click(qtbot, wall, 0)
    qtbot.keyClick(wall.canvas, Qt.Key.Key_X)
    qtbot.keyClick(wall.canvas, Qt.Key.Key_Right)
    qtbot.keyClick(wall.canvas, Qt.Key.Key_X)
    assert cameras(wall)[:3] == [before[1], before[0], before[2]]


def test_that_an_emptied_tile_keeps_its_camera_on_a_later_page(qtbot: Any, wall: WallPanel) -> None:
    before = cameras(wall)
    click(qtbot, wall, 4)
    qtbot.keyClick(wall.canvas, Qt.Key.Key_Delete)
    assert cameras(wall)[4] is None
    qtbot.keyClick(wall.canvas, Qt.Key.Key_PageDown)
    assert cameras(wall)[0] == before[4]


def drop(target: Any, mime: QMimeData, end: QPoint) -> None:
    """What Qt sends to a widget when something is dragged over it and let go there."""
    action, left, keys = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(end, action, mime, left, keys))
    QApplication.sendEvent(target, QDragMoveEvent(end, action, mime, left, keys))
    QApplication.sendEvent(target, QDropEvent(QPointF(end), action, mime, left, keys))


def test_that_a_tile_dropped_on_another_changes_places_with_it(wall: WallPanel) -> None:
    before = cameras(wall)
    mime = camera_mime(str(before[1]), "wall", 1)
    drop(wall.canvas, mime, wall.canvas.shown[6].picture.center())
    assert cameras(wall)[6] == before[1]
    assert cameras(wall)[1] == before[6]
    assert sorted(map(str, cameras(wall))) == sorted(map(str, before))


def test_that_a_camera_from_the_map_or_another_wall_takes_the_tile_it_falls_on(wall: WallPanel) -> None:
    wall.choose_layout(2)
    before = cameras(wall)
    drop(wall.canvas, camera_mime("cam-14"), wall.canvas.shown[2].picture.center())
    assert cameras(wall) == [*before[:2], "cam-14", before[3]]
    assert wall.canvas.selected == "cam-14"


def test_that_nothing_but_cameras_may_be_dropped_and_nothing_while_locked(wall: WallPanel, seat: Seat) -> None:
    before = cameras(wall)
    text = QMimeData()
    text.setText("cam-14")
    drop(wall.canvas, text, wall.canvas.shown[2].picture.center())
    drop(wall.canvas, camera_mime("no such camera"), wall.canvas.shown[2].picture.center())
    assert cameras(wall) == before
    seat.bridge.take_keyboard(None)
    drop(wall.canvas, camera_mime("cam-14"), wall.canvas.shown[2].picture.center())
    assert cameras(wall) == before


def test_that_a_part_of_a_name_finds_its_camera(qtbot: Any, window: MainWindow, wall: WallPanel) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F3)
    field = wall.findChild(QLineEdit, "wall.find")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is field)
    table = wall.side.cameras.table
    for typed in ("garage", "车库", "06"):
        field.setText(typed)
        assert [table.rows.row(0).key, table.rows.rowCount()] == ["cam-06", 1]
    field.setText("nobody")
    assert table.rows.rowCount() == 0


def test_that_enter_in_the_list_fills_the_chosen_tile(qtbot: Any, window: MainWindow, wall: WallPanel) -> None:
    wall.choose_layout(2)
    click(qtbot, wall, 2)
    qtbot.keyClick(window, Qt.Key.Key_F3)
    field = wall.findChild(QLineEdit, "wall.find")
    qtbot.keyClicks(field, "11")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert cameras(wall)[2] == "cam-11"


def wheel(wall: WallPanel, at: QPoint, steps: int) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(wall.canvas.mapToGlobal(at)), QPoint(), QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(wall.canvas, event)


def test_that_wheel_drag_and_keys_look_closer(qtbot: Any, wall: WallPanel, seat: Seat) -> None:
    shown = wall.canvas.shown[5]
    click(qtbot, wall, 5)
    wheel(wall, shown.picture.center(), 4)
    camera = CameraId(str(shown.camera))
    left, top, right, bottom = seat.feed.regions[camera]
    assert 0.3 < right - left < 0.5
    assert abs((left + right) / 2 - 0.5) < 0.02
    assert (right - left) == pytest.approx(bottom - top)
    qtbot.mousePress(wall.canvas, Qt.MouseButton.LeftButton, pos=shown.picture.center())
    qtbot.mouseMove(wall.canvas, shown.picture.center() + QPoint(40, 0))
    qtbot.mouseRelease(wall.canvas, Qt.MouseButton.LeftButton, pos=shown.picture.center() + QPoint(40, 0))
    assert seat.feed.regions[camera][0] < left
    before = seat.feed.regions[camera]
    qtbot.keyClick(wall.canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert seat.feed.regions[camera][1] > before[1]
    qtbot.keyClick(wall.canvas, Qt.Key.Key_Escape)
    assert seat.feed.regions[camera] == WHOLE


def test_that_r_replays_the_last_half_minute_and_never_as_if_it_were_live(
    qtbot: Any, wall: WallPanel, seat: Seat
) -> None:
    camera = CameraId(str(wall.canvas.shown[2].camera))
    now, data = seat.clock.now(), jpeg()
    seat.feed.stills[camera] = tuple(Still(now - timedelta(seconds=30 - n), data) for n in range(30))
    click(qtbot, wall, 2)
    qtbot.keyClick(wall.canvas, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: wall.canvas.loop_of(camera) is not None)
    wall.canvas.repaint()
    middle = wall.canvas.shown[2].picture.center()
    assert wall.canvas.grab().toImage().pixelColor(middle).red() > 150
    # A narrow tile keeps the sign and the time of what is replayed.
    assert any(key[0].startswith(("Replay ", "↺ ")) for key in wall.canvas._labels._kept)
    qtbot.keyClick(wall.canvas, Qt.Key.Key_R)
    assert wall.canvas.loop_of(camera) is None
    assert wall.canvas.grab().toImage().pixelColor(middle).red() < 150


def test_that_a_camera_without_recent_pictures_says_so(qtbot: Any, wall: WallPanel) -> None:
    click(qtbot, wall, 2)
    qtbot.keyClick(wall.canvas, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: "no recent pictures" in wall.findChild(QLabel, "wall.note").text())


def test_that_the_wall_is_kept_with_every_change_and_not_at_the_end(
    qtbot: Any, window: MainWindow, wall: WallPanel, seat: Seat, tmp_path: Path
) -> None:
    wall.choose_layout(9)
    shown = wall.canvas.shown[0]
    edge = QPoint(shown.box.right(), shown.box.center().y())
    qtbot.mousePress(wall.canvas, Qt.MouseButton.LeftButton, pos=edge)
    qtbot.mouseMove(wall.canvas, edge - QPoint(wall.canvas.width() // 6, 0))
    qtbot.mouseRelease(wall.canvas, Qt.MouseButton.LeftButton, pos=edge)
    cells = wall.board.layout_now.cells
    assert cells[0].width == 12
    # Nobody closes anything: what a killed console would find is on the disk already.
    assert (tmp_path / FILE).exists()
    again = WallPanel(seat.bridge)
    qtbot.addWidget(again)
    assert again.board.layout_now == wall.board.layout_now


def test_that_a_named_layout_comes_back_whole(qtbot: Any, wall: WallPanel, seat: Seat) -> None:
    wall.choose_layout(7)
    click(qtbot, wall, 0)
    wall.board.put("cam-09")
    name = wall.findChild(QLineEdit, "wall.layout_name")
    wall.side.setVisible(True)
    name.setText("夜班")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    table = wall.side.layouts.table
    qtbot.waitUntil(lambda: table.rows.rowCount() == 1)
    before = cameras(wall)
    wall.choose_layout(4)
    table.selectRow(0)
    wall.side.layouts._apply_button.click()
    assert cameras(wall) == before


def test_that_a_sequence_takes_turns_and_waits_when_the_wall_is_touched(
    qtbot: Any, wall: WallPanel, seat: Seat
) -> None:
    stops = (Stop(CameraId("cam-01"), 10.0), Stop(CameraId("cam-02"), 10.0))
    kept = seat.desk.do(verbs.save_sequence, "S", stops, by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: kept.id in wall.board._sequences)
    wall.board.put(f"sequence:{kept.id}", 7)
    assert wall.canvas.shown[7].camera == "cam-01"
    assert wall.canvas.shown[7].tile.turn == "↻ 1/2 S"
    assert wall.canvas.shown[0].camera == "cam-01"  # its own tile is no sequence
    assert not wall.canvas.shown[0].tile.turn

    def pass_s(seconds: float) -> None:
        wall.board._turn_sequences()
        seat.clock.advance(seconds)
        wall.board._turn_sequences()

    pass_s(11)
    assert wall.canvas.shown[7].camera == "cam-02"
    click(qtbot, wall, 0)
    pass_s(30)
    assert wall.canvas.shown[7].camera == "cam-02"
    assert "❚❚" in wall.canvas.shown[7].tile.turn
    pass_s(40)
    pass_s(10)
    assert wall.canvas.shown[7].camera == "cam-01"
    before = wall.board.layout_now
    wall.board.run_sequence(kept.id, whole=True)
    assert cameras(wall)[:3] == ["cam-01", "cam-02", None]
    qtbot.keyClick(wall.canvas, Qt.Key.Key_Escape)
    assert wall.board.layout_now == before
    assert None not in cameras(wall)


def test_that_f_gives_the_wall_all_the_room_and_an_alarm_gives_it_back(
    qtbot: Any, window: MainWindow, wall: WallPanel, seat: Seat
) -> None:
    queue, width = window.panels["queue"], wall.width()
    qtbot.keyClick(wall.canvas, Qt.Key.Key_F)
    assert not queue.isVisible()
    qtbot.waitUntil(lambda: wall.width() > width)
    alarm = seat.ring("beam-east-2")
    wall.show_alarm(alarm)
    assert queue.isVisible()


def test_that_a_look_at_one_camera_leaves_every_tile_of_the_layout(
    qtbot: Any, window: MainWindow, wall: WallPanel
) -> None:
    before = wall.board.layout_now
    qtbot.mouseDClick(wall.canvas, Qt.MouseButton.LeftButton, pos=wall.canvas.shown[5].picture.center())
    click(qtbot, wall, 0)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_X, Qt.Key.Key_X):
        qtbot.keyClick(wall.canvas, key)
    drop(wall.canvas, camera_mime("cam-14"), wall.canvas.shown[0].picture.center())
    assert cameras(wall) == ["cam-14"]
    qtbot.keyClick(window, Qt.Key.Key_F3)
    field = wall.findChild(QLineEdit, "wall.find")
    qtbot.keyClicks(field, "11")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert cameras(wall) == ["cam-11"]
    wall.canvas.setFocus()
    qtbot.keyClick(wall.canvas, Qt.Key.Key_Escape)
    assert wall.board.layout_now == before
    assert len(cameras(wall)) == 16


def test_that_delete_means_the_camera_that_bears_the_mark(qtbot: Any, window: MainWindow, wall: WallPanel) -> None:
    before = wall.board.layout_now
    click(qtbot, wall, 2)
    qtbot.keyClick(window, Qt.Key.Key_F2)
    number = wall.findChild(QLineEdit, "wall.number")
    number.setText("12")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert wall.canvas.selected == "cam-12"
    qtbot.keyClick(wall.canvas, Qt.Key.Key_Delete)
    assert wall.board.layout_now == before


def test_that_a_stop_is_taken_out_of_a_sequence_though_a_camera_of_it_is_gone(
    qtbot: Any, wall: WallPanel, seat: Seat
) -> None:
    tab = wall.side.sequences
    wall.side.setVisible(True)
    tab._draft = [Stop(CameraId(name), 5.0) for name in ("gone", "cam-01", "cam-02")]
    tab._show()
    tab.stops.selectRow(0)
    tab._take_out.click()
    assert [stop.camera for stop in tab._draft] == ["gone", "cam-02"]


def test_that_a_layout_is_named_and_shown_again_by_keys_alone(
    qtbot: Any, window: MainWindow, wall: WallPanel, seat: Seat
) -> None:
    seat.ring("beam-east-2")  # the alarm's own Enter must not hear of it
    qtbot.waitUntil(lambda: window.panels["queue"].model.rowCount() == 1)
    wall.choose_layout(7)
    before = cameras(wall)
    wall.toggle_side()
    tab = wall.side.layouts

    def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        qtbot.keyClick(QApplication.focusWidget(), key, modifier)

    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    assert QApplication.focusWidget().objectName() == "wall.find"
    press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is tab._name
    assert not tab._apply_button.isEnabled()
    qtbot.keyClicks(tab._name, "night")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: tab.table.rows.rowCount() == 1)
    wall.choose_layout(4)
    wall.toggle_side()
    wall.toggle_side()
    press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is tab.table
    assert tab._apply_button.isEnabled()
    press(Qt.Key.Key_Return)
    assert cameras(wall) == before
    assert not seat.desk.ask(lambda rx: rx.find(PlanRun)).result()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_that_nothing_the_wall_is_asked_moves_what_stands_beside_it(
    qtbot: Any, window: MainWindow, wall: WallPanel, language: str
) -> None:
    window.speak(language)
    window.resize(1366, 768)
    qtbot.wait(1)
    beside = window.panels["map"]
    left = beside.mapTo(window, QPoint(0, 0)).x()

    def moved() -> int:
        qtbot.wait(1)
        return beside.mapTo(window, QPoint(0, 0)).x() - left

    for number in range(1, 10):
        wall.choose_layout(number)
        assert moved() == 0
    wall.ask_number()
    assert moved() == 0
    wall.board.step_back()
    wall.board.show_camera("cam-05")
    assert moved() == 0
    wall.board.look_only_at(CameraId("cam-05"))
    assert moved() == 0


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_that_beside_the_list_the_title_of_the_wall_gives_way_before_the_map(
    qtbot: Any, window: MainWindow, wall: WallPanel, language: str
) -> None:
    window.speak(language)
    window.resize(1366, 768)
    qtbot.wait(1)
    title = wall.board._title
    assert title.fitting() == title.text()
    wall.toggle_side()
    qtbot.waitUntil(lambda: title.fitting() in title._shorter)
    assert title.fitting() != title.text(), "said shorter, not whole"
    qtbot.waitUntil(lambda: window.panels["map"].width() > 425)
