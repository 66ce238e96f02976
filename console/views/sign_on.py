"""Sign on: who has the keyboard, who else is at the seat, and on the first start the administrator.

A page of the window, no dialog. While nobody is signed on, alarms keep coming: they are told across the window and
they are heard.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QLineEdit, QVBoxLayout, QWidget

from console.i18n import _
from console.models.errors import ConsoleError
from console.models.events import UNKNOWN_LOGIN, SignedOff, SignedOn, SignOnRefused
from console.models.people import Person, SignOn
from console.services import people, queries
from console.services.passwords import login_of
from console.views import words
from console.views.build import button, column, label, named, row
from console.views.demo_accounts import DemoAccounts
from console.views.presence import PresenceList

if TYPE_CHECKING:
    from console.bridge import Bridge, DemoAccount

CARD_PX = 400


class SignOnForm(QWidget):
    """Login and password. A wrong one costs a pause that doubles; it is shown running down, and the words stay."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._wait_until_at: datetime | None = None
        self._typed = ""
        self._title = label("sign_on.title", "title")
        self._seat = label("sign_on.seat", "dim")
        self._login = named(QLineEdit(), "sign_on.login")
        self._login.setMaxLength(64)
        self._password = named(QLineEdit(), "sign_on.password")
        self._login.returnPressed.connect(self._password.setFocus)
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._password.setMaxLength(256)
        self._password.returnPressed.connect(self.submit)
        self._says = label("sign_on.says", "warning", wraps=True)
        self._go = button("sign_on.go", self.submit, "main")
        self._names = (label("sign_on.login_name"), label("sign_on.password_name"))
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setSpacing(10)
        form.addRow(self._names[0], self._login)
        form.addRow(self._names[1], self._password)
        self.setLayout(column(self._title, self._seat, form, self._says, self._go))
        self._says.hide()
        self._second = QTimer(self)
        self._second.setInterval(250)
        self._second.timeout.connect(self._count_down)
        bridge.on(SignOnRefused, self._refused)

    def begin(self) -> None:
        """Put the cursor where the next thing is to be typed."""
        (self._password if self._login.text() else self._login).setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Check what was typed; the password leaves the field at once, whatever comes of it."""
        login, password = self._login.text().strip(), self._password.text()
        if not login or not password or self._wait_until_at is not None:
            self.begin()
            return
        self._password.clear()
        self._say("")
        self._typed = login_of(login)
        self._go.setEnabled(False)
        self._bridge.sign_on(login, password, self._accepted, self._failed)

    def fill(self, account: "DemoAccount") -> None:
        """Sign on with an account of the pretend site."""
        self._login.setText(account.login)
        self._password.setText(account.password)
        self.submit()

    def _accepted(self, _sign_on: SignOn) -> None:
        self._go.setEnabled(True)
        self._login.clear()
        self._password.clear()

    def _failed(self, error: ConsoleError) -> None:
        self._go.setEnabled(self._wait_until_at is None)
        if self._wait_until_at is None:
            self._say(words.said(error.text))
        if self.isVisible():  # else somebody else has signed on meanwhile, and the keyboard is at work
            self._password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refused(self, event: SignOnRefused) -> None:
        here = event.login.startswith(UNKNOWN_LOGIN) and event.seat == self._bridge.surroundings.seat
        if (event.login != self._typed and not here) or event.wait_until_at is None:
            return
        self._wait_until_at = event.wait_until_at
        self._second.start()
        self._count_down()

    def _count_down(self) -> None:
        if self._wait_until_at is None:
            return
        left_s = words.left_until(self._wait_until_at, self._bridge.clock.now())
        if left_s <= 0:
            self._wait_until_at = None
            self._second.stop()
            self._say(_("Login or password was wrong. You can try again now."))
        else:
            wait = words.span(left_s + 0.999)
            self._say(_("Login or password is wrong. Next try in {time}.").format(time=wait))
        self._go.setEnabled(self._wait_until_at is None)

    def _say(self, sentence: str) -> None:
        self._says.setText(sentence)
        self._says.setVisible(bool(sentence))

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Sign on"))
        self._seat.setText(_("Seat {seat}").format(seat=self._bridge.surroundings.seat))
        self._names[0].setText(_("Login"))
        self._names[1].setText(_("Password"))
        self._login.setAccessibleName(_("Login"))
        self._password.setAccessibleName(_("Password"))
        self._go.setText(_("Sign on  Enter"))
        self._count_down()


class FirstStart(QWidget):
    """The first start of a post: make its administrator, who then enters everybody else."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._title = label("first.title", "title")
        self._why = label("first.why", "dim", wraps=True)
        self._fields = {name: named(QLineEdit(), f"first.{name}") for name in ("name", "login", "password", "again")}
        self._fields["name"].setMaxLength(40)
        self._fields["login"].setMaxLength(64)
        for secret in ("password", "again"):
            self._fields[secret].setEchoMode(QLineEdit.EchoMode.Password)
            self._fields[secret].setMaxLength(256)
        self._fields["again"].returnPressed.connect(self.submit)
        self._labels = {name: label(f"first.{name}_name") for name in self._fields}
        form = QFormLayout()
        form.setSpacing(10)
        for name, field in self._fields.items():
            form.addRow(self._labels[name], field)
        self._says = label("first.says", "warning", wraps=True)
        self._says.hide()
        self._go = button("first.go", self.submit, "main")
        self.setLayout(column(self._title, self._why, form, self._says, self._go))

    def begin(self) -> None:
        """Put the cursor into the first field."""
        self._fields["name"].setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Make the administrator and sign them on."""
        name, login, password, again = (field.text() for field in self._fields.values())
        if not name.strip() or not login.strip() or not password:
            self._say(_("Fill in all four fields."))
            return
        if password != again:
            self._say(_("The two passwords differ."))
            return
        self._go.setEnabled(False)

        def made(_person: Person) -> None:
            self._go.setEnabled(True)
            for field in self._fields.values():
                field.clear()
            self._bridge.sign_on(login, password)

        def failed(error: ConsoleError) -> None:
            self._go.setEnabled(True)
            self._say(words.said(error.text))

        self._bridge.beside(
            people.create_administrator, login.strip(), name.strip(), password, then=made, failed=failed
        )

    def _say(self, sentence: str) -> None:
        self._says.setText(sentence)
        self._says.show()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Set up this post"))
        self._why.setText(_("Nobody has been entered yet. Make the administrator, who then enters everybody else."))
        texts = {
            "name": _("Name"),
            "login": _("Login"),
            "password": _("Password"),
            "again": _("Password again"),
        }
        for name, text in texts.items():
            self._labels[name].setText(text)
            self._fields[name].setAccessibleName(text)
        self._go.setText(_("Make the administrator"))


class SignOnPage(QWidget):
    """The page. `left` when somebody who may go on has signed on, or wants back to work."""

    left = Signal()

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "sign_on")
        self._bridge = bridge
        self._form = SignOnForm(bridge)
        self._first = FirstStart(bridge)
        self._presence = PresenceList(bridge)
        self._site = label("sign_on.site", "heading")
        self._product = label("sign_on.product", "dim")
        self._back = button("sign_on.back", self.left.emit, "quiet", icon="arrow-left")
        self._demo = DemoAccounts(bridge.demo_accounts)
        self._demo.chosen.connect(self._form.fill)
        self._first.hide()
        card = named(QFrame(), "sign_on.card", "card")
        card.setFixedWidth(CARD_PX)
        card.setLayout(column(self._form, self._first, self._demo, margins=(24, 20, 24, 20)))
        head = row(self._site, self._product, 1, self._back)
        head.setSpacing(16)
        sides = row(1, card, self._presence, 1)
        sides.setSpacing(24)
        sides.setAlignment(card, Qt.AlignmentFlag.AlignTop)
        sides.setAlignment(self._presence, Qt.AlignmentFlag.AlignTop)
        body = QVBoxLayout()
        body.addStretch(1)
        body.addLayout(sides)
        body.addStretch(2)
        self.setLayout(column(head, body, margins=(24, 16, 24, 16)))
        bridge.actor_changed.connect(self._changed)
        bridge.on(SignedOn, lambda _event: self._look())
        bridge.on(SignedOff, lambda _event: self._look())
        self._look()
        self.retranslate()

    def begin(self) -> None:
        """Show who is here, and put the cursor where the next thing is to be typed."""
        self._look()
        self._back.setVisible(self._bridge.actor is not None)
        (self._form if self._first.isHidden() else self._first).begin()

    def _look(self) -> None:
        self._bridge.ask(people.is_empty, then=self._choose_form)
        self._bridge.ask(queries.present, then=self._presence.show_present)

    def _choose_form(self, empty: bool) -> None:
        if empty == self._form.isHidden():
            return
        self._form.setVisible(not empty)
        self._first.setVisible(empty)
        if self.isVisible():
            (self._first if empty else self._form).begin()

    def _changed(self, actor: object) -> None:
        self._presence.refresh()
        if actor is not None and self.isVisible():
            self.left.emit()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._site.setText(words.said(self._bridge.site.name))
        self._product.setText(_("Zhishou, the console of the post"))
        self._back.setText(_("Back to the watch  Esc"))
        self._demo.retranslate()
        self._form.retranslate()
        self._first.retranslate()
        self._presence.retranslate()
