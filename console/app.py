"""Put the console together, run it, and take it apart in reverse: the only wiring.

Everything that starts is entered on one ExitStack; leaving it is the exact reverse. `open_post` is the whole console
without a window (`zhishou serve`); `run_window` puts the window on it.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console import __version__, i18n, log
from console.bus import Bus
from console.config import DataFolder, Secrets, data_folder
from console.errands import Errands
from console.models.alarms import Alarm
from console.models.clock import Clock, SystemClock
from console.models.errors import ConsoleError
from console.models.events import AlarmRaised, IncidentOpened
from console.models.ids import AlarmId, CameraId, EvidenceId, SourceId, new_id
from console.models.people import SYSTEM, Actor
from console.models.pictures import CameraState, RuleEvent
from console.models.settings import seconds_of
from console.models.site import Site
from console.models.text import Text
from console.models.trust import Evidence, EvidenceKind, PrintedReport
from console.registry import discover
from console.services import clockwork, evidence, faults, health, patrol
from console.services.clock_watch import watch_clock
from console.services.desk import Desk, Ground
from console.services.disk import watch_disk
from console.services.forms import print_form
from console.services.unkept import Delivery
from console.site_folder import load_site
from console.sources.source import Running, SourceContext, SourceSpec
from console.sources.video_rules import signal_from_rule
from console.steps.spec import StepSpec
from console.store.opening import open_store
from console.store.store import Reading
from console.video.facts import Snapshot
from console.video.kinds import CameraSpec, RuleSpec
from console.video.supervisor import VideoSupervisor

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QMainWindow

    from console.bridge import Bridge, DemoAccount

Prepare = Callable[["Post"], "AbstractContextManager[tuple[DemoAccount, ...]]"]
Drive = Callable[["QMainWindow"], int]

_log = logging.getLogger(__name__)

TICK_S = 1.0
# An alarm's first pictures: so many of its cameras are kept as evidence at once.
SNAPSHOTS_AN_ALARM = 2


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
    sources: dict[SourceId, Running] = field(default_factory=dict)
    helpers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(3, thread_name_prefix="helper"))

    @property
    def site(self) -> Site:
        """The site as loaded."""
        return self.desk.ground.site

    def take_snapshot(
        self, camera: CameraId, actor: Actor | None, alarm: Alarm | None = None
    ) -> "Future[Evidence]":
        """Keep a camera's newest full-size picture as evidence: file first, row after, hash in the journal."""
        return self.helpers.submit(self._keep_snapshot, camera, actor, alarm)

    def _keep_snapshot(self, camera: CameraId, actor: Actor | None, alarm: Alarm | None) -> Evidence:
        taken = self.video.snapshot(camera).result()
        try:
            kept = _evidence_of(taken, self.folder.root, self.site, actor, alarm)
        except ConsoleError as error:
            self.desk.do(faults.note, evidence.FOLDER, error.text)
            raise
        self.desk.do(faults.clear, evidence.FOLDER, Text("证据文件又可以保存。", "Evidence can be kept again."))
        return self.desk.do(evidence.keep, kept, by=actor or SYSTEM).result()

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


def _evidence_of(taken: Snapshot, root: Path, site: Site, actor: Actor | None, alarm: Alarm | None) -> Evidence:
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
        details={"width_px": taken.width_px, "height_px": taken.height_px},
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
        ground = read_ground(options.site_dir)
        store = open_store(options.database or folder.root, clock=clock)
        stack.callback(store.close)
        desk = stack.enter_context(Desk(store, ground, clock, Bus()))
        secrets = Secrets(folder.root)
        errands = stack.enter_context(Errands())
        desk.do(health.started, __version__).result()
        stack.callback(_say_stopped, desk)
        delivery = Delivery(desk)
        video = stack.enter_context(_video(options.site_dir, ground.site, desk, delivery, secrets))
        post = Post(options=options, folder=folder, desk=desk, video=video, errands=errands, secrets=secrets)
        stack.callback(post.helpers.shutdown, wait=True, cancel_futures=True)
        stack.callback(desk.bus.on(AlarmRaised, partial(_keep_first_pictures, post)))
        stack.callback(desk.bus.on(IncidentOpened, partial(_keep_case_pictures, post)))
        stack.enter_context(_clockwork(desk, folder))
        for setup in ground.site.sources:
            post.sources[setup.id] = stack.enter_context(_source(setup, desk, delivery, secrets))
        yield post


def _say_stopped(desk: Desk) -> None:
    try:
        desk.do(health.stopped).result(timeout=2)
    except (ConsoleError, TimeoutError):
        _log.warning("the end of the console could not be written to the journal")


def _video(site_dir: Path, site: Site, desk: Desk, delivery: Delivery, secrets: Secrets) -> VideoSupervisor:
    def on_state(state: CameraState) -> None:
        delivery.tell(health.camera_changed, state.camera, state)

    def on_rule(event: RuleEvent) -> None:
        delivery.deliver(signal_from_rule(event, desk.clock))

    scenes = site_dir / "scenes"
    return VideoSupervisor(
        site_dir,
        site.cameras,
        desk.clock,
        secrets=secrets.resolve,
        on_state=health.only_news(on_state),
        on_rule=on_rule,
        scenes_dir=scenes if scenes.is_dir() else None,
        timezone=site.timezone,
        stale_s=seconds_of(desk.ground.settings, "video.stale_s"),
        offline_s=seconds_of(desk.ground.settings, "video.offline_s"),
    )


