"""One camera's thread in a recording worker: take packets, keep some in memory, write segments, say what became of them."""

import os
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from console.models.errors import ConsoleError
from console.models.recording import SUFFIXES, Codec, RecordMode
from console.models.text import Text
from console.video.backing_off import back_off_s
from console.video.kinds import Setting
from console.video.recording import matroska, mpegts
from console.video.recording.opening import open_packets
from console.video.recording.packets import CLOCK_HZ, Packet, PacketSource, Stream
from console.video.recording.segment_file import SegmentFile
from console.video.recording.wire import Began, Broken, Ended, FromRecorder, Reservation, Waiting

OPENS_WITHIN_S: Final = 200.0
READS_WITHIN_S: Final = 15.0
LATE_CUT: Final = 10.0
"""Without a place for the next segment the present one goes on, up to so many times its length."""
JUMP_S: Final = 10.0
HOLE_S: Final = 3.0
HOLE_TIMES: Final = 8.0
FEW_FRAMES: Final = 8
"""Pictures so far apart (in seconds, and by the usual time between them, known after some) are a hole, which ends a segment."""

_ENDED = Text("录像码流中断，正在重新连接", "The stream for recording broke off; connecting again")


@dataclass(slots=True)
class _Open:
    """The segment being written."""

    reservation: Reservation
    file: SegmentFile
    muxer: mpegts.Muxer | matroska.Muxer
    stream: Stream
    first_pts: int
    last_pts: int
    first_s: float
    last_s: float
    start_s: float  # the earliest arrival minus media offset
    frames: int = 0
    key_frames: int = 0

    @property
    def media_s(self) -> float:
        if self.frames < 2:
            return 0.0
        return (self.last_pts - self.first_pts) / CLOCK_HZ * self.frames / (self.frames - 1)


