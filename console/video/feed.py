"""One camera's thread in a worker: open it, read it, paint what is wanted, judge what is ruled."""

import random
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from console.models.errors import ConsoleError
from console.models.load import STILLS_EVERY_S, Pace
from console.models.masks import Mask
from console.models.site import Camera
from console.models.text import Text
from console.models.zoom import WHOLE, Region
from console.video.analyst import Analyst
from console.video.backing_off import back_off_s
from console.video.cv import cv2
from console.video.decoding import place_for
from console.video.facts import Snapshot
from console.video.frames import STILL_QUALITY, Frame, thinned
from console.video.jpeg import jpeg_of
from console.video.kinds import CameraSpec, Capture, Setting, Workbench
from console.video.masks import paint_masks
from console.video.recent import Recent
from console.video.ring import SLOTS, RingWriter
from console.video.wire import FromWorker, Lost, Opened, SnapshotMade

FULL_ABOVE: Final = 1.3
CHANGE_AFTER_S: Final = 0.6
FULL_AGAIN_S: Final = 60.0
MOVED_EVERY_S: Final = 0.25
PROMISE_S: Final = 12.0
PROMISE_NS: Final = int(PROMISE_S * 1e9)
SLOW_S: Final = 1.0
"""How often a camera that cannot give key frames alone is painted at that pace."""
LAG_OVER: Final = 16
"""The delay of a picture is a mean over about so many."""

_ENDED = Text("画面已中断，正在重新连接", "The picture broke off; connecting again")
_NO_VIDEO = Text("摄像机应答了，但没有送来视频", "The camera answered but sends no video")


class Painter:
    """Paints frames into a ring at exactly the size that is wanted, keeping their shape."""

    def __init__(self, ring: RingWriter, bench: Workbench) -> None:
        self._ring = ring
        self._bench = bench
        self._shapes: list[tuple[int, ...]] = [()] * SLOTS
        self._targets: list[Frame] = [np.empty((0, 0, 4), np.uint8)] * SLOTS

    def paint(
        self, frame: Frame, width_px: int, height_px: int, mono_ns: int, wall_ns: int, region: Region = WHOLE
    ) -> None:
        """Write `frame`, or a part of it, as the newest picture; black bars where its shape is another."""
        index, memory = self._ring.begin(width_px, height_px, region)
        if region != WHOLE:
            frame = cut(frame, region)
        shape = (width_px, height_px, *frame.shape[:2])
        if self._shapes[index] != shape:
            self._shapes[index] = shape
            self._targets[index] = self._place(memory, *shape)
        target = self._targets[index]
        if frame.shape[:2] != target.shape[:2]:
            rows, columns = target.shape[:2]
            small = place_for(self._bench.tiles, rows, columns)
            frame = cv2.resize(thinned(frame, rows), (columns, rows), dst=small, interpolation=cv2.INTER_LINEAR)
        cv2.cvtColor(frame, cv2.COLOR_BGR2BGRA, dst=target)
        self._ring.commit(mono_ns, wall_ns)

    def _place(self, memory: memoryview, width_px: int, height_px: int, rows: int, columns: int) -> Frame:
        """The part of a slot that frames of this size are painted on; the rest is made black."""
        slot = np.frombuffer(memory, np.uint8).reshape(height_px, width_px, 4)
        inner_w, inner_h = _inner(columns, rows, width_px, height_px)
        if (inner_w, inner_h) != (width_px, height_px):
            slot[:] = (0, 0, 0, 255)
        left, top = (width_px - inner_w) // 2, (height_px - inner_h) // 2
        return slot[top : top + inner_h, left : left + inner_w]


def cut(frame: Frame, region: Region) -> Frame:
    """A part of a frame, in its own pixels and without a copy; at least two rows and columns."""
    rows, columns = frame.shape[:2]
    left, top = min(columns - 2, int(region[0] * columns)), min(rows - 2, int(region[1] * rows))
    right, bottom = max(left + 2, round(region[2] * columns)), max(top + 2, round(region[3] * rows))
    return frame[top:bottom, left:right]


def _inner(columns: int, rows: int, width_px: int, height_px: int) -> tuple[int, int]:
    """The largest size of the frame's shape within the tile; the tile itself if nearly the same.

    2 % of difference is what whole pixels make of a small tile; nobody sees it.
    """
    if abs(columns * height_px - rows * width_px) <= 0.02 * rows * width_px:
        return width_px, height_px
    scale = min(width_px / columns, height_px / rows)
    return max(1, round(columns * scale)), max(1, round(rows * scale))


