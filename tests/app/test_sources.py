"""Sources of a running post: their canaries, their options chosen at the console, and starting one anew."""

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from console import app
from console.app.canaries import Canaries
from console.app.sources import Sources
from console.demo.panel import Dialler
from console.models.alarms import Alarm, Condition
from console.models.clock import FakeClock
from console.models.errors import ConsoleError, Refused
from console.models.events import CanaryChanged, Event, QuarantineChanged, SettingChanged
from console.models.ids import PersonId, PointId, SignalId, SourceId, new_id
from console.models.inputs import Canary, CanaryResult
from console.models.people import Actor, Role
from console.models.settings import value_of
from console.models.signals import Signal, SignalKind
from console.models.site import Site
from console.models.text import Text
from console.services import canary, inputs, queries
from console.services import settings as chosen_settings
from console.sources.sia_dc09 import canary as wire_canary
from console.store.store import Ground
from tests.stories.posts import ACCOUNT, free_port, make_site

PATIENCE_S = 80.0
PANEL = SourceId("panel")
CHEN = Actor(person=PersonId("p-chen"), name="陈晨", role=Role.ADMINISTRATOR, seat="1")
LI = Actor(person=PersonId("p-li"), name="李娜", role=Role.OPERATOR, seat="1")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site", 0)


@contextmanager
def running(site: Path) -> Iterator[tuple[app.Post, Sources]]:
    """The console on a site, its panel listening."""
    with app.open_post(app.Options(site_dir=site, data_dir=site.parent / "data")) as post:
        assert post.inputs is not None
        assert post.sources[PANEL].address(PATIENCE_S)
        yield post, post.inputs


@contextmanager
def hearing(post: app.Post, kind: type[Any]) -> Iterator[Callable[[Callable[[Any], bool]], Any]]:
    """Collect events of a kind; what is given waits for one that fits."""
    came: list[Event] = []
    changed = threading.Condition()

    def take(event: Event) -> None:
        with changed:
            came.append(event)
            changed.notify_all()

    def wait(fits: Callable[[Any], bool]) -> Any:
        with changed:
            assert changed.wait_for(lambda: any(map(fits, came)), PATIENCE_S), came
            return next(filter(fits, came))

    undo = post.desk.bus.on(kind, take)
    try:
        yield wait
    finally:
        undo()


def done(future: "Future[Any]") -> Any:
    return future.result(PATIENCE_S)


def put(post: app.Post, **settings: float) -> None:
    """Put numbers in force that nobody may choose by hand, so that a test need not wait for minutes."""
    for name, value in settings.items():
        post.desk.ground.settings[name.replace("_", ".", 1)] = value


# ------------------------------------------------------------------------------------------------ canaries
def test_that_a_canary_proves_the_way_from_the_wire_to_the_disk_and_leaves_no_signal(site: Path) -> None:
    with running(site) as (post, sources):
        kept = done(sources.test(PANEL, CHEN))
        assert (kept.result, kept.source) == (CanaryResult.RECEIVED, PANEL)
        assert kept.round_trip_ms >= 0
        assert post.desk.ask(lambda rx: (rx.count(Signal), rx.count(Alarm))).result() == (0, 0)


def test_that_rounds_go_by_themselves_and_a_screen_ends_the_way(site: Path) -> None:
    with running(site) as (post, sources), hearing(post, CanaryChanged) as canaries:
        sources.canaries.watched()
        put(post, inputs_canary_every_s=1.0)
        known: set[str] = set()
        for _ in range(2):
            came = canaries(lambda event: event.canary.id not in known).canary
            known.add(came.id)
            seen = done(post.desk.do(canary.shown, came.id, post.desk.clock.now(), "1"))
            assert seen.result is CanaryResult.SHOWN
        assert post.desk.ask(lambda rx: rx.count(Alarm)).result() == 0


