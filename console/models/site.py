"""The site as a technician describes it: places, maps, cameras, points, posts, routes, sources."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from console.models.ids import CameraId, CheckpointId, MapId, PlaceId, PlanId, PointId, PostId, RouteId, SourceId
from console.models.masks import Mask
from console.models.recording import RecordPlan
from console.models.rules import OfficeHours
from console.models.rules import Rule as Rule  # noqa: PLC0414 - a camera's rules are had from here
from console.models.text import Text


class PlaceKind(StrEnum):
    """How deep in the one tree of places a place stands."""

    SITE = "site"
    BUILDING = "building"
    FLOOR = "floor"
    ZONE = "zone"
    ROOM = "room"


SOUNDS: Final = ("p1", "p2", "p3", "p4", "system")
"""The patterns that a point or a place may choose, by their names in resources/sounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A position on a map: pixels of the map's own drawing, origin top left, heading in degrees clockwise from up."""

    map: MapId
    x: float
    y: float
    heading_deg: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A node of the one place tree shared by cameras, points, patrol and hazards.

    What follows `parent` is inherited by every point in the place that has none of its own; the nearest place wins (see
    console.models.linkage). `priorities` gives the priority of a class of alarm there ("*": of every class), `sound`
    one of SOUNDS, `notify` the contacts that are to be told.
    """

    id: PlaceId
    name: Text
    kind: PlaceKind = PlaceKind.ZONE
    parent: PlaceId | None = None
    spot: Spot | None = None
    cameras: tuple[CameraId, ...] = ()
    post: PostId | None = None
    plan: PlanId | None = None
    priorities: dict[str, int] = field(default_factory=dict)
    sound: str = ""
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMap:
    """One drawing (SVG, PNG or JPEG) of a place, with its scale where it is known."""

    id: MapId
    name: Text
    file: str
    place: PlaceId | None = None
    metres_per_px: float | None = None


class CameraKind(StrEnum):
    """Where a camera's picture comes from."""

    SYNTHETIC = "synthetic"
    FILE = "file"
    RTSP = "rtsp"
    USB = "usb"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnvifSetup:
    """A camera as an ONVIF device, with the camera's own login and password.

    `address` is its host, host:port, or the URL of its device service. `main` and `sub` name the profiles whose streams
    are taken where the camera's stream addresses are left empty; without a name the largest and the smallest.
    """

    address: str
    main: str = ""
    sub: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera of the site.

    `address` is a URL, a file path relative to the site folder, a USB number or a scene name, by kind. `main_address`
    is the full-size stream where there is one. `login` and `password` are given apart from the address so that an
    address may be shown and logged; `password` names a secret, see console.config. With `onvif` the address may be left
    empty: it is then read from the camera. `masks` lie over what is shown of it, not over what is recorded.
    """

    id: CameraId
    number: int
    name: Text
    kind: CameraKind
    address: str = ""
    main_address: str = ""
    login: str = ""
    password: str = ""
    transport: str = "tcp"
    place: PlaceId | None = None
    spot: Spot | None = None
    fov_deg: float = 70.0
    range_m: float = 25.0
    loop: bool = True
    rules: tuple[Rule, ...] = ()
    record: RecordPlan = RecordPlan()
    onvif: OnvifSetup | None = None
    masks: tuple[Mask, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A detector, a contact or a rule: what one alarm stands for, and what belongs to it.

    `alarm_class` overrides what the source's own code says (see console.models.alarms). `cameras` come to the front,
    `post` is the nearest, `plan` is offered first, `sound` rings, `notify` are told. What is left out is inherited from the
    point's place and the places around it, see console.models.linkage.
    """

    id: PointId
    name: Text
    alarm_class: str = ""
    priority: int | None = None
    place: PlaceId | None = None
    spot: Spot | None = None
    cameras: tuple[CameraId, ...] = ()
    post: PostId | None = None
    plan: PlanId | None = None
    sound: str = ""
    notify: tuple[str, ...] = ()


class PostKind(StrEnum):
    """Kinds of post of a guarded site (后勤服务项目安全值守整体服务流程; 物业安保服务管理工作规范)."""

    GATE = "gate"
    PATROL = "patrol"
    RESERVE = "reserve"
    MONITORING = "monitoring"
    LEADER = "leader"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post: where somebody stands or walks, and how it is called by radio."""

    id: PostId
    name: Text
    kind: PostKind
    spot: Spot | None = None
    call_sign: str = ""
    phone: str = ""
    min_staff: int = 1
    staff: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A place a patrol must reach; `chip` is the number its tag or code gives."""

    id: CheckpointId
    name: Text
    chip: str
    spot: Spot | None = None
    place: PlaceId | None = None
    camera: CameraId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStop:
    """One checkpoint of a route; `leg_s` is the planned walk from the stop before."""

    checkpoint: CheckpointId
    leg_s: float
    tolerance_s: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A patrol route: walked by one post, a round every `every_s` seconds.

    The default is 2 h: patrol of the whole area, 后勤服务项目安全值守整体服务流程 (dormitory guarding process).
    """

    id: RouteId
    name: Text
    post: PostId
    stops: tuple[RouteStop, ...]
    every_s: float = 7200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSetup:
    """An alarm source as the site folder describes it; `options` are checked by the source's own SPEC."""

    id: SourceId
    kind: str
    name: Text
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody a plan may have to call: police, fire service, shift leader, supervisor."""

    id: str
    name: Text
    phone: str
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentItem:
    """Equipment counted at each handover: `number` pieces of one thing."""

    id: str
    name: Text
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftTemplate:
    """A shift of the day: local starting time "HH:MM" and its length."""

    id: str
    name: Text
    start: str
    length_h: float = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The whole site folder, read and checked."""

    id: str
    name: Text
    timezone: str = "Asia/Shanghai"
    address: Text = Text()
    phone: str = ""
    places: tuple[Place, ...] = ()
    maps: tuple[SiteMap, ...] = ()
    cameras: tuple[Camera, ...] = ()
    points: tuple[Point, ...] = ()
    posts: tuple[Post, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    routes: tuple[Route, ...] = ()
    sources: tuple[SourceSetup, ...] = ()
    contacts: tuple[Contact, ...] = ()
    equipment: tuple[EquipmentItem, ...] = ()
    shifts: tuple[ShiftTemplate, ...] = ()
    office: OfficeHours | None = None
    settings: dict[str, float | int | str | bool] = field(default_factory=dict)


def place_path(site: Site, place_id: PlaceId | None, language: str) -> str:
    """The place's name with its parents', outermost first and without the site itself: "3号楼 二层 东侧走廊"."""
    by_id = {place.id: place for place in site.places}
    names: list[str] = []
    seen: set[PlaceId] = set()
    while place_id is not None and place_id in by_id and place_id not in seen:
        seen.add(place_id)
        place = by_id[place_id]
        if place.kind is not PlaceKind.SITE:
            names.append(place.name.in_language(language))
        place_id = place.parent
    return " ".join(reversed(names))
