"""The overload ladder: what a wall gives up when the machine cannot keep up, and when it takes it back. Pure."""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final


class Pace(IntEnum):
    """What tiles that are neither in focus nor in an alarm are shown of; each step gives up more than the one before."""

    FULL = 0
    HALF = 1
    KEY_FRAMES = 2
    STILLS = 3


STILLS_EVERY_S: Final = 2.0
LATE_MORE_S: Final = 2.5
"""How much older than usual a picture may be before it is stale, where only key frames or stills are shown."""
_LONGEST_WAIT_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """When a step is taken: late for `down_after_s` without a break; well below the limits for `up_after_s`, one back.

    `tick_ms` is how late the wall's tick may be, `worker_ms` how long a picture may take from the camera's frame to the
    tile's pixels.
    """

    tick_ms: float = 40.0
    worker_ms: float = 80.0
    down_after_s: float = 5.0
    up_after_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Ladder:
    """Where the wall stands on the ladder; `stepped` gives the next standing. Times are of a clock that never steps back."""

    pace: Pace = Pace.FULL
    why: str = ""
    late_since_s: float | None = None
    well_since_s: float | None = None
    came_up_s: float = float("-inf")
    up_wait_s: float = 0.0

    def stepped(self, tick_ms: float, worker_ms: float, now_s: float, limits: Limits) -> "Ladder":
        """Take in one measurement. `why` says what was late: "tick" or "worker"."""
        late = "worker" if worker_ms > limits.worker_ms else "tick" if tick_ms > limits.tick_ms else ""
        wait_s = max(self.up_wait_s, limits.up_after_s)
        if late:
            since_s = self.late_since_s if self.late_since_s is not None else now_s
            if now_s - since_s < limits.down_after_s or self.pace is Pace.STILLS:
                return replace(self, late_since_s=since_s, well_since_s=None)
            # Down again soon after it came up: the way up was too early, and takes twice as long from now on.
            soon = now_s - self.came_up_s < 2 * wait_s
            longer_s = min(_LONGEST_WAIT_S, wait_s * 2) if soon else limits.up_after_s
            return Ladder(Pace(self.pace + 1), late, None, None, self.came_up_s, longer_s)
        if self.pace is Pace.FULL:
            return replace(self, late_since_s=None, well_since_s=None)
        if tick_ms > limits.tick_ms / 2 or worker_ms > limits.worker_ms / 2:
            return replace(self, late_since_s=None, well_since_s=None)
        since_s = self.well_since_s if self.well_since_s is not None else now_s
        if now_s - since_s < wait_s:
            return replace(self, late_since_s=None, well_since_s=since_s)
        pace = Pace(self.pace - 1)
        return Ladder(pace, self.why if pace else "", None, None, now_s, wait_s)
