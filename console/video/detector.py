"""A detector of people and vehicles that the site supplies: an ONNX model and a few lines on how it is to be used.

It lies in the site folder as `models/<name>.yaml`, with the model beside it:

    file: yolox_nano.onnx        # beside this file
    input: [416, 416]            # width and height that it takes
    classes: [person, bicycle, car]
    layout: yolox                # or boxes, see Layout
    strides: [8, 16, 32]         # of a yolox
    scale: 1.0                   # what a level of 0 to 255 is multiplied with
    score: 0.35
    overlap: 0.5

It is the costly second stage: it looks only at pictures in which a rule is about to fire. The console ships no model.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml
from numpy.typing import NDArray

from console.models.errors import ConsoleError
from console.models.pictures import Box
from console.video.cv import cv2
from console.video.frames import Frame

FOLDER: Final = "models"
FOUND_AT_MOST: Final = 100
GREY: Final = 114

Array = NDArray[Any]


class Layout(StrEnum):
    """How a model gives what it found: rows of centre, width, height, objectness, and a score for each class.

    `yolox` gives them in cells of its strides, as YOLOX exports do; `boxes` in pixels of its input.
    """

    YOLOX = "yolox"
    BOXES = "boxes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What the YAML file says."""

    file: Path
    input: tuple[int, int]
    classes: tuple[str, ...]
    layout: Layout = Layout.YOLOX
    strides: tuple[int, ...] = (8, 16, 32)
    scale: float = 1.0
    score: float = 0.35
    overlap: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One thing that the model found: its box in 0..1 of the picture."""

    kind: str
    score: float
    box: Box


def describe(site_dir: Path, name: str) -> Description:
    """Read the description of a model; ConsoleError says what is wrong with it."""
    path = site_dir / FOLDER / f"{name}.yaml"
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        width, height = (int(part) for part in said["input"])
        description = Description(
            file=path.parent / str(said["file"]),
            input=(width, height),
            classes=tuple(str(one) for one in said["classes"]),
            layout=Layout(said.get("layout", Layout.YOLOX)),
            strides=tuple(int(one) for one in said.get("strides", (8, 16, 32))),
            scale=float(said.get("scale", 1.0)),
            score=float(said.get("score", 0.35)),
            overlap=float(said.get("overlap", 0.5)),
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise _broken(name, path.name, str(error)) from error
    if width <= 0 or height <= 0 or not description.classes or not all(one > 0 for one in description.strides):
        raise _broken(name, path.name, "input, classes, strides")
    return description


def _broken(name: str, where: str, why: str) -> ConsoleError:
    return ConsoleError(
        zh=f"检测模型“{name}”不能使用（{where}）：{why}",
        en=f'The detector "{name}" cannot be used ({where}): {why}',
    )


class Detector:
    """A loaded model. Owned by one thread."""

    def __init__(self, name: str, description: Description) -> None:
        self._name, self._description = name, description
        try:
            self._net = cv2.dnn.readNetFromONNX(str(description.file))
        except cv2.error as error:
            raise _broken(name, description.file.name, _first_line(error)) from error

    def find(self, frame: Frame) -> list[Detection]:
        """Everything of the known classes in a picture, the surest first; ConsoleError where the model does not fit."""
        said = self._description
        width, height = said.input
        scale = min(width / frame.shape[1], height / frame.shape[0])
        small = cv2.resize(frame, (max(1, round(frame.shape[1] * scale)), max(1, round(frame.shape[0] * scale))))
        canvas = np.full((height, width, 3), GREY, np.uint8)
        canvas[: small.shape[0], : small.shape[1]] = small
        try:
            self._net.setInput(cv2.dnn.blobFromImage(canvas, said.scale))
            rows = np.asarray(self._net.forward(), np.float32)
        except cv2.error as error:
            raise _broken(self._name, said.file.name, _first_line(error)) from error
        wanted = 5 + len(said.classes)
        if rows.size == 0 or rows.shape[-1] != wanted:
            raise _broken(self._name, said.file.name, f"output {rows.shape}, not (..., {wanted})")
        rows = rows.reshape(-1, wanted)
        if said.layout is Layout.YOLOX:
            rows = self._decode(rows)
        return _strongest(rows, said, (small.shape[1], small.shape[0]))

    def _decode(self, rows: Array) -> Array:
        """From cells of the strides to pixels of the input."""
        said = self._description
        corners, sizes = [], []
        for stride in said.strides:
            columns, lines = said.input[0] // stride, said.input[1] // stride
            x, y = np.meshgrid(np.arange(columns), np.arange(lines))
            corners.append(np.stack((x.ravel(), y.ravel()), axis=1))
            sizes.append(np.full((columns * lines, 1), stride))
        grid, stride_of = np.concatenate(corners), np.concatenate(sizes)
        if len(grid) != len(rows):
            raise _broken(self._name, said.file.name, f"{len(rows)} rows, not {len(grid)}")
        decoded = rows.copy()
        decoded[:, :2] = (rows[:, :2] + grid) * stride_of
        decoded[:, 2:4] = np.exp(np.clip(rows[:, 2:4], -10.0, 10.0)) * stride_of
        return decoded


def _strongest(rows: Array, said: Description, size: tuple[int, int]) -> list[Detection]:
    scores = rows[:, 4:5] * rows[:, 5:]
    best = scores.argmax(axis=1)
    score = scores[np.arange(len(rows)), best]
    sure = score >= said.score
    rows, best, score = rows[sure], best[sure], score[sure]
    if not len(rows):
        return []
    corners = np.concatenate((rows[:, :2] - rows[:, 2:4] / 2, rows[:, 2:4]), axis=1)
    # Apart by class, so that a rider does not hide the bicycle.
    apart = corners.copy()
    apart[:, 0] += best * 10_000
    kept = cv2.dnn.NMSBoxes(apart.tolist(), score.tolist(), said.score, said.overlap)
    order = sorted(np.asarray(kept).ravel().tolist(), key=lambda n: -float(score[n]))[:FOUND_AT_MOST]
    found = []
    for n in order:
        x, y, w, h = (float(part) for part in corners[n])
        edges = (x / size[0], y / size[1], (x + w) / size[0], (y + h) / size[1])
        left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in edges)
        found.append(Detection(kind=said.classes[int(best[n])], score=float(score[n]), box=(left, top, right, bottom)))
    return found


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__


def agrees(found: list[Detection], box: Box, classes: tuple[str, ...]) -> bool:
    """Whether something of one of the classes (any, if there are none) lies where the first stage saw something."""
    return any(
        (not classes or one.kind in classes)
        and min(one.box[2], box[2]) > max(one.box[0], box[0])
        and min(one.box[3], box[3]) > max(one.box[1], box[1])
        for one in found
    )
