"""Which cameras come to the front, and which tiles stand out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from console.models.alarms import Acknowledgement, Alarm, AlarmClass, Condition, Hiding, Priority, State
from console.models.text import Text
from console.views.panels.wall.fronts import comes_forward, rings_of, strip_of

AT = datetime(2026, 3, 14, 3, 0, tzinfo=UTC)
TAKEN = Acknowledgement(by="p", at=AT, seat="1", lease_until_at=AT + timedelta(minutes=3))


def alarm(name: str, *cameras: str, **more) -> Alarm:
    fields = {
        "id": name,
        "key": name,
        "point": name,
        "source": "panel",
        "alarm_class": AlarmClass.INTRUSION,
        "priority": Priority.HIGH,
        "title": Text(name, name),
        "cameras": cameras,
        "first_at": AT,
        "last_at": AT,
    }
    return Alarm(**(fields | more))


def cameras_of(alarms: list[Alarm], looked_at: Alarm | None = None) -> tuple[str, ...]:
    return tuple(camera for camera, _alarm in strip_of(alarms, looked_at, {}))


def test_that_an_alarm_comes_forward_until_it_is_acknowledged_or_while_its_case_is_open() -> None:
    raised = alarm("a", "cam-1")
    assert comes_forward(raised, {})
    taken = replace(raised, acknowledged=TAKEN)
    assert not comes_forward(taken, {})
    assert comes_forward(replace(taken, incident="i", case_open=True), {})
    assert not comes_forward(replace(raised, closed_at=AT), {})


def test_that_a_low_or_hidden_alarm_or_one_without_cameras_stays_back() -> None:
    assert not comes_forward(alarm("a", "cam-1", priority=Priority.LOW), {})
    assert not comes_forward(alarm("a"), {})
    shelved = Hiding(kind=State.SHELVED, by="p", reason="r", until_at=AT)
    assert not comes_forward(alarm("a", "cam-1", hiding=shelved), {})


def test_that_what_was_sent_back_comes_again_only_when_it_signals_again() -> None:
    raised = alarm("a", "cam-1", count=3)
    assert not comes_forward(raised, {"a": 3})
    assert comes_forward(replace(raised, count=4), {"a": 3})


def test_that_the_alarm_looked_at_leads_and_no_other_is_out_of_sight() -> None:
    bigger = alarm("big", "cam-1", "cam-2", priority=Priority.CRITICAL)
    looked_at = alarm("mine", "cam-3", "cam-4")
    assert cameras_of([bigger, looked_at], looked_at) == ("cam-3", "cam-4", "cam-1")
    assert cameras_of([bigger, looked_at]) == ("cam-1", "cam-2", "cam-3")


def test_that_every_camera_in_the_strip_has_the_alarm_that_brought_it() -> None:
    first = alarm("first", "cam-1", "cam-2", priority=Priority.CRITICAL)
    second = alarm("second", "cam-2", "cam-3")
    assert [(camera, one.id) for camera, one in strip_of([second, first], None, {})] == [
        ("cam-1", "first"),
        ("cam-2", "first"),
    ]
    assert [one.id for _camera, one in strip_of([second, first], None, {"first": 1})] == ["second", "second"]


def test_that_a_ring_tells_the_worst_alarm_and_whether_any_waits() -> None:
    worst = alarm("a", "cam-1", priority=Priority.CRITICAL, acknowledged=TAKEN)
    other = alarm("b", "cam-1", priority=Priority.MEDIUM)
    ring = rings_of([other, worst])["cam-1"]
    assert ring.priority is Priority.CRITICAL
    assert ring.waiting
    assert not rings_of([worst])["cam-1"].waiting
    over = replace(worst, condition=Condition.NORMAL, closed_at=AT)
    assert rings_of([over]) == {}
