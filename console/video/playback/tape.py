"""One camera's thread of playback: it follows the common clock and paints the picture of the moment."""

import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from pathlib import Path
from typing import Final

from console.models.playback import KEY_FRAMES_ABOVE, Cut, How, Motion, TapeState, cut_at, next_cut
from console.video.cv import cv2
from console.video.feed import Painter
from console.video.frames import Frame
from console.video.kinds import Workbench
from console.video.masks import paint_masks
from console.video.playback.film import Film, Unreadable
from console.video.playback.index import SAME_S
from console.video.playback.wire import Found, Opening, TapeSaid, Thread, Threaded, ToPlayer
from console.video.ring import RingWriter

PROMISE_NS: Final = 4_000_000_000
"""Whatever this thread does, it is back within this; the player ends the process of one that is not."""
IDLE_S: Final = 0.05
SOONEST_S: Final = 0.004
GROWTH_S: Final = 0.5
KEY_FRAMES_EVERY_S: Final = 0.12
"""Above four times the speed a new picture comes at most this often."""

Shown = tuple[str, int, int, int, object]


class Tape:
    """A tape of the player. `send` gives word to the player; all else happens in `run`, in a thread of its own."""

    def __init__(self, number: int, ring: RingWriter, send: Callable[[ToPlayer], None]) -> None:
        self._number, self._ring, self._send = number, ring, send
        self._painter = Painter(ring, Workbench())
        self._wake = threading.Event()
        self._stopped = False
        self._thread: Thread | None = None
        self._taken: Thread | None = None
        self._asked: list[tuple[int, float, bool]] = []
        self._motion = Motion(0.0, 0.0)
        self._film: Film | None = None
        self._cut: Cut | None = None
        self._shown: Shown | None = None
        self._serial = -1
        self._said: TapeSaid | None = None
        self._dead: dict[str, float] = {}
        self._looked_s = 0.0
        self._painted_s = 0.0

    # ---- from the process's first thread -------------------------------------------------------

    def thread(self, message: Thread) -> None:
        """Take other files."""
        self._thread = message
        self._wake.set()

    def move(self, motion: Motion) -> None:
        """Follow the clock from here; what was being looked for is given up."""
        self._motion = motion
        self._wake.set()

    def find(self, request: int, at_s: float, forward: bool) -> None:
        """Look for the picture beside a moment."""
        self._asked.append((request, at_s, forward))
        self._wake.set()

    def stop(self) -> None:
        """End `run`."""
        self._stopped = True
        self._wake.set()

    # ---- the tape's thread ---------------------------------------------------------------------

    def run(self) -> None:
        """Paint until told to stop."""
        while not self._stopped:
            self._ring.promise(time.monotonic_ns() + PROMISE_NS)
            self._wake.clear()
            self._take_files()
            while self._asked:
                self._answer(*self._asked.pop(0))
            wait_s = self._turn()
            if wait_s > 0:
                self._wake.wait(wait_s)
        self._leave_film()

    def _take_files(self) -> None:
        message = self._thread
        if message is None or message is self._taken:
            return
        if self._taken is None or message.generation != self._taken.generation:
            self._leave_film()
            self._shown, self._said, self._serial = None, None, -1
            self._dead.clear()
            self._send(Threaded(tape=self._number, generation=message.generation, seq=self._ring.number))
        self._taken = message
        if self._cut is not None:  # the same file may have been finished meanwhile
            self._cut = next((cut for cut in message.cuts if cut.segment == self._cut.segment), self._cut)

    def _turn(self) -> float:
        """Show what belongs to the moment; how long there is nothing to do then, in seconds."""
        motion, taken = self._motion, self._taken
        width_px, _height_px = self._ring.wanted()
        if taken is None or not taken.cuts or width_px <= 0:
            return IDLE_S
        at_s = motion.now(time.monotonic())
        cut = cut_at(taken.cuts, at_s)
        if cut is None:
            self._say(TapeState.WAITING)
            self._serial = motion.serial
            following = next_cut(taken.cuts, at_s)
            if following is None or motion.speed <= 0:
                return IDLE_S
            return min(IDLE_S, (following.from_s - at_s) / motion.speed + SOONEST_S)
        try:
            film = self._film_of(cut)
            return self._follow(film, cut, motion, at_s) if film is not None else IDLE_S
        except Unreadable as bad:
            until_s = cut.wall_s(bad.until_s) if bad.until_s is not None else cut.until_s
            self._say(TapeState.DAMAGED, cut.wall_s(bad.from_s), until_s if until_s is not None else at_s)
        except (OSError, cv2.error):
            self._leave_film()
            self._dead[cut.segment] = time.monotonic()
            self._say(TapeState.DAMAGED, cut.from_s, cut.until_s if cut.until_s is not None else at_s)
        self._serial = motion.serial
        return IDLE_S

    def _film_of(self, cut: Cut) -> Film | None:
        if self._film is not None and self._cut is not None and self._cut.segment == cut.segment:
            return self._film
        tried_s = self._dead.get(cut.segment)
        if tried_s is not None and (cut.until_s is not None or time.monotonic() - tried_s < GROWTH_S):
            self._say(TapeState.DAMAGED, cut.from_s, cut.until_s or cut.from_s)
            return None
        self._leave_film()
        self._send(Opening(tape=self._number, cut=cut))
        try:
            self._film = Film(Path(cut.path), cut.codec)
        except Unreadable as empty:
            if cut.until_s is None:  # nothing of it has reached the disk yet
                self._dead[cut.segment] = time.monotonic()
                self._say(TapeState.WAITING)
                return None
            raise OSError(5, "no pictures") from empty
        self._cut = cut
        return self._film

    def _leave_film(self) -> None:
        if self._film is not None:
            self._film.close()
        self._film = self._cut = None

    def _follow(self, film: Film, cut: Cut, motion: Motion, at_s: float) -> float:
        media_s = cut.media_s(at_s)
        index = film.index
        if cut.until_s is None and media_s > index.stamps[-1] and time.monotonic() - self._looked_s > GROWTH_S:
            self._looked_s = time.monotonic()
            film.grow()
            index = film.index
        # Backwards every picture would be decoded from the key picture before it, again and again.
        fast = motion.speed > KEY_FRAMES_ABOVE or motion.speed < 0
        key_place = index.place(index.keys[index.key(media_s)][0])
        place = key_place if fast or motion.how is How.DRAG else index.place(media_s)
        if fast and time.monotonic() - self._painted_s < KEY_FRAMES_EVERY_S:
            return IDLE_S / 2
        fresh = motion.serial != self._serial
        if fresh and motion.how is How.SEEK and place != key_place and not film.nearby(place):
            self._show(film, cut, key_place, motion, alone=True)  # a picture at once, the exact one after it
        if self._show(film, cut, place, motion, alone=fast or motion.how is How.DRAG):
            self._serial = motion.serial
        if motion is not self._motion or motion.speed <= 0:
            return 0.0 if motion is not self._motion else IDLE_S
        if place + 1 >= len(index.stamps):
            return IDLE_S / 2
        due_s = (cut.wall_s(index.stamps[place + 1]) - motion.now(time.monotonic())) / motion.speed
        return min(IDLE_S, max(due_s, 0.0))

    def _show(self, film: Film, cut: Cut, place: int, motion: Motion, *, alone: bool = False) -> bool:
        width_px, height_px = self._ring.wanted()
        region = self._ring.region()
        shown: Shown = (cut.segment, place, width_px, height_px, region)
        if shown == self._shown:
            self._say(TapeState.PICTURE)
            return True
        self._ring.promise(time.monotonic_ns() + PROMISE_NS)
        if alone:
            frame = film.key_picture(place, lambda: self._motion is not motion)
        else:
            frame = film.picture(place, lambda: self._motion is not motion, keep=motion.how is How.STEP)
        if frame is None:
            return False
        self._paint(frame, width_px, height_px, cut.wall_s(film.index.stamps[place]), region)
        self._shown = shown
        self._say(TapeState.PICTURE)
        return True

    def _paint(self, frame: Frame, width_px: int, height_px: int, taken_s: float, region: object) -> None:
        if self._taken is None or width_px <= 0:
            return
        masked = paint_masks(frame, self._taken.masks)
        mono_ns = time.monotonic_ns()
        self._painter.paint(masked, width_px, height_px, mono_ns, int(taken_s * 1e9), region)  # type: ignore[arg-type]
        self._ring.beat(mono_ns, mono_ns, PROMISE_NS)
        self._painted_s = mono_ns / 1e9

    def _say(self, state: TapeState, from_s: float = 0.0, until_s: float = 0.0) -> None:
        if self._taken is None:
            return
        said = TapeSaid(
            tape=self._number, generation=self._taken.generation, state=state, from_s=from_s, until_s=until_s
        )
        if said != self._said:
            self._said = said
            self._send(said)

    # ---- one picture on, one back --------------------------------------------------------------

    def _answer(self, request: int, at_s: float, forward: bool) -> None:
        try:
            found = self._beside(at_s, forward)
        except (OSError, cv2.error, Unreadable):
            found = None
        self._send(Found(request=request, at_s=found))

    def _beside(self, at_s: float, forward: bool) -> float | None:
        cuts = self._taken.cuts if self._taken is not None else ()
        cut = cut_at(cuts, at_s)
        if cut is not None and (film := self._film_of(cut)) is not None:
            stamps, media_s = film.index.stamps, cut.media_s(at_s)
            place = film.index.place(media_s)
            place = (
                bisect_right(stamps, stamps[place] + SAME_S)
                if forward
                else bisect_left(stamps, stamps[place] - SAME_S) - 1
            )
            if 0 <= place < len(stamps):
                found_s = cut.wall_s(stamps[place])
                following = next_cut(cuts, cut.from_s)
                if following is None or found_s < following.from_s:
                    return found_s
        if forward:
            following = next_cut(cuts, cut.from_s if cut is not None else at_s)
            return following.from_s if following is not None else None
        begin_s = cut.from_s if cut is not None else at_s
        before = [one for one in cuts if one.from_s < begin_s - SAME_S]
        film = self._film_of(before[-1]) if before else None
        if film is None:
            return None
        return min(before[-1].wall_s(film.index.stamps[-1]), begin_s - SAME_S)