class Meter:
    """Which frames are painted at a pace, and what they cost; of one camera's thread."""

    def __init__(self, ring: RingWriter) -> None:
        self._ring = ring
        self._cpu_ns = time.thread_time_ns()
        self._lag_ns = 0.0
        self._odd = False
        self._painted_s = 0.0

    def paints(self, pace: Pace, mono_s: float, *, key_frames: bool) -> bool:
        """Whether this frame is to be painted. `key_frames` says that none but key frames come anyway."""
        if pace is Pace.FULL:
            return True
        if pace is Pace.HALF:
            self._odd = not self._odd
            return self._odd
        every_s = STILLS_EVERY_S if pace is Pace.STILLS else 0.0 if key_frames else SLOW_S
        return mono_s - self._painted_s >= every_s

    def painted(self, mono_ns: int) -> None:
        """A frame that was taken at `mono_ns` has been painted just now."""
        self._painted_s = mono_ns / 1e9
        self._lag_ns += (time.monotonic_ns() - mono_ns - self._lag_ns) / LAG_OVER

    def note(self) -> None:
        """Say what the thread has spent since."""
        now_ns = time.thread_time_ns()
        self._ring.note_load(now_ns - self._cpu_ns, int(self._lag_ns))
        self._cpu_ns = now_ns


class Choice:
    """Which of a camera's two streams to read: the small one for a wall, the full one for a close look.

    The full stream is worth its decoding only where the tile is clearly larger than the small one,
    and only if it stays so for a moment: somebody may be pulling at the window's edge.
    """

    def __init__(self, camera: Camera) -> None:
        self.full = False
        self._has_full = bool(camera.main_address)
        self._small_px = 0
        self._differs_since_s: float | None = None
        self._not_before_s = 0.0

    def opened(self, height_px: int) -> None:
        """Note how high the stream is that was opened."""
        if not self.full:
            self._small_px = height_px

    def refused(self, mono_s: float) -> None:
        """The full stream could not be had: the small one will do for a while."""
        self.full = False
        self._not_before_s = mono_s + FULL_AGAIN_S

    def wants_other(self, tile_px: int, mono_s: float) -> bool:
        """Whether to change to the other stream now, for a tile of this height (0: nobody looks)."""
        if not self._has_full or not self._small_px:
            return False
        fits = tile_px <= self._small_px * FULL_ABOVE
        if fits is not self.full or (not fits and mono_s < self._not_before_s):
            self._differs_since_s = None
            return False
        if self._differs_since_s is None:
            self._differs_since_s = mono_s
        if mono_s - self._differs_since_s < CHANGE_AFTER_S:
            return False
        self._differs_since_s = None
        self.full = not self.full
        return True


