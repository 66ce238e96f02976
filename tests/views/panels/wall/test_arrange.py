"""Where cameras stand on the wall."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.models.ids import CameraId
from console.views.panels.wall.arrange import (
    BY_KEY,
    GRIDS,
    Grid,
    arrange,
    boxes,
    hidden_by_fronts,
    pages,
    picture_box,
    smallest_grid,
)

CAMERAS = tuple(CameraId(f"cam-{n:02d}") for n in range(1, 25))
grids = st.sampled_from(GRIDS)
orders = st.integers(0, 24).map(lambda n: CAMERAS[:n])
some_fronts = st.lists(st.sampled_from(CAMERAS), max_size=5, unique=True).map(tuple)


def cells(grid: Grid, tiles) -> list[tuple[int, int]]:
    return [
        (tile.column + right, tile.row + down) for tile in tiles for right in range(tile.span) for down in range(tile.span)
    ]


@given(grids, orders, some_fronts, st.integers(0, 3))
def test_that_tiles_cover_every_cell_once_whatever_is_at_the_front(grid, order, fronts, page) -> None:
    tiles = arrange(grid, order, fronts, page)
    covered = cells(grid, tiles)
    assert sorted(covered) == sorted((column, row) for column in range(grid.columns) for row in range(grid.rows))


@given(grids, orders, some_fronts, st.integers(0, 3))
def test_that_no_camera_stands_twice(grid, order, fronts, page) -> None:
    shown = [tile.camera for tile in arrange(grid, order, fronts, page) if tile.camera]
    assert len(shown) == len(set(shown))


@given(grids, orders, some_fronts)
def test_that_the_fronts_stand_first_and_in_order(grid, order, fronts) -> None:
    tiles = arrange(grid, order, fronts)
    brought = [tile.camera for tile in tiles if tile.front]
    assert tuple(brought) == fronts[: len(brought)]
    assert len(brought) == min(len(fronts), len(tiles))
    if brought:
        assert (tiles[0].column, tiles[0].row) == (0, 0)


@given(grids, orders, some_fronts)
def test_that_taking_the_fronts_away_gives_the_operators_layout_back(grid, order, fronts) -> None:
    before = arrange(grid, order)
    arrange(grid, order, fronts)
    assert arrange(grid, order, ()) == before


@given(grids, orders, some_fronts)
def test_that_who_need_not_move_stays_where_it_stood(grid, order, fronts) -> None:
    before = {(tile.column, tile.row, tile.span): tile.camera for tile in arrange(grid, order)}
    after = arrange(grid, order, fronts)
    taken = set(cells(grid, [tile for tile in after if tile.front]))
    for tile in after:
        place = (tile.column, tile.row, tile.span)
        own = before.get(place)
        if not tile.front and own is not None and own not in fronts and not (set(cells(grid, [tile])) & taken):
            assert tile.camera == own


@given(grids, orders, some_fronts)
def test_that_who_had_to_leave_is_counted(grid, order, fronts) -> None:
    before = {tile.camera for tile in arrange(grid, order)} - {None}
    after = {tile.camera for tile in arrange(grid, order, fronts)}
    assert hidden_by_fronts(grid, order, fronts) == len(before - after)


def test_that_an_alarm_gets_a_tile_of_two_by_two_where_there_is_room() -> None:
    assert arrange(BY_KEY["16"], CAMERAS, (CAMERAS[9],))[0].span == 2
    assert arrange(BY_KEY["9"], CAMERAS, (CAMERAS[9],))[0].span == 2
    assert arrange(BY_KEY["4"], CAMERAS, (CAMERAS[9],))[0].span == 1


@pytest.mark.parametrize(("cameras", "key"), [(1, "1"), (2, "4"), (5, "9"), (16, "16"), (40, "16")])
def test_that_the_first_grid_shows_all_cameras_if_any_does(cameras: int, key: str) -> None:
    assert smallest_grid(cameras).key == key


def test_that_pages_are_enough_for_all_cameras() -> None:
    assert pages(BY_KEY["9"], 16) == 2
    assert pages(BY_KEY["1+5"], 7) == 2
    assert pages(BY_KEY["4"], 0) == 1
    last = arrange(BY_KEY["9"], CAMERAS[:16], (), 1)
    assert [tile.camera for tile in last if tile.camera] == list(CAMERAS[9:16])


@given(grids, some_fronts, st.integers(320, 2600), st.integers(240, 1500))
def test_that_boxes_lie_inside_and_apart(grid, fronts, width, height) -> None:
    tiles = arrange(grid, CAMERAS, fronts)
    placed = boxes(grid, tiles, width, height, strip=24, gap=6)
    for box in placed:
        assert box.left >= 0
        assert box.top >= 0
        assert box.right <= width
    if height >= grid.rows * (9 + 24 + 6) + 6:
        assert all(box.bottom <= height for box in placed)
    for n, one in enumerate(placed):
        for other in placed[n + 1 :]:
            apart = one.right < other.left or other.right < one.left or one.bottom < other.top or other.bottom < one.top
            assert apart


@given(st.integers(60, 900), st.integers(60, 700), st.sampled_from([16 / 9, 4 / 3, 1.0, 9 / 16]))
def test_that_a_picture_keeps_its_aspect_inside_its_tile(width, height, aspect) -> None:
    (tile,) = arrange(BY_KEY["1"], CAMERAS[:1])
    (box,) = boxes(BY_KEY["1"], (tile,), width, height, strip=24, gap=6)
    picture = picture_box(box, 24, aspect)
    assert picture.left >= box.left
    assert picture.right <= box.right
    assert picture.top >= box.top
    assert abs(picture.width - picture.height * aspect) <= max(2.0, aspect + 1)
