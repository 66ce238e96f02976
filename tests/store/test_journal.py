"""The journal: whatever happens is a line, every line follows the last one, and nothing of it can be changed quietly."""

import dataclasses
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from console.models.clock import FakeClock
from console.models.events import (
    EVENTS,
    REBUILDS,
    ConsoleStarted,
    Event,
    SignOnRefused,
    body_of,
    event_from,
    subject_of,
)
from console.models.incidents import LogEntry
from console.models.trust import GENESIS, JournalLine
from console.store import tables
from console.store.journal import expected_hash
from console.store.store import Ground, Store, Transaction
from tests.store.samples import sample

relaxed = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
dice = st.randoms(use_true_random=False)


def started(at: datetime, version: str = "1", **more: str) -> ConsoleStarted:
    return ConsoleStarted(at=at, version=version, **more)


@pytest.fixture
def lines(store: Store, ground: Ground, clock: FakeClock) -> "Reader":
    """The journal of the store, read anew each time it is called."""
    return Reader(store, ground, clock)


class Reader:
    """Reads the journal anew each time it is asked."""

    def __init__(self, store: Store, ground: Ground, clock: FakeClock) -> None:
        self._asks = (store, ground, clock)

    def __call__(self, **filters: object) -> list[JournalLine]:
        store, ground, clock = self._asks
        with store.read(ground, clock.now()) as reading:
            return list(reading.journal(**filters))

    def seals(self) -> list[tuple[object, ...]]:
        store, _, _ = self._asks
        with store.engine.connect() as connection:
            table = tables.journal_segment
            return [tuple(row) for row in connection.execute(select(table).order_by(table.c.last_seq))]


def is_sound(journal: list[JournalLine]) -> bool:
    """Tell whether numbers, links and hashes of a whole journal fit."""
    previous = [GENESIS, *(line.hash for line in journal)]
    return all(
        line.seq == number and line.previous == before and line.hash == expected_hash(line)
        for number, (line, before) in enumerate(zip(journal, previous, strict=False), start=1)
    )


# ------------------------------------------------------------------ the chain


@relaxed
@given(bursts=st.lists(st.lists(st.sampled_from(sorted(EVENTS)), max_size=4), max_size=4), dice=dice)
def test_that_lines_are_linked_however_they_are_spread_over_commits(
    store: Store, ground: Ground, clock: FakeClock, lines: Reader, bursts: list[list[str]], dice: Random
) -> None:
    for burst in bursts:
        clock.advance(dice.choice([0, 0.001, 86400 * 20]))
        with store.begin(ground, clock) as tx:
            for kind in burst:
                tx.record(sample(EVENTS[kind], dice))
    assert is_sound(lines())


@relaxed
@given(
    dice=dice,
    kind=st.sampled_from(sorted(EVENTS)),
    field=st.sampled_from([f.name for f in dataclasses.fields(JournalLine)]),
)
def test_that_a_change_of_any_field_of_a_line_shows(
    store: Store, ground: Ground, clock: FakeClock, lines: Reader, dice: Random, kind: str, field: str
) -> None:
    with store.begin(ground, clock) as tx:
        tx.record(sample(EVENTS[kind], dice))
    line = lines(newest_first=True, limit=1)[0]
    value = getattr(line, field)
    other = value + timedelta(microseconds=1) if isinstance(value, datetime) else value + type(value)("1")
    changed = dataclasses.replace(line, **{field: other})
    assert expected_hash(changed) != changed.hash


@relaxed
@given(dice=dice, kind=st.sampled_from(sorted(EVENTS)))
def test_that_every_kind_of_event_comes_back_out_of_its_line(
    store: Store, ground: Ground, clock: FakeClock, lines: Reader, dice: Random, kind: str
) -> None:
    event = sample(EVENTS[kind], dice)
    with store.begin(ground, clock) as tx:
        tx.record(event)
    line = lines(newest_first=True, limit=1)[0]
    assert event_from(line) == event
    assert (line.kind, line.subject, line.by, line.seat) == (kind, subject_of(event), event.by, event.seat)
    assert (line.at, line.written_at, line.body) == (event.at, clock.now(), body_of(event))


def test_that_every_event_is_known_by_its_name_and_every_value_by_its_field() -> None:
    assert set(REBUILDS) <= set(EVENTS)
    for name, kind in EVENTS.items():
        fields = {field.name for field in dataclasses.fields(kind)} - {
            field.name for field in dataclasses.fields(Event)
        }
        assert REBUILDS.get(name, "") in fields | {""}


def test_that_a_time_of_another_zone_is_kept_as_the_same_moment(
    store: Store, ground: Ground, clock: FakeClock, lines: Reader
) -> None:
    at = datetime(2026, 3, 14, 20, 0, tzinfo=timezone(timedelta(hours=8)))
    with store.begin(ground, clock) as tx:
        tx.record(started(at))
    (line,) = lines()
    assert line.at == at
    assert line.hash == expected_hash(line)


def test_that_a_time_without_a_zone_is_a_mistake_of_ours(store: Store, ground: Ground, clock: FakeClock) -> None:
    with pytest.raises(ValueError, match="without a zone"), store.begin(ground, clock) as tx:
        tx.record(started(datetime(2026, 3, 14)))  # noqa: DTZ001 - that is the point


# ------------------------------------------------------------------ one transaction


