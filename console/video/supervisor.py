"""The supervisor of all video: starts workers, watches every camera, restarts what dies or hangs.

It lives in the window's process and never imports a codec. One thread of its own reads all pipes
and judges all cameras; pictures do not pass through it, the window pulls them from the rings.
"""

import itertools
import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from console.models.clock import Clock
from console.models.errors import ConsoleError
from console.models.ids import CameraId
from console.models.load import LATE_MORE_S, Pace
from console.models.masks import Mask
from console.models.pictures import CameraState, Load, Picture, RuleEvent, RuleWorking, Sight, Still
from console.models.recording import MotionMinute
from console.models.rules import Rule
from console.models.site import Camera
from console.models.text import Text
from console.models.zoom import WHOLE, Region
from console.video.analysis import Analysis
from console.video.crew import Crew, share_out
from console.video.facts import Snapshot
from console.video.ring import Ring
from console.video.sight import OFFLINE_AFTER_S, STALE_AFTER_S, Evidence, judge
from console.video.watched import NO_SNAPSHOT, Fetch, Waiting, Watched, answer, tell
from console.video.wire import (
    Cue,
    FetchRecent,
    FromWorker,
    Health,
    Job,
    LiftMasks,
    Lost,
    Opened,
    Readdress,
    RecentSent,
    Relearn,
    Said,
    SetRules,
    SnapshotMade,
    Start,
    TakeSnapshot,
    ToWorker,
    WatchRule,
)

LOOK_EVERY_S: Final = 0.25
SNAPSHOT_LIMIT_S: Final = 4.0
STOP_LIMIT_S: Final = 2.0
SPLIT_AFTER_DEATHS: Final = 3

_log = logging.getLogger(__name__)

_WORKER_DIED = Text("图像进程退出，正在重新启动", "The picture process ended and is being restarted")
_WORKER_HUNG = Text("摄像机卡住了图像进程，已单独重新启动", "The camera hung its process; restarted by itself")
_NO_PROCESS = Text("系统无法启动图像进程", "The system could not start the picture process")
_STOPPED = Text("视频已关闭", "Video has been shut down")


_Message = Cue | WatchRule | SetRules | Relearn | LiftMasks | Readdress
_Order = Future[Snapshot] | Fetch | _Message


