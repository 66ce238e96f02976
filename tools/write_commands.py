"""Write the table of docs/command-line.md from the command line's own parser: `python -m tools.write_commands`."""

import argparse
import sys
from collections.abc import Iterator
from typing import Final

from console import i18n
from console.cli.parsing import parser
from tools.drawn import ROOT, redraw, table

FILE: Final = ROOT / "docs" / "command-line.md"
# What every command has, said once above the table.
COMMON: Final = frozenset({"--help", "--lang", "--version"})


def _actions(of: argparse.ArgumentParser) -> list[argparse.Action]:
    return of._actions  # noqa: SLF001 - argparse has no public way to be asked


def commands(of: argparse.ArgumentParser, name: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that can be given, with its parser, in the order of the help."""
    groups = [action for action in _actions(of) if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001
    if not groups:
        yield name, of
    for group in groups:
        for word, inner in group.choices.items():
            yield from commands(inner, f"{name} {word}".strip())


def options(of: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Everything that a command takes, but for what all of them take."""
    yield from (action for action in _actions(of) if not COMMON & set(action.option_strings))


def written(action: argparse.Action) -> str:
    """An option as it is given: `--site DIR`."""
    name = max(action.option_strings, key=len, default="")
    value = "" if action.nargs == 0 else action.metavar or "|".join(map(str, action.choices or ()))
    said = " ".join(part for part in (name, str(value)) if part)
    return f"`{said}`" if action.required else f"[`{said}`]"


def _said(language: str) -> list[tuple[str, str, str]]:
    before = i18n.language()
    i18n.set_language(language)
    try:
        rows = []
        for name, one in commands(parser()):
            rows.append((f"**`{name}`**", "", one.description or ""))
            rows.extend((f"`{name}`", written(action), action.help or "") for action in options(one))
        return rows
    finally:
        i18n.set_language(before)


def drawn() -> str:
    """The table as it follows from the parser."""
    both = zip(_said("zh_CN"), _said("en"), strict=True)
    return table(
        ("command", "takes", "中文", "English"), ((name, takes, zh, en) for (name, takes, zh), (_, _, en) in both)
    )


def main() -> int:
    """Draw the table into the document."""
    return redraw(FILE, drawn)


if __name__ == "__main__":
    sys.exit(main())
