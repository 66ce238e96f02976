"""What is recorded: questions about segments, gaps, locks, motion and how far the footage reaches back."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from console.models.events import RecordingChanged, event_from
from console.models.ids import CameraId, SegmentId, VolumeId
from console.models.record_schedule import next_on
from console.models.recording import (
    PLAYABLE,
    Bookmark,
    Holding,
    Lock,
    MotionMinute,
    RecorderState,
    RecordMode,
    Segment,
    SegmentState,
    Span,
)
from console.models.settings import seconds_of
from console.models.site import Camera
from console.store.store import Reading

LONGEST_S: Final = 3600.0
"""No segment is longer: what began before this cannot reach into a span."""
SEAM_S: Final = 1.5
"""Two segments nearer than this follow each other: at a key frame nothing is lost, the times are the camera's."""


def segments(
    rx: Reading, camera: CameraId, from_at: datetime, until_at: datetime, *, states: tuple[SegmentState, ...] = PLAYABLE
) -> tuple[Segment, ...]:
    """The segments of a camera that hold some of the span, oldest first. Those still being written end at `rx.now`."""
    found = rx.find(
        Segment,
        order_by="started_at",
        since=("started_at", from_at - timedelta(seconds=LONGEST_S)),
        before=("started_at", until_at),
        camera=camera,
        state=states,
    )
    return tuple(one for one in found if (one.ended_at or rx.now) > from_at)


def coverage(rx: Reading, camera: CameraId, from_at: datetime, until_at: datetime) -> tuple[Span, ...]:
    """The stretches of the span of which there are pictures, oldest first; neighbouring segments are joined."""
    return spans_of(segments(rx, camera, from_at, until_at), from_at, until_at, rx.now)


def spans_of(found: Iterable[Segment], from_at: datetime, until_at: datetime, now: datetime) -> tuple[Span, ...]:
    """The same of segments that are at hand, in the order of their beginning."""
    spans: list[Span] = []
    for one in found:
        begin, end = max(one.started_at, from_at), min(one.ended_at or now, until_at)
        if end <= begin:
            continue
        if spans and (begin - spans[-1].until_at).total_seconds() <= SEAM_S:
            spans[-1] = Span(spans[-1].from_at, max(spans[-1].until_at, end))
        else:
            spans.append(Span(begin, end))
    return tuple(spans)


def gaps(rx: Reading, camera: CameraId, from_at: datetime, until_at: datetime) -> tuple[Span, ...]:
    """The stretches of the span of which there is nothing, oldest first."""
    return missing_of(coverage(rx, camera, from_at, until_at), from_at, until_at)


def missing_of(spans: Iterable[Span], from_at: datetime, until_at: datetime) -> tuple[Span, ...]:
    """What lies between spans that are covered, and before and after them; a seam is nothing missing."""
    missing: list[Span] = []
    at = from_at
    for span in spans:
        if (span.from_at - at).total_seconds() > SEAM_S:
            missing.append(Span(at, span.from_at))
        at = span.until_at
    if (until_at - at).total_seconds() > SEAM_S:
        missing.append(Span(at, until_at))
    return tuple(missing)


def motion(rx: Reading, camera: CameraId, from_at: datetime, until_at: datetime) -> tuple[MotionMinute, ...]:
    """The minutes of motion that touch the span, oldest first; a minute that is not there was not looked at."""
    return rx.find(
        MotionMinute,
        order_by="minute_at",
        since=("minute_at", from_at.replace(second=0, microsecond=0)),
        before=("minute_at", until_at),
        camera=camera,
    )


def locks(rx: Reading, camera: CameraId | None = None) -> tuple[Lock, ...]:
    """The locks that hold, oldest first; those of one camera, which are also the locks of all cameras."""
    return tuple(one for one in rx.find(Lock, released_at=None) if camera is None or one.camera in ("", camera))


def bookmarks(rx: Reading, camera: CameraId, from_at: datetime, until_at: datetime) -> tuple[Bookmark, ...]:
    """The marked moments of the span, oldest first."""
    return rx.find(Bookmark, order_by="at", since=("at", from_at), before=("at", until_at), camera=camera)


def keep_days(rx: Reading, camera: Camera) -> float:
    """How many days the camera's footage is kept: its own number, or the site's setting video.keep_days."""
    return camera.record.days or seconds_of(rx.settings, "video.keep_days")


def days_held(rx: Reading, camera: Camera) -> Holding:
    """How far the camera's footage reaches back, beside how far it must."""
    states = PLAYABLE
    oldest = rx.find(Segment, order_by="started_at", limit=1, camera=camera.id, state=states)
    newest = rx.find(Segment, order_by="started_at", newest_first=True, limit=1, camera=camera.id, state=states)
    since_at, required = first_recorded_at(rx, camera.id), keep_days(rx, camera)
    return Holding(
        camera=camera.id,
        mode=camera.record.mode,
        required_days=required,
        oldest_at=oldest[0].started_at if oldest else None,
        newest_at=(newest[0].ended_at or rx.now) if newest else None,
        since_at=since_at,
        expected_at=_expected_at(rx, camera, since_at, required),
        now=rx.now,
    )


def _expected_at(rx: Reading, camera: Camera, since_at: datetime | None, required_days: float) -> datetime | None:
    """From when on there must be pictures by now; hours in which the camera was not to be recorded do not count."""
    if since_at is None:
        return None
    began_at = max(since_at, rx.now - timedelta(days=required_days))
    at: datetime | None = began_at
    if camera.record.mode is RecordMode.SCHEDULE:
        # An hour later, so that a time of recording that is just running out of its days is not missed when it is gone.
        at = next_on(camera.record, began_at + timedelta(hours=1), rx.site.timezone)
    elif camera.record.mode is not RecordMode.CONTINUOUS:
        return None
    return at if at is not None and at < rx.now else None


def holdings(rx: Reading) -> tuple[Holding, ...]:
    """The same of every camera that is to be recorded, in the order of the site."""
    return tuple(days_held(rx, camera) for camera in rx.site.cameras if camera.record.mode is not RecordMode.NONE)


def first_recorded_at(rx: Reading, camera: CameraId) -> datetime | None:
    """When the camera was recorded for the first time, by the journal."""
    for line in rx.journal(subjects=(f"recording:{camera}",), kinds=("RecordingChanged",)):
        event = event_from(line)
        if isinstance(event, RecordingChanged) and event.state.on:
            return event.at
    return None


def files(rx: Reading, volume: VolumeId) -> list[tuple[SegmentId, str, str, int]]:
    """(id, file, state, size in bytes) of every segment on a volume, in no order."""
    found = rx.columns(Segment, ("id", "file", "state", "size_bytes"), volume=volume)
    return [(SegmentId(one[0]), one[1], one[2], one[3]) for one in found]


def recorder_states(rx: Reading) -> tuple[RecorderState, ...]:
    """The newest state on record of every camera that is to be recorded and ever was."""
    recorded = (camera.id for camera in rx.site.cameras if camera.record.mode is not RecordMode.NONE)
    return tuple(state for camera in recorded if (state := last_state(rx, camera)) is not None)


def last_state(rx: Reading, camera: CameraId) -> RecorderState | None:
    """Whether the camera was being recorded by the newest line of the journal about it."""
    for line in rx.journal(subjects=(f"recording:{camera}",), kinds=("RecordingChanged",), newest_first=True, limit=1):
        event = event_from(line)
        if isinstance(event, RecordingChanged):
            return event.state
    return None
