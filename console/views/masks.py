"""Privacy masks at the screen: which are lifted and until when, and the line in which somebody asks for it with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.errors import ConsoleError
from console.models.events import MasksLifted
from console.models.ids import CameraId
from console.models.masks import Mask, left_over
from console.models.people import Actor
from console.models.settings import seconds_of
from console.models.site import Camera
from console.views import names, words
from console.views.build import button, label, named, row

if TYPE_CHECKING:
    from console.bridge import Bridge

TICK_MS: Final = 1000
SPANS_S: Final = (60.0, 120.0, 300.0, 600.0)
_NAME: Final = "screen.masks"


@dataclass(frozen=True, slots=True)
class Lifted:
    """Masks that are lifted: by whom, at which seat, until when."""

    by: str
    seat: str
    until_at: datetime


class Lifting(QObject):
    """What is lifted at present. `changed` when that is another, and each second while anything is.

    Whoever gives the keyboard away leaves no mask lifted at this seat behind.
    """

    changed = Signal()

    def __init__(self, bridge: "Bridge") -> None:
        super().__init__(bridge)
        self.setObjectName(_NAME)
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._cameras = {camera.id: camera for camera in bridge.site.cameras}
        self._people = names.shared(bridge)
        self._lifted: dict[CameraId, Lifted] = {}
        self._actor: Actor | None = bridge.actor
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        bridge.on(MasksLifted, self._hear)
        bridge.actor_changed.connect(self._keyboard_given)

    # ---------------------------------------------------------------- what stands

    def of(self, camera: CameraId | None) -> Lifted | None:
        """What is lifted of a camera; None where its masks are painted."""
        found = self._lifted.get(camera) if camera else None
        return found if found is not None and found.until_at > self._bridge.clock.now() else None

    def badge(self, camera: CameraId) -> str:
        """What a picture of the camera says while its masks are lifted, empty while they are not."""
        lifted = self.of(camera)
        if lifted is None:
            return ""
        left_s = (lifted.until_at - self._bridge.clock.now()).total_seconds()
        return _("Unmasked {left}, until {time}").format(
            time=words.minute(lifted.until_at, self._zone), left=words.span(left_s + 0.999)
        )

    def painted(self, camera: Camera) -> tuple[Mask, ...]:
        """The masks that are to be painted for the person at this keyboard."""
        actor, lifted = self._bridge.actor, self.of(camera.id)
        mine = actor is not None and lifted is not None and (lifted.by, lifted.seat) == (actor.person, actor.seat)
        return left_over(camera.masks, actor.role) if mine and actor is not None else camera.masks

    def offered(self, camera: CameraId | None) -> bool:
        """Whether the person at the keyboard may have masks of this camera lifted, or put back what is lifted."""
        return self.of(camera) is not None or not self.why_not(camera)

    def why_not(self, camera: CameraId | None) -> str:
        """Why the person at the keyboard may not have masks of this camera lifted, in words; empty where they may."""
        known, actor = self._cameras.get(camera) if camera else None, self._bridge.actor
        if known is None or self._bridge.surroundings.masks is None:
            return _("Choose a camera first")
        if not known.masks:
            return _("This camera has no privacy masks")
        if actor is None or any(actor.role in mask.roles for mask in known.masks):
            return "" if actor is not None else _("The keyboard is locked")
        roles = dict.fromkeys(role for mask in known.masks for role in mask.roles)
        return _("Only these may have its privacy masks lifted: {roles}").format(
            roles=_(", ").join(words.term(role) for role in roles)
        )

    # ---------------------------------------------------------------- what changes

    def put_back(self, camera: CameraId) -> bool:
        """Put the masks of a camera back at once; False where none are lifted."""
        masks, actor = self._bridge.surroundings.masks, self._bridge.actor
        if masks is None or actor is None or self.of(camera) is None:
            return False
        self._bridge.attend(masks.put_back(camera, by=actor))
        return True

    def tick(self) -> None:
        """A second has gone by."""
        now = self._bridge.clock.now()
        self._lifted = {camera: one for camera, one in self._lifted.items() if one.until_at > now}
        if not self._lifted:
            self._timer.stop()
        self.changed.emit()

    def _hear(self, event: MasksLifted) -> None:
        if event.until_at is None:
            self._lifted.pop(event.camera, None)
        else:
            self._lifted[event.camera] = Lifted(event.by, event.seat, event.until_at)
            self._timer.start()
        self.changed.emit()

    def _keyboard_given(self, actor: Actor | None) -> None:
        before, self._actor = self._actor, actor
        masks = self._bridge.surroundings.masks
        if before is None or masks is None or (actor is not None and actor.person == before.person):
            return
        for camera, lifted in self._lifted.items():
            if (lifted.by, lifted.seat) == (before.person, before.seat) and self.of(camera) is not None:
                self._bridge.attend(masks.put_back(camera, by=before))


class MaskBar(QFrame):
    """The line over pictures that asks why, and for how long, masks of a camera are to be lifted.

    Enter does it, Esc goes back; `done` when the keyboard may go back to the pictures. While masks are lifted, asking
    again puts them back at once.
    """

    done = Signal()
    said = Signal(str)

    def __init__(self, bridge: "Bridge", name: str, cameras: Mapping[CameraId, Camera], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, f"{name}.masks", "bar")
        self._bridge, self._cameras = bridge, cameras
        self._lifting = shared(bridge)
        self._camera: CameraId | None = None
        self._title = label(f"{name}.masks_title", "strong")
        self._reason = named(QLineEdit(), f"{name}.masks_reason")
        self._reason.setMaxLength(200)
        self._reason.returnPressed.connect(self.lift)
        self._span = named(QComboBox(), f"{name}.masks_span")
        self._go = button(f"{name}.masks_lift", self.lift, "main")
        self._leave = button(f"{name}.masks_leave", self.step_back)
        self._says = label(f"{name}.masks_says", "warning")
        self._says.hide()
        line = row(self._title, self._reason, self._span, self._says, self._go, self._leave, margins=(8, 4, 4, 4))
        line.setStretchFactor(self._reason, 1)
        self.setLayout(line)
        self.setVisible(False)
        bridge.actor_changed.connect(lambda _actor: self.step_back())
        self.retranslate()

    def begin(self, camera: CameraId | None) -> None:
        """Ask for the masks of this camera, or put them back; who may not is told why."""
        if camera is not None and self._lifting.put_back(camera):
            self.step_back()
            return
        why_not = self._lifting.why_not(camera)
        if why_not:
            self.said.emit(why_not)
            return
        self._camera = camera
        self._says.hide()
        self._reason.clear()
        self.retranslate()
        self.setVisible(True)
        self._reason.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def lift(self) -> None:
        """Have them lifted, for the reason that was typed."""
        masks, actor = self._bridge.surroundings.masks, self._bridge.actor
        if masks is None or actor is None or self._camera is None:
            return
        asked = masks.lift(self._camera, self._reason.text(), self._span.currentData(), by=actor)
        self._bridge.attend(asked, self._lifted, self._refused)

    def _lifted(self, _until_at: datetime) -> None:
        self.step_back()

    def _refused(self, error: ConsoleError) -> None:
        self._says.setText(words.said(error.text))
        self._says.show()
        self._reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def step_back(self) -> bool:
        """Close the line; False where it is not open."""
        if self._camera is None:
            return False
        self._camera = None
        self.setVisible(False)
        self.done.emit()
        return True

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key that a field of this line left over is nobody else's."""
        if event.key() == Qt.Key.Key_Escape:
            self.step_back()
        event.accept()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        camera = self._cameras.get(self._camera) if self._camera else None
        if camera is not None:
            called = f"{camera.number:02d} {words.said(camera.name)}"
            self._title.setText(_("Lift the privacy masks of {camera}").format(camera=called))
        self._reason.setPlaceholderText(_("Why? It goes into the journal"))
        self._reason.setAccessibleName(_("Why the privacy masks are lifted"))
        chosen = max(0, self._span.currentIndex())
        longest_s = seconds_of(self._bridge.settings, "video.unmask_s")
        self._span.clear()
        for span_s in sorted({min(longest_s, one) for one in SPANS_S}):
            self._span.addItem(_("for {time}").format(time=words.about(span_s)), span_s)
        self._span.setCurrentIndex(min(chosen, self._span.count() - 1))
        self._span.setAccessibleName(_("For how long the privacy masks are lifted"))
        self._go.setText(_("Lift  Enter"))
        self._leave.setText(_("Back  Esc"))


def shared(bridge: "Bridge") -> Lifting:
    """Give the one keeper below the bridge, made when it is first asked for."""
    found = bridge.findChild(Lifting, _NAME)
    return found if found is not None else Lifting(bridge)
