"""Who is at the post now, and letting them leave."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QWidget

from console.i18n import _
from console.models.errors import ConsoleError
from console.models.people import Right, SignOn
from console.models.settings import value_of
from console.services import duty, people
from console.views import words
from console.views.build import button, column, empty, label, named, row, set_role
from console.views.rights import may

if TYPE_CHECKING:
    from console.bridge import Bridge


class PresenceList(QFrame):
    """Everybody signed on, with the time since when. Each may sign off; who is needed may not, and is told why.

    A shift leader may let somebody go all the same, with a reason that goes on record.
    """

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "presence", "card")
        self._bridge = bridge
        self._present: tuple[SignOn, ...] = ()
        self._blocked: SignOn | None = None
        self._title = label("presence.title", "heading")
        self._count = label("presence.count", "chip")
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(14)
        self._rows.setVerticalSpacing(6)
        self._rows.setColumnStretch(0, 1)
        self._says = label("presence.says", "warning", wraps=True)
        self._reason = named(QLineEdit(), "presence.reason")
        self._reason.setMaxLength(500)
        self._reason.returnPressed.connect(self._force)
        self._force_button = button("presence.force", self._force)
        self._says.hide()
        self._reason.hide()
        self._force_button.hide()
        self.setMinimumWidth(360)
        self.setMaximumWidth(460)
        head = row(self._title, 1, self._count)
        force = row(self._reason, self._force_button)
        self.setLayout(column(head, self._rows, self._says, force, margins=(24, 20, 24, 20)))

    def show_present(self, present: tuple[SignOn, ...]) -> None:
        """Show these people."""
        self._present = present
        self.refresh()

    def refresh(self) -> None:
        """Draw the list anew."""
        empty(self._rows)
        needed = int(value_of(self._bridge.settings, "watch.people"))
        watching = sum(duty.watches(sign_on.role) for sign_on in self._present)
        self._count.setText(_("{n} of {needed} on watch").format(n=watching, needed=needed))
        set_role(self._count, tone="warning" if watching < needed else "")
        now, zone = self._bridge.clock.now(), words.zone_or_utc(self._bridge.site)
        actor = self._bridge.actor
        may_free = may(actor, Right.FORCE_HANDOVER)
        for line, sign_on in enumerate(self._present):
            who = label(f"presence.name_{line}")
            who.setText(sign_on.name)
            mine = actor is not None and actor.person == sign_on.person
            if mine:
                set_role(who, "heading")
            role = label(f"presence.role_{line}", "dim")
            role.setText(words.term(sign_on.role))
            since = label(f"presence.since_{line}", "dim")
            since.setText(_("since {time}").format(time=words.when(sign_on.on_at, now, zone)))
            self._rows.addWidget(who, line, 0)
            self._rows.addWidget(role, line, 1)
            self._rows.addWidget(since, line, 2)
            if mine or may_free:
                leave = button(f"presence.leave_{line}", partial(self._leave, sign_on), "quiet")
                leave.setText(_("Sign off"))
                self._rows.addWidget(leave, line, 3, Qt.AlignmentFlag.AlignRight)
        if not self._present:
            nobody = label("presence.nobody", "dim")
            nobody.setText(_("Nobody is signed on."))
            self._rows.addWidget(nobody, 0, 0)

    def _leave(self, sign_on: SignOn) -> None:
        if self._bridge.actor is None:
            return

        def blocked(error: ConsoleError) -> None:
            self._blocked = sign_on
            self._says.setText(words.said(error.text))
            self._says.show()
            may_free = may(self._bridge.actor, Right.FORCE_HANDOVER)
            self._reason.setVisible(may_free)
            self._force_button.setVisible(may_free)

        self._bridge.do(people.sign_off, sign_on.id, by=self._bridge.actor, then=self._gone, failed=blocked)

    def _force(self) -> None:
        reason = self._reason.text().strip()
        if self._blocked is None or not reason or self._bridge.actor is None:
            self._reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._bridge.do(people.force_sign_off, self._blocked.id, reason, by=self._bridge.actor, then=self._gone)

    def _gone(self, sign_on: SignOn) -> None:
        self._blocked = None
        self._reason.clear()
        for widget in (self._says, self._reason, self._force_button):
            widget.hide()
        if self._bridge.actor is not None and self._bridge.actor.person == sign_on.person:
            self._bridge.take_keyboard(None)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Signed on"))
        self._reason.setPlaceholderText(_("Reason, it goes into the duty log"))
        self._reason.setAccessibleName(_("Reason"))
        self._force_button.setText(_("Let go"))
        self.refresh()
