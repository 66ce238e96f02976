"""The marks on the map as items of the scene: each knows its value, how to draw it, and what to say under the pointer.

Marks keep their size on the screen whatever the scale. How much is written beside them follows the room there is:
`Detail.LITTLE` in a small panel, `Detail.ALL` close up.
"""

from enum import IntEnum
from math import ceil
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsSceneHoverEvent,
    QStyleOptionGraphicsItem,
    QWidget,
)
from typing_extensions import override

from console.i18n import _
from console.models.alarms import Priority
from console.models.patrol import RoundStop
from console.models.pictures import Sight
from console.models.site import Camera, Checkpoint, Point, Spot
from console.views import shapes, theme, words
from console.views.build import elided_alarm
from console.views.panels.map import glyphs
from console.views.panels.map.picture import Ring, RingKind, Standing


class Detail(IntEnum):
    """How much there is room to write."""

    LITTLE = 0
    SOME = 1
    ALL = 2


class Layer:
    """What lies over what."""

    DRAWING: Final = 0.0
    ROUTE: Final = 1.0
    CONE: Final = 2.0
    POINT: Final = 3.0
    CHECKPOINT: Final = 4.0
    CAMERA: Final = 5.0
    WAY: Final = 5.5
    POST: Final = 6.0
    WALKER: Final = 7.0
    RING: Final = 8.0
    TOP: Final = 9.0


class Side(IntEnum):
    """Where a label stands beside its mark, in the order of preference."""

    BELOW = 0
    RIGHT = 1
    LEFT = 2
    ABOVE = 3


_PAD: Final = 4.0
_LONGEST_LABEL_PX: Final = 240
_LONGEST_PX: Final = {Detail.LITTLE: 130, Detail.SOME: 180, Detail.ALL: _LONGEST_LABEL_PX}


class Mark(QGraphicsItem):
    """A mark of constant size with a label below it: `lines` are its words, the first one strong."""

    layer = Layer.POINT
    half_px = 12.0

    def __init__(self, spot: Spot) -> None:
        super().__init__()
        self.spot = spot
        self.detail = Detail.LITTLE
        self.hovered = False
        self._side = Side.BELOW
        self._nudge = QPointF()
        self._crowded = False
        self._lines: tuple[str, ...] = ()
        self._box = QRectF()
        self.setPos(spot.x, spot.y)
        self.setZValue(self.layer)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setAcceptHoverEvents(True)

    # what a kind of mark says for itself

    def draw(self, painter: QPainter) -> None:
        """Paint the mark around the origin."""

    def words(self) -> tuple[str, ...]:
        """Everything there is to say about it."""
        return ()

    def label(self) -> tuple[str, ...]:
        """What is written beside it without being asked."""
        return ()

    @property
    def longest_px(self) -> int:
        """How wide a label may be: where the whole map is shown a long name would cover its neighbours."""
        return _LONGEST_LABEL_PX if self.hovered or self.layer == Layer.RING else _LONGEST_PX[self.detail]

    @property
    def label_indent_px(self) -> float:
        """Room kept free at the left of the label."""
        return 0.0

    @property
    def rank(self) -> int:
        """Whose label comes first where there is not room for all; the others give way."""
        return 9

    @property
    def urgency(self) -> int:
        """Which comes first among those of a rank."""
        return 0

    # what all marks share

    def refresh(self) -> None:
        """Lay the label out anew and paint again, after a change of value, room, language or look."""
        lines = self.words() if self.hovered else () if self._crowded else self.label()
        self.setZValue(Layer.TOP if self.hovered else self.layer)
        box = self.label_box(lines, self._side).translated(self._nudge)
        if lines != self._lines or box != self._box:
            self.prepareGeometryChange()
            self._lines, self._box = lines, box
        self.update()

    def set_detail(self, detail: Detail) -> None:
        """Say how much room there is to write."""
        self.detail = detail
        self.refresh()

    def label_box(self, lines: tuple[str, ...], side: Side) -> QRectF:
        """Where these lines would stand, in pixels around the spot; empty without lines."""
        if not lines:
            return QRectF()
        size = _label_size(lines, self.longest_px) + QSizeF(self.label_indent_px, 0)
        away = self.half_px + 3
        corners = {
            Side.BELOW: QPointF(-size.width() / 2, away),
            Side.RIGHT: QPointF(away, -size.height() / 2),
            Side.LEFT: QPointF(-away - size.width(), -size.height() / 2),
            Side.ABOVE: QPointF(-size.width() / 2, -away - size.height()),
        }
        return QRectF(corners[side], size)

    def place_label(self, side: Side, nudge: QPointF, *, crowded: bool) -> None:
        """Write the label on this side, so many pixels further; or not at all, where there is no room for it."""
        if (side, nudge, crowded) != (self._side, self._nudge, self._crowded):
            self._side, self._nudge, self._crowded = side, nudge, crowded
            self.refresh()

    @property
    def clickable(self) -> QRectF:
        """Where a click is meant for this mark, in pixels around its spot."""
        return QRectF(-self.half_px, -self.half_px, 2 * self.half_px, 2 * self.half_px)

    @override
    def boundingRect(self) -> QRectF:
        room = self.half_px + 6
        return QRectF(-room, -room, 2 * room, 2 * room).united(self._box)

    @override
    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.clickable)
        return path

    @override
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw(painter)
        if self._lines:
            _paint_label(painter, self._box, self._lines, self.label_indent_px)

    @override
    def hoverEnterEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self.hovered = True
        self.refresh()

    @override
    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self.hovered = False
        self.refresh()


