"""Numbered messages that never come are told of, once, and only where the numbers mean something."""

import pytest

from console.models.clock import FakeClock
from console.models.signals import Signal, SignalKind
from tests.sources.conftest import Start
from tests.sources.desk import Desk
from tests.sources.sia_dc09.test_receiver import answers, line_to, sia


@pytest.fixture
def stood(desk: Desk) -> FakeClock:
    """The desk's clock stands until the test moves it."""
    clock = FakeClock()
    desk.clock = clock
    return clock


def gaps(desk: Desk) -> list[Signal]:
    return [signal for signal in desk.signals if "missed" in signal.details]


def send(running: object, *numbers: int) -> None:
    with line_to(running.address()) as line:  # type: ignore[attr-defined]
        for number in numbers:
            line.sendall(sia(number, f"NBA{number}"))
        answers(line, len(numbers))


def test_that_skipped_numbers_are_told_after_a_minute_and_once(dc09: Start, desk: Desk, stood: FakeClock) -> None:
    running = dc09(accounts=[{"account": "1234"}])
    send(running, 7, 8, 11)
    stood.advance(61)
    desk.wait(lambda: gaps(desk))
    stood.advance(600)
    send(running, 12)
    (gap,) = gaps(desk)
    assert (gap.kind, gap.details["missed"], gap.point) == (SignalKind.INFORMATION, 2, "dc09:1234/0")
    assert gap.text_en == "2 messages of account 1234 never came, numbers 0009, 0010."


@pytest.mark.parametrize(
    "numbers", [(7, 8, 8, 9), (7, 9, 8, 10), (9998, 9999, 1, 2), (7, 4000, 4001), (500, 1, 2), (1, 1, 1)]
)
def test_that_repetitions_late_comers_and_a_new_count_are_no_gaps(
    dc09: Start, desk: Desk, stood: FakeClock, numbers: tuple[int, ...]
) -> None:
    running = dc09(accounts=[{"account": "1234"}, {"account": "5678"}])
    send(running, *numbers)
    stood.advance(61)
    send(running, numbers[-1], numbers[-1] + 1, numbers[-1] + 3)
    stood.advance(61)
    desk.wait(lambda: gaps(desk))
    assert [gap.details["missed"] for gap in gaps(desk)] == [1]  # only the one that this test made at the end


def test_that_a_panel_that_shares_its_counter_is_not_reckoned_with(dc09: Start, desk: Desk, stood: FakeClock) -> None:
    running = dc09(accounts=[{"account": "1234", "numbered": False}, {"account": "5678"}])
    send(running, 1, 4, 9)
    with line_to(running.address()) as line:
        line.sendall(sia(1, "NBA1", "5678") + sia(3, "NBA1", "5678"))
        answers(line, 2)
    stood.advance(61)
    desk.wait(lambda: gaps(desk))
    assert [gap.details["account"] for gap in gaps(desk)] == ["5678"]
