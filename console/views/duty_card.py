"""A duty check (查岗): a centre asks whether somebody is there. Across the window, with the time that is left; one key answers.

The transmitter answers the centre when the alarm is acknowledged (GB/T 26875.3-2011), so that is what the key does.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QWidget

from console.i18n import _
from console.models.alarms import Alarm, AlarmClass
from console.models.events import AlarmChanged, AlarmRaised
from console.models.ids import AlarmId
from console.models.signals import Signal
from console.services import alarms, queries
from console.views import words
from console.views.build import button, label, named, row, set_role

if TYPE_CHECKING:
    from console.bridge import Bridge

TICK_MS: Final = 500
HURRY_S: Final = 60.0


class DutyCard(QFrame):
    """The oldest duty check that nobody has answered yet."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "duty_card", "duty_card")
        self._bridge = bridge
        self._open: dict[AlarmId, Alarm] = {}
        self._due: dict[AlarmId, datetime] = {}
        self._title = label("duty_card.title", "title", shrinks=True)
        self._left = label("duty_card.left", "step")
        self._answer = button("duty_card.answer", self.answer, "main")
        self.setLayout(row(self._left, self._title, self._answer, margins=(16, 8, 12, 8)))
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        bridge.on(AlarmRaised, lambda event: self._hear(event.alarm))
        bridge.on(AlarmChanged, lambda event: self._hear(event.alarm))
        bridge.actor_changed.connect(lambda _actor: self._tick())
        bridge.ask(queries.live_alarms, then=self._begin)
        self.hide()

    def _begin(self, live: tuple[Alarm, ...]) -> None:
        for alarm in live:
            if alarm.id not in self._open:
                self._hear(alarm)

    def _hear(self, alarm: Alarm) -> None:
        if alarm.alarm_class is not AlarmClass.DUTY_CHECK:
            return
        if alarm.closed_at is None and alarm.state in words.WAITING:
            if alarm.id not in self._open or self._open[alarm.id].count != alarm.count:
                self._bridge.ask(queries.newest_signal, alarm.id, then=self._learn)
            self._open[alarm.id] = alarm
        else:
            self._open.pop(alarm.id, None)
            self._due.pop(alarm.id, None)
        self._tick()

    def _learn(self, signal: Signal | None) -> None:
        said = signal.details.get("due_at") if signal is not None else None
        if signal is not None and signal.alarm is not None and said:
            self._due[signal.alarm] = datetime.fromisoformat(str(said))
            self._tick()

    @property
    def asked(self) -> Alarm | None:
        """The check that is to be answered next."""
        return min(self._open.values(), key=lambda alarm: (self._due.get(alarm.id, alarm.first_at), alarm.id), default=None)

    def answer(self) -> bool:
        """Say that somebody is there; False where nobody asks."""
        asked, actor = self.asked, self._bridge.actor
        if asked is None or actor is None:
            return False
        self._bridge.do(alarms.acknowledge, asked.id, by=actor)
        return True

    def _tick(self) -> None:
        asked = self.asked
        self.setVisible(asked is not None)
        if asked is None:
            self._timer.stop()
            return
        self._timer.start()
        now = self._bridge.clock.now()
        due_at = self._due.get(asked.id)
        title = words.title_of(asked)
        more = len(self._open) - 1
        self._title.setText(_("{title}, and {n} more").format(title=title, n=more) if more else title)
        if due_at is None:
            self._left.setText(_("asked {time} ago").format(time=words.span(words.left_until(now, asked.first_at))))
            set_role(self, tone="")
        else:
            left_s = words.left_until(due_at, now)
            said = _("{time} left") if left_s >= 0 else _("late by {time}")
            self._left.setText(said.format(time=words.span(abs(left_s))))
            set_role(self, tone="hurry" if left_s < HURRY_S else "")
        self._answer.setEnabled(self._bridge.actor is not None)

    def retranslate(self) -> None:
        """Say every word anew."""
        self._answer.setText(_("Answer the duty check") + "  Y")
        self._tick()
