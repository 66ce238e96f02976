"""A post that records: its record, its disk and its cameras, without a window."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from console.app.recording import Recording
from console.bus import Bus
from console.config import DataFolder, Secrets, data_folder
from console.models.clock import Clock, SystemClock
from console.models.ids import CameraId
from console.models.recording import RecordMode, RecordPlan, Segment
from console.models.settings import SettingValue
from console.models.site import Camera, CameraKind, Site
from console.models.text import Text
from console.services.desk import Desk, Ground
from tests.records import open_record

PATIENCE_S = 80.0


def camera(name: str, address: str, kind: CameraKind = CameraKind.RTSP, **plan: Any) -> Camera:
    """A camera that is recorded, by default all the time."""
    return Camera(
        id=CameraId(name),
        number=int(name.rpartition("-")[2]),
        name=Text("测试摄像机", f"Camera {name}"),
        kind=kind,
        address=address,
        record=RecordPlan(**{"mode": RecordMode.CONTINUOUS, **plan}),
    )


class Keeping:
    """A post of these cameras; `recording` while it is entered."""

    def __init__(self, desk: Desk, folder: DataFolder, recording: Recording) -> None:
        self.desk, self.folder, self.recording = desk, folder, recording

    def ask(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The answer of a query."""
        return self.desk.ask(query, *args, **kwargs).result()

    def do(self, command: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What a command gives."""
        return self.desk.do(command, *args, **kwargs).result()

    def rows(self, **equals: Any) -> tuple[Segment, ...]:
        """Segments on record."""
        found: tuple[Segment, ...] = self.ask(lambda rx: rx.find(Segment, order_by="started_at", **equals))
        return found

    def wait_for(self, condition: Callable[[], Any], limit_s: float = PATIENCE_S) -> Any:
        """Wait for what other processes do to the disk and to the record."""
        until_s = time.monotonic() + limit_s
        while not (found := condition()):
            assert time.monotonic() < until_s, f"not within {limit_s} s: {self.recording.states}"
            time.sleep(0.02)
        return found

    def file(self, segment: Segment) -> Path:
        """Where a segment lies."""
        return self.folder.root / "recording" / segment.file


@contextmanager
def keeping(
    root: Path, cameras: tuple[Camera, ...], clock: Clock | None = None, **settings: SettingValue
) -> Iterator[Keeping]:
    """Open the record, start recording, and close all in reverse."""
    folder = data_folder(root / "data")
    folder.make()
    named = {"video.segment_s": 2.0, "video.sync_s": 0.5, "video.volume_free_gb": 0.1}
    named |= {name.replace("__", "."): value for name, value in settings.items()}
    site = Site(id="test", name=Text("测试", "Test"), timezone="UTC", cameras=cameras, settings=named)
    clock = clock or SystemClock()
    site_dir = root / "site"
    site_dir.mkdir(exist_ok=True)
    with open_record(folder.root, clock=clock) as store:
        ground = Ground(site=site, settings=dict(named))
        with Desk(store, ground, clock, Bus()) as desk, Recording(desk, folder, site_dir, Secrets(folder.root)) as kept:
            yield Keeping(desk, folder, kept)
