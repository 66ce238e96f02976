"""The command line: `zhishou <command>`.

Sentences come in the language of `--lang`, else of the environment, Chinese where that says neither; always in UTF-8.
With `--json` every line of the output is one JSON object. Exit codes: 0 done, 1 something was found that does not fit
(or a fault of ours), 2 the command was given wrongly, 3 a fault of the world that a sentence on standard error tells.
"""

import os
import signal
import sys
from collections.abc import Sequence

from console import i18n
from console.cli.parsing import parser
from console.cli.speech import FINE, WORLD, Run, language_of, say
from console.models.errors import ConsoleError


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; gives the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    i18n.set_language(language_of(given, os.environ))
    try:
        asked = parser().parse_args(given)
        asked.arguments = given
        run: Run = asked.run
        return run(asked)
    except ConsoleError as error:
        say(error.text)
        return WORLD
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever read our output has had enough (`| head`); Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
