"""Run a source on an event loop in a thread of its own, keep it running, and leave nothing behind."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from console.models.ids import new_id
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources.health import Health
from console.sources.source import Running, SourceContext

STOP_S = 5.0
AGAIN_S = 1.0
"""How long after an unexpected end a source is started again, in seconds."""

FAILED = "failed"
"""The problem that a source clears when it listens again."""

Serve = Callable[[Running, Health, asyncio.Event], Awaitable[None]]


class _Stop:
    """A wish to stop, felt by a thread that sleeps and by an event loop that runs in it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wished = threading.Event()
        self._felt: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    def wish(self) -> None:
        with self._lock:
            self._wished.set()
            if self._felt is not None:
                loop, event = self._felt
                loop.call_soon_threadsafe(event.set)

    def wished(self, timeout_s: float = 0.0) -> bool:
        return self._wished.wait(timeout_s)

    @contextmanager
    def felt_in_loop(self) -> Iterator[asyncio.Event]:
        event = asyncio.Event()
        with self._lock:
            self._felt = (asyncio.get_running_loop(), event)
            if self._wished.is_set():
                event.set()
        try:
            yield event
        finally:
            with self._lock:
                self._felt = None


@contextmanager
def run_in_thread(setup: SourceSetup, context: SourceContext, serve: Serve) -> Iterator[Running]:
    """Run `serve` until the block is left; it gets where to say that it listens, its health, and when to stop.

    `serve` must come back soon after the event is set. Where it ends with an error of ours, that is logged with an id,
    told as bad health, and it is started again.
    """
    running, stop = Running(), _Stop()
    thread = threading.Thread(
        target=_keep_running, args=(setup, context, serve, running, stop), name=f"source {setup.id}", daemon=True
    )
    thread.start()
    try:
        yield running
    finally:
        stop.wish()
        thread.join(STOP_S)
        if thread.is_alive():
            context.log.error("source %s did not stop within %.0f s", setup.id, STOP_S)


def _keep_running(setup: SourceSetup, context: SourceContext, serve: Serve, running: Running, stop: _Stop) -> None:
    health = Health(setup.id, context.clock, context.health, running.heard)

    async def serve_once() -> None:
        with stop.felt_in_loop() as event:
            await serve(running, health, event)

    while not stop.wished():
        try:
            asyncio.run(serve_once())
        except Exception:  # the source runner is one of the four boundaries
            fault = new_id()
            context.log.exception("source %s ended unexpectedly, fault %s", setup.id, fault)
            health.problem(
                FAILED,
                Text(
                    zh=f"报警源程序出错（编号 {fault}），正在自动重新启动。",
                    en=f"The source has failed (fault {fault}) and is being started again.",
                ),
            )
        finally:
            running.listening(None)
        stop.wished(AGAIN_S)
