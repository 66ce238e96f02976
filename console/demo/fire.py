"""A fire transmitter that speaks over the real wire: GB/T 26875.3-2011 over TCP, with confirmations awaited.

It sends a frame again until it is confirmed or denied, as the standard asks, and keeps what a centre sends it. As a
centre it asks whether somebody is on duty.
"""

import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from types import TracebackType
from typing import Final, Self
from zoneinfo import ZoneInfo

from console.models.clock import Clock, SystemClock
from console.sources.gb26875 import clocks, objects, wire
from console.sources.gb26875.wire import Command, Frame

_READ: Final = 4096
_CHINA: Final = ZoneInfo("Asia/Shanghai")
FIRE: Final = 0x0002
FAULT: Final = 0x0004
DISABLED: Final = 0x0008
NORMAL: Final = 0x0001


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a report was answered: `command` is CONFIRM or DENY, None where no answer came; how often it was sent."""

    command: Command | None
    attempts: int = 1

    @property
    def confirmed(self) -> bool:
        """Whether the transmitter may forget the report."""
        return self.command is Command.CONFIRM


class FireTransmitter:
    """A transmitter with one address that keeps its connection and sends every report until it is answered.

    Use it in a `with` block; it connects with its first report. `received` are all frames that were no answers to its
    own, oldest first: a clock that is set, an answer to a duty check.
    """

    def __init__(
        self,
        host: str,
        port: int,
        address: int,
        *,
        centre: int = 88888,
        timeout_s: float = 10.0,
        attempts: int = 4,
        clock: Clock | None = None,
        clock_error_s: float = 0.0,
        style: clocks.Style = clocks.Style.BINARY,
        zone: tzinfo = _CHINA,
    ) -> None:
        self._where = (host, port)
        self._address = address
        self._centre = centre
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._clock = clock or SystemClock()
        self._clock_error_s = clock_error_s
        self._style = style
        self._zone = zone
        self._sequence = 0
        self._socket: socket.socket | None = None
        self._framer = wire.Framer()
        self.received: list[Frame] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()

    def stamp(self) -> bytes:
        """Six bytes of this device's own time."""
        return clocks.write(self._clock.now() + timedelta(seconds=self._clock_error_s), self._style, self._zone)

    def part(
        self,
        bits: int,
        text: str = "",
        *,
        system: tuple[int, int] = (1, 1),
        kind: int = 40,
        area: int = 10,
        number: int = 2,
    ) -> Told:
        """Report the state of a part: FIRE, FAULT, NORMAL, any sum of them; a smoke detector unless `kind` says else."""
        return self.send(
            bytes((objects.PART_STATE, 1)) + part_state(bits, text, system, kind, area, number, self.stamp())
        )

    def system(self, bits: int, *, system: tuple[int, int] = (1, 1)) -> Told:
        """Report the state of a whole system."""
        body = bytes((objects.SYSTEM_STATE, 1, *system)) + bits.to_bytes(2, "little")
        return self.send(body + self.stamp())

    def device(self, bits: int) -> Told:
        """Report the state of the transmitter itself: bit 3 is a mains fault."""
        return self.send(bytes((objects.DEVICE_STATE, 1, bits)) + self.stamp())

    def heartbeat(self) -> Told:
        """Say that it is there."""
        return self.send(b"")

    def duty_check(self, minutes: int) -> Told:
        """Ask, as a centre, whether somebody is on duty."""
        return self.say(Command.CONTROL, bytes((objects.DUTY_CHECK, 1, minutes)))

    def send(self, data: bytes) -> Told:
        """Send application data as they are."""
        return self.say(Command.SEND, data)

    def say(self, command: int, data: bytes) -> Told:
        """Send a frame with any command; the same bytes again where nothing answers."""
        self._sequence = (self._sequence + 1) & 0xFFFF
        return self.ring(self.frame(command, data), self._sequence)

    def frame(self, command: int, data: bytes) -> bytes:
        """Give the bytes of the frame that would be sent now."""
        reported = bytearray(wire.report(self._sequence, self.stamp(), self._address, self._centre, data))
        reported[26] = command
        reported[-3] = sum(reported[2:-3]) & 0xFF
        return bytes(reported)

    def ring(self, frame: bytes, sequence: int) -> Told:
        """Send bytes until `sequence` is answered; a lost connection counts as silence."""
        for attempt in range(1, self._attempts + 1):
            try:
                connection = self._connection()
                connection.sendall(frame)
                answered = self._await(connection, sequence)
            except OSError:  # refused, reset, timed out: it tries again
                answered = None
                self.hang_up()
            if answered is not None:
                return Told(command=answered, attempts=attempt)
        return Told(command=None, attempts=self._attempts)

    def wait(self, timeout_s: float) -> Frame | None:
        """Give the next frame that the centre begins, confirming it; None where none comes in time."""
        if self.received:
            return self.received.pop(0)
        until = time.monotonic() + timeout_s
        with suppress(TimeoutError):
            while not self.received and (left_s := until - time.monotonic()) > 0:
                connection = self._connection()
                connection.settimeout(left_s)
                self._take(connection, -1)
        return self.received.pop(0) if self.received else None

    def hang_up(self) -> None:
        """Close the connection; the next report opens another one."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.close()
        self._socket = None
        self._framer = wire.Framer()

    def _connection(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(self._where, self._timeout_s)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(self._timeout_s)
        return self._socket

    def _await(self, connection: socket.socket, sequence: int) -> Command | None:
        until = time.monotonic() + self._timeout_s
        while (left_s := until - time.monotonic()) > 0:
            connection.settimeout(left_s)
            answered = self._take(connection, sequence)
            if answered is not None:
                return answered
        return None

    def _take(self, connection: socket.socket, sequence: int) -> Command | None:
        data = connection.recv(_READ)
        if not data:
            raise ConnectionResetError("the centre hung up")
        answered: Command | None = None
        for found in self._framer.feed(data):
            if not isinstance(found, Frame):
                continue
            if found.command in (Command.CONFIRM, Command.DENY):
                answered = Command(found.command) if found.sequence == sequence else answered
            else:
                self.received.append(found)
                connection.sendall(wire.confirm(found, self.stamp()))
        return answered


def part_state(bits: int, text: str, system: tuple[int, int], kind: int, area: int, number: int, stamp: bytes) -> bytes:
    """Give one object of type 2: the state of a part with its name in GB18030."""
    return b"".join(
        (
            bytes((*system, kind)),
            area.to_bytes(2, "little"),
            number.to_bytes(2, "little"),
            bits.to_bytes(2, "little"),
            objects.write_gb18030(text),
            stamp,
        )
    )
