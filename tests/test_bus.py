"""Events reach whoever asked for their kind, in order, and one bad listener silences nobody."""

from dataclasses import dataclass

import pytest

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
