"""Ask why and until when an alarm is to be shelved: a line in the panel, no dialog."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QWidget

from console.i18n import N_, _
from console.models.alarms import Alarm
from console.views import words
from console.views.build import button, label, named, row

# Offered spans; the service knows the longest one for each priority and refuses more with a sentence.
SPANS: Final = (
    (timedelta(minutes=15), N_("15 minutes")),
    (timedelta(minutes=30), N_("30 minutes")),
    (timedelta(hours=1), N_("1 hour")),
    (timedelta(hours=4), N_("4 hours")),
    (timedelta(hours=8), N_("8 hours")),
)


class ShelveForm(QFrame):
    """One line: which alarm, the reason, how long. `confirmed(alarm, reason, span)` is called with what was entered."""

    def __init__(self, confirmed: Callable[[Alarm, str, timedelta], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "queue.shelve_form", "bar")
        self._confirmed = confirmed
        self._alarm: Alarm | None = None
        self._what = label("queue.shelve_what")
        self._reason = named(QLineEdit(), "queue.shelve_reason")
        self._reason.setMaxLength(200)
        self._reason.returnPressed.connect(self._confirm)
        self._span = named(QComboBox(), "queue.shelve_span")
        self._yes = button("queue.shelve_confirm", self._confirm, "main")
        self._no = button("queue.shelve_cancel", self.hide, "quiet")
        self.setLayout(row(self._what, self._reason, self._span, self._yes, self._no, margins=(8, 4, 4, 4)))
        self.retranslate()
        self.hide()

    def ask(self, alarm: Alarm) -> None:
        """Show the line for an alarm, with what was typed before still there if it is the same one."""
        if self._alarm is None or self._alarm.id != alarm.id:
            self._reason.clear()
        self._alarm = alarm
        self._what.setText(_("Shelve {alarm}").format(alarm=words.title_of(alarm)))
        self.show()
        self._reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _confirm(self) -> None:
        reason = self._reason.text().strip()
        if not reason or self._alarm is None:
            self._reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._confirmed(self._alarm, reason, SPANS[self._span.currentIndex()][0])
        self._reason.clear()
        self.hide()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        chosen = max(0, self._span.currentIndex())
        self._span.clear()
        self._span.addItems([_(name) for _span, name in SPANS])
        self._span.setCurrentIndex(chosen)
        self._reason.setPlaceholderText(_("Reason, it goes into the journal"))
        self._reason.setAccessibleName(_("Reason for shelving"))
        self._span.setAccessibleName(_("Shelve for"))
        self._yes.setText(_("Shelve"))
        self._no.setText(_("Cancel"))
