"""Ask for a few things in a line of a panel, no dialog: choices by digit, words, picks from lists. All by keyboard.

Enter goes to the next thing that is missing, and confirms when nothing is. Esc leaves the line; the panel listens to that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from console.i18n import _
from console.views import theme
from console.views.build import button, choices, empty, label, named
from console.views.flow import FlowLayout
from console.views.picking import Picker, Several

_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
LONGEST: Final = 500
_IN_A_LINE: Final = 3
_AROUND_PX: Final = 26  # what a button has around its words


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of a few, by digit; `first` is the digit of the first. `options` are values with their words."""

    name: str
    title: str
    options: tuple[tuple[Any, str], ...]
    first: int = 1
    chosen: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words to type; a `secret` is not shown."""

    name: str
    title: str
    needed: bool = True
    secret: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One of many, from a list that opens."""

    name: str
    title: str
    options: tuple[tuple[Any, str], ...]


Field = Choice | Words | Pick | Several


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked: a title, fields, the word on the button, and what is done with the answers by name of field.

    `fits` may say what is still wrong with the answers, as a sentence; "" where nothing is.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    confirm: str
    go: Callable[[Mapping[str, Any]], None]
    fits: Callable[[Mapping[str, Any]], str] = lambda _answers: ""


class Choices(QWidget):
    """A row of buttons with digits. Has the keyboard itself, so that digits mean these and nothing else."""

    changed = Signal()
    settled = Signal()  # Enter, or a digit

    def __init__(self, field: Choice, prefix: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, f"{prefix}_{field.name}")
        self._field = field
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(field.title)
        self._group = QButtonGroup(self)
        layout = self._flow = FlowLayout(self)
        upwards = self.sizePolicy()
        upwards.setHeightForWidth(True)
        self.setSizePolicy(upwards)
        for n, (value, text) in enumerate(field.options):
            made = named(QPushButton(f"{field.first + n}   {text}"), f"{prefix}_{field.name}.{n}", "choice")
            made.setCheckable(True)
            made.setChecked(value == field.chosen)
            # The chosen one is written in bold, which is wider.
            made.setMinimumWidth(QFontMetrics(theme.font("strong")).horizontalAdvance(made.text()) + _AROUND_PX)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.clicked.connect(lambda _checked=False: self.changed.emit())
            self._group.addButton(made, n)
            layout.addWidget(made)

    @property
    def value(self) -> Any:
        """What was chosen, None while nothing is."""
        at = self._group.checkedId()
        return self._field.options[at][0] if at >= 0 else None

    def take(self, value: Any) -> None:
        """Choose this value for them; they may choose another."""
        for at, (known, _text) in enumerate(self._field.options):
            if known == value:
                self._group.button(at).setChecked(True)

    def choose(self, number: int) -> bool:
        """Take the choice with this digit."""
        at = number - self._field.first
        if not 0 <= at < len(self._field.options):
            return False
        self._group.button(at).setChecked(True)
        self.changed.emit()
        return True

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # All of them are always to be seen: what does not fit into one line holds two open.
        self.setMinimumHeight(self._flow.heightForWidth(self.width()))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            if self.choose(key - Qt.Key.Key_0):
                self.settled.emit()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if key == Qt.Key.Key_Right else -1
            self.choose(self._field.first + max(0, min(len(self._field.options) - 1, self._group.checkedId() + step)))
        elif key in _ENTER:
            self.settled.emit()
        elif key == Qt.Key.Key_Escape or event.modifiers() & Qt.KeyboardModifier.ControlModifier or not event.text():
            super().keyPressEvent(event)  # all other letters are nobody's while something is asked


