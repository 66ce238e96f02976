"""Close a case: the verdict by number key, how one knows, the cause where it was false, a summary when there is time."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.alarms import Alarm, AlarmClass, Means
from console.models.incidents import FALSE_VERDICTS, Incident, Verdict
from console.models.site import Contact
from console.models.telling import DEMANDING
from console.services.telling import LONGEST
from console.views import words
from console.views.asking import Choice, Choices
from console.views.levels import level_words
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


# What a real verdict says about the alarm at least, after TMA-AVS-01; the operator may say more or less.
_LEVELS = {Verdict.REAL_FIRE: 3, Verdict.REAL_INTRUSION: 3, Verdict.REAL_OTHER: 3}


class Closing(QWidget):
    """`settled(verdict, cause, summary, verification)` when the operator ends the case.

    `verification` is the level and by what means one knows, None where everything was verified before or the verdict says
    nothing of what was there. `unverified` are the alarms nobody has verified yet, `means` is what is proposed for them.
    The last of what is settled says why those who are still to be told are not, where the verdict leaves something to
    tell; it is needed where they `must` be.
    """

    settled = Signal(object, str, str, object, str)

    def __init__(
        self,
        incident: Incident,
        proposed: str,
        parent: QWidget | None = None,
        *,
        unverified: tuple[Alarm, ...] = (),
        means: Means = Means.VIDEO,
        untold: tuple[Contact, ...] = (),
        must_tell: bool = True,
    ) -> None:
        super().__init__(parent)
        self._unverified = unverified
        self._untold, self._must_tell = untold, must_tell
        self._verdicts = verdicts_for(incident.alarm_class)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label(_("What was it?"), "step", "response.closing_title", self))
        self._grid = QGridLayout()
        self._grid.setSpacing(4)
        self._group = QButtonGroup(self)
        for index, verdict in enumerate(self._verdicts):
            button = QPushButton(f"{index + 1}   {words.term(verdict)}", self)
            button.setObjectName(f"response.verdict.{verdict.value}")
            button.setProperty("role", "verdict")
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # it holds no panel open
            button.clicked.connect(self._changed)
            self._group.addButton(button, index)
        self._stand(2)
        layout.addLayout(self._grid)
        self._left = label("", "warning", "response.untold_title", self)
        layout.addWidget(self._left)
        self.why_untold = QLineEdit(self)
        self.why_untold.setObjectName("response.untold")
        self.why_untold.setMaxLength(LONGEST)
        self.why_untold.textChanged.connect(self._changed)
        layout.addWidget(self.why_untold)
        self._known = label("", "dim", "response.known_title", self)
        layout.addWidget(self._known)
        levels = tuple((level, level_words(incident.alarm_class, level)) for level in range(5))
        self.level = Choices(Choice(name="level", title=_("Known"), options=levels, first=0), "response.verified", self)
        self.how = Choices(
            Choice(name="how", title=_("How"), options=tuple((one, words.term(one)) for one in Means), chosen=means),
            "response.verified",
            self,
        )
        layout.addWidget(self.level)
        layout.addWidget(self.how)
        for choices in (self.level, self.how):
            choices.settled.connect(self._go_on)
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
        for field in (self.cause, self.why_untold, self.summary):
            field.returnPressed.connect(self.proceed)
        for index, verdict in enumerate(self._verdicts):
            if verdict.value == proposed:
                self._group.button(index).setChecked(True)
        self._changed()

    def _stand(self, columns: int) -> None:
        """Put the verdicts into so many columns, in the order of their numbers."""
        if self._grid.count() and columns == (1 if self._grid.itemAtPosition(0, 1) is None else 2):
            return
        for index, button in enumerate(self._group.buttons()):
            self._grid.addWidget(button, index // columns, index % columns)
        for column, wide in enumerate(self._widths()):
            self._grid.setColumnStretch(column, wide if column < columns else 0)

    def _widths(self) -> tuple[int, int]:
        """How wide each of two columns has to be for every verdict to be read."""
        wide = [button.sizeHint().width() for button in self._group.buttons()]
        return max(wide[::2]), max(wide[1::2])

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stand(2 if sum(self._widths()) + self._grid.spacing() <= self.width() else 1)

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
        why = self.why_untold.text().strip() if self._tells(verdict) else ""
        known = self._verification(verdict)
        self.settled.emit(verdict, self.cause.text().strip(), self.summary.text().strip(), known, why)
        return True

    def _tells(self, verdict: Verdict | None) -> bool:
        return bool(self._untold) and verdict in DEMANDING

    def _verification(self, verdict: Verdict) -> tuple[int, Means] | None:
        if not self._unverified or not self._says_what_was_there(verdict):
            return None
        return (0 if verdict in FALSE_VERDICTS else int(self.level.value or 0)), self.how.value

    def _says_what_was_there(self, verdict: Verdict | None) -> bool:
        return verdict in _LEVELS or verdict in FALSE_VERDICTS

    def _go_on(self) -> None:
        (self.how if self.level.hasFocus() else self.summary).setFocus()

    def _changed(self) -> None:
        verdict = self.verdict()
        false = verdict in FALSE_VERDICTS
        asks = bool(self._unverified) and self._says_what_was_there(verdict)
        if verdict in _LEVELS:
            self.level.take(_LEVELS[verdict])
        known = _("Alarms not verified yet: {n}. It will be noted, and how one knows:").format(n=len(self._unverified))
        self._known.setText(known if not false else _("It will be noted that somebody looked and there was nothing, and how one knows:"))
        self._known.setVisible(asks)
        self.level.setVisible(asks and not false)
        self.how.setVisible(asks)
        self.cause.setVisible(false)
        tells = self._tells(verdict)
        names = " · ".join(f"{words.said(one.name)} {one.phone}" for one in self._untold)
        self._left.setText(_("Still to be told: {names}").format(names=names))
        self._left.setVisible(tells)
        needed = _("I tells them; or why it is not necessary (needed)")
        self.why_untold.setPlaceholderText(needed if self._must_tell else _("Why they are not told (may be left empty)"))
        self.why_untold.setVisible(tells)
        lacks = (false and not self.cause.text().strip()) or (
            tells and self._must_tell and not self.why_untold.text().strip()
        )
        self._close.setEnabled(verdict is not None and not lacks)