class VideoSupervisor:
    """All cameras of a site. Enter it to start them; it is the wall's PictureFeed.

    `secrets` gives the password that a camera's `password` names. `on_state` and `on_rule` are
    called from the supervisor's own thread, states only when they change. `scenes_dir` is where
    synthetic cameras find their scenes, None for those that are shipped. A camera without a new frame is stale from
    `stale_s` and offline from `offline_s`.
    """

    def __init__(
        self,
        site_dir: Path,
        cameras: tuple[Camera, ...],
        clock: Clock,
        *,
        secrets: Callable[[str], str],
        on_state: Callable[[CameraState], None],
        on_rule: Callable[[RuleEvent], None],
        scenes_dir: Path | None = None,
        timezone: str = "UTC",
        cameras_per_worker: int = 8,
        stale_s: float = STALE_AFTER_S,
        offline_s: float = OFFLINE_AFTER_S,
        analysis: Analysis | None = None,
    ) -> None:
        self._site_dir = site_dir
        self._cameras = cameras
        self._clock = clock
        self._secrets = secrets
        self._on_state = on_state
        self._on_rule = on_rule
        self._scenes_dir = scenes_dir
        self._timezone = timezone
        self._cameras_per_worker = cameras_per_worker
        self._stale_s, self._offline_s = stale_s, offline_s
        self._analysis = analysis or Analysis()
        self._watched: dict[CameraId, Watched] = {}
        self._crews: list[Crew] = []
        self._orders: deque[tuple[CameraId, _Order]] = deque()
        self._gate, self._over = threading.Lock(), False  # no order may slip in behind the last that is answered
        self._waiting: dict[int, Waiting] = {}
        self._requests = itertools.count(1)
        self._stop = threading.Event()
        self._stack = ExitStack()
        self._thread: threading.Thread | None = None
        self._wake: Connection | None = None
        self._woken: Connection | None = None

    def __enter__(self) -> Self:
        now_s, now_at = self._clock.monotonic(), self._clock.now()
        for camera in self._cameras:
            state = CameraState(camera=camera.id, sight=Sight.CONNECTING, since_at=now_at)
            watched = Watched(camera, self._stack.enter_context(Ring()), state, Evidence(asked_s=now_s))
            watched.condition.faults = self._analysis.standing.get(camera.id, frozenset())
            self._watched[camera.id] = watched
        self._crews = [
            Crew(names, transport, now_s) for transport, names in share_out(self._cameras, self._cameras_per_worker)
        ]
        self._woken, self._wake = Pipe(duplex=False)
        self._thread = threading.Thread(target=self._run, name="video supervisor")
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._rouse()
        if self._thread is not None:
            self._thread.join()
        for end in (self._wake, self._woken):
            if end is not None:
                end.close()
        self._stack.close()

    # ---- the wall's side -------------------------------------------------------------------

    def want(self, camera: CameraId, width_px: int, height_px: int, region: Region = WHOLE) -> None:
        """Ask for frames of exactly this size and part of the picture from now on; (0, 0) when nobody looks.

        More than 1920 x 1080 is more than a ring holds; the largest of the same shape comes then.
        """
        if camera in self._watched:
            self._watched[camera].ring.want(width_px, height_px, region)

    def latest(self, camera: CameraId, than: int = -1) -> Picture | None:
        """The newest frame, or None while there is none or it is still number `than`.

        For a moment of another size, where that has changed.
        """
        watched = self._watched.get(camera)
        return watched.ring.latest(self._clock.monotonic(), than) if watched is not None else None

    def still(self, camera: CameraId, picture: Picture) -> bool:
        """Whether the picture's memory was not overwritten while it was drawn."""
        watched = self._watched.get(camera)
        return watched is not None and watched.ring.still(picture)

    def state(self, camera: CameraId) -> CameraState:
        """What the camera's tile may claim now. Raises KeyError for a camera that is not ours."""
        return self._watched[camera].state

    def snapshot(self, camera: CameraId) -> "Future[Snapshot]":
        """Take the newest full-size frame as a JPEG; the future fails with ConsoleError."""
        future: Future[Snapshot] = Future()
        if not self._order(camera, future):
            answer(future, None, NO_SNAPSHOT)
        return future

    def recent(self, camera: CameraId, since_s: float) -> "Future[tuple[Still, ...]]":
        """The stills of the last seconds, oldest first; none of a camera whose process has just begun."""
        future: Future[tuple[Still, ...]] = Future()
        if not self._order(camera, Fetch(self._clock.now() - timedelta(seconds=since_s), future)):
            answer(future, None, NO_SNAPSHOT)
        return future

    def pace(self, camera: CameraId, pace: Pace) -> None:
        """How much of a camera's picture is to be shown from now on."""
        if camera in self._watched:
            self._watched[camera].pace = pace
            self._watched[camera].ring.pace(pace)

    def load(self, camera: CameraId) -> Load:
        """How the camera's pictures burden the machine."""
        watched = self._watched.get(camera)
        return watched.ring.load() if watched is not None else Load()

    def cue(self, camera: CameraId, name: str) -> None:
        """Let something happen in a synthetic camera's scene; other cameras take no notice."""
        self._order(camera, Cue(camera=camera, name=name))

    def watch_rule(self, camera: CameraId, rule: Rule | None) -> None:
        """Tell on every look how this rule would work on a camera, without any alarm; None ends that."""
        self._order(camera, WatchRule(camera=camera, rule=rule))

    def set_rules(self, camera: CameraId, rules: tuple[Rule, ...]) -> None:
        """Judge a camera by these rules from now on, also after its process was restarted."""
        self._order(camera, SetRules(camera=camera, rules=rules))

    def relearn(self, camera: CameraId) -> None:
        """What the camera shows now is right: its reference is learnt anew, and what was wrong with it is over."""
        self._order(camera, Relearn(camera=camera))

    def lift_masks(self, camera: CameraId, painted: tuple[Mask, ...], for_s: float) -> None:
        """Paint a camera's live pictures with only these masks for so long, unless its process is restarted before."""
        self._order(camera, LiftMasks(camera=camera, painted=painted, for_s=for_s))

    def readdress(self, camera: CameraId, address: str, main_address: str = "") -> None:
        """Open a camera's streams at these addresses from now on, also after its process was restarted."""
        self._order(camera, Readdress(camera=camera, address=address, main_address=main_address))

    def _order(self, camera: CameraId, order: _Order) -> bool:
        """Hand an order to the thread; False where the camera is not ours or the thread has ended."""
        with self._gate:
            if camera not in self._watched or self._over:
                return False
            self._orders.append((camera, order))
            self._rouse()
        return True

    # ---- the supervisor's thread -----------------------------------------------------------

    def _rouse(self) -> None:
        if self._wake is not None and not self._wake.closed:
            self._wake.send_bytes(b".")

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._start_crews()
                self._listen()
                self._obey()
                self._look()
        finally:
            self._end()

    def _start_crews(self) -> None:
        now_s = self._clock.monotonic()
        for crew in self._crews:
            if crew.running or now_s < crew.start_at_s:
                continue
            jobs = tuple(self._job(self._watched[name]) for name in crew.cameras)
            start = Start(
                jobs=jobs,
                site_dir=self._site_dir,
                scenes_dir=self._scenes_dir,
                timezone=self._timezone,
                limits=self._analysis.limits,
                references_dir=self._analysis.references_dir,
                office=self._analysis.office,
            )
            try:
                crew.start(start, now_s)
            except OSError as error:
                _log.warning("no worker process: %s", error)
                self._bury(crew, _NO_PROCESS)

    def _job(self, watched: Watched) -> Job:
        camera = watched.camera
        secret = ""
        if camera.password:
            try:
                secret = self._secrets(camera.password)
            except ConsoleError as error:
                _log.warning("camera %s: %s", camera.id, error)
        return Job(
            camera=camera,
            ring_fd=watched.ring.fd,
            secret=secret,
            active=watched.active,
            faults=watched.condition.faults,
            cells=bool(camera.rules) or camera.id in self._analysis.keep_motion,
            tried=watched.tried,
        )

    def _listen(self) -> None:
        by_connection = {crew.connection: crew for crew in self._crews if crew.connection is not None}
        ready = wait([*by_connection, *([self._woken] if self._woken else [])], LOOK_EVERY_S)
        for connection in ready:
            if not isinstance(connection, Connection):
                continue
            if connection is self._woken:
                connection.recv_bytes()
                continue
            crew = by_connection[connection]
            try:
                message: FromWorker = connection.recv()
            except (EOFError, OSError):
                self._bury(crew, _WORKER_DIED)
            else:
                self._hear(message)

    def _hear(self, message: FromWorker) -> None:
        match message:
            case Opened(camera=camera):
                watched = self._watched[camera]
                watched.opened = message
                watched.evidence = replace(watched.evidence, trouble=Text(), next_try_at=None)
            case Lost(camera=camera, reason=reason, next_try_at=next_try_at):
                watched = self._watched[camera]
                if watched.evidence.trouble != reason:
                    _log.info("camera %s: %s", camera, reason.en)
                watched.evidence = replace(watched.evidence, trouble=reason, next_try_at=next_try_at)
            case RuleEvent(camera=camera, rule_id=rule):
                watched = self._watched[camera]
                watched.active = watched.active | {rule} if message.active else watched.active - {rule}
                tell(self._on_rule, message)
            case Health(camera=camera):
                for fault in self._watched[camera].condition.hear(message):
                    tell(self._analysis.on_fault, fault)
            case RuleWorking():
                tell(self._analysis.on_working, message)
            case MotionMinute():
                tell(self._analysis.on_motion, message)
            case SnapshotMade(request=request, snapshot=snapshot, reason=reason):
                waiting = self._waiting.pop(request, None)
                if waiting is not None:
                    answer(waiting.future, snapshot, reason)
            case RecentSent(request=request, stills=stills):
                waiting = self._waiting.pop(request, None)
                if waiting is not None:
                    answer(waiting.future, stills, Text())
            case Said(level=level, sentence=sentence):
                _log.log(level, "worker: %s", sentence)

    def _obey(self) -> None:
        while self._orders:
            camera, order = self._orders.popleft()
            if isinstance(order, _Message):
                self._watched[camera].take(order)
                self._send(camera, order)
                continue
            request = next(self._requests)
            until_s = self._clock.monotonic() + SNAPSHOT_LIMIT_S
            if isinstance(order, Fetch):
                fetch = FetchRecent(request=request, camera=camera, since_at=order.since_at)
                if self._send(camera, fetch):
                    self._waiting[request] = Waiting(camera, order.future, until_s)
                else:
                    answer(order.future, None, NO_SNAPSHOT)
                continue
            state = self._watched[camera].state
            if state.sight is Sight.OFFLINE:
                answer(order, None, Text(state.reason_zh, state.reason_en))
                continue
            if self._send(camera, TakeSnapshot(request=request, camera=camera)):
                self._waiting[request] = Waiting(camera, order, until_s)
            else:
                answer(order, None, NO_SNAPSHOT)

    def _send(self, camera: CameraId, message: ToWorker) -> bool:
        return any(crew.send(message) for crew in self._crews if camera in crew.cameras)

    # ---- judging ---------------------------------------------------------------------------

    def _look(self) -> None:
        now_s, now_at = self._clock.monotonic(), self._clock.now()
        for crew in list(self._crews):
            if crew.dead():
                self._bury(crew, _WORKER_DIED)
            elif crew.running:
                self._look_for_hung(crew, now_s)
        for watched in self._watched.values():
            self._look_at(watched, now_s, now_at)
        for request, waiting in list(self._waiting.items()):
            if now_s > waiting.until_s:
                del self._waiting[request]
                answer(waiting.future, None, NO_SNAPSHOT)

    def _look_at(self, watched: Watched, now_s: float, now_at: datetime) -> None:
        evidence, condition = watched.evidence, watched.condition
        pulse = watched.ring.pulse()
        if pulse.frames != watched.frames:
            watched.frames = pulse.frames
            evidence.frame_s = pulse.frame_mono_s
        more_s = LATE_MORE_S if watched.pace >= Pace.KEY_FRAMES else 0.0  # key frames are further apart
        sight, reason = judge(evidence, now_s, stale_s=self._stale_s + more_s, offline_s=self._offline_s + more_s)
        before = state = watched.state
        opened = watched.opened
        next_try_at = evidence.next_try_at if sight is not Sight.LIVE else None
        known = (sight, reason, next_try_at, opened, condition.faults, condition.unchecked)
        if known != watched.known:  # four times a second for every camera: nothing is made anew that is the same
            watched.known = known
            state = CameraState(
                camera=watched.camera.id,
                sight=sight,
                since_at=before.since_at if before.sight is sight else now_at,
                reason_zh=reason.zh,
                reason_en=reason.en,
                next_try_at=next_try_at,
                width_px=opened.width_px if opened else 0,
                height_px=opened.height_px if opened else 0,
                fps=opened.fps if opened else 0.0,
                faults=condition.shown,
                unchecked=condition.unchecked,
            )
        lost = condition.see(state, now_at, self._analysis.limits)
        if lost is not None:
            state = replace(state, faults=condition.shown)
            tell(self._analysis.on_fault, lost)
        if state != before:
            watched.state = state
            tell(self._on_state, state)

    def _look_for_hung(self, crew: Crew, now_s: float) -> None:
        """Kill a worker of which a thread broke its promise; that camera gets its own from now on.

        If several are late, the one that promised to be back first has held up the others.
        """
        late = [
            (promise_s, name)
            for name in crew.cameras
            if 0.0 < (promise_s := self._watched[name].ring.pulse().promise_mono_s) < now_s
        ]
        if not late:
            return
        culprit = min(late)[1]
        _log.warning("camera %s hung its worker", culprit)
        self._bury(crew, _WORKER_HUNG)
        if len(crew.cameras) > 1:
            self._replace(crew, [(culprit,), tuple(n for n in crew.cameras if n != culprit)])

    def _bury(self, crew: Crew, reason: Text) -> None:
        now_s = self._clock.monotonic()
        code = crew.bury(now_s, random.random())  # noqa: S311 - spread, not secrecy
        _log.warning("worker of %s ended (%s)", ", ".join(crew.cameras), code)
        restart_at = self._clock.now() + timedelta(seconds=max(0.0, crew.start_at_s - now_s))
        for name in crew.cameras:
            watched = self._watched[name]
            watched.ring.forget_promise()
            watched.evidence = replace(watched.evidence, trouble=reason, next_try_at=restart_at)
        for request, waiting in list(self._waiting.items()):
            if waiting.camera in crew.cameras:
                del self._waiting[request]
                answer(waiting.future, None, NO_SNAPSHOT)
        if crew.deaths >= SPLIT_AFTER_DEATHS and len(crew.cameras) > 1:
            self._replace(crew, [(name,) for name in crew.cameras])

    def _replace(self, crew: Crew, groups: Sequence[tuple[CameraId, ...]]) -> None:
        """Give each group of a crew's cameras a process of its own."""
        place = self._crews.index(crew)
        self._crews[place : place + 1] = [Crew(names, crew.transport, crew.start_at_s) for names in groups]

    def _end(self) -> None:
        """Stop, wait, terminate, kill: all workers under one deadline of two seconds."""
        with self._gate:
            self._over = True
        deadline_s = self._clock.monotonic() + STOP_LIMIT_S
        for crew in self._crews:
            crew.ask_to_stop()
        for crew in self._crews:
            if not crew.wait(deadline_s - 0.4 * STOP_LIMIT_S - self._clock.monotonic()):
                crew.terminate()
        for crew in self._crews:
            crew.wait(deadline_s - 0.1 * STOP_LIMIT_S - self._clock.monotonic())
            for message in crew.last_words():  # the minute of motion that had begun
                if isinstance(message, MotionMinute):
                    tell(self._analysis.on_motion, message)
            crew.bury(self._clock.monotonic(), 0.0)
        pending: list[Future[Any]] = [waiting.future for waiting in self._waiting.values()]
        for _, order in self._orders:
            if isinstance(order, Fetch):
                pending.append(order.future)
            elif isinstance(order, Future):
                pending.append(order)
        for future in pending:
            answer(future, None, _STOPPED)
