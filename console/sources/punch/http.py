"""As much of HTTP/1.1 as a patrol reader needs: one bounded request, one JSON answer, then the connection closes."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

MAX_HEAD: Final = 8192
MAX_BODY: Final = 16384

_REASONS: Final = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    411: "Length Required",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    503: "Service Unavailable",
}
_REQUEST: Final = re.compile(r"([A-Z]{1,16}) (\S{1,2048}) HTTP/1\.[01]")


class HttpError(Exception):
    """A request that is answered with an error: the status, and a word for machines."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


async def read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
    """Read one request; None where the caller hung up first. The reader's limit must be MAX_HEAD.

    Raises HttpError for what is no request, is too large or comes without its length.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial.strip():
            raise HttpError(400, "no_request") from error
        return None
    except asyncio.LimitOverrunError as error:
        raise HttpError(431, "head_too_large") from error
    first, *lines = head.decode("latin-1").split("\r\n")
    asked = _REQUEST.fullmatch(first)
    if asked is None:
        raise HttpError(400, "no_request")
    headers = {name.strip().lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
    if "transfer-encoding" in headers:
        raise HttpError(501, "no_chunks")
    length = headers.get("content-length", "" if asked[1] in ("POST", "PUT", "PATCH") else "0")
    if not (length.isascii() and length.isdigit()):
        raise HttpError(411 if not length else 400, "no_length")
    if len(length) > 9 or int(length) > MAX_BODY:
        raise HttpError(413, "body_too_large")
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        body = await reader.readexactly(int(length))
    except asyncio.IncompleteReadError as error:
        raise HttpError(400, "body_incomplete") from error
    return Request(asked[1], asked[2].partition("?")[0], headers, body)


def answer(status: int, said: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> bytes:
    """Give the bytes of an answer in JSON."""
    body = json.dumps(said, ensure_ascii=False).encode()
    lines = {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "close",
        "Cache-Control": "no-store",
        **(headers or {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} {_REASONS[status]}\r\n{head}\r\n".encode("latin-1") + body
