"""Events of pictures: cameras, the wall, recordings, and what was done with them."""

from dataclasses import dataclass
from datetime import datetime

from console.models.events.kind import Event
from console.models.footage import FootageRequest
from console.models.ids import CameraId, VolumeId
from console.models.pictures import CameraState
from console.models.recording import Bookmark, Hashed, Lock, RecorderState, Volume
from console.models.wall import CameraSequence, SavedLayout, VideoBudget, VideoRound


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutChanged(Event):
    """A layout of the wall was given a name, saved anew under it, or removed."""

    layout: SavedLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceChanged(Event):
    """A sequence of cameras was made, changed or removed."""

    sequence: CameraSequence


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRoundChanged(Event):
    """A video round began, a camera was checked off, or the round ended."""

    round: VideoRound


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetMeasured(Event):
    """What pictures cost the machine of a seat was measured."""

    budget: VideoBudget


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraChanged(Event):
    """A camera went live, stale or offline."""

    state: CameraState


@dataclass(frozen=True, slots=True, kw_only=True)
class PtzUsed(Event):
    """Somebody turned a camera: moved (for `lasted_s` in all), went to a `preset`, kept one, or forgot one."""

    camera: CameraId
    action: str
    preset: str = ""
    lasted_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeMade(Event):
    """A folder was set up to take recordings, and marked with an identity of its own."""

    volume: Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeReplaced(Event):
    """Another disk was taken into use in the place of one: what lay on that (`was`) is gone, `locked` of it was locked."""

    volume: Volume
    was: VolumeId
    reason: str
    segments: int = 0
    size_bytes: int = 0
    locked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingChanged(Event):
    """A camera is being recorded from now on, or is not."""

    state: RecorderState


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentsClosed(Event):
    """Recordings of some seconds were finished; each file with its hash."""

    segments: tuple[Hashed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageDeleted(Event):
    """What was deleted of a camera in one run, as a sum: `until_at` is the end of the newest, `early` how much was due to stay."""

    camera: CameraId
    from_at: datetime
    until_at: datetime
    segments: int
    size_bytes: int
    early: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LockChanged(Event):
    """Footage was locked against deletion, or released."""

    lock: Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class BookmarkMade(Event):
    """A moment of a recording was marked."""

    bookmark: Bookmark


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageViewed(Event):
    """Somebody looked at recordings of a camera that are older than instant replay reaches.

    The first line of a stretch is written when it is opened (`until_at` equals `from_at`, `ended` is false), the last
    when it is left and says all that was looked at. `request` is the number of a request for footage, where there is one.
    """

    camera: CameraId
    from_at: datetime
    until_at: datetime
    ended: bool = False
    reason: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageRequestChanged(Event):
    """Footage was asked for, the request was decided, a package was begun, made or handed over."""

    request: FootageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeyMade(Event):
    """The post made itself a key that packages of footage are signed with; only its public half is told."""

    fingerprint: str
    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MasksLifted(Event):
    """Privacy masks of a camera were lifted for somebody until `until_at`; None says that they were put back before."""

    camera: CameraId
    until_at: datetime | None
    reason: str = ""