class Recorder:
    """A camera being recorded. `run` is the thread's body and returns when `stop` is set."""

    def __init__(
        self,
        setting: Setting,
        segment_s: float,
        pre_roll_bytes: int,
        send: Callable[[FromRecorder], None],
        stop: threading.Event,
    ) -> None:
        self._setting, self._camera = setting, setting.camera.id
        self._plan = setting.camera.record
        self._segment_s, self._pre_roll_bytes = segment_s, pre_roll_bytes
        self._send, self._stop = send, stop
        self._roused = threading.Event()
        self._places: deque[Reservation] = deque()
        self._wanted = self._plan.mode is not RecordMode.SCHEDULE
        self._until_s = 0.0
        self._moved = threading.Event()
        self._cues: deque[str] = deque()
        self._roll: deque[Packet] = deque()
        self._roll_bytes = 0
        self._open: _Open | None = None
        self._said: Waiting | None = None
        self.promise_s = time.monotonic() + OPENS_WITHIN_S

    # ---- orders, from the worker's main thread --------------------------------------------

    def give(self, place: Reservation) -> None:
        """Here the next segment may be written."""
        self._places.append(place)

    def want(self, on: bool, *, keep: bool) -> None:
        """Record from now on, or do not."""
        self._wanted = on
        if not keep:
            self._places.clear()
        self._roused.set()

    def readdress(self, address: str, main_address: str) -> None:
        """The camera's streams are elsewhere: the segment being written ends, and the next comes from there."""
        camera = replace(self._setting.camera, address=address, main_address=main_address)
        self._setting = replace(self._setting, camera=camera)
        self._moved.set()
        self._roused.set()

    def cue(self, name: str) -> None:
        """Hand a cue to a pretend camera with its next picture."""
        self._cues.append(name)

    def trigger(self, until_s: float) -> None:
        """Keep what is in memory and go on until then."""
        self._until_s = max(self._until_s, until_s)

    def sync(self) -> None:
        """Force to disk what has been written; from a thread of its own."""
        if (segment := self._open) is not None:
            segment.file.sync()

    def rouse(self) -> None:
        """Let a waiting thread look whether it should stop."""
        self._roused.set()

    # ---- the thread ------------------------------------------------------------------------

    def run(self) -> None:
        """Open and record the camera again and again."""
        failures = 0
        while not self._stop.is_set():
            if not self._wanted:
                self._rest(3600.0)
                continue
            self.promise_s = time.monotonic() + OPENS_WITHIN_S
            reason, disk = _ENDED, False
            self._moved.clear()
            try:
                with closing(open_packets(self._setting)) as source:
                    if self._record(source):
                        failures = 0
            except ConsoleError as error:
                reason = error.text
            except OSError as error:
                reason, disk = disk_refused(error), True
            finally:
                self._finish(reason if not self._stop.is_set() and self._wanted else Text(), torn=disk)
                self._forget_roll()
            if self._interrupted():
                continue
            failures += 1
            wait_s = back_off_s(failures, random.random())  # noqa: S311 - spread, not secrecy
            again_at = datetime.now(UTC) + timedelta(seconds=wait_s)
            self._said = None
            self._send(Broken(camera=self._camera, reason=reason, next_try_at=again_at, disk=disk))
            self._rest(wait_s)

    def _interrupted(self) -> bool:
        """Whether it is by our own will that the camera is not read on from here."""
        return self._stop.is_set() or not self._wanted or self._moved.is_set()

    def _rest(self, seconds: float) -> None:
        self.promise_s = time.monotonic() + seconds + OPENS_WITHIN_S
        self._roused.wait(seconds)
        self._roused.clear()

    def _record(self, source: PacketSource) -> bool:
        """Take packets until the stream ends or nobody wants it any more; tell whether there were any."""
        got = False
        last_pts: int | None = None
        while not self._interrupted():
            self.promise_s = time.monotonic() + READS_WITHIN_S
            while self._cues:
                source.cue(self._cues.popleft())
            packet = source.read()
            if packet is None:
                return got
            got = True
            stream = source.stream
            if last_pts is not None and abs(packet.pts - last_pts) > JUMP_S * CLOCK_HZ:
                self._finish(Text())  # the camera set its clock: times within a segment must belong together
                self._forget_roll()
            last_pts = packet.pts
            if self._should_write(packet):
                self._write(packet, stream, source)
            else:
                self._remember(packet)
        return got

    def _should_write(self, packet: Packet) -> bool:
        if self._plan.mode is not RecordMode.EVENT:
            return True
        return packet.arrived_s < self._until_s

    def _remember(self, packet: Packet) -> None:
        """Mode event, no alarm: keep the last seconds, from a key frame on, within a bound."""
        self._finish(Text())
        self._roll.append(packet)
        self._roll_bytes += len(packet.data)
        oldest_s = packet.arrived_s - self._plan.pre_s
        while self._roll and (self._roll_bytes > self._pre_roll_bytes or self._has_later_key(oldest_s)):
            self._drop_first()
        self._say_waiting(starved=False)

    def _has_later_key(self, oldest_s: float) -> bool:
        """Whether another key frame than the first is old enough to begin with."""
        if self._roll[0].arrived_s >= oldest_s:
            return False
        return any(one.key and one.arrived_s <= oldest_s for one in list(self._roll)[1:]) or not self._roll[0].key

    def _drop_first(self) -> None:
        while self._roll:
            self._roll_bytes -= len(self._roll.popleft().data)
            if self._roll and self._roll[0].key:
                return

    def _forget_roll(self) -> None:
        self._roll.clear()
        self._roll_bytes = 0

    def _write(self, packet: Packet, stream: Stream, source: PacketSource) -> None:
        if self._roll:
            earlier = list(self._roll)
            self._forget_roll()
            for one in earlier:
                self._put(one, stream, source)
        self._put(packet, stream, source)

    def _put(self, packet: Packet, stream: Stream, source: PacketSource) -> None:
        segment = self._open
        if segment is not None:
            age_s = (packet.pts - segment.first_pts) / CLOCK_HZ
            changed = segment.stream.codec is not stream.codec
            due = packet.key and age_s >= self._segment_s * 0.99
            if changed or _is_hole(segment, packet) or (due and (self._places or age_s >= self._segment_s * LATE_CUT)):
                self._finish(Text(), source.clock_offset_s)
                segment = None
        if segment is None:
            if not packet.key:
                return
            if not self._places:
                self._say_waiting(starved=True, codec=stream.codec)
                return
            segment = self._begin(packet, stream)
        now_s = packet.arrived_s
        segment.file.add(segment.muxer.add(packet, packet.pts - segment.first_pts), now_s)
        segment.frames += 1
        segment.key_frames += packet.key
        segment.last_pts, segment.last_s = packet.pts, now_s
        segment.start_s = min(segment.start_s, now_s - (packet.pts - segment.first_pts) / CLOCK_HZ)

    def _begin(self, packet: Packet, stream: Stream) -> _Open:
        place = self._places.popleft()
        muxer: mpegts.Muxer | matroska.Muxer
        if stream.codec is Codec.MJPEG:
            muxer = matroska.Muxer(stream.width_px, stream.height_px)
        else:
            muxer = mpegts.Muxer(stream.codec, stream.headers)
        try:
            file = SegmentFile(place.path.with_name(place.path.name + SUFFIXES[stream.codec]), muxer.head())
        except OSError:
            self._places.appendleft(place)
            raise
        segment = _Open(
            reservation=place, file=file, muxer=muxer, stream=stream, first_pts=packet.pts, last_pts=packet.pts,
            first_s=packet.arrived_s, last_s=packet.arrived_s, start_s=packet.arrived_s,
        )  # fmt: skip
        self._open, self._said = segment, None
        self._send(
            Began(
                camera=self._camera, segment=place.segment, started_at=wall(packet.arrived_s), mono_s=packet.arrived_s,
                codec=stream.codec, width_px=stream.width_px, height_px=stream.height_px, fps=stream.fps,
            )
        )  # fmt: skip
        return segment

    def _finish(self, trouble: Text, clock_offset_s: float | None = None, *, torn: bool = False) -> None:
        """Close the segment that is open, if one is; `torn` where the disk refused some of what was counted already."""
        segment, self._open = self._open, None
        if segment is None:
            return
        try:
            sha256 = segment.file.close(time.monotonic(), flush=not torn)
        except OSError as error:
            trouble, sha256 = trouble or disk_refused(error), ""
        if torn:
            sha256 = ""  # what there is of it is found out from the file, when the disk is well
        self._send(
            Ended(
                camera=self._camera, segment=segment.reservation.segment, started_at=wall(segment.start_s),
                mono_s=segment.start_s, codec=segment.stream.codec, width_px=segment.stream.width_px,
                height_px=segment.stream.height_px, fps=segment.stream.fps, frames=segment.frames,
                key_frames=segment.key_frames, media_s=segment.media_s,
                wall_s=segment.last_s - segment.first_s, clock_offset_s=clock_offset_s,
                size_bytes=segment.file.size_bytes, sha256=sha256, trouble=trouble,
            )
        )  # fmt: skip

    def _say_waiting(self, *, starved: bool, codec: Codec = Codec.H264) -> None:
        waiting = Waiting(camera=self._camera, codec=codec, starved=starved)
        if self._said != waiting:
            self._said = waiting
            self._send(waiting)


def _is_hole(segment: _Open, packet: Packet) -> bool:
    """Whether pictures are missing between the last one and this: nobody shall look for them within a segment."""
    if segment.frames < FEW_FRAMES:
        return False
    usual_s = segment.media_s / segment.frames
    return (packet.pts - segment.last_pts) / CLOCK_HZ > max(HOLE_S, HOLE_TIMES * usual_s)


def wall(mono_s: float) -> datetime:
    """The wall time of a moment on the steady clock."""
    return datetime.fromtimestamp(time.time() - (time.monotonic() - mono_s), UTC)


def disk_refused(error: OSError) -> Text:
    """What to tell when a recording cannot be written."""
    why = os.strerror(error.errno) if error.errno else str(error)
    return Text(f"录像无法写入存储：{why}", f"The recording cannot be written: {why}")
