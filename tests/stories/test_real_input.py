"""Real cameras over the network: what they show raises the alarm, and the operator handles it by keys up to the paper."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from console.config import Secrets
from console.demo.rtsp_server import RtspServer, read_clip
from console.models.alarms import Alarm
from console.models.incidents import Incident, IncidentState, Verdict
from console.models.signals import SignalKind
from console.models.trust import Evidence, PrintedReport
from console.services import evidence
from tests.stories.posts import ROOT, Record, environment, make_site

# A room with a table; people come one after another. 768 x 432, 10 pictures a second. Of its first 22 s, which are
# played again and again, somebody is there from the sixth to the twentieth.
VISITORS = ROOT.parent / "shared/testdata/video/intel/one-by-one-person-detection.mp4"
# Pedestrians on a campus, of Debian's opencv-doc.
CAMPUS = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
LOGIN, PASSWORD = "viewer", "p@ss/word:1"

CAMERAS = """
cameras:
  - id: room
    number: 1
    name: {{zh: 会客室, en: Visitors' room}}
    kind: rtsp
    address: {room}
    login: {login}
    password: secret:room
    place: yard
    rules:
      - {{id: floor, point: room-video, zone: [[0.02, 0.2], [0.98, 0.2], [0.98, 0.99], [0.02, 0.99]], min_s: 0.6, clear_s: 2}}
{campus}
points:
  - id: room-video
    name: {{zh: 会客室 视频入侵, en: "Visitors' room, video intrusion"}}
    alarm_class: intrusion
    priority: 1
    place: yard
    cameras: [room]
    plan: perimeter_intrusion
sources:
  - {{id: video-rules, kind: video_rules, name: {{zh: 视频分析, en: Video analytics}}}}
"""
SECOND = """
  - id: campus
    number: 2
    name: {{zh: 校园, en: Campus}}
    kind: rtsp
    address: {address}
    place: yard
"""

# The console on that site, with an operator who works by keys: the scenes of the tour, on another site.
PROGRAM = """
import sys
from contextlib import contextmanager
from pathlib import Path
from console import app
from console.bridge import DemoAccount
from console.demo import accounts
from console.demo.tour import Tour
from console.demo.tour import scenes
from console.demonstration import enter_people
from console.models.text import Text

site, data, pictures = map(Path, sys.argv[1:])

@contextmanager
def people(post):
    post.desk.do(enter_people, "en").result()
    yield tuple(DemoAccount(login=one.login, password=one.password, name=one.name.en, role=one.role.value)
                for one in accounts.PEOPLE)

def intruder(hands, stage):
    hands.wait(lambda: stage.queue.total >= 1, Text("画面触发的报警", "the alarm from the picture"), 40.0)

played = [scene for scene in scenes.SCENES if scene.name in scenes.ONE_ALARM]
played[2] = scenes.Scene("alarm", Text("有人", "somebody"), intruder)
options = app.Options(site_dir=site, data_dir=data, language="en")
sys.exit(app.run_window(options, prepare=people, drive=Tour(pictures, "en", data_dir=data, scenes=played).play))
"""


def annex_b(file: Path, *options: str) -> bytes:
    """The H.264 of a recording as a camera would send it."""
    command = ["ffmpeg", "-v", "error", "-i", str(file), *options, "-an", "-f", "h264", "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def room() -> bytes:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed, so that no recording can be served as a camera")
    if not VISITORS.exists():
        pytest.skip("the recordings in ../shared/testdata/video are not on this machine")
    return annex_b(VISITORS, "-t", "22", "-c:v", "copy", "-bsf:v", "h264_mp4toannexb")


@pytest.fixture
def site(tmp_path: Path, room: bytes) -> Iterator[Path]:
    folder = make_site(tmp_path / "site", 0)
    with ExitStack() as stack:
        first = stack.enter_context(RtspServer(read_clip(room, 10.0), login=LOGIN, password=PASSWORD))
        campus = ""
        if CAMPUS.exists():
            clip = annex_b(CAMPUS, "-t", "12", "-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-bf", "0")
            campus = SECOND.format(address=stack.enter_context(RtspServer(read_clip(clip, 10.0))).url)
        text = CAMERAS.format(room=first.url, login=LOGIN, campus=campus)
        (folder / "cameras.yaml").write_text(text, encoding="utf-8")
        # A post for one person: with two wanted, that one is alone would ring beside the alarm from the picture.
        with (folder / "site.yaml").open("a", encoding="utf-8") as more:
            more.write("settings:\n  watch.people: 1\n")
        yield folder


@pytest.mark.timeout(330)
def test_that_somebody_in_the_picture_of_a_real_camera_is_an_alarm_that_ends_as_a_paper(tmp_path: Path, site: Path) -> None:
    data, pictures = tmp_path / "data", tmp_path / "pictures"
    Secrets(data).set("room", PASSWORD)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(site), str(data), str(pictures)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    assert PASSWORD not in (data / "log" / "zhishou.log").read_text(encoding="utf-8")

    with Record(data) as record:
        first = next(one for one in record.signals() if one.kind is SignalKind.ALARM)
        alarm = record.ask(lambda rx: rx.need(Alarm, first.alarm))
        incident = record.ask(lambda rx: rx.first(Incident))
        kept = record.ask(lambda rx: rx.find(Evidence))
        paper = record.ask(lambda rx: rx.first(PrintedReport))
    assert (first.source, first.point) == ("video-rules", "room-video")
    left, top, right, bottom = first.details["box"]
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1
    assert first.source_at is not None
    assert (first.received_at - first.source_at).total_seconds() < 15.0  # the picture's own time, on a busy machine
    assert alarm.closed_at is not None
    assert (incident.state, incident.verdict) == (IncidentState.CLOSED, Verdict.REAL_INTRUSION)
    assert [one.camera for one in kept][:1] == ["room"]
    assert all(evidence.is_unchanged(data, one) for one in kept)
    assert (data / paper.file).read_bytes().startswith(b"%PDF")
