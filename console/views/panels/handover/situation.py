"""The state of the post as the machine wrote it down: figures, exceptions first, then the rest, then what came after."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from console.i18n import N_, _, language
from console.models.duty import Handover, HandoverLine
from console.models.files import SECTIONS, TimelineLine
from console.services.handover_checks import ASKED_FIRST
from console.views import words
from console.views.build import column, empty, label, named, row
from console.views.panels.handover.carrying import CarryClosing

if TYPE_CHECKING:
    from console.bridge import Bridge


class Figures(QFrame):
    """What the shift counted, every share with the number it is a share of."""

    _CELLS: Final = (
        ("alarms", N_("Alarms")),
        ("incidents", N_("Incidents")),
        ("patrol", N_("Patrol")),
        ("answered", N_("Acknowledged in")),
        ("entries", N_("Log")),
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "handover.figures", "card")
        self._cells: dict[str, tuple[QLabel, QLabel, QLabel]] = {}
        inside = row(margins=(12, 8, 12, 8))
        for key, _title in self._CELLS:
            parts = (
                label(f"handover.figure.{key}", "small"),
                label(f"handover.figure.{key}_number", "title"),
                label(f"handover.figure.{key}_of", "small", wraps=True),
            )
            parts[2].setAlignment(Qt.AlignmentFlag.AlignTop)
            self._cells[key] = parts
            cell = column(*parts, 1)
            cell.setSpacing(0)
            inside.addLayout(cell, 1)
        self.setLayout(inside)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def show_figures(self, figures: dict[str, Any]) -> None:
        """Show the figures of a shift."""
        get = figures.get
        stops, reached = get("stops", 0), get("stops_reached", 0)
        median_s = get("acknowledge_median_s")
        shown = {
            "alarms": (
                str(get("alarms", 0)),
                _("{real} real, {false} false, {open} open").format(
                    real=get("alarms_real", 0), false=get("alarms_false", 0), open=get("alarms_open", 0)
                ),
            ),
            "incidents": (str(get("incidents", 0)), _("{n} open").format(n=get("incidents_open", 0))),
            "patrol": (
                f"{reached}/{stops}" if stops else "–",
                _("{done} of {all} rounds complete").format(done=get("rounds_complete", 0), all=get("rounds", 0)),
            ),
            "answered": (_("{n} s").format(n=f"{median_s:g}") if median_s is not None else "–", _("median")),
            "entries": (str(get("entries", 0)), _("{n} overdue").format(n=get("due_overdue", 0))),
        }
        for key, title in self._CELLS:
            for part, text in zip(self._cells[key], (_(title), *shown[key]), strict=True):
                part.setText(text)


class Situation(QFrame):
    """The left of the page. The lines cannot be changed here or anywhere: they can only be commented in the form.

    A carry-over can be closed where it stands: `closed(id, words)`.
    """

    closed = Signal(str, str)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "handover.situation", "handover_column")
        self._zone: tzinfo = words.zone_or_utc(bridge.site)
        self._shown: object = None
        self._closings: list[CarryClosing] = []
        self._title = label("handover.situation_title", "heading")
        self._when = label("handover.situation_when", "dim")
        self.figures = Figures()
        self._area = named(QScrollArea(), "handover.lines")
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._list = QWidget()
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(0, 0, 8, 0)
        self._rows.setSpacing(3)
        self._area.setWidget(self._list)
        self.setLayout(
            column(row(self._title, 1, self._when), self.figures, self._area, margins=(12, 10, 8, 10))
        )

    def show_handover(self, handover: Handover, after: tuple[TimelineLine, ...]) -> None:
        """Show the machine-filled part of a handover and what happened since it was frozen."""
        frozen_at = handover.frozen_at
        self._when.setText(
            _("as at {time} (T0)").format(time=words.clock(frozen_at, self._zone)) if frozen_at else _("as it is now")
        )
        self.figures.show_figures(handover.figures)
        shown = (handover.lines, after, language())
        if shown == self._shown or any(closing.in_use for closing in self._closings):
            return
        self._shown = shown
        at = self._area.verticalScrollBar().value()
        empty(self._rows)
        self._closings = []
        flagged = [line for line in handover.lines if line.flagged]
        rank = {section: number for number, section in enumerate(ASKED_FIRST)}
        flagged.sort(key=lambda line: rank.get(line.section, len(rank)))
        if after:
            self._head(_("After T0: {n}").format(n=len(after)))
            for entry in after:
                self._after(entry)
        self._head(_("Exceptions: {n}").format(n=len(flagged)) if flagged else _("No exceptions"))
        for line in flagged:
            self._line(line, tagged=True)
        for section in self._sections(line for line in handover.lines if not line.flagged):
            self._head(words.said(SECTIONS[section]) if section in SECTIONS else section, quiet=True)
            for line in handover.lines:
                if line.section == section and not line.flagged:
                    self._line(line, tagged=False)
        self._rows.addStretch(1)
        self._area.verticalScrollBar().setValue(at)

    def begin(self) -> None:
        """Put the keys here: the arrows read on."""
        self._area.setFocus(Qt.FocusReason.OtherFocusReason)

    @staticmethod
    def _sections(lines: Iterable[HandoverLine]) -> list[str]:
        return list(dict.fromkeys(line.section for line in lines))

    def _head(self, text: str, *, quiet: bool = False) -> None:
        made = label("handover.section", "dim" if quiet else "strong")
        made.setText(text)
        made.setContentsMargins(0, 8, 0, 0)
        self._rows.addWidget(made)

    def _line(self, line: HandoverLine, *, tagged: bool) -> None:
        holder = named(QFrame(), f"handover.line.{line.ref}", "exception" if tagged else "plain_line")
        grid = QGridLayout(holder)
        grid.setContentsMargins(8, 4, 8, 4)
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(1, 1)
        text = label(f"handover.line_text.{line.ref}", "", wraps=True)
        text.setText(words.said(line.text))
        if tagged:
            tag = label(f"handover.line_tag.{line.ref}", "small")
            tag.setText(words.said(SECTIONS[line.section]) if line.section in SECTIONS else line.section)
            tag.setWordWrap(True)
            tag.setFixedWidth(84)
            grid.addWidget(tag, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text, 0, 1)
        if line.section == "carry":
            closing = CarryClosing(line.ref)
            closing.closed.connect(self.closed)
            grid.addWidget(closing, 1, 0, 1, 2)
            self._closings.append(closing)
        self._rows.addWidget(holder)

    def _after(self, entry: TimelineLine) -> None:
        holder = named(QFrame(), "handover.after_line", "after_line")
        time = label("handover.after_time", "small")
        time.setText(words.clock(entry.at, self._zone))
        time.setFixedWidth(64)
        text = label("handover.after_text", "", wraps=True)
        who = words.said(entry.who)
        text.setText(f"{words.said(entry.text)} · {who}" if who else words.said(entry.text))
        inside = row(time, text, margins=(8, 3, 8, 3))
        inside.setStretch(1, 1)
        holder.setLayout(inside)
        self._rows.addWidget(holder)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("State of the post"))
        self._area.setAccessibleName(_("State of the post"))
