"""What a package of footage is made from: gathered from the record, only against a request that was approved."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from console.models.errors import Refused
from console.models.events import SegmentsClosed, event_from
from console.models.export import CameraSource, ClockOffset, ExportOrder, Origin, SourceSegment, StillSource
from console.models.footage import FootageRequest, JobState, RequestId
from console.models.ids import CameraId, SegmentId
from console.models.onvif import CameraClock
from console.models.people import Person
from console.models.recording import PLAYABLE, Segment, SegmentState, Volume
from console.models.site import Camera
from console.models.text import Text
from console.models.trust import Evidence, EvidenceKind, JournalLine
from console.services import footage
from console.services.requests import case_numbers, demand_approved
from console.store.store import Reading

WORK: Final = ".{name}.making"
"""The folder beside a package for what is not finished."""


def running(rx: Reading) -> tuple[FootageRequest, ...]:
    """The requests whose package was being made when the console ended."""
    found = rx.find(FootageRequest)
    return tuple(one for one in found if one.job is not None and one.job.state is JobState.RUNNING)


def order_of(
    rx: Reading,
    request_id: RequestId,
    *,
    data_dir: Path,
    clocks: Mapping[CameraId, CameraClock],
    public_key: str,
    program_version: str,
) -> ExportOrder:
    """The order for the package of a request that is being made. Refused where nobody has approved exactly this."""
    request = rx.need(FootageRequest, request_id)
    demand_approved(request)
    job = request.job
    if job is None or job.state is not JobState.RUNNING:
        raise Refused(zh="没有开始制作。", en="Nobody began to make it.")
    known = {camera.id: camera for camera in rx.site.cameras}
    held = {camera: _segments(rx, camera, request) for camera in request.cameras}
    lines = hash_lines(rx, {one.id for some in held.values() for one in some}, request.from_at)
    folder = Path(job.folder)
    seq, head = rx.head()
    return ExportOrder(
        request=request.id,
        number=request.number,
        folder=str(folder),
        work=str(folder.with_name(WORK.format(name=folder.name))),
        from_at=request.from_at,
        until_at=request.until_at,
        origin=Origin(
            site_id=rx.site.id,
            site=rx.site.name,
            timezone=rx.site.timezone,
            organisation=request.organisation,
            requester=request.requester,
            document=request.document,
            purpose=request.purpose,
            reason=request.reason,
            incident=next(iter(case_numbers(rx, (request,)).values()), ""),
            asked_at=request.asked_at,
            asked_by=_named(rx, request.asked_by),
            approved_at=request.decided_at,
            approved_by=_named(rx, request.decided_by),
            approved_digest=request.approved_digest,
            operator=_named(rx, job.by),
            program_version=program_version,
            journal_seq=seq,
            journal_head=head,
        ),
        cameras=tuple(
            _camera(rx, request, name, known.get(name), held[name], lines, clocks.get(name), data_dir)
            for name in request.cameras
        ),
        public_key=public_key,
        viewing=job.viewing,
        masks=job.masks,
        zipped=job.zipped,
    )


def _segments(rx: Reading, camera: CameraId, request: FootageRequest) -> tuple[Segment, ...]:
    states = (*PLAYABLE, SegmentState.DAMAGED)
    return footage.segments(rx, camera, request.from_at, request.until_at, states=states)


def _named(rx: Reading, person_id: str | None) -> str:
    person = rx.get(Person, person_id) if person_id else None
    return f"{person.name} ({person.employee_no or person.login})" if person is not None else person_id or ""


def _camera(
    rx: Reading,
    request: FootageRequest,
    name: CameraId,
    camera: Camera | None,
    segments: tuple[Segment, ...],
    lines: Mapping[SegmentId, JournalLine],
    clock: CameraClock | None,
    data_dir: Path,
) -> CameraSource:
    volumes = {one.id: Path(one.path) for one in rx.find(Volume)}
    sources = []
    for one in segments:
        line = lines.get(one.id)
        sources.append(
            SourceSegment(
                segment=one,
                path=str(volumes[one.volume] / one.file) if one.volume in volumes else "",
                journal_seq=line.seq if line is not None else 0,
                journal_hash=line.hash if line is not None else "",
            )
        )
    stills = rx.find(
        Evidence,
        order_by="taken_at",
        since=("taken_at", request.from_at),
        before=("taken_at", request.until_at),
        camera=name,
        kind=EvidenceKind.SNAPSHOT,
    )
    return CameraSource(
        id=name,
        number=camera.number if camera is not None else 0,
        name=camera.name if camera is not None else Text(name, name),
        clock=ClockOffset()
        if clock is None or clock.offset_s is None
        else ClockOffset(offset_s=clock.offset_s, measured_at=clock.measured_at, how="onvif"),
        masks=camera.masks if camera is not None else (),
        segments=tuple(sources),
        bookmarks=footage.bookmarks(rx, name, request.from_at, request.until_at),
        stills=tuple(
            StillSource(id=one.id, path=str(data_dir / one.file), sha256=one.sha256, taken_at=one.taken_at)
            for one in stills
        ),
    )


def hash_lines(rx: Reading, wanted: set[SegmentId], from_at: datetime) -> dict[SegmentId, JournalLine]:
    """The journal line that told the hash of each segment; those that no line knows are left out.

    A segment's line comes after its beginning: the search starts there and ends with the last one that was found.
    """
    found: dict[SegmentId, JournalLine] = {}
    left = set(wanted)
    if not left:
        return found
    after = _seq_before(rx, from_at - timedelta(seconds=footage.LONGEST_S))
    for line in rx.journal(kinds=(SegmentsClosed.__name__,), after_seq=after):
        event = event_from(line)
        if isinstance(event, SegmentsClosed):
            for one in event.segments:
                if one.segment in left:
                    left.discard(one.segment)
                    found[one.segment] = line
        if not left:
            break
    return found


def _seq_before(rx: Reading, at: datetime) -> int:
    """A line that was written before a moment, by halving: numbers have no gaps, and times do not go back by hours."""
    low, high = 0, rx.head()[0]
    while low < high:
        middle = (low + high) // 2
        line = next(iter(rx.journal(after_seq=middle, limit=1)), None)
        if line is not None and line.written_at < at:
            low = middle + 1
        else:
            high = middle
    return max(0, low - 1)
