"""What all events carry."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events carry: when it happened, who caused it (a person's id, or "system"), from which seat."""

    at: datetime
    by: str = "system"
    seat: str = ""
