"""Points as a table: read from CSV or a spreadsheet, written for one.

A table has one point a row and a heading that names its columns, in either language. It becomes the same nodes that
YAML becomes, so that every check of the site folder holds for it and every mistake is told with row and column. Text is
UTF-8 or GB18030, with a byte order mark or without; formulas are refused; a file is bounded in bytes, rows and columns.
"""

import csv
import io
import math
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from console.marked_yaml import Entries, Entry, Items, Mark, Mistakes, Node, Plain, Scalar
from console.models.errors import ConsoleError
from console.models.site import Point
from console.models.text import Text

POINTS_FILE: Final = "points.csv"
"""The table of a site folder; its points take the place of those of the same id in the YAML files."""

MAX_BYTES: Final = 8 << 20
MAX_ROWS: Final = 20_000
MAX_CELL: Final = 500
_MAX_COLUMNS: Final = 64
_MAX_UNPACKED: Final = 64 << 20
_DELIMITERS: Final = ",;\t"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

# column, its heading in Chinese and English, the path of the field
COLUMNS: Final[tuple[tuple[str, Text, tuple[str, ...]], ...]] = (
    ("id", Text("编号", "id"), ("id",)),
    ("name_zh", Text("名称", "name (zh)"), ("name", "zh")),
    ("name_en", Text("英文名称", "name (en)"), ("name", "en")),
    ("class", Text("报警类别", "class"), ("alarm_class",)),
    ("priority", Text("优先级", "priority"), ("priority",)),
    ("place", Text("位置", "place"), ("place",)),
    ("map", Text("地图", "map"), ("spot", "map")),
    ("x", Text("横坐标", "x"), ("spot", "x")),
    ("y", Text("纵坐标", "y"), ("spot", "y")),
    ("heading", Text("朝向", "heading"), ("spot", "heading_deg")),
    ("cameras", Text("摄像机", "cameras"), ("cameras",)),
    ("post", Text("最近岗位", "post"), ("post",)),
    ("plan", Text("预案", "plan"), ("plan",)),
    ("sound", Text("声音", "sound"), ("sound",)),
    ("notify", Text("通知", "notify"), ("notify",)),
)
_PATHS: Final = {name: path for name, _heading, path in COLUMNS}
_LISTS: Final = frozenset({"cameras", "notify"})
_NUMBERS: Final = frozenset({"priority", "x", "y", "heading"})
_NAMES: Final[dict[str, str]] = {
    written.strip().lower(): name
    for name, heading, path in COLUMNS
    for written in (name, heading.zh, heading.en, path[-1] if len(path) == 1 else name)
}


