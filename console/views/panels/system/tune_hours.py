"""When a rule counts: spans of hours with their days, and the week that comes of them, office hours and holidays included."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from console.i18n import N_, _
from console.models.rules import ALL_WEEK, Rule, WeeklyHours, counts, minutes_of
from console.views import theme, words
from console.views.build import button, column, empty, label, named, row, set_role, tool
from console.views.labels import Labels

if TYPE_CHECKING:
    from console.bridge import Bridge

DAYS: Final = (N_("Mo"), N_("Tu"), N_("We"), N_("Th"), N_("Fr"), N_("Sa"), N_("Su"))
STEP_MIN: Final = 30
_USUAL: Final = WeeklyHours(start="22:00", to="06:00")
_DAY_PX, _HEAD_PX, _ROW_PX = 34, 16, 17


class Span(QWidget):
    """One span: seven days to tick, from when, until when. `changed` with every change, `removed` where it is to go."""

    changed = Signal()
    removed = Signal()

    def __init__(self, number: int, hours: WeeklyHours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, f"system.hours_{number}")
        self._days: list[QToolButton] = []
        for day in ALL_WEEK:
            made = tool(f"system.hours_{number}_day_{day}", self.changed.emit)
            made.setCheckable(True)
            made.setChecked(day in hours.days)
            made.setProperty("tight", True)
            made.setText(_(DAYS[day - 1]))
            made.setMinimumWidth(30)
            self._days.append(made)
        self._fields = tuple(named(QLineEdit(), f"system.hours_{number}_{end}") for end in ("from", "to"))
        for field, at, said in zip(self._fields, (hours.start, hours.to), (_("Counts from"), _("Counts until")), strict=True):
            field.setText(at)
            field.setMaxLength(5)
            field.setFixedWidth(64)
            field.setPlaceholderText("00:00")
            field.setAccessibleName(said)
            field.textChanged.connect(self._typed)
        away = tool(f"system.hours_{number}_remove", self.removed.emit, "x")
        away.setToolTip(_("Take these hours away"))
        away.setAccessibleName(away.toolTip())
        self._next_day = label(f"system.hours_{number}_next", "small")
        line = row(*self._days, self._fields[0], self._fields[1], self._next_day, 1, away)
        line.setSpacing(3)
        self.setLayout(line)
        self._mark()

    @property
    def hours(self) -> WeeklyHours:
        """What stands here, right or wrong."""
        days = tuple(day for day, made in zip(ALL_WEEK, self._days, strict=True) if made.isChecked())
        return WeeklyHours(start=self._fields[0].text().strip(), to=self._fields[1].text().strip(), days=days)

    def _typed(self, _text: str) -> None:
        self._mark()
        self.changed.emit()

    def _mark(self) -> None:
        for field in self._fields:
            set_role(field, wrong=_minutes(field.text()) is None)
        start, to = (_minutes(field.text()) for field in self._fields)
        self._next_day.setText(_("next day") if start is not None and to is not None and to <= start else "")


class Week(QWidget):
    """The present week, half hour by half hour: full where the rule counts."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "system.hours_week")
        self._bridge = bridge
        self._labels = Labels()
        self.rule: Rule | None = None
        self.setFixedHeight(_HEAD_PX + len(DAYS) * _ROW_PX + 2)

    def show_rule(self, rule: Rule | None) -> None:
        """Show when this rule counts."""
        self.rule = rule
        self.update()

    def counting(self) -> tuple[tuple[bool, ...], ...]:
        """For each day of this week, Monday first, whether the rule counts in each half hour."""
        rule = self.rule
        if rule is None:
            return ()
        zone = words.zone_or_utc(self._bridge.site)
        today = self._bridge.clock.now().astimezone(zone)
        monday = datetime(today.year, today.month, today.day, tzinfo=zone) - timedelta(days=today.weekday())
        sound = replace(rule, hours=tuple(one for one in rule.hours if _sound(one)))
        if rule.hours and not sound.hours:
            return tuple((False,) * (24 * 60 // STEP_MIN) for _day in DAYS)
        return tuple(
            tuple(
                counts(sound, self._bridge.site.office, monday + timedelta(days=day, minutes=minute), zone)
                for minute in range(0, 24 * 60, STEP_MIN)
            )
            for day in range(len(DAYS))
        )

    @override
    def sizeHint(self) -> QSize:
        return QSize(260, self.height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        wide = (self.width() - _DAY_PX - 8) / 24
        for hour in (0, 6, 12, 18, 24):
            room = QRectF(_DAY_PX + hour * wide - 14, 0, 28, _HEAD_PX).toRect()
            self._labels.put(painter, room, f"{hour}", "tile", "text.dim", Qt.AlignmentFlag.AlignHCenter)
        days = self.counting()
        for number, day in enumerate(DAYS):
            top = _HEAD_PX + number * _ROW_PX
            room = QRectF(0, top, _DAY_PX - 6, _ROW_PX).toRect()
            self._labels.put(painter, room, _(day), "tile", "text.main", Qt.AlignmentFlag.AlignRight)
            painter.fillRect(QRectF(_DAY_PX, top + 2, 24 * wide, _ROW_PX - 4), theme.color("surface.base"))
            for at, on in enumerate(days[number] if days else ()):
                if on:
                    left = _DAY_PX + at * wide * STEP_MIN / 60
                    painter.fillRect(QRectF(left, top + 2, wide * STEP_MIN / 60 + 0.5, _ROW_PX - 4), theme.color("focus.ring"))
        painter.setPen(theme.color("surface.edge"))
        for hour in (6, 12, 18):
            painter.drawLine(round(_DAY_PX + hour * wide), _HEAD_PX + 2, round(_DAY_PX + hour * wide), self.height() - 4)
        painter.end()


class HoursPart(QWidget):
    """The hours of one rule. `changed` carries all spans after a hand was on them; none means all week."""

    changed = Signal(object)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "system.hours")
        self._shown: tuple[WeeklyHours, ...] = ()
        self._may = False
        self._spans: list[Span] = []
        self.week = Week(bridge)
        self._says = label("system.hours_says", "dim", wraps=True)
        self._add = button("system.hours_add", self.add, icon="plus")
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        held = QWidget()
        held.setLayout(column(self._list, row(self._add, 1), 1, margins=(12, 8, 8, 8)))
        area = named(QScrollArea(), "system.hours_area")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(held)
        right = column(self.week, self._says, 1, margins=(8, 8, 12, 8))
        whole = row(area, right)
        whole.setStretch(0, 5)
        whole.setStretch(1, 4)
        self.setLayout(whole)
        self.retranslate()

    @property
    def spans(self) -> tuple[WeeklyHours, ...]:
        """What stands here."""
        return tuple(one.hours for one in self._spans)

    def show_rule(self, rule: Rule | None, *, may: bool) -> None:
        """Show when a rule counts; fields that a hand is in are left alone."""
        self.week.show_rule(rule)
        wanted = rule.hours if rule is not None else ()
        self._may = may and rule is not None
        if wanted != self.spans:
            self._fill(wanted)
        for part in (*self._spans, self._add):
            part.setEnabled(self._may)
        self._tell(rule)

    def _fill(self, hours: tuple[WeeklyHours, ...]) -> None:
        empty(self._list)
        self._spans = []
        for number, one in enumerate(hours, start=1):
            span = Span(number, one)
            span.changed.connect(self._changed)
            span.removed.connect(lambda span=span: self._remove(span))
            self._spans.append(span)
            self._list.addWidget(span)

    def add(self) -> None:
        """One span more; the first is the night, every day."""
        self._take((*self.spans, _USUAL))

    def _remove(self, span: Span) -> None:
        self._take(tuple(one.hours for one in self._spans if one is not span))

    def _take(self, hours: tuple[WeeklyHours, ...]) -> None:
        if self._may:
            self._fill(hours)
            self._changed()

    def _changed(self) -> None:
        self.changed.emit(self.spans)

    def _tell(self, rule: Rule | None) -> None:
        if rule is None:
            self._says.setText("")
        elif not rule.enabled:
            self._says.setText(_("The rule is out of use: it never counts."))
        elif not rule.hours:
            self._says.setText(_("No hours are set: the rule counts all week, as far as office hours allow it."))
        else:
            self._says.setText(_("This week, with office hours and holidays. Hours that end before they begin end the next day."))

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._add.setText(_("Add hours"))
        self.week.setAccessibleName(_("When the rule counts this week"))
        self._fill(self.spans)
        self._tell(self.week.rule)


def _minutes(word: str) -> int | None:
    try:
        return minutes_of(word.strip())
    except ValueError:
        return None


def _sound(hours: WeeklyHours) -> bool:
    return _minutes(hours.start) is not None and _minutes(hours.to) is not None
