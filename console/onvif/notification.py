"""One event message of a camera, read from its XML: topic, what it is about, what it says (ONVIF Core, 9.5)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from console.models.errors import ConsoleError

MOST_ITEMS: Final = 64
MOST_TEXT: Final = 512
MOST_DEEP: Final = 256

_WSNT: Final = "{http://docs.oasis-open.org/wsn/b-2}"
_MESSAGE: Final = f"{_WSNT}NotificationMessage"
_ENCODING: Final = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_ITS_OWN: Final = frozenset({"utf-8", "us-ascii"})
"""What expat reads by itself."""
_TT: Final = "{http://www.onvif.org/ver10/schema}"


class Operation(StrEnum):
    """What happened to a property: told anew after a synchronisation point, changed, or gone. NONE is a mere event."""

    INITIALIZED = "Initialized"
    CHANGED = "Changed"
    DELETED = "Deleted"
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What a camera said. `topic` is without namespace prefixes and filters: "RuleEngine/CellMotionDetector/Motion".

    `source` and `key` say what it is about, `data` what is so; values as sent. `raw` is its own XML.
    """

    topic: str
    operation: Operation = Operation.NONE
    at: datetime | None = None
    source: tuple[tuple[str, str], ...] = ()
    key: tuple[tuple[str, str], ...] = ()
    data: tuple[tuple[str, str], ...] = ()
    raw: bytes = b""


def read_pulled(answer: bytes) -> tuple[Notification, ...]:
    """The notifications of an answer to PullMessages; a message that cannot be read is passed over as one without a topic.

    Raises ConsoleError for what is no XML, for a document type (SOAP 1.2 part 1, 5: there is none), and for a fault.
    """
    root, raw = _parsed(answer)
    fault = next(root.iter("{http://www.w3.org/2003/05/soap-envelope}Fault"), None)
    if fault is not None:
        said = " ".join(" ".join(fault.itertext()).split())[:200]
        raise ConsoleError(zh=f"摄像机取消了订阅：{said}", en=f"The camera has dropped the subscription: {said}")
    return tuple(map(_read, root.iter(_MESSAGE), raw))


def _parsed(answer: bytes) -> tuple[Element, list[bytes]]:
    """The tree of an answer, and the bytes of each of its messages as they came.

    Expat, because it forgets: libxml2 keeps every name that it ever met in a dictionary of the thread, so that a camera
    that makes up names would fill the memory of a console that runs for months.
    """
    declared = _ENCODING.match(answer)
    named = declared[1].decode("ascii").lower() if declared else "utf-8"
    text = answer
    parser = expat.ParserCreate("utf-8" if named not in _ITS_OWN else None, "}")
    builder, depth = TreeBuilder(), 0
    raw: list[bytes] = []
    open_at: list[int] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEEP:
            raise ValueError("too deep")
        if _tag(name) == _MESSAGE:
            open_at.append(len(raw))
            raw.append(b"")
            begins.append(parser.CurrentByteIndex)
        builder.start(_tag(name), {_tag(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if _tag(name) == _MESSAGE:
            closes = text.find(b">", parser.CurrentByteIndex) + 1
            raw[open_at.pop()] = text[begins.pop() : closes]
        builder.end(_tag(name))

    def refuse(*_document_type: object) -> None:
        raise ValueError("a document type")

    begins: list[int] = []
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = builder.data, refuse
    try:
        if named not in _ITS_OWN:  # GB 18030 and its like; Python knows them
            text = answer.decode(named).encode("utf-8")
        parser.Parse(text, True)
        return builder.close(), raw
    except (expat.ExpatError, ValueError, LookupError):
        raise ConsoleError(zh="摄像机的事件应答不是 XML。", en="The camera's answer is no XML.") from None
    finally:
        # What refers to itself is forgotten late.
        parser.StartElementHandler = parser.EndElementHandler = None
        parser.CharacterDataHandler = parser.StartDoctypeDeclHandler = None


def _tag(name: str) -> str:
    """A name as expat writes it, in the notation of the trees."""
    return f"{{{name}" if "}" in name else name


def _read(element: Element, raw: bytes) -> Notification:
    topic = next(element.iter(f"{_WSNT}Topic"), None)
    message = next(element.iter(f"{_TT}Message"), None)
    if topic is None or message is None:
        return Notification(topic="", raw=raw)
    written = message.get("PropertyOperation", "")
    return Notification(
        topic=plain_topic(topic.text or ""),
        operation=Operation(written) if written in set(Operation) else Operation.NONE,
        at=_time(message.get("UtcTime", "")),
        source=_items(message, "Source"),
        key=_items(message, "Key"),
        data=_items(message, "Data"),
        raw=raw,
    )


def plain_topic(written: str) -> str:
    """A topic without prefixes: "tns1:RuleEngine/tnsajax:MotionDetector/Detection" is RuleEngine/MotionDetector/Detection."""
    parts = written.strip()[:MOST_TEXT].split("/")
    return "/".join(part.rpartition(":")[2].strip() for part in parts if part.strip())


def _items(message: Element, part: str) -> tuple[tuple[str, str], ...]:
    holder = message.find(f"{_TT}{part}")
    if holder is None:
        return ()
    items = [
        (one.get("Name", "")[:MOST_TEXT], one.get("Value", "")[:MOST_TEXT]) for one in holder.iter(f"{_TT}SimpleItem")
    ]
    return tuple(items[:MOST_ITEMS])


def _time(written: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(UTC)
