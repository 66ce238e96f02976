"""Cameras as ONVIF devices in a site folder."""

from dataclasses import replace
from pathlib import Path

import pytest

from console.models.ids import CameraId
from console.models.site import Camera, CameraKind, OnvifSetup
from console.models.text import Text
from console.video.cameras import rtsp
from tests.site import sites

CAMERA = "cameras:\n  - {{id: cam-9, number: 9, name: 九, kind: rtsp, {more}}}\n"


def read(tmp_path: Path, more: str, source: str = "") -> list[str]:
    files = {**sites.FILES, "nine.yaml": CAMERA.format(more=more)}
    if source:
        options = f"options: {{{source}}}"
        files["heard.yaml"] = (
            f"sources:\n  - {{id: heard, kind: onvif_events, name: {{zh: 听, en: Heard}}, {options}}}\n"
        )
    found = [mistake.en for mistake in sites.read(sites.write(tmp_path, files)).mistakes]
    return [mistake for mistake in found if "No such kind" not in mistake]


def test_that_a_camera_with_a_device_needs_no_stream_address(tmp_path: Path) -> None:
    assert read(tmp_path, "onvif: {address: 10.0.0.9, main: Profile_1, sub: Profile_2}") == []


def test_that_a_camera_with_neither_is_a_mistake(tmp_path: Path) -> None:
    camera = Camera(id=CameraId("c"), number=1, name=Text("c"), kind=CameraKind.RTSP)
    assert [mistake.en for mistake in rtsp.check(camera, tmp_path)] == ["The camera's address is missing"]
    device = replace(camera, onvif=OnvifSetup(address="10.0.0.9"))
    assert rtsp.check(device, tmp_path) == []


@pytest.mark.parametrize("address", ["rtsp://10.0.0.9", "http://admin:word@10.0.0.9", "'not one'"])
def test_that_a_wrong_device_address_is_told(tmp_path: Path, address: str) -> None:
    (mistake,) = read(tmp_path, f"onvif: {{address: {address}}}")
    assert "address" in mistake


def test_that_a_source_hears_only_cameras_that_have_a_device(tmp_path: Path) -> None:
    assert read(tmp_path, "onvif: {address: 10.0.0.9}", "onvif_cameras: [cam-9]") == []
    (mistake,) = read(tmp_path, "onvif: {address: 10.0.0.9}", "onvif_cameras: [cam-8]")
    assert 'Did you mean "cam-9"' in mistake
