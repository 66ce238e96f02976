"""The journal: append-only, SHA-256-chained, sealed by the month.

`hash = SHA-256(previous hash + canonical JSON of the line without its hash)`. The first line follows 64 zeros. A chain
proves that nothing was changed to whoever holds a later head; it cannot prove that the end was not cut off. Therefore
the head is printed on every form.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, literal, select

from console.models.events import Event, body_of, subject_of
from console.models.plain import canonical
from console.models.trust import GENESIS, JournalLine
from console.store import tables
from console.store.mapping import from_row
from console.store.types import iso

_J = tables.journal
_COLUMNS = tuple(column.name for column in _J.columns)
# PostgreSQL wakes whoever listens on this channel when a transaction with new lines has committed.
CHANNEL = "zhishou_journal"


def line_hash(previous: str, fields: dict[str, Any]) -> str:
    """The hash of a line: `fields` are all of the line's but `hash`, times as ISO text in UTC."""
    return hashlib.sha256(previous.encode() + canonical(fields)).hexdigest()


def expected_hash(line: JournalLine) -> str:
    """The hash that `line` must have if nothing of it was changed."""
    fields = {name: getattr(line, name) for name in _COLUMNS if name != "hash"}
    return line_hash(line.previous, {**fields, "at": iso(line.at), "written_at": iso(line.written_at)})


class Mark(NamedTuple):
    """A place in a chain to which it can be cut back."""

    lines: int
    written: int


class Chain:
    """The end of the journal inside one transaction: lines are linked as they come and written together."""

    def __init__(self, connection: Connection) -> None:
        row = connection.execute(select(_J.c.seq, _J.c.hash, _J.c.segment).order_by(_J.c.seq.desc()).limit(1)).first()
        self._end: tuple[int, str, str] = (row.seq, row.hash, row.segment) if row else (0, GENESIS, "")
        self._written = 0
        self.lines: list[JournalLine] = []

    def append(self, event: Event, written_at: datetime) -> JournalLine:
        """Link one event to the chain and return its line; ValueError for a time without a zone."""
        seq, previous, _ = self._last(len(self.lines))
        fields: dict[str, Any] = {
            "seq": seq + 1,
            "segment": written_at.astimezone(UTC).strftime("%Y-%m"),
            "at": iso(event.at),
            "written_at": iso(written_at),
            "kind": type(event).__name__,
            "subject": subject_of(event),
            "by": event.by,
            "seat": event.seat,
            "body": body_of(event),
            "previous": previous,
        }
        line = JournalLine(
            **{**fields, "at": event.at.astimezone(UTC), "written_at": written_at.astimezone(UTC)},
            hash=line_hash(previous, fields),
        )
        self.lines.append(line)
        return line

    def _last(self, count: int) -> tuple[int, str, str]:
        """Number, hash and month of the line before place `count`."""
        if count == 0:
            return self._end
        line = self.lines[count - 1]
        return line.seq, line.hash, line.segment

    def mark(self) -> Mark:
        """Where the chain stands now."""
        return Mark(len(self.lines), self._written)

    def cut(self, mark: Mark) -> None:
        """Forget what was appended, and what was written, since `mark`: a savepoint was rolled back."""
        del self.lines[mark.lines :]
        self._written = mark.written

    def write(self, connection: Connection) -> None:
        """Insert the lines that are not yet written; a month that ended is sealed with its last hash."""
        new = self.lines[self._written :]
        if not new:
            return
        seq, head, segment = self._last(self._written)
        for line in new:
            if segment and line.segment != segment:
                _seal(connection, segment, seq, head)
            seq, head, segment = line.seq, line.hash, line.segment
        connection.execute(insert(_J), [{name: getattr(line, name) for name in _COLUMNS} for line in new])
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_notify(literal(CHANNEL), literal(str(seq)))))
        self._written = len(self.lines)


def _seal(connection: Connection, segment: str, last_seq: int, last_hash: str) -> None:
    segments = tables.journal_segment
    before = connection.execute(
        select(segments.c.last_seq, segments.c.last_hash).order_by(segments.c.last_seq.desc()).limit(1)
    ).first()
    connection.execute(
        insert(segments).values(
            segment=segment if before is None or not _sealed(connection, segment) else f"{segment}+{last_seq}",
            first_seq=before.last_seq + 1 if before else 1,
            last_seq=last_seq,
            first_previous=before.last_hash if before else GENESIS,
            last_hash=last_hash,
        )
    )


def _sealed(connection: Connection, segment: str) -> bool:
    # A PC clock that was set back can enter a month twice; the second stay gets a name of its own.
    segments = tables.journal_segment
    return connection.execute(select(segments.c.segment).where(segments.c.segment == segment)).first() is not None


def read_lines(
    connection: Connection,
    *,
    after_seq: int = 0,
    limit: int | None = None,
    subjects: tuple[str, ...] = (),
    kinds: tuple[str, ...] = (),
    newest_first: bool = False,
) -> Iterator[JournalLine]:
    """Journal lines in order, optionally only those of some subjects or kinds; streamed, never all in memory."""
    query = select(_J).where(_J.c.seq > after_seq)
    if subjects:
        query = query.where(_J.c.subject.in_(subjects))
    if kinds:
        query = query.where(_J.c.kind.in_(kinds))
    query = query.order_by(_J.c.seq.desc() if newest_first else _J.c.seq)
    if limit is not None:
        query = query.limit(limit)
    with connection.execute(query, execution_options={"yield_per": 1000}) as result:
        for row in result.mappings():
            yield from_row(JournalLine, row)


def head_of(connection: Connection) -> tuple[int, str]:
    """(seq, hash) of the last line; (0, 64 zeros) of an empty journal."""
    row = connection.execute(select(_J.c.seq, _J.c.hash).order_by(_J.c.seq.desc()).limit(1)).first()
    return (row.seq, row.hash) if row else (0, GENESIS)
