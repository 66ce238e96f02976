"""Keep painted words as pictures, so that what stands under a moving picture is not laid out again with every frame."""

from typing import Final

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPixmap

from console.views import theme

_MOST_KEPT: Final = 600


class Labels:
    """Words drawn once and blitted afterwards; `forget` after a change of look, language or screen."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str, int, float], QPixmap] = {}

    def forget(self) -> None:
        """Throw every kept picture away."""
        self._kept.clear()

    def picture(self, text: str, role: str, tone: str, width: int, ratio: float) -> QPixmap:
        """`text` in the type of `role` and the colour of `tone`, shortened to `width` pixels where it is longer."""
        key = (text, role, tone, width, ratio)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = _drawn(text, role, tone, width, ratio)
        return found

    def put(
        self,
        painter: QPainter,
        box: QRect,
        text: str,
        role: str = "tile",
        tone: str = "text.main",
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> int:
        """Draw `text` into `box`, centred upright and aligned sideways; gives the width it took."""
        if box.width() <= 0 or not text:
            return 0
        ratio = painter.device().devicePixelRatio()
        picture = self.picture(text, role, tone, box.width(), ratio)
        width, height = round(picture.width() / ratio), round(picture.height() / ratio)
        left = box.left()
        if align == Qt.AlignmentFlag.AlignRight:
            left = box.right() + 1 - width
        elif align == Qt.AlignmentFlag.AlignHCenter:
            left = box.left() + (box.width() - width) // 2
        painter.drawPixmap(left, box.top() + (box.height() - height) // 2, picture)
        return width


def _drawn(text: str, role: str, tone: str, width: int, ratio: float) -> QPixmap:
    face = theme.font(role)
    measure = QFontMetricsF(face)
    shown = measure.elidedText(text, Qt.TextElideMode.ElideRight, width)
    wide, high = max(1.0, measure.horizontalAdvance(shown)), measure.height()
    picture = QPixmap(round((wide + 1) * ratio), round(high * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setFont(face)
    painter.setPen(theme.color(tone))
    painter.drawText(QPointF(0, measure.ascent()), shown)
    painter.end()
    return picture
