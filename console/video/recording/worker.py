"""The recording worker: some cameras, a thread each, one more that forces files to disk, and a pipe to the supervisor.

Started as `python -m console.video.recording.worker FD`. It ends when it is told to, and when the pipe ends, which is how
it learns that the console has died; either way it closes its files first. It imports no codec unless a camera needs one.
"""

import faulthandler
import logging
import sys
import threading
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Final, NoReturn

from console.models.ids import CameraId
from console.models.text import Text
from console.video.kinds import Setting, Workbench
from console.video.posting import Post, log_by_post, say_nothing, work_and_end
from console.video.recording.recorder import Recorder
from console.video.recording.wire import (
    Beat,
    Broken,
    Cued,
    FromRecorder,
    Hung,
    Moved,
    Reservation,
    Spoke,
    StartRecording,
    StopRecording,
    Trigger,
    Want,
)

STOP_LIMIT_S: Final = 2.0
BEAT_S: Final = 1.0

_BUG = Text("录像程序内部错误，已记入日志", "Internal error of the recording program; it is in the log")


def run_recorder(recorder: Recorder, camera: CameraId, post: Post[FromRecorder], stop: threading.Event) -> None:
    """Run one camera; a mistake of ours costs this camera a pause, not its neighbours."""
    while not stop.is_set():
        try:
            recorder.run()
        except Exception:
            logging.getLogger(__name__).exception("recording camera %s", camera)
            post.send(Broken(camera=camera, reason=_BUG, next_try_at=None))
            stop.wait(5.0)


def beat(
    recorders: Mapping[CameraId, Recorder], sync_s: float, post: Post[FromRecorder], stop: threading.Event
) -> None:
    """Force files to disk, say that the worker lives, and which camera does not come back."""
    synced_s = time.monotonic()
    while not stop.wait(min(BEAT_S, sync_s)):
        now_s = time.monotonic()
        post.send(Beat(at_mono_s=now_s))
        for camera, recorder in recorders.items():
            if recorder.promise_s < now_s:
                post.send(Hung(camera=camera))
        if now_s - synced_s >= sync_s:
            synced_s = now_s
            for camera, recorder in recorders.items():
                try:
                    recorder.sync()
                except OSError as error:
                    logging.getLogger(__name__).warning("recording of %s not on disk: %s", camera, error)


def record(start: StartRecording, connection: Connection, post: Post[FromRecorder]) -> None:
    """Record all cameras of `start` until told to stop or until the supervisor is gone."""
    stop, bench = threading.Event(), Workbench()
    recorders: dict[CameraId, Recorder] = {}
    for job in start.jobs:
        setting = Setting(
            camera=job.camera, secret=job.secret, site_dir=start.site_dir, scenes_dir=start.scenes_dir,
            timezone=start.timezone, bench=bench,
        )  # fmt: skip
        recorders[job.camera.id] = Recorder(setting, start.segment_s, job.pre_roll_bytes, post.send, stop)
    threads = [
        threading.Thread(target=run_recorder, args=(one, name, post, stop), name=f"record {name}", daemon=True)
        for name, one in recorders.items()
    ]
    threads.append(threading.Thread(target=beat, args=(recorders, start.sync_s, post, stop), daemon=True))
    for thread in threads:
        thread.start()
    try:
        listen(connection, recorders)
    finally:
        stop.set()
        for recorder in recorders.values():
            recorder.rouse()
        deadline_s = time.monotonic() + STOP_LIMIT_S
        for thread in threads:
            thread.join(max(0.0, deadline_s - time.monotonic()))


def listen(connection: Connection, recorders: Mapping[CameraId, Recorder]) -> None:
    """Take orders until StopRecording or the end of the pipe."""
    while True:
        try:
            message = connection.recv()
        except (EOFError, OSError):
            return
        match message:
            case StopRecording():
                return
            case Reservation(camera=camera) if camera in recorders:
                recorders[camera].give(message)
            case Want(camera=camera, on=on, keep=keep) if camera in recorders:
                recorders[camera].want(on, keep=keep)
            case Trigger(camera=camera, until_mono_s=until_s) if camera in recorders:
                recorders[camera].trigger(until_s)
            case Cued(camera=camera, name=name) if camera in recorders:
                recorders[camera].cue(name)
            case Moved(camera=camera, address=address, main_address=main) if camera in recorders:
                recorders[camera].readdress(address, main)


def main() -> NoReturn:
    """Read the first message and go to work."""
    faulthandler.enable()
    connection = Connection(int(sys.argv[1]))
    post: Post[FromRecorder] = Post(connection, say_nothing)
    log_by_post(post, lambda level, sentence: Spoke(level=level, sentence=sentence))
    work_and_end("recording worker", lambda: record(connection.recv(), connection, post))


if __name__ == "__main__":
    main()
