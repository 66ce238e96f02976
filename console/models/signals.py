"""Signals: what came over the wire, kept as it came."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from console.models.ids import AlarmId, PointId, SignalId, SourceId
from console.models.text import Text


class SignalKind(StrEnum):
    """What a signal says about its point's condition.

    A canary is sent by the console itself over a source's own wire to prove the whole way; it is no fact of the site.
    """

    ALARM = "alarm"
    RESTORE = "restore"
    TEST = "test"
    INFORMATION = "information"
    CANARY = "canary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing said by one source: append-only, never edited, its raw bytes beside our reading of them.

    `point` names the detector or zone in the words of the source ("dc09:AAAA/12"), or a point of the site folder
    where the source knows it. `code` is the event code as sent ("BA", "1130"). `alarm_class` and `priority` are the
    source's own reading, a site's point may overrule them. `source_at` is the sender's clock, `received_at` ours.
    A `momentary` alarm says that something happened and will never say that it is over (a missed checkpoint, a
    telephone report). `sequence` identifies the message for duplicate detection (source, sequence); empty where the source has none.
    """

    id: SignalId
    source: SourceId
    kind: SignalKind
    point: PointId
    code: str = ""
    alarm_class: str = "intrusion"
    priority: int = 2
    text_zh: str = ""
    text_en: str = ""
    received_at: datetime
    source_at: datetime | None = None
    sequence: str = ""
    sender: str = ""
    raw: bytes = b""
    codec: str = ""
    momentary: bool = False
    details: dict[str, Any] = field(default_factory=dict)
    alarm: AlarmId | None = None
    duplicate_of: SignalId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceProblem:
    """One thing that is wrong with a source. `deaf` says that alarms may not arrive because of it."""

    name: str
    sentence: Text
    deaf: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How a source is doing: shown in the status bar, journalled on change. The sentences are those of all `problems`.

    `heard_at` is when it last heard something before this was said; None: nothing yet since it began.
    """

    source: SourceId
    healthy: bool
    since_at: datetime
    heard_at: datetime | None = None
    sentence_zh: str = ""
    sentence_en: str = ""
    problems: tuple[SourceProblem, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether nothing is wrong and nothing was heard yet, so that nobody knows whether it is well."""
        return self.healthy and self.heard_at is None
