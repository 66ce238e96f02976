"""Each coding that cameras send, by each way it comes: shown live, and recorded as it was sent."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from console.demo.rtp_clip import Coding
from console.demo.rtsp_server import RtspServer
from console.models.recording import FINISHED, Codec
from console.models.site import CameraKind
from tests.stories import keeping
from tests.video.conftest import Watch, camera
from tests.video.playing import frames_of
from tests.video.test_rtsp_scout import made

HOW: dict[Codec, tuple[str, ...]] = {
    Codec.H264: ("-c:v", "libx264", "-tune", "zerolatency", "-bf", "0", "-g", "25", "-f", "h264"),
    Codec.HEVC: (
        "-c:v", "libx265", "-tune", "zerolatency", "-x265-params", "keyint=25:log-level=none", "-f", "hevc",
    ),
    Codec.MJPEG: ("-c:v", "mjpeg", "-huffman", "default", "-q:v", "6", "-pix_fmt", "yuvj420p", "-f", "mjpeg"),
}  # fmt: skip
CODINGS = {Codec.H264: Coding.H264, Codec.HEVC: Coding.HEVC, Codec.MJPEG: Coding.JPEG}
SIZE = (320, 176)


@pytest.mark.parametrize("codec", list(HOW))
def test_that_every_coding_is_shown_and_recorded_by_tcp_and_by_udp(
    site_dir: Path, tmp_path: Path, ffmpeg: str, codec: Codec
) -> None:
    clip = made(ffmpeg, f"testsrc2=size={SIZE[0]}x{SIZE[1]}:rate=25", *HOW[codec], coding=CODINGS[codec])
    ways = {"cam-1": "tcp", "cam-2": "udp"}
    with RtspServer(clip) as server:
        shown = tuple(camera(name, CameraKind.RTSP, server.url, transport=way) for name, way in ways.items())
        with Watch(site_dir, shown) as watch:
            for one in shown:
                first = watch.young_picture(one.id)
                watch.young_picture(one.id, after=first.seq + 10)
                state = watch.video.state(one.id)
                assert (state.width_px, state.height_px) == SIZE
        kept = tuple(replace(keeping.camera(name, server.url), transport=way) for name, way in ways.items())
        with keeping.keeping(tmp_path / "post", kept) as post:
            for one in kept:
                segment = post.wait_for(partial(post.rows, camera=one.id, state=FINISHED))[0]
                assert segment.codec is codec
                assert frames_of(post.file(segment)) > 25
