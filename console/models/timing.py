"""Timing: when an alarm came, was shown, acknowledged, acted upon and closed, and the words by which it is found again.

One row an alarm, kept beside it for the figures (ISA-18.2, EEMUA 191) and for the search over all history. It adds
nothing to the record: everything in it follows from the journal.
"""

from dataclasses import dataclass
from datetime import datetime

from console.models.alarms import AlarmClass, Priority
from console.models.ids import AlarmId, PersonId, PlaceId, PointId, SourceId


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTiming:
    """The times of one alarm. What did not happen yet is None.

    `received_at` is when its first signal was received, `raised_at` when the command that raised it ran (it was on disk
    at the end of that command), `shown_at` when its row was first painted and at which seat, `acted_at` when something
    was first done about it beyond the acknowledgement: a case opened, a step answered, a verification. Figures leave out
    what is marked as `drill` or `test`; `hidden` says that it came under a rule and nobody was to see it.
    """

    id: AlarmId
    subject: str
    point: PointId
    source: SourceId
    place: PlaceId | None
    alarm_class: AlarmClass
    priority: Priority
    received_at: datetime
    raised_at: datetime
    shown_at: datetime | None = None
    shown_seat: str = ""
    acked_at: datetime | None = None
    acked_by: PersonId | None = None
    acted_at: datetime | None = None
    closed_at: datetime | None = None
    lapses: int = 0
    drill: bool = False
    test: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSubject:
    """What many alarms have in common and are searched by: point, class, priority and their words.

    A post has a few thousand subjects and a million alarms: a search looks through the subjects and then knows which
    alarms to fetch. `words` is lower case, NFKC; `alarms` counts how many alarms have this subject.
    """

    id: str
    point: PointId
    source: SourceId
    place: PlaceId | None
    alarm_class: AlarmClass
    priority: Priority
    words: str
    alarms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmFilter:
    """What a search is narrowed to; empty means any. `places` stand for everything below them, too.

    `since_at` and `until_at` bound when the alarm was received: from, and up to but not including.
    """

    classes: tuple[AlarmClass, ...] = ()
    priorities: tuple[Priority, ...] = ()
    sources: tuple[SourceId, ...] = ()
    points: tuple[PointId, ...] = ()
    places: tuple[PlaceId, ...] = ()
    since_at: datetime | None = None
    until_at: datetime | None = None
