"""Pictures as the wall sees them: the newest frame of a camera, how old it is, and what is wrong with it."""

from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from console.models.camera_health import CameraTrouble
from console.models.ids import CameraId, PointId
from console.models.load import Pace
from console.models.rules import Rule, RuleKind
from console.models.zoom import WHOLE, Region


class Sight(StrEnum):
    """What a tile may honestly claim about its picture."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraState:
    """The state of one camera; published only when it changes. `reason` is a plain sentence in both languages.

    `faults` are what is wrong with the camera now, and `unchecked` what could not be told lately (a dark scene shows
    neither focus nor cover); a fault that is in neither was looked for and not found.
    """

    camera: CameraId
    sight: Sight
    since_at: datetime
    reason_zh: str = ""
    reason_en: str = ""
    next_try_at: datetime | None = None
    width_px: int = 0
    height_px: int = 0
    fps: float = 0.0
    faults: tuple[CameraTrouble, ...] = ()
    unchecked: tuple[CameraTrouble, ...] = ()


Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEvent:
    """An analytics rule of a camera became active, or cleared.

    `at` is when the deciding picture was taken, `picture_age_s` how old it was when the rule had judged it. `box` is
    (left, top, right, bottom) of what was seen, in 0..1 of the picture's width and height, and `area` its share of
    the picture; both are zero in a clearing event.
    """

    camera: CameraId
    rule_id: str
    kind: RuleKind = RuleKind.INTRUSION
    point: PointId
    active: bool
    at: datetime
    picture_age_s: float = 0.0
    box: Box = (0.0, 0.0, 0.0, 0.0)
    area: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One thing that a rule saw: its box in 0..1 of the picture, its size as a share of it, its foot point.

    `path` is where its foot lately was, oldest first; `counts` says that it has the size and the place the rule asks
    for; `seen_s` is how long it has been followed.
    """

    box: Box
    area: float
    path: tuple[tuple[float, float], ...] = ()
    seen_s: float = 0.0
    counts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWorking:
    """How a rule works on one picture, for somebody who tunes it: what it saw, and how near it was to firing.

    `score` and `threshold` are in the rule's own measure: seconds in the zone (intrusion, loitering, objects), share
    of the way over the line, people (crowding). `reliable` is false while the background is learnt anew. `scheduled` is
    false where the rule does not count at this hour.
    """

    camera: CameraId
    rule_id: str
    at: datetime
    seen: tuple[Seen, ...] = ()
    score: float = 0.0
    threshold: float = 0.0
    active: bool = False
    reliable: bool = True
    scheduled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTuning:
    """What the wall draws over a tile while somebody tunes a rule: the rule as tried, and its newest working.

    `tried` is judged beside the rule that is in force and raises no alarm.
    """

    camera: CameraId
    tried: Rule
    working: RuleWorking | None = None
    fired: int = 0

    def heard(self, working: RuleWorking) -> "RuleTuning":
        """The overlay after a further working; one of another camera or rule changes nothing."""
        if working.camera != self.camera or working.rule_id != self.tried.id:
            return self
        began = working.active and not (self.working is not None and self.working.active)
        return replace(self, working=working, fired=self.fired + began)

    def changed(self, tried: Rule) -> "RuleTuning":
        """The overlay for another setting of the rule: what was seen with the old one is forgotten."""
        return RuleTuning(camera=self.camera, tried=tried)


class Picture(NamedTuple):
    """One frame at the tile's exact size: `pixels` is a read-only view of height*width*4 bytes BGRA (QImage Format_RGB32).

    The view is of shared memory and is overwritten about three frames later: draw it at once, then ask `still(...)`
    of the feed whether it was whole. `seq` grows by one a frame; `age_s` is the time since the camera gave it; `region`
    is the part of the camera's picture that is shown; `taken_s` is when it was taken, in seconds since 1970.
    """

    pixels: memoryview
    width_px: int
    height_px: int
    seq: int
    age_s: float
    region: Region = WHOLE
    taken_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Still:
    """A small picture of the last half minute, as a JPEG file, and when it was taken."""

    at: datetime
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Load:
    """How a camera's pictures burden the machine: frames given so far, thread time spent on them so far in seconds, and
    how long a picture takes at present from the camera's frame to the tile's pixels, in seconds."""

    frames: int = 0
    cpu_s: float = 0.0
    lag_s: float = 0.0


class PictureFeed(Protocol):
    """Where the wall pulls its pictures; implemented by console.video, handed in by console.app."""

    def want(self, camera: CameraId, width_px: int, height_px: int, region: Region = WHOLE) -> None:
        """Ask for frames of exactly this size, of this part of the picture, from now on; (0, 0) when nobody looks."""
        ...

    def latest(self, camera: CameraId, than: int = -1) -> Picture | None:
        """The newest frame, or None while there is none or it is still number `than`.

        For a moment of another size, where that has just changed.
        """
        ...

    def still(self, camera: CameraId, picture: Picture) -> bool:
        """Whether `picture`'s memory was not overwritten while it was drawn."""
        ...

    def state(self, camera: CameraId) -> CameraState:
        """What the camera's tile may claim now."""
        ...

    def recent(self, camera: CameraId, since_s: float) -> "Future[tuple[Still, ...]]":
        """The stills of the last `since_s` seconds (30 at most), oldest first; fails with ConsoleError."""
        ...

    def pace(self, camera: CameraId, pace: Pace) -> None:
        """How much of a camera's picture is to be shown from now on."""
        ...

    def load(self, camera: CameraId) -> Load:
        """How the camera's pictures burden the machine."""
        ...