class AskLine(QFrame):
    """The line: shown with what is asked, gone when it was answered. `opened(bool)` tells when it comes and goes."""

    opened = Signal(bool)

    def __init__(self, prefix: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, f"{prefix}.form", "form")
        self._prefix = prefix
        self._asked: Asked | None = None
        self._given: dict[str, Choices | QLineEdit | QComboBox | Picker] = {}
        self._rows = QVBoxLayout(self)
        gap = theme.px("gap")
        self._rows.setContentsMargins(gap, 6, gap, 6)
        self._rows.setSpacing(4)
        self.hide()

    @property
    def asked(self) -> Asked | None:
        """What is asked at present."""
        return self._asked

    def ask(self, asked: Asked) -> None:
        """Ask these things; what was asked before is dropped."""
        self._clear()
        self._asked = asked
        title = label(f"{self._prefix}.form_title", "heading", shrinks=True)
        title.setText(asked.title)
        self._rows.addWidget(title)
        line, on_line, words = self._line(), 0, False
        for field in asked.fields:
            made = self._made(field)
            full = on_line >= _IN_A_LINE or (on_line > 0 and isinstance(made, QLineEdit) != words)
            alone = isinstance(made, Choices | Picker)
            if line.count() and (alone or full):
                self._rows.addLayout(line)
                line, on_line = self._line(), 0
            words, on_line = isinstance(made, QLineEdit), on_line + 1
            if not isinstance(made, QLineEdit):
                said = label(f"{self._prefix}.{asked.name}_{field.name}_title", "dim")
                said.setText(field.title)
                line.addWidget(said)
            line.addWidget(made, 1)
            if alone:
                self._rows.addLayout(line)
                line, on_line = self._line(), 0
        if on_line > 2:
            self._rows.addLayout(line)
            line = self._line()
        self._says = label(f"{self._prefix}.form_says", "warning", shrinks=True)
        yes = button(f"{self._prefix}.{asked.name}_confirm", self.confirm, "main")
        yes.setText(f"{asked.confirm}  Enter")
        no = button(f"{self._prefix}.{asked.name}_cancel", self.leave, "quiet")
        no.setText(_("Cancel") + "  Esc")
        if line.count():
            self._rows.insertWidget(1, self._says)
        else:
            line.addWidget(self._says, 1)
        self._says.hide()
        line.addWidget(yes)
        line.addWidget(no)
        self._rows.addLayout(line)
        self.show()
        self.opened.emit(True)
        self._go_on()

    def _line(self) -> QHBoxLayout:
        made = QHBoxLayout()
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(theme.px("gap"))
        return made

    def _made(self, field: Field) -> QWidget:
        assert self._asked is not None
        prefix = f"{self._prefix}.{self._asked.name}"
        made: Choices | QLineEdit | QComboBox | Picker
        if isinstance(field, Choice):
            made = Choices(field, prefix, self)
            made.settled.connect(self._go_on)
        elif isinstance(field, Words):
            made = named(QLineEdit(field.text), f"{prefix}_{field.name}")
            made.setMaxLength(LONGEST)
            made.setPlaceholderText(field.title)
            made.setAccessibleName(field.title)
            if field.secret:
                made.setEchoMode(QLineEdit.EchoMode.Password)
            made.returnPressed.connect(lambda: self._go_on(typed=field.name))
        elif isinstance(field, Several):
            made = Picker(field, f"{prefix}_{field.name}", self)
            made.settled.connect(lambda: self._go_on(typed=field.name))
        else:
            made = choices(f"{prefix}_{field.name}")
            made.setAccessibleName(field.title)
            for value, text in field.options:
                made.addItem(text, value)
            made.setMaxVisibleItems(14)
        self._given[field.name] = made
        return made

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered so far, by name of field; words without blanks around them."""
        return {name: _value(made) for name, made in self._given.items()}

    def _missing(self) -> str | None:
        assert self._asked is not None
        answers = self.answers
        for field in self._asked.fields:
            if isinstance(field, Choice) and answers[field.name] is None:
                return field.name
            if isinstance(field, Words) and field.needed and not answers[field.name]:
                return field.name
            made = self._given[field.name]
            if isinstance(made, Picker) and made.pending:
                return field.name
        return None

    def _go_on(self, typed: str = "") -> None:
        """Go to the next thing that is missing; with nothing missing Enter confirms, a digit goes to the words."""
        if self._asked is None:
            return
        missing = self._missing()
        if missing is not None:
            self._focus(missing)
            return
        names = list(self._given)
        here = next((n for n, name in enumerate(names) if _has_focus(self._given[name])), -1)
        later = [name for name in names[here + 1 :] if isinstance(self._given[name], QLineEdit)]
        if (typed and not later) or (here >= 0 and not later):
            self.confirm()
        elif later:
            self._focus(later[0])
        else:
            self._focus(names[0])

    def _focus(self, name: str) -> None:
        self._given[name].setFocus(Qt.FocusReason.OtherFocusReason)

    def confirm(self) -> bool:
        """Do it with what was answered; where something is missing, go there."""
        asked = self._asked
        if asked is None:
            return False
        missing = self._missing()
        if missing is not None:
            self._focus(missing)
            return False
        answers = self.answers
        wrong = asked.fits(answers)
        if wrong:
            self._says.setText(wrong)
            self._says.show()
            return False
        self.leave()
        asked.go(answers)
        return True

    def leave(self) -> bool:
        """Ask no more; nothing is done. False where nothing was asked."""
        if self._asked is None:
            return False
        self._clear()
        self.hide()
        self.opened.emit(False)
        return True

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # A field of Qt lets go of the Enter that it has answered: the keyboard is back at the panel by then, and Enter
        # would act once more, on an alarm.
        if event.key() in _ENTER:
            focus = QApplication.focusWidget()
            if isinstance(focus, QPushButton) and self.isAncestorOf(focus):
                focus.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def _clear(self) -> None:
        self._asked = None
        for made in self._given.values():
            if isinstance(made, QLineEdit):
                made.clear()  # a password least of all stays behind
        self._given.clear()
        for gone in self.findChildren(QWidget):
            gone.setObjectName("")  # they stay for a moment; their names belong to what is asked next
        empty(self._rows)


def _has_focus(made: "Choices | QLineEdit | QComboBox | Picker") -> bool:
    return made.field.hasFocus() if isinstance(made, Picker) else made.hasFocus()


def _value(made: "Choices | QLineEdit | QComboBox | Picker") -> Any:
    if isinstance(made, Choices | Picker):
        return made.value
    if isinstance(made, QComboBox):
        return made.currentData()
    secret = made.echoMode() == QLineEdit.EchoMode.Password
    return made.text() if secret else made.text().strip()


def numbered(options: Sequence[tuple[Any, str]]) -> tuple[tuple[Any, str], ...]:
    """At most nine of them: that many have a digit."""
    return tuple(options[:9])
