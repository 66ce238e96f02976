"""Recording put together: the workers that write, the record that knows every file, and the disk that must not run full.

One thread of its own, the keeper, owns all of this: it hears what the workers say, has it recorded, gives them places to
write to, brings back what a kill left, and deletes what is due. Nothing here runs on the window's thread.
"""

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from console.app.reconcile import Reconciliation, open_segments, reconcile, salvaged
from console.app.recording_disks import Disks, asked, done, unlinked
from console.app.recording_faults import Cause, Standing, all_faults
from console.app.recording_rows import active_alarms, begun_of, deleting, ended_of
from console.config import DataFolder, Secrets
from console.models.alarms import Condition
from console.models.errors import ConsoleError
from console.models.events import AlarmChanged, AlarmRaised
from console.models.ids import CameraId, SegmentId, VolumeId
from console.models.people import Actor
from console.models.record_schedule import is_on
from console.models.recording import (
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
from console.video.recording.supervisor import RecordingSupervisor
from console.video.recording.wire import Began, Broken, Ended, Fact, Reservation, Waiting

TURN_S: Final = 1.0
FLUSH_EVERY_S: Final = 5.0
DISK_EVERY_S: Final = 5.0
RETENTION_EVERY_S: Final = 10.0
HOLDINGS_EVERY_S: Final = 60.0
UNLINKED_A_TURN: Final = 240
"""Files are deleted a few at a time, so that a camera's next place never waits for a month of them."""
FOLDER: Final = "recording"

_log = logging.getLogger(__name__)
_STARVED = Text("没有可写的录像存储", "There is no place to write recordings to")


@dataclass(frozen=True, slots=True)
class _Restarted:
    cameras: tuple[CameraId, ...]


@dataclass(frozen=True, slots=True)
class _Exchange:
    """Another disk is to be taken into use in the place of one."""

    volume: VolumeId
    reason: str
    by: Actor
    answer: Future[Volume]


class Recording:
    """All recording of a post. Enter it to start; a site of which no camera is recorded starts nothing."""

    def __init__(
        self, desk: Desk, folder: DataFolder, site_dir: Path, secrets: Secrets, *, cameras_per_worker: int = 8
    ) -> None:
        self._desk, self._site_dir = desk, site_dir
        settings = desk.ground.settings
        named = str(value_of(settings, "video.volumes"))
        paths = [Path(one).expanduser() for one in named.split(os.pathsep) if one] or [folder.root / FOLDER]
        self._disks = Disks(desk, paths)
        self._cameras = {one.id: one for one in desk.ground.site.cameras if one.record.mode is not RecordMode.NONE}
        self._facts: deque[Fact | _Restarted | _Exchange] = deque()
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._places: dict[SegmentId, Segment] = {}
        self._withdrawn: dict[SegmentId, Segment] = {}
        self._writing: dict[SegmentId, Segment] = {}
        self._torn: set[VolumeId] = set()
        self._condemned: deque[Segment] = deque()
        self._causes: dict[CameraId, Cause] = {}
        self._owed: set[CameraId] = set()
        self._rows: dict[SegmentId, Segment] = {}
        self._finished: list[Segment] = []
        self._wanted: dict[CameraId, bool] = {}
        self._told: Collection[str] | None = None
        self._holdings: tuple[Holding, ...] = ()
        self._due_s: dict[str, float] = {}
        self.states: dict[CameraId, RecorderState] = {}
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
            self._causes[name] = Cause.START
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
        while self._facts:
            if isinstance(left := self._facts.popleft(), _Exchange):
                left.answer.cancel()

    @property
    def disks(self) -> tuple[DiskFigures, ...]:
        """How the disks stand."""
        return self._disks.figures

    def replace_disk(self, volume: VolumeId, reason: str, *, by: Actor) -> Future[Volume]:
        """Take what lies now where this disk should be into use in its place: what lay on it is gone, and told as gone.

        Raises NotPermitted or Refused at once where it may not be; the future, where there is nothing to take.
        """
        exchange = _Exchange(volume, volumes.may_replace(reason, by=by), by, Future())
        self._heard(exchange)
        return exchange.answer

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

    def _heard(self, fact: Fact | _Restarted | _Exchange) -> None:
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
        self._guarded(self._mourn)
        with self._video:
            self._guarded(self._go_on_with_alarms)
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
        return done(self._desk, command, *args)

    def _ask(self, query: Callable[..., Any], *args: Any) -> Any:
        return asked(self._desk, query, *args)

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
        if not self._condemned and self._is_due("retention", RETENTION_EVERY_S):
            self._condemned.extend(self._do(retention.due).segments)
        self._unlink_some()
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
                case _Exchange() as exchange:
                    self._exchange(exchange)
                case Began() as fact:
                    self._causes[fact.camera] = Cause.CAMERA
                    self._began(fact)
                case Ended() as fact:
                    self._ended(fact)
                case Waiting(camera=camera, starved=starved):
                    if starved:
                        self._owed.add(camera)
                    self._causes[camera] = Cause.DISK if starved else Cause.CAMERA
                    self._show(camera, on=False, armed=not starved, reason=_STARVED if starved else Text())
                case Broken(camera=camera, reason=reason, disk=disk, process=process):
                    self._causes[camera] = Cause.DISK if disk else Cause.PROCESS if process else Cause.CAMERA
                    self._show(camera, on=False, armed=False, reason=reason)
                    if disk:
                        self._disks.suspect()
                        self._due_s.pop("disks", None)

    def _began(self, fact: Began) -> None:
        # A worker may begin in the moment its place is taken back: the file is there, so it has its row all the same.
        place = self._places.pop(fact.segment, None) or self._withdrawn.pop(fact.segment)
        self._rows[place.id] = begun_of(place, fact)
        self._writing[place.id] = self._rows[place.id]
        self._owed.add(fact.camera)
        # A file that was begun in the instant the hours ended is closed at once, and no mark may stay behind.
        self._show(fact.camera, on=self._wanted[fact.camera], armed=False, reason=Text(), codec=fact.codec)

    def _ended(self, fact: Ended) -> None:
        begun = self._writing.pop(fact.segment)
        self._rows.pop(fact.segment, None)
        if not fact.sha256:
            self._torn.add(begun.volume)  # what of it is on disk is found when the disk is well
        self._finished.append(ended_of(begun, fact))

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
        paths = self._disks.paths()
        for one in lost:
            del self._writing[one.id]
            self._rows.pop(one.id, None)
        self._bring_back([(one, paths[one.volume]) for one in lost if one.volume in paths])
        away = [replace(one, state=SegmentState.DAMAGED) for one in lost if one.volume not in paths]
        if away:  # nobody can say now what there is of it; it is looked at when the disk is back
            self._do(recording.keep, away)
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

    def _give_places(self) -> None:
        """Every camera has one place in hand, on record before it is given."""
        disk = self._disks.roomiest() if self._owed else None
        if disk is None:
            return
        volume, path = disk
        now_at = self._desk.clock.now()
        made = [recording.new_segment(camera, volume, now_at) for camera in sorted(self._owed)]
        self._do(recording.keep, made)
        self._owed.clear()
        for one in made:
            self._places[one.id] = one
            self._video.give(Reservation(camera=one.camera, segment=one.id, path=path / one.file))

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
        refused, well = self._disks.check()
        for volume in refused:
            self._take_back(volume)
        self._torn.update(well)
        again = self._torn & self._disks.paths().keys()
        if again:
            self._flush()  # what is torn has to be on record as torn first
            self._recover(again)
            self._torn -= again

    def _exchange(self, exchange: _Exchange) -> None:
        """Somebody who may has decided that another disk takes the place of one."""
        if not exchange.answer.set_running_or_notify_cancel():
            return
        try:
            new = self._disks.replace(exchange.volume, exchange.reason, exchange.by)
        except (ConsoleError, FutureTimeout, OSError) as error:
            exchange.answer.set_exception(error)
        except Exception as error:
            exchange.answer.set_exception(error)
            raise
        else:
            exchange.answer.set_result(new)
            self._due_s.pop("disks", None)
            self._due_s.pop("holdings", None)

    def _take_back(self, volume: VolumeId) -> None:
        """The disk is gone: nobody may make a file on it, not even where it used to be."""
        lost = [one for one in self._places.values() if one.volume == volume]
        for one in lost:
            self._withdrawn[one.id] = self._places.pop(one.id)
            self._video.want(one.camera, self._wanted[one.camera], keep=False)
            self._owed.add(one.camera)
        if lost:
            self._do(recording.forget, tuple(one.id for one in lost))

    def _make_room(self) -> None:
        if self._condemned:
            return  # what was chosen last is not all gone yet
        chosen, blocked = self._disks.make_room()
        for volume in blocked:
            self._take_back(volume)
        self._condemned.extend(chosen)

    def _unlink_some(self) -> None:
        """Rows say "deleting" already: unlink, force the folders to disk, then forget the rows."""
        some = [self._condemned.popleft() for _ in range(min(len(self._condemned), UNLINKED_A_TURN))]
        gone = unlinked(self._disks.paths(), some)
        if gone:
            self._do(retention.gone, gone)

    # ---- after a kill --------------------------------------------------------------------------

    def _recover(self, disks: Collection[VolumeId]) -> None:
        """Look at what was left open on these disks, apart from what is being written now."""
        paths, ours = self._disks.paths(), {*self._places, *self._withdrawn, *self._writing}
        self._bring_back(
            [
                (one, paths[one.volume])
                for one in self._ask(open_segments)
                if one.volume in disks and one.volume in paths and one.id not in ours
            ]
        )
        self._condemned.extend(one for one in self._ask(deleting) if one.volume in disks)

    def _mourn(self) -> None:
        """A file that was being written when the console ended, on a disk that is not here, is not growing any more."""
        paths = self._disks.paths()
        away = [one.id for one in self._ask(open_segments) if one.state is SegmentState.WRITING and one.volume not in paths]
        if away:
            self._do(recording.damage, tuple(away))

    def _go_on_with_alarms(self) -> None:
        """An alarm that came shortly before this start still wants the rest of its seconds after it."""
        now = self._desk.clock.now()
        for alarm in self._ask(active_alarms):
            for name in alarm.cameras:
                camera = self._cameras.get(name)
                if camera is not None and camera.record.mode is RecordMode.EVENT:
                    left_s = camera.record.post_s - (now - alarm.last_at).total_seconds()
                    if left_s > 0:
                        self._video.trigger(name, left_s)

    def _bring_back(self, lost: list[tuple[Segment, Path]]) -> None:
        kept, never = salvaged(lost)
        if kept:
            self._do(recording.finish, tuple(kept))
        if never:
            self._do(recording.forget, tuple(never))

    def _reconcile(self) -> None:
        """Compare every row with its file, beside the recording."""
        found = Reconciliation()
        for volume, path in self._disks.paths().items():
            found += reconcile(path, partial(self._ask, footage.files, volume), self._stop.is_set)
        if found.damaged:
            self._do(recording.damage, found.damaged)
        self.reconciled = found

    # ---- what is wrong -------------------------------------------------------------------------

    def _tell(self) -> None:
        if self._is_due("holdings", HOLDINGS_EVERY_S):
            self._holdings = self._ask(footage.holdings)
        standing = Standing(
            disks=self._disks.all,
            figures=self.disks,
            holdings=self._holdings,
            states=tuple(self.states.values()),
            causes=self._causes,
            reconciled=self.reconciled,
            names={name: camera.name for name, camera in self._cameras.items()},
            headroom_low_h=seconds_of(self._desk.ground.settings, "video.headroom_low_h"),
            told=self._told or (),
            now=self._desk.clock.now(),
        )
        faults = all_faults(standing)
        if self._told is None or faults.keys() != self._told:
            self._do(recording.tell, faults)
            self._told = faults.keys()
