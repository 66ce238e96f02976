"""The viewing copy: pictures of the originals with time and camera above them, masked where that is asked for.

MPEG-4 part 2 in MP4 is what every ordinary player opens without anything to install and OpenCV writes without a coder
under another licence; Motion JPEG would be five times as large and many players will not seek in it. It is for looking,
and proves nothing: what proves is the originals.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from console.models.errors import ConsoleError
from console.models.export import SEAM_S
from console.models.masks import Mask
from console.video.cv import cv2
from console.video.export.banner import Banner
from console.video.jpeg import jpeg_of
from console.video.masks import paint_masks

CARD_S: Final = 3.0
"""How long a gap is shown, however long it was: the card says from when until when."""
LEAST_FPS: Final = 5
MOST_FPS: Final = 25
JPEG_QUALITY: Final = 92


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An original in the package: its file, when its first picture was taken, when it ends, how many pictures a second."""

    path: Path
    from_at: datetime
    until_at: datetime
    fps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a viewing copy looks: what stands left and right above the picture, the site's zone, the masks."""

    left: str
    right: str
    timezone: str
    masks: tuple[Mask, ...] = ()


def frames_of(piece: Piece) -> Iterator[tuple[datetime, Any]]:
    """When each picture was taken, and the capture to get it from; nothing of a file that cannot be decoded."""
    capture = cv2.VideoCapture(str(piece.path), cv2.CAP_FFMPEG)
    try:
        first_ms = None
        while capture.grab():
            at_ms = float(capture.get(cv2.CAP_PROP_POS_MSEC))
            first_ms = at_ms if first_ms is None else first_ms
            yield piece.from_at + timedelta(milliseconds=max(0.0, at_ms - first_ms)), capture
    finally:
        capture.release()


def rate_of(pieces: Sequence[Piece]) -> int:
    """Pictures a second of the copy."""
    return min(MOST_FPS, max(LEAST_FPS, round(max((piece.fps for piece in pieces), default=0.0))))


class _Writer:
    """A copy while it is written; the size is that of the first picture."""

    def __init__(self, target: Path, fps: int, look: Look) -> None:
        self._target, self._fps, self._look = target, fps, look
        self._video: Any = None
        self._banner: Banner | None = None
        self._size = (0, 0)
        self.written = 0

    def picture(self, frame: Any, at: datetime) -> None:
        """One picture of the copy."""
        self.begin(frame)
        frame = paint_masks(frame, self._look.masks)
        if (frame.shape[1], frame.shape[0]) != self._size:
            frame = cv2.resize(frame, self._size)
        assert self._banner is not None
        self._put(np.vstack((self._banner.at(at), frame)))

    def card(self, at: datetime, lines: tuple[str, ...]) -> None:
        """Some seconds of a card; there has been a picture before, or `begin`."""
        assert self._banner is not None
        page = np.vstack((self._banner.at(at), self._banner.card(self._size[1], lines)))
        for _ in range(round(CARD_S * self._fps)):
            self._put(page)

    def begin(self, frame: Any) -> None:
        """Open the file for pictures of the size of this one, where that has not been done."""
        if self._banner is not None:
            return
        rows, columns = frame.shape[0] // 2 * 2, frame.shape[1] // 2 * 2
        self._size = (columns, rows)
        self._banner = Banner(columns, rows, self._look.left, self._look.right, ZoneInfo(self._look.timezone))
        whole = (columns, rows + self._banner.height_px)
        self._video = cv2.VideoWriter(
            str(self._target), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), float(self._fps), whole
        )
        if not self._video.isOpened():
            raise _unwritten(self._target)

    def _put(self, page: Any) -> None:
        self._video.write(np.ascontiguousarray(page))
        self.written += 1

    def close(self) -> None:
        """Finish the file, and make sure that all of it is there: the writer itself does not tell of a full disk."""
        if self._video is None:
            return
        self._video.release()
        self._video = None
        check = cv2.VideoCapture(str(self._target), cv2.CAP_FFMPEG)
        try:
            if int(check.get(cv2.CAP_PROP_FRAME_COUNT)) != self.written or not check.grab():
                raise _unwritten(self._target)
        finally:
            check.release()

    def drop(self) -> None:
        """Let go of a file that will not be finished."""
        if self._video is not None:
            self._video.release()


def _unwritten(target: Path) -> ConsoleError:
    return ConsoleError(
        zh=f"观看副本 {target.name} 无法写入，磁盘可能已满。",
        en=f"The viewing copy {target.name} cannot be written; the disk may be full.",
    )


def write_copy(
    target: Path,
    pieces: Sequence[Piece],
    from_at: datetime,
    until_at: datetime,
    fps: int,
    look: Look,
    went_on: Callable[[datetime], None],
) -> int:
    """Write the copy of a stretch of time to `target` (.mp4); gives how many pictures it has, 0 where nothing could be.

    `went_on` is called about once a second of footage and may raise to stop. Raises ConsoleError where the disk refuses.
    """
    writer = _Writer(target, fps, look)
    step = timedelta(seconds=1 / fps)
    shown_at: datetime | None = None
    due, told = from_at, from_at
    zone = ZoneInfo(look.timezone)
    try:
        for piece in pieces:
            if piece.until_at <= from_at or piece.from_at >= until_at:
                continue
            for at, capture in frames_of(piece):
                if at >= until_at:
                    break
                if at + step < due:
                    continue
                good, frame = capture.retrieve()
                if not good:
                    continue
                before_at = shown_at or from_at
                if (at - before_at).total_seconds() > SEAM_S:
                    writer.begin(frame)
                    writer.card(before_at, _gap_lines(before_at, at, zone))
                    due = at
                shown_at = at
                while due <= at:
                    writer.picture(frame, at)
                    due += step
                if (at - told).total_seconds() >= 1.0:
                    told = at
                    went_on(at)
        if shown_at is not None and (until_at - shown_at).total_seconds() > SEAM_S:
            writer.card(shown_at, _gap_lines(shown_at, until_at, zone))
        writer.close()
    except BaseException:
        writer.drop()
        raise
    return writer.written


def _gap_lines(from_at: datetime, until_at: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    begin, end = from_at.astimezone(zone), until_at.astimezone(zone)
    return ("此时段无录像 / no footage", f"{begin:%Y-%m-%d %H:%M:%S} – {end:%Y-%m-%d %H:%M:%S}")


def still_of(pieces: Sequence[Piece], at: datetime, masks: tuple[Mask, ...]) -> bytes | None:
    """The picture of a moment as a JPEG file; None where there is none."""
    for piece in pieces:
        if not piece.from_at <= at < piece.until_at:
            continue
        frame = None
        for taken_at, capture in frames_of(piece):
            if taken_at > at and frame is not None:
                break
            good, found = capture.retrieve()
            frame = found.copy() if good else frame
        return None if frame is None else _masked(frame, masks)
    return None


def _masked(frame: Any, masks: tuple[Mask, ...]) -> bytes | None:
    return jpeg_of(paint_masks(frame, masks), JPEG_QUALITY) or None


def masked_jpeg(content: bytes, masks: tuple[Mask, ...]) -> bytes | None:
    """A kept picture with the masks painted over it; None where it cannot be read."""
    frame = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    return None if frame is None else _masked(frame, masks)
