"""A small real broker in a thread, for what no broker in Python offers: MQTT 5, and to see every byte of a session.

It keeps sessions, retained messages and unacknowledged ones, marks what it sends again, and notes what it is told.
"""

import asyncio
import ssl
import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.sources.desk import LOOK_AGAIN_S, PATIENCE_S


@dataclass
class Session:
    filters: list[str] = field(default_factory=list)
    flying: OrderedDict[int, tuple[str, bytes, bool]] = field(default_factory=OrderedDict)
    next_id: int = 1
    writer: asyncio.StreamWriter | None = None
    version: int = 4


def fits(pattern: str, topic: str) -> bool:
    wanted, levels = pattern.split("/"), topic.split("/")
    for position, level in enumerate(wanted):
        if level == "#":
            return True
        if position >= len(levels) or level not in ("+", levels[position]):
            return False
    return len(wanted) == len(levels)


def length(number: int) -> bytes:
    out = bytearray()
    while True:
        number, rest = divmod(number, 128)
        out.append(rest | (0x80 if number else 0))
        if not number:
            return bytes(out)


def text(word: str) -> bytes:
    return struct.pack("!H", len(word.encode())) + word.encode()


def packet(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + length(len(body)) + body


class Broker:
    """`with Broker() as broker`; stopping and starting it again keeps sessions and what is retained."""

    def __init__(self, *, trust: ssl.SSLContext | None = None, refuse: int = 0, denied: tuple[str, ...] = ()) -> None:
        self.port = 0
        self.sessions: dict[str, Session] = {}
        self.retained: dict[str, bytes] = {}
        self.said: list[tuple[str, Any]] = []  # ("connect" | "ack" | "publish" | "will" ...)
        self.connected: list[dict[str, Any]] = []
        self._trust, self._refuse, self._denied = trust, refuse, denied
        self._changed = threading.Condition()

    def __enter__(self) -> "Broker":
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="broker")
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(self, *_error: object) -> None:
        self._run(self._leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    async def _listen(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._begin, "127.0.0.1", self.port, ssl=self._trust)
        self.port = self._server.sockets[0].getsockname()[1]

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _done: writer.close())  # one that was cancelled before its first step, too

    async def _leave(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.05)  # for what is being closed to close

    def wait(self, true: Callable[[], Any]) -> None:
        until_s = time.monotonic() + PATIENCE_S
        with self._changed:
            while not true():
                assert time.monotonic() < until_s, self.said[-20:]
                self._changed.wait(LOOK_AGAIN_S)

    def note(self, what: str, fact: Any) -> None:
        with self._changed:
            self.said.append((what, fact))
            self._changed.notify_all()

    @property
    def acks(self) -> list[int]:
        return [fact for what, fact in self.said if what == "ack"]

    def publish(self, topic: str, payload: bytes | str, *, retain: bool = False, qos: int = 1) -> None:
        """Publish as any device would."""
        raw = payload.encode() if isinstance(payload, str) else payload
        self._run(self._spread(topic, raw, retain, qos))

    def cut(self, client: str | None = None) -> None:
        """Tear the line of one client, or of all."""

        async def tear() -> None:
            for name, session in self.sessions.items():
                if session.writer is not None and client in (None, name):
                    session.writer.transport.abort()

        self._run(tear())

    def send_bytes(self, raw: bytes) -> None:
        async def send() -> None:
            for session in self.sessions.values():
                if session.writer is not None:
                    session.writer.write(raw)

        self._run(send())

    async def _spread(self, topic: str, raw: bytes, retain: bool, qos: int) -> None:
        if retain:
            self.retained[topic] = raw
            if not raw:
                del self.retained[topic]
        for session in self.sessions.values():
            if any(fits(pattern, topic) for pattern in session.filters):
                self._send(session, topic, raw, False, qos)

    def _send(self, session: Session, topic: str, raw: bytes, retained: bool, qos: int) -> None:
        if qos == 0:
            if session.writer is not None:
                properties = b"\0" if session.version == 5 else b""
                session.writer.write(packet(0x30 | retained, text(topic) + properties + raw))
            return
        mid, session.next_id = session.next_id, session.next_id % 65535 + 1
        session.flying[mid] = (topic, raw, retained)
        self._put(session, mid, again=False)

    def _put(self, session: Session, mid: int, *, again: bool) -> None:
        if session.writer is None:
            return
        topic, raw, retained = session.flying[mid]
        properties = b"\0" if session.version == 5 else b""
        body = text(topic) + struct.pack("!H", mid) + properties + raw
        session.writer.write(packet(0x32 | (8 if again else 0) | retained, body))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session, name, will = None, "", None
        try:
            while True:
                kind = (await reader.readexactly(1))[0]
                size, shift = 0, 0
                while True:
                    byte = (await reader.readexactly(1))[0]
                    size |= (byte & 127) << shift
                    shift += 7
                    if byte < 128:
                        break
                body = await reader.readexactly(size)
                if kind >> 4 == 1:
                    name, session, will = self._connect(body, writer)
                    if session is None:
                        break
                elif kind >> 4 == 14:
                    will = None
                    self.note("disconnect", name)
                    break
                elif session is not None:
                    await self._take(kind, body, name, session, writer)
        except (asyncio.IncompleteReadError, OSError, ssl.SSLError):
            pass
        finally:
            if session is not None and session.writer is writer:
                session.writer = None
            if will is not None:
                self.note("will", will)
                await self._spread(will[0], will[1], True, 1)
            writer.close()

    def _connect(self, body: bytes, writer: asyncio.StreamWriter) -> tuple[str, Session | None, Any]:
        at = 2 + struct.unpack("!H", body[:2])[0]
        version, flags, keepalive = struct.unpack("!BBH", body[at : at + 4])
        at += 4
        properties = b""
        if version == 5:
            properties = body[at + 1 : at + 1 + body[at]]
            at += 1 + body[at]
        parts = []
        while at < len(body):
            if flags & 4 and version == 5 and len(parts) == 1 and not any(p == "will properties" for p in parts):
                at += 1 + body[at]
            size = struct.unpack("!H", body[at : at + 2])[0]
            parts.append(body[at + 2 : at + 2 + size])
            at += 2 + size
        name, rest = parts[0].decode(), parts[1:]
        will = (rest[0].decode(), rest[1]) if flags & 4 else None
        login = rest[2 if will else 0 :]
        clean = bool(flags & 2)
        self.connected.append(
            {
                "name": name,
                "version": version,
                "clean": clean,
                "keepalive": keepalive,
                "will": will,
                "login": [one.decode() for one in login],
                "properties": properties,
            }
        )
        if self._refuse:
            code = self._refuse if version == 5 else 5
            writer.write(packet(0x20, bytes([0, code]) + (b"\0" if version == 5 else b"")))
            return name, None, None
        present = name in self.sessions and not clean
        session = self.sessions[name] if present else Session()
        self.sessions[name] = session
        if session.writer is not None:
            if session.version == 5:
                session.writer.write(packet(0xE0, bytes([0x8E, 0])))
            session.writer.close()
        session.writer, session.version = writer, version
        writer.write(packet(0x20, bytes([int(present), 0]) + (b"\0" if version == 5 else b"")))
        for mid in session.flying:
            self._put(session, mid, again=True)
        self.note("connect", name)
        return name, session, will

    async def _take(
        self, kind: int, body: bytes, name: str, session: Session, writer: asyncio.StreamWriter
    ) -> None:
        five = session.version == 5
        if kind >> 4 == 8:
            mid, at = struct.unpack("!H", body[:2])[0], 2
            if five:
                at += 1 + body[at]
            codes = bytearray()
            fresh = []
            while at < len(body):
                size = struct.unpack("!H", body[at : at + 2])[0]
                pattern = body[at + 2 : at + 2 + size].decode()
                at += 3 + size
                if pattern in self._denied:
                    codes.append(0x87 if five else 0x80)
                    continue
                codes.append(1)
                if pattern not in session.filters:
                    session.filters.append(pattern)
                fresh.append(pattern)
            writer.write(packet(0x90, struct.pack("!H", mid) + (b"\0" if five else b"") + bytes(codes)))
            for topic, raw in self.retained.items():
                if any(fits(pattern, topic) for pattern in fresh):
                    self._send(session, topic, raw, True, 1)
            self.note("subscribe", tuple(fresh))
        elif kind >> 4 == 3:
            size = struct.unpack("!H", body[:2])[0]
            topic, at, qos = body[2 : 2 + size].decode(), 2 + size, kind >> 1 & 3
            if qos:
                writer.write(packet(0x40, body[at : at + 2]))
                at += 2
            if five:
                at += 1 + body[at]
            self.note("publish", (topic, body[at:]))
            await self._spread(topic, body[at:], bool(kind & 1), qos)
        elif kind >> 4 == 4:
            mid = struct.unpack("!H", body[:2])[0]
            session.flying.pop(mid, None)
            self.note("ack", mid)
        elif kind >> 4 == 12:
            writer.write(packet(0xD0, b""))
