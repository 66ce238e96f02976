"""What a package of footage is made from, and what its manifest says. The manifest's canonical JSON is what is signed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.models.footage import RequestId
from console.models.ids import CameraId, SegmentId
from console.models.masks import Mask
from console.models.recording import Bookmark, Segment
from console.models.text import Text

FORMAT: Final = "zhishou-footage-package"
VERSION: Final = 1
SEAM_S: Final = 1.5
"""Segments nearer than this follow each other; anything more is told as a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSegment:
    """A segment that holds some of what is asked for: where its file lies, and which journal line knows its hash.

    `journal_seq` is 0 where no line does: then the hash comes from the row alone.
    """

    segment: Segment
    path: str
    journal_seq: int = 0
    journal_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOffset:
    """How far the camera's own clock was ahead of the console's, in seconds; None where nobody measured it."""

    offset_s: float | None = None
    measured_at: datetime | None = None
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StillSource:
    """A picture that was kept as evidence."""

    id: str
    path: str
    sha256: str
    taken_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSource:
    """One camera of a package."""

    id: CameraId
    number: int = 0
    name: Text
    clock: ClockOffset = ClockOffset()
    masks: tuple[Mask, ...] = ()
    segments: tuple[SourceSegment, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    stills: tuple[StillSource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whose package it is, and on whose word it was made; people by name and id.

    `incident` is the number of the case that the footage was asked for, empty where it was for none.
    """

    site_id: str
    site: Text
    timezone: str
    organisation: str
    requester: str
    document: str
    purpose: str
    reason: str
    incident: str = ""
    asked_at: datetime
    asked_by: str
    approved_at: datetime | None
    approved_by: str
    approved_digest: str
    operator: str
    program_version: str
    journal_seq: int
    journal_head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOrder:
    """All that the process which makes a package must know; nothing in it is secret but the footage itself.

    `folder` is the package's own, `work` a folder beside it for what is not finished; both are ours alone.
    """

    request: RequestId
    number: str
    folder: str
    work: str
    from_at: datetime
    until_at: datetime
    origin: Origin
    cameras: tuple[CameraSource, ...]
    public_key: str
    viewing: bool = True
    masks: bool = True
    zipped: bool = False


# ------------------------------------------------------------------------------------------------ the manifest
@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of the asked time of which the package holds nothing, and why."""

    from_at: datetime
    until_at: datetime
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What was copied of a segment, byte for byte.

    `sha256` and `size_bytes` are of the whole segment as it was recorded, `journal_seq` the line that knows it. A
    `whole` one has the same hash as its file in the package; of another the file holds `ranges`, (first, end) in bytes.
    `clock_offset_s` is how far the camera said to be ahead while it was recorded, None where it did not tell.
    """

    segment: SegmentId
    file: str
    from_at: datetime
    until_at: datetime
    whole: bool
    ranges: tuple[tuple[int, int], ...]
    sha256: str
    size_bytes: int
    recovered: bool
    clock_offset_s: float | None
    journal_seq: int
    journal_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraPart:
    """One camera in the manifest; `actual` is from the first to the last picture, None where there is none."""

    id: CameraId
    number: int
    name: Text
    clock: ClockOffset
    masks: int
    actual: tuple[datetime, datetime] | None
    originals: tuple[Original, ...]
    gaps: tuple[Gap, ...]
    bookmarks: tuple[Bookmark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFile:
    """A file of the package. `kind` is original, viewing, still or text."""

    path: str
    kind: str
    size_bytes: int
    sha256: str
    camera: CameraId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """The key that the manifest is signed with, as hex digits, and as it stands on paper."""

    algorithm: str = "Ed25519"
    public_key: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All of a package; `asked` is what was asked for and approved."""

    format: str = FORMAT
    version: int = VERSION
    number: str
    request: RequestId
    origin: Origin
    asked: tuple[datetime, datetime]
    cameras: tuple[CameraPart, ...]
    masks_painted: bool
    notes: tuple[Text, ...]
    files: tuple[PackedFile, ...]
    signing: Signing


@dataclass(frozen=True, slots=True)
class Made:
    """A package but for its signature: the digest of its manifest, and how much it is."""

    manifest_sha256: str
    files: int
    size_bytes: int
    gaps: int
