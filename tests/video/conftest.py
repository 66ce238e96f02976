"""Cameras for tests: recordings, streams and a small scene, and somebody who watches them."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from console.demo.rtsp_server import Clip, read_clip
from console.models.clock import SystemClock
from console.models.ids import CameraId
from console.models.pictures import CameraState, Picture, RuleEvent, Sight
from console.models.site import Camera, CameraKind
from console.models.text import Text
from console.video.supervisor import VideoSupervisor

REAL_VIDEO = Path(__file__).resolve().parents[3] / "shared" / "testdata" / "video"
TILE = (160, 90)
PATIENCE_S = 80.0
# A camera that is starved on a busy machine is not called stale by these: for tests that ask for something else.
UNHURRIED = {"stale_s": 30.0, "offline_s": 60.0}

SMALL_SCENE = """
view: {at: [0, 0, 3], pitch: 20}
film: {noise: 0, fps: 25}
sky: {ambient: 0.4}
surfaces:
  - {kind: ground, at: [-20, -5], to: [20, 40], material: concrete}
lamps:
  - {at: [0, 6, 4], power: 20}
acts:
  - {start: [-4, 9], every_s: 8, steps: [{do: walk, to: [4, 9]}]}
cues:
  come:
    - {start: [-3, 7], steps: [{do: walk, to: [3, 7]}, {do: wait, s: 20}]}
"""


def until(condition: Callable[[], object], limit_s: float = PATIENCE_S) -> None:
    """Wait until something holds that no event tells of: what lies in shared memory or /proc."""
    deadline_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline_s, f"not within {limit_s} s"
        time.sleep(0.01)


def camera(name: str, kind: CameraKind, address: str, **fields: object) -> Camera:
    """A camera of the test's site."""
    return Camera(
        id=CameraId(name),
        number=1,
        name=Text("测试摄像机", "Test camera"),
        kind=kind,
        address=address,
        **fields,  # type: ignore[arg-type]
    )


class Watch:
    """Everything that a supervisor says, and the wish to see all of its cameras."""

    def __init__(self, site_dir: Path, cameras: tuple[Camera, ...], **options: object) -> None:
        self.states: list[CameraState] = []
        self.rules: list[RuleEvent] = []
        self._changed = threading.Condition()
        self.secrets: dict[str, str] = {}
        self.video = VideoSupervisor(
            site_dir,
            cameras,
            SystemClock(),
            secrets=self.secrets.__getitem__,
            on_state=self._state,
            on_rule=self._rule,
            scenes_dir=site_dir / "scenes",
            **options,  # type: ignore[arg-type]
        )
        self.cameras = cameras

    def __enter__(self) -> "Watch":
        self.video.__enter__()
        for one in self.cameras:
            self.video.want(one.id, *TILE)
        return self

    def __exit__(self, *trace: object) -> None:
        self.video.__exit__(None, None, None)

    def _state(self, state: CameraState) -> None:
        with self._changed:
            self.states.append(state)
            self._changed.notify_all()

    def _rule(self, event: RuleEvent) -> None:
        with self._changed:
            self.rules.append(event)
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[], object], limit_s: float = PATIENCE_S) -> None:
        """Wait until what has been said so far makes the condition true."""
        deadline_s = time.monotonic() + limit_s
        with self._changed:
            while not condition():
                assert time.monotonic() < deadline_s, f"not within {limit_s} s: {self.states}"
                self._changed.wait(0.05)  # not all that is waited for is said

    def wait_for_sight(self, name: str, sight: Sight, limit_s: float = PATIENCE_S) -> CameraState:
        """Wait until the camera's state is this one."""
        self.wait_for(lambda: self.video.state(CameraId(name)).sight is sight, limit_s)
        return self.video.state(CameraId(name))

    def sights(self) -> list[Sight]:
        """What was told from the first live picture on; where opening takes long, a camera is offline until then."""
        told = [state.sight for state in self.states]
        return told[told.index(Sight.LIVE) :]

    def picture(self, name: str, after: int = 0, limit_s: float = PATIENCE_S) -> Picture:
        """Wait for a whole picture with a number above `after`."""
        found: list[Picture] = []

        def look() -> bool:
            picture = self.video.latest(CameraId(name))
            if picture is not None and picture.seq > after:
                found.append(picture)
            return bool(found)

        until(look, limit_s)
        return found[-1]

    def young_picture(self, name: str, after: int = 0, age_s: float = 1.0) -> Picture:
        """Wait for a picture that is not old: what a camera sends late, or is decoded late, never is."""

        def is_young() -> bool:
            picture = self.video.latest(CameraId(name))
            return picture is not None and picture.seq > after and picture.age_s < age_s

        until(is_young)
        return self.picture(name, after)

    def pids(self) -> list[int]:
        """The process ids of the workers that run now."""
        return [crew.pid for crew in self.video._crews if crew.pid]


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or is only still listed."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.fixture
def site_dir(tmp_path: Path) -> Path:
    """A site folder with one small scene, "yard"."""
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "yard.yaml").write_text(SMALL_SCENE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def yard() -> Camera:
    """A synthetic camera."""
    return camera("yard", CameraKind.SYNTHETIC, "yard")


def write_clip(path: Path, frames: int, size: tuple[int, int] = (320, 180), fps: float = 25.0) -> None:
    """A recording of which each frame is grey of its own level, in motion JPEG."""
    from console.video.cv import cv2

    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, size)
    assert writer.isOpened()
    for number in range(frames):
        writer.write(np.full((size[1], size[0], 3), 40 + number % 160, np.uint8))
    writer.release()


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    """The ffmpeg program."""
    found = shutil.which("ffmpeg")
    if found is None:
        pytest.skip("needs the ffmpeg program to make an H.264 stream")
    return found


@pytest.fixture(scope="session")
def stream(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Two seconds of a moving test picture as H.264, a key frame each second."""
    path = tmp_path_factory.mktemp("stream") / "clip.h264"
    command = [ffmpeg, "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2",
               "-c:v", "libx264", "-bf", "0", "-g", "25", "-tune", "zerolatency", "-f", "h264", str(path)]  # fmt: skip
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"this ffmpeg cannot make H.264: {done.stderr.strip()[-200:]}")
    return read_clip(path.read_bytes(), 25.0)


@pytest.fixture
def real_video() -> Callable[[str], Path]:
    """Real test material beside the checkout; the test is skipped where there is none."""

    def find(name: str) -> Path:
        path = REAL_VIDEO / name
        if not path.exists():
            pytest.skip(f"no real test material here: {name}")
        return path

    return find
