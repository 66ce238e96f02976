"""A camera at this computer: `address` is its number, as in /dev/video0."""

import os
from pathlib import Path

from console.models.errors import ConsoleError
from console.models.site import Camera
from console.models.text import Text
from console.video.kinds import CameraSpec, Capture, Setting


def check(camera: Camera, site_dir: Path) -> list[Text]:  # noqa: ARG001 - one signature for all
    """The address must be a number; whether it is plugged in is seen when it is opened."""
    if not (camera.address.isascii() and camera.address.isdigit()):
        return [Text("USB 摄像机的地址必须是数字", "The address of a USB camera must be a number")]
    return []


def open_device(setting: Setting) -> Capture:
    """Open the device."""
    from console.video.decoding import Device

    number = int(setting.camera.address)
    device = Path(f"/dev/video{number}")
    if not device.exists():
        raise ConsoleError(f"没有插上 USB 摄像机 {number}", f"USB camera {number} is not plugged in")
    if not os.access(device, os.R_OK | os.W_OK):
        raise ConsoleError(
            f"没有权限打开 {device}，请把用户加入 video 组",
            f"No permission to open {device}; add the user to the group video",
        )
    return Device(number, setting.bench)


SPEC = CameraSpec(name="usb", check=check, open=open_device)
