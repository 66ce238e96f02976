"""Ask an RTSP camera whether it is there and will let us in, before any codec is involved.

A decoder that is given a dead address holds on for its whole time limit and then cannot say why.
Two short questions by hand (RFC 2326: OPTIONS, DESCRIBE) cost a few milliseconds and tell the
operator what to do: no network, wrong password, no such stream.
"""

import hashlib
import re
import secrets
import socket
import ssl
from base64 import b64encode
from contextlib import closing
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from console.models.errors import ConsoleError

CONNECT_LIMIT_S: Final = 1.0
ANSWER_LIMIT_S: Final = 1.0
DESCRIBE_LIMIT_S: Final = 3.0  # some cameras start their encoder only now
LONGEST_ANSWER: Final = 64 * 1024
_NOT_RTSP: Final = (
    "对方的应答不是 RTSP，请检查地址和端口",
    "What answers there does not speak RTSP; check address and port",
)
_TELLING: Final = (
    "a=rtpmap:",
    "a=fmtp:",
    "a=framesize:",
    "a=framerate:",
    "a=x-dimensions:",
    "a=x-framerate:",
    "a=cliprect:",
)
PORTS: Final = {"rtsp": 554, "rtsps": 322}


@dataclass(frozen=True, slots=True)
class Answer:
    """A camera's answer: status, headers (names in small letters), body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def challenges(self) -> list[str]:
        """What it offers for logging in, the stronger way first."""
        offered = [text for name, text in self.headers if name == "www-authenticate"]
        return sorted(offered, key=lambda text: not text.lower().startswith("digest"))


def with_login(address: str, login: str, secret: str) -> str:
    """The address with name and password in it, for the decoder only: never log, never show."""
    if not login:
        return address
    scheme, rest = address.split("://", 1)
    return f"{scheme}://{quote(login, safe='')}:{quote(secret, safe='')}@{rest}"


def ask(address: str, login: str, secret: str) -> tuple[str, ...]:
    """Make sure that the camera answers, lets us in and offers video; what it says of its video comes back.

    Raises ConsoleError with the reason otherwise. Takes at most about six seconds, and about one
    where nobody answers.
    """
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 554)
    where = f"{host}:{port}"
    try:
        with closing(connect(host, port, secure=parts.scheme == "rtsps")) as line:
            talk = _Talk(line, address)
            talk.say("OPTIONS", ANSWER_LIMIT_S)
            answer = talk.say("DESCRIBE", DESCRIBE_LIMIT_S)
            if answer.status == 401 and answer.challenges():
                proof = authorization(answer.challenges()[0], "DESCRIBE", address, login, secret)
                answer = talk.say("DESCRIBE", DESCRIBE_LIMIT_S, proof)
    except TimeoutError:
        raise ConsoleError(f"摄像机 {where} 没有应答", f"The camera at {where} does not answer") from None
    except socket.gaierror:
        raise ConsoleError(f"找不到主机 {host}", f"There is no host {host} on this network") from None
    except ConnectionRefusedError:
        raise ConsoleError(
            f"摄像机 {where} 拒绝连接，视频服务可能没有启动",
            f"The camera at {where} refuses connections; its video service may be off",
        ) from None
    except OSError as error:
        raise ConsoleError(
            f"连不上摄像机 {where}：{error.strerror or error}",
            f"Cannot connect to the camera at {where}: {error.strerror or error}",
        ) from None
    _judge(answer, where)
    return described(answer.body)


def described(body: str) -> tuple[str, ...]:
    """The lines of an SDP (RFC 4566) that tell how the first video is coded, of which size and rate."""
    video = body.partition("m=video")[2].partition("\nm=")[0]
    return tuple(line for line in video.splitlines()[1:] if line.startswith(_TELLING))


def _judge(answer: Answer, where: str) -> None:
    if answer.status in (401, 403):
        raise ConsoleError(
            f"摄像机 {where} 的用户名或密码不对",
            f"The camera at {where} does not accept the login or password",
        )
    if answer.status == 404:
        raise ConsoleError(
            f"摄像机 {where} 上没有这个码流，请检查地址",
            f"The camera at {where} has no such stream; check its address",
        )
    if answer.status != 200:
        raise ConsoleError(
            f"摄像机 {where} 拒绝了请求（{answer.status}）",
            f"The camera at {where} refused the request ({answer.status})",
        )
    if "m=video" not in answer.body:
        raise ConsoleError(f"摄像机 {where} 的码流里没有视频", f"The camera at {where} offers no video")


def connect(host: str, port: int, *, secure: bool) -> socket.socket:
    """A connection to the camera, by TLS where it is asked for. Raises OSError within a second."""
    line = socket.create_connection((host, port), CONNECT_LIMIT_S)
    if not secure:
        return line
    # Cameras sign their own certificates; what is asked for here is an answer, not trust.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(line, server_hostname=host)


class _Talk:
    """Requests and answers on one connection."""

    def __init__(self, line: socket.socket, address: str) -> None:
        self._line = line
        self._address = address
        self._number = 0
        self._left = b""

    def say(self, method: str, limit_s: float, authorization: str = "") -> Answer:
        """Send a request and wait for its answer. Raises OSError, TimeoutError among them."""
        self._number += 1
        lines = [
            f"{method} {self._address} RTSP/1.0",
            f"CSeq: {self._number}",
            "User-Agent: zhishou",
        ]
        if method == "DESCRIBE":
            lines.append("Accept: application/sdp")
        if authorization:
            lines.append(f"Authorization: {authorization}")
        self._line.settimeout(limit_s)
        self._line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self._left:
            self._more()
        head, self._left = self._left.split(b"\r\n\r\n", 1)
        first, *rest = head.decode("utf-8", "replace").split("\r\n")
        status = re.match(r"RTSP/1\.\d (\d{3})", first)
        if status is None:
            raise ConsoleError(*_NOT_RTSP)
        headers = tuple(
            (name.strip().lower(), text.strip()) for name, mark, text in (line.partition(":") for line in rest) if mark
        )
        length = next((text for name, text in headers if name == "content-length"), "0")
        size = int(length) if length.isdigit() else 0
        while len(self._left) < min(size, LONGEST_ANSWER):
            self._more()
        body, self._left = self._left[:size], self._left[size:]
        return Answer(int(status[1]), headers, body.decode("utf-8", "replace"))

    def _more(self) -> None:
        received = self._line.recv(4096)
        if not received or len(self._left) > LONGEST_ANSWER:
            raise ConsoleError(*_NOT_RTSP)
        self._left += received


def authorization(challenge: str, method: str, address: str, login: str, secret: str) -> str:
    """The proof that we know the password: Digest (RFC 2617, MD5) or Basic, as was asked."""
    if challenge.lower().startswith("basic"):
        return "Basic " + b64encode(f"{login}:{secret}".encode()).decode()
    fields = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge.partition(" ")[2]))
    realm, nonce = fields.get("realm", ""), fields.get("nonce", "")
    first = _md5(f"{login}:{realm}:{secret}")
    second = _md5(f"{method}:{address}")
    proof = {"username": login, "realm": realm, "nonce": nonce, "uri": address}
    if "auth" in fields.get("qop", "").split(","):
        once = secrets.token_hex(8)
        proof["response"] = _md5(f"{first}:{nonce}:00000001:{once}:auth:{second}")
        extra = f', qop=auth, nc=00000001, cnonce="{once}"'
    else:
        proof["response"] = _md5(f"{first}:{nonce}:{second}")
        extra = ""
    if "opaque" in fields:
        proof["opaque"] = fields["opaque"]
    return "Digest " + ", ".join(f'{name}="{text}"' for name, text in proof.items()) + extra


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
