"""One event message of a camera, read from its XML: topic, what it is about, what it says (ONVIF Core, 9.5)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from console.models.errors import ConsoleError

MOST_ITEMS: Final = 64
MOST_TEXT: Final = 512

_WSNT: Final = "{http://docs.oasis-open.org/wsn/b-2}"
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

    Raises ConsoleError for what is no XML, and for a fault.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(answer, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise ConsoleError(zh="摄像机的事件应答不是 XML。", en="The camera's answer is no XML.") from None
    fault = next(root.iter("{http://www.w3.org/2003/05/soap-envelope}Fault"), None)
    if fault is not None:
        said = " ".join(" ".join(fault.itertext()).split())[:200]
        raise ConsoleError(zh=f"摄像机取消了订阅：{said}", en=f"The camera has dropped the subscription: {said}")
    return tuple(_read(one) for one in root.iter(f"{_WSNT}NotificationMessage"))


def _read(element: Any) -> Notification:
    from lxml import etree

    raw = etree.tostring(element, with_tail=False)
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


def _items(message: Any, part: str) -> tuple[tuple[str, str], ...]:
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
