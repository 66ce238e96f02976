"""The queue: what is wrong now, in the order in which it should be dealt with."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from console.i18n import _
from console.models.alarms import Action, Alarm, actions_for
from console.models.events import AlarmChanged, AlarmRaised
from console.models.ids import AlarmId
from console.services import alarms, queries, response
from console.views import blink, names, words
from console.views.build import bar, button, column, label, named, set_role
from console.views.panels.queue.model import AlarmsModel
from console.views.panels.queue.shelve import ShelveForm
from console.views.panels.queue.view import QueueView

if TYPE_CHECKING:
    from console.bridge import Bridge

SECOND_PRESS_S: Final = 1.5


class QueuePanel(QWidget):
    """Live alarms. `alarm_chosen(Alarm | None)` when the operator looks at one; `waiting_changed(int)` for counters."""

    alarm_chosen = Signal(object)
    waiting_changed = Signal(int)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queue")
        self._bridge = bridge
        self._blink = blink.shared(bridge)
        people = names.shared(bridge)
        zone = words.zone_or_utc(bridge.site)
        self.model = AlarmsModel(bridge.clock, zone, people, self)
        self.table = QueueView(self.model, self._blink)
        self._build()
        self._announced = -1
        self._told: AlarmId | None = None
        self._acknowledged_s = float("-inf")
        self._each_second = QTimer(self)
        self._each_second.setInterval(1000)
        self._each_second.timeout.connect(self.model.tell_time)
        self._each_second.start()
        # A burst of events changes the counters once, not a thousand times.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(30)
        self._soon.timeout.connect(self._refresh)
        people.changed.connect(self.model.tell_time)
        self.table.selectionModel().selectionChanged.connect(lambda *_args: self._choose())
        self.table.doubleClicked.connect(lambda _index: self.open_plan())
        bridge.on(AlarmRaised, lambda event: self._take_in(event.alarm))
        bridge.on(AlarmChanged, lambda event: self._take_in(event.alarm))
        bridge.actor_changed.connect(lambda _actor: self._refresh())
        bridge.ask(queries.live_alarms, then=self._begin)
        self.retranslate()

    def _build(self) -> None:
        self._title = label("queue.title", "heading")
        self._waiting = label("queue.waiting", "chip")
        self._hidden = named(QPushButton(), "queue.hidden", "quiet")
        self._hidden.setCheckable(True)
        self._hidden.toggled.connect(self.model.show_hidden)
        self._gap = label("queue.gap", shrinks=True)
        self._buttons: dict[Action | None, QPushButton] = {
            Action.SHELVE: button("queue.shelve", self._ask_shelve, "quiet"),
            Action.BRING_BACK: button("queue.bring_back", self._bring_back, "quiet"),
            Action.RESET: button("queue.reset", self._reset),
            Action.ACKNOWLEDGE: button("queue.acknowledge", self.acknowledge, "main"),
            None: button("queue.open_plan", self.open_plan),
        }
        head = bar("queue.bar", self._title, self._waiting, self._hidden, self._gap,
                   *self._buttons.values())
        self._form = ShelveForm(self._shelve)
        whole = column(head, self._form, self.table)
        whole.setSpacing(0)
        self.setLayout(whole)

    def begin(self) -> None:
        """Give the keyboard to the table."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---------------------------------------------------------------- the keys of the post

    def next_alarm(self) -> bool:
        """Choose the next alarm that waits, after the chosen one; the topmost one where none waits."""
        waiting = self.model.waiting_rows()
        if not self.model.rowCount():
            return False
        chosen = self.table.chosen()
        here = self.model.row_of(chosen.id) if chosen is not None else -1
        later = [row for row in waiting if row > here]
        self.table.choose_row((later or waiting or [0])[0])
        return True

    def acknowledge(self) -> bool:
        """Acknowledge the chosen alarm; the topmost waiting one, which it chooses, where the chosen one needs none.

        A second press at once means the same alarm, not the next one, which nobody has looked at yet.
        """
        if self._bridge.actor is None:
            return False
        alarm = self.table.chosen()
        now_s = self._bridge.clock.monotonic()
        if alarm is None or Action.ACKNOWLEDGE not in actions_for(alarm):
            waiting = self.model.waiting_rows()
            if not waiting or now_s - self._acknowledged_s < SECOND_PRESS_S:
                return False
            self.table.choose_row(waiting[0])
            alarm = self.model.alarm(waiting[0])
        self._acknowledged_s = now_s
        self._bridge.do(alarms.acknowledge, alarm.id, by=self._bridge.actor)
        return True

    def open_plan(self) -> bool:
        """Begin the best plan for the chosen alarm, the topmost one where none is chosen."""
        alarm = self.table.chosen() or self._top()
        if self._bridge.actor is None or alarm is None:
            return False
        self.table.choose_row(self.model.row_of(alarm.id))
        fitting = response.plans_for(self._bridge.plans, alarm)
        if not fitting:
            return False
        self._bridge.do(response.start, alarm.id, fitting[0].id, by=self._bridge.actor)
        return True

    def _top(self) -> Alarm | None:
        """The alarm that is next: the topmost that waits, else the topmost."""
        rows = self.model.waiting_rows() or list(range(min(1, self.model.rowCount())))
        return self.model.alarm(rows[0]) if rows else None

    def show_alarm(self, alarm: Alarm | None) -> None:
        """Select an alarm that another panel shows."""
        row = self.model.row_of(alarm.id) if alarm is not None else -1
        if row >= 0:
            self.table.choose_row(row)

    def _reset(self) -> None:
        alarm = self.table.chosen()
        if alarm is not None and self._bridge.actor is not None:
            self._bridge.do(alarms.reset, alarm.id, by=self._bridge.actor)

    def _ask_shelve(self) -> None:
        alarm = self.table.chosen()
        if alarm is not None:
            self._form.ask(alarm)

    def _shelve(self, alarm: Alarm, reason: str, span: timedelta) -> None:
        if self._bridge.actor is not None:
            until_at = self._bridge.clock.now() + span
            self._bridge.do(alarms.shelve, alarm.id, reason, until_at, by=self._bridge.actor)

    def _bring_back(self) -> None:
        alarm = self.table.chosen()
        if alarm is not None and self._bridge.actor is not None:
            self._bridge.do(alarms.bring_back, alarm.id, by=self._bridge.actor)

    # ---------------------------------------------------------------- what happens at the post

    def _begin(self, live: tuple[Alarm, ...]) -> None:
        self.model.begin(live)
        self._refresh()

    def _take_in(self, alarm: Alarm) -> None:
        self.model.upsert(alarm)
        chosen = self.table.chosen()
        if chosen is not None and chosen.id == alarm.id:
            self._told = alarm.id
            self.alarm_chosen.emit(alarm)
        self._soon.start()

    def _choose(self) -> None:
        alarm = self.table.chosen()
        self._refresh()
        if alarm is not None:
            self._told = alarm.id
            self.alarm_chosen.emit(alarm)
        elif self._told is not None:
            self._told = None
            self.alarm_chosen.emit(None)

    def _refresh(self) -> None:
        waiting, hidden = self.model.waiting, self.model.hidden
        self._title.setText(_("Alarms {n}").format(n=self.model.total))
        self._waiting.setText(_("{n} not acknowledged").format(n=waiting))
        set_role(self._waiting, tone="fault" if waiting else "")
        self._hidden.setText(_("{n} hidden").format(n=hidden))
        self._hidden.setVisible(hidden > 0)
        if not hidden:
            self._hidden.setChecked(False)
        self._blink.need("queue", waiting > 0)
        alarm = self.table.chosen()
        allowed = actions_for(alarm) if alarm is not None and self._bridge.actor is not None else frozenset()
        if waiting and self._bridge.actor is not None:
            allowed |= {Action.ACKNOWLEDGE}
        for action, made in self._buttons.items():
            if action is None:
                subject = alarm or self._top()
                fitting = response.plans_for(self._bridge.plans, subject) if subject is not None else ()
                made.setEnabled(bool(fitting) and self._bridge.actor is not None)
            else:
                made.setEnabled(action in allowed)
        # What is seldom asked for is there only when it can be done; the two great keys never move.
        for action in (Action.SHELVE, Action.BRING_BACK, Action.RESET):
            self._buttons[action].setVisible(action in allowed)
        if waiting != self._announced:
            self._announced = waiting
            self.waiting_changed.emit(waiting)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._hidden.setToolTip(_("Shelved, suppressed and out of service: show them at the end of the queue"))
        self._buttons[Action.ACKNOWLEDGE].setText(_("Acknowledge  Space"))
        self._buttons[None].setText(_("Plan  Enter"))
        self._buttons[Action.RESET].setText(_("Reset"))
        self._buttons[Action.SHELVE].setText(_("Shelve ..."))
        self._buttons[Action.BRING_BACK].setText(_("Bring back"))
        self.table.setAccessibleName(_("Alarms"))
        self.table.say_when_empty(_("No alarms"))
        self._form.retranslate()
        self.model.retranslate()
        self.table.set_widths()
        self._refresh()
