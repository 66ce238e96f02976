"""The post's own troubles reach the queue by themselves, also when nothing could be recorded meanwhile."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as engine_event

from console.app.own_alarms import running
from console.bus import Bus
from console.models.alarms import Alarm
from console.models.clock import SystemClock
from console.models.events import FaultNoted
from console.models.keeping import RecordState
from console.models.site import Site
from console.models.text import Text
from console.services import faults, own_alarms
from console.services.desk import Desk, Ground
from console.services.disk import FAULT as DISK
from console.store.store import Store
from tests.records import open_record

LOW = Text("磁盘只剩 1 GB", "Only 1 GB is left on the disk")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_record(tmp_path) as opened:
        yield opened


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    with Desk(store, Ground(site=Site(id="s", name=Text("校", "School"))), SystemClock(), Bus()) as opened:
        yield opened


def rings(desk: Desk) -> list[str]:
    """The points of the post's own alarms, once everything that was asked of the desk before is done."""
    desk.do(lambda tx: None).result()
    return [one.point for one in desk.ask(lambda rx: rx.find(Alarm, source=own_alarms.SOURCE)).result()]


def test_that_a_trouble_rings_by_itself_while_the_post_is_open(desk: Desk) -> None:
    with running(desk):
        assert rings(desk) == []
        desk.do(faults.note, DISK, LOW).result()
        assert rings(desk) == [f"own:{DISK}"]


def test_that_a_trouble_from_before_the_start_rings_at_the_start(desk: Desk) -> None:
    desk.do(faults.note, DISK, LOW).result()
    with running(desk):
        assert rings(desk) == [f"own:{DISK}"]


@pytest.mark.expects_log("nothing can be recorded")
@pytest.mark.expects_log("recording works again")
def test_that_a_trouble_nothing_could_be_recorded_about_rings_when_there_is_room_again(desk: Desk, store: Store) -> None:
    full, failed = False, threading.Event()

    def limit(connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() if full else 2**30
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def fill(event: FaultNoted) -> None:
        """The disk is full the moment the trouble is on record: what is asked next is lost with all that waits."""
        nonlocal full
        if event.fault == DISK:
            full = True
            desk.do(faults.note, "padding", Text("满" * 1_000_000, "full"))

    def make_room(state: RecordState) -> None:
        nonlocal full
        full = False
        failed.set()

    engine_event.listen(store.engine, "begin", limit)
    desk.bus.on(FaultNoted, fill)
    desk.bus.on(RecordState, make_room)
    with running(desk):
        desk.do(faults.note, DISK, LOW).result()
        assert failed.wait(60)
        assert desk.ask(lambda rx: rx.find(Alarm)).result() == ()
        desk.do(lambda tx: None).result()
        assert rings(desk) == [f"own:{DISK}"]
