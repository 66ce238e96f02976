"""Make Signals out of messages. `facts_of` and `signals_of` touch nothing but what they are given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final
from zlib import crc32

from console.models.alarms import AlarmClass
from console.models.ids import PointId, SignalId, SourceId, new_id
from console.models.signals import Signal, SignalKind
from console.models.text import Text
from console.registry import discover
from console.sources.mqtt import mapping
from console.sources.mqtt.edges import Edges, News
from console.sources.mqtt.fact import LONGEST_DEVICE, Fact, Nonsense, Says, clean
from console.sources.mqtt.paths import match, topic_filter
from console.sources.mqtt.profiles import Asked, Profile
from console.sources.priorities import USUAL_PRIORITY

CODEC: Final = "mqtt/1"
QUIET_PRIORITY: Final = 4
NONSENSE: Final = "nonsense"
_AT_MOST: Final = 64
"""So many signals come of one message at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One entry of `map`: a profile with its base, or a mapped topic; and the points that its devices stand for."""

    name: str
    profile: str = ""
    asked: Asked | None = None
    mapped: mapping.Mapped | None = None
    points: dict[str, PointId] = field(default_factory=dict)
    max_bytes: int = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it came. `again` is the broker's mark that it sends it once more (DUP)."""

    topic: str
    payload: bytes
    mid: int = 0
    qos: int = 1
    retained: bool = False
    again: bool = False

    @property
    def mark(self) -> str:
        """What identifies it while it is under way: packet id, topic and payload."""
        return f"{self.mid}-{crc32(self.payload, crc32(self.topic.encode('utf-8', 'replace'))):08x}"


@cache
def profiles() -> dict[str, Profile]:
    """The profiles there are, by name."""
    return discover("console.sources.mqtt.profiles", attribute="PROFILE", kind=Profile)


def topics_of(stream: Stream) -> tuple[str, ...]:
    """What has to be subscribed for a stream."""
    if stream.asked is not None:
        return profiles()[stream.profile].topics(stream.asked.base)
    assert stream.mapped is not None
    return (topic_filter(stream.mapped.topic),)


def wants(stream: Stream, topic: str) -> bool:
    """Whether a topic belongs to a stream and matters to it."""
    if stream.asked is not None:
        return topic.startswith(f"{stream.asked.base}/") and profiles()[stream.profile].wants(stream.asked.base, topic)
    return stream.mapped is not None and match(stream.mapped.topic, topic) is not None


def facts_of(stream: Stream, topic: str, payload: bytes) -> tuple[Fact, ...]:
    """What a message says in the eyes of one stream; raises Nonsense where it is not what its topic promises."""
    if not wants(stream, topic):
        return ()
    if len(payload) > stream.max_bytes:
        size = len(payload)
        raise Nonsense(Text(f"内容过大（{size} 字节）", f"it is too large ({size} bytes)"))
    if stream.asked is not None:
        return profiles()[stream.profile].read(stream.asked, topic, payload)[:_AT_MOST]
    return mapping.read(stream.mapped, topic, payload) if stream.mapped is not None else ()


def point_of(source: SourceId, stream: Stream, fact: Fact) -> PointId:
    """The point of the site that a fact is about, or one in the sender's words where the site names none."""
    if fact.point:
        return PointId(fact.point)
    named = stream.points.get(f"{fact.device}/{fact.condition}") or stream.points.get(fact.device)
    if named:
        return named
    plain = "_".join(fact.device.split())[:LONGEST_DEVICE]
    return PointId(f"mqtt:{source}/{plain}")


def is_mapped(stream: Stream, fact: Fact) -> bool:
    """Whether the site folder says which point a fact is about."""
    return bool(fact.point) or f"{fact.device}/{fact.condition}" in stream.points or fact.device in stream.points


def signals_of(
    source: SourceId,
    stream: Stream,
    message: Message,
    at: datetime,
    edges: Edges,
    *,
    tell: Callable[[Fact], None] = lambda _fact: None,
) -> list[Signal]:
    """The Signals of one message for one stream, and what is told of the system behind it. Raises Nonsense."""
    signals = []
    for fact in facts_of(stream, message.topic, message.payload):
        if fact.says in (Says.ILL, Says.WELL):
            tell(fact)
            continue
        point = point_of(source, stream, fact)
        news = edges.news(point, fact, retained=message.retained, again=message.again)
        if news is not None:
            signals.append(_signal(source, stream, message, at, point, fact, news))
    return signals


