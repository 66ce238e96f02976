"""Read a PDF back with the tools of poppler, as an inspector's reader would."""

import shutil
import subprocess
from pathlib import Path

import pytest

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler-utils is not installed: no way to read a PDF back"
)


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def text_of(file: Path, *, page: int | None = None) -> str:
    """The text in the order in which it was drawn; cells stay whole."""
    pages = ["-f", str(page), "-l", str(page)] if page else []
    return _run("pdftotext", "-raw", "-enc", "UTF-8", *pages, str(file), "-")


def squeezed(text: str) -> str:
    """Without any white space: lines are broken where the paper ends."""
    return "".join(text.split())


def pages_of(file: Path) -> int:
    """How many pages there are."""
    return int(info_of(file)["Pages"])


def info_of(file: Path) -> dict[str, str]:
    """Title, author and so on."""
    lines = (line.partition(":") for line in _run("pdfinfo", "-isodates", str(file)).splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


def fonts_of(file: Path) -> list[list[str]]:
    """One row a font: name, then whether it is embedded, a subset, and can be read back."""
    rows = [line.split() for line in _run("pdffonts", str(file)).splitlines()[2:]]
    return [[row[0], *row[-5:-2]] for row in rows]
