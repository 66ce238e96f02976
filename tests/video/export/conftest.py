"""Coded pictures once for all tests of packages."""

from pathlib import Path

import pytest

from console.models.recording import Codec
from console.video.recording.packets import Packet
from tests.video.conftest import ffmpeg  # noqa: F401 - a fixture of these tests
from tests.video.export.packages import Archive, archive, coded


@pytest.fixture(scope="session")
def pictures(ffmpeg: str) -> dict[Codec, list[Packet]]:  # noqa: F811
    return {Codec.H264: coded(ffmpeg, Codec.H264, 12), Codec.MJPEG: coded(ffmpeg, Codec.MJPEG, 4)}


@pytest.fixture
def kept(pictures: dict[Codec, list[Packet]], tmp_path: Path) -> Archive:
    return archive(tmp_path / "disk", tmp_path / "out", pictures[Codec.H264], pictures[Codec.MJPEG])
