"""Files as the recorder writes them, each picture with its own shade, so that a test sees which one is shown."""

import subprocess
from pathlib import Path

import numpy as np

from console.models.ids import SegmentId
from console.models.playback import Cut
from console.models.recording import SUFFIXES, Codec
from console.video.recording import matroska, mpegts, nal
from console.video.recording.packets import Packet

SIZE = (160, 90)
FPS = 25
GOP = 25
_QUICK = ("-preset", "ultrafast", "-tune", "zerolatency")
_CODERS = {
    Codec.H264: ["libx264", "-qp", "3", *_QUICK, "-bsf:v", "h264_metadata=aud=insert", "-f", "h264"],
    Codec.HEVC: ["libx265", *_QUICK, "-x265-params", "log-level=none:repeat-headers=1:qp=3",
                 "-bsf:v", "hevc_metadata=aud=insert", "-f", "hevc"],
    Codec.MJPEG: ["mjpeg", "-q:v", "3", "-f", "image2pipe"],
}  # fmt: skip


def luma(number: int) -> int:
    """The brightness of a picture, as it is coded."""
    return 16 + number % 100 * 2


def number_of(grey: float, codec: Codec = Codec.H264) -> int:
    """Which picture has this grey once it is decoded, from 0 to 99: JPEG uses the whole range, video a part of it."""
    return round((grey - 16 if codec is Codec.MJPEG else grey * 219 / 255) / 2)


def coded(codec: Codec, pictures: int, *, gop: int = GOP, size: tuple[int, int] = SIZE, noise: int = 0) -> list[bytes]:
    """Pictures as an encoder gives them, one by one."""
    rng = np.random.default_rng(1)
    raw = bytearray()
    for number in range(pictures):
        frame = np.full((size[1], size[0]), luma(number), np.uint8)
        if noise:
            frame = frame + rng.integers(0, noise, frame.shape, np.uint8)
        raw += frame.tobytes() + b"\x80" * (frame.size // 2)
    pix = "yuvj420p" if codec is Codec.MJPEG else "yuv420p"
    made = subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", pix, "-s", f"{size[0]}x{size[1]}", "-r", str(FPS),
         "-i", "-", "-g", str(gop), "-c:v", *_CODERS[codec], "-"],
        input=bytes(raw), capture_output=True, check=True,
    ).stdout  # fmt: skip
    if codec is Codec.MJPEG:
        return [b"\xff\xd8" + part for part in made.split(b"\xff\xd8")[1:]]
    mark = b"\x00\x00\x00\x01\x09" if codec is Codec.H264 else b"\x00\x00\x00\x01\x46\x01"
    return [mark + part for part in made.split(mark)[1:]]


def write(
    folder: Path,
    name: str,
    from_s: float,
    pictures: list[bytes],
    codec: Codec = Codec.H264,
    *,
    gop: int = GOP,
    size: tuple[int, int] = SIZE,
    open_ended: bool = False,
) -> Cut:
    """Write a file by the recorder's own muxers."""
    path = folder / (name + SUFFIXES[codec])
    muxer = matroska.Muxer(*size) if codec is Codec.MJPEG else mpegts.Muxer(codec, b"")
    content = muxer.head()
    for number, data in enumerate(pictures):
        key = codec is Codec.MJPEG or number % gop == 0
        if codec is not Codec.MJPEG and not data.startswith(nal.START):
            data = b"\0" + data
        content += muxer.add(Packet(data, key, number * 3600, 0.0), number * 3600)
    path.write_bytes(content)
    until_s = None if open_ended else from_s + len(pictures) / FPS
    return Cut(segment=SegmentId(name), path=str(path), codec=codec, from_s=from_s, until_s=until_s)
