"""Receivers of fire transmitters against the desk of these tests."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from console.demo.fire import FireTransmitter
from console.models.alarms import Alarm, AlarmClass, Priority
from console.models.errors import ConsoleError
from console.models.ids import AlarmId, PointId, SourceId
from console.models.text import Text
from console.sources import gb26875
from console.sources.source import Recalled, Running
from tests.sources.conftest import setup_of
from tests.sources.desk import PATIENCE_S, Desk

_NOTHING = Recalled()
SMOKE = {"1-1-10.2": "smoke-3f"}
KNOWN: dict[str, Any] = {
    "transmitters": [{"address": 889, "name": {"zh": "一号楼", "en": "Building 1"}, "parts": SMOKE}],
    "centres": [{"address": 88888, "name": {"zh": "区中心", "en": "District"}}],
}


@dataclass
class Fire:
    """A started receiver, and how a person acknowledges one of its alarms."""

    running: Running
    hear: list[Callable[[Alarm], None]] = field(default_factory=list)

    def transmitter(self, address: int = 889, **more: Any) -> FireTransmitter:
        where = self.running.address(PATIENCE_S)
        assert where is not None
        return FireTransmitter(*where, address, **{"timeout_s": PATIENCE_S, "attempts": 1, **more})

    def acknowledge(self, point: str) -> None:
        at = datetime(2026, 3, 14, tzinfo=UTC)
        alarm = Alarm(
            id=AlarmId("a"),
            key="k",
            point=PointId(point),
            source=SourceId("east"),
            alarm_class=AlarmClass.DUTY_CHECK,
            priority=Priority.HIGH,
            title=Text("查岗", "Duty check"),
            first_at=at,
            last_at=at,
        )
        for hear in self.hear:
            hear(alarm)


Receive = Callable[..., Fire]


@pytest.fixture
def fire(desk: Desk) -> Iterator[Receive]:
    """Starts receivers; they are stopped before the desk closes."""
    with ExitStack() as lives:

        def start(*, recall: Recalled | None = _NOTHING, **options: Any) -> Fire:
            known: Future[Recalled] = Future()
            if recall is None:
                known.set_exception(ConsoleError(zh="没有记录。", en="There is no record."))
            else:
                known.set_result(recall)
            hear: list[Callable[[Alarm], None]] = []

            def acknowledged(told: Callable[[Alarm], None]) -> Callable[[], None]:
                hear.append(told)
                return lambda: hear.remove(told)

            context = replace(desk.context(), acknowledged=acknowledged, recall=lambda: known)
            setup = setup_of("gb26875", **{**KNOWN, **options})
            running = lives.enter_context(gb26875.SPEC.start(setup, context))
            assert running.address(PATIENCE_S) is not None
            return Fire(running, hear)

        yield start
