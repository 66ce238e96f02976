"""What is put comes back as it was, in one consistent view, and what may only be added to is never changed."""

import dataclasses
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from console.config import data_folder
from console.models.clock import FakeClock, SystemClock
from console.models.duty import Handover, HandoverState
from console.models.errors import ConsoleError, Refused
from console.models.events import ConsoleStarted
from console.models.incidents import EntryKind, LogEntry
from console.models.people import Person, Role
from console.models.signals import Signal
from console.models.trust import Evidence
from console.store import database, guards
from console.store.faults import Protected, StorageFault, sentence_of
from console.store.journal import expected_hash
from console.store.mapping import APPEND_ONLY, TABLES
from console.store.opening import open_store
from console.store.store import Ground, Store
from tests.store.samples import put_whole, sample

relaxed = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
KINDS = sorted(TABLES, key=lambda kind: kind.__name__)


# ------------------------------------------------------------------ values and rows


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_that_a_table_has_a_column_for_every_field(kind: type) -> None:
    assert [field.name for field in dataclasses.fields(kind)] == [column.name for column in TABLES[kind].columns]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_that_a_value_comes_back_as_it_was(store: Store, ground: Ground, clock: FakeClock, kind: type) -> None:
    @relaxed
    @given(dice=st.randoms(use_true_random=False))
    def check(dice: Random) -> None:
        with store.begin(ground, clock) as tx:
            value = put_whole(tx, sample(kind, dice), dice)
        key = getattr(value, dataclasses.fields(kind)[0].name)
        with store.read(ground, clock.now()) as reading:
            assert reading.get(kind, key) == value

    check()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in APPEND_ONLY], ids=lambda kind: kind.__name__)
def test_that_a_second_value_of_one_id_takes_the_place_of_the_first(
    store: Store, ground: Ground, clock: FakeClock, kind: type
) -> None:
    dice, key = Random(5), dataclasses.fields(kind)[0].name
    with store.begin(ground, clock) as tx:
        first = put_whole(tx, sample(kind, dice), dice)
        if isinstance(first, Handover):
            first = dataclasses.replace(first, state=HandoverState.DRAFT)
            tx.put(first := dataclasses.replace(first, id=first.id + "draft"))
        same = {name: getattr(first, name) for name in (key, "incident", "key") if hasattr(first, name)}
        second = dataclasses.replace(sample(kind, dice), **same)
        tx.put(second)
    with store.read(ground, clock.now()) as reading:
        assert reading.get(kind, getattr(first, key)) == second


