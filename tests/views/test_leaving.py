"""A window that is asked to go, goes in order."""

import os
import signal
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer

from console.views.leaving import when_asked


def test_that_a_signal_wakes_a_window_that_waits(qapp: Any) -> None:
    loop = QEventLoop()
    late = QTimer(singleShot=True)
    late.timeout.connect(lambda: loop.exit(1))
    with when_asked(lambda: loop.exit(0)):
        QTimer.singleShot(0, lambda: os.kill(os.getpid(), signal.SIGTERM))
        late.start(60_000)
        code = loop.exec()
    late.stop()
    assert code == 0


def test_that_the_handlers_of_before_are_put_back(qapp: Any) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with when_asked(lambda: None):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
