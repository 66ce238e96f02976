"""The register of requests for footage (录像查阅调取): asked here, decided by a second person, made, handed over, printed."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QProgressBar, QPushButton, QStackedWidget, QWidget
from typing_extensions import override

from console.i18n import N_, _, language
from console.models.events import FootageRequestChanged, SigningKeyMade
from console.models.footage import (
    OPEN,
    CaseFootage,
    ExportProgress,
    FootageRequest,
    JobState,
    RequestId,
    RequestKind,
    RequestState,
)
from console.models.ids import IncidentId
from console.models.people import Right
from console.models.playback import Moment, Purpose
from console.models.trust import PrintedReport
from console.models.words import stands
from console.services import playback, requests
from console.views import words
from console.views.asking import Asked, AskLine, Choice, Words
from console.views.build import bar, button, column, label, named, row
from console.views.panels.footage.asking import new_request
from console.views.panels.footage.viewed import ViewedTable
from console.views.rights import may
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

_HEADINGS: Final = (
    N_("No."),
    N_("State"),
    N_("Asked by"),
    N_("Purpose"),
    N_("Cameras"),
    N_("Time"),
    N_("To be done"),
)
_TONES: Final = {
    RequestState.ASKED: "state.fault",
    RequestState.REFUSED: "text.faint",
    RequestState.APPROVED: "text.strong",
    RequestState.MADE: "text.strong",
    RequestState.HANDED_OVER: "text.faint",
}


def to_be_done(request: FootageRequest) -> str:
    """What the request waits for, in a few words."""
    job = request.job
    if request.state is RequestState.ASKED:
        return _("second person decides")
    if request.state is RequestState.APPROVED:
        if request.kind is RequestKind.VIEWING:
            return _("to be shown here")
        if job is None:
            return _("package to be made")
        return words.term(job.state)
    return _("hand it over") if request.state is RequestState.MADE else "—"


class FootagePanel(QWidget):
    """The register. `tally` is how many requests nobody has decided; `finished` gives the keyboard back.

    `panel_asked` asks for this panel to be shown, when the footage of a case is asked for elsewhere.
    """

    tally = Signal(int)
    finished = Signal()
    panel_asked = Signal(str)
    moment_chosen = Signal(object)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("footage")
        self._bridge = bridge
        self._zone: tzinfo = words.zone_or_utc(bridge.site)
        self._requests: dict[RequestId, FootageRequest] = {}
        self._cameras = {camera.id: camera for camera in bridge.site.cameras}
        self._case_numbers: dict[IncidentId, str] = {}
        self._fingerprint = ""
        self._says = label("footage.says", "dim", shrinks=True)
        self._filter = named(QLineEdit(), "footage.filter")
        self._filter.setClearButtonEnabled(True)
        self._filter.setMaximumWidth(220)
        self._filter.textChanged.connect(lambda _text: self._show())
        self._all = named(QCheckBox(), "footage.all")
        self._all.toggled.connect(lambda _on: self._ask())
        self._turn = named(QPushButton(), "footage.turn", "quiet")
        self._turn.setCheckable(True)
        self._turn.toggled.connect(self._turn_to)
        self.viewed = ViewedTable(bridge, self.moment_chosen.emit)
        self._new = button("footage.new", self.begin_new, icon="plus")
        self._print = button("footage.print", self.print_month, icon="printer")
        self.table = RowsTable(
            "footage.table",
            RowsModel(_HEADINGS, self),
            {0: "2026-0000", 1: "To be approved", 2: 0.26, 3: 0.3, 4: 0.16, 5: "00-00 00:00 – 00:00", 6: 0.28},
        )
        self.table.selectionModel().selectionChanged.connect(lambda *_args: self._show_chosen())
        self._about = label("footage.about", "dim", wraps=True)
        self._about.setContentsMargins(8, 2, 8, 2)
        self._about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._bar = named(QProgressBar(), "footage.progress")
        self._bar.setRange(0, 1000)
        self._doing = label("footage.doing", "dim")
        self._stop = button("footage.cancel", self.cancel)
        self._running = named(QFrame(), "footage.running")
        self._running.setLayout(row(self._doing, self._bar, self._stop, margins=(8, 2, 4, 2)))
        self._approve = button("footage.approve", lambda: self.decide(approve=True), "main")
        self._refuse = button("footage.refuse", lambda: self.decide(approve=False))
        self._look = button("footage.look", self.play_back, "main", icon="player-play")
        self._make = button("footage.make", self.make, "main")
        self._hand = button("footage.hand", self.hand_over, "main")
        self._form = button("footage.print_form", self.print_form, icon="printer")
        self._deeds = named(QFrame(), "footage.deeds", "bar")
        self._deeds.setLayout(
            row(self._approve, self._refuse, self._look, self._make, self._hand, 1, self._form, margins=(8, 4, 4, 4))
        )
        self.line = AskLine("footage")
        self._lists = named(QStackedWidget(), "footage.lists")
        self._lists.addWidget(self.table)
        self._lists.addWidget(self.viewed)
        head = bar("footage.bar", self._says, self._turn, self._filter, self._all, self._new, self._print)
        whole = column(head, self._lists, self._about, self._running, self._deeds, self.line)
        whole.setSpacing(0)
        whole.setStretchFactor(self._lists, 1)
        self.setLayout(whole)
        bridge.on(FootageRequestChanged, lambda event: self._take_in(event.request))
        bridge.on(ExportProgress, self._went_on)
        bridge.on(SigningKeyMade, lambda event: self._take_key(event.fingerprint))
        bridge.actor_changed.connect(lambda _actor: self._forget_line())
        bridge.ask(requests.fingerprint, then=self._take_key)
        self._ask()
        self.retranslate()

    # ---------------------------------------------------------------- what the keys and buttons do

    def begin_new(self, case: CaseFootage | None = None) -> bool:
        """Put a request on record; for a case with what is known of it."""
        self.line.ask(new_request(self._bridge.site, self._zone, self._bridge.clock, self._put_on_record, case))
        return True

    def begin_for_case(self, case: CaseFootage) -> None:
        """Another panel asks for the footage of a case: the form comes to the front with what is known of it."""
        self.panel_asked.emit("footage")
        self._turn.setChecked(False)
        self.begin_new(case)

    def _put_on_record(self, given: dict[str, Any]) -> None:
        actor = self._bridge.actor
        if actor is not None:
            self._bridge.do(requests.ask_for, **given, by=actor, then=self._done)

    def decide(self, *, approve: bool) -> None:
        """A second person approves or refuses, with login and password."""
        chosen = self._chosen()
        if chosen is None:
            return
        why = () if approve else (Words(name="why", title=_("Reason of refusal")),)
        heading = _("Approve request {number}") if approve else _("Refuse request {number}")
        self.line.ask(
            Asked(
                name="approve" if approve else "refuse",
                title=heading.format(number=chosen.number) + "  ·  " + _("another person than who registered it"),
                fields=(
                    *why,
                    Words(name="login", title=_("Login of who decides")),
                    Words(name="password", title=_("Password of who decides"), secret=True),
                ),
                confirm=_("Approve") if approve else _("Do not approve"),
                go=lambda answers: self._decided(chosen, approve, answers),
            )
        )

    def _decided(self, chosen: FootageRequest, approve: bool, answers: Mapping[str, Any]) -> None:
        actor = self._bridge.actor
        if actor is not None:
            self._bridge.beside(
                requests.decide,
                chosen.id,
                approve=approve,
                why=answers.get("why", ""),
                login=answers["login"],
                password=answers["password"],
                by=actor,
                then=self._done,
            )

    def make(self) -> None:
        """Have the package made, or go on with it."""
        chosen, exports = self._chosen(), self._bridge.surroundings.exports
        if chosen is None or exports is None:
            return
        yes_no = ((True, _("yes")), (False, _("no")))
        self.line.ask(
            Asked(
                name="make",
                title=_("Make the package of request {number}").format(number=chosen.number),
                fields=(
                    Choice(name="viewing", title=_("Copy to look at"), options=yes_no, chosen=True),
                    Choice(name="masks", title=_("Privacy masks on it"), options=yes_no, chosen=True),
                    Choice(name="zipped", title=_("One ZIP file as well"), options=yes_no, chosen=False),
                    Words(name="target", title=_("Folder, empty for the usual one"), needed=False),
                ),
                confirm=_("Make"),
                go=lambda answers: self._begin_making(chosen, answers),
            )
        )

    def _begin_making(self, chosen: FootageRequest, answers: Mapping[str, Any]) -> None:
        actor, exports = self._bridge.actor, self._bridge.surroundings.exports
        if actor is not None and exports is not None:
            self._bridge.attend(exports.begin(chosen.id, by=actor, **answers), self._done)

    def cancel(self) -> None:
        """Stop making the package; what was made of it stays for the next time."""
        chosen, actor, exports = self._chosen(), self._bridge.actor, self._bridge.surroundings.exports
        if chosen is not None and actor is not None and exports is not None:
            self._bridge.attend(exports.cancel(chosen.id, by=actor), self._done)

    def hand_over(self) -> None:
        """Note to whom the package went, or who has looked at the footage."""
        chosen = self._chosen()
        if chosen is None:
            return
        viewing = chosen.kind is RequestKind.VIEWING
        to = Words(name="to", title=_("Who has looked at it") if viewing else _("Handed to"), text=chosen.requester)
        medium = () if viewing else (Words(name="medium", title=_("Medium and its number")),)
        title = _("Looked at here, request {number}") if viewing else _("Hand over request {number}")
        self.line.ask(
            Asked(
                name="hand",
                title=title.format(number=chosen.number),
                fields=(to, *medium),
                confirm=_("Note it"),
                go=lambda answers: self._handed(chosen, answers),
            )
        )

    def _handed(self, chosen: FootageRequest, answers: Mapping[str, Any]) -> None:
        actor = self._bridge.actor
        if actor is None:
            return
        if chosen.kind is RequestKind.VIEWING:
            self._bridge.do(requests.shown, chosen.id, to=answers["to"], by=actor, then=self._done)
        else:
            self._bridge.do(
                requests.hand_over, chosen.id, to=answers["to"], medium=answers["medium"], by=actor, then=self._done
            )

    def print_form(self) -> None:
        """Print the form of the chosen request."""
        chosen = self._chosen()
        if chosen is not None:
            self._bridge.print_report("footage_request", chosen.id, language(), then=self._printed)

    def print_month(self) -> None:
        """Print the register of this month."""
        month = self._bridge.clock.now().astimezone(self._zone).strftime("%Y-%m")
        self._bridge.print_report("footage_register", month, language(), then=self._printed)

    def play_back(self) -> bool:
        """Play what the chosen line is about: what was looked at, or what was asked for."""
        if self._lists.currentWidget() is self.viewed:
            return self.viewed.play_back()
        chosen = self._chosen()
        if chosen is not None:
            approved = chosen.state not in (RequestState.ASKED, RequestState.REFUSED)
            purpose = Purpose(reason=chosen.purpose, request=chosen.number if approved else "")
            self.moment_chosen.emit(Moment(at=chosen.from_at, cameras=chosen.cameras, purpose=purpose, before_s=0.0))
        return chosen is not None

    # ---------------------------------------------------------------- what is shown

    def _turn_to(self, viewed: bool) -> None:
        """The requests, or who looked at recordings."""
        self.line.leave()
        self._lists.setCurrentWidget(self.viewed if viewed else self.table)
        self._all.setVisible(not viewed)
        if viewed:
            self.viewed.ask()
        self._show()

    def _done(self, request: FootageRequest) -> None:
        self._take_in(request)
        self.finished.emit()

    def _printed(self, report: PrintedReport) -> None:
        self._says.setText(_("Printed: {file}").format(file=report.file))

    def _forget_line(self) -> None:
        self.line.leave()
        self._show_chosen()

    def _ask(self) -> None:
        self._bridge.ask(requests.register, self._all.isChecked(), then=self._begin)

    def _begin(self, found: tuple[FootageRequest, ...]) -> None:
        self._requests = {one.id: one for one in found}
        self._name_cases(found)
        self._show()

    def _name_cases(self, found: tuple[FootageRequest, ...]) -> None:
        nameless = tuple(one for one in found if one.incident is not None and one.incident not in self._case_numbers)
        if nameless:
            self._bridge.ask(requests.case_numbers, nameless, then=self._take_cases)

    def _take_cases(self, numbers: dict[IncidentId, str]) -> None:
        self._case_numbers |= numbers
        self._show()

    def _case_of(self, request: FootageRequest) -> str:
        """The case that a request names, in words; "" where it names none."""
        number = self._case_numbers.get(request.incident, "") if request.incident is not None else ""
        return _("Incident {number}").format(number=number) if number else ""

    def _take_in(self, request: FootageRequest) -> None:
        known = self._requests.get(request.id)
        if known is not None and known.rev > request.rev:
            return
        if request.state in OPEN or self._all.isChecked():
            self._requests[request.id] = request
        else:
            self._requests.pop(request.id, None)
        self._name_cases((request,))
        self._show()

    def _take_key(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint
        self._show_chosen()

    def _went_on(self, progress: ExportProgress) -> None:
        chosen = self._chosen()
        if chosen is not None and chosen.id == progress.request:
            self._show_progress(progress)

    def _show_progress(self, progress: ExportProgress) -> None:
        self._bar.setValue(round(1000 * progress.done / max(1, progress.total)))
        self._doing.setText(words.said(progress.doing))

    def _chosen(self) -> FootageRequest | None:
        return self._requests.get(RequestId(self.table.chosen_key()))

    def _numbers(self, request: FootageRequest) -> str:
        named = [self._cameras[one].number for one in request.cameras if one in self._cameras]
        return ", ".join(f"{number:02d}" for number in sorted(named))

    def _purpose(self, request: FootageRequest) -> str:
        """What for, with the case that it is for where those words do not say its number already."""
        case = self._case_of(request)
        said = not case or self._case_numbers[request.incident or IncidentId("")] in request.purpose
        return request.purpose if said else f"{case} · {request.purpose}"

    def _line_of(self, request: FootageRequest) -> Row:
        who = " ".join(part for part in (request.organisation, request.requester) if part)
        until = request.until_at.astimezone(self._zone)
        written = (
            request.number,
            words.said(stands(request)),
            who,
            self._purpose(request),
            self._numbers(request),
            f"{words.day_and_time(request.from_at, self._zone)} – {until:%H:%M}",
            to_be_done(request),
        )
        tones = ((1, _TONES[request.state]), (2, "text.main"))
        return Row(request.id, written, tones, tip=f"{request.document}\n{request.purpose}")

    def _show(self) -> None:
        wanted = self._filter.text().strip().casefold()
        self.viewed.show_rows(wanted)
        found = sorted(self._requests.values(), key=lambda one: one.number, reverse=True)
        rows = [self._line_of(one) for one in found]
        self.table.rows.show([one for one in rows if wanted in " ".join(one.words).casefold()])
        waiting = sum(one.state is RequestState.ASKED for one in found)
        self.tally.emit(waiting)
        self._says.setText(_("{n} to be decided").format(n=waiting))
        self._show_chosen()

    def _show_chosen(self) -> None:
        looking = self._lists.currentWidget() is self.viewed
        chosen, actor = None if looking else self._chosen(), self._bridge.actor
        exports = self._bridge.surroundings.exports
        state = chosen.state if chosen is not None else None
        running = chosen is not None and chosen.job is not None and chosen.job.state is JobState.RUNNING
        making = running and state is RequestState.APPROVED
        copy = chosen is not None and chosen.kind is RequestKind.COPY
        may_export = may(actor, Right.EXPORT_FOOTAGE)
        self._new.setEnabled(may(actor, Right.WRITE_LOG))
        self._print.setEnabled(may(actor, Right.EXPORT_REPORTS))
        self._form.setEnabled(may(actor, Right.EXPORT_REPORTS))
        self._approve.setVisible(state is RequestState.ASKED and actor is not None)
        self._refuse.setVisible(
            state in (RequestState.ASKED, RequestState.APPROVED) and actor is not None and not making
        )
        until_at = playback.viewed_until(chosen, self._bridge.settings) if chosen is not None else None
        self._look.setVisible(until_at is not None)
        self._look.setEnabled(chosen is not None and self._may_look(chosen))
        self._look.setToolTip("" if self._look.isEnabled() else _("Only who put the request on record may look so far back."))
        self._make.setVisible(state is RequestState.APPROVED and copy and not making and exports is not None)
        self._make.setEnabled(may_export)
        self._make.setToolTip("" if may_export else _("Only the supervisor has packages made."))
        handing = state is RequestState.MADE or (state is RequestState.APPROVED and not copy)
        self._hand.setVisible(handing)
        self._hand.setText(_("Note the handing over") if copy else _("Note who looked"))
        self._hand.setEnabled(may_export if copy else may(actor, Right.WRITE_LOG))
        self._deeds.setVisible(chosen is not None)
        self._running.setVisible(making)
        self._stop.setEnabled(may_export)
        if chosen is not None and making and exports is not None:
            self._show_progress(exports.progress(chosen.id) or ExportProgress(request=chosen.id, done=0, total=1))
        self._about.setText(self._told(chosen) if chosen is not None else "")
        self._about.setVisible(chosen is not None)

    def _may_look(self, request: FootageRequest) -> bool:
        """Whether the person at the keyboard may look at all that was asked for: by their own limit, or by the request."""
        actor, now, settings = self._bridge.actor, self._bridge.clock.now(), self._bridge.settings
        until_at = playback.viewed_until(request, settings)
        limit = playback.earliest(actor, settings, now)
        theirs = actor is not None and actor.person == request.asked_by and until_at is not None and now < until_at
        return theirs or limit is None or request.from_at >= limit

    def _told(self, chosen: FootageRequest) -> str:
        told = [_("Paper shown: {paper}").format(paper=chosen.document)]
        until_at = playback.viewed_until(chosen, self._bridge.settings)
        if until_at is not None:
            until = words.day_and_time(until_at, self._zone)
            over = until_at <= self._bridge.clock.now()
            told.insert(0, (_("Could be looked at until {time}") if over else _("May be looked at until {time}")).format(time=until))
        if case := self._case_of(chosen):
            told.insert(0, case)
        if chosen.reason:
            told.append(chosen.reason)
        if chosen.refusal:
            told.append(_("Refused: {why}").format(why=chosen.refusal))
        job, package = chosen.job, chosen.package
        if job is not None:
            told.append(_("Folder: {folder}").format(folder=job.folder))
            if job.state is JobState.FAILED:
                told.append(words.said(job.reason))
        if package is not None:
            counted = _("{files} files, {size} MB, {gaps} gaps")
            told.append(counted.format(files=package.files, size=f"{package.size_bytes / 1e6:.1f}", gaps=package.gaps))
            told.append(_("Key fingerprint: {key}").format(key=package.fingerprint))
        elif self._fingerprint:
            told.append(_("Key fingerprint: {key}").format(key=self._fingerprint))
        return "   ·   ".join(told)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self.line.leave()
        self._turn.setText(_("Who looked"))
        self._turn.setToolTip(_("Show who looked at recordings, when and what for; again for the requests"))
        self.viewed.retranslate()
        self._all.setText(_("Finished ones too"))
        self._filter.setPlaceholderText(_("Filter"))
        self._filter.setAccessibleName(_("Filter"))
        self._new.setText(_("New request"))
        self._print.setText(_("Print the month"))
        self._approve.setText(_("Approve"))
        self._refuse.setText(_("Do not approve"))
        self._look.setText(_("Look at it"))
        self._make.setText(_("Make the package"))
        self._form.setText(_("Print the form"))
        self._stop.setText(_("Cancel"))
        self.table.setAccessibleName(_("Footage requests"))
        self.table.say_when_empty(_("No request for footage is open"))
        self.table.rows.retranslate()
        self.table.set_widths()
        self._show()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (event.key() == Qt.Key.Key_Escape and self.line.leave()):
            super().keyPressEvent(event)
