"""The wire of SIA DC-09: frames, check sums, encryption and time stamps.

A frame is `<LF> CRC 0LLL "ID"... <CR>`: the CRC of the body (four hex digits, or two bytes from some devices), `0` and
the body's length in three hex digits, the body. Source of every number: ANSI/SIA DC-09 5.5.1 and DC-07 Appendix B.
This is also the public wire that the demonstration panel speaks.
"""

import re
import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

LF: Final = 0x0A
CR: Final = 0x0D
MAX_BODY: Final = 0xFFF
"""The longest body in bytes: its length is written with three hex digits (DC-09 5.5.1.3)."""

_HEADS: Final = (
    re.compile(rb"\n([0-9A-Fa-f]{4})0([0-9A-Fa-f]{3})\"", re.DOTALL),
    re.compile(rb"\n(..)0([0-9A-Fa-f]{3})\"", re.DOTALL),
)
_LONGEST_HEAD: Final = 10
_BLOCK: Final = 16
_PAD: Final = string.ascii_letters + string.digits
_ENDING: Final = re.compile(rb"\]\s?_\d\d:\d\d:\d\d,\d\d-\d\d-\d{4}\Z")
_STAMP: Final = "%H:%M:%S,%m-%d-%Y"


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte
        for _bit in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
        table.append(value)
    return tuple(table)


_CRC_TABLE: Final = _crc_table()


def crc16(data: bytes) -> int:
    """Give the CRC-16 of DC-09: polynomial 0x8005 reflected (0xA001), starting at 0.

    The table printed in DC-07-2012 Appendix B has a misprint in its 101st entry; this one is computed.
    """
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as it came, with the CRC and the length that it claims for itself.

    `raw` reaches from LF to CR, `body` from the first quote to before CR. `binary_crc` tells that the device writes
    its CRC as two bytes; it is answered in the same manner.
    """

    raw: bytes
    body: bytes
    crc: int
    length: int
    binary_crc: bool = False

    @property
    def crc_ok(self) -> bool:
        """Whether the body is what the sender summed up."""
        return self.crc == crc16(self.body)

    @property
    def length_ok(self) -> bool:
        """Whether the body is as long as the sender says."""
        return self.length == len(self.body)


class Framer:
    """Cut frames out of a stream that may be split, joined, repeated or full of rubbish.

    At most one unfinished frame is kept, so that a sender can never fill the memory. What is between frames (trailing
    NULs, line ends, noise) is passed over; so is a frame in which another one begins, and one longer than DC-09 allows.
    """

    __slots__ = ("_buffer", "dropped")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.dropped = 0

    def feed(self, data: bytes) -> list[Frame]:
        """Take what arrived and give the frames that are now complete, in order.

        `dropped` counts the bytes that belong to no frame, without NUL, CR and LF.
        """
        self._buffer += data
        frames: list[Frame] = []
        at = 0
        while (start := self._buffer.find(LF, at)) >= 0:
            self._drop(at, start)
            at = start
            head = self._head(start)
            if head is None:
                if len(self._buffer) - start < _LONGEST_HEAD:
                    break
                self._drop(start, start + 1)
                at = start + 1
                continue
            body_at = head.end() - 1
            end = self._buffer.find(CR, body_at)
            restart = self._buffer.find(LF, body_at, end if end >= 0 else len(self._buffer))
            if restart >= 0 or (end if end >= 0 else len(self._buffer)) - body_at > MAX_BODY:
                at = restart if restart >= 0 else start + 1
                self._drop(start, at)
                continue
            if end < 0:
                break
            frames.append(self._frame(head, end))
            at = end + 1
        else:
            self._drop(at, len(self._buffer))
            at = len(self._buffer)
        del self._buffer[:at]
        return frames

    def _head(self, start: int) -> "re.Match[bytes] | None":
        for pattern in _HEADS:
            if head := pattern.match(self._buffer, start):
                return head
        return None

    def _frame(self, head: "re.Match[bytes]", end: int) -> Frame:
        crc = head.group(1)
        binary = len(crc) == 2
        return Frame(
            raw=bytes(self._buffer[head.start() : end + 1]),
            body=bytes(self._buffer[head.end() - 1 : end]),
            crc=int.from_bytes(crc, "big") if binary else int(crc, 16),
            length=int(head.group(2), 16),
            binary_crc=binary,
        )

    def _drop(self, start: int, end: int) -> None:
        self.dropped += sum(1 for byte in self._buffer[start:end] if byte not in (0, CR, LF))


def frame(body: bytes, *, binary_crc: bool = False) -> bytes:
    """Put CRC, length, LF and CR around a body; raises ValueError where DC-09 has no room for it."""
    if len(body) > MAX_BODY:
        raise ValueError(f"a body of {len(body)} bytes does not fit into a DC-09 frame ({MAX_BODY})")
    crc = crc16(body)
    written = crc.to_bytes(2, "big") if binary_crc else b"%04X" % crc
    return b"".join((b"\n", written, b"0%03X" % len(body), body, b"\r"))


def _cipher(key: bytes) -> "Cipher[modes.CBC]":
    return Cipher(algorithms.AES(key), modes.CBC(bytes(_BLOCK)))


def encrypt(key: bytes, content: bytes) -> bytes:
    """Encrypt what stands after the `[` and give it as hex digits (DC-09 5.4: AES-CBC, IV of zeros).

    16 to 31 random characters are put in front, and a `|` where data follow. The key has 16, 24 or 32 bytes.
    """
    rest = content if content.startswith(b"]") else b"|" + content
    pad = "".join(secrets.choice(_PAD) for _ in range(_BLOCK + -len(rest) % _BLOCK))
    encryptor = _cipher(key).encryptor()
    return (encryptor.update(pad.encode("ascii") + rest) + encryptor.finalize()).hex().upper().encode("ascii")


def decrypt(key: bytes, digits: bytes) -> bytes | None:
    """Decrypt hex digits and give the content without its padding; None where that is no DC-09 content.

    The padding holds none of `[ ] |` and ends at the `|` before the data, or at the `]` of empty data. Real devices pad
    with fewer than 16 bytes too. A wrong key gives rubbish, which lacks the time stamp that must end encrypted content.
    """
    try:
        hidden = bytes.fromhex(digits.decode("ascii").strip())
    except ValueError:
        return None
    if not hidden or len(hidden) % _BLOCK:
        return None
    decryptor = _cipher(key).decryptor()
    clear = (decryptor.update(hidden) + decryptor.finalize()).rstrip(b"\0")
    if not _ENDING.search(clear):
        return None
    bar, bracket = clear.find(b"|"), clear.find(b"]")
    return clear[bar + 1 :] if 0 <= bar < bracket else clear[bracket:]


def stamp(at: datetime) -> str:
    """Write a moment as DC-09 does: `_HH:MM:SS,MM-DD-YYYY` in UTC."""
    return "_" + at.astimezone(UTC).strftime(_STAMP)


def moment(text: str, zone: tzinfo = UTC) -> datetime | None:
    """Read `HH:MM:SS,MM-DD-YYYY`, written in `zone`, as an aware UTC moment; None where it is none."""
    try:
        return datetime.strptime(text.strip(), _STAMP).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
