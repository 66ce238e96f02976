"""The contract of every kind of source about loss, found as the house finds them: a new kind inherits it.

Nothing is answered before it is on disk; what could not be put there comes again and appears once; the bytes of the wire
are kept; who falls silent is told; a test signal is told apart.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from console import sources
from console.models.clock import SystemClock
from console.models.errors import ConsoleError
from console.models.signals import SignalKind
from console.registry import discover
from console.sources.source import Running, SourceSpec
from tests.sources.desk import PATIENCE_S, Desk
from tests.sources.wires import ALL_WIRES, FURTHER, OTHER_WAYS, RINGERS, SOON_S, Wire, kind_of, setup_of_wire

KINDS: dict[str, SourceSpec] = discover(sources, attribute="SPEC", kind=SourceSpec)
WIRED = [*(kind for kind in KINDS if kind not in OTHER_WAYS), *FURTHER]
# What these say of a failed commit is said as health, which is tested, and not as a warning in the log.
QUIET = ("mqtt", "onvif_events")
AGAIN_S = 5.0  # a sender that will be answered waits so long before it sends again
HAVE_PROBES = [kind for kind in WIRED if KINDS[kind_of(kind)].probe is not None]


@dataclass
class SkippingClock(SystemClock):
    """The machine's clocks, of which the monotonic one may be put forward."""

    skipped_s: float = field(default=0.0)

    def monotonic(self) -> float:
        return time.monotonic() + self.skipped_s


class Line:
    """A running source, and who rings it."""

    def __init__(self, kind: str, desk: Desk, wire: Wire, running: Running) -> None:
        self.kind, self.desk, self.wire, self.running = kind, desk, wire, running

    def ring(self, number: int = 1, wait_s: float = SOON_S) -> bool:
        address = self.running.address(PATIENCE_S if self.kind != "onvif_events" else 0.0)
        return self.wire.ring(address[1] if address else 0, number, wait_s)

    def ring_until_answered(self, number: int = 1) -> None:
        until = time.monotonic() + PATIENCE_S
        while not self.ring(number, AGAIN_S):
            assert time.monotonic() < until, "it was never answered"

    @property
    def kept(self) -> list[Any]:
        """What is on disk, repetitions aside."""
        return [*self.desk.signals, *self.desk.punches]


@pytest.fixture
def lines(desk: Desk) -> Iterator[Any]:
    with ExitStack() as lives:

        def open_line(kind: str, *, watched: bool = False) -> Line:
            wire = lives.enter_context(ALL_WIRES[kind]())
            setup = setup_of_wire(kind, wire)
            if watched and wire.watched is not None:
                setup = replace(setup, options=wire.watched)
            running = lives.enter_context(KINDS[kind_of(kind)].start(setup, desk.context()))
            until = time.monotonic() + PATIENCE_S
            while not wire.heard():
                assert time.monotonic() < until, "the source never called"
                time.sleep(0.01)
            return Line(kind, desk, wire, running)

        yield open_line


def test_that_every_kind_has_a_sender_that_rings_over_its_own_wire() -> None:
    assert set(RINGERS) == set(KINDS) - OTHER_WAYS, "a kind of source without a sender is not proved to lose nothing"
    assert set(KINDS) >= OTHER_WAYS


@pytest.mark.parametrize("kind", WIRED)
def test_that_nothing_is_answered_before_it_is_on_disk(kind: str, lines: Any, desk: Desk) -> None:
    line = lines(kind)
    desk.gate.clear()
    assert not line.ring(), "it was answered while the disk had not yet taken it"
    desk.wait(lambda: desk.asked)
    assert line.kept == []
    desk.gate.set()
    line.ring_until_answered()
    assert len(line.kept) == 1


@pytest.mark.parametrize(
    "kind", [kind if kind in QUIET else pytest.param(kind, marks=pytest.mark.expects_log("not on disk")) for kind in WIRED]
)
def test_that_what_could_not_be_stored_is_not_answered_comes_again_and_appears_once(
    kind: str, lines: Any, desk: Desk
) -> None:
    line = lines(kind)
    desk.fail = 1_000_000
    assert not any(line.ring(number) for number in (1, 2, 1)), "it was answered and is nowhere"
    desk.wait(lambda: not desk.health[-1].healthy if desk.health else False)  # and a person is told
    assert line.kept == []
    desk.fail = 0
    for number in (1, 2):
        line.ring_until_answered(number)
    desk.wait(lambda: len(line.kept) == 2)
    desk.wait(lambda: desk.health[-1].healthy)


@pytest.mark.parametrize("kind", [kind for kind in WIRED if kind not in ("punch", "onvif_events")])
def test_that_the_bytes_of_the_wire_are_kept(kind: str, lines: Any, desk: Desk) -> None:
    line = lines(kind)
    line.ring_until_answered(7)
    assert line.wire.raw is not None
    assert [signal.raw for signal in desk.signals] == [line.wire.raw(7)]


def test_that_the_xml_of_a_camera_is_kept(lines: Any, desk: Desk) -> None:
    lines("onvif_events").ring_until_answered(7)
    desk.wait(lambda: desk.signals)
    assert b'Value="v7"' in desk.signals[0].raw
    assert desk.signals[0].raw.startswith(b"<wsnt:NotificationMessage")


@pytest.mark.parametrize("kind", [kind for kind in WIRED if kind != "punch"])
def test_that_whoever_falls_silent_for_three_heartbeats_is_told_and_well_when_heard(
    kind: str, lines: Any, desk: Desk
) -> None:
    desk.clock = clock = SkippingClock()
    line = lines(kind, watched=True)
    line.ring_until_answered(1)
    desk.wait(lambda: desk.health and desk.health[-1].healthy)
    line.wire.hush(True)
    clock.skipped_s += 4.0
    desk.wait(lambda: not desk.health[-1].healthy)
    (problem,) = desk.health[-1].problems
    assert problem.deaf, "what may keep alarms from arriving is an alarm"
    assert problem.name.partition(" ")[0] in ("silent", "device")
    line.wire.hush(False)
    line.ring_until_answered(2)
    desk.wait(lambda: desk.health[-1].healthy)


@pytest.mark.parametrize("kind", HAVE_PROBES)
def test_that_a_test_signal_is_told_apart_from_every_alarm_and_one_that_is_refused_is_no_trouble(
    kind: str, lines: Any, desk: Desk
) -> None:
    line = lines(kind)
    calls = kind_of(kind) == "onvif_events"  # others call here
    desk.wait(lambda: line.wire.heard() if calls else line.running.address() is not None)
    setup, probe = setup_of_wire(kind, line.wire), KINDS[kind_of(kind)].probe
    assert probe is not None
    probe(setup, line.running, desk._secret, "TOKEN0001")
    desk.wait(lambda: desk.signals)
    (canary,) = desk.signals
    assert (canary.kind, canary.code) == (SignalKind.CANARY, "TOKEN0001")
    told, asked = len(desk.health), desk.asked
    desk.refuse = True
    refused = threading.Event()
    try:
        probe(setup, line.running, desk._secret, "FORGED")
    except ConsoleError:
        refused.set()
    desk.settle(asked)  # a broker says that it has it before the source does
    assert desk.signals == [canary]
    assert all(health.healthy for health in desk.health[told - 1 :]), desk.ill
    desk.refuse = False
    line.ring_until_answered(9)  # and nobody waits behind it
    desk.wait(lambda: len(line.kept) == 2)
