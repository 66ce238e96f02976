"""Recording put together: the workers that write, the record that knows every file, and the disk that must not run full.

One thread of its own, the keeper, owns all of this: it hears what the workers say, has it recorded, gives them places to
write to, brings back what a kill left, and deletes what is due. Nothing here runs on the window's thread.
"""

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from console.app.reconcile import Reconciliation, open_segments, reconcile, salvaged
from console.app.recording_faults import Disk, Standing, all_faults
from console.config import DataFolder, Secrets
from console.models.alarms import Condition
from console.models.errors import ConsoleError
from console.models.events import AlarmChanged, AlarmRaised
from console.models.ids import CameraId, SegmentId, VolumeId
from console.models.record_schedule import is_on
from console.models.recording import (
    SUFFIXES,
    DiskFigures,
    Holding,
    RecorderState,
    RecordMode,
    Segment,
    SegmentState,
    Volume,
)
from console.models.settings import seconds_of, value_of
from console.models.text import Text
from console.services import footage, recording, retention, volumes
from console.services.desk import Desk
from console.video.recording.segment_file import sync_folder
from console.video.recording.supervisor import RecordingSupervisor
from console.video.recording.wire import Began, Broken, Ended, Fact, Reservation, Waiting

TURN_S: Final = 1.0
FLUSH_EVERY_S: Final = 5.0
DISK_EVERY_S: Final = 5.0
RETENTION_EVERY_S: Final = 10.0
HOLDINGS_EVERY_S: Final = 60.0
DESK_LIMIT_S: Final = 30.0
FOLDER: Final = "recording"

_log = logging.getLogger(__name__)
_STARVED = Text("没有可写的录像存储", "There is no place to write recordings to")


@dataclass(frozen=True, slots=True)
class _Restarted:
    cameras: tuple[CameraId, ...]


