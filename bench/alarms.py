"""Group `alarms`: from four wires to the screen, idle, in a flood and for an hour; the peers; what breaks and is not lost."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench import fuzz, peers
from bench.broker import brokering
from bench.console import Seat, seated
from bench.cost import percentile
from bench.figures import Figure
from bench.floor import committed_echoes
from bench.ground import INPUTS, make_inputs_site, workplace
from bench.kill import campaign_of_inputs
from bench.senders import SENDERS
from console.models.clock import SystemClock
from console.models.signals import Signal, SignalKind
from console.models.site import Site
from console.models.text import Text
from console.models.timing import AlarmTiming
from console.store.opening import open_beside
from console.store.store import Ground

IDLE = 40
BURST = 1000
BURST_S = 10.0
SOAK_RATE = 100_000 / 3600
SOAK_S = 3600.0
SOAK_POINTS = 50
WARM_UP = 0.25
OPERATOR_PER_S = 4.0

SOAK_ENV = "BENCH_SOAK_S"
"""How long the soak lasts in seconds, an hour where nothing is written; the rate stays."""


@dataclass(slots=True)
class Rung:
    """What the senders did: when each point was last sent, what was acknowledged, and how long that took."""

    sent: dict[str, float] = field(default_factory=dict)
    acknowledged: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    answered_ms: dict[str, list[float]] = field(default_factory=dict)


def _ring(source: str, port: int, calls: list[tuple[int, bool]], gap_s: float, rung: Rung, stop: threading.Event) -> None:
    """Send what is to be sent at its time; a point whose answer does not come is sent no second time."""
    with SENDERS[source](port, timeout_s=30.0, attempts=1) as sender:
        begun = time.monotonic()
        for turn, (point, active) in enumerate(calls):
            if stop.wait(max(0.0, begun + turn * gap_s - time.monotonic())):
                return
            at = time.monotonic()
            rung.sent[f"{source}-{point}"] = at
            if sender.repeated(point, active)():
                rung.acknowledged[source] += 1
            else:
                rung.refused[source] += 1
            rung.answered_ms.setdefault(source, []).append((time.monotonic() - at) * 1000)


def _ringing(seat: Seat, broker: int, calls: dict[str, list[tuple[int, bool]]], gap_s: float, rung: Rung) -> list[threading.Thread]:
    ports = {**seat.ports, "things": broker}
    stop = threading.Event()
    ringers = [
        threading.Thread(target=_ring, args=(source, ports[source], mine, gap_s, rung, stop))
        for source, mine in calls.items()
    ]
    for ringer in ringers:
        ringer.start()
    return ringers


def _one_by_one(seat: Seat, broker: int, after: int = 0) -> tuple[list[float], int, list[float]]:
    """IDLE alarms of the points that follow, with nothing else going on: what `_painted` gives, and the late beats."""
    rung = Rung()
    seat.seen()
    for n in range(after + 1, after + IDLE // 4 + 1):
        for source in INPUTS:
            for ringer in _ringing(seat, broker, {source: [(n, True)]}, 0.0, rung):
                ringer.join()
            time.sleep(0.1)
    late: list[float] = seat.seen()["late_ms"]
    return *_painted(seat, rung, 5.0), late


def _painted(seat: Seat, rung: Rung, within_s: float) -> tuple[list[float], int]:
    """From the wire to the picture in milliseconds for every point sent, and how many were never painted."""
    until = time.monotonic() + within_s
    while True:
        painted = {point: at for point, at in seat.seen()["painted"].items() if at >= rung.sent.get(point, float("inf"))}
        if len(painted) == len(rung.sent) or time.monotonic() > until:
            break
        time.sleep(0.2)
    return [(at - rung.sent[point]) * 1000 for point, at in painted.items()], len(rung.sent) - len(painted)


def _kept(data: Path) -> tuple[Counter[str], int, int]:
    """Signals on record by source, alarms raised and how many of those were shown, as the record itself has it."""
    with open_beside(data) as store, store.read(Ground(site=Site(id="bench", name=Text("", ""))), SystemClock().now()) as rx:
        rows = rx.columns(Signal, ("source", "kind"), duplicate_of=None)
        wanted = {SignalKind.ALARM.value, SignalKind.RESTORE.value, SignalKind.INFORMATION.value}
        shown = rx.columns(AlarmTiming, ("shown_at",))
    kept = Counter(source for source, kind in rows if kind in wanted and source in INPUTS)
    return kept, len(shown), sum(at is not None for (at,) in shown)


def wire() -> list[Figure]:
    """Idle and in a flood: 1,000 alarms in 10 s over four inputs at once, each to the picture of its row."""
    with workplace() as folder, ExitStack() as lives:
        floor = committed_echoes(folder, IDLE)
        broker = lives.enter_context(brokering())
        site = make_inputs_site(folder / "site", broker, points=BURST // 4 + IDLE // 4)
        with seated(site, folder / "data") as seat:
            time.sleep(3)
            idle_ms, idle_lost, idle_late = _one_by_one(seat, broker)
            seat.seen()
            flood = Rung()
            first = IDLE // 4 + 1
            calls = {source: [(n, True) for n in range(first, first + BURST // 4)] for source in INPUTS}
            for ringer in _ringing(seat, broker, calls, BURST_S / (BURST // 4), flood):
                ringer.join()
            late: list[float] = seat.seen()["late_ms"]
            painted, unpainted = _painted(seat, flood, 15.0)
        kept, raised, shown = _kept(folder / "data")
    sent = IDLE + len(flood.sent)
    lost = sent - sum(kept.values()) + unpainted + idle_lost + sum(flood.refused.values())
    idle_p95, burst_p95 = percentile(idle_ms, 0.95), percentile(painted, 0.95)
    floor_p95 = percentile(floor, 0.95)
    late_p99, idle_late_p99 = percentile(late, 0.99), percentile(idle_late, 0.99)
    answers = ", ".join(f"{source} {percentile(ms, 0.95):.1f}" for source, ms in sorted(flood.answered_ms.items()))
    return [
        Figure(
            name="idle_p95_ms",
            value=idle_p95,
            unit="ms",
            peer=f"loopback and one committed row: {floor_p95:.1f}",
            ratio=idle_p95 / floor_p95,
            note=f"{len(idle_ms)} alarms over {len(INPUTS)} inputs; median {percentile(idle_ms, 0.5):.1f} ms",
            limit=60,
            of_value=True,
        ),
        Figure(
            name="burst_p95_ms",
            value=burst_p95,
            unit="ms",
            peer=f"idle: {idle_p95:.1f}",
            ratio=burst_p95 / idle_p95,
            note=f"ACK p95 by input in ms: {answers}",
            limit=300,
            of_value=True,
        ),
        Figure(
            name="burst_lost",
            value=lost,
            unit="signals",
            note=f"{len(painted)} of {len(flood.sent)} painted, {sum(kept.values())} of {sent} on record; "
            f"{shown} of {raised} alarms told as shown by the window",
            limit=0,
        ),
        Figure(
            name="burst_gui_gap_p99_ms",
            value=late_p99,
            unit="ms",
            peer=f"the same window, one alarm at a time: {idle_late_p99:.1f}",
            ratio=late_p99 / idle_late_p99,
            note=f"{len(late)} beats",
            limit=20,
            of_value=True,
        ),
        Figure(name="burst_gui_gap_max_ms", value=max(late, default=0.0), unit="ms"),
    ]


def soak() -> list[Figure]:
    """100,000 signals an hour over four inputs, with somebody who acknowledges: nothing lost, memory flat."""
    lasts_s = float(os.environ.get(SOAK_ENV, SOAK_S))
    each = round(SOAK_RATE * lasts_s / len(INPUTS))
    calls = {
        source: [(turn // 2 % SOAK_POINTS + 1, turn % 2 == 0) for turn in range(each)] for source in INPUTS
    }
    rung = Rung()
    memory: list[tuple[float, float]] = []
    took: list[float] = []
    late: list[float] = []
    with workplace() as folder, ExitStack() as lives:
        broker = lives.enter_context(brokering())
        site = make_inputs_site(folder / "site", broker, points=SOAK_POINTS + IDLE // 4)
        with seated(site, folder / "data", works=OPERATOR_PER_S) as seat:
            time.sleep(3)
            alone, _lost_alone, alone_late = _one_by_one(seat, broker, SOAK_POINTS)
            seat.seen()
            ringers = _ringing(seat, broker, calls, len(INPUTS) / SOAK_RATE, rung)
            begun = time.monotonic()
            every_s = max(2.0, lasts_s / 360)
            while any(ringer.is_alive() for ringer in ringers):
                time.sleep(every_s)
                sent = dict(rung.sent)
                seen = seat.seen()
                late += seen["late_ms"]
                memory.append((time.monotonic() - begun, seen["rss"] / 2**20))
                took += [(at - sent[point]) * 1000 for point, at in seen["painted"].items() if at >= sent.get(point, float("inf"))]
            time.sleep(3)
            seat.seen()
            seconds = time.monotonic() - begun
        kept, raised, shown = _kept(folder / "data")
    lost = {source: each + IDLE // 4 - kept[source] for source in INPUTS}
    alone_p95, alone_late_p99 = percentile(alone, 0.95), percentile(alone_late, 0.99)
    warm = [one for one in memory if one[0] >= WARM_UP * lasts_s]
    slope = _slope(warm) * 3600
    first, last = warm[0][1], warm[-1][1]
    return [
        Figure(
            name="soak_lost",
            value=sum(abs(number) for number in lost.values()) + sum(rung.refused.values()),
            unit="signals",
            limit=0,
            note=f"{each * len(INPUTS)} signals in {seconds:.0f} s and {IDLE} before, {sum(kept.values())} on record, "
            f"{raised} alarms, {shown} told as shown by the window",
        ),
        Figure(
            name="soak_memory_slope_mb_per_h",
            value=slope,
            unit="MB/h",
            limit=50,
            note=f"least squares after the first {WARM_UP:.0%}; {first:.0f} MB then, {last:.0f} MB at the end, "
            f"{memory[0][1]:.0f} MB at the start",
        ),
        Figure(
            name="soak_painted_p95_ms",
            value=percentile(took, 0.95),
            unit="ms",
            peer=f"one alarm at a time: {alone_p95:.1f}",
            ratio=percentile(took, 0.95) / alone_p95,
            note=f"{len(took)} samples",
            limit=300,
            of_value=True,
        ),
        Figure(
            name="soak_gui_gap_p99_ms",
            value=percentile(late, 0.99),
            unit="ms",
            peer=f"the same window, one alarm at a time: {alone_late_p99:.1f}",
            ratio=percentile(late, 0.99) / alone_late_p99,
            note=f"{len(late)} beats",
            limit=20,
            of_value=True,
        ),
    ]


def _slope(points: list[tuple[float, float]]) -> float:
    """What memory grows by a second, in MB, by least squares."""
    if len(points) < 2:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def killed() -> list[Figure]:
    """kill -9 at 60 random instants while all four inputs send: what was acknowledged is there, once."""
    with workplace() as folder:
        found = campaign_of_inputs(folder, kills=60)
    note = ", ".join(f"{source} {number}" for source, number in sorted(found.acknowledged.items()))
    return [
        Figure(
            name="inputs_kill_missing",
            value=found.missing,
            unit="signals",
            limit=0,
            note=f"acknowledged in {found.kills} lives: {note}; {found.unanswered} came without an answer and were sent again",
        ),
        Figure(name="inputs_kill_doubled", value=found.doubled, unit="signals", limit=0),
    ]


MEASURES: dict[str, Callable[[], list[Figure]]] = {
    "wire": wire,
    "peers": peers.measured,
    "fuzz": fuzz.measured,
    "kill": killed,
    "soak": soak,
}
