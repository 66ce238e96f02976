"""What is news: senders repeat their state as often as they like, and only a change is a signal.

The memory holds what is active. It is filled at the start from the alarms that are live, so that a state which is said
again after a restart raises nothing, and one that has returned to normal meanwhile restores its alarm.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from console.models.alarms import Alarm, Condition
from console.models.ids import PointId
from console.models.signals import SignalKind
from console.sources.mqtt.fact import Fact, Says

REMEMBERED: Final = 10_000
"""So many active conditions are remembered at most; beyond that the oldest is forgotten and counts anew."""
_HIGHEST: Final = 1_000_000


@dataclass(slots=True)
class _Open:
    """What is active: its numbered occurrences, the gravest rank that was told, and whether it is known from before."""

    idents: set[str]
    rank: int
    from_before: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """What a fact turned out to be. `momentary` says that no end of it will come."""

    kind: SignalKind
    momentary: bool = False


class Edges:
    """The active conditions of one source, by point and condition."""

    def __init__(self, live: Iterable[Alarm] = ()) -> None:
        self._open: dict[tuple[PointId, str], _Open] = {
            (alarm.point, alarm.code): _Open(set(), _HIGHEST, from_before=True)
            for alarm in live
            if alarm.condition is Condition.ACTIVE
        }

    def news(self, point: PointId, fact: Fact, *, retained: bool = False, again: bool = False) -> News | None:
        """Tell what a fact is news of, and remember it; None where it says what is known.

        `retained`: the broker kept the message for us, it says how things are now and not that something happens.
        `again`: the broker says that it sends the message once more.
        """
        match fact.says:
            case Says.ACTIVE:
                return self._active((point, fact.condition), fact, again=again)
            case Says.NORMAL:
                return self._normal((point, fact.condition), fact, again=again)
            case Says.HAPPENED:
                return None if retained else News(SignalKind.ALARM, momentary=True)
            case Says.NOTE:
                return None if retained else News(SignalKind.INFORMATION)
            case Says.ILL | Says.WELL:
                return None

    def _active(self, key: tuple[PointId, str], fact: Fact, *, again: bool) -> News | None:
        known = self._open.get(key)
        if known is None:
            while len(self._open) >= REMEMBERED:
                del self._open[next(iter(self._open))]
            self._open[key] = _Open({fact.ident}, fact.rank)
            return News(SignalKind.ALARM)
        is_new = bool(fact.ident) and fact.ident not in known.idents
        if known.from_before and (again or not fact.begins):
            is_new = False  # its alarm is live since before the start
        if len(known.idents) < REMEMBERED:
            known.idents.add(fact.ident)
        graver = fact.rank > known.rank
        known.rank = max(known.rank, fact.rank)
        return News(SignalKind.ALARM) if is_new or graver else None

    def _normal(self, key: tuple[PointId, str], fact: Fact, *, again: bool) -> News | None:
        known = self._open.get(key)
        if known is None:
            # The end of an occurrence whose beginning never came: it did happen, and is over.
            return News(SignalKind.ALARM, momentary=True) if fact.ident and not again else None
        known.idents.discard(fact.ident)
        if fact.ident and known.idents:
            return None
        del self._open[key]
        return News(SignalKind.RESTORE)
