"""Where recordings lie: each disk with its identity and its room, cameras with too few days, and what was deleted last.

Where a disk is refused, whoever answers for footage may take another into use in its place.
"""

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget
from typing_extensions import override

from console.i18n import N_, _
from console.models.errors import ConsoleError
from console.models.events import FootageDeleted
from console.models.ids import CameraId, VolumeId
from console.models.people import Right
from console.models.recording import DiskFigures, Holding
from console.models.settings import seconds_of
from console.services import camera_care, footage, volumes
from console.views import words
from console.views.build import bar, button, column, label, named, row
from console.views.panels.system.devices import size_words
from console.views.panels.system.looking import Looking
from console.views.rights import may
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
        self._stakes: dict[VolumeId, tuple[int, int, int]] = {}
        self._titles = {name: label(f"system.{name}_title", "heading") for name in ("volumes", "shortfalls", "deleted")}
        self._volumes = RowsTable(
            "system.volumes",
            RowsModel((N_("Folder"), N_("Identity"), N_("Room left"), N_("Written"), N_("Full in"), N_("State")), self),
            {0: 0.3, 1: "0" * 14, 2: "0000.0 GB", 3: "000.0 Mbit/s 0", 4: "000 min 00", 5: 0.4},
        )
        self._about = label("system.disk_about", wraps=True)
        self._says = label("system.disk_says", "warning", wraps=True)
        self._says.hide()
        self._reason = named(QLineEdit(), "system.disk_reason")
        self._reason.setMaxLength(500)
        self._reason.textChanged.connect(lambda _text: self._allow())
        self._take = button("system.disk_replace", self.replace_disk)
        self._form = named(QFrame(), "system.disk_form", "bar")
        self._form.setLayout(column(self._about, self._says, row(self._reason, self._take), margins=(12, 8, 8, 8)))
        self._form.hide()
        self._volumes.selectionModel().selectionChanged.connect(lambda *_args: self._show_form())
        bridge.actor_changed.connect(lambda _actor: self._allow())
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
            below = (self._form,) if table is self._volumes else ()
            part = column(bar(f"system.{name}_bar", self._titles[name], 1), table, *below)
            part.setSpacing(0)
            parts.append(part)
        whole = column(*parts)
        whole.setSpacing(4)
        for at, share in enumerate((2, 3, 3)):
            whole.setStretch(at, share)
        self.setLayout(whole)
        self.looking = Looking(self, LOOK_MS, RECORD_EVERY_TURNS, self._ask, self._show)
        self.retranslate()

    # ---------------------------------------------------------------- what the button does

    def replace_disk(self) -> None:
        """Take what lies where the chosen disk should be into use in its place."""
        disk, actor, recording = self._chosen(), self._bridge.actor, self._bridge.surroundings.recording
        if disk is None or actor is None or recording is None:
            return
        self._says.hide()
        try:
            asked = recording.replace_disk(disk.volume.id, self._reason.text(), by=actor)
        except ConsoleError as error:
            self._refused(error)
            return
        self._take.setEnabled(False)
        self._bridge.attend(asked, lambda _volume: self._replaced(), self._refused)

    def _replaced(self) -> None:
        self._reason.clear()
        self.looking.begin()

    def _refused(self, error: ConsoleError) -> None:
        self._says.setText(words.said(error.text))
        self._says.show()
        self._allow()

    def _chosen(self) -> DiskFigures | None:
        """The disk that is chosen, where it is one that is refused."""
        recording, key = self._bridge.surroundings.recording, self._volumes.chosen_key()
        disks = recording.disks if recording is not None else ()
        return next((one for one in disks if one.volume.path == key and one.reason), None)

    def _show_form(self) -> None:
        disk = self._chosen()
        if disk is None:
            self._says.hide()
        else:
            known = self._stakes.get(disk.volume.id)
            if known is None:
                volume = disk.volume.id
                self._bridge.ask(volumes.at_stake, volume, then=lambda stake: self._take_stake(volume, stake))
            self._about.setText(self._stake_words(disk, known))
        self._form.setVisible(disk is not None)
        self._allow()

    def _take_stake(self, volume: VolumeId, stake: tuple[int, int, int]) -> None:
        self._stakes[volume] = stake
        self._show_form()

    def _stake_words(self, disk: DiskFigures, stake: tuple[int, int, int] | None) -> str:
        ask = _("Is the disk broken or replaced? Mount the new, empty one at {path}, then take it into use.")
        said = f"{words.said(disk.reason)}\n{ask.format(path=disk.volume.path)}"
        if stake is None:
            return said
        number, size, locked = stake
        lost = _("{n} recordings ({size}) of the disk before are then on record as gone").format(n=number, size=size_words(size))
        kept = _("{n} of them are locked").format(n=locked)
        return f"{said}\n{lost}" + (f", {kept}" if locked else "")

    def _allow(self) -> None:
        allowed = may(self._bridge.actor, Right.EXPORT_FOOTAGE)
        self._reason.setEnabled(allowed)
        self._take.setEnabled(allowed and bool(self._reason.text().strip()) and self._chosen() is not None)

    # ---------------------------------------------------------------- what it shows

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.looking.begin()

    def _ask(self) -> None:
        self._bridge.ask(footage.holdings, then=self._take_holdings)
        self._bridge.ask(camera_care.deleted_last, then=self._take_deleted)
        self._stakes.clear()

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
        self._show_form()
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
        self._reason.setPlaceholderText(_("Why is there another disk now? It goes into the journal"))
        self._reason.setAccessibleName(_("Reason for the other disk"))
        self._take.setText(_("Take the new disk into use"))
        self._take.setToolTip(_("Needs the right to export footage: a supervisor. What lay on the disk before counts as gone"))
        for table, name in ((self._volumes, "volumes"), (self._shortfalls, "shortfalls"), (self._gone, "deleted")):
            table.setAccessibleName(self._titles[name].text())
            table.rows.retranslate()
            table.set_widths()
        self._volumes.say_when_empty(_("No camera of the site is recorded"))
        self._shortfalls.say_when_empty(_("No camera of the site is recorded"))
        self._gone.say_when_empty(_("Nothing was deleted yet"))
        self._show()
