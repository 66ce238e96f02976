"""Which rows the queue shows: consequences under their cause, floods by place, nobody's life folded away."""

from datetime import timedelta

from console.models.alarms import AlarmClass, Priority
from console.models.clock import FakeClock
from console.views.panels.queue.flood import Flood
from console.views.panels.queue.rows import Row, arrange, key_of
from tests.views.panels.queue.test_alarms_model import AT, alarm, taken


def rows(*alarms, **how) -> list[Row]:
    return arrange(alarms, {one.id: key_of(one) for one in alarms}, **how)


def test_that_consequences_stand_under_their_cause_with_their_number() -> None:
    cause = alarm("power", alarm_class=AlarmClass.POWER, priority=Priority.MEDIUM)
    below = [alarm(f"cam{n}", alarm_class=AlarmClass.COMMS, priority=Priority.LOW, cause="power") for n in range(3)]
    seen = alarm("cam3", alarm_class=AlarmClass.COMMS, priority=Priority.LOW, cause="power", acknowledged=taken())
    (row,) = rows(cause, *below, seen)
    assert (row.id, len(row.folded), row.waiting, row.opened) == ("power", 4, 3, False)
    opened = rows(cause, *below, seen, opened={"power"})
    assert [one.id for one in opened] == ["power", "cam0", "cam1", "cam2", "cam3"]
    assert [one.child for one in opened] == [False, True, True, True, True]


def test_that_a_group_stands_where_its_most_urgent_member_would() -> None:
    cause = alarm("power", alarm_class=AlarmClass.POWER, priority=Priority.LOW)
    below = alarm("cam", alarm_class=AlarmClass.COMMS, priority=Priority.HIGH, cause="power")
    other = alarm("other", alarm_class=AlarmClass.ACCESS, priority=Priority.MEDIUM)
    assert [row.id for row in rows(other, cause, below)] == ["power", "other"]


def test_that_a_flood_is_folded_by_place_and_life_stands_apart() -> None:
    faults = [
        alarm(f"f{n}", alarm_class=AlarmClass.FAULT, place="b3", first_at=AT + timedelta(seconds=n)) for n in range(9)
    ]
    fire = alarm("fire", alarm_class=AlarmClass.FIRE, place="b3", priority=Priority.CRITICAL)
    thief = alarm("thief", alarm_class=AlarmClass.INTRUSION, place="b3")
    elsewhere = alarm("else", alarm_class=AlarmClass.FAULT, place="b4", priority=Priority.LOW)
    shown = rows(*faults, fire, thief, elsewhere, by_place=True)
    assert [row.id for row in shown] == ["fire", "thief", "f0", "else"]
    assert shown[2].by_place
    assert len(shown[2].folded) == 8
    assert not shown[0].folded
    assert not shown[1].folded


def test_that_a_pinned_row_stays_when_it_is_acknowledged() -> None:
    first, second = alarm("a"), alarm("b", first_at=AT + timedelta(seconds=1))
    pinned = {"a": key_of(first)}
    done = alarm("a", acknowledged=taken(), rev=1)
    assert [row.id for row in rows(done, second)] == ["b", "a"]
    assert [row.id for row in rows(done, second, pinned=pinned)] == ["a", "b"]


def test_that_a_flood_begins_above_and_ends_below_the_settings_per_operator(clock: FakeClock) -> None:
    flood = Flood()
    for n in range(11):
        flood.hear(alarm(f"a{n}", first_at=AT + timedelta(seconds=n)))
        flood.hear(alarm(f"a{n}", first_at=AT + timedelta(seconds=n)))
    now = AT + timedelta(seconds=20)
    assert flood.count(now) == 11
    assert not flood.judge(now, 2, {}), "two people take in twice as many"
    assert flood.judge(now, 1, {})
    assert flood.judge(AT + timedelta(minutes=10, seconds=5), 1, {}), "five are still no fewer than five"
    assert not flood.judge(AT + timedelta(minutes=10, seconds=7), 1, {})


def test_that_drills_tests_and_what_is_hidden_are_no_flood() -> None:
    flood = Flood()
    for n in range(30):
        flood.hear(alarm(f"d{n}", drill=True))
        flood.hear(alarm(f"t{n}", test=True))
    assert flood.count(AT) == 0


def test_that_in_a_flood_drills_and_real_alarms_of_one_place_are_two_rows_the_real_one_first() -> None:
    many = [
        alarm(f"{'d' if n % 2 else 'r'}{n}", alarm_class=AlarmClass.FAULT, place="b3", drill=bool(n % 2)) for n in range(6)
    ]
    assert [(row.id, row.folded) for row in rows(*many, by_place=True)] == [("r0", ("r2", "r4")), ("d1", ("d3", "d5"))]


def test_that_a_folded_row_is_as_urgent_as_what_it_keeps_out_of_sight_and_waits_while_any_of_it_does() -> None:
    cause = alarm("power", alarm_class=AlarmClass.POWER, priority=Priority.LOW, acknowledged=taken())
    below = alarm("cam", alarm_class=AlarmClass.COMMS, priority=Priority.HIGH, cause="power")
    (row,) = rows(cause, below)
    assert row.priority(cause.priority) is Priority.HIGH
    assert row.waits(False)
    head, child = rows(cause, below, opened={"power"})
    assert (head.priority(cause.priority), child.priority(below.priority)) == (Priority.LOW, Priority.HIGH)
    assert not head.waits(False)
