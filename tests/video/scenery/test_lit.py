"""The light that is shipped with the scenes is the light that would be worked out now."""

from pathlib import Path

import numpy as np
import pytest

from console import resources
from console.video.scenery import lit, script

SCENES = sorted(resources.path("demo/scenes").glob("*.yaml"))
FONT = resources.path("fonts/NotoSansSC-Regular.ttf")
AGAIN = "run tools/light_scenes.py"
EXAMPLE = """
view: {at: [0, 0, 3], pitch: 25}
surfaces:
  - {kind: ground, at: [-20, -5], to: [20, 40], material: paving}
  - {kind: veil, at: [-4, 8], to: [4, 8]}
lamps:
  - {at: [0, 6, 4], power: 20}
  - {at: [3, 9, 4], power: 20, flicker: 0.5}
"""


def shipped(path: Path) -> lit.Lit:
    made = lit.unpack(path.with_suffix(lit.SUFFIX).read_bytes(), lit.mark(path))
    assert made is not None, f"{path.name} was changed since it was lit: {AGAIN}"
    return made


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_that_each_shipped_scene_has_the_light_of_exactly_its_yaml(path: Path) -> None:
    made = shipped(path)
    assert made.still.shape == (*reversed(lit.SIZE_PX), 3)
    flickers = any(lamp.flicker for lamp in script.read(path).lamps)
    assert (made.dim is not None) == flickers


# One with fences and trees, one polished and flickering, one by infra-red.
@pytest.mark.parametrize("name", ["perimeter_east", "corridor", "perimeter_west"])
def test_that_shipped_light_is_what_the_program_would_work_out(name: str) -> None:
    path = resources.path(f"demo/scenes/{name}.yaml")
    made, now = shipped(path), lit.light(script.read(path), FONT)
    assert np.abs(made.still.astype(int) - now.still).mean() < 2.5, AGAIN
    near = now.depth < 100.0
    assert np.abs(made.depth - now.depth)[near].max() <= lit.DEPTH_STEP_M, AGAIN
    assert np.array_equal(made.depth > 1e5, now.depth > 1e5), AGAIN
    assert np.array_equal(made.through, now.through), AGAIN


def test_that_a_lit_scene_survives_being_packed(tmp_path: Path) -> None:
    path = tmp_path / "scene.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    made = lit.light(script.read(path), FONT)
    assert made.dim is not None
    assert (made.through < 255).any()
    again = lit.unpack(lit.pack(made, "mark"), "mark")
    assert again is not None
    assert again.dim is not None
    assert np.abs(again.still.astype(int) - made.still).mean() < 2.5
    assert np.array_equal(again.through, made.through)


def test_that_light_of_another_scene_or_a_damaged_one_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "scene.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    scene = script.read(path)
    packed = lit.pack(lit.light(scene, FONT), lit.mark(path))
    assert lit.unpack(packed, "another") is None
    assert lit.unpack(packed[: len(packed) // 2], lit.mark(path)) is None
    assert lit.unpack(b"", lit.mark(path)) is None
    path.with_suffix(lit.SUFFIX).write_bytes(packed[:-40])
    assert lit.lit(scene, path, FONT).still.shape == (*reversed(lit.SIZE_PX), 3)


def test_that_shipped_light_is_used_and_not_worked_out() -> None:
    path = resources.path("demo/scenes/main_gate.yaml")
    shipped = lit.unpack(path.with_suffix(lit.SUFFIX).read_bytes(), lit.mark(path))
    assert shipped is not None
    found = lit.lit(script.read(path), path, FONT)
    # To the last bit: worked out, it would not have gone through JPEG.
    assert np.array_equal(found.still, shipped.still)
