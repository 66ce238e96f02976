"""Fill a data folder with years of a busy post: `python -m bench.fill DIR [--alarms N] [--lines N]`.

The record is a right one: every line is chained and every row is what its newest line says, so that `zhishou verify`
finds nothing. It is written past the console, without its guards and indexes, which are put back at the end.
"""

import argparse
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from console.config import data_folder
from console.models.alarms import Acknowledgement, Action, Alarm, AlarmClass, Condition, Priority
from console.models.events import AlarmChanged, AlarmRaised, Event, SignalReceived, body_of, value_of
from console.models.events import subject_of as line_subject
from console.models.ids import AlarmId, PersonId, PointId, SignalId, SourceId
from console.models.plain import canonical
from console.models.signals import Signal, SignalKind
from console.models.text import Text
from console.models.timing import AlarmSubject, AlarmTiming
from console.models.trust import GENESIS, JournalLine
from console.services.timings import subject_of
from console.store.journal import line_hash
from console.store.mapping import TABLES, to_row
from console.store.opening import open_store
from console.store.tables import metadata
from console.store.types import PlainJson, iso

BEGIN = datetime(2021, 1, 1, tzinfo=UTC)
HANDLED_IN = timedelta(seconds=30)  # before the next one is raised, so that the months follow each other
POINTS = 2000
CLASSES = (
    (AlarmClass.INTRUSION, Text("入侵", "Intrusion")),
    (AlarmClass.VIDEO, Text("区域闯入", "Somebody in the zone")),
    (AlarmClass.FIRE, Text("烟雾", "Smoke")),
    (AlarmClass.FAULT, Text("设备故障", "Device fault")),
    (AlarmClass.ACCESS, Text("门未关", "Door held open")),
)
LIVE = 12  # alarms that are still in the queue
BATCH = 5000
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def made_id(at: datetime, number: int) -> str:
    """Give a ULID whose random part is a number: the same fill always makes the same record."""
    milliseconds = int(at.timestamp() * 1000)
    left = "".join(_CROCKFORD[(milliseconds >> shift) & 31] for shift in range(45, -5, -5))
    return left + f"{number:016d}"


def life_of_an_alarm(number: int, at: datetime, events: int, live: bool) -> Iterator[tuple[Event, Any]]:
    """Give the events of one alarm in order, with the values they leave: signalled, raised, then handled."""
    place = number * 7919 % POINTS  # neighbours in time are none in space
    building, floor = place % 40 + 1, place // 40 % 10 + 1
    point = PointId(f"zone-{place:04d}")
    alarm_class, kind = CLASSES[place % len(CLASSES)]
    alarm_id = AlarmId(made_id(at, number))
    where = Text(f"{building}号楼 {floor}层 东侧走廊", f"Building {building}, floor {floor}, east corridor")
    words = Text(f"{place} 号探测器 · {kind.zh}", f"Detector {place} · {kind.en}")
    signal = Signal(
        id=SignalId(made_id(at, 10**15 + number)),
        source=SourceId("dc09"),
        kind=SignalKind.ALARM,
        point=point,
        code="BA",
        alarm_class=alarm_class.value,
        text_zh=kind.zh,
        text_en=kind.en,
        received_at=at,
        sequence=f"{number % 10000:04d}",
        sender="192.0.2.7",
        raw=b'\n5F2A0037"SIA-DCS"%04dL0#AAAA[#AAAA|Nri1/BA12]\r' % (number % 10000),
        codec="sia-dcs",
        alarm=alarm_id,
    )
    alarm = Alarm(
        id=alarm_id,
        key=f"{point}|{alarm_class.value}|{number}" if live else f"{point}|{alarm_class.value}",
        point=point,
        source=signal.source,
        alarm_class=alarm_class,
        priority=Priority.CRITICAL if alarm_class is AlarmClass.FIRE else Priority.HIGH,
        title=words,
        place_name=where,
        code="BA",
        first_at=at,
        last_at=at,
    )
    yield SignalReceived(at=at, by="dc09", signal=signal), signal
    yield AlarmRaised(at=at, by="dc09", alarm=alarm), alarm
    by, seat = PersonId(f"person-{number % 8}"), "1"
    seen = Acknowledgement(by=by, at=at, seat=seat, lease_until_at=at + timedelta(minutes=10))
    steps: list[tuple[Action, dict[str, Any]]] = [
        (Action.ACKNOWLEDGE, {"acknowledged": seen}),
        *[(Action.SIGNAL, {})] * max(0, events - (4 if live else 5)),
        (Action.RESTORE, {"condition": Condition.NORMAL}),
    ]
    for action, changed in steps[: events - (2 if live else 3)]:
        alarm = replace(alarm, rev=alarm.rev + 1, count=alarm.count + (action is Action.SIGNAL), **changed)
        yield AlarmChanged(at=at, by=by, seat=seat, alarm=alarm, action=action), alarm
    if not live and events > 2:
        alarm = replace(alarm, is_reset=True, closed_at=at + HANDLED_IN, rev=alarm.rev + 1)
        yield AlarmChanged(at=at + HANDLED_IN, by=by, seat=seat, alarm=alarm, action=Action.RESET), alarm


