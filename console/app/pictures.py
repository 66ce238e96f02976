"""Stills that become evidence: of every alarm, of every case, and by hand."""

import logging
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from console import i18n, log
from console.models.alarms import Alarm
from console.models.errors import ConsoleError
from console.models.events import AlarmRaised, IncidentOpened
from console.models.ids import AlarmId, EvidenceId, new_id
from console.models.people import SYSTEM, Actor
from console.models.playback import RecordedPicture
from console.models.site import Site
from console.models.text import Text
from console.models.trust import Evidence, EvidenceKind
from console.services import evidence, faults
from console.store.store import Reading
from console.video.facts import Snapshot

if TYPE_CHECKING:
    from console.app.post import Post

_log = logging.getLogger(__name__)

# An alarm's first pictures: so many of its cameras are kept as evidence at once.
SNAPSHOTS_AN_ALARM = 2


def evidence_of(taken: Snapshot | RecordedPicture, root: Path, site: Site, actor: Actor | None, alarm: Alarm | None) -> Evidence:
    names = {camera.id: camera.name for camera in site.cameras}
    kept_id = EvidenceId(new_id())
    stem = f"{taken.taken_at:%Y%m%d-%H%M%S}-{taken.camera}-{kept_id}.jpg"
    file, sha256, size = evidence.store_file(root, taken.jpeg, f"{taken.taken_at:%Y-%m}/{stem}")
    return Evidence(
        id=kept_id,
        kind=EvidenceKind.SNAPSHOT,
        file=file,
        size_bytes=size,
        sha256=sha256,
        taken_at=taken.taken_at,
        camera=taken.camera,
        alarm=alarm.id if alarm else None,
        incident=alarm.incident if alarm else None,
        by=actor.person if actor else None,
        caption=names[taken.camera].in_language(i18n.language()) if taken.camera in names else taken.camera,
        details={
            "width_px": taken.width_px,
            "height_px": taken.height_px,
            **({"segment": taken.segment} if isinstance(taken, RecordedPicture) else {}),
        },
    )


def store(post: "Post", taken: Snapshot | RecordedPicture, actor: Actor | None, alarm: Alarm | None = None) -> Evidence:
    """Put the file of a picture on disk and then its row on record; a disk that refuses is a fault of the post."""
    if actor is not None and isinstance(taken, RecordedPicture):  # what is refused leaves no file behind
        post.desk.ask(evidence.demand_sight, taken.camera, taken.taken_at, actor).result()
    try:
        kept = evidence_of(taken, post.folder.root, post.site, actor, alarm)
    except ConsoleError as error:
        post.desk.do(faults.note, evidence.FOLDER, error.text)
        raise
    post.desk.do(faults.clear, evidence.FOLDER, Text("证据文件又可以保存。", "Evidence can be kept again."))
    if actor is None or alarm is not None:
        return post.desk.do(evidence.keep, kept, by=actor or SYSTEM).result()
    recorded = isinstance(taken, RecordedPicture)
    return post.desk.do(evidence.keep_taken, kept, recorded=recorded, by=actor).result()


def keep_first_pictures(post: "Post", event: AlarmRaised) -> None:
    for camera in event.alarm.cameras[:SNAPSHOTS_AN_ALARM]:
        post.take_snapshot(camera, None, event.alarm).add_done_callback(_say_missing)


def keep_case_pictures(post: "Post", event: IncidentOpened) -> None:
    """A second picture when somebody takes the case: what the operator saw then."""
    actor = Actor(person=event.incident.opened_by, name="", role=None, seat=event.seat)

    def keep(found: Future[Alarm | None]) -> None:
        alarm = found.result()
        if alarm is not None and alarm.cameras:
            post.take_snapshot(alarm.cameras[0], actor, replace(alarm, incident=event.incident.id)).add_done_callback(
                _say_missing
            )

    for alarm_id in event.incident.alarms[:1]:
        post.desk.ask(_alarm_of, alarm_id).add_done_callback(keep)


def _say_missing(done: Future[Evidence]) -> None:
    """A picture nobody asked for by hand is missing: the camera's state, or the fault, is on record already."""
    error = None if done.cancelled() else done.exception()
    if isinstance(error, ConsoleError):
        _log.info("no picture was kept: %s", error)
    elif error is not None:
        log.bug(error, "keeping a picture")



def _alarm_of(rx: Reading, alarm_id: AlarmId) -> Alarm | None:
    return rx.get(Alarm, alarm_id)
