"""Timings: when each alarm came, was shown, acknowledged, acted upon and closed; the ground of all figures.

Kept inside the commands, so that a figure never disagrees with the record, and with every alarm the words by which a
search finds it (see console.models.timing).
"""

import hashlib
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from console.models.alarms import Alarm
from console.models.events import AlarmsShown
from console.models.ids import AlarmId
from console.models.settings import seconds_of
from console.models.timing import AlarmSubject, AlarmTiming
from console.models.words import word
from console.store.store import Transaction

SHOWN_AT_MOST: Final = 1000  # alarms of one batch; the screen paints fewer


def searchable(text: str) -> str:
    """A text as it is searched: lower case, one form of each character, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def subject_of(alarm: Alarm) -> AlarmSubject:
    """What an alarm is searched by; alarms of one point, class and priority with the same words share it."""
    kind = word(alarm.alarm_class)
    parts = (alarm.title, alarm.place_name, kind)
    said = [text for part in parts for text in (part.zh, part.en)]
    words = searchable(" ".join([*said, alarm.point, alarm.code, alarm.source]))
    mark = "|".join((alarm.point, alarm.source, alarm.place or "", alarm.alarm_class.value, str(int(alarm.priority)), words))
    return AlarmSubject(
        id=hashlib.sha256(mark.encode("utf-8", "surrogatepass")).hexdigest()[:24],
        point=alarm.point,
        source=alarm.source,
        place=alarm.place,
        alarm_class=alarm.alarm_class,
        priority=alarm.priority,
        words=words,
        alarms=0,
    )


def _count(tx: Transaction, alarm: Alarm, more: int) -> str:
    subject = subject_of(alarm)
    known = tx.get(AlarmSubject, subject.id) or subject
    tx.put(replace(known, alarms=max(0, known.alarms + more)))
    return subject.id


def raised(tx: Transaction, alarm: Alarm, received_at: datetime) -> None:
    """Begin the times of a new alarm; `received_at` is when its first signal was received."""
    tx.put(
        AlarmTiming(
            id=alarm.id,
            subject=_count(tx, alarm, 1),
            point=alarm.point,
            source=alarm.source,
            place=alarm.place,
            alarm_class=alarm.alarm_class,
            priority=alarm.priority,
            received_at=received_at,
            raised_at=tx.now,
            drill=alarm.drill,
            test=alarm.test,
            hidden=alarm.hiding is not None,
        )
    )


def changed(tx: Transaction, before: Alarm, alarm: Alarm) -> None:
    """Note what a change of an alarm means for its times: acknowledged, closed, more urgent, lapsed, on test."""
    acked = before.acknowledged is None and alarm.acknowledged is not None
    closed = before.closed_at is None and alarm.closed_at is not None
    urgent = before.priority is not alarm.priority
    if not (acked or closed or urgent or before.lapses != alarm.lapses or before.test != alarm.test):
        return
    known = tx.get(AlarmTiming, alarm.id)
    if known is None:  # raised before times were kept
        return
    seen = alarm.acknowledged
    if acked and seen is not None and known.acked_at is None:
        known = replace(known, acked_at=seen.at, acked_by=seen.by)
    if urgent:
        _count(tx, before, -1)
        known = replace(known, subject=_count(tx, alarm, 1), priority=alarm.priority)
    tx.put(replace(known, closed_at=alarm.closed_at, lapses=alarm.lapses, test=alarm.test))


def acted(tx: Transaction, alarm_id: AlarmId) -> None:
    """Something was done about an alarm beyond the acknowledgement; only the first time counts."""
    known = tx.get(AlarmTiming, alarm_id)
    if known is not None and known.acted_at is None:
        tx.put(replace(known, acted_at=tx.now))


def shown_together(tx: Transaction, painted: tuple[tuple[tuple[AlarmId, ...], datetime], ...], seat: str) -> int:
    """What a seat painted for the first time at several moments, in one commit: pairs of alarms and when; see `shown`."""
    return sum(shown(tx, alarm_ids, at, seat) for alarm_ids, at in painted)


def shown(tx: Transaction, alarm_ids: tuple[AlarmId, ...], at: datetime, seat: str) -> int:
    """A seat painted the rows of these alarms for the first time at `at`; the first seat of all counts.

    Called by the window itself after painting, many at once; gives how many were new. Nothing is written where none is.
    """
    new: list[AlarmId] = []
    late = 0
    limit = timedelta(seconds=seconds_of(tx.settings, "inputs.shown_within_s"))
    for alarm_id in dict.fromkeys(alarm_ids[:SHOWN_AT_MOST]):
        known = tx.get(AlarmTiming, alarm_id)
        if known is not None and known.shown_at is None:
            tx.put(replace(known, shown_at=max(at, known.received_at), shown_seat=seat))
            new.append(alarm_id)
            late += at - known.received_at > limit
    if new:
        tx.record(AlarmsShown(at=at, seat=seat, alarms=tuple(new), late=late))
    return len(new)
