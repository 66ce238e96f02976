"""Further words on tiles: who turns a camera, that its clock is wrong, and until when its privacy masks are lifted."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from console.i18n import _
from console.models.ids import CameraId
from console.models.settings import seconds_of
from console.views import masks
from console.views.panels.wall.turning import Note, Turning

if TYPE_CHECKING:
    from console.bridge import Bridge

CLOCKS_MS: Final = 5000


class TileNotes(QObject):
    """`of` gives the words for a camera, each with its colour; `changed` when some may be others."""

    changed = Signal()

    def __init__(self, bridge: "Bridge", turning: Turning, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._turning = bridge, turning
        self._off: dict[CameraId, float] = {}
        self._lifting = masks.shared(bridge)
        turning.changed.connect(self.changed)
        self._lifting.changed.connect(self.changed)
        self._timer = QTimer(self)
        self._timer.setInterval(CLOCKS_MS)
        self._timer.timeout.connect(self.look_at_clocks)
        if bridge.surroundings.devices is not None:
            self._timer.start()
        self.look_at_clocks()

    def look_at_clocks(self) -> None:
        """Which cameras' clocks are off by more than they may be."""
        devices = self._bridge.surroundings.devices
        limit_s = seconds_of(self._bridge.settings, "video.clock_off_s")
        known = devices.clocks() if devices is not None else ()
        off = {one.camera: one.offset_s for one in known if one.offset_s is not None and abs(one.offset_s) > limit_s}
        if off != self._off:
            self._off = off
            self.changed.emit()

    def of(self, camera: CameraId) -> tuple[Note, ...]:
        """What a tile of this camera says."""
        notes: list[Note] = []
        lifted = self._lifting.badge(camera)
        if lifted:
            notes.append((lifted, "state.warning"))
        turning = self._turning.badge(camera)
        if turning:
            notes.append((turning, "text.strong"))
        if camera in self._off:
            notes.append((_("Clock off by {n} s").format(n=f"{self._off[camera]:+.0f}"), "state.fault"))
        return tuple(notes)
