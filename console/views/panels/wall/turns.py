"""Sequences at work: how long each has run, which camera is its turn, and that a hand on the wall makes them wait."""

from collections.abc import Container
from dataclasses import replace

from console.models.ids import CameraId
from console.models.wall import CameraSequence, Stop, turn_at


class Turns:
    """The sequences of one wall: one in each of some tiles, or one over all of it (`whole`)."""

    def __init__(self, pause_s: float) -> None:
        self._pause_s = pause_s
        self._ran: dict[str, float] = {}
        self._stops: dict[str, tuple[Stop, ...]] = {}
        self._at: dict[str, int] = {}
        self._last_s: float | None = None
        self._paused_until_s = float("-inf")
        self._was_paused = False
        self._now_s = 0.0
        self.whole = ""

    @property
    def running(self) -> bool:
        """Whether there is any sequence on the wall."""
        return bool(self._stops)

    @property
    def paused(self) -> bool:
        """Whether they wait because somebody has touched the wall."""
        return self._now_s < self._paused_until_s

    def begin_whole(self, sequence: str) -> None:
        """Run a sequence over the whole wall, from its first camera."""
        self.whole = sequence
        self._ran.pop("whole", None)

    def end(self) -> None:
        """The whole wall shows its layout again."""
        self.whole = ""

    def forget(self) -> None:
        """The wall is put together anew; what is still there will be asked for again."""
        self._stops.clear()

    def touch(self, now_s: float) -> bool:
        """Somebody works on the wall: wait a while. True where there is a sequence that waits now and did not before."""
        if not self.running:
            return False
        self._now_s = now_s
        before, self._paused_until_s = self.paused, now_s + self._pause_s
        return not before

    def tick(self, now_s: float) -> bool:
        """Let time pass; True where another camera has its turn, or the waiting began or ended."""
        last_s, self._last_s, self._now_s = self._last_s, now_s, now_s
        changed, self._was_paused = self.paused != self._was_paused, self.paused
        if last_s is None or self.paused:
            return changed
        for key, stops in self._stops.items():
            self._ran[key] = self._ran.get(key, 0.0) + now_s - last_s
            if turn_at(stops, self._ran[key])[0] != self._at.get(key):
                changed = True
        return changed

    def camera(self, key: str, sequence: CameraSequence, there: Container[CameraId]) -> tuple[CameraId | None, str]:
        """The camera whose turn it is in a tile, and the words for it."""
        stops = tuple(stop for stop in sequence.stops if stop.camera in there)
        if not stops:
            return None, ""
        self._stops[key] = stops
        index, _left_s = turn_at(stops, self._ran.get(key, 0.0))
        self._at[key] = index
        return stops[index].camera, self._words(sequence, index, len(stops))

    def page(
        self, sequence: CameraSequence, capacity: int, there: Container[CameraId]
    ) -> tuple[tuple[CameraId | None, ...], str]:
        """The cameras whose turn it is on the whole wall: as many at once as it has tiles, each page as long as its longest."""
        stops = tuple(stop for stop in sequence.stops if stop.camera in there)
        chunks = [stops[at : at + capacity] for at in range(0, len(stops), capacity)]
        if not chunks:
            return (), ""
        turns = tuple(replace(chunk[0], dwell_s=max(stop.dwell_s for stop in chunk)) for chunk in chunks)
        self._stops["whole"] = turns
        index, _left_s = turn_at(turns, self._ran.get("whole", 0.0))
        self._at["whole"] = index
        return tuple(stop.camera for stop in chunks[index]), self._words(sequence, index, len(chunks))

    def _words(self, sequence: CameraSequence, index: int, many: int) -> str:
        mark = "❚❚" if self.paused else "↻"
        return f"{mark} {index + 1}/{many} {sequence.name}"  # a long name is cut, which turn this is never
