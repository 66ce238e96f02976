"""RTP (RFC 3550) into pictures: H.264 (RFC 6184), H.265 (RFC 7798), JPEG (RFC 2435)."""

import struct
from collections.abc import Callable, Iterator
from typing import Final

from console.models.recording import Codec
from console.video.recording import jpeg, nal
from console.video.recording.packets import Packet


class Depacketizer:
    """Puts pictures together from the RTP packets of one track. A packet that is missing costs its picture."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._units: list[bytes] = []
        self._fragments: list[bytes] = []
        self._stamp = -1
        self._sequence = -1
        self._pts = 0
        self._last_stamp = -1
        self._torn = False
        self.lost = 0
        self._take: Callable[[bytes], None] = {
            Codec.H264: self._h264,
            Codec.HEVC: self._hevc,
            Codec.MJPEG: self._fragments.append,
        }[codec]

    def feed(self, rtp: bytes, arrived_s: float) -> Iterator[Packet]:
        """Take a packet of RTP, and give the pictures that it completes."""
        if len(rtp) < 12 or rtp[0] >> 6 != 2:
            return
        flags, mark, sequence, stamp = struct.unpack_from(">BBHI", rtp)
        begin = 12 + 4 * (flags & 15)
        if flags & 0x10 and len(rtp) >= begin + 4:
            begin += 4 + 4 * int.from_bytes(rtp[begin + 2 : begin + 4], "big")
        end = len(rtp) - (rtp[-1] if flags & 0x20 else 0)
        if begin >= end:
            return
        if self._sequence >= 0 and sequence != (self._sequence + 1) & 0xFFFF:
            self.lost += 1
            self._torn = True
        self._sequence = sequence
        if stamp != self._stamp and (self._units or self._fragments):
            yield from self._finish(arrived_s)  # a camera that forgets the mark
        self._stamp = stamp
        self._take(rtp[begin:end])
        if mark & 0x80:
            yield from self._finish(arrived_s)

    def _finish(self, arrived_s: float) -> Iterator[Packet]:
        units, torn = self._units, self._torn
        payloads = list(self._fragments)
        self._units, self._torn = [], False
        self._fragments.clear()
        pts = self._unwrapped(self._stamp)
        if torn:
            return
        if self._codec is Codec.MJPEG:
            picture = jpeg.whole(payloads)
            if picture:
                yield Packet(picture, True, pts, arrived_s)
            return
        kinds = [nal.kind(unit, self._codec) for unit in units]
        if units and not all(nal.is_set(one, self._codec) or nal.is_delimiter(one, self._codec) for one in kinds):
            data = nal.START + nal.START.join(units)
            yield Packet(data, nal.is_key(kinds, self._codec), pts, arrived_s)
        else:
            self._units = units  # parameter sets with a mark of their own belong to the picture after them

    def _unwrapped(self, stamp: int) -> int:
        if self._last_stamp >= 0:
            step = (stamp - self._last_stamp) & 0xFFFFFFFF
            self._pts += step - (1 << 32) if step >= 1 << 31 else step
        self._last_stamp = stamp
        return self._pts

    def _h264(self, payload: bytes) -> None:
        kind = payload[0] & 31
        if kind < 24:
            self._units.append(payload)
        elif kind == 24:
            self._split(payload, 1)
        elif kind == 28 and len(payload) > 2:
            self._fragment(payload[1], bytes((payload[0] & 0xE0 | payload[1] & 31,)), payload[2:])

    def _hevc(self, payload: bytes) -> None:
        kind = payload[0] >> 1 & 63
        if kind == 48:
            self._split(payload, 2)
        elif kind == 49 and len(payload) > 3:
            first = payload[0] & 0x81 | (payload[2] & 63) << 1
            self._fragment(payload[2], bytes((first, payload[1])), payload[3:])
        elif kind < 48:
            self._units.append(payload)

    def _split(self, payload: bytes, at: int) -> None:
        while at + 2 <= len(payload):
            size = int.from_bytes(payload[at : at + 2], "big")
            if size:
                self._units.append(payload[at + 2 : at + 2 + size])
            at += 2 + size

    def _fragment(self, flags: int, header: bytes, content: bytes) -> None:
        if flags & 0x80:
            self._fragments[:] = [header]
        if not self._fragments:
            self._torn = True
            return
        self._fragments.append(content)
        if flags & 0x40:
            self._units.append(b"".join(self._fragments))
            self._fragments.clear()


CODECS: Final = {"H264": Codec.H264, "H265": Codec.HEVC, "HEVC": Codec.HEVC, "JPEG": Codec.MJPEG}
"""What a camera's description calls the codecs that are recorded as they come."""
