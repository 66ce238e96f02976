"""A scene with its light worked out: the still picture, and what hides whom in it.

Working it out takes most of a second of a processor, too long for sixteen cameras that all begin at
once. What is shipped with a scene beside its YAML (`NAME.lit`, made by `tools/light_scenes.py`) is
used as long as it was made from exactly that YAML; any other scene is lit when it is opened.
"""

import hashlib
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np

from console.video.cv import cv2
from console.video.scenery import script
from console.video.scenery.film import Caption, expose
from console.video.scenery.lens import Lens, aim
from console.video.scenery.lighting import light_up, lights
from console.video.scenery.materials import Values, make_grain
from console.video.scenery.plants import plant
from console.video.scenery.stage import FAR_M, Stage, all_quads, build

SIZE_PX: Final = (640, 360)
FINENESS: Final = 1.5
"""Rays for each pixel's width: the still picture is cast finer and averaged."""
SUFFIX: Final = ".lit"
JPEG_QUALITY: Final = 95
DEPTH_STEP_M: Final = 0.1
FAR_STEP: Final = 65_535


@dataclass(frozen=True, slots=True)
class Lit:
    """A lit scene, each field a row a pixel line of `SIZE_PX`.

    `still` is the picture without anybody in it, `dim` the same with the flickering lamps off (None
    where none flickers), `depth` how far what it shows is (m), `through` how much (0..255) is seen
    through a fence, and `veil_depth` how far that fence is.
    """

    still: Values
    dim: Values | None
    depth: Values
    through: Values
    veil_depth: Values


def lens_of(scene: script.Scene) -> Lens:
    """The lens of a scene's camera."""
    view = scene.view
    return aim(view.at, view.heading, view.pitch, view.fov, SIZE_PX)


def light(scene: script.Scene, font: Path) -> Lit:
    """Work out the light of a scene; takes most of a second."""
    dice = np.random.default_rng(scene.seed)
    fine = lens_of(scene).scaled(FINENESS)
    parts = all_quads(scene, Caption(font, 64).letters)
    stage = build(scene, parts, fine, make_grain(dice))
    for tree in scene.trees:
        plant(tree, fine, stage, dice)
    lamps = lights(scene)
    still = expose(scene, light_up(scene, fine, stage, lamps), SIZE_PX)
    dim = None
    if any(lamp.flicker for lamp in lamps):
        steady = [lamp for lamp in lamps if not lamp.flicker]
        dim = expose(scene, light_up(scene, fine, stage, steady), SIZE_PX)
    return _hidden(stage, still, dim)


def _hidden(stage: Stage, still: Values, dim: Values | None) -> Lit:
    depth = cv2.resize(stage.depth, SIZE_PX, interpolation=cv2.INTER_NEAREST)
    veil: Values = cv2.resize(stage.veil, SIZE_PX, interpolation=cv2.INTER_AREA)
    # A pixel of which the fence covers a little must know how far the fence is.
    near = -cv2.dilate(-stage.veil_depth, np.ones((3, 3), np.uint8))
    veil_depth: Values = cv2.resize(near, SIZE_PX, interpolation=cv2.INTER_NEAREST)
    veil_depth[veil < 0.02] = FAR_M
    through = (255 - veil * 255).astype(np.uint8)
    return Lit(still, dim, np.asarray(depth), through, veil_depth)


def lit(scene: script.Scene, path: Path, font: Path) -> Lit:
    """Give the light of the scene read from `path`: what is shipped with it, or worked out now."""
    made = path.with_suffix(SUFFIX)
    if made.is_file():
        found = unpack(made.read_bytes(), mark(path))
        if found is not None:
            return found
    return light(scene, font)


def mark(path: Path) -> str:
    """What a scene's light was made from: the digest of its YAML."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def pack(made: Lit, mark_of_scene: str) -> bytes:
    """A lit scene as a small archive: pictures as JPEG, distances in steps as PNG."""
    parts = {
        "still.jpg": _encoded(".jpg", made.still),
        "depth.png": _encoded(".png", _steps(made.depth)),
        "through.png": _encoded(".png", made.through),
        "veil_depth.png": _encoded(".png", _steps(made.veil_depth)),
    }
    if made.dim is not None:
        parts["dim.jpg"] = _encoded(".jpg", made.dim)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
        archive.comment = mark_of_scene.encode()
    return packed.getvalue()


def unpack(content: bytes, mark_of_scene: str) -> Lit | None:
    """The lit scene of `pack`; None where it is damaged or was made from another scene."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if archive.comment != mark_of_scene.encode():
                return None
            parts = {name: _decoded(archive.read(name)) for name in archive.namelist()}
        return Lit(
            still=parts["still.jpg"],
            dim=parts.get("dim.jpg"),
            depth=_metres(parts["depth.png"]),
            through=parts["through.png"],
            veil_depth=_metres(parts["veil_depth.png"]),
        )
    except (zipfile.BadZipFile, KeyError, ValueError):
        return None


def _encoded(kind: str, picture: Values) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY] if kind == ".jpg" else [cv2.IMWRITE_PNG_COMPRESSION, 9]
    done, content = cv2.imencode(kind, picture, options)
    if not done:
        raise ValueError(f"no encoder for {kind}")
    return content.tobytes()


def _decoded(content: bytes) -> Values:
    """Raises ValueError for anything but a picture of the size of all of them."""
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.shape[:2] != (SIZE_PX[1], SIZE_PX[0]):
        raise ValueError("not a picture of a scene")
    return picture


def _steps(metres: Values) -> Values:
    steps = np.minimum(metres / DEPTH_STEP_M, FAR_STEP)
    return np.asarray(np.round(steps), np.uint16)


def _metres(steps: Values) -> Values:
    metres = steps.astype(np.float32) * np.float32(DEPTH_STEP_M)
    metres[steps == FAR_STEP] = FAR_M
    return np.asarray(metres)
