"""Cameras from the command line, against a pretend one on this machine."""

import json
from pathlib import Path

import yaml

from console.config import Secrets
from console.demo.onvif_camera import EmulatedCamera
from console.models.site import Camera
from tests.cli.test_cli import FINE, WORLD, zhishou
from tests.site import sites

SECRET = "open sesame"


def test_that_a_described_camera_can_be_pasted_into_a_site_folder(tmp_path: Path) -> None:
    with EmulatedCamera(password=SECRET) as device:
        done = zhishou(
            "cameras",
            "describe",
            device.address,
            "--login",
            "admin",
            "--id",
            "cam-9",
            "--number",
            "9",
            said=SECRET + "\n",
        )
    assert done.returncode == FINE, done.stderr
    assert "# Pretend ZS-1, firmware 1.2.3" in done.stdout
    assert "profile sub: H264 640x360, 15 fps" in done.stdout
    assert SECRET not in done.stdout
    assert yaml.safe_load(done.stdout)["cameras"][0]["onvif"]["sub"] == "sub"
    read = sites.read(sites.write(tmp_path, {**sites.FILES, "nine.yaml": done.stdout}))
    assert read.mistakes == ()
    assert read.site is not None
    camera = next(one for one in read.site.cameras if one.id == "cam-9")
    assert isinstance(camera, Camera)
    assert (camera.address, camera.main_address) == ("rtsp://127.0.0.1/sub", "rtsp://127.0.0.1/main")


def test_that_a_kept_password_is_used_and_chinese_is_spoken(tmp_path: Path) -> None:
    Secrets(tmp_path).set("gate", SECRET)
    with EmulatedCamera(password=SECRET) as device:
        arguments = ("describe", device.address, "--login", "admin", "--secret", "gate", "--data", tmp_path)
        done = zhishou("cameras", *arguments, "--lang", "zh")
        told = zhishou("cameras", *arguments, "--json")
    assert "固件 1.2.3" in done.stdout
    assert json.loads(told.stdout)["turns"] is True


def test_that_a_wrong_password_is_one_sentence() -> None:
    with EmulatedCamera(password=SECRET) as device:
        done = zhishou("cameras", "describe", device.address, "--login", "admin", said="wrong\n")
    assert done.returncode == WORLD
    assert done.stderr.strip() == "The camera does not accept login or password"
