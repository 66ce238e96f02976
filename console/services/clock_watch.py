"""The machine's clock: every time on record comes from it, so a jump of it is on record too."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from console.models.clock import Clock, slept_s
from console.models.events import ConsoleStarted, FaultNoted
from console.models.text import Text
from console.services import faults
from console.services.clock_step import keep_terms
from console.store.store import Reading, Transaction

FAULT: Final = "clock"
# Time servers turn a clock by less than a millisecond a second; what is more than this was set, or the machine slept.
STEP_S: Final = 2.0
SETTLED_AFTER_S: Final = 60.0


def watch_clock(clock: Clock, asleep_s: Callable[[], float] = slept_s) -> Callable[[Transaction], None]:
    """A command that compares the wall clock with the one that never steps, and notes a jump of more than two seconds.

    What runs for a length of time keeps it (console.services.clock_step), except where the machine was only asleep:
    `asleep_s` tells how long in all, in seconds, and that time went by. A clock that was set back while the console was
    off is seen by the last line on record; one that was set forward then is not. A minute without a further jump ends
    the fault.
    """
    before: tuple[float, float] | None = None  # how far the wall clock was ahead, and how long the machine had slept
    noted: tuple[datetime, tuple[float, float]] | None = None  # a jump that is to be on record by the next time
    settled_at_s: float | None = clock.monotonic() + SETTLED_AFTER_S  # one may stand from before a kill

    def look(tx: Transaction) -> None:
        nonlocal before, noted, settled_at_s
        if noted is not None:
            last = faults.last(tx, FAULT)
            if last is not None and last.active and last.at == noted[0]:
                before = noted[1]
            noted = None  # what could not be put on record is found again
        # By the time of this command: what follows in it sees the same step, whole or not at all.
        now = (tx.now.timestamp() - clock.monotonic(), asleep_s())
        jump_s = now[0] - before[0] if before is not None else -_set_back_s(tx)
        slept = now[1] - before[1] if before is not None else 0.0
        if abs(jump_s) > STEP_S:
            settled_at_s, noted = clock.monotonic() + SETTLED_AFTER_S, (tx.now, now)
            sentence = _behind(-jump_s) if before is None else _jumped(jump_s)
            tx.record(FaultNoted(at=tx.now, fault=FAULT, active=True, sentence=sentence, details={"step_s": jump_s}))
            if abs(jump_s - slept) > STEP_S:
                keep_terms(tx, timedelta(seconds=jump_s - slept))
            return
        before = now
        if settled_at_s is not None and clock.monotonic() >= settled_at_s:
            steady = Text("电脑时钟已平稳。", "The clock of this computer runs steadily again.")
            if not faults.clear(tx, FAULT, steady):  # only the record knows that it is over
                settled_at_s = None

    return look


def _set_back_s(rx: Reading) -> float:
    """How far the clock stands behind the last line from before this start, in seconds; 0 where it does not."""
    started = next(rx.journal(kinds=(ConsoleStarted.__name__,), newest_first=True, limit=1), None)
    if started is None or started.seq < 2:
        return 0.0
    last = next(rx.journal(after_seq=started.seq - 2, limit=1))
    return max(0.0, (last.written_at - started.written_at).total_seconds())


def _behind(by_s: float) -> Text:
    return Text(
        zh=f"电脑时钟比上次运行的最后一条记录早 {by_s:.0f} 秒，此前后的记录时间不连续。请核对时间。",
        en=f"The clock of this computer is {by_s:.0f} s behind the last line of the run before; "
        "times on record are not continuous here. Check the time.",
    )


def _jumped(step_s: float) -> Text:
    by, by_en = ("向前", "forward") if step_s > 0 else ("向后", "back")
    return Text(
        zh=f"电脑时钟{by}跳变 {abs(step_s):.0f} 秒（校时、人为更改或休眠），此前后的记录时间不连续。请核对时间。",
        en=f"The clock of this computer jumped {by_en} by {abs(step_s):.0f} s (set, corrected or asleep); "
        "times on record are not continuous here. Check the time.",
    )
