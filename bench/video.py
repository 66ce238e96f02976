"""Group `video`: what recording costs beside a plain copier, and what kill -9 leaves of it."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import Process, Queue
from pathlib import Path

import psutil

from bench import recorder
from bench.console import ROOT
from bench.cost import rate_over
from bench.figures import Figure
from bench.ground import _FOOTAGE, ffmpeg, workplace
from console.app.reconcile import open_segments, reconcile, salvaged
from console.demo.rtsp_server import RtspServer, read_clip
from console.models.clock import SystemClock
from console.models.ids import CameraId, SegmentId, VolumeId, new_id
from console.models.recording import FINISHED, Segment, SegmentState
from console.services import footage, recording
from console.store.opening import open_store
from console.video.recording.supervisor import RecordingSupervisor
from console.video.recording.wire import Began, Fact, Reservation

CAMERAS = 4
SETTLE_S = 6.0
MEASURE_S = 30.0
KILLED_CAMERAS = 8
KILLS = 50
FRAGMENT_S = 1.25
"""What may be lost: a second in the writer's hands, a quarter of one in the connection's."""
KEY_S = 1.0
MONTH = 43_200


def _clip(folder: Path, *, size: str, rate: str) -> Path:
    clip = folder / "camera.h264"
    real = next((file for file in _FOOTAGE if file.exists()), None)
    source = (
        ["-stream_loop", "-1", "-i", str(real)] if real else ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25"]
    )
    command = [
        ffmpeg(), "-hide_banner", "-loglevel", "error", "-y", *source, "-t", "20", "-an",
        "-vf", f"scale={size},fps=25,noise=alls=12:allf=t", "-c:v", "libx264", "-preset", "veryfast", "-x264-params",
        f"nal-hrd=cbr:vbv-maxrate={rate}:vbv-bufsize={rate}:sliced-threads=0", "-b:v", f"{rate}k", "-g", "25", "-bf", "0",
        "-pix_fmt", "yuv420p", "-f", "h264", str(clip),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    return clip


def _serve(clip: Path, number: int, told: "Queue[list[str]]") -> None:
    content = read_clip(clip.read_bytes(), 25.0)
    with ExitStack() as stack:
        told.put([stack.enter_context(RtspServer(content)).url for _ in range(number)])
        signal.pause()


@contextmanager
def cameras_of(clip: Path, number: int) -> Iterator[list[str]]:
    """So many cameras in a process of their own, whose cost is nobody's."""
    told: Queue[list[str]] = Queue()
    process = Process(target=_serve, args=(clip, number, told), daemon=True)
    process.start()
    try:
        yield told.get(timeout=20)
    finally:
        process.kill()
        process.join()


def record() -> list[Figure]:
    """CPU of the recording worker a 4 Mbit/s camera, hashing included, beside one ffmpeg that copies the same streams."""
    with workplace() as folder:
        clip = _clip(folder, size="1280:720", rate="4000")
        with cameras_of(clip, CAMERAS) as urls:
            peer, peer_pss = _copier(folder, urls)
            ours, ours_pss, mbit = _ours(folder, urls)
    a_camera, beside = ours / CAMERAS * 100, peer / CAMERAS * 100
    return [
        Figure(
            name="record_cpu_a_camera",
            value=a_camera * 4 / mbit,
            unit="% of a core a 4 Mbit/s camera",
            peer=f"ffmpeg -c copy -f segment, one process: {beside:.2f} (no hash)",
            limit=0.5,
            note=f"{CAMERAS} cameras of {mbit:.2f} Mbit/s over {MEASURE_S:g} s; SHA-256 included",
        ),
        Figure(
            name="record_pss_mb",
            value=ours_pss,
            unit=f"MB, {CAMERAS} cameras",
            peer=f"that ffmpeg: {peer_pss:.0f}",
            note="proportional set size of the recording worker",
        ),
    ]


def _copier(folder: Path, urls: list[str]) -> tuple[float, float]:
    inputs = [part for url in urls for part in ("-rtsp_transport", "tcp", "-i", url)]
    how = ("-c", "copy", "-f", "segment", "-segment_time", "10", "-segment_format", "mpegts")
    outputs = [
        part
        for number in range(len(urls))
        for part in ("-map", f"{number}:v", *how, str(folder / f"peer{number}-%03d.ts"))
    ]
    command = [ffmpeg(), "-hide_banner", "-loglevel", "error", *inputs, *outputs]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        try:
            time.sleep(SETTLE_S + 2 * len(urls))
            return rate_over(process.pid, MEASURE_S), psutil.Process(process.pid).memory_full_info().pss / 1e6
        finally:
            process.terminate()


def _ours(folder: Path, urls: list[str]) -> tuple[float, float, float]:
    supervisor: RecordingSupervisor

    def give(camera: CameraId) -> None:
        segment = SegmentId(new_id())
        supervisor.give(Reservation(camera=camera, segment=segment, path=folder / "ours" / camera / segment))

    def heard(fact: Fact) -> None:
        if isinstance(fact, Began):
            give(fact.camera)

    def restarted(cameras: tuple[CameraId, ...]) -> None:
        for camera in cameras:
            give(camera)

    supervisor = RecordingSupervisor(
        folder, recorder.ground(urls).site.cameras, SystemClock(), secrets=lambda _name: "", on_fact=heard,
        on_restart=restarted, segment_s=10.0, sync_s=2.0,
    )  # fmt: skip
    with supervisor:
        time.sleep(SETTLE_S)
        (pid,) = supervisor.pids()
        before, began_s = _size(folder / "ours"), time.monotonic()
        rate = rate_over(pid, MEASURE_S)
        mbit = (_size(folder / "ours") - before) * 8e-6 / (time.monotonic() - began_s) / len(urls)
        return rate, psutil.Process(pid).memory_full_info().pss / 1e6, mbit


