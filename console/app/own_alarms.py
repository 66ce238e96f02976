"""Let the post's own troubles ring: whenever a fault or a duty changes, the queue is brought in line with it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from console.models.duty import DueState
from console.models.errors import ConsoleError
from console.models.events import DueChanged, FaultNoted
from console.services import own_alarms
from console.services.desk import RECORD_FAULT, Desk

_log = logging.getLogger(__name__)
_TURNS = frozenset({DueState.OVERDUE, DueState.DONE, DueState.CANCELLED})


@contextmanager
def running(desk: Desk) -> Iterator[None]:
    """Bring the queue in line now, and after each change, while the block lasts."""

    def fault(event: FaultNoted) -> None:
        # While nothing could be recorded the queue may have fallen behind: it catches up when recording works again.
        if event.fault in own_alarms.FAULTS or event.fault == RECORD_FAULT:
            desk.do(own_alarms.reconcile)

    def duty(event: DueChanged) -> None:
        if event.item.kind in own_alarms.DUTIES and event.item.state in _TURNS:
            desk.do(own_alarms.reconcile)

    undo = (desk.bus.on(FaultNoted, fault), desk.bus.on(DueChanged, duty))
    try:
        desk.do(own_alarms.reconcile).result(timeout=30)
    except (ConsoleError, TimeoutError) as error:
        _log.warning("the post's own alarms could not be brought in line: %s", error)
    try:
        yield
    finally:
        for end in undo:
            end()
