"""Events reach whoever asked for their kind, in order, and one bad listener silences nobody."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from typing_extensions import override

from console.bus import Bus


@dataclass(frozen=True)
class Thing:
    number: int = 0


@dataclass(frozen=True)
class SmallThing(Thing):
    pass


@pytest.fixture
def heard() -> list[tuple[str, object]]:
    return []


def test_that_a_listener_hears_its_kind_and_those_below_it(heard: list[tuple[str, object]]) -> None:
    bus = Bus()
    bus.on(Thing, lambda event: heard.append(("all", event)))
    bus.on(SmallThing, lambda event: heard.append(("small", event)))
    for event in (Thing(1), SmallThing(2), "something else"):
        bus.publish(event)
    assert heard == [("all", Thing(1)), ("all", SmallThing(2)), ("small", SmallThing(2))]


def test_that_listeners_hear_in_the_order_in_which_they_asked(heard: list[tuple[str, object]]) -> None:
    bus = Bus()
    for name in "abc":
        bus.on(Thing, lambda event, name=name: heard.append((name, event)))
    bus.publish(Thing())
    assert [name for name, _ in heard] == ["a", "b", "c"]


def test_that_undo_ends_one_listening_and_no_other(heard: list[tuple[str, object]]) -> None:
    bus = Bus()

    def listener(event: Thing) -> None:
        heard.append(("same", event))

    undo = bus.on(Thing, listener)
    bus.on(Thing, listener)
    undo()
    undo()
    bus.publish(Thing())
    assert len(heard) == 1


def test_that_two_threads_that_ask_at_once_are_both_heard(heard: list[tuple[str, object]]) -> None:
    bus = Bus()
    others: list[threading.Thread] = []

    class Known(list[Any]):
        """Lets another thread ask while somebody who asks reads who listens already."""

        @override
        def __iter__(self) -> Iterator[Any]:
            if not others:
                asked = threading.Event()

                def ask() -> None:
                    bus.on(Thing, lambda event: heard.append(("other", event)))
                    asked.set()

                others.append(threading.Thread(target=ask))
                others[0].start()
                asked.wait(0.3)  # it may have to wait for us
            return super().__iter__()

    bus._listeners = Known()
    bus.on(Thing, lambda event: heard.append(("one", event)))
    others[0].join(60)
    bus.publish(Thing())
    assert sorted(name for name, _ in heard) == ["one", "other"]


@pytest.mark.expects_log("a listener of Thing failed")
def test_that_a_listener_that_fails_is_logged_and_the_others_still_hear(heard: list[tuple[str, object]]) -> None:
    bus = Bus()

    def broken(event: Thing) -> None:
        raise LookupError("our bug")

    bus.on(Thing, broken)
    bus.on(Thing, lambda event: heard.append(("after", event)))
    bus.publish(Thing())
    assert heard == [("after", Thing())]


def test_that_listening_may_begin_and_end_while_an_event_is_told(heard: list[tuple[str, object]]) -> None:
    bus = Bus()

    def once(event: Thing) -> None:
        heard.append(("once", event))
        undo()
        bus.on(Thing, lambda later: heard.append(("later", later)))

    undo = bus.on(Thing, once)
    bus.publish(Thing(1))
    bus.publish(Thing(2))
    assert heard == [("once", Thing(1)), ("later", Thing(2))]