def _signal(
    source: SourceId, stream: Stream, message: Message, at: datetime, point: PointId, fact: Fact, news: News
) -> Signal:
    present = message.retained and news.kind is SignalKind.ALARM
    usual = int(USUAL_PRIORITY[fact.alarm_class])
    text = fact.text
    if present:
        text = Text(f"{text.zh}（连接时已存在）", f"{text.en} (present at connect)")
    elif news.kind is SignalKind.RESTORE:
        text = Text(f"{text.zh} 恢复", f"{text.en}: restored")
    return _made(
        source,
        message,
        at,
        kind=news.kind,
        point=point,
        code=fact.condition,
        alarm_class=fact.alarm_class,
        priority=(fact.priority or usual) if news.kind is SignalKind.ALARM else QUIET_PRIORITY,
        text=text,
        source_at=fact.source_at,
        momentary=news.momentary,
        details={
            "stream": stream.name,
            "device": fact.device,
            "of_device": fact.of_device,
            "present_at_connect": present,
            "unmapped": not is_mapped(stream, fact),
            **fact.details,
        },
    )


def nonsense(source: SourceId, message: Message, at: datetime, reason: Text, most_bytes: int) -> Signal:
    """The Signal that keeps a message which could not be read: information, for the technician."""
    topic = clean(message.topic, 100)
    return _made(
        source,
        message,
        at,
        kind=SignalKind.INFORMATION,
        point=PointId(f"mqtt:{source}/?"),
        code=NONSENSE,
        alarm_class=AlarmClass.SYSTEM,
        priority=QUIET_PRIORITY,
        text=Text(f"无法解读的消息（{topic}）：{reason.zh}。", f"A message on {topic} cannot be read: {reason.en}."),
        source_at=None,
        details={"nonsense": True, "bytes": len(message.payload)},
        most_bytes=most_bytes,
    )


def canary(source: SourceId, message: Message, at: datetime) -> Signal:
    """The Signal of a canary: the console's own, come back over the broker. Its code is the token."""
    token = clean(message.payload[:100].decode("ascii", "replace"), 64)
    return _made(
        source,
        message,
        at,
        kind=SignalKind.CANARY,
        point=PointId(f"mqtt:{source}/canary"),
        code=token,
        alarm_class=AlarmClass.TEST,
        priority=QUIET_PRIORITY,
        text=Text("自检信号", "Canary"),
        source_at=None,
        details={},
        most_bytes=100,
    )


def _made(
    source: SourceId,
    message: Message,
    at: datetime,
    *,
    kind: SignalKind,
    point: PointId,
    code: str,
    alarm_class: AlarmClass,
    priority: int,
    text: Text,
    source_at: datetime | None,
    details: dict[str, Any],
    momentary: bool = False,
    most_bytes: int | None = None,
) -> Signal:
    kept = {name: value for name, value in details.items() if value not in ("", [], {}, False)}
    return Signal(
        id=SignalId(new_id()),
        source=source,
        kind=kind,
        point=point,
        code=code,
        alarm_class=alarm_class.value,
        priority=priority,
        text_zh=text.zh,
        text_en=text.en,
        received_at=at,
        source_at=source_at,
        sender=clean(message.topic, LONGEST_DEVICE),
        raw=message.payload if most_bytes is None else message.payload[:most_bytes],
        codec=CODEC,
        momentary=momentary,
        details={"topic": clean(message.topic, 200), "mark": message.mark, **kept},
    )


def payload_signals(stream: Stream, topic: str, payload: bytes, at: datetime) -> Sequence[Signal]:
    """What one message gives on its own, as if nothing was known before: for trying out a mapping, and for fuzzing.

    Never raises for what is in the payload: nonsense gives the information signal that keeps it.
    """
    source, message = SourceId("try"), Message(topic=topic, payload=payload)
    try:
        return signals_of(source, stream, message, at, Edges())
    except Nonsense as error:
        return (nonsense(source, message, at, error.text, stream.max_bytes),)
