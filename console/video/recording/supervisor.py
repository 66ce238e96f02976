"""The supervisor of all recording: starts its workers, hands on what they say, restarts what dies or hangs.

It lives in the console's process, imports no codec, and knows nothing of the record: whoever makes it is told the facts and
gives the places to write to (`give`), each of which is on record before it is given.
"""

import logging
import random
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Final, Self

from console.models.clock import Clock
from console.models.errors import ConsoleError
from console.models.ids import CameraId
from console.models.recording import RecordMode
from console.models.site import Camera, CameraKind
from console.models.text import Text
from console.video.crew import GOOD_AFTER_S, RESTART_S, worker_environment
from console.video.recording.wire import (
    Beat,
    Broken,
    Cued,
    Fact,
    FromRecorder,
    Hung,
    Moved,
    RecordJob,
    Reservation,
    Spoke,
    StartRecording,
    StopRecording,
    ToRecorder,
    Trigger,
    Want,
)

LOOK_EVERY_S: Final = 0.5
SILENT_AFTER_S: Final = 20.0
"""A worker that says nothing for so long is stuck as a whole."""
STOP_LIMIT_S: Final = 3.0

_log = logging.getLogger(__name__)

_DIED = Text("录像进程退出，正在重新启动", "The recording process ended and is being restarted")
_HUNG = Text("摄像机卡住了录像进程，已单独重新启动", "The camera hung the recording process; restarted by itself")


class _Crew:
    """The cameras that share one worker, and that worker while there is one."""

    def __init__(self, cameras: Sequence[CameraId], transport: str, start_at_s: float) -> None:
        self.cameras, self.transport, self.start_at_s = tuple(cameras), transport, start_at_s
        self.deaths, self.heard_s = 0, start_at_s
        self.process: subprocess.Popen[bytes] | None = None
        self.connection: Connection | None = None
        self._started_s = 0.0

    def start(self, start: StartRecording, now_s: float) -> None:
        ours, theirs = Pipe()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "console.video.recording.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=worker_environment(self.transport),
            )
        self.connection = ours
        self._started_s = self.heard_s = now_s
        self.send(start)

    def send(self, message: ToRecorder) -> None:
        if self.connection is not None:
            with suppress(OSError):
                self.connection.send(message)

    def bury(self, now_s: float) -> int:
        code = 0
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.kill()
            code = self.process.wait()
        self.process = None
        if self.connection is not None:
            self.connection.close()
            self.connection = None
        if now_s - self._started_s > GOOD_AFTER_S:
            self.deaths = 0
        wait_s = RESTART_S[min(self.deaths, len(RESTART_S) - 1)]
        self.deaths += 1
        self.start_at_s = now_s + wait_s * (0.85 + 0.3 * random.random())  # noqa: S311 - spread, not secrecy
        return code


