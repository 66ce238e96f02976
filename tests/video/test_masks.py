"""Privacy masks: painted in the process that decodes, over everything that is shown, lifted for a while only."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from console.models.masks import Mask, left_over
from console.models.people import Role
from console.models.site import CameraKind
from console.video.masks import paint_masks
from tests.video.conftest import Watch, camera, until

LEFT = Mask(zone=((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
CORNER = Mask(zone=((0.8, 0.8), (1.0, 0.8), (1.0, 1.0)), roles=(Role.LEADER,))


def noise(rows: int = 90, columns: int = 160) -> Any:
    return np.random.default_rng(1).integers(0, 255, (rows, columns, 3), np.uint8)


def test_that_nothing_of_a_masked_part_is_left_and_nothing_else_is_touched() -> None:
    frame = noise()
    whole = frame.copy()
    painted = paint_masks(frame, (LEFT,))
    assert len(np.unique(painted[:, :80].reshape(-1, 3), axis=0)) <= 2  # the fill and its edge
    assert (painted[:, 84:] == whole[:, 84:]).all()
    assert (frame == whole).all()  # what is judged stays whole
    assert paint_masks(frame, ()) is frame


def test_that_a_role_sees_through_its_own_masks_only() -> None:
    both = (LEFT, CORNER)
    assert left_over(both, Role.SUPERVISOR) == (CORNER,)
    assert left_over(both, Role.LEADER) == (LEFT,)
    assert left_over(both, Role.OPERATOR) == both
    assert left_over(both, None) == both


def left_of(watch: Watch) -> int:
    """How many colours the left third of the newest live picture has."""
    picture = watch.picture("yard")
    pixels = np.frombuffer(bytes(picture.pixels), np.uint8).reshape(picture.height_px, picture.width_px, 4)
    return len(np.unique(pixels[:, : picture.width_px // 3, :3].reshape(-1, 3), axis=0))


def colours_left(jpeg: bytes) -> float:
    """How much the left third of a JPEG varies."""
    from PIL import Image

    grey = np.asarray(Image.open(io.BytesIO(jpeg)).convert("L"), float)
    return float(np.std(grey[8:-8, 8 : grey.shape[1] // 3]))


def test_that_masks_lie_over_live_pictures_and_stills_and_come_back_by_themselves(site_dir: Path) -> None:
    yard = camera("yard", CameraKind.SYNTHETIC, "yard", masks=(LEFT,))
    with Watch(site_dir, (yard,)) as watch:
        watch.picture("yard")
        assert left_of(watch) <= 3
        still = watch.video.snapshot(yard.id).result()
        assert colours_left(still.jpeg) < 12
        watch.video.lift_masks(yard.id, (), 60)
        until(lambda: left_of(watch) > 20)
        lifted = watch.video.snapshot(yard.id).result()
        assert colours_left(lifted.jpeg) < 12  # what is kept has its masks, whoever looks
        watch.video.lift_masks(yard.id, (), 0.5)
        until(lambda: left_of(watch) <= 3)
        for recent in watch.video.recent(yard.id, 30).result():
            assert colours_left(recent.jpeg) < 12
        watch.video.lift_masks(yard.id, (), 60)
        until(lambda: left_of(watch) > 20)
        watch.video.lift_masks(yard.id, (LEFT,), 0)
        until(lambda: left_of(watch) <= 3)


@pytest.mark.parametrize("zone", [((-0.1, 0.0), (1.2, 0.0), (0.5, 1.0)), ((0.0, 0.0), (1e-9, 0.0), (0.0, 1e-9))])
def test_that_a_mask_of_any_shape_paints_within_the_picture(zone: tuple[tuple[float, float], ...]) -> None:
    assert paint_masks(noise(), (Mask(zone=zone),)).shape == (90, 160, 3)
