"""The response panel itself: what it shows follows from the alarm that is looked at and from what happened to it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from console.bridge import Bridge
from console.i18n import _, language
from console.models.alarms import Action, Alarm, Means, actions_for
from console.models.events import (
    AlarmChanged,
    AlarmRaised,
    ContactTold,
    DispatchChanged,
    IncidentChanged,
    IncidentOpened,
    PlanRunChanged,
    PlanRunStarted,
    RoundChanged,
)
from console.models.ids import AlarmId, IncidentId, PlanId, PostId, RunId
from console.models.incidents import FALSE_VERDICTS, Dispatch, DispatchState, Incident, IncidentState, Verdict
from console.models.patrol import Round, RoundState, estimated_position
from console.models.plans import RunState
from console.models.settings import value_of
from console.models.site import Spot
from console.models.telling import Telling, untold
from console.models.text import Text
from console.services import alarms, contacts, dispatch, incidents, queries, queue, response
from console.steps.spec import Scene
from console.views import build, words
from console.views.panels.response.cases import Cases
from console.views.panels.response.closing import Closing
from console.views.panels.response.kept import Kept
from console.views.panels.response.parts import Sent, label, span
from console.views.panels.response.running import Running
from console.views.panels.response.told import ToldBoard
from console.views.together import RESTS_MS, Together

TICK_MS = 500


class ResponsePanel(QWidget):
    """Docked, never modal. `wanted(bool)` asks for the panel's place; `incident_chosen(id)` tells the others the case.

    `footage_asked` tells what is to be asked for of the case's recordings. `finished` gives the keyboard back to the queue.
    """

    wanted = Signal(bool)
    finished = Signal()
    incident_chosen = Signal(object)
    moment_chosen = Signal(object)
    footage_asked = Signal(object)

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("response")
        self._bridge = bridge
        self._cases = Cases()
        self._rounds: dict[str, Round] = {}
        self._body: QWidget | None = None
        self._other_buttons: dict[RunId, QPushButton] = {}
        self._shown: object = None
        self._build()
        self._listen()
        # A burst of changes is shown once.
        self._soon = Together(RESTS_MS, self)
        self._soon.timeout.connect(self.refresh)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._load()

    # -- what it is made of

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(10, 8, 10, 8)
        outer.setSpacing(6)
        self._others = QHBoxLayout()
        self._others.setSpacing(4)
        outer.addLayout(self._others)
        head = QHBoxLayout()
        self._number = label("", "dim", "response.number", self, wrap=False)
        self._elapsed = label("", "chip", "response.elapsed", self, wrap=False)
        self._place = build.label("response.place", "dim", shrinks=True)
        head.addWidget(self._number)
        head.addWidget(self._place, 1)
        head.addWidget(self._elapsed)
        outer.addLayout(head)
        self._title = label("", "heading", "response.title", self)
        outer.addWidget(self._title)
        self._sent = Sent(self._bridge.site, self)
        self._sent.moved.connect(self._advance)
        outer.addWidget(self._sent)
        self._told = ToldBoard(self._bridge, self)
        self._told.finished.connect(self.finished)
        outer.addWidget(self._told)
        self._area = QScrollArea(self)
        self._area.setObjectName("response.scroll")
        self._area.setWidgetResizable(True)
        outer.addWidget(self._area, 1)
        self._kept = Kept(self._bridge, self.moment_chosen.emit, self.footage_asked.emit, self)
        outer.addWidget(self._kept)

    def _listen(self) -> None:
        on = self._bridge.on
        on(AlarmRaised, lambda event: self._take(lambda: self._cases.take_alarm(event.alarm)))
        on(AlarmChanged, lambda event: self._take(lambda: self._cases.take_alarm(event.alarm)))
        on(IncidentOpened, lambda event: self._take(lambda: self._take_incident(event.incident)))
        on(IncidentChanged, lambda event: self._take(lambda: self._take_incident(event.incident)))
        on(PlanRunStarted, lambda event: self._take(lambda: self._cases.runs.update({event.run.id: event.run})))
        on(PlanRunChanged, lambda event: self._take(lambda: self._cases.runs.update({event.run.id: event.run})))
        on(DispatchChanged, lambda event: self._take(lambda: self._take_dispatch(event.dispatch)))
        on(ContactTold, lambda event: self._take(lambda: self._cases.take_tellings({event.alarm: (event.telling,)})))
        on(RoundChanged, lambda event: self._rounds.update({event.round.id: event.round}))

    def _load(self) -> None:
        ask = self._bridge.ask
        ask(queries.live_alarms, then=lambda found: self._take_all(self._cases.take_alarm, found))
        ask(contacts.live, then=self._take_tellings)
        ask(queries.open_dispatches, then=lambda found: self._take_all(self._take_dispatch, found))
        ask(queries.rounds, then=lambda found: self._rounds.update({one.id: one for one in found}))
        ask(queries.open_incidents, then=lambda found: self._take_all(self._take_incident, found))
        ask(queries.active_runs, then=self._resume)

    def _resume(self, runs: tuple[Any, ...]) -> None:
        """After a restart the panel stands where the operator stood."""
        for run in runs:
            self._cases.runs[run.id] = run
        if runs and self._cases.incident is None:
            self._cases.incident = runs[-1].incident
        self.refresh()

    def _take(self, change: Callable[[], object]) -> None:
        change()
        self._soon.ask()

    def _take_all(self, take: Callable[[Any], None], found: tuple[Any, ...]) -> None:
        for one in found:
            take(one)
        self.refresh()

    def _take_tellings(self, found: dict[AlarmId, tuple[Telling, ...]]) -> None:
        self._cases.take_tellings(found)
        self.refresh()

    def _take_incident(self, incident: Incident) -> None:
        known = self._cases.incidents.get(incident.id)
        if known is None or known.rev <= incident.rev:
            self._cases.incidents[incident.id] = incident
        if self._cases.alarm in incident.alarms and incident.state is IncidentState.OPEN:
            self._cases.incident = incident.id

    def _take_dispatch(self, one: Dispatch) -> None:
        known = self._cases.dispatches.get(one.id)
        if known is None or known.rev <= one.rev:
            self._cases.dispatches[one.id] = one

    # -- what others ask of it

    @Slot(object)
    def show_alarm(self, alarm: Alarm | None) -> None:
        """Another panel chose an alarm; a running plan keeps its place and its clocks."""
        self._cases.show_alarm(alarm)
        self.refresh()

    @Slot(object)
    def show_incident(self, incident: object) -> None:
        """Another panel chose a case."""
        known = next((one for one in self._cases.incidents if one == incident), None)
        if known is not None:
            self._cases.alarm = None
            self._cases.incident = known
            self.refresh()

    def choose(self, number: int) -> bool:
        """A number key: the answer, the post, the verdict or the plan of that number."""
        body: Any = self._body
        return bool(body is not None and hasattr(body, "choose") and body.choose(number))

    def proceed(self) -> bool:
        """Enter: do the next thing of the case that is looked at."""
        body: Any = self._body
        return bool(body is not None and hasattr(body, "proceed") and body.proceed())

    def tell(self) -> bool:
        """Say whom one called of those who are to be told, and how it went; False where there is nobody."""
        return self._told.ask()

    def ask_for_footage(self) -> bool:
        """Begin a request for what is locked for the case; False where nothing is or this person may not ask."""
        return self._kept.ask_for_footage()

    def leave(self) -> bool:
        """Esc: say nothing of calls; False where nothing was asked."""
        return self._told.leave()

    def retranslate(self) -> None:
        """Say everything anew in the language in force."""
        self._shown = None
        self.refresh()

    # -- what it shows

    def refresh(self) -> None:
        """Show what the record says now; the step's page is only rebuilt when the step changed."""
        case, alarm, run = self._cases.case(), self._cases.subject(), self._cases.run()
        self.wanted.emit(alarm is not None or case is not None)
        self._show_head(case, alarm)
        self._sent.show_dispatches(self._cases.sent())
        active = run if run is not None and run.state is RunState.ACTIVE and run.place is not None else None
        those = self._cases.to_tell(self._bridge.site, self._bridge.settings)
        self._told.show_those(alarm, those, brief=active is not None, language=language())
        left = untold(those)
        key: object = ("none", language())
        build: Callable[[], QWidget | None] = _nothing
        if case is not None and case.state is IncidentState.CLOSED:
            key, build = ("closed", case.id, case.rev, language()), partial(self._closed, case)
        elif case is not None and active is not None:
            tries = active.visits[-1].value.get("tries", 0)
            key, build = ("step", active.id, len(active.visits), tries, language()), partial(self._running, active)
        elif case is not None and run is not None:
            key = ("closing", case.id, left, language())
            build = partial(self._closing, case, response.proposed_verdict(run))
        elif alarm is not None:
            key = ("offer", alarm.id, alarm.state, case.id if case else "", left, language())
            build = partial(self._offer, alarm, case)
        if key != self._shown:
            self._shown = key
            self._put(build())
        self._tick()
        if case is not None and case.state is IncidentState.OPEN:
            self.incident_chosen.emit(case.id)

    def _put(self, body: QWidget | None) -> None:
        self._body = body
        # QScrollArea deletes the widget it held; an empty one stands for nothing.
        self._area.setWidget(body if body is not None else QWidget())
        self._timer.start() if body is not None else self._timer.stop()

    def _show_head(self, case: Incident | None, alarm: Alarm | None) -> None:
        subject = case or alarm
        self._number.setText(_("Incident {number}").format(number=case.number) if case else "")
        self._number.setVisible(case is not None)
        self._title.setText(words.said(subject.title) if subject else _("No alarm is being handled."))
        self._place.setText(words.said(subject.place_name) if subject else "")

    def _show_others(self) -> None:
        others = self._cases.others()
        if tuple(self._other_buttons) != tuple(run.id for run in others):
            for button in self._other_buttons.values():
                self._others.removeWidget(button)
                button.hide()
                button.deleteLater()
            self._other_buttons = {run.id: self._other_button(run.incident) for run in others}
        for run in others:
            left = response.limit_left(run.visits[-1], self._bridge.clock.now()) if run.visits else None
            clock = "" if left is None else ("  −" if left < 0 else "  ") + span(left)
            self._other_buttons[run.id].setText(f"{self._cases.incidents[run.incident].number}{clock}")

    def _other_button(self, incident: IncidentId) -> QPushButton:
        case = self._cases.incidents[incident]
        button = QPushButton(self)
        button.setObjectName(f"response.other.{case.number}")
        button.setToolTip(words.said(case.title))
        button.clicked.connect(lambda _checked=False: self.show_incident(incident))
        self._others.addWidget(button)
        button.show()
        return button

    def _tick(self) -> None:
        case, alarm = self._cases.case(), self._cases.subject()
        self._kept.show_case(case)
        since = case.detected_at if case else alarm.first_at if alarm else None
        now = case.closed_at if case is not None and case.closed_at else self._bridge.clock.now()
        self._elapsed.setVisible(since is not None)
        if since is not None:
            self._elapsed.setText("T+" + span((now - since).total_seconds()))
        if isinstance(self._body, Running):
            self._body.tick(self._scene())
        self._show_others()

    def _scene(self) -> Scene:
        case = self._cases.case()
        if case is None:
            raise ValueError("a step is shown without its case")
        now = self._bridge.clock.now()
        return Scene(
            site=self._bridge.site,
            incident=case,
            alarm=self._cases.subject(),
            operator=self._bridge.actor.name if self._bridge.actor else "",
            language=language(),
            now=now,
            positions=self._positions(),
        )

    def _positions(self) -> dict[PostId, Spot]:
        now = self._bridge.clock.now()
        found: dict[PostId, Spot] = {}
        for walked in self._rounds.values():
            spot = estimated_position(walked, self._bridge.site, now) if walked.state is RoundState.WALKING else None
            if spot is not None:
                found[walked.post] = spot
        return found

    # -- the four faces

    def _running(self, run: Any) -> QWidget:
        body = Running(run, self._scene(), self)
        body.answered.connect(self._answer)
        body.skipped.connect(self._skip)
        return body

    def _closing(self, case: Incident, proposed: str) -> QWidget:
        left = untold(self._cases.to_tell(self._bridge.site, self._bridge.settings))
        body = Closing(
            case,
            proposed,
            self,
            unverified=self._cases.unverified(),
            means=self._cases.means(),
            untold=left,
            must_tell=bool(value_of(self._bridge.settings, "tell.before_close")),
        )
        body.settled.connect(partial(self._close, case))
        return body

    def _offer(self, alarm: Alarm, case: Incident | None) -> QWidget:
        plans = response.plans_for(self._bridge.plans, alarm)
        body = _Choice(self)
        if Action.ACKNOWLEDGE in actions_for(alarm):
            body.add(_("Acknowledge (Space)"), "response.acknowledge", lambda: self._acknowledge(alarm), number=False)
        for plan in plans:
            body.add(words.said(plan.title), f"response.plan.{plan.id}", partial(self._start, alarm, plan.id))
        if case is None:
            body.add(_("No plan: open an incident"), "response.open", lambda: self._open(alarm))
        else:
            body.add(_("Close without a plan"), "response.close_now", lambda: self._put(self._closing(case, "")))
        if Action.RESET in actions_for(alarm) and queue.unsettled(alarm):
            body.say(_("Without a case it is reset with Z, which asks what it was."), "dim")
        elif Action.RESET in actions_for(alarm):
            body.add(_("Reset (checked on the spot)"), "response.reset", lambda: self._reset(alarm))
        elif alarm.latching and Action.RESET_ON_SITE in actions_for(alarm):
            body.say(_("The point still signals. After a check on site it is reset with Z."), "dim")
        body.finish()
        return body

    def _closed(self, case: Incident) -> QWidget:
        body = _Choice(self)
        verdict = words.term(case.verdict) if case.verdict else ""
        body.say(_("Closed: {verdict}").format(verdict=verdict), "step")
        body.add(_("Export the incident report (PDF)"), "response.report", lambda: self._print(case))
        body.add(_("Put the case away"), "response.put_away", self._put_away)
        if self._cases.remaining():
            body.say(_("Its point still signals, so the alarm stays in the queue; after a check on site Z resets it."), "warning")
        body.finish()
        self._said: QLabel = body.say("", "dim", "response.report_file")
        return body

    # -- what it asks of the desk

    def _by(self) -> Any:
        actor = self._bridge.actor
        if actor is None:
            self._bridge.refused.emit(Text(zh="请先登录再操作。", en="Sign on first."))
        return actor

    def _acknowledge(self, alarm: Alarm) -> None:
        if by := self._by():
            self._cases.show_alarm(alarm)  # what was only offered is chosen from here
            self._bridge.do(alarms.acknowledge, alarm.id, by=by)

    def _reset(self, alarm: Alarm) -> None:
        if by := self._by():
            self._cases.show_alarm(alarm)  # what was only offered is chosen from here
            self._bridge.do(alarms.reset, alarm.id, by=by)

    def _open(self, alarm: Alarm) -> None:
        if by := self._by():
            self._cases.show_alarm(alarm)  # what was only offered is chosen from here
            self._bridge.do(incidents.open_for, alarm.id, by=by)

    def _start(self, alarm: Alarm, plan: PlanId) -> None:
        if by := self._by():
            self._cases.show_alarm(alarm)  # what was only offered is chosen from here
            self._bridge.do(response.start, alarm.id, plan, by=by)

    def _answer(self, run: str, step: str, answer: str, value: dict[str, Any]) -> None:
        if by := self._by():
            self._bridge.do(response.answer, RunId(run), step, answer=answer, value=value, by=by)

    def _skip(self, run: str, step: str, reason: str) -> None:
        if by := self._by():
            self._bridge.do(response.skip, RunId(run), step, reason, by=by)

    def _advance(self, one: Dispatch, state: DispatchState) -> None:
        if by := self._by():
            self._bridge.do(dispatch.advance, one.id, state, by=by)

    def _close(
        self, case: Incident, verdict: Verdict, cause: str, summary: str, known: tuple[int, Means] | None, untold: str
    ) -> None:
        if by := self._by():
            false = verdict in FALSE_VERDICTS
            for alarm in self._cases.unverified() if known is not None else ():
                level, how = known if known is not None else (0, Means.VIDEO)
                self._bridge.do(queue.verify, alarm.id, level, how, false_alarm=false, by=by)
            self._bridge.do(incidents.close, case.id, verdict=verdict, cause=cause, summary=summary, untold=untold, by=by)

    def _put_away(self) -> None:
        self._cases.put_away()
        self.refresh()

    def _print(self, case: Incident) -> None:
        if self._by():
            self._said.setText(_("Making the PDF …"))
            self._bridge.print_report("incident", case.id, language(), then=self._printed)

    def _printed(self, report: Any) -> None:
        self._said.setText(_("Saved: {file}").format(file=report.file))


def _nothing() -> None:
    """No alarm is looked at, so there is nothing to show."""


class _Choice(QWidget):
    """A few things that may be done next, by number key; Enter does the first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._calls: list[Callable[[], None]] = []

    def say(self, text: str, role: str, name: str = "") -> QLabel:
        """A line of words."""
        made = label(text, role, name, self)
        self._layout.insertWidget(max(self._layout.count() - 1, 0) if name else self._layout.count(), made)
        return made

    def add(self, text: str, name: str, call: Callable[[], None], *, number: bool = True) -> None:
        """A button; with a number key unless `number` is False."""
        if number:
            self._calls.append(call)
        button = QPushButton(f"{len(self._calls)}    {text}" if number else text, self)
        button.setObjectName(name)
        button.setProperty("role", "offer" if number and len(self._calls) == 1 else "answer")
        button.clicked.connect(lambda _checked=False: call())
        self._layout.addWidget(button)

    def finish(self) -> None:
        """Push everything to the top."""
        self._layout.addStretch()

    def choose(self, number: int) -> bool:
        """A number key was pressed."""
        if not 1 <= number <= len(self._calls):
            return False
        self._calls[number - 1]()
        return True

    def proceed(self) -> bool:
        """Enter does the first."""
        return self.choose(1)
