"""The bar below the pictures: play, step, speed, the moment, and a field for what has to be typed."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QToolButton, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.playback import KEY_FRAMES_ABOVE, Purpose
from console.views import icons
from console.views.build import button, column, label, named, row, set_role, tool
from console.views.panels.playback.keys import key_of

BUTTONS: Final = (
    # the name of the key, icon
    ("previous_event", "player-track-prev"),
    ("step_back", "player-skip-back"),
    ("backwards", "player-play-back"),
    ("play", "player-play"),
    ("step_on", "player-skip-forward"),
    ("next_event", "player-track-next"),
    ("slower", "minus"),
    ("faster", "plus"),
    ("newest", "arrow-right"),
    ("jump", "clock"),
    ("snapshot", "camera"),
    ("bookmark", "bookmark"),
    ("lock", "lock"),
    ("search", "search"),
    ("masks", "eye-off"),
    ("watch", "eye"),
)
SAID_MS: Final = 8_000
PURPOSE_PX: Final = 300
QWIDGETSIZE_MAX: Final = (1 << 24) - 1
"""Qt's own number for "as wide as there is room"."""
LEAST_PX: Final = 110
_FRAME_PX: Final = 20
_ARROWS: Final = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}


class Entry(QLineEdit):
    """A field that comes when something has to be typed, and goes with Esc."""

    left = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)


class Transport(QFrame):
    """`does` are the panel's verbs by the names of BUTTONS."""

    entered = Signal(str, str)  # what was asked for, and what was typed
    let_go = Signal()  # the field was left

    def __init__(self, does: Mapping[str, Callable[[], object]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "playback.transport", "bar")
        self._asked = ""
        self.buttons: dict[str, QToolButton] = {
            name: tool(f"playback.{name}", does[name], icon) for name, icon in BUTTONS
        }
        for made in self.buttons.values():
            made.setProperty("dense", True)
        self._speed = label("playback.speed", "strong")
        self._speed.setMinimumWidth(46)
        self._speed.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._moment = label("playback.moment", "clock")
        self._range = label("playback.range", "small")
        self._note = label("playback.note", "warning")
        self._note.setVisible(False)
        self._told = ""
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(SAID_MS)
        self._telling.timeout.connect(partial(self.say, ""))
        parts: list[QWidget | int] = []
        for name, _icon in BUTTONS:
            parts.append(self.buttons[name])
            if name == "slower":
                parts.append(self._speed)
        self._purpose = button("playback.purpose", does["purpose"], "quiet")
        self._purpose.setMaximumWidth(PURPOSE_PX)
        self._purpose.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._purpose.setMinimumWidth(LEAST_PX)
        self._purpose.installEventFilter(self)
        self._said = Purpose()
        head = row(self._moment, *parts, self._range, self._note, self._purpose, margins=(8, 2, 8, 2))
        head.setSpacing(2)
        head.setStretchFactor(self._purpose, 1)
        self._prompt = label("playback.prompt", "strong")
        self.entry = named(Entry(), "playback.entry")
        self.entry.returnPressed.connect(self._enter)
        self.entry.left.connect(self.close_entry)
        self._line = QWidget()
        typing = row(self._prompt, self.entry, margins=(8, 2, 8, 4))
        typing.setStretchFactor(self.entry, 1)
        self._line.setLayout(typing)
        self._line.setVisible(False)
        whole = column(head, self._line)
        whole.setSpacing(0)
        self.setLayout(whole)

    def show_moment(self, text: str, speed: float, *, playing: bool) -> None:
        """Say where the clock stands and how it runs."""
        if self._moment.text() != text:
            self._moment.setText(text)
        said = f"{speed:g}×".replace("-", "−")
        if self._speed.text() != said:
            self._speed.setText(said)
        icon = "player-pause" if playing else "player-play"
        if self.buttons["play"].property("shown_icon") != icon:
            self.buttons["play"].setProperty("shown_icon", icon)
            icons.wear(self.buttons["play"], icon, "text.main")
        self.note(_("Key pictures only") if playing and not 0 < speed <= KEY_FRAMES_ABOVE else "")

    def note(self, text: str) -> None:
        """Say what is reduced, or nothing."""
        if self._note.text() != text:
            self._note.setText(text)
            set_role(self._note, "warning" if text else "")
            self._note.setVisible(bool(text))

    def say(self, text: str) -> None:
        """Say for a while what was done, in the place of the purpose; its whole is in the tip."""
        self._told = text
        if text:
            self._telling.start()
        self._purpose.setMaximumWidth(QWIDGETSIZE_MAX if text else PURPOSE_PX)
        set_role(self._purpose, "" if text else "quiet")
        self._range.setVisible(not text)
        self.show_purpose(self._said)

    def show_range(self, text: str) -> None:
        """Say which stretch is chosen."""
        self._range.setText(text)

    def show_purpose(self, purpose: Purpose) -> None:
        """Say what for the recordings are looked at."""
        self._said = purpose
        said = _("For: {purpose}").format(purpose=purpose.text) if purpose.text else _("No purpose given")
        full = self._told or f"{said}  {' '.join(key_of('purpose').keys)}"
        self._purpose.setToolTip(f"{full}\n{_(key_of('purpose').what)}" if not self._told else full)
        self._purpose.setAccessibleName(full)
        self._fit_purpose()

    def _fit_purpose(self) -> None:
        """Cut the purpose to the room there is; its whole is in the tip."""
        room = max(LEAST_PX, self._purpose.width()) - _FRAME_PX
        full = self._purpose.accessibleName()
        self._purpose.setText(self._purpose.fontMetrics().elidedText(full, Qt.TextElideMode.ElideMiddle, room))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._fit_purpose()
        return super().eventFilter(watched, event)

    def ask(self, what: str, prompt: str, text: str = "") -> None:
        """Let the operator type."""
        self._asked = what
        self._prompt.setText(prompt)
        self.entry.setText(text)
        self.entry.setAccessibleName(prompt)
        self._line.setVisible(True)
        self.entry.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.entry.selectAll()

    def close_entry(self) -> bool:
        """Take the field away; False where there was none."""
        if self._line.isHidden():
            return False
        self._line.setVisible(False)
        self.let_go.emit()
        return True

    def _enter(self) -> None:
        asked, text = self._asked, self.entry.text()
        self.close_entry()
        self.entered.emit(asked, text)

    def retranslate(self) -> None:
        """Say every word anew."""
        for name, _icon in BUTTONS:
            key = key_of(name)
            keys = "  ".join(_ARROWS.get(one, one) for one in key.keys)
            self.buttons[name].setToolTip(f"{_(key.title)}  {keys}")
            self.buttons[name].setAccessibleName(_(key.title))
        self.show_purpose(self._said)
