"""Triggers by which the database itself refuses to change what may only be added to.

A chain shows a change afterwards; the trigger refuses it at once, whoever holds the connection.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, Table

from console.store import tables

APPEND_ONLY_TABLES = ("journal", "signal", "log_entry", "signature", "evidence", "printed_report", "punch", "threat")

# A handover that took effect may still be reviewed by the shift leader, and nothing else.
_HANDOVER_FREE = ("state", "rev")


def _sqlite(table: str, operation: str, condition: str, message: str) -> str:
    when = f" WHEN {condition}" if condition else ""
    name = f"guard_{table}_{operation.lower()}"
    return (
        f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW{when} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _postgres(table: str, operation: str, condition: str, message: str) -> Iterator[str]:
    name = f"guard_{table}_{operation.lower()}"
    when = f" WHEN ({condition})" if condition else ""
    yield (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$"
    )
    yield f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW{when} EXECUTE FUNCTION {name}()"


def _handover_condition(table: Table) -> str:
    kept = [column.name for column in table.columns if column.name not in _HANDOVER_FREE]
    changed = " OR ".join(f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in kept)
    return (
        "OLD.state = 'reviewed' OR "
        f"(OLD.state = 'effective' AND (NEW.state NOT IN ('effective', 'reviewed') OR {changed}))"
    )


def statements(dialect: str) -> list[str]:
    """The DDL of every guard for "sqlite" or "postgresql"."""
    wanted: list[tuple[str, str, str, str]] = []
    for table in APPEND_ONLY_TABLES:
        wanted.append((table, "UPDATE", "", f"{table} is append-only"))
        wanted.append((table, "DELETE", "", f"{table} is append-only"))
    condition = _handover_condition(tables.handover)
    if dialect == "sqlite":
        condition = condition.replace("IS DISTINCT FROM", "IS NOT")
    wanted.append(("handover", "UPDATE", condition, "a signed handover cannot be changed"))
    wanted.append(("handover", "DELETE", "", "a handover cannot be deleted"))
    if dialect == "sqlite":
        return [_sqlite(*guard) for guard in wanted]
    return [statement for guard in wanted for statement in _postgres(*guard)]


def install(connection: Connection) -> None:
    """Create every guard on a fresh database."""
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
