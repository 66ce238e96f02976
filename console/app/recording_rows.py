"""What the workers say of segments, as rows; and what the keeper asks the record when it starts."""

from dataclasses import replace
from datetime import timedelta

from console.models.alarms import Alarm, Condition
from console.models.recording import SUFFIXES, Segment, SegmentState
from console.store.store import Reading
from console.video.recording.wire import Began, Ended


def begun_of(place: Segment, fact: Began) -> Segment:
    """The row of a segment whose file is there and grows."""
    return replace(
        place,
        file=place.file + SUFFIXES[fact.codec],
        state=SegmentState.WRITING,
        started_at=fact.started_at,
        codec=fact.codec,
        width_px=fact.width_px,
        height_px=fact.height_px,
        fps=fact.fps,
        mono_s=fact.mono_s,
    )


def ended_of(begun: Segment, fact: Ended) -> Segment:
    """The row of a segment that nobody writes to any more: closed where its file is known to be as it was hashed."""
    whole = bool(fact.sha256) and fact.frames > 0
    return replace(
        begun,
        state=SegmentState.CLOSED if whole else SegmentState.DAMAGED,
        started_at=fact.started_at,
        ended_at=fact.started_at + timedelta(seconds=fact.media_s),
        width_px=fact.width_px,
        height_px=fact.height_px,
        fps=fact.fps or (fact.frames / fact.media_s if fact.media_s else 0.0),
        frames=fact.frames,
        key_frames=fact.key_frames,
        media_s=fact.media_s,
        wall_s=fact.wall_s,
        mono_s=fact.mono_s,
        clock_offset_s=fact.clock_offset_s,
        size_bytes=fact.size_bytes,
        sha256=fact.sha256,
    )


def deleting(rx: Reading) -> tuple[Segment, ...]:
    """The segments whose files are to be unlinked."""
    return rx.find(Segment, state=SegmentState.DELETING)


def active_alarms(rx: Reading) -> tuple[Alarm, ...]:
    """The alarms whose points are still in alarm."""
    return rx.find(Alarm, closed_at=None, condition=Condition.ACTIVE.value)
