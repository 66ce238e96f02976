"""Beside the wall: the list of cameras, the layouts of the post, the sequences, the video rounds; shown with F3.

Where the seat has walls on further monitors it is for the one that was touched last, and says which.
"""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QTabWidget, QWidget

from console.i18n import N_, _
from console.views.build import column, label, named
from console.views.panels.wall.cameras import CamerasTab
from console.views.panels.wall.layouts import LayoutsTab
from console.views.panels.wall.rounds import RoundsTab
from console.views.panels.wall.sequences import SequencesTab

if TYPE_CHECKING:
    from console.bridge import Bridge
    from console.views.panels.wall.board import Board

WIDTH_PX: Final = 350


class WallSide(QFrame):
    """Four tabs of one wall. `round_asked` carries the sequence of a video round that is to begin, "" for all cameras."""

    round_asked = Signal(str)

    def __init__(self, bridge: "Bridge", board: "Board", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "wall.side_panel", "bar")
        self.setFixedWidth(WIDTH_PX)
        self.board = board
        self._of = label("wall.side_of", "strong")
        self._of.setContentsMargins(10, 6, 10, 2)
        self._of.setVisible(False)
        self.cameras = CamerasTab(bridge, board)
        self.layouts = LayoutsTab(bridge, board)
        self.sequences = SequencesTab(bridge, board)
        self.sequences.round_asked.connect(self.round_asked)
        self.rounds = RoundsTab(bridge)
        self.rounds.begin_asked.connect(self.round_asked)
        self._tabs = named(QTabWidget(), "wall.side_tabs")
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.tabBar().setExpanding(False)
        self._tabs.tabBar().setUsesScrollButtons(False)
        self._parts: list[tuple[CamerasTab | LayoutsTab | SequencesTab | RoundsTab, str]] = [
            (self.cameras, N_("Cameras")),
            (self.layouts, N_("Layouts")),
            (self.sequences, N_("Sequences")),
            (self.rounds, N_("Rounds")),
        ]
        for part, title in self._parts:
            self._tabs.addTab(part, _(title))
        self._tabs.currentChanged.connect(self._begin_tab)
        whole = column(self._of, self._tabs)
        whole.setStretchFactor(self._tabs, 1)
        self.setLayout(whole)
        self.setVisible(False)

    def begin(self) -> None:
        """Show the list of cameras and let the operator type."""
        self.setVisible(True)
        self._tabs.setCurrentWidget(self.cameras)
        self.cameras.begin()

    def _begin_tab(self, at: int) -> None:
        """Each tab says where its keyboard begins."""
        if self.isVisible():
            self._parts[at][0].begin()

    def aim(self, board: "Board", *, several: bool) -> None:
        """What is chosen here goes to this wall from now on; where there are several walls its number is shown."""
        self.board = self.cameras.board = self.layouts.board = self.sequences.board = board
        self._of.setVisible(several)
        self._say_which()

    def _say_which(self) -> None:
        self._of.setText(_("For wall {n}").format(n=self.board.name.removeprefix("wall") or "1"))

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._say_which()
        for index, (part, title) in enumerate(self._parts):
            self._tabs.setTabText(index, _(title))
            part.retranslate()
