"""Report what was painted for the first time: together, a few times a second, with the time at which it was painted."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from console.models.ids import AlarmId
from console.services import timings
from console.views.together import Together

if TYPE_CHECKING:
    from console.bridge import Bridge

EVERY_MS: Final = 300


class Painted(QObject):
    """Collects ids as they are painted. The first of a quiet time is reported at once, what follows shortly together."""

    def __init__(self, bridge: "Bridge", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._new: list[tuple[tuple[AlarmId, ...], datetime]] = []
        self._soon = Together(EVERY_MS, self)
        self._soon.timeout.connect(self.report)

    def note(self, alarms: tuple[AlarmId, ...]) -> None:
        """These were painted just now, for the first time at this seat."""
        self._new.append((alarms, self._bridge.clock.now()))
        self._soon.ask()

    def report(self) -> None:
        """Say what was painted since the last time."""
        if not self._new:
            return
        new, self._new = self._new, []
        self._soon.rest()
        self._bridge.do(timings.shown_together, tuple(new), self._bridge.surroundings.seat)
