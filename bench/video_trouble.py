"""Group `video`: a day of trouble compressed: hundreds of reconnects a camera, and what is left of memory, handles and threads.

The cameras live in a process of their own and misbehave whenever they are being watched: hang up, take connections and
say nothing, answer nonsense, promise video and send none, stall half open, change size, rate and coding with and without
hanging up, by TCP and by UDP. One has another password than the console knows, two are well all the time. Four of them
are recorded meanwhile. A camera that hangs up has made all its troubles within the time of the measure; what takes the
console longer to find out (silence, a half-open connection) happens as often as that leaves room for.
"""

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

import psutil  # type: ignore[import-untyped]
from typing_extensions import override

from bench.cost import percentile
from bench.figures import Figure
from bench.ground import RATE, ffmpeg
from console.demo.rtsp_server import Clip, Coding, Manner, RtspServer, read_clip
from console.models.clock import SystemClock
from console.models.ids import CameraId, SegmentId
from console.models.pictures import Sight
from console.models.recording import SUFFIXES, RecordMode, RecordPlan
from console.models.site import Camera, CameraKind
from console.models.text import Text
from console.video.recording.supervisor import RecordingSupervisor
from console.video.recording.wire import Began, Ended, Fact, Reservation
from console.video.supervisor import VideoSupervisor

TROUBLES = int(os.environ.get("ZHISHOU_BENCH_TROUBLES", "200"))
"""Of each camera. The variable is for trying things out: a figure that is published is of 200."""
LONGEST_S = float(os.environ.get("ZHISHOU_BENCH_TROUBLE_S", "390"))
"""So long the troubles go on at most; 4000 is enough for 200 of every kind."""
CALM_S = 0.5
"""So long a camera is well between two troubles: long enough that most openings get to their first picture, because a camera
that never gets there is tried less and less often."""
CALM_LOOKS = 12
WARM_SHARE = 0.25
SAMPLE_S = 2.0
LIVE_WITHIN_S, LIVE_FOR_S = 90.0, 5.0
WELL, WRONG = ("well-1", "well-2"), "wrong"
QUICKEST = "drop-tcp"
RECORDED = ("drop-tcp", "silent-tcp", "stall-tcp", "drop-udp")
TROUBLED = tuple(
    f"{name}-{way}" for way in ("tcp", "udp") for name in ("drop", "silent", "nonsense", "mute", "stall", "change")
)
SECRET = "Geheim-7!x"  # noqa: S105 - of a pretend camera


class _Camera(RtspServer):
    """A camera that knows since when it has been watched."""

    watched_s: float = 0.0

    @override
    def wait_until_due(self, due_s: float) -> bool:
        going = super().wait_until_due(due_s)
        self.watched_s = self.watched_s or time.monotonic()
        return going


def _clips() -> list[Clip]:
    def made(size: str, rate: int, coding: Coding, *how: str) -> Clip:
        command = [ffmpeg(), "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}", "-frames:v", "50"]
        done = subprocess.run([*command, *how, "-"], check=True, capture_output=True)
        return read_clip(done.stdout, rate, coding)

    h264 = (
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-tune",
        "zerolatency",
        "-g",
        "12",
        "-pix_fmt",
        "yuv420p",
        "-f",
        "h264",
    )
    hevc = (
        "-c:v", "libx265", "-preset", "ultrafast", "-tune", "zerolatency", "-x265-params", "keyint=12:log-level=none",
        "-pix_fmt", "yuv420p", "-f", "hevc",
    )  # fmt: skip
    jpeg = ("-c:v", "mjpeg", "-huffman", "default", "-q:v", "6", "-pix_fmt", "yuvj420p", "-f", "mjpeg")
    return [
        made("320x176", RATE, Coding.H264, *h264),
        made("320x240", RATE, Coding.HEVC, *hevc),
        made("640x352", 12, Coding.H264, *h264),
        made("320x176", 15, Coding.JPEG, *jpeg),
    ]


