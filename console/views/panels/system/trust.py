"""The key that packages of footage are signed with: its fingerprint, since when, where its public half lies, how to compare."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from console.i18n import _
from console.models.events import SigningKeyMade
from console.models.footage import PUBLIC_KEY_FILE
from console.services import requests
from console.views import words
from console.views.build import column, label, named

if TYPE_CHECKING:
    from console.bridge import Bridge


class TrustCard(QFrame):
    """A card of the post's page."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "system.trust_card", "card")
        self._bridge = bridge
        self._made: SigningKeyMade | None = None
        self._title = label("system.trust_title", "heading")
        self._key = label("system.trust_key", "strong", wraps=True)
        self._key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._since = label("system.trust_since", "dim", wraps=True)
        self._file = label("system.trust_file", wraps=True)
        self._file.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._how = label("system.trust_how", "dim", wraps=True)
        self.setLayout(column(self._title, self._key, self._since, self._file, self._how, margins=(20, 16, 20, 16)))
        bridge.on(SigningKeyMade, self._take)
        bridge.ask(requests.signing_key, then=self._begin)
        self.retranslate()

    def _begin(self, made: SigningKeyMade | None) -> None:
        if self._made is None:
            self._take(made)

    def _take(self, made: SigningKeyMade | None) -> None:
        self._made = made
        self.retranslate()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        made = self._made
        self._title.setText(_("Key that signs footage"))
        for part in (self._since, self._file, self._how):
            part.setVisible(made is not None)
        if made is None:
            self._key.setText(_("None yet: it is made with the first package of footage."))
            return
        self._key.setText(made.fingerprint)
        zone = words.zone_or_utc(self._bridge.site)
        since = made.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        self._since.setText(_("The same since {time}. Another fingerprint means another key.").format(time=since))
        path = Path(self._bridge.surroundings.data_dir) / PUBLIC_KEY_FILE
        self._file.setText(_("Public half, to be given to anybody: {path}").format(path=path))
        self._how.setText(
            _(
                "To compare: run verify.py of a package; the fingerprint it shows is this one, the one on the request form "
                "and the one on every handover on paper. Or give it: verify.py --key FINGERPRINT."
            )
        )
