"""What every command says, and in which language; how it ends."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from console import i18n
from console.models.text import Text

FINE: Final = 0
FINDINGS: Final = 1
USAGE: Final = 2
WORLD: Final = 3

# A command: what was asked for, and the exit code.
Run = Callable[[argparse.Namespace], int]


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language to speak: `--lang` on the command line, else the environment's if that is English, else Chinese."""
    for place, argument in enumerate(arguments):
        given = argument.removeprefix("--lang=") if argument.startswith("--lang=") else ""
        if argument == "--lang" and place + 1 < len(arguments):
            given = arguments[place + 1]
        if given:
            return "en" if given.lower().startswith("en") else "zh_CN"
    said = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "en" if said.lower().startswith("en") else "zh_CN"


def say(text: Text | str) -> None:
    """Say a sentence on standard error."""
    print(text.in_language(i18n.language()) if isinstance(text, Text) else text, file=sys.stderr)


def put_json(value: Any) -> None:
    """One JSON object on a line of standard output, at once."""
    import msgspec

    print(msgspec.json.encode(value).decode(), flush=True)
