"""What is new on a glass: the tick that looks for new pictures, and the painting of nothing but them.

It is kept apart from the widget and in few steps, since it runs 25 times a second after everything else has been in
the processor's caches: there an attribute of a Qt object takes 20 to 30 microseconds to set and a slot of one 30 more
to call than those of an object of our own, as long as it takes to copy a picture (measured).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtGui import QPainter, QRegion

from console.models.clock import Clock
from console.models.ids import CameraId
from console.models.pictures import PictureFeed, Sight
from console.models.zoom import WHOLE
from console.views.panels.wall.loop import Loop
from console.views.panels.wall.tile import ShownTile

TICK_MS: Final = 40
LoopKey = tuple[CameraId, bool]


class Fresh:
    """Which tiles have something new to show. `region` is where, as it was handed to `changed` by the last tick.

    `late_ms` says how much later than asked for the ticks came. `loops` are those of the glass, `each_second` is called
    with the turn of every second of the clock, and `paint` paints a tile of which more is to be seen than its picture.
    """

    def __init__(
        self,
        feed: PictureFeed,
        clock: Clock,
        loops: Mapping[LoopKey, Loop],
        *,
        changed: Callable[[QRegion], None],
        each_second: Callable[[], None],
        paint: Callable[[QPainter, ShownTile], None],
    ) -> None:
        self._latest, self._still = feed.latest, feed.still
        self._clock, self._loops = clock, loops
        self._update, self._each_second, self._paint = changed, each_second, paint
        self._tiles: Sequence[ShownTile] = ()
        self._news: list[ShownTile] = []
        self.pictures = self.region = QRegion()
        self.late_ms: list[float] = []
        self._due_s = 0.0
        self._turn_s = 0.0

    def begin(self) -> None:
        """The ticks begin now; none of them is late yet."""
        self._due_s = 0.0

    def lay_out(self, tiles: Sequence[ShownTile]) -> None:
        """These are the tiles from now on."""
        self._tiles, self._news = tiles, []
        self.pictures, self.region = _pictures_of(tiles), QRegion()
        self._turn_s = 0.0

    def tick(self) -> None:
        """Mark the tiles that have a new picture, and once a second everything that tells the time."""
        now_s = self._clock.monotonic()
        if self._due_s:
            self.late_ms.append(max(0.0, (now_s - self._due_s) * 1e3))
            del self.late_ms[:-500]
        self._due_s = now_s + TICK_MS / 1e3
        latest, loops = self._latest, self._loops
        news: list[ShownTile] = []
        for shown in self._tiles:
            camera = shown.camera
            if camera is None:
                continue
            loop = loops.get((camera, shown.tile.loop)) if loops else None
            if loop is not None:
                if loop.index(now_s) != shown.loop_index:
                    news.append(shown)
            elif not shown.tile.loop:
                shown.fresh = latest(camera, shown.seq)
                if shown.fresh is not None:
                    news.append(shown)
                    if shown.claim is not Sight.LIVE:  # how old the picture before it was is not to be said of this one
                        self._turn_s = 0.0
        if news:
            self._news = news
            self.region = self.pictures if len(news) == len(self._tiles) else _pictures_of(news)
            self._update(self.region)
        if now_s >= self._turn_s:
            self._turn_s = now_s + 1.0 - self._clock.now().microsecond / 1e6
            self._each_second()

    def paint(self, painter: QPainter) -> None:
        """Paint what the last tick found, where `region` and nothing else is to be painted: nearly every time."""
        still, clip, draw = self._still, painter.setClipRect, painter.drawImage
        for shown in self._news:
            picture, shown.fresh = shown.fresh, None
            # Within one rectangle a picture is copied row by row; within the region of all tiles that changed, Qt
            # cuts it into spans and hands them to a pool of threads, at nearly twice the cost (measured).
            clip(shown.room)
            whole = picture is not None and picture.region == WHOLE
            if picture is not None and whole and shown.plain and shown.camera is not None and shown.fits(picture):
                draw(shown.corner, shown.image(picture))
                shown.seq = picture.seq
                if still(shown.camera, picture):
                    continue
            self._paint(painter, shown)


def _pictures_of(tiles: Sequence[ShownTile]) -> QRegion:
    """Where the pictures of these tiles are."""
    region = QRegion()
    for shown in tiles:
        region += shown.picture
    return region
