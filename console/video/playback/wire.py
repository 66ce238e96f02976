"""What the player and its processes say to each other. Nothing large: files are named, pictures go through the rings."""

from dataclasses import dataclass

from console.models.ids import CameraId
from console.models.masks import Mask
from console.models.playback import Cut, Motion, RecordedPicture, TapeState
from console.models.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginPlaying:
    """First message to a process: the numbers of its tapes and the descriptors of their rings."""

    tapes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Put a camera's files on a tape; `generation` grows when the camera is another one."""

    tape: int
    generation: int
    camera: CameraId
    masks: tuple[Mask, ...]
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """Say when the picture beside a moment was taken."""

    request: int
    tape: int
    at_s: float
    forward: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeThumbnail:
    """Make a small JPEG of a moment of one file."""

    request: int
    cut: Cut
    at_s: float
    masks: tuple[Mask, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """Make a JPEG of a moment of one file in its full size."""

    request: int
    camera: CameraId
    cut: Cut
    at_s: float
    masks: tuple[Mask, ...]


@dataclass(frozen=True, slots=True)
class StopPlaying:
    """End the process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threaded:
    """The tape shows the camera of this generation from its picture after `seq` on."""

    tape: int
    generation: int
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The tape is about to open this file: should it hang, this is why."""

    tape: int
    cut: Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class TapeSaid:
    """What the tile may claim."""

    tape: int
    generation: int
    state: TapeState
    from_s: float = 0.0
    until_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """When the picture asked for was taken; None where there is none."""

    request: int
    at_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThumbnailMade:
    """The JPEG asked for, or why there is none."""

    request: int
    jpeg: bytes
    reason: Text = Text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """The picture asked for, or why there is none."""

    request: int
    picture: RecordedPicture | None
    reason: Text = Text()


ToPlayer = Threaded | Opening | TapeSaid | Found | ThumbnailMade | Frozen
ToTapes = BeginPlaying | Thread | Motion | Find | MakeThumbnail | Freeze | StopPlaying
