"""Faults: what is wrong with the console or the post itself, noted once when it begins and once when it is over."""

from typing import Any

from console.models.events import FaultNoted, event_from
from console.models.people import SYSTEM, Actor
from console.models.text import Text
from console.store.store import Reading, Transaction


def last(rx: Reading, fault: str) -> FaultNoted | None:
    """The newest line about this fault."""
    for line in rx.journal(subjects=(fault,), kinds=("FaultNoted",), newest_first=True, limit=1):
        event = event_from(line)
        if isinstance(event, FaultNoted):
            return event
    return None


def standing(rx: Reading, faults: tuple[str, ...]) -> tuple[FaultNoted, ...]:
    """Those of `faults` that are on record as not over, as they were noted."""
    return tuple(event for fault in faults if (event := last(rx, fault)) is not None and event.active)


def all_standing(rx: Reading, look_back: int = 500) -> tuple[FaultNoted, ...]:
    """Every fault on record as not over, oldest first, out of the newest `look_back` lines about faults."""
    newest: dict[str, FaultNoted] = {}
    for line in rx.journal(kinds=("FaultNoted",), newest_first=True, limit=look_back):
        event = event_from(line)
        if isinstance(event, FaultNoted):
            newest.setdefault(event.fault, event)
    return tuple(sorted((event for event in newest.values() if event.active), key=lambda event: event.at))


def note(
    tx: Transaction, fault: str, sentence: Text, details: dict[str, Any] | None = None, *, by: Actor = SYSTEM
) -> bool:
    """Note that a fault began; False where it is on record as standing already."""
    known = last(tx, fault)
    if known is not None and known.active:
        return False
    tx.record(
        FaultNoted(
            at=tx.now, by=by.person, seat=by.seat, fault=fault, active=True, sentence=sentence, details=details or {}
        )
    )
    return True


def clear(
    tx: Transaction, fault: str, sentence: Text, details: dict[str, Any] | None = None, *, by: Actor = SYSTEM
) -> bool:
    """Note that a fault is over, with how long it lasted in seconds; False where none was standing."""
    known = last(tx, fault)
    if known is None or not known.active:
        return False
    lasted = {"began_at": known.at.isoformat(), "lasted_s": (tx.now - known.at).total_seconds()}
    tx.record(
        FaultNoted(
            at=tx.now,
            by=by.person,
            seat=by.seat,
            fault=fault,
            active=False,
            sentence=sentence,
            details={**lasted, **(details or {})},
        )
    )
    return True
