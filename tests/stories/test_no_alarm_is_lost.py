"""Whatever breaks, no alarm is lost: the whole console with all its inputs at once, and each thing that breaks for real.

At every point an answered signal is on record once, and what could not be put there was not answered, is shown and sounded
from memory, and appears once when it can be recorded.
"""

import json
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import event as engine_event

from bench.kill import campaign_of_inputs
from console import app
from console.models.alarms import Alarm
from console.models.clock import SystemClock
from console.models.events import FaultNoted, SignalReceived, event_from
from console.models.keeping import AlarmNotKept, RecordState
from console.models.signals import Signal
from console.services import inputs
from tests.sources.wires import RINGERS, Wire
from tests.stories.posts import ROLES

PATIENCE_S = 40.0
INPUTS = tuple(kind for kind in RINGERS if kind != "punch")


@dataclass
class SteppedClock(SystemClock):
    """The machine's clocks, of which the one on the wall may be set."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


class House:
    """The console with a line to every kind of input."""

    def __init__(self, post: app.Post, wires: Mapping[str, Wire]) -> None:
        self.post, self.wires = post, wires
        self.unkept: dict[str, Alarm] = {}
        self.states: list[RecordState] = []
        post.desk.bus.on(AlarmNotKept, lambda event: self.unkept.setdefault(event.alarm.point, event.alarm))
        post.desk.bus.on(RecordState, self.states.append)

    def ring(self, kind: str, number: int) -> bool:
        address = self.post.sources[kind].address(0.0)  # type: ignore[index]
        return self.wires[kind].ring(address[1] if address else 0, number)

    def ring_all(self, number: int) -> None:
        """Every input rings until it is answered."""
        for kind in INPUTS:
            self.wait(lambda kind=kind: self.ring(kind, number), f"{kind} was never answered")

    def wait(self, true: Callable[[], Any], else_: str) -> None:
        until = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < until, else_
            time.sleep(0.02)

    def ask(self, query: Callable[..., Any]) -> Any:
        return self.post.desk.ask(query).result(PATIENCE_S)

    @property
    def kept(self) -> Counter[str]:
        """How many signals of each input are on record, repetitions aside."""
        found = self.ask(lambda rx: rx.find(Signal, duplicate_of=None))
        return Counter(one.source for one in found if one.codec != inputs.OWN_CODEC and one.source in INPUTS)

    @property
    def alarms(self) -> Counter[str]:
        """How many alarms of each input there are; those of the console about its sources are not among them."""
        found = self.ask(lambda rx: rx.find(Alarm))
        return Counter(one.source for one in found if not one.point.startswith("source:") and one.source in INPUTS)


def site_of(folder: Path, wires: Mapping[str, Wire]) -> Path:
    """A site folder whose sources are at the other ends of the wires."""
    site = {
        "id": "small",
        "name": {"zh": "小站", "en": "Small post"},
        "contacts": [{"id": role, "role": role, "phone": "110", "name": {"zh": role, "en": role}} for role in ROLES],
        "sources": [
            {"id": kind, "kind": kind, "name": {"zh": kind, "en": kind}, "options": wire.options} for kind, wire in wires.items()
        ],
    }
    folder.mkdir(parents=True)
    (folder / "site.yaml").write_text(json.dumps(site, ensure_ascii=False), encoding="utf-8")
    return folder


@contextmanager
def opened(folder: Path, data: Path, clock: SteppedClock | None = None) -> Iterator[House]:
    with ExitStack() as lives:
        wires = {kind: lives.enter_context(RINGERS[kind]()) for kind in INPUTS}
        site = site_of(folder / "site", wires)
        post = lives.enter_context(app.open_post(app.Options(site_dir=site, data_dir=data), clock or SteppedClock()))
        house = House(post, wires)
        for kind in INPUTS:
            house.wait(wires[kind].heard, f"{kind} never called")
            if kind != "onvif_events":
                house.wait(lambda kind=kind: post.sources[kind].address(0.0), f"{kind} has no address")  # type: ignore[index]
        yield house


# ------------------------------------------------------------------------------------------------ what the disk does
@contextmanager
def _locked(_house: House, data: Path) -> Iterator[None]:
    """Another program holds the database."""
    other = sqlite3.connect(data / "zhishou.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


@contextmanager
def _read_only(house: House, _data: Path) -> Iterator[None]:
    """The database may not be written any more."""
    engine, ordered = cast(Any, house.post.desk)._store.engine, [True]

    def obey(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA query_only={int(ordered[0])}")

    engine_event.listen(engine, "checkout", obey)
    try:
        yield
    finally:
        ordered[0] = False
        # The order stays with a connection, so the listener stays too and takes it back.


@contextmanager
def _full(_house: House, data: Path) -> Iterator[None]:
    """Not a byte more fits on the disk."""
    ballast = data / "ballast"
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(b"x" * 65536)
    with ballast.open("ab", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(b"x" * 512)
    yield
    ballast.unlink()


FAULTS: dict[str, tuple[Callable[[House, Path], AbstractContextManager[None]], str]] = {
    "locked": (_locked, "Another program holds the database."),
    "read-only": (_read_only, "The database cannot be written."),
    "full": (_full, "The disk is full"),
}


@pytest.fixture
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """The data folder; for a disk that fills up, a file system of 24 MB in memory."""
    folder = tmp_path / "data"
    if getattr(request, "param", "") != "full":
        yield folder
        return
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.timeout(180)
@pytest.mark.expects_log("nothing can be recorded")
@pytest.mark.expects_log("recording works again")
@pytest.mark.expects_log("not on disk")
@pytest.mark.expects_log("the clocks stand still")
@pytest.mark.parametrize(("data", "fault"), [(name, name) for name in FAULTS], indirect=["data"])
def test_that_what_cannot_be_recorded_is_not_answered_but_shown_and_recorded_once_later(
    tmp_path: Path, data: Path, fault: str
) -> None:
    breaks, sentence = FAULTS[fault]
    with opened(tmp_path, data) as house:
        house.ring_all(1)
        with breaks(house, data):
            answered = [kind for kind in INPUTS if house.ring(kind, 2)]
            assert answered == [], "answered, and not on record"
            shown = {kind for kind in INPUTS if kind in {one.source for one in house.unkept.values()}}
            house.wait(
                lambda: {one.source for one in house.unkept.values()} >= set(INPUTS), f"only {shown} are shown from memory"
            )
            assert house.states[-1].failing_since_at is not None
            assert house.states[-1].sentence.en.startswith(sentence)
            assert house.kept == Counter(dict.fromkeys(INPUTS, 1))
        house.ring_all(2)
        house.wait(lambda: house.states[-1].failing_since_at is None, "the record never said that it works again")
        house.wait(lambda: house.kept == Counter(dict.fromkeys(INPUTS, 2)), f"on record are {house.kept}")
        assert house.alarms == Counter(dict.fromkeys(INPUTS, 2))
        assert {one.count for one in house.ask(lambda rx: rx.find(Alarm)) if one.source in INPUTS and one.cause is None} == {1}


# ------------------------------------------------------------------------------------------------ lines and brokers
@pytest.mark.timeout(180)
def test_that_cut_cables_and_restarted_brokers_and_cameras_lose_and_double_nothing(tmp_path: Path, data: Path) -> None:
    with opened(tmp_path, data) as house:
        house.ring_all(1)
        for turn in (2, 3):
            for kind in INPUTS:
                address = house.post.sources[kind].address(0.0)  # type: ignore[index]
                house.wires[kind].cut(address[1] if address else 0)
            house.ring_all(turn)
        house.wait(lambda: house.kept == Counter(dict.fromkeys(INPUTS, 3)), f"on record are {house.kept}")
        assert house.alarms == Counter(dict.fromkeys(INPUTS, 3))


@pytest.mark.timeout(240)
def test_that_killing_the_console_at_any_instant_loses_and_doubles_nothing_on_any_input(tmp_path: Path) -> None:
    found = campaign_of_inputs(tmp_path, kills=5)
    assert all(number > 0 for number in found.acknowledged.values()), found.acknowledged
    assert len(found.acknowledged) == 4
    assert (found.missing, found.doubled) == (0, 0), found.which


# ------------------------------------------------------------------------------------------------ clocks
@pytest.mark.timeout(180)
def test_that_a_clock_that_steps_changes_neither_order_nor_number_and_fails_no_test_signal(
    tmp_path: Path, data: Path
) -> None:
    clock = SteppedClock()
    with opened(tmp_path, data, clock) as house:
        assert house.post.inputs is not None
        house.ring_all(1)
        for number, step_h in ((2, -1), (3, 2), (4, -1)):
            clock.ahead += timedelta(hours=step_h)
            house.ring_all(number)
            for kind in INPUTS:
                if kind != "onvif_events":  # it has no probe
                    seen = house.post.inputs.canaries.send(cast(Any, kind)).result(PATIENCE_S)
                    assert seen.received_at is not None, f"the test signal of {kind} failed after a step of {step_h} h"
        house.wait(lambda: house.kept == Counter(dict.fromkeys(INPUTS, 4)), f"on record are {house.kept}")
        assert house.alarms == Counter(dict.fromkeys(INPUTS, 4))
        lines = house.ask(lambda rx: list(rx.journal(kinds=(SignalReceived.__name__, FaultNoted.__name__))))
        assert [line.seq for line in lines] == sorted(line.seq for line in lines)
        told = [event_from(line) for line in lines]
        order = [str(event.signal.point) for event in told if isinstance(event, SignalReceived)]
        panel = [point for point in order if point.startswith("dc09:")]
        assert [point.rpartition("/")[2] for point in panel] == sorted(point.rpartition("/")[2] for point in panel)
        assert not [one for one in house.ask(lambda rx: rx.find(Alarm)) if one.code == "CANARY"]
