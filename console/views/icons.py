"""Draw the shipped outline icons in a colour of the look in force.

Buttons say which icon they wear by the dynamic property `icon_name`; `dress` puts it on, again after every change of
look, so that no widget keeps a colour.
"""

from typing import Final

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from console import resources
from console.views import theme

# Beside text an icon hangs as low as the characters do, whose line is higher above than below.
_DROP: Final = 0.07


def pixmap(name: str, size_px: int, tone: str = "text.main", *, ratio: float = 0.0, drop: float = 0.0) -> QPixmap:
    """Give the icon `name` drawn `size_px` wide and high in the colour of `tone`.

    `ratio` is the device pixel ratio, that of the screen where it is 0. `drop` lowers the drawing by that share of its
    height. Raises FileNotFoundError for an icon that is not shipped.
    """
    if not ratio:
        ratio = QApplication.primaryScreen().devicePixelRatio()
    drawing = resources.path(f"icons/{name}.svg").read_text(encoding="utf-8")
    drawing = drawing.replace("currentColor", theme.color(tone).name())
    picture = QPixmap(QSize(round(size_px * ratio), round(size_px * ratio)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    renderer.render(painter, QRectF(0, drop * picture.height(), picture.width(), picture.height()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def icon(name: str, tone: str = "text.main") -> QIcon:
    """Give the icon `name` in the colour of `tone`, and greyed for what is disabled."""
    size_px = 32
    made = QIcon(pixmap(name, size_px, tone, drop=_DROP))
    made.addPixmap(pixmap(name, size_px, "text.disabled", drop=_DROP), QIcon.Mode.Disabled)
    return made


def wear(button: QAbstractButton, name: str, tone: str = "text.main") -> None:
    """Put the icon `name` on a button and remember it there for the next change of look."""
    button.setProperty("icon_name", name)
    button.setProperty("icon_tone", tone)
    button.setIcon(icon(name, tone))
    size_px = theme.px("icon")
    button.setIconSize(QSize(size_px, size_px))


def dress(root: QWidget) -> None:
    """Draw every icon below `root` anew in the colours of the look in force."""
    for button in root.findChildren(QAbstractButton):
        name = button.property("icon_name")
        if name:
            button.setIcon(icon(str(name), str(button.property("icon_tone") or "text.main")))
