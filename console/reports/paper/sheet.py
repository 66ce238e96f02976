"""Sheet: the paper of one form in one language, and the pages that it becomes.

A4 upright, bound on the left (20 mm there, 15 mm elsewhere: forms use narrower margins than the official letters of
GB/T 9704-2012). Every page says whose it is, which record it belongs to, who printed it and when, where the journal
stood, and the short code by which the paper is compared with the record.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from io import BytesIO
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate
from typing_extensions import override

from console.i18n import N_, translate
from console.models.files import Letterhead
from console.models.text import Text
from console.models.trust import short_code
from console.models.words import word
from console.reports.paper import fonts
from console.reports.paper.fonts import BOLD, REGULAR, printable, width_pt
from console.reports.paper.prose import GREY
from console.reports.spec import Content, Made

LEFT: Final = 20 * mm
RIGHT: Final = 15 * mm
TOP: Final = 22 * mm
BOTTOM: Final = 21 * mm
WIDTH: Final = A4[0] - LEFT - RIGHT
_TOTAL: Final = "PagesInAll"
_SMALL: Final = 7.5
C = TypeVar("C", bound=Content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One form on paper: its language, letterhead, name, number and the digest of its record.

    `language` is "zh_CN" or "en". All times are shown in the letterhead's zone.
    """

    language: str
    letterhead: Letterhead
    title: str
    number: str
    record_digest: str

    @property
    def code(self) -> str:
        """The short code of the record."""
        return short_code(self.record_digest)

    def say(self, msgid: str, **values: object) -> str:
        """A sentence of ours in the language of the paper, its gaps filled."""
        said = translate(msgid, self.language)
        return said.format_map(values) if values else said

    def text(self, text: Text) -> str:
        """A text of the data in the language of the paper."""
        return text.in_language(self.language)

    def word(self, member: Enum | None) -> str:
        """What a state, class or verdict is called; empty for None."""
        return self.text(word(member)) if member is not None else ""

    def list(self, parts: Sequence[str]) -> str:
        """Several names in one sentence."""
        return ("、" if self.language.startswith("zh") else ", ").join(part for part in parts if part)

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.letterhead.timezone))

    def moment(self, at: datetime | None) -> str:
        """ "2026-03-14 20:05:09", or a dash for what did not happen."""
        return self._local(at).strftime("%Y-%m-%d %H:%M:%S") if at else "—"

    def minute(self, at: datetime | None) -> str:
        """ "2026-03-14 20:05", or a dash."""
        return self._local(at).strftime("%Y-%m-%d %H:%M") if at else "—"

    def clock(self, at: datetime | None) -> str:
        """ "20:05:09", or a dash."""
        return self._local(at).strftime("%H:%M:%S") if at else "—"

    def short(self, at: datetime | None) -> str:
        """ "03-14 20:05", or a dash."""
        return self._local(at).strftime("%m-%d %H:%M") if at else "—"

    def day(self, at: datetime) -> str:
        """The date in the words of the language: "2026年3月14日 星期六" or "Saturday, 14 March 2026"."""
        local = self._local(at)
        days = (
            N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
        )  # fmt: skip
        months = (
            N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"), N_("August"),
            N_("September"), N_("October"), N_("November"), N_("December"),
        )  # fmt: skip
        return self.say(
            N_("{weekday}, {day} {month} {year}"),
            weekday=self.say(days[local.weekday()]),
            day=local.day,
            month=self.say(months[local.month - 1]),
            year=local.year,
        )


