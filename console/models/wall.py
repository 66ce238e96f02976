"""The wall: what an operator puts on it, lists of cameras that take turns, and the video round (视频巡查).

A layout is a way to cut the wall and what stands in each of its tiles. Tiles are counted through all pages: the tile
`page * capacity + place` is the one at `place` of that page. What stands in a tile is a camera's id, `sequence:` and the
id of a camera sequence, or nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from console.models.ids import CameraId, LayoutId, PersonId, SequenceId, VideoRoundId

FINE: Final = 24
"""A free layout lies on this many columns and rows: halves, thirds, quarters, sixths and eighths of the wall fall on it."""
LEAST_CELL: Final = 3
MOST_FREE: Final = 36
SEQUENCE: Final = "sequence:"


@dataclass(frozen=True, slots=True)
class Cell:
    """A tile of a free layout, in 1/24 of the wall's width and height."""

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

    def overlaps(self, other: "Cell") -> bool:
        """Whether two tiles share a place."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What somebody put on a wall. `cells` are those of a free layout, else empty; `page` is the one that is shown."""

    grid: str
    slots: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()
    page: int = 0

    def at(self, slot: int) -> str:
        """What stands in a tile; empty beyond the last."""
        return self.slots[slot] if 0 <= slot < len(self.slots) else ""

    def with_slot(self, slot: int, content: str) -> "Layout":
        """Put something into a tile. What stood there goes to where the new thing stood: nothing is twice, nothing lost."""
        slots = [*self.slots, *([""] * (slot + 1 - len(self.slots)))]
        before = slots[slot]
        if content and content in slots:
            slots[slots.index(content)] = before
        slots[slot] = content
        return replace(self, slots=tuple(slots))

    def swapped(self, one: int, other: int) -> "Layout":
        """Let two tiles change places."""
        slots = [*self.slots, *([""] * (max(one, other) + 1 - len(self.slots)))]
        slots[one], slots[other] = slots[other], slots[one]
        return replace(self, slots=tuple(slots))

    def cleared(self, slot: int) -> "Layout":
        """Empty a tile; its camera waits behind all others, so that it is still on the wall, on a later page."""
        content = self.at(slot)
        if not content:
            return self
        slots = list(self.slots)
        slots[slot] = ""
        if not content.startswith(SEQUENCE):
            slots.append(content)
        return replace(self, slots=tuple(slots))


def tidy(layout: Layout, cameras: Iterable[CameraId], sequences: Iterable[str]) -> Layout:
    """The layout for the cameras there are now: what is gone leaves an empty tile, what is new comes after the others."""
    known = dict.fromkeys(cameras)
    there = {f"{SEQUENCE}{one}" for one in sequences}
    seen: set[str] = set()
    slots: list[str] = []
    for content in layout.slots:
        keep = (content in known or content in there) and content not in seen
        seen.add(content)
        slots.append(content if keep else "")
    slots += [camera for camera in known if camera not in seen]
    while slots and not slots[-1]:
        slots.pop()
    return replace(layout, slots=tuple(slots))


def sequences_in(layout: Layout) -> set[str]:
    """The ids of the sequences that stand in tiles of a layout."""
    return {slot.removeprefix(SEQUENCE) for slot in layout.slots if slot.startswith(SEQUENCE)}


def moved_cell(cells: tuple[Cell, ...], index: int, wanted: Cell) -> tuple[Cell, ...]:
    """Put a tile of a free layout elsewhere or give it another size; where it would cover another one nothing changes."""
    width, height = max(LEAST_CELL, wanted.width), max(LEAST_CELL, wanted.height)
    width, height = min(width, FINE), min(height, FINE)
    left, top = max(0, min(wanted.left, FINE - width)), max(0, min(wanted.top, FINE - height))
    cell = Cell(left, top, width, height)
    if any(cell.overlaps(other) for at, other in enumerate(cells) if at != index):
        return cells
    return (*cells[:index], cell, *cells[index + 1 :])


def moved_edge(cells: tuple[Cell, ...], index: int, at: int, *, right: bool) -> tuple[Cell, ...]:
    """Move the right (else the lower) edge of a tile of a free layout to a column (row).

    Where other tiles adjoin that edge it is theirs too: all of them grow or shrink with it. Nothing changes where a tile
    would become smaller than it may be or cover another.
    """
    turned = cells if right else tuple(_turned(cell) for cell in cells)
    line, at = turned[index].right, max(0, min(at, FINE))
    before, after = {index}, set[int]()
    while True:  # tiles along the line on either side, as far as they hold on to one another
        along = [turned[one] for one in before | after]
        top, bottom = min(cell.top for cell in along), max(cell.bottom for cell in along)
        touching = [one for one, cell in enumerate(turned) if cell.top < bottom and top < cell.bottom]
        wider_after = {one for one in touching if turned[one].left == line}
        wider_before = before | {one for one in touching if wider_after and turned[one].right == line}
        if (wider_before, wider_after) == (before, after):
            break
        before, after = wider_before, wider_after
    moved = list(turned)
    for one in before:
        moved[one] = replace(turned[one], width=at - turned[one].left)
    for one in after:
        moved[one] = replace(turned[one], left=at, width=turned[one].right - at)
    if any(moved[one].width < LEAST_CELL for one in before | after):
        return cells
    if any(one.overlaps(other) for place, one in enumerate(moved) for other in moved[:place]):
        return cells
    return tuple(moved) if right else tuple(_turned(cell) for cell in moved)


