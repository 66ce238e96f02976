"""The pretend camera's events: its properties, the store of what happened, and who has subscribed."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from console.demo.onvif_camera.xml import zulu

Items = tuple[tuple[str, str], ...]
STORED: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event: `operation` is Initialized, Changed, Deleted, or empty for a mere event."""

    topic: str
    at: datetime
    source: Items = ()
    data: Items = ()
    operation: str = ""

    def xml(self) -> str:
        """The NotificationMessage."""
        operation = f" PropertyOperation={quoteattr(self.operation)}" if self.operation else ""
        return (
            "<wsnt:NotificationMessage>"
            '<wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">'
            f"{escape(self.topic)}</wsnt:Topic><wsnt:Message>"
            f"<tt:Message UtcTime={quoteattr(zulu(self.at))}{operation}>"
            f"<tt:Source>{_items(self.source)}</tt:Source><tt:Data>{_items(self.data)}</tt:Data>"
            "</tt:Message></wsnt:Message></wsnt:NotificationMessage>"
        )


def _items(items: Items) -> str:
    return "".join(f"<tt:SimpleItem Name={quoteattr(name)} Value={quoteattr(value)}/>" for name, value in items)


@dataclass(slots=True)
class _Subscriber:
    waiting: deque[Happening]
    ends_s: float
    given: list[Happening] = field(default_factory=list)


class EventStore:
    """Properties and events; all methods may be called from any thread.

    `arrived` is what subscribers have got for certain: asking for more than an answer is what tells that it came.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._properties: dict[tuple[str, Items], Happening] = {}
        self._stored: deque[Happening] = deque(maxlen=STORED)
        self._subscribers: dict[str, _Subscriber] = {}
        self._numbers = 0
        self.arrived: list[Happening] = []
        self.closed = False

    def happen(self, happening: Happening, *, heard: bool = True) -> None:
        """Let something happen; where it is not `heard`, it goes to the store only, as while the line is down."""
        with self._changed:
            key = (happening.topic, happening.source)
            if happening.operation == "Deleted":
                self._properties.pop(key, None)
            elif happening.operation:
                self._properties[key] = happening
            self._stored.append(happening)
            if heard:
                for one in self._subscribers.values():
                    one.waiting.append(happening)
            self._changed.notify_all()

    def subscribe(self, life_s: float, most: int) -> str | None:
        """Take in a subscriber, who hears the state of all properties first; None where there are too many."""
        with self._changed:
            self._forget()
            if len(self._subscribers) >= most:
                return None
            self._numbers += 1
            name = str(self._numbers)
            self._subscribers[name] = _Subscriber(deque(self._initialized()), time.monotonic() + life_s)
            return name

    def pull(self, name: str, wait_s: float, most: int, life_s: float) -> list[Happening] | None:
        """What has happened for a subscriber, waiting for it; None where the subscription is gone."""
        until_s = time.monotonic() + wait_s
        with self._changed:
            self._forget()
            if name in self._subscribers:
                self.arrived += self._subscribers[name].given
                self._subscribers[name].given = []
            while name in self._subscribers and not self._subscribers[name].waiting and not self.closed:
                left_s = until_s - time.monotonic()
                if left_s <= 0:
                    break
                self._changed.wait(left_s)
            one = self._subscribers.get(name)
            if one is None or self.closed:
                return None
            one.ends_s = time.monotonic() + life_s
            one.given = [one.waiting.popleft() for _ in range(min(most, len(one.waiting)))]
            return one.given

    def synchronise(self, name: str) -> bool:
        """Tell a subscriber the state of all properties anew."""
        return self._add(name, self._initialized())

    def seek(self, name: str, since_at: datetime) -> bool:
        """Tell a subscriber again what has happened since."""
        return self._add(name, [one for one in self._stored if one.at >= since_at])

    def renew(self, name: str, life_s: float) -> bool:
        """Let a subscription live on."""
        with self._changed:
            self._forget()
            if name in self._subscribers:
                self._subscribers[name].ends_s = time.monotonic() + life_s
            return name in self._subscribers

    def unsubscribe(self, name: str) -> bool:
        """Let a subscriber go."""
        with self._changed:
            gone = self._subscribers.pop(name, None) is not None
            self._changed.notify_all()
            return gone

    def drop_all(self) -> None:
        """Forget every subscriber, as after a restart."""
        with self._changed:
            self._subscribers.clear()
            self._changed.notify_all()

    def close(self) -> None:
        """Let everybody who waits go."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    @property
    def subscribers(self) -> int:
        """How many have subscribed."""
        with self._changed:
            self._forget()
            return len(self._subscribers)

    def _add(self, name: str, happenings: list[Happening]) -> bool:
        with self._changed:
            one = self._subscribers.get(name)
            if one is None:
                return False
            one.waiting.extend(happenings)
            self._changed.notify_all()
            return True

    def _initialized(self) -> list[Happening]:
        return [
            Happening(topic=one.topic, at=one.at, source=one.source, data=one.data, operation="Initialized")
            for one in self._properties.values()
        ]

    def _forget(self) -> None:
        now_s = time.monotonic()
        for name in [name for name, one in self._subscribers.items() if one.ends_s < now_s]:
            del self._subscribers[name]
