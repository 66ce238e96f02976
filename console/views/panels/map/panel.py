"""The map panel: which map is shown, what happens at the post on it, and who may move it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QIcon, QPainter, QPen, QPixmap, QResizeEvent, QShowEvent, QTransform
from PySide6.QtWidgets import QBoxLayout, QTabBar, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.alarms import Alarm
from console.models.events import (
    AlarmChanged,
    AlarmRaised,
    CameraChanged,
    DispatchChanged,
    RoundChanged,
    SignedOff,
    SignedOn,
)
from console.models.ids import AlarmId, CameraId, CheckpointId, DispatchId, MapId, RouteId
from console.models.incidents import Dispatch
from console.models.patrol import Round
from console.models.people import SignOn
from console.models.pictures import CameraState
from console.models.site import SiteMap, Spot
from console.services import queries
from console.views import blink, theme, words
from console.views.build import bar, column, label, named, tool
from console.views.panels.map import picture
from console.views.panels.map.drawing import Drawing
from console.views.panels.map.legend import Legend
from console.views.panels.map.picture import Ring, ViewLock
from console.views.panels.map.scene import MapScene
from console.views.panels.map.view import STEP, MapView
from console.views.together import RESTS_MS, Together

if TYPE_CHECKING:
    from console.bridge import Bridge

T = TypeVar("T")

# A hand on the map keeps alarms from moving it for so long.
FREE_AFTER_S: Final = 20.0
TICK_MS: Final = 2000
# How much of the surroundings of an alarm is shown, in metres; of a map without scale a share of its width.
SPAN_M: Final = 60.0
SPAN_SHARE: Final = 0.25
_BADGE_PX: Final = 18


class MapPanel(QWidget):
    """The site map. Emits `camera_chosen(str)`, `alarm_chosen(Alarm)` and `post_chosen(str)` when one is clicked."""

    camera_chosen = Signal(str)
    alarm_chosen = Signal(object)
    post_chosen = Signal(str)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map")
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._maps: dict[MapId, SiteMap] = {site_map.id: site_map for site_map in bridge.site.maps}
        self._scenes: dict[MapId, MapScene] = {}
        self._alarms: dict[AlarmId, Alarm] = {}
        self._cameras: dict[CameraId, CameraState] = {
            camera.id: bridge.feed.state(camera.id) for camera in bridge.site.cameras
        }
        self._dispatches: dict[DispatchId, Dispatch] = {}
        self._rounds: dict[RouteId, Round] = {}
        self._present: dict[str, SignOn] = {}
        self._rings: tuple[Ring, ...] = ()
        self._chosen_camera: CameraId | None = None
        self._looked_at: AlarmId | None = None
        self._pulled_by: AlarmId | None = None
        self._pointed: Ring | None = None
        self._before: tuple[MapId, QTransform, QPointF, bool] | None = None
        self.lock = ViewLock(FREE_AFTER_S)
        self._build()
        self._blink = blink.shared(bridge)
        self._blink.turned.connect(self._turn)
        self._soon = Together(RESTS_MS, self)
        self._soon.timeout.connect(self.refresh)
        self._ticks = QTimer(self)
        self._ticks.setInterval(TICK_MS)
        self._ticks.timeout.connect(self.refresh)
        self.retranslate()
        if self._maps:
            self.show_map(next(iter(self._maps)))
        self._listen()

    def _build(self) -> None:
        self.view = MapView(self)
        self.view.touched.connect(self._touch)
        self.view.moved.connect(self._point)
        self.view.camera_clicked.connect(self._choose_camera)
        self.view.alarm_clicked.connect(self._choose_alarm)
        self.view.post_clicked.connect(self.post_chosen.emit)
        self.view.arrow.clicked.connect(self._follow_arrow)
        self.legend = Legend(self.view.viewport())
        self.tabs = named(QTabBar(), "map.maps")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabs.setIconSize(QSize(_BADGE_PX, _BADGE_PX))
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for site_map in self._maps.values():
            self.tabs.setTabData(self.tabs.addTab(""), site_map.id)
        self.tabs.tabBarClicked.connect(self._choose_map)
        self._empty = label("map.empty", "dim")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._follow = tool("map.follow", self._toggle_follow, "focus-2")
        self._follow.setCheckable(True)
        self._follow.setChecked(True)
        self._out = tool("map.zoom_out", lambda: self._zoom(1 / STEP), "zoom-out")
        self._in = tool("map.zoom_in", lambda: self._zoom(STEP), "zoom-in")
        self._fit = tool("map.fit", self._fit_by_hand, "maximize")
        self._key = tool("map.show_legend", self._toggle_legend, "list-details")
        self._key.setCheckable(True)
        head = bar("map.bar", self.tabs, 1, self._follow, self._out, self._in, self._fit, self._key)
        layout = head.layout()
        assert isinstance(layout, QBoxLayout)
        layout.setSpacing(0)
        layout.setContentsMargins(0, 0, theme.px("small_gap"), 0)
        whole = column(head, self.view, self._empty)
        whole.setSpacing(0)
        self.setLayout(whole)
        self.view.setVisible(bool(self._maps))
        self._empty.setVisible(not self._maps)

    def _listen(self) -> None:
        bridge = self._bridge
        bridge.on(AlarmRaised, lambda event: self._take_in(event.alarm, new=True))
        bridge.on(AlarmChanged, lambda event: self._take_in(event.alarm))
        bridge.on(CameraChanged, lambda event: self._hear_camera(event.state))
        bridge.on(DispatchChanged, lambda event: self._hear_dispatch(event.dispatch))
        bridge.on(RoundChanged, lambda event: self._hear_round(event.round))
        bridge.on(SignedOn, lambda event: self._hear_sign_on(event.sign_on))
        bridge.on(SignedOff, lambda event: self._hear_sign_on(event.sign_on))
        bridge.ask(queries.live_alarms, then=self._begin_alarms)
        bridge.ask(queries.open_dispatches, then=_each(self._hear_dispatch))
        bridge.ask(queries.rounds, then=_each(self._hear_round))
        bridge.ask(queries.present, then=_each(self._hear_sign_on))

    # ---------------------------------------------------------------- what happens at the post

    def _begin_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        for alarm in alarms:
            self._take_in(alarm)

    def _take_in(self, alarm: Alarm, *, new: bool = False) -> None:
        known = self._alarms.get(alarm.id)
        if known is not None and known.rev > alarm.rev:
            return
        rung = known is None or alarm.count > known.count
        if alarm.closed_at is not None:
            self._alarms.pop(alarm.id, None)
        else:
            self._alarms[alarm.id] = alarm
        self._soon.ask()
        if rung and (new or known is not None) and picture.pulls_the_map(alarm):
            self._pull(alarm)

    def _hear_camera(self, state: CameraState) -> None:
        self._cameras[state.camera] = state
        self._soon.ask()

    def _hear_dispatch(self, dispatch: Dispatch) -> None:
        known = self._dispatches.get(dispatch.id)
        if known is None or known.rev <= dispatch.rev:
            self._dispatches[dispatch.id] = dispatch
            self._soon.ask()

    def _hear_round(self, walk: Round) -> None:
        known = self._rounds.get(walk.route)
        same = known is not None and known.id == walk.id
        if known is None or (known.rev <= walk.rev if same else known.started_at < walk.started_at):
            self._rounds[walk.route] = walk
            self._soon.ask()

    def _hear_sign_on(self, sign_on: SignOn) -> None:
        known = self._present.get(sign_on.id)
        if known is None or known.off_at is None:
            self._present[sign_on.id] = sign_on
        self._soon.ask()

    # ---------------------------------------------------------------- showing it

    def scene_of(self, map_id: MapId) -> MapScene:
        """The scene of a map, made when it is first looked at."""
        scene = self._scenes.get(map_id)
        if scene is None:
            site_map = self._maps[map_id]
            drawing = Drawing(self._bridge.surroundings.site_dir / site_map.file)
            scene = self._scenes[map_id] = MapScene(self._bridge.site, site_map, drawing, self)
            if not drawing.readable:
                scene.addText(_("The drawing {file} cannot be read.").format(file=site_map.file))
        return scene

    @property
    def shown(self) -> MapId | None:
        """The map that is shown."""
        scene = self.view.map_scene
        return scene.site_map.id if scene is not None else None

    def show_map(self, map_id: MapId) -> None:
        """Show a map, the whole of it."""
        if map_id != self.shown:
            self.view.show_scene(self.scene_of(map_id))
            self.tabs.setCurrentIndex(list(self._maps).index(map_id))
            self.refresh()

    def refresh(self) -> None:
        """Show what is known now, on the map that is shown; the others learn it when they are looked at."""
        now = self._bridge.clock.now()
        self._rings = picture.rings_of(self._alarms.values(), now)
        self._blink.need("map", self.isVisible() and any(ring.waiting for ring in self._rings))
        scene = self.view.map_scene
        if scene is not None:
            self._fill(scene, now)
        self._badge()
        self._come_back()
        self._point()

    def _fill(self, scene: MapScene, now: datetime) -> None:
        site, rounds = self._bridge.site, tuple(self._rounds.values())
        sights = {
            state.camera: (state.sight, picture.is_recent(state.since_at, now)) for state in self._cameras.values()
        }
        seen_by = frozenset(
            camera for alarm in self._alarms.values() if picture.is_shown(alarm) for camera in alarm.cameras
        )
        scene.show_rings(self._rings)
        scene.show_cameras(sights, self._chosen_camera, seen_by)
        found = picture.standings(
            site, self._alarms.values(), self._dispatches.values(), rounds, self._present.values()
        )
        scene.show_posts(found, picture.walkers(site, rounds, now))
        stops = picture.stops_of(rounds)
        times: dict[CheckpointId, str] = {
            checkpoint: words.minute(stop.reached_at or stop.due_at, self._zone) for checkpoint, stop in stops.items()
        }
        scene.show_stops(stops, times)
        scene.lay_labels()
        scene.turn(self._blink.phase)

    def _badge(self) -> None:
        counts = picture.counts_of(self._rings)
        for index, map_id in enumerate(self._maps):
            total, waiting = counts.get(map_id, (0, 0))
            self.tabs.setTabIcon(index, _badge(total, waiting, self.devicePixelRatioF()))
            name = words.said(self._maps[map_id].name)
            said = _("{n} alarms, {waiting} not acknowledged").format(n=total, waiting=waiting) if total else ""
            self.tabs.setTabToolTip(index, f"{name}  {said}".strip())
            self.tabs.setAccessibleTabName(index, f"{name} {said}".strip())

    def _turn(self, phase: bool) -> None:
        scene = self.view.map_scene
        if scene is not None:
            scene.turn(phase)
        self.view.arrow.turn(phase)

    # ---------------------------------------------------------------- who moves the map

    def _now_s(self) -> float:
        return self._bridge.clock.monotonic()

    def _touch(self) -> None:
        self.lock.touch(self._now_s())
        self._before = self._pulled_by = None

    def _pull(self, alarm: Alarm) -> None:
        """A new alarm asks for the map: it goes there where no hand is on it, else the arrow points.

        It does not leave an alarm that is as urgent and still waits: a map that jumps from one to the next is no help.
        """
        before = self._alarms.get(self._pulled_by) if self._pulled_by else None
        if before is not None and before.state in words.WAITING and before.priority <= alarm.priority:
            return
        if self.lock.free(self._now_s()) and alarm.spot is not None:
            self._pulled_by = alarm.id
            shown = self.shown
            if self._before is None and shown is not None:
                middle = self.view.mapToScene(self.view.viewport().rect().center())
                self._before = (shown, self.view.transform(), middle, self.view.fitted)
            self._go_to(alarm.spot)

    def _go_to(self, spot: Spot) -> None:
        if spot.map not in self._maps:
            return
        self.show_map(spot.map)
        scale = self._maps[spot.map].metres_per_px
        width = self.scene_of(spot.map).sceneRect().width()
        self.view.look_at(spot, SPAN_M / scale if scale else SPAN_SHARE * width)

    def _come_back(self) -> None:
        """When the last alarm is gone and no hand has moved the map since, show again what was shown before."""
        if self._before is None or self._rings:
            return
        map_id, transform, middle, fitted = self._before
        self._before = None
        self.show_map(map_id)
        if fitted:
            self.view.fit()
        else:
            self.view.setTransform(transform)
            self.view.centerOn(middle)

    def _point(self) -> None:
        """Point to the most urgent alarm that nobody has acknowledged and that is out of sight."""
        out_of_sight = (ring for ring in self._rings if ring.waiting and not self.view.sees(ring.spot))
        self._pointed = next((ring for ring in out_of_sight if ring.spot.map in self._maps), None)
        if self._pointed is None:
            self.view.point_nowhere()
            return
        spot, alarm = self._pointed.spot, self._pointed.alarm
        if spot.map == self.shown:
            self.view.point_to(words.place_of(alarm), spot)
        else:
            self.view.point_to(f"{words.said(self._maps[spot.map].name)} · {words.term(alarm.alarm_class)}", None)

    # ---------------------------------------------------------------- what the operator asks for

    def show_alarm(self, alarm: Alarm | None) -> None:
        """Go to the alarm the operator looks at; told again about the same one, the map stays where it is."""
        looked_at = alarm.id if alarm is not None else None
        if looked_at == self._looked_at:
            return
        self._looked_at = looked_at
        if alarm is not None and alarm.spot is not None:
            self._touch()
            self._go_to(alarm.spot)

    def show_camera(self, camera: str) -> None:
        """Mark the camera that was asked for; the map moves only where it has to and nobody's hand is on it."""
        self._chosen_camera = CameraId(camera)
        self.refresh()
        scene = self.view.map_scene
        mark = scene.cameras.get(self._chosen_camera) if scene is not None else None
        if mark is not None and not self.view.sees(mark.spot) and self.lock.free(self._now_s()):
            self.view.centerOn(mark.pos())
            self._point()

    def _choose_camera(self, camera: str) -> None:
        self._chosen_camera = CameraId(camera)
        self.refresh()
        self.camera_chosen.emit(camera)

    def _choose_alarm(self, alarm: Alarm) -> None:
        self._looked_at = alarm.id
        self._touch()
        self.alarm_chosen.emit(alarm)

    def _choose_map(self, index: int) -> None:
        if index >= 0:
            self._touch()
            self.show_map(self.tabs.tabData(index))

    def _follow_arrow(self) -> None:
        if self._pointed is not None:
            self._touch()
            self._go_to(self._pointed.spot)
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _toggle_follow(self) -> None:
        self.lock.follows = self._follow.isChecked()

    def _zoom(self, factor: float) -> None:
        self._touch()
        self.view.zoom(factor)

    def _fit_by_hand(self) -> None:
        self._touch()
        self.view.fit()

    def _toggle_legend(self) -> None:
        shown = self._key.isChecked()
        self.legend.fit_into(self.view.viewport().size())
        self.legend.setVisible(shown)
        self.legend.raise_()

    # ---------------------------------------------------------------- language and look

    def retranslate(self) -> None:
        """Say every sentence anew."""
        for index, site_map in enumerate(self._maps.values()):
            self.tabs.setTabText(index, words.said(site_map.name))
        self._empty.setText(_("This site has no map."))
        tips = {
            self._follow: _("Go to new alarms while nobody moves the map"),
            self._out: _("Zoom out (-)"),
            self._in: _("Zoom in (+)"),
            self._fit: _("The whole map (Home)"),
            self._key: _("What the marks mean"),
        }
        for button, tip in tips.items():
            button.setToolTip(tip)
            button.setAccessibleName(tip)
        self.view.setAccessibleName(_("Map"))
        self.tabs.setAccessibleName(_("Maps"))
        self._restyle()

    def _restyle(self) -> None:
        self.view.setBackgroundBrush(theme.color("map.ground"))
        for scene in self._scenes.values():
            scene.restyle()
        self.legend.fit_into(self.view.viewport().size())
        self.refresh()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange) and hasattr(self, "_soon"):
            self._restyle()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.legend.fit_into(self.view.viewport().size())

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ticks.start()
        self.refresh()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ticks.stop()
        self._blink.need("map", False)


def _each(hear: Callable[[T], None]) -> Callable[[tuple[T, ...]], None]:
    def begin(found: tuple[T, ...]) -> None:
        for one in found:
            hear(one)

    return begin


def _badge(total: int, waiting: int, ratio: float) -> QIcon:
    """How many alarms a map has: a full red disc while some are not acknowledged, a ring afterwards; none without any."""
    if not total:
        return QIcon()
    drawn = QPixmap(round(_BADGE_PX * ratio), round(_BADGE_PX * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = theme.color("alarm.critical")
    painter.setPen(QPen(colour, 2))
    painter.setBrush(colour if waiting else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QRectF(1, 1, _BADGE_PX - 2, _BADGE_PX - 2))
    painter.setFont(theme.font("small_strong"))
    painter.setPen(theme.color("alarm.critical_ink" if waiting else "text.main"))
    painter.drawText(QRectF(0, 0, _BADGE_PX, _BADGE_PX), Qt.AlignmentFlag.AlignCenter, str(min(total, 99)))
    painter.end()
    return QIcon(drawn)