class RecordingSupervisor:
    """All cameras that are to be recorded. Enter it to start; leaving closes every file within three seconds.

    `on_fact` is called from the supervisor's own thread with Began, Ended, Waiting and Broken, and `on_restart` with the
    cameras of a worker that was lost: what it was given must be given anew, what it wrote must be recovered.
    """

    def __init__(
        self,
        site_dir: Path,
        cameras: Sequence[Camera],
        clock: Clock,
        *,
        secrets: Callable[[str], str],
        on_fact: Callable[[Fact], None],
        on_restart: Callable[[tuple[CameraId, ...]], None],
        segment_s: float,
        sync_s: float,
        pre_roll_bytes: int = 64 << 20,
        scenes_dir: Path | None = None,
        timezone: str = "UTC",
        cameras_per_worker: int = 8,
    ) -> None:
        self._site_dir, self._scenes_dir, self._timezone = site_dir, scenes_dir, timezone
        self._cameras = {one.id: one for one in cameras if one.record.mode is not RecordMode.NONE}
        self._clock, self._secrets = clock, secrets
        self._on_fact, self._on_restart = on_fact, on_restart
        self._segment_s, self._sync_s, self._pre_roll_bytes = segment_s, sync_s, pre_roll_bytes
        self._per_worker = cameras_per_worker
        self._wanted = {name: one.record.mode is not RecordMode.SCHEDULE for name, one in self._cameras.items()}
        self._until_s: dict[CameraId, float] = {}
        self._crews: list[_Crew] = []
        self._orders: deque[ToRecorder] = deque()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._wake: Connection | None = None
        self._woken: Connection | None = None

    def __enter__(self) -> Self:
        now_s = self._clock.monotonic()
        self._crews = [_Crew(names, transport, now_s) for transport, names in self._groups()]
        self._woken, self._wake = Pipe(duplex=False)
        self._thread = threading.Thread(target=self._run, name="recording supervisor")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._rouse()
        if self._thread is not None:
            self._thread.join()
        for end in (self._wake, self._woken):
            if end is not None:
                end.close()

    # ---- orders, from any thread ---------------------------------------------------------------

    def give(self, place: Reservation) -> None:
        """A place to write the camera's next segment to."""
        self._order(place)

    def want(self, camera: CameraId, on: bool, *, keep: bool = True) -> None:
        """Record the camera from now on, or do not; without `keep` the places that were given are taken back."""
        self._order(Want(camera=camera, on=on, keep=keep))

    def trigger(self, camera: CameraId, seconds: float) -> None:
        """An alarm: in mode event, keep the seconds before, and `seconds` from now."""
        self._order(Trigger(camera=camera, until_mono_s=self._clock.monotonic() + seconds))

    def readdress(self, camera: CameraId, address: str, main_address: str = "") -> None:
        """The camera's streams are elsewhere: its recording goes on from there."""
        if camera in self._cameras:
            self._order(Moved(camera=camera, address=address, main_address=main_address))

    def cue(self, camera: CameraId, name: str) -> None:
        """Let something happen in a pretend camera's scene, as in its live picture; other cameras take no notice."""
        self._order(Cued(camera=camera, name=name))

    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers that run now."""
        return tuple(crew.process.pid for crew in self._crews if crew.process is not None)

    def _order(self, order: ToRecorder) -> None:
        self._orders.append(order)
        self._rouse()

    def _rouse(self) -> None:
        if self._wake is not None and not self._wake.closed:
            with suppress(OSError):
                self._wake.send_bytes(b".")

    # ---- the supervisor's thread ---------------------------------------------------------------

    def _groups(self) -> list[tuple[str, list[CameraId]]]:
        """Network cameras apart from those that are coded here, and by the way they travel."""
        ways = {n: one.transport if one.kind is CameraKind.RTSP else "" for n, one in self._cameras.items()}
        groups = []
        for way in sorted(set(ways.values())):
            names = [name for name, its in ways.items() if its == way]
            groups += [(way, names[at : at + self._per_worker]) for at in range(0, len(names), self._per_worker)]
        return groups

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._start_crews()
                self._listen(LOOK_EVERY_S)
                self._obey()
                self._look()
        finally:
            self._end()

    def _start_crews(self) -> None:
        now_s = self._clock.monotonic()
        for crew in self._crews:
            if crew.process is not None or now_s < crew.start_at_s:
                continue
            start = StartRecording(
                jobs=tuple(self._job(self._cameras[name]) for name in crew.cameras),
                site_dir=self._site_dir,
                scenes_dir=self._scenes_dir,
                timezone=self._timezone,
                segment_s=self._segment_s,
                sync_s=self._sync_s,
            )
            try:
                crew.start(start, now_s)
            except OSError as error:
                _log.warning("no recording process: %s", error)
                self._bury(crew, _DIED)
                continue
            for name in crew.cameras:
                crew.send(Want(camera=name, on=self._wanted[name]))
                if self._until_s.get(name, 0.0) > now_s:  # an alarm is still being kept: its rest, if not its beginning
                    crew.send(Trigger(camera=name, until_mono_s=self._until_s[name]))
            self._on_restart(crew.cameras)

    def _job(self, camera: Camera) -> RecordJob:
        secret = ""
        if camera.password:
            try:
                secret = self._secrets(camera.password)
            except ConsoleError as error:
                _log.warning("camera %s: %s", camera.id, error)
        return RecordJob(camera=camera, secret=secret, pre_roll_bytes=self._pre_roll_bytes)

    def _listen(self, limit_s: float) -> None:
        by_connection = {crew.connection: crew for crew in self._crews if crew.connection is not None}
        for connection in wait([*by_connection, *([self._woken] if self._woken else [])], limit_s):
            if not isinstance(connection, Connection):
                continue
            if connection is self._woken:
                connection.recv_bytes()
                continue
            crew = by_connection[connection]
            try:
                self._hear(crew, connection.recv())
            except (EOFError, OSError):
                self._bury(crew, _DIED)

    def _hear(self, crew: _Crew, message: FromRecorder) -> None:
        crew.heard_s = self._clock.monotonic()
        match message:
            case Beat():
                pass
            case Spoke(level=level, sentence=sentence):
                _log.log(level, "recording worker: %s", sentence)
            case Hung(camera=camera):
                _log.warning("camera %s hung its recording worker", camera)
                self._bury(crew, _HUNG)
                if len(crew.cameras) > 1:
                    place = self._crews.index(crew)
                    others = tuple(name for name in crew.cameras if name != camera)
                    self._crews[place : place + 1] = [
                        _Crew(names, crew.transport, crew.start_at_s) for names in ((camera,), others)
                    ]
            case _:
                self._tell(message)

    def _tell(self, fact: Fact) -> None:
        try:
            self._on_fact(fact)
        except Exception:  # noqa: BLE001 - the boundary: recording outlives a mistake of its listeners
            _log.exception("nobody could take: %s", fact)

    def _obey(self) -> None:
        while self._orders:
            order = self._orders.popleft()
            if isinstance(order, StartRecording | StopRecording):
                continue
            if isinstance(order, Want):
                self._wanted[order.camera] = order.on
            elif isinstance(order, Trigger):
                self._until_s[order.camera] = max(order.until_mono_s, self._until_s.get(order.camera, 0.0))
            elif isinstance(order, Moved):
                known = self._cameras[order.camera]
                self._cameras[order.camera] = replace(known, address=order.address, main_address=order.main_address)
            for crew in self._crews:
                if order.camera in crew.cameras:
                    crew.send(order)

    def _look(self) -> None:
        now_s = self._clock.monotonic()
        for crew in list(self._crews):
            if crew.process is None:
                continue
            if crew.process.poll() is not None:
                self._bury(crew, _DIED)
            elif now_s - crew.heard_s > SILENT_AFTER_S:
                _log.warning("the recording worker of %s says nothing", ", ".join(crew.cameras))
                self._bury(crew, _HUNG)

    def _bury(self, crew: _Crew, reason: Text) -> None:
        self._drain(crew)
        now_s = self._clock.monotonic()
        code = crew.bury(now_s)
        _log.warning("recording worker of %s ended (%s)", ", ".join(crew.cameras), code)
        again_at = self._clock.now() + timedelta(seconds=max(0.0, crew.start_at_s - now_s))
        for name in crew.cameras:
            self._tell(Broken(camera=name, reason=reason, next_try_at=again_at, process=True))

    def _drain(self, crew: _Crew) -> None:
        """Hear what a process said before it ended."""
        while crew.connection is not None:
            try:
                if not crew.connection.poll():
                    return
                message: FromRecorder = crew.connection.recv()
            except (EOFError, OSError):
                return
            if not isinstance(message, Hung | Beat | Spoke):
                self._tell(message)

    def _end(self) -> None:
        """Let the workers close their files; whoever has not within the limit is killed, and recovered next time."""
        deadline_s = self._clock.monotonic() + STOP_LIMIT_S
        for crew in self._crews:
            crew.send(StopRecording())
        for crew in self._crews:
            while crew.process is not None and crew.process.poll() is None:
                left_s = deadline_s - self._clock.monotonic()
                if left_s <= 0:
                    break
                if crew.connection is not None and wait([crew.connection], min(left_s, 0.1)):
                    try:
                        message = crew.connection.recv()
                    except (EOFError, OSError):
                        with suppress(subprocess.TimeoutExpired):
                            crew.process.wait(max(0.0, left_s))
                        break
                    if not isinstance(message, Hung | Beat | Spoke):
                        self._tell(message)
            self._drain(crew)
            crew.bury(self._clock.monotonic())