def read_rows(path: Path) -> list[list[str]]:
    """The cells of a .csv or .xlsx file as text. Raises ConsoleError where it is neither, too large or unreadable."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConsoleError(zh="文件超过 8 MB。", en="The file is larger than 8 MB.")
        raw = path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise ConsoleError(zh=f"无法读取“{path.name}”：{why}。", en=f'"{path.name}" cannot be read: {why}.') from error
    return spreadsheet_rows(raw) if raw[:2] == b"PK" else csv_rows(raw)


def csv_rows(raw: bytes) -> list[list[str]]:
    """The cells of CSV, parted by comma, semicolon or tab. Raises ConsoleError."""
    text = _decoded(raw)
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append([cell.strip() for cell in row])
            _bound(rows)
    except csv.Error as error:
        line = len(rows) + 1
        raise ConsoleError(
            zh=f"第 {line} 行不是有效的 CSV：{error}。", en=f"Row {line} is no valid CSV: {error}."
        ) from error
    return rows


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ConsoleError(zh="文件的编码既不是 UTF-8 也不是 GB18030。", en="The file is neither UTF-8 nor GB18030.")


def _bound(rows: Sequence[Sequence[str]]) -> None:
    if len(rows) > MAX_ROWS + 1:
        raise ConsoleError(zh=f"超过 {MAX_ROWS} 行。", en=f"There are more than {MAX_ROWS} rows.")
    if len(rows[-1]) > _MAX_COLUMNS:
        raise ConsoleError(zh=f"第 {len(rows)} 行的列太多。", en=f"Row {len(rows)} has too many columns.")


def spreadsheet_rows(raw: bytes) -> list[list[str]]:
    """The cells of the first sheet of an .xlsx file; a formula stays as it is written. Raises ConsoleError."""
    import openpyxl  # large, and only wanted here

    broken = ConsoleError(zh="这不是可读的 Excel 文件（.xlsx）。", en="This is no readable spreadsheet (.xlsx).")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _MAX_UNPACKED:
                raise ConsoleError(zh="表格解压后过大。", en="The spreadsheet is too large once unpacked.")
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False)
        rows: list[list[str]] = []
        for row in book.worksheets[0].iter_rows(max_col=_MAX_COLUMNS, values_only=True):
            rows.append([_cell(value) for value in row])
            _bound(rows)
        book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError, SyntaxError, TypeError) as error:
        raise broken from error
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def nodes_of(rows: Sequence[Sequence[str]], mistakes: Mistakes, file: str = POINTS_FILE) -> Items:
    """The rows of a table as the list of points that YAML would be read into; empty rows are passed over."""
    top = Mark(file, 1)
    heading = _heading(rows[0] if rows else [], mistakes, file)
    items = []
    for number, row in enumerate(rows[1:], 2):
        if any(row):
            items.append(_point(number, row, heading, mistakes, file))
    return Items(top, tuple(items))


def _heading(row: Sequence[str], mistakes: Mistakes, file: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for position, written in enumerate(row):
        name = _NAMES.get(written.strip().lower())
        mark = Mark(file, 1, written or _letter(position))
        if name is None and written:
            listed = ", ".join(one for one, _heading, _path in COLUMNS)
            zh = f"没有“{written[:40]}”这一列，可用：{listed}。"
            mistakes.add(mark, zh, f'There is no column "{written[:40]}"; known: {listed}.')
        elif name is not None and name in found.values():
            mistakes.add(mark, f"“{written}”列重复。", f'The column "{written}" is there twice.')
        elif name is not None:
            found[position] = name
    for name in ("id", "name_zh"):
        if name not in found.values():
            zh, en = f"缺少“{name}”列。", f'The column "{name}" is missing.'
            mistakes.add(Mark(file, 1, name), zh, en)
    return found


def _letter(position: int) -> str:
    return chr(65 + position) if position < 26 else f"A{chr(65 + position % 26)}"


def _point(number: int, row: Sequence[str], heading: dict[int, str], mistakes: Mistakes, file: str) -> Entries:
    mark = Mark(file, number)
    top: dict[str, Entry] = {}
    for position, cell in enumerate(row):
        name = heading.get(position)
        if name is None or not cell:
            continue
        at = Mark(file, number, name)
        text = cell[1:] if cell.startswith("'") and cell[1:2] in _FORMULA else cell
        if cell.startswith("="):
            mistakes.add(at, "这里是公式，请改为值。", "This is a formula; write the value.")
        elif len(cell) > MAX_CELL:
            mistakes.add(at, f"超过 {MAX_CELL} 个字。", f"It is longer than {MAX_CELL} characters.")
        else:
            _put(top, mark, at, _PATHS[name], _node(name, at, text))
    at = Mark(file, number, "name_zh")
    if "name" not in top:
        top["name"] = Entry(at, Scalar(at, "", "", quoted=True))  # the site's own check says that it is empty
    elif isinstance(top["name"].node, Entries) and "zh" not in top["name"].node.entries:
        mistakes.add(at, "名称不能为空。", "The name may not be empty.")
    if not any(heading.get(position) == "id" and cell for position, cell in enumerate(row)):
        at = Mark(file, number, "id")
        top["id"] = Entry(at, Scalar(at, "", "", quoted=True))
    return Entries(mark, top)


def _put(top: dict[str, Entry], row: Mark, at: Mark, path: tuple[str, ...], node: Node) -> None:
    if len(path) == 1:
        top[path[0]] = Entry(at, node)
        return
    holder = top.setdefault(path[0], Entry(row, Entries(row, {})))
    if isinstance(holder.node, Entries):
        holder.node.entries[path[1]] = Entry(at, node)


def _node(name: str, at: Mark, text: str) -> Node:
    if name in _LISTS:
        parts = [one.strip() for one in text.replace("；", ";").replace("、", ";").replace(",", ";").split(";")]
        return Items(at, tuple(Scalar(at, one, one, quoted=True) for one in parts if one))
    if name in _NUMBERS:
        return Scalar(at, text, _number(text))
    return Scalar(at, text, text, quoted=True)


def _number(text: str) -> Plain:
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


# ------------------------------------------------------------------ writing


def row_of(point: Point) -> list[str]:
    """A point as the cells of its row, in the order of COLUMNS; empty is what it inherits."""
    spot = point.spot
    return [
        point.id,
        point.name.zh,
        point.name.en,
        point.alarm_class,
        "" if point.priority is None else str(point.priority),
        point.place or "",
        spot.map if spot else "",
        f"{spot.x:g}" if spot else "",
        f"{spot.y:g}" if spot else "",
        f"{spot.heading_deg:g}" if spot and spot.heading_deg else "",
        ";".join(point.cameras),
        point.post or "",
        point.plan or "",
        point.sound,
        ";".join(point.notify),
    ]


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def as_csv(points: Iterable[Point]) -> bytes:
    """A table of points as CSV in UTF-8 with a byte order mark, so that every spreadsheet reads the Chinese in it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([name for name, _heading, _path in COLUMNS])
    writer.writerows([_safe(cell) for cell in row_of(point)] for point in points)
    return out.getvalue().encode("utf-8-sig")


def as_spreadsheet(points: Iterable[Point], language: str) -> bytes:
    """A table of points as an .xlsx file with a heading in `language`; every cell is plain text."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("points")
    sheet.freeze_panes = "B2"
    for letter, width in zip("ABCDEFGHIJKLMNO", (22, 30, 30, 12, 9, 18, 12, 9, 9, 9, 24, 16, 22, 9, 20), strict=True):
        sheet.column_dimensions[letter].width = width
    heads = []
    for _name, heading, _path in COLUMNS:
        cell = WriteOnlyCell(sheet, heading.in_language(language))
        cell.font = Font(bold=True)
        heads.append(cell)
    sheet.append(heads)
    for point in points:
        sheet.append([_safe(cell) for cell in row_of(point)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
