"""The cameras of the post: how their pictures are judged, and where it is heard what was found."""

from concurrent.futures import Future
from pathlib import Path
from typing import Any

from console import log
from console.config import DataFolder, Secrets
from console.models.camera_health import CameraFault, limits_of, subject_of
from console.models.errors import ConsoleError
from console.models.pictures import CameraState, RuleEvent, RuleWorking
from console.models.recording import MotionMinute, RecordMode
from console.models.settings import seconds_of
from console.models.site import Site
from console.services import camera_health, health
from console.services.desk import Desk
from console.services.unkept import Delivery
from console.sources.video_rules import signal_from_rule
from console.video.analysis import Analysis
from console.video.supervisor import VideoSupervisor

REFERENCES = "references"
"""The folder of the data folder in which is kept what each camera looks like when it is well."""


def video_of(
    site_dir: Path, site: Site, desk: Desk, delivery: Delivery, secrets: Secrets, folder: DataFolder
) -> VideoSupervisor:
    """The supervisor of all cameras of the site, not started yet."""

    def on_state(state: CameraState) -> None:
        delivery.tell(health.camera_changed, state.camera, state)

    def on_rule(event: RuleEvent) -> None:
        delivery.deliver(signal_from_rule(event, desk.clock))

    def on_fault(fault: CameraFault) -> None:
        delivery.tell(camera_health.fault_changed, subject_of(fault.camera, fault.fault), fault)

    def on_motion(minute: MotionMinute) -> None:
        desk.do(camera_health.motion_kept, minute).add_done_callback(_say_unkept)

    def on_working(working: RuleWorking) -> None:
        desk.bus.publish(working)

    scenes = site_dir / "scenes"
    settings = desk.ground.settings
    return VideoSupervisor(
        site_dir,
        site.cameras,
        desk.clock,
        secrets=secrets.resolve,
        on_state=health.only_news(on_state),
        on_rule=on_rule,
        scenes_dir=scenes if scenes.is_dir() else None,
        timezone=site.timezone,
        stale_s=seconds_of(settings, "video.stale_s"),
        offline_s=seconds_of(settings, "video.offline_s"),
        analysis=Analysis(
            limits=limits_of(settings),
            references_dir=folder.root / REFERENCES,
            office=site.office,
            keep_motion=frozenset(camera.id for camera in site.cameras if camera.record.mode is not RecordMode.NONE),
            standing=desk.ask(camera_health.standing).result(),
            on_fault=on_fault,
            on_motion=on_motion,
            on_working=on_working,
        ),
    )


def _say_unkept(done: "Future[Any]") -> None:
    """A minute of motion that could not be kept is one that search will not find; the record's own trouble is told."""
    error = None if done.cancelled() else done.exception()
    if error is not None and not isinstance(error, ConsoleError):
        log.bug(error, "keeping motion")
