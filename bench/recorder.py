"""A post that only records, to be killed: `python -m bench.recorder DATA URL ...`; says on its output when it has recovered."""

import json
import sys
import time
from pathlib import Path

from console.app.recording import Recording
from console.bus import Bus
from console.config import Secrets, data_folder
from console.models.clock import SystemClock
from console.models.ids import CameraId
from console.models.recording import RecordMode, RecordPlan
from console.models.settings import SettingValue
from console.models.site import Camera, CameraKind, Site
from console.models.text import Text
from console.services.desk import Desk, Ground
from console.store.opening import open_store

SEGMENT_S = 3.0


def ground(urls: list[str]) -> Ground:
    """A site of these cameras."""
    cameras = tuple(
        Camera(
            id=CameraId(f"cam-{number}"),
            number=number,
            name=Text(f"摄像机{number}", f"Camera {number}"),
            kind=CameraKind.RTSP,
            address=url,
            record=RecordPlan(mode=RecordMode.CONTINUOUS),
        )
        for number, url in enumerate(urls, 1)
    )
    settings: dict[str, SettingValue] = {"video.segment_s": SEGMENT_S, "video.sync_s": 1.0, "video.volume_free_gb": 0.1}
    return Ground(
        site=Site(id="bench", name=Text("测量", "Bench"), cameras=cameras, settings=settings), settings=settings
    )


def main() -> None:
    """Record until killed, or until the input ends."""
    root, urls = Path(sys.argv[1]), sys.argv[2:]
    folder = data_folder(root)
    folder.make()
    clock, stood = SystemClock(), ground(urls)
    began_s = time.monotonic()
    with open_store(folder.root, clock=clock) as store, Desk(store, stood, clock, Bus()) as desk:
        open_s = time.monotonic() - began_s
        with Recording(desk, folder, root, Secrets(folder.root)) as recording:
            while recording.reconciled is None:
                time.sleep(0.005)
            said = {"open_s": open_s, "ready_s": time.monotonic() - began_s - open_s, "pids": recording.pids}
            print(json.dumps(said), flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    main()
