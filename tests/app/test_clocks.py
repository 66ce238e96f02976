"""The clocks of the post: one that fails holds up no other and does not end the turning."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console import log
from console.app import clocks
from console.bus import Bus
from console.config import DataFolder
from console.models.clock import SystemClock
from console.models.errors import Refused
from console.models.events import Event, FaultNoted
from console.models.site import Site
from console.models.text import Text
from console.services import clockwork, own_alarms
from console.services.desk import Desk, Ground
from console.store.opening import open_store
from console.store.store import Transaction

PATIENCE_S = 60.0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    ground = Ground(site=Site(id="s", name=Text("校", "School")))
    with open_store(tmp_path) as store, Desk(store, ground, SystemClock(), Bus()) as opened:
        yield opened


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "TICK_S", 0.01)


class Turns:
    """Stands in for what turns on one clock: counts, and fails as it is told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.count = 0
        self._turned = threading.Condition()

    def __call__(self, tx: Transaction) -> None:
        with self._turned:
            self.count += 1
            self._turned.notify_all()
        if self.error is not None:
            tx.record(FaultNoted(at=tx.now, fault="half", active=True, sentence=Text("半", "half")))
            raise self.error

    def reach(self, count: int) -> bool:
        with self._turned:
            return self._turned.wait_for(lambda: self.count >= count, PATIENCE_S)


@pytest.mark.expects_log("the command tick failed")
@pytest.mark.expects_log("in clockwork")
def test_that_a_mistake_in_one_clock_ends_neither_it_nor_the_others(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, well = Turns(ZeroDivisionError("a round of no length")), Turns()
    monkeypatch.setattr(clockwork, "tick", broken)
    monkeypatch.setattr(own_alarms, "watch", lambda: well)
    said: list[Event] = []
    desk.bus.on(FaultNoted, said.append)
    told: list[str] = []
    with log.unforeseen(told.append), clocks.running(desk, DataFolder(tmp_path)):
        assert broken.reach(3)
        assert well.reach(3)
    assert len(told) == 1  # where it is found in the log, for the notice bar
    assert [event for event in said if getattr(event, "fault", "") == "half"] == []


@pytest.mark.expects_log("the clocks stand still")
def test_that_a_clock_that_goes_on_being_refused_is_told_once(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    refused = Turns(Refused(zh="不行", en="not so"))
    monkeypatch.setattr(clockwork, "tick", refused)
    with caplog.at_level(logging.WARNING), clocks.running(desk, DataFolder(tmp_path)):
        assert refused.reach(5)
    assert [record.getMessage() for record in caplog.records] == ["the clocks stand still: not so"]
