"""The journal: append-only, SHA-256-chained, sealed by the month.

`hash = SHA-256(previous hash + canonical JSON of the line without its hash)`. The first line follows 64 zeros. A chain
proves that nothing was changed to whoever holds a later head; it cannot prove that the end was not cut off. Therefore
the head is printed on every form.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from console.models.events import Event, body_of, subject_of
from console.models.plain import canonical
from console.models.trust import GENESIS, JournalLine
from console.store import tables
from console.store.mapping import from_row

_J = tables.journal


def line_hash(previous: str, fields: dict[str, Any]) -> str:
    """The hash of a line: `fields` are all of the line's but `hash`, times as ISO text in UTC."""
    return hashlib.sha256(previous.encode() + canonical(fields)).hexdigest()


def _hashed_fields(line: JournalLine) -> dict[str, Any]:
    return {
        "seq": line.seq,
        "segment": line.segment,
        "at": _iso(line.at),
        "written_at": _iso(line.written_at),
        "kind": line.kind,
        "subject": line.subject,
        "by": line.by,
        "seat": line.seat,
        "body": line.body,
        "previous": line.previous,
    }


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def expected_hash(line: JournalLine) -> str:
    """The hash that `line` must have if nothing of it was changed."""
    return line_hash(line.previous, _hashed_fields(line))


class Chain:
    """The end of the journal inside one transaction: lines are linked as they come and written together."""

    def __init__(self, connection: Connection) -> None:
        row = connection.execute(select(_J.c.seq, _J.c.hash, _J.c.segment).order_by(_J.c.seq.desc()).limit(1)).first()
        self.seq: int = row.seq if row else 0
        self.head: str = row.hash if row else GENESIS
        self.segment: str = row.segment if row else ""
        self.lines: list[JournalLine] = []

    def append(self, event: Event, written_at: datetime) -> JournalLine:
        """Link one event to the chain and return its line."""
        previous = self.lines[-1].hash if self.lines else self.head
        seq = (self.lines[-1].seq if self.lines else self.seq) + 1
        fields: dict[str, Any] = {
            "seq": seq,
            "segment": written_at.strftime("%Y-%m"),
            "at": _iso(event.at),
            "written_at": _iso(written_at),
            "kind": type(event).__name__,
            "subject": subject_of(event),
            "by": event.by,
            "seat": event.seat,
            "body": body_of(event),
            "previous": previous,
        }
        line = JournalLine(**{**fields, "at": event.at, "written_at": written_at}, hash=line_hash(previous, fields))
        self.lines.append(line)
        return line

    def write(self, connection: Connection) -> None:
        """Insert the collected lines; a month that ended is sealed with its first and last hash."""
        if not self.lines:
            return
        segment, head, seq = self.segment, self.head, self.seq
        for line in self.lines:
            if segment and line.segment != segment:
                _seal(connection, segment, seq, head)
            segment, head, seq = line.segment, line.hash, line.seq
        connection.execute(
            insert(_J),
            [{column.name: getattr(line, column.name) for column in _J.columns} for line in self.lines],
        )


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
    for row in connection.execution_options(yield_per=1000).execute(query).mappings():
        yield from_row(JournalLine, row)


def head_of(connection: Connection) -> tuple[int, str]:
    """(seq, hash) of the last line; (0, 64 zeros) of an empty journal."""
    row = connection.execute(select(_J.c.seq, _J.c.hash).order_by(_J.c.seq.desc()).limit(1)).first()
    return (row.seq, row.hash) if row else (0, GENESIS)
