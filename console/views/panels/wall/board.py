"""A board: one wall with its bar, and what the operator put on it. The main window has one, every further monitor another."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QBoxLayout, QToolButton, QWidget

from console.i18n import _
from console.models.ids import CameraId
from console.models.pictures import Still
from console.models.settings import seconds_of
from console.models.wall import SEQUENCE, CameraSequence, Cell, Layout, room_for_cell, sequences_in, shaped, tidy
from console.views import lookers, picture_kept, preferences, theme, words
from console.views.build import EnterField, TitleLabel, bar, button, column, label, named, tool
from console.views.panels.wall.arrange import BY_KEY, FREE, KEYS, Grid, Tile, arrange, smallest_grid
from console.views.panels.wall.canvas import WallCanvas
from console.views.panels.wall.loop import Loop
from console.views.panels.wall.tile import Ring
from console.views.panels.wall.turns import Turns

if TYPE_CHECKING:
    from console.bridge import Bridge

REPLAY_S: Final = 30.0
_FIRST_CELLS: Final = (Cell(0, 0, 16, 16), Cell(16, 0, 8, 8), Cell(16, 8, 8, 8), Cell(0, 16, 8, 8), Cell(8, 16, 8, 8),
                       Cell(16, 16, 8, 8))  # fmt: skip


class Board(QWidget):
    """One wall. `name` is its key ("wall", "wall2"); `camera_chosen` carries the camera that was pointed at, `side_asked`
    asks for the list of cameras, `full_asked` for the whole screen; `arranged` when others may stand on it."""

    camera_chosen = Signal(str)
    arranged = Signal()
    side_asked = Signal()
    full_asked = Signal()

    def __init__(self, bridge: "Bridge", name: str = "wall", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}.board")
        self.name = name
        self._bridge = bridge
        self._cameras = {camera.id: camera for camera in bridge.site.cameras}
        self._by_number = tuple(camera.id for camera in sorted(bridge.site.cameras, key=lambda camera: camera.number))
        self._kept = preferences.shared(bridge, bridge.surroundings.data_dir)
        self._key = f"{bridge.surroundings.seat}/{name}"
        self._sequences: dict[str, CameraSequence] = {}
        self._turns = Turns(seconds_of(bridge.settings, "video.sequence_pause_s"))
        self._single: CameraId | None = None
        self._asked_for: CameraId | None = None
        self._rings: Mapping[CameraId, Ring] = {}
        self._slot = -1
        self._swap_from = -1
        self._looker = lookers.shared(bridge, bridge.feed).looker()
        self.layout_now = self._first_layout()
        self._build()
        self._turning = QTimer(self)
        self._turning.setInterval(250)
        self._turning.timeout.connect(self._turn_sequences)

    def _first_layout(self) -> Layout:
        grid = self._kept.now.wall_grid if self.name == "wall" else ""
        smallest = smallest_grid(len(self._by_number)).key
        kept = self._kept.now.walls.get(self._key) or Layout(grid=grid if grid in BY_KEY else smallest)
        if kept.grid not in BY_KEY and kept.grid != FREE:
            kept = replace(kept, grid="16", page=0)
        # Sequences come from the record a moment later; what stands in a tile of theirs is kept until then.
        return tidy(kept, self._by_number, sequences_in(kept))

    def _build(self) -> None:
        bridge, name = self._bridge, self.name
        self.canvas = WallCanvas(
            self._looker,
            bridge.clock,
            words.zone_or_utc(bridge.site),
            self._cameras,
            stale_s=seconds_of(bridge.settings, "video.stale_s"),
            wall=name,
        )
        self.canvas.chosen.connect(self._choose)
        self.canvas.opened.connect(self._open)
        self.canvas.slot_chosen.connect(self._choose_slot)
        self.canvas.dropped.connect(self._take_drop)
        self.canvas.cell_moved.connect(self._move_cell)
        self._title = TitleLabel(f"{name}.title")
        self._note = label(f"{name}.note", "dim", shrinks=True)
        self._restore = button(f"{name}.restore", self.step_back, icon="arrow-left")
        self._number = named(EnterField(), f"{name}.number")
        self._number.setValidator(QIntValidator(1, 9999, self._number))
        self._number.setMaximumWidth(96)
        self._number.setVisible(False)
        self._number.returnPressed.connect(self._take_number)
        self._previous = tool(f"{name}.previous_page", lambda: self.turn_page(-1), "chevron-left")
        self._paging = label(f"{name}.page", "dim")
        self._next = tool(f"{name}.next_page", lambda: self.turn_page(1), "chevron-right")
        self._pager = (self._previous, self._paging, self._next)
        self._side = tool(f"{name}.side", self.side_asked.emit, "list-details")
        self._full = tool(f"{name}.full", self.full_asked.emit, "arrows-maximize")
        self._grids: dict[str, QToolButton] = {}
        for key in KEYS:
            made = tool(f"{name}.grid_{key}", partial(self.choose, key))
            made.setCheckable(True)
            made.setProperty("tight", True)
            self._grids[key] = made
        self.head = bar(f"{name}.bar", self._title, self._note, self._number, self._restore, self._previous, self._paging,
                        self._next, *self._grids.values(), self._side, self._full)
        layout = self.head.layout()
        assert isinstance(layout, QBoxLayout)
        layout.setSpacing(theme.px("small_gap"))
        self.middle = column(self.canvas)
        whole = column(self.head, self.middle)
        whole.setSpacing(0)
        self.setLayout(whole)

    # ---------------------------------------------------------------- layouts

    @property
    def _grid(self) -> Grid:
        return BY_KEY.get(self.layout_now.grid, BY_KEY["16"])

    @property
    def capacity(self) -> int:
        """How many tiles a page has."""
        return len(self.layout_now.cells) if self.layout_now.grid == FREE else self._grid.capacity

    def choose(self, key: str) -> bool:
        """Cut the wall this way from now on, at this seat."""
        cells = self.layout_now.cells or (_FIRST_CELLS if key == FREE else ())
        self.apply(replace(self.layout_now, grid=key, cells=cells, page=0))
        return True

    def step_layout(self, by: int) -> bool:
        """The next or the previous way to cut the wall."""
        return self.choose(KEYS[(KEYS.index(self.layout_now.grid) + by) % len(KEYS)])

    def apply(self, layout: Layout) -> None:
        """Put a layout on this wall, and keep it for the seat at once."""
        self._single, self._asked_for = None, None
        self._end_swap()
        self._turns.end()
        self._take(tidy(layout, self._by_number, self._sequences or sequences_in(layout)))

    def _take(self, layout: Layout) -> None:
        self.layout_now = layout
        self._kept.change(walls={**self._kept.now.walls, self._key: layout})
        self.arrange()

    def turn_page(self, by: int) -> bool:
        """Show the next or the previous tiles; False where there are none."""
        page = self.layout_now.page + by
        if self._single is not None or self._turns.whole or not 0 <= page < self._pages():
            return False
        self._slot = -1
        self._take(replace(self.layout_now, page=page))
        return True

    def _pages(self) -> int:
        return max(1, -(-len(self.layout_now.slots) // max(1, self.capacity)))

    def _move_cell(self, index: int, wanted: Cell) -> None:
        cells = shaped(self.layout_now.cells, index, wanted)
        if cells != self.layout_now.cells:
            self._take(replace(self.layout_now, cells=cells))

    def add_cell(self) -> bool:
        """Give a free layout one more tile, where there is room."""
        cell = room_for_cell(self.layout_now.cells)
        if self.layout_now.grid != FREE or cell is None:
            self.say(_("There is no room for another tile"))
            return False
        self._take(replace(self.layout_now, cells=(*self.layout_now.cells, cell)))
        return True

    def remove_cell(self) -> bool:
        """Take the chosen tile of a free layout away; its camera stays on the wall, on a later page."""
        place = self._place()
        if self.layout_now.grid != FREE or not 0 <= place < len(self.layout_now.cells) or len(self.layout_now.cells) < 2:
            return False
        cells = (*self.layout_now.cells[:place], *self.layout_now.cells[place + 1 :])
        self._take(replace(self.layout_now, cells=cells))
        return True

    # ---------------------------------------------------------------- tiles

    def _place(self) -> int:
        return self.slot - self.layout_now.page * self.capacity if self.slot >= 0 else -1

    @property
    def slot(self) -> int:
        """The chosen tile, -1 for none."""
        camera = self.canvas.selected
        found = next((shown.tile.slot for shown in self.canvas.shown if camera and shown.camera == camera), -1)
        return self._slot if self._slot >= 0 else found

    def put(self, content: str, slot: int = -1) -> bool:
        """Put a camera or a sequence into a tile: the one given, else the chosen one, else the first that is empty.
        Where one camera fills the wall, another takes its place and the layout stays as it is."""
        if self._single is not None and content in self._cameras:
            self.look_only_at(CameraId(content))
            return True
        self._single = None
        start = self.layout_now.page * self.capacity
        if slot < 0:
            slot = self.slot
        if slot < 0:
            slot = next((at for at in range(start, start + self.capacity) if not self.layout_now.at(at)), start)
        self._take(self.layout_now.with_slot(slot, content))
        return True

    def swap(self) -> bool:
        """Mark the chosen tile; with another one chosen, let the two change places."""
        slot = self.slot
        if self._single is not None or slot < 0:
            return False
        if self._swap_from < 0:
            self._swap_from = slot
            self.canvas.mark(slot)
            self.say(_("Choose the other tile and press X again"))
            return True
        start, self._swap_from = self._swap_from, -1
        self.canvas.mark(None)
        self.say("")
        if slot != start:
            self._take(self.layout_now.swapped(start, slot))
        return True

    def clear_tile(self) -> bool:
        """Empty the chosen tile; its camera waits on a later page."""
        slot = self.slot
        if self._single is not None or slot < 0 or not self.layout_now.at(slot):
            return False
        self._take(self.layout_now.cleared(slot))
        return True

    def _take_drop(self, content: str, wall: str, start: int, slot: int) -> None:
        self._end_swap()
        if content not in self._cameras and not content.startswith(SEQUENCE):
            return
        if self._single is not None:
            self.put(content, slot)
            return
        self._asked_for = None
        here = wall == self.name and start >= 0
        self._take(self.layout_now.swapped(start, slot) if here else self.layout_now.with_slot(slot, content))
        self._choose_slot(slot)
        if content in self._cameras:
            self.canvas.select(CameraId(content))

    def _end_swap(self) -> bool:
        standing, self._swap_from = self._swap_from >= 0, -1
        self.canvas.mark(None)
        return standing

    # ---------------------------------------------------------------- cameras

    def ask_number(self) -> bool:
        """Let the operator type the number of a camera; Enter shows it, Esc goes back."""
        self._number.clear()
        for widget in self._pager:  # first: what is shown takes its room at once, and both would move the map
            widget.setVisible(False)
        self._number.setVisible(True)
        self.arrange()
        self._number.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def _take_number(self) -> None:
        wanted = int(self._number.text() or 0)
        camera = next((camera for camera in self._cameras.values() if camera.number == wanted), None)
        if camera is None:
            self.say(_("There is no camera {number}").format(number=wanted))
            self._number.selectAll()
            return
        self._number.setVisible(False)
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_camera(camera.id)
        self.camera_chosen.emit(camera.id)

    def show_camera(self, camera: str) -> None:
        """Bring a camera to the front and put the mark on it."""
        if camera not in self._cameras:
            return
        self._asked_for, self._slot = CameraId(camera), -1
        if self._single is not None:
            self._single = self._asked_for
        self.arrange()
        self.canvas.select(self._asked_for)

    def look_only_at(self, camera: CameraId | None) -> None:
        """Fill the wall with one camera; None gives the layout back."""
        self._single, self._slot = camera, -1
        self.arrange()
        if camera is not None:
            self.canvas.select(camera)

    def chosen(self) -> CameraId | None:
        """The chosen camera, the first one of the wall where none is."""
        return self.canvas.selected or next((shown.camera for shown in self.canvas.shown if shown.camera), None)

    @property
    def in_focus(self) -> set[CameraId]:
        """The cameras that somebody looks at closely: of these nothing is given up under load."""
        zoomed = {shown.camera for shown in self.canvas.shown if not self.canvas.zoom_of(shown.camera).whole}
        return {camera for camera in (self._single, self.canvas.selected, self._asked_for, *zoomed) if camera}

    def _choose(self, camera: str) -> None:
        self.canvas.select(CameraId(camera))
        self._turns.touch(self._bridge.clock.monotonic())
        self.camera_chosen.emit(camera)

    def _choose_slot(self, slot: int) -> None:
        self._slot = slot
        if self._turns.touch(self._bridge.clock.monotonic()):
            self.arrange()

    def _open(self, camera: str) -> None:
        self.look_only_at(None if self._single is not None else CameraId(camera))
        self.canvas.select(CameraId(camera))

    def take_snapshot(self) -> bool:
        """Keep the picture of the chosen camera as evidence, of the first one of the wall where none is chosen."""
        camera = self.chosen()
        if camera is None:
            return False
        self.say(_("Taking a picture of {camera} ...").format(camera=self.called(camera)))
        self._bridge.snapshot(camera, partial(picture_kept.tell, self._bridge, self.called(camera), self.say))
        return True

    def replay(self) -> bool:
        """Show the last half minute of the chosen camera over and over; again for the live picture."""
        if (camera := self.chosen()) is None:
            return False
        if self.canvas.loop_of(camera) is None:
            self._bridge.attend(self._looker.recent(camera, REPLAY_S), partial(self._begin_replay, camera))
            return True
        self.canvas.set_loop(camera, None)
        self.arrange()
        return True

    def _begin_replay(self, camera: CameraId, stills: tuple[Still, ...]) -> None:
        if stills:
            self.canvas.set_loop(camera, Loop(stills, self._bridge.clock.monotonic()))
            self.arrange()
        else:
            self.say(_("There are no recent pictures of {camera}").format(camera=self.called(camera)))

    def _end_replays(self) -> bool:
        playing = [shown.camera for shown in self.canvas.shown if shown.camera and self.canvas.loop_of(shown.camera)]
        for camera in playing:
            self.canvas.set_loop(camera, None)
        return bool(playing)

    def step_back(self) -> bool:
        """Undo one thing: the number being typed, a swap, a replay, a zoom, the single view, the camera asked for."""
        if self._number.isVisible():
            self._number.setVisible(False)
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            self.say("")
            self.arrange()
            return True
        if self._end_swap():
            self.say("")
            return True
        if self._end_replays() or self.canvas.end_zoom():
            self.arrange()
            return True
        if self._single is not None:
            self.look_only_at(None)
            return True
        if self._asked_for is None and not self._turns.whole:
            return False
        if self._asked_for is None:
            self._turns.end()
        self._asked_for = None
        self.arrange()
        return True

    # ---------------------------------------------------------------- sequences

    def set_sequences(self, sequences: Mapping[str, CameraSequence]) -> None:
        """The sequences there are now; tiles of those that are gone become empty."""
        self._sequences = dict(sequences)
        layout = tidy(self.layout_now, self._by_number, self._sequences)
        if layout != self.layout_now:
            self._take(layout)
        self.arrange()

    def run_sequence(self, sequence: str, *, whole: bool) -> None:
        """Run a sequence in the chosen tile, or over the whole wall until Esc."""
        if sequence in self._sequences and not whole:
            self.put(f"{SEQUENCE}{sequence}")
        elif sequence in self._sequences:
            self._single = None
            self._turns.begin_whole(sequence)
            self.arrange()

    def _turn_sequences(self) -> None:
        if self._turns.tick(self._bridge.clock.monotonic()):
            self.arrange()

    def _in_slot(self, slot: int) -> tuple[CameraId | None, str]:
        """The camera that a tile shows at present, and of a sequence which turn this is."""
        content = self.layout_now.at(slot)
        if not content.startswith(SEQUENCE):
            return (CameraId(content) if content in self._cameras else None), ""
        sequence = self._sequences.get(content.removeprefix(SEQUENCE))
        return self._turns.camera(f"{slot}", sequence, self._cameras) if sequence is not None else (None, "")

    # ---------------------------------------------------------------- putting it on the wall

    def set_rings(self, rings: Mapping[CameraId, Ring]) -> None:
        """The cameras that have an alarm."""
        if rings != self._rings:
            self._rings = rings
            self.arrange()

    def arrange(self) -> None:
        """Put everything where it stands now."""
        layout = self.layout_now
        self._turns.forget()
        if self._single is not None:
            shape = "1"
            own = layout.slots.index(self._single) if self._single in layout.slots else -1
            self.canvas.show_tiles(BY_KEY["1"], (Tile(self._single, 0, 0, slot=own),), self._rings)
        elif self._turns.whole and self._turns.whole in self._sequences:
            shape = layout.grid
            grid = self._grid
            shown, turn = self._turns.page(self._sequences[self._turns.whole], grid.capacity, self._cameras)
            tiles = (replace(tile, turn=turn if tile.camera else "", slot=-1) for tile in arrange(grid, shown))
            self.canvas.show_tiles(grid, tuple(tiles), self._rings)
        else:
            shape = layout.grid
            self._show_layout(layout)
        brought = self._single is not None or self._asked_for is not None or bool(self._turns.whole)
        self._restore.setVisible(brought)
        many = 1 if brought or self._number.isVisibleTo(self) else self._pages()  # a wider bar would move the map beside it
        for widget in self._pager:
            widget.setVisible(many > 1)
        self._paging.setText(f"{layout.page + 1}/{many}")
        self._previous.setEnabled(layout.page > 0)
        self._next.setEnabled(layout.page < many - 1)
        for key, choice in self._grids.items():
            choice.setChecked(key == shape)
        (self._turning.start if self._turns.running else self._turning.stop)()
        self.arranged.emit()

    def _show_layout(self, layout: Layout) -> None:
        start = layout.page * self.capacity
        standing = [self._in_slot(slot) for slot in range(start, start + self.capacity)]
        fronts = (self._asked_for,) if self._asked_for is not None else ()
        if layout.grid == FREE:
            tiles = [
                Tile(camera, 0, 0, slot=start + at, turn=turn) for at, (camera, turn) in enumerate(standing)
            ]
            if fronts and tiles:
                tiles = [Tile(fronts[0], 0, 0, front=True), *(
                    replace(tile, camera=None) if tile.camera == fronts[0] else tile for tile in tiles[1:]
                )]
            self.canvas.show_free(layout.cells, tiles, self._rings)
            return
        tiles = [
            replace(tile, slot=tile.slot + start, turn=standing[tile.slot][1] if tile.camera else "") if tile.slot >= 0 else tile
            for tile in arrange(self._grid, tuple(camera for camera, _turn in standing), fronts)
        ]
        self.canvas.show_tiles(self._grid, tuple(tiles), self._rings)

    def called(self, camera: CameraId) -> str:
        """A camera's number and name."""
        known = self._cameras[camera]
        return f"{known.number:02d} {words.said(known.name)}"

    def say(self, sentence: str) -> None:
        """Say something beside the title, until something else is said."""
        self._note.setText(sentence)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.say(_("Live pictures"), _("Live"))
        self._restore.setText(_("Back  Esc"))
        self._restore.setToolTip(_("Back to my layout"))
        self._number.setPlaceholderText(_("Camera no."))
        self._previous.setToolTip(_("Previous cameras (Page Up)"))
        self._next.setToolTip(_("Next cameras (Page Down)"))
        self._side.setToolTip(_("Cameras, layouts, sequences, video rounds (F3)"))
        self._full.setToolTip(_("The wall alone (F)"))
        for place, (key, choice) in enumerate(self._grids.items(), start=1):
            choice.setText(_("Free") if key == FREE else key)
            many = _("{n} pictures").format(n=BY_KEY[key].capacity) if key != FREE else _("Tiles of any size: drag their edges")
            choice.setToolTip(f"{many}  Alt+{place}")
        for widget in (self._previous, self._next, self._side, self._full, *self._grids.values()):
            widget.setAccessibleName(widget.toolTip())
        self.canvas.setAccessibleName(_("Live pictures"))
        self.arrange()
        self.canvas.update()
