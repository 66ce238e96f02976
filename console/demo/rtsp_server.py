"""A network camera of the pretend site: serves a clip over RTSP, and misbehaves on request.

It speaks enough of RTSP (RFC 2326) for any player: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, RTP
interleaved in the same TCP connection or by UDP, Digest login (RFC 2617). It listens on this
machine only. What real cameras do wrong it does on purpose: stall in the middle, drop everybody,
change their coding in mid-stream, take a connection and never say a word, answer nonsense.
"""

import hashlib
import re
import secrets
import socket
import struct
import threading
import time
from contextlib import ExitStack, suppress
from enum import StrEnum
from types import TracebackType
from typing import Final, Self

from console.demo.rtp_clip import CLOCK_HZ, Clip, Coding, payloads, read_clip

__all__ = ["Clip", "Coding", "Manner", "RtspServer", "read_clip"]

PAYLOAD_TYPE: Final = 96
JPEG_PAYLOAD_TYPE: Final = 26
REALM: Final = "pretend camera"


class Manner(StrEnum):
    """How the camera behaves towards new connections."""

    GOOD = "good"
    SILENT = "silent"  # takes the connection and never answers
    NONSENSE = "nonsense"  # answers, but not RTSP
    MUTE = "mute"  # agrees to everything and sends no video


class RtspServer:
    """A camera on an own port of this machine. Enter it to start it; leaving hangs up on everybody.

    `login` and `password` ask for a Digest login where they are given. `manner` may be changed at
    any time and holds for new connections; `stall` and `resume` hold for all, and so does another
    `clip`: the stream goes on with it, as if somebody had changed the camera's settings.
    """

    def __init__(self, clip: Clip, *, login: str = "", password: str = "", manner: Manner = Manner.GOOD) -> None:
        self.manner = manner
        self.clip = clip
        self._login = login
        self._password = password
        self._nonce = secrets.token_hex(16)
        self._flowing = threading.Event()
        self._flowing.set()
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._lines: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._door: socket.socket | None = None

    def __enter__(self) -> Self:
        self._door = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=self._open_door, args=(self._door,), name="rtsp door")
        self._threads.append(thread)
        thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closed.set()
        self._flowing.set()
        if self._door is not None:
            # Closing alone would not wake a thread that waits in accept().
            with suppress(OSError):
                self._door.shutdown(socket.SHUT_RDWR)
            self._door.close()
        self.drop_all()
        for thread in self._threads:
            thread.join(2.0)

    @property
    def url(self) -> str:
        """Where the camera is, without its login."""
        if self._door is None:
            raise RuntimeError("not entered")
        return f"rtsp://127.0.0.1:{self._door.getsockname()[1]}/live"

    def stall(self) -> None:
        """Stop sending to everybody, but keep the connections."""
        self._flowing.clear()

    def resume(self) -> None:
        """Go on sending."""
        self._flowing.set()

    def drop_all(self) -> None:
        """Hang up on everybody."""
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _open_door(self, door: socket.socket) -> None:
        while not self._closed.is_set():
            try:
                line, _ = door.accept()
            except OSError:
                return
            self.take_in(line)

    def take_in(self, line: socket.socket) -> None:
        """Begin a visit; one whose visitor came while the camera was being left is hung up on."""
        with self._lock:
            # Whoever was accepted before the door was shut may get here after drop_all() counted its visitors.
            if self._closed.is_set():
                line.close()
                return
            self._lines.add(line)
        thread = threading.Thread(target=self._serve, args=(line,), name="rtsp visitor")
        self._threads.append(thread)
        thread.start()

    def _serve(self, line: socket.socket) -> None:
        try:
            with line, suppress(OSError):
                _Visit(self, line).run()
        finally:
            with self._lock:
                self._lines.discard(line)

    # ---- what a visit asks of its camera --------------------------------------------------

    def admits(self, method: str, headers: dict[str, str]) -> bool:
        """Whether a request carries the right login, or none is needed."""
        if not self._login:
            return True
        given = dict(re.findall(r'(\w+)="([^"]*)"', headers.get("authorization", "")))
        if given.get("username") != self._login or given.get("nonce") != self._nonce:
            return False
        first = _md5(f"{self._login}:{REALM}:{self._password}")
        second = _md5(f"{method}:{given.get('uri', '')}")
        return given.get("response") == _md5(f"{first}:{self._nonce}:{second}")

    @property
    def challenge(self) -> str:
        """What a visitor without login is told."""
        return f'Digest realm="{REALM}", nonce="{self._nonce}"'

    def description(self) -> str:
        """The clip as SDP."""
        lines = [
            "v=0",
            "o=- 0 0 IN IP4 127.0.0.1",
            "s=pretend camera",
            "t=0 0",
            "a=control:*",
            f"m=video 0 RTP/AVP {_payload_type(self.clip)}",
            *self.clip.described(_payload_type(self.clip)),
            "a=control:track0",
        ]
        return "\r\n".join(lines) + "\r\n"

    def arrives(self, packet: bytes) -> tuple[bytes, ...]:
        """What arrives of a packet of RTP that is sent by UDP: itself; a bad network says otherwise."""
        return (packet,)

    def wait_until_due(self, due_s: float) -> bool:
        """Wait for a picture's time, and out a stall; False when the camera is switched off."""
        while not self._flowing.wait(0.2):
            if self._closed.is_set():
                return False
        return not self._closed.wait(max(0.0, due_s - time.monotonic()))


