"""A recording played as a camera: `address` is a file, relative to the site folder."""

from pathlib import Path

from console.models.errors import ConsoleError
from console.models.site import Camera
from console.models.text import Text
from console.video.kinds import CameraSpec, Capture, Setting


def check(camera: Camera, site_dir: Path) -> list[Text]:
    """The file must be named and must be there."""
    if not camera.address:
        return [Text("缺少录像文件名", "The recording's file name is missing")]
    path = site_dir / camera.address
    if not path.is_file():
        return [Text(f"找不到录像文件 {camera.address}", f"There is no recording {camera.address}")]
    if path.stat().st_size == 0:
        return [Text(f"录像文件 {camera.address} 是空的", f"The recording {camera.address} is empty")]
    return []


def open_recording(setting: Setting) -> Capture:
    """Begin to play the recording."""
    from console.video.decoding import Recording

    camera = setting.camera
    mistakes = check(camera, setting.site_dir)
    if mistakes:
        raise ConsoleError(mistakes[0].zh, mistakes[0].en)
    return Recording(setting.site_dir / camera.address, setting.bench, loop=camera.loop)


SPEC = CameraSpec(name="file", check=check, open=open_recording)
