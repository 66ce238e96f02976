"""Draw the four priorities as shapes, so that no one has to tell them by colour alone.

Square critical, triangle high, diamond medium, circle low; full while unacknowledged, an outline afterwards.
"""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from console.models.alarms import Priority
from console.views import theme
from console.views.words import PRIORITY_TOKEN


def outline(priority: Priority, box: QRectF) -> QPolygonF | QRectF:
    """The shape of a priority inside a square box: a polygon, or for the circle the box that bounds it."""
    left, top, right, bottom = box.left(), box.top(), box.right(), box.bottom()
    middle = box.center()
    inset = box.width() * 0.06
    if priority is Priority.CRITICAL:
        inner = box.adjusted(inset, inset, -inset, -inset)
        return QPolygonF([inner.topLeft(), inner.topRight(), inner.bottomRight(), inner.bottomLeft()])
    if priority is Priority.HIGH:
        return QPolygonF(
            [QPointF(middle.x(), top), QPointF(right, bottom - inset), QPointF(left, bottom - inset)]
        )
    if priority is Priority.MEDIUM:
        left_tip, right_tip = QPointF(left, middle.y()), QPointF(right, middle.y())
        return QPolygonF([QPointF(middle.x(), top), right_tip, QPointF(middle.x(), bottom), left_tip])
    return box.adjusted(inset, inset, -inset, -inset)


def marker(painter: QPainter, priority: Priority, box: QRectF, *, full: bool = True, token: str = "") -> None:
    """Paint the marker of a priority into a square box, full or as an outline, in the colour of `token` if not in its own."""
    colour = theme.color(token or PRIORITY_TOKEN[priority])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, max(1.4, box.width() / 8))
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(colour if full else Qt.BrushStyle.NoBrush)
    half = pen.widthF() / 2
    shape = outline(priority, box.adjusted(half, half, -half, -half))
    if isinstance(shape, QRectF):
        painter.drawEllipse(shape)
    else:
        painter.drawPolygon(shape)
    painter.restore()
