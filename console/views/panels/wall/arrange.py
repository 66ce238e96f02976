"""Say which camera stands where on the wall: pure rules, no Qt.

The operator's layout is a grid and an order of cameras. What an alarm brings to the front is laid over it: the
operator's own arrangement is never changed, so that taking the alarm away gives it back exactly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from console.models.ids import CameraId
from console.models.wall import FINE, Cell


@dataclass(frozen=True, slots=True)
class Grid:
    """A way to cut the wall: `big` is how many cells wide and high the first tile is."""

    key: str
    columns: int
    rows: int
    big: int = 1

    @property
    def capacity(self) -> int:
        """How many cameras the grid shows at once."""
        return self.columns * self.rows - self.big * self.big + 1


GRIDS: Final[tuple[Grid, ...]] = (
    Grid("1", 1, 1),
    Grid("4", 2, 2),
    Grid("1+5", 3, 3, big=2),
    Grid("9", 3, 3),
    Grid("1+7", 4, 4, big=3),
    Grid("16", 4, 4),
    Grid("25", 5, 5),
    Grid("36", 6, 6),
)
FREE: Final = "free"
# In the order of the keys Alt+1 to Alt+9.
KEYS: Final = ("1", "4", "9", "16", "25", "36", "1+5", "1+7", FREE)
BY_KEY: Final = {grid.key: grid for grid in GRIDS}
LEAST_PAIR_PX: Final = 110
"""Narrower than this a picture of an alarm shows nothing any more."""
_SEAM_PX: Final = 2
_CUT_STEP_PX: Final = 10


@dataclass(frozen=True, slots=True)
class Tile:
    """A camera's place: column and row of its top left cell, how many cells it spans, whether it was brought here.

    `slot` is the tile of the operator's layout that this is, -1 for none; `turn` says of a sequence which camera it
    shows ("2/8"); a `loop` shows recent pictures and never live ones.
    """

    camera: CameraId | None
    column: int
    row: int
    span: int = 1
    front: bool = False
    slot: int = -1
    turn: str = ""
    loop: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column beyond."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row beyond."""
        return self.top + self.height


def smallest_grid(cameras: int) -> Grid:
    """The smallest even grid that shows so many cameras, sixteen where none of up to sixteen does."""
    even = [grid for grid in GRIDS if grid.big == 1 and grid.columns <= 4]
    return next((grid for grid in even if grid.capacity >= cameras), even[-1])