def shaped(cells: tuple[Cell, ...], index: int, wanted: Cell) -> tuple[Cell, ...]:
    """Give a tile of a free layout this place, or this right or lower edge where its upper left corner stays."""
    now = cells[index]
    if (wanted.left, wanted.top) != (now.left, now.top):
        return moved_cell(cells, index, wanted)
    if wanted.width != now.width:
        cells = moved_edge(cells, index, wanted.right, right=True)
    if wanted.height != now.height:
        cells = moved_edge(cells, index, wanted.bottom, right=False)
    return cells


def _turned(cell: Cell) -> Cell:
    return Cell(cell.top, cell.left, cell.height, cell.width)


def room_for_cell(cells: tuple[Cell, ...]) -> Cell | None:
    """The first free place for one more tile, as large as the wall still has it; None where it is full."""
    if len(cells) >= MOST_FREE:
        return None
    for size in (12, 8, 6, 4, LEAST_CELL):
        for top in range(FINE - size + 1):
            for left in range(FINE - size + 1):
                cell = Cell(left, top, size, size)
                if not any(cell.overlaps(other) for other in cells):
                    return cell
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedLayout:
    """A layout that was given a name; every seat of the post may use it. `removed` ones stay on record."""

    id: LayoutId
    name: str
    layout: Layout
    saved_at: datetime
    saved_by: PersonId
    removed: bool = False
    rev: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """One camera of a sequence and how long it is shown, in seconds."""

    camera: CameraId
    dwell_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSequence:
    """Cameras that take turns (轮巡), in a tile or on the whole wall."""

    id: SequenceId
    name: str
    stops: tuple[Stop, ...]
    saved_at: datetime
    saved_by: PersonId
    removed: bool = False
    rev: int = 0


def turn_at(stops: tuple[Stop, ...], running_s: float) -> tuple[int, float]:
    """Which stop of a sequence is shown after so many seconds of running, and for how many seconds more."""
    whole_s = sum(stop.dwell_s for stop in stops)
    if not stops or whole_s <= 0.0:
        return 0, 0.0
    left_s = running_s % whole_s
    for index, stop in enumerate(stops):
        if left_s < stop.dwell_s:
            return index, stop.dwell_s - left_s
        left_s -= stop.dwell_s
    return len(stops) - 1, 0.0


class VideoRoundState(StrEnum):
    """A video round is walked until every camera was looked at, or until somebody broke it off."""

    WALKING = "walking"
    COMPLETED = "completed"
    BROKEN_OFF = "broken_off"


class Finding(StrEnum):
    """What the operator found on a camera during a video round."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoCheck:
    """One camera looked at: what was found, when, by whom; `note` says what is wrong."""

    camera: CameraId
    finding: Finding
    at: datetime
    by: PersonId
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRound:
    """A video round (视频巡查): the cameras in the order they are looked at, and what was found on each.

    A camera that was looked at twice keeps its last finding. `sequence` names the list that was walked, empty for all
    cameras of the site.
    """

    id: VideoRoundId
    number: str
    sequence: str = ""
    sequence_name: str = ""
    cameras: tuple[CameraId, ...]
    state: VideoRoundState = VideoRoundState.WALKING
    started_at: datetime
    started_by: PersonId
    ended_at: datetime | None = None
    ended_by: PersonId | None = None
    checks: tuple[VideoCheck, ...] = ()
    reason: str = ""
    rev: int = 0

    def check_of(self, camera: CameraId) -> VideoCheck | None:
        """What was found on a camera, None while nobody has looked."""
        return next((check for check in self.checks if check.camera == camera), None)

    @property
    def next_camera(self) -> CameraId | None:
        """The first camera that nobody has looked at; None when all were."""
        seen = {check.camera for check in self.checks}
        return next((camera for camera in self.cameras if camera not in seen), None)

    @property
    def abnormal(self) -> int:
        """On how many cameras something was wrong."""
        return sum(check.finding is Finding.ABNORMAL for check in self.checks)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one kind of picture cost this machine: `width_px` x `height_px` at `fps`, in thread time a frame."""

    width_px: int
    height_px: int
    fps: float
    cameras: int
    frame_ms: float

    @property
    def cores(self) -> float:
        """The share of one core that a camera of this kind takes."""
        return self.frame_ms * self.fps / 1e3


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoBudget:
    """What pictures cost on the machine of a seat, measured on its own cameras; a line for each kind of picture."""

    id: str
    seat: str
    measured_at: datetime
    cores: int
    costs: tuple[Cost, ...]
    share: float
    rev: int = 0

    def fits(self, cost: Cost) -> int:
        """About how many cameras of a kind this machine can show within the share of it that pictures may take."""
        return int(self.cores * self.share / cost.cores + 1e-9) if cost.cores > 0 else 0
