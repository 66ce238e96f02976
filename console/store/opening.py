"""Open the record: make it, bring it up to date, or say in a sentence why that cannot be.

The usual start reads one row: whether the stored revision is this program's. Nothing here looks at how much is stored,
and the migration library is imported only when there is something to migrate.
"""

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from console.config import DataFolder, data_folder
from console.durable import sync_folder
from console.models.clock import Clock, SystemClock
from console.models.errors import ConsoleError
from console.store import lock
from console.store.database import APPLICATION_ID, open_engine, sqlite_url
from console.store.faults import StorageFault, sentence_of, storage_faults
from console.store.store import Store

# The revision of the newest migration; a test keeps it equal to what console/store/migrations holds.
HEAD: Final = "0007"
MIGRATIONS: Final = Path(__file__).parent / "migrations"
COPIES: Final = "copies"
# Two consoles that start at once on one PostgreSQL must not both upgrade it; the number only has to be ours.
_UPGRADE_LOCK: Final = 0x5A54

_log = logging.getLogger(__name__)


def open_store(where: str | Path, *, clock: Clock | None = None) -> Store:
    """Open the record of a data folder, or of a PostgreSQL URL ("postgresql+psycopg://..."), for writing.

    A new record is made; an older one is copied (SQLite) and upgraded. Raises ConsoleError where it is newer than this
    program, damaged, not ours, or in use by another console.
    """
    clock = clock or SystemClock()
    if is_url(where):
        return _open_server(str(where))
    folder = data_folder(Path(where))
    folder.make()
    with ExitStack() as undo:
        release = _take(folder.root)
        undo.callback(release)
        _make_or_upgrade(folder, clock)
        engine = open_engine(sqlite_url(folder.database))
        undo.pop_all()
    return Store(engine, release)


def open_beside(where: str | Path) -> Store:
    """Open a record that is already there, to read it beside a running console: nothing is made, upgraded or locked."""
    if is_url(where):
        engine = open_engine(str(where))
        with _disposed_on_error(engine), storage_faults(), engine.connect() as connection:
            _refuse_other(_revision(connection), str(engine.url))
        return Store(engine)
    database = data_folder(Path(where)).database
    if not database.exists():
        raise ConsoleError(
            zh=f"{database.parent} 中没有值守记录。请检查 --data。",
            en=f"There is no record in {database.parent}. Check --data.",
        )
    _refuse_other(_revision_of_file(database), str(database))
    return Store(open_engine(sqlite_url(database)))


def is_url(where: str | Path) -> bool:
    """Whether `where` names a database server and not a folder."""
    return isinstance(where, str) and "://" in where


