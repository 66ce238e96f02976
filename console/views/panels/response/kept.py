"""What of the recordings is locked for the case that is looked at, how much of it there is, who may lift it, and a
button to ask for it."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from console.i18n import _, language
from console.models.events import LockChanged
from console.models.files import LockedFootage
from console.models.footage import CaseFootage
from console.models.incidents import Incident
from console.models.people import Right
from console.models.playback import Moment, Purpose
from console.models.recording import HeldState
from console.services import holding, requests
from console.views import words
from console.views.build import button, set_role
from console.views.panels.response.parts import label
from console.views.rights import may

if TYPE_CHECKING:
    from console.bridge import Bridge

ROWS: Final = 4
ENDLESS: Final = holding.UNTIL_CLOSED / 2
AGAIN_S: Final = 15.0
"""How often what was recorded since is looked at."""


class Kept(QWidget):
    """A line for each locked camera of a case; a click plays it. `opened` is called with the moment to be played.

    `wanted` is called with what may be asked for of the case, when its footage is asked for.
    """

    def __init__(
        self,
        bridge: "Bridge",
        opened: Callable[[Moment], object],
        wanted: Callable[[CaseFootage], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("response.kept")
        self._bridge = bridge
        self._opened = opened
        self._wanted = wanted
        self._zone = words.zone_or_utc(bridge.site)
        self._cameras = {camera.id: camera for camera in bridge.site.cameras}
        self._case: Incident | None = None
        self._asked_s = float("-inf")
        self._found: tuple[LockedFootage, ...] = ()
        self._shown: object = None
        self._head = label("", "small", "response.kept_head", self)
        self._ask = button("response.kept_ask", self.ask_for_footage, "quiet", icon="file-export")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        head = QHBoxLayout()
        head.addWidget(self._head, 1)
        head.addWidget(self._ask)
        whole.addLayout(head)
        whole.addLayout(self._rows)
        self.setVisible(False)
        bridge.actor_changed.connect(lambda _actor: self._allow())
        bridge.on(LockChanged, self._lock_changed)

    def show_case(self, case: Incident | None) -> None:
        """Show what is locked for this case; asked for anew every quarter of a minute, and when a lock changes."""
        now_s = self._bridge.clock.monotonic()
        known, self._case = self._case, case
        if case is None or (known is not None and known.id != case.id):
            self._found = ()
        self._show(self._found)  # perhaps in another language
        if case is None:
            return
        if known is None or (known.id, known.rev) != (case.id, case.rev) or now_s - self._asked_s > AGAIN_S:
            self._asked_s = now_s
            self._bridge.ask(holding.locked_footage, case.id, then=partial(self._take, case.id))

    def ask_for_footage(self) -> bool:
        """Ask for what is locked for this case; False where nothing is, or where this person may not ask."""
        if self._case is None or not self._ask.isEnabled() or not any(one.lock.holds for one in self._found):
            return False
        self._bridge.ask(requests.of_case, self._case.id, then=self._wanted)
        return True

    def _allow(self) -> None:
        allowed = may(self._bridge.actor, Right.WRITE_LOG)
        self._ask.setEnabled(allowed)
        self._ask.setToolTip(
            _("Begin a request for this footage, with its cameras and times; another person approves it")
            if allowed
            else _("Only who writes the log asks for footage.")
        )

    def _lock_changed(self, event: LockChanged) -> None:
        if self._case is not None and event.lock.incident == self._case.id:
            self._asked_s = float("-inf")
            self.show_case(self._case)

    def _take(self, asked: str, found: tuple[LockedFootage, ...]) -> None:
        if self._case is not None and self._case.id == asked:
            self._found = found
            self._show(found)

    def _show(self, found: tuple[LockedFootage, ...]) -> None:
        lines = [(one, self._words(one), one.state) for one in found]
        shown = ([(said, state) for _one, said, state in lines], language())
        if shown == self._shown:
            return
        self._shown = shown
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for one, said, state in lines[:ROWS]:
            self._rows.addWidget(self._row(one, said, state))
        if len(lines) > ROWS:
            more = label(_("and {n} more").format(n=len(lines) - ROWS), "small", "response.kept_more", self, wrap=False)
            more.setToolTip("\n".join(said for _one, said, _state in lines[ROWS:]))
            self._rows.addWidget(more)
        head = _("Footage locked for this case; only the supervisor may lift a lock, with a reason")
        self._head.setText(head)
        self._ask.setText(_("Ask for this footage") + "  Ctrl+G")
        self._ask.setVisible(any(one.lock.holds for one in found))
        self._allow()
        self.setVisible(bool(lines))

    def _row(self, one: LockedFootage, said: str, state: HeldState) -> QPushButton:
        made = QPushButton(said, self)
        made.setObjectName(f"response.kept.{one.lock.camera}")
        made.setToolTip(said + "\n" + _("A click plays it from the alarm on"))
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        whole = one.lock.holds and state is HeldState.RECORDED
        set_role(made, "kept", tone="" if whole or not one.lock.holds else "warning")
        made.clicked.connect(lambda _checked=False: self._play(one))
        return made

    def _words(self, one: LockedFootage) -> str:
        camera = self._cameras.get(one.lock.camera)
        name = f"{camera.number:02d} {words.said(camera.name)}" if camera is not None else str(one.lock.camera)
        now = self._bridge.clock.now()
        endless = one.lock.until_at - now > ENDLESS  # while the case is open; it is cut to its length when that is closed
        until = _("case closed") if endless else words.when(one.lock.until_at, now, self._zone)
        state = words.term(one.state)
        if one.state is HeldState.PARTLY:
            state = _("{state} {span}").format(state=state, span=words.span(one.missing_s))
        if not one.lock.holds:
            state = _("lock lifted: {reason}").format(reason=one.lock.release_reason)
        return f"{state}  ·  {name}  ·  {words.when(one.lock.from_at, now, self._zone)} – {until}"

    def _play(self, one: LockedFootage) -> None:
        if self._case is not None:
            purpose = Purpose(reason=_("Incident {number}").format(number=self._case.number))
            self._opened(Moment(at=self._case.detected_at, cameras=(one.lock.camera,), purpose=purpose))
