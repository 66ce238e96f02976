"""Draw the marks of the map: the shape says what it is, the fill how it is, the ring that there is an alarm.

Shapes follow GA/T 74 where it has one, so that the map reads like the site's own drawings. Everything is drawn around
the origin, in pixels of the screen, and in the colours it is given: the same marks serve the screen, the legend and the
paper.
"""

import math
from collections.abc import Callable
from typing import Final, TypeAlias

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from console.models.alarms import AlarmClass
from console.models.patrol import StopState
from console.models.pictures import Sight
from console.models.site import PostKind
from console.views.panels.map.picture import RingKind

Tone: TypeAlias = Callable[[str], QColor]

RING_PX: Final = 15.0
MARK_PX: Final = 9.0

RING_TOKEN: Final = {
    RingKind.WAITING: "alarm.critical",
    RingKind.ACKNOWLEDGED: "alarm.critical",
    RingKind.HANDLED: "alarm.high",
}


def _pen(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    pen = QPen(colour, width, style)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


def _faded(colour: QColor, alpha: int) -> QColor:
    faded = QColor(colour)
    faded.setAlpha(alpha)
    return faded


def _regular(corners: int, radius: float, start_deg: float = -90.0) -> QPolygonF:
    angles = (math.radians(start_deg + 360 * n / corners) for n in range(corners))
    return QPolygonF([QPointF(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles])


def camera(
    painter: QPainter, tone: Tone, sight: Sight, heading_deg: float, *, size: float = MARK_PX, chosen: bool = False
) -> None:
    """A camera: its body, and the lens where it looks. Full when live, hatched when stale, hollow and struck when off."""
    off = sight in (Sight.OFFLINE, Sight.CONNECTING)
    colour = tone("focus.ring" if chosen else "map.camera_off" if off else "map.camera")
    body = QPainterPath()
    body.addRoundedRect(QRectF(-size * 0.55, -size * 0.3, size * 1.1, size * 1.1), 1.5, 1.5)
    lens = QPainterPath()
    lens.addPolygon(
        QPolygonF([QPointF(0, -size * 0.25), QPointF(-size * 0.62, -size * 0.95), QPointF(size * 0.62, -size * 0.95)])
    )
    lens.closeSubpath()
    shape = body.united(lens)
    painter.save()
    painter.rotate(heading_deg)
    painter.setPen(_pen(tone("map.ground"), 3.0))
    painter.setBrush(tone("map.ground"))
    painter.drawPath(shape)
    painter.setPen(_pen(colour, 1.5))
    fills: dict[Sight, QBrush] = {
        Sight.LIVE: QBrush(colour),
        Sight.STALE: QBrush(colour, Qt.BrushStyle.Dense5Pattern),
    }
    painter.setBrush(fills.get(sight, QBrush(Qt.BrushStyle.NoBrush)))
    painter.drawPath(shape)
    painter.restore()
    if sight is Sight.OFFLINE:
        painter.setPen(_pen(tone("map.ground"), 4.0))
        painter.drawLine(QLineF(-size, size, size, -size))
        painter.setPen(_pen(tone("state.fault"), 2.0))
        painter.drawLine(QLineF(-size, size, size, -size))


def view_cone(heading_deg: float, fov_deg: float, reach: float) -> QPainterPath:
    """What a camera looks at, around the origin: `heading_deg` clockwise from up, `reach` in pixels of the drawing."""
    path = QPainterPath(QPointF(0, 0))
    box = QRectF(-reach, -reach, 2 * reach, 2 * reach)
    path.arcTo(box, 90 - heading_deg + fov_deg / 2, -fov_deg)
    path.closeSubpath()
    return path


_POST_SHAPES: Final[dict[PostKind, Callable[[float], QPolygonF]]] = {
    PostKind.GATE: lambda r: QPolygonF(
        [QPointF(-r, r * 0.8), QPointF(-r, -r * 0.2), QPointF(0, -r), QPointF(r, -r * 0.2), QPointF(r, r * 0.8)]
    ),
    PostKind.PATROL: lambda r: _regular(24, r),
    PostKind.RESERVE: lambda r: _regular(6, r * 1.05),
    PostKind.MONITORING: lambda r: QPolygonF(QRectF(-r, -r * 0.8, 2 * r, 1.6 * r)),
    PostKind.LEADER: lambda r: QPolygonF(
        [
            QPointF(k * r * math.cos(math.radians(a)), k * r * math.sin(math.radians(a)))
            for a, k in ((-90 + 36 * n, 1.2 if n % 2 == 0 else 0.58) for n in range(10))
        ]
    ),
}


def post(painter: QPainter, tone: Tone, kind: PostKind, *, size: float = MARK_PX, out: bool = False) -> None:
    """A post by the shape of its kind; an outline while its people are out on a dispatch or a round."""
    colour = tone("map.post")
    shape = _POST_SHAPES[kind](size)
    painter.setPen(_pen(tone("map.ground"), 3.5))
    painter.setBrush(tone("map.ground"))
    painter.drawPolygon(shape)
    painter.setPen(_pen(colour, 1.8))
    painter.setBrush(Qt.BrushStyle.NoBrush if out else colour)
    painter.drawPolygon(shape)


def person(painter: QPainter, tone: Tone, *, size: float = MARK_PX) -> None:
    """Somebody on the way: head and shoulders inside a broken circle, because the place is only an estimate."""
    colour = tone("map.post")
    painter.setPen(_pen(tone("map.ground"), 1.0))
    painter.setBrush(_faded(tone("map.ground"), 225))
    painter.drawEllipse(QPointF(0, 0), size * 1.25, size * 1.25)
    painter.setPen(_pen(colour, 1.6, Qt.PenStyle.DotLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(0, 0), size * 1.25, size * 1.25)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(0, -size * 0.38), size * 0.34, size * 0.34)
    shoulders = QPainterPath()
    shoulders.addEllipse(QPointF(0, size * 0.72), size * 0.68, size * 0.68)
    upper = QPainterPath()
    upper.addRect(QRectF(-size, 0, 2 * size, size * 0.62))
    painter.drawPath(shoulders.intersected(upper))


_STOP_TOKENS: Final = {
    StopState.PENDING: "map.checkpoint",
    StopState.ON_TIME: "map.checkpoint",
    StopState.EARLY: "state.warning",
    StopState.LATE: "state.warning",
    StopState.MISSED: "state.fault",
    StopState.OUT_OF_ORDER: "state.warning",
}
_CHECK: Final = ((-0.42, 0.02), (-0.1, 0.34), (0.46, -0.34))
_CROSS: Final = (((-0.34, -0.34), (0.34, 0.34)), ((-0.34, 0.34), (0.34, -0.34)))
_HAND: Final = ((0.0, -0.45), (0.0, 0.0), (0.3, 0.22))
_TURNED: Final = ((0.3, -0.36), (-0.3, 0.0), (0.3, 0.36))
_LINES: Final = {
    StopState.ON_TIME: (_CHECK,),
    StopState.EARLY: (_TURNED,),
    StopState.LATE: (_HAND,),
    StopState.MISSED: _CROSS,
    StopState.OUT_OF_ORDER: (((-0.4, -0.15), (0.4, -0.15)), ((-0.4, 0.2), (0.4, 0.2))),
}


def checkpoint(painter: QPainter, tone: Tone, state: StopState | None, *, size: float = MARK_PX) -> None:
    """A checkpoint: a hollow diamond to come, full with a tick when reached, with a clock hand when late.

    A missed one is hollow and crossed; one reached early shows an arrow back, one out of order two bars.
    """
    radius = size * 0.95
    colour = tone(_STOP_TOKENS[state or StopState.PENDING])
    reached = state not in (None, StopState.PENDING, StopState.MISSED)
    diamond = _regular(4, radius)
    painter.setPen(_pen(tone("map.ground"), 3.5))
    painter.setBrush(tone("map.ground"))
    painter.drawPolygon(diamond)
    painter.setPen(_pen(colour, 1.6))
    painter.setBrush(colour if reached else Qt.BrushStyle.NoBrush)
    painter.drawPolygon(diamond)
    painter.setPen(_pen(tone("map.ground") if reached else colour, 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in _LINES.get(state, ()) if state else ():
        painter.drawPolyline(QPolygonF([QPointF(x * radius, y * radius) for x, y in line]))


_FIRE: Final = frozenset({AlarmClass.FIRE, AlarmClass.GAS})
_HELP: Final = frozenset({AlarmClass.PANIC, AlarmClass.DURESS, AlarmClass.MEDICAL, AlarmClass.MANUAL})


def detector(painter: QPainter, colour: QColor, ground: QColor, alarm_class: str, *, size: float = MARK_PX) -> None:
    """A detector by what it stands for: fire a circle with a dot, a call for help a square with a dot, else two bars."""
    radius = size * 0.55
    painter.setPen(_pen(ground, 3.0))
    painter.setBrush(ground)
    round_box = QRectF(-radius, -radius, 2 * radius, 2 * radius)
    if alarm_class in _FIRE:
        painter.drawEllipse(round_box)
        painter.setPen(_pen(colour, 1.5))
        painter.drawEllipse(round_box)
    elif alarm_class in _HELP:
        painter.drawRect(round_box)
        painter.setPen(_pen(colour, 1.5))
        painter.drawRect(round_box)
    elif alarm_class == AlarmClass.ACCESS:
        painter.drawRect(round_box)
        painter.setPen(_pen(colour, 1.5))
        painter.drawLine(QLineF(-radius, radius, -radius, -radius))
        painter.drawLine(QLineF(-radius, radius, radius, radius))
        painter.drawLine(QLineF(-radius, -radius, radius * 0.7, radius * 0.2))
        return
    else:
        painter.drawRect(round_box)
        painter.setPen(_pen(colour, 1.8))
        for x in (-radius * 0.55, radius * 0.55):
            painter.drawLine(QLineF(x, -radius, x, radius))
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(0, 0), radius * 0.36, radius * 0.36)


def ring(
    painter: QPainter,
    tone: Tone,
    kind: RingKind,
    *,
    returned: bool,
    unknown: bool = False,
    full: bool = True,
    size: float = RING_PX,
) -> None:
    """The ring of an alarm: thick and thin in turn while nobody has acknowledged it, dashed when the point has returned.

    It is hatched in grey while its source is not heard and the state of the point `unknown`.
    """
    colour = tone(RING_TOKEN[kind])
    waiting = kind is RingKind.WAITING
    painter.setBrush(_faded(colour, 46) if waiting and full else Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(_faded(tone("map.ground"), 200), 6.0))
    painter.drawEllipse(QPointF(0, 0), size, size)
    if unknown:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(tone("text.strong"), Qt.BrushStyle.BDiagPattern))
        painter.drawEllipse(QPointF(0, 0), size, size)
    pen = _pen(colour, (4.5 if full else 1.4) if waiting else 3.0)
    if returned:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([2.2, 1.4])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(0, 0), size, size)


def changed(painter: QPainter, tone: Tone, at: QPointF, *, size: float = 4.5) -> None:
    """A small triangle: something changed here within the last half hour."""
    painter.setPen(_pen(tone("map.ground"), 2.5))
    painter.setBrush(tone("text.strong"))
    corners = [QPointF(at.x(), at.y() - size), QPointF(at.x() + size, at.y() + size * 0.8)]
    shape = QPolygonF([*corners, QPointF(at.x() - size, at.y() + size * 0.8)])
    painter.drawPolygon(shape)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon(shape)
