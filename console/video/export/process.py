"""A package is made in a process of its own; this is that process as the console sees it, and what the two say."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Pipe
from typing import Final

from console.models.errors import ConsoleError
from console.models.export import ExportOrder, Made
from console.models.text import Text
from console.video.crew import worker_environment

SILENT_S: Final = 120.0
"""A process that says nothing for so long hangs: in a codec, or on a disk that was pulled out."""
LOOK_EVERY_S: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """So far: `done` of `total`, and what is being done."""

    done: int
    total: int
    doing: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestMade:
    """The manifest lies in the folder; it is to be signed."""

    made: Made


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The content of manifest.sig. The key itself stays with the console."""

    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The package is whole."""

    made: Made
    archive: str = ""
    archive_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """It could not be made; `bug` where it is a fault of ours."""

    reason: Text
    bug: bool = False


class Cancelled(Exception):
    """Somebody cancelled it, or the console is closing; what was made stays for the next attempt."""


def run(
    order: ExportOrder,
    *,
    seal: Callable[[str], bytes],
    on_step: Callable[[Step], None],
    cancelled: Callable[[], bool],
    on_start: Callable[[int], None] = lambda _pid: None,
) -> Finished:
    """Make a package; waits until that is done.

    `seal(sha256)` gives the signature file for the manifest of that digest. Raises Cancelled when `cancelled` says so,
    which is asked four times a second, and ConsoleError where the target refuses or the process ends or hangs.
    """
    ours, theirs = Pipe()
    with ours:
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "console.video.export.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=worker_environment(""),
            )
        try:
            on_start(process.pid)
            ours.send(order)
            silent_s = 0.0
            while True:
                if cancelled():
                    raise Cancelled
                if not ours.poll(LOOK_EVERY_S):
                    silent_s += LOOK_EVERY_S
                    if silent_s > SILENT_S:
                        raise ConsoleError(
                            zh="资料包制作没有响应，已中止，可继续。",
                            en="Making the package hung and was ended; go on with it.",
                        )
                    continue
                silent_s = 0.0
                match ours.recv():
                    case Step() as step:
                        on_step(step)
                    case ManifestMade(made=made):
                        ours.send(Sealed(content=seal(made.manifest_sha256)))
                    case Failed(reason=reason):
                        raise ConsoleError(zh=reason.zh, en=reason.en)
                    case Finished() as finished:
                        return finished
        except (EOFError, ConnectionError) as error:
            raise ConsoleError(
                zh="资料包制作进程意外退出，可继续。", en="The process that makes the package ended; go on with it."
            ) from error
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            process.wait()
