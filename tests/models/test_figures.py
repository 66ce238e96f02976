"""The alarm figures: rates, floods, percentiles, as EEMUA 191 and ISA-18.2 reckon them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.models.alarms import AlarmClass, Priority
from console.models.figures import AlarmFigures, Counted, figures, percentile
from console.models.ids import PointId

START = datetime(2026, 3, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)


def alarm(minute: float, point: str = "p", priority: Priority = Priority.HIGH, **after_s: float | None) -> Counted:
    at = START + timedelta(minutes=minute)
    times = {f"{name}_at": None if s is None else at + timedelta(seconds=s) for name, s in after_s.items()}
    return Counted(
        point=PointId(point), alarm_class=AlarmClass.INTRUSION, priority=priority, received_at=at, **times
    )


def of(counted: list[Counted], hours: int = 6, operators: float = 1.0) -> AlarmFigures:
    end = START + hours * HOUR
    return figures(counted, START, end, now=end, operators=operators)


def test_that_rates_are_those_of_one_operator() -> None:
    counted = [alarm(10 * n) for n in range(36)]
    assert (of(counted).per_hour, of(counted).per_slot) == (6.0, 1.0)
    assert (of(counted, operators=2).per_hour, of(counted, operators=2).per_slot) == (3.0, 0.5)


def test_that_a_flood_begins_above_ten_in_ten_minutes_and_ends_below_five() -> None:
    counts = [10, 11, 6, 5, 4, 12]
    counted = [alarm(10 * slot + n / 60) for slot, count in enumerate(counts) for n in range(count)]
    found = of(counted, 1)
    assert [slot.flood for slot in found.slots] == [False, True, True, True, False, True]
    assert (found.floods, found.flood_share) == (2, pytest.approx(4 / 6))


def test_that_a_post_of_two_is_in_a_flood_at_twice_the_rate() -> None:
    counted = [alarm(n / 60) for n in range(15)]
    assert of(counted).floods == 1
    assert of(counted, operators=2).floods == 0


def test_that_the_busiest_hour_is_any_sixty_minutes_not_a_full_hour_of_the_clock() -> None:
    counted = [alarm(minute) for minute in (35, 45, 55, 65, 75, 85)]
    assert of(counted).busiest_hour == 6


def test_that_percentiles_are_values_that_happened() -> None:
    assert percentile([1, 2, 3, 4], 0.5) == 2
    assert percentile([1, 2, 3, 4], 0.95) == 4
    assert percentile([], 0.5) == 0


def test_that_what_was_never_acknowledged_counts_against_the_target_once_it_is_late() -> None:
    found = figures(
        [alarm(0, acked=10.0), alarm(1, acked=100.0), alarm(2), alarm(59.9)], START, START + HOUR, now=START + HOUR
    )
    [acknowledge] = [span for span in found.spans if span.name == "acknowledge"]
    assert (acknowledge.counted, acknowledge.missing) == (2, 2)
    assert acknowledge.within == pytest.approx(1 / 3)


def test_that_nobody_has_to_answer_a_low_alarm_within_seconds() -> None:
    spans = {span.name: span for span in of([alarm(0, priority=Priority.LOW, shown=0.1)]).spans}
    assert spans["show"].counted == 1
    assert spans["acknowledge"].missing == 0


def test_that_the_noisiest_points_come_first_with_their_share() -> None:
    found = of([*(alarm(n, "noisy") for n in range(6)), *(alarm(n, f"p{n}") for n in range(2))])
    assert [(one.point, one.alarms) for one in found.noisiest] == [("noisy", 6), ("p0", 1), ("p1", 1)]
    assert sum(one.share for one in found.noisiest) == pytest.approx(1.0)


def test_that_an_alarm_that_stood_longer_than_a_day_is_stale() -> None:
    day = 24 * 3600
    assert of([alarm(0, closed=day + 1.0), alarm(0, closed=day - 1.0)], 48).stale == 1
    assert of([alarm(0)], 48).stale == 1


def test_that_a_period_that_does_not_end_is_refused() -> None:
    with pytest.raises(ValueError):
        figures((), START, START, now=START)


@given(minutes=st.lists(st.floats(0, 359.9), max_size=200), operators=st.floats(0, 5))
def test_that_every_alarm_is_in_exactly_one_slot_and_every_share_is_a_share(
    minutes: list[float], operators: float
) -> None:
    found = of([alarm(minute, f"p{int(minute) % 20}") for minute in minutes], operators=operators)
    assert sum(slot.alarms for slot in found.slots) == found.alarms == len(minutes)
    shares = [found.flood_share, found.over_share, sum(one.share for one in found.noisiest), *found.mix]
    assert all(0 <= share <= 1.0000001 for share in shares)
    assert found.operators >= 1
