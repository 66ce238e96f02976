"""What belongs to a point: its own, or what its place and the places around it give it. The nearest wins.

A site of 2,000 points is described by its buildings, floors and zones; a point says only what is different there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from typing_extensions import override

from console.models.camera_health import point_of_camera
from console.models.ids import CameraId, PlaceId, PlanId, PointId, PostId
from console.models.site import Place, Point, Site, Spot
from console.models.text import Text

LINKED: Final = ("cameras", "spot", "post", "plan", "sound", "notify")
"""The fields that a point inherits; its priority comes by its class besides."""
EVERY_CLASS: Final = "*"
SOURCE_POINT: Final = "source:"
"""How the point begins that stands for a source itself; its id and the name of the problem follow."""
OWN_POINT: Final = "own:"
"""How the point begins that stands for a trouble of the post itself; the trouble's name follows."""
RECORDING_POINT: Final = "recording:"
"""How the point begins that stands for the recording as a whole; the trouble's name follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linkage:
    """What belongs to a point, and from where each of it comes.

    `origins` names for every field that has a value the place it is inherited from, or None for the point's own.
    """

    cameras: tuple[CameraId, ...] = ()
    spot: Spot | None = None
    post: PostId | None = None
    plan: PlanId | None = None
    sound: str = ""
    notify: tuple[str, ...] = ()
    priority: int | None = None
    origins: Mapping[str, PlaceId | None] = field(default_factory=lambda: MappingProxyType({}))


class _Index:
    """The points and places of one site by id, and what was worked out of them so far."""

    def __init__(self, site: Site) -> None:
        self.points: dict[PointId, Point] = {
            PointId(one.id): Point(
                id=PointId(one.id),
                name=one.name,
                place=one.place,
                spot=one.spot,
                cameras=(one.camera,) if one.camera else (),
            )
            for one in reversed(site.checkpoints)
        } | {one.id: one for one in reversed(site.points)}
        self.checkpoints = {PointId(one.id) for one in site.checkpoints} - {one.id for one in site.points}
        self.places: dict[PlaceId, Place] = {one.id: one for one in site.places}
        self.sources: dict[str, Any] = {one.id: one.name for one in site.sources}
        self.linked: dict[PointId, Point] = {}

    def around(self, place: PlaceId | None) -> list[Place]:
        """The place and those it lies in, nearest first."""
        found: list[Place] = []
        while place is not None and place in self.places and self.places[place] not in found:
            found.append(self.places[place])
            place = found[-1].parent
        return found


class _Same:
    """A site as a key: the very object, because comparing thousands of points takes longer than finding one."""

    __slots__ = ("site",)

    def __init__(self, site: Site) -> None:
        self.site = site

    @override
    def __hash__(self) -> int:
        return id(self.site)

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.site is self.site


@lru_cache(maxsize=4)
def _indexed(key: _Same) -> _Index:
    return _Index(key.site)


def linkage_of(site: Site, point: Point, alarm_class: str = "") -> Linkage:
    """What belongs to a point and from where; `alarm_class` is the class of its alarm where the point names none."""
    around = _indexed(_Same(site)).around(point.place)
    values: dict[str, Any] = {}
    origins: dict[str, PlaceId | None] = {}
    for name in LINKED:
        for giver in (point, *around):
            value = getattr(giver, name)
            if value:
                values[name] = value
                origins[name] = giver.id if isinstance(giver, Place) else None
                break
    wanted = point.alarm_class or alarm_class
    if point.priority is not None:
        values["priority"], origins["priority"] = point.priority, None
    else:
        for place in around:
            priority = place.priorities.get(wanted, place.priorities.get(EVERY_CLASS))
            if priority is not None:
                values["priority"], origins["priority"] = priority, place.id
                break
    return Linkage(**values, origins=MappingProxyType(origins))


def linked_point(site: Site, point_id: PointId) -> Point | None:
    """The point that a signal speaks of, with all that it inherits; None where the site does not know it.

    A checkpoint that was not reached counts as a point, and so does a source that fell silent.
    """
    index = _indexed(_Same(site))
    known = index.linked.get(point_id)
    if known is not None:
        return known
    point = index.points.get(point_id)
    if point is None:
        # "smoke-3f/fault" is a condition of the equipment at the point "smoke-3f".
        whole, slash, _condition = point_id.rpartition("/")
        at = _of_source(index, point_id) or point_of_camera(site, point_id) or _of_post(point_id)
        return at if at is not None or not slash or whole not in index.points else linked_point(site, PointId(whole))
    linkage = linkage_of(site, point)
    linked = replace(point, priority=linkage.priority, **{name: getattr(linkage, name) for name in LINKED})
    if point_id in index.checkpoints:
        # A missed patrol is seen by the cameras of its place, but is not what the place's own plan was written for.
        linked = replace(linked, priority=None, plan=None, sound="")
    index.linked[point_id] = linked
    return linked


def priority_of(site: Site, point_id: PointId, alarm_class: str) -> int | None:
    """The priority of alarms of a class at a point: its own, else that of its place for the class; None for neither.

    What is no point of the site has none: a source, a camera, a checkpoint.
    """
    index = _indexed(_Same(site))
    point = index.points.get(point_id) or index.points.get(PointId(point_id.rpartition("/")[0]))
    if point is None or point.id in index.checkpoints:
        return None
    return linkage_of(site, point, alarm_class).priority


def notified_of(site: Site, point_id: PointId, place: PlaceId | None) -> tuple[tuple[str, ...], bool]:
    """The contacts that are to be told of what happens at a point, and whether they are the point's own.

    What the site knows no point of, such as a report by hand, has what its place gives it.
    """
    index = _indexed(_Same(site))
    point = index.points.get(point_id) or index.points.get(PointId(point_id.rpartition("/")[0]))
    linkage = linkage_of(site, point or Point(id=point_id, name=Text(), place=place))
    return linkage.notify, linkage.origins.get("notify", "") is None


def _of_post(point_id: PointId) -> Point | None:
    """What stands for the post itself: its own troubles, and what is wrong with its recording as a whole."""
    names = {OWN_POINT: Text("本岗位", "This post"), RECORDING_POINT: Text("录像", "Recording")}
    name = next((name for start, name in names.items() if point_id.startswith(start)), None)
    return Point(id=point_id, name=name) if name is not None else None


def _of_source(index: _Index, point_id: PointId) -> Point | None:
    if not point_id.startswith(SOURCE_POINT):
        return None
    source = point_id.removeprefix(SOURCE_POINT).partition("/")[0]
    name = index.sources.get(source)
    return Point(id=point_id, name=name) if name is not None else None
