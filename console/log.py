"""Keep the program's own log: a rotating file in the data folder, warnings on the terminal.

This is the technician's log, not the duty log. It never holds a password: whatever is written, also
by libraries and in tracebacks, loses the user and password of every address in it.
"""

import hashlib
import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

from typing_extensions import override

FILE_NAME: Final = "zhishou.log"
FILE_BYTES: Final = 5_000_000
FILES_KEPT: Final = 5
LINE: Final = "%(asctime)s.%(msecs)03dZ %(levelname)s %(processName)s %(name)s: %(message)s"

# user:password@ or user@ of any scheme. The password may itself hold "@" and "/": cameras accept
# addresses that were never quoted, and half a password in the log is still a leak.
_CREDENTIALS: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)(?:[^\s\"'<>/?#]*:[^\s\"'<>]*@|[^\s\"'<>/?#]+@)",
)
# `password=...` in a query, a connection string or a Digest header.
_SECRETS: Final = re.compile(
    r"(?i)\b(?P<name>password|passwd|pwd|token|secret)(?P<is>=)(?:\"[^\"]*\"|'[^']*'|[^\s&;,\"']+)",
)

_logger: Final = logging.getLogger("console")


def redact(text: str) -> str:
    """Give the text without the credentials of any address and without any `password=`."""
    return _SECRETS.sub(r"\g<name>\g<is>***", _CREDENTIALS.sub(r"\g<scheme>***@", text))


def one_line(text: str) -> str:
    """Give the text with its control characters written out: what came over a wire cannot begin a line of its own."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


class RedactingFormatter(logging.Formatter):
    """Formats a record, its traceback included, and takes the credentials out last.

    The first line is the record; a traceback follows, each of its lines behind a bar, so that no text from outside can
    pass for a record.
    """

    @override
    def format(self, record: logging.LogRecord) -> str:
        first, *rest = super().format(record).split("\n")
        # A message of several lines (from a library, or from outside) stands behind bars as a traceback does.
        lines = [one_line(first), *(f"  | {one_line(line)}" for line in rest)]
        return redact("\n".join(lines))


@contextmanager
def kept_in(folder: Path, *, level: int = logging.INFO, terminal: int = logging.WARNING) -> Iterator[Path]:
    """Write the log of this process into `folder` while the block lasts, and give the file.

    Lines of `level` and above go to the file, of `terminal` and above to standard error. The file is
    followed by at most five older ones of 5 MB. Raises OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE_NAME
    formatter = RedactingFormatter(LINE, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    to_file = RotatingFileHandler(file, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
    to_file.setLevel(level)
    handlers: list[logging.Handler] = [to_file]
    if sys.stderr is not None:  # a windowed program on Windows has none
        to_terminal = logging.StreamHandler(sys.stderr)
        to_terminal.setLevel(terminal)
        handlers.append(to_terminal)
    root = logging.getLogger()
    before = root.level
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
    root.setLevel(min(level, terminal))
    try:
        yield file
    finally:
        root.setLevel(before)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


@contextmanager
def unforeseen(tell: Callable[[str], object]) -> Iterator[None]:
    """Write every exception that nobody caught to the log while the block lasts, and tell its id; the program goes on.

    It sees what is raised in slots of the window and in threads. `tell` is called in the thread where it happened.
    """
    before = sys.excepthook, threading.excepthook

    def note(exception: BaseException | None, doing: str) -> None:
        if exception is not None and not isinstance(exception, KeyboardInterrupt):
            tell(bug(exception, doing))

    def in_slot(kind: type[BaseException], exception: BaseException, trace: TracebackType | None) -> None:
        if isinstance(exception, KeyboardInterrupt):
            before[0](kind, exception, trace)
        note(exception, "in the window")

    sys.excepthook = in_slot
    threading.excepthook = lambda gone: note(gone.exc_value, f"in {gone.thread.name if gone.thread else 'a thread'}")
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before


def bug(exception: BaseException, doing: str = "") -> str:
    """Write an unforeseen exception to the log and give the short id under which it is found there.

    The id is made from the kind of the exception and the places it passed through, not from its
    text: the same fault has the same id every night and at every post, so that ten calls about one
    fault are seen to be one. `doing` says in a few words what was being done.
    """
    places = traceback.extract_tb(exception.__traceback__)
    steps = [f"{Path(place.filename).name}:{place.name}:{place.line}" for place in places]
    digest = hashlib.sha256("\n".join([type(exception).__qualname__, *steps]).encode()).hexdigest()
    identity = f"B-{digest[:6].upper()}"
    _logger.error("%s %s", identity, doing or "unforeseen", exc_info=exception)
    return identity
