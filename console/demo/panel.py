"""An alarm panel that rings over the real wire: SIA DC-09 over TCP or UDP, with answers awaited and messages sent again."""

import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Self

from console.models.clock import Clock, SystemClock
from console.sources.sia_dc09 import wire
from console.sources.sia_dc09.answers import Verdict
from console.sources.sia_dc09.message import Head, read_content, read_head

_READ: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a receiver answered: SILENCE where no answer came; `at` is the receiver's clock where it sent it.

    `attempts` is how often the message was sent.
    """

    verdict: Verdict
    at: datetime | None = None
    raw: bytes = b""
    attempts: int = 1

    @property
    def acknowledged(self) -> bool:
        """Whether the panel may forget the message."""
        return self.verdict is Verdict.ACK


class Dialler:
    """A panel with one account that keeps its connection and sends every message until it is answered.

    With `key` (16, 24 or 32 bytes) all messages are encrypted. A NAK sets the panel's clock, as the standard asks.
    `encoding` is what the panel writes its texts in, `transport` is "tcp" or "udp". Use it in a `with` block; it
    connects with its first message.
    """

    def __init__(
        self,
        host: str,
        port: int,
        account: str,
        key: bytes | None = None,
        *,
        timeout_s: float = 5.0,
        attempts: int = 3,
        clock: Clock | None = None,
        clock_error_s: float = 0.0,
        encoding: str = "utf-8",
        receiver: str | None = None,
        line: str = "0",
        transport: str = "tcp",
    ) -> None:
        self._address = (host, port)
        self._account = account
        self._key = key
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._clock = clock or SystemClock()
        self._clock_error = timedelta(seconds=clock_error_s)
        self._encoding = encoding
        self._receiver = "" if receiver is None else f"R{receiver}"
        self._line = f"L{line}"
        self._transport = transport
        self._sequence = 0
        self._socket: socket.socket | None = None
        self._framer = wire.Framer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()

    def send(
        self, code: str, zone: str = "", text: str = "", *, area: str = "", extended: Mapping[str, str] | None = None
    ) -> Reply:
        """Send one event and give the answer.

        `code` is a DC-03 code of two letters ("BA"), or qualifier and code of Contact ID ("1130"). `extended` are
        extended data by their letter, `{"V": "http://..."}`.
        """
        added = "".join(f"[{letter}{value}]" for letter, value in (extended or {}).items())
        if code[:1].isdigit():
            words = f"[I{text}]" if text else ""
            data = f"#{self._account}|{code} {area or '0':0>2} {zone or '0':0>3}"
            return self.say("ADM-CID", data, words + added)
        where = f"ri{area}/" if area else ""
        return self.say("SIA-DCS", f"#{self._account}|N{where}{code}{zone}{f'^{text}^' if text else ''}", added)

    def poll(self) -> Reply:
        """Send a supervision poll (NULL)."""
        return self.say("NULL", "", "", sequence="0000")

    def say(self, id_token: str, data: str, extended: str = "", *, sequence: str = "") -> Reply:
        """Send a message of any format and give the answer; the same bytes again where none comes."""
        if not sequence:
            self._sequence = self._sequence % 9999 + 1
            sequence = f"{self._sequence:04d}"
        frame = self.frame(id_token, data, extended, sequence)
        reply = Reply(verdict=Verdict.SILENCE)
        for attempt in range(1, self._attempts + 1):
            reply = self.ring(frame, sequence, attempt)
            if reply.verdict is Verdict.NAK and reply.at is not None:
                self._clock_error = reply.at - self._clock.now()
                frame = self.frame(id_token, data, extended, sequence)
            elif reply.verdict is not Verdict.SILENCE:
                break
        return reply

    def frame(self, id_token: str, data: str, extended: str, sequence: str) -> bytes:
        """Give the bytes of a message as it would be sent now."""
        now = wire.stamp(self._clock.now() + self._clock_error)
        content = f"{data}]{extended}{now}".encode(self._encoding)
        star = "*" if self._key else ""
        head = f'"{star}{id_token}"{sequence}{self._receiver}{self._line}#{self._account}['
        return wire.frame(head.encode("ascii") + (wire.encrypt(self._key, content) if self._key else content))

    def ring(self, frame: bytes, sequence: str, attempt: int = 1) -> Reply:
        """Send bytes as they are and wait for the answer to `sequence`; a lost connection counts as silence."""
        try:
            connection = self._connection()
            connection.sendall(frame)
            while True:
                data = connection.recv(_READ)
                if not data:
                    break
                for answered in self._framer.feed(data):
                    reply = self._read(answered, sequence, attempt)
                    if reply is not None:
                        return reply
        except OSError:  # refused, reset, timed out: the panel tries again
            pass
        self.hang_up()
        return Reply(verdict=Verdict.SILENCE, attempts=attempt)

    def hang_up(self) -> None:
        """Close the connection; the next message opens another one."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.close()
        self._socket = None
        self._framer = wire.Framer()

    def _connection(self) -> socket.socket:
        if self._socket is None and self._transport == "udp":
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.settimeout(self._timeout_s)
            self._socket.connect(self._address)
        elif self._socket is None:
            self._socket = socket.create_connection(self._address, self._timeout_s)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _read(self, frame: wire.Frame, sequence: str, attempt: int) -> Reply | None:
        head = read_head(frame.body) if frame.crc_ok and frame.length_ok else None
        if head is None or head.format not in set(Verdict):
            return None
        verdict = Verdict(head.format)
        if verdict is not Verdict.NAK and (head.sequence != sequence or head.account != self._account.upper()):
            return None
        return Reply(verdict=verdict, at=self._moment(head), raw=frame.raw, attempts=attempt)

    def _moment(self, head: Head) -> datetime | None:
        clear = head.content if not head.encrypted else self._key and wire.decrypt(self._key, head.content)
        content = read_content(clear) if clear else None
        return content.sent_at if content else None
