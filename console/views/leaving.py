"""Leave in order when the machine asks: a logout or a shutdown is no crash, and the journal says so."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from PySide6.QtCore import QSocketNotifier

ASKED_BY: Final = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def when_asked(leave: Callable[[], object]) -> Iterator[None]:
    """Call `leave` in the GUI thread when this process gets SIGTERM or Ctrl+C, for the length of the block.

    Python runs its signal handlers only between bytecodes, and a window that waits in Qt runs none: the signal writes
    a byte to a socket that Qt watches. Call it from the main thread.
    """
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)

    def woken() -> None:
        numbers = reading.recv(64)
        if any(number in numbers for number in ASKED_BY):
            leave()

    def note(_number: int, _frame: FrameType | None) -> None:
        """Nothing: the byte on the socket has said it."""

    notifier.activated.connect(woken)
    before = {number: signal.signal(number, note) for number in ASKED_BY}
    woken_before = signal.set_wakeup_fd(writing.fileno())
    try:
        yield
    finally:
        signal.set_wakeup_fd(woken_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        notifier.setEnabled(False)
        reading.close()
        writing.close()
