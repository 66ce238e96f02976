"""What is recorded: coded pictures with the camera's time and ours, and what they are coded in."""

from dataclasses import dataclass
from typing import Final, Protocol

from console.models.recording import Codec

CLOCK_HZ: Final = 90_000


@dataclass(frozen=True, slots=True)
class Packet:
    """One picture as it was sent: Annex B for H.264 and H.265, a JPEG file for MJPEG.

    `pts` is the camera's own time in 1/90,000 s, which never wraps here; `arrived_s` is our steady clock when the last
    byte of it came; `key` tells that decoding can begin here.
    """

    data: bytes
    key: bool
    pts: int
    arrived_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What the packets are coded in. `headers` are the parameter sets (Annex B) that a decoder must have first."""

    codec: Codec
    width_px: int = 0
    height_px: int = 0
    fps: float = 0.0
    headers: bytes = b""


class PacketSource(Protocol):
    """An open camera, owned by one thread. `read` waits for the next picture; None means that the stream has ended.

    `clock_offset_s` is how far the camera's own clock is ahead of ours, None where it does not tell. Raises ConsoleError
    where the world is at fault.
    """

    @property
    def stream(self) -> Stream: ...

    @property
    def clock_offset_s(self) -> float | None: ...

    def read(self) -> Packet | None: ...

    def cue(self, name: str) -> None: ...

    def close(self) -> None: ...
