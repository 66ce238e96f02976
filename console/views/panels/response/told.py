"""Who is to be told of the alarm that is looked at: names and numbers, what came of each, and a line to say how it went."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from console.i18n import _
from console.models.alarms import Alarm
from console.models.telling import BY_HAND, INFORMED, NEEDS_WORDS, Told, ToTell, role_words
from console.services import telling
from console.views import theme, words
from console.views.asking import Asked, AskLine, Choice, Words, numbered
from console.views.build import button, column, empty, label, named, row, set_role
from console.views.logbook.entry import read_entry

if TYPE_CHECKING:
    from console.bridge import Bridge
    from console.models.people import Actor

_SHOWN = 6


class ToldBoard(QFrame):
    """A header with the count, a line a contact, and the form. `finished` gives the keyboard back."""

    finished = Signal()

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "response.told", "card")
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._alarm: Alarm | None = None
        self._those: tuple[ToTell, ...] = ()
        self._shown: object = None
        self._count = label("response.told_count", "chip")
        self._title = label("response.told_title", "dim", shrinks=True)
        self._tell = button("response.tell", self.ask, "quiet", icon="phone")
        self._lines = QGridLayout()
        self._lines.setHorizontalSpacing(theme.px("gap"))
        self._lines.setVerticalSpacing(2)
        self._lines.setColumnStretch(0, 5)
        self._lines.setColumnStretch(2, 4)
        self.line = AskLine("response.told")
        self.line.opened.connect(lambda opened: None if opened else self.finished.emit())
        whole = column(row(self._count, self._title, self._tell), self._lines, self.line, margins=(8, 4, 6, 4))
        whole.setSpacing(2)
        self.setLayout(whole)
        self.hide()

    def show_those(self, alarm: Alarm | None, those: tuple[ToTell, ...], *, brief: bool, language: str) -> None:
        """Show who is to be told of an alarm or its case; `brief` leaves only those who still are, in the header."""
        if self._alarm is not None and (alarm is None or alarm.id != self._alarm.id):
            self.line.leave()
        self._alarm, self._those = alarm, those
        key = (alarm.id if alarm else "", those, brief, language)
        if key == self._shown:
            return
        self._shown = key
        self.setVisible(bool(those) and alarm is not None)
        left = self._left()
        self._count.setText(_("{n} to be told").format(n=len(left)) if left else _("All told"))
        set_role(self._count, tone="warning" if left else "")
        named_left = " · ".join(f"{words.said(one.contact.name)} {one.contact.phone}" for one in left)
        self._title.setText(named_left if brief else "")
        self._tell.setText(_("How did it go?") + "  I")
        empty(self._lines)
        if not brief:
            for line, one in enumerate(those[:_SHOWN]):
                self._add(line, one)
            if len(those) > _SHOWN:
                more = label("response.told_more", "faint")
                more.setText(_("and {n} more").format(n=len(those) - _SHOWN))
                self._lines.addWidget(more, _SHOWN, 0)

    def _left(self) -> tuple[ToTell, ...]:
        return tuple(one for one in self._those if not one.settled)

    def _add(self, line: int, one: ToTell) -> None:
        """A contact: who, the number to dial, and where it stands; of whom is settled the number is of no more use."""
        name, role = words.said(one.contact.name), words.said(role_words(one.contact.role))
        who = label(f"response.told_name.{one.contact.id}", "dim" if one.settled else "", shrinks=True)
        who.setText(f"{name} · {role}" if role and role not in name else name)
        state = label(f"response.told_state.{one.contact.id}", "dim" if one.settled else "warning", shrinks=True)
        state.setText(self._state(one))
        self._lines.addWidget(who, line, 0)
        if one.settled:
            self._lines.addWidget(state, line, 1, 1, 2)
            return
        phone = label(f"response.told_phone.{one.contact.id}", "heading")
        phone.setText(one.contact.phone or "—")
        self._lines.addWidget(phone, line, 1)
        self._lines.addWidget(state, line, 2)

    def _state(self, one: ToTell) -> str:
        last = one.last
        if last is None:
            return _("not told yet")
        at = words.clock(last.told_at, self._zone)
        mark = "✓ " if last.result in INFORMED else ""
        tail = f" · {last.note}" if last.note else ""
        return f"{mark}{words.term(last.result)} {at}{tail}"

    # ---------------------------------------------------------------- the form

    def ask(self) -> bool:
        """Say how it went: whom by digit, the result by digit, words where they are needed. False where nobody is to be told."""
        alarm, actor = self._alarm, self._bridge.actor
        if alarm is None or actor is None or not self._those or not self.isVisible():
            return False
        # Those who still are to be told first: what is asked most often has the lowest digit.
        order = (*self._left(), *(one for one in self._those if one.settled))
        people = numbered([(one.contact.id, f"{words.said(one.contact.name)} {one.contact.phone}") for one in order])
        self.line.ask(
            Asked(
                name="call",
                title=_("Whom did you call, and how did it go?"),
                fields=(
                    Choice(
                        name="contact",
                        title=_("Whom"),
                        options=people,
                        chosen=people[0][0] if len(people) == 1 else None,
                    ),
                    Choice(name="result", title=_("Result"), options=tuple((one, words.term(one)) for one in BY_HAND)),
                    Words(
                        name="words",
                        title=_(
                            "Who was told instead, or why it is not necessary; earlier than now: 03:12 or -5 first"
                        ),
                        needed=False,
                    ),
                ),
                confirm=_("Put it on record"),
                go=lambda given: self._say(alarm, given, actor),
                fits=_wrong,
            )
        )
        return True

    def _say(self, alarm: Alarm, given: Mapping[str, Any], actor: "Actor") -> None:
        said, told_at = read_entry(given["words"], self._bridge.clock.now(), self._zone)
        self._bridge.do(
            telling.tell, alarm.id, given["contact"], Told(given["result"]), said, told_at=told_at, by=actor
        )

    def leave(self) -> bool:
        """Ask no more."""
        return self.line.leave()


def _wrong(given: Mapping[str, Any]) -> str:
    if given["result"] in NEEDS_WORDS and not given["words"]:
        return (
            _("Say who was told instead.") if given["result"] is Told.TOLD_OTHER else _("Say why it is not necessary.")
        )
    return ""
