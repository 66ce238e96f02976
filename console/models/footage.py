"""Footage that is asked for: the request on record, who approved it, what was made, and to whom it was handed.

The register is 录像查阅调取登记表; its fields follow 公共安全视频图像信息系统管理条例 (who looked at or took footage, when, what
for) and the municipal rules made under it: recorder, requester, time, purpose, destination, two people, papers shown.
"""

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType, Protocol

from console.models.ids import CameraId, IncidentId, LockId, PersonId
from console.models.people import Actor
from console.models.plain import digest
from console.models.text import Text

RequestId = NewType("RequestId", str)


class RequestState(StrEnum):
    """Where a request stands. Only an approved one lets a package be made; only a finished package is handed over."""

    ASKED = "asked"
    REFUSED = "refused"
    APPROVED = "approved"
    MADE = "made"
    HANDED_OVER = "handed_over"


TRANSITIONS: Final[dict[RequestState, frozenset[RequestState]]] = {
    RequestState.ASKED: frozenset({RequestState.APPROVED, RequestState.REFUSED}),
    RequestState.APPROVED: frozenset({RequestState.MADE, RequestState.HANDED_OVER, RequestState.REFUSED}),
    RequestState.MADE: frozenset({RequestState.HANDED_OVER}),
    RequestState.REFUSED: frozenset(),
    RequestState.HANDED_OVER: frozenset(),
}
OPEN: Final = tuple(state for state, after in TRANSITIONS.items() if after)


class RequestKind(StrEnum):
    """Whether somebody wants to look at footage at the post (查阅), or to take a copy away (调取)."""

    VIEWING = "viewing"
    COPY = "copy"


class JobState(StrEnum):
    """Where the making of a package stands."""

    RUNNING = "running"
    CANCELLED = "cancelled"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportJob:
    """The making of a package: where to, what it holds, by whom, how it ended.

    `folder` is the package's own folder. `viewing` makes a copy with burnt-in time, `masks` paints the privacy masks
    into it and into the stills, `zipped` makes one file of it all in the end.
    """

    state: JobState
    folder: str
    viewing: bool = True
    masks: bool = True
    zipped: bool = False
    by: PersonId
    begun_at: datetime
    ended_at: datetime | None = None
    reason: Text = Text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A finished package as the record knows it: the digest of its manifest, and whose key signed that."""

    files: int
    size_bytes: int
    gaps: int
    manifest_sha256: str
    fingerprint: str
    archive: str = ""
    archive_sha256: str = ""
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageRequest:
    """One line of the register.

    `organisation` and `requester` are who asks, `document` the paper or the number of the identity card that was shown,
    `purpose` what for and on which legal ground, `reason` what is looked for. `approved_digest` is the digest of what
    the second person approved. `incident` is the case that it is asked for, None where it is for none. `locks` keep the
    footage until the request is over. `handed_to` is who took the copy on
    `medium`, or who looked at it.
    """

    id: RequestId
    number: str
    state: RequestState = RequestState.ASKED
    kind: RequestKind = RequestKind.COPY
    organisation: str
    requester: str
    document: str
    purpose: str
    reason: str = ""
    cameras: tuple[CameraId, ...]
    from_at: datetime
    until_at: datetime
    incident: IncidentId | None = None
    asked_at: datetime
    asked_by: PersonId
    decided_at: datetime | None = None
    decided_by: PersonId | None = None
    refusal: str = ""
    approved_digest: str = ""
    locks: tuple[LockId, ...] = ()
    job: ExportJob | None = None
    package: Package | None = None
    handed_at: datetime | None = None
    handed_by: PersonId | None = None
    handed_to: str = ""
    medium: str = ""
    rev: int = 0

    @property
    def asked(self) -> str:
        """The digest of what was asked, which the approval is bound to."""
        return digest(
            {
                # Only where there is one: what was approved before requests named their case keeps its digest.
                **({"incident": self.incident} if self.incident is not None else {}),
                "number": self.number,
                "kind": self.kind,
                "organisation": self.organisation,
                "requester": self.requester,
                "document": self.document,
                "purpose": self.purpose,
                "reason": self.reason,
                "cameras": self.cameras,
                "from_at": self.from_at,
                "until_at": self.until_at,
                "asked_by": self.asked_by,
            }
        )

    @property
    def approved(self) -> bool:
        """Whether a second person has approved exactly this, and nothing has been done with it since."""
        return self.state is RequestState.APPROVED and self.approved_digest == self.asked


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFootage:
    """What can be asked for of a case: its cameras whose footage is locked, and the time of its locks so far.

    `shortened` where the locks hold more than may be asked for at once: then it is the first part of them.
    """

    incident: IncidentId
    number: str
    title: Text
    cameras: tuple[CameraId, ...]
    from_at: datetime
    until_at: datetime
    shortened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportProgress:
    """How far a package is, published on the bus about twice a second; `done` of `total` are bytes to be worked through."""

    request: RequestId
    done: int
    total: int
    doing: Text = Text()


class Exports(Protocol):
    """What the screen may ask of the making of packages; implemented by console.app.export.

    The futures fail with ConsoleError.
    """

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the key that packages are signed with; the key is made at first use."""
        ...

    def begin(
        self, request: RequestId, *, target: str, viewing: bool, masks: bool, zipped: bool, by: Actor
    ) -> "Future[FootageRequest]":
        """Begin to make the package of an approved request, or go on with it; `target` is a folder, "" the usual one."""
        ...

    def cancel(self, request: RequestId, *, by: Actor) -> "Future[FootageRequest]":
        """Stop making a package; what was made of it stays in its folder and is used when it is begun again."""
        ...

    def progress(self, request: RequestId) -> ExportProgress | None:
        """How far it is; None while it is not being made."""
        ...


PUBLIC_KEY_FILE: Final = "footage-signing-key.pub"
"""Where in the data folder the public half of the key lies that packages of footage are signed with."""


class Unmasking(Protocol):
    """Lifts privacy masks off live pictures for a while; implemented by console.app.masks."""

    def lift(self, camera: CameraId, reason: str, for_s: float | None = None, *, by: Actor) -> "Future[datetime]":
        """Lift those masks of a camera that this person's role may see through; gives when they return.

        `for_s` is for how many seconds, at most (and where it is None) the setting video.unmask_s.
        """
        ...

    def put_back(self, camera: CameraId, *, by: Actor) -> "Future[None]":
        """Put the masks back at once."""
        ...
