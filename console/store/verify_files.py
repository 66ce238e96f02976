"""Check that every file on record is where it was put, as long and with the same content."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, func, literal, select

from console.models.text import Text
from console.store import tables
from console.store.findings import Finding


class KeptFile(NamedTuple):
    """A file on record, relative to the data folder; `size_bytes` is -1 where the record does not say."""

    file: str
    sha256: str
    size_bytes: int


def total(connection: Connection) -> int:
    """How many files are on record."""
    return sum(
        int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in (tables.evidence, tables.printed_report)
    )


def kept_files(connection: Connection) -> Iterator[KeptFile]:
    """Every file on record: evidence, then printed forms."""
    kept, printed = tables.evidence, tables.printed_report
    for query in (
        select(kept.c.file, kept.c.sha256, kept.c.size_bytes).order_by(kept.c.id),
        select(printed.c.file, printed.c.sha256, literal(-1)).order_by(printed.c.id),
    ):
        with connection.execute(query, execution_options={"yield_per": 1000}) as result:
            for row in result:
                yield KeptFile(*row)


def inside(root: Path, file: str) -> Path | None:
    """The path of a recorded file, or None where it would lie outside of the folder."""
    path = root / file
    return path if path.resolve().is_relative_to(root.resolve()) else None


def findings(connection: Connection, data_dir: Path, count: Callable[[], None]) -> Iterator[Finding]:
    """Every file that is missing or is not what it was."""
    for kept in kept_files(connection):
        count()
        path = inside(data_dir, kept.file)
        try:
            if path is None or not path.is_file():
                yield _file(kept, "不见了", "is missing")
            elif kept.size_bytes not in (-1, path.stat().st_size):
                yield _file(kept, f"长度不符（应为 {kept.size_bytes} 字节）", f"is not {kept.size_bytes} bytes long")
            elif hash_of(path) != kept.sha256:
                yield _file(kept, "内容被改动", "was changed")
        except OSError as error:
            yield _file(kept, f"读不出（{error.strerror}）", f"cannot be read ({error.strerror})")


def hash_of(path: Path) -> str:
    """SHA-256 of a file, as 64 hex digits; raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _file(kept: KeptFile, zh: str, en: str) -> Finding:
    return Finding(kind="file", text=Text(f"文件 {kept.file} {zh}。", f"The file {kept.file} {en}."), file=kept.file)
