"""The player: it starts the processes of the tapes, sets their clock, and ends those that hang.

It lives in the window's process and never imports a codec. Nothing here waits: the window calls `tick` with its own
timer, and pictures are pulled from the rings as those of live cameras are.
"""

import itertools
import logging
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe
from types import TracebackType
from typing import Any, Final, Self

from console.models.errors import ConsoleError
from console.models.ids import CameraId
from console.models.masks import Mask
from console.models.pictures import Picture
from console.models.playback import Cut, How, Motion, RecordedPicture, Tape, TapeState, around, cut_at
from console.models.text import Text
from console.models.zoom import WHOLE, Region
from console.video.crew import RESTART_S, worker_environment
from console.video.playback.wire import (
    BeginPlaying,
    Find,
    Found,
    Freeze,
    Frozen,
    MakeThumbnail,
    Opening,
    StopPlaying,
    TapeSaid,
    Thread,
    Threaded,
    ThumbnailMade,
    ToPlayer,
    ToTapes,
)
from console.video.ring import Ring

TAPES: Final = 9
TAPES_A_PROCESS: Final = 3
REACH_S: Final = 1800.0
"""A tape knows the files of half an hour each way; the window's list of a day stays here."""
START_LIMIT_S: Final = 20.0
STOP_LIMIT_S: Final = 1.5
GOOD_AFTER_S: Final = 60.0
RENEWED_S: Final = 2.0
"""A tape that is well promises anew many times a second: one that has less than this left of its promise hangs too."""
_OPTIONS: Final = "fpsprobesize;0|analyzeduration;0"
"""What a file holds is known; measuring its frame rate first would double the time until its first picture."""

_log = logging.getLogger(__name__)
FREEZE_LIMIT_S: Final = 10.0
_LATE: Final = Text("读取录像超时，未能抓拍", "Reading the recording took too long: no snapshot was made")
_CLOSED: Final = Text("回放已关闭", "Playback has been closed")


@dataclass(slots=True)
class _Slot:
    """A tape as the window sees it."""

    number: int
    ring: Ring
    camera: CameraId | None = None
    generation: int = 0
    threaded: int = -1
    floor: int = 0
    state: Tape = field(default_factory=Tape)
    masks: tuple[Mask, ...] = ()
    opening: Cut | None = None
    sent: tuple[Cut, ...] = ()
    want: tuple[int, int, Region] = (0, 0, WHOLE)


@dataclass(slots=True)
class _Process:
    """The process of some tapes, while there is one."""

    slots: tuple[_Slot, ...]
    process: "subprocess.Popen[bytes] | None" = None
    connection: Connection | None = None
    started_s: float = 0.0
    start_at_s: float = 0.0
    deaths: int = 0


