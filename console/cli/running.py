"""Run the console: with its window, without one, or beside a pretend site."""

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from console import i18n

if TYPE_CHECKING:
    from console.app import Options

LOOK_EVERY_S: Final = 0.1


def _options(asked: argparse.Namespace, site_dir: Path) -> "Options":
    from console.app import Options

    return Options(
        site_dir=site_dir,
        data_dir=asked.data,
        database=getattr(asked, "database", ""),
        language=i18n.language(),
        seat=getattr(asked, "seat", "1"),
        look=getattr(asked, "look", "night"),
        full_screen=getattr(asked, "full_screen", False),
    )


def run(asked: argparse.Namespace) -> int:
    """Run the console with its window, watched by a parent that starts it again."""
    from console import watch

    if not asked.unwatched and not watch.is_watched():
        return watch.keep_running([sys.executable, "-m", "console", *asked.arguments])
    from console import app

    return app.run_window(_options(asked, asked.site))


def serve(asked: argparse.Namespace) -> int:
    """Run the console without a window, until it is asked to stop."""
    from console import app

    with until_asked() as stop:

        def wait() -> None:
            stop.wait()

        return app.serve(_options(asked, asked.site), wait)


class Stop:
    """Whether somebody has asked this process to stop.

    A plain flag that is looked at: a signal handler that sets a threading.Event can wait for ever for the lock that the
    interrupted wait holds.
    """

    def __init__(self) -> None:
        self.asked = False

    def wait(self, limit_s: float = float("inf")) -> bool:
        """Wait until asked, at most `limit_s`; gives whether it was."""
        until_s = time.monotonic() + limit_s
        while not self.asked and (left_s := until_s - time.monotonic()) > 0:
            time.sleep(min(left_s, LOOK_EVERY_S))
        return self.asked


@contextmanager
def until_asked() -> Iterator[Stop]:
    """Note Ctrl+C and SIGTERM for the length of the block, instead of dying of them."""
    stop = Stop()

    def note(_number: int, _frame: FrameType | None) -> None:
        stop.asked = True

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def demo(asked: argparse.Namespace) -> int:
    """Run the console on the pretend site."""
    from console import demonstration

    return demonstration.run_demo(_options(asked, demonstration.demo_site()), asked.tour)