def _source(setup: Any, desk: Desk, delivery: Delivery, secrets: Secrets) -> Any:
    spec = discover("console.sources", kind=SourceSpec)[setup.kind]
    context = SourceContext(
        deliver=delivery.deliver,
        punch=partial(desk.do, patrol.punch),
        health=lambda changed: delivery.tell(health.source_changed, changed.source, changed),
        clock=desk.clock,
        secrets=secrets.resolve,
        log=logging.getLogger(f"console.sources.{setup.kind}"),
    )
    return spec.start(setup, context)


def _keep_first_pictures(post: Post, event: AlarmRaised) -> None:
    for camera in event.alarm.cameras[:SNAPSHOTS_AN_ALARM]:
        post.take_snapshot(camera, None, event.alarm).add_done_callback(_say_missing)


def _keep_case_pictures(post: Post, event: IncidentOpened) -> None:
    """A second picture when somebody takes the case: what the operator saw then."""
    actor = Actor(person=event.incident.opened_by, name="", role=None, seat=event.seat)

    def keep(found: "Future[Alarm | None]") -> None:
        alarm = found.result()
        if alarm is not None and alarm.cameras:
            post.take_snapshot(alarm.cameras[0], actor, replace(alarm, incident=event.incident.id)).add_done_callback(
                _say_missing
            )

    for alarm_id in event.incident.alarms[:1]:
        post.desk.ask(_alarm_of, alarm_id).add_done_callback(keep)


def _say_missing(done: "Future[Evidence]") -> None:
    """A picture nobody asked for by hand is missing: the camera's state, or the fault, is on record already."""
    error = None if done.cancelled() else done.exception()
    if isinstance(error, ConsoleError):
        _log.info("no picture was kept: %s", error)
    elif error is not None:
        log.bug(error, "keeping a picture")


def _alarm_of(rx: Reading, alarm_id: AlarmId) -> Alarm | None:
    return rx.get(Alarm, alarm_id)


@contextmanager
def _clockwork(desk: Desk, folder: DataFolder) -> Iterator[None]:
    stop = threading.Event()

    def turn() -> None:
        moves = (clockwork.tick, watch_clock(desk.clock), watch_disk(folder.root))
        said = ""
        while not stop.wait(TICK_S):
            for move in moves:
                try:
                    desk.do(move).result(timeout=30)
                except (ConsoleError, TimeoutError) as error:
                    why = str(error) or "the desk did not answer within 30 s"
                    if why != said:  # a full disk is not helped by a line a second
                        _log.warning("the clocks stand still: %s", why)
                    said = why
                else:
                    said = ""

    thread = threading.Thread(target=turn, name="clockwork")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def run_window(options: Options, *, prepare: Prepare | None = None, drive: Drive | None = None) -> int:
    """Run with the window until it is closed, or until `drive` has done with it; gives the exit code.

    `prepare` may set up and keep a pretend site going beside it. `drive` plays on the window in the place of a person.
    """
    from console.views.start import make_application, say_why_not

    application = make_application(options.language, options.look)
    try:
        return _run_window(application, options, prepare, drive)
    except ConsoleError as error:
        # Started by an icon there is no terminal to read: the sentence stands on the screen until it is closed.
        page = say_why_not(application, error.text)
        if page is not None:
            application.exec()
        raise


def _run_window(application: "QApplication", options: Options, prepare: Prepare | None, drive: Drive | None) -> int:
    from console.views.leaving import when_asked
    from console.views.start import make_window

    with ExitStack() as stack:
        post = stack.enter_context(open_post(options))
        accounts = stack.enter_context(prepare(post)) if prepare is not None else ()
        bridge = make_bridge(post, accounts)
        stack.callback(bridge.close)
        stack.enter_context(log.unforeseen(bridge.broken.emit))
        window = make_window(bridge)
        stack.callback(window.close)
        if drive is not None:
            return drive(window)
        stack.enter_context(when_asked(application.quit))
        if options.full_screen:
            window.showFullScreen()
        else:
            window.showMaximized()
        return application.exec()


def make_bridge(post: Post, accounts: "tuple[DemoAccount, ...]" = ()) -> "Bridge":
    """The bridge of a post, for the window that is about to open."""
    from console.bridge import Bridge, Surroundings

    surroundings = Surroundings(
        feed=post.video,
        seat=post.options.seat,
        site_dir=post.options.site_dir,
        data_dir=post.folder.root,
        take_snapshot=post.take_snapshot,
        print_report=post.print_report,
        demo_accounts=accounts,
    )
    return Bridge(post.desk, surroundings)


def serve(options: Options, wait: Callable[[], None]) -> int:
    """Run without a window until `wait` returns."""
    with open_post(options) as post:
        _log.info("serving %s without a window, data in %s", post.site.id, post.folder.root)
        wait()
    return 0
