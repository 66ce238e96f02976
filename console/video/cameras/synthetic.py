"""A camera that is not there: a scene of the pretend site, drawn. `address` is the scene's name."""

import re
from pathlib import Path

from console import resources
from console.models.errors import ConsoleError
from console.models.site import Camera
from console.models.text import Text
from console.video.kinds import CameraSpec, Capture, Setting
from console.video.scenery import script

SHIPPED = "demo/scenes"
FONT = "fonts/NotoSansSC-Regular.ttf"


def scene_file(camera: Camera, scenes_dir: Path | None) -> Path:
    """Where the scene of a camera lies: in `scenes_dir`, else among those that are shipped."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", camera.address):
        raise ConsoleError(
            f"场景名“{camera.address}”无效：只用小写字母、数字、下划线和连字符",
            f'"{camera.address}" is no name of a scene: small letters, digits, underscores and hyphens only',
        )
    return (scenes_dir or resources.path(SHIPPED)) / f"{camera.address}.yaml"


def check(camera: Camera, site_dir: Path) -> list[Text]:
    """The scene must be there and must be right; a site may bring scenes of its own in `scenes/`."""
    own = site_dir / "scenes"
    try:
        script.read(scene_file(camera, own if own.is_dir() else None))
    except ConsoleError as error:
        return [error.text]
    return []


def open_scene(setting: Setting) -> Capture:
    """Light the scene and begin to play it."""
    from console.video.scenery.broadcast import Broadcast
    from console.video.scenery.lit import lit

    path = scene_file(setting.camera, setting.scenes_dir)
    scene = script.read(path)
    font = resources.path(FONT)
    return Broadcast(scene, lit(scene, path, font), setting.camera.name.in_language("zh_CN"), font, setting.timezone)


# Lighting a scene is work and cannot hang, but sixteen of them share the cores of a small machine.
SPEC = CameraSpec(name="synthetic", check=check, open=open_scene, opens_within_s=180.0)
