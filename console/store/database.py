"""Open connections to the database: SQLite in the data folder by default, PostgreSQL by URL."""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.pool import NullPool, QueuePool

BUSY_TIMEOUT_MS: Final = 5000
# Says "this file is a record of ours" in the file's own header, "ZSOU" in ASCII.
APPLICATION_ID: Final = 0x5A534F55


def sqlite_url(file: Path) -> URL:
    """The URL of a SQLite file."""
    return URL.create("sqlite", database=str(file))


def open_engine(url: str | URL, *, foreign_keys: bool = True, pooled: bool = True) -> Engine:
    """An engine with the settings the record depends on: WAL, foreign keys, every commit on disk before it returns.

    Nothing is opened before the first connection. `foreign_keys=False` is for migrations, which rebuild tables.
    """
    url = make_url(url)
    if url.get_backend_name() != "sqlite":
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        return create_engine(url, pool_pre_ping=True, poolclass=QueuePool if pooled else NullPool)
    engine = create_engine(url, poolclass=QueuePool if pooled else NullPool)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # pysqlite's own transaction handling breaks SAVEPOINT; we say BEGIN ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
            "trusted_schema=OFF",
            "cell_size_check=ON",
            "journal_size_limit=67108864",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
