"""Whether the post is in a flood: more alarms in ten minutes than its operators can take in. No widgets here.

A flood begins above `figures.flood_begins` alarms in ten minutes for each operator and ends below `figures.flood_ends`
(EEMUA 191, ISA-18.2). Drills, tests and what a rule hides do not count.
"""

from collections import deque
from datetime import datetime, timedelta
from typing import Final

from console.models.alarms import Alarm
from console.models.ids import AlarmId
from console.models.settings import SettingValue, seconds_of

WINDOW: Final = timedelta(minutes=10)


class Flood:
    """The alarms of the last ten minutes, and whether they are a flood."""

    def __init__(self) -> None:
        self._came: deque[tuple[datetime, AlarmId]] = deque()
        self._known: set[AlarmId] = set()
        self.is_on = False

    def hear(self, alarm: Alarm) -> None:
        """Take in an alarm; one counts once, when it began."""
        if alarm.drill or alarm.test or alarm.hiding is not None or alarm.id in self._known:
            return
        self._known.add(alarm.id)
        self._came.append((alarm.first_at, alarm.id))

    def count(self, now: datetime) -> int:
        """How many alarms came in the last ten minutes."""
        while self._came and now - self._came[0][0] > WINDOW:
            self._known.discard(self._came.popleft()[1])
        return len(self._came)

    def judge(self, now: datetime, operators: int, settings: dict[str, SettingValue]) -> bool:
        """Whether the post is in a flood now, with so many operators on watch."""
        count, crew = self.count(now), max(1, operators)
        begins, ends = (seconds_of(settings, name) * crew for name in ("figures.flood_begins", "figures.flood_ends"))
        self.is_on = count > begins or (self.is_on and count >= ends)
        return self.is_on
