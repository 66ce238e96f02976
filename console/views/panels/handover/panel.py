"""The page itself: it reads what stands on record, shows it in three columns, and passes on what people do."""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QScrollArea, QStackedWidget, QWidget
from typing_extensions import override

from console.i18n import _
from console.models import events
from console.models.duty import Handover, HandoverState
from console.models.errors import ConsoleError
from console.models.people import RIGHTS, Right
from console.models.settings import seconds_of
from console.models.trust import Meaning, Signature
from console.services import carry, handover
from console.services.handover_page import HandoverPage, handover_page
from console.views import words
from console.views.build import button, column, label, named, row, set_role
from console.views.panels.handover.done import Done
from console.views.panels.handover.form import Form
from console.views.panels.handover.saving import Saver
from console.views.panels.handover.signing import Hindrances, OtherWays, ReadBack, SignBlock, written
from console.views.panels.handover.situation import Situation

if TYPE_CHECKING:
    from console.bridge import Bridge

REREAD_MS: Final = 120
TICK_MS: Final = 5000
# Whatever of these happens, the page is read anew: it is a picture of the whole post.
HEARD: Final = (
    events.HandoverChanged,
    events.AlarmRaised,
    events.AlarmChanged,
    events.IncidentOpened,
    events.IncidentChanged,
    events.EntryWritten,
    events.CarryOverChanged,
    events.DueChanged,
    events.RoundChanged,
    events.CameraChanged,
    events.SourceChanged,
    events.FaultNoted,
    events.ShiftChanged,
    events.SignedOn,
    events.SignedOff,
    events.ThreatChanged,
    events.RecordSigned,
)
FILLABLE: Final = frozenset({HandoverState.DRAFT, HandoverState.FROZEN})
# Hindrances that are done on another page of the window.
ELSEWHERE: Final = {"incoming": "sign_on", "alarms": "watch"}
# Just taken over: the page shows what was signed before it offers the next form.
JUST_S: Final = 3600.0