class Feed:
    """A camera being watched. `run` is the thread's body and returns when `stop` is set."""

    def __init__(
        self,
        setting: Setting,
        ring: RingWriter,
        spec: CameraSpec,
        analyst: Analyst,
        send: Callable[[FromWorker], None],
        stop: threading.Event,
    ) -> None:
        self._setting = setting
        self._camera = setting.camera
        self._ring = ring
        self._spec = spec
        self._send = send
        self._stop = stop
        self._requests: deque[int] = deque()
        self._cues: deque[str] = deque()
        self.recent = Recent()
        self._painter = Painter(ring, setting.bench)
        self._key_frames = False
        self._gives_key_frames = spec.key_frames
        self._choice = Choice(self._camera)
        self._moved: tuple[str, str] | None = None
        self.analyst = analyst
        self._masks = setting.camera.masks
        self._lifted: tuple[float, tuple[Mask, ...]] = (0.0, ())

    def lift_masks(self, painted: tuple[Mask, ...], for_s: float) -> None:
        """Paint live pictures with only these masks for so long."""
        self._lifted = (time.monotonic() + for_s, painted)

    def take_snapshot(self, request: int) -> None:
        """Ask for the next frame as a JPEG; answered by a message."""
        self._requests.append(request)

    def cue(self, name: str) -> None:
        """Hand a cue to the camera with the next frame."""
        self._cues.append(name)

    def readdress(self, address: str, main_address: str) -> None:
        """The camera's streams are elsewhere: what is open is left, and they are opened there at once."""
        self._moved = (address, main_address)

    def run(self) -> None:
        """Open and read the camera again and again."""
        try:
            self._run()
        finally:
            self.analyst.finish()

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            if self._moved is not None:
                failures = 0
                self._take_address(*self._moved)
            self._promise(self._spec.opens_within_s)
            full, key_frames, reason = self._choice.full, self._key_frames, _NO_VIDEO
            try:
                with closing(self._spec.open(self._wanted_setting())) as capture:
                    if self._watch(capture):
                        failures, reason = 0, _ENDED
            except ConsoleError as error:
                reason = error.text
            if self._stop.is_set():
                return
            if self._moved is not None:
                continue
            if full is not self._choice.full or key_frames is not self._key_frames:
                continue
            if full:
                self._choice.refused(time.monotonic())
                continue
            failures += 1
            self._wait(failures, reason)

    def _take_address(self, address: str, main_address: str) -> None:
        self._moved = None
        self._camera = replace(self._camera, address=address, main_address=main_address)
        self._setting = replace(self._setting, camera=self._camera)
        self._choice = Choice(self._camera)

    def _wanted_setting(self) -> Setting:
        """The setting to open now: the camera's own, or with its full stream's address."""
        setting = replace(self._setting, key_frames=self._key_frames) if self._key_frames else self._setting
        if not self._choice.full:
            return setting
        return replace(setting, camera=replace(self._camera, address=self._camera.main_address))

    def _other_decoding(self, pace: Pace) -> bool:
        """Whether the stream has to be opened anew, to decode key frames alone or everything again.

        A camera with rules is always decoded in full: what is not looked at raises no alarm.
        """
        wanted = pace >= Pace.KEY_FRAMES and self._gives_key_frames and not self.analyst.judges
        if wanted is self._key_frames:
            return False
        self._key_frames = wanted
        return True

    def _wait(self, failures: int, reason: Text) -> None:
        """Say what is wrong and when the camera is tried again, and wait until then."""
        wait_s = back_off_s(failures, random.random())  # noqa: S311 - spread, not secrecy
        next_try_at = datetime.now(UTC) + timedelta(seconds=wait_s)
        self._send(Lost(camera=self._camera.id, reason=reason, next_try_at=next_try_at))
        self._promise(wait_s + self._spec.opens_within_s)
        self._refuse_requests(reason)
        until_s = time.monotonic() + wait_s
        while self._moved is None and (left_s := until_s - time.monotonic()) > 0:
            if self._stop.wait(min(left_s, MOVED_EVERY_S)):
                return

    def _watch(self, capture: Capture) -> bool:
        """Read frames until the camera ends or its other stream is wanted; tell whether it gave any."""
        analyst = self.analyst
        ring, two_streams = self._ring, bool(self._camera.main_address)
        stopped = self._stop.is_set
        told = False
        meter = Meter(ring)
        self._promise(PROMISE_S)
        while not stopped() and self._moved is None:
            if not capture.grab():
                if self._key_frames:  # they are too far apart: this camera is decoded in full from now on
                    self._key_frames = self._gives_key_frames = False
                return told
            mono_ns, wall_ns = time.monotonic_ns(), time.time_ns()
            ring.beat(mono_ns, wall_ns, PROMISE_NS)
            if not told:
                told = True
                self._choice.opened(capture.height_px)
                self._tell_opened(capture)
                analyst.opened()
            if self._cues:
                capture.cue(self._cues.popleft())
            width_px, height_px = ring.wanted()
            mono_s, region, pace = mono_ns / 1e9, ring.region(), ring.pace()
            paint = width_px > 0 and ring.hungry() and meter.paints(pace, mono_s, key_frames=self._key_frames)
            # A part of the picture is looked at as closely as a picture that is larger by as much.
            looked_at_px = round(height_px / (region[3] - region[1]))
            if two_streams and self._choice.wants_other(looked_at_px, mono_s):
                return told
            if self._other_decoding(pace):
                return told
            due = analyst.due(mono_s)
            keep = self.recent.due(mono_s)
            if not (paint or due or keep or self._requests):
                meter.note()
                continue
            with self._setting.bench.turn:
                frame = capture.retrieve()
                shown = paint_masks(frame, self._masks)  # what is judged stays whole, what is shown does not
                if paint:
                    until_s, fewer = self._lifted
                    live = paint_masks(frame, fewer) if mono_s < until_s else shown
                    self._painter.paint(live, width_px, height_px, mono_ns, wall_ns, region)
                    meter.painted(mono_ns)
                if keep:
                    self.recent.add(shown, mono_s, wall_ns, width_px)
                if due:
                    age_s = time.monotonic() - mono_s
                    small, every_frame = not self._choice.full, not self._key_frames
                    analyst.look(frame, mono_s, wall_ns, small=small, every_frame=every_frame, age_s=age_s)
                while self._requests:
                    self._answer(self._requests.popleft(), shown, wall_ns)
            meter.note()
        return told

    def _promise(self, seconds: float) -> None:
        self._ring.promise(time.monotonic_ns() + int(seconds * 1e9))

    def _tell_opened(self, capture: Capture) -> None:
        self._send(
            Opened(
                camera=self._camera.id,
                width_px=capture.width_px,
                height_px=capture.height_px,
                fps=capture.fps,
            )
        )

    def _answer(self, request: int, frame: Frame, wall_ns: int) -> None:
        jpeg = jpeg_of(frame, STILL_QUALITY)
        if not jpeg:
            reason = Text("画面无法压缩成图片", "The picture could not be compressed")
            self._send(SnapshotMade(request=request, snapshot=None, reason=reason))
            return
        snapshot = Snapshot(
            camera=self._camera.id,
            jpeg=jpeg,
            taken_at=datetime.fromtimestamp(wall_ns / 1e9, UTC),
            width_px=int(frame.shape[1]),
            height_px=int(frame.shape[0]),
        )
        self._send(SnapshotMade(request=request, snapshot=snapshot))

    def _refuse_requests(self, reason: Text) -> None:
        while self._requests:
            request = self._requests.popleft()
            self._send(SnapshotMade(request=request, snapshot=None, reason=reason))
