"""Searching all alarms: first among the few thousand subjects, then straight to the newest alarms that have them.

A post raises a million alarms about a few thousand things. Their words, class, priority and place are kept once a
subject (console.models.timing), so that looking for two characters anywhere in a text, which no index of either database
helps with, reads a few thousand rows and not a million. Which way the alarms are fetched then depends on how many they
are; each way reads no more rows than it must.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, union_all

from console.models.alarms import Alarm
from console.models.ids import AlarmId, PlaceId
from console.models.timing import AlarmFilter
from console.store import tables
from console.store.mapping import from_row

_T = tables.alarm_timing
_S = tables.alarm_subject
# So few alarms are fetched by their subjects and sorted; so few subjects are merged newest first; else time is walked.
SORTED_AT_MOST: Final = 20_000
MERGED_AT_MOST: Final = 40
_ALL: Final = 1_000_000_000  # a limit that limits nothing, and keeps SQLite from merging the inner query into the outer

Before = tuple[datetime, AlarmId]


def search(
    connection: Connection,
    words: Iterable[str],
    narrowed: AlarmFilter,
    places: frozenset[PlaceId],
    before: Before | None,
    limit: int,
) -> tuple[tuple[Alarm, datetime], ...]:
    """The newest alarms that have every word and fit the filter, each with when it was received.

    `words` are as console.services.timings.searchable gives them; `places` are those of the filter with everything below
    them. `before` is (received_at, id) of the last one of the page before.
    """
    bounds = _bounds(narrowed, before)
    asked = _asked(words, narrowed, places)
    if not asked:
        query = _newest(select(_T.c.id, _T.c.received_at).where(*bounds), limit)
    else:
        subjects = connection.execute(select(_S.c.id, _S.c.alarms).where(*asked)).all()
        if not subjects:
            return ()
        query = _among([row.id for row in subjects], sum(row.alarms for row in subjects), bounds, limit)
    found = connection.execute(query).all()
    return _alarms(connection, [(AlarmId(row.id), row.received_at) for row in found])


def _asked(words: Iterable[str], narrowed: AlarmFilter, places: frozenset[PlaceId]) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = [_S.c.words.contains(word, autoescape=True) for word in words]
    among: dict[str, Iterable[Any]] = {
        "alarm_class": [one.value for one in narrowed.classes],
        "priority": [int(one) for one in narrowed.priorities],
        "source": narrowed.sources,
        "point": narrowed.points,
        "place": sorted(places),
    }
    asked += [_S.c[name].in_(list(wanted)) for name, wanted in among.items() if wanted]
    return asked


def _bounds(narrowed: AlarmFilter, before: Before | None) -> list[ColumnElement[bool]]:
    bounds: list[ColumnElement[bool]] = []
    if narrowed.since_at is not None:
        bounds.append(_T.c.received_at >= narrowed.since_at)
    if narrowed.until_at is not None:
        bounds.append(_T.c.received_at < narrowed.until_at)
    if before is not None:
        at, alarm_id = before
        # The plain bound is what an index can begin at; the second settles what came in the same moment.
        bounds.append(_T.c.received_at <= at)
        bounds.append(or_(_T.c.received_at < at, and_(_T.c.received_at == at, _T.c.id < alarm_id)))
    return bounds


def _newest(query: Select[Any], limit: int) -> Select[Any]:
    return query.order_by(_T.c.received_at.desc(), _T.c.id.desc()).limit(limit)


def _among(subjects: list[str], alarms: int, bounds: list[ColumnElement[bool]], limit: int) -> Select[Any]:
    columns = (_T.c.id, _T.c.received_at)
    if len(subjects) <= MERGED_AT_MOST:
        each = [
            select(_newest(select(*columns).where(_T.c.subject == subject, *bounds), limit).subquery())
            for subject in subjects
        ]
        merged = union_all(*each).subquery()
        return select(merged).order_by(merged.c.received_at.desc(), merged.c.id.desc()).limit(limit)
    if alarms <= SORTED_AT_MOST:
        # Found first and sorted then, so that no planner walks through time in the hope of meeting them.
        found = select(*columns).where(_T.c.subject.in_(subjects), *bounds).limit(_ALL).subquery()
        return select(found).order_by(found.c.received_at.desc(), found.c.id.desc()).limit(limit)
    return _newest(select(*columns).where(_T.c.subject.concat("").in_(subjects), *bounds), limit)


def _alarms(connection: Connection, found: list[tuple[AlarmId, datetime]]) -> tuple[tuple[Alarm, datetime], ...]:
    if not found:
        return ()
    rows = connection.execute(select(tables.alarm).where(tables.alarm.c.id.in_([alarm_id for alarm_id, _ in found])))
    alarms = {row["id"]: from_row(Alarm, row) for row in rows.mappings()}
    return tuple((alarms[alarm_id], at) for alarm_id, at in found if alarm_id in alarms)
