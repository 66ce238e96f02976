"""Transactions: read models, write models, and say what happened, all in one commit."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Self, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Engine,
    Insert,
    Integer,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from typing_extensions import override

from console.models.alarms import Alarm
from console.models.clock import Clock
from console.models.errors import ConsoleError
from console.models.events import Event
from console.models.plans import Plan
from console.models.settings import SettingValue
from console.models.site import Site
from console.models.trust import JournalLine
from console.store import tables
from console.store.faults import (
    PROTECTED,
    TRANSACTION_LOST,
    Protected,
    StorageFault,
    key_is_taken,
    storage_cause,
    storage_faults,
)
from console.store.journal import Chain, head_of, read_lines
from console.store.mapping import APPEND_ONLY, BULK, TABLES, from_row, key_column, to_row
from console.store.searching import search

T = TypeVar("T")

# Serialises the journal between workstations on one PostgreSQL; the number only has to be ours.
_JOURNAL_LOCK = 0x5A53
_ADDED_TO = frozenset(TABLES[kind] for kind in APPEND_ONLY)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every command stands on: the site, its plans, and the settings in force."""

    site: Site
    plans: tuple[Plan, ...] = ()
    settings: dict[str, SettingValue] = field(default_factory=dict)


class Reading:
    """A consistent view of the record."""

    def __init__(self, connection: Connection, ground: Ground, now: datetime) -> None:
        self._connection = connection
        self.ground = ground
        self.now = now

    @property
    def site(self) -> Site:
        """The site as loaded."""
        return self.ground.site

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The plans in force."""
        return self.ground.plans

    @property
    def settings(self) -> dict[str, SettingValue]:
        """The settings in force (defaults left out)."""
        return self.ground.settings

    def get(self, kind: type[T], key: str) -> T | None:
        """The value of that id, or None."""
        row = self._connection.execute(_by_key(TABLES[kind]), {"key": key}).mappings().first()
        return None if row is None else from_row(kind, row)

    def need(self, kind: type[T], key: str) -> T:
        """The value of that id; ConsoleError where there is none."""
        value = self.get(kind, key)
        if value is None:
            raise ConsoleError(zh=f"找不到记录：{kind.__name__} {key}。", en=f"There is no {kind.__name__} {key}.")
        return value

    def find(
        self,
        kind: type[T],
        /,
        *,
        order_by: str = "",
        newest_first: bool = False,
        limit: int | None = None,
        since: tuple[str, datetime] | None = None,
        before: tuple[str, datetime] | None = None,
        **equals: Any,
    ) -> tuple[T, ...]:
        """The values whose fields equal what is given; None asks for empty fields, a tuple for any of its members.

        `since` is (time field, earliest), `before` (time field, first moment that is too late). Ordered by `order_by`,
        or by id, which for ULIDs is the order of making.
        """
        where, bound = _conditions(equals, since, before)
        table = TABLES[kind]
        query = _finding(table, where, order_by or key_column(table), newest_first, limit is not None)
        if limit is not None:
            bound["limit"] = limit
        return tuple(from_row(kind, row) for row in self._connection.execute(query, bound).mappings())

    def each(self, kind: type[T], /, *, since: tuple[str, datetime] | None = None, **equals: Any) -> Iterator[T]:
        """The values that `find` would give, by id, a few at a time: for lists too long to be held in memory."""
        where, bound = _conditions(equals, since)
        table = TABLES[kind]
        query = _finding(table, where, key_column(table), newest_first=False, limited=False)
        with self._connection.execute(query, bound, execution_options={"yield_per": 1000}) as result:
            for row in result.mappings():
                yield from_row(kind, row)

    def columns(
        self,
        kind: type,
        names: tuple[str, ...],
        /,
        *,
        since: tuple[str, datetime] | None = None,
        before: tuple[str, datetime] | None = None,
        **equals: Any,
    ) -> list[tuple[Any, ...]]:
        """Some columns of the rows that `find` would give, in no order: for lists of hundreds of thousands."""
        where, bound = _conditions(equals, since, before)
        return [tuple(row) for row in self._connection.execute(_columns(TABLES[kind], where, names), bound)]

    def first(self, kind: type[T], /, **equals: Any) -> T | None:
        """The first value that `find` would give, or None."""
        found = self.find(kind, limit=1, **equals)
        return found[0] if found else None

    def count(self, kind: type, /, *, since: tuple[str, datetime] | None = None, **equals: Any) -> int:
        """How many values `find` would give."""
        where, bound = _conditions(equals, since)
        return int(self._connection.execute(_counting(TABLES[kind], where), bound).scalar_one())

    def search(self, **asked: Any) -> tuple[tuple[Alarm, datetime], ...]:
        """Alarms of all history; see console.store.searching.search for what may be asked."""
        return search(self._connection, **asked)

    def journal(self, **filters: Any) -> Iterator[JournalLine]:
        """Journal lines; see console.store.journal.read_lines for the filters."""
        return read_lines(self._connection, **filters)

    def head(self) -> tuple[int, str]:
        """(seq, hash) of the journal's last line."""
        return head_of(self._connection)


