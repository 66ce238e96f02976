"""The pretend guards walk the site's routes and punch at the real receiver."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from console.demo import guards
from console.models.clock import FakeClock
from console.models.ids import CheckpointId, PostId, RouteId, SourceId
from console.models.site import Checkpoint, Post, PostKind, Route, RouteStop, Site, SourceSetup
from console.models.text import Text
from console.sources import punch
from console.sources.source import Running
from tests.sources.desk import PATIENCE_S, Desk

SETUP = SourceSetup(
    id=SourceId("readers"), kind="punch", name=Text("巡更", "Readers"), options={"port": 0, "token": "readers"}
)
TOKEN = "walk on"


def route(name: str, *checkpoints: str, leg_s: float = 60.0, every_s: float = 600.0) -> Route:
    return Route(
        id=RouteId(name),
        name=Text(name, name),
        post=PostId("patrol"),
        stops=tuple(RouteStop(checkpoint=CheckpointId(one), leg_s=leg_s) for one in checkpoints),
        every_s=every_s,
    )


def site(*routes: Route, receivers: tuple[SourceSetup, ...] = (SETUP,)) -> Site:
    return Site(
        id="walked",
        name=Text("走", "Walked"),
        checkpoints=tuple(
            Checkpoint(id=CheckpointId(one), name=Text(one, one), chip=f"chip-{one}") for one in ("a", "b", "c")
        ),
        posts=(Post(id=PostId("patrol"), name=Text("巡逻", "Patrol"), kind=PostKind.PATROL, staff=("赵国强", "田野")),),
        routes=routes,
        sources=receivers,
    )


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk(secrets={"readers": TOKEN})
    yield desk
    desk.close()


@pytest.fixture
def receiver(desk: Desk) -> Iterator[Running]:
    with punch.SPEC.start(SETUP, desk.context()) as running:
        assert running.address(PATIENCE_S) is not None
        yield running


def test_that_a_guard_reaches_every_stop_in_order_round_after_round(receiver: Running, desk: Desk) -> None:
    with guards.walking(
        site(route("r", "a", "b", "c")), address=lambda _source: receiver.address(), token=TOKEN, speed=6000
    ) as (reader,):
        # In the house a repetition within a minute is one punch; here the rounds are a tenth of a second apart.
        desk.wait(lambda: len(desk.punches) >= 3)
    assert [(kept.device, kept.chip, kept.person) for kept in desk.punches[:3]] == [
        ("reader-r", "chip-a", "赵国强"),
        ("reader-r", "chip-b", "赵国强"),
        ("reader-r", "chip-c", "赵国强"),
    ]
    assert [told["chip"] for told in reader.told[:3]] == ["chip-a", "chip-b", "chip-c"]


def test_that_the_way_follows_the_legs_and_the_rounds_follow_the_clock() -> None:
    way = guards._way(route("r", "a", "b", "c", leg_s=60, every_s=600))
    assert [(at_s, stop.checkpoint) for at_s, stop in (next(way) for _ in range(7))] == [
        (60, "a"),
        (120, "b"),
        (600, "c"),
        (660, "a"),
        (720, "b"),
        (1200, "c"),
        (1260, "a"),
    ]


def test_that_a_way_longer_than_its_turn_is_walked_to_its_end_first() -> None:
    way = guards._way(route("r", "a", "b", leg_s=900, every_s=600))
    assert [at_s for at_s, _stop in (next(way) for _ in range(2))] == [900, 900]


def test_that_what_could_not_be_told_is_told_later_with_its_own_time(receiver: Running, desk: Desk) -> None:
    clock, asked, there = FakeClock(), threading.Event(), threading.Event()
    begun = clock.now()

    def address(_source: SourceId) -> tuple[str, int] | None:
        asked.set()
        return receiver.address() if there.is_set() else None

    with guards.walking(
        site(route("r", "a", "b")),
        address=address,
        token=TOKEN,
        first_s=0.0,
        again_s=0.05,
        clock=clock,
    ) as (reader,):
        assert asked.wait(PATIENCE_S)
        assert len(reader.waiting) == 1
        clock.advance(3600)
        there.set()
        desk.wait(lambda: desk.punches)
    assert desk.punches[0].reader_at == begun
    assert desk.punches[0].received_at - begun > timedelta(0)


def test_that_two_routes_are_walked_by_two_guards(receiver: Running, desk: Desk) -> None:
    both = site(route("r", "a"), route("s", "b"))
    with guards.walking(both, address=lambda _source: receiver.address(), token=TOKEN, first_s=0.0):
        desk.wait(lambda: len(desk.punches) == 2)
    assert {kept.device for kept in desk.punches} == {"reader-r", "reader-s"}


def test_that_a_reader_without_the_token_tells_nobody(receiver: Running, desk: Desk) -> None:
    where = receiver.address()
    assert where is not None
    said = {"device": "d", "chip": "c", "at": "2026-03-14T12:00:00Z"}
    assert not guards.post(where, said)
    assert guards.post(where, said, TOKEN)
    assert not guards.post(("127.0.0.1", 1), said, TOKEN)
    assert len(desk.punches) == 1


@pytest.mark.parametrize("empty", [site(), site(route("r", "a"), receivers=()), site(route("r"))])
def test_that_nobody_walks_where_there_is_no_way_or_nobody_to_tell(empty: Site) -> None:
    with guards.walking(empty, address=lambda _source: None) as readers:
        assert readers == ()