@pytest.mark.parametrize("kind", sorted(APPEND_ONLY, key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__)
def test_that_a_second_value_of_what_is_only_added_to_is_refused(
    store: Store, ground: Ground, clock: FakeClock, kind: type
) -> None:
    dice = Random(5)
    with store.begin(ground, clock) as tx:
        value = put_whole(tx, sample(kind, dice), dice)
    with pytest.raises(Protected, match="append-only"), store.begin(ground, clock) as tx:
        tx.put(dataclasses.replace(value))


def test_that_times_read_from_either_database_are_in_utc(store: Store, ground: Ground, clock: FakeClock) -> None:
    with store.begin(ground, clock) as tx:
        entry = dataclasses.replace(sample(LogEntry, Random(1)), written_at=clock.now())
        tx.put(entry)
    with store.read(ground, clock.now()) as reading:
        found = reading.need(LogEntry, entry.id)
    assert found.written_at.utcoffset() == clock.now().utcoffset()
    assert found.written_at.tzname() == "UTC"


# ------------------------------------------------------------------ asking


def people(store: Store, ground: Ground, clock: FakeClock) -> list[Person]:
    roles = [Role.OPERATOR, Role.LEADER, Role.OPERATOR, Role.SUPERVISOR]
    made = [
        Person(id=f"p{n}", login=f"login{n}", name="", role=role, active=n != 2)  # type: ignore[arg-type]
        for n, role in enumerate(roles)
    ]
    with store.begin(ground, clock) as tx:
        for person in made:
            tx.put(person)
    return made


def test_that_values_are_found_by_their_fields(store: Store, ground: Ground, clock: FakeClock) -> None:
    made = people(store, ground, clock)
    with store.read(ground, clock.now()) as reading:
        asked: list[tuple[dict[str, Any], list[int]]] = [
            ({}, [0, 1, 2, 3]),
            ({"role": Role.OPERATOR}, [0, 2]),
            ({"role": "operator", "active": True}, [0]),
            ({"role": (Role.LEADER, "supervisor")}, [1, 3]),
            ({"role": ()}, []),
        ]
        for equals, wanted in asked:
            assert reading.find(Person, **equals) == tuple(made[n] for n in wanted)
            assert reading.count(Person, **equals) == len(wanted)
        assert reading.find(Person, order_by="login", newest_first=True, limit=2) == (made[3], made[2])
        assert reading.first(Person, role=Role.LEADER) == made[1]
        assert reading.first(Person, role=Role.ADMINISTRATOR) is None


def test_that_empty_fields_and_early_times_are_found(store: Store, ground: Ground, clock: FakeClock) -> None:
    base = dataclasses.replace(sample(LogEntry, Random(1)), kind=EntryKind.NOTE)
    late = dataclasses.replace(base, id="b", incident="i", written_at=clock.now())  # type: ignore[arg-type]
    clock.advance(-60)
    early = dataclasses.replace(base, id="a", incident=None, written_at=clock.now())  # type: ignore[arg-type]
    with store.begin(ground, clock) as tx:
        tx.put(early)
        tx.put(late)
    with store.read(ground, clock.now()) as reading:
        assert reading.find(LogEntry, incident=None) == (early,)
        assert reading.find(LogEntry, since=("written_at", late.written_at)) == (late,)
        assert reading.count(LogEntry, since=("written_at", early.written_at)) == 2


def test_that_what_is_not_there_is_told_in_a_sentence(store: Store, ground: Ground, clock: FakeClock) -> None:
    with store.read(ground, clock.now()) as reading:
        assert reading.get(Person, "nobody") is None
        with pytest.raises(ConsoleError, match="no Person nobody"):
            reading.need(Person, "nobody")


# ------------------------------------------------------------------ transactions


def test_that_a_reader_sees_one_moment_while_the_writer_goes_on(store: Store, ground: Ground, clock: FakeClock) -> None:
    people(store, ground, clock)
    with store.read(ground, clock.now()) as reading:
        assert reading.count(Person) == 4
        with store.begin(ground, clock) as tx:
            tx.put(Person(id="new", login="new", name="", role=Role.OPERATOR))  # type: ignore[arg-type]
            tx.record(ConsoleStarted(at=clock.now(), version="1"))
        assert reading.count(Person) == 4
        assert reading.head()[0] == 0
    with store.read(ground, clock.now()) as reading:
        assert reading.count(Person) == 5
        assert reading.head()[0] == 1


def test_that_numbers_have_no_gaps_and_a_failed_one_is_given_back(
    store: Store, ground: Ground, clock: FakeClock
) -> None:
    with store.begin(ground, clock) as tx:
        assert [tx.number("2026"), tx.number("2026"), tx.number("2027")] == [1, 2, 1]
        with pytest.raises(Refused), tx.attempt():
            assert tx.number("2026") == 3
            raise Refused(zh="不", en="no")
        assert tx.number("2026") == 3
    with pytest.raises(Refused), store.begin(ground, clock) as tx:
        tx.number("2026")
        raise Refused(zh="不", en="no")
    with store.begin(ground, clock) as tx:
        assert tx.number("2026") == 4


def test_that_two_workstations_on_one_server_write_one_chain(postgres_url: str, ground: Ground) -> None:
    with open_store(postgres_url) as here, open_store(postgres_url) as there:

        def write(store: Store) -> None:
            for _ in range(25):
                with store.begin(ground, SystemClock()) as tx:
                    tx.number("shared")
                    tx.record(ConsoleStarted(at=tx.now, version="1"))

        threads = [threading.Thread(target=write, args=(store,)) for store in (here, there)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with here.read(ground, SystemClock().now()) as reading:
            lines = list(reading.journal())
        assert [line.seq for line in lines] == list(range(1, 51))
        assert all(line.hash == expected_hash(line) for line in lines)
        assert [line.previous for line in lines[1:]] == [line.hash for line in lines[:-1]]
        with here.begin(ground, SystemClock()) as tx:
            assert tx.number("shared") == 51


def test_that_other_workstations_are_woken_by_a_commit(postgres_url: str, ground: Ground, clock: FakeClock) -> None:
    import psycopg

    from console.store.journal import CHANNEL

    with (
        open_store(postgres_url) as store,
        psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as listening,
    ):
        listening.execute(f"LISTEN {CHANNEL}")
        with store.begin(ground, clock) as tx:
            tx.record(ConsoleStarted(at=clock.now(), version="1"))
        assert [note.payload for note in listening.notifies(timeout=60, stop_after=1)] == ["1"]


def test_that_a_lost_server_is_a_sentence_and_the_next_command_finds_it_again(
    postgres_url: str, ground: Ground, clock: FakeClock
) -> None:
    import psycopg

    def cut_off() -> None:
        with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    with open_store(postgres_url) as store:
        with pytest.raises(ConsoleError, match="does not answer"), store.begin(ground, clock) as tx:
            with tx.attempt():
                tx.record(ConsoleStarted(at=clock.now(), version="1"))
            cut_off()
            with tx.attempt():
                tx.count(Person)
        with store.begin(ground, clock) as tx:
            tx.record(ConsoleStarted(at=clock.now(), version="2"))
        with store.read(ground, clock.now()) as reading:
            assert [line.seq for line in reading.journal()] == [1]


# ------------------------------------------------------------------ guards, past all of our code


@pytest.fixture
def filled(tmp_path: Path, ground: Ground, clock: FakeClock) -> Path:
    """A record with a row in every table, closed."""
    dice = Random(2)
    with open_store(tmp_path) as store:
        for _ in range(2):
            with store.begin(ground, clock) as tx:
                for kind in TABLES:
                    put_whole(tx, sample(kind, dice), dice)
                tx.record(ConsoleStarted(at=clock.now(), version="1"))
            clock.advance(40 * 86400)
    return data_folder(tmp_path).database


@pytest.mark.parametrize("table", guards.APPEND_ONLY_TABLES)
def test_that_the_file_itself_refuses_to_change_what_is_only_added_to(filled: Path, table: str) -> None:
    with closing(sqlite3.connect(filled)) as connection:
        before = connection.execute(f"SELECT * FROM {table}").fetchall()
        column = connection.execute(f"PRAGMA table_info({table})").fetchall()[2][1]
        for statement in (
            f"UPDATE {table} SET \"{column}\" = 'x'",
            f"DELETE FROM {table}",
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)
        connection.rollback()
        assert connection.execute(f"SELECT * FROM {table}").fetchall() == before != []


@pytest.mark.parametrize("column", ["id", "file"])
def test_that_evidence_cannot_be_replaced_by_way_of_either_key(filled: Path, column: str) -> None:
    with closing(sqlite3.connect(filled)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(evidence)")]
        chosen = ", ".join(
            f'"{name}"' if name == column or name not in ("id", "file") else "'other'" for name in columns
        )
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(f"INSERT OR REPLACE INTO evidence SELECT {chosen} FROM evidence LIMIT 1")


def test_that_the_file_itself_refuses_a_line_that_does_not_follow_the_last_one(filled: Path) -> None:
    copied = 'segment, at, written_at, kind, subject, "by", seat, body'
    with closing(sqlite3.connect(filled)) as connection:
        for seq, previous in (("2 + 2", "hash"), ("NULL", "hash"), ("3", "previous"), ("0", "hash")):
            with pytest.raises(sqlite3.IntegrityError, match="has to follow the last one"):
                connection.execute(
                    f"INSERT INTO journal (seq, {copied}, previous, hash) "
                    f"SELECT {seq}, {copied}, {previous}, hash FROM journal WHERE seq = 2"
                )
        connection.execute(
            f"INSERT INTO journal (seq, {copied}, previous, hash) SELECT 3, {copied}, hash, hash FROM journal WHERE seq = 2"
        )


def test_that_the_server_itself_refuses_to_change_what_is_only_added_to(
    postgres_url: str, ground: Ground, clock: FakeClock
) -> None:
    import psycopg

    dice = Random(2)
    with open_store(postgres_url) as store:
        for _ in range(2):
            with store.begin(ground, clock) as tx:
                for kind in APPEND_ONLY:
                    put_whole(tx, sample(kind, dice), dice)
                tx.record(ConsoleStarted(at=clock.now(), version="1"))
            clock.advance(40 * 86400)
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        for table in guards.APPEND_ONLY_TABLES:
            key = "seq" if table == "journal" else "segment" if table == "journal_segment" else "id"
            for statement in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}", f"TRUNCATE {table}"):
                with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                    connection.execute(statement)
        with pytest.raises(psycopg.errors.RaiseException, match="has to follow the last one"):
            connection.execute(
                "INSERT INTO journal SELECT seq + 5, segment, at, written_at, kind, subject, by, seat, body, hash, hash "
                "FROM journal WHERE seq = 2"
            )


# ------------------------------------------------------------------ a signed handover


def handover(store: Store, ground: Ground, clock: FakeClock, state: HandoverState) -> Handover:
    made = dataclasses.replace(sample(Handover, Random(4)), state=state, expect="as signed", effective_at=None)
    with store.begin(ground, clock) as tx:
        tx.put(made)
    return made


def change(store: Store, ground: Ground, clock: FakeClock, kept: Handover, **fields: Any) -> None:
    with store.begin(ground, clock) as tx:
        tx.put(dataclasses.replace(kept, **fields))


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        (HandoverState.SIGNED_OUT, {"expect": "other"}),
        (HandoverState.SIGNED_OUT, {"expect": "other", "state": HandoverState.EFFECTIVE}),
        (HandoverState.EFFECTIVE, {"expect": "other"}),
        (HandoverState.EFFECTIVE, {"threat": None, "lines": (), "read_back": ("x", "y")}),
        (HandoverState.EFFECTIVE, {"state": HandoverState.DRAFT}),
        (HandoverState.EFFECTIVE, {"effective_at": FakeClock().now()}),
        (HandoverState.REVIEWED, {"rev": 99}),
    ],
)
def test_that_a_signed_handover_cannot_be_changed(
    store: Store, ground: Ground, clock: FakeClock, state: HandoverState, fields: dict[str, Any]
) -> None:
    kept = handover(store, ground, clock, state)
    with pytest.raises(Protected, match="a signed handover cannot be changed"):
        change(store, ground, clock, kept, **fields)
    with store.read(ground, clock.now()) as reading:
        assert reading.get(Handover, kept.id) == kept


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        (HandoverState.FROZEN, {"expect": "other", "state": HandoverState.SIGNED_OUT}),
        (HandoverState.SIGNED_OUT, {"state": HandoverState.EFFECTIVE, "effective_at": FakeClock().now(), "rev": 9}),
        (HandoverState.SIGNED_OUT, {"state": HandoverState.REFUSED, "refusal": "the keys are missing"}),
        (HandoverState.REFUSED, {"state": HandoverState.DRAFT, "expect": "other"}),
        (HandoverState.EFFECTIVE, {"state": HandoverState.REVIEWED, "rev": 9}),
    ],
)
def test_that_a_handover_moves_along_its_states(
    store: Store, ground: Ground, clock: FakeClock, state: HandoverState, fields: dict[str, Any]
) -> None:
    kept = handover(store, ground, clock, state)
    change(store, ground, clock, kept, **fields)
    with store.read(ground, clock.now()) as reading:
        assert reading.get(Handover, kept.id) == dataclasses.replace(kept, **fields)


