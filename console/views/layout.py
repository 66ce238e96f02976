"""Where everything stands: pages, splitters and areas, as data.

The watch page is read in two bands: above one looks (pictures, map), below one acts (queue, response). The places are
fixed: a panel that must be found at three in the morning cannot be closed, floated or lost, only made larger.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt

from console.i18n import N_

WORK: Final = "work"  # the area whose panels share one place behind tabs
STATUS: Final = "status"  # below every page


@dataclass(frozen=True, slots=True)
class Split:
    """Areas or further splits beside or below one another; `shares` of the room each gets at first."""

    name: str
    upright: bool
    parts: "tuple[Split | str, ...]"
    shares: tuple[int, ...]

    @property
    def orientation(self) -> Qt.Orientation:
        """The direction as Qt says it."""
        return Qt.Orientation.Vertical if self.upright else Qt.Orientation.Horizontal


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the workspace: its key, its word and icon in the rail, and what stands on it."""

    key: str
    title: str
    icon: str
    body: Split | str


WATCH: Final = Split(
    "watch",
    False,
    (
        Split("watch.left", True, ("wall", "queue"), (74, 26)),
        Split("watch.right", True, ("map", WORK), (42, 58)),
    ),
    (62, 38),
)
PAGES: Final[tuple[Page, ...]] = (
    Page("watch", N_("Watch"), "eye", WATCH),
    Page("handover", N_("Handover"), "arrows-exchange", "handover"),
    Page("log", N_("Log"), "notebook", "log"),
    Page("system", N_("System"), "adjustments", "system"),
)


def areas_of(body: Split | str) -> Iterator[str]:
    """Every area below a split, in order."""
    if isinstance(body, str):
        yield body
        return
    for part in body.parts:
        yield from areas_of(part)


AREAS: Final = (*(area for page in PAGES for area in areas_of(page.body)), STATUS)