def test_that_a_command_that_fails_takes_only_its_own_lines_along(
    store: Store, ground: Ground, clock: FakeClock, lines: Reader
) -> None:
    with store.begin(ground, clock) as tx:
        for version in "abc":
            with suppress(LookupError), tx.attempt():
                tx.record(started(clock.now(), version))
                if version == "b":
                    raise LookupError
        assert [event.version for event in tx.events if isinstance(event, ConsoleStarted)] == ["a", "c"]
    assert [event_from(line) for line in lines()] == [started(clock.now(), "a"), started(clock.now(), "c")]
    assert is_sound(lines())


def test_that_a_command_reads_what_those_before_it_in_the_burst_have_written(
    store: Store, ground: Ground, clock: FakeClock, lines: Reader
) -> None:
    with store.begin(ground, clock) as tx:
        with tx.attempt():
            tx.record(started(clock.now(), "a"))
        with tx.attempt():
            assert [line.seq for line in tx.journal()] == [1]
            assert tx.head() == (1, tx.chain.lines[0].hash)
            tx.record(started(clock.now(), "b"))
            assert tx.head()[0] == 2
    assert is_sound(lines())
    assert len(lines()) == 2


def test_that_lines_written_early_survive_the_command_that_asked_for_them(
    store: Store, ground: Ground, clock: FakeClock, lines: Reader
) -> None:
    def month_later(tx: Transaction, version: str) -> None:
        clock.advance(31 * 86400)
        tx.now = clock.now()
        tx.record(started(clock.now(), version))

    with store.begin(ground, clock) as tx:
        with tx.attempt():
            month_later(tx, "a")
        with suppress(LookupError), tx.attempt():
            month_later(tx, "lost")
            assert tx.head()[0] == 2  # this writes line 1, seals its month, and writes line 2: all inside the savepoint
            raise LookupError
        with tx.attempt():
            month_later(tx, "b")
    assert [event_from(line) for line in lines()] == [
        started(line.at, version) for line, version in zip(lines(), "ab", strict=True)
    ]
    assert is_sound(lines())
    assert [seal[1:3] for seal in lines.seals()] == [(1, 1)]


def test_that_nothing_remains_of_a_transaction_that_fails(
    store: Store, ground: Ground, clock: FakeClock, lines: Reader
) -> None:
    with pytest.raises(LookupError), store.begin(ground, clock) as tx:
        tx.put(sample(LogEntry, Random(3)))
        tx.record(started(clock.now()))
        tx.head()
        raise LookupError
    assert lines() == []
    with store.read(ground, clock.now()) as reading:
        assert reading.count(LogEntry) == 0
        assert reading.head() == (0, GENESIS)


# ------------------------------------------------------------------ filters


def test_that_lines_are_found_by_subject_kind_and_number(
    store: Store, ground: Ground, clock: FakeClock, lines: Reader
) -> None:
    entries = [sample(LogEntry, Random(number)) for number in range(3)]
    with store.begin(ground, clock) as tx:
        for entry in entries:
            tx.record(EVENTS["EntryWritten"](at=clock.now(), entry=entry))  # type: ignore[call-arg]
            tx.record(SignOnRefused(at=clock.now(), login="x", failures=1))
    assert [line.seq for line in lines(subjects=(entries[0].id, entries[2].id))] == [1, 5]
    assert [line.seq for line in lines(kinds=("SignOnRefused",))] == [2, 4, 6]
    assert [line.seq for line in lines(after_seq=4)] == [5, 6]
    assert [line.seq for line in lines(newest_first=True, limit=2)] == [6, 5]
    assert lines(subjects=(entries[0].id,), kinds=("SignOnRefused",)) == []


# ------------------------------------------------------------------ months


def write_at(store: Store, ground: Ground, *moments: datetime) -> None:
    """Write one line at each moment, all in one commit."""
    clock = FakeClock()
    with store.begin(ground, clock) as tx:
        for clock.at in moments:
            with tx.attempt():
                tx.record(started(clock.at))


def month(number: int, day: int = 1) -> datetime:
    return datetime(2026, number, day, tzinfo=UTC)


def test_that_a_month_is_sealed_by_the_first_line_of_the_next(store: Store, ground: Ground, lines: Reader) -> None:
    write_at(store, ground, month(1), month(1, 31))
    assert lines.seals() == []
    write_at(store, ground, month(2))
    first, last = lines()[0], lines()[1]
    assert lines.seals() == [("2026-01", 1, 2, GENESIS, last.hash)]
    assert first.segment == "2026-01"


def test_that_seals_tile_the_journal_also_when_the_clock_was_set_back(
    store: Store, ground: Ground, lines: Reader
) -> None:
    write_at(store, ground, month(1), month(2), month(2, 2), month(1, 20), month(2, 3))
    write_at(store, ground, month(1, 21), month(4))
    journal, seals = lines(), lines.seals()
    assert [seal[0] for seal in seals] == ["2026-01", "2026-02", "2026-01+4", "2026-02+5", "2026-01+6"]
    assert [seal[1:3] for seal in seals] == [(1, 1), (2, 3), (4, 4), (5, 5), (6, 6)]
    for _, first, last, previous, head in seals:
        assert isinstance(first, int)
        assert isinstance(last, int)
        assert (previous, head) == (journal[first - 1].previous, journal[last - 1].hash)
    assert is_sound(journal)


def test_that_the_month_is_that_of_utc(store: Store, ground: Ground, lines: Reader) -> None:
    write_at(store, ground, datetime(2026, 2, 1, 7, 59, tzinfo=timezone(timedelta(hours=8))))
    assert lines()[0].segment == "2026-01"
