"""Playback: where on the wall's clock recorded pictures lie, and what a tile may say while they are played. Pure.

Times inside the player are seconds since 1970 (UTC), as floats: a microsecond of the present century still fits, and
nothing here depends on a time zone or on daylight saving.
"""

from bisect import bisect_right
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Protocol

from console.models.ids import CameraId, PersonId, SegmentId
from console.models.masks import Mask
from console.models.pictures import Picture
from console.models.recording import Codec, Segment
from console.models.zoom import WHOLE, Region

SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
KEY_FRAMES_ABOVE: Final = 4.0
"""Faster than this, key pictures alone are shown: more could neither be decoded nor seen."""
SEAM_S: Final = 1.5
"""Two segments nearer than this follow each other, as console.services.footage joins them."""
DRIFT_S: Final = 0.5
"""Where a camera's time stamps and the clock differ by more than this within a segment, its stamps are stretched."""
TILES: Final = (1, 4, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A file as the player needs it: pictures from `from_s` on, until `until_s`; None while it is still written.

    A picture whose time stamp is `m` seconds after the first was taken at `from_s + m * rate`.
    """

    segment: SegmentId
    path: str
    codec: Codec
    from_s: float
    until_s: float | None
    rate: float = 1.0

    def media_s(self, at_s: float) -> float:
        """The time stamp that belongs to a moment."""
        return (at_s - self.from_s) / self.rate

    def wall_s(self, media_s: float) -> float:
        """The moment that belongs to a time stamp."""
        return self.from_s + media_s * self.rate


def cut_of(segment: Segment, root: str) -> Cut:
    """A segment on the volume whose folder is `root`."""
    rate = 1.0
    if segment.media_s > 0 and segment.wall_s > 0 and abs(segment.wall_s - segment.media_s) > DRIFT_S:
        rate = segment.wall_s / segment.media_s
    from_s = segment.started_at.timestamp()
    until_s = from_s + segment.media_s * rate if segment.ended_at is not None else None
    return Cut(
        segment=segment.id,
        path=f"{root}/{segment.file}",
        codec=segment.codec,
        from_s=from_s,
        until_s=until_s,
        rate=rate,
    )


def cut_at(cuts: Sequence[Cut], at_s: float) -> Cut | None:
    """The file that holds a moment; None in a gap. `cuts` in the order of their beginning.

    Where two overlap, the later one counts. A seam of up to 1.5 s belongs to the file before it.
    """
    place = bisect_right(cuts, at_s, key=_begin) - 1
    if place < 0:
        return None
    cut = cuts[place]
    if cut.until_s is None or at_s < cut.until_s:
        return cut
    follows = place + 1 < len(cuts) and cuts[place + 1].from_s - cut.until_s <= SEAM_S
    return cut if follows else None


def next_cut(cuts: Sequence[Cut], at_s: float) -> Cut | None:
    """The first file that begins after a moment."""
    place = bisect_right(cuts, at_s, key=_begin)
    return cuts[place] if place < len(cuts) else None


def gap_at(cuts: Sequence[Cut], at_s: float) -> tuple[float | None, float | None]:
    """From when until when there is no recording around a moment that has none; None where nothing bounds it."""
    place = bisect_right(cuts, at_s, key=_begin)
    before = cuts[place - 1].until_s if place else None
    return before, cuts[place].from_s if place < len(cuts) else None


def around(cuts: Sequence[Cut], at_s: float, reach_s: float) -> tuple[Cut, ...]:
    """The files within reach of a moment, and the next beyond it on either side."""
    first = max(0, bisect_right(cuts, at_s - reach_s, key=_begin) - 1)
    last = bisect_right(cuts, at_s + reach_s, key=_begin) + 1
    return tuple(cuts[first:last])


def _begin(cut: Cut) -> float:
    return cut.from_s


class How(StrEnum):
    """How the pictures follow the clock.

    seek: the key picture before at once, then the exact one. drag: key pictures alone, while a hand moves. step: the
    exact one and nothing in between.
    """

    SEEK = "seek"
    DRAG = "drag"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Motion:
    """The clock of all tapes: at `mono_s` of the machine's steady clock it stood at `at_s`, and runs `speed` times as fast."""

    at_s: float
    mono_s: float
    speed: float = 0.0
    how: How = How.SEEK
    serial: int = 0

    def now(self, mono_s: float) -> float:
        """Where it stands now."""
        return self.at_s + (mono_s - self.mono_s) * self.speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What recordings are looked at for, and the number of the request for footage, where there is one."""

    reason: str = ""
    request: str = ""

    @property
    def text(self) -> str:
        """As one types it: "#2026-0007 what for"."""
        return " ".join(part for part in (f"#{self.request}" if self.request else "", self.reason) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time whose recordings somebody wants to see, from `before_s` before it; no cameras means those played now."""

    at: datetime
    cameras: tuple[CameraId, ...] = ()
    purpose: Purpose = Purpose()
    before_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """A line of the register of who looked at recordings (录像查阅登记): one camera, all that was seen of it.

    `ended_at` is None while it goes on, and where the console was killed meanwhile; then `until_at` is not known.
    """

    camera: CameraId
    by: PersonId
    seat: str
    begun_at: datetime
    ended_at: datetime | None
    from_at: datetime
    until_at: datetime
    purpose: Purpose = Purpose()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPicture:
    """One picture of a recording in its full size as a JPEG file, with every privacy mask painted; `taken_at` is its own time."""

    camera: CameraId
    segment: SegmentId
    jpeg: bytes
    taken_at: datetime
    width_px: int
    height_px: int


class TapeState(StrEnum):
    """What a tile of playback may claim."""

    WAITING = "waiting"
    PICTURE = "picture"
    DAMAGED = "damaged"
    RESTARTING = "restarting"


@dataclass(frozen=True, slots=True)
class Tape:
    """The state of one tile; `from_s` and `until_s` bound what cannot be played."""

    state: TapeState = TapeState.WAITING
    from_s: float = 0.0
    until_s: float = 0.0


class FootagePlayer(Protocol):
    """Who plays recordings; implemented by console.video.playback, handed in by console.app. Used from the GUI thread."""

    def show(self, cameras: tuple[CameraId, ...]) -> None:
        """Play these cameras, nine at most, from now on; none lets the processes end."""
        ...

    def mask(self, camera: CameraId, masks: tuple[Mask, ...]) -> None:
        """What is painted over the camera's pictures."""
        ...

    def load(self, camera: CameraId, cuts: tuple[Cut, ...]) -> None:
        """The camera's files, in order; replaces those known before."""
        ...

    def move(self, at_s: float, speed: float, how: How = How.SEEK) -> None:
        """Set the clock of all tapes."""
        ...

    def position(self) -> float:
        """Where the clock stands."""
        ...

    def want(self, camera: CameraId, width_px: int, height_px: int, region: Region = WHOLE) -> None:
        """Ask for pictures of exactly this size and part."""
        ...

    def latest(self, camera: CameraId) -> Picture | None:
        """The newest picture of a camera, None while there is none of the wanted size."""
        ...

    def still(self, camera: CameraId, picture: Picture) -> bool:
        """Whether the picture's memory was not overwritten while it was drawn."""
        ...

    def tape(self, camera: CameraId) -> Tape:
        """What the camera's tile may claim."""
        ...

    def neighbour(self, camera: CameraId, at_s: float, *, forward: bool) -> "Future[float | None]":
        """When the next picture was taken, or the one before; None where there is none."""
        ...

    def thumbnail(self, camera: CameraId, at_s: float) -> "Future[bytes]":
        """A small JPEG of a moment; fails with ConsoleError."""
        ...

    def freeze(self, camera: CameraId, at_s: float, masks: tuple[Mask, ...]) -> "Future[RecordedPicture]":
        """The picture of a moment in its full size, under these masks; fails with ConsoleError."""
        ...

    def tick(self) -> None:
        """Take in what the processes said, and end those that hang; to be called some twenty times a second."""
        ...


def purpose_of(typed: str) -> Purpose:
    """What was typed as a purpose; "#2026-0007" in front is the number of a request for footage."""
    first, _space, rest = typed.strip().partition(" ")
    if first[:1] in ("#", "＃") and len(first) > 1:
        return Purpose(reason=rest.strip(), request=first[1:])
    return Purpose(reason=typed.strip())


def utc(at_s: float) -> datetime:
    """The aware time of seconds since 1970."""
    return datetime.fromtimestamp(at_s, UTC)
