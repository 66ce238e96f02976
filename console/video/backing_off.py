"""How long to wait before a camera is tried again."""

from typing import Final

BACK_OFF_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


def back_off_s(failures: int, jitter: float) -> float:
    """Seconds to wait after the `failures`-th failure in a row; `jitter` in 0..1 spreads them.

    A camera that was live a moment ago is tried again after about a second, one that stays away
    every half minute; the spread of 30 % keeps cameras behind one dead switch from coming back all
    in the same instant.
    """
    base = BACK_OFF_S[min(max(failures, 1), len(BACK_OFF_S)) - 1]
    return base * (0.85 + 0.3 * jitter)
