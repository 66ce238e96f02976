"""Give the screen its greys, its alarm colours and its type: one palette and one style sheet on Fusion.

ISA-101 manner: greys everywhere, a saturated colour only for an alarm, and never a colour as the only cue.

The look in force is held here and nowhere else, as the language is held in `console.i18n`, and for the same reason:
a colour is needed deep inside paint code where no argument can carry it, it never takes part in a decision, and
changing it is one assignment of one immutable value.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from console import resources

FAMILY: Final = "Noto Sans SC"
LOOKS: Final = ("night", "day")
_FONT_FILES: Final = ("fonts/NotoSansSC-Regular.ttf", "fonts/NotoSansSC-Bold.ttf")
_PLACEHOLDER: Final = re.compile(r"@\{([a-z_.]+)\}")


@dataclass(frozen=True, slots=True)
class Look:
    """All tokens of one look: "alarm.critical" -> "#e5484d", "px.row" -> 32, "font.step" -> {"pt": 22.0, ...}."""

    name: str
    dark: bool
    tokens: Mapping[str, Any]


def _flat(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{group}.{name}": value
        for group, values in table.items()
        if isinstance(values, dict)
        for name, value in values.items()
    }


@cache
def look(name: str) -> Look:
    """Read a shipped look, "night" or "day"; raises FileNotFoundError for a name that is not shipped."""
    colours = tomllib.loads(resources.path(f"theme/{name}.toml").read_text(encoding="utf-8"))
    sizes = tomllib.loads(resources.path("theme/sizes.toml").read_text(encoding="utf-8"))
    return Look(name, bool(colours["dark"]), MappingProxyType(_flat(colours) | _flat(sizes)))


class _InForce:
    """The one place where the look in force is kept."""

    __slots__ = ("look",)

    def __init__(self) -> None:
        self.look: Look | None = None


_in_force = _InForce()


def current() -> Look:
    """Give the look in force; night before any was chosen."""
    return _in_force.look or look("night")


def color(token: str) -> QColor:
    """Give a colour of the look in force: `color("alarm.critical")`; KeyError for a token it does not have."""
    return QColor(current().tokens[token])


def px(token: str) -> int:
    """Give a length in device-independent pixels: `px("row")`."""
    return int(current().tokens[f"px.{token}"])


def font(role: str) -> QFont:
    """Give the type of a role: `font("step")`. Never hinted, so that a letter has the same shape everywhere."""
    return QFont(_face(current().name, role))


@cache
def _face(look_name: str, role: str) -> QFont:
    entry = look(look_name).tokens[f"font.{role}"]
    face = QFont(FAMILY)
    face.setPointSizeF(entry["pt"])
    face.setBold(bool(entry.get("bold", False)))
    face.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return face


def load_fonts() -> tuple[str, ...]:
    """Make the shipped Chinese type known to Qt; needs a QApplication. Gives the files that Qt could not read.

    A post without its own type goes on with the system's; whoever opens the window says so.
    """
    if FAMILY in QFontDatabase.families():
        return ()
    return tuple(name for name in _FONT_FILES if not _is_loaded(name))


def _is_loaded(name: str) -> bool:
    try:
        return QFontDatabase.addApplicationFont(str(resources.path(name))) >= 0
    except FileNotFoundError:
        return False


def style_sheet(of: Look) -> str:
    """Give the one style sheet with the tokens of a look put in; KeyError for a token the look does not have."""
    template = resources.path("theme/style.qss").read_text(encoding="utf-8")
    words = {**of.tokens, "folder": resources.path("theme").as_posix(), "name": of.name}
    return _PLACEHOLDER.sub(lambda found: str(words[found[1]]), template)


_ROLES: Final = (
    (QPalette.ColorRole.Window, "surface.window"),
    (QPalette.ColorRole.WindowText, "text.main"),
    (QPalette.ColorRole.Base, "surface.base"),
    (QPalette.ColorRole.AlternateBase, "surface.window"),
    (QPalette.ColorRole.ToolTipBase, "surface.raised"),
    (QPalette.ColorRole.ToolTipText, "text.main"),
    (QPalette.ColorRole.PlaceholderText, "text.faint"),
    (QPalette.ColorRole.Text, "text.main"),
    (QPalette.ColorRole.Button, "surface.raised"),
    (QPalette.ColorRole.ButtonText, "text.main"),
    (QPalette.ColorRole.BrightText, "text.strong"),
    (QPalette.ColorRole.Light, "surface.hover"),
    (QPalette.ColorRole.Midlight, "surface.raised"),
    (QPalette.ColorRole.Mid, "surface.line"),
    (QPalette.ColorRole.Dark, "surface.pressed"),
    (QPalette.ColorRole.Shadow, "surface.rail"),
    (QPalette.ColorRole.Highlight, "focus.selection"),
    (QPalette.ColorRole.HighlightedText, "focus.selection_text"),
    (QPalette.ColorRole.Accent, "focus.ring"),
    (QPalette.ColorRole.Link, "focus.ring"),
    (QPalette.ColorRole.LinkVisited, "focus.ring"),
)
_GREYED: Final = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


def palette(of: Look) -> QPalette:
    """Give the palette of a look, for what no style sheet reaches."""
    made = QPalette()
    for role, token in _ROLES:
        made.setColor(role, QColor(of.tokens[token]))
    for role in _GREYED:
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(of.tokens["text.disabled"]))
    return made


def put_on(app: QApplication, name: str) -> None:
    """Let the whole program look "night" or "day" from now on; may be called again at any time.

    Widgets that keep painted pictures throw them away when they hear of it (QEvent.PaletteChange or StyleChange).
    """
    load_fonts()
    chosen = look(name)
    _in_force.look = chosen
    # A sheet that takes another's place has every widget dressed several times over: without one between, once.
    app.setStyleSheet("")
    if app.style().name() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setFont(font("body"))
    app.setPalette(palette(chosen))
    app.setStyleSheet(style_sheet(chosen))
