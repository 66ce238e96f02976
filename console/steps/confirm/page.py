"""The page of a confirm step: the states that may be seen, one key each."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from console.models.plans import Answer, Step, StepRun
from console.steps.spec import Scene


class Answers(QWidget):
    """Answers one below the other, each with its number key. `picked(key)` says which was chosen."""

    picked = Signal(str)

    def __init__(self, answers: tuple[Answer, ...], language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answers = answers
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for number, answer in enumerate(answers, 1):
            button = QPushButton(f"{number}    {answer.label.in_language(language)}", self)
            button.setObjectName(f"response.answer.{answer.key}")
            button.setProperty("role", "answer")
            button.setAccessibleName(answer.label.in_language(language))
            button.clicked.connect(lambda _checked=False, key=answer.key: self.picked.emit(key))
            layout.addWidget(button)

    def choose(self, number: int) -> bool:
        """Pick the answer of that number, counted from 1; False where there is none."""
        if not 1 <= number <= len(self._answers):
            return False
        self.picked.emit(self._answers[number - 1].key)
        return True


class Page(QWidget):
    """Pick what is seen. `settled(answer, value)` carries the choice; Enter alone chooses nothing here, on purpose."""

    settled = Signal(str, dict)

    def __init__(self, step: Step, _visit: StepRun, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.answers = Answers(step.answers, scene.language, self)
        self.answers.picked.connect(self._settle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.answers)

    def choose(self, number: int) -> bool:
        """A number key was pressed."""
        return self.answers.choose(number)

    def proceed(self) -> bool:
        """Enter was pressed: an observed state is never assumed, so nothing is chosen by it."""
        return False

    def _settle(self, answer: str) -> None:
        value: dict[str, Any] = {}
        self.settled.emit(answer, value)