def test_that_a_canary_that_no_screen_shows_and_one_that_does_not_come_are_alarms(site: Path) -> None:
    with running(site) as (post, sources), hearing(post, CanaryChanged) as canaries:
        sources.canaries.watched()
        put(post, inputs_canary_within_s=0.1)
        done(sources.test(PANEL, CHEN))
        unseen = canaries(lambda event: event.canary.result is CanaryResult.UNSEEN).canary
        assert unseen.received_at is not None
        sources._stop(PANEL)  # as it is for a moment while it is started anew
        missing = done(sources.test(PANEL, CHEN))
        assert (missing.result, missing.received_at) == (CanaryResult.MISSING, None)
        assert missing.reason.en == "The source is being started anew."
        alarm = post.desk.ask(lambda rx: rx.first(Alarm)).result()
        assert (alarm.point, alarm.condition) == (PointId("source:panel/canary"), Condition.ACTIVE)


def test_that_nobody_but_the_console_may_say_that_a_way_is_open(site: Path) -> None:
    with running(site) as (post, _sources):
        address = post.sources[PANEL].address()
        assert address is not None
        with socket.create_connection(address, PATIENCE_S) as line:
            line.sendall(wire_canary.message(new_id()))
            assert b'"DUH"' in line.recv(4096)
        done(post.desk.do(lambda _tx: None))  # what the source told of itself is on disk now
        assert [state.healthy for state in post.desk.ask(queries.source_states).result()] == [True]
        assert post.desk.ask(lambda rx: (rx.count(Canary), rx.count(Signal))).result() == (0, 0)


def test_that_everything_but_a_canary_goes_on_as_it_came(site: Path) -> None:
    with running(site) as (post, sources), hearing(post, QuarantineChanged) as quarantined:
        address = post.sources[PANEL].address()
        assert address is not None
        with Dialler(*address, "9999") as stranger, Dialler(*address, ACCOUNT) as panel:
            assert stranger.send("BA", "1").acknowledged
            assert panel.send("BA", "1").acknowledged
        assert quarantined(lambda event: event.entry.account == "9999").entry.sender.startswith("127.0.0.1")
        points = {alarm.point for alarm in post.desk.ask(lambda rx: rx.find(Alarm)).result()}
        assert points == {"fence", "source:panel/quarantine"}
        other = Signal(
            id=SignalId(new_id()), source=PANEL, kind=SignalKind.CANARY, point=PointId("x"), code="forged",
            received_at=post.desk.clock.now(),
        )  # fmt: skip
        with pytest.raises(Refused):
            done(sources.canaries.deliver(lambda _signal: pytest.fail("handed on"), other))


@dataclass
class QuickDesk:
    """A desk that ends what it is asked for before anybody can wait for it: kept, or taken back by who asked."""

    taken_back: bool = False
    asked: list[Any] = field(default_factory=list)
    clock: FakeClock = field(default_factory=FakeClock)
    ground: Ground = field(default_factory=lambda: Ground(site=Site(id="s", name=Text("院", "Yard")), settings={}))

    def do(self, command: Callable[..., Any], *args: Any, **kwargs: Any) -> "Future[Any]":
        self.asked.append(command)
        ended: Future[Any] = Future()
        if self.taken_back:
            ended.cancel()
        else:
            ended.set_result(command.__name__)
        return ended


def on_its_way(desk: QuickDesk) -> tuple[Canaries, Signal, "Future[Any]"]:
    """A canary that has left, and as what it comes back."""
    left: queue.SimpleQueue[str] = queue.SimpleQueue()
    canaries = Canaries(cast(Any, desk), lambda _source: left.put)
    kept = canaries.send(PANEL)
    came = Signal(
        id=SignalId(new_id()), source=PANEL, kind=SignalKind.CANARY, point=PointId("x"),
        code=left.get(timeout=PATIENCE_S), received_at=desk.clock.now(),
    )  # fmt: skip
    canaries._pool.shutdown(wait=True)
    return canaries, came, kept


def test_that_a_canary_that_is_on_disk_at_once_holds_up_nobody() -> None:
    canaries, came, kept = on_its_way(QuickDesk())
    source = threading.Thread(target=canaries.deliver, args=(pytest.fail, came), daemon=True)
    source.start()
    source.join(PATIENCE_S)
    assert not source.is_alive(), "the source waits for itself"
    assert kept.result(0) == canary.arrived.__name__


