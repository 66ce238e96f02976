"""What the marks of the map mean, drawn by the same hand as the marks themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.i18n import N_, _
from console.models.patrol import StopState
from console.models.pictures import Sight
from console.models.site import PostKind
from console.views import theme
from console.views.panels.map import glyphs
from console.views.panels.map.picture import RingKind

_ROW_PX: Final = 27
_MARK_WIDTH_PX: Final = 40
_PAD_PX: Final = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A mark and its meaning, an English sentence marked with N_."""

    draw: Callable[[QPainter], None]
    meaning: str


def _ring(kind: RingKind, *, returned: bool = False, unknown: bool = False) -> Callable[[QPainter], None]:
    return lambda painter: glyphs.ring(painter, theme.color, kind, returned=returned, unknown=unknown, size=9.0)


def _camera(sight: Sight) -> Callable[[QPainter], None]:
    return lambda painter: glyphs.camera(painter, theme.color, sight, 0, size=8.0)


def _post(kind: PostKind, *, out: bool = False) -> Callable[[QPainter], None]:
    return lambda painter: glyphs.post(painter, theme.color, kind, size=8.0, out=out)


def _stop(state: StopState) -> Callable[[QPainter], None]:
    return lambda painter: glyphs.checkpoint(painter, theme.color, state, size=9.0)


def _detector(alarm_class: str) -> Callable[[QPainter], None]:
    return lambda painter: glyphs.detector(
        painter, theme.color("map.checkpoint"), theme.color("map.ground"), alarm_class, size=11.0
    )


COLUMNS: Final[tuple[tuple[Line, ...], ...]] = (
    (
        Line(_ring(RingKind.WAITING), N_("Alarm, not acknowledged (blinks)")),
        Line(_ring(RingKind.ACKNOWLEDGED), N_("Acknowledged")),
        Line(_ring(RingKind.HANDLED), N_("Being handled")),
        Line(_ring(RingKind.ACKNOWLEDGED, returned=True), N_("Point is normal again, not reset")),
        Line(_ring(RingKind.ACKNOWLEDGED, unknown=True), N_("Source not heard, state unknown")),
        Line(lambda painter: glyphs.changed(painter, theme.color, QPointF(0, 0)), N_("Changed within 30 minutes")),
        Line(_detector("fire"), N_("Fire detector")),
        Line(_detector("intrusion"), N_("Intrusion detector")),
        Line(_detector("panic"), N_("Panic button")),
        Line(_detector("access"), N_("Door")),
    ),
    (
        Line(_camera(Sight.LIVE), N_("Camera, live")),
        Line(_camera(Sight.STALE), N_("Camera, picture is old")),
        Line(_camera(Sight.OFFLINE), N_("Camera, no picture")),
        Line(_post(PostKind.GATE), N_("Gate post")),
        Line(_post(PostKind.PATROL), N_("Patrol")),
        Line(_post(PostKind.RESERVE), N_("Reserve")),
        Line(_post(PostKind.MONITORING), N_("Control room")),
        Line(_post(PostKind.LEADER), N_("Shift leader")),
        Line(_post(PostKind.PATROL, out=True), N_("Away from the post")),
    ),
    (
        Line(lambda painter: glyphs.person(painter, theme.color, size=8.0), N_("Patrol on its way, place estimated")),
        Line(_stop(StopState.PENDING), N_("Checkpoint, to come")),
        Line(_stop(StopState.ON_TIME), N_("Reached on time")),
        Line(_stop(StopState.LATE), N_("Reached late")),
        Line(_stop(StopState.EARLY), N_("Reached early")),
        Line(_stop(StopState.OUT_OF_ORDER), N_("Reached out of order")),
        Line(_stop(StopState.MISSED), N_("Missed")),
    ),
)


class Legend(QWidget):
    """The legend, laid over the map in as many columns as fit."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("map.legend")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def fit_into(self, room: QSize) -> None:
        """Take the place at the lower left of `room`, beside one another or below, as much as there is."""
        size = self.sizeHint().boundedTo(QSize(max(80, room.width() - 12), max(60, room.height() - 12)))
        self.resize(size)
        self.move(6, room.height() - size.height() - 6)

    def _widths(self) -> list[float]:
        measure = QFontMetricsF(theme.font("small"))
        return [
            _MARK_WIDTH_PX + max(measure.horizontalAdvance(_(line.meaning)) for line in column) + _PAD_PX
            for column in COLUMNS
        ]

    @override
    def sizeHint(self) -> QSize:
        height = max(len(column) for column in COLUMNS) * _ROW_PX + 2 * _PAD_PX
        return QSize(round(sum(self._widths()) + _PAD_PX), height)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = theme.color("surface.window")
        ground.setAlpha(250)
        painter.setPen(QPen(theme.color("surface.line"), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        face = theme.font("small")
        wanted = self.sizeHint()
        shrink = min(1.0, self.width() / wanted.width(), self.height() / wanted.height())
        painter.scale(shrink, shrink)
        left = float(_PAD_PX)
        for column, width in zip(COLUMNS, self._widths(), strict=True):
            for row, line in enumerate(column):
                middle = _PAD_PX + (row + 0.5) * _ROW_PX
                painter.save()
                painter.translate(left + _MARK_WIDTH_PX / 2 - 6, middle)
                line.draw(painter)
                painter.restore()
                painter.setFont(face)
                painter.setPen(theme.color("text.main"))
                box = QRectF(left + _MARK_WIDTH_PX - 6, middle - _ROW_PX / 2, width, _ROW_PX)
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, _(line.meaning))
            left += width
