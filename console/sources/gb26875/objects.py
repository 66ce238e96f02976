"""The application data of GB/T 26875.3-2011: what a transmitter reports, as frozen values.

A type (1 byte), the number of objects (1), then the objects, most of them with six bytes of time behind them (clause 8).
What is of no known type, or left over, is kept as bytes: nothing is thrown away.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from console.sources.gb26875.wire import Damaged, Frame, Framer
from console.sources.words import printable

SYSTEM_STATE: Final = 1
PART_STATE: Final = 2
ANALOG: Final = 3
OPERATION: Final = 4
VERSION: Final = 5
SYSTEM_CONFIG: Final = 6
PART_CONFIG: Final = 7
SYSTEM_CLOCK: Final = 8
DEVICE_STATE: Final = 21
DEVICE_OPERATION: Final = 24
DEVICE_VERSION: Final = 25
DEVICE_CONFIG: Final = 26
DEVICE_CLOCK: Final = 28
SET_CLOCK: Final = 90
DUTY_CHECK: Final = 91
CANARY: Final = 254
"""A type of the range for own use (128-254): how this console tries its own wire."""

TEXT: Final = 31
"""The length of a part's name in bytes of GB18030 (8.2.1.2)."""
DUTY_ANSWERED: Final = 0x20
"""Bit 5 of a transmitter's operations: the duty check was answered (8.2.1.9)."""
RESET: Final = 0x01
"""Bit 0 of operations: somebody reset the equipment (8.2.1.4)."""


@dataclass(frozen=True, slots=True)
class System:
    """A system of a building: its type (table 5) and address."""

    type: int
    address: int

    @property
    def name(self) -> str:
        """How the site folder writes it: "1-1"."""
        return f"{self.type}-{self.address}"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a system: its type (table 6), the number of its area or loop, and its own."""

    system: System
    type: int
    area: int
    number: int

    @property
    def name(self) -> str:
        """How the site folder writes it: "1-1-10.2" is part 2 in area 10 of system 1-1."""
        return f"{self.system.name}-{self.area}.{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state bits of a system, of a part (`part` and its `text`), or of the transmitter itself (neither)."""

    system: System | None = None
    part: Part | None = None
    bits: int
    text: str = ""
    stamp: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analog:
    """A measured value of a part; `quantity` says what and in which unit (table 7)."""

    part: Part
    quantity: int
    value: int
    stamp: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What somebody did at a system, or at the transmitter itself where `system` is None."""

    system: System | None
    flags: int
    operator: int
    stamp: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The version of the programs of a system or of the transmitter."""

    system: System | None
    major: int
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a system, a part or the transmitter says about its configuration."""

    system: System | None = None
    part: Part | None = None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReport:
    """What the clock of a system or of the transmitter shows."""

    system: System | None
    stamp: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOrder:
    """A centre wants clocks set (type 90)."""

    stamp: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyCheck:
    """A centre asks whether somebody is on duty, and waits for so many minutes; 0 where it does not say."""

    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Bytes of a type that is not known here."""

    body: bytes


