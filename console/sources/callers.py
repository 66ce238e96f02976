"""Who calls a receiver: TCP connections and UDP datagrams that bring frames, and take answers back.

A connection that is quiet too long is ended; where there are too many, the quietest makes room for the new one, because
devices leave dead connections behind and then call anew. Answers go back where the frame came from.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar, cast

from typing_extensions import override

from console.models.ids import new_id
from console.sources.listening import Tasks, stop_accepting
from console.sources.source import SourceContext

WRITE_S: Final = 5.0
CLOSE_S: Final = 0.5
_READ: Final = 4096
_DATAGRAMS: Final = 256

F_co = TypeVar("F_co", covariant=True)
F = TypeVar("F")
Write = Callable[[bytes], None]


class Framer(Protocol[F_co]):
    """Cuts what comes over one connection into frames."""

    def feed(self, data: bytes) -> Iterable[F_co]:
        """The frames that are whole with these bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who sent a frame: `sender` is its address with port, `own` the address of ours it called, `write` answers it."""

    sender: str
    own: str
    write: Write

    @property
    def host(self) -> str:
        """The sender's address without its port."""
        return self.sender.rpartition(":")[0]


def written(address: tuple[Any, ...] | None) -> str:
    """An address as it stands in the record."""
    return f"{address[0]}:{address[1]}" if address else "?"


class Callers(Generic[F]):
    """All who call one receiver: every frame goes to `take`, whose bytes (empty: none) are the answer.

    `lost` is told the `write` of a connection that has ended. All work runs in `tasks` of the receiver's event loop.
    """

    def __init__(
        self,
        context: SourceContext,
        framer: Callable[[], Framer[F]],
        take: Callable[[F, Caller], Awaitable[bytes]],
        *,
        most: int,
        idle_s: float,
        lost: Callable[[Write], None] = lambda _write: None,
    ) -> None:
        self._context = context
        self._framer = framer
        self._take = take
        self._most = most
        self._idle_s = idle_s
        self._lost = lost
        self._connections: dict[asyncio.StreamWriter, float] = {}
        self.tasks = Tasks()

    @asynccontextmanager
    async def listen(self, host: str, port: int, transport: str) -> AsyncIterator[tuple[str, int]]:
        """Listen by `transport` ("tcp", "udp" or "both"), and give where; raises OSError for a refused port."""
        server, datagrams = None, None
        try:
            if transport != "udp":
                server = await asyncio.start_server(
                    lambda reader, writer: self.tasks.begin(self._converse(reader, writer), writer), host, port
                )
                port = server.sockets[0].getsockname()[1]
            if transport != "tcp":
                datagrams, _protocol = await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: _Datagrams(self._datagram), local_addr=(host, port)
                )
                port = datagrams.get_extra_info("sockname")[1]
            yield host, port
        finally:
            if datagrams is not None:
                datagrams.close()
            if server is not None:
                await stop_accepting(server)
            await self.tasks.end()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._make_room()
        own = str((writer.get_extra_info("sockname") or ("?",))[0])
        caller = Caller(sender=written(writer.get_extra_info("peername")), own=own, write=writer.write)
        framer = self._framer()
        try:
            while True:
                self._connections[writer] = self._context.clock.monotonic()
                data = await asyncio.wait_for(reader.read(_READ), self._idle_s)
                if not data:
                    return
                for frame in framer.feed(data):
                    if reply := await self._take(frame, caller):
                        writer.write(reply)
                        await asyncio.wait_for(writer.drain(), WRITE_S)
        except (TimeoutError, OSError):
            self._context.log.info("connection of %s ended without a word", caller.sender)
        except Exception:  # part of the source runner's boundary: one device must not silence the others
            self._context.log.exception("connection of %s failed, fault %s", caller.sender, new_id())
        finally:
            self._connections.pop(writer, None)
            self._lost(caller.write)
            writer.close()
            with suppress(OSError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), CLOSE_S)

    def _make_room(self) -> None:
        while len(self._connections) >= self._most:
            quietest = min(self._connections, key=lambda writer: self._connections[writer])
            del self._connections[quietest]
            quietest.close()

    def _datagram(self, data: bytes, address: tuple[str, int], transport: asyncio.DatagramTransport) -> None:
        if len(self.tasks) < _DATAGRAMS:
            self.tasks.begin(self._take_datagram(data, address, transport))

    async def _take_datagram(self, data: bytes, address: tuple[str, int], transport: asyncio.DatagramTransport) -> None:
        def write(reply: bytes) -> None:
            if not transport.is_closing():
                transport.sendto(reply, address)

        own = str(transport.get_extra_info("sockname")[0])
        caller = Caller(sender=written(address), own=own, write=write)
        for frame in self._framer().feed(data):
            if reply := await self._take(frame, caller):
                write(reply)


class _Datagrams(asyncio.DatagramProtocol):
    """A datagram holds whole frames."""

    def __init__(self, came: Callable[[bytes, tuple[str, int], asyncio.DatagramTransport], None]) -> None:
        self._came = came

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    @override
    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self._came(data, address, self._transport)
