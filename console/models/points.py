"""A table of points that is about to be taken in: what is wrong with it, and what it would change."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from console.models.ids import PointId
from console.models.people import Actor
from console.models.site import Point
from console.models.text import Text


class ChangeKind(StrEnum):
    """What a table would do to a point."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointChange:
    """One point that would differ: the columns that do, each with its old and its new text."""

    point: PointId
    name: Text
    kind: ChangeKind
    columns: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMistake:
    """One mistake: in a row and column of the table, or at a `place` of another file of the site that needs it."""

    row: int
    column: str
    sentence: Text
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsPreview:
    """A table that was read and tried; it may be taken where there is no mistake.

    `content` is what would be written, `digest` its SHA-256, `basis` the digest of the table it would replace: another
    one there meanwhile means that the preview no longer holds. `more` counts mistakes that are not listed.
    """

    file: str
    rows: int
    content: bytes
    digest: str
    basis: str
    points: tuple[Point, ...]
    mistakes: tuple[TableMistake, ...] = ()
    more: int = 0
    changes: tuple[PointChange, ...] = ()
    same: int = 0

    def count(self, kind: ChangeKind) -> int:
        """How many points would be new, changed or removed."""
        return sum(change.kind is kind for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsDesk:
    """What a screen may ask about the table of points; all of it answers by futures, with ConsoleError for the world's faults."""

    preview: Callable[[Path], "Future[PointsPreview]"]
    take: Callable[[PointsPreview, Actor], "Future[PointsPreview]"]
    write: Callable[[Path, str, Actor], "Future[int]"]
