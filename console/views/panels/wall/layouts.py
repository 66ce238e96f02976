"""The layouts of the post: put one on the wall, keep what is on the wall under a name, shape the free layout."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from console.i18n import N_, _
from console.models.events import LayoutChanged
from console.models.ids import LayoutId
from console.models.wall import SavedLayout
from console.services import wall
from console.views.build import EnterField, button, column, label, named, row
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge
    from console.views.panels.wall.board import Board


class LayoutsTab(QWidget):
    """What every seat of the post may put on its wall."""

    def __init__(self, bridge: "Bridge", board: "Board", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.board = board
        self._kept: dict[str, SavedLayout] = {}
        self.table = RowsTable(
            "wall.layouts", RowsModel((N_("Layout"), N_("Tiles")), self), {0: 1.0, 1: "00000000"}
        )
        self.table.doubleClicked.connect(lambda _index: self._apply())
        self.table.on_enter = self._apply
        self.table.chosen.connect(self._offer)
        self._apply_button = button("wall.layout_apply", self._apply, "main")
        self._remove_button = button("wall.layout_remove", self._remove)
        self._name = named(EnterField(), "wall.layout_name")
        self._name.setMaxLength(wall.MOST_NAME)
        self._name.returnPressed.connect(self._save)
        self._save_button = button("wall.layout_save", self._save)
        self._free = label("wall.layout_free", "small", wraps=True)
        self._add = button("wall.tile_add", self._add_tile)
        self._take_away = button("wall.tile_remove", self._take_tile_away)
        self._offer("")
        whole = column(
            self.table,
            row(self._apply_button, self._remove_button),
            row(self._name, self._save_button),
            self._free,
            row(self._add, self._take_away),
            margins=(6, 6, 6, 6),
        )
        whole.setStretchFactor(self.table, 1)
        self.setLayout(whole)
        bridge.on(LayoutChanged, lambda event: self._take_in(event.layout))
        bridge.ask(wall.layouts, then=self._begin)

    def begin(self) -> None:
        """Let the keys go through the layouts, or name the first one."""
        if self.table.rows.rowCount():
            self.table.begin()
        else:
            self._name.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _offer(self, chosen: str) -> None:
        for made in (self._apply_button, self._remove_button):
            made.setEnabled(bool(chosen))

    def _begin(self, kept: tuple[SavedLayout, ...]) -> None:
        self._kept = {one.id: one for one in kept} | self._kept
        self._show()

    def _take_in(self, kept: SavedLayout) -> None:
        self._kept[kept.id] = kept
        self._show()

    def _show(self) -> None:
        there = sorted((one for one in self._kept.values() if not one.removed), key=lambda one: one.name)
        rows = []
        for one in there:
            cut = _("Free") if one.layout.grid == "free" else one.layout.grid
            rows.append(Row(one.id, (one.name, cut), ((0, "text.main"),)))
        self.table.rows.show(rows)

    def _apply(self) -> None:
        kept = self._kept.get(self.table.chosen_key())
        if kept is not None:
            self.board.apply(kept.layout)
            self._name.setText(kept.name)
            self._name.setCursorPosition(0)

    def _add_tile(self) -> None:
        self.board.add_cell()

    def _take_tile_away(self) -> None:
        self.board.remove_cell()

    def _remove(self) -> None:
        chosen = self.table.chosen_key()
        if chosen:
            self._bridge.do(wall.remove_layout, LayoutId(chosen), by=self._bridge.actor)

    def _save(self) -> None:
        self._bridge.do(
            wall.save_layout,
            self._name.text(),
            self.board.layout_now,
            by=self._bridge.actor,
            then=lambda kept: self.board.say(_("Layout kept: {name}").format(name=kept.name)),
        )

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._apply_button.setText(_("Show"))
        self._remove_button.setText(_("Remove"))
        self._save_button.setText(_("Keep"))
        self._name.setPlaceholderText(_("Name of what is on the wall"))
        self._name.setAccessibleName(self._name.placeholderText())
        free = _("Free layout (Alt+9): drag the edges of a tile; with Alt held, drag the tile itself.")
        keys = _("By keys: Alt and an arrow moves the chosen tile, Alt+Shift and an arrow its right or lower edge.")
        self._free.setText(f"{free}\n{keys}")
        self._add.setText(_("One more tile"))
        self._take_away.setText(_("Take the tile away"))
        self.table.setAccessibleName(_("Layouts"))
        self.table.say_when_empty(_("No layout has a name yet"))
        self.table.rows.retranslate()
        self.table.set_widths()
        self._show()
