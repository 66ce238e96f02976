"""The one tick a second that moves every clock of the post."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from console.config import DataFolder
from console.models.errors import ConsoleError
from console.services import clockwork, own_alarms
from console.services.clock_watch import watch_clock
from console.services.desk import Desk
from console.services.disk import watch_disk
from console.store.store import Transaction

_log = logging.getLogger(__name__)

TICK_S = 1.0


@contextmanager
def running(desk: Desk, folder: DataFolder) -> Iterator[None]:
    stop = threading.Event()

    def turn() -> None:
        watch = watch_clock(desk.clock)

        def tick(tx: Transaction) -> None:
            watch(tx)  # first, and in the same command: a step of the clock must not let run out what has not
            clockwork.tick(tx)

        moves = (tick, watch_disk(folder.root), own_alarms.watch())
        said: set[str] = set()
        while not stop.wait(TICK_S):
            whys: set[str] = set()
            # Handed over together, so that the desk takes them into one transaction.
            for moved in [desk.do(move) for move in moves]:
                error = _error_of(moved)
                if error is None:
                    continue
                why = str(error) or type(error).__name__
                if why not in said | whys:  # a full disk is not helped by a line a second
                    _tell(error, why)
                whys.add(why)
            said = whys

    thread = threading.Thread(target=turn, name="clockwork")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _error_of(moved: "Future[None]") -> BaseException | None:
    try:
        return moved.exception(timeout=30)
    except TimeoutError:
        return TimeoutError("the desk did not answer within 30 s")


def _tell(error: BaseException, why: str) -> None:
    """Say why a clock stands still; a mistake of ours as one that nobody caught, with an id, but the clocks go on."""
    if isinstance(error, ConsoleError | TimeoutError):
        _log.warning("the clocks stand still: %s", why)
    else:
        threading.excepthook(
            threading.ExceptHookArgs((type(error), error, error.__traceback__, threading.current_thread()))
        )