def test_that_a_canary_whose_source_would_not_wait_comes_again_or_is_missing() -> None:
    desk = QuickDesk(taken_back=True)
    canaries, came, kept = on_its_way(desk)
    assert canaries.deliver(pytest.fail, came).cancelled()
    assert not kept.done()
    desk.taken_back = False
    assert canaries.deliver(pytest.fail, came).result(0) == canary.arrived.__name__
    assert kept.result(0) == canary.arrived.__name__

    desk.taken_back = True
    canaries, came, kept = on_its_way(desk)
    canaries.deliver(pytest.fail, came)
    desk.taken_back = False
    desk.clock.advance(3600)
    canaries.look(())
    assert kept.result(0) == canary.missed.__name__


# ------------------------------------------------------------------------------------------------ options
def test_that_a_changed_option_is_in_force_at_once_on_record_and_again_after_a_start(site: Path) -> None:
    port = free_port()
    with running(site) as (post, sources), hearing(post, SettingChanged) as settings:
        done(sources.change(PANEL, {"port": port}, "交换机更换", CHEN))
        assert post.sources[PANEL].address(PATIENCE_S) == ("127.0.0.1", port)
        with Dialler("127.0.0.1", port, ACCOUNT) as panel:
            assert panel.send("BA", "1").acknowledged
        told = settings(lambda event: event.key == "source.panel.port")
        assert (told.old, told.new, told.reason, told.by) == ("0", str(port), "交换机更换", CHEN.person)
        (facts,) = sources.facts()
        assert (facts.chosen, facts.of_site["port"], facts.address) == ({"port": port}, 0, f"127.0.0.1:{port}")
    with running(site) as (post, sources):
        assert post.sources[PANEL].address() == ("127.0.0.1", port)
        done(sources.change(PANEL, {"port": None}, "恢复", CHEN))
        assert post.sources[PANEL].address(PATIENCE_S) != ("127.0.0.1", port)
        assert sources.facts()[0].chosen == {}


def test_that_a_wrong_option_is_refused_in_words_and_changes_nothing(site: Path) -> None:
    with running(site) as (post, sources):
        before = post.sources[PANEL]
        for options, words in (({"port": 99999}, "0 to 65535"), ({"prot": 1}, "no option"), ({"accounts": 3}, "list")):
            with pytest.raises(ConsoleError, match=words):
                done(sources.change(PANEL, options, "试", CHEN))
        with pytest.raises(ConsoleError, match="reason"):
            done(sources.change(PANEL, {"port": 0, "idle_s": 60}, " ", CHEN))
        with pytest.raises(ConsoleError):
            done(sources.change(PANEL, {"idle_s": 60}, "试", LI))
        assert post.sources[PANEL] is before
        assert sources.facts()[0].chosen == {}


@pytest.mark.expects_log("left aside")
def test_that_what_was_chosen_and_no_longer_fits_is_left_aside(site: Path) -> None:
    with running(site) as (post, _sources):
        done(
            post.desk.do(chosen_settings.change_options, PANEL, {"no_more": 1}, {}, "旧版本", by=CHEN)
        )
    with running(site) as (_post, sources):
        assert sources.facts()[0].chosen == {}


def test_that_a_change_that_waited_while_the_sources_were_left_starts_none_anew(site: Path) -> None:
    with running(site) as (post, sources):
        sources._stop_all()
        with pytest.raises(ConsoleError, match="closing"):
            done(sources.change(PANEL, {"idle_s": 60}, "试", CHEN))
        assert PANEL not in post.sources
        assert sources.facts()[0].chosen == {}
        assert post.desk.ask(chosen_settings.chosen).result() == {}


def test_that_a_number_of_the_trade_is_in_force_for_the_next_action_and_after_a_start(site: Path) -> None:
    with running(site) as (post, _sources):
        assert value_of(post.desk.ground.settings, "inputs.quarantine_most") == 200
        done(post.desk.do(chosen_settings.change, "inputs.quarantine_most", 10, "磁盘小", by=CHEN))
        assert value_of(post.desk.ground.settings, "inputs.quarantine_most") == 10
    with running(site) as (post, _sources):
        assert value_of(post.desk.ground.settings, "inputs.quarantine_most") == 10
        done(post.desk.do(chosen_settings.change, "inputs.quarantine_most", None, "换了磁盘", by=CHEN))
        assert value_of(post.desk.ground.settings, "inputs.quarantine_most") == 200
        assert done(post.desk.ask(inputs.quarantine)) == ()
