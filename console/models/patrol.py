"""Patrol: rounds made by the clock, punches made by the guard, and what they add up to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.models.ids import CheckpointId, PostId, RoundId, RouteId
from console.models.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Punch:
    """A tag read at a checkpoint, as the reader reported it; (device, chip, reader's minute) identifies it."""

    id: str
    chip: str
    device: str
    reader_at: datetime
    received_at: datetime
    person: str = ""
    text: str = ""
    result: str = ""
    raw: bytes = b""
    checkpoint: CheckpointId | None = None
    round: RoundId | None = None


class StopState(StrEnum):
    """How a checkpoint of a round was reached."""

    PENDING = "pending"
    ON_TIME = "on_time"
    EARLY = "early"
    LATE = "late"
    MISSED = "missed"
    OUT_OF_ORDER = "out_of_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStop:
    """One checkpoint of one round: when it is due, when it was reached."""

    checkpoint: CheckpointId
    due_at: datetime
    tolerance_s: float
    state: StopState = StopState.PENDING
    reached_at: datetime | None = None


class RoundState(StrEnum):
    """A round is made by the clock, not by the guard."""

    WALKING = "walking"
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One patrol round along a route."""

    id: RoundId
    route: RouteId
    route_name: Text
    post: PostId
    started_at: datetime
    stops: tuple[RoundStop, ...]
    state: RoundState = RoundState.WALKING
    ended_at: datetime | None = None
    rev: int = 0

    @property
    def reached(self) -> int:
        """How many checkpoints were reached."""
        return sum(1 for stop in self.stops if stop.reached_at is not None)
