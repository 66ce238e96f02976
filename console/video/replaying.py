"""The process that plays recordings to a rule, as fast as they can be decoded. Started as `-m console.video.replaying FD`."""

import faulthandler
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.models.pictures import RuleEvent
from console.registry import discover
from console.video.analyst import Analyst, Duties
from console.video.cv import cv2
from console.video.jpeg import jpeg_of
from console.video.kinds import RuleSpec
from console.video.replay import TRIED, Ended, Progress, Request, Shown, Unreadable

STILL_PX: Final = 480
JPEG_QUALITY: Final = 80
PROGRESS_EVERY_S: Final = 10.0
"""Seconds of the recording, not of the replay."""


def frames(path: Path) -> Iterator[tuple[float, Any]]:
    """A file's frames, still undecoded to BGR: seconds from its first picture, and how to get the picture."""
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    if not capture.isOpened():
        capture.release()
        raise OSError(path.name)
    try:
        first_s, last_s = None, -1.0
        while capture.grab():
            at_s = float(capture.get(cv2.CAP_PROP_POS_MSEC)) / 1e3
            first_s = at_s if first_s is None else first_s
            # A container without time stamps gives 0 for every frame: then nothing can be said of seconds.
            last_s = max(at_s - first_s, last_s)
            yield last_s, capture
    finally:
        capture.release()


def small_jpeg(frame: Any) -> bytes:
    """A picture as one looks at it in a list."""
    height = round(frame.shape[0] * STILL_PX / max(1, frame.shape[1]))
    small = cv2.resize(frame, (STILL_PX, max(1, height)), interpolation=cv2.INTER_AREA)
    return jpeg_of(small, JPEG_QUALITY)


def play(request: Request, send: Any) -> None:
    """Play all files of a request in order; events and progress go to `send`."""
    rules = discover("console.video.analytics", kind=RuleSpec)
    duties = Duties(site_dir=request.site_dir, office=request.office, zone=ZoneInfo(request.timezone), health=False)

    pictures: list[Any] = []

    def hear(message: object) -> None:
        if not isinstance(message, RuleEvent):
            return
        send(message)
        if message.active and pictures:
            send(Shown(rule_id=message.rule_id, at=message.at, jpeg=small_jpeg(pictures[-1])))

    tried = (replace(request.tried, id=f"{request.rule.id}{TRIED}"),) if request.tried is not None else ()
    analyst = Analyst(replace(request.camera, rules=(request.rule, *tried)), rules, duties, hear)
    begin_at = request.files[0][1] if request.files else datetime.now(UTC)
    for number, (path, starts_at) in enumerate(request.files):
        offset_s, told_s = 1000.0 + (starts_at - begin_at).total_seconds(), 0.0
        try:
            for at_s, capture in frames(path):
                mono_s = offset_s + at_s
                if not analyst.due(mono_s):
                    continue
                got, frame = capture.retrieve()
                if not got:
                    continue
                pictures[:] = [frame]
                wall_ns = int((starts_at.timestamp() + at_s) * 1e9)
                analyst.look(frame, mono_s, wall_ns, small=False, every_frame=False, age_s=0.0)
                if at_s - told_s >= PROGRESS_EVERY_S:
                    told_s = at_s
                    send(Progress(file=number, at_s=at_s))
        except (OSError, cv2.error):
            send(Unreadable(file=number))
        send(Progress(file=number + 1, at_s=0.0))
    send(Ended())


def main() -> None:
    """Read the request, play, and end; also when nobody listens any more."""
    faulthandler.enable()
    connection = Connection(int(sys.argv[1]))
    try:
        play(connection.recv(), connection.send)
    except (EOFError, OSError, KeyboardInterrupt):
        os._exit(0)
    connection.close()


if __name__ == "__main__":
    main()
