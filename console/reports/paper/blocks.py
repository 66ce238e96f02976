"""Blocks: titles, grids of facts, tables and boxes that the forms are put together from.

Everything is black, grey rules and light grey fields: what a photocopier keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, Final

from reportlab.graphics.barcode.qr import QrCode
from reportlab.lib.colors import Color, black
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Image, LongTable, Spacer, Table, TableStyle
from typing_extensions import override

from console.reports.paper.fonts import REGULAR
from console.reports.paper.prose import GREY, Align, Ink, Prose, prose
from console.reports.paper.sheet import WIDTH

RULE: Final = Color(0.45, 0.45, 0.45)
FIELD: Final = Color(0.93, 0.93, 0.93)
TEXT: Final = Ink(9.0)
BOLD: Final = Ink(9.0, bold=True)
LABEL: Final = Ink(8.5, grey=0.15)
SMALL: Final = Ink(7.5)
_MOST_OF_A_PAGE: Final = 0.6 * A4[1]
FAINT: Final = Ink(7.5, grey=GREY)
_GRID: Final = [("GRID", (0, 0), (-1, -1), 0.4, RULE), ("BOX", (0, 0), (-1, -1), 0.8, black)]


def _padding(tight: bool) -> list[Any]:
    """Room inside the cells; a form that must fit one page is tight."""
    top, bottom = (0.3, 0.6) if tight else (0.7, 0.9)
    return [
        ("LEFTPADDING", (0, 0), (-1, -1), 1.4 * mm),
        ("RIGHTPADDING", (0, 0), (-1, -1), 1.4 * mm),
        ("TOPPADDING", (0, 0), (-1, -1), top * mm),
        ("BOTTOMPADDING", (0, 0), (-1, -1), bottom * mm),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]


Cell = str | Prose | Sequence[Flowable]


def styled(commands: Sequence[Any]) -> TableStyle:
    """A table's style in our font: without it every table names Helvetica, which would not be embedded."""
    return TableStyle([("FONTNAME", (0, 0), (-1, -1), REGULAR), *commands])


def _cell(cell: Cell, ink: Ink, align: Align = "left") -> list[Flowable]:
    if isinstance(cell, str):
        return [prose(cell, ink, align=align)]
    return [cell] if isinstance(cell, Flowable) else list(cell)


def gap(height_mm: float) -> Flowable:
    """Some empty room."""
    return Spacer(1, height_mm * mm)


def note(text: str) -> Prose:
    """A small grey sentence."""
    return prose(text, FAINT, before_pt=2, after_pt=2)


class _Heading(Flowable):
    """A heading that is also an entry of the reader's outline."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.title = prose(text, Ink(11.0, bold=True))
        self.text = text
        self.spaceBefore = 4.5 * mm
        self.spaceAfter = 1.2 * mm

    @override
    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width, self.height = self.title.wrap(availWidth, availHeight)
        return self.width, self.height

    def draw(self) -> None:
        canvas: Any = self.canv
        key = f"s{canvas.getPageNumber()}-{self.text}"
        canvas.bookmarkHorizontal(key, 0, self.height)
        canvas.addOutlineEntry(self.text, key, level=0)
        self.title.drawOn(canvas, 0, 0)


def heading(text: str, *, room_mm: float = 32.0) -> list[Flowable]:
    """A heading; where less than `room_mm` of the page is left it begins the next one."""
    return [CondPageBreak(room_mm * mm), _Heading(text)] if room_mm else [_Heading(text)]


def title(text: str, below: str = "", badge: str = "") -> list[Flowable]:
    """The name of the form in the middle of the first page, a line below it, and a framed word such as "DRAFT"."""
    block: list[Flowable] = [prose(text, Ink(17, bold=True), align="centre")]
    if below:
        block.append(prose(below, Ink(9.5), align="centre"))
    if badge:
        block += [gap(1), Badge(badge)]
    return [*block, gap(2)]


class Badge(Flowable):
    """A framed word in the middle of the line."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.run = prose(text, Ink(10, bold=True), align="centre")

    @override
    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        inner = self.run.wrap(availWidth - 8 * mm, availHeight)[1]
        self.width, self.height = availWidth, inner + 2 * mm
        return self.width, self.height

    def draw(self) -> None:
        canvas: Any = self.canv
        wide = max((sum(run.width_pt for run in line) for line in self.run.lines), default=0.0) + 8 * mm
        canvas.setLineWidth(1.0)
        canvas.rect((self.width - wide) / 2, 0, wide, self.height)
        self.run.drawOn(canvas, 4 * mm, 1 * mm)


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value in a grid."""

    label: str
    value: Cell


def facts(
    rows: Sequence[Sequence[Fact]], *, label_mm: float = 24.0, columns: int = 2, ink: Ink = TEXT, tight: bool = False
) -> Table:
    """A grid of labelled facts, `columns` a row; a row with fewer stretches its last value over the rest."""
    value_pt = (WIDTH - columns * label_mm * mm) / columns
    data: list[list[Any]] = []
    style: list[Any] = [*_padding(tight), *_GRID]
    label = replace(ink, size_pt=ink.size_pt - 0.5, grey=0.15)
    for number, row in enumerate(rows):
        cells: list[Any] = []
        for fact in row:
            style.append(("BACKGROUND", (len(cells), number), (len(cells), number), FIELD))
            cells += [_cell(fact.label, label), _cell(fact.value, ink)]
        if len(cells) < 2 * columns:
            style.append(("SPAN", (len(cells) - 1, number), (-1, number)))
            cells += [[]] * (2 * columns - len(cells))
        data.append(cells)
    return Table(data, colWidths=[label_mm * mm, value_pt] * columns, style=styled(style), splitInRow=1)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its share of the width, and where its text stands."""

    title: str
    share: float
    align: Align = "left"


