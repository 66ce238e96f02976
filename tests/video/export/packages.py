"""Segments as our recorder writes them, an order for a package of them, and a key to sign it with."""

import hashlib
import json
import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.models.export import CameraSource, ClockOffset, ExportOrder, Origin, SourceSegment
from console.models.ids import CameraId, SegmentId, VolumeId
from console.models.masks import Mask
from console.models.recording import Codec, Segment, SegmentState
from console.models.text import Text
from console.video.export import worker
from console.video.export.process import Finished, ManifestMade, Sealed, Step
from console.video.recording import matroska, mpegts
from console.video.recording.packets import Packet, Stream
from console.video.recording.segment_file import SegmentFile

BEGIN = datetime(2026, 11, 22, 4, 10, 0, tzinfo=UTC)
FPS = 10
KEY_EVERY = 10
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw().hex()
SEI = b"\x00\x00\x01\x06\x05\x10" + b"zhishou-test-sei" + b"\x80"
"""A message of a camera, as those that sign their own pictures send."""


def coded(ffmpeg: str, codec: Codec, seconds: int) -> list[Packet]:
    """Pictures as a camera would send them, by another program; a key picture every second."""
    options = {
        Codec.H264: ["-c:v", "libx264", "-bf", "0", "-g", str(KEY_EVERY), "-x264-params", "aud=1", "-f", "h264"],
        Codec.MJPEG: ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-f", "mjpeg"],
    }[codec]
    source = f"testsrc2=size=320x180:rate={FPS}:duration={seconds}"
    command = [ffmpeg, "-v", "error", "-f", "lavfi", "-i", source, *options, "-"]
    out = subprocess.run(command, check=True, capture_output=True).stdout
    mark = b"\x00\x00\x00\x01\x09" if codec is Codec.H264 else b"\xff\xd8\xff"
    starts, at = [], out.find(mark)
    while at >= 0:
        starts.append(at)
        at = out.find(mark, at + 3)
    pictures = [out[a:b] for a, b in zip(starts, [*starts[1:], len(out)], strict=True)]
    assert len(pictures) == seconds * FPS
    return [
        Packet(
            data=data + (SEI if codec is Codec.H264 else b""),
            key=codec is Codec.MJPEG or number % KEY_EVERY == 0,
            pts=number * 90_000 // FPS,
            arrived_s=number / FPS,
        )
        for number, data in enumerate(pictures)
    ]


def segment_of(root: Path, camera: str, number: int, packets: list[Packet], begin: datetime, codec: Codec) -> Segment:
    """A closed segment of these packets, written as the recorder does."""
    suffix = ".mkv" if codec is Codec.MJPEG else ".ts"
    file = f"{camera}/{number}{suffix}"
    muxer: mpegts.Muxer | matroska.Muxer = (
        matroska.Muxer(320, 180) if codec is Codec.MJPEG else mpegts.Muxer(codec, Stream(codec=codec).headers)
    )
    out = SegmentFile(root / file, muxer.head())
    for packet in packets:
        out.add(muxer.add(packet, packet.pts - packets[0].pts), packet.arrived_s)
    sha256 = out.close(0.0)
    length_s = len(packets) / FPS
    return Segment(
        id=SegmentId(f"S{camera}{number}"), camera=CameraId(camera), volume=VolumeId("disk"), file=file,
        state=SegmentState.CLOSED, started_at=begin, ended_at=begin + timedelta(seconds=length_s), codec=codec,
        width_px=320, height_px=180, fps=FPS, frames=len(packets), key_frames=len(packets) // KEY_EVERY,
        media_s=length_s, wall_s=length_s, size_bytes=out.size_bytes, sha256=sha256,
    )  # fmt: skip


@dataclass
class Archive:
    """Two cameras: one in H.264 with three segments of four seconds, one in MJPEG with one; and where packages go."""

    root: Path
    target: Path
    cameras: tuple[CameraSource, ...]

    def order(self, from_s: float, until_s: float, **changes: object) -> ExportOrder:
        """An order for the seconds between, counted from the beginning of the first segment."""
        given = ExportOrder(
            request="r", number="2026-0001", folder=str(self.target / "2026-0001"),
            work=str(self.target / ".2026-0001.work"), from_at=BEGIN + timedelta(seconds=from_s),
            until_at=BEGIN + timedelta(seconds=until_s), origin=ORIGIN, cameras=self.cameras, public_key=PUBLIC,
        )  # fmt: skip
        return replace(given, **changes)  # type: ignore[arg-type]


ORIGIN = Origin(
    site_id="college", site=Text("学院", "College"), timezone="Asia/Shanghai", organisation="派出所", requester="张三",
    document="警官证 0815", purpose="治安案件 2026-77", reason="", asked_at=BEGIN, asked_by="李", approved_at=BEGIN,
    approved_by="王", approved_digest="0" * 64, operator="赵", program_version="1", journal_seq=99, journal_head="1" * 64,
)  # fmt: skip


def archive(root: Path, target: Path, h264: list[Packet], mjpeg: list[Packet], masks: tuple[Mask, ...] = ()) -> Archive:
    """The segments on disk."""
    one = [
        segment_of(root, "cam-1", n, h264[n * 40 : n * 40 + 40], BEGIN + timedelta(seconds=4 * n), Codec.H264)
        for n in range(3)
    ]
    two = segment_of(root, "cam-2", 0, mjpeg, BEGIN, Codec.MJPEG)
    sources = [
        tuple(
            SourceSegment(segment=each, path=str(root / each.file), journal_seq=7 + n, journal_hash="2" * 64)
            for n, each in enumerate(some)
        )
        for some in (one, [two])
    ]
    return Archive(
        root,
        target,
        (
            CameraSource(
                id=CameraId("cam-1"), number=1, name=Text("北门", "North gate"), masks=masks, segments=sources[0],
                clock=ClockOffset(offset_s=-1.5, measured_at=BEGIN, how="onvif"),
            ),
            CameraSource(id=CameraId("cam-2"), number=2, name=Text("操场", "Yard"), segments=sources[1]),
        ),
    )  # fmt: skip


def sealed(folder: str) -> bytes:
    """What the console answers to a manifest."""
    content = (Path(folder) / "manifest.json").read_bytes()
    return json.dumps({"algorithm": "Ed25519", "public_key": PUBLIC, "signature": KEY.sign(content).hex()}).encode()


class Ear:
    """The console's end of the pipe, in one process: signs what it is told of."""

    def __init__(self, order: ExportOrder) -> None:
        self._order = order
        self.steps: list[Step] = []
        self._made: ManifestMade | None = None

    def send(self, message: object) -> None:
        if isinstance(message, Step):
            self.steps.append(message)
        elif isinstance(message, ManifestMade):
            self._made = message

    def recv(self) -> object:
        assert self._made is not None
        content = (Path(self._order.folder) / "manifest.json").read_bytes()
        assert hashlib.sha256(content).hexdigest() == self._made.made.manifest_sha256
        return Sealed(content=sealed(self._order.folder))


def made(order: ExportOrder) -> Finished:
    """The package, made in this process."""
    return worker.package(order, Ear(order))  # type: ignore[arg-type]
