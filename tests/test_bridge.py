"""The bridge carries events and results into the window's thread: in order, in small helpings, and whatever a view does."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.bridge import Bridge, Surroundings
from console.bus import Bus
from console.models.clock import FakeClock
from console.models.errors import Refused
from console.models.events import FaultNoted
from console.models.site import Site
from console.models.text import Text
from console.services import faults
from console.services.desk import Desk, Ground
from console.store.store import Transaction
from tests.records import open_record

SITE = Site(id="s", name=Text("站", "Site"))


@pytest.fixture
def bridge(qapp: Any, clock: FakeClock, tmp_path: Path) -> Iterator[Bridge]:
    store = open_record(tmp_path, clock=clock)
    surroundings = Surroundings(
        feed=None,  # type: ignore[arg-type]  # nobody looks
        seat="1",
        site_dir=tmp_path,
        data_dir=tmp_path,
        take_snapshot=lambda *_: None,  # type: ignore[arg-type,return-value]
        print_report=lambda *_: None,  # type: ignore[arg-type,return-value]
    )
    with Desk(store, Ground(site=SITE, plans=(), settings={}), clock, Bus()) as desk:
        bridge = Bridge(desk, surroundings)
        yield bridge
        bridge.close()
    store.close()


def note(tx: Transaction, name: str) -> str:
    faults.note(tx, name, Text(name, name))
    return name


def test_that_results_and_events_arrive_in_the_window_s_thread_in_the_order_of_their_commits(
    qtbot: Any, bridge: Bridge
) -> None:
    heard: list[str] = []
    threads: set[int] = set()

    def hear(event: FaultNoted) -> None:
        threads.add(threading.get_ident())
        heard.append(event.fault)

    bridge.on(FaultNoted, hear)
    for number in range(50):
        bridge._desk.do(note, f"f{number}")
    qtbot.waitUntil(lambda: len(heard) == 50)
    assert heard == [f"f{number}" for number in range(50)]
    assert threads == {threading.get_ident()}


def test_that_a_view_that_fails_on_an_event_does_not_silence_the_others(qtbot: Any, bridge: Bridge) -> None:
    heard: list[str] = []

    def fail(event: FaultNoted) -> None:
        raise ZeroDivisionError(event.fault)

    with qtbot.capture_exceptions() as caught:
        bridge.on(FaultNoted, fail)
        bridge.on(FaultNoted, lambda event: heard.append(event.fault))
        for number in range(5):
            bridge._desk.do(note, f"f{number}")
        qtbot.waitUntil(lambda: len(heard) == 5)
    assert [kind for kind, _error, _trace in caught] == [ZeroDivisionError] * 5


def test_that_a_refusal_goes_to_who_asked_and_otherwise_to_the_notice_bar(qtbot: Any, bridge: Bridge) -> None:
    def refuse(tx: Transaction) -> None:
        raise Refused(zh="不行", en="No")

    heard: list[Any] = []
    with qtbot.waitSignal(bridge.refused) as told:
        bridge._desk.do(refuse).add_done_callback(lambda _done: None)
        bridge.attend(bridge._desk.do(refuse))
    assert told.args == [Text("不行", "No")]
    bridge.attend(bridge._desk.do(refuse), failed=heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard[0].text.en == "No"


@pytest.mark.expects_log("failed")
@pytest.mark.expects_log("unforeseen")
def test_that_a_fault_of_a_command_is_told_by_its_number_and_the_post_goes_on(qtbot: Any, bridge: Bridge) -> None:
    def fail(tx: Transaction) -> None:
        raise ZeroDivisionError("ZeroDivision")

    with qtbot.waitSignal(bridge.broken) as told:
        bridge.attend(bridge._desk.do(fail))
    assert told.args[0].startswith("B-")
    answers: list[str] = []
    bridge.attend(bridge._desk.do(note, "after"), answers.append)
    qtbot.waitUntil(lambda: answers == ["after"])


def test_that_a_closed_bridge_says_nothing_more(qtbot: Any, bridge: Bridge) -> None:
    heard: list[Any] = []
    bridge.on(FaultNoted, heard.append)
    bridge.close()
    bridge._desk.do(note, "late").result()
    qtbot.wait(50)
    assert heard == []
