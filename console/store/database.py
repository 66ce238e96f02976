"""Open the database: SQLite in the data folder by default, PostgreSQL by URL."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.pool import NullPool, QueuePool

BUSY_TIMEOUT_MS = 5000


def sqlite_url(data_dir: Path) -> str:
    """The URL of the default database under `data_dir`."""
    return f"sqlite:///{data_dir / 'zhishou.sqlite'}"


def open_engine(url: str) -> Engine:
    """An engine with the settings the record depends on: WAL, foreign keys, every commit on disk before it returns."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, poolclass=QueuePool, pool_size=4)
    engine = create_engine(url, poolclass=QueuePool if ":memory:" not in url else NullPool, pool_size=4)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # pysqlite's own transaction handling breaks SAVEPOINT; we say BEGIN ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "trusted_schema=OFF",
            "journal_size_limit=67108864",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