# What `find` asks of a column. Statements are made once for each shape of question and then only bound: building one
# takes longer than running it.
_Where = tuple[tuple[str, str], ...]


def _conditions(
    equals: dict[str, Any], since: tuple[str, datetime] | None, before: tuple[str, datetime] | None = None
) -> tuple[_Where, dict[str, Any]]:
    where: list[tuple[str, str]] = []
    bound: dict[str, Any] = {}
    for name, wanted in equals.items():
        if wanted is None:
            where.append((name, "empty"))
        elif isinstance(wanted, tuple | frozenset | set | list):
            where.append((name, "among"))
            bound[f"{name}_among"] = [_plain(each) for each in wanted]
        else:
            where.append((name, "equal"))
            bound[f"{name}_equal"] = _plain(wanted)
    if since is not None:
        where.append((since[0], "since"))
        bound[f"{since[0]}_since"] = since[1]
    if before is not None:
        where.append((before[0], "before"))
        bound[f"{before[0]}_before"] = before[1]
    return tuple(where), bound


def _plain(wanted: Any) -> Any:
    return wanted.value if isinstance(wanted, Enum) else wanted


_ASKS: dict[str, Callable[[Any, str], ColumnElement[bool]]] = {
    "empty": lambda column, _: column.is_(None),
    "among": lambda column, name: column.in_(bindparam(name, expanding=True)),
    "equal": lambda column, name: column == bindparam(name),
    "since": lambda column, name: column >= bindparam(name),
    "before": lambda column, name: column < bindparam(name),
}


def _asked(table: Table, where: _Where) -> Iterator[ColumnElement[bool]]:
    return (_ASKS[how](table.c[name], f"{name}_{how}") for name, how in where)


@cache
def _by_key(table: Table) -> Select[Any]:
    return select(table).where(table.c[key_column(table)] == bindparam("key"))


@cache
def _finding(table: Table, where: _Where, order_by: str, newest_first: bool, limited: bool) -> Select[Any]:
    order: ColumnElement[Any] = table.c[order_by]
    if where and not limited and order_by == key_column(table):
        # Without statistics SQLite would rather walk a million rows in the order of their ids than sort the few that an
        # index finds; the expression takes the choice away.
        order = order.concat("")
    query = select(table).where(*_asked(table, where)).order_by(order.desc() if newest_first else order)
    return query.limit(bindparam("limit", type_=Integer)) if limited else query


@cache
def _columns(table: Table, where: _Where, names: tuple[str, ...]) -> Select[Any]:
    return select(*(table.c[name] for name in names)).where(*_asked(table, where))


@cache
def _counting(table: Table, where: _Where) -> Select[Any]:
    return select(func.count()).select_from(table).where(*_asked(table, where))


