"""A process of the player: some tapes, a thread each. Started as `-m console.video.playback.worker FD`; ends with its pipe."""

import faulthandler
import os
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from console.models.playback import Motion, RecordedPicture, utc
from console.models.text import Text
from console.video.cv import cv2, hurry
from console.video.frames import STILL_QUALITY, Frame
from console.video.jpeg import jpeg_of
from console.video.masks import paint_masks
from console.video.playback.film import Film, Unreadable
from console.video.playback.tape import Tape
from console.video.playback.wire import (
    BeginPlaying,
    Find,
    Freeze,
    Frozen,
    MakeThumbnail,
    StopPlaying,
    Thread,
    ThumbnailMade,
    ToPlayer,
    ToTapes,
)
from console.video.posting import Post, end_at_once
from console.video.ring import RingWriter

THUMBNAIL_PX: Final = 192
THUMBNAIL_QUALITY: Final = 75
STOP_LIMIT_S: Final = 0.5
_NONE: Final = Text("该时刻的画面无法解码", "The picture of that moment cannot be decoded")


def thumbnail(order: MakeThumbnail) -> ThumbnailMade:
    """The small JPEG of a moment, masked as the large pictures are."""
    try:
        frame, _taken_s = _picture(order)
        height_px = max(1, round(THUMBNAIL_PX * frame.shape[0] / frame.shape[1]))
        small = cv2.resize(frame, (THUMBNAIL_PX, height_px), interpolation=cv2.INTER_AREA)
        jpeg = jpeg_of(small, THUMBNAIL_QUALITY)
    except (OSError, cv2.error, Unreadable):
        return ThumbnailMade(request=order.request, jpeg=b"", reason=_NONE)
    return ThumbnailMade(request=order.request, jpeg=jpeg, reason=Text() if jpeg else _NONE)


def freeze(order: Freeze) -> Frozen:
    """The picture of a moment in its full size, as large and as good as a still of a live camera."""
    try:
        frame, taken_s = _picture(order)
        jpeg = jpeg_of(frame, STILL_QUALITY)
    except (OSError, cv2.error, Unreadable):
        return Frozen(request=order.request, picture=None, reason=_NONE)
    if not jpeg:
        return Frozen(request=order.request, picture=None, reason=_NONE)
    picture = RecordedPicture(
        camera=order.camera,
        segment=order.cut.segment,
        jpeg=jpeg,
        taken_at=utc(taken_s),
        width_px=int(frame.shape[1]),
        height_px=int(frame.shape[0]),
    )
    return Frozen(request=order.request, picture=picture)


def _picture(order: MakeThumbnail | Freeze) -> tuple[Frame, float]:
    """The picture of a moment under its masks, and when it was taken."""
    film = Film(Path(order.cut.path), order.cut.codec)
    try:
        place = film.index.place(order.cut.media_s(order.at_s))
        frame = film.picture(place, lambda: False)
        taken_s = order.cut.wall_s(film.index.stamps[place])
    finally:
        film.close()
    assert frame is not None
    return paint_masks(frame, order.masks), taken_s


def _make_stills(orders: "SimpleQueue[MakeThumbnail | Freeze]", post: Post[ToPlayer]) -> None:
    while True:
        match orders.get():
            case MakeThumbnail() as order:
                post.send(thumbnail(order))
            case Freeze() as order:
                post.send(freeze(order))


def play(begin: BeginPlaying, connection: Connection, post: Post[ToPlayer]) -> None:
    """Run the tapes until told to stop or until the player is gone."""
    tapes = {number: Tape(number, RingWriter(fd), post.send) for number, fd in begin.tapes}
    orders: SimpleQueue[MakeThumbnail | Freeze] = SimpleQueue()
    threads = [threading.Thread(target=tape.run, name=f"tape {number}", daemon=True) for number, tape in tapes.items()]
    for thread in (*threads, threading.Thread(target=_make_stills, args=(orders, post), daemon=True)):
        thread.start()
    while (message := _next(connection)) is not None:
        match message:
            case Thread(tape=tape):
                tapes[tape].thread(message)
            case Motion():
                for one in tapes.values():
                    one.move(message)
            case Find(request=request, tape=tape, at_s=at_s, forward=forward):
                tapes[tape].find(request, at_s, forward)
            case MakeThumbnail() | Freeze():
                orders.put(message)
    for one in tapes.values():
        one.stop()
    deadline_s = time.monotonic() + STOP_LIMIT_S
    for thread in threads:
        thread.join(max(0.0, deadline_s - time.monotonic()))


def _next(connection: Connection) -> ToTapes | None:
    try:
        message: ToTapes = connection.recv()
    except (EOFError, OSError):
        return None
    return None if isinstance(message, StopPlaying) else message


def main() -> None:
    """Read the first message and go to work; never returns, because a codec may be stuck."""
    faulthandler.enable()
    connection = Connection(int(sys.argv[1]))
    try:
        hurry()
        play(connection.recv(), connection, Post(connection, end_at_once))
    except (EOFError, OSError, KeyboardInterrupt):
        os._exit(0)
    os._exit(0)


if __name__ == "__main__":
    main()
