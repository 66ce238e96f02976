"""The stage: the room that the operator's tiles and the alarm strip share, divided so that both stay as large as can be."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.views.build import named
from console.views.panels.wall.arrange import Box, Cut, cut_for
from console.views.panels.wall.canvas import WallCanvas
from console.views.panels.wall.glass import GAP_PX, STRIP_PX
from console.views.panels.wall.strip import AlarmStrip


class Stage(QWidget):
    """Canvas and strip. While the strip is open nothing moves by itself, unless an alarm more finds no room in it."""

    def __init__(self, canvas: WallCanvas, strip: AlarmStrip, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "wall.stage")
        self._canvas, self._strip = canvas, strip
        canvas.setParent(self)
        strip.setParent(self)
        self.setMinimumSize(canvas.minimumSize())
        self.cut: Cut | None = None
        self._cut_for = 0

    def settle(self) -> None:
        """Take in that the strip has other pairs to show, or none."""
        pairs = self._strip.wanted
        if not pairs:
            self.cut = None
        elif self.cut is None or self._strip.fitting < pairs > self._cut_for:
            self.cut = self._best()
        self._place()

    def _best(self) -> Cut:
        self._cut_for = self._strip.wanted
        return cut_for(
            self._cut_for,
            self.width(),
            self.height(),
            self._canvas.area_in,
            heads=self._strip.head_heights,
            strip=STRIP_PX,
            gap=GAP_PX,
        )

    def _place(self) -> None:
        if self.cut is None:
            self._strip.setVisible(False)
            self._canvas.setGeometry(self.rect())
            return
        own, strip = self.cut.rooms(self.width(), self.height())
        self._strip.stand(beside=self.cut.beside)
        self._canvas.setGeometry(_rect(own))
        self._strip.setGeometry(_rect(strip))
        self._strip.setVisible(True)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.cut is not None:
            self.cut = self._best()
        self._place()


def _rect(box: Box) -> QRect:
    return QRect(box.left, box.top, box.width, box.height)
