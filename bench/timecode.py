"""A number drawn into a picture as a row of black and white blocks, and read back from its pixels."""

import subprocess
from pathlib import Path

from bench.ground import ffmpeg

BITS = 12
"""Ten of the number, one that is always white before it, and one of parity after it."""
NUMBERS = 250
RATE = 25


def blocks(number: int) -> list[bool]:
    """The row of a number: white is true."""
    digits = [bool(number >> bit & 1) for bit in range(BITS - 2)]
    return [True, *digits, sum(digits) % 2 == 1]


def read(levels: list[int]) -> int | None:
    """The number of a row of levels (0..255), None where it is none."""
    if any(70 < level < 185 for level in levels):
        return None
    white = [level > 127 for level in levels]
    number = sum(1 << bit for bit, on in enumerate(white[1:-1]) if on)
    return number if white == blocks(number) else None


def make_clip(path: Path, *, size: tuple[int, int] = (640, 360)) -> Path:
    """Write ten seconds of H.264 (Annex B), each picture with its number over its upper eighth."""
    width, height = size
    step = width // BITS

    def raw(number: int) -> bytes:
        bright = b"".join((b"\xeb" if on else b"\x10") * step for on in blocks(number)).ljust(width, b"\x10")
        drift = bytes((x + 2 * number) % 200 + 20 for x in range(width))
        return bright * (height // 8) + drift * (height - height // 8) + b"\x80" * (width * height // 2)

    command = [
        ffmpeg(), "-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p",
        "-s", f"{width}x{height}", "-r", str(RATE), "-i", "-", "-c:v", "libx264", "-preset", "veryfast", "-tune",
        "zerolatency", "-g", str(RATE), "-bf", "0", "-f", "h264", str(path),
    ]  # fmt: skip
    subprocess.run(command, input=b"".join(raw(number) for number in range(NUMBERS)), check=True)
    return path
