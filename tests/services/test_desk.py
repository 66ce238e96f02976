"""The desk: commands one by one, on disk before anybody is told, and a failure harms nobody else."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event as engine_event

from console.bus import Bus
from console.config import data_folder
from console.models.clock import FakeClock, SystemClock
from console.models.errors import ConsoleError, Refused
from console.models.events import EntryWritten, Event, event_from
from console.models.ids import EntryId, PersonId
from console.models.incidents import EntryKind, LogEntry
from console.models.site import Site
from console.models.text import Text
from console.models.trust import JournalLine
from console.services.desk import BURST, Desk
from console.store.journal import expected_hash
from console.store.opening import open_store
from console.store.store import Ground, Reading, Store, Transaction
from tests.records import open_record

ROOT = Path(__file__).parents[2]
GROUND = Ground(site=Site(id="test", name=Text("测试", "Test")))
AT = FakeClock().now()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_record(tmp_path) as opened:
        yield opened


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    with Desk(store, GROUND, SystemClock(), Bus()) as opened:
        yield opened


def entry(name: str, text: str = "") -> LogEntry:
    return LogEntry(id=EntryId(name), kind=EntryKind.NOTE, text=text, happened_at=AT, written_at=AT, by=PersonId("p"))


def write(tx: Transaction, name: str, text: str = "") -> str:
    """Put a line of the log and say so."""
    tx.put(entry(name, text))
    tx.record(EntryWritten(at=AT, entry=entry(name, text)))
    return name


def refuse(tx: Transaction, name: str) -> str:
    """Change everything that can be changed, and then refuse."""
    write(tx, name)
    tx.number("series")
    tx.head()
    raise Refused(zh="不行", en="no")


def trip(tx: Transaction, name: str) -> str:
    """Our bug."""
    write(tx, name)
    raise ZeroDivisionError


def names(reading: Reading) -> list[str]:
    return [each.id for each in reading.find(LogEntry)]


def journal(reading: Reading) -> list[JournalLine]:
    return list(reading.journal())


def told(desk: Desk) -> list[Event]:
    """Give the list in which every event of the bus will be noted."""
    events: list[Event] = []
    desk.bus.on(Event, events.append)
    return events


@contextmanager
def busy(desk: Desk) -> Iterator[None]:
    """Keep the desk at one command for the length of the block, so that what is asked for meanwhile is one burst."""
    started, go_on = threading.Event(), threading.Event()

    def hold(_: Transaction) -> None:
        started.set()
        go_on.wait(60)

    held = desk.do(hold)
    assert started.wait(60)
    try:
        yield
    finally:
        go_on.set()
        held.result()


def is_sound(lines: list[JournalLine]) -> bool:
    return all(line.hash == expected_hash(line) for line in lines) and all(
        (line.seq, line.previous) == (before.seq + 1, before.hash) for before, line in pairwise(lines)
    )


# ------------------------------------------------------------------ one command


def test_that_a_command_is_on_disk_before_its_future_is_resolved(desk: Desk, tmp_path: Path) -> None:
    assert desk.do(write, "a").result() == "a"
    with closing(sqlite3.connect(data_folder(tmp_path).database)) as other:
        assert other.execute("SELECT id FROM log_entry").fetchall() == [("a",)]


def test_that_events_are_published_after_the_commit_and_before_the_answer(desk: Desk, store: Store) -> None:
    seen: list[list[str]] = []

    def look(_: Event) -> None:
        with store.read(GROUND, AT) as reading:
            seen.append(names(reading))

    desk.bus.on(EntryWritten, look)
    answered: list[int] = []
    future = desk.do(write, "a")
    future.add_done_callback(lambda _: answered.append(len(seen)))
    future.result()
    assert seen == [["a"]]
    assert answered == [1]


def test_that_a_refusal_reaches_only_who_asked(desk: Desk) -> None:
    events = told(desk)
    with pytest.raises(Refused, match="no"):
        desk.do(refuse, "a").result()
    assert desk.ask(names).result() == []
    assert desk.ask(journal).result() == []
    assert events == []


@pytest.mark.expects_log("the command trip failed")
def test_that_a_mistake_of_ours_is_logged_and_the_post_goes_on(desk: Desk) -> None:
    with pytest.raises(ZeroDivisionError):
        desk.do(trip, "a").result()
    assert desk.do(write, "b").result() == "b"
    assert desk.ask(names).result() == ["b"]


def test_that_a_query_cannot_hold_up_a_command(desk: Desk) -> None:
    reading, go_on = threading.Event(), threading.Event()

    def slow(rx: Reading) -> list[str]:
        before = names(rx)
        reading.set()
        go_on.wait(60)
        return before + names(rx)

    asked = desk.ask(slow)
    assert reading.wait(60)
    desk.do(write, "a").result()
    go_on.set()
    assert asked.result() == []  # and it saw one moment throughout
    assert desk.ask(names).result() == ["a"]


# ------------------------------------------------------------------ a burst


@pytest.mark.expects_log("the command trip failed")
def test_that_a_failure_in_a_burst_undoes_only_itself(desk: Desk) -> None:
    events = told(desk)
    commands = [write, refuse, write, trip, write, refuse, write]
    with busy(desk):
        futures: list[Future[str]] = [desk.do(command, str(n)) for n, command in enumerate(commands)]
    outcomes = [type(future.exception()) for future in futures]
    kinds: dict[Any, type] = {write: type(None), refuse: Refused, trip: ZeroDivisionError}
    assert outcomes == [kinds[command] for command in commands]
    assert desk.ask(names).result() == ["0", "2", "4", "6"]
    lines = desk.ask(journal).result()
    assert [event_from(line) for line in lines] == events
    assert [line.subject for line in lines] == ["0", "2", "4", "6"]
    assert is_sound(lines)
    assert desk.do(Transaction.number, "series").result() == 1


def commits_of(store: Store) -> list[None]:
    seen: list[None] = []
    engine_event.listen(store.engine, "commit", lambda _: seen.append(None))
    return seen


def test_that_waiting_commands_share_one_commit(desk: Desk, store: Store) -> None:
    desk.do(write, "first").result()
    with busy(desk):
        futures = [desk.do(write, str(n)) for n in range(50)]
        commits = commits_of(store)
    for future in futures:
        future.result()
    assert len(commits) == 2  # the command that kept the desk busy, and the fifty


def test_that_a_burst_is_bounded_and_keeps_its_order(desk: Desk) -> None:
    order: list[str] = []
    with busy(desk):
        futures = [desk.do(write, f"{n:04d}") for n in range(2 * BURST + 10)]
        for future in futures:
            future.add_done_callback(lambda done: order.append(done.result()))
    futures[-1].result()
    assert order == [f"{n:04d}" for n in range(2 * BURST + 10)]
    assert [line.subject for line in desk.ask(journal).result()] == order


def test_that_a_command_that_was_cancelled_in_time_does_not_run(desk: Desk) -> None:
    with busy(desk):
        cancelled, kept = desk.do(write, "cancelled"), desk.do(write, "kept")
        assert cancelled.cancel()
    kept.result()
    assert desk.ask(names).result() == ["kept"]


@pytest.mark.expects_log("the desk could not commit")
def test_that_nothing_is_published_and_everybody_is_told_when_the_commit_fails(desk: Desk, store: Store) -> None:
    events, doomed = told(desk), [False]

    def doom(_: Transaction) -> None:
        doomed[0] = True

    def commit(_: Any) -> None:
        if doomed[0]:
            doomed[0] = False
            raise ZeroDivisionError

    engine_event.listen(store.engine, "commit", commit)
    desk.do(write, "before").result()
    with busy(desk):
        futures: list[Future[Any]] = [desk.do(write, "a"), desk.do(refuse, "b"), desk.do(doom), desk.do(write, "c")]
    assert [type(future.exception()) for future in futures] == [ZeroDivisionError] * 4
    desk.do(write, "after").result()
    assert desk.ask(names).result() == ["after", "before"]
    lines = desk.ask(journal).result()
    assert [line.subject for line in lines] == ["before", "after"]
    assert [event_from(line) for line in lines] == events
    assert is_sound(lines)


# ------------------------------------------------------------------ the end


def test_that_what_was_asked_for_before_the_end_is_still_done(store: Store) -> None:
    with Desk(store, GROUND, SystemClock(), Bus()) as desk:
        futures = [desk.do(write, f"{n:03d}") for n in range(300)]
    assert [future.result(0) for future in futures] == [f"{n:03d}" for n in range(300)]


def test_that_a_closed_desk_says_so(store: Store) -> None:
    desk = Desk(store, GROUND, SystemClock(), Bus())
    with pytest.raises(ConsoleError, match="not recorded"):
        desk.do(write, "early").result(0)
    with desk:
        pass
    with pytest.raises(ConsoleError, match="not recorded"):
        desk.do(write, "late").result(0)
    with pytest.raises(ConsoleError, match="closing"):
        desk.ask(names).result(0)


def test_that_no_command_is_left_unanswered_when_the_desk_closes_under_it(store: Store) -> None:
    futures: list[Future[str]] = []
    with Desk(store, GROUND, SystemClock(), Bus()) as desk:
        going = threading.Event()

        def ask() -> None:
            for n in range(2000):
                futures.append(desk.do(write, f"{n:04d}"))
                if n == 200:
                    going.set()

        thread = threading.Thread(target=ask)
        thread.start()
        going.wait(60)
    thread.join()
    outcomes = [future.exception() for future in futures]
    refused = [number for number, outcome in enumerate(outcomes) if outcome is not None]
    assert all(isinstance(outcome, ConsoleError) for outcome in outcomes if outcome is not None)
    with store.read(GROUND, AT) as reading:
        assert reading.count(LogEntry) == len(outcomes) - len(refused)


# ------------------------------------------------------------------ the disk


def cannot_grow(store: Store) -> list[bool]:
    """Let the database file stay as large as it is, while the list that is given back holds True."""
    full = [False]

    def limit(connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() if full[0] else 2**30
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    engine_event.listen(store.engine, "begin", limit)
    return full


@pytest.mark.expects_log("nothing can be recorded")
@pytest.mark.expects_log("recording works again")
def test_that_a_full_disk_is_a_sentence_and_the_desk_goes_on_when_there_is_room(desk: Desk, store: Store) -> None:
    events, full = told(desk), cannot_grow(store)
    desk.do(write, "before").result()
    full[0] = True
    with busy(desk):
        futures = [desk.do(write, "small"), desk.do(write, "big", "x" * 5_000_000), desk.do(write, "behind")]
    for future in futures:
        with pytest.raises(ConsoleError, match="The disk is full"):
            future.result()
    full[0] = False
    desk.do(write, "after").result()
    assert desk.ask(names).result() == ["after", "before"]
    lines = desk.ask(journal).result()
    assert [event_from(line) for line in lines] == events
    assert is_sound(lines)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB in memory."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.expects_log("nothing can be recorded")
@pytest.mark.expects_log("recording works again")
def test_that_a_disk_that_really_fills_up_loses_nothing_that_was_answered(small_disk: Path) -> None:
    with open_store(small_disk / "data") as store, Desk(store, GROUND, SystemClock(), Bus()) as desk:
        events, kept = told(desk), []
        ballast = small_disk / "ballast"
        ballast.write_bytes(b"x" * 1_000_000)
        with pytest.raises(ConsoleError, match="The disk is full"):
            for n in range(500):
                futures = [desk.do(write, f"{n:03d}-{m}", "x" * 4000) for m in range(8)]
                kept += [future.result() for future in futures]
        assert kept
        with pytest.raises(ConsoleError, match="The disk is full"):
            desk.do(write, "still full", "x" * 2_000_000).result()
        before = desk.ask(names).result()
        assert set(kept) <= set(before)
        ballast.unlink()
        desk.do(write, "room again").result()
        assert desk.ask(names).result() == [*before, "room again"]
        lines = desk.ask(journal).result()
        assert [event_from(line) for line in lines] == events
        assert is_sound(lines)


# ------------------------------------------------------------------ pulled plugs

CHILD = """
import os, sys, threading
from pathlib import Path
from console.bus import Bus
from console.models.clock import SystemClock
from console.services.desk import Desk
from console.store.opening import open_store
from tests.services.test_desk import GROUND, write

