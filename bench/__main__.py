"""`python -m bench [GROUP ...] [--json FILE] [--only FIGURE ...]`: measure, print a table, keep the last results."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import alarms, foundation, fuzz, video, video_analytics, video_playback, video_trouble, video_wall
from bench.figures import Figure, as_json, machine, table

GROUPS: dict[str, dict[str, Callable[[], list[Figure]]]] = {
    "foundation": foundation.MEASURES,
    "alarms": alarms.MEASURES,
    "video": {**video_wall.MEASURES, **video.MEASURES, **video_analytics.MEASURES, **video_trouble.MEASURES, **video_playback.MEASURES},
}
RESULTS = Path(__file__).with_name("results")


def main(arguments: list[str] | None = None) -> int:
    """Run the groups that were asked for; 0 when every limit was kept, 1 when not."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure the console beside its peers.")
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--json", type=Path, help="write one JSON object a figure")
    parser.add_argument("--only", nargs="+", default=[], metavar="MEASURE", help="only these measures of the groups")
    parser.add_argument("--soak-s", type=float, default=alarms.SOAK_S, help="how long the soak of the alarms lasts; its rate stays")
    parser.add_argument("--fuzz-count", type=int, default=fuzz.COUNT, help="how many inputs each parser is fuzzed with")
    wanted = parser.parse_args(arguments)
    os.environ[alarms.SOAK_ENV] = str(wanted.soak_s)
    os.environ[fuzz.COUNT_ENV] = str(wanted.fuzz_count)
    figures: list[Figure] = []
    for group in wanted.groups or list(GROUPS):
        own: list[Figure] = []
        for name, measure in GROUPS[group].items():
            if wanted.only and name not in wanted.only:
                continue
            print(f"{group}: {name} ...", file=sys.stderr, flush=True)
            own.extend(measure())
        if not wanted.only:
            _keep(group, own)
        figures.extend(own)
    print(table(figures))
    for one in figures:
        if one.note:
            print(f"{one.name}: {one.note}")
    if wanted.json:
        wanted.json.write_text(as_json(figures), encoding="utf-8")
    return 0 if all(one.within for one in figures) else 1


def _keep(group: str, figures: list[Figure]) -> None:
    """The last whole run of a group, in a file of its own."""
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    notes = "\n".join(f"- {one.name}: {one.note}" for one in figures if one.note)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{group}.md").write_text(
        f"# Last figures of group {group}\n\n{at}\n\n{machine()}\n\n{table(figures)}\n\n{notes}\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    sys.exit(main())
