"""The fixed parts of the window: the rail with the pages, the tabs of the work area, the splitters of a page."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFrame,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from console import i18n
from console.i18n import _
from console.views import icons, theme
from console.views.actions import BY_NAME
from console.views.build import named
from console.views.layout import PAGES, Page, Split
from console.views.panel import PanelSpec

RAIL_PX: Final = 74
# The language one would switch to, in its own words.
_OTHER: Final = {"en": "中文", "zh_CN": "English"}
# Below the pages: what a seat may change at any time.
_TOOLS: Final = (("help", "keyboard"), ("look", "moon"), ("language", "language"), ("lock", "lock"))


class Rail(QFrame):
    """The pages, one key and one word each; below them help, look, language and lock. Calls back by page or action."""

    def __init__(
        self, show_page: Callable[[str], object], act: Callable[[str], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, "rail", "rail")
        self.setFixedWidth(RAIL_PX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 8)
        layout.setSpacing(2)
        self._group = QButtonGroup(self)
        self._pages: dict[str, QToolButton] = {}
        self._tools: dict[str, QToolButton] = {}
        for page in PAGES:
            made = self._button(f"rail.{page.key}", page.icon)
            made.setCheckable(True)
            made.clicked.connect(partial(self._clicked, partial(show_page, page.key)))
            self._group.addButton(made)
            self._pages[page.key] = made
            layout.addWidget(made)
        layout.addStretch(1)
        for name, icon in _TOOLS:
            made = self._button(f"rail.{name}", icon)
            made.clicked.connect(partial(self._clicked, partial(act, name)))
            self._tools[name] = made
            layout.addWidget(made)
        self.retranslate()

    def _button(self, name: str, icon: str) -> QToolButton:
        made = named(QToolButton(), name)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.setFixedWidth(RAIL_PX)
        icons.wear(made, icon, "text.dim")
        size_px = theme.px("rail_icon")
        made.setIconSize(QSize(size_px, size_px))
        return made

    @staticmethod
    def _clicked(call: Callable[[], object], _checked: bool = False) -> None:
        call()

    def show_page(self, key: str) -> None:
        """Mark a page as the one that is shown; no page while something else is."""
        if key in self._pages:
            self._pages[key].setChecked(True)
            return
        self._group.setExclusive(False)
        for made in self._pages.values():
            made.setChecked(False)
        self._group.setExclusive(True)

    def lock(self, locked: bool) -> None:
        """Grey what needs somebody to be signed on."""
        for made in self._pages.values():
            made.setEnabled(not locked)
        self._tools["lock"].setEnabled(not locked)

    def retranslate(self) -> None:
        """Say every word anew."""
        dark = theme.current().dark
        for page in PAGES:
            self._pages[page.key].setText(_(page.title))
            self._pages[page.key].setToolTip(f"{_(page.title)}  {BY_NAME[f'page_{page.key}'].keys[0]}")
        # The last two say what they switch to.
        texts = {
            "help": _("Keys"),
            "look": _("Day") if dark else _("Night"),
            "language": _OTHER[i18n.language()],
            "lock": _("Lock"),
        }
        for name, text in texts.items():
            made = self._tools[name]
            made.setText(text)
            made.setToolTip(f"{_(BY_NAME[name].title)}  {BY_NAME[name].keys[0]}")
        icons.wear(self._tools["look"], "sun" if dark else "moon", "text.dim")
        for made in (*self._pages.values(), *self._tools.values()):
            made.setAccessibleName(made.text())
            made.setIconSize(QSize(theme.px("rail_icon"), theme.px("rail_icon")))


class WorkTabs(QTabWidget):
    """Panels behind quiet tabs: the work area (response, due list, log ...), the registers.

    A panel may ask for its tab, see console.views.panel.

    A tab comes to the front by itself only when it appears, and never while somebody types in another.
    """

    fronted = Signal(str)
    let_go = Signal()  # the panel that had the keyboard has gone

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name)
        self.setDocumentMode(True)
        self.tabBar().setExpanding(False)
        self.tabBar().setDrawBase(False)
        self._specs: list[PanelSpec] = []
        self._tallies: dict[str, int] = {}
        self.currentChanged.connect(self._told)

    def add(self, spec: PanelSpec, panel: QWidget) -> None:
        """Put a panel behind a tab of its own."""
        self._specs.append(spec)
        index = self.addTab(panel, _(spec.title))
        wanted = getattr(panel, "wanted", None)
        if wanted is not None:
            self.setTabVisible(index, False)
            wanted.connect(partial(self.want, spec.key))
        elif not self.isTabVisible(self.currentIndex()):
            self.setCurrentIndex(index)
        tally = getattr(panel, "tally", None)
        if tally is not None:
            tally.connect(partial(self._count, spec.key))

    def want(self, key: str, wanted: bool) -> None:
        """Show a panel's tab, and bring it to the front when it was not there; or take it away."""
        index = self._index(key)
        if wanted == self.isTabVisible(index):
            return
        if wanted:
            self.setTabVisible(index, True)
            self.bring(key)
            return
        typing = QApplication.focusWidget()
        panel = self.widget(index)
        held = typing is not None and panel is not None and panel.isAncestorOf(typing)
        if self.currentIndex() == index:
            self.setCurrentIndex(next(i for i in range(self.count()) if i != index and self.isTabVisible(i)))
        self.setTabVisible(index, False)
        if held:
            self.let_go.emit()

    def bring(self, key: str, *, over_typing: bool = False) -> bool:
        """Bring a panel to the front; not while somebody types in another one, unless they asked for it."""
        index = self._index(key)
        if index < 0 or not self.isTabVisible(index):
            return False
        here = self.currentWidget()
        typing = QApplication.focusWidget()
        if not over_typing and typing is not None and here.isAncestorOf(typing):
            return False
        self.setCurrentIndex(index)
        return True

    def has(self, key: str) -> bool:
        """Whether a panel's tab is there at present."""
        index = self._index(key)
        return index >= 0 and self.isTabVisible(index)

    def front(self) -> str:
        """The key of the panel that is to be seen."""
        return self._specs[self.currentIndex()].key if self._specs else ""

    def _index(self, key: str) -> int:
        return next((index for index, spec in enumerate(self._specs) if spec.key == key), -1)

    def _count(self, key: str, n: int) -> None:
        self._tallies[key] = n
        self.retranslate()

    def _told(self, index: int) -> None:
        if 0 <= index < len(self._specs):
            self.fronted.emit(self._specs[index].key)

    def retranslate(self) -> None:
        """Say every word anew."""
        for index, spec in enumerate(self._specs):
            n = self._tallies.get(spec.key, 0)
            self.setTabText(index, f"{_(spec.title)} {n}" if n else _(spec.title))


