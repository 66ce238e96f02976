"""Try a table of points against a site folder, and put it there: nothing is written before every mistake is known."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from console import points_table
from console.marked_yaml import Mistake
from console.models.errors import ConsoleError
from console.models.points import ChangeKind, PointChange, PointsPreview, TableMistake
from console.models.site import Point
from console.models.text import Text
from console.points_table import COLUMNS, POINTS_FILE
from console.site_folder import read_site

LISTED_MISTAKES: Final = 500
BACKUP_SUFFIX: Final = ".bak"
"""The table as it was before the last import stands beside the new one under this ending."""


def preview(folder: Path, file: Path, kinds: Mapping[str, Any]) -> PointsPreview:
    """Read a table and try it: every mistake, and what would change. `kinds` as for read_site. Raises ConsoleError."""
    return preview_rows(folder, file.name, points_table.read_rows(file), kinds)


def preview_rows(folder: Path, name: str, rows: Sequence[Sequence[str]], kinds: Mapping[str, Any]) -> PointsPreview:
    """`preview` of a table that has been read."""
    before = read_site(folder, **kinds)
    tried = read_site(folder, **kinds, table=rows)
    # A source may name a point that comes only with this table: what counts are the mistakes that stand with it.
    found = sorted(tried.mistakes, key=lambda one: one.file != POINTS_FILE)
    old = {point.id: point for point in before.site.points} if before.site else {}
    new = {point.id: point for point in tried.site.points} if tried.site else {}
    ids = _ids(rows)
    content = points_table.as_csv([new[one] for one in new if one in ids])
    changes = [] if found else _changes(old, new)
    return PointsPreview(
        file=name,
        rows=len(ids),
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        basis=_digest(folder),
        points=tuple(new.values()),
        mistakes=tuple(_mistake(one) for one in found[:LISTED_MISTAKES]),
        more=max(0, len(found) - LISTED_MISTAKES),
        changes=tuple(changes),
        same=sum(old.get(one) == point for one, point in new.items()),
    )


def _ids(rows: Sequence[Sequence[str]]) -> set[str]:
    from console.marked_yaml import Mistakes
    from console.site_checks import scalars_at

    return {scalar.text for scalar in scalars_at(points_table.nodes_of(rows, Mistakes()), "id")}


def _mistake(one: Mistake) -> TableMistake:
    sentence = Text(one.zh, one.en)
    if one.file == POINTS_FILE:
        return TableMistake(row=one.line, column=one.column, sentence=sentence)
    return TableMistake(row=0, column="", sentence=sentence, place=f"{one.file}:{one.line}")


def _changes(old: Mapping[Any, Point], new: Mapping[Any, Point]) -> list[PointChange]:
    found = []
    for point_id, point in new.items():
        before = old.get(point_id)
        if before is None:
            found.append(PointChange(point=point.id, name=point.name, kind=ChangeKind.NEW))
        elif before != point:
            pairs = zip(COLUMNS, points_table.row_of(before), points_table.row_of(point), strict=True)
            columns = tuple((column[0], was, now) for column, was, now in pairs if was != now)
            found.append(PointChange(point=point.id, name=point.name, kind=ChangeKind.CHANGED, columns=columns))
    gone = (point for point_id, point in old.items() if point_id not in new)
    found += [PointChange(point=point.id, name=point.name, kind=ChangeKind.REMOVED) for point in gone]
    return found


def _digest(folder: Path) -> str:
    try:
        return hashlib.sha256((folder / POINTS_FILE).read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def put(folder: Path, tried: PointsPreview) -> None:
    """Put a table into the folder, whole or not at all; the one before stays beside it. Raises ConsoleError."""
    if tried.mistakes:
        raise ConsoleError(zh="表中有错误，未导入。", en="There are mistakes in the table; nothing was taken.")
    if _digest(folder) != tried.basis:
        raise ConsoleError(
            zh="预览之后 points.csv 已被改动，请重新预览。",
            en="points.csv has been changed since the preview; preview it again.",
        )
    target = folder / POINTS_FILE
    try:
        if target.exists():
            _write(target.with_name(POINTS_FILE + BACKUP_SUFFIX), target.read_bytes())
        _write(target, tried.content)
    except OSError as error:
        why = error.strerror or str(error)
        raise ConsoleError(zh=f"无法写入“{target}”：{why}。", en=f'"{target}" cannot be written: {why}.') from error


def put_back(folder: Path, tried: PointsPreview) -> None:
    """Undo `put`, because it could not be put on record."""
    target, before = folder / POINTS_FILE, folder / (POINTS_FILE + BACKUP_SUFFIX)
    with suppress(OSError):
        if tried.basis:
            _write(target, before.read_bytes())
        else:
            target.unlink()


def _write(target: Path, content: bytes) -> None:
    """Replace a file so that a reader, and a power cut, finds the old or the new one and never a part of it."""
    made = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with made.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        made.replace(target)
    finally:
        made.unlink(missing_ok=True)


def write(file: Path, points: Sequence[Point], language: str) -> int:
    """Write points as .xlsx or .csv, by the ending of the file; gives their number. Raises ConsoleError."""
    is_sheet = file.suffix.lower() == ".xlsx"
    content = points_table.as_spreadsheet(points, language) if is_sheet else points_table.as_csv(points)
    try:
        _write(file, content)
    except OSError as error:
        why = error.strerror or str(error)
        raise ConsoleError(zh=f"无法写入“{file}”：{why}。", en=f'"{file}" cannot be written: {why}.') from error
    return len(points)
