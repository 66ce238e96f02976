"""Where recordings lie: each disk with its identity and its room, cameras with too few days, and what was deleted last."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.i18n import N_, _
from console.models.events import FootageDeleted
from console.models.ids import CameraId
from console.models.recording import Holding
from console.models.settings import seconds_of
from console.services import camera_care, footage
from console.views import words
from console.views.build import bar, column, label
from console.views.panels.system.devices import size_words
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

LOOK_MS: Final = 2000
RECORD_EVERY_TURNS: Final = 10


class StorageTab(QWidget):
    """Three tables; looks after itself only while it is seen."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._cameras = {one.id: one for one in bridge.site.cameras}
        self._holdings: tuple[Holding, ...] = ()
        self._deleted: tuple[FootageDeleted, ...] = ()
        self._turns = 0
        self._titles = {name: label(f"system.{name}_title", "heading") for name in ("volumes", "shortfalls", "deleted")}
        self._volumes = RowsTable(
            "system.volumes",
            RowsModel((N_("Folder"), N_("Identity"), N_("Room left"), N_("Written"), N_("Full in"), N_("State")), self),
            {0: 0.3, 1: "0" * 14, 2: "0000.0 GB", 3: "000.0 Mbit/s 0", 4: "000 min 00", 5: 0.4},
        )
        self._shortfalls = RowsTable(
            "system.shortfalls",
            RowsModel((N_("No."), N_("Camera"), N_("Held"), N_("Required"), N_("Missing"), N_("Oldest picture")), self),
            {0: "000", 1: 0.4, 2: 0.15, 3: 0.15, 4: 0.15, 5: "00-00 00:00 00"},
        )
        self._gone = RowsTable(
            "system.deleted",
            RowsModel((N_("Deleted at"), N_("Camera"), N_("Pictures from"), N_("until"), N_("Size"), N_("Before its time")), self),
            {0: "00-00 00:00:0", 1: 0.4, 2: "00-00 00:00:0", 3: "00-00 00:00:0", 4: "0000.0 GB", 5: 0.2},
        )
        parts = []
        for name, table in (("volumes", self._volumes), ("shortfalls", self._shortfalls), ("deleted", self._gone)):
            part = column(bar(f"system.{name}_bar", self._titles[name], 1), table)
            part.setSpacing(0)
            parts.append(part)
        whole = column(*parts)
        whole.setSpacing(4)
        for at, share in enumerate((2, 3, 3)):
            whole.setStretch(at, share)
        self.setLayout(whole)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self.retranslate()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._turns = 0
        self._look()

    def _look(self) -> None:
        if not self.isVisible():
            return
        if self._turns % RECORD_EVERY_TURNS == 0:
            self._bridge.ask(footage.holdings, then=self._take_holdings)
            self._bridge.ask(camera_care.deleted_last, then=self._take_deleted)
        self._turns += 1
        self._show()

    def _take_holdings(self, holdings: tuple[Holding, ...]) -> None:
        self._holdings = holdings
        self._show()

    def _take_deleted(self, deleted: tuple[FootageDeleted, ...]) -> None:
        self._deleted = deleted
        self._show()

    def _show(self) -> None:
        now, recording = self._bridge.clock.now(), self._bridge.surroundings.recording
        low_h = seconds_of(self._bridge.settings, "video.headroom_low_h")
        disks = sorted(recording.disks if recording is not None else (), key=lambda one: (not one.reason, one.free_bytes))
        rows = []
        for disk in disks:
            short = disk.headroom_h is not None and disk.headroom_h < low_h
            tones = [(0, "text.main"), *([(5, "state.fault")] if disk.reason else []), *([(4, "state.warning")] if short else [])]
            rows.append(
                Row(
                    disk.volume.path,
                    (
                        disk.volume.path,
                        disk.volume.id[-12:],
                        size_words(disk.free_bytes),
                        f"{disk.rate_bytes_s * 8 / 1e6:.1f} Mbit/s",
                        words.about(disk.headroom_h * 3600) if disk.headroom_h is not None else "",
                        words.said(disk.reason) or _("Well"),
                    ),
                    tuple(tones),
                )
            )
        self._volumes.rows.show(rows)
        kept = sorted(self._holdings, key=lambda one: (not one.short, one.held_days - one.required_days))
        self._shortfalls.rows.show([self._holding(one) for one in kept])
        self._gone.rows.show(
            [
                Row(
                    f"{one.at.isoformat()}/{one.camera}",
                    (
                        words.when(one.at, now, self._zone),
                        self._called(one.camera),
                        words.day_and_time(one.from_at, self._zone),
                        words.day_and_time(one.until_at, self._zone),
                        size_words(one.size_bytes),
                        _("{n} of {all} files").format(n=one.early, all=one.segments) if one.early else "",
                    ),
                    ((1, "text.main"), (5, "state.fault")),
                )
                for one in self._deleted
            ]
        )

    def _holding(self, one: Holding) -> Row:
        missing = max(0.0, one.expected_days - one.held_days) if one.short else 0.0
        camera = self._cameras.get(one.camera)
        return Row(
            one.camera,
            (
                f"{camera.number:02d}" if camera is not None else "",
                self._called(one.camera),
                _("{n} d").format(n=f"{one.held_days:.1f}"),
                _("{n} d").format(n=f"{one.required_days:g}"),
                _("{n} d").format(n=f"{missing:.1f}") if missing else "",
                words.day_and_time(one.oldest_at, self._zone) if one.oldest_at is not None else "",
            ),
            ((1, "text.main"), (2, "state.fault"), (4, "state.fault")) if one.short else ((1, "text.main"),),
        )

    def _called(self, camera: CameraId) -> str:
        known = self._cameras.get(camera)
        return words.said(known.name) if known is not None else camera

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._titles["volumes"].setText(_("Disks for recordings"))
        self._titles["shortfalls"].setText(_("Days kept, the shortest first"))
        self._titles["deleted"].setText(_("Deleted last"))
        for table, name in ((self._volumes, "volumes"), (self._shortfalls, "shortfalls"), (self._gone, "deleted")):
            table.setAccessibleName(self._titles[name].text())
            table.rows.retranslate()
            table.set_widths()
        self._volumes.say_when_empty(_("No camera of the site is recorded"))
        self._shortfalls.say_when_empty(_("No camera of the site is recorded"))
        self._gone.say_when_empty(_("Nothing was deleted yet"))
        self._show()
