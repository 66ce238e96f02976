"""Group `video`: the wall beside its floor and beside mpv, 36 tiles, the first pictures, source to glass, memory."""

import shutil
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from itertools import pairwise
from pathlib import Path
from statistics import median

import psutil  # type: ignore[import-untyped]
from typing_extensions import override

from bench import opencv, timecode
from bench.console import Seat, seated
from bench.cost import percentile, rate_of, rate_over
from bench.figures import Figure
from bench.ground import FRAME, RATE, floor_command, make_clip, make_site, workplace
from bench.video import cameras_of
from console.demo.rtsp_server import Manner, RtspServer, read_clip

WALL = 16
SETTLE_S = 8.0
MEASURE_S = 20.0
MANY, SLOW_RATE = 36, 15
GLASS_S = 9.0
STARTS = 3


def _mpv_command(clip: Path, tile: tuple[int, int]) -> list[str] | None:
    """mpv with all inputs in one xstack grid, painted by its plain X11 output into a virtual screen."""
    mpv, screen = shutil.which("mpv"), shutil.which("xvfb-run")
    if mpv is None or screen is None:
        return None
    scaled = "".join(f"[vid{n}]scale={tile[0]}:{tile[1]}[s{n}];" for n in range(1, WALL + 1))
    places = "|".join(f"{n % 4 * tile[0]}_{n // 4 * tile[1]}" for n in range(WALL))
    graph = scaled + "".join(f"[s{n}]" for n in range(1, WALL + 1)) + f"xstack=inputs={WALL}:layout={places}[vo]"
    return [
        screen, "-a", "-s", "-screen 0 1920x1080x24", mpv, "--no-config", "--really-quiet", "--no-audio", "--vo=x11",
        "--hwdec=no", "--vd-lavc-threads=1", "--loop-file=inf", "--loop=inf", "--lavfi-complex=" + graph, str(clip),
        *[f"--external-file={clip}" for _n in range(WALL - 1)],
    ]  # fmt: skip


def _shown_fps(before: dict[str, dict[str, int]], after: dict[str, dict[str, int]], seconds: float) -> list[float]:
    return [(after["pictures"][name] - number) / seconds for name, number in before["pictures"].items()]


def _watch_wall(seat: Seat, seconds: float) -> tuple[float, list[float]]:
    """CPU of the console, and pictures a second that each tile was given meanwhile."""
    before = seat.seen()
    rate = rate_over(seat.process.pid, seconds)
    after = seat.seen()
    return rate, _shown_fps(before, after, after["at"] - before["at"])


