"""A layout that sets its widgets side by side and goes on below where the room ends, as words do in a line."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget
from typing_extensions import override


class FlowLayout(QLayout):
    """Left to right, top to bottom; its height follows from its width, so that it never holds a window open."""

    def __init__(self, parent: QWidget | None = None, gap_px: int = 3) -> None:
        super().__init__(parent)
        self._held: list[QLayoutItem] = []
        self._gap_px = gap_px
        self.setContentsMargins(0, 0, 0, 0)

    def _place(self, box: QRect, *, really: bool) -> int:
        """Set the widgets into a box, or only work out how high that would be."""
        x, y, line = box.x(), box.y(), 0
        for one in self._held:
            size = one.sizeHint()
            if x > box.x() and x + size.width() > box.right() + 1:
                x, y, line = box.x(), y + line + self._gap_px, 0
            if really:
                one.setGeometry(QRect(QPoint(x, y), QSize(min(size.width(), box.width()), size.height())))
            x += size.width() + self._gap_px
            line = max(line, size.height())
        return y + line - box.y()

    @override
    def addItem(self, item: QLayoutItem) -> None:
        self._held.append(item)

    @override
    def count(self) -> int:
        return len(self._held)

    @override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._held[index] if 0 <= index < len(self._held) else None

    @override
    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._held.pop(index) if 0 <= index < len(self._held) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), really=False)

    @override
    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, really=True)

    @override
    def sizeHint(self) -> QSize:
        wide = sum(one.sizeHint().width() + self._gap_px for one in self._held)
        return QSize(wide, max((one.sizeHint().height() for one in self._held), default=0))

    @override
    def minimumSize(self) -> QSize:
        sizes = [one.minimumSize() for one in self._held]
        return QSize(max((size.width() for size in sizes), default=0), max((size.height() for size in sizes), default=0))
