"""Streams and files through OpenCV's FFmpeg: opening with time limits, reading into one buffer."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from typing_extensions import override

from console.models.errors import ConsoleError
from console.models.text import Text
from console.video.cv import cv2
from console.video.frames import Frame
from console.video.kinds import Workbench

OPEN_LIMIT_MS: Final = 4000
READ_LIMIT_MS: Final = 3000
STALLED_S: Final = 0.9 * READ_LIMIT_MS / 1e3
LATE_S: Final = 1.0
"""A recording that is played later than this skips the time it has lost instead of racing."""


def place_for(memory: dict[tuple[int, int], Any], rows: int, columns: int) -> Frame:
    """The place for BGR frames of this size in a bench's memory; what lies in it is of whoever worked before."""
    if (rows, columns) not in memory:
        memory[rows, columns] = np.empty((rows, columns, 3), np.uint8)
    return np.asarray(memory[rows, columns])


class Stream:
    """An open capture: frames come as fast as they are asked for. Owned by one thread.

    `failed` is the sentence for a capture that cannot be opened or gives frames nobody can convert.
    """

    def __init__(self, source: str | int, failed: Text, bench: Workbench, *, key_frames: bool = False) -> None:
        self._failed = failed
        self._bench = bench
        with _options(bench, key_frames=key_frames):
            self._capture = _open(source, failed)
        self.width_px = int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        self.height_px = int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        if self.width_px <= 0 or self.height_px <= 0:
            # Joined while nothing came: frames of this capture could never be shown.
            self._capture.release()
            raise ConsoleError(failed.zh, failed.en)
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps = fps if 0.0 < fps <= 240.0 else 0.0

    def grab(self) -> bool:
        """Wait for the next frame and decode it; False when the stream has ended or stalled."""
        return bool(self._capture.grab())

    def retrieve(self) -> Frame:
        """Convert the frame grabbed last to BGR, in the bench's memory for frames of this size."""
        place = place_for(self._bench.frames, self.height_px, self.width_px)
        try:
            got, frame = self._capture.retrieve(place)
        except cv2.error as error:
            raise ConsoleError(self._failed.zh, self._failed.en) from error
        if not got:
            raise ConsoleError(self._failed.zh, self._failed.en)
        return np.asarray(frame)

    def position_s(self) -> float:
        """The time of the frame grabbed last within the recording."""
        return float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1e3

    def cue(self, name: str) -> None:
        """Real cameras take no cues."""

    def close(self) -> None:
        """Let the stream go; only ever called by the thread that reads it."""
        self._capture.release()


class LiveStream(Stream):
    """A stream of a network camera.

    After a stall the decoder gives out what it still held, as if it were new, and nothing more ever
    comes: a frame that took as long as the time limit is the end of the stream. It ends too where `changed` says that the
    camera sends something else than what was opened.
    """

    def __init__(
        self, source: str, failed: Text, bench: Workbench, *, changed: Callable[[], bool], key_frames: bool = False
    ) -> None:
        super().__init__(source, failed, bench, key_frames=key_frames)
        self._changed = changed

    @override
    def grab(self) -> bool:
        began_s = time.monotonic()
        return super().grab() and time.monotonic() - began_s < STALLED_S and not self._changed()


class Device(Stream):
    """A camera at this computer."""

    def __init__(self, number: int, bench: Workbench) -> None:
        super().__init__(number, _NO_DEVICE, bench)
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)


class Recording:
    """A file played as if it were live: each frame when its own time stamp says, then from the top.

    Time stamps are believed and not the frame rate in the header, which some files have wrong.
    """

    def __init__(self, path: Path, bench: Workbench, *, loop: bool) -> None:
        self._path = path
        self._bench = bench
        self._loop = loop
        self._stream = Stream(str(path), _UNREADABLE, bench)
        self.width_px = self._stream.width_px
        self.height_px = self._stream.height_px
        self.fps = self._stream.fps
        self._start_s = time.monotonic()
        self._last_s = 0.0
        self._frames = 0

    def grab(self) -> bool:
        """Decode the next frame and wait until it is due."""
        if not self._stream.grab() and not self._rewind():
            return False
        position_s = self._stream.position_s()
        if position_s <= self._last_s and self._frames:
            position_s = self._last_s + 1.0 / (self.fps or 25.0)
        self._last_s = position_s
        self._frames += 1
        wait_s = self._start_s + position_s - time.monotonic()
        if wait_s > 0.0:
            time.sleep(min(wait_s, 5.0))
        elif wait_s < -LATE_S:
            self._start_s -= wait_s
        return True

    def retrieve(self) -> Frame:
        """The frame grabbed last."""
        return self._stream.retrieve()

    def cue(self, name: str) -> None:
        """Recordings take no cues."""

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _rewind(self) -> bool:
        """Begin again; False where the file ends for good. A file without frames is an error."""
        if not self._frames:
            raise ConsoleError(_UNREADABLE.zh, _UNREADABLE.en)
        if not self._loop:
            raise ConsoleError(_OVER.zh, _OVER.en)
        self._stream.close()
        self._stream = Stream(str(self._path), _UNREADABLE, self._bench)
        self._start_s += self._last_s + 1.0 / (self.fps or 25.0)
        self._last_s = 0.0
        self._frames = 0
        return self._stream.grab()


_NO_DEVICE = Text(
    "USB 摄像机打不开，可能正被别的程序占用",
    "The USB camera cannot be opened; another program may be using it",
)
_UNREADABLE = Text("录像文件无法解码，可能已损坏", "The recording cannot be decoded; the file may be damaged")
_OVER = Text("录像已播放完毕", "The recording has ended")


_OPTIONS: Final = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
_KEY_FRAMES: Final = "avdiscard;nonkey"
_READ_AFTER_S: Final = 0.1


@contextmanager
def _options(bench: Workbench, *, key_frames: bool) -> Iterator[None]:
    """Let what is opened within decode key frames alone, or everything.

    OpenCV reads its options from the environment of the process, in the first instant of an opening that may last
    seconds. Whoever opens has them to itself for that instant, and not until the opening is over.
    """
    now = os.environ.get(_OPTIONS, "")
    if not key_frames and _KEY_FRAMES not in now and not bench.options.locked():
        yield
        return
    bench.options.acquire()
    timer = threading.Timer(_READ_AFTER_S, bench.options.release)
    plain = "|".join(part for part in os.environ.get(_OPTIONS, "").split("|") if part and part != _KEY_FRAMES)
    wanted = "|".join(part for part in (plain, _KEY_FRAMES if key_frames else "") if part)
    if wanted:
        os.environ[_OPTIONS] = wanted
    else:
        os.environ.pop(_OPTIONS, None)
    timer.daemon = True
    timer.start()
    yield


def _open(source: str | int, failed: Text) -> cv2.VideoCapture:
    limits = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        OPEN_LIMIT_MS,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        READ_LIMIT_MS,
        # One thread a decoder: more add delay and cost more than they bring at these sizes.
        cv2.CAP_PROP_N_THREADS,
        1,
    ]
    try:
        if isinstance(source, int):
            capture = cv2.VideoCapture(source, cv2.CAP_V4L2)
        else:
            capture = cv2.VideoCapture(source, cv2.CAP_FFMPEG, limits)
    except cv2.error as error:
        raise ConsoleError(failed.zh, failed.en) from error
    if not capture.isOpened():
        capture.release()
        raise ConsoleError(failed.zh, failed.en)
    return capture
