"""Triggers by which the database itself refuses to change what may only be added to.

A chain shows a change afterwards; the trigger refuses it at once, whoever holds the connection. What is written here is
how the guards stand now; a database gets them from its migrations, and a test keeps the two equal.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import UniqueConstraint

from console.store import tables

APPEND_ONLY_TABLES = (
    "journal",
    "journal_segment",
    "signal",
    "log_entry",
    "signature",
    "evidence",
    "printed_report",
    "punch",
    "threat",
)
GENESIS = "0" * 64

# What may still move under a signature: the handover's state, the moment it took effect, and its revision.
_HANDOVER_FREE = ("state", "effective_at", "rev")
_HANDOVER_SIGNED = tuple(column.name for column in tables.handover.columns if column.name not in _HANDOVER_FREE)
_HANDOVER_MESSAGE = "a signed handover cannot be changed"
_CHAIN_MESSAGE = "journal is append-only: a line has to follow the last one"


@dataclass(frozen=True, slots=True)
class Guard:
    """One refusal: `operation` on `table` where `condition` holds (always, where it is empty)."""

    table: str
    operation: str
    condition: str
    message: str

    @property
    def name(self) -> str:
        """The name of the trigger."""
        return f"guard_{self.table}_{self.operation.lower()}"


def _changed(before: str, differs: str) -> str:
    return " OR ".join(f'NEW."{name}" {differs} {before}."{name}"' for name in _HANDOVER_SIGNED)


def _handover(before: str, differs: str) -> str:
    changed = _changed(before, differs)
    return (
        f"{before}.state = 'reviewed'"
        f" OR ({before}.state = 'effective' AND (NEW.state NOT IN ('effective', 'reviewed')"
        f" OR NEW.effective_at {differs} {before}.effective_at OR {changed}))"
        f" OR ({before}.state = 'signed_out' AND NEW.state IN ('signed_out', 'effective', 'reviewed') AND ({changed}))"
    )


def _refused(dialect: str) -> Iterator[Guard]:
    differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    for table in APPEND_ONLY_TABLES:
        for operation in ("UPDATE", "DELETE"):
            yield Guard(table, operation, "", f"{table} is append-only")
    yield Guard("handover", "UPDATE", _handover("OLD", differs), _HANDOVER_MESSAGE)
    yield Guard("handover", "DELETE", "", "a handover cannot be deleted")


def _same_key(table: str) -> str:
    """Whether a row of the same primary or unique key is there already."""
    own = tables.metadata.tables[table]
    keys = [own.primary_key.columns, *(c.columns for c in own.constraints if isinstance(c, UniqueConstraint))]
    same = " OR ".join(
        f"({each})" for each in sorted(" AND ".join(f'"{c.name}" = NEW."{c.name}"' for c in key) for key in keys)
    )
    return f"EXISTS (SELECT 1 FROM {table} WHERE {same})"


def _sqlite() -> Iterator[str]:
    guards = list(_refused("sqlite"))
    # INSERT OR REPLACE deletes the old row without asking any DELETE trigger.
    guards += [Guard(table, "INSERT", _same_key(table), f"{table} is append-only") for table in APPEND_ONLY_TABLES[1:]]
    replaced = f"EXISTS (SELECT 1 FROM handover AS kept WHERE kept.id = NEW.id AND ({_handover('kept', 'IS NOT')}))"
    guards.append(Guard("handover", "INSERT", replaced, _HANDOVER_MESSAGE))
    follows = (
        "NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal) OR NEW.previous IS NOT "
        f"(SELECT coalesce((SELECT hash FROM journal ORDER BY seq DESC LIMIT 1), '{GENESIS}'))"
    )
    guards.append(Guard("journal", "INSERT", follows, _CHAIN_MESSAGE))
    for guard in guards:
        when = f" WHEN {guard.condition}" if guard.condition else ""
        yield (
            f"CREATE TRIGGER {guard.name} BEFORE {guard.operation} ON {guard.table} FOR EACH ROW{when} "
            f"BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
        )


def _postgresql() -> Iterator[str]:
    yield (
        "CREATE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0]; END $$"
    )
    yield (
        "CREATE FUNCTION guard_chain() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE last record; "
        "BEGIN SELECT seq, hash INTO last FROM journal ORDER BY seq DESC LIMIT 1; "
        f"IF NEW.seq <> coalesce(last.seq, 0) + 1 OR NEW.previous <> coalesce(last.hash, '{GENESIS}') "
        f"THEN RAISE EXCEPTION USING MESSAGE = '{_CHAIN_MESSAGE}'; END IF; RETURN NEW; END $$"
    )
    for guard in _refused("postgresql"):
        when = f" WHEN ({guard.condition})" if guard.condition else ""
        yield (
            f"CREATE TRIGGER {guard.name} BEFORE {guard.operation} ON {guard.table} FOR EACH ROW{when} "
            f"EXECUTE FUNCTION guard_refuse('{guard.message}')"
        )
    for table in (*APPEND_ONLY_TABLES, "handover"):
        yield (
            f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION guard_refuse('{table} is append-only')"
        )
    yield "CREATE TRIGGER guard_journal_insert BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION guard_chain()"


def statements(dialect: str) -> tuple[str, ...]:
    """The DDL of every guard for "sqlite" or "postgresql", in the order in which it has to run."""
    return tuple(_sqlite() if dialect == "sqlite" else _postgresql())
