"""Where everything stands: pages, splitters and areas, as data.

The watch page is read in two bands: above one looks (pictures, map), below one acts (queue, response). The places are
fixed: a panel that must be found at three in the morning cannot be closed, floated or lost, only made larger.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt

from console.i18n import N_

WORK: Final = "work"  # the area whose panels share one place behind tabs
REGISTERS: Final = "registers"  # likewise: the registers, a tab each
STATUS: Final = "status"  # below every page


# The wall is a block of four by four pictures of 16:9 with strips below them: it fills only so much width.
_WALL_SHARE: Final = 0.70
_BAR_PX, _STRIP_PX, _GAP_PX = 36, 24, 6
_NARROWEST, _WIDEST = 0.52, 0.66


def first_watch_share(width: int, height: int) -> float:
    """The share of the watch page's width that its left column gets at first: what the wall can fill, no more."""
    cell = (height * _WALL_SHARE - _BAR_PX - 5 * _GAP_PX) / 4
    block = 4 * (cell - _STRIP_PX) * 16 / 9 + 7 * _GAP_PX
    return min(_WIDEST, max(_NARROWEST, block / max(1, width)))


@dataclass(frozen=True, slots=True)
class Split:
    """Areas or further splits beside or below one another; `shares` of the room each gets at first.

    `first_share`, where it is given, says the share of the first part from the width and height there are, until
    somebody moves the splitter.
    """

    name: str
    upright: bool
    parts: "tuple[Split | str, ...]"
    shares: tuple[int, ...]
    first_share: Callable[[int, int], float] | None = None

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
        Split("watch.left", True, ("wall", "queue"), (70, 30)),
        Split("watch.right", True, ("map", WORK), (37, 63)),
    ),
    (62, 38),
    first_watch_share,
)
PAGES: Final[tuple[Page, ...]] = (
    Page("watch", N_("Watch"), "eye", WATCH),
    Page("playback", N_("Playback"), "history", "playback"),
    Page("handover", N_("Handover"), "arrows-exchange", "handover"),
    Page("log", N_("Log"), "notebook", "log"),
    Page("registers", N_("Registers"), "clipboard-list", REGISTERS),
    Page("figures", N_("Figures"), "activity", "figures"),
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
