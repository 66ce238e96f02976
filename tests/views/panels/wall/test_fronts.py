"""Which cameras come to the front, and which tiles stand out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from console.models.alarms import Acknowledgement, Alarm, AlarmClass, Condition, Hiding, Priority, State
from console.models.text import Text
from console.views.panels.wall.fronts import MOST_FRONTS, comes_forward, fronts_of, rings_of

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
    assert fronts_of([bigger, looked_at], looked_at, None, {}) == ("cam-3", "cam-4", "cam-1")
    assert fronts_of([bigger, looked_at], None, None, {}) == ("cam-1", "cam-2", "cam-3")


def test_that_the_camera_asked_for_stands_first() -> None:
    assert fronts_of([alarm("a", "cam-1")], None, "cam-9", {}) == ("cam-9", "cam-1")


def test_that_fronts_are_few_however_many_alarms_there_are() -> None:
    flood = [alarm(f"a{n}", f"cam-{n}") for n in range(40)]
    assert len(fronts_of(flood, None, None, {})) == MOST_FRONTS


def test_that_a_ring_tells_the_worst_alarm_and_whether_any_waits() -> None:
    worst = alarm("a", "cam-1", priority=Priority.CRITICAL, acknowledged=TAKEN)
    other = alarm("b", "cam-1", priority=Priority.MEDIUM)
    ring = rings_of([other, worst])["cam-1"]
    assert ring.priority is Priority.CRITICAL
    assert ring.waiting
    assert not rings_of([worst])["cam-1"].waiting
    over = replace(worst, condition=Condition.NORMAL, closed_at=AT)
    assert rings_of([over]) == {}
