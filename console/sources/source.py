"""What every alarm source is given and what it gives: the contract between a source and the house.

A source turns what a wire says into Signals and hands them over with `deliver`. It tells its sender that a message has
arrived only when the Future of every Signal in it is done: what was acknowledged is on disk.

Three things a Signal may say of its message, beside what it is:

- `details={"unknown_account": "1234"}` (UNKNOWN_ACCOUNT): the sender is not in the site folder. Deliver it with the kind
  INFORMATION and as much as can be read of it; the house keeps it and puts the sender on the quarantine list that a
  supervisor works through. A sender that only says that it is there need not be delivered more than once an hour.
- `details={"missed": 3}` (MISSED): so many numbered messages of this sender never came. They count as lost on the daily
  ledger, so that only a protocol whose numbers have no gaps of their own may say it.
- kind CANARY with the token as `code`: see `SourceSpec.probe`. It must not be counted as a sign of life (`Health.heard`).

Silence is told with console.sources.silence, everything else that is wrong with console.sources.health.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from logging import Logger
from types import MappingProxyType
from typing import Any

from console.models.alarms import Alarm
from console.models.clock import Clock
from console.models.errors import ConsoleError
from console.models.inputs import MISSED, UNKNOWN_ACCOUNT, Option, OptionKind
from console.models.patrol import Punch
from console.models.settings import SettingValue, value_of
from console.models.signals import Signal, SourceHealth
from console.models.site import Camera, SourceSetup
from console.models.text import Text

__all__ = ["MISSED", "UNKNOWN_ACCOUNT", "Option", "OptionKind", "Recalled", "Running", "SourceContext", "SourceSpec"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What the house still knows of a source that starts: its live alarms, and its newest signals, newest first."""

    live: tuple[Alarm, ...] = ()
    recent: tuple[Signal, ...] = ()


def _recall_nothing() -> "Future[Recalled]":
    done: Future[Recalled] = Future()
    done.set_result(Recalled())
    return done


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceContext:
    """What the house lends a source for as long as it runs. All of it may be called from any thread.

    `deliver` and `punch` begin to commit and return at once; the Future is done when the fact is on disk and fails
    where it could not be put there. `health` is told when the source's state changes, never for every message.
    `secrets` gives the secret of a name and raises ConsoleError where there is none. `acknowledged` lets a function be
    called, from any thread, with each of this source's own alarms that a person has acknowledged, after that is on
    disk; what it gives ends that. It is how a duty check is answered. `recall` gives what the house knows of this source
    from before it started; a source of states needs it to tell news from repetition.
    `cameras` are those of the site, for a source that hears them.
    `setting` gives the site's value of a setting, its default where nobody lends one; KeyError where there is none.
    """

    deliver: Callable[[Signal], "Future[Any]"]
    punch: Callable[[Punch], "Future[Any]"]
    health: Callable[[SourceHealth], None]
    clock: Clock
    secrets: Callable[[str], str]
    log: Logger
    acknowledged: Callable[[Callable[[Alarm], None]], Callable[[], None]] = lambda _hear: lambda: None
    recall: Callable[[], "Future[Recalled]"] = _recall_nothing
    cameras: tuple[Camera, ...] = ()
    setting: Callable[[str], SettingValue] = partial(value_of, MappingProxyType({}))


class Running:
    """A started source, as seen by who started it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._address: tuple[str, int] | None = None
        self._prove: Callable[[str], None] | None = None
        self.heard_at: datetime | None = None

    def heard(self, at: datetime) -> None:
        """Note when something understandable came; called by the source's health, and read by any thread."""
        self.heard_at = at

    def provable(self, prove: Callable[[str], None] | None) -> None:
        """Say how a source that nobody can call proves its way; called by the source itself, with None when it ends."""
        self._prove = prove

    def prove(self, token: str) -> None:
        """Have such a source prove its way and deliver `token`; raises ConsoleError where it cannot."""
        prove = self._prove
        if prove is None:
            raise ConsoleError(zh="该报警源正在启动。", en="The source is only just starting.")
        prove(token)

    def address(self, timeout_s: float = 0.0) -> tuple[str, int] | None:
        """Give the host and port it listens on, waiting for at most `timeout_s`; None while it listens on none."""
        with self._changed:
            self._changed.wait_for(lambda: self._address is not None, timeout_s)
            return self._address

    def listening(self, address: tuple[str, int] | None) -> None:
        """Tell where the source listens now; called by the source itself."""
        with self._changed:
            self._address = address
            self._changed.notify_all()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """One kind of source: `check` names the mistakes in a setup's options, `start` runs it as a context manager.

    `options` is what its settings page shows. `probe(setup, running, secrets, token)` sends a canary over the source's
    own wire, as a device would; it must come back within 5 s and raise ConsoleError where it cannot. The source
    delivers what it then receives as a Signal of kind CANARY whose `code` is the token. None where there is no wire.

    `start` raises ConsoleError for options that `check` would refuse. What only the world refuses (a port in use, a
    cable pulled) is told as health and tried again. Leaving the context manager leaves nothing running after 5 s.
    """

    kind: str
    name: Text
    check: Callable[[SourceSetup], list[Text]]
    start: Callable[[SourceSetup, SourceContext], AbstractContextManager[Running]]
    options: tuple[Option, ...] = ()
    probe: Callable[[SourceSetup, Running, Callable[[str], str], str], None] | None = None
