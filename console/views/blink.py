"""One timer for everything that blinks, so that all of it blinks together.

Only the marker of something unacknowledged blinks, never text. 1.4 Hz with equal halves lies inside what NUREG-0700
1.3.10 asks for (one rate, 0.8 to 5 Hz, 50 % duty). With reduced motion nothing blinks: the phase stays "on".
"""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

HALF_MS: Final = 360
_NAME: Final = "screen.blink"


class Blink(QObject):
    """The shared phase: True while markers are full, False while they are hollow. Runs only while somebody needs it."""

    turned = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName(_NAME)
        self.phase = True
        self._needs: set[str] = set()
        self._still = False
        self._timer = QTimer(self)
        self._timer.setInterval(HALF_MS)
        self._timer.timeout.connect(self._turn)

    def need(self, who: str, needed: bool) -> None:
        """Say that `who` (a panel's key) has, or no longer has, something that must blink."""
        (self._needs.add if needed else self._needs.discard)(who)
        self._decide()

    def reduce_motion(self, still: bool) -> None:
        """Let nothing blink while `still`: markers stay full, their shape and word say the rest."""
        self._still = still
        self._decide()

    @property
    def running(self) -> bool:
        """Whether the phase turns at present."""
        return self._timer.isActive()

    def _decide(self) -> None:
        if self._needs and not self._still:
            if not self._timer.isActive():
                self._timer.start()
            return
        self._timer.stop()
        if not self.phase:
            self._turn()

    def _turn(self) -> None:
        self.phase = not self.phase
        self.turned.emit(self.phase)


def shared(owner: QObject) -> Blink:
    """Give the one Blink below `owner` (the bridge), made when it is first asked for."""
    found = owner.findChild(Blink, _NAME)
    return found if found is not None else Blink(owner)
