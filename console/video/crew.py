"""A worker process as its supervisor sees it: start it, talk to it, end it, and when to try again."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Final

from console.models.ids import CameraId
from console.models.site import Camera, CameraKind
from console.video.wire import FromWorker, Start, Stop, ToWorker

RESTART_S: Final = (0.2, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
GOOD_AFTER_S: Final = 60.0
"""A worker that lived this long had no part in the trouble before."""

_PACKAGE_PARENT: Final = Path(__file__).resolve().parents[2]
_LIVE_OPTIONS: Final = (
    # `timeout` is in microseconds and is the name since FFmpeg 5; the older `stimeout` is silently
    # ignored. Setting any option drops OpenCV's own default of TCP, so that it is said here.
    "rtsp_transport;{transport}|timeout;3000000|fflags;nobuffer|flags;low_delay"
    "|analyzeduration;1500000|probesize;131072|fpsprobesize;3"
)


def worker_environment(transport: str) -> dict[str, str]:
    """The environment of a worker: OpenCV's and FFmpeg's settings in, everything of Qt's out.

    `transport` is "tcp" or "udp" for live streams, empty for a worker without any.

    Without OPENCV_FFMPEG_IS_THREAD_SAFE all opens of a process wait for one another, and one dead
    camera would hold back its neighbours for the whole time limit. The log levels keep addresses
    with passwords in them from being printed.
    """
    environment = {name: text for name, text in os.environ.items() if not name.startswith("QT_")}
    environment.update(
        OPENCV_FFMPEG_IS_THREAD_SAFE="1",
        OPENCV_FFMPEG_LOGLEVEL="-8",
        OPENCV_LOG_LEVEL="SILENT",
        OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT="3",
        MALLOC_ARENA_MAX="2",
        OMP_NUM_THREADS="1",
        OPENBLAS_NUM_THREADS="1",
    )
    environment.pop("OPENCV_FFMPEG_CAPTURE_OPTIONS", None)
    if transport:
        environment["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = _LIVE_OPTIONS.format(transport=transport)
    paths = [str(_PACKAGE_PARENT), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment


class Crew:
    """The cameras that share one worker process, and that process while there is one."""

    def __init__(self, cameras: Sequence[CameraId], transport: str, start_at_s: float) -> None:
        self.cameras = tuple(cameras)
        self.transport = transport
        self.start_at_s = start_at_s
        self.deaths = 0
        self._started_s = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """The process id, 0 without a process."""
        return self._process.pid if self._process is not None else 0

    @property
    def connection(self) -> Connection | None:
        """The supervisor's end of the pipe."""
        return self._connection

    def start(self, start: Start, now_s: float) -> None:
        """Start the process and give it its cameras."""
        ours, theirs = Pipe()
        with theirs:
            fds = (theirs.fileno(), *(job.ring_fd for job in start.jobs))
            self._process = subprocess.Popen(
                [sys.executable, "-m", "console.video.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=fds,
                env=worker_environment(self.transport),
            )
        self._connection = ours
        self._started_s = now_s
        self.send(start)

    def send(self, message: ToWorker) -> bool:
        """Send, and tell whether the process could take it."""
        if self._connection is None:
            return False
        try:
            self._connection.send(message)
        except OSError:
            return False
        return True

    def bury(self, now_s: float, jitter: float) -> int:
        """Note that the process is dead (kill it if it is not) and when to start the next.

        Returns the exit code, negative for a signal. `jitter` in 0..1 spreads restarts.
        """
        code = 0
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            code = self._process.wait()
        self._process = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if now_s - self._started_s > GOOD_AFTER_S:
            self.deaths = 0
        wait_s = RESTART_S[min(self.deaths, len(RESTART_S) - 1)]
        self.deaths += 1
        self.start_at_s = now_s + wait_s * (0.85 + 0.3 * jitter)
        return code

    def last_words(self) -> list[FromWorker]:
        """What the process has said and nobody has heard yet."""
        heard: list[FromWorker] = []
        with suppress(EOFError, OSError):
            while self._connection is not None and self._connection.poll():
                heard.append(self._connection.recv())
        return heard

    def ask_to_stop(self) -> None:
        """Let the process end by itself."""
        self.send(Stop())

    def dead(self) -> bool:
        """Whether there is a process and it has ended."""
        return self._process is not None and self._process.poll() is not None

    def wait(self, limit_s: float) -> bool:
        """Wait for the process to end; False when it did not."""
        if self._process is None:
            return True
        try:
            self._process.wait(max(0.0, limit_s))
        except subprocess.TimeoutExpired:
            return False
        return True

    def terminate(self) -> None:
        """Ask the system to end the process."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()


def share_out(cameras: Sequence[Camera], size: int) -> list[tuple[str, list[CameraId]]]:
    """Share the cameras out to workers of at most `size`: RTSP by TCP, by UDP, and all others.

    FFmpeg's options, the way RTP travels among them, hold for a whole process, and what keeps a
    live stream short of delay would spoil a recording.
    """
    groups: list[tuple[str, list[CameraId]]] = []
    transports = {camera.id: camera.transport if camera.kind is CameraKind.RTSP else "" for camera in cameras}
    for transport in sorted(set(transports.values())):
        names = [name for name, its in transports.items() if its == transport]
        groups += [(transport, names[at : at + size]) for at in range(0, len(names), size)]
    return groups
