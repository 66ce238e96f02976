"""The worker process: some cameras, a thread each, and a pipe to the supervisor.

Started as `python -m console.video.worker FD`. It ends when it is told to, and also when the pipe
ends, which is how it learns that the console has died.
"""

import faulthandler
import logging
import sys
import threading
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Final, NoReturn
from zoneinfo import ZoneInfo

from console.models.ids import CameraId
from console.models.text import Text
from console.registry import discover
from console.video.analyst import Analyst, Duties
from console.video.cv import hurry
from console.video.feed import Feed
from console.video.kinds import CameraSpec, RuleSpec, Setting, Workbench
from console.video.posting import Post, end_at_once, log_by_post, work_and_end
from console.video.ring import RingWriter
from console.video.wire import (
    Cue,
    FetchRecent,
    FromWorker,
    LiftMasks,
    Lost,
    Readdress,
    RecentSent,
    Relearn,
    Said,
    SetRules,
    SnapshotMade,
    Start,
    Stop,
    TakeSnapshot,
    WatchRule,
)

STOP_LIMIT_S: Final = 0.8

_BUG = Text("摄像机程序内部错误，已记入日志", "Internal error in the camera's program; it is in the log")


def run_feed(feed: Feed, camera: CameraId, post: Post[FromWorker]) -> None:
    """Run one camera; a mistake of ours costs this camera a restart, not its neighbours."""
    while True:
        try:
            feed.run()
        except Exception:
            logging.getLogger(__name__).exception("camera %s", camera)
            post.send(Lost(camera=camera, reason=_BUG, next_try_at=None))
            time.sleep(5.0)
        else:
            return


def run_feeds(start: Start, connection: Connection, post: Post[FromWorker]) -> None:
    """Run all cameras of `start` until told to stop or until the supervisor is gone."""
    kinds = discover("console.video.cameras", kind=CameraSpec)
    rules = discover("console.video.analytics", kind=RuleSpec)
    stop, bench = threading.Event(), Workbench()
    feeds: dict[CameraId, Feed] = {}
    threads: list[threading.Thread] = []
    for job in start.jobs:
        camera = job.camera
        setting = Setting(
            camera=camera,
            secret=job.secret,
            site_dir=start.site_dir,
            scenes_dir=start.scenes_dir,
            timezone=start.timezone,
            bench=bench,
        )
        duties = Duties(
            limits=start.limits,
            folder=start.references_dir,
            office=start.office,
            zone=ZoneInfo(start.timezone),
            site_dir=start.site_dir,
            active=job.active,
            faults=job.faults,
            cells=job.cells,
        )
        analyst = Analyst(camera, rules, duties, post.send)
        if job.tried is not None:
            analyst.watch(job.tried)
        feed = Feed(setting, RingWriter(job.ring_fd), kinds[camera.kind.value], analyst, post.send, stop)
        feeds[camera.id] = feed
        threads.append(
            threading.Thread(target=run_feed, args=(feed, camera.id, post), name=f"camera {camera.id}", daemon=True)
        )
    for thread in threads:
        thread.start()
    try:
        listen(connection, feeds, post)
    finally:
        stop.set()
        deadline_s = time.monotonic() + STOP_LIMIT_S
        for thread in threads:
            thread.join(max(0.0, deadline_s - time.monotonic()))


def listen(connection: Connection, feeds: Mapping[CameraId, Feed], post: Post[FromWorker]) -> None:
    """Take orders until Stop or the end of the pipe."""
    while True:
        try:
            message = connection.recv()
        except (EOFError, OSError):
            return
        match message:
            case Stop():
                return
            case TakeSnapshot(request=request, camera=camera) if camera in feeds:
                feeds[camera].take_snapshot(request)
            case TakeSnapshot(request=request):
                post.send(SnapshotMade(request=request, snapshot=None))
            case FetchRecent(request=request, camera=camera, since_at=since_at):
                stills = feeds[camera].recent.since(since_at) if camera in feeds else ()
                post.send(RecentSent(request=request, stills=stills))
            case Cue(camera=camera, name=name) if camera in feeds:
                feeds[camera].cue(name)
            case WatchRule(camera=camera, rule=rule) if camera in feeds:
                feeds[camera].analyst.watch(rule)
            case SetRules(camera=camera, rules=rules) if camera in feeds:
                feeds[camera].analyst.set_rules(rules)
            case LiftMasks(camera=camera, painted=painted, for_s=for_s) if camera in feeds:
                feeds[camera].lift_masks(painted, for_s)
            case Relearn(camera=camera) if camera in feeds:
                feeds[camera].analyst.relearn()
            case Readdress(camera=camera, address=address, main_address=main) if camera in feeds:
                feeds[camera].readdress(address, main)


def main() -> NoReturn:
    """Read the first message and go to work."""
    faulthandler.enable()
    connection = Connection(int(sys.argv[1]))
    post: Post[FromWorker] = Post(connection, end_at_once)
    log_by_post(post, lambda level, sentence: Said(level=level, sentence=sentence))
    hurry()
    work_and_end("video worker", lambda: run_feeds(connection.recv(), connection, post))


if __name__ == "__main__":
    main()