def _take(folder: Path) -> Callable[[], None]:
    try:
        return lock.take(folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConsoleError(
            zh=f"数据文件夹 {folder} 不可写：{reason}。", en=f"The data folder {folder} cannot be written: {reason}."
        ) from error


# ------------------------------------------------------------------ SQLite


def _make_or_upgrade(folder: DataFolder, clock: Clock) -> None:
    database = folder.database
    if not database.exists():
        _make(database)
        return
    revision = _revision_of_file(database)
    if revision == HEAD:
        return
    _refuse_newer(revision, str(database))
    _copy(database, folder.root / COPIES, revision, clock)
    _upgrade_file(database)
    _log.info("upgraded %s from revision %s to %s", database, revision, HEAD)


def _make(database: Path) -> None:
    """Make the file beside its place and move it there whole: a kill half-way leaves no half record."""
    log = database.with_name(database.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise ConsoleError(
            zh=f"{database} 不见了，但它的日志 {log.name} 还在。请找回该文件，或恢复备份。",
            en=f"{database} is gone while its log {log.name} is still there. Put the file back, or restore a backup.",
        )
    new = database.with_name(database.name + ".new")
    for leftover in _files_of(new):
        leftover.unlink(missing_ok=True)
    os.close(os.open(new, os.O_CREAT | os.O_WRONLY, 0o600))
    _upgrade_file(new)
    new.replace(database)
    sync_folder(database.parent)


def _files_of(database: Path) -> tuple[Path, ...]:
    return tuple(database.with_name(database.name + end) for end in ("", "-wal", "-shm", "-journal"))


def _upgrade_file(database: Path) -> None:
    engine = open_engine(sqlite_url(database), foreign_keys=False, pooled=False)
    with storage_faults(), engine.execution_options(writing=True).begin() as connection:
        upgrade(connection)
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(f"the upgrade of {database} left a reference to nothing: {tuple(broken)}")


def _revision_of_file(database: Path) -> str:
    """The stored revision; ConsoleError naming the file where it is empty, damaged or not ours."""
    if database.stat().st_size == 0:
        raise StorageFault(
            zh=f"{database} 是空文件，原有记录可能已丢失。如有备份请用 zhishou restore 恢复；确为新岗位请删除该文件。",
            en=f"{database} is empty; what it held may be lost. Restore a backup with zhishou restore, "
            "or delete the file if this is a new post.",
        )
    engine = open_engine(sqlite_url(database), pooled=False)
    try:
        with engine.connect() as connection:
            ours = connection.exec_driver_sql("PRAGMA application_id").scalar() == APPLICATION_ID
            revision = _revision(connection)
    except DBAPIError as error:
        told = sentence_of(error)
        raise StorageFault(
            zh=f"无法打开 {database}：{told.text.zh if told else error.orig}",
            en=f"{database} cannot be opened: {told.text.en if told else error.orig}",
        ) from error
    if revision is None or not ours:
        raise StorageFault(
            zh=f"{database} 不是值守台的记录。请移走该文件，或用 --data 指定另一个文件夹。",
            en=f"{database} is not a record of this console. Move it away, or name another folder with --data.",
        )
    return revision


def _copy(database: Path, copies: Path, revision: str, clock: Clock) -> None:
    name = f"{database.stem}-{revision}-{clock.now():%Y%m%dT%H%M%SZ}{database.suffix}"
    copies.mkdir(exist_ok=True, mode=0o700)
    try:
        copy_database(database, copies / name)
    except (OSError, sqlite3.Error) as error:
        raise StorageFault(
            zh=f"升级前无法把 {database} 复制到 {copies}：{error}。请腾出空间后再启动。",
            en=f"{database} could not be copied to {copies} before the upgrade: {error}. Make room and start again.",
        ) from error
    _log.info("copied %s to %s before the upgrade", database, copies / name)


def copy_database(source: Path, copy: Path) -> None:
    """Copy a SQLite database in one consistent moment, beside a running console; raises sqlite3.Error, OSError.

    The copy appears under its name only when it is whole and on disk.
    """
    part = copy.with_name(copy.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
    try:
        uri = f"{source.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as here, closing(sqlite3.connect(part)) as there:
            # All pages in one step: one read transaction, so that a busy console cannot make it start over for ever.
            here.backup(there, pages=-1)
            there.execute("PRAGMA journal_mode=DELETE")
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.replace(copy)
    finally:
        for left in _files_of(part):
            left.unlink(missing_ok=True)
    sync_folder(copy.parent)


# ------------------------------------------------------------------ PostgreSQL


def _open_server(url: str) -> Store:
    engine = open_engine(url)
    with _disposed_on_error(engine), storage_faults(), engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
        revision = _revision(connection)
        name = engine.url.render_as_string(hide_password=True)
        if revision is None and "journal" in inspect(connection).get_table_names():
            raise StorageFault(
                zh=f"{name} 中的表不是值守台的。请为值守台建一个空数据库。",
                en=f"The tables in {name} are not of this console. Give it an empty database of its own.",
            )
        if revision != HEAD:
            if revision is not None:
                _refuse_newer(revision, name)
                _log.warning("upgrading %s from %s; a server's database is not copied first", name, revision)
            upgrade(connection)
    return Store(engine)


def _disposed_on_error(engine: Engine) -> ExitStack:
    """Give back the engine's connections if the block raises."""

    def dispose(kind: type[BaseException] | None, *_: Any) -> None:
        if kind is not None:
            engine.dispose()

    stack = ExitStack()
    stack.push(dispose)
    return stack


# ------------------------------------------------------------------ revisions


def _revision(connection: Connection) -> str | None:
    if "alembic_version" not in inspect(connection).get_table_names():
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def _refuse_newer(revision: str, name: str) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if revision not in known:
        raise StorageFault(
            zh=f"{name} 由更新的版本写入（{revision}，本程序为 {HEAD}）。请安装新版本，不要用旧版本打开。",
            en=f"{name} was written by a newer version ({revision}, this program knows {HEAD}). "
            "Install the newer version; do not open it with this one.",
        )


def _refuse_other(revision: str | None, name: str) -> None:
    if revision is None:
        raise StorageFault(zh=f"{name} 不是值守台的记录。", en=f"{name} is not a record of this console.")
    if revision != HEAD:
        _refuse_newer(revision, name)
        raise StorageFault(
            zh=f"{name} 是旧版本的记录（{revision}）。请先启动一次值守台完成升级。",
            en=f"{name} is the record of an older version ({revision}). Start the console once to upgrade it.",
        )


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to `revision` in the connection's own transaction."""
    from alembic import command

    command.upgrade(_alembic(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Run the migrations down to `revision`, "base" for an empty database; for tests and for the technician."""
    from alembic import command

    command.downgrade(_alembic(connection), revision)


def _alembic(connection: Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
