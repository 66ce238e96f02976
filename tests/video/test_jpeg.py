"""One way for a picture to become a JPEG file, whoever needs one."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from console.video.jpeg import jpeg_of


@pytest.mark.parametrize("size", [(90, 160), (45, 80)])
def test_that_a_picture_is_compressed_as_well_as_it_is_asked_for(size: tuple[int, int]) -> None:
    frame = np.random.default_rng(1).integers(0, 255, (*size, 3), np.uint8)
    files = {quality: jpeg_of(frame, quality) for quality in (60, 75, 92)}
    assert len(files[60]) < len(files[75]) < len(files[92])
    for content in files.values():
        with Image.open(BytesIO(content)) as image:
            assert (image.format, image.size) == ("JPEG", (size[1], size[0]))


def test_that_colours_are_those_of_the_picture() -> None:
    frame = np.full((64, 64, 3), (200, 100, 20), np.uint8)  # blue first
    with Image.open(BytesIO(jpeg_of(frame, 90))) as image:
        red, green, blue = np.asarray(image)[32, 32]
    assert np.allclose((red, green, blue), (20, 100, 200), atol=4)


def test_that_what_is_too_large_for_a_jpeg_gives_nothing() -> None:
    assert jpeg_of(np.zeros((1, 70_000, 3), np.uint8), 90) == b""
