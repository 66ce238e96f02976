"""Prose: text broken into lines by the rules of both scripts, and drawn.

reportlab's own paragraph reads a markup language and breaks Chinese only roughly. Here nothing is parsed: what people
wrote is drawn letter by letter, so that `<b>` or `&` in a note is just that. Chinese breaks between any two characters
except before closing and after opening punctuation (GB/T 15834-2011 5.1), Latin words and numbers stay whole unless
they are wider than the line, as digests are.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from reportlab.platypus import Flowable
from typing_extensions import override

from console.reports.paper.fonts import BOLD, REGULAR, printable, width_pt

BLACK: Final = 0.0
GREY: Final = 0.35

_NO_START: Final = frozenset("，。、；：？！）〕】》〉」』”’％%‰℃°…—,.;:?!)]}»·")
_NO_END: Final = frozenset("（〔【《〈「『“‘([{«￥$#№")
# A newline, spaces, whatever is written without spaces outside the Chinese scripts, or one Chinese letter.
_PIECES: Final = re.compile(r"\n|[ \t]+|[^\s\u2e80-\uffff\U00020000-\U0003ffff]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ink:
    """How a run of text looks. Sizes in points; `grey` is 0 for black to 1 for white; `leading` times the size is the
    height of a line."""

    size_pt: float = 9.0
    bold: bool = False
    grey: float = BLACK
    leading: float = 1.45

    @property
    def font(self) -> str:
        """The name of the font that this ink needs."""
        return BOLD if self.bold else REGULAR


@dataclass(frozen=True, slots=True)
class Run:
    """Some text in one ink."""

    text: str
    ink: Ink

    @property
    def width_pt(self) -> float:
        """How wide the run is, in points."""
        return width_pt(self.text, self.ink.font, self.ink.size_pt)


PLAIN: Final = Ink()
Line = tuple[Run, ...]
Align = Literal["left", "centre", "right"]


def _atoms(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Runs cut into the smallest parts between which a line may be broken; a newline is an atom of its own."""
    atom: list[Run] = []
    for run in runs:
        for piece in _PIECES.findall(run.text):
            if piece == "\n" or piece.isspace():
                if atom:
                    yield atom
                yield [replace(run, text=" " if piece.isspace() and piece not in "\n\u3000" else piece)]
                atom = []
                continue
            glued = atom and (piece[0] in _NO_START or atom[-1].text[-1] in _NO_END)
            if atom and not glued:
                yield atom
                atom = []
            atom.append(replace(run, text=piece))
    if atom:
        yield atom


def _cut(atom: Sequence[Run], limit_pt: float) -> Iterator[list[Run]]:
    """An atom wider than a line, cut between letters."""
    part: list[Run] = []
    used = 0.0
    for run in atom:
        for letter in run.text:
            one = replace(run, text=letter)
            wide = one.width_pt
            if part and used + wide > limit_pt:
                yield part
                part, used = [], 0.0
            part.append(one)
            used += wide
    if part:
        yield part


def _joined(runs: Iterable[Run]) -> Line:
    """Neighbouring runs of one ink made one, without spaces at the end."""
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].ink == run.ink:
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        else:
            joined.append(run)
    if joined:
        joined[-1] = replace(joined[-1], text=joined[-1].text.rstrip())
    return tuple(run for run in joined if run.text)


def broken(runs: Sequence[Run], limit_pt: float) -> tuple[Line, ...]:
    """Break runs into lines no wider than `limit_pt`; a single letter wider than that still gets its line."""
    lines: list[Line] = []
    line: list[Run] = []
    used = 0.0

    def end() -> None:
        nonlocal line, used
        lines.append(_joined(line))
        line, used = [], 0.0

    for atom in _atoms(runs):
        if atom[0].text == "\n":
            end()
            continue
        wide = sum(run.width_pt for run in atom)
        blank = atom[0].text.isspace()
        if blank and not line:
            continue
        if used + wide <= limit_pt + 0.01 or blank:
            line += atom
            used += wide
            continue
        if wide <= limit_pt:
            end()
            line, used = list(atom), wide
            continue
        # A digest or a path: fill what is left of the line only if it is at least a third of it.
        first = limit_pt - used if limit_pt - used > limit_pt / 3 else limit_pt
        if first == limit_pt and line:
            end()
        for part in _cut_first(atom, first, limit_pt):
            if line and used + sum(run.width_pt for run in part) > limit_pt + 0.01:
                end()
            line += part
            used += sum(run.width_pt for run in part)
    if line or not lines:
        end()
    return tuple(lines)


def _cut_first(atom: Sequence[Run], first_pt: float, limit_pt: float) -> Iterator[list[Run]]:
    parts = _cut(atom, first_pt)
    head = next(parts)
    yield head
    rest = [run for part in parts for run in part]
    if rest:
        yield from _cut(rest, limit_pt)


class Prose(Flowable):
    """A paragraph of runs; splits between lines. Its lines are as high as the largest ink of its runs asks."""

    def __init__(
        self,
        runs: Sequence[Run],
        *,
        align: Align = "left",
        before_pt: float = 0.0,
        after_pt: float = 0.0,
        lines: tuple[Line, ...] | None = None,
    ) -> None:
        super().__init__()
        self.runs = tuple(replace(run, text=printable(run.text)) for run in runs)
        self.align = align
        self.spaceBefore = before_pt
        self.spaceAfter = after_pt
        self.lines = lines or ()
        self._fixed = lines is not None
        self._limit_pt = -1.0
        largest = max((run.ink for run in self.runs), key=lambda ink: ink.size_pt, default=PLAIN)
        self.size_pt = largest.size_pt
        self.line_pt = largest.size_pt * largest.leading

    def _break(self, limit_pt: float) -> None:
        if not self._fixed and self._limit_pt != limit_pt:
            self.lines = broken(self.runs, limit_pt)
            self._limit_pt = limit_pt

    @override
    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self._break(availWidth)
        self.width, self.height = availWidth, len(self.lines) * self.line_pt
        return self.width, self.height

    @override
    def minWidth(self) -> float:
        return self.size_pt

    @override
    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:
        self._break(availWidth)
        fits = int((availHeight + 0.01) // self.line_pt)
        if fits < 1 or fits >= len(self.lines):
            return []
        return [self._part(self.lines[:fits]), self._part(self.lines[fits:])]

    def _part(self, lines: tuple[Line, ...]) -> "Prose":
        return Prose(self.runs, align=self.align, lines=lines)

    def draw(self) -> None:
        canvas: Any = self.canv
        for number, line in enumerate(self.lines):
            # The glyphs of the font fill 1.16 em from -0.288; this puts them in the middle of the line's height.
            y = self.height - number * self.line_pt - self.line_pt / 2 - self.size_pt * 0.36
            x = 0.0
            if self.align != "left":
                left = self.width - sum(run.width_pt for run in line)
                x = left if self.align == "right" else left / 2
            text = canvas.beginText(x, y)
            for run in line:
                text.setFont(run.ink.font, run.ink.size_pt)
                text.setFillGray(run.ink.grey)
                text.textOut(run.text)
            canvas.drawText(text)


def prose(
    text: str, ink: Ink = PLAIN, *, align: Align = "left", before_pt: float = 0.0, after_pt: float = 0.0
) -> Prose:
    """A paragraph in one ink."""
    return Prose([Run(text, ink)], align=align, before_pt=before_pt, after_pt=after_pt)
