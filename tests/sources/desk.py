"""The one fake of these tests: a desk that commits what sources deliver, in a thread of its own, or refuses to."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from console.models.clock import Clock, SystemClock
from console.models.errors import ConsoleError, Refused
from console.models.patrol import Punch
from console.models.signals import Signal, SourceHealth
from console.sources.source import SourceContext

# How long what must come is waited for; what comes sooner costs nothing.
PATIENCE_S = 60.0
# Not all that is waited for is told to the desk.
LOOK_AGAIN_S = 0.05
# Far more than ending takes, and far less than somebody who says nothing may stay on the line.
ENDS_WITHIN_S = 10.0


@dataclass
class Desk:
    """Keeps what was committed; `fail` lets so many commits fail first, `refuse` forbids all by a rule, `gate` holds
    all commits while it is clear.

    Like the house it keeps a repeated `sequence` only once, as a duplicate.
    """

    clock: Clock = field(default_factory=SystemClock)
    secrets: dict[str, str] = field(default_factory=dict)
    fail: int = 0
    refuse: bool = False
    signals: list[Signal] = field(default_factory=list)
    duplicates: list[Signal] = field(default_factory=list)
    punches: list[Punch] = field(default_factory=list)
    health: list[SourceHealth] = field(default_factory=list)
    asked: int = 0

    def __post_init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self._changed = threading.Condition()
        self._worker = ThreadPoolExecutor(1, "desk")

    def close(self) -> None:
        self.gate.set()
        self._worker.shutdown()

    def context(self) -> SourceContext:
        return SourceContext(
            deliver=lambda signal: self._worker.submit(self._commit, signal),
            punch=lambda punch: self._worker.submit(self._commit, punch),
            health=self._hear,
            clock=self.clock,
            secrets=self._secret,
            log=logging.getLogger("test.sources"),
        )

    def wait(self, true: Callable[[], Any]) -> None:
        """Wait until something is so; the test fails where it does not come about."""
        until_s = time.monotonic() + PATIENCE_S
        with self._changed:
            while not true():
                assert time.monotonic() < until_s, (self.signals, self.health)
                self._changed.wait(LOOK_AGAIN_S)

    def settle(self, asked: int) -> None:
        """Wait until it was asked more often than that, and is done with all of it."""
        self.wait(lambda: self.asked > asked)
        self._worker.submit(lambda: None).result(PATIENCE_S)

    @property
    def ill(self) -> str:
        """What the source complains of now, in English; empty where it is well."""
        return self.health[-1].sentence_en if self.health else ""

    def _secret(self, name: str) -> str:
        if name not in self.secrets:
            raise ConsoleError(zh=f"没有名为 {name} 的密钥。", en=f"There is no secret {name}.")
        return self.secrets[name]

    def _commit(self, fact: Signal | Punch) -> None:
        with self._changed:
            self.asked += 1
            self._changed.notify_all()
        assert self.gate.wait(PATIENCE_S)
        with self._changed:
            if self.fail:
                self.fail -= 1
                raise ConsoleError(zh="磁盘已满。", en="The disk is full.")
            if self.refuse:
                raise Refused(zh="该打卡点已停用。", en="That checkpoint is out of use.")
            if isinstance(fact, Punch):
                self.punches.append(fact)
            elif fact.sequence and any(kept.sequence == fact.sequence for kept in self.signals):
                self.duplicates.append(fact)
            else:
                self.signals.append(fact)
            self._changed.notify_all()

    def _hear(self, health: SourceHealth) -> None:
        with self._changed:
            self.health.append(health)
            self._changed.notify_all()
