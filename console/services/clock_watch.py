"""The machine's clock: every time on record comes from it, so a jump of it is on record too."""

from collections.abc import Callable
from typing import Final

from console.models.clock import Clock
from console.models.events import FaultNoted
from console.models.text import Text
from console.services import faults
from console.store.store import Transaction

FAULT: Final = "clock"
# Time servers turn a clock by less than a millisecond a second; what is more than this was set, or the machine slept.
STEP_S: Final = 2.0
SETTLED_AFTER_S: Final = 60.0


def watch_clock(clock: Clock) -> Callable[[Transaction], None]:
    """A command that compares the wall clock with the one that never steps, and notes a jump of more than two seconds.

    A minute without a further jump ends the fault.
    """

    def ahead_s() -> float:
        return clock.now().timestamp() - clock.monotonic()

    before_s = ahead_s()
    settled_at_s: float | None = clock.monotonic() + SETTLED_AFTER_S  # one may stand from before a kill

    def look(tx: Transaction) -> None:
        nonlocal before_s, settled_at_s
        step_s, before_s = ahead_s() - before_s, ahead_s()
        if abs(step_s) > STEP_S:
            settled_at_s = clock.monotonic() + SETTLED_AFTER_S
            tx.record(
                FaultNoted(at=tx.now, fault=FAULT, active=True, sentence=_jumped(step_s), details={"step_s": step_s})
            )
        elif settled_at_s is not None and clock.monotonic() >= settled_at_s:
            settled_at_s = None
            faults.clear(tx, FAULT, Text("电脑时钟已平稳。", "The clock of this computer runs steadily again."))

    return look


def _jumped(step_s: float) -> Text:
    by, by_en = ("向前", "forward") if step_s > 0 else ("向后", "back")
    return Text(
        zh=f"电脑时钟{by}跳变 {abs(step_s):.0f} 秒（校时、人为更改或休眠），此前后的记录时间不连续。请核对时间。",
        en=f"The clock of this computer jumped {by_en} by {abs(step_s):.0f} s (set, corrected or asleep); "
        "times on record are not continuous here. Check the time.",
    )
