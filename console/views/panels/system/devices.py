"""Cameras, sources and storage: what is well, what is not, since when and why."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget
from typing_extensions import override

from console.i18n import N_, _
from console.models.events import SourceChanged
from console.models.ids import SourceId
from console.models.pictures import Sight
from console.models.settings import seconds_of
from console.models.signals import SourceHealth
from console.services import queries
from console.views import words
from console.views.build import bar, column, label
from console.views.panels.system.looking import Looking
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

LOOK_MS: Final = 2000
STORAGE_EVERY_TURNS: Final = 15
_FOLDERS: Final = (
    ("", N_("Whole data folder")),
    ("evidence", N_("Evidence files")),
    ("recording", N_("Recordings")),
    ("reports", N_("Papers")),
    ("log", N_("Program log")),
)


def storage(_rx: Any, root: Path) -> tuple[tuple[str, int, int, float], ...]:
    """Folder, files in it, their bytes, and the free GB of its disk, for each folder that is there.

    Runs beside the desk, because it walks the folders and because a disk can hang.
    """
    found = []
    for name, _title in _FOLDERS:
        folder = root / name if name else root
        if not folder.is_dir():
            continue
        sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
        found.append((name, len(sizes), sum(sizes), shutil.disk_usage(folder).free / 1e9))
    return tuple(found)


def size_words(size_bytes: int) -> str:
    """A size as one reads it: "512 B", "3.2 MB"."""
    size = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return ""


class DevicesTab(QWidget):
    """Three tables, looked after only while they are seen."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._health: dict[SourceId, SourceHealth] = {}
        self._stored: tuple[tuple[str, int, int, float], ...] = ()
        self._titles = {name: label(f"system.{name}_title", "heading") for name in ("cameras", "sources", "storage")}
        self._cameras = RowsTable(
            "system.cameras",
            RowsModel((N_("No."), N_("Camera"), N_("State"), N_("Since"), N_("Picture"), N_("Reason")), self),
            {0: "000", 1: 0.5, 2: "Connecting", 3: "00-00 00:00", 4: "0000x0000 00 fps", 5: 0.5},
        )
        self._sources = RowsTable(
            "system.sources",
            RowsModel((N_("Source"), N_("State"), N_("Since"), N_("Says")), self),
            {0: 0.5, 1: "Not heard yet", 2: "00-00 00:00", 3: 0.5},
        )
        self._storage = RowsTable(
            "system.storage",
            RowsModel((N_("Folder"), N_("Files"), N_("Size"), N_("Free on its disk")), self),
            {0: 0.4, 1: 0.2, 2: 0.2, 3: 0.2},
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        grid.addLayout(self._part("cameras", self._cameras), 0, 0, 2, 1)
        grid.addLayout(self._part("sources", self._sources), 0, 1)
        grid.addLayout(self._part("storage", self._storage), 1, 1)
        grid.setColumnStretch(0, 56)
        grid.setColumnStretch(1, 44)
        bridge.on(SourceChanged, lambda event: self._take_in(event.health))
        bridge.ask(queries.source_states, then=self._begin)
        self.looking = Looking(self, LOOK_MS, STORAGE_EVERY_TURNS, self._ask, self._show)
        self.retranslate()

    def _part(self, name: str, table: RowsTable) -> Any:
        part = column(bar(f"system.{name}_bar", self._titles[name], 1), table)
        part.setSpacing(0)
        return part

    def _begin(self, states: tuple[SourceHealth, ...]) -> None:
        self._health = {state.source: state for state in states} | self._health
        self._show()

    def _take_in(self, health: SourceHealth) -> None:
        self._health[health.source] = health
        self._show()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.looking.begin()

    def _ask(self) -> None:
        self._bridge.ask(storage, self._bridge.surroundings.data_dir, then=self._set_storage)

    def _set_storage(self, stored: tuple[tuple[str, int, int, float], ...]) -> None:
        self._stored = stored
        self._show()

    def _show(self) -> None:
        now = self._bridge.clock.now()
        cameras = []
        for camera in sorted(self._bridge.site.cameras, key=lambda one: one.number):
            state = self._bridge.feed.state(camera.id)
            bad = {Sight.OFFLINE: "state.fault", Sight.STALE: "state.warning"}.get(state.sight, "")
            picture = f"{state.width_px}x{state.height_px} {state.fps:.0f} fps" if state.width_px else ""
            cameras.append(
                Row(
                    camera.id,
                    (
                        f"{camera.number:02d}",
                        words.said(camera.name),
                        words.term(state.sight),
                        words.when(state.since_at, now, self._zone),
                        picture,
                        words.pair(state.reason_zh, state.reason_en),
                    ),
                    ((1, "text.main"), (2, bad)) if bad else ((1, "text.main"),),
                )
            )
        self._cameras.rows.show(cameras)
        sources = []
        for setup in self._bridge.site.sources:
            health = self._health.get(setup.id)
            tone = "state.fault" if health is not None and not health.healthy else ""
            sources.append(
                Row(
                    setup.id,
                    (
                        words.said(setup.name),
                        words.source_state(health),
                        words.when(health.since_at, now, self._zone) if health is not None else "",
                        words.pair(health.sentence_zh, health.sentence_en) if health is not None else "",
                    ),
                    ((0, "text.main"), (1, tone)) if tone else ((0, "text.main"),),
                )
            )
        self._sources.rows.show(sources)
        low_gb = seconds_of(self._bridge.settings, "disk.low_gb")
        titles = dict(_FOLDERS)
        self._storage.rows.show(
            [
                Row(
                    name,
                    (_(titles[name]), str(files), size_words(size), f"{free_gb:.1f} GB"),
                    ((0, "text.main"), (3, "state.fault")) if free_gb < low_gb else ((0, "text.main"),),
                )
                for name, files, size, free_gb in self._stored
            ]
        )

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._titles["cameras"].setText(_("Cameras"))
        self._titles["sources"].setText(_("Sources"))
        self._titles["storage"].setText(_("Storage"))
        for table in (self._cameras, self._sources, self._storage):
            table.rows.retranslate()
            table.set_widths()
        self._cameras.setAccessibleName(_("Cameras"))
        self._sources.setAccessibleName(_("Sources"))
        self._storage.setAccessibleName(_("Storage"))
        self._cameras.say_when_empty(_("The site has no cameras"))
        self._sources.say_when_empty(_("The site has no sources"))
        self._show()
