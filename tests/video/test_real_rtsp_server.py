"""A network camera that is somebody else's program: GStreamer's RTSP server, as a check on our own pretend one."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.demo.rtsp_server import Clip
from console.models.pictures import Sight
from console.models.site import CameraKind
from tests.video.conftest import UNHURRIED, Watch, camera

SYSTEM_PYTHON = Path("/usr/bin/python3")
PROGRAM = Path(__file__).resolve().parents[1] / "stories" / "gst_rtsp.py"
BINDINGS = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"


@pytest.fixture
def serve(stream: Clip, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Start GStreamer's server; gives its address."""
    if not SYSTEM_PYTHON.exists() or SYSTEM_PYTHON.resolve() == Path(sys.executable).resolve():
        pytest.skip("needs the system's own Python")
    if subprocess.run([SYSTEM_PYTHON, "-c", BINDINGS], capture_output=True, check=False).returncode:
        pytest.skip("needs GStreamer's RTSP server (gir1.2-gst-rtsp-server-1.0)")
    clip = tmp_path / "clip.h264"
    clip.write_bytes(b"".join(b"\x00\x00\x00\x01" + unit for picture in stream.pictures for unit in picture))
    running: list[subprocess.Popen[str]] = []

    def start(*options: str) -> str:
        server = subprocess.Popen(
            [SYSTEM_PYTHON, str(PROGRAM), str(clip), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(server)
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        assert address.startswith("rtsp://127.0.0.1:")
        return address

    yield start
    for server in running:
        server.terminate()
        server.communicate(timeout=60)


def test_that_gstreamers_server_is_shown_live(serve: Callable[..., str], site_dir: Path) -> None:
    with Watch(site_dir, (camera("net", CameraKind.RTSP, serve()),), **UNHURRIED) as watch:
        state = watch.wait_for_sight("net", Sight.LIVE)
        assert (state.width_px, state.height_px) == (320, 180)
        seq = watch.picture("net").seq
        # Longer than the clip: the server begins it again without a break.
        watch.picture("net", after=seq + 60)
    assert set(watch.sights()) == {Sight.LIVE}


def test_that_gstreamers_digest_login_is_passed_and_a_wrong_one_told(serve: Callable[..., str], site_dir: Path) -> None:
    address = serve("--login", "operator", "--password", "p@ss word")
    right = camera("right", CameraKind.RTSP, address, login="operator", password="good")
    wrong = camera("wrong", CameraKind.RTSP, address, login="operator", password="bad")
    watch = Watch(site_dir, (right, wrong))
    watch.secrets.update(good="p@ss word", bad="guess")
    with watch:
        watch.wait_for_sight("right", Sight.LIVE)
        assert "login or password" in watch.wait_for_sight("wrong", Sight.OFFLINE).reason_en
