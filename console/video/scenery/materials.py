"""What surfaces look like: colour by position on the surface, in metres.

A material is a function of (u, v, tint, pick) to a colour per point; u runs along the surface, v
up it (or away from the camera on the ground). Colours are linear light, red first, 0..1. `pick`
gives even noise for a cell, so that no window of a house is like the next.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = NDArray[Any]
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Grain:
    """Noise to sample by position: smooth fields of several sizes, made once a scene."""

    field: Values

    def at(self, u: Values, v: Values, size_m: float, offset: int = 0) -> Values:
        """Even noise 0..1, of which a feature is about `size_m` long."""
        side = self.field.shape[0]
        scale = 8.0 / size_m
        rows = (v * scale).astype(np.int64) + 37 * offset
        columns = (u * scale).astype(np.int64) + 91 * offset
        return np.asarray(self.field[rows % side, columns % side])

    def cell(self, column: Values, row: Values, offset: int = 0) -> Values:
        """One value 0..1 for each whole cell (a brick, a slab, a window)."""
        mixed = column.astype(np.int64) * 7919 + row.astype(np.int64) * 104_729 + offset * 1_299_709
        mixed = (mixed ^ (mixed >> 7)) * 2_654_435_761
        return ((mixed >> 8) & 0xFFFF).astype(np.float32) / np.float32(65535.0)


def make_grain(dice: np.random.Generator, side: int = 512) -> Grain:
    """Noise of four octaves that tiles."""
    field = np.zeros((side, side), np.float32)
    for step, weight in ((32, 0.35), (8, 0.3), (3, 0.2), (1, 0.15)):
        coarse = dice.random((side // step + 1, side // step + 1), np.float32)
        rows = np.arange(side) / step
        low = rows.astype(int)
        part = (rows - low).astype(np.float32)
        part = part * part * (3 - 2 * part)
        last = coarse.shape[0] - 1
        following = np.minimum(low + 1, last)
        lines = coarse[low] * (1 - part)[:, None] + coarse[following] * part[:, None]
        field += weight * (lines[:, low] * (1 - part) + lines[:, following] * part)
    field -= field.min()
    field /= field.max()
    return Grain(field)


def vector(parts: Sequence[float] | Values) -> Values:
    """A colour or a place as an array of 32-bit numbers."""
    return np.asarray(parts, np.float32)


def linear(rgb: tuple[float, ...]) -> Colour:
    """Linear light of an sRGB colour given as 0..255."""
    red, green, blue = ((part / 255.0) ** 2.2 for part in rgb)
    return red, green, blue


def _flat(tint: Colour, shade: Values) -> Values:
    return shade[:, None] * np.asarray(tint, np.float32)


def _joint(position: Values, every: float, width: float) -> Values:
    """1 on the joints between pieces `every` m long, 0 elsewhere."""
    return (np.mod(position, np.float32(every)) < width).astype(np.float32)


def asphalt(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    shade = 0.75 + 0.25 * grain.at(u, v, 3.0) + 0.3 * (grain.at(u, v, 0.12) - 0.5)
    stain = (grain.at(u, v, 6.0, 3) > 0.66) * 0.12
    return _flat(tint, (shade - stain).astype(np.float32))


def concrete(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    shade = 0.8 + 0.3 * (grain.at(u, v, 2.5) - 0.5) + 0.12 * (grain.at(u, v, 0.2) - 0.5)
    shade -= 0.25 * np.maximum(_joint(u, 3.0, 0.03), _joint(v, 3.0, 0.03))
    return _flat(tint, shade.astype(np.float32))


def plaster(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    shade = 0.9 + 0.14 * (grain.at(u, v, 3.0) - 0.5) + 0.05 * (grain.at(u, v, 0.3) - 0.5)
    shade -= 0.18 * np.exp(-v * 3.0)
    return _flat(tint, shade.astype(np.float32))


def dado(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    """A painted wall: colour to 1.2 m, white above, a dark line between."""
    colour = plaster(u, v, (0.62, 0.62, 0.58), grain)
    low = v < 1.2
    colour[low] = plaster(u[low], v[low], tint, grain)
    colour[(v > 1.18) & (v < 1.22)] *= 0.4
    colour[v < 0.12] = np.float32(0.06)
    return colour


def paving(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    size = 0.6
    cell = grain.cell(u // size, v // size)
    shade = 0.78 + 0.28 * (cell - 0.5) + 0.15 * (grain.at(u, v, 0.3) - 0.5)
    shade += 0.2 * (grain.at(u, v, 5.0) - 0.5)
    shade -= 0.35 * np.maximum(_joint(u, size, 0.025), _joint(v, size, 0.025))
    return _flat(tint, shade.astype(np.float32))


def tiles(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    size = 0.8
    shade = 0.93 + 0.06 * (grain.cell(u // size, v // size) - 0.5)
    shade += 0.07 * (grain.at(u, v, 1.2) - 0.5)
    shade -= 0.3 * np.maximum(_joint(u, size, 0.016), _joint(v, size, 0.016))
    return _flat(tint, shade.astype(np.float32))


def terrazzo(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    shade = 0.85 + 0.35 * (grain.at(u, v, 0.1) - 0.5) + 0.12 * (grain.at(u, v, 2.0) - 0.5)
    shade -= 0.3 * np.maximum(_joint(u, 2.0, 0.02), _joint(v, 2.0, 0.02))
    return _flat(tint, shade.astype(np.float32))


def grass(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    shade = 0.55 + 0.7 * (grain.at(u, v, 0.25) - 0.5) + 0.6 * (grain.at(u, v, 3.5) - 0.5)
    colour = _flat(tint, np.maximum(shade, 0.1).astype(np.float32))
    bare = grain.at(u, v, 5.0, 5) > 0.68
    colour[bare] = colour[bare] * 0.5 + vector([0.06, 0.045, 0.03])
    return colour


def brick(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    row = v // 0.12
    along = u + 0.16 * np.mod(row, 2)
    cell = grain.cell(along // 0.32, row)
    shade = 0.75 + 0.4 * (cell - 0.5) + 0.2 * (grain.at(u, v, 2.0) - 0.5)
    colour = _flat(tint, shade.astype(np.float32))
    mortar = np.maximum(_joint(along, 0.32, 0.022), _joint(v, 0.12, 0.02)) > 0
    colour[mortar] = colour[mortar] * 0.5 + np.float32(0.09)
    return colour


def panel(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    """Corrugated sheet metal."""
    shade = 0.8 + 0.14 * np.sin(u * (2 * np.pi / 0.22)) + 0.16 * (grain.at(u, v, 2.0) - 0.5)
    return _flat(tint, shade.astype(np.float32))


def shutter(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    """A roller shutter."""
    shade = 0.62 + 0.35 * np.mod(v / 0.11, 1.0) + 0.1 * (grain.at(u, v, 1.0) - 0.5)
    return _flat(tint, shade.astype(np.float32))


def steel(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    """Brushed steel, as of lift doors."""
    shade = 0.75 + 0.25 * grain.at(u * 6, v * 0.4, 0.8) - 0.15 * np.abs(np.sin(u * 1.4))
    return _flat(tint, shade.astype(np.float32))


def glass(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    """Panes in dark frames, with the sheen of something opposite."""
    frame = np.maximum(_joint(u, 1.2, 0.07), _joint(v, 2.2, 0.08)) > 0
    shade = 0.5 + 0.5 * (grain.at(u - v * 0.6, v * 0.2, 2.5) > 0.5)
    colour = _flat(tint, shade.astype(np.float32))
    colour[frame] = np.float32(0.10)
    return colour


def facade(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    """A dormitory front: a window and a balcony rail in each bay, floors 3.2 m high."""
    colour = plaster(u, v, tint, grain)
    across, up = np.mod(u, 3.4), np.mod(v, 3.2)
    window = (across > 0.9) & (across < 2.6) & (up > 0.9) & (up < 2.5)
    colour[window] = vector([0.03, 0.035, 0.045])
    bar = window & ((np.abs(across - 1.75) < 0.04) | (np.abs(up - 1.9) < 0.03))
    colour[bar] = np.float32(0.35)
    colour[(up < 0.12)] *= 0.6
    conditioner = (across > 2.75) & (across < 3.3) & (up > 0.5) & (up < 0.95)
    colour[conditioner] = np.float32(0.5)
    return colour


def lockers(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    """Server racks: dark doors, a light frame between."""
    across = np.mod(u, 0.6)
    shade = 0.55 + 0.25 * (np.mod(v, 0.09) < 0.045) + 0.1 * (grain.at(u, v, 0.4) - 0.5)
    colour = _flat(tint, shade.astype(np.float32))
    colour[across < 0.05] = np.float32(0.16)
    return colour


def door(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    """A leaf with a frame, a sunk field and a handle; one leaf is as wide as the surface."""
    shade = 0.85 + 0.1 * (grain.at(u, v, 0.8) - 0.5)
    colour = _flat(tint, shade.astype(np.float32))
    width = float(u.max(initial=1.0))
    height = float(v.max(initial=2.0))
    edge = (u < 0.07) | (u > width - 0.07) | (v > height - 0.07)
    colour[edge] *= 0.45
    sunk = (u > 0.22) & (u < width - 0.22) & (np.mod(v, 1.0) > 0.18) & (np.mod(v, 1.0) < 0.86)
    colour[sunk] *= 0.82
    handle = (np.abs(u - (width - 0.14)) < 0.05) & (np.abs(v - 1.05) < 0.06)
    colour[handle] = np.float32(0.55)
    return colour


def court(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    """A basketball court of rubber, marked in white."""
    shade = 0.9 + 0.16 * (grain.at(u, v, 3.0) - 0.5) + 0.1 * (grain.at(u, v, 0.15) - 0.5)
    colour = _flat(tint, shade.astype(np.float32))
    inside = (u > 1) & (u < 27) & (v > 1) & (v < 15)
    key = inside & ((u < 6.8) | (u > 21.2)) & (np.abs(v - 8) < 2.45)
    colour[key] = _flat((0.20, 0.075, 0.055), shade.astype(np.float32))[key]
    radius = np.hypot(u - 14, v - 8)
    line = inside & (
        (u < 1.1)
        | (u > 26.9)
        | (v < 1.1)
        | (v > 14.9)
        | (np.abs(u - 14) < 0.06)
        | (np.abs(radius - 1.8) < 0.06)
        | (np.abs(np.hypot(u - 2.6, v - 8) - 6.75) < 0.06)
        | (np.abs(np.hypot(u - 25.4, v - 8) - 6.75) < 0.06)
    )
    colour[line] = np.float32(0.55)
    return colour


def hedge(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    shade = 0.3 + 1.1 * grain.at(u, v, 0.35) * grain.at(u, v, 1.2, 2)
    return _flat(tint, shade.astype(np.float32))


def stripes(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    """Yellow and black at a slant, as on kerbs, steps and barriers."""
    dark = np.mod(u + v, 0.8) < 0.4
    shade = 0.85 + 0.2 * (grain.at(u, v, 1.0) - 0.5)
    colour = _flat(tint, shade.astype(np.float32))
    colour[dark] = np.float32(0.03)
    return colour


def zebra(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    """White bars on asphalt."""
    colour = asphalt(u, v, tint, grain)
    bar = np.mod(u, 1.0) < 0.5
    worn = grain.at(u, v, 0.4) > 0.22
    colour[bar & worn] = np.float32(0.5)
    return colour


def bays(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    """Parking bays 2.5 m wide on a painted floor."""
    colour = concrete(u, v, tint, grain)
    colour[(np.mod(u, 2.5) < 0.1)] = np.float32(0.55)
    return colour


def plain(u: Values, v: Values, tint: Colour, grain: Grain) -> Values:
    return _flat(tint, (0.95 + 0.1 * (grain.at(u, v, 0.6) - 0.5)).astype(np.float32))


Material = Callable[[Values, Values, Colour, Grain], Values]

MATERIALS: Final[Mapping[str, tuple[Material, tuple[int, int, int]]]] = MappingProxyType(
    {
        "asphalt": (asphalt, (84, 84, 86)),
        "bays": (bays, (118, 122, 120)),
        "brick": (brick, (150, 86, 68)),
        "concrete": (concrete, (150, 148, 142)),
        "court": (court, (52, 108, 84)),
        "dado": (dado, (92, 140, 118)),
        "door": (door, (122, 92, 66)),
        "facade": (facade, (186, 172, 150)),
        "glass": (glass, (52, 62, 70)),
        "grass": (grass, (84, 112, 58)),
        "hedge": (hedge, (62, 96, 50)),
        "lockers": (lockers, (54, 56, 60)),
        "panel": (panel, (132, 144, 156)),
        "paving": (paving, (156, 148, 136)),
        "plain": (plain, (170, 170, 170)),
        "plaster": (plaster, (206, 202, 190)),
        "shutter": (shutter, (150, 154, 158)),
        "steel": (steel, (168, 170, 172)),
        "stripes": (stripes, (214, 170, 40)),
        "terrazzo": (terrazzo, (168, 160, 146)),
        "tiles": (tiles, (190, 186, 176)),
        "zebra": (zebra, (78, 78, 80)),
    }
)
"""Material and its usual colour (sRGB 0..255) by name."""


@dataclass(frozen=True, slots=True)
class Veil:
    """Something that can be seen through: what of (u, v) it covers, and how fine it is.

    Where a pixel is wider than `fine_m`, the share `covers` of it is covered instead.
    """

    pattern: Callable[[Values, Values], Values]
    covers: float
    fine_m: float


def _mesh(u: Values, v: Values) -> Values:
    first, second = np.mod(u + v, 0.14), np.mod(u - v, 0.14)
    return np.asarray((first < 0.02) | (second < 0.02), np.float32)


def _bars(u: Values, v: Values) -> Values:
    height = float(v.max(initial=2.0))
    upright = np.mod(u, 0.16) < 0.035
    across = (np.abs(v - 0.25) < 0.03) | (np.abs(v - (height - 0.3)) < 0.03)
    post = np.mod(u, 2.8) < 0.1
    return np.asarray(upright | across | post, np.float32)


def _rail(u: Values, v: Values) -> Values:
    height = float(v.max(initial=1.0))
    top = (v > height - 0.07) | (np.abs(v - 0.12) < 0.03)
    return np.asarray(top | (np.mod(u, 0.13) < 0.03), np.float32)


VEILS: Final[Mapping[str, Veil]] = MappingProxyType(
    {
        "bars": Veil(_bars, 0.3, 0.07),
        "mesh": Veil(_mesh, 0.27, 0.05),
        "rail": Veil(_rail, 0.3, 0.06),
    }
)
"""What can be seen through, by name: fence bars, chain link, a hand rail with balusters."""
