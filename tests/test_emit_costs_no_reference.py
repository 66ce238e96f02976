"""PySide6 6.12 lost a reference to True, False and None at every emit until Python 3.11 aborted.

The console runs for months; the release in use is pinned to one that does not, and this keeps it so.
"""

import sys

from PySide6.QtCore import QObject, Signal

EMISSIONS = 20_000
SLACK = 200  # other code comes and goes


class Speaker(QObject):
    said_bool = Signal(bool)
    said_object = Signal(object)
    said_nothing = Signal()


def test_that_emitting_costs_no_reference_to_the_constants(qapp) -> None:
    speaker = Speaker()
    heard = []
    speaker.said_bool.connect(lambda value: heard.append(value) or heard.clear())
    speaker.said_object.connect(lambda value: heard.append(value) or heard.clear())
    speaker.said_nothing.connect(lambda: None)

    before = [sys.getrefcount(value) for value in (True, False, None)]
    for number in range(EMISSIONS):
        speaker.said_bool.emit(number % 2 == 0)
        speaker.said_object.emit(None)
        speaker.said_nothing.emit()
    after = [sys.getrefcount(value) for value in (True, False, None)]

    assert all(abs(now - then) < SLACK for now, then in zip(after, before, strict=True)), (before, after)