def _fonts(count: int) -> list[str]:
    return ["small_strong", *["small"] * (count - 1)]


def _label_size(lines: tuple[str, ...], longest_px: int) -> QSizeF:
    measures = [QFontMetricsF(theme.font(role)) for role in _fonts(len(lines))]
    widths = [measure.horizontalAdvance(line) for measure, line in zip(measures, lines, strict=True)]
    width = min(max(widths), longest_px)
    height = sum(measure.height() for measure in measures)
    return QSizeF(width + 2 * _PAD, height + 2)


def _paint_label(painter: QPainter, box: QRectF, lines: tuple[str, ...], indent: float) -> None:
    ground = theme.color("surface.window")
    ground.setAlpha(228)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 3, 3)
    box = box.adjusted(indent, 0, 0, 0)
    top = box.top() + 1
    for line, role in zip(lines, _fonts(len(lines)), strict=True):
        face = theme.font(role)
        measure = QFontMetricsF(face)
        painter.setFont(face)
        painter.setPen(theme.color("text.strong" if role == "small_strong" else "text.main"))
        shown = elided_alarm(QFontMetrics(face), line, ceil(box.width() - 2 * _PAD + 1))
        painter.drawText(
            QRectF(box.left() + _PAD, top, box.width() - 2 * _PAD + 1, measure.height()),
            Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
            shown,
        )
        top += measure.height()


class CameraMark(Mark):
    """A camera, and how its picture is."""

    layer = Layer.CAMERA

    @property
    @override
    def rank(self) -> int:
        return 2 if self.chosen else 5 if self.sight is not Sight.LIVE else 6

    def __init__(self, camera: Camera, spot: Spot) -> None:
        self.camera = camera
        self.sight = Sight.CONNECTING
        self.recent = False
        self.chosen = False
        super().__init__(spot)
        self.refresh()

    def put(self, sight: Sight, *, recent: bool, chosen: bool) -> None:
        """Take over what is known of the camera."""
        if (sight, recent, chosen) != (self.sight, self.recent, self.chosen):
            self.sight, self.recent, self.chosen = sight, recent, chosen
            self.refresh()

    @override
    def draw(self, painter: QPainter) -> None:
        size = 6.5 if self.detail is Detail.LITTLE and not self.chosen else 8.5
        glyphs.camera(painter, theme.color, self.sight, self.spot.heading_deg, size=size, chosen=self.chosen)
        if self.recent:
            glyphs.changed(painter, theme.color, QPointF(size + 2, -size))

    @override
    def words(self) -> tuple[str, ...]:
        return (f"{self.camera.number:02d} {words.said(self.camera.name)}", words.term(self.sight))

    @override
    def label(self) -> tuple[str, ...]:
        name, state = self.words()
        if self.chosen or (self.detail is Detail.ALL and self.sight is not Sight.LIVE):
            return (name, state)
        if self.detail is Detail.ALL:
            return (name,)
        return (f"{self.camera.number:02d}",) if self.detail is Detail.SOME else ()


