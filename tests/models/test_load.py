"""The overload ladder: down only when it lasts, up only when it is well, and slower where up was too early."""

from console.models.load import Ladder, Limits, Pace

LIMITS = Limits(tick_ms=40, worker_ms=80, down_after_s=5, up_after_s=30)


def run(ladder: Ladder, start_s: float, seconds: int, *, tick_ms: float = 5, worker_ms: float = 5) -> Ladder:
    for second in range(seconds + 1):
        ladder = ladder.stepped(tick_ms, worker_ms, start_s + second, LIMITS)
    return ladder


def test_that_a_hitch_gives_nothing_up() -> None:
    assert run(run(Ladder(), 0, 3, worker_ms=500), 4, 10).pace is Pace.FULL


def test_that_lasting_trouble_goes_down_step_by_step_and_says_why() -> None:
    once = run(Ladder(), 0, 5, worker_ms=200)
    assert (once.pace, once.why) == (Pace.HALF, "worker")
    assert run(once, 6, 12, tick_ms=90).pace is Pace.STILLS
    assert run(Ladder(), 0, 60, tick_ms=90).pace is Pace.STILLS


def test_that_it_comes_back_only_after_a_while_well_below_the_limits() -> None:
    down = run(Ladder(), 0, 5, worker_ms=200)
    assert run(down, 10, 29).pace is Pace.HALF
    assert run(down, 10, 31).pace is Pace.FULL
    assert run(down, 10, 120, worker_ms=60).pace is Pace.HALF  # below the limit, and not well below it


def test_that_a_way_up_that_was_too_early_takes_twice_as_long_the_next_time() -> None:
    up = run(run(Ladder(), 0, 5, worker_ms=200), 10, 30)
    assert up.pace is Pace.FULL
    down = run(up, 45, 5, worker_ms=200)
    assert down.pace is Pace.HALF
    assert run(down, 60, 40).pace is Pace.HALF
    assert run(down, 60, 61).pace is Pace.FULL
