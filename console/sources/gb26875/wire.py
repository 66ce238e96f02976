"""The wire of GB/T 26875.3-2011: frames, check sums, confirm and deny.

A frame is `@@`, sequence (2), version (2), time of sending (6), source (6), target (6), length of the data (2), command
(1), data (at most 1024), check sum (1), `##`; all numbers have their low byte first (GB/T 26875.3-2011 clause 7). The
check sum is the low byte of the sum from the sequence to the end of the data.
This is also the public wire that the demonstration transmitter speaks. It can write time synchronisation, confirm,
deny, and what a transmitter reports; there is no way to write any other control command.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

START: Final = b"@@"
END: Final = b"##"
MAX_DATA: Final = 1024
"""The longest application data in bytes (GB/T 26875.3-2011 table 2)."""
_HEAD: Final = 27
_TAIL: Final = 3
SHORTEST: Final = _HEAD + _TAIL
LONGEST: Final = SHORTEST + MAX_DATA
LARGEST_ADDRESS: Final = 2**48 - 1


class Command(IntEnum):
    """The command byte (GB/T 26875.3-2011 table 3)."""

    CONTROL = 1
    SEND = 2
    CONFIRM = 3
    REQUEST = 4
    REPLY = 5
    DENY = 6


class Fault(StrEnum):
    """Why bytes are no frame: they are thrown away and denied (GB/T 26875.3-2011 6.5)."""

    CHECK_SUM = "check_sum"
    TOO_LONG = "too_long"
    ENDING = "ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame; `clock` are the six bytes of its time, in whatever way the device writes it.

    `command` is a number and not a Command: a byte that the standard does not know has to be denied, not lost.
    """

    raw: bytes
    sequence: int
    version: tuple[int, int]
    clock: bytes
    source: int
    target: int
    command: int
    data: bytes

    @property
    def check_sum(self) -> int:
        """The check sum it came with."""
        return self.raw[-_TAIL]


@dataclass(frozen=True, slots=True, kw_only=True)
class Damaged:
    """Bytes that begin like a frame and are none; `head` are its first bytes as they came, enough to deny it."""

    fault: Fault
    head: bytes

    @property
    def sequence(self) -> int:
        """The sequence number it claims."""
        return int.from_bytes(self.head[2:4], "little")

    @property
    def version(self) -> tuple[int, int]:
        """The version it claims."""
        return self.head[4], self.head[5]

    @property
    def source(self) -> int:
        """The address it claims to come from."""
        return int.from_bytes(self.head[12:18], "little")

    @property
    def target(self) -> int:
        """The address it claims to go to."""
        return int.from_bytes(self.head[18:24], "little")


class Framer:
    """Cut frames out of a stream that may be split, joined or full of rubbish; bounded by one unfinished frame.

    An unfinished frame does not hold up a whole one behind it: rubbish that looks like a beginning may claim a
    kilobyte, and a fire must not wait for that.
    """

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Frame | Damaged]:
        """Take what arrived and give what is complete, in order.

        Of one stretch of rubbish only the first that looks like a frame is reported, so that rubbish is not answered a
        thousand times; what has a frame's shape but a wrong sum is always reported.
        """
        self._buffer += data
        found: list[Frame | Damaged] = []
        rubbish = False
        at = 0
        while (start := self._buffer.find(START, at)) >= 0:
            seen = self._look(start)
            if seen is None:
                whole = self._whole_behind(start, len(self._buffer))
                at = start if whole is None else whole
                if whole is None:
                    break
            elif isinstance(seen, Frame):
                found.append(seen)
                rubbish = False
                at = start + len(seen.raw)
            elif seen is Fault.CHECK_SUM:
                found.append(self._damaged(start, seen))
                rubbish = False
                end = start + self._claimed(start)
                at = self._whole_behind(start, end) or end
            else:
                if not rubbish:
                    found.append(self._damaged(start, seen))
                rubbish = True
                at = start + 1
        else:
            at = len(self._buffer) - (1 if self._buffer.endswith(START[:1]) else 0)
        del self._buffer[: max(at, 0)]
        return found

    def _claimed(self, start: int) -> int:
        return SHORTEST + int.from_bytes(self._buffer[start + 24 : start + 26], "little")

    def _look(self, start: int) -> Frame | Fault | None:
        """What stands at `start`; None where more bytes must come before that can be told."""
        if len(self._buffer) - start < _HEAD:
            return None
        claimed = self._claimed(start)
        if claimed > LONGEST:
            return Fault.TOO_LONG
        if len(self._buffer) - start < claimed:
            return None
        raw = bytes(self._buffer[start : start + claimed])
        if not raw.endswith(END):
            return Fault.ENDING
        if sum(raw[2:-_TAIL]) & 0xFF != raw[-_TAIL]:
            return Fault.CHECK_SUM
        return _frame(raw)

    def _whole_behind(self, start: int, end: int) -> int | None:
        """Where a whole frame stands behind `start` and before `end`."""
        at = start + 1
        while (later := self._buffer.find(START, at, end)) >= 0:
            if isinstance(self._look(later), Frame):
                return later
            at = later + 1
        return None

    def _damaged(self, start: int, fault: Fault) -> Damaged:
        return Damaged(fault=fault, head=bytes(self._buffer[start : start + _HEAD]))


def _frame(raw: bytes) -> Frame:
    return Frame(
        raw=raw,
        sequence=int.from_bytes(raw[2:4], "little"),
        version=(raw[4], raw[5]),
        clock=raw[6:12],
        source=int.from_bytes(raw[12:18], "little"),
        target=int.from_bytes(raw[18:24], "little"),
        command=raw[26],
        data=raw[_HEAD:-_TAIL],
    )


def _written(
    command: Command, sequence: int, clock: bytes, source: int, target: int, data: bytes, version: tuple[int, int]
) -> bytes:
    inside = b"".join(
        (
            (sequence & 0xFFFF).to_bytes(2, "little"),
            bytes(version),
            clock,
            source.to_bytes(6, "little"),
            target.to_bytes(6, "little"),
            len(data).to_bytes(2, "little"),
            bytes((command,)),
            data,
        )
    )
    return b"".join((START, inside, bytes((sum(inside) & 0xFF,)), END))


def confirm(to: Frame, clock: bytes) -> bytes:
    """Give the bytes that confirm a frame: its sequence, the addresses the other way round, six bytes of our time."""
    return _written(Command.CONFIRM, to.sequence, clock, to.target, to.source, b"", to.version)


def deny(to: Frame | Damaged, clock: bytes) -> bytes:
    """Give the bytes that deny a frame, whole or damaged."""
    return _written(Command.DENY, to.sequence, clock, to.target, to.source, b"", to.version)


def report(
    sequence: int, clock: bytes, source: int, target: int, data: bytes, version: tuple[int, int] = (1, 1)
) -> bytes:
    """Give the bytes of a report (command 2) of a transmitter; no data make a heartbeat.

    Raises ValueError for more data than the standard allows.
    """
    if len(data) > MAX_DATA:
        raise ValueError(f"{len(data)} bytes of data do not fit into a frame ({MAX_DATA})")
    return _written(Command.SEND, sequence, clock, source, target, data, version)


def set_clock(sequence: int, clock: bytes, source: int, target: int, version: tuple[int, int] = (1, 1)) -> bytes:
    """Give the bytes that set a transmitter's clock to `clock` (type 90): the only control command of this console.

    A fire alarm system is never controlled from here: no reset, no muting, no initialising (GB 25506-2010 leaves that
    to the certified equipment of the control room).
    """
    return _written(Command.CONTROL, sequence, clock, source, target, bytes((90, 1)) + clock, version)
