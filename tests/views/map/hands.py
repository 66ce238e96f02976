"""What several tests of the map do and look at."""

from typing import Any

from PySide6.QtCore import QPoint, Qt

from console.models.site import Spot
from console.views.panels.map.items import Mark, RingMark
from console.views.panels.map.panel import MapPanel

EAST = Spot(map="campus", x=1512, y=345)  # type: ignore[arg-type]


def rings(panel: MapPanel) -> list[RingMark]:
    scene = panel.view.map_scene
    assert scene is not None
    return list(scene.rings.values())


def settled(qtbot: Any, panel: MapPanel) -> None:
    """Wait until what has been told is on the map and the plan is drawn."""
    qtbot.waitUntil(lambda: not panel._soon.isActive())


def at(panel: MapPanel, mark: Mark) -> QPoint:
    return panel.view.mapFromScene(mark.pos())


def click(qtbot: Any, panel: MapPanel, mark: Mark) -> None:
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at(panel, mark))