class HandoverPanel(QWidget):
    """`page_asked(key)` wants another page of the window: the watch, or the sign-on page for the relief."""

    page_asked = Signal(str)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("handover")
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._page = HandoverPage(shift=None, form=None)
        self._read = False
        self._wants_form = False
        self._asking = False
        self._saver = Saver(bridge, self)
        self._saver.kept.connect(self._heard)  # what was written is no longer missing, though its field was not left
        self._build()
        self._reread = QTimer(self)
        self._reread.setSingleShot(True)
        self._reread.setInterval(REREAD_MS)
        self._reread.timeout.connect(self._ask)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._show_age)
        for kind in HEARD:
            bridge.on(kind, self._heard)
        self.retranslate()

    # ---------------------------------------------------------------- what it is made of

    def _build(self) -> None:
        head = self._build_head()
        self.situation = Situation(self._bridge)
        self.form = Form(self._bridge, self._saver)
        self.form.carry.added.connect(self._carry)
        self.situation.closed.connect(self._close_carry)
        signing = self._build_signing()
        self.done = Done(self._bridge)
        self.done.reviewed.connect(partial(self._prove, "review", handover.review))
        self.done.new_form.connect(self._open_form)
        self._right = named(QStackedWidget(), "handover.right")
        self._right.addWidget(signing)
        self._right.addWidget(self.done)
        self._columns = QWidget()
        columns = row(self.situation, self.form, self._right, margins=(8, 0, 8, 8))
        for index, share in enumerate((37, 31, 32)):
            columns.setStretch(index, share)
        self._columns.setLayout(columns)
        for part in (self.situation, self.form, self._right):
            part.setMinimumWidth(280)
            part.setSizePolicy(part.sizePolicy().Policy.Ignored, part.sizePolicy().verticalPolicy())
        self._nothing = label("handover.nothing", "dim", wraps=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        whole = column(head, self._columns, self._nothing)
        whole.setSpacing(0)
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self._columns.hide()
        QShortcut(
            QKeySequence("Ctrl+Return"), self, self.go_on, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        )

    def _build_head(self) -> QFrame:
        self._title = label("handover.title", "title")
        self._state = label("handover.state", "chip")
        self._age = label("handover.age", "chip")
        self._threat = label("handover.threat", "chip")
        self._freeze = button("handover.freeze", self.freeze, "main", icon="arrows-exchange")
        self._again = button("handover.freeze_again", self.freeze_again, "quiet", icon="refresh")
        self._next = button("handover.next", self.go_on, "quiet", icon="arrow-right")
        head = named(QFrame(), "handover.head", "bar")
        head.setLayout(
            row(
                self._title, self._state, self._age, self._threat, 1, self._next, self._again, self._freeze,
                margins=(16, 8, 12, 8),
            )
        )
        return head

    def _build_signing(self) -> QFrame:
        """What is said back, what stands in the way, and who signs."""
        self.read_back = ReadBack()
        self.read_back.typed.connect(lambda said: self._saver.type("read_back", said))
        self.read_back.left.connect(lambda said: self._saver.leave("read_back", said))
        self.read_back.finished.connect(self.go_on)
        self.hindrances = Hindrances()
        self.hindrances.asked.connect(self.go_to)
        self._written = label("handover.written", "warning", wraps=True)
        self.sides = {side: SignBlock(self._bridge, side) for side in ("out", "in", "settle")}
        self.sides["out"].signed.connect(partial(self._prove, "out", handover.sign_out))
        self.sides["in"].signed.connect(partial(self._prove, "in", handover.sign_in))
        self.sides["settle"].signed.connect(self._settle)
        self._settlement = named(QLineEdit(), "handover.settlement")
        self._settlement.setMaxLength(1000)
        self._settlement.returnPressed.connect(self.sides["settle"].begin)
        self.ways = OtherWays()
        self.ways.chosen.connect(self._other_way)
        upper = QWidget()
        upper.setLayout(column(self.read_back, self._written, self._settlement, self.sides["settle"], 1))
        self._upper = named(QScrollArea(), "handover.upper")
        self._upper.setWidgetResizable(True)
        self._upper.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._upper.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._upper.setWidget(upper)
        signing = named(QFrame(), "handover.signing", "handover_column")
        parts = (self._upper, self.hindrances, self.sides["out"], self.sides["in"], self.ways)
        signing.setLayout(column(*parts, margins=(12, 10, 12, 10)))
        return signing

    # ---------------------------------------------------------------- reading

    def begin(self) -> None:
        """The page was brought to the front: open the form where there is none, and put the keys where they are needed."""
        self._wants_form = True
        self._bridge.ask(handover_page, then=self._land)

    def _land(self, page: HandoverPage) -> None:
        self._show(page)
        typing = QApplication.focusWidget()
        if not self.isVisible() or (typing is not None and self.isAncestorOf(typing)):
            return
        if page.form is None:
            if self.done.isVisible():
                self.done.begin()
        elif self._freeze.isVisible():
            self._freeze.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            here = [one.field for one in page.blockers if one.field not in ELSEWHERE]
            self.go_to(here[0]) if here else self.situation.begin()

    def _heard(self, _event: events.Event | None = None) -> None:
        if self.isVisible() and not self._reread.isActive():
            self._reread.start()

    def _ask(self) -> None:
        """Read the page, once at a time: in a flood of events the newest picture is worth having, not each of them."""
        if self._asking:
            self._reread.start()
            return
        self._asking = True
        self._bridge.ask(handover_page, then=self._answered, failed=self._not_read)

    def _answered(self, page: HandoverPage) -> None:
        self._asking = False
        self._show(page)

    def _not_read(self, error: ConsoleError) -> None:
        self._asking = False
        self._bridge.refused.emit(error.text)

    def _show(self, page: HandoverPage) -> None:
        self._page, self._read = page, True
        self._saver.handover = page.form.id if page.form is not None else None
        if page.form is not None:
            self._show_form(page.form)
        elif self._wants_form and self._may_begin() and not self._just_taken_over():
            self._open_form()
        else:
            self._show_last()
        self._wants_form = False

    def _may_begin(self) -> bool:
        actor = self._bridge.actor
        signs = actor is not None and actor.role is not None and Right.SIGN_HANDOVER in RIGHTS[actor.role]
        return signs and self._page.shift is not None

    def _just_taken_over(self) -> bool:
        shift, last = self._page.shift, self._page.last
        if shift is None or last is None or last.handover.effective_at != shift.started_at:
            return False
        return (self._bridge.clock.now() - shift.started_at).total_seconds() < JUST_S

    def _open_form(self) -> None:
        if self._bridge.actor is not None:
            land = partial(self._bridge.ask, handover_page, then=self._land)
            self._bridge.do(handover.begin, by=self._bridge.actor, then=lambda _made: land())

    # ---------------------------------------------------------------- showing

    def _show_form(self, form: Handover) -> None:
        page, editable = self._page, form.state in FILLABLE
        self._columns.show()
        self._nothing.hide()
        self._right.setCurrentIndex(0)
        self.situation.show_handover(form, page.after)
        asks_to_stay = any(blocker.field == "stays_on" for blocker in page.blockers)
        self.form.show_handover(form, editable=editable, asks_to_stay=asks_to_stay)
        said = self.read_back.said if self._saver.waiting else form.read_back
        self.read_back.show_items(page.asks, said, editable=editable)
        self.hindrances.show_blockers(page.blockers)
        disputed = form.state is HandoverState.DISPUTED
        self._written.setText(written(form))
        self._written.setVisible(bool(self._written.text()))
        self._settlement.setVisible(disputed)
        self.sides["settle"].setVisible(disputed)
        clear = not page.blockers
        given = {one.meaning: one for one in page.signatures}
        signed_out = form.state is HandoverState.SIGNED_OUT
        frozen = form.state is HandoverState.FROZEN
        self._side("out", page.outgoing, given.get(Meaning.HAND_OVER), ready=frozen and clear)
        self._side("in", page.relief, given.get(Meaning.TAKE_OVER), ready=signed_out and clear)
        self._side("settle", (), None, ready=disputed)
        ways = {"refuse"} if signed_out or disputed else {"dispute", "refuse"} if frozen else set()
        self.ways.show_ways(frozenset(ways))
        self._freeze.setVisible(form.state in (HandoverState.DRAFT, HandoverState.REFUSED))
        refused = form.state is HandoverState.REFUSED
        self._freeze.setText(_("Open the form again") if refused else _("Begin the handover"))
        self._again.setVisible(frozen)
        self._next.setVisible(editable and form.state is not HandoverState.DRAFT)
        self._head(form, words.term(form.state))

    def _side(self, side: str, people: tuple[Any, ...], signature: Signature | None, *, ready: bool) -> None:
        self.sides[side].show_side(people, signature, self._zone, ready=ready)

    def _show_last(self) -> None:
        last = self._page.last
        self._columns.setVisible(last is not None)
        self._nothing.setVisible(last is None)
        for made in (self._freeze, self._again, self._next, self._threat):
            made.hide()
        if last is None:
            self._state.hide()
            self._age.hide()
            self._title.setText(_("Handover"))
            return
        self._right.setCurrentIndex(1)
        self.situation.show_handover(last.handover, ())
        self.form.show_handover(last.handover, editable=False)
        self.done.show_signed(last, may_begin=self._may_begin())
        self._head(last.handover, words.term(last.handover.state))

    def _head(self, shown: Handover, state: str) -> None:
        shift = self._page.last.shift if self._page.form is None and self._page.last else self._page.shift
        if shift is not None:
            begins, ends = words.minute(shift.started_at, self._zone), words.minute(shift.planned_end_at, self._zone)
            self._title.setText(
                _("Handover: {shift} {begins}–{ends}").format(
                    shift=words.said(shift.name), begins=begins, ends=ends
                )
            )
        self._state.setText(state)
        in_force = shown.state in (HandoverState.EFFECTIVE, HandoverState.REVIEWED)
        wrong = shown.state in (HandoverState.DISPUTED, HandoverState.REFUSED)
        set_role(self._state, tone="strong" if in_force else "warning" if wrong else "")
        self._state.show()
        self._threat.setVisible(shown.threat is not None and shown.threat.level.value != "green")
        if shown.threat is not None:
            self._threat.setText(words.term(shown.threat.level))
            set_role(self._threat, tone=shown.threat.level.value)
        self._show_age()

    def _show_age(self) -> None:
        form = self._page.form
        frozen_at = form.frozen_at if form is not None else None
        self._age.setVisible(frozen_at is not None)
        if frozen_at is not None:
            age_s = (self._bridge.clock.now() - frozen_at).total_seconds()
            limit_s = seconds_of(self._bridge.settings, "handover.accept_s")
            self._age.setText(_("frozen {span} ago").format(span=words.about(age_s)))
            set_role(self._age, tone="warning" if age_s > limit_s else "")

    # ---------------------------------------------------------------- doing

    def freeze(self) -> None:
        """T0: write down the state of the post."""
        self._on_form(handover.freeze if self._state_is(HandoverState.DRAFT) else handover.reopen)

    def freeze_again(self) -> None:
        """Take the state of the post anew; what people wrote stays, what was read back does not."""
        self._saver.flush()
        self._on_form(handover.reopen, then=lambda _draft: self._on_form(handover.freeze))

    def _state_is(self, state: HandoverState) -> bool:
        return self._page.form is not None and self._page.form.state is state

    def _on_form(self, verb: Callable[..., Handover], then: Callable[[Handover], None] | None = None) -> None:
        form, actor = self._page.form, self._bridge.actor
        if form is not None and actor is not None:
            self._bridge.do(verb, form.id, by=actor, then=then or self._frozen)

    def _frozen(self, shown: Handover) -> None:
        self._ask()
        if shown.state is HandoverState.FROZEN:
            self.form.counting.begin()

    def _carry(self, said: str, who: str) -> None:
        if self._bridge.actor is not None:
            self._bridge.do(carry.add, said, owner=who, by=self._bridge.actor)

    def _close_carry(self, carry_id: str, said: str) -> None:
        if self._bridge.actor is not None:
            self._bridge.do(carry.close, carry_id, said, by=self._bridge.actor)

    def go_on(self) -> None:
        """Go to the next thing that stands in the way, or to the signature whose turn it is."""
        self._saver.flush()

        def read(page: HandoverPage) -> None:
            self._show(page)
            if page.blockers:
                self.go_to(page.blockers[0].field)
            elif page.form is not None:
                self.sides["in" if page.form.state is HandoverState.SIGNED_OUT else "out"].begin()

        # Read on the desk, behind what was typed a moment ago; beside it the page might still be the one before.
        self._bridge.do(handover_page, then=read)

    def go_to(self, field: str) -> None:
        """Go to where a hindrance is done."""
        if self.form.go_to(field):
            return
        kind, _sep, number = field.partition("/")
        if kind == "read_back":
            self.read_back.focus_item(int(number or 0))
        elif kind in ("freeze", "reopen"):
            self._freeze.setFocus(Qt.FocusReason.OtherFocusReason)
        elif kind == "settle":
            self._settlement.setFocus(Qt.FocusReason.OtherFocusReason)
        elif kind in ELSEWHERE:
            self.page_asked.emit(ELSEWHERE[kind])

    def _prove(self, side: str, verb: Callable[..., "Future[Handover]"], login: str, password: str, *more: str) -> None:
        """Have a signature checked beside the desk; what goes wrong is said beside the signature."""
        signed = self._page.form if side != "review" else self._page.last.handover if self._page.last else None
        if signed is None:
            return
        self._saver.flush()
        block = self.done.review if side == "review" else self.sides[side]

        def failed(error: ConsoleError) -> None:
            block.say(words.said(error.text))
            block.begin()

        def done(shown: Handover) -> None:
            self._bridge.ask(handover_page, then=partial(read, shown.state))

        def read(state: HandoverState, page: HandoverPage) -> None:
            self._show(page)
            if state is HandoverState.SIGNED_OUT:
                self.sides["in"].begin()

        self._bridge.beside(
            verb, signed.id, login, password, self._bridge.surroundings.seat, *more, then=done, failed=failed
        )

    def _other_way(self, way: str, said: str) -> None:
        verb = handover.dispute if way == "dispute" else handover.refuse
        login, password = self.sides["in"].credentials()
        if not password:
            self.sides["in"].say(_("Give login and password here first."))
            self.sides["in"].begin()
            return
        self._prove("in", verb, login, password, said)

    def _settle(self, login: str, password: str) -> None:
        said = self._settlement.text().strip()
        if not said:
            self.sides["settle"].say(_("Write how it was settled."))
            self._settlement.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._prove("settle", handover.settle, login, password, said)

    # ---------------------------------------------------------------- the rest

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._saver.flush()
        for part in (self.situation, self.form, self.read_back, self.hindrances, self.ways, self.done):
            part.retranslate()
        self.sides["out"].retranslate(_("Hands over"), _("Sign"))
        self.sides["in"].retranslate(_("Takes over"), _("Sign"))
        self.sides["settle"].retranslate(_("Shift leader"), _("Settle"))
        self._settlement.setPlaceholderText(_("How it was settled"))
        self._settlement.setAccessibleName(_("How it was settled"))
        self._freeze.setToolTip(_("Freeze the state of the post as it is now (T0)."))
        self._again.setText(_("Freeze anew"))
        self._next.setText(_("Next  Ctrl+Enter"))
        self._nothing.setText(_("No shift has been handed over yet, and none is on duty."))
        if self._read:
            self._ask()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start()
        self._ask()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()
        self._reread.stop()
        self._saver.flush()
