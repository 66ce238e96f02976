"""The page of keys: the table of actions as one reads it, and below it the keys that panels have for themselves."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QWidget

from console.i18n import _
from console.views.action import Action
from console.views.actions import ACTIONS
from console.views.build import button, column, label, named, row
from console.views.panel import PanelKey, PanelSpec


class HelpPage(QWidget):
    """Every key, what it is called and what it does. `left` when the operator wants back."""

    left = Signal()

    def __init__(self, specs: Iterable[PanelSpec] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "help")
        self._specs = tuple(spec for spec in specs if spec.keys)
        self._title = label("help.title", "title")
        self._back = button("help.back", self.left.emit, icon="arrow-left")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(9)
        self._grid.setColumnStretch(2, 1)
        inner = QWidget()
        inner.setLayout(column(self._grid, 1, margins=(24, 8, 24, 24)))
        scroll = named(QScrollArea(), "help.scroll")
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        self.setLayout(column(row(self._title, 1, self._back, margins=(24, 16, 24, 8)), scroll))
        self._rows: list[tuple[Action | PanelKey, QLabel, QLabel]] = []
        self._heads: list[tuple[PanelSpec, QLabel]] = []
        for action in ACTIONS:
            self._add(action, action.name, keys_of(action))
        for spec in self._specs:
            head = label(f"help.panel_{spec.key}", "title")
            head.setContentsMargins(0, 18, 0, 0)
            self._grid.addWidget(head, self._grid.rowCount(), 0, 1, 3)
            self._heads.append((spec, head))
            for key in spec.keys:
                self._add(key, f"{spec.key}_{key.name}", "  ".join(key.keys))
        self.retranslate()

    def _add(self, said: Action | PanelKey, name: str, keys: str) -> None:
        line = self._grid.rowCount()
        key = label(f"help.key_{name}", "key")
        key.setText(keys)
        title = label(f"help.name_{name}", "heading")
        what = label(f"help.what_{name}", "dim", wraps=True)
        self._grid.addWidget(key, line, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(title, line, 1, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(what, line, 2, Qt.AlignmentFlag.AlignTop)
        self._rows.append((said, title, what))

    def begin(self) -> None:
        """Let the keyboard scroll the page."""
        self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Keys"))
        self._back.setText(_("Back  Esc"))
        for spec, head in self._heads:
            head.setText(_("On the page {page}").format(page=_(spec.title)))
        for said, title, what in self._rows:
            title.setText(_(said.title))
            what.setText(_(said.what))


def keys_of(action: Action) -> str:
    """The keys of an action as one reads them: "Space", "1-9", "Shift+F1  ?"."""
    if action.digits:
        return f"{action.keys[0]}-{action.keys[-1]}"
    return "  ".join(key.replace("Return", "Enter") for key in dict.fromkeys(
        "Enter" if key == "Return" else key for key in action.keys
    ))
