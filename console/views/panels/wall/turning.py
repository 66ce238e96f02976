"""Turning the chosen camera: what is held, by key or by mouse, becomes a move that is asked for again until it is let go.

Nothing turns without a hand on it: letting go, losing the keyboard, another page, a lock, or a window that hangs ends the
move (the last by itself, see console.models.onvif.HOLD_S). Whoever begins last turns; the other is told and stops.
"""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from console.i18n import _
from console.models.errors import ConsoleError
from console.models.ids import CameraId
from console.models.onvif import HOLD_S, CameraTurning, Preset
from console.models.people import Actor, Right
from console.views import words
from console.views.rights import may

if TYPE_CHECKING:
    from console.bridge import Bridge

AGAIN_MS: Final = round(HOLD_S * 1000 / 3)
FAST: Final = 0.8
SLOW: Final = 0.2
WHEEL_MS: Final = 250
DEAD_SHARE: Final = 0.06
"""A drag shorter than this share of the picture's height turns nothing."""
Speed = tuple[float, float, float]
Note = tuple[str, str]
"""Words on a tile, and the token of their colour."""
_Key = Qt.Key
DIRECTIONS: Final[dict[int, Speed]] = {
    _Key.Key_Left: (-1, 0, 0), _Key.Key_Right: (1, 0, 0), _Key.Key_Up: (0, 1, 0), _Key.Key_Down: (0, -1, 0),
    _Key.Key_Home: (-1, 1, 0), _Key.Key_PageUp: (1, 1, 0), _Key.Key_End: (-1, -1, 0), _Key.Key_PageDown: (1, -1, 0),
    _Key.Key_Plus: (0, 0, 1), _Key.Key_Equal: (0, 0, 1), _Key.Key_Minus: (0, 0, -1),
}  # fmt: skip
PAD: Final[dict[int, Speed]] = {
    _Key.Key_4: (-1, 0, 0), _Key.Key_6: (1, 0, 0), _Key.Key_8: (0, 1, 0), _Key.Key_2: (0, -1, 0),
    _Key.Key_7: (-1, 1, 0), _Key.Key_9: (1, 1, 0), _Key.Key_1: (-1, -1, 0), _Key.Key_3: (1, -1, 0),
}  # fmt: skip


