"""The piece of a map around a spot, for paper: light, numbered, with a scale."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QImageWriter, QPainter, QPen

from console.models.alarms import Alarm
from console.models.site import SiteMap, Spot
from console.views import theme
from console.views.panels.map import glyphs
from console.views.panels.map.drawing import Drawing
from console.views.panels.map.picture import RingKind

# How much of the surroundings is shown: metres across, of a map without scale a share of its width.
SPAN_M: Final = 120.0
SPAN_SHARE: Final = 0.5
# The marks are made for a picture of this width and grow with it.
_BASE_WIDTH_PX: Final = 560
_BARS_M: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)


def map_excerpt(
    site_dir: Path, site_map: SiteMap, spot: Spot, marks: Iterable[Alarm], size_px: tuple[int, int]
) -> bytes | None:
    """The surroundings of `spot` as a PNG of `size_px`, every alarm of `marks` on this map ringed and numbered from 1.

    May be called from any thread of a process that has a QGuiApplication. None without one, and where the drawing
    cannot be read: a report is printed without its map rather than not at all.
    """
    drawing = Drawing(site_dir / site_map.file) if QGuiApplication.instance() is not None else None
    if drawing is None or not drawing.readable:
        return None
    area = _area(drawing.bounds, spot, site_map.metres_per_px, size_px)
    scale = size_px[0] / area.width()
    image = drawing.part(area, scale, dark=False)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    grow = size_px[0] / _BASE_WIDTH_PX
    numbered = [(n, alarm.spot) for n, alarm in enumerate(marks, 1) if alarm.spot and alarm.spot.map == site_map.id]
    for number, where in reversed(numbered or [(0, spot)]):
        painter.save()
        painter.translate((QPointF(where.x, where.y) - area.topLeft()) * scale)
        painter.scale(grow, grow)
        _ring(painter, number)
        painter.restore()
    painter.scale(grow, grow)
    if site_map.metres_per_px:
        _scale_bar(painter, scale / grow / site_map.metres_per_px, size_px[1] / grow)
    painter.setPen(QPen(_tone("map.ink"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(0.5, 0.5, size_px[0] / grow - 1, size_px[1] / grow - 1))
    painter.end()
    return _png(image)


def _tone(token: str) -> QColor:
    """A colour for paper, whatever the look of the screen."""
    return QColor(theme.look("day").tokens[token])


def _area(bounds: QRectF, spot: Spot, metres_per_px: float | None, size_px: tuple[int, int]) -> QRectF:
    """The part of the plan that is shown: in the shape of the picture, around the spot, inside the plan where it can."""
    width = SPAN_M / metres_per_px if metres_per_px else SPAN_SHARE * bounds.width()
    ratio = size_px[1] / size_px[0]
    width = min(width, max(bounds.width(), bounds.height() / ratio))
    area = QRectF(0, 0, width, width * ratio)
    area.moveCenter(QPointF(spot.x, spot.y))
    for low, high, move in (
        (bounds.left() - area.left(), bounds.right() - area.right(), QPointF(1, 0)),
        (bounds.top() - area.top(), bounds.bottom() - area.bottom(), QPointF(0, 1)),
    ):
        shift = (low + high) / 2 if low > high else max(low, min(0.0, high))
        area.translate(move * shift)
    return area


def _ring(painter: QPainter, number: int) -> None:
    glyphs.ring(painter, _tone, RingKind.ACKNOWLEDGED, returned=False, size=15.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_tone("alarm.critical"))
    if not number:
        painter.drawEllipse(QPointF(0, 0), 3, 3)
        return
    painter.drawEllipse(QPointF(0, 0), 10, 10)
    painter.setPen(_tone("alarm.critical_ink"))
    painter.setFont(_font(12))
    painter.drawText(QRectF(-12, -12, 24, 24), Qt.AlignmentFlag.AlignCenter, str(number))


def _font(size_px: int) -> QFont:
    face = QFont(theme.FAMILY)
    face.setPixelSize(size_px)
    face.setBold(True)
    return face


def _scale_bar(painter: QPainter, px_per_m: float, height: float) -> None:
    """A bar of a round number of metres, about a fifth of the picture wide."""
    metres = next((m for m in _BARS_M if m * px_per_m >= _BASE_WIDTH_PX / 8), _BARS_M[-1])
    length, left, foot = metres * px_per_m, 12.0, height - 14
    ground = QColor(255, 255, 255, 215)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRect(QRectF(left - 6, foot - 12, length + 52, 20))
    painter.setPen(QPen(_tone("text.main"), 1.6))
    for start, end in (
        (QPointF(left, foot), QPointF(left + length, foot)),
        (QPointF(left, foot - 5), QPointF(left, foot)),
        (QPointF(left + length, foot - 5), QPointF(left + length, foot)),
    ):
        painter.drawLine(start, end)
    painter.setFont(_font(11))
    painter.drawText(QPointF(left + length + 6, foot + 2), f"{metres} m")


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())
