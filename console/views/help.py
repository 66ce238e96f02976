"""The page of keys: the table of actions as one reads it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QWidget

from console.i18n import _
from console.views.actions import ACTIONS, Action
from console.views.build import button, column, label, named, row


class HelpPage(QWidget):
    """Every key, what it is called and what it does. `left` when the operator wants back."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "help")
        self._title = label("help.title", "title")
        self._back = button("help.back", self.left.emit, icon="arrow-left")
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(9)
        grid.setColumnStretch(2, 1)
        self._rows: dict[str, tuple[QLabel, QLabel]] = {}
        for line, action in enumerate(ACTIONS):
            key = label(f"help.key_{action.name}", "key")
            key.setText(keys_of(action))
            name = label(f"help.name_{action.name}", "heading")
            what = label(f"help.what_{action.name}", "dim", wraps=True)
            grid.addWidget(key, line, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            grid.addWidget(name, line, 1, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(what, line, 2, Qt.AlignmentFlag.AlignTop)
            self._rows[action.name] = (name, what)
        inner = QWidget()
        inner.setLayout(column(grid, 1, margins=(24, 8, 24, 24)))
        scroll = named(QScrollArea(), "help.scroll")
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        head = row(self._title, 1, self._back, margins=(24, 16, 24, 8))
        self.setLayout(column(head, scroll))
        self.retranslate()

    def begin(self) -> None:
        """Let the keyboard scroll the page."""
        self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Keys"))
        self._back.setText(_("Back  Esc"))
        for action in ACTIONS:
            name, what = self._rows[action.name]
            name.setText(_(action.title))
            what.setText(_(action.what))


def keys_of(action: Action) -> str:
    """The keys of an action as one reads them: "Space", "1-9", "Shift+F1  ?"."""
    if action.digits:
        return f"{action.keys[0]}-{action.keys[-1]}"
    return "  ".join(key.replace("Return", "Enter") for key in dict.fromkeys(
        "Enter" if key == "Return" else key for key in action.keys
    ))