def _trouble(camera: _Camera, kind: str, turn: int, clips: list[Clip]) -> None:
    """Make one trouble, and be well again soon after."""
    after_s = 0.2
    match kind:
        case "silent":
            camera.manner = Manner.SILENT
            after_s = 1.2
        case "nonsense":
            camera.manner = Manner.NONSENSE
        case "mute":
            camera.manner = Manner.MUTE
            after_s = 1.0
        case "stall":  # half open: the connection stays and nothing comes
            camera.stall()
            time.sleep(3.5)
            camera.resume()
        case "change":
            camera.clip = clips[turn % len(clips)]
            if turn % 2:
                camera.watched_s = 0.0
                return  # the stream goes on, coded otherwise
    camera.drop_all()
    time.sleep(after_s)
    camera.manner = Manner.GOOD
    camera.watched_s = 0.0


def _misbehave(name: str, camera: _Camera, clips: list[Clip], done: Counter[str], over: threading.Event) -> None:
    kind = name.split("-", maxsplit=1)[0]
    while done[name] < TROUBLES and not over.wait(0.05):
        if camera.watched_s and time.monotonic() - camera.watched_s > CALM_S:
            _trouble(camera, kind, done[name], clips)
            done[name] += 1


def _town(told: Connection) -> None:
    """The process of the cameras: says where they are, waits for the word, then how many troubles each has made."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    clips, done, over = _clips(), Counter[str](), threading.Event()
    with ExitStack() as stack:
        cameras = {name: stack.enter_context(_Camera(clips[0])) for name in (*WELL, *TROUBLED)}
        wrong = stack.enter_context(RtspServer(clips[0], login="operator", password=SECRET))
        told.send({**{name: one.url for name, one in cameras.items()}, WRONG: wrong.url})
        told.recv()
        threads = [
            threading.Thread(target=_misbehave, args=(name, cameras[name], clips, done, over)) for name in TROUBLED
        ]
        for thread in threads:
            thread.start()
        with suppress(EOFError):
            while told.recv():
                told.send(dict(done))
            over.set()
            for thread in threads:
                thread.join()
            for camera in cameras.values():
                camera.manner = Manner.GOOD
                camera.resume()
            told.send(dict(done))
            told.recv()
        over.set()


def _cameras(urls: dict[str, str]) -> tuple[Camera, ...]:
    return tuple(
        Camera(
            id=CameraId(name),
            number=number,
            name=Text(name, name),
            kind=CameraKind.RTSP,
            address=url,
            transport="udp" if name.endswith("udp") else "tcp",
            login="operator" if name == WRONG else "",
            password="wrong" if name == WRONG else "",
        )
        for number, (name, url) in enumerate(urls.items(), 1)
    )


WORKERS = {"console.video.worker": "video workers", "console.video.recording.worker": "recorder"}
KINDS = ("socket", "pipe", "memfd", "anon_inode")


def _state() -> Counter[str]:
    """What this process and its workers hold now; the handles also by who holds them and of which kind they are."""
    found: Counter[str] = Counter(dict.fromkeys(("memory", "handles", "threads", "shared", "workers"), 0))
    for one in [psutil.Process(), *psutil.Process().children(recursive=True)]:
        with suppress(psutil.NoSuchProcess, OSError):
            command = one.cmdline()
            who = next((WORKERS[part] for part in command if part in WORKERS), "")
            if one.pid == os.getpid():
                who = "window"
            elif not who:
                continue
            rollup = Path(f"/proc/{one.pid}/smaps_rollup").read_text(encoding="ascii")
            # Without the pages of programs and libraries, and no shares: our share of a page grows whenever another that
            # has it too ends, or writes its own copy, as the process of the cameras does, which was forked from this one.
            own = ("Anonymous:", "Pss_Shmem:")
            held_kb = sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith(own))
            links = _links(one.pid)
            found["kilobytes"] += held_kb
            found[f"{who}, kB"] += held_kb
            found["handles"] += len(links)
            found["threads"] += one.num_threads()
            found["shared"] += sum("memfd:" in link for link in links)
            found["workers"] += 1
            for link in links:
                kind = next((kind for kind in KINDS if kind in link.partition("[")[0]), "file")
                found[f"{who}: {kind}"] += 1
    found["memory"] = round(found.pop("kilobytes", 0) / 1e3)
    return found


def _links(pid: int) -> list[str]:
    """What every handle of a process is of; one that was closed while we looked is none."""
    links = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            links.append(str(link.readlink()))
    return links


def _calm_state() -> Counter[str]:
    """The least of several looks: a camera that is asked in between whether it has changed costs a handle for a moment."""
    looks = []
    for _ in range(CALM_LOOKS):
        looks.append(_state())
        time.sleep(0.5)
    return Counter({what: min(one[what] for one in looks) for what in set().union(*looks)})


def _slope(samples: list[tuple[float, Counter[str]]], what: str) -> tuple[float, float, float]:
    """Middle of the first and of the last quarter after the beginning, and the straight line's rise an hour."""
    kept = [(at, held[what]) for at, held in samples if at >= samples[-1][0] * WARM_SHARE and what in held]
    quarter = max(1, len(kept) // 4)
    values = [value for _at, value in kept]
    mean_at, mean = sum(at for at, _value in kept) / len(kept), sum(values) / len(kept)
    spread = sum((at - mean_at) ** 2 for at, _value in kept) or 1.0
    rise = sum((at - mean_at) * (value - mean) for at, value in kept) / spread
    return median(values[:quarter]), median(values[-quarter:]), rise * 3600


def _follow(video: VideoSupervisor, over: threading.Event, gaps_ms: list[float]) -> None:
    """Note the time from picture to picture of the cameras that are well."""
    last: dict[str, tuple[int, float]] = {}
    while not over.wait(0.004):
        for name in WELL:
            picture = video.latest(CameraId(name))
            if picture is None:
                continue
            now_s = time.monotonic()
            seq, at_s = last.get(name, (picture.seq, 0.0))
            if name not in last or picture.seq != seq:
                if at_s:
                    gaps_ms.append((now_s - at_s) * 1e3)
                last[name] = (picture.seq, now_s)


class _Recorded:
    """Cameras that are recorded: each file goes as soon as it is finished."""

    def __init__(self, folder: Path, cameras: tuple[Camera, ...]) -> None:
        self._folder, self._number = folder, 0
        plan = RecordPlan(mode=RecordMode.CONTINUOUS)
        self.finished = 0
        self.video = RecordingSupervisor(
            folder, tuple(replace(one, record=plan) for one in cameras if one.id in RECORDED), SystemClock(),
            secrets=lambda _name: "", on_fact=self._fact, on_restart=self._restart, segment_s=2.0, sync_s=1.0,
        )  # fmt: skip
        self._places: dict[SegmentId, Path] = {}

    def _give(self, camera: CameraId) -> None:
        self._number += 1
        place = Reservation(camera=camera, segment=SegmentId(f"s{self._number}"), path=self._folder / f"s{self._number}")
        self._places[place.segment] = place.path
        self.video.give(place)

    def _restart(self, cameras: tuple[CameraId, ...]) -> None:
        for camera in cameras:
            self._give(camera)

    def _fact(self, fact: Fact) -> None:
        match fact:
            case Began(camera=camera):
                self._give(camera)
            case Ended(segment=segment, codec=codec):
                path = self._places.pop(segment)
                path.with_name(path.name + SUFFIXES[codec]).unlink(missing_ok=True)
                self.finished += 1


def trouble() -> list[Figure]:
    """Make trouble of every kind again and again, and compare what is held at the end with what was at the beginning."""
    ours, theirs = Pipe()
    town = Process(target=_town, args=(theirs,), daemon=True)
    town.start()
    samples: list[tuple[float, Counter[str]]] = []
    gaps_ms: list[float] = []
    over, done, began_s = threading.Event(), dict[str, int](), time.monotonic()
    with tempfile.TemporaryDirectory() as site_dir, ExitStack() as stack:
        stack.callback(town.kill)
        stack.callback(ours.send, False)
        cameras = _cameras(ours.recv())
        video = stack.enter_context(
            VideoSupervisor(
                Path(site_dir), cameras, SystemClock(), secrets=lambda _name: "not it", on_state=lambda _state: None,
                on_rule=lambda _event: None,
            )
        )  # fmt: skip
        for camera in cameras:
            video.want(camera.id, 160, 90)
        recorded = _Recorded(Path(site_dir), cameras)
        stack.enter_context(recorded.video)
        _wait_until_live(video)
        calm = [_calm_state()]
        ours.send(True)
        follower = threading.Thread(target=_follow, args=(video, over, gaps_ms))
        follower.start()
        troubled_s = time.monotonic()
        while (
            min((done.get(name, 0) for name in TROUBLED), default=0) < TROUBLES
            and time.monotonic() - troubled_s < LONGEST_S
        ):
            time.sleep(SAMPLE_S)
            samples.append((time.monotonic() - began_s, _state()))
            ours.send(True)
            done = ours.recv()
        over.set()
        follower.join()
        ours.send(False)  # no more trouble
        ours.recv()
        _wait_until_live(video)
        calm.append(_calm_state())
    return _figures(samples, calm, gaps_ms, done, recorded.finished)


def _wait_until_live(video: VideoSupervisor) -> None:
    """Until every camera but the one with the wrong password is live and has been so for some seconds."""
    deadline = time.monotonic() + LIVE_WITHIN_S
    live_s = 0.0
    while live_s < LIVE_FOR_S:
        time.sleep(0.1)
        states = {name: video.state(CameraId(name)).sight for name in (*WELL, *TROUBLED)}
        live_s = live_s + 0.1 if all(sight is Sight.LIVE for sight in states.values()) else 0.0
        if time.monotonic() > deadline:
            raise SystemExit(f"not every camera is live: {states}")


def _figures(
    samples: list[tuple[float, Counter[str]]],
    calm: list[Counter[str]],
    gaps_ms: list[float],
    done: dict[str, int],
    segments: int,
) -> list[Figure]:
    seconds = samples[-1][0]
    begin, end, rise = _slope(samples, "memory")
    figures = [
        Figure(
            name="trouble_missing",
            value=max(0, TROUBLES - done.get(QUICKEST, 0)),
            unit=f"of {TROUBLES} of the camera that hangs up",
            limit=0,
            note=f"{sum(done.values())} troubles of {len(TROUBLED)} cameras in {seconds:.0f} s, each came back after each: "
            + ", ".join(f"{name} {done.get(name, 0)}" for name in TROUBLED)
            + f"; {segments} segments of {len(RECORDED)} recorded cameras",
        ),
        Figure(
            name="trouble_memory_growth",
            value=max(0.0, end - begin),
            unit="MB, anonymous and shared",
            limit=10,
            note=f"{begin:.1f} in the first quarter after the beginning, {end:.1f} in the last; {rise:+.0f} an hour by the "
            f"straight line, {rise / 3600 / max(1, sum(done.values())) * seconds * 1e3:+.1f} kB a trouble; "
            + ", ".join(f"{who} {from_kb / 1e3:.1f} to {to_kb / 1e3:.1f}" for who, from_kb, to_kb in _by_holder(samples)),
        ),
    ]
    for what in ("handles", "threads", "shared", "workers"):
        before, after = calm
        held = [state[what] for _at, state in samples]
        figures.append(
            Figure(
                name=f"trouble_{what}_growth",
                value=after[what] - before[what],
                unit=what,
                limit=0,
                note=f"{before[what]:.0f} with all cameras live before, {after[what]:.0f} after; at most {max(held):.0f} between"
                + _by_kind(before, after, what),
            )
        )
    figures.append(
        Figure(
            name="trouble_live_gap_p99_ms",
            value=percentile(gaps_ms, 0.99),
            unit="ms",
            peer="40 ms from picture to picture when all is well",
            limit=120,
            note=f"{len(gaps_ms)} pictures of the two that are well, longest gap {max(gaps_ms):.0f} ms",
        )
    )
    return figures


def _by_holder(samples: list[tuple[float, Counter[str]]]) -> list[tuple[str, float, float]]:
    """Who held how much memory in the first and in the last quarter, in kB."""
    return [(who, *_slope(samples, f"{who}, kB")[:2]) for who in ("window", *WORKERS.values())]


def _by_kind(before: Counter[str], after: Counter[str], what: str) -> str:
    """Which handles there are more of, or fewer, and who holds them."""
    if what != "handles":
        return ""
    kinds = sorted(one for one in before.keys() | after.keys() if ": " in one)
    changed = [f"{one} {before[one]} to {after[one]}" for one in kinds if before[one] != after[one]]
    return "; " + (", ".join(changed) or "the same of every kind in the window, the video workers and the recorder")


MEASURES: dict[str, Callable[[], list[Figure]]] = {"trouble": trouble}
