"""The right of the page: what the relief says back, what still stands in the way, and the two signatures."""

from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.duty import Handover, HandoverLine
from console.models.people import Person
from console.models.trust import Signature
from console.services.handover_checks import Blocker
from console.views import theme, words
from console.views.build import button, column, empty, label, named, row, set_role

if TYPE_CHECKING:
    from console.bridge import Bridge

MOST_SHOWN: Final = 3  # hindrances at a time: one at a time is done anyway, and the signatures stay in sight


class ReadBack(QWidget):
    """The items the relief says back in their own words. `typed(said)` and `left(said)` with all of them in order."""

    typed = Signal(tuple)
    left = Signal(tuple)
    finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("handover.read_back")
        self._title = label("handover.read_back_title", "heading")
        self._hint = label("handover.read_back_hint", "dim", wraps=True)
        self._asked: tuple[HandoverLine, ...] = ()
        self._fields: list[QLineEdit] = []
        self._items = QVBoxLayout()
        self._items.setSpacing(4)
        whole = column(self._title, self._hint, self._items)
        whole.setSpacing(4)
        self.setLayout(whole)

    def show_items(self, asked: tuple[HandoverLine, ...], said: tuple[str, ...], *, editable: bool) -> None:
        """Show what is asked and what was said."""
        self._hint.setVisible(not asked)
        if asked != self._asked:
            self._asked = asked
            self._rebuild()
        for number, field in enumerate(self._fields):
            text = said[number] if number < len(said) else ""
            if not field.hasFocus() and field.text() != text:
                field.setText(text)
            field.setReadOnly(not editable)

    def _rebuild(self) -> None:
        empty(self._items)
        self._fields = []
        for number, line in enumerate(self._asked):
            what = label(f"handover.asked.{number}", "", wraps=True)
            what.setText(f"{number + 1}  {words.said(line.text)}")
            field = named(QLineEdit(), f"handover.said.{number}")
            field.setMaxLength(500)
            field.setPlaceholderText(_("In your own words"))
            field.setAccessibleName(_("Read back item {n}").format(n=number + 1))
            field.textEdited.connect(lambda _text: self.typed.emit(self.said))
            field.editingFinished.connect(lambda: self.left.emit(self.said))
            field.returnPressed.connect(partial(self._next, number))
            self._items.addWidget(what)
            self._items.addWidget(field)
            self._fields.append(field)

    @property
    def said(self) -> tuple[str, ...]:
        """What stands in the fields now."""
        return tuple(field.text() for field in self._fields)

    def focus_item(self, number: int) -> None:
        """Put the cursor into a field."""
        if 0 <= number < len(self._fields):
            self._fields[number].setFocus(Qt.FocusReason.OtherFocusReason)

    def _next(self, number: int) -> None:
        if number + 1 < len(self._fields):
            self.focus_item(number + 1)
        else:
            self.finished.emit()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Relief: say it back"))
        self._hint.setText(_("Once the handover is frozen, the relief says back here what matters most."))
        self._rebuild()


class Sentence(QPushButton):
    """A sentence that can be pressed; it is shortened to the room there is, and said in full by its tip."""

    def __init__(self, name: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, "hindrance")
        self._sentence = sentence
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(sentence)
        self.setAccessibleName(sentence)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - 2 * theme.px("gap") - 6
        self.setText(self.fontMetrics().elidedText(self._sentence, Qt.TextElideMode.ElideRight, room))


class Hindrances(QWidget):
    """What stands in the way, as sentences that lead to where it is done. `asked(field)`."""

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("handover.hindrances")
        self._title = label("handover.hindrances_title", "heading")
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self._shown: tuple[Blocker, ...] | None = None
        whole = column(self._title, self._list)
        whole.setSpacing(4)
        self.setLayout(whole)

    @property
    def first(self) -> str:
        """The field of the first hindrance, "" where nothing stands in the way."""
        return self._shown[0].field if self._shown else ""

    def show_blockers(self, blockers: tuple[Blocker, ...]) -> None:
        """Show these; nothing is rebuilt while they are the same, so that a focused one keeps the keyboard."""
        if blockers == self._shown:
            return
        self._shown = blockers
        self._draw()

    def _draw(self) -> None:
        blockers = self._shown or ()
        empty(self._list)
        self._title.setText(
            _("To be done before the signature: {n}").format(n=len(blockers))
            if blockers
            else _("Nothing stands in the way.")
        )
        set_role(self._title, "heading" if blockers else "dim")
        for blocker in blockers[:MOST_SHOWN]:
            made = Sentence(f"handover.hindrance.{blocker.field}", words.said(blocker.text))
            made.clicked.connect(partial(self._chosen, blocker.field))
            self._list.addWidget(made)
        if len(blockers) > MOST_SHOWN:
            more = label("handover.more", "dim")
            more.setText(_("and {n} more").format(n=len(blockers) - MOST_SHOWN))
            self._list.addWidget(more)

    def _chosen(self, field: str, _checked: bool = False) -> None:
        self.asked.emit(field)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._draw()