class PageSplitter(QSplitter):
    """A splitter of a page: it keeps its first shares as the window grows, until somebody moves it."""

    def __init__(self, split: Split) -> None:
        super().__init__(split.orientation)
        named(self, split.name)
        self.moved = False
        self._first_share = split.first_share
        self.setChildrenCollapsible(False)
        self.setHandleWidth(4)
        self.splitterMoved.connect(self._touched)

    def share_out(self, shares: tuple[int, ...], kept: tuple[int, ...]) -> None:
        """Give the parts, which are all there now, the sizes that were kept, or their first shares."""
        self.moved = len(kept) == self.count()
        for index, share in enumerate(shares):
            self.setStretchFactor(index, share)
        # Kept sizes are in the pixels of the window they were made in; Qt scales either to the room there is.
        self.setSizes(list(kept) if self.moved else [share * 100 for share in shares])

    def _touched(self) -> None:
        self.moved = True

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._first_share is not None and not self.moved:
            first = round(self.width() * self._first_share(self.width(), self.height()))
            self.setSizes([first, self.width() - first])


def lay_out(
    body: Split | str,
    areas: Mapping[str, QWidget],
    sizes: Mapping[str, tuple[int, ...]],
    splits: dict[str, PageSplitter],
    put: Callable[[QWidget], Any],
) -> None:
    """Build a page's splitters, from the outside to the areas in them, and `put` the whole where it belongs.

    `splits` collects them by name, `sizes` are those kept of last time. Whatever gets another parent is dressed anew with
    all that is in it: a panel that goes straight to its place is dressed once.
    """
    if isinstance(body, str):
        put(areas[body])
        return
    splitter = splits[body.name] = PageSplitter(body)
    put(splitter)
    for part in body.parts:
        lay_out(part, areas, sizes, splits, splitter.addWidget)
    splitter.share_out(body.shares, sizes.get(body.name, ()))


def gather(specs: list[tuple[PanelSpec, QWidget]], page: Page, tabs: Mapping[str, WorkTabs]) -> dict[str, QWidget]:
    """Every area of a page with what belongs into it: the one panel, several one below the other, or the tabs."""
    from console.views.layout import areas_of

    found: dict[str, QWidget] = {}
    for area in areas_of(page.body):
        here = [widget for spec, widget in specs if spec.area == area]
        if area in tabs:
            found[area] = tabs[area]
        elif len(here) == 1:
            found[area] = here[0]
        else:
            holder = named(QWidget(), f"area.{area}")
            layout = QVBoxLayout(holder)
            layout.setContentsMargins(0, 0, 0, 0)
            for widget in here:
                layout.addWidget(widget)
            found[area] = holder
    return found
