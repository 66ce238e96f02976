"""Everything that is out of the queue: shelved alarms, alarms under a rule, and the rules; begun and ended here.

Who, why, until when: nothing is hidden for ever, nothing without a name and a reason, and all of it is listed.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from console.i18n import N_, _
from console.models.alarms import LIFE_CLASSES, Alarm, AlarmClass, State
from console.models.errors import NotPermitted
from console.models.events import AlarmChanged, AlarmRaised, SuppressionChanged
from console.models.people import Right
from console.models.site import place_path
from console.models.suppression import Suppression, SuppressionKind, touches_fire
from console.models.text import Text
from console.services import hiding
from console.services.hiding import Hidden
from console.views import names, words
from console.views.asking import Asked, AskLine, Choice, Pick, Words
from console.views.build import bar, button, column, label
from console.views.panels.queue.deeds import RULE_SPANS, Deeds, begin_rule
from console.views.picking import Option, Several
from console.views.rights import may
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

LOOK_MS: Final = 5_000
_HEADINGS: Final = (N_("Kind"), N_("What"), N_("Until"), N_("Remains"), N_("Answers for it"), N_("Reason"), N_("Count"))
RULE_FIRST: Final = Text(
    "规则所隐藏的报警随规则恢复；确为真实报警请按 N，要结束规则请选中规则行。",
    "What a rule hides comes back with the rule. If it is real press N; to end the rule choose the rule itself.",
)


class HiddenPanel(QWidget):
    """The list. `tally` is how many alarms are hidden; `finished` gives the keyboard back to the queue."""

    tally = Signal(int)
    finished = Signal()

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hidden")
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._people = names.shared(bridge)
        self._hidden = Hidden()
        self._alarms: dict[str, Alarm] = {}
        self._rules: dict[str, Suppression] = {}
        self._says = label("hidden.says", "dim", shrinks=True)
        self._real = button("hidden.not_a_test", self.not_a_test, "main")
        self._back = button("hidden.bring_back", self.bring_back)
        self._new = button("hidden.new_rule", self.new_rule, icon="plus")
        self.table = RowsTable(
            "hidden.table",
            RowsModel(_HEADINGS, self),
            {0: "Rule: Out of service  ", 1: 0.45, 2: "00-00 00:00 or normal", 3: "00 min ", 4: 0.16, 5: 0.39, 6: "1000 alarms"},
        )
        self.table.selectionModel().selectionChanged.connect(lambda *_args: self._show_buttons())
        self.line = AskLine("hidden")
        self.line.opened.connect(self._line_opened)
        self._deeds = Deeds(bridge, self._people, self.line, self._chosen)
        whole = column(bar("hidden.bar", self._says, self._real, self._back, self._new), self.table, self.line)
        whole.setSpacing(0)
        self.setLayout(whole)
        # A burst of changes is asked about once.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(200)
        self._soon.timeout.connect(self._ask)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._show)
        self._timer.start()
        bridge.on(AlarmRaised, lambda event: self._heard(event.alarm))
        bridge.on(AlarmChanged, lambda event: self._heard(event.alarm))
        bridge.on(SuppressionChanged, lambda _event: self._soon.start())
        bridge.actor_changed.connect(lambda _actor: self._show_buttons())
        self._people.changed.connect(self._show)
        self._ask()
        self.retranslate()

    def begin(self) -> bool:
        """Give the keyboard to the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.table.chosen_row() < 0 and self.table.rows.rowCount():
            self.table.selectRow(0)
        return True

    # ---------------------------------------------------------------- what the keys and buttons do

    def not_a_test(self) -> bool:
        """The chosen alarm is real: it comes back at once."""
        return self._deeds.do("not_a_test")

    def bring_back(self) -> bool:
        """Bring back the chosen shelved alarm, or end the chosen rule."""
        actor, rule, alarm = self._bridge.actor, self._rule(), self._chosen()
        if actor is None:
            return False
        if rule is None:
            ruled = alarm is not None and alarm.hiding is not None and alarm.hiding.rule is not None
            if ruled:
                self._bridge.refused.emit(RULE_FIRST)
                return True
            return self._deeds.do("bring_back")
        self._bridge.do(hiding.end_rule, rule.id, by=actor)
        return True

    def leave(self) -> bool:
        """Esc: ask no more."""
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus) and self.line.leave()

    def new_rule(self) -> bool:
        """Begin a rule for a place, a source or a class."""
        actor = self._bridge.actor
        if actor is None:
            return False
        try:
            actor.demand(Right.SHELVE)
        except NotPermitted as error:
            self._bridge.refused.emit(error.text)
            return True
        site = self._bridge.site
        anything: tuple[tuple[Any, str], ...] = ((None, "—"),)
        places = tuple((one.id, words.said(one.name)) for one in site.places)
        sources = tuple((one.id, words.said(one.name) or one.id) for one in site.sources)
        kinds = tuple((kind, words.term(kind)) for kind in SuppressionKind)

        def go(given: Mapping[str, Any]) -> None:
            begin_rule(self._bridge, actor, given, _about(given), then=lambda _rule: self._soon.start())

        self.line.ask(
            Asked(
                name="rule",
                title=_("A rule that hides alarms; it ends by itself, and everything comes back"),
                fields=(
                    Choice(name="kind", title=_("Kind"), options=kinds),
                    Choice(
                        name="span",
                        title=_("For"),
                        options=tuple((span, _(text)) for span, text in RULE_SPANS),
                        chosen=RULE_SPANS[0][0],
                    ),
                    Pick(name="place", title=_("Place"), options=anything + places),
                    Pick(name="source", title=_("Source"), options=anything + sources),
                    Pick(name="alarm_class", title=_("Class"), options=anything + tuple((one, words.term(one)) for one in AlarmClass)),
                    Several(
                        name="points",
                        title=_("Points"),
                        hint=_("Type a part of name, place or id, Enter takes it; several may be taken"),
                        options=self._points(),
                    ),
                    Words(name="reason", title=_("Reason, it goes into the journal")),
                    Words(name="order", title=_("Work order number (may be empty)"), needed=False),
                    Words(name="login", title=_("Second person for fire: login"), needed=False),
                    Words(name="password", title=_("Second person for fire: password"), needed=False, secret=True),
                ),
                confirm=_("Begin the rule"),
                go=go,
                fits=self._wrong,
            )
        )
        return True

    def _points(self) -> tuple[Option, ...]:
        """Every point by name with its place; also found by its other language and its id."""
        site = self._bridge.site
        paths = {one.id: (place_path(site, one.id, "zh_CN"), place_path(site, one.id, "en")) for one in site.places}
        made = []
        for point in site.points:
            zh, en = paths.get(point.place, ("", "")) if point.place is not None else ("", "")
            name, where = words.said(point.name) or point.id, words.pair(zh, en)
            text = f"{name} · {where}" if where else name
            made.append(Option(point.id, text, f"{point.name.zh} {point.name.en} {zh} {en} {point.id}"))
        return tuple(made)

    def _wrong(self, given: Mapping[str, Any]) -> str:
        about = _about(given)
        if not any(about[name] for name in ("points", "places", "sources", "classes")):
            return _("Choose a place, a source, a class or a point.")
        kind = given["kind"]
        if kind is SuppressionKind.SUPPRESSED and about["classes"] and set(about["classes"]) <= LIFE_CLASSES:
            return _("A life class is never suppressed; only work on its equipment takes it out.")
        now = self._bridge.clock.now()
        rule = _draft(kind, about, now)
        if touches_fire(rule) and not (given["login"] and given["password"]):
            return _("Fire detectors may be meant: a second person answers for it with login and password.")
        return ""

    def _line_opened(self, opened: bool) -> None:
        if not opened:
            self.begin()

    # ---------------------------------------------------------------- what is shown

    def _heard(self, alarm: Alarm) -> None:
        if alarm.hiding is not None or alarm.id in self._alarms:
            self._soon.start()

    def _ask(self) -> None:
        self._bridge.ask(hiding.hidden, then=self._learn)

    def _learn(self, hidden: Hidden) -> None:
        self._hidden = hidden
        self._show()

    def _chosen(self) -> Alarm | None:
        return self._alarms.get(self.table.chosen_key())

    def _rule(self) -> Suppression | None:
        return self._rules.get(self.table.chosen_key())

    def _show(self) -> None:
        hidden = self._hidden
        groups = (hidden.shelved, hidden.suppressed, hidden.out_of_service)
        self._alarms = {alarm.id: alarm for group in groups for alarm in group}
        self._rules = {rule.id: rule for rule in hidden.rules}
        chosen = self.table.chosen_key()
        rows = [self._rule_row(rule) for rule in hidden.rules] + [self._alarm_row(one) for one in self._alarms.values()]
        self.table.rows.show(rows)
        self._choose_again(chosen, rows)
        n = len(self._alarms)
        self.tally.emit(n)
        self._says.setText(
            _("{n} alarms hidden: {shelved} shelved, {suppressed} suppressed, {out} out of service; {rules} rules").format(
                n=n,
                shelved=len(hidden.shelved),
                suppressed=len(hidden.suppressed),
                out=len(hidden.out_of_service),
                rules=len(hidden.rules),
            )
        )
        self._show_buttons()

    def _choose_again(self, chosen: str, rows: list[Row]) -> None:
        if chosen and self.table.chosen_key() != chosen:
            at = next((n for n, one in enumerate(rows) if one.key == chosen), -1)
            if at >= 0:
                self.table.selectRow(at)

    def _alarm_row(self, alarm: Alarm) -> Row:
        hidden = alarm.hiding
        assert hidden is not None
        kind = _("On test") if alarm.test else words.term(alarm.state)
        until = hidden.until_at
        said = self._until(until)
        if hidden.until_normal:
            said = (_("{time} or normal").format(time=said[0]), said[1])
        by = self._people.called(hidden.by)
        title, place = words.title_of(alarm), words.place_of(alarm)
        what = f"{title} · {place}" if place not in title else title
        tone = "state.fault" if alarm.state is State.OUT_OF_SERVICE and alarm.alarm_class in LIFE_CLASSES else "text.strong"
        written = (kind, what, *said, by, hidden.reason, f"×{alarm.count}")
        return Row(alarm.id, written, ((0, tone), (1, "text.main")), tip=hidden.reason)

    def _rule_row(self, rule: Suppression) -> Row:
        kind = _("Rule: {kind}").format(kind=words.term(rule.kind))
        by = self._people.called(rule.owner)
        if rule.second is not None:
            by = f"{by} + {self._people.called(rule.second)}"
        reason = f"{rule.reason} · {rule.order}" if rule.order else rule.reason
        hides = sum(1 for one in self._alarms.values() if one.hiding is not None and one.hiding.rule == rule.id)
        written = (kind, self._about(rule), *self._until(rule.until_at), by, reason, _("{n} alarms").format(n=hides))
        return Row(rule.id, written, ((0, "state.warning"), (1, "text.main")), tip=f"{self._about(rule)}\n{reason}")

    def _until(self, at: datetime) -> tuple[str, str]:
        now = self._bridge.clock.now()
        return words.when(at, now, self._zone), words.about(max(0.0, words.left_until(at, now)))

    def _about(self, rule: Suppression) -> str:
        site = self._bridge.site
        called: dict[str, str] = {one.id: words.said(one.name) for one in site.points}
        called |= {one.id: words.said(one.name) for one in site.places}
        called |= {one.id: words.said(one.name) for one in site.sources}
        parts = [called.get(one) or one for one in (*rule.points, *rule.places, *rule.sources)]
        parts += [words.term(one) for one in rule.classes]
        return " · ".join(parts)

    def _show_buttons(self) -> None:
        alarm, rule, actor = self._chosen(), self._rule(), self._bridge.actor
        ruled = alarm is not None and alarm.hiding is not None and alarm.hiding.rule is not None
        self._real.setEnabled(ruled and may(actor, Right.HANDLE_ALARMS))
        shelved = alarm is not None and alarm.state is State.SHELVED
        self._back.setEnabled((rule is not None or shelved) and may(actor, Right.SHELVE))
        self._back.setText((_("End the rule") if rule is not None else _("Bring back")) + "  B")
        self._new.setEnabled(may(actor, Right.SHELVE))

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._real.setText(_("Not a test: it is real") + "  N")
        self._new.setText(_("New rule"))
        self.table.setAccessibleName(_("Hidden and out of service"))
        self.table.say_when_empty(_("Nothing is hidden"))
        self.table.rows.retranslate()
        self.table.set_widths()
        self.line.leave()
        self._show()


def _about(given: Mapping[str, Any]) -> dict[str, Any]:
    """What a rule is about, as it was asked for."""
    return {
        "points": given["points"],
        "places": (given["place"],) if given["place"] else (),
        "sources": (given["source"],) if given["source"] else (),
        "classes": (given["alarm_class"],) if given["alarm_class"] else (),
        "order": given["order"],
    }


def _draft(kind: SuppressionKind, about: dict[str, Any], now: datetime) -> Suppression:
    make = partial(Suppression, id="", reason="", owner="", from_at=now, until_at=now, begun_at=now, begun_by="")  # type: ignore[arg-type]
    return make(kind=kind, **about)
