"""A lamp for every source: well, sick, and for a moment the tick of a canary that came through.

The lamps are the end of a canary's way: only when its tick has been painted is it reported as shown.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from console.models.events import CanaryChanged
from console.models.ids import SourceId
from console.models.inputs import Canary, CanaryResult
from console.services import canary
from console.views import theme
from console.views.build import named

if TYPE_CHECKING:
    from console.bridge import Bridge

LAMP_PX: Final = 12
GAP_PX: Final = 4
TICK_MS: Final = 3000
"""How long a tick stands, in milliseconds."""
MOST: Final = 12
"""So many lamps have room in the bar; the rest share the last one."""


class Lamps(QWidget):
    """Small squares in the order of the site's sources; `sick` tells which of them are not well, `waits` which were not heard yet."""

    def __init__(
        self,
        bridge: "Bridge",
        sick: Callable[[], frozenset[SourceId]],
        waits: Callable[[], frozenset[SourceId]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, "status.lamps")
        self._bridge = bridge
        self._sick, self._waits = sick, waits
        self._sources = [source.id for source in bridge.site.sources]
        self._ticks: dict[SourceId, str] = {}
        self._fresh: list[str] = []
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.setInterval(TICK_MS)
        self._over.timeout.connect(self._clear)
        bridge.on(CanaryChanged, lambda event: self._take_in(event.canary))
        if bridge.surroundings.inputs is not None:
            bridge.surroundings.inputs.watched()

    @override
    def sizeHint(self) -> QSize:
        lamps = min(len(self._sources), MOST)
        return QSize(max(0, lamps * (LAMP_PX + GAP_PX) - GAP_PX), LAMP_PX)

    def _take_in(self, came: Canary) -> None:
        if came.result is not CanaryResult.RECEIVED:
            return
        self._ticks[came.source] = came.id
        self._fresh.append(came.id)
        self._over.start()
        self.update()

    def _clear(self) -> None:
        self._ticks.clear()
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sick, waits = self._sick(), self._waits()
        for n in range(min(len(self._sources), MOST)):
            shared = self._sources[n:] if n == MOST - 1 else self._sources[n : n + 1]
            box = QRectF(n * (LAMP_PX + GAP_PX), 0, LAMP_PX, LAMP_PX).adjusted(0.5, 0.5, -0.5, -0.5)
            ticked = any(one in self._ticks for one in shared)
            self._lamp(painter, box, any(one in sick for one in shared), any(one in waits for one in shared), ticked)
        painter.end()
        if self._fresh:
            shown, at = self._fresh, self._bridge.clock.now()
            self._fresh = []
            for token in shown:
                self._bridge.do(canary.shown, token, at, self._bridge.surroundings.seat)

    def _lamp(self, painter: QPainter, box: QRectF, sick: bool, waits: bool, ticked: bool) -> None:
        colour = theme.color("state.fault") if sick else theme.color("text.dim")
        # An empty box in a broken line: nothing was heard yet, so that nobody knows.
        painter.setPen(QPen(colour, 1.4, Qt.PenStyle.DotLine if waits and not sick else Qt.PenStyle.SolidLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 2, 2)
        if ticked:
            pen = QPen(theme.color("text.strong"), 2)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            low = QPointF(box.left() + 4.6, box.bottom() - 2.4)
            painter.drawLine(QPointF(box.left() + 2.2, box.center().y()), low)
            painter.drawLine(low, QPointF(box.right() - 1.6, box.top() + 2.2))
        elif sick:
            painter.drawLine(box.topLeft() + QPointF(2.5, 2.5), box.bottomRight() - QPointF(2.5, 2.5))
            painter.drawLine(box.topRight() + QPointF(-2.5, 2.5), box.bottomLeft() + QPointF(2.5, -2.5))
        elif not waits:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(box.center(), 1.8, 1.8)