class Recording:
    """All recording of a post. Enter it to start; a site of which no camera is recorded starts nothing."""

    def __init__(
        self, desk: Desk, folder: DataFolder, site_dir: Path, secrets: Secrets, *, cameras_per_worker: int = 8
    ) -> None:
        self._desk, self._site_dir = desk, site_dir
        settings = desk.ground.settings
        named = str(value_of(settings, "video.volumes"))
        paths = [Path(one).expanduser() for one in named.split(os.pathsep) if one] or [folder.root / FOLDER]
        self._disks = [Disk(path) for path in paths]
        self._cameras = {one.id: one for one in desk.ground.site.cameras if one.record.mode is not RecordMode.NONE}
        self._facts: deque[Fact | _Restarted] = deque()
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._places: dict[SegmentId, Segment] = {}
        self._withdrawn: dict[SegmentId, Segment] = {}
        self._writing: dict[SegmentId, Segment] = {}
        self._owed: set[CameraId] = set()
        self._rows: dict[SegmentId, Segment] = {}
        self._finished: list[Segment] = []
        self._wanted: dict[CameraId, bool] = {}
        self._told: Collection[str] | None = None
        self._holdings: tuple[Holding, ...] = ()
        self._due_s: dict[str, float] = {}
        self.states: dict[CameraId, RecorderState] = {}
        self.disks: tuple[DiskFigures, ...] = ()
        self.reconciled: Reconciliation | None = None
        scenes = site_dir / "scenes"
        self._video = RecordingSupervisor(
            site_dir,
            tuple(self._cameras.values()),
            desk.clock,
            secrets=secrets.resolve,
            on_fact=self._heard,
            on_restart=lambda cameras: self._heard(_Restarted(cameras)),
            segment_s=seconds_of(settings, "video.segment_s"),
            sync_s=seconds_of(settings, "video.sync_s"),
            pre_roll_bytes=int(seconds_of(settings, "video.pre_roll_mb") * 1e6),
            scenes_dir=scenes if scenes.is_dir() else None,
            timezone=desk.ground.site.timezone,
            cameras_per_worker=cameras_per_worker,
        )
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        if not self._cameras:
            return self
        now_at = self._desk.clock.now()
        for name, camera in self._cameras.items():
            on = camera.record.mode is not RecordMode.SCHEDULE
            self._wanted[name] = on
            self.states[name] = RecorderState(
                camera=name, mode=camera.record.mode, wanted=on, on=False, since_at=now_at
            )
        bus = self._desk.bus
        self._undo = [bus.on(AlarmRaised, self._alarm), bus.on(AlarmChanged, self._alarm)]
        self._thread = threading.Thread(target=self._run, name="recording keeper")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for undo in self._undo:
            undo()
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def readdress(self, camera: CameraId, address: str, main_address: str) -> None:
        """A camera's streams are elsewhere: it is recorded from there from now on."""
        self._video.readdress(camera, address, main_address)

    def cue(self, camera: CameraId, name: str) -> None:
        """Let something happen in a pretend camera's scene, so that the recording shows what the live picture shows."""
        self._video.cue(camera, name)

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that write."""
        return self._video.pids()

    # ---- from other threads --------------------------------------------------------------------

    def _heard(self, fact: Fact | _Restarted) -> None:
        self._facts.append(fact)
        self._wake.set()

    def _alarm(self, event: AlarmRaised | AlarmChanged) -> None:
        if event.alarm.condition is not Condition.ACTIVE:
            return
        for name in event.alarm.cameras:
            camera = self._cameras.get(name)
            if camera is not None and camera.record.mode is RecordMode.EVENT:
                self._video.trigger(name, camera.record.post_s)

    # ---- the keeper ----------------------------------------------------------------------------

    def _run(self) -> None:
        self._guarded(self._admit_the_break)
        self._guarded(self._check_disks)
        self._guarded(self._recover_all)
        with self._video:
            self._guarded(self._reconcile)
            while not self._stop.is_set():
                self._wake.wait(TURN_S)
                self._wake.clear()
                self._guarded(self._turn)
        self._guarded(self._close)

    def _admit_the_break(self) -> None:
        """A console that was killed could not say that its recording ended: say it before anything is shown."""
        for name, state in self.states.items():
            last = self._ask(footage.last_state, name)
            if last is not None and (last.on or last.armed):
                self._do(recording.state_changed, state)

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
        except (ConsoleError, FutureTimeout, OSError) as error:
            _log.warning("recording: %s", error)
        except Exception:  # noqa: BLE001 - the boundary: the keeper outlives a mistake of its own
            _log.exception("recording keeper")

    def _do(self, command: Callable[..., Any], *args: Any) -> Any:
        return self._desk.do(command, *args).result(DESK_LIMIT_S)

    def _ask(self, query: Callable[..., Any], *args: Any) -> Any:
        return self._desk.ask(query, *args).result(DESK_LIMIT_S)

    def _is_due(self, what: str, every_s: float) -> bool:
        now_s = self._desk.clock.monotonic()
        if now_s < self._due_s.get(what, 0.0):
            return False
        self._due_s[what] = now_s + every_s
        return True

    def _turn(self) -> None:
        self._take_facts()
        self._follow_schedules()
        if self._rows or (self._finished and self._is_due("flush", FLUSH_EVERY_S)):
            self._flush()
        if self._is_due("disks", DISK_EVERY_S):
            self._check_disks()
            self._make_room()
        self._give_places()
        if self._is_due("retention", RETENTION_EVERY_S):
            self._unlink(self._do(retention.due).segments)
        self._tell()

    def _close(self) -> None:
        """The workers have ended: have the last segments recorded, take back the places nobody used."""
        self._take_facts()
        self._flush()
        unused = tuple(self._places)
        if unused:
            self._do(recording.forget, unused)
        for name in self.states:
            self._show(name, on=False, armed=False, wanted=False, reason=Text())

    # ---- facts ---------------------------------------------------------------------------------

    def _take_facts(self) -> None:
        while self._facts:
            match self._facts.popleft():
                case _Restarted(cameras=cameras):
                    self._start_anew(cameras)
                case Began() as fact:
                    self._began(fact)
                case Ended() as fact:
                    self._ended(fact)
                case Waiting(camera=camera, starved=starved):
                    if starved:
                        self._owed.add(camera)
                    self._show(camera, on=False, armed=not starved, reason=_STARVED if starved else Text())
                case Broken(camera=camera, reason=reason, disk=disk):
                    self._show(camera, on=False, armed=False, reason=reason)
                    if disk:
                        self._due_s.pop("disks", None)

    def _began(self, fact: Began) -> None:
        # A worker may begin in the moment its place is taken back: the file is there, so it has its row all the same.
        place = self._places.pop(fact.segment, None) or self._withdrawn.pop(fact.segment)
        self._rows[place.id] = replace(
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
        self._writing[place.id] = self._rows[place.id]
        self._owed.add(fact.camera)
        self._show(fact.camera, on=True, armed=False, reason=Text(), codec=fact.codec)

    def _ended(self, fact: Ended) -> None:
        begun = self._writing.pop(fact.segment)
        self._rows.pop(fact.segment, None)
        whole = bool(fact.sha256) and fact.frames > 0
        self._finished.append(
            replace(
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
        )

    def _flush(self) -> None:
        rows, finished = tuple(self._rows.values()), tuple(self._finished)
        if finished:
            self._do(recording.finish, finished)
            del self._finished[: len(finished)]
        if rows:
            self._do(recording.keep, rows)
            self._rows.clear()

    def _start_anew(self, cameras: tuple[CameraId, ...]) -> None:
        """A worker begins: what the one before it wrote is brought back, what it was given is given anew."""
        lost = [one for one in self._writing.values() if one.camera in cameras]
        paths = self._paths()
        for one in lost:
            del self._writing[one.id]
            self._rows.pop(one.id, None)
        self._bring_back([(one, paths[one.volume]) for one in lost if one.volume in paths])
        unused = tuple(one.id for one in self._places.values() if one.camera in cameras)
        for segment in unused:
            del self._places[segment]
        # What a worker that is gone had not begun, it never will.
        self._withdrawn = {name: one for name, one in self._withdrawn.items() if one.camera not in cameras}
        if unused:
            self._do(recording.forget, unused)
        self._owed.update(cameras)

    def _show(self, camera: CameraId, **changed: Any) -> None:
        before = self.states[camera]
        state = replace(before, **changed)
        if replace(state, since_at=before.since_at) == before:
            return
        if (state.on, state.armed, state.wanted) != (before.on, before.armed, before.wanted):
            state = replace(state, since_at=self._desk.clock.now())
        self.states[camera] = state
        self._do(recording.state_changed, state)

    # ---- places --------------------------------------------------------------------------------

    def _paths(self) -> dict[VolumeId, Path]:
        return {disk.volume.id: disk.path for disk in self._disks if disk.volume is not None and not disk.trouble}

    def _give_places(self) -> None:
        """Every camera has one place in hand, on record before it is given."""
        disk = self._roomiest()
        if disk is None or disk.volume is None or not self._owed:
            return
        now_at = self._desk.clock.now()
        made = [recording.new_segment(camera, disk.volume, now_at) for camera in sorted(self._owed)]
        self._do(recording.keep, made)
        self._owed.clear()
        for one in made:
            self._places[one.id] = one
            self._video.give(Reservation(camera=one.camera, segment=one.id, path=disk.path / one.file))

    def _roomiest(self) -> Disk | None:
        well = [disk for disk in self._disks if disk.volume is not None and not disk.trouble and not disk.blocked]
        return max(well, key=lambda disk: volumes.free_bytes(_need(disk)), default=None)

    def _follow_schedules(self) -> None:
        now_at, zone = self._desk.clock.now(), self._desk.ground.site.timezone
        for name, camera in self._cameras.items():
            if camera.record.mode is not RecordMode.SCHEDULE:
                continue
            on = is_on(camera.record, now_at, zone)
            if on != self._wanted[name]:
                self._wanted[name] = on
                self._video.want(name, on)
                self._show(name, wanted=on, **({} if on else {"on": False, "reason": Text()}))

    # ---- disks ---------------------------------------------------------------------------------

    def _check_disks(self) -> None:
        for disk in self._disks:
            try:
                if disk.volume is None:
                    disk.volume = self._open_disk(disk.path)
                volumes.check(disk.volume)
                disk.trouble = Text()
            except ConsoleError as error:
                if not disk.trouble:
                    self._take_back(disk)
                disk.trouble = error.text
        self.disks = tuple(
            DiskFigures(
                volume=disk.volume,
                free_bytes=volumes.free_bytes(disk.volume),
                headroom_h=self._ask(retention.headroom_h, disk.volume.id, volumes.free_bytes(disk.volume)),
                rate_bytes_s=self._ask(retention.rate_bytes_s, disk.volume.id),
                reason=disk.trouble,
            )
            for disk in self._disks
            if disk.volume is not None
        )

    def _open_disk(self, path: Path) -> Volume:
        """The volume on record for a path; set up where there never was one. A known one is never marked again."""
        volume: Volume | None = self._ask(volumes.known, path)
        if volume is None:
            volume = self._do(volumes.register, volumes.make_marker(path, self._desk.clock.now()))
        assert volume is not None
        return volume

    def _take_back(self, disk: Disk) -> None:
        """The disk is gone: nobody may make a file on it, not even where it used to be."""
        if disk.volume is None:
            return
        lost = [one for one in self._places.values() if one.volume == disk.volume.id]
        for one in lost:
            self._withdrawn[one.id] = self._places.pop(one.id)
            self._video.want(one.camera, self._wanted[one.camera], keep=False)
            self._owed.add(one.camera)
        if lost:
            self._do(recording.forget, tuple(one.id for one in lost))

    def _make_room(self) -> None:
        low = seconds_of(self._desk.ground.settings, "video.volume_free_gb") * 1e9
        for disk in self._disks:
            if disk.volume is None or disk.trouble:
                continue
            short = low - volumes.free_bytes(disk.volume)
            if short <= 0:
                disk.blocked = False
                disk.early = disk.early and short > -low  # over when there is twice the room that has to be left
                continue
            chosen: retention.Chosen = self._do(retention.make_room, disk.volume.id, int(short))
            disk.early = disk.early or bool(chosen.early)
            if chosen.blocked and not disk.blocked:
                self._take_back(disk)
            disk.blocked = chosen.blocked
            self._unlink(chosen.segments)

    def _unlink(self, segments: tuple[Segment, ...]) -> None:
        """Rows say "deleting" already: unlink, force the folders to disk, then forget the rows."""
        paths = self._paths()
        done, folders = [], set()
        for one in segments:
            if one.volume not in paths:
                continue  # its disk is not there: it is unlinked when it comes back
            for suffix in ("", *sorted(set(SUFFIXES.values()))):
                path = paths[one.volume] / (one.file + suffix)
                path.unlink(missing_ok=True)
                folders.add(path.parent)
            done.append(one.id)
        for folder in folders:
            with suppress(FileNotFoundError):
                sync_folder(folder)
                folder.rmdir() if not any(folder.iterdir()) else None
        if done:
            self._do(retention.gone, tuple(done))

    # ---- after a kill --------------------------------------------------------------------------

    def _recover_all(self) -> None:
        paths = self._paths()
        self._bring_back([(one, paths[one.volume]) for one in self._ask(open_segments) if one.volume in paths])
        self._unlink(self._ask(_deleting))

    def _bring_back(self, lost: list[tuple[Segment, Path]]) -> None:
        kept, never = salvaged(lost)
        if kept:
            self._do(recording.finish, tuple(kept))
        if never:
            self._do(recording.forget, tuple(never))

    def _reconcile(self) -> None:
        """Compare every row with its file, beside the recording."""
        found = Reconciliation()
        for volume, path in self._paths().items():
            found += reconcile(path, partial(self._ask, footage.files, volume), self._stop.is_set)
        if found.damaged:
            self._do(recording.damage, found.damaged)
        self.reconciled = found

    # ---- what is wrong -------------------------------------------------------------------------

    def _tell(self) -> None:
        if self._is_due("holdings", HOLDINGS_EVERY_S):
            self._holdings = self._ask(footage.holdings)
        standing = Standing(
            disks=tuple(self._disks),
            figures=self.disks,
            holdings=self._holdings,
            states=tuple(self.states.values()),
            reconciled=self.reconciled,
            names={name: camera.name for name, camera in self._cameras.items()},
            headroom_low_h=seconds_of(self._desk.ground.settings, "video.headroom_low_h"),
            now=self._desk.clock.now(),
        )
        faults = all_faults(standing)
        if self._told is None or faults.keys() != self._told:
            self._do(recording.tell, faults)
            self._told = faults.keys()


def _need(disk: Disk) -> Volume:
    if disk.volume is None:
        raise ValueError(f"{disk.path} is no volume")
    return disk.volume


def _deleting(rx: Any) -> tuple[Segment, ...]:
    found: tuple[Segment, ...] = rx.find(Segment, state=SegmentState.DELETING)
    return found
