"""Where the alarm strip stands: as large pictures as can be, for the operator and for the alarm, and nothing that jumps."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt

from console.models.recording import RecorderState, RecordMode
from console.models.wall import FINE, LEAST_CELL, Cell, moved_edge
from console.services import recording
from console.views.panels.wall.arrange import (
    BY_KEY,
    GRIDS,
    LEAST_PAIR_PX,
    Box,
    Cut,
    Grid,
    arrange,
    boxes,
    cut_for,
    free_boxes,
    pair_boxes,
    pairs_that_fit,
    picture_box,
)
from console.views.panels.wall.panel import WallPanel
from tests.views.posts import Seat

HEADS = (34, 60)


def own_area(grid: Grid, width: int, height: int) -> int:
    placed = boxes(grid, arrange(grid, (None,) * grid.capacity), width, height, strip=24, gap=6)
    pictures = [picture_box(box, 24, 16 / 9) for box in placed]
    return sum(picture.width * picture.height for picture in pictures)


def apart(found: tuple[Box, ...]) -> bool:
    return all(
        one.right <= other.left or other.right <= one.left or one.bottom <= other.top or other.bottom <= one.top
        for at, one in enumerate(found)
        for other in found[:at]
    )


def cut(grid: Grid, pairs: int, width: int, height: int) -> Cut:
    return cut_for(pairs, width, height, lambda w, h: own_area(grid, w, h), heads=HEADS, strip=24, gap=6)


@given(st.integers(1, 6), st.integers(150, 1600), st.integers(150, 1200), st.sampled_from([1, 2]))
def test_that_pairs_stand_inside_and_apart(pairs: int, width: int, height: int, each: int) -> None:
    found = pair_boxes(pairs, width, height, strip=24, gap=6, each=each)
    assert len(found) == pairs * each
    assert apart(found)
    assert {(box.width, box.height) for box in found} == {(found[0].width, found[0].width * 9 // 16 + 24)}
    if found[0].width > 16:
        assert all(box.left >= 6 and box.top >= 6 and box.right <= width and box.bottom <= height for box in found)


@given(st.integers(2, 6), st.integers(200, 1600), st.integers(200, 1200))
def test_that_no_more_pairs_are_shown_than_one_can_see_something_in(most: int, width: int, height: int) -> None:
    fitting = pairs_that_fit(width, height, most, strip=24, gap=6)
    assert 1 <= fitting <= most
    if fitting > 1:
        assert pair_boxes(fitting, width, height, strip=24, gap=6)[0].width >= LEAST_PAIR_PX


def test_that_four_by_four_on_a_wide_screen_gets_the_strip_beside_it() -> None:
    found = cut(BY_KEY["16"], 1, 1089, 709)
    assert found.beside
    own, strip = found.rooms(1089, 709)
    below = own_area(BY_KEY["16"], 1089, 709 - 240)  # as a strip of a third of the height would have it
    assert own_area(BY_KEY["16"], own.width, own.height) > below
    assert pair_boxes(1, strip.width, strip.height - HEADS[1], strip=24, gap=6)[0].width > 300


def test_that_a_high_narrow_wall_gets_the_strip_below() -> None:
    assert not cut(BY_KEY["16"], 1, 700, 1000).beside


@given(st.sampled_from(GRIDS), st.integers(1, 6), st.integers(500, 1900), st.integers(400, 1100))
def test_that_a_cut_shares_the_room_and_leaves_nothing_out(grid: Grid, pairs: int, width: int, height: int) -> None:
    found = cut(grid, pairs, width, height)
    own, strip = found.rooms(width, height)
    assert own.width * own.height + strip.width * strip.height == width * height
    assert apart((own, strip))
    assert min(own.width, own.height, strip.width, strip.height) > 0


CELLS = (
    Cell(0, 0, 16, 16),
    Cell(16, 0, 8, 8),
    Cell(16, 8, 8, 8),
    Cell(0, 16, 8, 8),
    Cell(8, 16, 8, 8),
    Cell(16, 16, 8, 8),
)


def test_that_an_edge_carries_what_adjoins_it() -> None:
    moved = moved_edge(CELLS, 0, 13, right=True)
    assert moved[0] == Cell(0, 0, 13, 16)
    assert moved[1:3] == (Cell(13, 0, 11, 8), Cell(13, 8, 11, 8))
    assert moved[3:] == CELLS[3:]  # the row below ends elsewhere and is not theirs
    lower = moved_edge(CELLS, 0, 12, right=False)
    assert [cell.bottom for cell in lower[:3]] == [12, 8, 16]
    assert [cell.top for cell in lower[3:]] == [12, 12, 16]  # beside the tile, where nothing of it ends, nothing moves


@given(st.integers(0, 5), st.booleans(), st.lists(st.integers(-3, FINE + 3), min_size=1, max_size=6))
def test_that_dragged_edges_never_lay_one_tile_over_another_or_leave_a_hole(
    index: int, right: bool, ways: list[int]
) -> None:
    cells = CELLS
    for at in ways:
        cells = moved_edge(cells, index, at, right=right)
        assert not any(one.overlaps(other) for place, one in enumerate(cells) for other in cells[:place])
        assert all(min(cell.width, cell.height) >= LEAST_CELL for cell in cells)
        assert all(cell.left >= 0 and cell.top >= 0 and cell.right <= FINE and cell.bottom <= FINE for cell in cells)


def test_that_the_name_of_a_free_tile_stands_at_its_picture() -> None:
    (box,) = free_boxes((Cell(0, 0, 8, 24),), 1200, 900, strip=24, gap=6)
    assert box.height == box.width * 9 // 16 + 24


@pytest.fixture
def wall(qtbot: Any, seat: Seat) -> WallPanel:
    seat.take_keyboard()
    made = WallPanel(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1089, 745)
    made.show()
    qtbot.waitUntil(lambda: len(made.canvas.shown) == 16)
    return made


def test_that_the_strip_stands_still_while_alarms_come_and_go(qtbot: Any, wall: WallPanel, seat: Seat) -> None:
    seat.ring("beam-east-2")
    qtbot.waitUntil(wall.strip.isVisible)
    first = wall.stage.cut
    assert first is not None
    assert first.beside
    assert wall.canvas.geometry().right() < wall.strip.geometry().left()
    assert wall.strip.geometry().bottom() == wall.stage.rect().bottom()
    seat.ring("door-b3-back", alarm_class="access", priority=2)
    qtbot.waitUntil(lambda: len(wall.strip.shown_pairs()) == 2)
    assert wall.stage.cut == first
    assert wall.step_back()
    assert wall.stage.cut is None
    assert wall.canvas.geometry() == wall.stage.rect()


def test_that_esc_sends_every_alarm_back_and_not_only_the_one_that_leads(
    qtbot: Any, wall: WallPanel, seat: Seat
) -> None:
    seat.ring("beam-east-2")
    seat.ring("video-east")  # the same camera: it has no place of its own in the strip
    qtbot.waitUntil(lambda: wall.strip.isVisible() and len(wall._alarms) == 2)
    assert wall.step_back()
    assert not wall.strip.isVisible()


def test_that_where_nothing_was_kept_of_before_live_pictures_take_the_room(
    qtbot: Any, wall: WallPanel, seat: Seat
) -> None:
    seat.ring("beam-east-2")
    qtbot.waitUntil(wall.strip.isVisible)
    assert [shown.tile.loop for shown in wall.strip.glass.shown] == [True, False]
    seat.clock.advance(3600)
    again = WallPanel(seat.bridge)
    qtbot.addWidget(again)
    again.resize(1089, 745)
    again.show()
    qtbot.waitUntil(lambda: [shown.tile.loop for shown in again.strip.glass.shown] == [False])


def test_that_recording_is_shown_that_began_before_the_wall_was_there(qtbot: Any, wall: WallPanel, seat: Seat) -> None:
    camera = next(one.id for one in seat.bridge.site.cameras if one.record.mode is not RecordMode.NONE)
    state = RecorderState(camera=camera, mode=RecordMode.CONTINUOUS, wanted=True, on=True, since_at=seat.clock.now())
    seat.desk.do(recording.state_changed, state).result()
    again = WallPanel(seat.bridge)
    qtbot.addWidget(again)
    qtbot.waitUntil(lambda: again.canvas.marks(camera) == "on")
    assert again.strip.glass.marks(camera) == "on"


def test_that_a_free_tile_is_shaped_by_keys_and_by_the_gap_beside_it(qtbot: Any, wall: WallPanel) -> None:
    wall.choose_layout(9)
    canvas = wall.canvas
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.shown[0].picture.center())
    before = wall.board.layout_now.cells
    both = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(canvas, Qt.Key.Key_Left, both)
    after = wall.board.layout_now.cells
    assert (after[0].width, after[1].left) == (before[0].width - 1, before[1].left - 1)
    gap = canvas.shown[0].box.right() + 4
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(gap, 100))
    there = QPoint(canvas.width() * 12 // FINE, 100)
    qtbot.mouseMove(canvas, there)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=there)
    widths = [cell.width for cell in wall.board.layout_now.cells[:3]]
    assert widths == [12, 12, 12]
