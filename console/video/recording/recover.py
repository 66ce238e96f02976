"""Bring back what a kill or a power cut left: files are believed by what is in them, never by their names."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from console.durable import sync_folder
from console.models.recording import SUFFIXES, Codec
from console.video.recording import matroska, mpegts

_ZEROS = 512
"""So many zeros at the end are what a power cut left of blocks that were promised and never written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """What was found of a segment. `path` is None where there is no file, or an empty one, which is taken away.

    A file in which there is something and no picture has no `frames`; it is left as it is.
    """

    path: Path | None
    codec: Codec = Codec.H264
    frames: int = 0
    key_frames: int = 0
    media_s: float = 0.0
    size_bytes: int = 0
    sha256: str = ""


def salvage(stem: Path, codec: Codec) -> Salvaged:
    """Look through the file of a segment that was not closed, cut off what is not whole, hash the rest.

    `stem` is the file's path, with or without its suffix. Raises OSError where the disk refuses.
    """
    found = [
        path
        for suffix in ("", *sorted(set(SUFFIXES.values())))
        if (path := stem.with_name(stem.name + suffix)).is_file()
    ]
    if not found:
        return Salvaged(path=None)
    path = found[0]
    content = whole = path.read_bytes()
    if content.endswith(bytes(_ZEROS)):
        content = content.rstrip(b"\0")
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        left, codec = matroska.look_through(content), Codec.MJPEG
    else:
        left = mpegts.look_through(content)
        codec = _codec(content, codec)
    if not left.frames:
        if content:
            return Salvaged(path=path, size_bytes=len(whole))
        path.unlink()
        sync_folder(path.parent)
        return Salvaged(path=None)
    if left.size_bytes != len(whole):
        os.truncate(path, left.size_bytes)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    sync_folder(path.parent)
    return Salvaged(
        path=path,
        codec=codec,
        frames=left.frames,
        key_frames=left.key_frames,
        media_s=left.media_s,
        size_bytes=left.size_bytes,
        sha256=hashlib.sha256(content[: left.size_bytes]).hexdigest(),
    )


def _codec(content: bytes, otherwise: Codec) -> Codec:
    """What the stream's own table says it is coded in."""
    kind = content[188 + 17 : 188 + 18]
    return {b"\x1b": Codec.H264, b"\x24": Codec.HEVC}.get(kind, otherwise)