def _size(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


@dataclass(slots=True)
class _Toll:
    kills: int = 0
    segments: int = 0
    wrong: list[str] = field(default_factory=list)
    lost_s: list[float] = field(default_factory=list)
    ready_s: list[float] = field(default_factory=list)


def killed() -> list[Figure]:
    """kill -9 of the console and its workers at random instants while 8 cameras record; then every file is played."""
    toll, dice = _Toll(), random.Random(20260314)
    with workplace() as folder:
        clip = _clip(folder, size="640:360", rate="800")
        data = folder / "data"
        with cameras_of(clip, KILLED_CAMERAS) as urls:
            for _life in range(KILLS):
                _one_life(data, urls, 2.5 + 4 * dice.random(), toll)
        month_s = _camera_month(folder / "month")
    names = ", ".join(toll.wrong[:3])
    return [
        Figure(
            name="record_kill_wrong",
            value=len(toll.wrong),
            unit="segments",
            limit=0,
            note=f"{toll.segments} segments of {toll.kills} lives played and hashed again. {names}",
        ),
        Figure(
            name="record_kill_lost_max_s",
            value=max(toll.lost_s),
            unit="s of a camera",
            limit=FRAGMENT_S + KEY_S,
            note=f"mean {sum(toll.lost_s) / len(toll.lost_s):.2f} s over {len(toll.lost_s)} recordings that were cut",
        ),
        Figure(
            name="record_recover_max_s",
            value=max(toll.ready_s[1:]),
            unit="s",
            limit=2.0,
            note=f"start to reconciled, {KILLED_CAMERAS} cameras cut",
        ),
        Figure(
            name="record_reconcile_month_s", value=month_s, unit="s a camera-month", limit=2.0, note=f"{MONTH} files"
        ),
    ]


def _one_life(data: Path, urls: list[str], seconds: float, toll: _Toll) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.recorder", str(data), *urls],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        toll.ready_s.append(json.loads(process.stdout.readline())["ready_s"])
        time.sleep(seconds)
        family = [process.pid, *(one.pid for one in psutil.Process(process.pid).children(recursive=True))]
        at = datetime.now(UTC)
        for pid in family:
            os.kill(pid, signal.SIGKILL)
    toll.kills += 1
    _count(data, urls, at, toll)


def _count(data: Path, urls: list[str], killed_at: datetime, toll: _Toll) -> None:
    """Bring back what was cut, as the next start does, and look at every file that there is."""
    clock, root = SystemClock(), data / "recording"
    with open_store(data, clock=clock) as store:
        ground = recorder.ground(urls)
        with store.begin(ground, clock) as tx:
            kept, never = salvaged([(one, root) for one in open_segments(tx)])
            recording.finish(tx, tuple(kept))
            recording.forget(tx, tuple(never))
        with store.begin(ground, clock) as tx:
            rows = tx.find(Segment, state=FINISHED)
            toll.segments += len(rows)
            for camera in ground.site.cameras:
                ends = [one.ended_at for one in rows if one.camera == camera.id and one.ended_at is not None]
                if not ends:
                    toll.wrong.append(f"{camera.id} has nothing of life {toll.kills}")
                else:
                    toll.lost_s.append((killed_at - max(ends)).total_seconds())
            toll.wrong += [f"{one.file} ({why})" for one in rows if (why := _fault(root / one.file, one))]
            toll.wrong += [one.file for one in tx.find(Segment, state=SegmentState.DAMAGED)]
            recording.forget(tx, tuple(one.id for one in rows))
        for one in rows:
            (root / one.file).unlink()


def _fault(path: Path, row: Segment) -> str:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != row.sha256:
        return "hash"
    frames = _played(path)
    # The very last picture of a file that was cut may be torn; whatever else is there must be shown.
    return "" if row.frames - 1 <= frames <= row.frames else f"{frames} of {row.frames} pictures"


def _played(path: Path) -> int:
    from console.video.cv import cv2

    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    frames = 0
    while capture.grab():
        frames += 1
    capture.release()
    return frames


def _camera_month(folder: Path) -> float:
    """Seconds to compare a month of one camera, a file a minute, with its rows."""
    clock, volume = SystemClock(), VolumeId("disk")
    root = folder / "disk"
    begin = clock.now() - timedelta(days=30)
    ground = recorder.ground([])
    folder.mkdir()
    with open_store(folder, clock=clock) as store:
        for day in range(30):
            (root / f"{day:02d}").mkdir(parents=True)
            with store.begin(ground, clock) as tx:
                for minute in range(MONTH // 30):
                    segment = Segment(
                        id=SegmentId(new_id()), camera=CameraId("cam-1"), volume=volume,
                        file=f"{day:02d}/{minute}.ts", state=SegmentState.CLOSED,
                        started_at=begin + timedelta(days=day, minutes=minute), size_bytes=1, sha256="0" * 64,
                    )  # fmt: skip
                    (root / segment.file).write_bytes(b"x")
                    recording.keep(tx, (segment,))
        began_s = time.monotonic()
        with store.read(ground, clock.now()) as rx:
            found = reconcile(root, lambda: footage.files(rx, volume))
        taken_s = time.monotonic() - began_s
        if found.compared != MONTH or found.damaged or found.unknown:
            raise SystemExit("the reconciliation of a month found what is not there")
        return taken_s


MEASURES: dict[str, Callable[[], list[Figure]]] = {"record": record, "record_kill": killed}