def answered(future):
    os.write(1, (future.result() + "\\n").encode())

def post(start):
    with open_store(Path(sys.argv[1])) as store, Desk(store, GROUND, SystemClock(), Bus()) as desk:
        for number in range(1_000_000):
            future = desk.do(write, f"{start}-{number}")
            future.add_done_callback(answered)
            if number % 40 == 39:
                future.result()

for line in sys.stdin:  # fork what is already loaded: starting Python anew takes longer than the test of it
    child = os.fork()
    if not child:
        post(line.strip())
    print(f"pid {child}", file=sys.stderr, flush=True)
    os.waitpid(child, 0)
    print("dead", file=sys.stderr, flush=True)
"""


def test_that_killing_the_process_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    dice, answered, kills = Random(11), set(), 10
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        assert nursery.stderr is not None
        for start in range(kills):
            print(start, file=nursery.stdin, flush=True)
            pid = int(nursery.stderr.readline().removeprefix("pid "))
            for _ in range(dice.randrange(1, 300)):
                answered.add(nursery.stdout.readline().strip())
            os.kill(pid, signal.SIGKILL)
            assert nursery.stderr.readline() == "dead\n"
        nursery.stdin.close()
        answered |= {line.strip() for line in nursery.stdout}
    with open_store(tmp_path) as store, store.read(GROUND, AT) as reading:
        kept, lines = set(names(reading)), journal(reading)
    assert {name.split("-")[0] for name in answered} == {str(start) for start in range(kills)}
    assert answered <= kept
    assert [line.subject for line in lines] == [event_from(line).entry.id for line in lines]  # type: ignore[attr-defined]
    assert {line.subject for line in lines} == kept
    assert is_sound(lines)
