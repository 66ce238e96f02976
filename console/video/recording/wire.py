"""What the recording supervisor and its workers say to each other."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from typing_extensions import override

from console.models.ids import CameraId, SegmentId
from console.models.recording import Codec
from console.models.site import Camera
from console.models.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordJob:
    """One camera to be recorded. The password travels here and nowhere else."""

    camera: Camera
    secret: str
    pre_roll_bytes: int

    @override
    def __repr__(self) -> str:
        return f"RecordJob({self.camera.id!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRecording:
    """First message to a worker."""

    jobs: tuple[RecordJob, ...]
    site_dir: Path
    scenes_dir: Path | None
    timezone: str
    segment_s: float
    sync_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A segment whose row is on record already: its file may be made."""

    camera: CameraId
    segment: SegmentId
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """Whether the camera is to be recorded from now on; without `keep` the places that were given are taken back."""

    camera: CameraId
    on: bool
    keep: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """An alarm: keep what waits in memory, and go on until `until_mono_s`."""

    camera: CameraId
    until_mono_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The camera's streams are elsewhere from now on."""

    camera: CameraId
    address: str
    main_address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cued:
    """Let something happen in a pretend camera's scene, as in its live picture."""

    camera: CameraId
    name: str


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Last message to a worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """The file of a segment is there and grows."""

    camera: CameraId
    segment: SegmentId
    started_at: datetime
    mono_s: float
    codec: Codec
    width_px: int
    height_px: int
    fps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A segment is finished and on disk. `trouble` says why it is shorter than it should be, empty if it is not."""

    camera: CameraId
    segment: SegmentId
    started_at: datetime
    mono_s: float
    codec: Codec
    width_px: int
    height_px: int
    fps: float
    frames: int
    key_frames: int
    media_s: float
    wall_s: float
    clock_offset_s: float | None
    size_bytes: int
    sha256: str
    trouble: Text = Text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The camera sends, and nothing is kept: no alarm yet (mode event), or no place to write to (`starved`)."""

    camera: CameraId
    codec: Codec
    starved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The camera cannot be recorded now; it is tried again at `next_try_at`.

    Where not the camera is at fault: `disk` where its file cannot be written, `process` where its worker ended.
    """

    camera: CameraId
    reason: Text
    next_try_at: datetime | None
    disk: bool = False
    process: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hung:
    """The camera's thread has not come back for too long: this process has to be killed."""

    camera: CameraId


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """The worker lives."""

    at_mono_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """A line for the log of the program; `level` as in `logging`."""

    level: int
    sentence: str


ToRecorder = StartRecording | Reservation | Want | Trigger | Moved | Cued | StopRecording
FromRecorder = Began | Ended | Waiting | Broken | Hung | Beat | Spoke
"""`Began`, `Ended`, `Waiting` and `Broken` are the facts that the supervisor hands on."""
Fact = Began | Ended | Waiting | Broken
