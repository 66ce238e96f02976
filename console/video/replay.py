"""What a rule would have said of recorded material: before a setting is applied, see what it would have changed.

Pictures are judged in a process of their own that can be killed, by the same code that judges live cameras. Where
pictures are too many, `console.models.motion_cells` tells from the kept motion alone when something was in a zone.
"""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Pipe
from pathlib import Path
from types import MappingProxyType
from typing import Final

from console.models.errors import ConsoleError
from console.models.pictures import Box, RuleEvent
from console.models.rules import OfficeHours, Rule
from console.models.site import Camera
from console.video.crew import worker_environment

SILENT_S: Final = 60.0
"""A process that says nothing for so long hangs in a codec."""
LOOK_EVERY_S: Final = 0.25
TRIED: Final = "/tried"
"""What is put behind the id of the setting that is tried beside a rule."""
NOTHING: Final[Mapping[tuple[str, datetime], bytes]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be played, to which rule; each file with the time of its first picture.

    `tried` is another setting of the rule, judged beside it on the same pictures.
    """

    camera: Camera
    rule: Rule
    files: tuple[tuple[Path, datetime], ...]
    site_dir: Path
    tried: Rule | None = None
    timezone: str = "UTC"
    office: OfficeHours | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """So far: the number of the file, and seconds into it."""

    file: int
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file that could not be read, by its number."""

    file: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A small picture (JPEG) of the moment in which a rule became active."""

    rule_id: str
    at: datetime
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """Everything has been played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldHave:
    """Once that the rule would have been active; `ended_at` is None where it still was at the end."""

    began_at: datetime
    ended_at: datetime | None
    box: Box
    area: float
    jpeg: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of a replay: events, and the files that could not be read, which are a gap in what is said.

    `tried` are the events of the other setting.
    """

    events: tuple[WouldHave, ...]
    tried: tuple[WouldHave, ...] = ()
    unread: tuple[Path, ...] = ()


def _nobody(done: Progress) -> None:
    """Nobody wants to know how far it is."""


def replay_rule(
    request: Request,
    *,
    on_progress: Callable[[Progress], None] = _nobody,
    cancelled: Callable[[], bool] = lambda: False,
) -> Replayed:
    """Play recordings to a rule and give what it would have told; waits until that is done.

    `on_progress` hears from the caller's own thread how far it is. Raises ConsoleError where the process ends or hangs,
    and when `cancelled` says so, which is asked four times a second.
    """
    ours, theirs = Pipe()
    with ours:
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "console.video.replaying", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=worker_environment(""),
            )
        try:
            ours.send(request)
            said: list[RuleEvent] = []
            shown: dict[tuple[str, datetime], bytes] = {}
            unread, silent_s = [], 0.0
            while True:
                if cancelled():
                    raise ConsoleError(zh="回放检验已取消。", en="The replay was cancelled.")
                if not ours.poll(LOOK_EVERY_S):
                    silent_s += LOOK_EVERY_S
                    if silent_s > SILENT_S:
                        raise ConsoleError(zh="回放检验没有响应，已中止。", en="The replay hung and was ended.")
                    continue
                silent_s = 0.0
                match ours.recv():
                    case RuleEvent() as event:
                        said.append(event)
                    case Shown(rule_id=name, at=at, jpeg=jpeg):
                        shown[name, at] = jpeg
                    case Progress() as done:
                        on_progress(done)
                    case Unreadable(file=number):
                        unread.append(request.files[number][0])
                    case Ended():
                        own = [one for one in said if one.rule_id == request.rule.id]
                        tried = [one for one in said if one.rule_id != request.rule.id]
                        return Replayed(
                            events=paired(own, shown), tried=paired(tried, shown), unread=tuple(unread)
                        )
        except (EOFError, OSError) as error:
            raise ConsoleError(zh="回放检验进程意外退出。", en="The process of the replay ended.") from error
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            process.wait()


def paired(
    events: Sequence[RuleEvent], shown: Mapping[tuple[str, datetime], bytes] = NOTHING
) -> tuple[WouldHave, ...]:
    """Beginnings with their ends, and with their pictures."""
    found: list[WouldHave] = []
    open_event: RuleEvent | None = None
    for event in events:
        if event.active:
            open_event = event
        elif open_event is not None:
            found.append(_would_have(open_event, event.at, shown))
            open_event = None
    return (*found, _would_have(open_event, None, shown)) if open_event is not None else tuple(found)


def _would_have(
    event: RuleEvent, ended_at: datetime | None, shown: Mapping[tuple[str, datetime], bytes]
) -> WouldHave:
    jpeg = shown.get((event.rule_id, event.at), b"")
    return WouldHave(began_at=event.at, ended_at=ended_at, box=event.box, area=event.area, jpeg=jpeg)
