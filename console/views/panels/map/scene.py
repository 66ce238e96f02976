"""One map of the site as a scene: its plan, and every mark that stands on it."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsScene

from console.models.ids import CameraId, CheckpointId, PointId, PostId
from console.models.patrol import RoundStop
from console.models.pictures import Sight
from console.models.site import Site, SiteMap, Spot
from console.views import theme
from console.views.panels.map.drawing import Drawing, DrawingItem
from console.views.panels.map.items import (
    CameraMark,
    CheckpointMark,
    Detail,
    Layer,
    Mark,
    PointMark,
    PostMark,
    RingMark,
    Side,
)
from console.views.panels.map.picture import Ring, Standing
from console.views.panels.map.ways import DISPATCH_STYLE, Cone, Way, dispatch_path, route_path

# How far a camera looks where the map has no scale, in pixels of the drawing.
_REACH_PX = 60.0
_MARGIN = 0.02
# A label that others would cover more than this is left out.
_MOST_COVERED = 0.08


class MapScene(QGraphicsScene):
    """A map and its marks; told what to show, it asks nothing."""

    def __init__(self, site: Site, site_map: SiteMap, drawing: Drawing, parent: QObject) -> None:
        super().__init__(parent)
        self.site_map = site_map
        self.drawing = DrawingItem(drawing, self, dark=theme.current().dark)
        self.drawing.setZValue(Layer.DRAWING)
        self.addItem(self.drawing)
        bounds = drawing.bounds if drawing.readable else QRectF(0, 0, 800, 500)
        margin = _MARGIN * bounds.width()
        self.setSceneRect(bounds.adjusted(-margin, -margin, margin, margin))
        self._classes: dict[PointId, str] = {point.id: point.alarm_class for point in site.points}
        self._detail = Detail.LITTLE
        self._scale = 1.0
        self._room: QRectF | None = None
        self._cover: QRectF | None = None
        self.cameras: dict[CameraId, CameraMark] = {}
        self.cones: dict[CameraId, Cone] = {}
        self.checkpoints: dict[CheckpointId, CheckpointMark] = {}
        self.posts: dict[PostId, PostMark] = {}
        self.walkers: dict[PostId, PostMark] = {}
        self.rings: dict[tuple[float, float], RingMark] = {}
        self._ways: dict[PostId, Way] = {}
        self._routes: list[tuple[PostId, Way]] = []
        self._fill(site)

    def _fill(self, site: Site) -> None:
        here = self.site_map.id
        for camera in site.cameras:
            if camera.spot and camera.spot.map == here:
                scale = self.site_map.metres_per_px
                cone = Cone(camera, camera.spot, camera.range_m / scale if scale else _REACH_PX)
                mark = CameraMark(camera, camera.spot)
                self.cones[camera.id], self.cameras[camera.id] = cone, mark
                self.addItem(cone)
                self.addItem(mark)
        for point in site.points:
            if point.spot and point.spot.map == here:
                self.addItem(PointMark(point, point.spot))
        for checkpoint in site.checkpoints:
            if checkpoint.spot and checkpoint.spot.map == here:
                self.checkpoints[checkpoint.id] = CheckpointMark(checkpoint, checkpoint.spot)
                self.addItem(self.checkpoints[checkpoint.id])
        for route in site.routes:
            stops = (self.checkpoints.get(stop.checkpoint) for stop in route.stops)
            way = Way(Layer.ROUTE)
            way.put(route_path([stop.spot for stop in stops if stop]), "map.route", Qt.PenStyle.DotLine, 1.4)
            self._routes.append((route.post, way))
            self.addItem(way)
        for post in site.posts:
            if post.spot and post.spot.map == here:
                self.posts[post.id] = PostMark(Standing(post=post, people=post.staff), post.spot)
                self.addItem(self.posts[post.id])

    # ---------------------------------------------------------------- what is told

    def show_rings(self, rings: Iterable[Ring]) -> None:
        """Ring these spots; a ring that is gone disappears, the others change in place."""
        wanted = {(ring.spot.x, ring.spot.y): ring for ring in rings if ring.spot.map == self.site_map.id}
        for key in [key for key in self.rings if key not in wanted]:
            self.removeItem(self.rings.pop(key))
        for key, ring in wanted.items():
            known = self.rings.get(key)
            alarm_class = self._classes.get(ring.alarm.point) or str(ring.alarm.alarm_class)
            if known is None:
                known = self.rings[key] = RingMark(ring, alarm_class)
                known.set_detail(self._detail)
                self.addItem(known)
            known.alarm_class = alarm_class
            known.put(ring)
        seen_by = {camera for ring in wanted.values() for camera in ring.alarm.cameras}
        for camera, cone in self.cones.items():
            cone.set_strong(camera in seen_by or self.cameras[camera].chosen)

    def show_cameras(
        self, sights: Mapping[CameraId, tuple[Sight, bool]], chosen: CameraId | None, seen_by: frozenset[CameraId]
    ) -> None:
        """Show how each camera is: its sight, and whether that is recent."""
        for camera, mark in self.cameras.items():
            sight, recent = sights.get(camera, (Sight.CONNECTING, False))
            mark.put(sight, recent=recent, chosen=camera == chosen)
            self.cones[camera].set_strong(camera == chosen or camera in seen_by)

    def show_posts(self, found: Mapping[PostId, Standing], places: Mapping[PostId, Spot]) -> None:
        """Show what the posts are doing, and the guards who walk at `places`."""
        here = self.site_map.id
        for post, mark in self.posts.items():
            mark.put(found[post], mark.spot)
        wanted = {post: spot for post, spot in places.items() if spot.map == here and post in found}
        for post in [post for post in self.walkers if post not in wanted]:
            self.removeItem(self.walkers.pop(post))
        for post, spot in wanted.items():
            walker = self.walkers.get(post)
            if walker is None:
                walker = self.walkers[post] = PostMark(found[post], spot, estimated=True)
                walker.set_detail(self._detail)
                self.addItem(walker)
            walker.put(found[post], spot)
        self._show_ways(found, wanted)
        walking = {post for post, standing in found.items() if standing.walking}
        for post, way in self._routes:
            style = Qt.PenStyle.DashLine if post in walking else Qt.PenStyle.DotLine
            way.put(way.path(), "map.route", style, 2.2 if post in walking else 1.2)

    def _show_ways(self, found: Mapping[PostId, Standing], places: Mapping[PostId, Spot]) -> None:
        here = self.site_map.id
        for post, standing in found.items():
            start = places.get(post) or standing.post.spot
            target = standing.target
            out = standing.dispatch is not None and start and target and start.map == here and target.map == here
            if not out or start is None or target is None or standing.dispatch is None:
                if post in self._ways:
                    self.removeItem(self._ways.pop(post))
                continue
            way = self._ways.get(post)
            if way is None:
                way = self._ways[post] = Way(Layer.WAY)
                self.addItem(way)
            path = dispatch_path(start, target, 0.011 * self.sceneRect().width())
            way.put(path, "map.post", DISPATCH_STYLE[standing.dispatch.state], 2.0)

    def show_stops(self, stops: Mapping[CheckpointId, RoundStop], times: Mapping[CheckpointId, str]) -> None:
        """Show how the newest round reached each checkpoint."""
        for checkpoint, mark in self.checkpoints.items():
            mark.put(stops.get(checkpoint), times.get(checkpoint, ""))

    # ---------------------------------------------------------------- how it is shown

    def turn(self, phase: bool) -> None:
        """The beat of everything that blinks."""
        for ring in self.rings.values():
            ring.turn(phase)

    def set_scale(self, scale: float, detail: Detail, room: QRectF | None, cover: QRectF | None = None) -> None:
        """Say how many screen pixels a pixel of the plan has, and how much room there is to write.

        `room` is what is in sight, in screen pixels from the plan's origin; None where the view is moved about. `cover`
        is what stands before the map, in the same pixels: no label is written behind it.
        """
        if detail != self._detail:
            self._detail = detail
            for mark in self.marks():
                mark.set_detail(detail)
        if (scale, room, cover) != (self._scale, self._room, self._cover):
            self._scale, self._room, self._cover = scale, room, cover
            self.lay_labels()

    def lay_labels(self) -> None:
        """Find a side for every label where it covers no other and no mark; the less important ones give way.

        An alarm that waits comes before one in hand, a more urgent one before others; a label that is left out is said
        by its mark when the pointer is over it.
        """
        marks = sorted(self.marks(), key=lambda mark: (mark.rank, mark.urgency, mark.spot.y, mark.spot.x))
        shapes = [
            (mark, mark.clickable.translated(mark.pos() * self._scale))
            for mark in marks
            if not isinstance(mark, PointMark)
        ]
        rings = [shape for mark, shape in shapes if isinstance(mark, RingMark)]
        taken: list[QRectF] = [self._cover] if self._cover is not None else []
        for mark in marks:
            lines = mark.label()
            if not lines:
                continue
            at = mark.pos() * self._scale
            others = [mark.clickable.translated(at), *(shape for other, shape in shapes if other is not mark)]
            plain = {side: mark.label_box(lines, side).translated(at) for side in Side}
            nudges = {side: self._nudge(box, at) for side, box in plain.items()}
            boxes = {side: box.translated(nudges[side]) for side, box in plain.items()}
            crowds = {side: self._crowd(box, taken, others) for side, box in boxes.items()}
            best = min(Side, key=lambda side: (crowds[side], side))
            above = taken if isinstance(mark, RingMark) else [*taken, *rings]
            crowded = _covered(boxes[best], above) > _MOST_COVERED or self._cut(boxes[best], at)
            mark.place_label(best, nudges[best], crowded=crowded)
            if not crowded:
                taken.append(boxes[best])

    def _nudge(self, box: QRectF, at: QPointF) -> QPointF:
        """How far a label has to give way to stand whole in what is seen; nothing for a mark that is not seen itself."""
        room = self._room
        if room is None or not room.contains(at) or box.width() > room.width() or box.height() > room.height():
            return QPointF()
        across = max(room.left() - box.left(), 0.0) or min(room.right() - box.right(), 0.0)
        down = max(room.top() - box.top(), 0.0) or min(room.bottom() - box.bottom(), 0.0)
        return QPointF(across, down)

    def _cut(self, box: QRectF, at: QPointF) -> bool:
        """Whether this label of a mark that is not seen itself would be cut by the edge of what is."""
        room = self._room
        return room is not None and not room.contains(at) and room.intersects(box) and not room.contains(box)

    def _crowd(self, box: QRectF, labels: list[QRectF], shapes: list[QRectF]) -> float:
        """How bad this place for a label is: out of sight is worst, then other labels, then other marks."""
        out = 0.0 if self._room is None else 1.0 - _covered(box, [self._room])
        return 8 * out + 4 * _covered(box, labels) + _covered(box, shapes)

    def restyle(self) -> None:
        """Take the colours, the type and the words in force."""
        self.drawing.set_dark(theme.current().dark)
        for item in self.items():
            if isinstance(item, Mark):
                item.refresh()
            elif isinstance(item, Cone | Way):
                item.restyle()

    def marks(self) -> list[Mark]:
        """Every mark of the map."""
        return [item for item in self.items() if isinstance(item, Mark)]

    def mark_at(self, at: QPointF, transform: QTransform) -> Mark | None:
        """The mark that a click at `at` is meant for: the topmost one whose own area it hits."""
        hits = self.items(at, Qt.ItemSelectionMode.IntersectsItemShape, Qt.SortOrder.DescendingOrder, transform)
        return next((item for item in hits if isinstance(item, Mark)), None)


def _covered(box: QRectF, others: Iterable[QRectF]) -> float:
    """How much of a box others cover, 1 for all of it once."""
    room = box.width() * box.height()
    overlaps = (box.intersected(other) for other in others)
    return sum(overlap.width() * overlap.height() for overlap in overlaps) / room if room else 0.0
