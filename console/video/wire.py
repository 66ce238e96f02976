"""What the supervisor and a worker say to each other through their pipe.

Both ends are ours and the pipe has no name, so that the messages are pickled as they are. Times
that cross are wall times (aware UTC) where somebody will read them; waiting is each side's own.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from typing_extensions import override

from console.models.camera_health import CameraFault, CameraTrouble, HealthLimits
from console.models.ids import CameraId
from console.models.masks import Mask
from console.models.pictures import RuleEvent, RuleWorking, Still
from console.models.recording import MotionMinute
from console.models.rules import OfficeHours, Rule
from console.models.site import Camera
from console.models.text import Text
from console.video.facts import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One camera for a worker: where its ring is, what its password is, which rules and faults stand.

    `cells` says that motion is kept for search.

    The password travels here and nowhere else: not in the arguments of the process, where
    everybody on the machine could read it, and not in its environment.
    """

    camera: Camera
    ring_fd: int
    secret: str
    active: frozenset[str] = frozenset()
    faults: frozenset[CameraTrouble] = frozenset()
    cells: bool = False
    tried: Rule | None = None

    @override
    def __repr__(self) -> str:
        return f"Job({self.camera.id!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """First message to a worker."""

    jobs: tuple[Job, ...]
    site_dir: Path
    scenes_dir: Path | None
    timezone: str
    limits: HealthLimits = field(default_factory=HealthLimits)
    references_dir: Path | None = None
    office: OfficeHours | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeSnapshot:
    """Make a JPEG of the camera's next frame."""

    request: int
    camera: CameraId


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRecent:
    """Send the stills of a camera that were taken since a moment."""

    request: int
    camera: CameraId
    since_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """Let something happen in a camera's scene; only synthetic cameras know what."""

    camera: CameraId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRule:
    """Tell how a rule would work on this camera, without any alarm; None ends that."""

    camera: CameraId
    rule: Rule | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRules:
    """Judge the camera by these rules from now on."""

    camera: CameraId
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relearn:
    """What the camera shows now is right: learn its reference anew, its faults are over."""

    camera: CameraId


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftMasks:
    """Paint live pictures with only these masks for so long; 0 s paints all of them again at once.

    The worker counts the time itself: whatever becomes of the console, the masks come back. Stills always have all.
    """

    camera: CameraId
    painted: tuple[Mask, ...]
    for_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Readdress:
    """The camera's streams are elsewhere from now on."""

    camera: CameraId
    address: str
    main_address: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Last message to a worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A camera's stream is open; frames follow."""

    camera: CameraId
    width_px: int
    height_px: int
    fps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A camera could not be opened, or gives no more frames; it is tried again at `next_try_at`."""

    camera: CameraId
    reason: Text
    next_try_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What is wrong with a camera's picture and what cannot be told, when either changes; `changes` since the last."""

    camera: CameraId
    changes: tuple[CameraFault, ...]
    faults: tuple[CameraTrouble, ...]
    unchecked: tuple[CameraTrouble, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotMade:
    """The answer to `TakeSnapshot`: a snapshot, or the sentence that says why there is none."""

    request: int
    snapshot: Snapshot | None
    reason: Text = Text()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentSent:
    """The answer to `FetchRecent`, oldest first; empty where there are none."""

    request: int
    stills: tuple[Still, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A line for the log of the program; `level` as in `logging`."""

    level: int
    sentence: str


ToWorker = Start | TakeSnapshot | FetchRecent | Cue | WatchRule | SetRules | Relearn | Readdress | LiftMasks | Stop
FromWorker = Opened | Lost | RuleEvent | RuleWorking | Health | MotionMinute | SnapshotMade | RecentSent | Said
