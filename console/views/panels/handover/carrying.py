"""Carry-overs on the page: put something unfinished on the list, and close it with words about how it ended."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from console.i18n import _
from console.views.build import button, column, label, named, row


class CarryEntry(QWidget):
    """One line for something that the next shift has to go on with. `added(words, who)`."""

    added = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label("handover.carry_title", "dim")
        self._words = named(QLineEdit(), "handover.carry")
        self._words.setMaxLength(500)
        self._who = named(QLineEdit(), "handover.carry_who")
        self._who.setMaxLength(64)
        self._add = button("handover.carry_add", self._go, icon="plus")
        for field in (self._words, self._who):
            field.returnPressed.connect(self._go)
        line = row(self._words, self._who, self._add)
        line.setStretch(0, 3)
        line.setStretch(1, 1)
        whole = column(self._title, line)
        whole.setSpacing(3)
        self.setLayout(whole)

    def _go(self) -> None:
        words = self._words.text().strip()
        if words:
            self.added.emit(words, self._who.text().strip())
            self._words.clear()
            self._who.clear()
        self._words.setFocus(Qt.FocusReason.OtherFocusReason)

    def allow(self, editable: bool) -> None:
        """Let it be written in, or take it away."""
        self.setVisible(editable)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Carry over"))
        self._words.setPlaceholderText(_("What is left unfinished, Enter adds it"))
        self._words.setAccessibleName(_("Carry over"))
        self._who.setPlaceholderText(_("Who does it"))
        self._who.setAccessibleName(_("Who does it"))
        self._add.setAccessibleName(_("Add"))


class CarryClosing(QWidget):
    """The end of a carry-over: a quiet button, then a line for the words. `closed(id, words)`."""

    closed = Signal(str, str)

    def __init__(self, carry_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id = carry_id
        self._open = button(f"handover.close.{carry_id}", self._begin, "quiet")
        self._open.setText(_("Done …"))
        self._words = named(QLineEdit(), f"handover.closing.{carry_id}")
        self._words.setMaxLength(500)
        self._words.setPlaceholderText(_("How did it end? Enter closes it"))
        self._words.setAccessibleName(_("How did it end? Enter closes it"))
        self._words.returnPressed.connect(self._go)
        self._words.hide()
        line = row(1, self._open, self._words)
        line.setStretch(2, 10)
        self.setLayout(line)

    @property
    def in_use(self) -> bool:
        """Whether somebody is writing how it ended."""
        return self._words.isVisibleTo(self)

    def _begin(self) -> None:
        self._open.hide()
        self._words.show()
        self._words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go(self) -> None:
        if self._words.text().strip():
            self._words.hide()
            self.closed.emit(self._id, self._words.text().strip())