Thing = State | Analog | Operation | Version | Config | ClockReport | ClockOrder | DutyCheck | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The application data of one frame; `missing` objects were announced and are not there, `rest` are bytes too many."""

    type: int
    things: tuple[Thing, ...]
    missing: int = 0
    rest: bytes = b""


def gb18030(written: bytes) -> str:
    """Read a name in GB18030; it ends at its first NUL, and a character cut in half at the end is left out."""
    return printable(written.split(b"\0", 1)[0].decode("gb18030", "ignore")).strip()


def write_gb18030(text: str, length: int = TEXT) -> bytes:
    """Write a name into so many bytes of GB18030, filled up with NUL; never half a character."""
    written = b""
    for character in text:
        more = character.encode("gb18030", "ignore")
        if len(written) + len(more) > length:
            break
        written += more
    return written.ljust(length, b"\0")


def _system(body: bytes) -> System:
    return System(body[0], body[1])


def _part(body: bytes) -> Part:
    return Part(_system(body), body[2], int.from_bytes(body[3:5], "little"), int.from_bytes(body[5:7], "little"))


# Type -> length of an object with its time, and how it is read (8.2.1.1-8.2.1.11, 8.3).
_FIXED: Final[dict[int, tuple[int, Callable[[bytes], Thing]]]] = {
    SYSTEM_STATE: (
        10,
        lambda body: State(system=_system(body), bits=int.from_bytes(body[2:4], "little"), stamp=body[4:]),
    ),
    PART_STATE: (
        46,
        lambda body: State(
            system=_system(body),
            part=_part(body),
            bits=int.from_bytes(body[7:9], "little"),
            text=gb18030(body[9:40]),
            stamp=body[40:],
        ),
    ),
    ANALOG: (
        16,
        lambda body: Analog(
            part=_part(body),
            quantity=body[7],
            value=int.from_bytes(body[8:10], "little", signed=True),
            stamp=body[10:],
        ),
    ),
    OPERATION: (
        10,
        lambda body: Operation(system=_system(body), flags=body[2], operator=body[3], stamp=body[4:]),
    ),
    VERSION: (4, lambda body: Version(system=_system(body), major=body[2], minor=body[3])),
    PART_CONFIG: (38, lambda body: Config(system=_system(body), part=_part(body), text=gb18030(body[7:]))),
    SYSTEM_CLOCK: (8, lambda body: ClockReport(system=_system(body), stamp=body[2:])),
    DEVICE_STATE: (7, lambda body: State(bits=body[0], stamp=body[1:])),
    DEVICE_OPERATION: (8, lambda body: Operation(system=None, flags=body[0], operator=body[1], stamp=body[2:])),
    DEVICE_VERSION: (2, lambda body: Version(system=None, major=body[0], minor=body[1])),
    DEVICE_CLOCK: (6, lambda body: ClockReport(system=None, stamp=body)),
    SET_CLOCK: (6, lambda body: ClockOrder(stamp=body)),
    DUTY_CHECK: (1, lambda body: DutyCheck(minutes=body[0])),
}
# Types whose objects carry their own length: how many bytes stand before it.
_TEXTS: Final = {SYSTEM_CONFIG: 2, DEVICE_CONFIG: 0}


def read(data: bytes) -> Content | None:
    """Read application data; None where there are none, as in a heartbeat. Never raises, whatever the bytes."""
    if not data:
        return None
    kind, inside = data[0], data[2:]
    count = data[1] if len(data) > 1 else 1
    if kind not in _FIXED and kind not in _TEXTS:
        return Content(type=kind, things=(Unknown(body=inside),))
    things: list[Thing] = []
    at = 0
    for length in _lengths(kind, inside, count):
        things.append(_one(kind, inside[at : at + length]))
        at += length
    return Content(type=kind, things=tuple(things), missing=max(count, 1) - len(things), rest=inside[at:])


def _lengths(kind: int, inside: bytes, count: int) -> Iterator[int]:
    """The lengths of the objects that are there whole; an announced number of 0 is read as 1."""
    at = 0
    for _object in range(max(count, 1)):
        if kind in _FIXED:
            length = _FIXED[kind][0]
        else:
            before = _TEXTS[kind]
            if at + before >= len(inside):
                return
            length = before + 1 + inside[at + before]
        at += length
        if at > len(inside):
            return
        yield length


def _one(kind: int, body: bytes) -> Thing:
    if kind in _FIXED:
        return _FIXED[kind][1](body)
    before = _TEXTS[kind]
    return Config(system=_system(body) if before else None, text=gb18030(body[before + 1 :]))


def parse(data: bytes) -> list[tuple[Frame | Damaged, Content | None]]:
    """Read everything in some bytes, as one connection would; pure, for fuzzing: whatever comes, it never raises."""
    return [(found, read(found.data) if isinstance(found, Frame) else None) for found in Framer().feed(data)]
