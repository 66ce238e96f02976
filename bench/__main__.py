"""`python -m bench [GROUP ...] [--json FILE] [--only FIGURE ...]`: measure, print a table, keep the last results."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import foundation
from bench.figures import Figure, as_json, machine, table

GROUPS: dict[str, dict[str, Callable[[], list[Figure]]]] = {"foundation": foundation.MEASURES}
RESULTS = Path(__file__).with_name("RESULTS.md")


def main(arguments: list[str] | None = None) -> int:
    """Run the groups that were asked for; 0 when every limit was kept, 1 when not."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure the console beside its peers.")
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--json", type=Path, help="write one JSON object a figure")
    parser.add_argument("--only", nargs="+", default=[], metavar="MEASURE", help="only these measures of the groups")
    wanted = parser.parse_args(arguments)
    figures: list[Figure] = []
    for group in wanted.groups or list(GROUPS):
        for name, measure in GROUPS[group].items():
            if wanted.only and name not in wanted.only:
                continue
            print(f"{group}: {name} ...", file=sys.stderr, flush=True)
            figures.extend(measure())
    print(table(figures))
    for one in figures:
        if one.note:
            print(f"{one.name}: {one.note}")
    if wanted.json:
        wanted.json.write_text(as_json(figures), encoding="utf-8")
    if not wanted.only:
        _keep(wanted.groups or list(GROUPS), figures)
    return 0 if all(one.within for one in figures) else 1


def _keep(groups: list[str], figures: list[Figure]) -> None:
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    notes = "\n".join(f"- {one.name}: {one.note}" for one in figures if one.note)
    RESULTS.write_text(
        f"# Last figures\n\n{at}, group {', '.join(groups)}\n\n{machine()}\n\n{table(figures)}\n\n{notes}\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    sys.exit(main())
