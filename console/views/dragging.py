"""Dragging a camera: from the map, from a list or from a tile, to a tile of any wall of this seat."""

from typing import Final

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QSize, Qt
from PySide6.QtGui import QDrag, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from console.models.plain import canonical, from_json
from console.views import theme

CAMERA_MIME: Final = "application/x-zhishou-camera"


def camera_mime(content: str, wall: str = "", slot: int = -1) -> QMimeData:
    """What is dragged: a camera's id or a sequence, and the tile that it comes from, where it comes from one."""
    made = QMimeData()
    made.setData(CAMERA_MIME, QByteArray(canonical((content, wall, slot))))
    return made


def dragged(mime: QMimeData | None) -> tuple[str, str, int] | None:
    """What is being dragged: content, the wall it comes from, its tile there (-1: none); None for anything else."""
    if mime is None or not mime.hasFormat(CAMERA_MIME):
        return None
    return from_json(bytes(mime.data(CAMERA_MIME).data()), tuple[str, str, int])


def drag_camera(source: QWidget, content: str, words: str, wall: str = "", slot: int = -1) -> Qt.DropAction:
    """Let the hand drag a camera away; returns when it was dropped or given up."""
    drag = QDrag(source)
    drag.setMimeData(camera_mime(content, wall, slot))
    metrics = source.fontMetrics()
    size = QSize(min(280, metrics.horizontalAdvance(words) + 20), metrics.height() + 10)
    picture = QPixmap(size)
    picture.fill(theme.color("focus.selection"))
    painter = QPainter(picture)
    painter.setPen(theme.color("focus.selection_text"))
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, size.width() - 12)
    painter.drawText(picture.rect(), Qt.AlignmentFlag.AlignCenter, shown)
    painter.end()
    drag.setPixmap(picture)
    drag.setHotSpot(QPoint(-8, -8))
    return drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.DropAction.MoveAction)
