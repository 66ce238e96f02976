"""What the disk or the server does to us, told to the operator in a sentence; our own mistakes stay what they are."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from console.models.errors import ConsoleError


class StorageFault(ConsoleError):
    """The disk or the database server failed: the whole transaction is lost, not only the command that noticed."""


class Protected(ConsoleError):
    """The database itself refused to change what may only be added to."""


_FULL = ("磁盘已满，无法记录。请立即腾出空间。", "The disk is full, nothing can be recorded. Free some space at once.")
_NOT_WRITABLE = (
    "数据库不可写。请检查数据文件夹的权限。",
    "The database cannot be written. Check the rights of the data folder.",
)
_HELD = ("数据库被其他程序占用。", "Another program holds the database.")
_DAMAGED = (
    "数据库已损坏。请用 zhishou restore 恢复备份。",
    "The database is damaged. Restore a backup with zhishou restore.",
)
_DISK = (
    "读写磁盘失败。请检查硬盘，并立即备份。",
    "The disk failed to read or write. Check the disk, and make a backup at once.",
)
_SERVER = (
    "数据库服务器没有应答。请检查服务器与网络。",
    "The database server does not answer. Check the server and the network.",
)

PROTECTED = ("记录受保护，不能修改或删除。", "The record is protected: append-only.")
TRANSACTION_LOST = (
    "数据库放弃了此次记录，未保存。请重试；如再次发生，请检查硬盘。",
    "The database gave up this record; nothing of it was kept. Try again, and check the disk if it happens again.",
)

# SQLite's primary result codes (sqlite.org/rescode.html) that are not our doing.
_SQLITE: dict[int, tuple[str, str]] = {
    3: _NOT_WRITABLE,  # PERM
    5: _HELD,  # BUSY
    6: _HELD,  # LOCKED
    7: _DISK,  # NOMEM
    8: _NOT_WRITABLE,  # READONLY
    10: _DISK,  # IOERR
    11: _DAMAGED,  # CORRUPT
    13: _FULL,  # FULL
    14: _NOT_WRITABLE,  # CANTOPEN
    15: _HELD,  # PROTOCOL
    26: _DAMAGED,  # NOTADB
    4874: _FULL,  # IOERR_SHMSIZE: the index of the log cannot grow
}
_SQLITE_TRIGGER = 1811  # CONSTRAINT_TRIGGER: RAISE(ABORT) of a guard

# PostgreSQL's SQLSTATE (appendix A of its manual), the longest prefix that fits.
_POSTGRESQL: dict[str, tuple[str, str]] = {
    "08": _SERVER,  # connection exception
    "25006": _NOT_WRITABLE,  # read-only transaction
    "25P02": TRANSACTION_LOST,  # an earlier statement of the transaction failed
    "28": _SERVER,  # invalid authorization
    "3D": _SERVER,  # no such database
    "42501": _NOT_WRITABLE,  # insufficient privilege
    "53": _SERVER,  # insufficient resources
    "53100": _FULL,  # disk full
    "55P03": _HELD,  # lock not available
    "57": _SERVER,  # operator intervention, shutdown
    "58": _DISK,  # system error
    "XX": _DAMAGED,  # internal error, data corrupted
}
_POSTGRESQL_RAISED = "P0001"  # RAISE EXCEPTION of a guard


def sentence_of(error: DBAPIError) -> ConsoleError | None:
    """The operator's sentence for what the driver said; None where the statement itself was wrong, which is our bug."""
    cause = error.orig
    number = getattr(cause, "sqlite_errorcode", None)
    state = getattr(cause, "sqlstate", None)
    if number == _SQLITE_TRIGGER or state == _POSTGRESQL_RAISED:
        said = str(cause).splitlines()[0]
        return Protected(zh=f"记录受保护，不能修改或删除（{said}）。", en=f"The record is protected: {said}.")
    pair = None
    if number is not None:
        pair = _SQLITE.get(number) or _SQLITE.get(number & 0xFF)
    elif state is not None:
        pair = next((_POSTGRESQL[state[:n]] for n in (5, 2) if state[:n] in _POSTGRESQL), None)
    elif error.connection_invalidated or type(cause).__name__ == "OperationalError":
        pair = _SERVER  # the connection itself failed, before any statement had a code
    return StorageFault(*pair) if pair else None


def key_is_taken(error: DBAPIError) -> bool:
    """Whether a row of the same key is there already, as a guard says it or the key itself."""
    taken = (_SQLITE_TRIGGER, 1555, 2067, "23505")  # CONSTRAINT_PRIMARYKEY, CONSTRAINT_UNIQUE, unique_violation
    return getattr(error.orig, "sqlite_errorcode", None) in taken or getattr(error.orig, "sqlstate", None) in taken


def storage_cause(error: BaseException | None) -> StorageFault | None:
    """The fault of disk or server that `error` came of; rolling back after it may have failed in words of its own."""
    while error is not None:
        told = sentence_of(error) if isinstance(error, DBAPIError) else None
        if isinstance(told, StorageFault):
            return told
        error = error.__context__
    return None


@contextmanager
def storage_faults() -> Iterator[None]:
    """Turn what the disk or the server does to us into a ConsoleError."""
    try:
        yield
    except DBAPIError as error:
        told = sentence_of(error)
        if told is None:
            raise
        raise told from error
