"""What people write into a handover: the count, what to expect, instructions, remarks, the weather, who stays on."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QLineEdit, QPlainTextEdit, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.duty import Handover
from console.views import theme
from console.views.build import column, label, named, row
from console.views.panels.handover.carrying import CarryEntry
from console.views.panels.handover.counting import Counting
from console.views.panels.handover.saving import Saver

if TYPE_CHECKING:
    from console.bridge import Bridge


class Words(QPlainTextEdit):
    """A field of several lines, Tab goes on to the next; one that `grows` takes the room there is.

    `left()` when it loses the keyboard.
    """

    left = Signal()

    def __init__(self, name: str, *, lines: int = 1, grows: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if grows:
            self.setProperty("role", "grows")  # the style sheet keeps it open: it overrides a minimum set here
        else:
            self.setMaximumHeight(QFontMetrics(theme.font("body")).lineSpacing() * lines + 24)

    def show_text(self, text: str) -> None:
        """Show words that came from elsewhere; words that are being typed here are left alone."""
        if not self.hasFocus() and self.toPlainText() != text:
            with QSignalBlocker(self):
                self.setPlainText(text)

    def allow(self, editable: bool) -> None:
        """Let it be written in, or only read."""
        if self.isReadOnly() == editable:
            self.setReadOnly(not editable)
            self.style().unpolish(self)
            self.style().polish(self)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class Form(QFrame):
    """The middle of the page. Everything typed goes to the saver at once."""

    def __init__(self, bridge: "Bridge", saver: Saver, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "handover.form", "handover_column")
        self._bridge = bridge
        self._saver = saver
        self.counting = Counting()
        self.counting.counted.connect(lambda counts: saver.put(counts=counts))
        self.counting.noted.connect(lambda item, text: saver.type(f"note/{item}", text))
        self.counting.note_left.connect(lambda item, text: saver.leave(f"note/{item}", text))
        self.counting.finished.connect(self.begin_words)
        self._fields: dict[str, Words] = {}
        self._titles: dict[str, QLabel] = {}
        body = column(margins=(12, 10, 12, 10))
        body.addWidget(self.counting, 40)
        beside = row()
        for name in ("expect", "instructions", "remarks"):
            title = label(f"handover.{name}_title", "heading" if name == "expect" else "dim")
            grows = name == "expect"
            field = Words(f"handover.{name}", grows=grows)
            field.textChanged.connect(lambda name=name, field=field: saver.type(name, field.toPlainText()))
            field.left.connect(lambda name=name, field=field: saver.leave(name, field.toPlainText()))
            self._titles[name], self._fields[name] = title, field
            inner = column(title, field)
            inner.setSpacing(3)
            if grows:
                body.addLayout(inner, 1)
            else:
                beside.addLayout(inner, 1)
        body.addLayout(beside)
        self.carry = CarryEntry()
        body.addWidget(self.carry)
        self._weather_title = label("handover.weather_title", "dim")
        self._weather = named(QLineEdit(), "handover.weather")
        self._weather.setMaxLength(60)
        self._weather.textEdited.connect(lambda text: saver.type("weather", text))
        self._weather.editingFinished.connect(lambda: saver.leave("weather", self._weather.text()))
        self._stays = named(QCheckBox(), "handover.stays_on")
        self._stays.clicked.connect(lambda on=False: saver.put(stays_on=bool(on)))
        body.addWidget(self._stays)
        body.addLayout(row(self._weather_title, self._weather))
        self.setLayout(body)

    def show_handover(self, handover: Handover, *, editable: bool, asks_to_stay: bool = False) -> None:
        """Show what is written; `editable` while the form may still be filled, `asks_to_stay` while a case is open."""
        self.counting.show_lines(handover.equipment, editable=editable)
        for name, field in self._fields.items():
            field.show_text(getattr(handover, name))
            field.allow(editable)
        self.carry.allow(editable)
        if not self._weather.hasFocus() and self._weather.text() != handover.weather:
            self._weather.setText(handover.weather)
        self._weather.setReadOnly(not editable)
        self._stays.setChecked(handover.stays_on)
        self._stays.setEnabled(editable)
        # A question that comes up only while something is being handled.
        self._stays.setVisible(asks_to_stay or handover.stays_on)

    def begin_words(self) -> None:
        """Put the cursor where the next shift is told what to expect."""
        field = self._fields["expect"]
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        field.moveCursor(field.textCursor().MoveOperation.End)

    def go_to(self, field: str) -> bool:
        """Go to a part of the form by the name a hindrance gives it; False for one that is not here."""
        if field.startswith("equipment/"):
            self.counting.focus_item(field.removeprefix("equipment/"))
        elif field == "expect":
            self.begin_words()
        elif field == "stays_on":
            self._stays.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            return False
        return True

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self.counting.retranslate()
        self.carry.retranslate()
        titles = {
            "expect": _("The next shift: expect, watch, do"),
            "instructions": _("Instructions from above"),
            "remarks": _("Remarks, surroundings"),
        }
        for name, text in titles.items():
            self._titles[name].setText(text)
            self._fields[name].setAccessibleName(text)
        self._fields["expect"].setPlaceholderText(
            _("If it rains, look at the garage pump. At 23:00 a delivery at the north gate …")
        )
        self._weather_title.setText(_("Weather"))
        self._weather.setAccessibleName(_("Weather"))
        self._stays.setText(_("The outgoing person stays until the incident is over"))
