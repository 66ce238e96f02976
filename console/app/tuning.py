"""Tuning rules put together: live working, replay of recordings beside the post, and settings that are in force at once."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from console.models.errors import ConsoleError, Refused
from console.models.events import SettingChanged
from console.models.ids import CameraId
from console.models.people import Actor
from console.models.recording import FINISHED, Volume
from console.models.rules import Rule
from console.models.site import Camera, CameraKind, Site
from console.models.tuning import RULE, Comparison, TriedEvent, compare
from console.registry import discover
from console.services import footage, settings, tuning
from console.services.desk import Desk
from console.store.store import Reading
from console.video.kinds import RuleSpec
from console.video.replay import Progress, Request, WouldHave, replay_rule
from console.video.supervisor import VideoSupervisor

FILE_S: Final = 60.0
"""About how long a recorded file is."""
_NOTHING: Final = ("这段时间没有这台摄像机的录像。", "There are no recordings of this camera in this time.")


def put_in_force(desk: Desk) -> None:
    """Put what was chosen before this start in the place of what the site folder says; before the cameras start."""
    site = tuning.site_in_force(desk.ground.site, desk.ask(settings.chosen).result())
    desk.ground = replace(desk.ground, site=site)


def follow_rules(desk: Desk, of_site: Site, video: VideoSupervisor) -> Callable[[], None]:
    """Put a rule in force as soon as its choice is on disk; ends by calling the result."""
    chosen = desk.ask(settings.chosen).result()

    def changed(event: SettingChanged) -> None:
        if not event.key.startswith(RULE):
            return
        if event.new == settings.FOLDER:
            chosen.pop(event.key, None)
        else:
            chosen[event.key] = msgspec.json.decode(event.new)
        before = desk.ground.site
        rules = {one.id: one.rules for one in tuning.site_in_force(of_site, chosen).cameras}
        # The rules alone: whatever else of the site was changed meanwhile stands.
        cameras = tuple(replace(one, rules=rules.get(one.id, one.rules)) for one in before.cameras)
        desk.ground = replace(desk.ground, site=replace(before, cameras=cameras))
        for camera, old in zip(cameras, before.cameras, strict=True):
            if camera.rules != old.rules:
                video.set_rules(camera.id, camera.rules)

    return desk.bus.on(SettingChanged, changed)


class Comparing:
    """See console.models.tuning.Comparing; `work` is run by a helper."""

    def __init__(self, helpers: Executor, work: Callable[["Comparing"], Comparison]) -> None:
        self._cancelled = threading.Event()
        self.share = 0.0
        self.result = helpers.submit(work, self)

    def cancel(self) -> None:
        """End it within a moment."""
        self._cancelled.set()

    def cancelled(self) -> bool:
        """Whether somebody wants it ended."""
        return self._cancelled.is_set()


class SiteTuning:
    """See console.models.tuning.Tuning. May be called from any thread."""

    def __init__(self, desk: Desk, of_site: Site, video: VideoSupervisor, site_dir: Path, helpers: Executor) -> None:
        self._desk, self._video, self._site_dir, self._helpers = desk, video, site_dir, helpers
        self._of_site = {one.id: one.rules for one in of_site.cameras}
        self._kinds = discover("console.video.analytics", kind=RuleSpec)
        self._running: set[Comparing] = set()

    def of_site(self, camera: CameraId) -> tuple[Rule, ...]:
        """The camera's rules as the site folder has them."""
        return self._of_site.get(camera, ())

    def watch(self, camera: CameraId, rule: Rule | None) -> None:
        """Tell how a rule works; one that does not fit together is not watched."""
        self._video.watch_rule(camera, rule if rule is None or not self._mistakes(rule) else None)

    def apply(self, camera: CameraId, rule: Rule, reason: str, *, by: Actor) -> "Future[None]":
        """Put a setting in force."""
        return self._refusal(rule) or self._desk.do(tuning.choose, camera, rule, reason, by=by)

    def draw(self, camera: CameraId, rule: Rule, reason: str, *, by: Actor) -> "Future[None]":
        """Put a rule in force that the site folder does not have."""
        return self._refusal(rule) or self._desk.do(tuning.draw, camera, rule, reason, by=by)

    def give_back(self, camera: CameraId, rule: str, reason: str, *, by: Actor) -> "Future[None]":
        """Let the site folder decide again."""
        return self._desk.do(tuning.give_back, camera, rule, reason, by=by)

    def relearn(self, camera: CameraId, reason: str, *, by: Actor) -> "Future[None]":
        """Learn a camera's reference anew, once that is on record."""
        done = self._desk.do(tuning.relearnt, camera, reason, by=by)

        def learn(asked: "Future[None]") -> None:
            if not asked.cancelled() and asked.exception() is None:
                self._video.relearn(camera)

        done.add_done_callback(learn)
        return done

    def compare(self, camera: CameraId, old: Rule, new: Rule, from_at: datetime, until_at: datetime) -> Comparing:
        """Play what there is of a camera to both settings; a second comparison ends the first."""
        for one in self._running:
            one.cancel()
        self._running = {Comparing(self._helpers, lambda own: self._compare(own, camera, old, new, from_at, until_at))}
        return next(iter(self._running))

    def close(self) -> None:
        """End what runs."""
        for one in self._running:
            one.cancel()

    def _refusal(self, rule: Rule) -> "Future[None] | None":
        mistakes = self._mistakes(rule)
        if not mistakes:
            return None
        refused: Future[None] = Future()
        refused.set_exception(mistakes[0])
        return refused

    def _mistakes(self, rule: Rule) -> list[Refused]:
        spec = self._kinds.get(rule.kind.value)
        return [Refused(zh=f"{one.zh}。", en=f"{one.en}.") for one in (spec.check(rule) if spec is not None else ())]

    def _compare(
        self, own: Comparing, name: CameraId, old: Rule, new: Rule, from_at: datetime, until_at: datetime
    ) -> Comparison:
        site = self._desk.ground.site
        camera = next(one for one in site.cameras if one.id == name)
        is_film = camera.kind is CameraKind.FILE
        if is_film:
            files: tuple[tuple[Path, datetime], ...] = ((self._site_dir / camera.address, from_at),)
            length_s = 0.0
        else:
            files, length_s = self._desk.ask(_recorded, camera, from_at, until_at).result()
        if not files:
            raise ConsoleError(*_NOTHING)
        played_s = 0.0

        def far(done: Progress) -> None:
            nonlocal played_s
            played_s = max(played_s, done.at_s)
            within = min(1.0, done.at_s / FILE_S)  # of a film nobody knows how long it is
            own.share = min(1.0, (done.file + within) / len(files)) if not is_film else 0.0

        request = Request(
            camera=camera,
            rule=old,
            tried=new,
            files=files,
            site_dir=self._site_dir,
            timezone=site.timezone,
            office=site.office,
        )
        replayed = replay_rule(request, on_progress=far, cancelled=own.cancelled)
        own.share = 1.0
        found = compare(_events(replayed.events), _events(replayed.tried))
        looked_s = played_s if is_film else length_s
        return Comparison(
            **found, began_at=files[0][1], looked_s=looked_s, is_film=is_film, unread=len(replayed.unread)
        )


def _events(found: tuple[WouldHave, ...]) -> tuple[TriedEvent, ...]:
    return tuple(TriedEvent(began_at=one.began_at, ended_at=one.ended_at, jpeg=one.jpeg) for one in found)


def _recorded(
    rx: Reading, camera: Camera, from_at: datetime, until_at: datetime
) -> tuple[tuple[tuple[Path, datetime], ...], float]:
    """The finished files of a span with the times of their first pictures, and how many seconds they hold."""
    rows = footage.segments(rx, camera.id, from_at, until_at, states=FINISHED)
    paths = {volume.id: Path(volume.path) for volume in rx.find(Volume)}
    known = [one for one in rows if one.volume in paths]
    length = sum(((one.ended_at or one.started_at) - one.started_at for one in known), timedelta())
    return tuple((paths[one.volume] / one.file, one.started_at) for one in known), length.total_seconds()
