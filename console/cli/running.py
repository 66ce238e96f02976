"""Run the console: with its window, without one, or beside a pretend site."""

import argparse
import os
import platform
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from console import i18n
from console.models.errors import ConsoleError

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

    demand_screen(os.environ)
    if not asked.unwatched and not watch.is_watched():
        return watch.keep_running([sys.executable, "-m", "console", *asked.arguments])
    from console import app

    return app.run_window(_options(asked, asked.site))


def demand_screen(environment: Mapping[str, str]) -> None:
    """Raise ConsoleError where no window can be shown: Qt would end the process, and its watcher start it for ever."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if platform.system() == "Linux" and not any(environment.get(name) for name in named):
        raise ConsoleError(
            zh="这里没有屏幕（DISPLAY 和 WAYLAND_DISPLAY 都未设置）。无窗口运行请用 zhishou serve。",
            en="There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set). Without a window: zhishou serve.",
        )


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
