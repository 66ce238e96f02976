"""Sequences (轮巡): run one in a tile or on the whole wall; make one from the cameras that are chosen one by one."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSpinBox, QWidget

from console.i18n import N_, _
from console.models.events import SequenceChanged
from console.models.ids import CameraId, SequenceId
from console.models.settings import seconds_of
from console.models.wall import CameraSequence, Stop
from console.services import wall
from console.views.build import EnterField, button, column, label, named, row
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge
    from console.views.panels.wall.board import Board


class SequencesTab(QWidget):
    """The sequences of the post and the one that is being put together.

    `changed` carries all that are in use; `round_asked` the id of the one that a video round is to follow.
    """

    changed = Signal(object)
    round_asked = Signal(str)

    def __init__(self, bridge: "Bridge", board: "Board", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.board = board
        self._kept: dict[str, CameraSequence] = {}
        self._cameras = {camera.id: camera for camera in bridge.site.cameras}
        self._draft: list[Stop] = []
        self.table = RowsTable(
            "wall.sequences", RowsModel((N_("Sequence"), N_("Cameras")), self), {0: 1.0, 1: "0000000"}
        )
        self.table.chosen.connect(self._choose)
        self.table.on_enter = lambda: self._run(whole=False)
        self._in_tile = button("wall.sequence_tile", lambda: self._run(whole=False), "main")
        self._on_wall = button("wall.sequence_wall", lambda: self._run(whole=True))
        self._round = button("wall.sequence_round", self._ask_round)
        self._remove_button = button("wall.sequence_remove", self._remove)
        self._title = label("wall.sequence_title", "heading")
        self._name = named(EnterField(), "wall.sequence_name")
        self._name.setMaxLength(wall.MOST_NAME)
        self._dwell = named(QSpinBox(), "wall.sequence_dwell")
        self._dwell.setRange(int(wall.LEAST_DWELL_S), int(wall.MOST_DWELL_S))
        self._dwell.lineEdit().setTextMargins(6, 0, 0, 0)  # Qt takes no padding before a number from the style sheet
        self._dwell.setValue(round(seconds_of(bridge.settings, "video.dwell_s")))
        self.stops = RowsTable(
            "wall.sequence_stops", RowsModel((N_("Camera"), N_("Shown for")), self), {0: 1.0, 1: "Shown for 00"}
        )
        self._add = button("wall.sequence_add", self._add_camera)
        self._take_out = button("wall.sequence_take_out", self._take_camera_out)
        self._save_button = button("wall.sequence_save", self._save)
        self._choose("")
        whole = column(
            self.table,
            row(self._in_tile, self._on_wall),
            row(self._round, self._remove_button),
            self._title,
            row(self._name, self._dwell),
            self.stops,
            row(self._add, self._take_out, self._save_button),
            margins=(6, 6, 6, 6),
        )
        whole.setStretchFactor(self.table, 1)
        whole.setStretchFactor(self.stops, 1)
        self.setLayout(whole)
        bridge.on(SequenceChanged, lambda event: self._take_in(event.sequence))
        bridge.ask(wall.sequences, then=self._begin)

    def begin(self) -> None:
        """Let the keys go through the sequences, or name the first one."""
        if self.table.rows.rowCount():
            self.table.begin()
        else:
            self._name.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _choose(self, chosen: str) -> None:
        for made in (self._in_tile, self._on_wall, self._round, self._remove_button):
            made.setEnabled(bool(chosen))
        if chosen:
            self._load()

    def _begin(self, kept: tuple[CameraSequence, ...]) -> None:
        self._kept = {one.id: one for one in kept} | self._kept
        self._tell()

    def _take_in(self, kept: CameraSequence) -> None:
        self._kept[kept.id] = kept
        self._tell()

    def _tell(self) -> None:
        self._show()
        self.changed.emit({one.id: one for one in self._kept.values() if not one.removed})

    def _run(self, *, whole: bool) -> None:
        chosen = self.table.chosen_key()
        if chosen:
            self.board.run_sequence(chosen, whole=whole)

    def _ask_round(self) -> None:
        chosen = self.table.chosen_key()
        if chosen:
            self.round_asked.emit(chosen)

    def _remove(self) -> None:
        chosen = self.table.chosen_key()
        if chosen:
            self._bridge.do(wall.remove_sequence, SequenceId(chosen), by=self._bridge.actor)

    def _load(self) -> None:
        kept = self._kept.get(self.table.chosen_key())
        if kept is not None:
            self._draft = list(kept.stops)
            self._name.setText(kept.name)
            self._name.setCursorPosition(0)
            self._show()

    def _add_camera(self) -> None:
        camera = self.board.chosen()
        if camera is not None:
            self._draft.append(Stop(CameraId(camera), float(self._dwell.value())))
            self._show()

    def _take_camera_out(self) -> None:
        chosen = self.stops.chosen_key()
        if self._draft:
            self._draft.pop(int(chosen) if chosen else -1)
            self._show()

    def _save(self) -> None:
        self._bridge.do(
            wall.save_sequence,
            self._name.text(),
            tuple(self._draft),
            by=self._bridge.actor,
            then=lambda kept: self.board.say(_("Sequence kept: {name}").format(name=kept.name)),
        )

    def _show(self) -> None:
        there = sorted((one for one in self._kept.values() if not one.removed), key=lambda one: one.name)
        self.table.rows.show([Row(one.id, (one.name, str(len(one.stops))), ((0, "text.main"),)) for one in there])
        self.stops.rows.show(
            [
                Row(f"{at}", (self.board.called(stop.camera), _("{n} s").format(n=f"{stop.dwell_s:.0f}")), ((0, "text.main"),))
                for at, stop in enumerate(self._draft)
                if stop.camera in self._cameras
            ]
        )

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._in_tile.setText(_("In the tile"))
        self._on_wall.setText(_("On the wall"))
        self._round.setText(_("Begin a video round"))
        self._remove_button.setText(_("Remove"))
        self._title.setText(_("Make or change"))
        self._name.setPlaceholderText(_("Name of the sequence"))
        self._name.setAccessibleName(self._name.placeholderText())
        self._dwell.setSuffix(_(" s each"))
        self._dwell.setAccessibleName(_("Shown for"))
        self._add.setText(_("Add camera"))
        self._take_out.setText(_("Take out"))
        self._save_button.setText(_("Keep"))
        self.table.setAccessibleName(_("Sequences"))
        self.stops.setAccessibleName(_("Cameras of the sequence"))
        self.table.say_when_empty(_("No sequence yet"))
        self.stops.say_when_empty(_("Choose a camera, then add it"))
        for table in (self.table, self.stops):
            table.rows.retranslate()
            table.set_widths()
        self._show()
