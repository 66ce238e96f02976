"""Privacy masks are lifted from the wall: by who may, with a reason, for a stated time, seen on the tile, and back by key."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QToolButton

from console.app.masks import MaskRoom
from console.i18n import set_language
from console.models.events import MasksLifted
from console.models.ids import CameraId
from console.models.masks import Mask
from console.models.people import Role
from console.views.panels.wall.arrange import BY_KEY
from console.views.panels.wall.panel import WallPanel
from tests.views.posts import Seat

LEADERS = Mask(zone=((0, 0), (1, 0), (1, 1)), roles=(Role.LEADER, Role.SUPERVISOR))
OTHERS = Mask(zone=((0, 0), (1, 0), (0, 1)))


class Pictures:
    """Hears what is to be painted."""

    def __init__(self) -> None:
        self.told: list[tuple[CameraId, tuple[Mask, ...], float]] = []

    def lift_masks(self, camera: CameraId, painted: tuple[Mask, ...], for_s: float) -> None:
        self.told.append((camera, painted, for_s))


@pytest.fixture
def pictures(seat: Seat) -> Iterator[Pictures]:
    site = seat.desk.ground.site
    first = replace(site.cameras[0], masks=(LEADERS, OTHERS))
    seat.desk.ground = replace(seat.desk.ground, site=replace(site, cameras=(first, *site.cameras[1:])))
    made = Pictures()
    with MaskRoom(seat.desk, made) as room:
        seat.bridge.surroundings = replace(seat.bridge.surroundings, masks=room)
        yield made


@pytest.fixture
def wall(seat: Seat, pictures: Pictures, qtbot: Any) -> WallPanel:
    set_language("en")
    seat.take_keyboard("zhang")
    panel = WallPanel(seat.bridge)
    qtbot.addWidget(panel)
    panel.resize(1100, 720)
    panel.show()
    panel.choose_grid(BY_KEY["4"])
    qtbot.waitExposed(panel)
    panel.activateWindow()
    qtbot.mouseClick(panel.canvas, Qt.MouseButton.LeftButton, pos=panel.canvas.shown[0].picture.center())
    return panel


def tool_of(wall: WallPanel) -> QToolButton:
    return wall.findChild(QToolButton, "wall.masks_tool")


def reason_of(wall: WallPanel) -> QLineEdit:
    return wall.findChild(QLineEdit, "wall.masks_reason")


def badges(wall: WallPanel, seat: Seat) -> list[str]:
    return [text for text, _tone in wall.notes.of(seat.bridge.site.cameras[0].id)]


def lines(seat: Seat) -> list[Any]:
    return seat.desk.ask(lambda rx: list(rx.journal(kinds=(MasksLifted.__name__,)))).result()


def lift(wall: WallPanel, seat: Seat, qtbot: Any) -> None:
    qtbot.mouseClick(tool_of(wall), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(reason_of(wall).isVisible)
    qtbot.keyClicks(reason_of(wall), "somebody climbs in at a window")
    qtbot.keyClick(reason_of(wall), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(badges(wall, seat)))


def test_that_who_may_lifts_a_cameras_masks_with_a_reason_for_a_stated_time_and_the_tile_says_until_when(
    wall: WallPanel, seat: Seat, pictures: Pictures, qtbot: Any
) -> None:
    assert tool_of(wall).isVisible()
    qtbot.mouseClick(tool_of(wall), Qt.MouseButton.LeftButton)
    span = wall.findChild(QComboBox, "wall.masks_span")
    assert [span.itemText(at) for at in range(span.count())] == ["for 1 min", "for 2 min", "for 5 min"]
    qtbot.keyClicks(reason_of(wall), "somebody climbs in at a window")
    qtbot.keyClick(reason_of(wall), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(badges(wall, seat)))
    assert badges(wall, seat)[0].startswith("Unmasked 1:00, until ")
    seat.clock.advance(18)
    assert badges(wall, seat)[0].startswith("Unmasked 0:42, until ")
    qtbot.waitUntil(lambda: bool(pictures.told))
    assert pictures.told[0][1] == (OTHERS,)
    assert 0 < pictures.told[0][2] <= 60
    assert not reason_of(wall).isVisible()
    (line,) = lines(seat)
    assert line.by == "p-zhang"
    assert "somebody climbs in at a window" in str(line.body)


def test_that_the_masks_end_by_themselves_on_the_tile_as_in_the_picture(wall: WallPanel, seat: Seat, qtbot: Any) -> None:
    lift(wall, seat, qtbot)
    seat.clock.advance(59)
    assert badges(wall, seat)
    seat.clock.advance(1)
    assert badges(wall, seat) == []


def test_that_the_masks_are_put_back_at_once_by_key_on_record(
    wall: WallPanel, seat: Seat, pictures: Pictures, qtbot: Any
) -> None:
    lift(wall, seat, qtbot)
    assert wall.lift_masks()
    qtbot.waitUntil(lambda: not badges(wall, seat))
    assert pictures.told[-1] == (seat.bridge.site.cameras[0].id, (LEADERS, OTHERS), 0.0)
    assert len(lines(seat)) == 2
    assert not reason_of(wall).isVisible()


def test_that_without_a_reason_nothing_is_lifted_and_that_is_said(wall: WallPanel, seat: Seat, qtbot: Any) -> None:
    wall.lift_masks()
    qtbot.keyClick(reason_of(wall), Qt.Key.Key_Return)
    says = wall.findChild(QLabel, "wall.masks_says")
    qtbot.waitUntil(says.isVisible)
    assert says.text() == "Say why the masks are lifted."
    assert lines(seat) == []
    qtbot.keyClick(reason_of(wall), Qt.Key.Key_Escape)
    assert not reason_of(wall).isVisible()
    assert lines(seat) == []


def test_that_who_may_not_has_no_button_and_is_told_who_may(wall: WallPanel, seat: Seat, qtbot: Any) -> None:
    seat.take_keyboard("li")
    assert not tool_of(wall).isVisible()
    wall.lift_masks()
    assert not reason_of(wall).isVisible()
    note = wall.findChild(QLabel, "wall.note")
    assert note.text() == "Only these may have its privacy masks lifted: Shift leader, Supervisor"
    assert lines(seat) == []


def test_that_a_camera_without_masks_has_no_button_and_says_so(wall: WallPanel, seat: Seat, qtbot: Any) -> None:
    qtbot.mouseClick(wall.canvas, Qt.MouseButton.LeftButton, pos=wall.canvas.shown[1].picture.center())
    assert not tool_of(wall).isVisible()
    wall.lift_masks()
    assert wall.findChild(QLabel, "wall.note").text() == "This camera has no privacy masks"


def test_that_who_gives_the_keyboard_away_leaves_no_mask_lifted(
    wall: WallPanel, seat: Seat, pictures: Pictures, qtbot: Any
) -> None:
    lift(wall, seat, qtbot)
    seat.take_keyboard("li")
    qtbot.waitUntil(lambda: not badges(wall, seat))
    assert pictures.told[-1][2] == 0.0
    assert [line.by for line in lines(seat)] == ["p-zhang", "p-zhang"]
