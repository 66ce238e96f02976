"""Search: any alarm of all history by its words, its class, its place or its case, newest first, a page at a time."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.models.alarms import Alarm
from console.models.ids import AlarmId
from console.models.incidents import Incident
from console.models.suppression import places_below
from console.models.timing import AlarmFilter
from console.services.timings import searchable
from console.store.store import Reading

PAGE: Final = 200
_NUMBER: Final = re.compile(r"\d{4}-\d{4,}")  # the number of a case


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a search; `before` is what the next page is asked for with, None where there is none."""

    alarms: tuple[Alarm, ...]
    before: tuple[datetime, AlarmId] | None = None


def search_alarms(
    rx: Reading,
    text: str = "",
    narrowed: AlarmFilter | None = None,
    *,
    before: tuple[datetime, AlarmId] | None = None,
    limit: int = PAGE,
) -> Page:
    """The newest alarms, live ones and those gone to history, that have every word of `text` and fit the filter.

    A word is looked for anywhere in the names of point, place and class, in the code and the source, in both languages;
    "2026-0042" asks for the alarms of that case. At most `limit` (1 to 1000) at a time. Made for 100 ms on a million
    alarms; the record of `python -m bench.fill` is what to measure it on.
    """
    narrowed = narrowed or AlarmFilter()
    words = searchable(text[:200]).split()
    if len(words) == 1 and _NUMBER.fullmatch(words[0]):
        return _of_case(rx, words[0], narrowed)
    limit = min(max(limit, 1), 1000)
    places = places_below(rx.site, narrowed.places) if narrowed.places else frozenset()
    found = rx.search(words=words, narrowed=narrowed, places=places, before=before, limit=limit + 1)
    page = found[:limit]
    more = (page[-1][1], page[-1][0].id) if len(found) > limit else None
    return Page(alarms=tuple(alarm for alarm, _at in page), before=more)


def _of_case(rx: Reading, number: str, narrowed: AlarmFilter) -> Page:
    incident = rx.first(Incident, number=number)
    if incident is None:
        return Page(alarms=())
    found = [alarm for alarm in rx.find(Alarm, incident=incident.id) if _fits(rx, alarm, narrowed)]
    return Page(alarms=tuple(sorted(found, key=lambda alarm: (alarm.first_at, alarm.id), reverse=True)))


def _fits(rx: Reading, alarm: Alarm, narrowed: AlarmFilter) -> bool:
    places = places_below(rx.site, narrowed.places) if narrowed.places else frozenset()
    return (
        (not narrowed.classes or alarm.alarm_class in narrowed.classes)
        and (not narrowed.priorities or alarm.priority in narrowed.priorities)
        and (not narrowed.sources or alarm.source in narrowed.sources)
        and (not narrowed.points or alarm.point in narrowed.points)
        and (not places or alarm.place in places)
        and (narrowed.since_at is None or alarm.first_at >= narrowed.since_at)
        and (narrowed.until_at is None or alarm.first_at < narrowed.until_at)
    )
