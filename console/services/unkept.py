"""Unkept: alarms that come while nothing can be recorded are shown all the same, and recorded as soon as that works.

Their senders get no answer, for an answer says "on disk", and send again; what our own cameras saw nobody sends again.
Either way the signal is held here and delivered once more; a repetition is recognised by its sequence, however long
nothing could be recorded and whatever was done to the clock meanwhile.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from itertools import islice
from typing import Any, Final, TypeVar

from console.models.alarms import Alarm
from console.models.clock import Clock
from console.models.ids import SignalId
from console.models.keeping import AlarmNotKept, RecordState
from console.models.signals import Signal, SignalKind
from console.services import alarms, inputs
from console.services.desk import Desk, Transaction
from console.store.faults import StorageFault

F = TypeVar("F")

HELD_AT_MOST: Final = 1000
REMEMBERED_AT_MOST: Final = 10_000


class _Heard:
    """The numbered messages of the last minutes by the clock that never steps; used on the desk's thread alone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, bytes, tuple[SignalId, ...]]] = {}

    def receive(self, tx: Transaction, signal: Signal) -> Alarm | None:
        """Receive a signal; one that repeats another says so."""
        if not signal.sequence:
            return inputs.receive(tx, signal)
        key, now = (signal.source, signal.sequence), self._clock.monotonic()
        since, raw, ids = self._known.get(key, (now, signal.raw, ()))
        if raw != signal.raw or now - since > alarms.DUPLICATE_WITHIN.total_seconds():
            ids = ()
        first = next((one for one in ids if one != signal.id and tx.get(Signal, one) is not None), None)
        if first is None:  # nothing of it is on record; of many tries only the first is held, and only the last may get there
            self._known.pop(key, None)
            self._known[key] = (now, signal.raw, tuple(dict.fromkeys((*ids[:1], signal.id))))
            self._forget(now)
        return inputs.receive(tx, replace(signal, duplicate_of=first))

    def _forget(self, now: float) -> None:
        for key in tuple(islice(self._known, 2)):  # the oldest; each call brings one at most
            if now - self._known[key][0] > alarms.DUPLICATE_WITHIN.total_seconds() or len(self._known) > REMEMBERED_AT_MOST:
                del self._known[key]


class Delivery:
    """Hands signals to the desk. Made once for a desk; holds nothing while the record works."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._gate = threading.Lock()
        self._heard = _Heard(desk.clock)
        self._held: dict[tuple[str, str], Signal] = {}
        self._facts: dict[tuple[str, str], tuple[Callable[..., Any], Any]] = {}
        desk.bus.on(RecordState, self._again)

    def deliver(self, signal: Signal) -> "Future[Any]":
        """Have a signal received; the future is resolved when it is on disk, and fails where it could not be put there."""
        future = self._desk.do(self._heard.receive, signal)
        future.add_done_callback(lambda done: self._ended(signal, done))
        return future

    def tell(self, command: Callable[[Transaction, F], Any], about: str, fact: F) -> None:
        """Have the state of a camera or a source recorded; while that cannot be, its newest is held."""
        key = (command.__name__, about)

        def ended(done: "Future[Any]") -> None:
            with self._gate:
                self._facts.pop(key, None)
                held = not done.cancelled() and isinstance(done.exception(), StorageFault)
                if held:
                    self._facts[key] = (command, fact)
            if held:
                self._again(self._desk.record_state)

        self._desk.do(command, fact).add_done_callback(ended)

    def _ended(self, signal: Signal, done: "Future[Any]") -> None:
        if done.cancelled() or not isinstance(done.exception(), StorageFault):
            return
        with self._gate:
            if len(self._held) < HELD_AT_MOST:
                self._held.setdefault((signal.source, signal.sequence or signal.id), signal)
        state = self._desk.record_state
        if state.failing_since_at is None:  # recording works again since, and took what was held up to then
            self._again(state)
        elif signal.kind is SignalKind.ALARM:
            self._desk.bus.publish(AlarmNotKept(alarm=alarms.would_be(self._desk.ground.site, signal)))

    def _again(self, state: RecordState) -> None:
        if state.failing_since_at is not None:
            return
        with self._gate:
            held, self._held = list(self._held.values()), {}
            facts, self._facts = self._facts, {}
        for signal in held:
            self.deliver(signal)
        for (_, about), (command, fact) in facts.items():
            self.tell(command, about, fact)
