"""What a camera looks like when it is well: learnt in each light, kept in a small file across restarts.

The outline and the layout are those that were learnt first and stay until somebody asks to learn anew: a reference that
follows the picture would follow a camera that sinks a little every day. Sharpness and edges follow slowly, because rain
and seasons are no faults, but never by more than half.
"""

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote
from zipfile import BadZipFile

import numpy as np

from console.models.ids import CameraId
from console.video.health.measures import Light, Measures
from console.video.motion import Grey

FOLLOW_S: Final = 6 * 3600.0
FOLLOW_EVERY_S: Final = 60.0
FORM: Final = 1


@dataclass(slots=True)
class Reference:
    """A camera in one light: means of what was measured over `looks` pictures, and how it behaves.

    `still_s` is the longest time for which nothing at all stirred while it was learnt, `dark` that there was nothing to
    see in this light, `columns` the width of the pictures, `first_sharpness` what `sharpness` may not leave by more
    than half, `likeness` how much pictures of the learning time are alike in their outlines, `rate` the frames a
    second, 0 while that is not known, `well_s` for how long it has been well since it was followed last.
    """

    looks: int = 0
    sharpness: float = 0.0
    first_sharpness: float = 0.0
    entropy: float = 0.0
    likeness: float = 0.0
    still_s: float = 0.0
    rate: float = 0.0
    well_s: float = 0.0
    dark: bool = False
    columns: int = 0
    edges: Grey = field(default_factory=lambda: np.zeros((8, 8), np.float32))
    first_edges: Grey = field(default_factory=lambda: np.zeros((8, 8), np.float32))
    layout: Grey = field(default_factory=lambda: np.zeros((18, 32), np.float32))
    outline: Grey = field(default_factory=lambda: np.zeros((72, 128), np.float32))

    def learn(self, seen: Measures) -> None:
        """Take one more picture of a camera that is well into the means."""
        self.looks += 1
        self.columns = seen.columns
        share = 1.0 / self.looks
        self.sharpness += share * (seen.sharpness - self.sharpness)
        self.entropy += share * (seen.entropy - self.entropy)
        for name in ("edges", "layout", "outline"):
            known = getattr(self, name)
            setattr(self, name, known + np.float32(share) * (getattr(seen, name) - known))
        self.first_sharpness, self.first_edges = self.sharpness, self.edges

    def follow(self, seen: Measures, step_s: float) -> None:
        """Follow the seasons, by a picture a minute; `step_s` is how long it has been well since the last look."""
        self.well_s += step_s
        if self.well_s < FOLLOW_EVERY_S:
            return
        share, self.well_s = min(1.0, self.well_s / FOLLOW_S), 0.0
        least, most = 0.5 * self.first_sharpness, 2.0 * self.first_sharpness
        self.sharpness = min(max(self.sharpness + share * (seen.sharpness - self.sharpness), least), most)
        follows = self.edges + np.float32(share) * (seen.edges - self.edges)
        self.edges = np.maximum(follows, np.float32(0.5) * self.first_edges)


def _path(folder: Path, camera: CameraId, light: Light) -> Path:
    return folder / f"{quote(camera, safe='')}-{light.value}.npz"


def load(folder: Path | None, camera: CameraId, light: Light) -> Reference:
    """The reference as it was kept; a fresh one where there is none or it cannot be read."""
    fresh = Reference()
    if folder is None:
        return fresh
    try:
        with _path(folder, camera, light).open("rb") as file, np.load(file, allow_pickle=False) as kept:
            if int(kept["form"]) != FORM:
                return fresh
            found = Reference(looks=int(kept["looks"]), columns=int(kept["columns"]), dark=bool(kept["dark"]))
            for name in _NUMBERS:
                setattr(found, name, float(kept[name]))
            for name in _PICTURES:
                setattr(found, name, kept[name].astype(np.float32))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return fresh
    whole = all(getattr(found, name).shape == getattr(fresh, name).shape for name in _PICTURES)
    return found if whole else fresh


def keep(folder: Path | None, camera: CameraId, light: Light, reference: Reference) -> None:
    """Write the reference beside the old one and put it in its place; OSError where that cannot be done."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, camera, light)
    fresh = path.with_suffix(".new")
    values = {name: getattr(reference, name) for name in (*_NUMBERS, *_PICTURES, "looks", "dark", "columns")}
    with fresh.open("wb") as file:
        np.savez_compressed(file, form=FORM, **values)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def forget(folder: Path | None, camera: CameraId) -> None:
    """Throw the camera's references away, so that they are learnt anew."""
    if folder is None:
        return
    for light in Light:
        with contextlib.suppress(FileNotFoundError):
            _path(folder, camera, light).unlink()


_NUMBERS: Final = ("sharpness", "first_sharpness", "entropy", "likeness", "still_s", "rate")
_PICTURES: Final = ("edges", "first_edges", "layout", "outline")