def test_that_no_statement_deletes_or_replaces_a_signed_handover(
    tmp_path: Path, ground: Ground, clock: FakeClock
) -> None:
    with open_store(tmp_path) as store:
        handover(store, ground, clock, HandoverState.EFFECTIVE)
    with closing(sqlite3.connect(data_folder(tmp_path).database)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(handover)")]
        forged = ", ".join("'forged'" if name == "expect" else f'"{name}"' for name in columns)
        for statement in ("DELETE FROM handover", f"INSERT OR REPLACE INTO handover SELECT {forged} FROM handover"):
            with pytest.raises(sqlite3.IntegrityError, match="cannot be"):
                connection.execute(statement)


# ------------------------------------------------------------------ whose fault


def test_that_a_mistake_in_a_statement_is_not_blamed_on_the_disk(
    store: Store, ground: Ground, clock: FakeClock
) -> None:
    with pytest.raises(DBAPIError), store.begin(ground, clock) as tx:
        tx._connection.exec_driver_sql("SELECT nothing FROM nowhere")


def test_that_a_database_held_by_another_program_is_told(
    tmp_path: Path, ground: Ground, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 20)
    with open_store(tmp_path) as store, closing(sqlite3.connect(data_folder(tmp_path).database)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageFault, match="Another program holds the database"), store.begin(ground, clock):
            pass
        other.rollback()
        with store.begin(ground, clock) as tx:
            tx.record(ConsoleStarted(at=clock.now(), version="1"))


def test_that_a_database_that_cannot_be_written_is_told(tmp_path: Path, ground: Ground, clock: FakeClock) -> None:
    with open_store(tmp_path) as store:
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only=ON")
        with pytest.raises(StorageFault, match="cannot be written"), store.begin(ground, clock) as tx:
            tx.number("series")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("53100", "The disk is full"),
        ("53300", "does not answer"),  # too many connections
        ("57P01", "does not answer"),  # shut down by its administrator
        ("08006", "does not answer"),
        ("25006", "cannot be written"),
        ("55P03", "Another program holds"),
        ("58030", "The disk failed"),
        ("XX001", "is damaged"),
        ("25P02", "gave up this record"),
        ("P0001", "The record is protected: no."),
        ("42601", None),  # a mistake in a statement is ours
        ("23505", None),
    ],
)
def test_that_what_a_server_says_becomes_a_sentence(state: str, sentence: str | None) -> None:
    psycopg = pytest.importorskip("psycopg")
    error = psycopg.errors.lookup(state)("no")
    told = sentence_of(DBAPIError("SELECT 1", None, error))
    assert (told is None) == (sentence is None)
    assert told is None or (sentence or "") in told.text.en
    assert told is None or told.text.zh


@pytest.mark.parametrize("kind", [Signal, Evidence])
def test_that_bytes_and_hashes_of_any_kind_are_kept_exactly(
    store: Store, ground: Ground, clock: FakeClock, kind: type
) -> None:
    every = bytes(range(256))
    value = sample(kind, Random(1))
    value = dataclasses.replace(
        value, **({"raw": every} if kind is Signal else {"sha256": "ab" * 32, "size_bytes": 2**40})
    )
    with store.begin(ground, clock) as tx:
        tx.put(value)
    with store.read(ground, clock.now()) as reading:
        assert reading.get(kind, value.id) == value
