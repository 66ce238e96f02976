"""Keep the console running: a small parent that starts it again when it dies, and does nothing else.

`zhishou run` runs under it. The state of the post is on disk at every instant, so that a console that is started
again stands where it stood. The parent holds no window, no database and no socket: there is nothing in it to fail.
"""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Final

WATCHED: Final = "ZHISHOU_WATCHED"
"""The variable that tells a console that it is watched already."""

# Exit codes with which a console ends on purpose: done, asked for wrongly, and a sentence was said that only a
# person can act on (a site folder with a mistake, a data folder that cannot be written).
ON_PURPOSE: Final = frozenset({0, 2, 3})
AGAIN_AFTER_S: Final = (0.1, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
"""How long to wait before each start in a row; the first ones leave the console time to be back within two seconds."""
GOOD_AFTER_S: Final = 60.0
"""A console that lived this long had no part in the deaths before."""

_log = logging.getLogger(__name__)


def is_watched(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this process was started by `keep_running`."""
    return environment.get(WATCHED) == str(os.getppid())


def keep_running(command: Sequence[str]) -> int:
    """Run `command`, and again whenever it dies; gives the code of the run that ended on purpose.

    A run ends on purpose with one of `ON_PURPOSE`, or when this process was asked to stop (SIGTERM, SIGINT, SIGHUP):
    that is passed on, and what the console then ends with is given. A console that dies at once again and again is
    tried ever more slowly, every ten seconds in the end, and never given up. Call it from the main thread.
    """
    asked: list[int] = []
    child: subprocess.Popen[bytes] | None = None

    def pass_on(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        # A Ctrl+C on the terminal reaches the console by itself; a second signal would cut its leaving short.
        if number != signal.SIGINT and child is not None and child.poll() is None:
            child.send_signal(number)

    with _handling(pass_on):
        deaths = 0
        while True:
            began_s = time.monotonic()
            child = subprocess.Popen(command, env={**os.environ, WATCHED: str(os.getpid())})
            if asked:
                child.terminate()
            code = child.wait()
            if asked or code in ON_PURPOSE:
                return code if code >= 0 else 128 - code
            deaths = 0 if time.monotonic() - began_s > GOOD_AFTER_S else deaths
            _log.error("the console died (%s); it is started again", _how(code))
            _wait(AGAIN_AFTER_S[min(deaths, len(AGAIN_AFTER_S) - 1)], asked)
            deaths += 1
            if asked:
                return 0


def _wait(limit_s: float, asked: Sequence[int]) -> None:
    until_s = time.monotonic() + limit_s
    while not asked and (left_s := until_s - time.monotonic()) > 0:
        time.sleep(min(left_s, 0.1))


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


@contextmanager
def _handling(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
