"""One camera's newest pictures in shared memory: a worker writes, the window reads, nothing queues.

The memory is a nameless file of the kernel (`memfd`): the reader makes it, a worker gets its
descriptor. There is no name to leave behind, no tracker that could remove it too early, and no
`/dev/shm` that could be too small; it is gone when the last process that holds it is gone, however
that process ended.

One page of 64-bit words comes first, then three slots. Each word is written by one side only and
in one store, so that no lock is shared with a process that may be killed at any instant. A slot is
guarded by a sequence lock: its word is odd while the slot is written and even when it is whole; a
reader who finds the same even word before and after has seen one frame and not parts of two. The
order of stores is the processor's own (x86-64); elsewhere the calls in between act as fences in
practice, and a torn frame is the worst that could come of it.

Frames are `width * height * 4` bytes BGRA without padding. The largest size is fixed when the ring
is made, so that a tile that grows never moves the memory; pages that were never written cost
nothing.
"""

import mmap
import os
from struct import Struct
from types import TracebackType
from typing import Final, NamedTuple, Self

from console.models.load import Pace
from console.models.pictures import Load, Picture
from console.models.zoom import WHOLE, Region

MAX_WIDTH_PX: Final = 1920
MAX_HEIGHT_PX: Final = 1080
SLOTS: Final = 3
FORGOTTEN_NS: Final = 300_000_000
"""A frame that waited this long for somebody to look, while newer ones came, is not worth showing."""
OTHER_SIZE_S: Final = 2.0
"""So old a frame of a size that is no longer wanted may be; then its tile rather says that there is none."""

_MAGIC: Final = 0x5A48_4953_484F_5532  # "ZHISHOU2"
_PAGE: Final = 4096
# Words of the first page.
_MAGIC_WORD, _LARGEST, _WANTED, _NEWEST, _BEATS, _BEAT_MONO, _BEAT_WALL, _PROMISE, _TAKEN = range(9)
_PART_WANTED, _PACE, _CPU, _LAG = range(9, 13)
# Words of each slot's part of the first page, which begins at word 16 + 8 * slot.
_FIRST_SLOT, _SLOT_WORDS = 16, 8
_LOCK, _SIZE, _STRIDE, _MONO, _WALL, _PART = range(6)
_SLOT: Final = Struct("6Q")  # native: each word is read at once, and the lock first
_FULL: Final = 0xFFFF
_WHOLE_WORD: Final = _FULL << 16 | _FULL


def fitted(width_px: int, height_px: int) -> tuple[int, int]:
    """Give the size, or the largest of the same shape that a ring can hold; (0, 0) for nothing."""
    if width_px <= 0 or height_px <= 0:
        return 0, 0
    scale = min(1.0, MAX_WIDTH_PX / width_px, MAX_HEIGHT_PX / height_px)
    return max(1, int(width_px * scale)), max(1, int(height_px * scale))


def _pack(width_px: int, height_px: int) -> int:
    return width_px << 32 | height_px


def _unpack(word: int) -> tuple[int, int]:
    return word >> 32, word & 0xFFFF_FFFF


def _pack_region(region: Region) -> int:
    """A part of the picture in one word, so that it is never read half old and half new: sixteen bits an edge."""
    if region == WHOLE:
        return _WHOLE_WORD
    left, top, right, bottom = (round(min(1.0, max(0.0, edge)) * _FULL) for edge in region)
    return left << 48 | top << 32 | max(right, left + 1) << 16 | max(bottom, top + 1)


def _unpack_region(word: int) -> Region:
    if word in (0, _WHOLE_WORD):  # never asked for, or all of it: what nearly every picture is
        return WHOLE
    return (word >> 48) / _FULL, (word >> 32 & _FULL) / _FULL, (word >> 16 & _FULL) / _FULL, (word & _FULL) / _FULL


class Pulse(NamedTuple):
    """How a camera's thread is doing, in its own words; times are of the monotonic clock.

    `frames` counts every frame the camera gave, shown or not; `frame_mono_s` is when it gave the
    last (0.0 before the first); `promise_mono_s` is by when the thread said it would be back from
    what it is doing.
    """

    frames: int
    frame_mono_s: float
    promise_mono_s: float