class Turning(QObject):
    """The camera that the keyboard turns, if any. `changed`: another camera, its positions, or who turns it; `said`: a
    sentence for the operator."""

    changed = Signal()
    said = Signal(str)

    def __init__(self, bridge: "Bridge", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.camera: CameraId | None = None
        self.presets: tuple[Preset, ...] = ()
        self.turned_by: dict[CameraId, Actor] = {}
        self._held: dict[int, Speed] = {}
        self._dragged: Speed | None = None
        self._slow = False
        self._moving = False
        self._again = QTimer(self)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._move)
        self._wheel = QTimer(self)
        self._wheel.setSingleShot(True)
        self._wheel.setInterval(WHEEL_MS)
        self._wheel.timeout.connect(self.let_go)
        bridge.on(CameraTurning, self._hear)
        bridge.actor_changed.connect(lambda _actor: self.end())

    # ---------------------------------------------------------------- which camera

    def begin(self, camera: CameraId) -> bool:
        """Let the keyboard turn a camera; what is in the way is said."""
        steering = self._bridge.surroundings.ptz
        if steering is None or not steering.turns(camera):
            self.said.emit(_("This camera cannot be turned"))
            return False
        if not may(self._bridge.actor, Right.HANDLE_ALARMS):
            self.said.emit(_("Turning cameras is for those who handle alarms"))
            return False
        self.end()
        self.camera, self.presets = camera, ()
        self.ask_presets()
        self.changed.emit()
        return True

    def end(self) -> bool:
        """The keyboard is for the wall again; False where it was."""
        if self.camera is None:
            return False
        self.let_go()
        self.camera, self.presets = None, ()
        self.changed.emit()
        return True

    # ---------------------------------------------------------------- hands

    def press(self, event: QKeyEvent) -> bool:
        """A key went down; True where it is one that turns."""
        if self.camera is None:
            return False
        key, pad = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.KeypadModifier)
        if key == Qt.Key.Key_Shift:
            self._slow = True
            self._move_soon()
            return True
        way = PAD.get(key) if pad else None
        way = way or DIRECTIONS.get(key)
        if pad and key in (Qt.Key.Key_5, Qt.Key.Key_Clear):
            self.let_go()
            return True
        if way is None and not pad and Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            return event.isAutoRepeat() or self.go(key - Qt.Key.Key_1)
        if way is None:
            return False
        if not event.isAutoRepeat():
            self._slow = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._held[key] = way
            self._move()
        return True

    def release(self, event: QKeyEvent) -> bool:
        """A key came up; True where it was one that turned."""
        if self.camera is None or event.isAutoRepeat():
            return self.camera is not None and event.key() in self._held
        if event.key() == Qt.Key.Key_Shift:
            self._slow = False
            self._move_soon()
            return True
        if self._held.pop(event.key(), None) is None:
            return False
        self._move_soon()
        return True

    def drag(self, way: QPoint, picture: QRect) -> None:
        """The mouse is held `way` from where it was pressed: the further, the faster; half the picture is full speed."""
        half = max(1.0, picture.height() / 2)
        across, up = way.x() / half, -way.y() / half
        if max(abs(across), abs(up)) < DEAD_SHARE * 2:
            across = up = 0.0
        self._dragged = (_bounded(across), _bounded(up), 0.0)
        self._move_soon()

    def wheel(self, steps: float) -> None:
        """Zoom for a moment with every step of the wheel."""
        self._dragged = (0.0, 0.0, FAST if steps > 0 else -FAST)
        self._move_soon()
        self._wheel.start()

    def let_go(self) -> None:
        """No hand is on the camera any more."""
        self._held.clear()
        self._dragged = None
        self._move_soon()

    # ---------------------------------------------------------------- moving

    @property
    def speed(self) -> Speed | None:
        """What the hands ask for, None where no hand is on it."""
        if self._dragged is not None:
            return self._dragged
        if not self._held:
            return None
        share = SLOW if self._slow else FAST
        pan, tilt, zoom = (sum(way[axis] for way in self._held.values()) for axis in range(3))
        return _bounded(pan) * share, _bounded(tilt) * share, _bounded(zoom) * share

    def _move_soon(self) -> None:
        if self._moving or self.speed is not None:
            self._move()

    def _move(self) -> None:
        steering, actor, camera, speed = self._bridge.surroundings.ptz, self._bridge.actor, self.camera, self.speed
        if steering is None or camera is None:
            return
        if actor is None or speed is None:
            self._again.stop()
            if self._moving and actor is not None:
                self._bridge.attend(steering.stop(camera, by=actor), failed=self._refused)
            self._moving = False
            return
        self._moving = True
        self._again.start()
        self._bridge.attend(steering.move(camera, *speed, by=actor), failed=self._refused)

    def _refused(self, error: ConsoleError) -> None:
        """A camera that does not obey is told once for each hand on it."""
        self._again.stop()
        self._held.clear()
        self._dragged, self._moving = None, False
        self.said.emit(words.said(error.text))

    def _hear(self, turning: CameraTurning) -> None:
        if turning.by is None:
            self.turned_by.pop(turning.camera, None)
        else:
            self.turned_by[turning.camera] = turning.by
            if turning.camera == self.camera and self._moving and not self._is_me(turning.by):
                self._again.stop()
                self._held.clear()
                self._dragged, self._moving = None, False
                self.said.emit(_("{name} turns this camera now").format(name=turning.by.name))
        self.changed.emit()

    def _is_me(self, other: Actor) -> bool:
        me = self._bridge.actor
        return me is not None and (me.person, me.seat) == (other.person, other.seat)

    # ---------------------------------------------------------------- positions

    def ask_presets(self) -> None:
        """Ask the camera which positions it remembers."""
        steering, camera = self._bridge.surroundings.ptz, self.camera
        if steering is None or camera is None:
            return

        def known(presets: tuple[Preset, ...]) -> None:
            if self.camera == camera:
                self.presets = presets
                self.changed.emit()

        self._bridge.attend(steering.presets(camera), known, lambda error: self.said.emit(words.said(error.text)))

    def go(self, place: int) -> bool:
        """Go to the position at this place of the list."""
        if not 0 <= place < len(self.presets):
            self.said.emit(_("There is no position {n}").format(n=place + 1))
            return True
        steering, actor, camera, preset = self._bridge.surroundings.ptz, self._bridge.actor, self.camera, self.presets[place]
        if steering is None or actor is None or camera is None:
            return False
        self._held.clear()
        going = _("Going to {position}").format(position=preset.name)
        self._bridge.attend(
            steering.goto(camera, preset.token, by=actor),
            lambda _done: self.said.emit(going),
            lambda error: self.said.emit(words.said(error.text)),
        )
        return True

    def keep(self, name: str) -> None:
        """Have the camera remember where it looks now."""
        steering, actor, camera = self._bridge.surroundings.ptz, self._bridge.actor, self.camera
        if steering is not None and actor is not None and camera is not None and name.strip():
            self._bridge.attend(
                steering.set_preset(camera, name.strip(), by=actor), self._kept, self._not_kept
            )

    def forget(self, place: int) -> None:
        """Have the camera forget a position."""
        steering, actor, camera = self._bridge.surroundings.ptz, self._bridge.actor, self.camera
        if steering is not None and actor is not None and camera is not None and 0 <= place < len(self.presets):
            token = self.presets[place].token
            self._bridge.attend(steering.remove_preset(camera, token, by=actor), self._kept, self._not_kept)

    def _kept(self, _done: object) -> None:
        self.ask_presets()

    def _not_kept(self, error: ConsoleError) -> None:
        self.said.emit(words.said(error.text))

    # ---------------------------------------------------------------- words

    def badge(self, camera: CameraId) -> str:
        """What a tile says of the turning of its camera, empty where nobody turns it."""
        who = self.turned_by.get(camera)
        if who is not None:
            return _("Turning: {name}").format(name=_("you") if self._is_me(who) else who.name)
        return _("Turn") if camera == self.camera else ""


def _bounded(value: float) -> float:
    return max(-1.0, min(1.0, value))
