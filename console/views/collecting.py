"""Collect Python's garbage in the window's thread and in no other.

The collector runs in whichever thread happens to make something. In another thread it would take Qt's objects apart
there: it holds one of Qt's locks and waits for the interpreter, while the window holds the interpreter and waits for
that lock, and both wait for good (seen: a window that never came up).
"""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

EVERY_MS: Final = 500


def collect_here(owner: QObject) -> None:
    """From now on, and as long as `owner` lives, this thread collects; called once, in the window's thread."""
    gc.disable()
    timer = QTimer(owner)
    timer.setInterval(EVERY_MS)
    timer.timeout.connect(collect)
    timer.start()


def collect() -> None:
    """Collect what Python itself would collect now: the young often, the old seldom."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    full = [number for number in range(3) if counts[number] > thresholds[number]]
    if full:
        gc.collect(max(full))
