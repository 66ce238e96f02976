"""A line written in one go, also for what happened a while ago."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit

from console.models.incidents import EntryKind, LogEntry
from console.views.logbook.entry import LONGEST_BACK_MIN, QuickEntry, read_entry
from tests.views.posts import Seat

NOW = datetime(2026, 3, 14, 19, 30, 20, tzinfo=UTC)  # 03:30:20 at the site
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("typed", "text", "minutes_ago"),
    [
        ("-5 gate checked", "gate checked", 5),
        ("-20 查岗亭", "查岗亭", 20),
        ("  -720 long ago", "long ago", 720),
    ],
)
def test_that_minutes_in_front_make_a_late_entry(typed: str, text: str, minutes_ago: int) -> None:
    said, happened_at = read_entry(typed, NOW, ZONE)
    assert said == text
    assert NOW - happened_at == timedelta(minutes=minutes_ago)


@pytest.mark.parametrize(
    ("typed", "hour", "minute"), [("03:12 gate", 3, 12), ("3:12 gate", 3, 12), ("22:05 gate", 22, 5), ("03：12 gate", 3, 12)]
)
def test_that_a_clock_time_in_front_means_the_last_time_it_was_so_late(typed: str, hour: int, minute: int) -> None:
    said, happened_at = read_entry(typed, NOW, ZONE)
    assert said == "gate"
    local = happened_at.astimezone(ZONE)
    assert (local.hour, local.minute) == (hour, minute)
    assert timedelta() <= NOW - happened_at < timedelta(hours=12)


@pytest.mark.parametrize(
    "typed", ["gate checked", "-5", "-5gate", "-721 too long ago", "03:12", "12:00 noon is too long ago", "24:00 x", "5 men"]
)
def test_that_anything_else_is_words(typed: str) -> None:
    assert read_entry(typed, NOW, ZONE) == (typed, None)


@given(st.text(max_size=60))
def test_that_no_words_are_ever_lost(typed: str) -> None:
    said, happened_at = read_entry(typed, NOW, ZONE)
    assert typed.strip().endswith(said)
    if happened_at is None:
        assert said == typed.strip()
    else:
        assert timedelta() <= NOW - happened_at <= timedelta(minutes=LONGEST_BACK_MIN)


@pytest.fixture
def entry(qtbot: Any, seat: Seat) -> QuickEntry:
    seat.take_keyboard()
    made = QuickEntry(seat.bridge, "entry")
    qtbot.addWidget(made)
    made.show()
    return made


def written(seat: Seat) -> tuple[LogEntry, ...]:
    return seat.desk.ask(lambda rx: rx.find(LogEntry)).result()


def test_that_a_line_leaves_the_field_when_it_is_on_disk(qtbot: Any, entry: QuickEntry, seat: Seat) -> None:
    field = entry.findChild(QLineEdit, "entry.field")
    entry.findChild(QComboBox, "entry.kind").setCurrentIndex(1)
    qtbot.keyClicks(field, "the leader called")
    with qtbot.waitSignal(entry.written):
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert field.text() == "the leader called", "not yet on disk, so still in the field"
    assert field.text() == ""
    (line,) = written(seat)
    assert line.kind is EntryKind.CALL
    assert line.text == "the leader called"
    assert line.happened_at == line.written_at


def test_that_the_hint_says_when_it_happened_before_it_is_written(entry: QuickEntry) -> None:
    entry.findChild(QLineEdit, "entry.field").setText("-20 gate")
    assert entry.findChild(QLabel, "entry.hint").text() == "Late entry: happened at 19:40:00"


def test_that_a_refused_line_stays_in_the_field(qtbot: Any, entry: QuickEntry, seat: Seat) -> None:
    field = entry.findChild(QLineEdit, "entry.field")
    field.setText("a line of somebody who may not write")
    seat.take_keyboard("chen")
    with qtbot.waitSignal(seat.bridge.refused):
        entry.submit()
    assert field.text() == "a line of somebody who may not write"
    assert not field.isReadOnly()
    assert written(seat) == ()


def test_that_a_correction_names_the_line_it_corrects(qtbot: Any, entry: QuickEntry, seat: Seat) -> None:
    field = entry.findChild(QLineEdit, "entry.field")
    qtbot.keyClicks(field, "gate 2 checked")
    with qtbot.waitSignal(entry.written):
        entry.submit()
    (wrong,) = written(seat)
    entry.correct(wrong)
    field.setText("gate 3 checked")
    with qtbot.waitSignal(entry.written):
        entry.submit()
    kept = {line.id: line for line in written(seat)}
    assert kept[wrong.id] == wrong
    (right,) = [line for line in kept.values() if line.corrects == wrong.id]
    assert right.text == "gate 3 checked"
    assert right.happened_at == wrong.happened_at