class _Rows(LongTable):
    """A table whose rows stay whole, unless one is higher than most of a page.

    What is left of a table after a page break is asked again whether it goes into the last centimetre of the page before:
    there it would write its heading and one line of a row.
    """

    @override
    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:
        self.splitInRow = int(availHeight >= _MOST_OF_A_PAGE)
        found: list[Flowable] = super().split(availWidth, availHeight)
        return found


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    empty: str = "",
    ink: Ink = Ink(8.5),  # noqa: B008 - frozen
    width_pt: float = WIDTH,
    shaded: Sequence[int] = (),
    whole: Sequence[int] = (),
    tight: bool = False,
) -> Flowable:
    """A table with a heading that is repeated on every page; `empty` stands in it where there are no rows.

    `shaded` names rows, counted from 0, on a light field; `whole` those whose first cell goes over all columns.
    """
    shares = sum(column.share for column in columns)
    widths = [width_pt * column.share / shares for column in columns]
    bold = replace(ink, size_pt=ink.size_pt - 0.5, bold=True)
    head = [_cell(column.title, bold, column.align) for column in columns]
    style: list[Any] = [
        *_padding(tight),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
        ("LINEAFTER", (0, 0), (-2, -1), 0.4, RULE),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, black),
        ("BOX", (0, 0), (-1, -1), 0.8, black),
        ("BACKGROUND", (0, 0), (-1, 0), FIELD),
    ]
    style += [("BACKGROUND", (0, row + 1), (-1, row + 1), FIELD) for row in shaded]
    style += [("SPAN", (0, row + 1), (-1, row + 1)) for row in whole]
    if not rows:
        style.append(("SPAN", (0, 1), (-1, 1)))
        rows = [[prose(empty or "—", replace(ink, grey=GREY)), *[""] * (len(columns) - 1)]]
    body = [[_cell(cell, ink, column.align) for cell, column in zip(row, columns, strict=True)] for row in rows]
    return _Rows([head, *body], colWidths=widths, repeatRows=1, splitInRow=1, style=styled(style))


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: its name, what stands in it, and how high it is at least."""

    label: str
    inside: Sequence[Flowable]
    least_mm: float = 0.0


def fields(rows: Sequence[Field], *, label_mm: float = 24.0, ink: Ink = LABEL, tight: bool = False) -> Table:
    """Fields below each other: the names on the left, what belongs to them on the right."""
    data = [[_cell(row.label, ink), list(row.inside)] for row in rows]
    style = styled([*_padding(tight), *_GRID, ("BACKGROUND", (0, 0), (0, -1), FIELD)])
    widths = [label_mm * mm, WIDTH - label_mm * mm]
    least = [row.least_mm * mm for row in rows]
    return Table(data, colWidths=widths, style=style, splitInRow=1, minRowHeights=least)


def around(left: Sequence[Flowable], middle: Sequence[Flowable], right: Sequence[Flowable], *, side_mm: float) -> Table:
    """Three columns without rules, the middle one in the middle of the page."""
    widths = [side_mm * mm, WIDTH - 2 * side_mm * mm, side_mm * mm]
    bare = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
    style = styled([*bare, ("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (2, 0), (2, 0), "RIGHT")])
    return Table([[list(left), list(middle), list(right)]], colWidths=widths, style=style)


def code_square(text: str, size_mm: float) -> Flowable:
    """A QR code, so that a telephone can read what the record's code and the journal's head were."""
    return QrCode(text, width=size_mm * mm, height=size_mm * mm, qrBorder=0, qrLevel="M")


def picture(data: bytes, width_pt: float, height_pt: float) -> Image:
    """A picture as large as the box allows, its shape kept. Raises OSError where the bytes are no picture."""
    image = Image(BytesIO(data), kind="proportional", width=width_pt, height=height_pt, lazy=0)
    image.hAlign = "CENTER"
    return image
