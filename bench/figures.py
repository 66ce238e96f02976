"""A figure: what was measured, beside what, and within which limit."""

import json
import platform
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number. `peer` says what it stands beside, `ratio` is to that peer; without one it stands alone.

    `limit` bounds the ratio where there is one, else the value; with `of_value` the value in any case.
    """

    name: str
    value: float
    unit: str
    peer: str = ""
    ratio: float | None = None
    limit: float | None = None
    note: str = ""
    of_value: bool = False

    @property
    def within(self) -> bool:
        """Whether the figure keeps its limit; true without one."""
        if self.limit is None:
            return True
        bounded = self.value if self.ratio is None or self.of_value else self.ratio
        return bounded <= self.limit


def machine() -> str:
    """One line on the machine that was measured on."""
    cpu, cores = platform.processor() or platform.machine(), 0
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text(encoding="utf-8").splitlines()
        cpu = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), cpu)
        cores = sum(line.startswith("processor") for line in lines)
    return f"{cpu}, {cores} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def table(figures: list[Figure]) -> str:
    """The figures as a table for the terminal and for RESULTS.md."""
    head = ("figure", "value", "unit", "beside", "ratio", "limit", "kept")
    rows = [
        (
            one.name,
            f"{one.value:.4g}",
            one.unit,
            one.peer or "–",
            "–" if one.ratio is None else f"{one.ratio:.2f}",
            "–" if one.limit is None else f"{one.limit:g}",
            "yes" if one.within else "NO",
        )
        for one in figures
    ]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = ["| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |" for row in (head, *rows)]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def as_json(figures: list[Figure]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps({**asdict(one), "within": one.within}, ensure_ascii=False) + "\n" for one in figures)