class _Memory:
    """The mapped segment: words and slots, without a notion of who writes what."""

    def __init__(self, fd: int) -> None:
        self.slot_size = MAX_WIDTH_PX * MAX_HEIGHT_PX * 4
        self.size = _PAGE + SLOTS * self.slot_size
        self.map = mmap.mmap(fd, self.size)
        self.bytes = memoryview(self.map)
        self.words = self.bytes[:_PAGE].cast("Q")

    def slot(self, index: int, size: int) -> memoryview:
        start = _PAGE + index * self.slot_size
        return self.bytes[start : start + size]

    def close(self) -> None:
        self.words.release()
        self.bytes.release()
        try:
            self.map.close()
        except BufferError:
            # A picture is still being held (a tile that has not repainted yet): the mapping goes
            # with it. Nothing else holds the memory, and it has no name.
            return


class Ring:
    """The reading end, which owns the memory. Enter it before use.

    `want`, `latest` and `still` may be called from one thread while another reads `pulse`.
    """

    def __init__(self) -> None:
        self._fd = -1
        self._memory: _Memory | None = None
        self._views: list[memoryview | None] = [None] * SLOTS  # the same for every picture of a size in a slot
        self._wanted = (0, 0)

    def __enter__(self) -> Self:
        self._fd = os.memfd_create("zhishou-pictures", os.MFD_CLOEXEC)
        os.ftruncate(self._fd, _PAGE + SLOTS * MAX_WIDTH_PX * MAX_HEIGHT_PX * 4)
        self._memory = _Memory(self._fd)
        self._memory.words[_LARGEST] = _pack(MAX_WIDTH_PX, MAX_HEIGHT_PX)
        self._memory.words[_MAGIC_WORD] = _MAGIC
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._memory is not None:
            self._views = [None] * SLOTS
            self._memory.close()
            self._memory = None
            os.close(self._fd)
            self._fd = -1

    @property
    def fd(self) -> int:
        """The descriptor to hand to the worker."""
        return self._fd

    def want(self, width_px: int, height_px: int, region: Region = WHOLE) -> None:
        """Ask for frames of this size and part from the next frame on; (0, 0) when nobody looks."""
        if self._memory is not None:
            self._wanted = fitted(width_px, height_px)
            self._memory.words[_PART_WANTED] = _pack_region(region)
            self._memory.words[_WANTED] = _pack(*self._wanted)

    def latest(self, mono_s: float, than: int = -1) -> Picture | None:
        """Give the newest whole frame unless it is number `than`, its age judged at `mono_s`.

        One of another size than is wanted now is given while it is young: better a picture that the window scales for
        a moment than a tile that turns black whenever the wall is cut anew.
        """
        memory = self._memory
        if memory is None:
            return None
        words = memory.words
        newest = words[_NEWEST]
        if newest in (0, than):
            return None
        index = newest % SLOTS
        at = _FIRST_SLOT + _SLOT_WORDS * index
        lock, size, _stride, mono_ns, wall_ns, part = _SLOT.unpack_from(words, 8 * at)
        if lock != 2 * newest:
            return None
        width_px, height_px = _unpack(size)
        age_s = max(0.0, mono_s - mono_ns / 1e9)
        if (width_px, height_px) != self._wanted and (self._wanted == (0, 0) or age_s > OTHER_SIZE_S):
            return None
        pixels = self._views[index]
        if pixels is None or len(pixels) != width_px * height_px * 4:
            pixels = self._views[index] = memory.slot(index, width_px * height_px * 4).toreadonly()
        if words[at + _LOCK] != lock:
            return None
        untaken, words[_TAKEN] = words[_TAKEN] < newest, newest
        if untaken and words[_BEAT_MONO] - mono_ns > FORGOTTEN_NS:
            return None
        return Picture(pixels, width_px, height_px, newest, age_s, _unpack_region(part), wall_ns / 1e9)

    def still(self, picture: Picture) -> bool:
        """Tell whether the picture's memory has not been written since `latest` gave it."""
        memory = self._memory
        if memory is None:
            return False
        at = _FIRST_SLOT + _SLOT_WORDS * (picture.seq % SLOTS)
        return memory.words[at + _LOCK] == 2 * picture.seq

    def pulse(self) -> Pulse:
        """Give what the camera's thread said of itself last."""
        memory = self._memory
        if memory is None:
            return Pulse(0, 0.0, 0.0)
        words = memory.words
        return Pulse(words[_BEATS], words[_BEAT_MONO] / 1e9, words[_PROMISE] / 1e9)

    def pace(self, pace: Pace) -> None:
        """Say how much of the camera's picture is to be shown."""
        if self._memory is not None:
            self._memory.words[_PACE] = pace

    def load(self) -> Load:
        """Give what the camera's pictures have cost so far, and how long one takes at present."""
        if self._memory is None:
            return Load()
        words = self._memory.words
        return Load(words[_BEATS], words[_CPU] / 1e9, words[_LAG] / 1e9)

    def forget_promise(self) -> None:
        """Wipe the last promise, when the thread that gave it is known to be dead."""
        if self._memory is not None:
            self._memory.words[_PROMISE] = 0


