"""What a source that starts is told of its own past."""

from typing import Final

from console.models.alarms import Alarm
from console.models.ids import SourceId
from console.models.signals import Signal
from console.sources.source import Recalled
from console.store.store import Reading

RECENT: Final = 256
"""So many of its newest signals: more than any broker or panel has under way at once."""


def recalled(rx: Reading, source: SourceId) -> Recalled:
    """The live alarms and the newest signals of a source."""
    return Recalled(
        live=rx.find(Alarm, source=source, closed_at=None),
        recent=rx.find(Signal, source=source, newest_first=True, limit=RECENT),
    )
