"""Close a case: the verdict by number key, the cause where it was false, a summary when there is time."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from console.i18n import _
from console.models.alarms import AlarmClass
from console.models.incidents import FALSE_VERDICTS, Incident, Verdict
from console.views import words
from console.views.panels.response.parts import label

_REAL = {AlarmClass.FIRE: Verdict.REAL_FIRE, AlarmClass.INTRUSION: Verdict.REAL_INTRUSION}


def verdicts_for(alarm_class: AlarmClass) -> tuple[Verdict, ...]:
    """The nine verdicts offered for a case of a class, the real one of its kind first; keys 1 to 9."""
    real = _REAL.get(alarm_class, Verdict.REAL_OTHER)
    return (
        real,
        Verdict.FALSE_EQUIPMENT,
        Verdict.FALSE_ENVIRONMENT,
        Verdict.FALSE_HUMAN,
        Verdict.NUISANCE_ANALYTICS,
        Verdict.AUTHORISED_WORK,
        Verdict.DUPLICATE,
        Verdict.DRILL,
        Verdict.REAL_OTHER if real is not Verdict.REAL_OTHER else Verdict.UNKNOWN,
    )


class Closing(QWidget):
    """`settled(verdict, cause, summary)` when the operator ends the case."""

    settled = Signal(object, str, str)

    def __init__(self, incident: Incident, proposed: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verdicts = verdicts_for(incident.alarm_class)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label(_("What was it?"), "step", "response.closing_title", self))
        grid = QGridLayout()
        grid.setSpacing(4)
        self._group = QButtonGroup(self)
        for index, verdict in enumerate(self._verdicts):
            button = QPushButton(f"{index + 1}   {words.term(verdict)}", self)
            button.setObjectName(f"response.verdict.{verdict.value}")
            button.setProperty("role", "verdict")
            button.setCheckable(True)
            button.clicked.connect(self._changed)
            self._group.addButton(button, index)
            grid.addWidget(button, index // 2, index % 2)
        layout.addLayout(grid)
        self.cause = QLineEdit(self)
        self.cause.setObjectName("response.cause")
        self.cause.setMaxLength(1000)
        self.cause.setPlaceholderText(_("Cause of the false alarm (needed)"))
        self.cause.textChanged.connect(self._changed)
        layout.addWidget(self.cause)
        self.summary = QLineEdit(self)
        self.summary.setObjectName("response.summary")
        self.summary.setMaxLength(4000)
        self.summary.setPlaceholderText(_("Summary (may be left empty)"))
        layout.addWidget(self.summary)
        self._close = QPushButton(_("Close the incident (Enter)"), self)
        self._close.setObjectName("response.close")
        self._close.setProperty("role", "main")
        self._close.clicked.connect(self.proceed)
        layout.addWidget(self._close)
        layout.addStretch()
        for field in (self.cause, self.summary):
            field.returnPressed.connect(self.proceed)
        for index, verdict in enumerate(self._verdicts):
            if verdict.value == proposed:
                self._group.button(index).setChecked(True)
        self._changed()

    def verdict(self) -> Verdict | None:
        """The verdict chosen so far."""
        index = self._group.checkedId()
        return self._verdicts[index] if index >= 0 else None

    def choose(self, number: int) -> bool:
        """A number key was pressed."""
        if not 1 <= number <= len(self._verdicts):
            return False
        self._group.button(number - 1).setChecked(True)
        self._changed()
        if self.verdict() in FALSE_VERDICTS:
            self.cause.setFocus()
        return True

    def proceed(self) -> bool:
        """Enter: end the case with what was chosen."""
        verdict = self.verdict()
        if verdict is None or not self._close.isEnabled():
            return False
        self.settled.emit(verdict, self.cause.text().strip(), self.summary.text().strip())
        return True

    def _changed(self) -> None:
        verdict = self.verdict()
        false = verdict in FALSE_VERDICTS
        self.cause.setVisible(false)
        self._close.setEnabled(verdict is not None and (not false or bool(self.cause.text().strip())))