class Transaction(Reading):
    """One commit's worth of change. Commands get it, change models with `put`, and `record` what happened."""

    def __init__(self, connection: Connection, ground: Ground, clock: Clock) -> None:
        super().__init__(connection, ground, clock.now())
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _JOURNAL_LOCK})
        self.clock = clock
        self.chain = Chain(connection)
        self.events: list[Event] = []

    def put(self, value: Any) -> None:
        """Write a model value: insert it, or replace the row of the same id.

        Of what may only be added to (console.store.mapping.APPEND_ONLY) a second value of one id raises Protected.
        """
        table = TABLES[type(value)]
        try:
            self._connection.execute(_writing(table, self._connection.dialect.name), to_row(value))
        except IntegrityError as error:
            if table not in _ADDED_TO or not key_is_taken(error):
                raise
            raise Protected(
                *PROTECTED
            ) from error  # SQLite's guard says so itself, PostgreSQL only that the key is taken

    def forget(self, kind: type, /, **equals: Any) -> int:
        """Delete rows of what comes and goes in bulk (console.store.mapping.BULK), and give how many; never anything else."""
        if kind not in BULK or not equals:
            raise ValueError(f"{kind.__name__} is not to be forgotten")
        where, bound = _conditions(equals, None)
        return int(self._connection.execute(_forgetting(TABLES[kind], where), bound).rowcount)

    def change(self, kind: type, changes: dict[str, Any], /, **equals: Any) -> int:
        """Set fields of many of them at once, and give how many."""
        if kind not in BULK or not equals:
            raise ValueError(f"{kind.__name__} is not to be changed in bulk")
        where, bound = _conditions(equals, None)
        statement = update(TABLES[kind]).where(*_asked(TABLES[kind], where)).values(**changes)
        return int(self._connection.execute(statement, bound).rowcount)

    def forget_before(self, kind: type, field: str, at: datetime, /, **equals: Any) -> int:
        """Delete those of them that `field` dates before `at`."""
        if kind not in BULK:
            raise ValueError(f"{kind.__name__} is not to be forgotten")
        where, bound = _conditions(equals, None, (field, at))
        return int(self._connection.execute(_forgetting(TABLES[kind], where), bound).rowcount)

    def record(self, event: Event) -> None:
        """Say what happened: a journal line in this commit, an event on the bus after it."""
        self.chain.append(event, self.now)
        self.events.append(event)

    @override
    def journal(self, **filters: Any) -> Iterator[JournalLine]:
        self.chain.write(self._connection)
        return super().journal(**filters)

    @override
    def head(self) -> tuple[int, str]:
        self.chain.write(self._connection)
        return super().head()

    def number(self, series: str) -> int:
        """The next number of a gapless series, starting with 1; given back if the transaction fails."""
        table = tables.numbering
        found = self._connection.execute(select(table.c.next).where(table.c.series == series)).scalar()
        number = 1 if found is None else int(found)
        if found is None:
            self._connection.execute(insert(table).values(series=series, next=2))
        else:
            self._connection.execute(update(table).where(table.c.series == series).values(next=number + 1))
        return number

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Run one command of a burst: if it raises, only its own changes, lines and events are undone.

        Where the disk or the server failed, that cannot be done: StorageFault, and the whole transaction is over.
        """
        self.now = self.clock.now()
        mark, events = self.chain.mark(), len(self.events)
        try:
            with storage_faults(), self._connection.begin_nested():
                yield
        except BaseException as error:
            self.chain.cut(mark)
            del self.events[events:]
            if not isinstance(error, StorageFault) and self._is_lost():
                raise (storage_cause(error) or StorageFault(*TRANSACTION_LOST)) from error
            raise

    def _is_lost(self) -> bool:
        """Whether the database gave up the whole transaction by itself; what follows would be committed piecemeal."""
        if self._connection.invalidated or self._connection.closed:
            return True
        driver = self._connection.connection.driver_connection
        return isinstance(driver, sqlite3.Connection) and not driver.in_transaction


@cache
def _forgetting(table: Table, where: _Where) -> Delete:
    return delete(table).where(*_asked(table, where))


@cache
def _writing(table: Table, dialect: str) -> Insert:
    """INSERT; for what may be changed, INSERT or UPDATE by id."""
    if table in _ADDED_TO:
        return insert(table)
    statement: Any = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    key = key_column(table)
    changed = {column.name: statement.excluded[column.name] for column in table.columns if column.name != key}
    return statement.on_conflict_do_update(index_elements=[key], set_=changed)  # type: ignore[no-any-return]


class Store:
    """The open record. Made by console.store.opening.open_store, which brings the schema up to date first.

    A context manager: leaving gives back every connection, and the data folder to the next console.
    """

    def __init__(self, engine: Engine, release: Callable[[], None] | None = None) -> None:
        self.engine = engine
        self._release = release
        self._writing = threading.Lock()
        self._writer = engine.execution_options(writing=True)
        # On PostgreSQL one statement is consistent by itself, a transaction only from REPEATABLE READ on.
        server = engine.dialect.name != "sqlite"
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if server else {}
        self._reader = engine.execution_options(**options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def begin(self, ground: Ground, clock: Clock) -> Iterator[Transaction]:
        """A writing transaction: committed, on disk, when the block ends; nothing of it remains if it raises."""
        with self._writing, storage_faults(), self._writer.begin() as connection:
            transaction = Transaction(connection, ground, clock)
            yield transaction
            transaction.chain.write(connection)

    @contextmanager
    def read(self, ground: Ground, now: datetime) -> Iterator[Reading]:
        """A reading transaction: one consistent view, beside the writer."""
        with self.look() as connection:
            yield Reading(connection, ground, now)

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """A bare reading connection that sees one moment, for the tools of the store itself."""
        with storage_faults(), self._reader.connect() as connection:
            yield connection

    def close(self) -> None:
        """Give back every connection, and the data folder."""
        self.engine.dispose()
        if self._release is not None:
            self._release()
            self._release = None
