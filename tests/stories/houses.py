"""The whole console with a line to every kind of input, and what a disk may do to it."""

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
from typing_extensions import override

from console import app
from console.models.alarms import Alarm
from console.models.clock import SystemClock
from console.models.keeping import AlarmNotKept, RecordState
from console.models.signals import Signal
from console.services import inputs
from tests.sources.wires import ALL_WIRES, SOON_S, Wire, kind_of
from tests.stories.posts import ROLES

PATIENCE_S = 80.0
AGAIN_S = 5.0  # a sender that will be answered waits so long before it sends again
INPUTS = tuple(kind for kind in ALL_WIRES if kind != "punch")


@dataclass
class SteppedClock(SystemClock):
    """The machine's clocks, of which the one on the wall may be set."""

    ahead: timedelta = timedelta()

    @override
    def now(self) -> datetime:
        return super().now() + self.ahead


class House:
    """The console with a line to every kind of input."""

    def __init__(self, post: app.Post, wires: Mapping[str, Wire]) -> None:
        self.post, self.wires = post, wires
        self.unkept: dict[str, Alarm] = {}
        self.states: list[RecordState] = []
        post.desk.bus.on(AlarmNotKept, self._came)
        post.desk.bus.on(RecordState, self.states.append)

    def _came(self, event: AlarmNotKept) -> None:
        self.unkept.setdefault(event.alarm.point, event.alarm)

    def up(self, kinds: tuple[str, ...] = INPUTS) -> None:
        """Wait until every input listens, or has called whom it calls."""
        for kind in kinds:
            self.wait(self.wires[kind].heard, f"{kind} never called")
            if kind != "onvif_events":
                self.wait(lambda kind=kind: self.post.sources[kind].address(0.0), f"{kind} has no address")  # type: ignore[misc,index]

    def ring(self, kind: str, number: int, wait_s: float = SOON_S) -> bool:
        address = self.post.sources[kind].address(0.0)  # type: ignore[index]
        return self.wires[kind].ring(address[1] if address else 0, number, wait_s)

    def ring_until_answered(self, kind: str, number: int) -> None:
        self.wait(lambda: self.ring(kind, number, AGAIN_S), f"{kind} was never answered")

    def ring_all(self, number: int) -> None:
        """Every input rings until it is answered."""
        for kind in INPUTS:
            self.ring_until_answered(kind, number)

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
            {"id": kind, "kind": kind_of(kind), "name": {"zh": kind, "en": kind}, "options": wire.options} for kind, wire in wires.items()
        ],
    }
    folder.mkdir(parents=True)
    (folder / "site.yaml").write_text(json.dumps(site, ensure_ascii=False), encoding="utf-8")
    return folder


@contextmanager
def opened(folder: Path, data: Path, clock: SteppedClock | None = None) -> Iterator[House]:
    with ExitStack() as lives:
        wires = {kind: lives.enter_context(ALL_WIRES[kind]()) for kind in INPUTS}
        site = site_of(folder / "site", wires)
        post = lives.enter_context(app.open_post(app.Options(site_dir=site, data_dir=data), clock or SteppedClock()))
        house = House(post, wires)
        house.up()
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
