"""Calls for the errands process: it imports them by name."""

import os
import signal
from pathlib import Path
from typing import Never

from console.models.errors import Refused


def add(one: int, other: int) -> int:
    return one + other


def whoami() -> int:
    return os.getpid()


def niceness() -> int:
    return os.nice(0)


def refuse() -> Never:
    raise Refused(zh="不行。", en="No.")


def stumble() -> Never:
    raise ZeroDivisionError("a fault of ours")


def unpicklable() -> object:
    return lambda: None


def wait_for_ever(begun: str) -> None:
    """Say that it has begun, then wait for a signal that ends it."""
    Path(begun).write_text(str(os.getpid()))
    signal.pause()


def wait_deaf(begun: str) -> None:
    """The same, deaf to the polite signal."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    wait_for_ever(begun)


def wait_the_first_time(begun: str) -> str:
    """Wait for ever the first time it is called with this file; say so the second time."""
    if Path(begun).exists():
        return "the second time"
    wait_for_ever(begun)
    return "never"


def die() -> Never:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError
