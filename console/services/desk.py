"""The desk: the one writer of this process. It runs commands one by one, and speaks only after the commit."""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

from console.bus import Bus
from console.models.clock import Clock
from console.models.errors import ConsoleError
from console.models.events import Event, FaultNoted
from console.models.keeping import RecordState
from console.models.text import Text
from console.store.faults import StorageFault
from console.store.store import Ground, Reading, Store, Transaction

R = TypeVar("R")
_log = logging.getLogger(__name__)

# Commands that wait while the disk is busy share its next commit, up to this many.
BURST = 200
STOP_WITHIN_S = 20.0
RECORD_FAULT = "record"


@dataclass(slots=True)
class _Job:
    command: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    future: "Future[Any]"
    result: Any = None
    error: BaseException | None = None
    events: tuple[Event, ...] = field(default=())


class Desk:
    """Runs commands on one thread and queries on another; a context manager.

    `do` gives a future that is resolved when the command's changes are on disk; then its events go to the bus. A
    command that raises changes nothing, says nothing, and fails its own future only.
    """

    def __init__(self, store: Store, ground: Ground, clock: Clock, bus: Bus) -> None:
        self.ground = ground
        self.clock = clock
        self.bus = bus
        self.record_state = RecordState()
        self._store = store
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="desk")
        self._readers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="reading")
        self._open = False
        self._closing = threading.Lock()

    def __enter__(self) -> Self:
        self._thread.start()
        self._open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._closing:  # no command may slip in behind the last one
            self._open = False
            self._jobs.put(None)
        self._thread.join(STOP_WITHIN_S)
        if self._thread.is_alive():
            _log.error("the desk did not stop within %s s", STOP_WITHIN_S)
        self._readers.shutdown(wait=True, cancel_futures=True)

    def do(self, command: Callable[..., R], *args: Any, **kwargs: Any) -> "Future[R]":
        """Run `command(tx, *args, **kwargs)`; the future is resolved when it is on disk."""
        future: Future[R] = Future()
        with self._closing:
            if self._open:
                self._jobs.put(_Job(command, args, kwargs, future))
                return future
        future.set_exception(
            ConsoleError(zh="值守台正在关闭，未记录此操作。", en="The console is closing; this was not recorded.")
        )
        return future

    def ask(self, query: Callable[..., R], *args: Any, **kwargs: Any) -> "Future[R]":
        """Run `query(rx, *args, **kwargs)` on a reading thread."""
        with self._closing:
            if self._open:
                return self._readers.submit(self._read, query, args, kwargs)
        future: Future[R] = Future()
        future.set_exception(ConsoleError(zh="值守台正在关闭。", en="The console is closing."))
        return future

    def _read(self, query: Callable[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
        with self._store.read(self.ground, self.clock.now()) as reading:
            return query(reading, *args, **kwargs)

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None:
                return
            jobs = [job]
            stopping = False
            while len(jobs) < BURST:
                try:
                    more = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    stopping = True
                    break
                jobs.append(more)
            wanted = [job for job in jobs if job.future.set_running_or_notify_cancel()]
            if wanted:
                self._run(wanted)
            if stopping:
                return

    def _run(self, jobs: list[_Job]) -> None:
        try:
            with self._store.begin(self.ground, self.clock) as tx:
                # Written before anything else: it also proves that writing works, which an idle tick would not.
                over = _note_outage(tx, self.record_state)
                for job in jobs:
                    _attempt(tx, job)
        except Exception as error:  # noqa: BLE001  (a named boundary: the desk's job wrapper)
            if isinstance(error, StorageFault):
                self._cannot_record(error)
            elif not isinstance(error, ConsoleError):
                _log.exception("the desk could not commit")
            for job in jobs:
                job.future.set_exception(error)
            return
        for event in over:
            self.bus.publish(event)
        for job in jobs:
            for event in job.events:
                self.bus.publish(event)
            if job.error is None:
                job.future.set_result(job.result)
            else:
                job.future.set_exception(job.error)
        if over:
            _log.warning("recording works again")
            self.record_state = RecordState()
            self.bus.publish(self.record_state)

    def _cannot_record(self, error: StorageFault) -> None:
        known = self.record_state
        if known.failing_since_at is None:
            _log.error("nothing can be recorded: %s", error)
        if known.sentence != error.text:
            since_at = known.failing_since_at or self.clock.now()
            self.record_state = RecordState(failing_since_at=since_at, sentence=error.text)
            self.bus.publish(self.record_state)


def _note_outage(tx: Transaction, state: RecordState) -> tuple[Event, ...]:
    """Put on record from when to when nothing could be: both lines in the first commit that succeeds."""
    began_at = state.failing_since_at
    if began_at is None:
        return ()
    lasted_s = (tx.now - began_at).total_seconds()
    back = Text(zh=f"已恢复记录，中断 {lasted_s:.0f} 秒。", en=f"Recording works again after {lasted_s:.0f} s.")
    details = {"began_at": began_at.isoformat(), "lasted_s": lasted_s}
    tx.record(FaultNoted(at=began_at, fault=RECORD_FAULT, active=True, sentence=state.sentence))
    tx.record(FaultNoted(at=tx.now, fault=RECORD_FAULT, active=False, sentence=back, details=details))
    return tuple(tx.events)


def _attempt(tx: Transaction, job: _Job) -> None:
    before = len(tx.events)
    try:
        with tx.attempt():
            job.result = job.command(tx, *job.args, **job.kwargs)
    except StorageFault:
        raise  # the whole burst is lost, not only this command
    except ConsoleError as error:
        job.error = error
    except Exception as error:  # noqa: BLE001  (a named boundary: the desk's job wrapper)
        _log.exception("the command %s failed", getattr(job.command, "__name__", job.command))
        job.error = error
    else:
        job.events = tuple(tx.events[before:])


__all__ = ["Desk", "Ground", "Reading", "Transaction"]
