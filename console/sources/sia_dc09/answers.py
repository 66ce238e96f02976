"""What a receiver answers (DC-09 5.5.3): ACK, NAK, DUH; silence is an answer too."""

from datetime import datetime
from enum import StrEnum

from console.sources.sia_dc09 import wire
from console.sources.sia_dc09.message import Head


class Verdict(StrEnum):
    """What becomes of a message.

    `ACK`: it is on disk. `NAK`: encrypted, and its time is too far from ours; the answer carries our UTC so that the
    panel can set its clock. `DUH`: it came over whole but nothing can be done with it. `SILENCE`: damaged, or not yet on
    disk: the panel will send it again.
    """

    ACK = "ACK"
    NAK = "NAK"
    DUH = "DUH"
    SILENCE = ""


def answer(
    verdict: Verdict, head: Head, account: str, now: datetime, *, key: bytes | None = None, binary_crc: bool = False
) -> bytes:
    """Give the bytes of an answer, none for SILENCE.

    Receiver, line and sequence are echoed as they were sent; the R field is left out where the panel left it out. An
    encrypted message gets an encrypted ACK (with `key`); NAK and DUH are never encrypted.
    """
    if verdict is Verdict.SILENCE:
        return b""
    if verdict is Verdict.NAK:
        return wire.frame(f'"NAK"0000R0L0A0[]{wire.stamp(now)}'.encode("ascii"), binary_crc=binary_crc)
    encrypted = verdict is Verdict.ACK and head.encrypted and key is not None
    receiver = "" if head.receiver is None else f"R{head.receiver}"
    number = f"#{account}" if account else ""
    front = f'"{"*" if encrypted else ""}{verdict}"{head.sequence}{receiver}L{head.line}{number}['
    if encrypted and key is not None:
        end = wire.encrypt(key, b"]" + wire.stamp(now).encode("ascii"))
    else:
        end = b"]"
    return wire.frame(front.encode("ascii") + end, binary_crc=binary_crc)
