"""What a database looks like, as plain data to be compared."""

from typing import Any

from sqlalchemy import Connection, inspect


def schema_of(connection: Connection) -> dict[str, Any]:
    """Give tables, columns, types, keys, indexes, triggers and functions, without those of the migration library."""
    seen = inspect(connection)
    tables = [name for name in seen.get_table_names() if name != "alembic_version"]
    return {
        "tables": {name: _table(seen, name) for name in tables},
        "triggers": _triggers(connection),
    }


def _table(seen: Any, name: str) -> dict[str, Any]:
    return {
        "columns": [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in seen.get_columns(name)],
        "types": {c["name"]: getattr(c["type"], "timezone", None) for c in seen.get_columns(name)},
        "primary key": seen.get_pk_constraint(name),
        "foreign keys": sorted(seen.get_foreign_keys(name), key=str),
        "unique": sorted(((u["name"], tuple(u["column_names"])) for u in seen.get_unique_constraints(name)), key=str),
        "checks": sorted(seen.get_check_constraints(name), key=str),
        "indexes": sorted(
            (i["name"], tuple(i["column_names"]), bool(i["unique"]), str(_condition(i))) for i in seen.get_indexes(name)
        ),
    }


def _condition(index: dict[str, Any]) -> str:
    options = index.get("dialect_options", {})
    condition = options.get("sqlite_where", options.get("postgresql_where", ""))
    return str(condition).replace('"', "").strip("()")


def _triggers(connection: Connection) -> dict[str, str]:
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    else:
        rows = connection.exec_driver_sql(
            "SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
            "UNION ALL SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        )
    return {str(name): str(sql) for name, sql in rows}
