"""A record of years: it fits, opens at once, and no question of the screens walks through all of it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bench.fill import LIVE, fill
from console.models.alarms import Alarm
from console.models.clock import FakeClock
from console.models.duty import Shift, ShiftState
from console.models.events import ConsoleStarted
from console.models.incidents import Incident
from console.models.signals import Signal
from console.store.opening import open_store
from console.store.store import Ground, Reading, Store
from console.store.verify import verify

ALARMS, LINES = 400, 2003


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("years")
    fill(folder, alarms=ALARMS, lines=LINES)
    return folder


@pytest.fixture
def store(years: Path) -> Iterator[Store]:
    with open_store(years) as opened:
        yield opened


def test_that_a_filled_record_is_a_right_one(store: Store, years: Path) -> None:
    found = verify(store, years)
    assert found.fits, found.found[0]
    assert (found.lines, found.rows) == (LINES, 2 * ALARMS)


def test_that_the_console_goes_on_with_a_filled_record(store: Store, ground: Ground) -> None:
    clock = FakeClock()
    with pytest.raises(LookupError), store.begin(ground, clock) as tx:
        tx.record(ConsoleStarted(at=clock.now(), version="1"))
        assert tx.head()[0] == LINES + 1
        raise LookupError  # the other tests want it as it was


def test_that_a_list_too_long_for_the_memory_comes_a_few_at_a_time(store: Store, ground: Ground) -> None:
    with store.read(ground, FakeClock().now()) as reading:
        assert tuple(reading.each(Alarm)) == reading.find(Alarm)
        assert tuple(reading.each(Alarm, closed_at=None)) == reading.find(Alarm, closed_at=None)


QUESTIONS: dict[str, tuple[Callable[[Reading], Any], int]] = {
    "the queue": (lambda rx: rx.find(Alarm, closed_at=None), LIVE),
    "a live alarm by its key": (lambda rx: (rx.first(Alarm, key="zone-001|intrusion", closed_at=None),), 1),
    "alarms of the last hours": (lambda rx: rx.find(Alarm, since=("first_at", rx.now - timedelta(hours=1))), 0),
    "how many alarms since": (lambda rx: (rx.count(Alarm, since=("first_at", rx.now)),), 1),
    "the newest alarms": (lambda rx: rx.find(Alarm, newest_first=True, limit=20), 20),
    "alarms of a case": (lambda rx: rx.find(Alarm, incident="i"), 0),
    "signals of an alarm": (lambda rx: rx.find(Signal, alarm="a"), 0),
    "a repeated signal": (
        lambda rx: rx.find(Signal, source="s", sequence="1", duplicate_of=None, since=("received_at", rx.now), limit=1),
        0,
    ),
    "open cases": (lambda rx: rx.find(Incident, state="open"), 0),
    "the shift on duty": (lambda rx: (rx.first(Shift, state=ShiftState.ON_DUTY),), 1),
    "the newest lines": (lambda rx: list(rx.journal(newest_first=True, limit=20)), 20),
    "lines after": (lambda rx: list(rx.journal(after_seq=LINES - 5)), 5),
    "lines of a subject": (lambda rx: list(rx.journal(subjects=("a", "b"))), 0),
    "the last line of a camera": (
        lambda rx: list(rx.journal(subjects=("cam",), kinds=("CameraChanged",), newest_first=True, limit=1)),
        0,
    ),
    "the end of the journal": (lambda rx: (rx.head(),), 1),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_that_no_question_of_the_screens_walks_through_a_table(store: Store, ground: Ground, question: str) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    ask, count = QUESTIONS[question]
    event.listen(store.engine, "before_cursor_execute", note)
    with store.read(ground, FakeClock().now()) as reading:
        assert len(ask(reading)) == count
    event.remove(store.engine, "before_cursor_execute", note)
    (statement, parameters), *_ = asked
    with store.look() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    # A walk is allowed along the index of live alarms, which is short, and where a LIMIT alone ends it.
    walks = [step for step in plan if step.startswith("SCAN") and "ix_alarm_live" not in step]
    cut_short = (
        " LIMIT " in statement and " WHERE " not in statement.replace("\n", " ") and "TEMP B-TREE" not in str(plan)
    )
    assert not walks or cut_short, plan
