"""Keep the part of a document that follows from the code: it stands between two comments and is never typed."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- drawn from the code: begin -->", "<!-- drawn from the code: end -->"


def with_drawn(text: str, drawn: str) -> str:
    """The document with `drawn` in the place of what stood between the comments; ValueError where there are none."""
    if BEGIN not in text or END not in text:
        raise ValueError(f"the document lacks {BEGIN!r} or {END!r}")
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    return f"{head}{BEGIN}\n\n{drawn}\n\n{END}{tail}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; what a cell says stays on one line, and its bars do not end it."""
    head, *body = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in (heads, *rows)]
    return "\n".join((head, "|" + "---|" * len(heads), *body))


def _cell(said: str) -> str:
    return " ".join(line.strip() for line in said.splitlines()).replace("|", "\\|")


def redraw(file: Path, drawn: Callable[[], str]) -> int:
    """Write a document with its drawn part anew; gives the exit code."""
    file.write_text(with_drawn(file.read_text(encoding="utf-8"), drawn()), encoding="utf-8")
    return 0
