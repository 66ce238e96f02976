"""A camera whose picture changes while it runs is opened anew; one that never describes itself the same way is not."""

import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from console.demo.rtsp_server import Clip, Coding, RtspServer, read_clip
from console.models.errors import ConsoleError
from console.models.site import CameraKind
from console.video import rtsp_scout
from console.video.cameras.rtsp import open_stream
from console.video.kinds import Setting
from console.video.rtsp_scout import Scout
from console.video.rtsp_talk import described
from tests.video.conftest import camera, until

WIDE, TALL = ("a=rtpmap:96 H264/90000", "a=fmtp:96 wide"), ("a=rtpmap:96 H264/90000", "a=fmtp:96 tall")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtsp_scout, "ASK_EVERY_S", 0.05)
    monkeypatch.setattr(rtsp_scout, "ASK_AGAIN_S", 0.02)


def made(ffmpeg: str, *how: str, coding: Coding = Coding.H264) -> Clip:
    command = [ffmpeg, "-v", "error", "-f", "lavfi", "-i", *how, "-frames:v", "25", "-pix_fmt", "yuv420p", "-"]
    done = subprocess.run(command, check=False, capture_output=True)
    if done.returncode:
        pytest.skip(f"this ffmpeg cannot make {coding}: {done.stderr.decode()[-200:]}")
    return read_clip(done.stdout, 25.0, coding)


def test_that_a_camera_that_says_the_same_is_left_alone_and_one_that_changed_is_told() -> None:
    says = [WIDE]
    asked: list[int] = []

    def ask() -> tuple[str, ...]:
        asked.append(1)
        return says[0]

    scout = Scout(WIDE, ask)
    until(lambda: not scout.changed() and len(asked) > 3)
    says[0] = TALL
    until(scout.changed)


def test_that_a_camera_that_never_says_the_same_twice_and_one_that_does_not_answer_are_left_alone() -> None:
    asked: list[int] = []

    def moody() -> tuple[str, ...]:
        asked.append(1)
        return (f"a=fmtp:96 nonce={len(asked)}",)

    def deaf() -> tuple[str, ...]:
        asked.append(1)
        raise ConsoleError("没有应答", "no answer")

    for ask in (moody, deaf):
        asked.clear()
        scout = Scout(WIDE, ask)
        told = []
        until(lambda: told.append(scout.changed()) or len(asked) > 6)  # noqa: B023 - used at once
        assert not any(told)


def test_that_only_what_tells_of_the_video_is_compared() -> None:
    lines = [
        "v=0",
        "o=- {0} 1 IN IP4 127.0.0.1",
        "m=video 0 RTP/AVP 96",
        "a=rtpmap:96 H264/90000",
        "a=control:track{0}",
    ]
    body = "\r\n".join([*lines, "m=audio 0 RTP/AVP {0}", "a=rtpmap:{0} PCMU/8000", ""])
    assert described(body.format(1)) == described(body.format(2)) == ("a=rtpmap:96 H264/90000",)


@pytest.mark.parametrize("coding", [Coding.H264, Coding.HEVC])
def test_that_a_stream_ends_when_its_size_or_coding_changes_and_opens_in_the_new_one(
    stream: Clip, ffmpeg: str, tmp_path: Path, coding: Coding
) -> None:
    how = ("-c:v", "libx264", "-tune", "zerolatency", "-bf", "0", "-f", "h264")
    if coding is Coding.HEVC:
        how = ("-c:v", "libx265", "-tune", "zerolatency", "-x265-params", "keyint=25:log-level=none", "-f", "hevc")
    other = made(ffmpeg, "testsrc2=size=240x240:rate=25", *how, coding=coding)
    with RtspServer(stream) as server:
        setting = Setting(
            camera=camera("net", CameraKind.RTSP, server.url), secret="", site_dir=tmp_path, scenes_dir=None
        )
        with closing(open_stream(setting)) as capture:
            assert capture.grab()
            assert capture.retrieve().shape[:2] == (180, 320)
            server.clip = other
            until(lambda: not capture.grab())
        with closing(open_stream(setting)) as capture:
            assert capture.grab()
            assert capture.retrieve().shape[:2] == (240, 240)
