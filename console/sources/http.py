"""As much of HTTP/1.1 as devices need that report something: one bounded request, one JSON answer, then it closes.

Connections are few and their time is short: one that is held without a whole request makes room for one that brings
one, so that no number of silent callers keeps a report out.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from logging import Logger
from typing import Any, Final

from console.models.ids import new_id
from console.sources.listening import Tasks, stop_accepting

MAX_HEAD: Final = 8192
HEAD_S: Final = 5.0
"""How long the head of a request may take to arrive, in seconds."""
REQUEST_S: Final = 10.0
"""How long a whole request may take to arrive, and its answer to be taken, in seconds."""
MAX_CONNECTIONS: Final = 64
_LINGER_S: Final = 1.0
_LINGER: Final = 1 << 20
_CLOSE_S: Final = 0.5

_REASONS: Final = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    411: "Length Required",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    503: "Service Unavailable",
}
_REQUEST: Final = re.compile(r"([A-Z]{1,16}) (\S{1,2048}) HTTP/1\.[01]")


class HttpError(Exception):
    """A request that is answered with an error: the status, and a word for machines."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a request; header names are in lower case, `length` is the body's in bytes."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    length: int


class Call:
    """A request whose head has arrived; its body is fetched only when it is wanted."""

    def __init__(self, head: Head, sender: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.head = head
        self.sender = sender
        self._reader = reader
        self._writer = writer
        self.left = head.length

    async def body(self, most: int) -> bytes:
        """Give the body; raises HttpError for one of more than `most` bytes, or one that ends early or comes too late."""
        if self.head.length > most:
            raise HttpError(413, "body_too_large")
        if self.head.headers.get("expect", "").lower() == "100-continue":
            self._writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.left = 0
        try:
            return await self._reader.readexactly(self.head.length)
        except asyncio.IncompleteReadError as error:
            raise HttpError(400, "body_incomplete") from error


@dataclass(slots=True)
class _Talk:
    """One connection; `busy` is set when its request is here and only the answer is missing."""

    begun: float
    busy: bool = False


Judge = Callable[[Call], Awaitable[Callable[[], Awaitable[bytes]]]]
"""Take a request in, body and all, and give what makes its answer."""


class HttpServer:
    """Conversations of callers with one receiver; everything happens in its event loop.

    `judge` reads the request and gives the work that answers it. A connection is dropped for a newer one only while it
    is being read; when all are being answered the newest caller is told to come again.
    """

    def __init__(
        self,
        judge: Judge,
        log: Logger,
        *,
        most: int = MAX_CONNECTIONS,
        head_s: float = HEAD_S,
        request_s: float = REQUEST_S,
    ) -> None:
        self._judge = judge
        self.log = log
        self._most = most
        self._head_s = head_s
        self._request_s = request_s
        self._tasks = Tasks()
        self._talks: dict[asyncio.StreamWriter, _Talk] = {}
        self._leaving = 0

    @asynccontextmanager
    async def sockets(self, host: str, port: int) -> AsyncIterator[tuple[str, int]]:
        """Listen while the block lasts; gives the address. Raises OSError where that is refused."""
        server = await asyncio.start_server(
            lambda reader, writer: self._tasks.begin(self._converse(reader, writer), writer), host, port, limit=MAX_HEAD
        )
        try:
            yield host, server.sockets[0].getsockname()[1]
        finally:
            await stop_accepting(server)
            await self._tasks.end()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = _Talk(asyncio.get_running_loop().time())
        try:
            if not self._has_room():
                writer.write(answer(503, {"error": "busy"}, {"Retry-After": "1"}))
                if self._leaving < self._most:
                    await self._linger(reader, writer, _LINGER)
            else:
                self._talks[writer] = talk
                reply, left = await self._answer(talk, reader, writer)
                if reply:
                    writer.write(reply)
                if left and not writer.is_closing():
                    talk.busy = False  # it has its answer, and goes where somebody else needs the place
                    await self._linger(reader, writer, left)
            await asyncio.wait_for(writer.drain(), self._request_s)
        except (TimeoutError, OSError):
            self.log.info("a caller hung up before its answer")
        except Exception:  # part of the source runner's boundary: one caller must not silence the others
            self.log.exception("a request failed, fault %s", new_id())
        finally:
            self._talks.pop(writer, None)
            writer.close()
            with suppress(OSError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), _CLOSE_S)

    def _has_room(self) -> bool:
        """Whether a newcomer may stay; the connection that was held longest without a request goes for it."""
        if len(self._talks) < self._most:
            return True
        held = [writer for writer, talk in self._talks.items() if not talk.busy]
        if not held:
            return False
        oldest = min(held, key=lambda writer: self._talks[writer].begun)
        del self._talks[oldest]
        oldest.transport.abort()
        return True

    async def _answer(
        self, talk: _Talk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[bytes, int]:
        """The answer, and how many bytes of the body were not read for it."""
        peer = writer.get_extra_info("peername") or ("?",)
        call: Call | None = None
        try:
            async with asyncio.timeout(self._request_s):
                head = await asyncio.wait_for(read_head(reader), self._head_s)
                if head is None:
                    return b"", 0
                call = Call(head, str(peer[0]), reader, writer)
                work = await self._judge(call)
            talk.busy = True
            return await work(), call.left
        except HttpError as error:
            return answer(error.status, {"error": error.error}), call.left if call else 0

    async def _linger(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int) -> None:
        """Let the caller finish what it is sending, for a moment: closing at once would take the answer from it."""
        self._leaving += 1
        try:
            async with asyncio.timeout(_LINGER_S):
                await writer.drain()
                left = min(left, _LINGER)
                while left > 0 and (some := await reader.read(MAX_HEAD)):
                    left -= len(some)
        except (TimeoutError, OSError):
            return
        finally:
            self._leaving -= 1


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """Read the head of a request; None where the caller hung up first. The reader's limit must be MAX_HEAD.

    Raises HttpError for what is no request, is too large or comes without its length.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial.strip():
            raise HttpError(400, "no_request") from error
        return None
    except asyncio.LimitOverrunError as error:
        raise HttpError(431, "head_too_large") from error
    first, *lines = head.decode("latin-1").split("\r\n")
    asked = _REQUEST.fullmatch(first)
    if asked is None:
        raise HttpError(400, "no_request")
    headers = {name.strip().lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
    if "transfer-encoding" in headers:
        raise HttpError(501, "no_chunks")
    length = headers.get("content-length", "" if asked[1] in ("POST", "PUT", "PATCH") else "0")
    if not (length.isascii() and length.isdigit()):
        raise HttpError(411 if not length else 400, "no_length")
    if len(length) > 9:
        raise HttpError(413, "body_too_large")
    path, _mark, query = asked[2].partition("?")
    return Head(method=asked[1], path=path, query=query, headers=headers, length=int(length))


def answer(status: int, said: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> bytes:
    """Give the bytes of an answer in JSON."""
    body = json.dumps(said, ensure_ascii=False).encode()
    lines = {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "close",
        "Cache-Control": "no-store",
        **(headers or {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} {_REASONS[status]}\r\n{head}\r\n".encode("latin-1") + body


def bearer(headers: Mapping[str, str]) -> bytes:
    """Give the token of `Authorization: Bearer`, empty where there is none."""
    scheme, _space, given = headers.get("authorization", "").partition(" ")
    return given.strip().encode("latin-1") if scheme.lower() == "bearer" else b""
