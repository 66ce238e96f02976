"""Raise an alarm that a person has reported: a digit for the kind, Enter to send; place and words if there is time.

Nothing has to be typed: in the first minute of a real alarm nobody should have to.
"""

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QCompleter, QGridLayout, QLineEdit, QPushButton, QWidget

from console.i18n import _, language
from console.models.alarms import Alarm, AlarmClass
from console.models.errors import ConsoleError
from console.models.ids import PlaceId
from console.models.site import PlaceKind, place_path
from console.services import alarms
from console.views import words
from console.views.build import button, choices, column, label, named, row, set_role

if TYPE_CHECKING:
    from console.bridge import Bridge

# In the order of the digits that choose them.
KINDS: Final = (
    AlarmClass.FIRE,
    AlarmClass.PANIC,
    AlarmClass.INTRUSION,
    AlarmClass.MEDICAL,
    AlarmClass.GAS,
    AlarmClass.FLOOD,
    AlarmClass.DURESS,
    AlarmClass.MANUAL,
)


class ManualPanel(QWidget):
    """The form. It keeps what was entered when it is left, until the alarm is raised."""

    wanted = Signal(bool)
    alarm_chosen = Signal(object)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("manual")
        self._bridge = bridge
        self._kind: AlarmClass | None = None
        self._what = label("manual.what", "heading")
        self._kinds: dict[AlarmClass, QPushButton] = {}
        group = QButtonGroup(self)
        grid = QGridLayout()
        grid.setSpacing(8)
        for number, kind in enumerate(KINDS):
            made = button(f"manual.kind_{kind.value}", partial(self._choose_kind, kind), "answer")
            made.setCheckable(True)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            group.addButton(made)
            grid.addWidget(made, number // 2, number % 2)
            self._kinds[kind] = made
        self._place_name = label("manual.place_name", "dim")
        self._place = choices("manual.place")
        self._place.setEditable(True)
        self._place.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._places: list[PlaceId] = [
            place.id for place in bridge.site.places if place.kind is not PlaceKind.SITE
        ]
        self._text_name = label("manual.text_name", "dim")
        self._text = named(QLineEdit(), "manual.text")
        self._text.setMaxLength(500)
        self._text.returnPressed.connect(self.send)
        self._says = label("manual.says", "warning", wraps=True)
        self._says.hide()
        self._send = button("manual.send", self.send, "main")
        self._leave = button("manual.leave", self.leave, "quiet")
        self.setLayout(
            column(
                self._what, grid, self._place_name, self._place, self._text_name, self._text, self._says,
                row(self._send, self._leave, 1), 1, margins=(12, 10, 12, 10),
            )
        )
        edit = self._place.lineEdit()
        if edit is not None:
            edit.setObjectName("manual.place_field")
            edit.returnPressed.connect(self._text.setFocus)
        self.retranslate()

    # ---------------------------------------------------------------- keys

    def begin(self) -> bool:
        """Show the form and wait for a digit."""
        self.wanted.emit(True)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def choose(self, number: int) -> bool:
        """Choose the kind with this number."""
        if not 1 <= number <= len(KINDS):
            return False
        self._choose_kind(KINDS[number - 1])
        return True

    def proceed(self) -> bool:
        """Send what was chosen so far."""
        self.send()
        return True

    def leave(self) -> bool:
        """Put the form away; what was entered stays."""
        if not self.isVisible():
            return False
        self.wanted.emit(False)
        return True

    # ---------------------------------------------------------------- doing it

    def _choose_kind(self, kind: AlarmClass) -> None:
        self._kind = kind
        self._kinds[kind].setChecked(True)
        self._say("")

    def send(self) -> None:
        """Raise the alarm; the form is emptied when it is on disk."""
        actor = self._bridge.actor
        if self._kind is None or actor is None:
            self._say(_("Choose what is reported: one of the digits."))
            return
        typed = self._place.currentText().strip()
        index = self._place.findText(typed) - 1
        place = self._places[index] if typed and index >= 0 else None
        said = self._text.text().strip()
        # A place that the site does not know is still said in words.
        text = " ".join(part for part in (typed if place is None else "", said) if part)
        self._send.setEnabled(False)
        self._bridge.do(
            alarms.report, alarm_class=self._kind, place=place, text=text, by=actor, then=self._sent, failed=self._not
        )

    def _sent(self, alarm: Alarm | None) -> None:
        self._send.setEnabled(True)
        self._kind = None
        for made in self._kinds.values():
            made.setAutoExclusive(False)
            made.setChecked(False)
        self._place.setCurrentIndex(0)
        self._text.clear()
        self._say("")
        self.wanted.emit(False)
        if alarm is not None:
            self.alarm_chosen.emit(alarm)

    def _not(self, error: ConsoleError) -> None:
        self._send.setEnabled(True)
        self._say(words.said(error.text))

    def _say(self, sentence: str) -> None:
        self._says.setText(sentence)
        self._says.setVisible(bool(sentence))

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._what.setText(_("What is reported?"))
        for number, (kind, made) in enumerate(self._kinds.items(), start=1):
            made.setText(f"{number}  {words.term(kind)}")
            set_role(made, "answer")
        chosen = max(0, self._place.currentIndex())
        self._place.clear()
        names = [place_path(self._bridge.site, place, language()) for place in self._places]
        self._place.addItems(["", *names])
        self._place.setCurrentIndex(chosen)
        completer = QCompleter(names, self._place)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._place.setCompleter(completer)
        self._place_name.setText(_("Where? (may stay empty)"))
        self._place.setAccessibleName(_("Place"))
        self._text_name.setText(_("In the caller's words (may stay empty)"))
        self._text.setAccessibleName(_("What was said"))
        self._send.setText(_("Raise the alarm  Enter"))
        self._leave.setText(_("Not now  Esc"))
