"""Unknown senders: the list that a supervisor works through, entry by entry, with a note."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from console.i18n import N_, _
from console.models.errors import ConsoleError
from console.models.events import QuarantineChanged
from console.models.inputs import OTHERS, Quarantined, Settlement
from console.models.people import Right
from console.services import inputs
from console.views import words
from console.views.build import bar, button, column, label, named, row
from console.views.rights import may
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge


class QuarantinePart(QWidget):
    """Those that wait come first; what is settled is grey and says what became of it."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._entries: dict[str, Quarantined] = {}
        self._title = label("system.quarantine_title", "heading")
        self._says = label("system.quarantine_says", "dim", shrinks=True)
        headings = (N_("Sender"), N_("Source"), N_("From"), N_("Last"), N_("Times"), N_("What it says"))
        self._table = RowsTable(
            "system.quarantine",
            RowsModel(headings, self),
            {0: 0.18, 1: 0.26, 2: "000.000.000.000", 3: "00-00 00:00", 4: "00000", 5: 0.56},
        )
        self._table.selectionModel().selectionChanged.connect(lambda *_args: self._allow())
        self._note = named(QLineEdit(), "system.quarantine_note")
        self._note.setMaxLength(500)
        self._note.textChanged.connect(lambda _text: self._allow())
        self._ignore = button("system.quarantine_ignore", lambda: self.settle(Settlement.IGNORED))
        self._enter = button("system.quarantine_enter", lambda: self.settle(Settlement.ENTERED))
        form = named(QFrame(), "system.quarantine_form", "bar")
        form.setLayout(row(self._note, self._ignore, self._enter, margins=(8, 4, 4, 4)))
        whole = column(bar("system.quarantine_bar", self._title, self._says), self._table, form)
        whole.setSpacing(0)
        self.setLayout(whole)
        bridge.on(QuarantineChanged, lambda event: self._take_in(event.entry))
        bridge.ask(inputs.quarantine, then=self._begin)
        bridge.actor_changed.connect(lambda _actor: self._allow())

    def settle(self, settled_as: Settlement) -> None:
        """Settle the chosen entry with the note."""
        key, actor = self._table.chosen_key(), self._bridge.actor
        if key and actor is not None:
            self._bridge.do(
                inputs.settle, key, settled_as, self._note.text(), by=actor, then=self._settled, failed=self._refused
            )

    def _settled(self, _entry: Quarantined) -> None:
        self._note.clear()
        self._show()

    def _refused(self, error: ConsoleError) -> None:
        self._says.setText(words.said(error.text))

    def _begin(self, entries: tuple[Quarantined, ...]) -> None:
        self._entries = {entry.id: entry for entry in entries} | self._entries
        self._show()

    def _take_in(self, entry: Quarantined) -> None:
        self._entries[entry.id] = entry
        self._show()

    def _show(self) -> None:
        now = self._bridge.clock.now()
        names = {source.id: words.said(source.name) for source in self._bridge.site.sources}
        ordered = sorted(
            self._entries.values(), key=lambda one: (one.settled_at is not None, -one.last_at.timestamp(), one.id)
        )
        rows = []
        for entry in ordered:
            said = words.said(entry.text)
            if entry.settled_as is not None:
                said = f"{words.term(entry.settled_as)}: {entry.note}"
            account = _("further ones") if entry.account == OTHERS else entry.account
            fields = (
                account,
                names.get(entry.source, entry.source),
                entry.sender.rpartition(":")[0] or entry.sender or "—",
                words.when(entry.last_at, now, self._zone),
                str(entry.count),
                said,
            )
            open_ = entry.settled_at is None
            tones = ((0, "text.strong"), (5, "text.main")) if open_ else tuple((n, "text.faint") for n in range(6))
            raw = entry.raw[:200].decode("utf-8", "backslashreplace")
            rows.append(Row(entry.id, fields, tones, tip=f"{words.said(entry.text)}\n{raw}".strip()))
        self._table.rows.show(rows)
        waiting = sum(entry.settled_at is None for entry in ordered)
        self._says.setText(_("{n} to be looked into").format(n=waiting) if waiting else "")
        self._allow()

    def _allow(self) -> None:
        allowed = may(self._bridge.actor, Right.CHANGE_SETTINGS)
        entry = self._entries.get(self._table.chosen_key())
        self._note.setEnabled(allowed and entry is not None)
        ready = allowed and entry is not None and bool(self._note.text().strip())
        self._ignore.setEnabled(ready)
        self._enter.setEnabled(ready)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Unknown senders"))
        self._note.setPlaceholderText(_("What was found out about the chosen one"))
        self._note.setAccessibleName(_("What was found out about the chosen one"))
        self._ignore.setText(_("Ignore"))
        self._enter.setText(_("Is in the site folder now"))
        self._table.setAccessibleName(_("Unknown senders"))
        self._table.say_when_empty(_("Everybody who speaks to the sources is known"))
        self._table.rows.retranslate()
        self._table.set_widths()
        self._show()
