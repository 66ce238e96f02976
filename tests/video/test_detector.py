"""The slot for a detector that the site supplies, with a real if tiny ONNX model."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from console.models.errors import ConsoleError
from console.video.detector import Detector, agrees, describe
from tests.video.onnx_bytes import write_model

DESCRIPTION = """
file: tiny.onnx
input: [128, 128]
classes: [person, car]
layout: yolox
strides: [32]
score: 0.5
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    write_model(tmp_path / "models" / "tiny.onnx")
    (tmp_path / "models" / "tiny.yaml").write_text(DESCRIPTION, encoding="utf-8")
    return tmp_path


def picture(*cells: tuple[int, int, tuple[int, int, int]]) -> Any:
    """A black picture of 256 x 256 with cells of 64 x 64 in a colour (blue, green, red)."""
    frame = np.zeros((256, 256, 3), np.uint8)
    for column, row, colour in cells:
        frame[row * 64 : row * 64 + 64, column * 64 : column * 64 + 64] = colour
    return frame


def test_that_a_model_finds_what_it_is_for_where_it_is(site: Path) -> None:
    detector = Detector("tiny", describe(site, "tiny"))
    found = detector.find(picture((1, 2, (250, 0, 0)), (3, 0, (0, 0, 240))))
    assert [one.kind for one in found] == ["person", "car"]
    assert found[0].box == pytest.approx((0.25, 0.5, 0.5, 0.75), abs=0.01)
    assert found[0].score > found[1].score > 0.5
    assert detector.find(picture()) == []


def test_that_a_picture_of_another_shape_keeps_its_own(site: Path) -> None:
    frame = np.zeros((128, 256, 3), np.uint8)
    frame[64:, 192:] = (250, 0, 0)
    (one,) = Detector("tiny", describe(site, "tiny")).find(frame)
    assert one.box == pytest.approx((0.75, 0.5, 1.0, 1.0), abs=0.02)


def test_that_only_its_classes_where_something_stands_out_agree(site: Path) -> None:
    found = Detector("tiny", describe(site, "tiny")).find(picture((1, 2, (250, 0, 0))))
    assert agrees(found, (0.3, 0.6, 0.4, 0.7), ("person",))
    assert agrees(found, (0.3, 0.6, 0.4, 0.7), ())
    assert not agrees(found, (0.3, 0.6, 0.4, 0.7), ("car",))
    assert not agrees(found, (0.7, 0.0, 0.9, 0.3), ("person",))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tiny.onnx", "missing.onnx"),
        ("classes: [person, car]", "classes: [person]"),
        ("strides: [32]", "strides: [8]"),
        ("input: [128, 128]", "input: 128"),
        ("layout: yolox", "layout: of its own"),
        ("classes: [person, car]", ""),
    ],
)
def test_that_a_model_that_does_not_fit_gives_a_sentence(site: Path, old: str, new: str) -> None:
    (site / "models" / "tiny.yaml").write_text(DESCRIPTION.replace(old, new), encoding="utf-8")
    with pytest.raises(ConsoleError, match="tiny"):
        Detector("tiny", describe(site, "tiny")).find(picture((1, 2, (250, 0, 0))))


def test_that_bytes_that_are_no_model_give_a_sentence(site: Path) -> None:
    (site / "models" / "tiny.onnx").write_bytes(bytes(range(256)))
    with pytest.raises(ConsoleError, match="cannot be used"):
        Detector("tiny", describe(site, "tiny"))


def test_that_a_site_without_the_model_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConsoleError, match="cannot be used"):
        describe(tmp_path, "tiny")
