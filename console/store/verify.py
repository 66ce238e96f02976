"""Verify the record: walk the chain, and compare every row and every file with what the journal says of it.

One pass over the journal, one over the tables, one over the files; nothing is kept in memory but the handful of
signatures and forms. It reads one moment of the record and holds nobody up, so that it may run beside the console.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from console.models.text import Text
from console.store import tables, verify_chain, verify_files, verify_rows
from console.store.faults import StorageFault, storage_faults
from console.store.findings import Anchor, Finding
from console.store.store import Store

SHOWN = 20  # findings that are told of one kind; a rotten disk would otherwise tell millions

# Hears the name of a check (database, journal, rows, files), how much is done, and of how much.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was looked at, and what did not fit; `found` begins with the first thing that does not fit.

    `more` counts what was found and is not told. `seq` and `head` are the end of the journal: compare them with a
    printed form, for a chain cannot show by itself that its end was cut off.
    """

    lines: int
    seq: int
    head: str
    rows: int
    files: int
    found: tuple[Finding, ...]
    more: int = 0

    @property
    def fits(self) -> bool:
        """Whether nothing was found."""
        return not self.found


class _Check(NamedTuple):
    name: str
    total: Callable[[], int]
    run: Callable[["_Count"], Iterator[Finding]]


class _Count:
    """How many things a check has looked at, told from time to time."""

    def __init__(self, name: str, progress: Progress) -> None:
        self._name, self._progress = name, progress
        self.seen = self.total = 0

    def __call__(self) -> None:
        self.seen += 1
        if self.seen % 1000 == 0:
            self.tell()

    def tell(self) -> None:
        """Say how far it has come."""
        self._progress(self._name, self.seen, self.total)


def verify(
    store: Store, data_dir: Path, *, anchors: Sequence[Anchor] = (), progress: Progress | None = None
) -> Findings:
    """Compare everything with the journal, and the journal with itself.

    `anchors` are (number, head) of journal lines from outside, as they stand on printed forms. Raises ConsoleError
    where the database cannot be read at all; what can be read and does not fit is a finding.
    """
    with store.look() as connection:
        return _verify(connection, data_dir, anchors, progress or _silent)


def _silent(_name: str, _done: int, _total: int) -> None:
    """Nobody asked for progress."""


def _verify(connection: Connection, data_dir: Path, anchors: Sequence[Anchor], progress: Progress) -> Findings:
    walk = verify_chain.Walk(connection, anchors)
    checks = [
        _Check("database", lambda: 1, lambda count: _database(connection, count)),
        _Check("journal", lambda: _lines(connection), walk.findings),
        _Check("rows", lambda: verify_rows.total(connection), lambda count: verify_rows.findings(connection, count)),
        _Check(
            "files",
            lambda: verify_files.total(connection),
            lambda count: verify_files.findings(connection, data_dir, count),
        ),
    ]
    found: list[Finding] = []
    more = 0
    seen: dict[str, int] = {}
    for check in checks:
        told: dict[str, int] = {}
        count = _Count(check.name, progress)
        try:
            with storage_faults():
                count.total = check.total()
                for finding in check.run(count):
                    told[finding.kind] = told.get(finding.kind, 0) + 1
                    if told[finding.kind] <= SHOWN:
                        found.append(finding)
                    else:
                        more += 1
                count.tell()
        except StorageFault as fault:  # what can still be read is looked at all the same
            found.append(Finding(kind="database", text=fault.text))
        seen[check.name] = count.seen
    return Findings(
        lines=seen["journal"],
        seq=walk.seq,
        head=walk.head,
        rows=seen["rows"],
        files=seen["files"],
        found=tuple(found),
        more=more,
    )


def _lines(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(tables.journal.c.seq), 0))).scalar_one())


def _database(connection: Connection, count: Callable[[], None]) -> Iterator[Finding]:
    """SQLite's own look at its pages; a server looks after its pages itself."""
    count()
    if connection.dialect.name != "sqlite":
        return
    for fault in connection.exec_driver_sql("PRAGMA quick_check(5)").scalars():
        if fault != "ok":
            yield Finding(
                kind="database",
                text=Text(f"数据库文件已损坏：{fault}。", f"The database file is damaged: {fault}."),
            )
