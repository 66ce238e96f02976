"""The page of a note step: prepared phrases by number key, free words when there is time."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.plans import Step, StepRun
from console.steps.note.step import LONGEST
from console.steps.spec import Scene


class Page(QWidget):
    """Write it down. `settled("", {"text": words})`; Enter goes on, Shift+Enter begins a new line."""

    settled = Signal(str, dict)

    def __init__(self, step: Step, _visit: StepRun, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        zh = scene.language.startswith("zh")
        self._phrases = tuple(str(phrase["zh" if zh else "en"]) for phrase in step.options.get("phrases", ()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for number, phrase in enumerate(self._phrases, 1):
            button = QPushButton(f"{number}    {phrase}", self)
            button.setObjectName(f"response.phrase.{number}")
            button.setProperty("role", "answer")
            button.clicked.connect(lambda _checked=False, n=number: self.choose(n))
            layout.addWidget(button)
        self.words = QPlainTextEdit(self)
        self.words.setObjectName("response.words")
        self.words.setPlaceholderText(_("In your own words (may be left empty)"))
        self.words.setTabChangesFocus(True)
        self.words.setMaximumHeight(96)
        self.words.installEventFilter(self)
        layout.addWidget(self.words)
        self._done = QPushButton(_("Done (Enter)"), self)
        self._done.setObjectName("response.note_done")
        self._done.setProperty("role", "main")
        self._done.clicked.connect(self.proceed)
        layout.addWidget(self._done)

    def choose(self, number: int) -> bool:
        """A number key adds that phrase to the words."""
        if not 1 <= number <= len(self._phrases):
            return False
        sofar = self.words.toPlainText().strip()
        phrase = self._phrases[number - 1]
        if phrase not in sofar:
            self.words.setPlainText(f"{sofar}\n{phrase}".strip()[:LONGEST])
        return True

    def proceed(self) -> bool:
        """Enter: the note is done."""
        self.settled.emit("", {"text": self.words.toPlainText().strip()[:LONGEST]})
        return True

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.words and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.proceed()
                return True
        return super().eventFilter(watched, event)
