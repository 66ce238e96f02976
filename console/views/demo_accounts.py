"""The accounts of the pretend site, offered on its sign-on page: one click signs on; nobody there, the first one does.

On every real post there are none, and nothing of this is seen.
"""

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.people import Role
from console.views import words
from console.views.build import button, column, label

if TYPE_CHECKING:
    from console.bridge import DemoAccount

BY_ITSELF_AFTER_S: Final = 4
_TOUCHED: Final = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.InputMethod})


class DemoAccounts(QWidget):
    """Everybody of the pretend site with login and password. `chosen(DemoAccount)` when one is to sign on.

    The first time the page is shown the first account is chosen after a few seconds, so that whoever only looks sees
    the post; any key or click ends the waiting.
    """

    chosen = Signal(object)

    def __init__(self, accounts: "tuple[DemoAccount, ...]", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._title = label("sign_on.demo_title", "dim", wraps=True)
        self._says = label("sign_on.demo_waits", "dim", wraps=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        self._buttons, self._roles = [], []
        for index, account in enumerate(accounts):
            made = button(f"sign_on.demo_{account.login}", partial(self._choose, account), icon="user")
            role = label(f"sign_on.demo_role_{account.login}", "dim")
            secret = label(f"sign_on.demo_password_{account.login}", "dim")
            secret.setText(f"{account.login}  {account.password}")
            secret.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            for place, widget in enumerate((made, role, secret)):
                grid.addWidget(widget, index, place)
            self._buttons.append(made)
            self._roles.append(role)
        self.setLayout(column(self._title, grid, self._says))
        self._left_s = BY_ITSELF_AFTER_S
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._count_down)
        self._says.hide()
        self.setVisible(bool(accounts))

    def stay(self) -> None:
        """Wait for a person from now on."""
        self._left_s = 0
        self._second.stop()
        self._says.hide()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def _choose(self, account: "DemoAccount") -> None:
        self.stay()
        self.chosen.emit(account)

    def _count_down(self) -> None:
        self._left_s -= 1
        if self._left_s > 0:
            self._say()
        else:
            self._choose(self._accounts[0])

    def _say(self) -> None:
        sentence = _("Without a key or a click, {name} signs on in {n} s.")
        self._says.setText(sentence.format(name=self._accounts[0].name, n=self._left_s))

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("This is the demonstration site. One click signs on; logins and passwords stand beside the names."))
        for made, role, account in zip(self._buttons, self._roles, self._accounts, strict=True):
            made.setText(account.name)
            role.setText(_role(account.role))
        if self._accounts:
            self._say()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        application = QApplication.instance()
        if self._accounts and self._left_s > 0 and not self._second.isActive() and application is not None:
            application.installEventFilter(self)
            self._says.show()
            self._second.start()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHED and event.spontaneous():
            self.stay()
        return super().eventFilter(watched, event)


def _role(role: str) -> str:
    known = next((member for member in Role if member.value == role), None)
    return words.term(known) if known is not None else role
