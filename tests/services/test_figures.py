"""Figures out of the record: what of it belongs to a period."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from console.models.alarms import Alarm
from console.models.errors import ConsoleError
from console.models.figures import AlarmFigures
from console.models.signals import SignalKind
from console.services import alarms
from console.services.figures import alarm_figures
from tests.services.cases import Bench, signal


def chatter(bench: Bench, point: str) -> None:
    for _turn in range(12):
        bench.do(alarms.receive, signal(point, clock=bench.clock))
        bench.do(alarms.receive, signal(point, kind=SignalKind.RESTORE, clock=bench.clock))
        bench.clock.advance(0.1)


class Watched:
    """A reading that keeps how many rows of alarms were fetched."""

    def __init__(self, reading: Any) -> None:
        self._reading = reading
        self.fetched = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reading, name)

    def columns(self, kind: type, *args: Any, **kwargs: Any) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self._reading.columns(kind, *args, **kwargs)
        self.fetched += len(rows) if kind is Alarm else 0
        return rows


def reckoned(bench: Bench, since_at: datetime, until_at: datetime) -> tuple[AlarmFigures, int]:
    def ask(rx: Any) -> tuple[AlarmFigures, int]:
        watched = Watched(rx)
        return alarm_figures(watched, since_at, until_at), watched.fetched  # type: ignore[arg-type]

    found: tuple[AlarmFigures, int] = bench.ask(ask)
    return found


def test_that_a_period_counts_the_alarms_that_chattered_in_it_and_reads_no_others(bench: Bench) -> None:
    begin = bench.clock.now()
    hour = timedelta(hours=1)
    for point in ("ups", "beam-1", "smoke-1"):
        bench.do(alarms.receive, signal("rule-1", clock=bench.clock))
        chatter(bench, point)
        bench.clock.advance(3600 - 1.2)
    for turn in range(3):
        made, fetched = reckoned(bench, begin + turn * hour, begin + (turn + 1) * hour)
        assert made.chattering == 1
        assert fetched == made.alarms


def test_that_a_period_must_end_after_it_begins_and_not_be_longer_than_a_year(bench: Bench) -> None:
    now = bench.clock.now()
    for until_at in (now, now + timedelta(days=367)):
        with pytest.raises(ConsoleError):
            bench.ask(alarm_figures, now, until_at)
