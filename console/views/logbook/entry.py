"""Write a line of the duty log in one go: words, and in front of them when it happened, if that was earlier.

"-20 gate checked" happened twenty minutes ago, "03:12 gate checked" at twelve past three: both become late entries
(补记) that keep the time of writing beside the time of happening.
"""

import re
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from console.i18n import _
from console.models.errors import ConsoleError
from console.models.incidents import EntryKind, LogEntry
from console.services import log
from console.views import words
from console.views.build import button, column, label, named, row

if TYPE_CHECKING:
    from console.bridge import Bridge

LONGEST_BACK_MIN: Final = 12 * 60
KINDS: Final = (EntryKind.NOTE, EntryKind.CALL, EntryKind.RADIO, EntryKind.INSTRUCTION)
_MINUTES_AGO: Final = re.compile(r"-(\d{1,3})\s+(?=\S)")
_AT: Final = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)\s+(?=\S)")


def read_entry(typed: str, now: datetime, zone: tzinfo) -> tuple[str, datetime | None]:
    """What was typed as (words, when it happened); None for now.

    A clock time means the last time it was that late; one more than twelve hours ago is taken as words, as are more
    minutes than that.
    """
    text = typed.strip()
    ago = _MINUTES_AGO.match(text)
    if ago is not None and int(ago[1]) <= LONGEST_BACK_MIN:
        return text[ago.end() :], now - timedelta(minutes=int(ago[1]))
    clock = _AT.match(text)
    if clock is not None:
        here = now.astimezone(zone)
        then = here.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
        if then > here:
            then -= timedelta(days=1)
        if here - then <= timedelta(minutes=LONGEST_BACK_MIN):
            return text[clock.end() :], then.astimezone(now.tzinfo)
    return text, None


class QuickEntry(QWidget):
    """One field, a kind, Enter. What is typed stays in the field until it is on disk; then `written`."""

    written = Signal()

    def __init__(self, bridge: "Bridge", name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._correcting: LogEntry | None = None
        self._kind = named(QComboBox(), f"{name}.kind")
        self._kind.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._field = named(QLineEdit(), f"{name}.field")
        self._field.setMaxLength(4000)
        self._field.returnPressed.connect(self.submit)
        self._field.textChanged.connect(lambda _text: self._show_hint())
        self._go = button(f"{name}.write", self.submit)
        self._hint = label(f"{name}.hint", "small", shrinks=True)
        self._drop = button(f"{name}.drop", self.drop, "quiet")
        line = row(self._kind, self._field, self._go)
        line.setStretchFactor(self._field, 1)
        below = row(self._hint, self._drop)
        whole = column(line, below, margins=(8, 6, 8, 2))
        whole.setSpacing(2)
        self.setLayout(whole)
        self._drop.hide()
        self.setFocusProxy(self._field)
        bridge.actor_changed.connect(lambda _actor: self._allow())
        self.retranslate()

    def begin(self) -> bool:
        """Put the cursor into the field."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def correct(self, entry: LogEntry) -> None:
        """Let the next line correct this one, which stays as it is."""
        self._correcting = entry
        self._field.setText(entry.text)
        self._field.selectAll()
        self._show_hint()
        self.begin()

    def drop(self) -> None:
        """Do not correct anything after all."""
        self._correcting = None
        self._field.clear()
        self._show_hint()

    def submit(self) -> None:
        """Have the line written; it leaves the field when it is on disk."""
        actor, typed = self._bridge.actor, self._field.text()
        if actor is None or not typed.strip():
            return
        self._field.setReadOnly(True)
        if self._correcting is not None:
            self._bridge.do(
                log.correct, self._correcting.id, typed, by=actor, then=self._written, failed=self._not_written
            )
            return
        said, happened_at = read_entry(typed, self._bridge.clock.now(), self._zone)
        kind = KINDS[self._kind.currentIndex()]
        self._bridge.do(
            log.write, said, kind=kind, happened_at=happened_at, by=actor, then=self._written, failed=self._not_written
        )

    def _written(self, _entry: LogEntry) -> None:
        self._field.setReadOnly(False)
        self._correcting = None
        self._field.clear()
        self._kind.setCurrentIndex(0)
        self._show_hint()
        self.written.emit()

    def _not_written(self, error: ConsoleError) -> None:
        self._field.setReadOnly(False)
        self._bridge.refused.emit(error.text)

    def _show_hint(self) -> None:
        now = self._bridge.clock.now()
        said, happened_at = read_entry(self._field.text(), now, self._zone)
        if self._correcting is not None:
            hint = _("Corrects the line of {time}; both stay in the log").format(
                time=words.when(self._correcting.happened_at, now, self._zone)
            )
        elif happened_at is not None:
            hint = _("Late entry: happened at {time}").format(time=words.clock(happened_at, self._zone))
        elif said:
            hint = _("Enter writes it, with the time now")
        else:
            hint = _('"-20 text" happened 20 minutes ago, "03:12 text" at that time')
        self._hint.setText(hint)
        self._drop.setVisible(self._correcting is not None)
        self._kind.setEnabled(self._correcting is None)

    def _allow(self) -> None:
        self._go.setEnabled(self._bridge.actor is not None)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        chosen = max(0, self._kind.currentIndex())
        self._kind.clear()
        self._kind.addItems([words.term(kind) for kind in KINDS])
        self._kind.setCurrentIndex(chosen)
        self._kind.setAccessibleName(_("Kind of line"))
        self._field.setPlaceholderText(_("Write in the duty log ..."))
        self._field.setAccessibleName(_("Duty log line"))
        self._go.setText(_("Write  Enter"))
        self._drop.setText(_("Do not correct"))
        self._show_hint()
        self._allow()
