"""Sentences across the window: what was refused, what went wrong, and a bigger alarm while a plan runs.

None of them takes the keyboard, none has to be answered, none hides what lies below: the page moves down a little.
"""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.alarms import Alarm, Priority, queue_order
from console.models.ids import AlarmId
from console.models.text import Text
from console.views import words
from console.views.blink import Blink
from console.views.build import button, label, named, row, set_role, tool
from console.views.shapes import marker
from console.views.sounder import NO_DEVICE

STAYS_MS: Final = 15000


class NoticeBar(QFrame):
    """One sentence for the operator. It leaves by itself, by Esc or by its button; the newest one stands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "notice", "notice")
        self._sentence = label("notice.sentence", wraps=True)
        self._close = tool("notice.close", self.hide, "x")
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setLayout(row(self._sentence, self._close, margins=(16, 6, 8, 6)))
        self._text: Text | None = None
        self._leave = QTimer(self)
        self._leave.setSingleShot(True)
        self._leave.setInterval(STAYS_MS)
        self._leave.timeout.connect(self.hide)
        self.hide()

    def say(self, text: Text, tone: str = "warning") -> None:
        """Say a sentence for a while; `tone` is "warning" for a refusal, "fault" for a bug, "plain" for good news."""
        self._text = text
        self._sentence.setText(words.said(text))
        self._sentence.setAccessibleName(self._sentence.text())
        set_role(self, tone=tone)
        self.show()
        self._leave.start()

    def say_bug(self, identity: str) -> None:
        """Say that something of the program went wrong, and under which number it was logged."""
        self.say(
            Text(
                f"程序内部出错，编号 {identity}，已写入日志。该操作未完成，值守不受影响；请把编号告诉维护人员。",
                f"Something in the program went wrong (number {identity}, logged). That action was not done, "
                "the watch goes on; please tell the number to whoever maintains the console.",
            ),
            "fault",
        )

    def step_back(self) -> bool:
        """Take the sentence away; False where there is none."""
        if not self.isVisible():
            return False
        self._leave.stop()
        self.hide()
        return True

    def retranslate(self) -> None:
        """Say the sentence anew."""
        if self._text is not None:
            self._sentence.setText(words.said(self._text))
        self._close.setToolTip(_("Close"))
        self._close.setAccessibleName(_("Close"))


def outranks(alarm: Alarm, in_hand: Alarm | None) -> bool:
    """Whether an alarm is worth a banner while another is in hand: it waits, and it is at least as urgent.

    A real alarm outranks every drill.
    """
    if in_hand is None or alarm.id == in_hand.id or alarm.state not in words.WAITING or alarm.closed_at is not None:
        return False
    if alarm.drill and not in_hand.drill:
        return False
    if in_hand.drill and not alarm.drill:
        return alarm.priority < Priority.LOW
    return alarm.priority <= in_hand.priority and alarm.priority < Priority.LOW


class Marker(QWidget):
    """The shape of a priority as a small widget; it blinks with everything else."""

    def __init__(self, blink: Blink, size_px: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._blink = blink
        self._size_px = size_px
        self._priority = Priority.CRITICAL
        self.setFixedSize(size_px, size_px)
        blink.turned.connect(lambda _full: self.update())

    def show_priority(self, priority: Priority) -> None:
        """Show the shape of this priority."""
        self._priority = priority
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._size_px, self._size_px)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        marker(painter, self._priority, QRectF(0, 0, self._size_px, self._size_px), full=self._blink.phase)
        painter.end()


class AlarmBanner(QFrame):
    """A bigger alarm while one is in hand, or any alarm while the queue is out of sight.

    F1 or a click goes there; the plan in hand keeps its place.
    """

    asked = Signal(object)

    def __init__(self, blink: Blink, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "banner", "banner")
        self._alarms: dict[AlarmId, Alarm] = {}
        self._in_hand: AlarmId | None = None
        self._away = False
        self.told: Alarm | None = None
        self._marker = Marker(blink)
        self._sentence = label("banner.sentence", "heading", shrinks=True)
        self._go = button("banner.go", self._ask, icon="arrow-right")
        self._go.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setLayout(row(self._marker, self._sentence, self._go, margins=(16, 5, 8, 5)))
        self.hide()

    def hold(self, alarm: Alarm | None) -> None:
        """Say which alarm the operator has in hand; None where they have none."""
        self._in_hand = alarm.id if alarm is not None else None
        if alarm is not None:
            self._alarms[alarm.id] = alarm
        self._decide()

    def look_away(self, away: bool, *, locked: bool = False) -> None:
        """Say whether the queue is out of sight: then every alarm but a low one is told.

        While the keyboard is `locked` there is nowhere to go.
        """
        self._away = away
        self._go.setVisible(not locked)
        self._decide()

    def begin(self, live: tuple[Alarm, ...]) -> None:
        """Take in what was there before the first event."""
        self._alarms = {alarm.id: alarm for alarm in live} | self._alarms
        self._decide()

    def hear(self, alarm: Alarm) -> None:
        """Take in an alarm as it was raised or changed."""
        if alarm.closed_at is None:
            self._alarms[alarm.id] = alarm
        else:
            self._alarms.pop(alarm.id, None)
        self._decide()

    def _decide(self) -> None:
        in_hand = self._alarms.get(self._in_hand) if self._in_hand else None
        worth = [] if in_hand is None and not self._away else [
            alarm
            for alarm in self._alarms.values()
            if outranks(alarm, in_hand)
            or (self._away and alarm.state in words.WAITING and alarm.priority < Priority.LOW)
        ]
        told = min(worth, key=queue_order) if worth else None
        if told != self.told:
            self.told = told
            self._show()

    def _ask(self) -> None:
        self.asked.emit(self.told)

    def _show(self) -> None:
        told = self.told
        self.setVisible(told is not None)
        if told is None:
            return
        self._marker.show_priority(told.priority)
        set_role(self, tone=words.PRIORITY_TOKEN[told.priority].removeprefix("alarm."))
        place = words.said(told.place_name)  # where nobody named the place the title says all there is
        sentence = _("{priority}: {title}, {place}") if place else _("{priority}: {title}")
        self._sentence.setText(
            sentence.format(priority=_(words.PRIORITY[told.priority]), title=words.title_of(told), place=place)
        )

    def retranslate(self) -> None:
        """Say the sentence anew."""
        self._go.setText(_("Go there  F1"))
        self._show()


class SilentBar(QFrame):
    """Across the window while no alarm could be heard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "silent", "silent")
        self._sentence = label("silent.sentence", wraps=True)
        self.setLayout(row(self._sentence, margins=(16, 4, 16, 4)))
        self.hide()

    def hear(self, audible: bool) -> None:
        """Show the bar while there is nothing to be heard by."""
        self.setVisible(not audible)

    def retranslate(self) -> None:
        """Say the sentence anew."""
        self._sentence.setText(words.said(NO_DEVICE))
