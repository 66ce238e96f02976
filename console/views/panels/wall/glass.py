"""The glass of a wall: one widget that paints every tile, and pulls every picture on one shared tick.

Measured: a picture at the tile's exact size in Format_RGB32 costs 0.02 ms to blit, 0.5 to 1 ms where the painter has to
scale it, and a widget a tile costs a paint event each. So there is one widget, the feed is told the exact size of
every tile, and only tiles with a new picture are painted. Nothing is queued anywhere: who comes late sees the newest.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import tzinfo
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.models.clock import Clock
from console.models.ids import CameraId
from console.models.load import LATE_MORE_S, Pace
from console.models.pictures import PictureFeed, Sight
from console.models.site import Camera
from console.models.zoom import WHOLE, Region, Zoom
from console.views import theme
from console.views.labels import Labels
from console.views.panels.wall.arrange import Box, Tile, picture_box
from console.views.panels.wall.fresh import TICK_MS, Fresh, LoopKey
from console.views.panels.wall.loop import Loop
from console.views.panels.wall.tile import (
    Ring,
    ShownTile,
    faults_of,
    paint_badges,
    paint_plate,
    paint_ring,
    paint_strip,
    paint_waiting,
)

STRIP_PX: Final = 24
GAP_PX: Final = 6
NARROW_PX: Final = 150  # tiles narrower than this get a lower strip
NARROW_STRIP_PX: Final = 18
_WIDE: Final = 16 / 9
Place = Callable[[int, int], tuple[Box, ...]]
Want = tuple[int, int, Region]


class Glass(QWidget):
    """Every tile of a wall or of an alarm strip; hands are given to it by its children.

    `marks(camera)` says what recording does of a camera: "" nothing, "on", or "off" where it should be recorded and is
    not. `notes(camera)` are further words for its picture, each with the token of its colour.
    """

    def __init__(
        self,
        feed: PictureFeed,
        clock: Clock,
        zone: tzinfo,
        cameras: Mapping[CameraId, Camera],
        *,
        stale_s: float = 2.0,
        name: str = "wall.canvas",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._feed = feed
        self._clock = clock
        self._zone = zone
        self._cameras = cameras
        self._stale_s = stale_s
        self._labels = Labels()
        self._shape: Hashable = None
        self._place: Place = lambda _width, _height: ()
        self._tiles: tuple[Tile, ...] = ()
        self._shown: list[ShownTile] = []
        self._ratio = 1.0
        self._rings: Mapping[CameraId, Ring] = {}
        self._loops: dict[LoopKey, Loop] = {}
        self._zooms: dict[CameraId, Zoom] = {}
        self._paces: dict[CameraId, Pace] = {}
        self._wanted: dict[CameraId, Want] = {}
        self._selected: CameraId | None = None
        self._marked: int | None = None
        self.marks: Callable[[CameraId], str] = lambda _camera: ""
        self.notes: Callable[[CameraId], tuple[tuple[str, str], ...]] = lambda _camera: ()
        self._blink_full = True
        self._fresh = Fresh(
            feed, clock, self._loops, changed=self.update, each_second=self._each_second, paint=self._paint_picture
        )
        self.late_ms = self._fresh.late_ms
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._fresh.tick)
        # While the window is being dragged larger, the workers are not asked for a new size with every pixel.
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(120)
        self._settle.timeout.connect(self._ask)

    # ---------------------------------------------------------------- what is shown

    def show_placed(self, shape: Hashable, place: Place, tiles: Sequence[Tile], rings: Mapping[CameraId, Ring]) -> None:
        """Show these tiles from now on; tiles that keep camera and place keep their picture.

        `place` gives the boxes of the tiles in an area; `shape` is what it depends on beside the tiles.
        """
        self._rings = rings
        if shape == self._shape and tuple(tiles) == self._tiles:
            for shown in self._shown:
                shown.ring = rings.get(shown.camera) if shown.camera else None
            self.update()
            return
        self._shape, self._place, self._tiles = shape, place, tuple(tiles)
        self._lay_out()
        if self.isVisible():
            self._ask()

    def select(self, camera: CameraId | None) -> None:
        """Put the mark of the chosen camera on this one; None takes it away."""
        self._selected = camera
        self.update()

    def mark(self, slot: int | None) -> None:
        """Mark a tile as the one that waits for another to change places with."""
        self._marked = slot
        self.update()

    @property
    def selected(self) -> CameraId | None:
        """The camera that bears the mark, None where there is none or it is not on the wall."""
        on_wall = {shown.camera for shown in self._shown}
        return self._selected if self._selected in on_wall else None

    @property
    def shown(self) -> tuple[ShownTile, ...]:
        """Every tile as it stands."""
        return tuple(self._shown)

    def turn(self, full: bool) -> None:
        """Draw the markers of unacknowledged alarms full or hollow; called by the shared blink."""
        self._blink_full = full
        for shown in self._shown:
            if shown.ring is not None and shown.ring.waiting:
                self.update(shown.strip)

    def set_paces(self, paces: Mapping[CameraId, Pace]) -> None:
        """Say of which cameras less is shown than there is; their pictures may be older."""
        if dict(paces) != self._paces:
            self._paces = dict(paces)
            self.update()

    # ---------------------------------------------------------------- zoom and replay

    def zoom_of(self, camera: CameraId | None) -> Zoom:
        """How closely a camera is looked at here."""
        return self._zooms.get(camera, Zoom()) if camera else Zoom()

    def set_zoom(self, camera: CameraId, zoom: Zoom) -> None:
        """Look at a part of a camera's picture from now on."""
        if zoom.whole:
            self._zooms.pop(camera, None)
        else:
            self._zooms[camera] = zoom
        self._ask()
        self.update()

    def set_loop(self, camera: CameraId, loop: Loop | None, *, beside: bool = False) -> None:
        """Show recent pictures in a camera's tile (or, `beside`, in its loop tile) instead of live ones; None: live."""
        key = (camera, beside)
        if loop is None:
            self._loops.pop(key, None)
        else:
            self._loops[key] = loop
        for shown in self._shown:
            if shown.camera == camera:
                shown.loop_index = -1
        self.update()

    def loop_of(self, camera: CameraId, *, beside: bool = False) -> Loop | None:
        """The recent pictures that are shown of a camera."""
        return self._loops.get((camera, beside))

    # ---------------------------------------------------------------- layout and sizes

    def area_in(self, width: int, height: int) -> int:
        """How many pixels of pictures these tiles would have in a room of this size."""
        found = 0
        for box in self._place(width, height):
            picture = picture_box(box, self._strip_px(box), _WIDE)
            found += picture.width * picture.height
        return found

    def _strip_px(self, box: Box) -> int:
        return NARROW_STRIP_PX if box.width < NARROW_PX else STRIP_PX

    def _lay_out(self) -> None:
        before = {(shown.camera, shown.tile.loop): shown for shown in self._shown if shown.camera}
        self._shown = []
        ratio = self._ratio = self.devicePixelRatioF()
        placed = self._place(self.width(), self.height())
        for tile, box in zip(self._tiles, placed, strict=True):
            strip = self._strip_px(box)
            state = self._feed.state(tile.camera) if tile.camera else None
            aspect = state.width_px / state.height_px if state and state.width_px and state.height_px else _WIDE
            picture = picture_box(box, strip, aspect)
            shown = ShownTile(
                tile=tile,
                box=_rect(box),
                room=QRect(box.left, box.top, box.width, max(1, box.height - strip)),
                picture=_rect(picture),
                strip=QRect(box.left, box.bottom - strip, box.width, strip),
                size_px=(round(picture.width * ratio), round(picture.height * ratio)),
                aspect=aspect,
                state=state,
                ring=self._rings.get(tile.camera) if tile.camera else None,
            )
            old = before.get((tile.camera, tile.loop)) if tile.camera else None
            if old is not None and old.size_px == shown.size_px:
                shown.seq = old.seq
            self._shown.append(shown)
        self._fresh.lay_out(self._shown)
        self.update()

    def _ask(self) -> None:
        """Tell the feed the exact pixels of every tile, and who is not looked at any more."""
        wanted: dict[CameraId, Want] = {}
        for shown in self._shown if self.isVisible() else ():
            if shown.camera is None or shown.tile.loop:
                continue
            want = (*shown.size_px, self.zoom_of(shown.camera).region)
            if shown.camera not in wanted or want[0] > wanted[shown.camera][0]:
                wanted[shown.camera] = want
        for camera in self._wanted.keys() - wanted.keys():
            self._feed.want(camera, 0, 0)
        for camera, want in wanted.items():
            if self._wanted.get(camera) != want:
                self._feed.want(camera, *want)
        self._wanted = wanted

    # ---------------------------------------------------------------- each second

    def _each_second(self) -> None:
        reshape = False
        for shown in self._shown:
            if shown.camera is None:
                continue
            state = self._feed.state(shown.camera)
            picture = self._feed.latest(shown.camera) if not shown.tile.loop else None
            before = shown.claim
            slow = self._paces.get(shown.camera, Pace.FULL) >= Pace.KEY_FRAMES
            stale_s = self._stale_s + (LATE_MORE_S if slow else 0.0)
            shown.look_at(state, picture.age_s if picture is not None else None, stale_s)
            self._look_over(shown)
            replayed = (shown.camera, False) in self._loops  # which says how long ago that was
            if shown.claim is not before or shown.claim is not Sight.LIVE or replayed:
                self.update(shown.room)
            self.update(shown.strip)
            if state.width_px and state.height_px and abs(state.width_px / state.height_px - shown.aspect) > 0.01:
                reshape = True
        if reshape:
            self._lay_out()
            self._ask()

    def _look_over(self, shown: ShownTile) -> None:
        """Take in what is to be said over a tile's picture, and whether there is more to be painted than the picture."""
        camera = shown.camera
        shown.notes = self.notes(camera) if camera is not None else ()
        looped = shown.tile.loop or (camera, False) in self._loops
        badged = bool(shown.notes or shown.tile.turn or faults_of(shown)) or camera in self._paces
        shown.plain = shown.claim is Sight.LIVE and not (looped or badged or camera in self._zooms or self.held(shown))

    def held(self, shown: ShownTile) -> bool:  # noqa: ARG002 - for hands
        """Whether hands draw over this tile's picture."""
        return False

    # ---------------------------------------------------------------- painting

    def _paint_picture(self, painter: QPainter, shown: ShownTile) -> None:
        camera = shown.camera
        if camera is None:
            painter.fillRect(shown.room, theme.color("surface.window"))
            return
        if shown.tile.loop or (camera, False) in self._loops:
            self._paint_loop(painter, shown, camera)
            return
        if shown.claim is Sight.OFFLINE or shown.claim is Sight.CONNECTING:
            painter.fillRect(shown.room, theme.color("surface.window"))
            picture = self._feed.latest(camera)
            shown.seq = picture.seq if picture is not None else -1
            paint_plate(painter, shown, self._clock.now(), self._zone, self._labels)
            return
        shown.fresh, zoom = None, self.zoom_of(camera).factor
        for _attempt in range(2):  # a frame that was overwritten while it was drawn is drawn again, from the newest
            picture = self._feed.latest(camera)
            if picture is None:
                painter.fillRect(shown.room, theme.color("surface.window"))
                paint_waiting(painter, shown, self._labels)
                shown.seq = -1
                break
            image = shown.image(picture)
            shown.seq = picture.seq
            if picture.region != WHOLE:  # for a moment also another part than the one that is wanted by now
                zoom = 1.0 / (picture.region[2] - picture.region[0])
            part = self._wanted[camera][2] if camera in self._wanted else WHOLE
            if part != WHOLE and picture.region == WHOLE:
                painter.drawImage(QRectF(shown.picture), image, _cut(part, picture.width_px, picture.height_px))
            elif shown.fits(picture):
                painter.drawImage(shown.corner, image)
            else:
                painter.drawImage(shown.picture, image)
            if self._feed.still(camera, picture):
                break
        if shown.claim is Sight.STALE:
            paint_plate(painter, shown, self._clock.now(), self._zone, self._labels)
            return
        if shown.plain and zoom == 1.0:
            return
        pace = self._paces.get(camera, Pace.FULL)
        paint_badges(painter, shown, self._labels, zoom=zoom, pace=pace, notes=shown.notes)
        if self.held(shown):
            self.paint_over(painter, shown)

    def paint_over(self, painter: QPainter, shown: ShownTile) -> None:
        """What hands draw over a picture that is `held`; nothing here."""

    def _paint_loop(self, painter: QPainter, shown: ShownTile, camera: CameraId) -> None:
        loop = self._loops.get((camera, shown.tile.loop))
        index = loop.index(self._clock.monotonic()) if loop is not None else -1
        shown.loop_index = index
        taken_at = loop.taken_at(index) if loop is not None else None
        if loop is None or taken_at is None:
            painter.fillRect(shown.room, theme.color("surface.window"))
        else:
            image = loop.image(index, QSize(*shown.size_px))
            part = self.zoom_of(camera).region if not shown.tile.loop else WHOLE
            painter.drawImage(QRectF(shown.picture), image, _cut(part, image.width(), image.height()))
        now = self._clock.now()
        paint_badges(painter, shown, self._labels, taken_at=taken_at, now=now, zone=self._zone, loop=True)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:  # a painter that is left open by a mistake would take the whole window with it
            region = event.region()
            if region == self._fresh.region:
                self._fresh.paint(painter)
            else:
                self._paint(painter, region, event.rect())
        finally:
            painter.end()

    def _paint(self, painter: QPainter, region: QRegion, whole: QRect) -> None:
        if self.devicePixelRatioF() != self._ratio:  # it came to another screen
            self._labels.forget()
            self._lay_out()
            self._settle.start()
        around = not region.subtracted(self._fresh.pictures).isEmpty()
        if around:
            painter.fillRect(whole, theme.color("surface.wall"))
        for shown in self._shown:
            if region.intersects(shown.room):
                painter.setClipRect(shown.room)
                self._look_over(shown)
                self._paint_picture(painter, shown)
            if not around or not region.intersects(shown.box.adjusted(-GAP_PX, -GAP_PX, GAP_PX, GAP_PX)):
                continue
            painter.setClipping(False)
            selected = shown.camera is not None and shown.camera == self._selected and not shown.tile.loop
            if region.intersects(shown.strip):
                camera = self._cameras.get(shown.camera) if shown.camera else None
                paint_strip(painter, shown, camera, self._labels, self._clock.now(), self._zone, selected=selected,
                            full=self._blink_full, recording=self.marks(camera.id) if camera else "")
            marked = self._marked is not None and shown.tile.slot == self._marked
            paint_ring(painter, shown, selected=selected, marked=marked)

    # ---------------------------------------------------------------- Qt

    @override
    def sizeHint(self) -> QSize:
        return QSize(960, 640)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        self._settle.start()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._lay_out()
        self._ask()
        self._fresh.begin()
        self._timer.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self._settle.stop()
        self._ask()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.LanguageChange):
            self._labels.forget()
            self.update()

    def tile_at(self, point: QPoint) -> ShownTile | None:
        """The tile under a point."""
        return next((shown for shown in self._shown if shown.box.contains(point)), None)


def _cut(part: Region, width: int, height: int) -> QRectF:
    return QRectF(part[0] * width, part[1] * height, (part[2] - part[0]) * width, (part[3] - part[1]) * height)


def _rect(box: Box) -> QRect:
    return QRect(box.left, box.top, box.width, box.height)
