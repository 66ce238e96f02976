"""Inputs: who speaks to the post without being known to it, whether the way to the screen is open, what a day brought."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from console.models.files import Letterhead
from console.models.ids import PersonId, SourceId
from console.models.people import Actor
from console.models.plain import digest
from console.models.text import Text

UNKNOWN_ACCOUNT: Final = "unknown_account"
"""The detail of a Signal that puts its sender into quarantine: the account or device as it names itself."""
MISSED: Final = "missed"
"""The detail of a Signal that says how many numbered messages before it never came."""
OTHERS: Final = "*"
"""The account under which everything is counted that has no row of its own in a full quarantine."""


class Settlement(StrEnum):
    """What a person made of an unknown sender: it may go on and be ignored, or it is in the site folder now."""

    IGNORED = "ignored"
    ENTERED = "entered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """Somebody who speaks to a source and is not in the site folder: an account of a panel, a device, a topic.

    `count` goes on with every message. `raw` and `text` are the newest message, as it came and as it reads. While
    `settled_at` is empty a person still has to look into it.
    """

    id: str
    source: SourceId
    account: str
    sender: str = ""
    first_at: datetime
    last_at: datetime
    count: int = 1
    raw: bytes = b""
    text: Text = Text()
    settled_as: Settlement | None = None
    settled_at: datetime | None = None
    settled_by: PersonId | None = None
    note: str = ""
    rev: int = 0


class CanaryResult(StrEnum):
    """How far a canary came: onto the disk, onto a screen, or not even to the source."""

    RECEIVED = "received"
    SHOWN = "shown"
    UNSEEN = "unseen"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A test message that the console sent to itself over a source's own wire; `id` is the token it carried."""

    id: str
    source: SourceId
    sent_at: datetime
    received_at: datetime | None = None
    shown_at: datetime | None = None
    seat: str = ""
    result: CanaryResult
    reason: Text = Text()

    @property
    def round_trip_ms(self) -> float | None:
        """From sending to the screen, or to the disk where no screen showed it; None where it never came."""
        end = self.shown_at or self.received_at
        return None if end is None else (end - self.sent_at).total_seconds() * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One source's day.

    `received` are its messages on disk without canaries, `repeated` those of them that said again what was on disk
    already. `raised` are alarms that were to be seen, `shown` those that stood on a screen in time, `handled` those a
    person acknowledged or that were closed. `unshown` are alarms that no screen showed in time, `gaps` numbered messages
    that a sender skipped and nobody ever received. Health of the source itself is no message of it and not counted, nor
    is an alarm that a rule hid or that came while its point was on test.
    """

    source: SourceId
    name: Text
    kind: str
    received: int = 0
    repeated: int = 0
    raised: int = 0
    shown: int = 0
    handled: int = 0
    unshown: int = 0
    gaps: int = 0
    quarantined: int = 0
    canaries: int = 0
    canaries_shown: int = 0
    canaries_missing: int = 0

    @property
    def lost(self) -> int:
        """What did not arrive where it belongs: alarms on no screen in time, and messages that never came."""
        return self.unshown + self.gaps


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFile:
    """The ledger of one day ("2026-03-14", in the site's zone) on paper; `shown_within_s` is the limit it counts by."""

    letterhead: Letterhead
    day: str
    until_at: datetime
    shown_within_s: float
    rows: tuple[LedgerRow, ...] = ()

    @property
    def record_digest(self) -> str:
        """SHA-256 of the day's rows, without who printed them and when."""
        return digest({"day": self.day, "rows": self.rows})


class OptionKind(StrEnum):
    """How an option of a source is written and edited."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    SECRET = "secret"  # noqa: S105 - the name of a secret, never the secret itself
    DATA = "data"  # a mapping or a list, written as YAML


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of a kind of source, for its settings page: its name in the site folder, and what it means."""

    name: str
    kind: OptionKind
    label: Text
    default: Any = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFacts:
    """What the screen may know of a running source.

    `address` is where it listens or whom it is connected to, empty while it is not. `heard_at` is when it last heard
    something understandable since it was started, canaries left out. `options` are those of its kind;
    `of_site` holds what the site folder says, `chosen` what was changed at the console and outranks it.
    """

    id: SourceId
    kind: str
    kind_name: Text
    name: Text
    address: str = ""
    heard_at: datetime | None = None
    can_test: bool = False
    options: tuple[Option, ...] = ()
    of_site: dict[str, Any] = field(default_factory=dict)
    chosen: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What may be asked of the running sources. Everything but `facts` answers by a future.

    `test(source)` sends a canary now and gives it when it is on disk. `change(source, options, reason, by)` puts
    options in force, checked first, and starts the source anew with them; None as a value goes back to the site folder.
    `watched` tells that a screen is there which reports the canaries it shows.
    """

    facts: Callable[[], tuple[InputFacts, ...]]
    test: Callable[[SourceId, Actor], "Future[Canary]"]
    change: Callable[[SourceId, dict[str, Any], str, Actor], "Future[None]"]
    watched: Callable[[], None]
