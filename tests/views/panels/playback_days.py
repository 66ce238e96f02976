"""The playback page over real files, and a day of recordings for it: their rows, motion, alarms, bookmarks and locks."""

import math
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from console.models.events import FootageViewed, event_from
from console.models.ids import BookmarkId, CameraId, LockId, SegmentId, VolumeId
from console.models.playback import Cut
from console.models.recording import (
    MOTION_MINUTE_BYTES,
    MOTION_SECOND_BYTES,
    Bookmark,
    Codec,
    Lock,
    MotionMinute,
    Segment,
    SegmentState,
    Volume,
    motion_key,
)
from console.video.playback.player import Player
from console.views.panels.playback.panel import PlaybackPanel
from tests.video.playback.films import coded, write
from tests.views.posts import Seat

VOLUME = VolumeId("v")
CAMERA, OTHER = CameraId("cam-01"), CameraId("cam-02")
MASKED = 58
"""The grey of a mask."""


@contextmanager
def playing(seat: Seat) -> Iterator[Player]:
    """The seat with a player ; its clock runs, that of the post stands."""
    with Player(time.monotonic) as player:
        seat.bridge.surroundings = replace(seat.bridge.surroundings, player=player)
        yield player


@contextmanager
def page(seat: Seat, qtbot: Any, begin_s: float, at_s: float | None = None) -> Iterator[PlaybackPanel]:
    """The page with both cameras, the operator at the keyboard; `begin_s` stays on it for who counts from there."""
    seat.take_keyboard("li")
    with playing(seat):
        made = PlaybackPanel(seat.bridge)
        qtbot.addWidget(made)
        made.resize(1000, 700)
        made.begin_s = begin_s  # type: ignore[attr-defined]
        made.show_cameras((CAMERA, OTHER))
        if at_s is not None:
            made.go(at_s)
        made.show()
        yield made
        made.hide()
        made._rest.stop()


def until(qtbot: Any, condition: Callable[[], object]) -> None:
    """Wait for something that processes of the player have to do first."""
    qtbot.waitUntil(lambda: bool(condition()), timeout=40_000)


def picture_s(page: PlaybackPanel, camera: CameraId = CAMERA) -> float | None:
    """When the picture of a tile was taken, after the page's beginning."""
    picture = page._player.latest(camera)
    return round(picture.taken_s - page.begin_s, 2) if picture is not None else None  # type: ignore[attr-defined]


def viewed(seat: Seat) -> list[FootageViewed]:
    """What is on record of who looked."""
    lines = seat.desk.ask(lambda rx: [event_from(line) for line in rx.journal(kinds=("FootageViewed",))]).result()
    return [event for event in lines if isinstance(event, FootageViewed)]


def put_films(seat: Seat, root: Path, begin_s: float, *after_s: float) -> None:
    """Files of four seconds of both cameras, each so long after `begin_s`, on a volume of their own."""
    root.mkdir()
    put_volume(seat, root)
    pictures = coded(Codec.H264, 100)
    for camera in (CAMERA, OTHER):
        for number, later_s in enumerate(after_s):
            put_cut(seat, camera, write(root, f"{camera}-{number}", begin_s + later_s, pictures), root)


def put_volume(seat: Seat, root: Path) -> None:
    """Where the files lie."""
    volume = Volume(id=VOLUME, path=str(root), made_at=seat.clock.now())
    seat.desk.do(lambda tx: tx.put(volume)).result()


def put_cut(seat: Seat, camera: str, cut: Cut, root: Path) -> Segment:
    """The row of a file that was written."""
    began = datetime.fromtimestamp(cut.from_s, UTC)
    length_s = (cut.until_s or cut.from_s) - cut.from_s
    segment = Segment(
        id=SegmentId(f"{camera}-{cut.segment}"),
        camera=CameraId(camera),
        volume=VOLUME,
        file=str(Path(cut.path).relative_to(root)),
        state=SegmentState.WRITING if cut.until_s is None else SegmentState.CLOSED,
        started_at=began,
        ended_at=None if cut.until_s is None else began + timedelta(seconds=length_s),
        codec=cut.codec,
        media_s=length_s,
        wall_s=length_s,
    )
    seat.desk.do(lambda tx: tx.put(segment)).result()
    return segment


def put_minutes(
    seat: Seat, camera: str, path: str, begin: datetime, minutes: int, *, gaps: tuple[tuple[int, int], ...] = ()
) -> None:
    """A minute's file for each of so many minutes, but for those in the gaps."""

    def put(tx: object) -> None:
        for minute in range(minutes):
            if any(first <= minute < last for first, last in gaps):
                continue
            at = begin + timedelta(minutes=minute)
            tx.put(  # type: ignore[attr-defined]
                Segment(
                    id=SegmentId(f"{camera}-{at:%d%H%M}"),
                    camera=CameraId(camera),
                    volume=VOLUME,
                    file=path,
                    state=SegmentState.CLOSED,
                    started_at=at,
                    ended_at=at + timedelta(seconds=60),
                    codec=Codec.H264,
                    media_s=60.0,
                    wall_s=60.0,
                )
            )

    seat.desk.do(put).result()


def motion_minute(camera: str, at: datetime, seconds: dict[int, int]) -> MotionMinute:
    """A minute in which the cells of a number (256 bits, the first cell the highest) stirred in some seconds."""
    bits = bytearray(MOTION_MINUTE_BYTES)
    for second, cells in seconds.items():
        bits[second * MOTION_SECOND_BYTES : (second + 1) * MOTION_SECOND_BYTES] = cells.to_bytes(
            MOTION_SECOND_BYTES, "big"
        )
    return MotionMinute(id=motion_key(CameraId(camera), at), camera=CameraId(camera), minute_at=at, bits=bytes(bits))


def put_motion(seat: Seat, camera: str, begin: datetime, minutes: int, seed: int = 1) -> None:
    """A day's motion: much by day, little at night."""
    rng = random.Random(seed)

    def put(tx: object) -> None:
        for minute in range(minutes):
            at = begin + timedelta(minutes=minute)
            busy = max(0.01, math.sin(minute / minutes * math.pi) ** 2 * 0.5)
            seconds = {s: 1 << rng.randrange(256) for s in range(60) if rng.random() < busy * rng.random()}
            tx.put(motion_minute(camera, at, seconds))  # type: ignore[attr-defined]

    seat.desk.do(put).result()


def put_marks(seat: Seat, camera: str, at: datetime) -> None:
    """A bookmark, and a lock of twenty minutes."""
    now = seat.clock.now()
    mark = Bookmark(
        id=BookmarkId(f"b-{camera}"), camera=CameraId(camera), at=at, text="白色面包车", by="p-li", made_at=now
    )
    lock = Lock(
        id=LockId(f"l-{camera}"), camera=CameraId(camera), from_at=at, until_at=at + timedelta(minutes=20),
        reason="派出所调取", by="p-li", made_at=now,
    )  # fmt: skip
    seat.desk.do(lambda tx: (tx.put(mark), tx.put(lock))).result()
