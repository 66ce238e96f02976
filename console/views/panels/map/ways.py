"""Lines and areas of the map that are to scale: what cameras look at, routes, and the ways of posts that were sent."""

from typing import Final

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen, QPolygonF, QRadialGradient
from PySide6.QtWidgets import QGraphicsPathItem

from console.models.incidents import DispatchState
from console.models.site import Camera, Spot
from console.views import theme
from console.views.panels.map import glyphs
from console.views.panels.map.items import Layer


class Cone(QGraphicsPathItem):
    """What a camera looks at, to scale."""

    def __init__(self, camera: Camera, spot: Spot, reach: float) -> None:
        super().__init__(glyphs.view_cone(spot.heading_deg, camera.fov_deg, reach))
        self._reach = reach
        self._strong = False
        self.setPos(spot.x, spot.y)
        self.setZValue(Layer.CONE)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.restyle()

    def set_strong(self, strong: bool) -> None:
        """Let it stand out: the camera belongs to an alarm, or was chosen."""
        if strong != self._strong:
            self._strong = strong
            self.restyle()

    def restyle(self) -> None:
        """Take the colours of the look in force."""
        colour = theme.color("focus.ring" if self._strong else "map.view")
        shade = QRadialGradient(QPointF(0, 0), self._reach)
        near, far = QColor(colour), QColor(colour)
        near.setAlpha(120 if self._strong else 64)
        far.setAlpha(34 if self._strong else 10)
        shade.setColorAt(0, near)
        shade.setColorAt(1, far)
        self.setBrush(QBrush(shade))
        edge = QColor(colour)
        edge.setAlpha(150 if self._strong else 60)
        pen = QPen(edge, 1.4 if self._strong else 0.8)
        pen.setCosmetic(True)
        self.setPen(pen)


class Way(QGraphicsPathItem):
    """A line on the map: the route of a patrol, or the way of a post that was sent."""

    def __init__(self, layer: float) -> None:
        super().__init__()
        self._token, self._style, self._width = "map.route", Qt.PenStyle.DotLine, 1.6
        self.setZValue(layer)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.restyle()

    def put(self, path: QPainterPath, token: str, style: Qt.PenStyle, width: float) -> None:
        """Take over where it leads and how it is drawn."""
        self._token, self._style, self._width = token, style, width
        self.setPath(path)
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the look in force."""
        pen = QPen(theme.color(self._token), self._width, self._style)
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self.setPen(pen)


def route_path(spots: list[Spot]) -> QPainterPath:
    """The way along these spots."""
    path = QPainterPath()
    if spots:
        path.addPolygon(QPolygonF([QPointF(spot.x, spot.y) for spot in spots]))
    return path


def dispatch_path(start: Spot, target: Spot, head: float) -> QPainterPath:
    """The way of a post to where it was sent, with an arrow's head of `head` pixels of the drawing before the ring."""
    line = QLineF(start.x, start.y, target.x, target.y)
    path = QPainterPath(line.p1())
    if line.length() < 3 * head:
        return QPainterPath()
    line.setLength(line.length() - 1.6 * head)
    path.lineTo(line.p2())
    for side in (150.0, -150.0):
        wing = QLineF(line)
        wing.setAngle(line.angle() + side)
        wing.setLength(head)
        wing.translate(line.p2() - wing.p1())
        path.moveTo(line.p2())
        path.lineTo(wing.p2())
    return path


DISPATCH_STYLE: Final = {
    DispatchState.SENT: Qt.PenStyle.DotLine,
    DispatchState.ACCEPTED: Qt.PenStyle.DashLine,
    DispatchState.UNDER_WAY: Qt.PenStyle.DashLine,
    DispatchState.ARRIVED: Qt.PenStyle.SolidLine,
    DispatchState.CONTROLLED: Qt.PenStyle.SolidLine,
    DispatchState.RETURNED: Qt.PenStyle.NoPen,
}
