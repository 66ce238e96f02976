"""The card of a running plan: one step in large type, its limit counting, the next two dimmed."""

from importlib import import_module
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from console.i18n import _
from console.models.plans import PlanRun, Step
from console.steps.spec import Scene
from console.views import words
from console.views.panels.response.parts import Countdown, label


def following(run: PlanRun, step: Step, count: int = 2) -> tuple[Step, ...]:
    """The next steps if every answer only leads on; a branch may change them."""
    steps: list[Step] = []
    current = step
    while len(steps) < count:
        index = run.plan.steps.index(current) + 1
        if current.next == "end":
            break
        upcoming = next((s for s in run.plan.steps if s.id == current.next), None) if current.next else None
        if upcoming is None and index < len(run.plan.steps):
            upcoming = run.plan.steps[index]
        if upcoming is None or upcoming in steps:
            break
        steps.append(upcoming)
        current = upcoming
    return tuple(steps)


class Running(QWidget):
    """One step of one run. `answered(run, step, answer, value)`, `skipped(run, step, reason)`."""

    answered = Signal(str, str, str, dict)
    skipped = Signal(str, str, str)

    def __init__(self, run: PlanRun, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        visit = run.place
        if visit is None:
            raise ValueError("a run that has ended has no step to show")
        self.run_id, self.step_id, self._visit = run.id, visit.step, visit
        step = run.step(visit.step)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._layout.addLayout(self._head(run, len(run.visits)))
        self._layout.addWidget(label(words.said(step.title), "step", "response.step", self))
        if step.say:
            self._layout.addWidget(label(words.said(step.say), "say", "response.say", self))
        if step.warning:
            self._layout.addWidget(self._warning(words.said(step.warning)))
        self.page: Any = import_module(f"console.steps.{step.kind}.page").Page(step, visit, scene, self)
        self.page.settled.connect(self._settle)
        self._layout.addWidget(self.page)
        self._layout.addLayout(self._skip_row())
        for upcoming in following(run, step):
            self._layout.addWidget(label("›  " + words.said(upcoming.title), "faint", "", self))
        self._layout.addStretch()

    def _head(self, run: PlanRun, number: int) -> QHBoxLayout:
        row = QHBoxLayout()
        text = _("{plan} · step {number}").format(plan=words.said(run.plan.title), number=number)
        row.addWidget(label(text, "dim", "response.plan", self, wrap=False))
        row.addStretch()
        self._countdown = Countdown(self)
        row.addWidget(self._countdown)
        step = run.step(self.step_id)
        if step.source:
            self._countdown.setToolTip(step.source)
        return row

    def _warning(self, text: str) -> QFrame:
        frame = QFrame(self)
        frame.setProperty("role", "warning_card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(8, 4, 8, 4)
        inside.addWidget(label("⚠  " + text, "warning", "response.warning", frame))
        return frame

    def _skip_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._skip = QPushButton(_("Skip this step …"), self)
        self._skip.setObjectName("response.skip")
        self._skip.setProperty("role", "quiet")
        self._skip.clicked.connect(self._ask_reason)
        self._reason = QLineEdit(self)
        self._reason.setObjectName("response.skip_reason")
        self._reason.setMaxLength(500)
        self._reason.setPlaceholderText(_("Reason for skipping, then Enter"))
        self._reason.returnPressed.connect(self._skip_now)
        self._reason.hide()
        row.addWidget(self._skip)
        row.addWidget(self._reason, 1)
        row.addStretch()
        return row

    def _ask_reason(self) -> None:
        self._reason.show()
        self._reason.setFocus()

    def _skip_now(self) -> None:
        if self._reason.text().strip():
            self.skipped.emit(self.run_id, self.step_id, self._reason.text().strip())

    def _settle(self, answer: str, value: dict[str, Any]) -> None:
        self.answered.emit(self.run_id, self.step_id, answer, value)

    def choose(self, number: int) -> bool:
        """A number key was pressed."""
        return bool(self.page.choose(number))

    def proceed(self) -> bool:
        """Enter was pressed."""
        return bool(self.page.proceed())

    def tick(self, scene: Scene) -> None:
        """Let the countdown go on."""
        self._countdown.show_visit(self._visit, scene.now)
