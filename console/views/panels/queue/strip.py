"""What one reads of the queue from across the room: how many wait, are in hand and are hidden, and how long the oldest waits."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.alarms import Alarm, Priority, State
from console.views import theme, words
from console.views.blink import Blink
from console.views.build import button, label, named, row, set_role
from console.views.panels.queue.rows import is_shown
from console.views.shapes import marker

_SHAPE: Final = 20
_GAP: Final = 6
_BETWEEN: Final = 20


class Figures(QWidget):
    """The big figures: for each priority its shape and how many wait, smaller beside it how many are in hand."""

    def __init__(self, blink: Blink, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "queue.figures")
        self._blink = blink
        self._waiting: Counter[Priority] = Counter()
        self._in_hand: Counter[Priority] = Counter()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        blink.turned.connect(self._turn)

    def _turn(self, _full: bool) -> None:
        if any(self._waiting.values()):
            self.update()

    def show_counts(self, waiting: Counter[Priority], in_hand: Counter[Priority]) -> None:
        """Show how many of each priority wait, and how many somebody has taken."""
        if (waiting, in_hand) == (self._waiting, self._in_hand):
            return
        self._waiting, self._in_hand = waiting, in_hand
        self.setAccessibleName(
            ", ".join(
                _("{priority}: {n} waiting, {m} in hand").format(
                    priority=_(words.PRIORITY[one]), n=waiting[one], m=in_hand[one]
                )
                for one in Priority
            )
        )
        self.setToolTip(self.accessibleName().replace(", ", "\n"))
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(sum(self._wide(one) for one in Priority), QFontMetrics(theme.font("big")).height())

    def _wide(self, priority: Priority) -> int:
        big = QFontMetrics(theme.font("big")).horizontalAdvance(str(self._waiting[priority]))
        small = self._small(priority)
        beside = QFontMetrics(theme.font("strong")).horizontalAdvance(small) + _GAP if small else 0
        return _SHAPE + _GAP + big + beside + _BETWEEN

    def _small(self, priority: Priority) -> str:
        return f"+{self._in_hand[priority]}" if self._in_hand[priority] else ""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = 0
        for priority in Priority:
            waiting = self._waiting[priority]
            token = words.PRIORITY_TOKEN[priority]
            middle = self.height() / 2
            spot = QRectF(left, middle - _SHAPE / 2, _SHAPE, _SHAPE)
            if waiting or self._in_hand[priority]:
                marker(painter, priority, spot, full=bool(waiting) and self._blink.phase)
            else:
                painter.save()
                painter.setOpacity(0.35)
                marker(painter, priority, spot, full=False)
                painter.restore()
            face = theme.font("big")
            painter.setFont(face)
            painter.setPen(theme.color(f"{token}_text" if waiting else "text.faint"))
            at = left + _SHAPE + _GAP
            wide = QFontMetrics(face).horizontalAdvance(str(waiting))
            painter.drawText(QRectF(at, 0, wide + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, str(waiting))
            small = self._small(priority)
            if small:
                painter.setFont(theme.font("strong"))
                painter.setPen(theme.color("text.dim"))
                painter.drawText(
                    QRectF(at + wide + _GAP, 2, 60, self.height()), Qt.AlignmentFlag.AlignVCenter, small
                )
            left += self._wide(priority)
        painter.end()


class Strip(QFrame):
    """The figures, the oldest that waits, the chips of what is hidden, new or filtered. Calm while nothing waits."""

    def __init__(
        self, blink: Blink, *, hidden: Callable[[], object], new: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, "queue.strip", "bar")
        self.setFixedHeight(theme.px("strip"))
        self.figures = Figures(blink)
        self._waiting: QLabel = label("queue.waiting", "chip")
        self._oldest = label("queue.oldest", "heading")
        self._flood = label("queue.flood", "chip")
        self._flood.hide()
        set_role(self._flood, tone="warning")
        self._gap = label("queue.gap", "dim", shrinks=True)
        self._folded = ""
        self._news: tuple[str, ...] = ("",)  # what its chip says, the longest first
        self._new: QPushButton = button("queue.new", new, "chip_button")
        self._hidden: QPushButton = button("queue.hidden", hidden, "quiet")
        self._new.hide()
        gap = theme.px("gap")
        self._layout = row(
            self.figures,
            self._flood,
            self._waiting,
            self._oldest,
            self._gap,
            self._new,
            self._hidden,
            margins=(gap + 4, 0, gap // 2, 0),
        )
        self.setLayout(self._layout)

    def _fit(self) -> None:
        """Leave away the sum of the figures where there is no room for it, then how long the oldest waits, then words.

        What stands in the gap is said where all of it can be read.
        """
        always = (self.figures, self._flood, self._new, self._hidden)
        spacing = self._layout.spacing()
        for said in self._news:
            self._new.setText(said)
            room = self.width() - 3 * theme.px("gap") - 2 * spacing
            room -= sum(one.sizeHint().width() + spacing for one in always if not one.isHidden())
            if room >= 0:
                break
        for one in (self._oldest, self._waiting):
            wide = one.sizeHint().width() + spacing
            one.setVisible(room >= wide)
            room -= wide if room >= wide else 0
        fits = QFontMetrics(self._gap.font()).horizontalAdvance(self._folded) + 2 * spacing <= room
        self._gap.setText(self._folded if fits else "")

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def show_flood(self, count: int, ends: int) -> None:
        """Say that the post is in a flood of so many alarms in ten minutes, and when that ends; 0 for none."""
        self._flood.setVisible(count > 0)
        if count:
            said = _("Folded by place until fewer than {ends}; life alarms stand apart").format(ends=ends)
            self._flood.setText(_("Flood: {n} in 10 min").format(n=count))
            self._flood.setToolTip(said)
            self._flood.setAccessibleDescription(said)
            self._folded = said
        else:
            self._folded = ""
        self._fit()

    def show_alarms(self, alarms: tuple[Alarm, ...], now: datetime) -> None:
        """Count these live alarms."""
        waiting: Counter[Priority] = Counter()
        in_hand: Counter[Priority] = Counter()
        hidden: Counter[State] = Counter()
        oldest: datetime | None = None
        for alarm in alarms:
            if not is_shown(alarm):
                hidden[alarm.state] += 1
            elif alarm.state in words.WAITING:
                waiting[alarm.priority] += 1
                oldest = alarm.first_at if oldest is None or alarm.first_at < oldest else oldest
            else:
                in_hand[alarm.priority] += 1
        self.figures.show_counts(waiting, in_hand)
        n = sum(waiting.values())
        self._waiting.setText(_("{n} not acknowledged").format(n=n))
        set_role(self._waiting, tone="fault" if n else "")
        self._oldest.setText("" if oldest is None else _("oldest {time}").format(time=words.span(words.left_until(now, oldest))))
        kinds = ", ".join(f"{words.term(state)} {count}" for state, count in sorted(hidden.items()))
        self._hidden.setText(_("{n} hidden").format(n=sum(hidden.values())))
        tip = _("Everything that is hidden, and the rules that hide: Ctrl+H")
        self._hidden.setToolTip(f"{kinds}\n{tip}" if kinds else tip)
        set_role(self._hidden, "quiet", tone="warning" if hidden else "")
        self._fit()

    def show_new(self, above: int, below: int) -> None:
        """Say how many wait outside the part of the list that is seen, and were never painted."""
        parts = [_("▲ {n} new above").format(n=above)] if above else []
        parts += [_("▼ {n} new below").format(n=below)] if below else []
        whole = "   ".join(parts)
        brief = " ".join(f"{mark} {n}" for mark, n in (("▲", above), ("▼", below)) if n)
        self._news = (f"{whole}  J", f"{brief}  J") if parts else ("",)
        self._new.setToolTip(whole)
        self._new.setAccessibleName(whole)
        self._new.setVisible(bool(parts))
        self._fit()
