"""The queue: what is wrong now, in the order in which it should be dealt with, and what may be done about it."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QStackedWidget, QWidget

from console.i18n import _
from console.models.alarms import Action, Alarm, actions_for
from console.models.events import AlarmChanged, AlarmRaised, SignedOff, SignedOn
from console.models.ids import AlarmId
from console.models.people import RIGHTS, Right, SignOn
from console.models.settings import seconds_of
from console.models.text import Text
from console.services import alarms, queries, response
from console.services.queue import may_join
from console.views import blink, names, theme, words
from console.views.asking import AskLine
from console.views.build import button, column, label, named, row
from console.views.panels.queue.deeds import NOTHING_CHOSEN, Deeds
from console.views.panels.queue.find import FindLine, Found, Sieve
from console.views.panels.queue.flood import Flood
from console.views.panels.queue.model import AlarmsModel
from console.views.panels.queue.painted import Painted
from console.views.panels.queue.says import Says
from console.views.panels.queue.strip import Strip
from console.views.panels.queue.verb_bar import VerbBar
from console.views.panels.queue.view import Away, QueueView
from console.views.together import Together

if TYPE_CHECKING:
    from console.bridge import Bridge

SECOND_PRESS_S: Final = 1.5
SAME_PRESS_S: Final = 0.4  # a hand that shakes: what Space has just gone to was not read yet
# Changes that come this close together are shown as one; the first after a quiet time at once. In a burst the window has
# to draw the whole list each time, and nobody reads it ten times a second.
TOGETHER_MS: Final = 100
ROWS_SEEN: Final = 6  # at least so many are to be seen, of the queue and of what a search found
GONE: Final = Text("该报警已归入历史。", "This alarm has gone to history.")


class QueuePanel(QWidget):
    """Live alarms. `alarm_chosen(Alarm | None)` when the operator looks at one; `waiting_changed(int)` for counters.

    `panel_asked(key)` asks for another panel to be shown.
    """

    alarm_chosen = Signal(object)
    moment_chosen = Signal(object)
    waiting_changed = Signal(int)
    panel_asked = Signal(str)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queue")
        self._bridge = bridge
        self._blink = blink.shared(bridge)
        self._people = names.shared(bridge)
        says = Says(bridge.clock, words.zone_or_utc(bridge.site), self._people, bridge.settings)
        self.model = AlarmsModel(says, self)
        self.table = QueueView(self.model, self._blink)
        self.found = Found(bridge, says)
        self.flood = Flood()
        self._crew: dict[str, SignOn] = {}
        self._sieve = Sieve()
        self._painted = Painted(bridge, self)
        self._build()
        self._announced = -1
        self._told: AlarmId | None = None
        self._acknowledged_s = self._went_s = float("-inf")
        self._news: list[Alarm] = []
        self._soon = Together(TOGETHER_MS, self)
        self._soon.timeout.connect(self._show_news)
        self._each_second = QTimer(self)
        self._each_second.setInterval(1000)
        self._each_second.timeout.connect(self._tick)
        self._each_second.start()
        self._listen()
        self.retranslate()

    def _build(self) -> None:
        self.strip = Strip(self._blink, hidden=lambda: self.panel_asked.emit("hidden"), new=self.show_new)
        self._filter_bar = named(QFrame(), "queue.filter", "filter")
        self._filter_says = label("queue.filter_says", shrinks=True)
        self._filter_off = button("queue.filter_off", self.clear_filter)
        self._filter_bar.setLayout(row(self._filter_says, self._filter_off, margins=(10, 3, 8, 3)))
        self._filter_bar.hide()
        self.find_line = FindLine(self._bridge)
        self.line = AskLine("queue")
        self.verbs = VerbBar(self.do_verb)
        self._deeds = Deeds(self._bridge, self._people, self.line, self._in_sight)
        self._lists = named(QStackedWidget(), "queue.lists")
        self._lists.addWidget(self.table)
        self._lists.addWidget(self.found)
        whole = column(self.strip, self._filter_bar, self.find_line, self._lists, self.line, self.verbs)
        whole.setSpacing(0)
        whole.setStretchFactor(self._lists, 1)
        self.setLayout(whole)
        # In the lowest window as many rows as this are seen, while the line that narrows the queue is open, too.
        self.find_line.ensurePolished()
        around = (self.strip.height(), self.find_line.low_px, self.verbs.height())
        self.setMinimumHeight(sum(around) + ROWS_SEEN * theme.px("row_low"))

    def _listen(self) -> None:
        bridge = self._bridge
        self._people.changed.connect(self.model.tell_time)
        self.table.selectionModel().selectionChanged.connect(lambda *_args: self._choose())
        self.table.doubleClicked.connect(lambda _index: self.open_plan())
        self.table.painted.connect(self._painted.note)
        self.table.away_changed.connect(lambda _away: self._show_away())
        self.line.opened.connect(self._line_opened)
        self.find_line.asked.connect(self._look)
        self.find_line.left.connect(self.leave_find)
        self.found.counted.connect(self.find_line.say)
        self.found.picked.connect(self._go_to_found)
        bridge.on(AlarmRaised, lambda event: self._raised(event.alarm))
        bridge.on(AlarmChanged, lambda event: self._take_in(event.alarm))
        bridge.on(SignedOn, lambda event: self._crew.update({event.sign_on.id: event.sign_on}))
        bridge.on(SignedOff, self._signed_off)
        bridge.actor_changed.connect(lambda _actor: self._refresh())
        bridge.ask(queries.present, then=lambda found: self._crew.update({one.id: one for one in found}))
        bridge.ask(queries.live_alarms, then=self._begin)

    def begin(self) -> None:
        """Give the keyboard to the table."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---------------------------------------------------------------- the keys of the post

    def next_alarm(self) -> bool:
        """Choose the alarm that waits and comes first by the order of the queue, whatever is chosen now.

        A filter that keeps it out of sight ends. The topmost row where nothing waits.
        """
        self._show_news()
        self._leave_found()
        top = self.model.most_urgent()
        if top is not None:
            return self._go_to(top)
        return bool(self.model.rowCount()) and self.table.choose(self.model.row(0).id)

    def following_alarm(self) -> bool:
        """Choose the next alarm that waits below the chosen one, from the top again after the last."""
        self._show_news()
        self._leave_found()
        chosen = self.table.chosen()
        following = self.model.next_waiting(chosen.id if chosen is not None else None)
        return following is not None and self.table.choose(following)

    def _go_to(self, alarm_id: AlarmId) -> bool:
        if self.model.row_of(alarm_id) < 0 and self.model.head_of(alarm_id) is None:
            self.find_line.hide()
            self.clear_filter()
        return self.table.choose(alarm_id)

    def acknowledge(self) -> bool:
        """Acknowledge the chosen alarm, which one sees. Where there is none, go to the most urgent that waits, and no more.

        A second press at once means the same: not the next alarm, which nobody has looked at yet.
        """
        if self._bridge.actor is None:
            return False
        now_s = self._bridge.clock.monotonic()
        alarm = self._in_sight()
        if alarm is None or Action.ACKNOWLEDGE not in actions_for(alarm):
            waits = self.model.most_urgent() is not None
            if not waits or now_s - self._acknowledged_s < SECOND_PRESS_S or not self.next_alarm():
                return False
            self._went_s = now_s
            return True
        if now_s - self._went_s < SAME_PRESS_S:
            return False
        if self.table.show_chosen():
            return True
        self._acknowledged_s = now_s
        self._bridge.do(alarms.acknowledge, alarm.id, by=self._bridge.actor)
        return True

    def acknowledge_group(self) -> bool:
        """Acknowledge what is folded into the chosen row, after a question that says what is covered."""
        chosen = self._in_sight()
        if chosen is None:
            self._bridge.refused.emit(NOTHING_CHOSEN)
            return True
        return self._deeds.acknowledge_group(self.model.members(chosen.id))

    def _in_sight(self) -> Alarm | None:
        """The chosen alarm; None while what a search found lies over the queue."""
        return self.table.chosen() if self._lists.currentWidget() is self.table else None

    def open_plan(self) -> bool:
        """Begin the best plan for the chosen alarm; where none is chosen, go to the most urgent, and no more."""
        if self._lists.currentWidget() is self.found:
            return self.found.open()
        alarm = self.table.chosen()
        if self._bridge.actor is None:
            return False
        if alarm is None:
            return self.next_alarm()
        fitting = response.plans_for(self._bridge.plans, alarm)
        if not fitting:
            return False
        self._bridge.do(response.start, alarm.id, fitting[0].id, by=self._bridge.actor)
        return True

    def do_verb(self, verb: str) -> bool:
        """Do one of the verbs to the chosen alarm."""
        if verb == "acknowledge":
            return self.acknowledge()
        if verb == "acknowledge_group":
            return self.acknowledge_group()
        if verb == "open_plan":
            return self.open_plan()
        return self._deeds.do(verb)

    def verify(self) -> bool:
        """Say what is behind the chosen alarm."""
        return self._deeds.do("verify")

    def claim(self) -> bool:
        """Make the chosen alarm one's own."""
        return self._deeds.do("claim")

    def hand_over(self) -> bool:
        """Give the chosen alarm to a colleague."""
        return self._deeds.do("hand_over")

    def let_go(self) -> bool:
        """Give up the chosen alarm."""
        return self._deeds.do("let_go")

    def park(self) -> bool:
        """Put the chosen alarm off, or end that."""
        chosen = self.table.chosen()
        return self._deeds.do("unpark" if chosen is not None and chosen.parked is not None else "park")

    def shelve(self) -> bool:
        """Put the chosen nuisance aside."""
        return self._deeds.do("shelve")

    def take_out(self) -> bool:
        """Begin a rule for the chosen alarm: out of service, on test, suppressed."""
        return self._deeds.do("take_out")

    def reset(self) -> bool:
        """Let the chosen latched alarm go."""
        return self._deeds.do("reset")

    def cut_loose(self) -> bool:
        """Take the chosen alarm out from under its cause."""
        return self._deeds.do("cut_loose")

    def unfold(self) -> bool:
        """Show what is folded under the chosen row."""
        chosen = self.table.chosen()
        return chosen is not None and self.model.open(chosen.id, True)

    def fold(self) -> bool:
        """Fold the chosen row; from a row below goes up to the one it belongs to."""
        chosen = self.table.chosen()
        if chosen is None:
            return False
        row_ = self.model.row_of(chosen.id)
        while row_ > 0 and self.model.row(row_).child:
            row_ -= 1
        head = self.model.row(row_).id
        if head != chosen.id:
            self.table.choose(head)
        return self.model.open(head, False)

    def show_new(self) -> bool:
        """Scroll to what waits and nobody has seen."""
        return self.table.show_away()

    def narrow(self) -> bool:
        """Narrow the queue by words."""
        self.find_line.ask(everywhere=False)
        return True

    def search(self) -> bool:
        """Search all history."""
        self.find_line.ask(everywhere=True)
        return True

    def next_found(self) -> bool:
        """The next page of what was found; False while nothing is searched."""
        return self._lists.currentWidget() is self.found and (self.found.turn(True) or True)

    def previous_found(self) -> bool:
        """The page before of what was found."""
        return self._lists.currentWidget() is self.found and (self.found.turn(False) or True)

    def play_back(self) -> bool:
        """Show the recordings of the alarm chosen among those found in the history; False while nothing is searched."""
        return self._lists.currentWidget() is self.found and self.found.ask_moment(self.moment_chosen.emit)

    def leave(self) -> bool:
        """Esc in the queue: leave what is asked, then the search, then the filter. False where there is nothing of it."""
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            return False
        if self.line.leave():
            self.begin()
            return True
        if not self.find_line.isHidden():
            self.leave_find()
            return True
        return self.clear_filter()

    def clear_filter(self) -> bool:
        """Show the whole queue again; False where it is whole."""
        if self.find_line.is_empty:
            return False
        self.find_line.clear()
        self._look()
        self.begin()
        return True

    def leave_find(self) -> None:
        """Close the line; a filter of the queue stays, and says so, a search of history ends."""
        everywhere = self.find_line.everywhere
        self._leave_found()
        self.find_line.hide()
        if everywhere:
            self.find_line.clear()
        self._look()
        self.begin()

    def _leave_found(self) -> None:
        if self._lists.currentWidget() is self.found:
            self._show_queue()
            self.find_line.hide()
            self.find_line.clear()

    def show_alarm(self, alarm: Alarm | None) -> None:
        """Select an alarm that another panel shows."""
        if alarm is not None:
            self._show_news()
            self._go_to(alarm.id)

    # ---------------------------------------------------------------- narrowing and searching

    def _look(self) -> None:
        if self.find_line.everywhere and not self.find_line.isHidden():
            self.model.filter(None)
            self._lists.setCurrentWidget(self.found)
            self._lists.setMinimumHeight(ROWS_SEEN * theme.px("row_low"))
            self.verbs.hide()
            self.found.search(self.find_line.text, self.find_line.narrowed)
        else:
            self._show_queue()
            wanted = None if self.find_line.is_empty else self._sieve.fits(self.find_line.text, self.find_line.narrowed)
            self.model.filter(wanted)
            if wanted is not None:
                self.table.scrollToTop()
        self._refresh()

    def _show_queue(self) -> None:
        self._lists.setCurrentWidget(self.table)
        self._lists.setMinimumHeight(0)
        self.verbs.setVisible(self.line.asked is None)

    def _go_to_found(self, alarm_id: str) -> None:
        if self.model.get(AlarmId(alarm_id)) is None:
            self._bridge.refused.emit(GONE)
            return
        self.leave_find()
        if not self.table.choose(AlarmId(alarm_id)):
            self.panel_asked.emit("hidden")

    def _line_opened(self, opened: bool) -> None:
        self.verbs.setVisible(not opened)
        self.table.keep_still(opened)
        if not opened:
            self.begin()

    # ---------------------------------------------------------------- what happens at the post

    def _signed_off(self, event: SignedOff) -> None:
        self._crew.pop(event.sign_on.id, None)

    def _begin(self, live: tuple[Alarm, ...]) -> None:
        since = self._bridge.clock.now()
        for alarm in sorted(live, key=lambda one: (one.first_at, one.id)):
            if (since - alarm.first_at).total_seconds() <= 600:
                self.flood.hear(alarm)
        self.model.begin(live)
        self._judge_flood()
        self._refresh()

    def _raised(self, alarm: Alarm) -> None:
        self.flood.hear(alarm)
        self._take_in(alarm)

    def _take_in(self, alarm: Alarm) -> None:
        self._news.append(alarm)
        self._soon.ask()

    def _show_news(self) -> None:
        """Show everything that came since the last time, at once."""
        if not self._news:
            return
        self._soon.rest()
        news, self._news = self._news, []
        newest = {alarm.id: alarm for alarm in sorted(news, key=lambda one: one.rev)}
        self.model.take_in(newest.values())
        self._judge_flood()
        for alarm in newest.values():
            if alarm.closed_at is not None:
                self.table.forget(alarm.id)
                self._sieve.forget(alarm.id)
        chosen = self.table.chosen()
        if chosen is not None and chosen.id in newest:
            self._told = chosen.id
            self.alarm_chosen.emit(chosen)
        self._refresh()

    def _choose(self) -> None:
        alarm = self.table.chosen()
        self._refresh()
        if alarm is not None:
            self._told = alarm.id
            self.alarm_chosen.emit(alarm)
        elif self._told is not None:
            self._told = None
            self.alarm_chosen.emit(None)

    def _tick(self) -> None:
        self._judge_flood()
        self.model.tell_time()
        self._refresh()

    def _refresh(self) -> None:
        now, actor = self._bridge.clock.now(), self._bridge.actor
        live = self.model.alarms
        waiting = self.model.waiting
        self.strip.show_alarms(live, now)
        self._blink.need("queue", waiting > 0)
        self._show_filter()
        alarm = self.table.chosen()
        plan = alarm is None or bool(response.plans_for(self._bridge.plans, alarm))
        members = self.model.members(alarm.id) if alarm is not None and actor is not None else ()
        group = sum(may_join(one, actor.person) for one in members) if actor is not None else 0
        self.verbs.show_alarm(alarm, actor, waiting=waiting > 0, plan=plan and bool(live), group=group)
        if waiting != self._announced:
            self._announced = waiting
            self.waiting_changed.emit(waiting)

    def _judge_flood(self) -> None:
        now = self._bridge.clock.now()
        crew = len({one.person for one in self._crew.values() if Right.HANDLE_ALARMS in RIGHTS[one.role]})
        flood = self.flood.judge(now, crew, self._bridge.settings)
        self.model.fold_by_place(flood)
        ends = int(seconds_of(self._bridge.settings, "figures.flood_ends")) * max(1, crew)
        self.strip.show_flood(self.flood.count(now) if flood else 0, ends)

    def _show_filter(self) -> None:
        asking = not self.find_line.isHidden()
        narrowed = not self.find_line.is_empty and not (self.find_line.everywhere and asking)
        self._filter_bar.setVisible(narrowed and not asking)
        if asking and not narrowed and not self.find_line.everywhere:
            self.find_line.say("")
        if narrowed:
            out = self.model.filtered_out
            whole = self.model.total - self.model.hidden
            said = _("{shown} of {whole} shown, {out} hidden by the filter").format(shown=whole - out, whole=whole, out=out)
            self._filter_says.setText(said)
            if asking:
                self.find_line.say(said, "warning")

    def _show_away(self) -> None:
        away: Away = self.table.away
        self.strip.show_new(away.above, away.below)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._filter_off.setText(_("Show all") + "  Esc")
        self.table.setAccessibleName(_("Alarms"))
        self.table.say_when_empty(_("No alarms"))
        self.verbs.retranslate()
        self.find_line.retranslate()
        self.found.retranslate()
        self.line.leave()
        self.model.retranslate()
        self.table.set_widths()
        self._refresh()
