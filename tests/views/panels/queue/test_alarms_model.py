"""The rows of the queue: in order, upserted, and right by Qt's own rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QAbstractItemModel, QObject, Qt
from PySide6.QtTest import QAbstractItemModelTester

from console.i18n import set_language
from console.models.alarms import Acknowledgement, Alarm, AlarmClass, Condition, Hiding, Priority, State
from console.models.clock import FakeClock
from console.models.text import Text
from console.views import words
from console.views.panels.queue.model import AlarmsModel, Column
from console.views.panels.queue.rows import arrange, is_shown, key_of
from console.views.panels.queue.says import Says

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


class Nobody(QObject):
    """People whose names nobody knows but two."""

    def called(self, person: str | None) -> str:
        return {"p-li": "李娜"}.get(person or "", person or "")


def alarm(name: str, **more) -> Alarm:
    fields = {
        "id": name,
        "key": name,
        "point": f"point-{name}",
        "source": "panel",
        "alarm_class": AlarmClass.INTRUSION,
        "priority": Priority.HIGH,
        "title": Text("对射触发", "Beam broken"),
        "first_at": AT,
        "last_at": AT,
    }
    return Alarm(**(fields | more))


def taken(by: str = "p-li", until_s: float = 180.0) -> Acknowledgement:
    return Acknowledgement(by=by, at=AT, seat="1", lease_until_at=AT + timedelta(seconds=until_s))


@pytest.fixture
def model(qapp, clock: FakeClock) -> AlarmsModel:
    made = AlarmsModel(Says(clock, words.ZoneInfo("Asia/Shanghai"), Nobody(), {}))
    made.tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


def shown(model: AlarmsModel) -> list[str]:
    return [model.alarm(row).id for row in range(model.rowCount())]


def text(model: QAbstractItemModel, row: int, column: Column) -> str:
    return model.index(row, column).data(Qt.ItemDataRole.DisplayRole)


def test_that_a_new_alarm_stands_where_its_urgency_puts_it(model: AlarmsModel) -> None:
    model.upsert(alarm("a", priority=Priority.MEDIUM))
    model.upsert(alarm("b", priority=Priority.CRITICAL))
    model.upsert(alarm("c", priority=Priority.HIGH))
    assert shown(model) == ["b", "c", "a"]


def test_that_a_changed_alarm_moves_and_a_closed_one_goes(model: AlarmsModel) -> None:
    for name in "abc":
        model.upsert(alarm(name, first_at=AT + timedelta(seconds=ord(name))))
    model.upsert(alarm("a", first_at=AT + timedelta(seconds=ord("a")), acknowledged=taken(), rev=1))
    assert shown(model) == ["b", "c", "a"]
    model.upsert(alarm("c", closed_at=AT, rev=2))
    assert shown(model) == ["b", "a"]
    assert model.total == 2


def test_that_an_older_revision_never_overwrites_a_newer_one(model: AlarmsModel) -> None:
    model.upsert(alarm("a", count=5, rev=5))
    model.begin([alarm("a", count=4, rev=4)])
    model.upsert(alarm("a", count=3, rev=3))
    assert text(model, 0, Column.COUNT) == "×5"


def test_that_hidden_alarms_have_no_row_and_are_always_counted(model: AlarmsModel) -> None:
    hiding = Hiding(kind=State.SHELVED, by="p-li", reason="works", until_at=AT + timedelta(minutes=30))
    model.upsert(alarm("a", priority=Priority.CRITICAL, hiding=hiding, alarm_class=AlarmClass.ACCESS))
    model.upsert(alarm("b", priority=Priority.LOW))
    assert shown(model) == ["b"]
    assert (model.total, model.waiting, model.hidden) == (2, 1, 1)
    model.upsert(alarm("a", priority=Priority.CRITICAL, alarm_class=AlarmClass.ACCESS, rev=1))
    assert shown(model) == ["a", "b"]
    assert model.hidden == 0


def test_that_the_state_tells_how_long_nobody_took_it_and_then_who_and_for_how_long(
    model: AlarmsModel, clock: FakeClock
) -> None:
    clock.at = AT + timedelta(seconds=75)
    model.upsert(alarm("a"))
    assert text(model, 0, Column.STATE) == "Unacknowledged 1:15"
    model.upsert(alarm("a", acknowledged=taken(), rev=1))
    assert text(model, 0, Column.STATE) == "Acknowledged · 李娜 · 1:45 left"
    model.upsert(alarm("a", lapses=1, rev=2))
    assert text(model, 0, Column.STATE) == "Unacknowledged 1:15, acknowledgement lapsed"
    model.upsert(alarm("a", condition=Condition.UNKNOWN, rev=3))
    assert text(model, 0, Column.STATE).endswith("source not heard")


def test_that_a_drill_is_called_a_drill(model: AlarmsModel) -> None:
    model.upsert(alarm("a", drill=True))
    assert text(model, 0, Column.TITLE) == "[Drill] Beam broken"
    set_language("zh_CN")
    assert text(model, 0, Column.TITLE) == "【演练】对射触发"


alarms = st.builds(
    lambda name, priority, seconds, acked, hidden, closed, rev: alarm(
        name,
        alarm_class=AlarmClass.ACCESS,
        priority=priority,
        first_at=AT + timedelta(seconds=seconds),
        acknowledged=taken() if acked else None,
        hiding=Hiding(kind=State.SHELVED, by="p", reason="r", until_at=AT) if hidden else None,
        closed_at=AT if closed else None,
        rev=rev,
    ),
    st.sampled_from("abcdefghijklmnopqrstuvwxyz"),
    st.sampled_from(Priority),
    st.integers(0, 5),
    st.booleans(),
    st.booleans(),
    st.sampled_from([False, False, True]),
    st.integers(0, 3),
)


steps = st.one_of(st.lists(alarms, max_size=12), st.booleans(), st.sampled_from("abcdefghijklmnopqrstuvwxyz"), st.none())


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(steps, max_size=20))
def test_that_rows_are_the_live_alarms_in_order_whatever_happens(qapp, clock: FakeClock, happened) -> None:
    model = AlarmsModel(Says(clock, words.ZoneInfo("Asia/Shanghai"), Nobody(), {}))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    live: dict[str, Alarm] = {}
    by_place, opened = False, set()
    for step in happened:
        if isinstance(step, bool):
            by_place = step
            model.fold_by_place(step)
        elif isinstance(step, str):
            if model.open(step, step not in opened):
                opened ^= {step}
        elif step is None:
            model.pin(None)
        else:
            for one in step:
                if one.id not in live or live[one.id].rev <= one.rev:
                    live[one.id] = one
            model.take_in(step)
            opened -= {name for name, one in live.items() if one.closed_at is not None}
            live = {name: one for name, one in live.items() if one.closed_at is None}
    wanted = [one for one in live.values() if is_shown(one)]
    keys = {name: key_of(one) for name, one in live.items()}
    expected = arrange(wanted, keys, opened=opened, by_place=by_place)
    assert list(model.rows) == expected
    assert all(model.row_of(row.id) == n for n, row in enumerate(expected))
    assert model.total == len(live)
    counted = {row.id for row in expected} | {name for row in expected for name in row.folded}
    assert counted == {one.id for one in wanted}, "an alarm is in a row, or counted in one"
    del tester


def test_that_what_went_to_history_before_the_list_was_read_does_not_come_back_with_it(model: AlarmsModel) -> None:
    gone = replace(alarm("a"), rev=3, closed_at=AT)
    model.upsert(gone)
    model.begin([replace(gone, rev=2, closed_at=None), alarm("b")])
    assert [row.id for row in model.rows] == ["b"]


def test_that_a_name_learnt_later_replaces_the_id(model: AlarmsModel) -> None:
    model.upsert(replace(alarm("a"), acknowledged=taken("p-unknown")))
    assert "p-unknown" in text(model, 0, Column.STATE)


def test_that_the_most_urgent_is_found_wherever_it_stands(model: AlarmsModel) -> None:
    model.take_in(
        [
            alarm("drill", priority=Priority.CRITICAL, drill=True),
            alarm("power", alarm_class=AlarmClass.POWER, priority=Priority.LOW),
            alarm("cam", alarm_class=AlarmClass.COMMS, priority=Priority.HIGH, cause="power"),
            alarm("door", alarm_class=AlarmClass.ACCESS, priority=Priority.MEDIUM),
            alarm("mine", priority=Priority.HIGH, acknowledged=taken()),
        ]
    )
    assert model.most_urgent() == "cam", "folded away"
    assert text(model, model.row_of("power"), Column.PRIORITY) == "High"
    model.filter(lambda one: one.id == "door")
    assert model.most_urgent() == "cam", "filtered out"
    model.filter(None)
    model.upsert(alarm("cam", alarm_class=AlarmClass.COMMS, priority=Priority.HIGH, cause="power", rev=1, acknowledged=taken()))
    assert model.most_urgent() == "door"
    for name in ("door", "power"):
        model.upsert(alarm(name, rev=1, hiding=Hiding(kind=State.SHELVED, by="p-li", reason="x", until_at=AT)))
    assert model.most_urgent() == "drill", "a drill when nothing real is left"
    model.upsert(alarm("drill", drill=True, rev=1, acknowledged=taken()))
    assert model.most_urgent() is None
