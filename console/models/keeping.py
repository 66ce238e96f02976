"""Keeping: whether what happens can be written down. These are said on the bus only, for there is nowhere to write them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.models.alarms import Alarm
from console.models.text import Text

# How the id of an alarm begins that is on no record.
UNKEPT: Final = "unkept "


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordState:
    """Since when nothing can be recorded, and why; without a time everything is recorded as it should be."""

    failing_since_at: datetime | None = None
    sentence: Text = Text()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmNotKept:
    """An alarm came while nothing could be recorded: `alarm` is what it would be, to be seen and heard all the same.

    Its id is the same for every signal of one point and class. Once the record works again it is raised as a real one.
    """

    alarm: Alarm