class PointMark(Mark):
    """A detector at rest; its alarm is drawn by the ring."""

    layer = Layer.POINT
    half_px = 8.0

    def __init__(self, point: Point, spot: Spot) -> None:
        self.point = point
        super().__init__(spot)
        self.refresh()

    @override
    def draw(self, painter: QPainter) -> None:
        if self.detail is Detail.LITTLE and not self.hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("map.checkpoint"))
            painter.drawEllipse(QPointF(0, 0), 1.8, 1.8)
            return
        tone, ground = theme.color("map.checkpoint"), theme.color("map.ground")
        glyphs.detector(painter, tone, ground, self.point.alarm_class)

    @override
    def words(self) -> tuple[str, ...]:
        return (words.said(self.point.name),)


class CheckpointMark(Mark):
    """A checkpoint, and how the round that is walked reached it."""

    layer = Layer.CHECKPOINT
    half_px = 10.0

    @property
    @override
    def rank(self) -> int:
        return 7

    def __init__(self, checkpoint: Checkpoint, spot: Spot) -> None:
        self.checkpoint = checkpoint
        self.stop: RoundStop | None = None
        self.clock_words = ""
        super().__init__(spot)
        self.refresh()

    def put(self, stop: RoundStop | None, clock_words: str) -> None:
        """Take over the stop of the newest round, and its time in words."""
        if (stop, clock_words) != (self.stop, self.clock_words):
            self.stop, self.clock_words = stop, clock_words
            self.refresh()

    @override
    def draw(self, painter: QPainter) -> None:
        size = 6.5 if self.detail is Detail.LITTLE else 9.0
        glyphs.checkpoint(painter, theme.color, self.stop.state if self.stop else None, size=size)

    @override
    def words(self) -> tuple[str, ...]:
        name = words.said(self.checkpoint.name)
        return (name,) if self.stop is None else (name, f"{words.term(self.stop.state)} {self.clock_words}".strip())

    @override
    def label(self) -> tuple[str, ...]:
        return self.words()[:1] if self.detail is Detail.ALL else ()


class PostMark(Mark):
    """A post: its name, who stands there, what it is doing. Also the guard who walks, with `estimated` set."""

    layer = Layer.POST

    @property
    @override
    def rank(self) -> int:
        return 2 if self.standing.dispatch is not None else 3 if self.estimated else 4

    def __init__(self, standing: Standing, spot: Spot, *, estimated: bool = False) -> None:
        self.standing = standing
        self.estimated = estimated
        if estimated:
            self.layer = Layer.WALKER
        super().__init__(spot)
        self.refresh()

    def put(self, standing: Standing, spot: Spot) -> None:
        """Take over what the post is doing, and where."""
        moved = spot != self.spot
        if moved:
            self.spot = spot
            self.setPos(spot.x, spot.y)
        if moved or standing != self.standing:
            self.standing = standing
            self.refresh()

    @property
    def away(self) -> bool:
        """Whether its people are not where the post is drawn."""
        return not self.estimated and (self.standing.walking or self.standing.dispatch is not None)

    @override
    def draw(self, painter: QPainter) -> None:
        size = 6.5 if self.detail is Detail.LITTLE else 8.5
        if self.estimated:
            glyphs.person(painter, theme.color, size=size + 0.5)
        else:
            glyphs.post(painter, theme.color, self.standing.post.kind, size=size, out=self.away)

    def doing(self) -> str:
        """What the post is doing, in words."""
        if self.standing.dispatch is not None:
            return words.term(self.standing.dispatch.state)
        if self.standing.walking:
            return _("On patrol, place estimated") if self.estimated else _("On patrol")
        return _("On post")

    @override
    def words(self) -> tuple[str, ...]:
        names = " ".join(self.standing.people)
        post = self.standing.post
        call = "  ".join(part for part in (post.call_sign, post.phone) if part)
        state = " · ".join(part for part in (names, self.doing()) if part)
        return tuple(line for line in (words.said(post.name), state, call) if line)

    @override
    def label(self) -> tuple[str, ...]:
        if self.away and not self.standing.dispatch:
            return ()  # the guard who walks wears the name
        said = self.words()
        if self.detail is not Detail.LITTLE or self.standing.dispatch is not None:
            return said[:2]
        # Who stands where is what a map of posts is for; where there is no room the label gives way.
        names = " ".join(self.standing.people)
        return (f"{said[0]}  {names}" if names else said[0],)


