"""A handover in effect: since when, who signed, the code that also stands on the paper, printing, and the review."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from console.i18n import _, language
from console.models.duty import HandoverState
from console.models.trust import Meaning, Signature, short_code
from console.services.handover_page import Signed
from console.views import words
from console.views.build import button, column, empty, label, named, row
from console.views.panels.handover.signing import SignBlock

if TYPE_CHECKING:
    from console.bridge import Bridge


class Done(QFrame):
    """The right of the page once responsibility has passed. `reviewed(login, password)`, `new_form()`."""

    reviewed = Signal(str, str)
    new_form = Signal()

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "handover.done", "handover_column")
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._shown: Signed | None = None
        self._title = label("handover.done_title", "title", wraps=True)
        self._since = label("handover.effective_at", "step")
        self._shifts = label("handover.done_shifts", "dim", wraps=True)
        self._signatures = QGridLayout()
        self._signatures.setHorizontalSpacing(14)
        self._signatures.setVerticalSpacing(4)
        self._signatures.setColumnStretch(1, 1)
        self._said = label("handover.said_back", "dim", wraps=True)
        self._code_name = label("handover.code_name", "dim")
        self._code = label("handover.code", "code")
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._print = button("handover.print", self._make_pdf, "main", icon="printer")
        self._printed = label("handover.printed", "dim", wraps=True)
        self._printed.hide()
        self.review = SignBlock(bridge, "review")
        self.review.signed.connect(self.reviewed)
        self._new = button("handover.new_form", self.new_form.emit, icon="arrows-exchange")
        self.setLayout(
            column(
                self._title,
                self._since,
                self._shifts,
                self._signatures,
                self._said,
                self._code_name,
                self._code,
                row(self._print, 1),
                self._printed,
                self.review,
                1,
                row(self._new, 1),
                margins=(16, 14, 16, 14),
            )
        )

    def begin(self) -> None:
        """Put the keys on printing."""
        self._print.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_signed(self, signed: Signed, *, may_begin: bool) -> None:
        """Show a handover in effect; `may_begin` offers the form of the shift that is on duty now."""
        if self._shown is None or signed.handover.id != self._shown.handover.id:
            self._printed.hide()
        self._shown = signed
        known = signed.handover
        effective_at = known.effective_at or known.opened_at
        self._since.setText(words.clock(effective_at, self._zone))
        self._shifts.setText(
            f"{words.day(effective_at, self._zone)} · {words.said(signed.shift.name)}"
        )
        empty(self._signatures)
        for line, signature in enumerate(signed.signatures):
            self._signature(line, signature)
        said = "\n".join(f"{number}  {words_}" for number, words_ in enumerate(known.read_back, start=1))
        self._said.setText(_("Said back by the relief:") + "\n" + said)
        self._said.setVisible(bool(said))
        self._code.setText(short_code(signed.digest))
        reviewed = next((one for one in signed.signatures if one.meaning is Meaning.REVIEW), None)
        self.review.setVisible(known.state is HandoverState.EFFECTIVE)
        self.review.show_side((), reviewed, self._zone, ready=True)
        self._new.setVisible(may_begin)

    def _signature(self, line: int, signature: Signature) -> None:
        texts = (
            (words.term(signature.meaning), "dim"),
            (signature.person_name, "strong"),
            (words.clock(signature.signed_at, self._zone), "dim"),
        )
        for column_, (text, role) in enumerate(texts):
            made = label(f"handover.signature_{line}_{column_}", role)
            made.setText(text)
            self._signatures.addWidget(made, line, column_)

    def _make_pdf(self) -> None:
        if self._shown is None:
            return
        self._say_printed(_("Making the PDF …"))
        self._bridge.print_report("handover", self._shown.handover.id, language(), then=self._made)

    def _made(self, report: Any) -> None:
        self._say_printed(_("Saved: {file}").format(file=report.file))

    def _say_printed(self, sentence: str) -> None:
        self._printed.setText(sentence)
        self._printed.show()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("In effect since"))
        self._code_name.setText(_("Code, also on the paper"))
        self._print.setText(_("Print (PDF)"))
        self.review.retranslate(_("Review by the leader"), _("Reviewed"))
        self._new.setText(_("Open the handover of this shift"))
        self._code.setAccessibleName(_("Code, also on the paper"))
