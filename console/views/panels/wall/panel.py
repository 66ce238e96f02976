"""The wall and its bar: grids, pages, the camera asked for by number, and what alarms bring to the front."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QToolButton, QWidget

from console.i18n import _
from console.models.alarms import Alarm
from console.models.events import AlarmChanged, AlarmRaised
from console.models.ids import AlarmId, CameraId
from console.models.settings import seconds_of
from console.services import queries
from console.views import blink, preferences, theme, words
from console.views.build import bar, button, column, label, named, tool
from console.views.panels.wall.arrange import BY_KEY, GRIDS, Grid, arrange, hidden_by_fronts, pages, smallest_grid
from console.views.panels.wall.canvas import WallCanvas
from console.views.panels.wall.fronts import fronts_of, rings_of

if TYPE_CHECKING:
    from console.bridge import Bridge


class WallPanel(QWidget):
    """Live pictures of the site. Emits `camera_chosen` with a camera's id when the operator points at it."""

    camera_chosen = Signal(str)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wall")
        self._bridge = bridge
        self._cameras = {camera.id: camera for camera in bridge.site.cameras}
        self._order = tuple(camera.id for camera in sorted(bridge.site.cameras, key=lambda camera: camera.number))
        self._kept = preferences.shared(bridge, bridge.surroundings.data_dir)
        self._grid: Grid = BY_KEY.get(self._kept.now.wall_grid) or smallest_grid(len(self._order))
        self._single: CameraId | None = None
        self._page = 0
        self._alarms: dict[AlarmId, Alarm] = {}
        self._sent_back: dict[AlarmId, int] = {}
        self._looked_at: AlarmId | None = None
        self._asked_for: CameraId | None = None
        # A burst of alarms arranges the wall a few times, not a thousand times.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(20)
        self._soon.timeout.connect(self._arrange)
        self._blink = blink.shared(bridge)
        self._build()
        self._blink.turned.connect(self.canvas.turn)
        bridge.on(AlarmRaised, lambda event: self._take_in(event.alarm))
        bridge.on(AlarmChanged, lambda event: self._take_in(event.alarm))
        bridge.ask(queries.live_alarms, then=self._begin)
        self.retranslate()

    def _build(self) -> None:
        self.canvas = WallCanvas(
            self._bridge.feed,
            self._bridge.clock,
            words.zone_or_utc(self._bridge.site),
            self._cameras,
            stale_s=seconds_of(self._bridge.settings, "video.stale_s"),
        )
        self.canvas.chosen.connect(self._choose)
        self.canvas.opened.connect(self._open)
        self._title = label("wall.title", "heading")
        self._note = label("wall.note", "dim", shrinks=True)
        self._restore = button("wall.restore", self.step_back, icon="arrow-left")
        self._number = named(QLineEdit(), "wall.number")
        self._number.setValidator(QIntValidator(1, 9999, self._number))
        self._number.setMaximumWidth(96)
        self._number.setVisible(False)
        self._number.returnPressed.connect(self._take_number)
        self._previous = tool("wall.previous_page", lambda: self.turn_page(-1), "chevron-left")
        self._paging = label("wall.page", "dim")
        self._next = tool("wall.next_page", lambda: self.turn_page(1), "chevron-right")
        self._grids: dict[str, QToolButton] = {}
        for grid in GRIDS:
            made = tool(f"wall.grid_{grid.key}", partial(self.choose_grid, grid))
            made.setText(grid.key)
            made.setCheckable(True)
            self._grids[grid.key] = made
        head = bar("wall.bar", self._title, self._note, self._number, self._restore, self._previous, self._paging,
                   self._next, *self._grids.values())
        layout = head.layout()
        assert isinstance(layout, QBoxLayout)
        layout.setSpacing(theme.px("small_gap"))
        whole = column(head, self.canvas)
        whole.setSpacing(0)
        self.setLayout(whole)

    # ---------------------------------------------------------------- what the operator asks for

    def choose_grid(self, grid: Grid) -> None:
        """Cut the wall this way from now on, at this seat."""
        self._grid, self._single, self._page = grid, None, 0
        self._kept.change(wall_grid=grid.key)
        self._arrange()

    def next_page(self) -> bool:
        """Show the next cameras; False where there are none."""
        return self.turn_page(1)

    def previous_page(self) -> bool:
        """Show the cameras before; False where there are none."""
        return self.turn_page(-1)

    def turn_page(self, by: int) -> bool:
        """Show the next or the previous cameras; False where there are none."""
        page = self._page + by
        if self._single is not None or not 0 <= page < pages(self._grid, len(self._order)):
            return False
        self._page = page
        self._arrange()
        return True

    def ask_number(self) -> bool:
        """Let the operator type the number of a camera; Enter shows it, Esc goes back."""
        self._number.clear()
        self._number.setVisible(True)
        self._number.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def take_snapshot(self) -> bool:
        """Keep the picture of the chosen camera as evidence, of the first one at the front where none is chosen."""
        camera = self.canvas.selected
        if camera is None:
            camera = next((shown.camera for shown in self.canvas.shown if shown.camera), None)
        if camera is None:
            return False
        self._say(_("Taking a picture of {camera} ...").format(camera=self._called(camera)))
        self._bridge.snapshot(camera, lambda _kept: self._say(_("Kept as evidence: {camera}").format(
            camera=self._called(camera))))
        return True

    def step_back(self) -> bool:
        """Undo one thing: the number being typed, the single view, the camera asked for, what alarms brought here."""
        if self._number.isVisible():
            self._number.setVisible(False)
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if self._single is not None:
            self._single = None
        elif self._asked_for is not None:
            self._asked_for = None
        elif self._fronts():
            self._sent_back = {alarm.id: alarm.count for alarm in self._alarms.values()}
            self._looked_at = None
        else:
            return False
        self._arrange()
        return True

    def show_alarm(self, alarm: Alarm | None) -> None:
        """Bring the cameras of the alarm the operator looks at to the front."""
        self._looked_at = alarm.id if alarm is not None else None
        if alarm is not None:
            self._sent_back.pop(alarm.id, None)
            self._asked_for = None
        self._arrange()

    def show_camera(self, camera: str) -> None:
        """Bring a camera to the front and put the mark on it."""
        if camera not in self._cameras:
            return
        self._asked_for = CameraId(camera)
        if self._single is not None:
            self._single = self._asked_for
        self._arrange()
        self.canvas.select(self._asked_for)

    def _take_number(self) -> None:
        wanted = int(self._number.text() or 0)
        camera = next((camera for camera in self._cameras.values() if camera.number == wanted), None)
        if camera is None:
            self._say(_("There is no camera {number}").format(number=wanted))
            self._number.selectAll()
            return
        self._number.setVisible(False)
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_camera(camera.id)
        self.camera_chosen.emit(camera.id)

    def _choose(self, camera: str) -> None:
        self.canvas.select(CameraId(camera))
        self.camera_chosen.emit(camera)

    def _open(self, camera: str) -> None:
        self._single = None if self._single is not None else CameraId(camera)
        self.canvas.select(CameraId(camera))
        self._arrange()

    # ---------------------------------------------------------------- what happens at the post

    def _begin(self, alarms: tuple[Alarm, ...]) -> None:
        for alarm in alarms:
            known = self._alarms.get(alarm.id)
            if known is None or known.rev < alarm.rev:
                self._alarms[alarm.id] = alarm
        self._arrange()

    def _take_in(self, alarm: Alarm) -> None:
        if alarm.closed_at is not None:
            self._alarms.pop(alarm.id, None)
            self._sent_back.pop(alarm.id, None)
            if self._looked_at == alarm.id:
                self._looked_at = None
        else:
            self._alarms[alarm.id] = alarm
        if not self._soon.isActive():
            self._soon.start()

    # ---------------------------------------------------------------- putting it on the wall

    def _fronts(self) -> tuple[CameraId, ...]:
        looked_at = self._alarms.get(self._looked_at) if self._looked_at else None
        found = fronts_of(self._alarms.values(), looked_at, self._asked_for, self._sent_back)
        return tuple(camera for camera in found if camera in self._cameras)

    def _arrange(self) -> None:
        rings = rings_of(self._alarms.values())
        fronts = self._fronts()
        if self._single is not None:
            grid = BY_KEY["1"]
            tiles = arrange(grid, (self._single,))
            away = 0
        else:
            grid = self._grid
            tiles = arrange(grid, self._order, fronts, self._page)
            away = hidden_by_fronts(grid, self._order, fronts, self._page)
        self.canvas.show_tiles(grid, tiles, rings)
        self._blink.need("wall", any(ring.waiting for ring in rings.values()))
        self._restore.setVisible(bool(fronts) or self._single is not None)
        self._note.setText(_("{n} cameras make room for the alarm").format(n=away) if away else "")
        many = pages(self._grid, len(self._order)) if self._single is None else 1
        for widget in (self._previous, self._paging, self._next):
            widget.setVisible(many > 1)
        self._paging.setText(f"{self._page + 1}/{many}")
        self._previous.setEnabled(self._page > 0)
        self._next.setEnabled(self._page < many - 1)
        for key, choice in self._grids.items():
            choice.setChecked(key == (grid.key if self._single is not None else self._grid.key))

    def _called(self, camera: CameraId) -> str:
        known = self._cameras[camera]
        return f"{known.number:02d} {words.said(known.name)}"

    def _say(self, sentence: str) -> None:
        self._note.setText(sentence)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Live pictures"))
        self._restore.setText(_("Back to my layout  Esc"))
        self._number.setPlaceholderText(_("Camera no."))
        self._previous.setToolTip(_("Previous cameras (Page Up)"))
        self._next.setToolTip(_("Next cameras (Page Down)"))
        self._previous.setAccessibleName(self._previous.toolTip())
        self._next.setAccessibleName(self._next.toolTip())
        for key, choice in self._grids.items():
            choice.setToolTip(_("{n} pictures").format(n=BY_KEY[key].capacity))
            choice.setAccessibleName(choice.toolTip())
        self.canvas.setAccessibleName(_("Live pictures"))
        self._arrange()
        self.canvas.update()
