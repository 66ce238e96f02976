"""Errands: work that must never hold the window's process, done one after the other in a process of its own.

Making a PDF or hashing a clip keeps the interpreter lock for seconds; here it keeps somebody else's. The worker is
started with the first errand and again after it died. An errand whose worker died is tried once more, because whoever
was killed for memory may have room now; the second death is told as a sentence. An errand must therefore be one that
may be done twice: it writes beside the place and renames.
"""

import contextlib
import logging
import multiprocessing
import os
import queue
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.reduction import ForkingPickler
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from console.models.errors import ConsoleError

T = TypeVar("T")

_log: Final = logging.getLogger(__name__)

TRIES: Final = 2
PATIENCE_S: Final = 0.5  # for each of: letting go, being terminated
KILLED_S: Final = 5.0  # a process that was killed ends for certain, on a busy machine after a while
_NICENESS: Final = 5  # the pictures on the wall come first


class ErrandFailed(RuntimeError):
    """An errand raised something that is no ConsoleError: a fault of ours. The text ends with the worker's traceback."""


@dataclass(slots=True, eq=False)
class _Errand:
    """One call as it travels, and where its result goes."""

    name: str
    payload: bytes
    result: Future[Any] = field(default_factory=Future)


# -------------------------------------------------------------------------------- in the worker
def _work(connection: Connection) -> None:
    """The worker's main: take a call, send back what became of it, until nobody is at the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at the terminal is for the console, which then stops us
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    with contextlib.suppress(EOFError, OSError):
        while True:
            connection.send_bytes(_done(connection.recv_bytes()))


def _done(payload: bytes) -> bytes:
    """Do one errand and give its answer as it travels: how it ended, then what goes with that."""
    try:
        call, arguments = ForkingPickler.loads(payload)
        return bytes(ForkingPickler.dumps(("done", call(*arguments))))
    except ConsoleError as error:
        return bytes(ForkingPickler.dumps(("refused", (error.text.zh, error.text.en))))
    except Exception:  # noqa: BLE001 - the boundary of the worker: the fault is told, not swallowed
        return bytes(ForkingPickler.dumps(("failed", traceback.format_exc())))


# -------------------------------------------------------------------------------- in the console
class _Worker:
    """A worker process and the pipe to it; used by one thread."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_work, args=(theirs,), name="errands", daemon=True)
        try:
            self.process.start()
        finally:
            theirs.close()

    def answer(self, payload: bytes, stop: Connection) -> bytes | None:
        """Send a call and wait for what becomes of it; None where `stop` was rung first. EOFError when it dies."""
        try:
            self.connection.send_bytes(payload)
            while True:
                ready = wait([self.connection, self.process.sentinel, stop])
                if stop in ready:
                    return None
                if self.connection in ready:
                    return self.connection.recv_bytes()
                raise EOFError
        except OSError as error:
            raise EOFError from error

    def end(self, *, at_once: bool) -> int | None:
        """Let go of the worker, then terminate, then kill it; its exit code, None where even that did not help."""
        self.connection.close()
        steps: list[tuple[Callable[[], None], float]] = [(self.process.terminate, PATIENCE_S), (self.process.kill, KILLED_S)]
        if not at_once:
            self.process.join(PATIENCE_S)
        for step, within_s in steps:
            if self.process.exitcode is None:
                step()
                self.process.join(within_s)
        code = self.process.exitcode
        if code is not None:
            self.process.close()
        return code


class Errands:
    """The worker and the line before it. Enter it to begin; leaving stops both, within two seconds where the machine is not busy."""

    def __init__(self) -> None:
        self._line: queue.SimpleQueue[_Errand | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._open = False
        self._bell, self._rung = multiprocessing.Pipe(duplex=False)
        self._thread = threading.Thread(target=self._serve, name="errands", daemon=True)
        self._worker: _Worker | None = None

    def __enter__(self) -> Self:
        self._open = True
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._gate:
            self._open = False
            self._rung.send_bytes(b"stop")
            self._line.put(None)
        self._thread.join(4 * PATIENCE_S + KILLED_S)
        if self._thread.is_alive():
            _log.error("the errands' worker does not end")

    def submit(self, call: Callable[..., T], *arguments: Any) -> Future[T]:
        """Have `call(*arguments)` done in the worker; both must be importable there, and so must the result be.

        The future fails with ConsoleError where the errand raised one, where its worker died twice, or where the
        console is closing; with ErrandFailed for any other exception of the errand. Raises at once what pickling
        raises for a call that cannot travel.
        """
        name = getattr(call, "__qualname__", repr(call))
        errand = _Errand(name, bytes(ForkingPickler.dumps((call, arguments))))
        with self._gate:
            if self._open:
                self._line.put(errand)
            else:
                errand.result.set_exception(_closing())
        return errand.result

    @property
    def pid(self) -> int | None:
        """The worker's process id; None while there is none."""
        worker = self._worker
        return worker.process.pid if worker is not None else None

    def _serve(self) -> None:
        """The thread: one errand after the other, then the worker's end."""
        try:
            while (errand := self._line.get()) is not None:
                if errand.result.set_running_or_notify_cancel():
                    self._run(errand)
        finally:
            self._let_go(at_once=False)
            self._bell.close()
            self._rung.close()

    def _let_go(self, *, at_once: bool) -> int | None:
        worker, self._worker = self._worker, None
        return worker.end(at_once=at_once) if worker is not None else None

    def _run(self, errand: _Errand) -> None:
        for attempt in range(1, TRIES + 1):
            if self._bell.poll():
                break
            try:
                if self._worker is None:
                    self._worker = _Worker()
                answer = self._worker.answer(errand.payload, self._bell)
            except (EOFError, OSError):
                code = self._let_go(at_once=True)
                _log.warning("errand %s: its worker died (%s), attempt %d of %d", errand.name, code, attempt, TRIES)
                continue
            if answer is None:
                break
            self._settle(errand, answer)
            return
        errand.result.set_exception(_closing() if self._bell.poll() else _died())

    @staticmethod
    def _settle(errand: _Errand, answer: bytes) -> None:
        ending, value = ForkingPickler.loads(answer)
        if ending == "done":
            errand.result.set_result(value)
        elif ending == "refused":
            errand.result.set_exception(ConsoleError(*value))
        else:
            errand.result.set_exception(ErrandFailed(f"{errand.name}:\n{value}"))


def _closing() -> ConsoleError:
    return ConsoleError(
        zh="值守台正在退出，这项工作没有完成，请重新启动后再做。",
        en="The console is closing and this was not done. Do it again when it is back.",
    )


def _died() -> ConsoleError:
    return ConsoleError(
        zh="后台进程两次中断，这项工作没有完成。请关闭其他程序后重试，或告知技术员。",
        en="The background process died twice and this was not done. Close other programs and try again, "
        "or tell the technician.",
    )
