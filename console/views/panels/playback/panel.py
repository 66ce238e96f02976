"""The playback page: up to nine recordings of one moment, the timeline below them, all of it by keyboard."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.i18n import _
from console.models.alarms import Alarm
from console.models.events import LockChanged
from console.models.ids import CameraId
from console.models.people import Actor
from console.models.playback import SPEEDS, TILES, FootagePlayer, How, Moment, Purpose
from console.models.settings import seconds_of
from console.models.text import Text
from console.models.timeline import day_bounds, day_of, moment_of
from console.services import playback
from console.services.playback import CameraDay
from console.views import words
from console.views.build import column, label, named, row
from console.views.panels.playback.acts import Acts
from console.views.panels.playback.glass import PlaybackGlass
from console.views.panels.playback.keys import by_key, name_of, verbs_of
from console.views.panels.playback.knowing import Knowing
from console.views.panels.playback.looking import Looking
from console.views.panels.playback.opening import Opening, begin_of
from console.views.panels.playback.side import PlaybackSide
from console.views.panels.playback.timeline import Timeline
from console.views.panels.playback.transport import Transport
from console.views.panels.playback.unmasking import Unmasking
from console.views.panels.playback.viewing import Viewed

if TYPE_CHECKING:
    from console.bridge import Bridge

TICK_MS: Final = 40
EDGE_S: Final = 3.0
"""What was written so lately may not have reached the file."""
BEFORE_ALARM_S: Final = 30.0
REST_S: Final = 60_000
"""The processes end when the page was left for so many milliseconds."""
SEEN_S: Final = 0.5


class PlaybackPanel(QWidget):
    """Recordings, looked back at. Emits `page_asked("playback")` when something is to be seen here."""

    page_asked = Signal(str)
    camera_chosen = Signal(str)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "playback")
        self._bridge = bridge
        self.zone = words.zone_or_utc(bridge.site)
        self._cameras = {camera.id: camera for camera in bridge.site.cameras}
        self._player: FootagePlayer | None = bridge.surroundings.player
        self.cameras: tuple[CameraId, ...] = ()
        self.places = 4
        self.speed = 1.0
        self.playing = False
        self.day: date = day_of(self._now_s(), self.zone)
        self._seen_s = 0.0
        self.backwards = False
        self.opening = Opening(bridge, self.show_moment)
        self.viewed = Viewed(bridge)
        if self._player is None:
            missing = label("playback.missing", "small")
            self.setLayout(column(missing, 1, margins=(12, 12, 12, 12)))
            self._missing = missing
            self.retranslate()
            return
        self._build(self._player)
        self._wire(self._player)
        self.retranslate()

    def _build(self, player: FootagePlayer) -> None:
        self.acts = Acts(self, self._bridge, player, self.zone)
        self.knowing = Knowing(self._bridge, player, self.zone, self._know)
        self.glass = PlaybackGlass(player, self.zone, self._cameras, self._aspect)
        self.timeline = Timeline(self.zone, self._cameras, self.day)
        self.side = PlaybackSide(self._bridge, self.zone, self.day)
        self.masks = Unmasking(self, self._bridge, player)
        self.glass.badge = self.masks.lifting.badge
        self.looking = Looking(self._bridge, self._reach_changed)
        self.glass.shows = self.looking.shows
        self.transport = Transport(verbs_of(self))
        middle = column(self.masks.bar, self.glass, self.transport, self.timeline)
        middle.setSpacing(0)
        middle.setStretchFactor(self.glass, 1)
        whole = row(middle, self.side)
        whole.setSpacing(0)
        whole.setStretchFactor(middle, 1)
        self.setLayout(whole)

    def _wire(self, player: FootagePlayer) -> None:
        self.glass.chosen.connect(self.select)
        self.glass.dropped.connect(self._drop)
        self.glass.enlarged.connect(self._enlarge)
        self.glass.drawn.connect(self.acts.search)
        self.timeline.dragged.connect(self._drag)
        self.timeline.dropped.connect(self.go)
        self.timeline.ranged.connect(self.acts.say_range)
        self.timeline.chosen.connect(self.select)
        self.side.toggled.connect(self._toggle_camera)
        self.side.day_chosen.connect(self.show_day)
        self.side.month_turned.connect(lambda _first: self._mark_days())
        self.side.picked.connect(self.go)
        self.transport.entered.connect(self.acts.entered)
        self.transport.let_go.connect(self.begin)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_S)
        self._rest.timeout.connect(self._put_away)
        self._bridge.on(LockChanged, self._lock_changed)
        self._bridge.actor_changed.connect(self._keyboard_taken)
        player.move(self._now_s() - BEFORE_ALARM_S, 0.0)

    # ---------------------------------------------------------------- small things

    def _now_s(self) -> float:
        return self._bridge.clock.now().timestamp()

    @property
    def position_s(self) -> float:
        """The moment that is played, in seconds since 1970."""
        return self._player.position() if self._player is not None else 0.0

    def _aspect(self, camera: CameraId) -> float:
        try:
            state = self._bridge.feed.state(camera)
        except KeyError:
            return 16 / 9
        return state.width_px / state.height_px if state.width_px and state.height_px else 16 / 9

    def _say(self, text: Text) -> None:
        self._bridge.refused.emit(text)

    def begin(self) -> None:
        """The keyboard is for the pictures."""
        if self._player is not None:
            self.glass.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---------------------------------------------------------------- which cameras

    def show_cameras(self, cameras: tuple[CameraId, ...]) -> None:
        """Play these cameras, nine at most, at the moment that is played."""
        if self._player is None:
            return
        cameras = tuple(dict.fromkeys(one for one in cameras if one in self._cameras))[: TILES[-1]]
        self.viewed.leave(cameras)
        self.cameras = cameras
        self.places = next(number for number in TILES if number >= max(1, len(cameras)))
        self.masks.paint()
        self._place()
        if self.glass.selected not in cameras:
            self.select(cameras[0] if cameras else "")
        self.knowing.load(self.cameras, self.day)
        self._mark_days()

    def _place(self) -> None:
        assert self._player is not None
        if self.isVisible():
            self._player.show(self.cameras)
        shown: tuple[CameraId | None, ...] = self.cameras[: self.places]
        if self.places == 1 and self.glass.selected in self.cameras:
            shown = (self.glass.selected,)
        self.glass.show_places(shown + (None,) * (self.places - len(shown)))
        self.timeline.show_rows(self.cameras, self.knowing.days)
        self.side.show_playing(self.cameras)

    def select(self, camera: str) -> None:
        """The camera that steps, searches and bookmarks are about."""
        chosen = CameraId(camera) if camera else None
        self.glass.select(chosen)
        self.timeline.selected = chosen
        self.timeline.found = ()
        self.timeline.update()
        self.masks.paint()
        if self.places == 1:
            self._place()

    def cut(self, places: int) -> bool:
        """Show one, four or nine pictures; one is the chosen camera."""
        if places in TILES:
            self.places = places
            self._place()
        return True

    def _toggle_camera(self, camera: str) -> None:
        name = CameraId(camera)
        if name in self.cameras:
            self.show_cameras(tuple(one for one in self.cameras if one != name))
        elif len(self.cameras) >= TILES[-1]:
            self._say(Text("最多同时回放 9 路，请先去掉一路。", "Nine cameras at most; take one away first."))
        else:
            self.show_cameras((*self.cameras, name))
            self.select(name)

    def _drop(self, camera: str, place: int) -> None:
        name = CameraId(camera)
        others = [one for one in self.cameras if one != name]
        if place < len(others) and name not in self.cameras:
            others[place] = name
        else:
            others.insert(min(place, len(others)), name)
        self.show_cameras(tuple(others))
        self.select(name)

    def _enlarge(self, camera: str) -> None:
        self.select(camera)
        self.cut(1 if self.places > 1 else next(number for number in TILES if number >= max(1, len(self.cameras))))

    def next_tile(self, by: int) -> None:
        """The tile so many places on."""
        if self.cameras:
            at = self.cameras.index(self.glass.selected) if self.glass.selected in self.cameras else 0
            self.select(self.cameras[(at + by) % len(self.cameras)])

    # ---------------------------------------------------------------- what is known of the day

    def _know(self, days: dict[CameraId, CameraDay]) -> None:
        """More is known of the day than before."""
        self.glass.days = days
        self.timeline.show_rows(self.cameras, days)
        self.glass.tick()
        self._see()

    def _lock_changed(self, event: LockChanged) -> None:
        if self.isVisible() and event.lock.camera in ("", *self.cameras):
            self.reload()

    def _reach_changed(self) -> None:
        """A request was approved, or is over: what may be seen is another."""
        self.glass.update()
        self._show_moment()
        self.timeline.update()
        self._see()

    def _put_away(self) -> None:
        """Nobody has looked here for a while: the processes end, and what was looked at for is over."""
        if self._player is not None:
            self._player.show(())
        self.set_purpose(Purpose())

    def reload(self) -> None:
        """Ask anew what is known of the day."""
        self.knowing.load(self.cameras, self.day)

    def _mark_days(self) -> None:
        first = self.side.month.first
        number = ((first.replace(day=28) + timedelta(days=4)).replace(day=1) - first).days
        self._bridge.ask(
            playback.days_with_footage,
            self.cameras,
            first,
            number,
            self._bridge.site.timezone,
            then=self.side.month.mark,
        )

    def show_day(self, day: date) -> None:
        """Look at another day, at the same time of it."""
        at = datetime.fromtimestamp(self.position_s, self.zone)
        moment = moment_of(day, f"{at:%H:%M:%S}", self.zone)
        self.go(moment if moment is not None else day_bounds(day, self.zone)[0])

    def _turn_to_day(self, at_s: float) -> None:
        day = day_of(at_s, self.zone)
        if day == self.day:
            return
        self.day = day
        self.timeline.show_day(day)
        self.timeline.set_range(None)
        self.timeline.found = ()
        self.side.show_day(day, day_of(self._now_s(), self.zone))
        self.knowing.load(self.cameras, self.day)

    # ---------------------------------------------------------------- moving

    def go(self, at_s: float, how: How = How.SEEK) -> None:
        """Show a moment; as far back as the person at the keyboard may look."""
        if self._player is None:
            return
        at_s = min(self.looking.nearest(self.cameras, at_s), self._now_s() - EDGE_S)
        self._turn_to_day(at_s)
        running = self.pace if self.playing and how is How.SEEK else 0.0
        self._player.move(at_s, running, how)
        self._see(dragged=how is How.DRAG)
        self._show_moment()

    def _drag(self, at_s: float) -> None:
        self.go(at_s, How.DRAG)

    def toggle(self) -> bool:
        """Play, or pause."""
        self.playing = not self.playing
        self.go(self.position_s)
        return True

    @property
    def pace(self) -> float:
        """How fast the clock runs while it plays; below zero backwards."""
        return -self.speed if self.backwards else self.speed

    def turn_round(self) -> bool:
        """Play backwards; again forwards."""
        self.backwards, self.playing = not self.backwards, True
        self.go(self.position_s)
        return True

    def change_speed(self, by: int) -> bool:
        """Faster or slower, from a quarter to sixteen times."""
        self.speed = SPEEDS[max(0, min(len(SPEEDS) - 1, SPEEDS.index(self.speed) + by))]
        self.go(self.position_s)
        return True

    def skip(self, seconds: float) -> None:
        """So many seconds on or back."""
        self.go(self.position_s + seconds)

    def go_to_newest(self) -> bool:
        """What was recorded last."""
        self.go(self._now_s() - EDGE_S)
        return True

    # ---------------------------------------------------------------- opened from elsewhere

    def show_moment(self, moment: Moment) -> bool:
        """Show this page from before a moment on: of an alarm, of a line of a log, of a tile's instant replay."""
        if self._player is None:
            return False
        self.viewed.leave()
        self.set_purpose(moment.purpose)
        self.show_cameras(moment.cameras or self.cameras)
        self.playing, self.backwards, self.speed = True, False, 1.0
        self.go(begin_of(moment))
        self.page_asked.emit("playback")
        self.begin()
        return True

    def show_alarm(self, alarm: Alarm | None) -> None:
        """The alarm the operator looks at: what `open_chosen` is about."""
        self.opening.alarm = alarm

    def show_camera(self, camera: str) -> None:
        """The camera the operator pointed at."""
        self.opening.camera = CameraId(camera)

    def open_chosen(self) -> bool:
        """The alarm that is looked at, from half a minute before it, by its cameras; else the camera pointed at last."""
        return self.opening.chosen(self.cameras, self.set_purpose)

    def set_purpose(self, purpose: Purpose) -> None:
        """What is looked at from now on is looked at for this, and so is what is looked at now."""
        self.viewed.purpose = purpose
        self.transport.show_purpose(purpose)

    def take_snapshot(self) -> bool:
        """Keep the picture of the chosen tile as evidence."""
        return self._player is not None and self.acts.take_snapshot()

    def go_live(self) -> bool:
        """Back to the watch page, with the chosen camera at the front of the wall."""
        self.page_asked.emit("watch")
        if self.glass.selected is not None:
            self.camera_chosen.emit(self.glass.selected)
        return True

    # ---------------------------------------------------------------- who looked at what

    def _see(self, *, dragged: bool = False) -> None:
        at_s, free_s = self.position_s, seconds_of(self._bridge.settings, "video.free_replay_s")
        if not self.isVisible() or at_s > self._now_s() - free_s:
            return
        self._seen_s = self._bridge.clock.monotonic()
        seen = [
            one.camera for one in self.glass.tiles if one.camera is not None and not self.glass.words_of(one.camera)
        ]
        self.viewed.see(seen, at_s, self.looking.reach, dragged=dragged)

    def _keyboard_taken(self, actor: Actor | None) -> None:
        """What somebody looked at is theirs, also when another person takes the keyboard."""
        self.viewed.belongs_to(actor)
        self.transport.show_purpose(self.viewed.purpose)
        self.playing = False
        if self._player is not None:
            self._player.move(self.position_s, 0.0)

    # ---------------------------------------------------------------- the tick

    def tick(self) -> None:
        """Take in what the player says, and move everything with the clock."""
        if self._player is None:
            return
        self._player.tick()
        at_s, edge_s = self.position_s, self._now_s() - EDGE_S
        if self.playing and at_s > edge_s and self.pace > 1.0:
            self.speed = 1.0
            self.go(edge_s)
        reach = self.looking.reach
        holds = reach.open if self.backwards else reach.shows
        if self.playing and self.cameras and not any(holds(camera, at_s) for camera in self.cameras):
            self.playing = False
            self.go(at_s)
        self._turn_to_day(at_s)
        self._show_moment()
        self.glass.tick()
        self.knowing.refresh(self.day)
        if self.playing and self._bridge.clock.monotonic() - self._seen_s > SEEN_S:
            self._see()

    def _show_moment(self) -> None:
        at_s = self.position_s
        at = datetime.fromtimestamp(at_s, self.zone)
        self.transport.show_moment(f"{at:%Y-%m-%d %H:%M:%S}", self.pace, playing=self.playing)
        self.timeline.reach = self.looking.reach
        self.timeline.go(at_s, self._now_s())

    # ---------------------------------------------------------------- keys

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._player is None or event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            event.ignore()
            return
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.glass.drawing:
            self.glass.close_region()
            return
        if key == Qt.Key.Key_Escape and self._step_back():
            return
        does = by_key(verbs_of(self)).get(name_of(event))
        if does is None:
            event.ignore()
        else:
            does()

    def _step_back(self) -> bool:
        if self.masks.bar.step_back():
            return True
        if self.glass.drawing:
            self.glass.draw(False)
            return True
        if self.transport.close_entry() or self.glass.forget_zooms():
            return True
        if self.timeline.range is not None:
            self.timeline.set_range(None)
            return True
        return False

    # ---------------------------------------------------------------- Qt

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._player is None:
            return
        self._rest.stop()
        if not self.cameras:
            known = sorted(self._cameras.values(), key=lambda one: (one.record.mode.value == "none", one.number))
            self.show_cameras(tuple(one.id for one in known[:4]))
        self._player.show(self.cameras)
        self.side.show_day(self.day, day_of(self._now_s(), self.zone))
        self._place()
        self.knowing.load(self.cameras, self.day)
        self._timer.start()
        self.go(self.position_s)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._player is None:
            return
        self._timer.stop()
        self.playing = False
        self._player.move(self.position_s, 0.0)
        self.viewed.leave()
        self._rest.start()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        if self._player is None:
            self._missing.setText(_("Recordings cannot be played at this seat"))
            return
        self.transport.retranslate()
        self.masks.bar.retranslate()
        self.side.retranslate()
        self.acts.say_range()
        self.glass.update()
        self.timeline.update()
