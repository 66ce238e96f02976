"""Recording: what is kept of a camera, on which disk, for how long, and who asked that some of it stays."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from console.models.ids import BookmarkId, CameraId, IncidentId, LockId, SegmentId, VolumeId
from console.models.people import Actor
from console.models.text import Text

MOTION_COLUMNS = 16
MOTION_ROWS = 16
MOTION_SECOND_BYTES = MOTION_COLUMNS * MOTION_ROWS // 8
MOTION_MINUTE_BYTES = 60 * MOTION_SECOND_BYTES


class SegmentState(StrEnum):
    """Where a segment stands between its reservation and its deletion.

    reserved: the row is there, the file is not yet. writing: the file grows. closed: whole, hashed while it was
    written. recovered: cut short by a kill or a power cut, brought back and hashed at the next start. damaged: the file
    is gone, or is not what the row says. deleting: the file is being removed; it must not be read any more.
    """

    RESERVED = "reserved"
    WRITING = "writing"
    CLOSED = "closed"
    RECOVERED = "recovered"
    DAMAGED = "damaged"
    DELETING = "deleting"


PLAYABLE = (SegmentState.WRITING, SegmentState.CLOSED, SegmentState.RECOVERED)
FINISHED = (SegmentState.CLOSED, SegmentState.RECOVERED)


class Codec(StrEnum):
    """How the pictures of a segment are coded: the first two in MPEG-TS as the camera sent them, the last in Matroska."""

    H264 = "h264"
    HEVC = "hevc"
    MJPEG = "mjpeg"


SUFFIXES: dict[Codec, str] = {Codec.H264: ".ts", Codec.HEVC: ".ts", Codec.MJPEG: ".mkv"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A folder that recordings lie in, known by the identity in its marker file and not by its path."""

    id: VolumeId
    path: str
    made_at: datetime


UNSET_CLOCK_S: Final = 3 * 365 * 86400.0
"""A camera that says to be further off than this, in seconds, counts from its start or was never set (RFC 3550 6.4.1 lets
a sender without a clock do so): it tells no time of day."""


def tells_time(clock_offset_s: float) -> bool:
    """Whether what a camera told while it was recorded is a time of day at all."""
    return abs(clock_offset_s) <= UNSET_CLOCK_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """About a minute of one camera in one file, which begins with a key frame.

    `file` is relative to the volume's folder, with forward slashes. `started_at` is when the first picture was taken:
    the earliest of arrival minus media offset over all pictures, so that a late packet does not move it. `ended_at` is
    `started_at` plus `media_s`, the time that the camera's own time stamps span; `wall_s` is what passed on the
    console's steady clock meanwhile, and the difference of the two is the drift of the camera's clock. `mono_s` is that
    steady clock at the start. `clock_offset_s` is how far the camera's own clock was ahead by what it told, None where it
    told nothing; see `tells_time`.
    `sha256` is of the whole file, empty until it is closed.
    """

    id: SegmentId
    camera: CameraId
    volume: VolumeId
    file: str
    state: SegmentState
    started_at: datetime
    ended_at: datetime | None = None
    codec: Codec = Codec.H264
    width_px: int = 0
    height_px: int = 0
    fps: float = 0.0
    frames: int = 0
    key_frames: int = 0
    media_s: float = 0.0
    wall_s: float = 0.0
    mono_s: float = 0.0
    clock_offset_s: float | None = None
    size_bytes: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Footage that must not be deleted: one camera, or all where `camera` is empty, from one time until another."""

    id: LockId
    camera: CameraId
    from_at: datetime
    until_at: datetime
    reason: str
    by: str
    made_at: datetime
    incident: IncidentId | None = None
    released_at: datetime | None = None
    released_by: str | None = None
    release_reason: str = ""
    rev: int = 0

    @property
    def holds(self) -> bool:
        """Whether nobody has released it."""
        return self.released_at is None

    def covers(self, segment: Segment) -> bool:
        """Whether some of the segment is locked by this."""
        if not self.holds or self.camera not in ("", segment.camera):
            return False
        return segment.started_at < self.until_at and (segment.ended_at or self.until_at) > self.from_at


class HeldState(StrEnum):
    """How much of a locked stretch there is."""

    RECORDED = "recorded"
    PARTLY = "partly"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """A moment of a camera's recording that somebody wants to find again."""

    id: BookmarkId
    camera: CameraId
    at: datetime
    text: str
    by: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionMinute:
    """Where something moved in a minute of a camera: for each second 16 x 16 cells, a bit each, 32 bytes.

    `bits` has 60 x 32 bytes; within a second the cells lie row by row from the top left, the first in the highest bit of
    the first byte. A minute without a row was not looked at, which is not the same as still.
    """

    id: str
    camera: CameraId
    minute_at: datetime
    bits: bytes