class SignBlock(QFrame):
    """One side's signature: who may give it, login, password, and the time when it was given. `signed(login, password)`."""

    signed = Signal(str, str)

    def __init__(self, bridge: "Bridge", side: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, f"handover.sign_{side}", "card")
        self._bridge = bridge
        self._side = side
        self._people: tuple[Person, ...] = ()
        self._title = label(f"handover.{side}_title", "heading")
        self._who = label(f"handover.{side}_who", "dim", shrinks=True)
        self._login = named(QLineEdit(), f"handover.{side}_login")
        self._login.setMaxLength(64)
        self._password = named(QLineEdit(), f"handover.{side}_password")
        self._login.returnPressed.connect(self._password.setFocus)
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._password.setMaxLength(256)
        self._password.returnPressed.connect(self._go)
        self._sign = button(f"handover.{side}_sign", self._go, "main")
        self._says = label(f"handover.{side}_says", "warning", wraps=True)
        self._says.hide()
        self._fields = QWidget()
        self._fields.setLayout(row(self._login, self._password, self._sign))
        head = row(self._title, self._who)
        head.setStretch(1, 1)
        whole = column(head, self._fields, self._says, margins=(12, 8, 12, 8))
        whole.setSpacing(5)
        self.setLayout(whole)

    def show_side(self, people: tuple[Person, ...], signature: Signature | None, zone: tzinfo, *, ready: bool) -> None:
        """Show who signs here, or who has; `ready` when it is this side's turn and nothing stands in the way."""
        if people != self._people:
            self._people = people
            known = {person.login for person in people}
            if self._login.text() not in known and people:
                self._login.setText(self._likely(people).login)
        names = ", ".join(person.name for person in people)
        if signature is not None:
            at = words.clock(signature.signed_at, zone)
            self._who.setText(_("{name} signed at {time}").format(name=signature.person_name, time=at))
            self.say("")
        else:
            self._who.setText(names or _("nobody yet"))
        set_role(self._who, "signed" if signature is not None else "dim")
        self._fields.setVisible(signature is None)
        if ready and not self._sign.isEnabled():
            self.say("")
        self._sign.setEnabled(ready)

    def _likely(self, people: tuple[Person, ...]) -> Person:
        actor = self._bridge.actor
        return next((person for person in people if actor is not None and person.id == actor.person), people[0])

    def begin(self) -> None:
        """Put the cursor where the next thing is to be typed."""
        (self._password if self._login.text() else self._login).setFocus(Qt.FocusReason.OtherFocusReason)

    def credentials(self) -> tuple[str, str]:
        """Login and password as typed; the password leaves the field at once, whatever comes of it."""
        given = (self._login.text().strip(), self._password.text())
        self._password.clear()
        return given

    def say(self, sentence: str) -> None:
        """Say why it did not work; nothing takes it away."""
        self._says.setText(sentence)
        self._says.setVisible(bool(sentence))

    def _go(self) -> None:
        if not self._sign.isEnabled():
            self.say(_("Not yet: something else has to be done first."))
            return
        if not self._login.text().strip() or not self._password.text():
            self.begin()
            return
        self.say("")
        self.signed.emit(*self.credentials())

    def retranslate(self, title: str, sign: str) -> None:
        """Say every sentence anew."""
        self._title.setText(title)
        self._sign.setText(sign)
        self._login.setPlaceholderText(_("Login"))
        self._password.setPlaceholderText(_("Password"))
        self._login.setAccessibleName(f"{title}: {_('Login')}")
        self._password.setAccessibleName(f"{title}: {_('Password')}")


class OtherWays(QWidget):
    """The relief objects or refuses, with words; `chosen(way, words)` for "dispute" and "refuse"."""

    chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("handover.other_ways")
        self._way = ""
        self._buttons: dict[str, QPushButton] = {
            way: button(f"handover.{way}", partial(self._open, way), "quiet") for way in ("dispute", "refuse")
        }
        self._words = named(QLineEdit(), "handover.way_words")
        self._words.setMaxLength(1000)
        self._words.returnPressed.connect(self._go)
        self._send = button("handover.way_send", self._go)
        self._back = button("handover.way_back", self.close_words, "quiet", icon="arrow-left")
        self._line = QWidget()
        self._line.setLayout(row(self._back, self._words, self._send))
        self._line.hide()
        self._pair = QWidget()
        self._pair.setLayout(row(1, *self._buttons.values()))
        self.setLayout(column(self._pair, self._line))

    def _open(self, way: str) -> None:
        self._way = way
        self._pair.hide()
        self._line.show()
        self.retranslate()
        self._words.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_words(self) -> None:
        """Back to the two buttons; what was typed stays."""
        self._way = ""
        self._line.hide()
        self._pair.show()

    def show_ways(self, ways: frozenset[str]) -> None:
        """Offer these ways."""
        for way, made in self._buttons.items():
            made.setVisible(way in ways)
        if self._way and self._way not in ways:
            self.close_words()
            self._words.clear()

    def _go(self) -> None:
        if self._words.text().strip():
            self.chosen.emit(self._way, self._words.text().strip())
        else:
            self._words.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._buttons["dispute"].setText(_("Object …"))
        self._buttons["refuse"].setText(_("Refuse to take over …"))
        self._back.setAccessibleName(_("Back"))
        objecting = self._way == "dispute"
        self._words.setPlaceholderText(_("What is not right?") if objecting else _("Why do you not take over?"))
        self._words.setAccessibleName(self._words.placeholderText())
        self._send.setText(_("Object") if objecting else _("Refuse"))


def written(handover: Handover) -> str:
    """The objection, settlement or refusal that stands in a handover, as one text; "" where there is none."""
    parts = (
        (_("Objection: {words}"), handover.objection),
        (_("Settled: {words}"), handover.settlement),
        (_("Refused: {words}"), handover.refusal),
    )
    return "\n".join(sentence.format(words=said) for sentence, said in parts if said)
