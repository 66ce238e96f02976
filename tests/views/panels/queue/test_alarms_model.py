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
from console.views.panels.queue.model import AlarmsModel, Column, order

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
    made = AlarmsModel(clock, words.ZoneInfo("Asia/Shanghai"), Nobody())
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


def test_that_hidden_alarms_are_always_counted_and_shown_last_on_demand(model: AlarmsModel) -> None:
    hiding = Hiding(kind=State.SHELVED, by="p-li", reason="works", until_at=AT + timedelta(minutes=30))
    model.upsert(alarm("a", priority=Priority.CRITICAL, hiding=hiding, alarm_class=AlarmClass.ACCESS))
    model.upsert(alarm("b", priority=Priority.LOW))
    assert shown(model) == ["b"]
    assert (model.total, model.waiting, model.hidden) == (2, 1, 1)
    model.show_hidden(True)
    assert shown(model) == ["b", "a"]
    assert text(model, 1, Column.STATE) == "Shelved until 20:30:00"
    model.show_hidden(False)
    assert shown(model) == ["b"]


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
    assert text(model, 0, Column.STATE).endswith("source silent")


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
    st.sampled_from("abcdefgh"),
    st.sampled_from(Priority),
    st.integers(0, 5),
    st.booleans(),
    st.booleans(),
    st.sampled_from([False, False, True]),
    st.integers(0, 3),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(alarms, st.booleans()), max_size=30))
def test_that_rows_are_the_live_alarms_in_order_whatever_happens(qapp, clock: FakeClock, steps) -> None:
    model = AlarmsModel(clock, words.ZoneInfo("Asia/Shanghai"), Nobody())
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    live: dict[str, Alarm] = {}
    with_hidden = False
    for step in steps:
        if isinstance(step, bool):
            with_hidden = step
            model.show_hidden(step)
            continue
        known = live.get(step.id)
        if known is None or known.rev <= step.rev:
            live[step.id] = step
            if step.closed_at is not None:
                del live[step.id]
        model.upsert(step)
        assert model.row_of(step.id) == (shown(model).index(step.id) if step.id in shown(model) else -1)
    expected = [one for one in sorted(live.values(), key=order) if with_hidden or one.state not in words.HIDDEN]
    assert shown(model) == [one.id for one in expected]
    assert model.total == len(live)
    del tester


def test_that_a_name_learnt_later_replaces_the_id(model: AlarmsModel) -> None:
    model.upsert(replace(alarm("a"), acknowledged=taken("p-unknown")))
    assert "p-unknown" in text(model, 0, Column.STATE)
