"""Listen on a port for as long as a source runs, and do its conversations beside each other."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, Final

from console.models.text import Text
from console.sources.health import Health
from console.sources.runner import FAILED
from console.sources.source import Running

AGAIN_S: Final = 1.0
"""How long after a refused port it is tried again, in seconds."""

Sockets = Callable[[], AbstractAsyncContextManager[tuple[str, int]]]


class Tasks:
    """Work that goes on beside other work in one event loop, until it ends or all of it is ended."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def begin(self, work: Coroutine[Any, Any, None], writer: asyncio.StreamWriter | None = None) -> None:
        """Begin some work, which must deal with its own errors, and close `writer` after it.

        Work that is ended before its first step cannot clear away anything itself.
        """
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if writer is not None:
            task.add_done_callback(lambda _ended: writer.close())

    async def end(self) -> None:
        """End all work and wait until it is over."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def stop_accepting(server: asyncio.Server) -> None:
    """Close a server without dropping a connection that is being accepted just now.

    Python 3.11 leaves the socket of such a connection open when its server closes before it is set up. Taking a
    connection needs three rounds of the event loop: the socket, its transport, the conversation.
    """
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows' own loop has no readers
        for listening in server.sockets:
            loop.remove_reader(listening.fileno())
    for _round in range(3):
        await asyncio.sleep(0)
    server.close()


async def keep_listening(sockets: Sockets, where: str, running: Running, health: Health, stop: asyncio.Event) -> None:
    """Hold `sockets` open until `stop` is set; what the world refuses is told as health and tried again.

    `sockets` opens them and gives the address they got, or raises OSError. `where` is the address as the site has it.
    """
    health.tell()
    while not stop.is_set():
        try:
            async with sockets() as address:
                health.fine("port")
                health.fine(FAILED)
                running.listening(address)
                await stop.wait()
        except OSError as error:
            health.problem("port", _refused(where, error))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN_S)
        finally:
            running.listening(None)


def _refused(where: str, error: OSError) -> Text:
    why = error.strerror or str(error)
    return Text(
        zh=f"无法在 {where} 接收数据：{why}。可能端口被占用或地址不对，正在重试。",
        en=f"Nothing can be received at {where}: {why}. The port may be in use or the address wrong; trying again.",
    )