class Player:
    """Plays up to nine cameras by one clock. Enter it before use; processes run only while cameras are shown."""

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._stack = ExitStack()
        self._slots: tuple[_Slot, ...] = ()
        self._processes: tuple[_Process, ...] = ()
        self._cuts: dict[CameraId, tuple[Cut, ...]] = {}
        self._masks: dict[CameraId, tuple[Mask, ...]] = {}
        self._dead: dict[str, Cut] = {}
        self._motion = Motion(0.0, 0.0)
        self._requests = itertools.count(1)
        self._waiting: dict[int, tuple[_Process, Future[Any], float]] = {}

    def __enter__(self) -> Self:
        self._slots = tuple(_Slot(number, self._stack.enter_context(Ring())) for number in range(TAPES))
        self._processes = tuple(
            _Process(self._slots[at : at + TAPES_A_PROCESS]) for at in range(0, TAPES, TAPES_A_PROCESS)
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.show(())
        self._stack.close()

    # ---- what is played ------------------------------------------------------------------------

    def show(self, cameras: tuple[CameraId, ...]) -> None:
        """Play these cameras, nine at most, from now on; none lets the processes end."""
        cameras = tuple(dict.fromkeys(cameras))[:TAPES]
        for slot in self._slots:
            if slot.camera is not None and slot.camera not in cameras:
                slot.camera, slot.want = None, (0, 0, WHOLE)
                slot.ring.want(0, 0)
        # Cameras are shared out evenly: three side by side are decoded by three processes.
        order = sorted(self._slots, key=lambda slot: (slot.number % TAPES_A_PROCESS, slot.number))
        for camera in cameras:
            if self._slot(camera) is None:
                slot = next(one for one in order if one.camera is None)
                slot.camera, slot.state, slot.sent = camera, Tape(), ()
                slot.masks = self._masks.get(camera, ())
                slot.generation += 1
                slot.ring.want(0, 0)
        if not cameras:
            self._end_all()
            return
        self._start_needed()
        self._send_cuts()

    def mask(self, camera: CameraId, masks: tuple[Mask, ...]) -> None:
        """What is painted over the camera's pictures."""
        self._masks[camera] = masks
        slot = self._slot(camera)
        if slot is not None and slot.masks != masks:
            slot.masks, slot.sent = masks, ()
            slot.generation += 1
            self._send_cuts()

    def load(self, camera: CameraId, cuts: tuple[Cut, ...]) -> None:
        """The camera's files, in order; replaces those known before."""
        self._cuts[camera] = cuts
        self._send_cuts()

    def move(self, at_s: float, speed: float, how: How = How.SEEK) -> None:
        """Set the clock of all tapes."""
        self._motion = Motion(at_s, self._steady(), speed, how, self._motion.serial + 1)
        self._send_cuts()
        for process in self._processes:
            self._send(process, self._motion)

    def position(self) -> float:
        """Where the clock stands."""
        return self._motion.now(self._steady())

    # ---- what is seen --------------------------------------------------------------------------

    def want(self, camera: CameraId, width_px: int, height_px: int, region: Region = WHOLE) -> None:
        """Ask for pictures of exactly this size and part."""
        slot = self._slot(camera)
        if slot is not None:
            slot.want = (width_px, height_px, region)
            slot.ring.want(width_px, height_px, region)

    def latest(self, camera: CameraId) -> Picture | None:
        """The newest picture of a camera, None while there is none of the wanted size."""
        slot = self._slot(camera)
        if slot is None or slot.threaded != slot.generation:
            return None
        picture = slot.ring.latest(self._steady())
        return picture if picture is not None and picture.seq > slot.floor else None

    def still(self, camera: CameraId, picture: Picture) -> bool:
        """Whether the picture's memory was not overwritten while it was drawn."""
        slot = self._slot(camera)
        return slot is not None and slot.ring.still(picture)

    def tape(self, camera: CameraId) -> Tape:
        """What the camera's tile may claim."""
        slot = self._slot(camera)
        if slot is None:
            return Tape()
        cut = cut_at(self._cuts.get(camera, ()), self.position())
        if cut is not None and cut.segment in self._dead:
            return Tape(TapeState.DAMAGED, cut.from_s, cut.until_s or cut.from_s)
        return slot.state

    def neighbour(self, camera: CameraId, at_s: float, *, forward: bool) -> "Future[float | None]":
        """When the next picture was taken, or the one before; None where there is none."""
        slot = self._slot(camera)
        if slot is None:
            return self._ask(None, None)
        process = self._process_of(slot)
        request = next(self._requests)
        return self._ask(process, Find(request=request, tape=slot.number, at_s=at_s, forward=forward))

    def thumbnail(self, camera: CameraId, at_s: float) -> "Future[bytes]":
        """A small JPEG of a moment; fails with ConsoleError."""
        cut = cut_at(self._cuts.get(camera, ()), at_s)
        running = [process for process in self._processes if process.process is not None]
        if cut is None or not running:
            return self._ask(None, None)
        request = next(self._requests)
        process = running[request % len(running)]
        order = MakeThumbnail(request=request, cut=cut, at_s=at_s, masks=self._masks.get(camera, ()))
        return self._ask(process, order)

    def freeze(self, camera: CameraId, at_s: float, masks: tuple[Mask, ...]) -> "Future[RecordedPicture]":
        """The picture of a moment in its full size, under these masks; fails with ConsoleError, within ten seconds."""
        cut = cut_at(self._cuts.get(camera, ()), at_s)
        slot = self._slot(camera)
        if cut is None or slot is None or cut.segment in self._dead:
            return self._ask(None, None)
        order = Freeze(request=next(self._requests), camera=camera, cut=cut, at_s=at_s, masks=masks)
        return self._ask(self._process_of(slot), order)

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that decode."""
        return tuple(one.process.pid for one in self._processes if one.process is not None)

    def _ask(self, process: _Process | None, order: Find | MakeThumbnail | Freeze | None) -> "Future[Any]":
        future: Future[Any] = Future()
        if process is None or order is None or not self._send(process, order):
            future.set_exception(ConsoleError(_CLOSED.zh, _CLOSED.en))
        else:
            until_s = self._steady() + FREEZE_LIMIT_S if isinstance(order, Freeze) else float("inf")
            self._waiting[order.request] = (process, future, until_s)
        return future

    # ---- the processes -------------------------------------------------------------------------

    def tick(self) -> None:
        """Take in what the processes said, and end those that hang; to be called some twenty times a second."""
        now_s = self._steady()
        for process in self._processes:
            self._listen(process)
            if process.process is None:
                continue
            if process.process.poll() is not None:
                self._bury(process, now_s, hung=False)
            elif self._hangs(process, now_s):
                self._bury(process, now_s, hung=True)
        for request in [request for request, waits in self._waiting.items() if waits[2] < now_s]:
            self._settle(request, ConsoleError(_LATE.zh, _LATE.en))
        if any(slot.camera for slot in self._slots):
            self._start_needed()
            self._send_cuts()

    def _hangs(self, process: _Process, now_s: float) -> bool:
        promises = [slot.ring.pulse().promise_mono_s for slot in process.slots]
        return any((promise_s or process.started_s + START_LIMIT_S) < now_s for promise_s in promises)

    def _bury(self, process: _Process, now_s: float, *, hung: bool) -> None:
        """End a process; the file in its hands is not opened again in this sitting."""
        for slot in process.slots:
            late = slot.ring.pulse().promise_mono_s < now_s + RENEWED_S
            if slot.opening is not None and (not hung or late):
                _log.warning("playback: %s %s", slot.opening.segment, "hangs" if hung else "ended its process")
                self._dead[slot.opening.segment] = slot.opening
            slot.state = Tape(TapeState.RESTARTING)
        self._end(process)
        if now_s - process.started_s > GOOD_AFTER_S:
            process.deaths = 0
        process.start_at_s = now_s + RESTART_S[min(process.deaths, len(RESTART_S) - 1)]
        process.deaths += 1

    def _start_needed(self) -> None:
        now_s = self._steady()
        for process in self._processes:
            needed = any(slot.camera for slot in process.slots)
            if process.process is None and needed and now_s >= process.start_at_s:
                self._start(process, now_s)

    def _start(self, process: _Process, now_s: float) -> None:
        ours, theirs = Pipe()
        for slot in process.slots:
            slot.ring.forget_promise()
            slot.threaded, slot.sent, slot.opening = -1, (), None
        with theirs:
            try:
                process.process = subprocess.Popen(
                    [sys.executable, "-m", "console.video.playback.worker", str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(), *(slot.ring.fd for slot in process.slots)),
                    env={**worker_environment(""), "OPENCV_FFMPEG_CAPTURE_OPTIONS": _OPTIONS},
                )
            except OSError as error:
                _log.warning("no process for playback: %s", error)
                ours.close()
                process.start_at_s = now_s + RESTART_S[-1]
                return
        process.connection, process.started_s = ours, now_s
        self._send(process, BeginPlaying(tapes=tuple((slot.number, slot.ring.fd) for slot in process.slots)))
        self._send(process, self._motion)

    def _end_all(self) -> None:
        for process in self._processes:
            self._send(process, StopPlaying())
        for process in self._processes:
            if process.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    process.process.wait(STOP_LIMIT_S)
            self._end(process)
            process.start_at_s, process.deaths = 0.0, 0
        self._dead.clear()

    def _end(self, process: _Process) -> None:
        if process.process is not None:
            with suppress(ProcessLookupError):
                process.process.kill()
            process.process.wait()
            process.process = None
        if process.connection is not None:
            process.connection.close()
            process.connection = None
        for request, (whose, future, _until_s) in list(self._waiting.items()):
            if whose is process:
                del self._waiting[request]
                future.set_exception(ConsoleError(_CLOSED.zh, _CLOSED.en))

    def _listen(self, process: _Process) -> None:
        connection = process.connection
        try:
            while connection is not None and connection.poll(0):
                self._hear(connection.recv())
        except (EOFError, OSError):
            return  # `tick` finds that the process has ended

    def _hear(self, message: ToPlayer) -> None:
        match message:
            case Threaded(tape=tape, generation=generation, seq=seq):
                self._slots[tape].threaded, self._slots[tape].floor = generation, seq
            case Opening(tape=tape, cut=cut):
                self._slots[tape].opening = cut
            case TapeSaid(tape=tape, generation=generation) if generation == self._slots[tape].generation:
                self._slots[tape].state = Tape(message.state, message.from_s, message.until_s)
            case Found(request=request, at_s=at_s):
                self._settle(request, at_s)
            case ThumbnailMade(request=request, jpeg=jpeg, reason=reason):
                self._settle(request, jpeg or ConsoleError(reason.zh, reason.en))
            case Frozen(request=request, picture=picture, reason=reason):
                self._settle(request, picture or ConsoleError(reason.zh, reason.en))

    def _settle(self, request: int, result: object) -> None:
        _process, future, _until_s = self._waiting.pop(request, (None, None, 0.0))
        if future is None:
            return
        if isinstance(result, ConsoleError):
            future.set_exception(result)
        else:
            future.set_result(result)

    # ---- small things --------------------------------------------------------------------------

    def _slot(self, camera: CameraId) -> _Slot | None:
        return next((slot for slot in self._slots if slot.camera == camera), None)

    def _process_of(self, slot: _Slot) -> _Process:
        return self._processes[slot.number // TAPES_A_PROCESS]

    def _send_cuts(self) -> None:
        """Give every tape the files around the clock, where it does not have them yet."""
        at_s = self.position()
        for slot in self._slots:
            if slot.camera is None or self._process_of(slot).connection is None:
                continue
            cuts = (
                tuple(cut for cut in self._cuts.get(slot.camera, ()) if cut.segment not in self._dead)
                if self._dead
                else self._cuts.get(slot.camera, ())
            )
            near = around(cuts, at_s, REACH_S / 2)
            if (
                slot.sent
                and near
                and near[0] in slot.sent
                and near[-1] in slot.sent
                and slot.threaded == slot.generation
            ):
                continue
            wide = around(cuts, at_s, REACH_S)
            if wide == slot.sent:
                continue
            order = Thread(
                tape=slot.number, generation=slot.generation, camera=slot.camera, masks=slot.masks, cuts=wide
            )
            if self._send(self._process_of(slot), order):
                slot.sent = wide

    def _send(self, process: _Process, message: ToTapes) -> bool:
        if process.connection is None:
            return False
        try:
            process.connection.send(message)
        except OSError:
            return False
        return True