class _End(Flowable):
    """Takes no room and, drawn last, says how many pages there are: every page shows the form that it fills."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet = sheet

    @override
    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        return 0.0, 0.0

    def draw(self) -> None:
        canvas: Any = self.canv
        pages = canvas.getPageNumber()
        canvas.beginForm(_TOTAL, 0, 0, *A4)
        canvas.setFont(REGULAR, _SMALL)
        _page_of(self.sheet, canvas, None, pages)
        canvas.endForm()
        # The form above interrupts the page, and the library then forgets that the page's font was set.
        canvas.setFont(REGULAR, _SMALL)


def _page_of(sheet: Sheet, canvas: Any, page: int | None, pages: int | None) -> None:
    """Draw the halves of "page x of y" around the middle of the foot: the first on its page, the second at the end."""
    middle = LEFT + WIDTH / 2
    if page is not None:
        canvas.drawRightString(middle, BOTTOM - 7.5 * mm, sheet.say(N_("Page {page} "), page=page))
    if pages is not None:
        canvas.drawString(middle, BOTTOM - 7.5 * mm, sheet.say(N_("of {pages}"), pages=pages))


def _fitted(text: str, font: str, size_pt: float, limit_pt: float) -> str:
    """A text for one line, cut with an ellipsis where it is too long."""
    text = printable(text).replace("\n", " ")
    if width_pt(text, font, size_pt) <= limit_pt:
        return text
    while text and width_pt(text + "…", font, size_pt) > limit_pt:
        text = text[:-1]
    return text + "…"


def _frame_page(sheet: Sheet, canvas: Any, page: int) -> None:
    """The head and the foot of a page."""
    head, right = A4[1] - TOP + 4 * mm, LEFT + WIDTH
    canvas.setFillGray(0)
    canvas.setStrokeGray(0)
    canvas.setFont(BOLD, 8.5)
    canvas.drawString(LEFT, head, _fitted(sheet.text(sheet.letterhead.site), BOLD, 8.5, WIDTH * 0.5))
    canvas.setFont(REGULAR, 8.5)
    name = "　".join(part for part in (sheet.title, sheet.number) if part)
    canvas.drawRightString(right, head, _fitted(name, REGULAR, 8.5, WIDTH * 0.48))
    canvas.setLineWidth(0.8)
    canvas.line(LEFT, head - 2 * mm, right, head - 2 * mm)

    foot = BOTTOM - 7.5 * mm
    canvas.setLineWidth(0.4)
    canvas.line(LEFT, foot + 4 * mm, right, foot + 4 * mm)
    canvas.setFont(REGULAR, _SMALL)
    letterhead = sheet.letterhead
    printed = sheet.say(N_("Printed by {name}, {at}"), name=letterhead.printed_by, at=sheet.minute(letterhead.made_at))
    canvas.drawString(LEFT, foot, _fitted(printed, REGULAR, _SMALL, WIDTH * 0.4))
    _page_of(sheet, canvas, page, None)
    canvas.doForm(_TOTAL)
    canvas.setFont(BOLD, 8.5)
    canvas.drawRightString(right, foot, sheet.code)
    canvas.setFont(REGULAR, _SMALL)
    beside = right - width_pt(sheet.code, BOLD, 8.5) - 1.5 * mm
    canvas.drawRightString(beside, foot, sheet.say(N_("Check code")))
    canvas.setFillGray(GREY)
    canvas.setFont(REGULAR, 6.5)
    canvas.drawString(
        LEFT,
        foot - 3.6 * mm,
        sheet.say(
            N_("Journal line {seq}, chain head {head}"), seq=letterhead.journal_seq, head=letterhead.journal_head[:16]
        ),
    )
    canvas.drawRightString(
        right, foot - 3.6 * mm, sheet.say(N_("Compare this paper with the record by its check code"))
    )
    canvas.setFillGray(0)


class _Document(BaseDocTemplate):
    """Pages of one sheet."""

    def __init__(self, into: BytesIO, sheet: Sheet) -> None:
        super().__init__(
            into,
            pagesize=A4,
            title=f"{sheet.title} {sheet.number}".strip(),
            author=sheet.text(sheet.letterhead.site),
            subject=sheet.code,
            creator="Zhishou",
            lang="zh-CN" if sheet.language.startswith("zh") else "en",
            initialFontName=REGULAR,
            initialFontSize=9,
            invariant=1,
        )
        frame = Frame(
            LEFT,
            BOTTOM,
            WIDTH,
            A4[1] - TOP - BOTTOM,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
            id="body",
        )
        self.addPageTemplates(
            PageTemplate(id="page", frames=[frame], onPage=lambda canvas, _doc: self.pages_drawn(canvas, sheet))
        )
        self.pages = 0

    def pages_drawn(self, canvas: Canvas, sheet: Sheet) -> None:
        """Draw the frame of the page that begins, and count it."""
        self.pages = canvas.getPageNumber()
        made = sheet.letterhead.made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'")
        canvas.setDateFormatter(lambda *_parts: made)
        canvas.saveState()
        _frame_page(sheet, canvas, self.pages)
        canvas.restoreState()


def make(file: C, language: str, title: Text, number: str, told: Callable[[C, Sheet], Iterable[Flowable]]) -> Made:
    """Make a form of its file: its name, its number, and what `told` puts on the sheet, one part after another."""
    sheet = Sheet(
        language=language,
        letterhead=file.letterhead,
        title=title.in_language(language),
        number=number,
        record_digest=file.record_digest,
    )
    return bind(sheet, told(file, sheet))


def bind(sheet: Sheet, parts: Iterable[Flowable]) -> Made:
    """Make the pages of what is put on the sheet; the same arguments always give the same bytes.

    The letterhead's `made_at` is the only time in the file.
    """
    fonts.load()
    into = BytesIO()
    document = _Document(into, sheet)
    document.build([*parts, _End(sheet)])
    return Made(data=into.getvalue(), pages=document.pages)
