"""A session with a network camera, by hand: RTSP (RFC 2326) with RTP in the same TCP connection.

A decoder's own client costs half a per cent of a core for 4 Mbit/s before anything is written; taking the pictures out of
the connection here costs a third of that, needs no codec in the process, and tells when each picture came.
"""

import re
import socket
import struct
import time
from base64 import b64decode
from binascii import Error as Base64Error
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Self
from urllib.parse import urljoin, urlsplit

from console.models.errors import ConsoleError
from console.models.recording import Codec
from console.video.recording import jpeg, nal
from console.video.recording.packets import Packet, Stream
from console.video.recording.rtp import CODECS, Depacketizer
from console.video.rtsp_talk import PORTS, ask, authorization, connect

ANSWER_LIMIT_S: Final = 3.0
READ_LIMIT_S: Final = 5.0
KEEP_ALIVE_S: Final = 25.0
GULP: Final = 262_144
PAUSE_S: Final = 0.25
LONGEST_TEXT: Final = 64 * 1024
_NTP_EPOCH: Final = 2_208_988_800


@dataclass(frozen=True, slots=True)
class Track:
    """The video of a camera by its description (SDP, RFC 8866)."""

    stream: Stream
    control: str


def read_description(body: str, base: str) -> Track:
    """The first video track. Raises ConsoleError where it is coded in a way that cannot be recorded."""
    codec_name, control, fps, sets, here = "", "", 0.0, b"", False
    width = height = 0
    payload = ""
    for line in body.splitlines():
        if line.startswith("m="):
            if here:
                break
            here = line.startswith("m=video")
            payload = line.split()[-1] if here else ""
            codec_name = "JPEG" if payload == "26" else ""
        elif here and line.startswith("a=rtpmap:"):
            codec_name = line.split(" ", 1)[-1].split("/")[0].upper()
        elif here and line.startswith("a=control:"):
            control = line[10:].strip()
        elif here and line.startswith("a=framerate:"):
            fps = float(found[0]) if (found := re.findall(r"[\d.]+", line)) else 0.0
        elif here and line.startswith("a=fmtp:"):
            sets = _sets(line)
        elif here and (size := re.match(r"a=x-dimensions:\s*(\d+),\s*(\d+)", line)):
            width, height = int(size[1]), int(size[2])
    codec = CODECS.get(codec_name)
    if codec is None:
        named = codec_name or "?"
        raise ConsoleError(
            f"摄像机的编码 {named} 不能录像，请改为 H.264、H.265 或 MJPEG",
            f"{named} cannot be recorded; set the camera to H.264, H.265 or MJPEG",
        )
    if codec is not Codec.MJPEG and (seen := nal.size_px(nal.split(sets), codec)) != (0, 0):
        width, height = seen
    address = base if control in ("", "*") else urljoin(base if base.endswith("/") else base + "/", control)
    return Track(Stream(codec=codec, width_px=width, height_px=height, fps=fps, headers=sets), address)


def _sets(line: str) -> bytes:
    found = []
    for name in ("sprop-vps", "sprop-sps", "sprop-pps", "sprop-parameter-sets"):
        given = re.search(name + r"=([^;\s]+)", line)
        for text in given[1].split(",") if given else ():
            try:
                found.append(nal.START + b64decode(text + "=" * (-len(text) % 4)))
            except (Base64Error, ValueError):
                continue
    return b"".join(found)