def motion_key(camera: CameraId, minute_at: datetime) -> str:
    """The id of a camera's minute of motion; `minute_at` in UTC."""
    return f"{camera}@{minute_at:%Y%m%dT%H%MZ}"


class RecordMode(StrEnum):
    """When a camera is recorded."""

    NONE = "none"
    CONTINUOUS = "continuous"
    SCHEDULE = "schedule"
    EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPlan:
    """What the site wants kept of a camera.

    `days` is how long, 0 for the site's setting `video.keep_days`. `schedule` are local times of the day,
    "HH:MM-HH:MM", before them the weekdays where not all are meant ("1-5 08:00-18:00", Monday is 1); a time that ends
    before it begins runs past midnight. In mode event `pre_s` before and `post_s` after an alarm are kept. Sound is not
    recorded: `keep_audio` must be false, it says so on purpose.
    """

    mode: RecordMode = RecordMode.NONE
    days: float = 0.0
    schedule: tuple[str, ...] = ()
    pre_s: float = 5.0
    post_s: float = 15.0
    keep_audio: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecorderState:
    """Whether a camera is being recorded now; published when it changes.

    `on` is true while packets reach the disk. Where it is not although it should be, `wanted` is true and `reason` says
    why. In mode event a camera that waits for its alarm is `armed` and not `on`.
    """

    camera: CameraId
    mode: RecordMode
    wanted: bool
    on: bool
    since_at: datetime
    armed: bool = False
    reason: Text = Text()
    codec: Codec | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time."""

    from_at: datetime
    until_at: datetime

    @property
    def length_s(self) -> float:
        """How long it is."""
        return (self.until_at - self.from_at).total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashed:
    """A finished segment as its journal line names it."""

    segment: SegmentId
    camera: CameraId
    file: str
    started_at: datetime
    media_s: float
    size_bytes: int
    sha256: str
    recovered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFigures:
    """How a disk for recordings stands; `reason` says why nothing is written to it, empty while it is well.

    `rate_bytes_s` is what is written to it a second, over the last hour; `headroom_h` in how many hours it is full, None
    while nothing is written.
    """

    volume: Volume
    free_bytes: int = 0
    headroom_h: float | None = None
    reason: Text = Text()
    rate_bytes_s: float = 0.0


class Recordings(Protocol):
    """What recording says of itself and does when asked; implemented by console.app, handed to the views in Surroundings."""

    @property
    def states(self) -> Mapping[CameraId, RecorderState]:
        """Whether each camera that is to be recorded is being recorded now."""
        ...

    @property
    def disks(self) -> tuple[DiskFigures, ...]:
        """How the disks stand."""
        ...

    def replace_disk(self, volume: VolumeId, reason: str, *, by: Actor) -> Future[Volume]:
        """Take what lies now where this disk should be into use in its place. Raises NotPermitted or Refused at once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How long a camera's footage reaches back, beside how long it must.

    `since_at` is when the camera was first recorded: a camera of last week cannot have 30 days. `expected_at` is from when
    on there must be pictures by now: the first moment within its days at which it was to be recorded, None where that is
    not known beforehand (mode event) or has not come yet.
    """

    camera: CameraId
    mode: RecordMode
    required_days: float
    oldest_at: datetime | None
    newest_at: datetime | None
    since_at: datetime | None
    expected_at: datetime | None = None
    now: datetime

    @property
    def held_days(self) -> float:
        """Days from the oldest picture until now."""
        return 0.0 if self.oldest_at is None else (self.now - self.oldest_at) / timedelta(days=1)

    @property
    def expected_days(self) -> float:
        """How far it must reach back by now."""
        return 0.0 if self.expected_at is None else (self.now - self.expected_at) / timedelta(days=1)

    @property
    def short(self) -> bool:
        """Whether less is there than must be; an hour of grace for the step in which deletion works."""
        return self.held_days < self.expected_days - 1 / 24
