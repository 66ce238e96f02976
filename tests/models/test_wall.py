"""Layouts lose nothing, cells of a free layout never overlap, sequences keep time, zoom stays within the picture."""

from hypothesis import given
from hypothesis import strategies as st

from console.models.wall import FINE, SEQUENCE, Cell, Layout, Stop, moved_cell, room_for_cell, tidy, turn_at
from console.models.zoom import Zoom

CAMERAS = tuple(f"cam-{n}" for n in range(8))
STEPS = st.lists(
    st.tuples(st.sampled_from(("put", "swap", "clear")), st.integers(0, 11), st.integers(0, 11)), max_size=30
)


@given(STEPS)
def test_that_whatever_is_done_to_the_tiles_every_camera_stays_on_the_wall_once(steps: list) -> None:
    layout = Layout(grid="4", slots=CAMERAS)
    for what, one, other in steps:
        if what == "put":
            layout = layout.with_slot(one, CAMERAS[other % len(CAMERAS)])
        elif what == "swap":
            layout = layout.swapped(one, other)
        else:
            layout = layout.cleared(one)
    there = [content for content in tidy(layout, CAMERAS, ()).slots if content]
    assert sorted(there) == sorted(CAMERAS)


def test_that_a_camera_put_elsewhere_changes_places_with_what_stood_there() -> None:
    layout = Layout(grid="4", slots=("a", "b", "c")).with_slot(0, "c")
    assert layout.slots == ("c", "b", "a")


def test_that_cameras_that_are_gone_leave_their_tile_and_new_ones_come_last() -> None:
    layout = tidy(Layout(grid="4", slots=("a", "gone", f"{SEQUENCE}s", f"{SEQUENCE}old")), ("a", "new"), ("s",))
    assert layout.slots == ("a", "", f"{SEQUENCE}s", "", "new")


CELLS = st.builds(Cell, st.integers(-5, 30), st.integers(-5, 30), st.integers(-3, 40), st.integers(-3, 40))


@given(st.lists(st.tuples(st.integers(0, 5), CELLS), max_size=25))
def test_that_tiles_of_a_free_layout_never_cover_one_another_nor_leave_the_wall(moves: list) -> None:
    cells: tuple[Cell, ...] = ()
    for _tile in range(6):
        cell = room_for_cell(cells)
        if cell is not None:
            cells = (*cells, cell)
    for index, wanted in moves:
        cells = moved_cell(cells, index % len(cells), wanted)
        for at, one in enumerate(cells):
            assert 0 <= one.left < one.right <= FINE
            assert 0 <= one.top < one.bottom <= FINE
            assert not any(one.overlaps(other) for other in cells[at + 1 :])


@given(st.lists(st.floats(2, 60), min_size=1, max_size=6), st.floats(0, 1e5))
def test_that_every_camera_of_a_sequence_has_its_time(dwells: list[float], running_s: float) -> None:
    stops = tuple(Stop(f"c{n}", dwell) for n, dwell in enumerate(dwells))  # type: ignore[arg-type]
    index, left_s = turn_at(stops, running_s)
    assert 0 <= index < len(stops)
    assert 0 <= left_s <= stops[index].dwell_s + 1e-6


@given(st.lists(st.tuples(st.floats(0.2, 5), st.floats(0, 1), st.floats(0, 1), st.floats(-2, 2)), max_size=20))
def test_that_a_zoom_never_looks_beyond_the_picture(steps: list) -> None:
    zoom = Zoom()
    for times, x, y, way in steps:
        zoom = zoom.closer(times, (x, y)).moved(way, -way)
        left, top, right, bottom = zoom.region
        assert -1e-9 <= left < right <= 1 + 1e-9
        assert -1e-9 <= top < bottom <= 1 + 1e-9


def test_that_what_lies_under_the_pointer_stays_there() -> None:
    before = Zoom(2.0, 0.5, 0.5)
    after = before.closer(2.0, (0.25, 0.75))

    def under(zoom: Zoom) -> tuple[float, float]:
        left, top, right, bottom = zoom.region
        return left + 0.25 * (right - left), top + 0.75 * (bottom - top)

    assert all(abs(a - b) < 1e-9 for a, b in zip(under(before), under(after), strict=True))
