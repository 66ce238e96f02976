"""The threat level of the post, how this seat's screen looks and sounds, and the key that footage is signed with."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QFrame, QLineEdit, QPushButton, QWidget

from console.i18n import _
from console.models.duty import Threat, ThreatLevel
from console.models.errors import ConsoleError
from console.models.events import ThreatChanged
from console.models.people import Right
from console.services import duty, queries
from console.views import blink, names, preferences, words
from console.views.build import button, column, label, named, row
from console.views.panels.system.trust import TrustCard
from console.views.rights import may

if TYPE_CHECKING:
    from console.bridge import Bridge


class PostTab(QWidget):
    """Three cards. The level is set with a reason, by whoever may; the screen's taste is this seat's own."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._kept = preferences.shared(bridge, bridge.surroundings.data_dir)
        self._people = names.shared(bridge)
        self._threat: Threat | None = None
        self._level = ThreatLevel.GREEN
        self.trust = TrustCard(bridge)
        self.trust.setMinimumWidth(520)
        self.trust.setMaximumWidth(1028)
        cards = row(self._threat_card(), self._screen_card(), 1)
        self.setLayout(column(cards, row(self.trust, 1), 1, margins=(16, 16, 16, 16)))
        bridge.on(ThreatChanged, lambda event: self._set_threat(event.threat))
        bridge.ask(queries.threat, then=self._begin_threat)
        bridge.actor_changed.connect(lambda _actor: self._allow())
        self._people.changed.connect(self._show)
        self.retranslate()

    def _threat_card(self) -> QFrame:
        self._threat_title = label("system.threat_title", "heading")
        self._in_force = label("system.threat_in_force", "dim", wraps=True)
        self._levels: dict[ThreatLevel, QPushButton] = {}
        group = QButtonGroup(self)
        for level in ThreatLevel:
            made = button(f"system.threat_{level.value}", partial(self._choose, level))
            made.setCheckable(True)
            group.addButton(made)
            self._levels[level] = made
        self._reason = named(QLineEdit(), "system.threat_reason")
        self._reason.setMaxLength(500)
        self._reason.returnPressed.connect(self._set)
        self._says = label("system.threat_says", "warning", wraps=True)
        self._says.hide()
        self._go = button("system.threat_set", self._set, "main")
        card = named(QFrame(), "system.threat_card", "card")
        card.setMaximumWidth(560)
        card.setLayout(
            column(
                self._threat_title, self._in_force, row(*self._levels.values()), self._reason, self._says,
                row(1, self._go), margins=(20, 16, 20, 16),
            )
        )
        return card

    def _screen_card(self) -> QFrame:
        self._screen_title = label("system.screen_title", "heading")
        self._still = named(QCheckBox(), "system.reduce_motion")
        self._still.setChecked(self._kept.now.reduce_motion)
        self._still.clicked.connect(self._reduce_motion)
        self._still_note = label("system.reduce_motion_note", "dim", wraps=True)
        card = named(QFrame(), "system.screen_card", "card")
        card.setMaximumWidth(460)
        card.setLayout(column(self._screen_title, self._still, self._still_note, 1, margins=(20, 16, 20, 16)))
        return card

    def _choose(self, level: ThreatLevel) -> None:
        self._level = level
        self._allow()

    def _set(self) -> None:
        if self._bridge.actor is None:
            return
        self._says.hide()

        def refused(error: ConsoleError) -> None:
            self._says.setText(words.said(error.text))
            self._says.show()

        self._bridge.do(
            duty.set_threat, self._level, self._reason.text(), by=self._bridge.actor,
            then=lambda _threat: self._reason.clear(), failed=refused,
        )

    def _begin_threat(self, threat: Threat | None) -> None:
        """Take in what was in force at first; what was set, or chosen by hand, while the question was on its way stands."""
        if self._threat is None and self._level is ThreatLevel.GREEN:
            self._set_threat(threat)
        elif self._threat is None:
            self._threat = threat
            self._show()

    def _set_threat(self, threat: Threat | None) -> None:
        self._threat = threat
        self._level = threat.level if threat is not None else ThreatLevel.GREEN
        self._levels[self._level].setChecked(True)
        self._show()

    def _reduce_motion(self, still: bool) -> None:
        self._kept.change(reduce_motion=still)
        blink.shared(self._bridge).reduce_motion(still)

    def _show(self) -> None:
        if self._threat is None:
            self._in_force.setText(_("{level} in force").format(level=words.term(ThreatLevel.GREEN)))
        else:
            zone = words.zone_or_utc(self._bridge.site)
            self._in_force.setText(
                _("{level} in force since {time}, set by {who}: {reason}").format(
                    level=words.term(self._threat.level),
                    time=words.day_and_time(self._threat.set_at, zone),
                    who=self._people.called(self._threat.set_by),
                    reason=self._threat.reason,
                )
            )
        self._allow()

    def _allow(self) -> None:
        allowed = may(self._bridge.actor, Right.SET_THREAT_LEVEL)
        for made in self._levels.values():
            made.setEnabled(allowed)
        self._reason.setEnabled(allowed)
        in_force = self._threat.level if self._threat is not None else ThreatLevel.GREEN
        self._go.setEnabled(allowed and self._level is not in_force)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self.trust.retranslate()
        self._threat_title.setText(_("Threat level"))
        for level, made in self._levels.items():
            made.setText(words.term(level))
        self._reason.setPlaceholderText(_("Why? It goes into the journal and into the handover"))
        self._reason.setAccessibleName(_("Reason for the threat level"))
        self._go.setText(_("Set the level"))
        self._screen_title.setText(_("This screen"))
        self._still.setText(_("Nothing blinks"))
        self._still_note.setText(_("Unacknowledged alarms are then told by full shapes, colour and words alone."))
        self._show()
