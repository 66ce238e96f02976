"""The timeline: a row a camera with what is recorded, where it moved, and what happened; one drags through it."""

from collections.abc import Mapping
from datetime import date, tzinfo
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPolygonF, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.ids import CameraId
from console.models.playback import SEAM_S, utc
from console.models.reach import Reach
from console.models.site import Camera
from console.models.timeline import joined, whole_day
from console.services.playback import AlarmMark, CameraDay
from console.views import theme, words
from console.views.shapes import marker

HEAD_PX: Final = 22
NAME_PX: Final = 150
LOWEST_PX, HIGHEST_PX = 17, 34
NEAR_PX: Final = 7
LOCK_PX: Final = 3
MOTION_SLOTS_PX: Final = 2
_OPEN: Final = float("inf")


class Timeline(QWidget):
    """What is known of a day of some cameras, from the whole of it to a second.

    Emits `dragged(seconds)` while a hand drags, `dropped(seconds)` when it lets go; `ranged()` when the chosen range is
    another; `chosen(camera)` when a row was clicked.
    """

    dragged = Signal(float)
    dropped = Signal(float)
    ranged = Signal()
    chosen = Signal(str)

    def __init__(
        self, zone: tzinfo, cameras: Mapping[CameraId, Camera], day: date, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("playback.timeline")
        self.setMouseTracking(True)
        self._zone, self._cameras = zone, cameras
        self._rows: tuple[CameraId, ...] = ()
        self._days: Mapping[CameraId, CameraDay] = {}
        self._spans: dict[CameraId, tuple[tuple[float, float], ...]] = {}
        self.scale = whole_day(day, zone, 800)
        self.position_s = self.scale.first_s
        self.now_s = self.scale.first_s
        self.reach = Reach()
        self.range: tuple[float, float] | None = None
        self.found: tuple[tuple[float, float], ...] = ()
        self.selected: CameraId | None = None
        self._hand: str = ""
        self._hand_x = 0.0

    # ---------------------------------------------------------------- what is shown

    def show_day(self, day: date) -> None:
        """Show a whole day."""
        self.scale = whole_day(day, self._zone, self._width())
        self.update()

    def show_rows(self, rows: tuple[CameraId, ...], days: Mapping[CameraId, CameraDay]) -> None:
        """Show these cameras and what is known of them."""
        self._rows, self._days = rows, days
        self._spans = {
            camera: joined(
                tuple((cut.from_s, cut.until_s if cut.until_s is not None else _OPEN) for cut in day.cuts), SEAM_S
            )
            for camera, day in days.items()
        }
        self.updateGeometry()
        self.update()

    def spans(self, camera: CameraId) -> tuple[tuple[float, float], ...]:
        """What is recorded of a camera, the present file until now."""
        return tuple(
            (begin, min(end, max(begin, self.now_s)) if end == _OPEN else end)
            for begin, end in self._spans.get(camera, ())
        )

    def go(self, position_s: float, now_s: float) -> None:
        """Put the playhead somewhere; what is seen follows unless a hand is on it."""
        if not self._hand:
            held = self.scale.holding(position_s)
            if held != self.scale:
                self.scale = held
                self.update()
        if round(self.scale.x(position_s)) != round(self.scale.x(self.position_s)) or int(now_s) != int(self.now_s):
            self.update()
        self.position_s, self.now_s = position_s, now_s

    def zoom(self, times: float) -> None:
        """See the playhead's surroundings more closely, or less."""
        inside = self.scale.from_s <= self.position_s <= self.scale.until_s
        keep_s = self.position_s if inside else self.scale.from_s + self.scale.span_s / 2
        self.scale = self.scale.zoomed(times, keep_s)
        self.update()

    def set_range(self, chosen: tuple[float, float] | None) -> None:
        """Choose a stretch, from its beginning to its end; None for none."""
        self.range = chosen
        self.ranged.emit()
        self.update()

    # ---------------------------------------------------------------- places

    def _width(self) -> int:
        return max(1, self.width() - NAME_PX - 8)

    def _row_px(self) -> int:
        rows = max(1, len(self._rows))
        return int(max(LOWEST_PX, min(HIGHEST_PX, (self.height() - HEAD_PX - 4) / rows)))

    def _x(self, at_s: float) -> float:
        return NAME_PX + self.scale.x(at_s)

    def _at(self, x: float) -> float:
        at_s = self.scale.at(x - NAME_PX)
        return min(max(at_s, self.scale.from_s), self.scale.until_s)

    def _row_at(self, y: float) -> CameraId | None:
        place = int((y - HEAD_PX) // self._row_px())
        return self._rows[place] if y >= HEAD_PX and place < len(self._rows) else None

    # ---------------------------------------------------------------- painting

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self._paint(painter)
        finally:
            painter.end()

    def _paint(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), theme.color("surface.base"))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text.dim"))
        # Ticks that tell seconds alone need the minute beside the date.
        form = "%Y-%m-%d" if self.scale.span_s > 60 else "%m-%d %H:%M"
        date_text = utc(self.scale.from_s).astimezone(self._zone).strftime(form)
        painter.drawText(QRectF(8, 0, NAME_PX - 12, HEAD_PX), int(Qt.AlignmentFlag.AlignVCenter), date_text)
        height = HEAD_PX + self._row_px() * max(1, len(self._rows))
        right = float(self.width() - 8)
        for tick in self.scale.ticks(self._zone):
            x = round(self._x(tick.at_s))
            painter.fillRect(QRectF(x, HEAD_PX - 4, 1, height - HEAD_PX + 4), theme.color("chart.grid"))
            place = QRectF(x - 40, 0, 80, HEAD_PX - 3)
            if x >= NAME_PX - 10 and x + 28 <= self.width():
                painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), tick.text)
        painter.setClipRect(QRectF(0, HEAD_PX - 4, right, height))
        for place_no, camera in enumerate(self._rows):
            self._paint_row(painter, camera, HEAD_PX + place_no * self._row_px())
        painter.setClipRect(QRectF(NAME_PX, 0, right - NAME_PX, height + 2))
        self._paint_limits(painter, height)
        self._paint_heads(painter, height)

    def _paint_row(self, painter: QPainter, camera: CameraId, top: int) -> None:
        row_px = self._row_px()
        known = self._cameras.get(camera)
        selected = camera == self.selected
        if selected:
            painter.fillRect(QRectF(0, top, NAME_PX - 4, row_px - 1), theme.color("focus.selection"))
        painter.setPen(theme.color("focus.selection_text" if selected else "text.main"))
        name = f"{known.number:02d} {words.said(known.name)}" if known is not None else str(camera)
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, NAME_PX - 18)
        painter.drawText(QRectF(8, top, NAME_PX - 12, row_px - 1), int(Qt.AlignmentFlag.AlignVCenter), shown)
        track = QRectF(NAME_PX, top + 2, self._width(), row_px - 4)
        painter.fillRect(track, theme.color("surface.pressed"))
        for begin, end in self.spans(camera):
            if end < self.scale.from_s or begin > self.scale.until_s:
                continue
            left, right = max(track.left(), self._x(begin)), min(track.right(), self._x(end))
            painter.fillRect(
                QRectF(left, track.top(), max(1.0, right - left), track.height()), theme.color("chart.fill")
            )
        day = self._days.get(camera)
        if day is None:
            return
        seen = (self.scale.from_s, min(self.scale.until_s, self.now_s))
        if not any(end > seen[0] and begin < seen[1] for begin, end in self.spans(camera)):
            painter.setPen(theme.color("text.faint"))
            painter.drawText(track, int(Qt.AlignmentFlag.AlignCenter), _("no recording"))
        painter.save()
        painter.setClipRect(track, Qt.ClipOperation.IntersectClip)
        self._paint_marks(painter, day, track, selected=selected)
        painter.restore()

    def _paint_marks(self, painter: QPainter, day: CameraDay, track: QRectF, *, selected: bool) -> None:
        self._paint_motion(painter, day, track)
        for begin, end in self.found if selected else ():
            left, right = self._x(begin), self._x(end)
            box = QRectF(left, track.top(), max(3.0, right - left), track.height())
            painter.fillRect(box, theme.color("focus.ring"))
        self._paint_locks(painter, day, track)
        for mark in day.bookmarks:
            self._paint_flag(painter, self._x(mark.at.timestamp()), track)
        for alarm in day.alarms:
            self._paint_alarm(painter, alarm, track)

    def _paint_locks(self, painter: QPainter, day: CameraDay, track: QRectF) -> None:
        """What is locked, as a bar along the foot; in another colour where there is nothing to be kept."""
        for lock in day.locks:
            begin_s, end_s = lock.from_at.timestamp(), min(lock.until_at.timestamp(), max(self.now_s, lock.from_at.timestamp()))
            left, right = self._x(begin_s), self._x(end_s)
            foot = track.bottom() - LOCK_PX
            painter.fillRect(QRectF(left, foot, max(2.0, right - left), LOCK_PX), theme.color("state.warning"))
            for held_from, held_until in self.spans(day.camera):
                first, last = max(left, self._x(held_from)), min(right, self._x(held_until))
                if last > first:
                    painter.fillRect(QRectF(first, foot, last - first, LOCK_PX), theme.color("text.strong"))
            for x in (left, right):
                painter.fillRect(QRectF(x - 1, foot - LOCK_PX, 2, 2 * LOCK_PX), theme.color("text.strong"))

    def _paint_motion(self, painter: QPainter, day: CameraDay, track: QRectF) -> None:
        """How often it moved, as bars: of so many seconds each as fit into two pixels, single seconds where there is room."""
        scale = self.scale
        slot_s = max(1.0, scale.span_s / max(1.0, track.width()) * MOTION_SLOTS_PX)
        heights: dict[int, int] = {}
        for minute_s, mask in day.motion:
            if not mask or minute_s + 60 < scale.from_s or minute_s > scale.until_s:
                continue
            if slot_s >= 60:
                slot = int((minute_s - scale.from_s) // slot_s)
                heights[slot] = heights.get(slot, 0) + mask.bit_count()
                continue
            for second in range(60):
                if mask >> second & 1:
                    slot = int((minute_s + second - scale.from_s) // slot_s)
                    heights[slot] = heights.get(slot, 0) + 1
        tone = theme.color("chart.line")
        full = max(1.0, slot_s)
        width = max(float(MOTION_SLOTS_PX), track.width() * slot_s / scale.span_s)
        for slot, seconds in heights.items():
            tall = max(2.0, track.height() * 0.8 * min(1.0, (seconds / full) ** 0.5))
            left = self._x(scale.from_s + slot * slot_s)
            if left >= track.left() - width:
                painter.fillRect(QRectF(left, track.bottom() - tall, width, tall), tone)

    def _paint_alarm(self, painter: QPainter, mark: AlarmMark, track: QRectF) -> None:
        x = self._x(mark.at.timestamp())
        if not track.left() - 6 <= x <= track.right() + 6:
            return
        tone = theme.color(words.PRIORITY_TOKEN[mark.alarm.priority])
        painter.fillRect(QRectF(x - 0.5, track.top(), 1.5, track.height()), tone)
        size = min(12.0, track.height() - 2)
        marker(painter, mark.alarm.priority, QRectF(x - size / 2, track.top(), size, size))

    def _paint_flag(self, painter: QPainter, x: float, track: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("text.strong"))
        top = track.top()
        painter.drawPolygon(QPolygonF([QPointF(x, top), QPointF(x + 7, top), QPointF(x + 4, top + 4),
                                       QPointF(x + 7, top + 8), QPointF(x + 1, top + 8), QPointF(x + 1, track.bottom()),
                                       QPointF(x, track.bottom())]))  # fmt: skip
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_limits(self, painter: QPainter, height: int) -> None:
        """What is not yet, and what one may not look at."""
        veil = QColor(theme.color("surface.window"))
        veil.setAlpha(170)
        if self.now_s < self.scale.until_s:
            left = self._x(max(self.now_s, self.scale.from_s))
            painter.fillRect(QRectF(left, HEAD_PX, self.width() - left, height - HEAD_PX), veil)
            painter.fillRect(QRectF(left, HEAD_PX - 4, 1, height), theme.color("text.faint"))
        for place_no, camera in enumerate(self._rows):
            at_s, top = self.scale.from_s, HEAD_PX + place_no * self._row_px()
            for begin, end in (*self.reach.within(camera, at_s, self.scale.until_s), (self.scale.until_s, _OPEN)):
                left, right = self._x(at_s), self._x(begin)
                if right > left:
                    painter.fillRect(QRectF(left, top, right - left, self._row_px()), veil)
                at_s = end
        if self.range is not None:
            left, right = self._x(self.range[0]), self._x(self.range[1])
            tint = QColor(theme.color("focus.ring"))
            tint.setAlpha(60)
            painter.fillRect(QRectF(left, HEAD_PX, max(1.0, right - left), height - HEAD_PX), tint)
            for x in (left, right):
                painter.fillRect(QRectF(x - 1, HEAD_PX - 4, 2, height - HEAD_PX + 4), theme.color("focus.ring"))

    def _paint_heads(self, painter: QPainter, height: int) -> None:
        x = self._x(self.position_s)
        tone = theme.color("text.strong")
        painter.fillRect(QRectF(x - 1, HEAD_PX - 8, 2, height - HEAD_PX + 8), tone)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone)
        painter.drawPolygon(
            QPolygonF([QPointF(x - 6, HEAD_PX - 10), QPointF(x + 6, HEAD_PX - 10), QPointF(x, HEAD_PX - 2)])
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)

    # ---------------------------------------------------------------- hands

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        camera = self._row_at(event.position().y())
        if camera is not None:
            self.chosen.emit(camera)
        if x < NAME_PX:
            return
        if event.button() is Qt.MouseButton.LeftButton:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._hand = "range" if shift else "drag"
            if shift:
                self.set_range((self._at(x), self._at(x)))
            else:
                self.dragged.emit(self._at(x))
        elif event.button() in (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
            self._hand = "pan"
        self._hand_x = x

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._hand == "drag":
            self.dragged.emit(self._at(x))
        elif self._hand == "range" and self.range is not None:
            begin = self._at(self._hand_x)
            self.set_range((min(begin, self._at(x)), max(begin, self._at(x))))
        elif self._hand == "pan":
            self.scale = self.scale.moved((self._hand_x - x) / self._width() * self.scale.span_s)
            self._hand_x = x
            self.update()
        elif not self._hand:
            self._say(event.position().toPoint())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        hand, self._hand = self._hand, ""
        if hand == "drag":
            self.dropped.emit(self._at(event.position().x()))

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.scale = self.scale.moved(-turns * self.scale.span_s * 0.15)
        else:
            self.scale = self.scale.zoomed(1.4**turns, self._at(event.position().x()))
        self.update()
        event.accept()

    def _say(self, point: QPoint) -> None:
        """What lies under the hand: an alarm, a bookmark, a lock, a gap, or just the time."""
        camera = self._row_at(point.y())
        day = self._days.get(camera) if camera is not None else None
        if point.x() < NAME_PX or day is None:
            QToolTip.hideText()
            return
        at_s = self._at(point.x())
        near_s = NEAR_PX * self.scale.span_s / self._width()
        lines = [words.clock(utc(at_s), self._zone)]
        lines += [
            f"{words.clock(mark.at, self._zone)}  {words.title_of(mark.alarm)}"
            for mark in day.alarms
            if abs(mark.at.timestamp() - at_s) <= near_s
        ]
        lines += [mark.text for mark in day.bookmarks if abs(mark.at.timestamp() - at_s) <= near_s]
        lines += [
            _("Locked: {reason}").format(reason=lock.reason) + "  ·  " + _("a supervisor may lift it, with a reason: R")
            for lock in day.locks
            if lock.from_at.timestamp() <= at_s <= lock.until_at.timestamp()
        ]
        granted = self.reach.grant(camera, at_s) if camera is not None else None
        if granted is not None:
            lines.append(_("Opened by request {number}").format(number=granted.request))
        elif camera is not None and not self.reach.open(camera, at_s):
            lines.append(_("Further back than you may look"))
        if camera is not None and not any(begin <= at_s <= end for begin, end in self.spans(camera)):
            lines.append(_("no recording"))
        QToolTip.showText(self.mapToGlobal(point), "\n".join(lines), self)

    # ---------------------------------------------------------------- Qt

    @override
    def sizeHint(self) -> QSize:
        return QSize(800, HEAD_PX + 6 + max(2, len(self._rows)) * (28 if len(self._rows) < 5 else 20))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(400, HEAD_PX + 6 + max(2, len(self._rows)) * LOWEST_PX)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scale = self.scale.wide(self._width())