class RingWriter:
    """The writing end, in the worker. It goes on where a writer before it was killed.

    Raises ValueError where `fd` is not a ring. The descriptor is closed, the mapping stays.
    """

    def __init__(self, fd: int) -> None:
        self._memory = _Memory(fd)
        os.close(fd)
        words = self._memory.words
        if words[_MAGIC_WORD] != _MAGIC or _unpack(words[_LARGEST]) != (MAX_WIDTH_PX, MAX_HEIGHT_PX):
            raise ValueError("not a picture ring of this version")
        self._words = words
        self._number = words[_NEWEST]
        self._beats = words[_BEATS]

    @property
    def number(self) -> int:
        """How many frames were written so far."""
        return self._number

    def wanted(self) -> tuple[int, int]:
        """Give the size that the window asks for, (0, 0) when nobody looks."""
        return _unpack(self._words[_WANTED])

    def region(self) -> Region:
        """Give the part of the picture that the window asks for."""
        return _unpack_region(self._words[_PART_WANTED])

    def pace(self) -> Pace:
        """Give how much of the camera's picture is to be shown."""
        return Pace(self._words[_PACE])

    def note_load(self, cpu_ns: int, lag_ns: int) -> None:
        """Add thread time that was spent, and say how long a picture takes at present."""
        self._words[_CPU] += cpu_ns
        self._words[_LAG] = lag_ns

    def hungry(self) -> bool:
        """Tell whether the window has taken one of the last two frames, or wants another size now.

        A window that does not refresh, because it is covered or minimised, costs nothing. Two, since
        window and camera tick at the same pace but not at the same moment.
        """
        if self._words[_TAKEN] + 1 >= self._number:
            return True
        at = _FIRST_SLOT + _SLOT_WORDS * (self._number % SLOTS)
        words = self._words
        return words[at + _SIZE] != words[_WANTED] or words[at + _PART] != words[_PART_WANTED]

    def begin(self, width_px: int, height_px: int, region: Region = WHOLE) -> tuple[int, memoryview]:
        """Open the next slot for writing: its index and its `width_px * height_px * 4` bytes.

        What lies in it is the frame of three frames before. `commit` must follow.
        """
        number = self._number + 1
        index = number % SLOTS
        at = _FIRST_SLOT + _SLOT_WORDS * index
        self._words[at + _LOCK] = 2 * number - 1
        self._words[at + _SIZE] = _pack(width_px, height_px)
        self._words[at + _STRIDE] = width_px * 4
        self._words[at + _PART] = _pack_region(region)
        return index, self._memory.slot(index, width_px * height_px * 4)

    def commit(self, mono_ns: int, wall_ns: int) -> None:
        """Make the slot that `begin` gave the newest frame, taken at these times (ns)."""
        number = self._number + 1
        at = _FIRST_SLOT + _SLOT_WORDS * (number % SLOTS)
        self._words[at + _MONO] = mono_ns
        self._words[at + _WALL] = wall_ns
        self._words[at + _LOCK] = 2 * number
        self._words[_NEWEST] = number
        self._number = number

    def beat(self, mono_ns: int, wall_ns: int, promise_ns: int) -> None:
        """Say that the camera gave a frame, shown or not, and promise to be back in `promise_ns`."""
        words = self._words
        self._beats += 1
        words[_BEAT_MONO] = mono_ns
        words[_BEAT_WALL] = wall_ns
        words[_PROMISE] = mono_ns + promise_ns
        words[_BEATS] = self._beats

    def promise(self, mono_ns: int) -> None:
        """Say by when this thread will be back; whoever is later than that has hung."""
        self._words[_PROMISE] = mono_ns

    def close(self) -> None:
        """Let the memory go."""
        self._memory.close()
