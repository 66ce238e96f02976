"""Plans at any size, by night and by day."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView

from console import resources
from console.views.panels.map.drawing import TILE_PX, Drawing, DrawingItem
from console.views.panels.map.paper import turned_over

CAMPUS = resources.path("demo/site/maps/campus.svg")
SHARED = Path(__file__).resolve().parents[4] / "shared" / "testdata" / "floorplans"


def lightness(image: QImage) -> float:
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)  # has to outlive its bits
    return float(np.frombuffer(grey.constBits(), np.uint8).mean()) / 255


@pytest.fixture
def chessboard(qapp: Any, tmp_path: Path) -> Path:
    """A picture of 800 x 400 whose left half is red and right half blue, on white paper above."""
    image = QImage(800, 400, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.fillRect(0, 300, 400, 100, QColor("#c00000"))
    painter.fillRect(400, 300, 400, 100, QColor("#0000c0"))
    painter.end()
    file = tmp_path / "board.png"
    assert image.save(str(file))
    return file


def test_that_an_svg_is_measured_in_the_units_of_its_view_box(qapp: Any) -> None:
    drawing = Drawing(CAMPUS)
    assert drawing.readable
    assert drawing.bounds == QRectF(0, 0, 1600, 1000)
    assert drawing.paper


@pytest.mark.parametrize("content", [b"", b"<svg", b"\x89PNG\r\n\x1a\n broken"])
@pytest.mark.parametrize("name", ["plan.svg", "plan.png"])
def test_that_a_file_nobody_can_read_is_no_drawing(qapp: Any, content: bytes, name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    assert not Drawing(file).readable
    file.write_bytes(content)
    assert not Drawing(file).readable


def test_that_paper_is_light_by_day_and_dark_by_night(qapp: Any) -> None:
    drawing = Drawing(CAMPUS)
    day = drawing.part(drawing.bounds, 0.25, dark=False)
    night = drawing.part(drawing.bounds, 0.25, dark=True)
    assert (day.width(), day.height()) == (400, 250)
    assert lightness(day) > 0.8
    assert lightness(night) < 0.3


def test_that_colours_stay_what_they_are_when_light_and_dark_are_exchanged(chessboard: Path) -> None:
    night = turned_over(QImage(str(chessboard)).convertToFormat(QImage.Format.Format_RGB32))
    red, blue, paper = (QColor(night.pixel(x, y)) for x, y in ((100, 350), (700, 350), (100, 100)))
    assert red.red() > red.blue() + 40
    assert blue.blue() > blue.red() + 40
    assert paper.name() == "#202020"


def test_that_any_part_of_a_picture_is_drawn_at_any_scale(chessboard: Path) -> None:
    drawing = Drawing(chessboard)
    part = drawing.part(QRectF(300, 320, 200, 60), 0.5, dark=False)
    assert (part.width(), part.height()) == (100, 30)
    assert QColor(part.pixel(20, 15)).name() == "#c00000"
    assert QColor(part.pixel(80, 15)).name() == "#0000c0"
    beyond = drawing.part(QRectF(700, 320, 200, 60), 1.0, dark=False)
    assert QColor(beyond.pixel(50, 30)).name() == "#0000c0"
    assert QColor(beyond.pixel(150, 30)).name() == "#ffffff"


def test_that_a_small_picture_of_a_large_one_keeps_what_is_thin(qapp: Any, tmp_path: Path) -> None:
    image = QImage(4000, 400, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    for x in range(0, 4000, 8):
        painter.fillRect(x, 0, 4, 400, QColor("black"))
    painter.end()
    file = tmp_path / "lines.png"
    assert image.save(str(file))
    drawing = Drawing(file)
    small = drawing.part(drawing.bounds, 0.05, dark=False)
    assert lightness(small) == pytest.approx(0.5, abs=0.12)


def test_that_a_photograph_is_dimmed_by_night_and_not_turned_over(qapp: Any, tmp_path: Path) -> None:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("#909890"))
    file = tmp_path / "photo.png"
    assert image.save(str(file))
    drawing = Drawing(file)
    assert not drawing.paper
    night = QColor(drawing.part(drawing.bounds, 1, dark=True).pixel(50, 50))
    assert night.name() == "#484c48"


def test_that_the_coarse_picture_is_there_at_once_and_the_tiles_follow(qtbot: Any) -> None:
    scene = QGraphicsScene()
    item = DrawingItem(Drawing(CAMPUS), scene, dark=True)
    scene.addItem(item)
    view = QGraphicsView(scene)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.scale(1.5, 1.5)
    view.show()
    first = view.viewport().grab().toImage()
    assert lightness(first) < 0.4
    qtbot.waitUntil(lambda: item.complete and bool(item._tiles))
    assert all(max(tile.width(), tile.height()) <= TILE_PX for tile in item._tiles.values())
    view.viewport().grab()
    assert item.complete  # nothing is asked for twice
    item.set_dark(False)
    qtbot.waitUntil(lambda: item.complete and bool(item._tiles))
    assert lightness(view.viewport().grab().toImage()) > 0.6


@pytest.mark.qt_log_ignore("nested svg element", "requested buffer size is too big")
def test_that_a_real_floor_plan_is_shown(qapp: Any) -> None:
    if not SHARED.is_dir():
        pytest.skip("the floor plans are not beside this checkout")
    plans = sorted(file for file in SHARED.rglob("*") if file.suffix in {".svg", ".png"})
    readable = [drawing for drawing in map(Drawing, plans) if drawing.readable]
    assert readable
    for drawing in readable:
        scale = 300 / drawing.bounds.width()
        assert drawing.part(drawing.bounds, scale, dark=True).width() == 300
