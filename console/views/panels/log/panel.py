"""The duty log as a tab: write a line at once, see the newest lines of people and machines in one stream."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console.i18n import _
from console.views.build import column
from console.views.logbook.entry import QuickEntry
from console.views.logbook.lines import LogLines, LogList, LogModel

if TYPE_CHECKING:
    from console.bridge import Bridge

NEWEST: Final = 120


class LogPanel(QWidget):
    """Quick entry and the newest lines."""

    finished = Signal()
    moment_chosen = Signal(object)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("log")
        self.model = LogModel(self)
        self._list = LogList(bridge, "log.lines", self.model)
        self._list.doubleClicked.connect(lambda _index: self._list.ask_moment(self.moment_chosen.emit))
        self._entry = QuickEntry(bridge, "log.entry")
        self._entry.written.connect(self.finished)
        self._lines = LogLines(bridge, NEWEST, self)
        self._lines.changed.connect(self.model.show)
        whole = column(self._entry, self._list)
        whole.setSpacing(0)
        self.setLayout(whole)
        self.retranslate()

    def write(self) -> bool:
        """Put the cursor where a line is written."""
        return self._entry.begin()

    def play_back(self) -> bool:
        """Show the recordings of the chosen line, where the list has the keyboard."""
        return self._list.hasFocus() and self._list.ask_moment(self.moment_chosen.emit)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._entry.retranslate()
        self.model.retranslate()
        self._list.setAccessibleName(_("Duty log"))
        self._list.say_when_empty(_("No lines yet"))
