"""Across the window while nothing can be recorded: why, since when, and which alarms came meanwhile.

What comes then cannot stand in the queue, for the queue shows what is on record; it must be seen and heard all the same.
"""

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFrame, QWidget

from console.i18n import _, ngettext
from console.models.alarms import Alarm, queue_order
from console.models.ids import AlarmId
from console.models.keeping import AlarmNotKept, RecordState
from console.views import words
from console.views.build import column, label, named

if TYPE_CHECKING:
    from console.bridge import Bridge

TOLD_AT_MOST: Final = 3


class RecordBar(QFrame):
    """Full width and red, until what happens can be recorded again."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "record", "silent")
        self._bridge = bridge
        self._state = bridge.record_state
        self._alarms: dict[AlarmId, Alarm] = {}
        self._sentence = label("record.sentence", wraps=True)
        self._told = label("record.alarms", wraps=True)
        self.setLayout(column(self._sentence, self._told, margins=(16, 6, 16, 6)))
        bridge.on(RecordState, self._changed)
        bridge.on(AlarmNotKept, self._came)
        self.hide()

    def _changed(self, state: RecordState) -> None:
        self._state = state
        if state.failing_since_at is None:
            self._alarms.clear()  # they are raised as real ones now
        self.retranslate()

    def _came(self, event: AlarmNotKept) -> None:
        if self._state.failing_since_at is not None:
            self._alarms[event.alarm.id] = event.alarm
            self.retranslate()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        since_at = self._state.failing_since_at
        self.setVisible(since_at is not None)
        if since_at is None:
            return
        zone = words.zone_or_utc(self._bridge.site)
        self._sentence.setText(
            _("Nothing has been recorded since {time}. {why} Write down by hand what happens.").format(
                time=words.clock(since_at, zone), why=words.said(self._state.sentence)
            )
        )
        told = sorted(self._alarms.values(), key=queue_order)
        lines = [
            _("{time}  {priority}: {title}, {place}").format(
                time=words.clock(alarm.first_at, zone),
                priority=_(words.PRIORITY[alarm.priority]),
                title=words.title_of(alarm),
                place=words.place_of(alarm),
            )
            for alarm in told[:TOLD_AT_MOST]
        ]
        more = len(told) - len(lines)
        if more:
            lines.append(ngettext("and {n} more alarm", "and {n} more alarms", more).format(n=more))
        self._told.setText("\n".join(lines))
        self._told.setVisible(bool(lines))
