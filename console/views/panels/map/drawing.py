"""Show a plan of the site at any size, by night and by day.

A plan is an SVG or a picture. It is drawn in tiles of the exact size of the screen's pixels, one at a time between two
events, and kept; until a tile is there a coarse picture of the whole stands in for it. Plans on white paper would blind
whoever sits in a dark room, so that by night light paper becomes dark: lightness is turned over, colours stay.
"""

from collections import OrderedDict
from pathlib import Path
from typing import Final

from PySide6.QtCore import QFile, QIODevice, QObject, QPointF, QRectF, QSize, Qt, QTimer, QXmlStreamReader
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

TILE_PX: Final = 384
MOST_TILES: Final = 96  # 0.6 MB each
MOST_PIXELS: Final = 40_000_000
COARSE_PX: Final = 640
_PAPER: Final = 0.72  # lighter than this on average: a drawing on paper, not a photograph


class Drawing:
    """One plan: its size in pixels of its own, and any part of it at any scale. Not readable: `size` is empty."""

    def __init__(self, file: Path) -> None:
        self._svg: QSvgRenderer | None = None
        self._levels: list[QImage] = []
        self._full = QSize()
        if file.suffix.lower() == ".svg":
            renderer = _svg(file)
            if renderer is not None and renderer.isValid():
                self._svg = renderer
                self._full = renderer.viewBoxF().size().toSize()
        else:
            self._read_picture(file)
        self._lightness = self._measure() if self.readable else 1.0

    def _read_picture(self, file: Path) -> None:
        reader = QImageReader(str(file))
        reader.setAutoTransform(True)
        size = reader.size()
        if size.width() * size.height() > MOST_PIXELS:
            shrunk = size.scaled(QSize(6300, 6300), Qt.AspectRatioMode.KeepAspectRatio)
            reader.setScaledSize(shrunk)
        QImageReader.setAllocationLimit(512)
        picture = reader.read()
        if not picture.isNull():
            self._full = size
            self._levels.append(picture.convertToFormat(QImage.Format.Format_RGB32))

    @property
    def readable(self) -> bool:
        """Whether the file could be read."""
        return not self._full.isEmpty()

    @property
    def bounds(self) -> QRectF:
        """The whole plan, in its own pixels."""
        return QRectF(0, 0, self._full.width(), self._full.height())

    @property
    def paper(self) -> bool:
        """Whether it is drawn on light ground."""
        return self._lightness > _PAPER

    def part(self, area: QRectF, scale: float, *, dark: bool) -> QImage:
        """A part of the plan at `scale` screen pixels a pixel of the plan; light and dark as the room is."""
        from console.views.panels.map.paper import dimmed, turned_over

        size = QSize(max(1, round(area.width() * scale)), max(1, round(area.height() * scale)))
        drawn = self._draw(area, size, scale)
        if self.paper == dark:
            return turned_over(drawn)
        return dimmed(drawn) if dark and self._lightness > 0.4 else drawn

    def _draw(self, area: QRectF, size: QSize, scale: float) -> QImage:
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(QColor(Qt.GlobalColor.white))
        painter = QPainter(image)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if self._svg is not None:
            whole = QRectF(QPointF(-area.left() * scale, -area.top() * scale), self.bounds.size() * scale)
            self._svg.render(painter, whole)
        else:
            level = self._level(scale)
            ratio = level.width() / self._full.width()
            inside = area.intersected(self.bounds)
            target = QRectF((inside.topLeft() - area.topLeft()) * scale, inside.size() * scale)
            painter.drawImage(target, level, QRectF(inside.topLeft() * ratio, inside.size() * ratio))
        painter.end()
        return image

    def _level(self, scale: float) -> QImage:
        """The smallest halving of the picture that still has a pixel for every one that is wanted."""
        index = 0
        while self._levels[index].width() / self._full.width() >= 2 * scale and self._levels[index].width() > 64:
            if index + 1 == len(self._levels):
                last = self._levels[index]
                self._levels.append(last.scaled(last.size() / 2, mode=Qt.TransformationMode.SmoothTransformation))
            index += 1
        return self._levels[index]

    def _measure(self) -> float:
        # It brings numpy, which a start without a plan need not wait for.
        from console.views.panels.map.paper import lightness

        scale = 96 / max(self._full.width(), self._full.height())
        return lightness(self._draw(self.bounds, (self.bounds.size() * scale).toSize().expandedTo(QSize(1, 1)), scale))


