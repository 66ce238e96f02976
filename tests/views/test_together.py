"""Many who ask at once are answered once: the first after a quiet time without waiting."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject

from console.views.together import Together

LONG_MS = 600_000


@pytest.fixture
def owner(qapp: Any) -> Iterator[QObject]:
    made = QObject()
    yield made
    for one in made.findChildren(Together):
        one.stop()


def test_that_what_many_ask_for_is_done_once(qtbot: Any, owner: QObject) -> None:
    done: list[int] = []
    together = Together(LONG_MS, owner)
    together.timeout.connect(lambda: done.append(1))
    for _turn in range(1000):
        together.ask()
    qtbot.waitUntil(lambda: bool(done))
    assert done == [1]
    assert not together.isActive()


def test_that_the_first_after_a_quiet_time_does_not_wait_and_the_next_does(qtbot: Any, owner: QObject) -> None:
    together = Together(LONG_MS, owner)
    together.ask()
    assert together.interval() == 0
    with qtbot.waitSignal(together.timeout):
        pass
    together.ask()
    assert LONG_MS / 2 < together.interval() <= LONG_MS


def test_that_who_could_not_wait_leaves_nothing_to_be_done(owner: QObject) -> None:
    together = Together(LONG_MS, owner)
    together.ask()
    together.rest()
    assert not together.isActive()
    together.ask()
    assert together.interval() > LONG_MS / 2


def test_that_asking_on_and_on_never_puts_it_off(qtbot: Any, owner: QObject) -> None:
    done: list[int] = []
    together = Together(20, owner)
    together.timeout.connect(lambda: done.append(1))

    def asked_again() -> bool:
        together.ask()
        return len(done) >= 3

    qtbot.waitUntil(asked_again)
