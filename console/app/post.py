"""The post put together, and taken apart in reverse.

Everything that starts is entered on one ExitStack; leaving it is the exact reverse. `open_post` is the whole console
without a window (`zhishou serve`); `run_window` puts the window on it.
"""

import logging
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from console import __version__, i18n, log
from console.app import clocks, own_alarms, pictures
from console.app.cameras import video_of
from console.app.export import ExportRoom
from console.app.masks import MaskRoom
from console.app.onvif import OnvifRoom, followed_of, with_streams
from console.app.pictures import keep_case_pictures, keep_first_pictures
from console.app.recording import Recording
from console.app.sources import Sources
from console.app.tuning import SiteTuning, follow_rules, put_in_force
from console.bus import Bus
from console.config import DataFolder, Secrets, data_folder
from console.errands import Errands
from console.models.alarms import Alarm
from console.models.clock import Clock, SystemClock
from console.models.errors import ConsoleError
from console.models.events import AlarmRaised, IncidentOpened
from console.models.ids import CameraId, SourceId
from console.models.people import Actor
from console.models.pictures import Sight
from console.models.playback import RecordedPicture
from console.models.site import Site
from console.models.trust import Evidence, PrintedReport
from console.registry import discover
from console.services import health
from console.services import settings as chosen_settings
from console.services.desk import Desk, Ground
from console.services.forms import print_form
from console.services.unkept import Delivery
from console.site_folder import load_site
from console.sources.source import Running, SourceSpec
from console.steps.spec import StepSpec
from console.store.opening import open_store
from console.video.kinds import CameraSpec, RuleSpec
from console.video.supervisor import VideoSupervisor

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line decides. `database` is a PostgreSQL URL, empty for the data folder's own SQLite."""

    site_dir: Path
    data_dir: Path | None = None
    database: str = ""
    language: str = "zh_CN"
    seat: str = "1"
    look: str = "night"
    full_screen: bool = False


@dataclass(slots=True)
class Post:
    """The running console: everything a window, a tour or a script may need of it."""

    options: Options
    folder: DataFolder
    desk: Desk
    video: VideoSupervisor
    errands: Errands
    secrets: Secrets
    inputs: Sources | None = None
    onvif: OnvifRoom | None = None
    recording: Recording | None = None
    tuning: SiteTuning | None = None
    exports: ExportRoom | None = None
    masks: MaskRoom | None = None
    helpers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(3, thread_name_prefix="helper"))

    @property
    def sources(self) -> dict[SourceId, Running]:
        """Who of the sources runs now."""
        return self.inputs.running if self.inputs is not None else {}

    @property
    def site(self) -> Site:
        """The site as loaded."""
        return self.desk.ground.site

    def shows_nothing(self, camera: CameraId) -> bool:
        """Whether a camera gives no picture."""
        return self.video.state(camera).sight is Sight.OFFLINE

    def readdress(self, camera: CameraId, address: str, main_address: str) -> None:
        """A camera's streams are elsewhere: its picture and its recording come from there from now on."""
        self.video.readdress(camera, address, main_address)
        if self.recording is not None:
            self.recording.readdress(camera, address, main_address)

    def take_snapshot(
        self, camera: CameraId, actor: Actor | None, alarm: Alarm | None = None
    ) -> "Future[Evidence]":
        """Keep a camera's newest full-size picture as evidence: file first, row after, hash in the journal."""
        return self.helpers.submit(self._keep_snapshot, camera, actor, alarm)

    def _keep_snapshot(self, camera: CameraId, actor: Actor | None, alarm: Alarm | None) -> Evidence:
        return pictures.store(self, self.video.snapshot(camera).result(), actor, alarm)

    def keep_picture(self, taken: RecordedPicture, actor: Actor) -> "Future[Evidence]":
        """Keep a picture of a recording as evidence, as one of a live camera is."""
        return self.helpers.submit(pictures.store, self, taken, actor)

    def print_report(self, form: str, record_id: str, language: str, actor: Actor | None) -> "Future[PrintedReport]":
        """Make a form in the errands process and put it on record."""
        return self.helpers.submit(
            print_form,
            self.desk,
            self.errands.submit,
            form,
            record_id,
            language=language,
            actor=actor,
            folder=self.folder,
            map_picture=partial(_map_picture, self.options.site_dir, self.site),
        )


