"""One tile: what it claims, its strip with number, name and clock, its plate where no picture is live, its ring."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from console.i18n import _
from console.models.alarms import Priority
from console.models.camera_health import CameraTrouble
from console.models.ids import CameraId
from console.models.load import Pace
from console.models.pictures import CameraState, Picture, Sight
from console.models.site import Camera
from console.views import theme, words
from console.views.labels import Labels
from console.views.panels.wall.arrange import Tile
from console.views.shapes import marker

RING_PX: Final = 3
_PAD: Final = 7
_ROOM_FOR_TIME: Final = 110  # number, marker and time beside a name
_ANY_WIDTH: Final = 4000
_BADGE_PX: Final = 18
_MARK_PX: Final = 13
_NARROW_PX: Final = 150
_ROOMY_PX: Final = 400
_LEAST_NAME_PX: Final = 26
_SHORT_PX: Final = 200
DELAYED_S: Final = 1.0
_IMAGES: Final = 3  # memories that a feed fills in turn
_VEIL: Final = 150  # of 255: how far a stale picture is dimmed
_GROUND: Final = 235  # of 255: how much of a picture words on it cover, so that they can be read on a bright and a dark one


@dataclass(frozen=True, slots=True)
class Ring:
    """Why a tile stands out: the worst alarm at its camera, whether somebody must still acknowledge it, its words."""

    priority: Priority
    waiting: bool
    words: str = ""


@dataclass(slots=True, kw_only=True)
class ShownTile:
    """A tile as it stands on the screen; changed by the tick, painted by the canvas.

    `camera` is the one shown here, None for an empty tile; `fresh` a picture that is not painted yet; `notes` what is said
    over the picture; `plain` that a live picture, and nothing else, is to be seen in its place.
    """

    tile: Tile
    box: QRect
    room: QRect
    picture: QRect
    strip: QRect
    size_px: tuple[int, int]
    aspect: float
    state: CameraState | None = None
    ring: Ring | None = None
    seq: int = -1
    loop_index: int = -1
    claim: Sight = Sight.CONNECTING
    age_s: float | None = None
    camera: CameraId | None = field(init=False)
    corner: QPoint = field(init=False)
    fresh: Picture | None = None
    notes: tuple[tuple[str, str], ...] = ()
    plain: bool = False
    _place_px: tuple[int, int] = field(init=False)
    _images: list[tuple[memoryview, int, QImage]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.camera = self.tile.camera
        self.corner = self.picture.topLeft()
        self._place_px = (self.picture.width(), self.picture.height())
        if self.state is not None:
            self.claim = self.state.sight

    def image(self, picture: Picture) -> QImage:
        """A picture for a painter, without a copy; the same as long as a feed writes into the same memory."""
        pixels, width_px, height_px = picture[:3]
        for memory, wide, image in self._images:
            if memory is pixels and wide == width_px:
                return image
        image = QImage(pixels, width_px, height_px, width_px * 4, QImage.Format.Format_RGB32)
        self._images = [*self._images[1 - _IMAGES :], (pixels, width_px, image)]
        return image

    def fits(self, picture: Picture) -> bool:
        """Whether a picture has the very pixels of its place here."""
        return (picture.width_px, picture.height_px) == self._place_px

    def look_at(self, state: CameraState, age_s: float | None, stale_s: float) -> None:
        """Take in the camera's state and the age of its newest picture.

        The wall does not take the feed's word alone: a picture older than `stale_s` is never called live.
        """
        self.state, self.age_s = state, age_s
        self.claim = state.sight
        if state.sight is Sight.LIVE and age_s is not None and age_s > stale_s:
            self.claim = Sight.STALE


def _sentences(shown: ShownTile, now: datetime, zone: tzinfo) -> list[tuple[str, str, str]]:
    """What a tile without a live picture says: (sentence, type, colour), from the most to the least important."""
    state = shown.state
    if state is None or shown.claim is Sight.CONNECTING:
        return [(_("Connecting ..."), "body", "text.dim")]
    if shown.claim is Sight.STALE:
        age_s = shown.age_s if shown.age_s is not None else words.left_until(now, state.since_at)
        return [(_("Picture is {age} old").format(age=words.about(age_s)), "strong", "state.warning")]
    lines = [(_("Offline since {time}").format(time=words.when(state.since_at, now, zone)), "strong", "text.main")]
    if state.next_try_at is not None:
        wait_s = max(0, round(words.left_until(state.next_try_at, now)))
        again = _("Next try in {n} s").format(n=wait_s) if wait_s else _("Trying now")
        lines.append((again, "small", "text.dim"))
    reason = words.pair(state.reason_zh, state.reason_en)
    if reason:
        lines.append((reason, "small", "text.dim"))
    return lines


def _short(shown: ShownTile, now: datetime, zone: tzinfo) -> list[tuple[str, str, str]]:
    """The first sentence of a tile that has little room."""
    if shown.claim is Sight.OFFLINE and shown.state is not None:
        since = words.minute(shown.state.since_at, zone)
        return [(_("Offline {time}").format(time=since), "small", "text.main")]
    if shown.claim is Sight.STALE and shown.age_s is not None:
        return [(_("{age} ago").format(age=words.about(shown.age_s)), "small", "state.warning")]
    return [(sentence, "small", tone) for sentence, _role, tone in _sentences(shown, now, zone)[:1]]


def paint_plate(painter: QPainter, shown: ShownTile, now: datetime, zone: tzinfo, labels: Labels) -> None:
    """Say over the picture, or in its place, why it is not live."""
    lines = _sentences(shown, now, zone)
    if shown.room.width() < _SHORT_PX:
        lines = [*_short(shown, now, zone), *lines[1:2]]
    room = shown.room
    if shown.claim is Sight.STALE:
        veil = QColor(theme.color("surface.wall"))
        veil.setAlpha(_VEIL)
        painter.fillRect(shown.picture, veil)
    line_px = 20
    fitting = lines[: max(1, (room.height() - 8) // line_px)]
    top = room.center().y() - len(fitting) * line_px // 2
    if shown.claim is Sight.STALE:
        plate = QRect(room.left(), top - 3, room.width(), line_px + 6)
        ground = QColor(theme.color("surface.strip"))
        ground.setAlpha(_GROUND)
        painter.fillRect(plate, ground)
    for sentence, role, tone in fitting:
        box = QRect(room.left() + _PAD, top, room.width() - 2 * _PAD, line_px)
        labels.put(painter, box, sentence, role, tone, Qt.AlignmentFlag.AlignHCenter)
        top += line_px


def paint_waiting(painter: QPainter, shown: ShownTile, labels: Labels) -> None:
    """Say in a tile that its camera is heard of but has sent no picture yet."""
    box = QRect(shown.room.left() + _PAD, shown.room.center().y() - 10, shown.room.width() - 2 * _PAD, 20)
    labels.put(painter, box, _("Connecting ..."), "small", "text.dim", Qt.AlignmentFlag.AlignHCenter)


def paint_strip(
    painter: QPainter,
    shown: ShownTile,
    camera: Camera | None,
    labels: Labels,
    now: datetime,
    zone: tzinfo,
    *,
    selected: bool,
    full: bool,
    recording: str = "",
) -> None:
    """Paint what stands under a picture: number, marks, name, and the picture's time or why there is none.

    `recording` is "on" for a camera that is being recorded, "off" for one that should be and is not.
    """
    strip = shown.strip
    painter.fillRect(strip, theme.color("focus.selection" if selected else "surface.strip"))
    if camera is None:
        return
    large = shown.tile.span > 1
    role, number_role = ("strong", "strong") if large else ("tile", "tile_number")
    two_lines = large and shown.ring is not None and bool(shown.ring.words)
    pad = _PAD if strip.width() >= _NARROW_PX else 3
    line = QRect(strip.left() + pad, strip.top(), strip.width() - 2 * pad, strip.height() // (2 if two_lines else 1))
    ratio = painter.device().devicePixelRatio()
    name_px = labels.picture(words.said(camera.name), role, "text.main", _ANY_WIDTH, ratio).width() / ratio
    tight = name_px + _ROOM_FOR_TIME > line.width()
    right_text, right_tone = _time_of(shown, now, zone, tight=tight)
    if shown.tile.loop:
        right_text = ""
    elif shown.claim is Sight.LIVE and not _delayed(shown) and tight:
        right_text = ""  # the name matters more, and a picture that is not live says so in any case
    number_px = labels.picture(f"{camera.number:02d}", number_role, "text.main", _ANY_WIDTH, ratio).width() / ratio
    before_px = round(number_px) + 6 + (17 if shown.ring is not None else 0) + (12 if recording else 0)
    # Number and marks are never cut: they are what one calls a camera by.
    taken = labels.put(painter, line.adjusted(before_px, 0, 0, 0), right_text, "tile", right_tone,
                       Qt.AlignmentFlag.AlignRight)
    box = line.adjusted(0, 0, -taken - (pad if taken else 0), 0)
    if shown.ring is not None:
        size = 11
        spot = QRectF(box.left(), box.center().y() - size / 2 + 0.5, size, size)
        marker(painter, shown.ring.priority, spot, full=full or not shown.ring.waiting)
        box.setLeft(box.left() + size + 6)
    if recording:
        spot = QRectF(box.left(), box.center().y() - 3.5 + 0.5, 7, 7)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(theme.color("text.dim" if recording == "on" else "state.fault"), 1.4))
        painter.setBrush(theme.color("text.dim") if recording == "on" else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(spot)
        if recording != "on":
            painter.drawLine(spot.topLeft(), spot.bottomRight())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        box.setLeft(box.left() + 12)
    box.setLeft(box.left() + labels.put(painter, box, f"{camera.number:02d}", number_role, "text.main") + 6)
    if box.width() >= _LEAST_NAME_PX:
        labels.put(painter, box, words.said(camera.name), role, "text.main")
    if two_lines:
        below = line.translated(0, line.height())
        labels.put(painter, below, shown.ring.words if shown.ring else "", "strong", "text.strong")


def _delayed(shown: ShownTile) -> bool:
    """Whether a live picture is older than it should be; a second, so that one hitch does not blink."""
    return shown.age_s is not None and shown.age_s >= DELAYED_S


def paint_badges(
    painter: QPainter,
    shown: ShownTile,
    labels: Labels,
    *,
    zoom: float = 1.0,
    pace: Pace = Pace.FULL,
    loop: bool = False,
    taken_at: datetime | None = None,
    now: datetime | None = None,
    zone: tzinfo | None = None,
    notes: tuple[tuple[str, str], ...] = (),
) -> None:
    """Say in the picture's upper corner what it is, where it is not simply the whole live picture.

    What is wrong (`state.fault`) bears a mark of its own beside its colour. `notes` are further words with their colour.
    """
    said: list[tuple[str, str]] = []
    if loop and taken_at is not None and now is not None and zone is not None:
        ago_s = max(0, round((now - taken_at).total_seconds()))
        words_of = _("Before the alarm {time}") if shown.tile.loop else _("Replay {time}, {n} s ago")
        if shown.picture.width() < _NARROW_PX:
            words_of = "↺ {time}"  # the time is what must not be cut: it says that this is not live
        said.append((words_of.format(time=words.clock(taken_at, zone), n=ago_s), "state.warning"))
        if not shown.tile.loop and shown.picture.width() >= _ROOMY_PX:
            said.append((_("Ctrl+R opens playback here"), "text.main"))
    elif loop:
        said.append((_("No pictures of before"), "text.dim"))
    said += [(words.term(fault), "state.fault") for fault in faults_of(shown)]
    said += notes
    if shown.tile.turn:
        said.append((shown.tile.turn, "text.main"))
    if zoom > 1.0:
        said.append((f"{zoom:.1f}x", "text.main"))
    if pace >= Pace.KEY_FRAMES and shown.picture.width() >= _NARROW_PX:  # the wall says it in any case
        said.append((words.term(pace), "state.warning"))
    left, ground = shown.picture.left() + 3, QColor(theme.color("surface.strip"))
    ground.setAlpha(_GROUND)
    for text, tone in said:
        room = QRect(left + 4, shown.picture.top() + 3, shown.picture.right() - left - 10, _BADGE_PX)
        if room.width() < 24:
            return
        ratio = painter.device().devicePixelRatio()
        mark_px = _MARK_PX if tone == "state.fault" else 0
        room.setLeft(room.left() + mark_px)
        width = mark_px + round(labels.picture(text, "tile", tone, room.width(), ratio).width() / ratio)
        painter.fillRect(QRect(left, room.top(), width + 8, _BADGE_PX), ground)
        if mark_px:
            _paint_fault_mark(painter, QRectF(left + 3.5, room.center().y() - 4.5, 10, 9.5))
        labels.put(painter, room, text, "tile", tone)
        left += width + 12


def faults_of(shown: ShownTile) -> tuple[CameraTrouble, ...]:
    """What is wrong with the picture that is shown; that there is none is said in its place."""
    faults = shown.state.faults if shown.state is not None and not shown.tile.loop else ()
    return tuple(fault for fault in faults if fault is not CameraTrouble.LOSS)


def _paint_fault_mark(painter: QPainter, box: QRectF) -> None:
    """A triangle with a stroke in it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(theme.color("state.fault"), 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle = box.center().x()
    painter.drawPolygon(QPolygonF([QPointF(middle, box.top()), box.bottomRight(), box.bottomLeft()]))
    painter.drawLine(QPointF(middle, box.top() + 3.5), QPointF(middle, box.bottom() - 2.5))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _time_of(shown: ShownTile, now: datetime, zone: tzinfo, *, tight: bool) -> tuple[str, str]:
    """What stands at the right of a strip and its colour; in as few letters as can be where it is `tight`."""
    if shown.claim is Sight.LIVE and (shown.age_s is None or shown.seq < 0):
        return "", "text.dim"  # no picture, so it has no time
    if shown.claim is Sight.LIVE and _delayed(shown):
        late = _("+{n} s") if tight else _("delayed {n} s")
        return late.format(n=f"{shown.age_s:.0f}"), "state.warning"
    if shown.claim is Sight.LIVE:
        return words.clock(now - timedelta(seconds=shown.age_s or 0.0), zone), "text.dim"
    if shown.claim is Sight.STALE:
        said = _("{age} ago").format(age=words.about(shown.age_s or 0.0))
        return (said if shown.strip.width() >= _NARROW_PX else ""), "state.warning"
    if shown.strip.width() < _NARROW_PX:
        return "", "text.dim"  # the plate above says it
    return words.term(shown.claim), "state.fault" if shown.claim is Sight.OFFLINE else "text.dim"


def paint_ring(painter: QPainter, shown: ShownTile, *, selected: bool, marked: bool = False) -> None:
    """Paint the frame of a tile into the gap around it: the alarm's colour, or the mark of the chosen camera."""
    if shown.ring is not None and shown.ring.priority <= Priority.MEDIUM:
        colour = theme.color(words.PRIORITY_TOKEN[shown.ring.priority])
        pen = QPen(colour, RING_PX if shown.ring.waiting else 2)
    elif selected or marked:
        pen = QPen(theme.color("focus.ring"), 2, Qt.PenStyle.DashLine if marked else Qt.PenStyle.SolidLine)
    else:
        return
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    out = pen.widthF() / 2
    painter.drawRect(QRectF(shown.box).adjusted(-out, -out, out, out))
