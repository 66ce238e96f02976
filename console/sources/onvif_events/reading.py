"""Read a camera's notifications as signals: news only, however often a state is repeated."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from console.models.alarms import Alarm, Condition
from console.models.ids import PointId, SignalId, SourceId, new_id
from console.models.signals import Signal, SignalKind
from console.onvif.notification import Notification, Operation
from console.sources.onvif_events.setup import Device, Setup
from console.sources.onvif_events.topics import Meaning, meaning_of

CODEC: Final = "onvif_events/1"
CAMERA_POINT: Final = "camera:"
DEVICE_POINT: Final = "onvif:"
REMEMBERED: Final = 2000
MOST_POINTS: Final = 2000
"""So many states of one device are told apart; a device that invents more is not believed."""

_TRUE: Final = frozenset({"true", "1", "on", "active"})
_FALSE: Final = frozenset({"false", "0", "off", "inactive"})


class Reader:
    """What one device has said so far. `standing` are the points whose alarms were active when we began."""

    def __init__(self, source: SourceId, device: Device, setup: Setup, standing: Iterable[PointId] = ()) -> None:
        self._source, self._device, self._setup = source, device, setup
        self._active: dict[PointId, bool] = dict.fromkeys(standing, True)
        self._told: dict[str, None] = {}

    def read(self, said: Notification, received_at: datetime) -> Signal | None:
        """The signal of a notification; None where it is no news, or means nothing to a post."""
        if not said.topic or (self._setup.topics and not _within(said.topic, self._setup.topics)):
            return None
        meaning = meaning_of(said.topic, self._setup.meanings)
        if meaning is None:
            return None
        active = state_of(said, meaning)
        if active is None and said.operation in (Operation.INITIALIZED, Operation.DELETED):
            return None  # what once happened is no state: told anew after a synchronisation, or forgotten, it is no news
        momentary = active is None
        point = self._point(said)
        if momentary:
            return self._happened(said, meaning, point, received_at)
        before = self._active.get(point)
        if before is active or (before is None and not active):
            self._note(point, bool(active))
            return None
        if not self._note(point, bool(active)):
            return None
        kind = SignalKind.ALARM if active else SignalKind.RESTORE
        return self._signal(said, meaning, point, kind, received_at)

    def _happened(self, said: Notification, meaning: Meaning, point: PointId, received_at: datetime) -> Signal | None:
        signal = self._signal(said, meaning, point, SignalKind.ALARM, received_at, momentary=True)
        if signal.sequence in self._told:
            return None  # told again by the camera's own store
        self._told[signal.sequence] = None
        while len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]
        return signal

    def _note(self, point: PointId, active: bool) -> bool:
        if point not in self._active and len(self._active) >= MOST_POINTS:
            return False
        self._active[point] = active
        return True

    def _point(self, said: Notification) -> PointId:
        named: Mapping[str, PointId] = self._setup.points.get(self._device.id, {})
        for topic in (said.topic, *(one for one in named if one.endswith("/") and said.topic.startswith(one))):
            if topic in named:
                return named[topic]
        prefix = CAMERA_POINT if self._device.camera else DEVICE_POINT
        about = "/".join(value for _name, value in (*said.source, *said.key) if value)
        return PointId(f"{prefix}{self._device.id}/{said.topic}{f'#{about}' if about else ''}"[:250])

    def _signal(
        self,
        said: Notification,
        meaning: Meaning,
        point: PointId,
        kind: SignalKind,
        received_at: datetime,
        *,
        momentary: bool = False,
    ) -> Signal:
        stamp = said.at.isoformat() if said.at else ""
        values = "|".join(f"{name}={value}" for name, value in (*said.source, *said.key, *said.data))
        return Signal(
            id=SignalId(new_id()),
            source=self._source,
            kind=kind,
            point=point,
            code=said.topic[:200],
            alarm_class=meaning.alarm_class.value,
            priority=int(meaning.priority),
            text_zh=meaning.text.zh,
            text_en=meaning.text.en,
            received_at=received_at,
            source_at=said.at,
            sequence=f"{self._device.id}|{said.topic}|{stamp}|{values}|{kind.value}"[:500] if stamp else "",
            sender=self._device.id,
            raw=said.raw,
            codec=CODEC,
            momentary=momentary,
            details={
                "device": self._device.id,
                "topic": said.topic,
                "operation": said.operation.value,
                **({"camera": self._device.camera} if self._device.camera else {}),
                "source": dict(said.source),
                "data": dict(said.data),
            },
        )


def state_of(said: Notification, meaning: Meaning) -> bool | None:
    """Whether what a notification speaks of is so; None where it is no state but something that happened."""
    if said.operation is Operation.DELETED:
        return None if meaning.momentary else False
    if meaning.momentary:
        return None
    items = dict(said.data)
    if meaning.words:
        return bool(items.get(meaning.item, "").strip())
    candidates = [items[meaning.item]] if meaning.item in items else list(items.values())
    states = [state for value in candidates if (state := _state(value)) is not None]
    if not states:
        return None
    return any(states) is not meaning.inverted


def _state(value: str) -> bool | None:
    word = value.strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


def _within(topic: str, wanted: Iterable[str]) -> bool:
    return any(topic == one or (one.endswith("/") and topic.startswith(one)) for one in wanted)


def standing(live: Iterable[Alarm], device: Device, setup: Setup) -> tuple[PointId, ...]:
    """The points of a device that the house holds to be active."""
    prefix = f"{CAMERA_POINT if device.camera else DEVICE_POINT}{device.id}/"
    named = set(setup.points.get(device.id, {}).values())
    return tuple(
        alarm.point
        for alarm in live
        if alarm.condition is Condition.ACTIVE and (alarm.point.startswith(prefix) or alarm.point in named)
    )
