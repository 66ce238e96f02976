"""The one way to ask what time it is."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Wall time for records, monotonic time for waiting."""

    def now(self) -> datetime:
        """The present moment as an aware UTC datetime."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never steps back."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def slept_s() -> float:
    """How long this machine was asleep since it was started, in seconds: the one clock that goes on then tells."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()


class FakeClock:
    """A clock that stands still until it is moved; for tests and for replaying a night."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
        self.elapsed_s = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.elapsed_s

    def advance(self, seconds: float) -> None:
        """Move both clocks forward by `seconds`."""
        self.at += timedelta(seconds=seconds)
        self.elapsed_s += seconds
