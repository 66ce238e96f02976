"""Ask a running camera again what it sends, so that a change of its picture's size is noticed.

A decoder that was opened for one size goes on in that size whatever comes: a picture of 4:3 is then shown as wide as one
of 16:9 (measured with OpenCV 5.0, which tells the new size nowhere). Most cameras hang up when their settings are
changed, some do not; but all say what they send when they are asked to DESCRIBE it (RFC 2326 10.2), and that costs a few
packets.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

from console.models.errors import ConsoleError

ASK_EVERY_S: Final = 15.0
ASK_AGAIN_S: Final = 1.0
"""A camera that describes itself otherwise is asked once more: some never say the same twice, and nothing follows from that."""


class Scout:
    """Compares what a camera says now with what it said when it was opened; owned by the camera's thread.

    `ask` gives the description and may raise ConsoleError or take seconds; it runs in a thread of its own.
    """

    def __init__(self, described: tuple[str, ...], ask: Callable[[], tuple[str, ...]]) -> None:
        self._described, self._ask = described, ask
        self._due_s = time.monotonic() + ASK_EVERY_S
        self._asking: threading.Thread | None = None
        self._answer: tuple[str, ...] | None = None
        self._other: tuple[str, ...] | None = None

    def changed(self) -> bool:
        """Whether the camera sends something else by now. Costs a look at the clock, mostly."""
        now_s = time.monotonic()
        if now_s < self._due_s or (self._asking is not None and self._asking.is_alive()):
            return False
        if self._asking is None:
            self._asking = threading.Thread(target=self._run, name="rtsp scout", daemon=True)
            self._asking.start()
            return False
        self._asking, answer = None, self._answer
        self._due_s = now_s + ASK_EVERY_S
        if answer is None or answer == self._described:
            self._other = None
            return False
        if answer == self._other:
            return True
        self._other, self._due_s = answer, now_s + ASK_AGAIN_S
        return False

    def _run(self) -> None:
        self._answer = None
        try:
            self._answer = self._ask()
        except ConsoleError:
            return  # whether the camera is there is told by its pictures
