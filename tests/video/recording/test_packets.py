"""Packets of each codec, sent by another program, become files that another program can play; cut anywhere, they still do."""

import hashlib
import itertools
import resource
import signal
import socket
import struct
import subprocess
from pathlib import Path

import pytest

from console.models.errors import ConsoleError
from console.models.recording import Codec, tells_time
from console.video.recording import matroska, mpegts, nal
from console.video.recording.packets import Packet, Stream
from console.video.recording.recover import salvage
from console.video.recording.rtp import Depacketizer
from console.video.recording.rtsp_session import offset_told, read_description
from console.video.recording.segment_file import SegmentFile
from tests.video.conftest import ffmpeg  # noqa: F401 - a fixture of these tests
from tests.video.playing import frames_of

FRAMES = 50
CODERS = {
    Codec.H264: ["libx264", "-bf", "0", "-g", "10", "-b:v", "1M"],
    Codec.HEVC: ["libx265", "-g", "10", "-x265-params", "log-level=error:bframes=0:repeat-headers=1"],
    Codec.MJPEG: ["mjpeg", "-q:v", "5", "-huffman", "default", "-pix_fmt", "yuvj420p"],
}


def sent(program: str, codec: Codec) -> tuple[Stream, list[Packet]]:
    """What another program sends over RTP, put together by ours."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(1.0)
        port = ear.getsockname()[1]
        command = [program, "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size=320x176:rate=25:duration={FRAMES / 25}",
                   "-c:v", *CODERS[codec], "-f", "rtp", f"rtp://127.0.0.1:{port}?rtcpport={port + 1}&localrtcpport=0"]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            pictures, packets = Depacketizer(codec), []
            while True:
                try:
                    packets += pictures.feed(ear.recv(65536), 0.0)
                except TimeoutError:
                    if process.poll() is not None:
                        break
            output, errors = process.communicate()
    if process.returncode:
        pytest.skip(f"this ffmpeg cannot send {codec}: {errors.strip()[-200:]}")
    track = read_description(output, "rtsp://camera/live")
    return track.stream, packets


@pytest.fixture(params=list(Codec), scope="module")
def received(request: pytest.FixtureRequest, ffmpeg: str) -> tuple[Stream, list[Packet]]:  # noqa: F811
    return sent(ffmpeg, request.param)


def written(path: Path, stream: Stream, packets: list[Packet]) -> tuple[int, str]:
    """A file of the packets; its size and its hash."""
    muxer: mpegts.Muxer | matroska.Muxer = (
        matroska.Muxer(320, 176) if stream.codec is Codec.MJPEG else mpegts.Muxer(stream.codec, stream.headers)
    )
    file = SegmentFile(path, muxer.head())
    for number, one in enumerate(packets):
        file.add(muxer.add(one, one.pts - packets[0].pts), float(number))
    sha256 = file.close(0.0)
    return file.size_bytes, sha256


def test_that_every_picture_arrives_and_key_pictures_are_known(received: tuple[Stream, list[Packet]]) -> None:
    stream, packets = received
    assert len(packets) == FRAMES
    assert packets[0].key
    assert sum(one.key for one in packets) == (FRAMES if stream.codec is Codec.MJPEG else FRAMES // 10)
    assert [b.pts - a.pts for a, b in itertools.pairwise(packets)] == [3600] * (FRAMES - 1)
    if stream.codec is not Codec.MJPEG:
        assert nal.size_px(nal.split(packets[0].data), stream.codec) == (320, 176)


def test_that_the_file_plays_whole(received: tuple[Stream, list[Packet]], tmp_path: Path) -> None:
    stream, packets = received
    written(tmp_path / "whole", stream, packets)
    assert frames_of(tmp_path / "whole") == FRAMES


def test_that_a_file_cut_anywhere_is_brought_back_to_its_last_whole_picture(
    received: tuple[Stream, list[Packet]], tmp_path: Path
) -> None:
    stream, packets = received
    size, _ = written(tmp_path / "whole", stream, packets)
    content = (tmp_path / "whole").read_bytes()
    for number, at in enumerate((size // 3 + 77, size // 2 + 1, size - 1)):
        path = tmp_path / f"cut{number}"
        path.write_bytes(content[:at] + bytes(5000))  # a power cut leaves zeros behind what was written
        found = salvage(path, stream.codec)
        assert found.path == path
        assert found.codec is stream.codec
        assert path.stat().st_size == found.size_bytes <= at
        assert 5 < found.frames <= FRAMES
        assert frames_of(path) in (found.frames, found.frames - 1)


def test_that_a_whole_file_is_left_as_it_is(received: tuple[Stream, list[Packet]], tmp_path: Path) -> None:
    stream, packets = received
    size, sha256 = written(tmp_path / "whole", stream, packets)
    found = salvage(tmp_path / "whole", stream.codec)
    assert (found.size_bytes, found.sha256, found.frames) == (size, sha256, FRAMES)
    assert found.media_s == pytest.approx(FRAMES / 25)


def test_that_an_empty_file_is_taken_away_and_an_unreadable_one_is_kept(tmp_path: Path) -> None:
    for number, content in enumerate((b"", bytes(4096))):
        (tmp_path / str(number)).write_bytes(content)
        assert salvage(tmp_path / str(number), Codec.H264).path is None
        assert not (tmp_path / str(number)).exists()
    for number, content in enumerate((b"x" * 1000, b"\x47" + b"\xff" * 187)):
        path = tmp_path / f"strange{number}"
        path.write_bytes(content)
        found = salvage(path, Codec.H264)
        assert (found.path, found.frames, found.sha256) == (path, 0, "")
        assert path.read_bytes() == content
    assert salvage(tmp_path / "missing", Codec.H264).path is None


def test_that_a_codec_that_cannot_be_recorded_is_refused_by_its_name() -> None:
    sdp = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\na=control:track1\r\n"
    with pytest.raises(ConsoleError, match="VP8"):
        read_description(sdp, "rtsp://camera/live")


def test_that_sound_is_left_out_and_the_video_found_behind_it() -> None:
    sdp = (
        "v=0\r\nm=audio 0 RTP/AVP 8\r\na=control:track1\r\na=rtpmap:8 PCMA/8000\r\n"
        "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track2\r\na=framerate:12.5\r\n"
    )
    track = read_description(sdp, "rtsp://camera/live/")
    assert (track.control, track.stream.codec, track.stream.fps) == ("rtsp://camera/live/track2", Codec.H264, 12.5)


def test_that_a_camera_tells_its_clock_by_its_reports_and_one_that_counts_from_its_start_tells_no_time_of_day() -> None:
    now_s = 1_790_000_000.0

    def report(ntp_s: float, kind: int = 200) -> bytes:
        whole = int(ntp_s)
        return struct.pack(">BBHIIIIII", 0x80, kind, 6, 7, whole, int((ntp_s - whole) * 2**32), 0, 0, 0)

    ahead_s = offset_told(report(now_s + 2_208_988_800 + 42.5), now_s)
    assert ahead_s == pytest.approx(42.5)
    assert tells_time(42.5)
    for since_start in (report(3600.25), report(2_208_988_800 + 3600)):  # counted from 1900, and from 1970
        told_s = offset_told(since_start, now_s)
        assert told_s is not None
        assert not tells_time(told_s)
    assert offset_told(report(0), now_s) is None
    assert offset_told(report(now_s, kind=201), now_s) is None
    assert offset_told(report(now_s)[:12], now_s) is None


def test_that_a_lost_packet_costs_its_picture_and_no_other(received: tuple[Stream, list[Packet]]) -> None:
    stream, _ = received
    if stream.codec is not Codec.H264:
        pytest.skip("fragments of H.264 are what this is about")
    pictures = Depacketizer(Codec.H264)

    def rtp(number: int, stamp: int, payload: bytes, mark: int) -> bytes:
        return bytes((0x80, 96 | mark << 7)) + number.to_bytes(2, "big") + stamp.to_bytes(4, "big") + bytes(4) + payload

    got = [*pictures.feed(rtp(1, 0, b"\x65first", 1), 0.0)]
    got += pictures.feed(rtp(2, 3600, b"\x7c\x81begin", 0), 0.0)
    got += pictures.feed(rtp(4, 3600, b"\x7c\x41end", 1), 0.0)  # the middle is missing
    got += pictures.feed(rtp(5, 7200, b"\x41third", 1), 0.0)
    assert [(one.pts, one.key) for one in got] == [(0, True), (7200, False)]
    assert pictures.lost == 1


def test_that_a_file_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"evidence")
    with pytest.raises(FileExistsError):
        SegmentFile(tmp_path / "there", b"")
    assert (tmp_path / "there").read_bytes() == b"evidence"


def test_that_a_full_disk_leaves_a_file_that_is_what_was_hashed(tmp_path: Path) -> None:
    file = SegmentFile(tmp_path / "segment", b"head")
    file.flush(0.0)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6, before[1]))  # the system takes two more bytes and then no more
    try:
        file.add(b"x" * 100, 1.0)
        with pytest.raises(OSError, match="large"):
            file.flush(2.0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, heard)
    content = (tmp_path / "segment").read_bytes()
    assert file.close(3.0) == hashlib.sha256(content).hexdigest()
    assert len(content) == file.size_bytes == 4
