"""Group `foundation`: the wall's price, the window's smoothness, the alarm's way, the start, the kill."""

import threading
import time
from collections.abc import Callable

from bench import fill, kill
from bench.console import Seat, seated
from bench.cost import percentile, rate_of, rate_over
from bench.figures import Figure
from bench.ground import ACCOUNT, floor_command, make_clip, make_site, workplace
from console.demo.panel import Dialler

WALL = 16
SETTLE_S = 6.0
MEASURE_S = 20.0
BURST = 1000
BURST_S = 10.0


def wall() -> list[Figure]:
    """CPU of all our processes with 16 live cameras, beside one ffmpeg reading the same 16 inputs, in turn."""
    with workplace() as folder:
        clip = make_clip(folder)
        floor = floor_command(clip, WALL, SETTLE_S + MEASURE_S + 10)
        floors = [rate_of(floor, SETTLE_S, MEASURE_S / 2)]
        with seated(make_site(folder / "site", clip, cameras=WALL), folder / "data") as seat:
            time.sleep(SETTLE_S)
            ours = rate_over(seat.process.pid, MEASURE_S)
        floors.append(rate_of(floor, SETTLE_S, MEASURE_S / 2))
    floor_rate = sum(floors) / len(floors)
    return [
        Figure(
            name="wall16_cpu_ratio",
            value=ours,
            unit="CPU s per s",
            peer=f"ffmpeg, 16 inputs to null: {floor_rate:.3f}",
            ratio=ours / floor_rate,
            limit=2.2,
            note=f"floor before {floors[0]:.3f}, after {floors[1]:.3f}",
        )
    ]


def _ring(port: int, zones: range, gap_s: float, sent: dict[str, float], lost: list[str]) -> None:
    with Dialler("127.0.0.1", port, ACCOUNT) as panel:
        start = time.monotonic()
        for turn, zone in enumerate(zones):
            wait = start + turn * gap_s - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            sent[f"z{zone}"] = time.monotonic()
            if not panel.send("YP", str(zone)).acknowledged:
                lost.append(f"z{zone}")


def gui() -> list[Figure]:
    """Lateness of a 10 ms heartbeat in the GUI thread while 16 cameras play and 100 alarms come in 10 s."""
    with workplace() as folder:
        clip = make_clip(folder)
        with seated(make_site(folder / "site", clip, cameras=WALL, zones=100), folder / "data") as seat:
            time.sleep(SETTLE_S)
            seat.seen()
            _ring(seat.port, range(1, 101), 0.1, {}, [])
            late: list[float] = seat.seen()["late_ms"]
    return [
        Figure(name="gui_gap_p99_ms", value=percentile(late, 0.99), unit="ms", limit=20, note=f"{len(late)} beats"),
        Figure(name="gui_gap_max_ms", value=max(late), unit="ms", limit=60),
    ]


def wire() -> list[Figure]:
    """From the frame's first byte on the wire to the row's picture: idle, and in a burst of 1,000 in 10 s."""
    with workplace() as folder:
        site = make_site(folder / "site", None, cameras=0, zones=BURST + 100)
        with seated(site, folder / "data") as seat:
            time.sleep(2)
            idle, _none = _wire_to_row(seat, [range(1, 41)], 0.25)
            # Four panels ring at once, as a site's panels do.
            quarter = BURST // 4
            ranges = [range(101 + n * quarter, 101 + (n + 1) * quarter) for n in range(4)]
            burst, lost = _wire_to_row(seat, ranges, BURST_S / quarter)
    return [
        Figure(name="wire_to_row_idle_p95_ms", value=percentile(idle, 0.95), unit="ms", limit=100),
        Figure(name="wire_to_row_burst_p95_ms", value=percentile(burst, 0.95), unit="ms", limit=300),
        Figure(name="burst_lost", value=lost, unit="signals", limit=0, note=f"{len(burst)} of {BURST} painted"),
    ]


def _wire_to_row(seat: Seat, ranges: list[range], gap_s: float) -> tuple[list[float], int]:
    sent: dict[str, float] = {}
    unanswered: list[str] = []
    panels = [threading.Thread(target=_ring, args=(seat.port, zones, gap_s, sent, unanswered)) for zones in ranges]
    for panel in panels:
        panel.start()
    for panel in panels:
        panel.join()
    painted: dict[str, float] = {}
    until = time.monotonic() + 15
    while len(painted) < len(sent) and time.monotonic() < until:
        time.sleep(0.2)
        painted = {point: at for point, at in seat.seen()["painted"].items() if point in sent}
    took = [(painted[point] - at) * 1000 for point, at in sent.items() if point in painted]
    return took, len(sent) - len(painted) + len(unanswered)


def start() -> list[Figure]:
    """From process start to a window that reads keys, with a million alarms and five million lines in the record."""
    with workplace() as folder:
        site = make_site(folder / "site", None, cameras=0, zones=100)
        for _turn in range(2):  # the first start makes the record and its first administrator
            with seated(site, folder / "small") as seat:
                small = seat.ready_s
        data = folder / "big"
        fill.fill(data)
        taken: list[float] = []
        for _turn in range(3):
            with seated(site, data) as seat:
                taken.append(seat.ready_s)
    big = sorted(taken)[1]
    return [
        Figure(
            name="start_big_db_s",
            value=big,
            unit="s",
            peer=f"an empty record: {small:.2f}",
            limit=2.5,
            note=f"median of {', '.join(f'{one:.2f}' for one in taken)}; {big / small:.2f} times an empty record",
        )
    ]


def killed() -> list[Figure]:
    """kill -9 at 200 random instants under load: what was acknowledged is there, once; plan runs stand at their step."""
    with workplace() as folder:
        found = kill.campaign(folder, kills=200)
    note = f"{found.acknowledged} acknowledged in {found.kills} lives, {found.resumed} of {found.kills} runs resumed"
    return [
        Figure(name="kill_acked_missing", value=found.missing, unit="signals", limit=0, note=note),
        Figure(name="kill_doubled", value=found.doubled, unit="signals", limit=0),
        Figure(name="kill_runs_lost", value=found.kills - found.resumed, unit="plan runs", limit=0),
    ]


MEASURES: dict[str, Callable[[], list[Figure]]] = {
    "wall": wall,
    "gui": gui,
    "wire": wire,
    "start": start,
    "kill": killed,
}


