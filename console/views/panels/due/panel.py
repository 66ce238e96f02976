"""The due list: what must happen by a time, soonest first; one key notes the topmost as done."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.i18n import _
from console.models.duty import DueItem, DueState
from console.models.events import DueChanged
from console.services import due, queries
from console.views import words
from console.views.build import bar, button, column, label
from console.views.panels.due.model import ITEM_ROLE, Column, DueModel
from console.views.tables import RowDelegate, RowTable

if TYPE_CHECKING:
    from console.bridge import Bridge


class DueDelegate(RowDelegate):
    """What is overdue stands out in words and colour, what is due in weight, what can wait is dim."""

    @override
    def face(self, index: QModelIndex | QPersistentModelIndex) -> tuple[str, str, Qt.AlignmentFlag]:
        item: DueItem = index.data(ITEM_ROLE)
        if item.state is DueState.OVERDUE:
            role, tone = "strong", "state.fault"
        elif item.state is DueState.DUE:
            role, tone = "strong", "text.strong"
        else:
            role, tone = "body", "text.dim"
        if index.column() == Column.TITLE and item.state is DueState.OVERDUE:
            tone = "text.strong"
        if index.column() == Column.AT:
            role, tone = "body", "text.dim"
        return role, tone, Qt.AlignmentFlag.AlignLeft


class DuePanel(QWidget):
    """The clocks of the post. `tally` is how many are due or overdue."""

    tally = Signal(int)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("due")
        self._bridge = bridge
        self.model = DueModel(bridge.clock, words.zone_or_utc(bridge.site), self)
        self.table = RowTable("due.table", self.model, {0: "00:00:00 late", 1: 1.0, 2: "00-00 00:00"})
        self.table.setItemDelegate(DueDelegate(self.table))
        self._next = label("due.next", "dim", shrinks=True)
        self._done = button("due.done", self.do_top)
        head = bar("due.bar", self._next, self._done)
        whole = column(head, self.table)
        whole.setSpacing(0)
        self.setLayout(whole)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._each_second)
        self._second.start()
        self.table.selectionModel().selectionChanged.connect(lambda *_args: self._show())
        bridge.on(DueChanged, lambda event: self._take_in(event.item))
        bridge.ask(queries.due_items, then=self._begin)
        bridge.actor_changed.connect(lambda _actor: self._show())
        self.retranslate()

    def do_top(self) -> bool:
        """Note as done the chosen item, the topmost that a person can note where none is chosen."""
        item = self._chosen()
        if item is None or self._bridge.actor is None:
            return False
        self._bridge.do(due.done, item.id, by=self._bridge.actor)
        return True

    def _chosen(self) -> DueItem | None:
        row = self.table.chosen_row()
        if row >= 0:
            return self.model.item(row)
        # What a fact fulfils (a round by its punches, a step by its answer) is not ticked off by hand.
        return next((item for item in self.model.items() if item.kind not in due.BY_FACTS), None)

    def _begin(self, items: tuple[DueItem, ...]) -> None:
        self.model.begin(items)
        self._show()

    def _take_in(self, item: DueItem) -> None:
        self.model.upsert(item)
        self._show()

    def _each_second(self) -> None:
        if self.isVisible():
            self.model.tell_time()

    def _show(self) -> None:
        items = self.model.items()
        pressing = sum(item.state in (DueState.DUE, DueState.OVERDUE) for item in items)
        self.tally.emit(pressing)
        item = self._chosen()
        self._next.setText(words.said(item.title) if item is not None else "")
        by_hand = item is not None and item.kind not in due.BY_FACTS
        self._done.setEnabled(by_hand and self._bridge.actor is not None)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._done.setText(_("Done  F6"))
        self.table.setAccessibleName(_("Due"))
        self.table.say_when_empty(_("Nothing is due"))
        self.model.retranslate()
        self.table.set_widths()
        self._show()
