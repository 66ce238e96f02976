"""What a notification says once its profile has read it, and the parts of a notification that has several."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final

from console.models.alarms import AlarmClass, Priority
from console.models.errors import ConsoleError
from console.models.signals import SignalKind
from console.models.text import Text
from console.sources.priorities import USUAL_PRIORITY

MAX_PARTS: Final = 64
_BOUNDARY: Final = re.compile(r"boundary=\"?([^\";,\s]{1,70})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a kind of event of a maker means. A `momentary` one is never told to be over.

    `of_device` tells that it is about the device itself, whatever its point watches for.
    """

    alarm_class: AlarmClass
    priority: Priority
    name: Text
    momentary: bool = False
    of_device: bool = False
    information: bool = False


def meaning(
    alarm_class: AlarmClass,
    zh: str,
    en: str,
    *,
    priority: Priority | None = None,
    momentary: bool = False,
    of_device: bool = False,
    information: bool = False,
) -> Meaning:
    """A row of a maker's table; the priority is the class's usual one where the row names none."""
    return Meaning(
        alarm_class=alarm_class,
        priority=priority or USUAL_PRIORITY[alarm_class],
        name=Text(zh, en),
        momentary=momentary,
        of_device=of_device,
        information=information,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that a notification says.

    `places` are names of where it happened that the site may have mapped to a point, the most exact one first.
    `id` tells repetitions of the notification from news, empty where it has none. A `stream` is posted again and again
    while it lasts: only its edges count. A `heartbeat` says nothing but that the device lives, unless it ends
    something. `raw` is what is kept of the notification.
    """

    kind: SignalKind
    places: tuple[str, ...]
    code: str
    alarm_class: AlarmClass
    priority: int
    text: Text
    at: datetime | None = None
    id: str = ""
    momentary: bool = False
    of_device: bool = False
    stream: bool = False
    heartbeat: bool = False
    raw: bytes
    details: dict[str, Any] = field(default_factory=dict)


Profile = Callable[[bytes, str, tzinfo | None], list[Notice]]
"""How the notifications of one maker are read, from body, content type, and the zone of times without an offset.

Pure and bounded; raises ConsoleError for everything that is no notification.
"""


def parts_of(body: bytes, content_type: str) -> Iterator[tuple[str, bytes]]:
    """Give the parts of a body with their content types in lower case; a body that is not in parts is one.

    A boundary that the head does not name is taken from the first line, as devices forget it. At most 64 parts.
    """
    found = _BOUNDARY.search(content_type)
    first = body.lstrip()[:72].split(b"\n", 1)[0].strip()
    if found is not None:
        boundary = b"--" + found[1].encode("latin-1", "replace")
    elif first.startswith(b"--") and len(first) > 2:
        boundary = first
    else:
        yield content_type.lower(), body
        return
    for number, piece in enumerate(body.split(boundary)[1:]):
        if piece.startswith(b"--") or number >= MAX_PARTS:
            return
        head, gap, inside = piece.lstrip(b"\r\n").partition(b"\r\n\r\n")
        if not gap:
            head, gap, inside = piece.lstrip(b"\r\n").partition(b"\n\n")
        if not gap:
            head, inside = b"", piece
        yield _type_of(head), inside.strip(b"\r\n")


def _type_of(head: bytes) -> str:
    for line in head.decode("latin-1").splitlines():
        name, _colon, value = line.partition(":")
        if name.strip().lower() == "content-type":
            return value.strip().lower()
    return ""


def picture(inside: bytes) -> dict[str, Any]:
    """What is kept of a picture that came along: how large it was and which it was, never the picture itself."""
    return {"bytes": len(inside), "sha256": hashlib.sha256(inside).hexdigest()}


def is_picture(kind: str, inside: bytes) -> bool:
    """Whether a part is a picture."""
    return kind.startswith("image/") or inside.startswith((b"\xff\xd8\xff", b"\x89PNG"))


def text_of(some: bytes) -> str:
    """Decode what a device wrote: UTF-8, UTF-16 with its mark, else GB18030. Raises ConsoleError for none of them."""
    encodings = ("utf-16",) if some[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return some.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ConsoleError(zh="内容不是文字（UTF-8 或 GB18030）。", en="The body is no text (UTF-8 or GB18030).")


def clipped(text: str, longest: int) -> str:
    """The text, cut where it is too long for a sentence."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