class _Visit:
    """One connection."""

    def __init__(self, server: RtspServer, line: socket.socket) -> None:
        self._server = server
        self._line = line
        self._session = secrets.token_hex(4)
        self._sending = threading.Lock()
        self._player: threading.Thread | None = None
        self._left = b""
        self._far: tuple[str, int] | None = None

    def run(self) -> None:
        """Answer requests until the visitor or the camera hangs up."""
        manner = self._server.manner
        try:
            while True:
                request = self._read()
                if request is None:
                    return
                if manner is Manner.SILENT:
                    continue
                if manner is Manner.NONSENSE:
                    self._line.sendall(secrets.token_bytes(200))
                    return
                if not self._answer(*request, mute=manner is Manner.MUTE):
                    return
        finally:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
            if self._player is not None:
                self._player.join(2.0)

    def _read(self) -> tuple[str, str, dict[str, str]] | None:
        while True:
            while self._left[:1] == b"$":  # what a player reports of its reception (RTCP)
                if len(self._left) < 4:
                    break
                size = struct.unpack(">H", self._left[2:4])[0] + 4
                if len(self._left) < size:
                    break
                self._left = self._left[size:]
            if self._left[:1] != b"$" and b"\r\n\r\n" in self._left:
                head, self._left = self._left.split(b"\r\n\r\n", 1)
                first, *rest = head.decode("utf-8", "replace").split("\r\n")
                method, _, address = first.partition(" ")
                headers = {}
                for row in rest:
                    name, _, text = row.partition(":")
                    headers[name.strip().lower()] = text.strip()
                return method, address.rsplit(" ", 1)[0], headers
            received = self._line.recv(4096)
            if not received:
                return None
            self._left += received

    def _answer(self, method: str, address: str, headers: dict[str, str], *, mute: bool) -> bool:
        number = headers.get("cseq", "0")
        if method != "OPTIONS" and not self._server.admits(method, headers):
            self._say(number, "401 Unauthorized", f"WWW-Authenticate: {self._server.challenge}")
        elif method == "OPTIONS":
            self._say(number, "200 OK", "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN")
        elif method == "DESCRIBE" and not address.rstrip("/").endswith("/live"):
            self._say(number, "404 Not Found")
        elif method == "DESCRIBE":
            base = f"Content-Base: {address}/"
            self._say(number, "200 OK", base, "Content-Type: application/sdp",
                      body=self._server.description())  # fmt: skip
        elif method == "SETUP" and (ports := re.search(r"client_port=(\d+)", headers.get("transport", ""))):
            self._far = (self._line.getpeername()[0], int(ports[1]))
            transport = f"Transport: RTP/AVP;unicast;client_port={ports[1]}-{int(ports[1]) + 1};server_port=5000-5001"
            self._say(number, "200 OK", transport, f"Session: {self._session}")
        elif method == "SETUP" and "TCP" not in headers.get("transport", ""):
            self._say(number, "461 Unsupported Transport")
        elif method == "SETUP":
            transport = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"
            self._say(number, "200 OK", transport, f"Session: {self._session}")
        elif method == "PLAY":
            self._say(number, "200 OK", f"Session: {self._session}", "Range: npt=0.000-")
            if not mute and self._player is None:
                self._player = threading.Thread(target=self._play, name="rtsp player")
                self._player.start()
        elif method == "TEARDOWN":
            self._say(number, "200 OK", f"Session: {self._session}")
            return False
        else:
            self._say(number, "200 OK", f"Session: {self._session}")
        return True

    def _say(self, number: str, status: str, *headers: str, body: str = "") -> None:
        lines = [f"RTSP/1.0 {status}", f"CSeq: {number}", *headers]
        if body:
            lines.append(f"Content-Length: {len(body.encode())}")
        with self._sending:
            self._line.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    def _play(self) -> None:
        """Send the clip again and again at its own pace."""
        with ExitStack() as stack:
            stack.enter_context(suppress(OSError))
            post = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) if self._far else None
            source, sequence = secrets.randbits(32), secrets.randbits(16)
            clip, due_s, stamp, number = self._server.clip, time.monotonic(), 0, 0
            while self._server.wait_until_due(due_s):
                if self._server.clip is not clip:
                    clip, number = self._server.clip, 0
                # After a stall the camera goes on from now instead of hurrying after.
                if time.monotonic() - due_s > 1.0:
                    due_s = time.monotonic()
                parts = payloads(clip.pictures[number % len(clip.pictures)], clip.coding)
                for part, payload in enumerate(parts):
                    marked = _payload_type(clip) | (0x80 if part == len(parts) - 1 else 0)
                    header = struct.pack(">BBHII", 0x80, marked, sequence, stamp & 0xFFFF_FFFF, source)
                    self._send(header + payload, post)
                    sequence = (sequence + 1) & 0xFFFF
                due_s, stamp, number = due_s + 1 / clip.fps, stamp + round(CLOCK_HZ / clip.fps), number + 1

    def _send(self, packet: bytes, post: socket.socket | None) -> None:
        if post is not None and self._far is not None:
            for arrived in self._server.arrives(packet):
                post.sendto(arrived, self._far)
            return
        with self._sending:
            self._line.sendall(struct.pack(">cBH", b"$", 0, len(packet)) + packet)


def _payload_type(clip: Clip) -> int:
    """26 is JPEG's own (RFC 3551); the others have none."""
    return JPEG_PAYLOAD_TYPE if clip.coding is Coding.JPEG else PAYLOAD_TYPE


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