def wall() -> list[Figure]:
    """CPU of all our processes with 16 live tiles, between two runs of the floor; what OpenCV alone costs of it, and mpv."""
    with workplace() as folder:
        clip = make_clip(folder)
        floor = floor_command(clip, WALL, 3600)
        floors = [rate_of(floor, SETTLE_S, MEASURE_S / 2)]
        with seated(
            make_site(folder / "site", clip, cameras=WALL), folder / "data", "--no-beat", "--tiles", "16"
        ) as seat:
            time.sleep(SETTLE_S)
            ours, fps = _watch_wall(seat, MEASURE_S)
            tile = seat.seen()["tile"]
        floors.append(rate_of(floor, SETTLE_S, MEASURE_S / 2))
        alone = rate_of(opencv.command(clip, WALL, tile), SETTLE_S, MEASURE_S / 2)
        command = _mpv_command(clip, (tile[0] // 2 * 2, tile[1] // 2 * 2))
        mpv = rate_of(command, SETTLE_S, MEASURE_S / 2) if command else 0.0
    floor_rate = sum(floors) / len(floors)
    figures = [
        Figure(
            name="wall16_cpu_ratio",
            value=ours,
            unit="CPU s per s",
            peer=f"ffmpeg, 16 inputs to null: {floor_rate:.3f}",
            ratio=ours / floor_rate,
            limit=1.7,
            note=f"floor before {floors[0]:.3f}, after {floors[1]:.3f}; tiles of {tile[0]} x {tile[1]}",
        ),
        Figure(
            name="wall16_fps_lag",
            value=RATE - min(fps),
            unit="of 25 a second",
            limit=0.5,
            note=f"the slowest tile got {min(fps):.2f} pictures a second, the middle one {median(fps):.2f}",
        ),
        Figure(
            name="wall16_beside_opencv",
            value=ours,
            unit="CPU s per s",
            peer=f"OpenCV alone, 16 read, converted and scaled, nothing shown or judged: {alone:.3f}",
            ratio=ours / alone,
            note=f"OpenCV alone is {alone / floor_rate:.2f} times the floor",
        ),
    ]
    if command:
        beside = f"mpv, the same 16 by xstack, tiles as large, Xvfb: {mpv:.3f}"
        figures.append(
            Figure(name="wall16_beside_mpv", value=ours, unit="CPU s per s", peer=beside, ratio=ours / mpv, limit=1.0)
        )
    return figures


def many() -> list[Figure]:
    """36 live tiles at 15 a second: how late the window's heartbeat comes, and whether every tile gets its pictures."""
    with workplace() as folder:
        clip = make_clip(folder, rate=SLOW_RATE)
        with seated(make_site(folder / "site", clip, cameras=MANY), folder / "data", "--tiles", "36") as seat:
            time.sleep(SETTLE_S + 4)
            before = seat.seen()
            rate = rate_over(seat.process.pid, MEASURE_S)
            after = seat.seen()
    fps = _shown_fps(before, after, after["at"] - before["at"])
    late = after["late_ms"]
    return [
        Figure(
            name="wall36_gap_p99_ms",
            value=percentile(late, 0.99),
            unit="ms",
            limit=20,
            note=f"{len(late)} beats, longest {max(late):.1f} ms, {rate:.3f} CPU s per s, heartbeat included",
        ),
        Figure(
            name="wall36_fps_lag",
            value=SLOW_RATE - min(fps),
            unit="of 15 a second",
            limit=0.5,
            note=f"{len(fps)} tiles; the slowest got {min(fps):.2f} pictures a second",
        ),
    ]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
        return port


def start() -> list[Figure]:
    """From the start of the process to the first picture of the last of 16 network cameras, beside eight dead ones."""
    worst: list[float] = []
    ready: list[float] = []
    with workplace() as folder, ExitStack() as stack:
        clip = timecode.make_clip(folder / "camera.h264")
        urls = stack.enter_context(cameras_of(clip, WALL))
        nothing = read_clip(clip.read_bytes(), RATE)
        silent = [stack.enter_context(RtspServer(nothing, manner=Manner.SILENT)).url for _n in range(3)]
        refused = [f"rtsp://127.0.0.1:{_free_port()}/live" for _n in range(3)]
        nowhere = ["rtsp://192.0.2.1/live", "rtsp://198.51.100.7/live"]  # RFC 5737: addresses that nobody has
        dead = silent + refused + nowhere
        mixed = [url for pair in zip(dead, urls[: len(dead)], strict=True) for url in pair] + urls[len(dead) :]
        live = {f"net-{place:02d}" for place, url in enumerate(mixed, 1) if url in urls}
        site = make_site(folder / "site", None, cameras=0, urls=mixed)
        with seated(site, folder / "data"):
            pass  # a post is set up once: its database, its people and the compiled modules are there from then on
        for _turn in range(STARTS):
            with seated(site, folder / "data", "--tiles", "25") as seat:
                ready.append(seat.ready_s)
                deadline = time.monotonic() + 20
                while (first := seat.seen()["first_s"]).keys() & live != live and time.monotonic() < deadline:
                    time.sleep(0.2)
                worst.append(max(first[name] for name in live) if live <= first.keys() else 99.0)
    return [
        Figure(
            name="start16_first_pictures_s",
            value=max(worst),
            unit="s, the slowest of 16",
            limit=3.0,
            note=f"{STARTS} starts of the whole program: " + ", ".join(f"{one:.2f}" for one in worst)
            + " s (the window itself took keys after "
            + ", ".join(f"{one:.2f}" for one in ready) + " s); with 3 that refuse, 3 that never answer, 2 without a route",
        )
    ]  # fmt: skip


class _Source(RtspServer):
    """A camera that notes when each picture left it."""

    sent: list[float]

    @override
    def wait_until_due(self, due_s: float) -> bool:
        going = super().wait_until_due(due_s)
        self.sent.append(time.monotonic())
        return going


def glass() -> list[Figure]:
    """From the instant a picture leaves its camera to the instant its time code stands in the window's pixels."""
    with workplace() as folder:
        clip = read_clip(timecode.make_clip(folder / "camera.h264").read_bytes(), RATE)
        source = _Source(clip)
        source.sent = []
        with source:
            site = make_site(folder / "site", None, cameras=0, urls=[source.url])
            with seated(site, folder / "data", "--code", "--no-beat", "--tiles", "1") as seat:
                time.sleep(GLASS_S)
                seen = {int(code): at for code, at in seat.seen()["codes"].items()}
    sent = dict(enumerate(source.sent))
    # Joining a stream takes its time; what is measured is the stream that runs.
    running = [(at - sent[code]) * 1e3 for code, at in seen.items() if code in sent and code > RATE]
    codes = sorted(code for code in seen if code > RATE)
    missed = sum(after - before - 1 for before, after in pairwise(codes))
    return [
        Figure(
            name="glass_p95_ms",
            value=percentile(running, 0.95),
            unit="ms",
            limit=120,
            note=f"pictures encoded beforehand, so that the encoder has no part; {len(running)} codes read from the "
            f"window's pixels, {missed} never seen, median {median(running):.0f}, longest {max(running):.0f} ms",
        )
    ]


def _pss_mb(pid: int) -> dict[str, float]:
    """Proportional set size of a process and all below it, MB by what it is."""
    top = psutil.Process(pid)
    found: dict[str, float] = {}
    for one in [top, *top.children(recursive=True)]:
        with suppress(OSError, psutil.NoSuchProcess):
            text = Path(f"/proc/{one.pid}/smaps_rollup").read_text(encoding="ascii")
            kind = next((word for word in reversed(one.cmdline()) if word.startswith(("console.", "bench."))), "other")
            size = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
            found[kind] = found.get(kind, 0.0) + size * 1.024e-3
    return found


def memory() -> list[Figure]:
    """PSS of all processes with 16 network cameras live and recorded, after they have kept their last half minute."""
    with workplace() as folder:
        clip = timecode.make_clip(folder / "camera.h264", size=FRAME)
        with cameras_of(clip, WALL) as urls:
            site = make_site(folder / "site", None, cameras=0, urls=urls, record=True)
            with seated(site, folder / "data", "--no-beat", "--tiles", "16") as seat:
                time.sleep(45)
                parts = _pss_mb(seat.process.pid)
                segments = len([*(folder / "data").rglob("*.ts")])
    if segments < WALL:
        raise SystemExit(f"{segments} recordings for {WALL} cameras: what was measured does not record")
    shares = ", ".join(f"{name} {size:.0f}" for name, size in sorted(parts.items()))
    return [
        Figure(
            name="memory16_pss_mb",
            value=sum(parts.values()),
            unit="MB",
            limit=1200,
            note=f"16 live and recorded, {segments} segments; {shares}",
        )
    ]


MEASURES: dict[str, Callable[[], list[Figure]]] = {
    "wall16": wall,
    "wall36": many,
    "start16": start,
    "glass": glass,
    "memory": memory,
}
