"""Everything that blinks blinks together, only while something must, and not at all for who wants it still."""

from typing import Any

import pytest
from PySide6.QtCore import QObject

from console.views import blink
from console.views.blink import HALF_MS, Blink


@pytest.fixture
def owner(qapp: Any) -> QObject:
    return QObject()


def test_that_there_is_one_blink_for_all(owner: QObject) -> None:
    assert blink.shared(owner) is blink.shared(owner)


def test_that_it_runs_only_while_somebody_needs_it_and_ends_full(owner: QObject) -> None:
    made = Blink(owner)
    made.need("queue", True)
    made.need("wall", True)
    made.need("queue", False)
    assert made.running
    made._turn()
    assert not made.phase
    made.need("wall", False)
    assert not made.running
    assert made.phase


def test_that_reduced_motion_stops_it(owner: QObject) -> None:
    made = Blink(owner)
    made.need("queue", True)
    made.reduce_motion(True)
    assert not made.running
    assert made.phase
    made.reduce_motion(False)
    assert made.running
    made.need("queue", False)


def test_that_the_rate_is_one_that_is_seen_and_does_not_harm() -> None:
    rate_hz = 1000 / (2 * HALF_MS)
    assert 0.8 <= rate_hz <= 5