class RingMark(Mark):
    """The ring of an alarm. It alone blinks, and only while nobody has acknowledged it; its words never do."""

    layer = Layer.RING
    half_px = 18.0

    @property
    @override
    def rank(self) -> int:
        return 0 if self.ring.kind is RingKind.WAITING else 1

    @property
    @override
    def urgency(self) -> int:
        return self.ring.alarm.priority

    def __init__(self, ring: Ring, alarm_class: str) -> None:
        self.ring = ring
        self.full = True
        self.alarm_class = alarm_class
        super().__init__(ring.spot)
        self.refresh()

    def put(self, ring: Ring) -> None:
        """Take over the alarm as it is now."""
        if ring != self.ring:
            self.ring = ring
            self.refresh()

    def turn(self, phase: bool) -> None:
        """Be thick or thin, in the beat of the whole screen."""
        if self.ring.kind is RingKind.WAITING and phase != self.full:
            self.full = phase
            self.update(self.clickable.adjusted(-6, -6, 6, 6))

    @override
    def draw(self, painter: QPainter) -> None:
        size = 12.0 if self.detail is Detail.LITTLE else 15.0
        ring = self.ring
        full = self.full or ring.kind is not RingKind.WAITING
        glyphs.ring(painter, theme.color, ring.kind, returned=ring.returned, unknown=ring.unknown, full=full, size=size)
        colour = theme.color(glyphs.RING_TOKEN[ring.kind])
        glyphs.detector(painter, colour, theme.color("map.ground"), self.alarm_class, size=size * 0.72)
        if ring.recent:
            glyphs.changed(painter, theme.color, QPointF(-size * 0.82, -size * 0.82))
        if ring.waiting:
            self._draw_count(painter, QPointF(size * 0.82, -size * 0.82))

    def _draw_count(self, painter: QPainter, at: QPointF) -> None:
        radius = 7.5
        painter.setPen(QPen(theme.color("map.ground"), 1.5))
        painter.setBrush(theme.color("alarm.critical"))
        painter.drawEllipse(at, radius, radius)
        painter.setPen(theme.color("alarm.critical_ink"))
        painter.setFont(theme.font("small_strong"))
        box = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(min(self.ring.waiting, 99)))

    @override
    def words(self) -> tuple[str, ...]:
        alarm = self.ring.alarm
        state = words.term(alarm.state)
        if self.ring.kind is RingKind.HANDLED:
            state = _("Being handled")
        more = _("{n} alarms here").format(n=self.ring.total) if self.ring.total > 1 else ""
        first = f"{words.term(alarm.priority)}  {state}" if alarm.priority is not Priority.LOW else state
        return tuple(line for line in (words.title_of(alarm), words.place_of(alarm), first, more) if line)

    @override
    def label(self) -> tuple[str, ...]:
        if self.ring.kind is RingKind.WAITING or self.detail is not Detail.LITTLE:
            return self.words()[:1]
        return ()

    @property
    @override
    def label_indent_px(self) -> float:
        return 13.0 if self.ring.kind is RingKind.WAITING else 0.0

    @override
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        super().paint(painter, option, widget)
        if self._lines and self.ring.kind is RingKind.WAITING:
            side = 9.0
            box = QRectF(self._box.left() + _PAD, self._box.top() + 5, side, side)
            shapes.marker(painter, self.ring.alarm.priority, box)