def _svg(file: Path) -> QSvgRenderer | None:
    """The renderer of a file that is whole; Qt would complain of others on every look at them."""
    device = QFile(str(file))
    if not device.open(QIODevice.OpenModeFlag.ReadOnly):
        return None
    reader = QXmlStreamReader(device)
    reader.readNextStartElement()
    reader.skipCurrentElement()
    device.close()
    return None if reader.hasError() else QSvgRenderer(str(file))


class DrawingItem(QGraphicsItem):
    """A plan in the scene, in tiles; the timer that draws them lives as long as `owner`."""

    def __init__(self, drawing: Drawing, owner: QObject, *, dark: bool) -> None:
        super().__init__()
        self._drawing = drawing
        self._dark = dark
        self._coarse: QPixmap | None = None
        self._tiles: OrderedDict[tuple[float, int, int], QPixmap] = OrderedDict()
        self._missing: OrderedDict[tuple[float, int, int], None] = OrderedDict()
        self._soon = QTimer(owner)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._draw_one)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def set_dark(self, dark: bool) -> None:
        """Draw for a dark room, or for a light one."""
        if dark != self._dark:
            self._dark = dark
            self._coarse = None
            self._tiles.clear()
            self._missing.clear()
            self.update()

    @property
    def complete(self) -> bool:
        """Whether nothing that was asked for is still to be drawn."""
        return not self._missing

    def _coarse_picture(self) -> QPixmap:
        if self._coarse is None:
            bounds = self._drawing.bounds
            scale = min(1.0, COARSE_PX / max(bounds.width(), bounds.height()))
            self._coarse = QPixmap.fromImage(self._drawing.part(bounds, scale, dark=self._dark))
        return self._coarse

    def _area(self, key: tuple[float, int, int]) -> QRectF:
        scale, column, row = key
        side = TILE_PX / scale
        return QRectF(column * side, row * side, side, side).intersected(self._drawing.bounds)

    def _draw_one(self) -> None:
        if not self._missing:
            return
        key, _ = self._missing.popitem(last=False)
        area = self._area(key)
        self._tiles[key] = QPixmap.fromImage(self._drawing.part(area, key[0], dark=self._dark))
        while len(self._tiles) > MOST_TILES:
            self._tiles.popitem(last=False)
        self.update(area)
        if self._missing:
            self._soon.start()

    @override
    def boundingRect(self) -> QRectF:
        return self._drawing.bounds

    @override
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scale = round(painter.worldTransform().m11() * painter.device().devicePixelRatio(), 6)
        if scale <= 0:
            return
        exposed: QRectF = option.exposedRect.intersected(self._drawing.bounds)
        side = TILE_PX / scale
        columns = range(int(exposed.left() // side), int(exposed.right() // side) + 1)
        rows = range(int(exposed.top() // side), int(exposed.bottom() // side) + 1)
        self._missing = OrderedDict((key, None) for key in self._missing if key[0] == scale)
        for row in rows:
            for column in columns:
                key = (scale, column, row)
                area = self._area(key)
                if area.isEmpty():
                    continue
                tile = self._tiles.get(key)
                if tile is not None:
                    self._tiles.move_to_end(key)
                    painter.drawPixmap(area, tile, QRectF(tile.rect()))
                    continue
                coarse = self._coarse_picture()
                ratio = coarse.width() / self._drawing.bounds.width()
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawPixmap(area, coarse, QRectF(area.topLeft() * ratio, area.size() * ratio))
                self._missing[key] = None
        if self._missing and not self._soon.isActive():
            self._soon.start()