def _map_picture(site_dir: Path, site: Site, spot: Any, marks: Any) -> bytes | None:
    from console.views.panels.map.excerpt import map_excerpt

    site_map = next((one for one in site.maps if one.id == spot.map), None) if spot is not None else None
    return map_excerpt(site_dir, site_map, spot, marks, (1200, 800)) if site_map is not None else None


def read_ground(site_dir: Path) -> Ground:
    """Read a site folder with all the kinds this console has; ConsoleError lists its mistakes."""
    cameras = discover("console.video.cameras", kind=CameraSpec)
    rules = discover("console.video.analytics", kind=RuleSpec)
    sources = discover("console.sources", kind=SourceSpec)
    steps = discover("console.steps", kind=StepSpec)
    site, plans = load_site(
        site_dir,
        camera_kinds={name: spec.check for name, spec in cameras.items()},
        rule_kinds={name: spec.check for name, spec in rules.items()},
        source_kinds={name: spec.check for name, spec in sources.items()},
        step_kinds={name: spec.check for name, spec in steps.items()},
    )
    return Ground(site=site, plans=plans, settings=dict(site.settings))


@contextmanager
def open_post(options: Options, clock: Clock | None = None) -> Iterator[Post]:
    """The whole console but for its window; on leaving, everything stops in reverse within a few seconds."""
    clock = clock or SystemClock()
    folder = data_folder(options.data_dir)
    folder.make()
    i18n.set_language(options.language)
    with ExitStack() as stack:
        stack.enter_context(log.kept_in(folder.logs))
        secrets = Secrets(folder.root)
        ground = read_ground(options.site_dir)
        of_site = ground.site.cameras
        cameras = with_streams(of_site, secrets.resolve, folder.root)
        ground = replace(ground, site=replace(ground.site, cameras=cameras))
        store = open_store(options.database or folder.root, clock=clock)
        stack.callback(store.close)
        desk = stack.enter_context(Desk(store, ground, clock, Bus()))
        errands = stack.enter_context(Errands())
        desk.do(health.started, __version__).result()
        stack.callback(_say_stopped, desk)
        stack.callback(chosen_settings.follow(desk))
        put_in_force(desk)
        delivery = Delivery(desk)
        video = stack.enter_context(video_of(options.site_dir, desk.ground.site, desk, delivery, secrets, folder))
        post = Post(options=options, folder=folder, desk=desk, video=video, errands=errands, secrets=secrets)
        stack.callback(post.helpers.shutdown, wait=True, cancel_futures=True)
        stack.callback(follow_rules(desk, ground.site, video))
        post.tuning = SiteTuning(desk, ground.site, video, options.site_dir, post.helpers)
        stack.callback(post.tuning.close)
        stack.callback(desk.bus.on(AlarmRaised, partial(keep_first_pictures, post)))
        stack.callback(desk.bus.on(IncidentOpened, partial(keep_case_pictures, post)))
        post.recording = stack.enter_context(Recording(desk, folder, options.site_dir, secrets))
        stack.enter_context(own_alarms.running(desk))
        stack.enter_context(clocks.running(desk, folder))
        followed = followed_of(of_site, cameras, folder.root, lost=post.shows_nothing, moved=post.readdress)
        post.onvif = stack.enter_context(OnvifRoom(cameras, desk, secrets.resolve, followed).running())
        onvif = post.onvif
        post.exports = stack.enter_context(
            ExportRoom(desk, folder, secrets, lambda: {clock.camera: clock for clock in onvif.clocks()})
        )
        post.masks = stack.enter_context(MaskRoom(desk, video))
        post.inputs = Sources(desk, delivery, secrets.resolve, post.helpers)
        stack.enter_context(post.inputs.all_running())
        yield post


def _say_stopped(desk: Desk) -> None:
    try:
        desk.do(health.stopped).result(timeout=10)
    except (ConsoleError, TimeoutError):
        _log.warning("the end of the console could not be written to the journal")