def raw_row(value: Any) -> tuple[Any, ...]:
    """Give the row of a value as SQLite's driver takes it."""
    row, columns = to_row(value), TABLES[type(value)].c
    return tuple(_raw(row[column.name], column.type) for column in columns)


def _raw(content: Any, kind: Any) -> Any:
    if content is None:
        return None
    if isinstance(kind, PlainJson):
        return canonical(content).decode()
    return iso(content) if isinstance(content, datetime) else content


class _Writer:
    """Chains lines, seals months, and inserts in batches."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._marks = {name: ", ".join("?" * len(table.columns)) for name, table in metadata.tables.items()}
        self.seq, self.head, self.segment = 0, GENESIS, ""
        self._sealed = (1, GENESIS)

    def line(self, event: Event) -> None:
        """Append the line of an event."""
        at = iso(event.at)
        if self.segment and at[:7] != self.segment:
            self.put("journal_segment", (self.segment, self._sealed[0], self.seq, self._sealed[1], self.head))
            self._sealed = (self.seq + 1, self.head)
        self.seq, self.segment = self.seq + 1, at[:7]
        row = {
            "seq": self.seq,
            "segment": self.segment,
            "at": at,
            "written_at": at,
            "kind": type(event).__name__,
            "subject": line_subject(event),
            "by": event.by,
            "seat": event.seat,
            "body": body_of(event),
            "previous": self.head,
        }
        self.head = line_hash(self.head, row)
        self.put("journal", (*row.values(), self.head))

    def put(self, table: str, row: tuple[Any, ...]) -> None:
        """Insert a row some time soon."""
        rows = self._rows.setdefault(table, [])
        rows.append(row)
        if len(rows) >= BATCH:
            self._insert(table)

    def _insert(self, table: str) -> None:
        self._connection.executemany(f"INSERT INTO {table} VALUES ({self._marks[table]})", self._rows.pop(table))  # noqa: S608

    def close(self) -> None:
        """Insert what is left."""
        for table in list(self._rows):
            self._insert(table)


def fill(folder: Path, *, alarms: int = 1_000_000, lines: int = 5_000_000) -> None:
    """Make a record of so many alarms and journal lines in an empty data folder; about 200 s and 7 GB a million alarms."""
    assert [field.name for field in fields(JournalLine)] == [
        column.name for column in metadata.tables["journal"].columns
    ]
    open_store(folder).close()
    with closing(sqlite3.connect(data_folder(folder).database)) as connection:
        connection.executescript("PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF; PRAGMA cache_size=-200000;")
        wanted = "SELECT name, type, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
        taken = connection.execute(wanted).fetchall()
        for name, kind, _ in taken:
            connection.execute(f"DROP {kind} {name}")
        connection.execute("BEGIN")
        writer = _Writer(connection)
        subjects: dict[str, AlarmSubject] = {}
        for event, row in _record(alarms, lines):
            writer.line(event)
            if row is not None:
                writer.put(*row)
                if row[0] == "alarm":
                    _add_times(writer, subjects, value_of(event))
        for subject in subjects.values():
            writer.put("alarm_subject", raw_row(subject))
        writer.close()
        connection.execute("COMMIT")
        for _, _, statement in taken:
            connection.execute(statement)
        connection.execute("PRAGMA journal_mode=WAL")


def _add_times(writer: _Writer, subjects: dict[str, AlarmSubject], alarm: Alarm) -> None:
    """Add what is kept beside an alarm, as its commands would have."""
    subject = subject_of(alarm)
    known = subjects.get(subject.id, subject)
    subjects[subject.id] = replace(known, alarms=known.alarms + 1)
    seen = alarm.acknowledged
    timing = AlarmTiming(
        id=alarm.id,
        subject=subject.id,
        point=alarm.point,
        source=alarm.source,
        place=alarm.place,
        alarm_class=alarm.alarm_class,
        priority=alarm.priority,
        received_at=alarm.first_at,
        raised_at=alarm.first_at,
        shown_at=alarm.first_at + timedelta(milliseconds=50),
        shown_seat="1",
        acked_at=seen.at if seen else None,
        acked_by=seen.by if seen else None,
        closed_at=alarm.closed_at,
    )
    writer.put("alarm_timing", raw_row(timing))


def _record(alarms: int, lines: int) -> Iterator[tuple[Event, tuple[str, tuple[Any, ...]] | None]]:
    """Give every event, and with the last one of each value its row."""
    each, more = divmod(lines, alarms)
    step = timedelta(days=5 * 365) / alarms
    for number in range(alarms):
        life = life_of_an_alarm(number, BEGIN + step * number, each + (number < more), number >= alarms - LIVE)
        events = list(islice(life, lines))
        last = len(events) - 1
        for place, (event, value) in enumerate(events):
            is_newest = place in (0, last)  # the signal, and the alarm as it ended
            yield event, (TABLES[type(value)].name, raw_row(value)) if is_newest else None


def main() -> None:
    """Fill the folder that was named."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.fill", description="Fill a data folder with years of alarms."
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--alarms", type=int, default=1_000_000)
    parser.add_argument("--lines", type=int, default=5_000_000)
    asked = parser.parse_args()
    began = time.perf_counter()
    fill(asked.folder, alarms=asked.alarms, lines=asked.lines)
    print(f"{asked.lines} lines in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
