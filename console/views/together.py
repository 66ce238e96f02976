"""Do once what many ask for: in a burst a panel is filled a few times a second, not with every alarm."""

from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

# How long a panel that stands beside the queue rests between two fillings: nobody reads faster.
RESTS_MS: Final = 100


class Together(QTimer):
    """A single shot that many may ask for: the first after a quiet time is at once, what follows shortly comes together."""

    def __init__(self, rests_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self._rests_ms = rests_ms
        self._since = QElapsedTimer()
        self.timeout.connect(self.rest)

    def ask(self) -> None:
        """Have it done soon; what is asked already is not asked again."""
        if not self.isActive():
            left_ms = self._rests_ms - self._since.elapsed() if self._since.isValid() else 0
            self.start(max(0, left_ms))

    def rest(self) -> None:
        """It is being done now, by the timer or by somebody who could not wait."""
        self.stop()
        self._since.start()