class RtspSession:
    """An open stream of a camera. Entering connects; `read` gives picture by picture."""

    def __init__(self, address: str, login: str, secret: str) -> None:
        self._address = address
        self._login, self._secret = login, secret
        self._challenge = ""
        self._number = 0
        self._session = ""
        self._left = b""
        self._ready: deque[Packet] = deque()
        self._alive_s = time.monotonic()
        self._keep_alive_s = KEEP_ALIVE_S
        self._stream = Stream(codec=Codec.H264)
        self._pictures = Depacketizer(Codec.H264)
        self.clock_offset_s: float | None = None
        ask(address, login, secret)  # says in one sentence what is wrong, if anything is
        parts = urlsplit(address)
        try:
            port = parts.port or PORTS.get(parts.scheme, 554)
            self._line = connect(parts.hostname or "", port, secure=parts.scheme == "rtsps")
        except OSError as error:
            raise _broken(error) from None
        try:
            self._line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            self._play()
        except OSError as error:
            self._line.close()
            raise _broken(error) from None
        except ConsoleError:
            self._line.close()
            raise
        self._line.settimeout(READ_LIMIT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def stream(self) -> Stream:
        """What the pictures are coded in."""
        return self._stream

    def read(self) -> Packet | None:
        """Wait for the next picture; None where the stream has ended or nothing came for five seconds."""
        while not self._ready:
            try:
                if not self._more():
                    return None
            except OSError:
                return None
        packet = self._ready.popleft()
        if not self._stream.width_px:
            self._measure(packet)
        return packet

    def cue(self, name: str) -> None:
        """Real cameras take no cues."""

    def close(self) -> None:
        """Take leave, as far as the camera still listens."""
        try:
            self._line.settimeout(0.2)
            self._say("TEARDOWN", self._address)
        except OSError:
            pass
        finally:
            self._line.close()

    def _measure(self, packet: Packet) -> None:
        codec = self._stream.codec
        if codec is Codec.MJPEG:
            width, height = jpeg.size_px(packet.data)
        else:
            width, height = nal.size_px(nal.split(packet.data[:4096]), codec)
        self._stream = replace(self._stream, width_px=width, height_px=height)

    # ---- asking ----------------------------------------------------------------------------

    def _play(self) -> None:
        self._line.settimeout(ANSWER_LIMIT_S)
        head, body = self._ask("DESCRIBE", self._address, "Accept: application/sdp")
        base = head.get("content-base") or head.get("content-location") or self._address
        track = read_description(body, base)
        self._stream = track.stream
        self._pictures = Depacketizer(track.stream.codec)
        head, _ = self._ask("SETUP", track.control, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        self._session, _, rest = head.get("session", "").partition(";")
        if (limit := re.search(r"timeout=(\d+)", rest)) is not None:
            self._keep_alive_s = min(KEEP_ALIVE_S, max(2.0, int(limit[1]) / 2))
        self._ask("PLAY", base, "Range: npt=0.000-")

    def _say(self, method: str, address: str, *more: str) -> None:
        self._number += 1
        lines = [f"{method} {address} RTSP/1.0", f"CSeq: {self._number}", "User-Agent: zhishou", *more]
        if self._session:
            lines.append(f"Session: {self._session}")
        if self._challenge:
            proof = authorization(self._challenge, method, address, self._login, self._secret)
            lines.append(f"Authorization: {proof}")
        self._line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())

    def _ask(self, method: str, address: str, *more: str) -> tuple[dict[str, str], str]:
        for _ in range(2):
            self._say(method, address, *more)
            status, head, body = self._answer()
            if status != 401 or not head.get("www-authenticate"):
                break
            self._challenge = head["www-authenticate"]
        if status != 200:
            raise ConsoleError(f"摄像机拒绝了录像请求（{status}）", f"The camera refused to send its stream ({status})")
        return head, body

    def _answer(self) -> tuple[int, dict[str, str], str]:
        while True:
            if self._left[:1] == b"$" and len(self._left) >= 4:
                size = 4 + int.from_bytes(self._left[2:4], "big")
                if len(self._left) >= size:  # some cameras send pictures before they answer PLAY
                    self._channel(self._left[1], self._left[4:size], time.monotonic())
                    self._left = self._left[size:]
                    continue
            elif b"\r\n\r\n" in self._left:
                answer, self._left = _text(self._left)
                if answer is not None:
                    return answer
            if len(self._left) > LONGEST_TEXT + 4:
                raise ConsoleError("对方的应答不是 RTSP，请检查地址和端口", "What answers there does not speak RTSP")
            received = self._line.recv(65536)
            if not received:
                raise ConsoleError("摄像机中断了连接", "The camera hung up")
            self._left += received

    # ---- listening -------------------------------------------------------------------------

    def _more(self) -> bool:
        received = self._line.recv(GULP)
        if not received:
            return False
        if len(received) < GULP:
            # What a camera sends in a hundred small packets is taken out in one go: measured, 0.3 instead of 0.7 % of a
            # core for 4 Mbit/s. The earliest of many arrivals tells when the recording began, so that waiting costs no truth.
            time.sleep(PAUSE_S)
        now_s = time.monotonic()
        data = self._left + received if self._left else received
        at, size = 0, len(data)
        while at + 4 <= size:
            if data[at] != 0x24:
                at = self._past_text(data, at)
                if at < 0 or data[at : at + 1] != b"$":
                    break
                continue
            end = at + 4 + (data[at + 2] << 8 | data[at + 3])
            if end > size:
                break
            self._channel(data[at + 1], data[at + 4 : end], now_s)
            at = end
        if at < 0:
            return False
        self._left = data[at:]
        if now_s - self._alive_s > self._keep_alive_s:
            self._alive_s = now_s
            self._say("OPTIONS", self._address)
        return True

    def _past_text(self, data: bytes, at: int) -> int:
        """Where the connection goes on after an answer; `at` itself where it is not whole, -1 where it is nonsense."""
        if not data.startswith(b"RTSP/"[: len(data) - at], at):
            return -1
        end = data.find(b"\r\n\r\n", at)
        if end < 0:
            return at if len(data) - at < LONGEST_TEXT else -1
        answer, rest = _text(data[at:])
        return at if answer is None else len(data) - len(rest)

    def _channel(self, channel: int, content: bytes, now_s: float) -> None:
        if channel == 0:
            self._ready.extend(self._pictures.feed(content, now_s))
        elif channel == 1:
            told_s = offset_told(content, time.time())
            self.clock_offset_s = told_s if told_s is not None else self.clock_offset_s


def offset_told(report: bytes, now_s: float) -> float | None:
    """How far a camera's clock is ahead in seconds, by its RTCP sender report (RFC 3550 6.4.1); None where it tells none.

    The report says what the clock showed when it was sent, which was at `now_s`, in seconds since 1970. Many cameras
    count from their start instead, which shows by the years: see `console.models.recording.tells_time`.
    """
    if len(report) < 20 or report[1] != 200:
        return None
    high, low = struct.unpack_from(">II", report, 8)
    return high - _NTP_EPOCH + low / 2**32 - now_s if high or low else None


def _text(data: bytes) -> tuple[tuple[int, dict[str, str], str] | None, bytes]:
    """An answer and what follows it; None where it is not whole yet."""
    head, _, rest = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("utf-8", "replace").split("\r\n")
    fields: dict[str, str] = {}
    for name, value in _fields(lines):
        # Of several ways to log in the stronger is taken.
        if name not in fields or value.lower().startswith("digest"):
            fields[name] = value
    size = int(fields["content-length"]) if fields.get("content-length", "").isdigit() else 0
    if len(rest) < min(size, LONGEST_TEXT):
        return None, data
    status = re.match(r"RTSP/1\.\d (\d{3})", first)
    return (int(status[1]) if status else 0, fields, rest[:size].decode("utf-8", "replace")), rest[size:]


def _fields(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, mark, value = line.partition(":")
        if mark:
            yield name.strip().lower(), value.strip()


def _broken(error: OSError) -> ConsoleError:
    why = error.strerror or str(error) or type(error).__name__
    return ConsoleError(f"与摄像机的录像连接中断：{why}", f"The connection for recording broke: {why}")