def pages(grid: Grid, cameras: int) -> int:
    """How many pages so many cameras need; at least one."""
    return max(1, -(-cameras // grid.capacity))


def places(grid: Grid, big: int) -> list[tuple[int, int, int]]:
    """Column, row and span of every tile in reading order, the first one `big` cells wide and high."""
    first = [(0, 0, big)]
    rest = [
        (column, row, 1)
        for row in range(grid.rows)
        for column in range(grid.columns)
        if column >= big or row >= big
    ]
    return first + rest


def arrange(
    grid: Grid, order: tuple[CameraId | None, ...], fronts: tuple[CameraId, ...] = (), page: int = 0
) -> tuple[Tile, ...]:
    """Where everything stands.

    `order` is what the operator put into the tiles, page after page, None for an empty one; `page` chooses which of them
    the grid shows. The first of `fronts` takes a tile of two by two cells at the top left (the first tile, in a grid of
    fewer than three columns), the others the tiles after it. Everybody else stays where they stood if that tile is still
    free; those who had to leave fill what became free, and who finds no tile is not on the wall until the fronts are gone.
    """
    start = page * grid.capacity
    shown = order[start : start + grid.capacity]
    own = places(grid, grid.big)
    if not fronts:
        padded = (*shown, *(None for _ in range(grid.capacity - len(shown))))
        return tuple(
            Tile(camera, *place, slot=start + at) for at, (camera, place) in enumerate(zip(padded, own, strict=True))
        )

    slots = {camera: start + at for at, camera in enumerate(shown) if camera is not None}
    big = max(grid.big, 2) if grid.columns >= 3 else 1
    free = places(grid, big)
    brought = tuple(dict.fromkeys(fronts))[: len(free)]
    tiles = [Tile(camera, *place, front=True) for camera, place in zip(brought, free, strict=False)]
    free = free[len(brought) :]

    moved: list[CameraId] = []
    stay: dict[tuple[int, int, int], CameraId] = {}
    for camera, place in zip(shown, own, strict=False):
        if camera is None or camera in brought:
            continue
        if place in free:
            stay[place] = camera
        else:
            moved.append(camera)
    for place in free:
        camera_here = stay.get(place) or (moved.pop(0) if moved else None)
        tiles.append(Tile(camera_here, *place, slot=slots.get(camera_here, -1) if camera_here else -1))
    return tuple(tiles)


def hidden_by_fronts(
    grid: Grid, order: tuple[CameraId | None, ...], fronts: tuple[CameraId, ...], page: int = 0
) -> int:
    """How many cameras of the page had to leave the wall for the fronts."""
    before = {tile.camera for tile in arrange(grid, order, (), page)}
    after = {tile.camera for tile in arrange(grid, order, fronts, page)}
    return len(before - after - {None})


def boxes(grid: Grid, tiles: tuple[Tile, ...], width: int, height: int, *, strip: int, gap: int) -> tuple[Box, ...]:
    """The pixels of every tile (picture and strip below it) in an area of `width` by `height`.

    A single cell keeps 16:9 for its picture; what is left over stays around the whole block, which is centred
    sideways and hangs from the top.
    """
    columns, rows = grid.columns, grid.rows
    cell_width = (width - gap * (columns + 1)) // columns
    picture_height = cell_width * 9 // 16
    if rows * (picture_height + strip) + gap * (rows + 1) > height:
        picture_height = (height - gap * (rows + 1)) // rows - strip
        cell_width = min(cell_width, picture_height * 16 // 9)
    cell_width, picture_height = max(cell_width, 16), max(picture_height, 9)
    cell_height = picture_height + strip
    left = (width - columns * cell_width - gap * (columns - 1)) // 2
    return tuple(
        Box(
            left + tile.column * (cell_width + gap),
            gap + tile.row * (cell_height + gap),
            tile.span * cell_width + (tile.span - 1) * gap,
            tile.span * cell_height + (tile.span - 1) * gap,
        )
        for tile in tiles
    )


def free_boxes(cells: tuple[Cell, ...], width: int, height: int, *, strip: int, gap: int) -> tuple[Box, ...]:
    """The pixels of every tile of a free layout in an area of `width` by `height`.

    A tile is no higher than its picture and the strip below it need; what its cell has beyond stays around it.
    """
    found = []
    for cell in cells:
        room = cell_box(cell, width, height, gap=gap)
        tall = min(room.height, room.width * 9 // 16 + strip)
        found.append(Box(room.left, room.top + (room.height - tall) // 2, room.width, tall))
    return tuple(found)


def cell_box(cell: Cell, width: int, height: int, *, gap: int) -> Box:
    """The pixels that a cell of a free layout has for its tile, without the gap around it."""
    left, right = gap + cell.left * (width - gap) // FINE, gap + cell.right * (width - gap) // FINE
    top, bottom = gap + cell.top * (height - gap) // FINE, gap + cell.bottom * (height - gap) // FINE
    return Box(left, top, max(16, right - left - gap), max(16, bottom - top - gap))


def pair_boxes(pairs: int, width: int, height: int, *, strip: int, gap: int, each: int = 2) -> tuple[Box, ...]:
    """The pixels of tiles that stand in pairs: recent pictures and live ones of a camera, side by side or above each other.

    Of all ways to stand in rows and columns it is the one with the largest pictures; in the order of reading. `each` is
    1 where there are live pictures alone.
    """
    if pairs < 1:
        return ()
    ways = [
        (_pair_width(columns, -(-pairs // columns), across, each - across + 1, width, height, strip, gap), across, -columns)
        for across in range(1, each + 1)
        for columns in range(1, pairs + 1)
    ]
    wide, across, turned = max(ways)
    wide, columns, down = max(wide, 16), -turned, each - across + 1
    tall = wide * 9 // 16 + strip
    found = []
    for at in range(pairs):
        left = gap + at % columns * (across * (wide + _SEAM_PX) - _SEAM_PX + gap)
        top = gap + at // columns * (down * (tall + _SEAM_PX) - _SEAM_PX + gap)
        found += [
            Box(left + right * (wide + _SEAM_PX), top + below * (tall + _SEAM_PX), wide, tall)
            for below in range(down)
            for right in range(across)
        ]
    return tuple(found)


def _pair_width(columns: int, rows: int, across: int, down: int, width: int, height: int, strip: int, gap: int) -> int:
    """How wide a picture is where so many stand across and down in a pair, and the pairs in columns and rows."""
    wide = ((width - gap * (columns + 1)) // columns - _SEAM_PX * (across - 1)) // across
    tall = ((height - gap * (rows + 1)) // rows - _SEAM_PX * (down - 1)) // down - strip
    return min(wide, tall * 16 // 9)


def pairs_that_fit(width: int, height: int, most: int, *, strip: int, gap: int) -> int:
    """How many pairs there is room for with pictures in which one still sees something; one at least."""
    for pairs in range(most, 1, -1):
        if pair_boxes(pairs, width, height, strip=strip, gap=gap)[0].width >= LEAST_PAIR_PX:
            return pairs
    return 1


@dataclass(frozen=True, slots=True)
class Cut:
    """How the room of a wall is divided: the strip stands `beside` the tiles or below them, `extent` pixels wide or high."""

    beside: bool
    extent: int

    def rooms(self, width: int, height: int) -> tuple[Box, Box]:
        """The pixels of the tiles and those of the strip."""
        if self.beside:
            own = width - self.extent
            return Box(0, 0, own, height), Box(own, 0, self.extent, height)
        own = height - self.extent
        return Box(0, 0, width, own), Box(0, own, width, self.extent)


def cut_for(
    pairs: int,
    width: int,
    height: int,
    own_area: Callable[[int, int], int],
    *,
    heads: tuple[int, int],
    strip: int,
    gap: int,
) -> Cut:
    """The cut that leaves the largest pictures to the operator's own tiles and to so many pairs of an alarm.

    What counts is the area of the operator's own pictures squared times that of the alarm's: both must be seen, and
    the operator's own weigh twice. `own_area` gives the area of the own pictures in a room; `heads` is how high the
    words of the strip are, below the tiles and beside them.
    """

    def worth(cut: Cut) -> int:
        own, strip_room = cut.rooms(width, height)
        tall = strip_room.height - heads[cut.beside]
        if tall < strip + 9:
            return 0
        fitting = pairs_that_fit(strip_room.width, tall, pairs, strip=strip, gap=gap)
        one = pair_boxes(fitting, strip_room.width, tall, strip=strip, gap=gap)[0]
        return own_area(own.width, own.height) ** 2 * fitting * one.width * (one.height - strip)

    below = [Cut(False, extent) for extent in range(height // 5, height * 3 // 5 + 1, _CUT_STEP_PX)]
    beside = [Cut(True, extent) for extent in range(width // 6, width * 3 // 5 + 1, _CUT_STEP_PX)]
    return max([*below, *beside], key=worth)


def strip_height(tile: Box, least: int) -> int:
    """How high the strip of a tile is: all that a picture of 16:9 leaves of it, and `least` where there is no more.

    So a large tile has no bars above and below its picture: what the strips and gaps of the small tiles beside it take
    is its own strip.
    """
    return max(least, tile.height - tile.width * 9 // 16)


def picture_box(tile: Box, strip: int, aspect: float) -> Box:
    """The largest picture of the given aspect (width by height) that fits above the strip of a tile, centred."""
    room_height = max(tile.height - strip, 1)
    width, height = tile.width, round(tile.width / aspect)
    if height > room_height:
        width, height = min(tile.width, round(room_height * aspect)), room_height
    left, top = tile.left + (tile.width - width) // 2, tile.top + (room_height - height) // 2
    return Box(left, top, max(width, 1), max(height, 1))
