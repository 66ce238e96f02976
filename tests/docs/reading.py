"""Take pieces of code out of the documents."""

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_PATH = re.compile(r"#\s+([\w./-]+\.\w+)\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """A fenced block: its language, the path on its first line ("" without one), and everything in it."""

    language: str
    path: str
    text: str


def pieces(file: Path) -> list[Piece]:
    """Every fenced block of a document, in order."""
    found = []
    for _indent, language, inside in _BLOCK.findall(file.read_text(encoding="utf-8")):
        text = dedent(inside)
        path = _PATH.match(text)
        found.append(Piece(language, path.group(1) if path else "", text))
    return found


def piece(file: Path, path: str) -> Piece:
    """The one block whose first line names this path."""
    (found,) = [one for one in pieces(file) if one.path == path]
    return found


def documents() -> list[Path]:
    """Every document of the project."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
