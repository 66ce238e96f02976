"""Canaries on their way: sent over each source's own wire, awaited, and given up when they do not come through."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from console.models.errors import ConsoleError, Refused
from console.models.events import CanaryChanged
from console.models.ids import SourceId, new_id
from console.models.inputs import Canary, CanaryResult
from console.models.settings import seconds_of
from console.models.signals import Signal, SignalKind
from console.models.text import Text
from console.services import canary
from console.services.desk import Desk

LOOK_S: Final = 1.0
FIRST_S: Final = 30.0
"""The first round begins so long after the start, in seconds: sources may need a moment to find their wire."""
PROBES: Final = 2
"""So many probes at once; each takes at most 5 s."""

_log = logging.getLogger(__name__)
_NO_WIRE: Final = Text("该报警源没有可自检的线路。", "This source has no wire that could be tested.")
_FAULTY: Final = Text("自检程序出错，见程序日志。", "The test itself failed; see the program's log.")

Probe = Callable[[str], None]


@dataclass(slots=True)
class _Sent:
    source: SourceId
    sent_at: datetime
    sent: float
    kept: "Future[Canary]" = field(default_factory=Future)
    arriving: "Future[Canary] | None" = None


class Canaries:
    """What is on its way. `probes` gives a function that sends a token over a source's wire, None where it has none.

    `watched` is set once a screen reports which canaries it shows; until then a canary on disk is through.
    """

    def __init__(self, desk: Desk, probes: Callable[[SourceId], Probe | None]) -> None:
        self._desk = desk
        self._probes = probes
        self._gate = threading.Lock()
        self._on_the_way: dict[str, _Sent] = {}
        self._last: dict[SourceId, float] = {}
        self._watched = threading.Event()
        self._pool = ThreadPoolExecutor(PROBES, thread_name_prefix="canary")

    def watched(self) -> None:
        """A screen is there from now on."""
        self._watched.set()

    def deliver(self, onward: Callable[[Signal], "Future[Any]"], signal: Signal) -> "Future[Any]":
        """Take a canary out of what a source delivers, and hand on everything else.

        A token that is not on its way is refused: nobody but this console may say that a way is open.
        """
        if signal.kind is not SignalKind.CANARY:
            return onward(signal)
        with self._gate:
            sent = self._on_the_way.get(signal.code)
            if sent is None or sent.source != signal.source:
                refused: Future[Any] = Future()
                refused.set_exception(Refused(zh="未知的自检信号。", en="Nobody sent this test signal."))
                return refused
            if sent.arriving is not None:
                return sent.arriving  # it came over a second transport
            arriving = sent.arriving = self._desk.do(
                canary.arrived, signal.code, sent.source, sent.sent_at, watched=self._watched.is_set()
            )
        # Outside the gate: what is on disk already calls back here and now.
        arriving.add_done_callback(partial(self._arrived, signal.code, sent))
        return arriving

    def send(self, source: SourceId) -> "Future[Canary]":
        """Send one now; the future gives it when it is on disk, as received or as missing."""
        sent = _Sent(source, self._desk.clock.now(), self._desk.clock.monotonic())
        probe = self._probes(source)
        if probe is None:
            sent.kept.set_exception(ConsoleError(zh=_NO_WIRE.zh, en=_NO_WIRE.en))
            return sent.kept
        token = new_id()
        with self._gate:
            self._on_the_way[token] = sent
        self._pool.submit(self._probe, token, sent, probe)
        return sent.kept

    def _probe(self, token: str, sent: _Sent, probe: Probe) -> None:
        try:
            probe(token)
        except ConsoleError as error:
            self._give_up(token, sent, error.text)
        except Exception:  # noqa: BLE001  (a source's own code, at the edge of the source runner)
            _log.exception("the canary of %s failed", sent.source)
            self._give_up(token, sent, _FAULTY)

    def _arrived(self, token: str, sent: _Sent, done: "Future[Canary]") -> None:
        if done.cancelled():  # whoever brought it would not wait for the disk: it comes again, or it is missing
            with self._gate:
                sent.arriving = None
            return
        error = done.exception()
        if error is None:
            if not self._watched.is_set():
                self._forget(token)
            _settle(sent.kept, done.result())
        else:  # it could not be put on disk: the record says so itself
            self._forget(token)
            _settle(sent.kept, error)

    def _give_up(self, token: str, sent: _Sent, reason: Text | None) -> None:
        if self._forget(token) is None:
            return
        missed = self._desk.do(canary.missed, token, sent.source, sent.sent_at, reason)
        missed.add_done_callback(lambda done: _settle(sent.kept, done.exception() or done.result()))

    def _forget(self, token: str) -> _Sent | None:
        with self._gate:
            return self._on_the_way.pop(token, None)

    def _shown(self, event: CanaryChanged) -> None:
        if event.canary.result is CanaryResult.SHOWN:
            self._forget(event.canary.id)

    def look(self, sources: tuple[SourceId, ...]) -> None:
        """Send what is due and give up what is overdue."""
        settings, now = self._desk.ground.settings, self._desk.clock.monotonic()
        within_s = seconds_of(settings, "inputs.canary_within_s")
        with self._gate:
            late = [(token, sent) for token, sent in self._on_the_way.items() if now - sent.sent > within_s]
        for token, sent in late:
            self._give_up(token, sent, None)
        every_s = seconds_of(settings, "inputs.canary_every_s")
        for source in sources:
            last = self._last.setdefault(source, now - every_s + min(FIRST_S, every_s))
            if now - last >= every_s:
                self._last[source] = now
                self.send(source)

    @contextmanager
    def running(self, sources: tuple[SourceId, ...]) -> Iterator[None]:
        """Keep the rounds of these sources going until the block is left."""
        stop = threading.Event()

        def turn() -> None:
            while not stop.wait(LOOK_S):
                self.look(sources)

        undo = self._desk.bus.on(CanaryChanged, self._shown)
        thread = threading.Thread(target=turn, name="canaries")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            self._pool.shutdown(wait=True, cancel_futures=True)
            undo()


def _settle(future: "Future[Canary]", outcome: Canary | BaseException) -> None:
    if future.done():
        return
    if isinstance(outcome, BaseException):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
