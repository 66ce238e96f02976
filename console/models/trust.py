"""What makes the record believable: journal lines, signatures, evidence, printed forms."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from console.models.ids import AlarmId, CameraId, EvidenceId, IncidentId, PersonId, SignatureId

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One line of the journal. `hash` is SHA-256 over the previous line's hash and this line's canonical JSON.

    `segment` is the month ("2026-11"). `kind` is the event's class name, `body` its canonical JSON.
    """

    seq: int
    segment: str
    at: datetime
    written_at: datetime
    kind: str
    subject: str
    by: str
    seat: str
    body: str
    previous: str
    hash: str


class Meaning(StrEnum):
    """What a signature says (21 CFR 11.50 as a model: name, time and meaning belong together)."""

    HAND_OVER = "hand_over"
    TAKE_OVER = "take_over"
    REVIEW = "review"
    APPROVE = "approve"
    WITNESS = "witness"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A person's signature under a record: bound to the record by its digest, given with the password each time."""

    id: SignatureId
    record_kind: str
    record_id: str
    record_digest: str
    person: PersonId
    person_name: str
    meaning: Meaning
    signed_at: datetime
    seat: str
    method: str = "password"


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    SNAPSHOT = "snapshot"
    CLIP = "clip"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file kept as evidence under the data folder: `file` is relative to it, `sha256` was taken before it was stored."""

    id: EvidenceId
    kind: EvidenceKind
    file: str
    size_bytes: int
    sha256: str
    taken_at: datetime
    camera: CameraId | None = None
    alarm: AlarmId | None = None
    incident: IncidentId | None = None
    by: PersonId | None = None
    caption: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedReport:
    """A form that was made: which record, which file, its SHA-256, and the journal head printed on it."""

    id: str
    form: str
    record_id: str
    language: str
    file: str
    sha256: str
    short_code: str
    journal_seq: int
    journal_head: str
    made_at: datetime
    made_by: PersonId


_SHORT_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def short_code(digest: str) -> str:
    """Eight letters of a hex digest that a person can read over the telephone: no I, O, 0 or 1."""
    number = int.from_bytes(hashlib.sha256(digest.encode()).digest()[:5], "big")
    return "".join(_SHORT_CODE_LETTERS[(number >> (5 * i)) & 31] for i in range(8))
