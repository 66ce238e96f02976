"""What the people of a seat like: look, language, wall layout, where the splitters stand. Kept in the data folder.

None of it is a record of the post: it is not journalled, it may be lost, and a file that cannot be read is as good as
none.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject

from console.models.errors import ConsoleError
from console.models.plain import canonical, from_json
from console.models.wall import Layout

FILE: Final = "screen.json"
_NAME: Final = "screen.preferences"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowPlace:
    """Where a wall's own window stood: the monitor by its name, and the window there, in pixels of the desktop."""

    screen: str = ""
    left: int = 0
    top: int = 0
    width: int = 0
    height: int = 0
    full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """The taste of a seat. `splits` holds the sizes of every splitter by its name, in pixels.

    `walls` is what stood on each wall last, and `windows` where each wall with a window of its own stood, by seat and
    wall ("1/wall2").
    """

    look: str = "night"
    language: str = "zh_CN"
    reduce_motion: bool = False
    wall_grid: str = ""
    walls: Mapping[str, Layout] = field(default_factory=dict)
    windows: Mapping[str, WindowPlace] = field(default_factory=dict)
    splits: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


class Kept(QObject):
    """The preferences of this seat and the file they live in; `there` says whether the seat had any before."""

    def __init__(self, parent: QObject, folder: Path) -> None:
        super().__init__(parent)
        self.setObjectName(_NAME)
        self._file = folder / FILE
        self.there = self._file.exists()
        self.now = _read(self._file)

    def change(self, **changes: Any) -> None:
        """Take over these fields and write the file at once."""
        self.now = replace(self.now, **changes)
        with contextlib.suppress(OSError):  # a full disk is told elsewhere; taste may be lost
            partial = self._file.with_suffix(".new")
            partial.write_bytes(canonical(self.now))
            partial.replace(self._file)


def _read(file: Path) -> Preferences:
    try:
        return from_json(file.read_bytes(), Preferences)
    except (OSError, ConsoleError):
        return Preferences()


def shared(owner: QObject, folder: Path) -> Kept:
    """Give the one set of preferences below `owner` (the bridge), read when it is first asked for."""
    found = owner.findChild(Kept, _NAME)
    return found if found is not None else Kept(owner, folder)
