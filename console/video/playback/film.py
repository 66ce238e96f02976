"""One recorded file, opened to be looked at: any picture of it, exactly, from the key picture before it."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from console.models.recording import Codec
from console.video.cv import cv2
from console.video.frames import Frame
from console.video.playback.index import SAME_S, Index, read_index

OPEN_LIMIT_MS: Final = 2500
KEPT_BYTES: Final = 48 << 20
"""What is kept of pictures just before the one shown, so that stepping back costs nothing: so much a camera."""
WORTH_OPENING: Final = 12
"""A decoder that is fewer pictures than this before a key picture goes on decoding instead of beginning there."""

BEGIN_BEFORE: Final = 2
_LIMITS: Final = [
    cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
    OPEN_LIMIT_MS,
    cv2.CAP_PROP_READ_TIMEOUT_MSEC,
    OPEN_LIMIT_MS,
    cv2.CAP_PROP_N_THREADS,
    1,
]


class Unreadable(Exception):
    """Nothing can be shown around this time; the group of pictures from `from_s` until `until_s` of the file is bad."""

    def __init__(self, from_s: float, until_s: float | None) -> None:
        super().__init__(f"{from_s} {until_s}")
        self.from_s, self.until_s = from_s, until_s


class Film:
    """An open file, owned by one thread. Raises OSError where there is none, Unreadable where it holds no picture."""

    def __init__(self, path: Path, codec: Codec) -> None:
        self._path, self.codec = path, codec
        self.index: Index = read_index(path, codec)
        if not self.index.stamps:
            raise Unreadable(0.0, None)
        self._capture: cv2.VideoCapture | None = None
        self._first_s = 0.0
        self._first_ms = 0.0
        self.place = -1
        self._frame: Frame | None = None
        self._kept: OrderedDict[int, Frame] = OrderedDict()
        self._bad: set[int] = set()

    def grow(self) -> bool:
        """Look again at a file that is still written; True where it has more pictures now."""
        if self._path.stat().st_size <= self.index.size + 188:
            return False
        self.index = read_index(self._path, self.codec)
        if self._capture is not None:  # it was told where the file ended
            self._capture.release()
            self._capture = None
        return True

    def nearby(self, place: int) -> bool:
        """Whether a picture can be had without going back, or beginning at another key picture."""
        return place in self._kept or (self._capture is not None and 0 <= place - self.place <= WORTH_OPENING)

    def picture(self, place: int, given_up: Callable[[], bool], *, keep: bool = False) -> "Frame | None":
        """The picture of that number; None where `given_up` said so meanwhile. `keep` keeps those just before it.

        Raises Unreadable where the pictures around it cannot be decoded.
        """
        if place == self.place and self._frame is not None:
            return self._frame
        if place in self._kept:
            self.place, self._frame = place, self._kept[place]
            self._close()  # the decoder is elsewhere
            return self._frame
        if self.codec is Codec.MJPEG:
            return self._still(place)
        key = self.index.key(self.index.stamps[place])
        if key in self._bad:
            raise self._unreadable(key)
        key_place = self.index.place(self.index.keys[key][0])
        if self._capture is None or place < self.place or key_place - self.place > WORTH_OPENING:
            self._open(key)
        return self._decode_until(place, key, given_up, keep=keep)

    def key_picture(self, place: int, given_up: Callable[[], bool]) -> "Frame | None":
        """The key picture of that number, decoded by itself: half the time, since nothing behind it is looked at."""
        key = self.index.key(self.index.stamps[place])
        stamp, at, length = self.index.keys[key]
        if self.codec is Codec.MJPEG or not length or self.nearby(place) or self.index.place(stamp) != place:
            return self.picture(place, given_up)
        capture = cv2.VideoCapture(f"subfile,,start,{at},end,{at + length},,:{self._path}", cv2.CAP_FFMPEG, _LIMITS)
        try:
            got, frame = capture.read() if capture.isOpened() else (False, None)
        finally:
            capture.release()
        if not got:
            return self.picture(place, given_up)
        self._close()
        self.place, self._frame = place, np.asarray(frame)
        return self._frame

    def _decode_until(self, place: int, key: int, given_up: Callable[[], bool], *, keep: bool) -> "Frame | None":
        room = 0
        capture = self._capture
        assert capture is not None
        while self.place < place:
            if given_up():
                return None
            if not capture.grab():
                self._close()
                last = place == len(self.index.stamps) - 1 and self._frame is not None
                if last:  # a decoder may keep back the very last pictures of a file that was cut off
                    return self._frame
                self._bad.add(key)
                raise self._unreadable(key)
            self._frame = None
            self._note_place(capture)
            if keep and self.place < place:
                room = room or self._room()
                if place - self.place <= room:
                    self._keep(self.place, self._retrieve(capture).copy(), room)
        if self._frame is None:
            self._frame = self._retrieve(capture)
        if keep:
            self._keep(self.place, self._frame.copy(), room or self._room())
        return self._frame

    def _note_place(self, capture: cv2.VideoCapture) -> None:
        ms = float(capture.get(cv2.CAP_PROP_POS_MSEC))
        if self.place < 0:
            self._first_ms = ms
        stamp = self._first_s + (ms - self._first_ms) / 1e3
        self.place = max(self.place, 0, self.index.place(stamp + SAME_S))

    def _room(self) -> int:
        capture = self._capture
        assert capture is not None
        size = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT) * 3)
        return max(1, KEPT_BYTES // max(1, size))

    def _keep(self, place: int, frame: Frame, room: int) -> None:
        self._kept[place] = frame
        self._kept.move_to_end(place)
        while len(self._kept) > room:
            self._kept.popitem(last=False)

    def _retrieve(self, capture: cv2.VideoCapture) -> Frame:
        got, frame = capture.retrieve()
        if not got:
            raise self._unreadable(self.index.key(self.index.stamps[self.place]))
        return np.asarray(frame)

    def _still(self, place: int) -> Frame:
        stamp, at, length = self.index.keys[place]
        with self._path.open("rb") as file:
            file.seek(at)
            frame = cv2.imdecode(np.frombuffer(file.read(length), np.uint8), cv2.IMREAD_COLOR)
        if frame is None:
            raise Unreadable(stamp, self.index.keys[place + 1][0] if place + 1 < len(self.index.keys) else None)
        self.place, self._frame = place, np.asarray(frame)
        return self._frame

    def _open(self, key: int) -> None:
        """Begin decoding at a key picture; at one before it, where so little is behind it that nothing can be told of it."""
        self._close()
        for begin in range(key, max(-1, key - 1 - BEGIN_BEFORE), -1):
            stamp, at, _length = self.index.keys[begin]
            # A part of the file by itself: it begins with its tables and a key picture, so that nothing is searched for.
            address = f"subfile,,start,{at},end,{self.index.size},,:{self._path}"
            capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, _LIMITS)
            if capture.isOpened():
                self._capture, self._first_s, self.place, self._frame = capture, stamp, -1, None
                return
            capture.release()
        self._bad.add(key)
        raise self._unreadable(key)

    def _unreadable(self, key: int) -> Unreadable:
        keys = self.index.keys
        return Unreadable(keys[key][0], keys[key + 1][0] if key + 1 < len(keys) else None)

    def _close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def close(self) -> None:
        """Let the file go."""
        self._close()
        self._kept.clear()
        self._frame = None
