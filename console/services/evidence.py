"""Evidence: put a file where it stays, and keep it on record with its hash."""

import errno
import hashlib
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from console.durable import sync_folder, write_whole
from console.models.alarms import Alarm
from console.models.errors import ConsoleError, Refused
from console.models.events import EvidenceKept
from console.models.ids import CameraId, IncidentId
from console.models.incidents import Incident, IncidentState
from console.models.people import SYSTEM, Actor, Right
from console.models.reach import Grant
from console.models.settings import seconds_of
from console.models.trust import Evidence
from console.services import playback
from console.store.store import Reading, Transaction
from console.store.verify_files import hash_of

FOLDER = "evidence"
_SAFE = re.compile(r"[^\w.\-]+")


class StoredFile(NamedTuple):
    """A file under the data folder: `file` is relative to it, with forward slashes; the hash is of what was given."""

    file: str
    sha256: str
    size_bytes: int


def store_file(data_dir: Path, content: bytes, name: str) -> StoredFile:
    """Write `content` as data_dir/evidence/name so that it survives a power cut, before any row speaks of it.

    `name` may have folders in front ("2026-03/gate.jpg"). Written beside, flushed to disk, renamed, then the folders
    flushed. A name that is taken by other content gets a number; the same content under the same name is not written
    twice. Raises ConsoleError where the disk refuses.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    *folders, last = [_SAFE.sub("_", part).lstrip(".")[-120:] or "_" for part in PurePosixPath(name).parts] or ["_"]
    root = data_dir / FOLDER
    folder = root.joinpath(*folders)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = _free_name(folder, last, sha256)
        if not target.exists():
            write_whole(target, content)
            for above in folder.parents:
                sync_folder(above)
                if above == data_dir:
                    break
    except OSError as error:
        raise ConsoleError(
            zh=f"证据文件无法保存到 {folder}：{error.strerror}。",
            en=f"The evidence file cannot be kept in {folder}: {error.strerror}.",
        ) from error
    return StoredFile(target.relative_to(data_dir).as_posix(), sha256, len(content))


def is_unchanged(data_dir: Path, evidence: Evidence) -> bool:
    """Whether the file of a piece of evidence is there and has the hash it was kept with."""
    try:
        return hash_of(data_dir / evidence.file) == evidence.sha256
    except OSError:
        return False


def keep(tx: Transaction, evidence: Evidence, *, by: Actor = SYSTEM) -> Evidence:
    """Keep a stored file on record. It is never changed or deleted from then on."""
    by.demand(Right.WATCH)
    tx.put(evidence)
    tx.record(EvidenceKept(at=tx.now, by=by.person, seat=by.seat, evidence=evidence))
    return evidence


def keep_taken(tx: Transaction, evidence: Evidence, *, recorded: bool = False, by: Actor) -> Evidence:
    """Keep a picture that somebody took by hand, of a live camera or of a recording; it joins the open case it belongs to.

    That is the newest open case one of whose alarms shows this camera, for what was taken since video.hold_pre_s before
    its first alarm. Of a recording nothing is kept that this person may not look at; see console.services.playback.
    """
    by.demand(Right.WATCH)
    if recorded and evidence.camera is not None:
        granted = demand_sight(tx, evidence.camera, evidence.taken_at, by)
        if granted is not None:
            evidence = replace(evidence, details={**evidence.details, "request": granted.request})
    return keep(tx, replace(evidence, incident=_case_of(tx, evidence)), by=by)


def demand_sight(rx: Reading, camera: CameraId, taken_at: datetime, actor: Actor) -> Grant | None:
    """Refuse a moment of a recording that somebody may not look at; gives the request that opens it, where one has to."""
    may = playback.reach(actor, rx.settings, playback.grants(rx, actor), rx.now)
    if not may.shows(camera, taken_at.timestamp()):
        said = playback.too_far(rx.settings)
        raise Refused(zh=said.zh, en=said.en)
    return may.grant(camera, taken_at.timestamp())


def case_number(rx: Reading, incident: IncidentId) -> str:
    """The number of the case that a picture joined."""
    return rx.need(Incident, incident).number


def _case_of(rx: Reading, taken: Evidence) -> IncidentId | None:
    before = timedelta(seconds=seconds_of(rx.settings, "video.hold_pre_s"))
    for case in rx.find(Incident, state=IncidentState.OPEN, newest_first=True):
        if taken.taken_at >= case.detected_at - before and case.alarms:
            alarms = rx.find(Alarm, id=case.alarms)
            if any(taken.camera in alarm.cameras for alarm in alarms):
                return case.id
    return None


def _free_name(folder: Path, name: str, sha256: str) -> Path:
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in range(1, 10_000):
        candidate = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        if not candidate.exists() or hash_of(candidate) == sha256:
            return candidate
    raise OSError(errno.EEXIST, "too many files of that name")
