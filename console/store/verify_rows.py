"""Compare every row with the newest value that the journal brings back, and find rows and lines without the other."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, get_type_hints

import msgspec
from sqlalchemy import ColumnElement, Connection, FromClause, Table, func, select

from console.models.duty import Handover, HandoverState
from console.models.events import EVENTS, REBUILDS
from console.models.text import Text
from console.store import tables
from console.store.findings import Finding
from console.store.mapping import TABLES, from_row, key_column

_J = tables.journal
# What is being typed into a handover is on disk before it is on record, so that a kill costs no word; the record hears of
# it when the field is left, and the signature of all of it. What is signed is compared whole.
_BEING_WRITTEN = frozenset({"weather", "instructions", "expect", "remarks", "read_back", "equipment"})
_UNSIGNED = frozenset({HandoverState.DRAFT, HandoverState.FROZEN, HandoverState.DISPUTED, HandoverState.REFUSED})
LOST_SHOWN = 100  # lines without a row that are looked for in one table


def kinds_of() -> dict[type, tuple[str, ...]]:
    """Which kinds of event bring back the values of which model."""
    found: dict[type, list[str]] = {}
    for name, field in REBUILDS.items():
        found.setdefault(get_type_hints(EVENTS[name])[field], []).append(name)
    return {model: tuple(names) for model, names in found.items()}


def total(connection: Connection) -> int:
    """How many rows there are to be compared."""
    return sum(
        int(connection.execute(select(func.count()).select_from(TABLES[model])).scalar_one()) for model in kinds_of()
    )


def newest(connection: Connection, model: type, key: str) -> Any:
    """The value of that id as the journal alone brings it back; None where no line carries one."""
    query = select(_J.c.kind, _J.c.body).where(_J.c.subject == key, _among(_J, kinds_of()[model]))
    row = connection.execute(query.order_by(_J.c.seq.desc()).limit(1)).first()
    return None if row is None else _value(row.kind, row.body)


def _among(journal: FromClause, kinds: tuple[str, ...]) -> ColumnElement[bool]:
    # Not a plain comparison: a planner without statistics could prefer the index of kinds to that of subjects.
    return journal.c.kind.concat("").in_(kinds)


def _value(kind: str, body: str) -> Any:
    return getattr(msgspec.json.decode(body, type=EVENTS[kind]), REBUILDS[kind])


def findings(connection: Connection, count: Callable[[], None]) -> Iterator[Finding]:
    """Every row that is not what the journal says, then every line whose row is gone."""
    for model, kinds in kinds_of().items():
        yield from _rows(connection, model, kinds, count)
        yield from _lost(connection, TABLES[model], kinds)


def _rows(connection: Connection, model: type, kinds: tuple[str, ...], count: Callable[[], None]) -> Iterator[Finding]:
    table = TABLES[model]
    key = key_column(table)
    line, each = _J.alias("line"), _J.alias("each_line")
    last = select(func.max(each.c.seq)).where(each.c.subject == table.c[key], _among(each, kinds)).scalar_subquery()
    told = [line.c[name].label(f"line_{name}") for name in ("seq", "kind", "body")]
    query = select(table, *told).select_from(table.outerjoin(line, line.c.seq == last)).order_by(table.c[key])
    with connection.execute(query, execution_options={"yield_per": 1000}) as result:
        for row in result.mappings():
            count()
            named = f"{table.name} {row[key]}"
            if row["line_seq"] is None:
                yield _row(f"记录 {named} 没有日志依据", f"Row {named} has no line in the journal", 0)
                continue
            try:
                said = _value(row["line_kind"], row["line_body"])
                kept: Any = from_row(model, {column.name: row[column.name] for column in table.columns})
            except (msgspec.DecodeError, ValueError) as error:
                yield _row(f"记录 {named} 读不出（{error}）", f"Row {named} cannot be read ({error})", row["line_seq"])
                continue
            if kept != said and (differing := ", ".join(_differing(kept, said))):
                yield _row(
                    f"记录 {named} 与日志第 {row['line_seq']} 行不符（{differing}）",
                    f"Row {named} is not what journal line {row['line_seq']} says ({differing})",
                    row["line_seq"],
                )


def _differing(kept: Any, said: Any) -> Iterator[str]:
    open_form = isinstance(said, Handover) and said.state in _UNSIGNED
    for field in fields(said):
        if not (open_form and field.name in _BEING_WRITTEN) and getattr(said, field.name) != getattr(kept, field.name):
            yield field.name


def _lost(connection: Connection, table: Table, kinds: tuple[str, ...]) -> Iterator[Finding]:
    present = select(table.c[key_column(table)]).where(table.c[key_column(table)] == _J.c.subject).exists()
    query = select(_J.c.seq, _J.c.subject).where(_J.c.kind.in_(kinds), ~present).order_by(_J.c.seq).limit(LOST_SHOWN)
    told: set[str] = set()
    for row in connection.execute(query).all():
        if row.subject not in told:
            told.add(row.subject)
            yield _row(
                f"日志第 {row.seq} 行的记录 {table.name} {row.subject} 已不在",
                f"Row {table.name} {row.subject} of journal line {row.seq} is gone",
                row.seq,
            )


def _row(zh: str, en: str, seq: int) -> Finding:
    return Finding(kind="row", text=Text(zh + "。", en + "."), seq=seq)
