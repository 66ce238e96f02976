"""Things that stand about: each is a few blocks and strokes in its own axes, turned and set down.

A block is (x, y, z, width, depth, height, material, tint); a stroke a line in space with a width.
x is the thing's right, y its front, z up, in metres.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, get_args

import numpy as np

from console.video.scenery import script
from console.video.scenery.lens import Points

DARK: Final = (34, 36, 38)
GREY: Final = (120, 122, 124)
WOOD: Final = (128, 92, 60)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line in space: points (n, 3), width in metres, colour."""

    points: Points
    width_m: float
    tint: script.Rgb


Block = tuple[float, float, float, float, float, float, script.MaterialName, script.Rgb]
Parts = tuple[list[Block], list[Stroke]]


def _line(width_m: float, tint: script.Rgb, *points: tuple[float, float, float]) -> Stroke:
    return Stroke(np.array(points, float), width_m, tint)


def _ring(
    middle: tuple[float, float, float], radius: float, width_m: float, tint: script.Rgb, *, level: bool = False
) -> Stroke:
    angles = np.linspace(0, 2 * math.pi, 18)
    around, across = radius * np.cos(angles), radius * np.sin(angles)
    flat = np.zeros(18)
    own = np.stack([around, across, flat] if level else [flat, around, across], axis=1)
    return Stroke(own + np.array(middle), width_m, tint)


def bicycle(tint: script.Rgb) -> Parts:
    back, front, seat, head = (0.0, -0.5, 0.33), (0.0, 0.52, 0.33), (0.0, -0.2, 0.88), (0.0, 0.36, 0.9)
    pedal = (0.0, -0.06, 0.3)
    return [], [
        _ring(back, 0.33, 0.035, DARK),
        _ring(front, 0.33, 0.035, DARK),
        _line(0.035, tint, back, pedal, head, seat, pedal),
        _line(0.03, tint, back, (0.0, -0.16, 0.72)),
        _line(0.035, tint, head, front),
        _line(0.06, DARK, (0, -0.3, 0.92), (0, -0.1, 0.92)),
        _line(0.03, GREY, (-0.25, 0.3, 1.0), (0, 0.38, 1.0), (0.25, 0.3, 1.0)),
    ]


def bench(tint: script.Rgb) -> Parts:
    legs: list[Block] = [(x, 0, 0, 0.06, 0.45, 0.42, "plain", DARK) for x in (-0.7, 0.7)]
    seat: list[Block] = [(0, y, 0.42, 1.7, 0.12, 0.05, "plain", tint) for y in (-0.17, 0.0, 0.17)]
    back: list[Block] = [(0, -0.26, z, 1.7, 0.04, 0.1, "plain", tint) for z in (0.6, 0.76)]
    return legs + seat + back, []


def table(tint: script.Rgb) -> Parts:
    """A canteen table with four fixed stools."""
    blocks: list[Block] = [(0, 0, 0.72, 1.3, 0.75, 0.05, "plain", tint), (0, 0, 0, 0.12, 0.12, 0.72, "plain", GREY)]
    blocks += [(x, y, 0.43, 0.34, 0.34, 0.05, "plain", (176, 108, 52)) for x in (-0.38, 0.38) for y in (-0.65, 0.65)]
    legs = [_line(0.05, GREY, (x, y, 0.0), (x, y, 0.43)) for x in (-0.38, 0.38) for y in (-0.65, 0.65)]
    return blocks, legs


def bin_(tint: script.Rgb) -> Parts:
    return [
        (0, 0, 0.08, 0.6, 0.62, 0.92, "plain", tint),
        (0, 0.0, 1.0, 0.66, 0.7, 0.06, "plain", (tint[0] // 2, tint[1] // 2, tint[2] // 2)),
    ], []


def hoop(tint: script.Rgb) -> Parts:
    """A basketball hoop that faces +y."""
    return [
        (0, -1.2, 0, 0.22, 0.22, 3.1, "plain", tint),
        (0, -0.02, 2.75, 1.8, 0.05, 1.05, "plain", (205, 205, 205)),
    ], [
        _line(0.12, tint, (0, -1.2, 3.05), (0, -0.05, 3.2)),
        _ring((0, 0.3, 3.05), 0.23, 0.035, (190, 70, 30), level=True),
        _line(0.03, (150, 40, 30), (-0.3, 0.02, 3.0), (0.3, 0.02, 3.0), (0.3, 0.02, 3.4), (-0.3, 0.02, 3.4), (-0.3, 0.02, 3.0)),
    ]  # fmt: skip


def pot(tint: script.Rgb) -> Parts:
    """A plant in a pot."""
    leaves = []
    for number in range(22):
        turn, up = number * 2.4, 0.55 + 0.05 * number
        reach = 0.5 * math.sin(math.pi * (number + 3) / 26)
        end = (reach * math.cos(turn), reach * math.sin(turn), up + 0.3)
        leaves.append(_line(0.09, tint, (0, 0, 0.45), (end[0] * 0.5, end[1] * 0.5, up + 0.25), end))
    return [(0, 0, 0, 0.42, 0.42, 0.46, "plain", (150, 148, 142))], leaves


def bollard(tint: script.Rgb) -> Parts:
    return [(0, 0, 0, 0.16, 0.16, 0.9, "stripes", tint)], []


def cone(tint: script.Rgb) -> Parts:
    blocks: list[Block] = [(0, 0, 0, 0.38, 0.38, 0.04, "plain", DARK)]
    for n in range(6):
        wide = 0.28 - 0.04 * n
        own = (220, 220, 220) if n in (2, 3) else tint
        blocks.append((0, 0, 0.04 + 0.1 * n, wide, wide, 0.1, "plain", own))
    return blocks, []


def cooler(tint: script.Rgb) -> Parts:
    """An air conditioner's outer unit."""
    grille = [_ring((0, 0.36, 0.75), 0.26, 0.03, DARK), _ring((0, 0.36, 0.75), 0.14, 0.03, DARK)]
    turned = [Stroke(one.points[:, [1, 0, 2]] - np.array([0.36, -0.36, 0]), one.width_m, one.tint) for one in grille]
    return [(0, 0, 0.1, 1.0, 0.7, 1.3, "panel", tint), (0, 0.0, 0, 0.9, 0.6, 0.1, "plain", DARK)], turned


def crates(tint: script.Rgb) -> Parts:
    """A pallet with boxes on it."""
    return [
        (0, 0, 0, 1.2, 1.0, 0.14, "plain", WOOD),
        (-0.28, -0.2, 0.14, 0.55, 0.5, 0.5, "plain", tint),
        (0.3, -0.2, 0.14, 0.5, 0.5, 0.42, "plain", (tint[0] - 14, tint[1] - 12, tint[2] - 8)),
        (0.02, 0.26, 0.14, 0.9, 0.4, 0.62, "plain", (tint[0] - 6, tint[1] - 6, tint[2] - 6)),
        (-0.2, -0.18, 0.64, 0.45, 0.4, 0.36, "plain", tint),
    ], []


def car(tint: script.Rgb) -> Parts:
    """A parked car; its front is ahead."""
    glass = (40, 46, 52)
    blocks: list[Block] = [
        (0, 0, 0.28, 1.78, 4.4, 0.5, "plain", tint),
        (0, 0.1, 0.28, 1.72, 3.9, 0.62, "plain", tint),
        (0, -0.35, 0.88, 1.52, 2.5, 0.24, "glass", glass),
        (0, -0.4, 1.1, 1.42, 2.0, 0.22, "glass", glass),
        (0, -0.42, 1.32, 1.36, 1.7, 0.06, "plain", tint),
    ]
    blocks += [(x, y, 0, 0.22, 0.62, 0.6, "plain", (18, 18, 19)) for x in (-0.77, 0.77) for y in (-1.35, 1.35)]
    blocks += [(x, y, 0.55, 0.34, 0.04, 0.16, "plain", t)
               for x in (-0.66, 0.66) for y, t in ((2.2, (210, 210, 200)), (-2.2, (150, 20, 18)))]  # fmt: skip
    return blocks, []


def van(tint: script.Rgb) -> Parts:
    glass = (40, 46, 52)
    blocks: list[Block] = [
        (0, -0.3, 0.35, 1.95, 4.5, 1.75, "plain", tint),
        (0, 2.2, 0.35, 1.9, 0.9, 0.8, "plain", tint),
        (0, 2.05, 1.15, 1.8, 0.5, 0.7, "glass", glass),
        (0, -2.56, 0.9, 1.5, 0.03, 1.0, "plain", (tint[0] - 10, tint[1] - 10, tint[2] - 10)),
    ]
    blocks += [(x, y, 0, 0.24, 0.7, 0.68, "plain", (18, 18, 19)) for x in (-0.83, 0.83) for y in (-1.6, 1.7)]
    blocks += [(x, -2.58, 0.75, 0.2, 0.03, 0.3, "plain", (150, 20, 18)) for x in (-0.8, 0.8)]
    return blocks, []


def gate(tint: script.Rgb) -> Parts:
    """A turnstile: a steel body with a bar across the way beside it."""
    return [(0, 0, 0, 0.28, 1.3, 0.98, "steel", tint), (0, 0, 0.98, 0.3, 1.34, 0.03, "plain", DARK)], [
        _line(0.045, GREY, (0.14, 0.0, 0.85), (0.62, 0.0, 0.85)),
        _line(0.045, GREY, (0.14, 0.05, 0.8), (0.55, 0.3, 0.6)),
    ]


def chairs(tint: script.Rgb) -> Parts:
    """A row of three seats on a beam."""
    blocks: list[Block] = []
    for x in (-0.6, 0.0, 0.6):
        blocks += [(x, 0, 0.42, 0.5, 0.45, 0.05, "plain", tint), (x, -0.24, 0.5, 0.5, 0.05, 0.42, "plain", tint)]
    return blocks, [
        _line(0.06, GREY, (-0.8, 0, 0.38), (0.8, 0, 0.38)),
        _line(0.05, GREY, (-0.6, 0.2, 0), (-0.6, 0, 0.38), (-0.6, -0.2, 0)),
        _line(0.05, GREY, (0.6, 0.2, 0), (0.6, 0, 0.38), (0.6, -0.2, 0)),
    ]


def mast(tint: script.Rgb) -> Parts:
    """A lamp post of five metres with a short arm ahead."""
    return [], [
        _line(0.13, tint, (0, 0, 0), (0, 0, 5.3)),
        _line(0.09, tint, (0, 0, 5.3), (0, 0.9, 5.42)),
        _line(0.2, tint, (0, 0.65, 5.42), (0, 1.05, 5.4)),
    ]


def antenna(tint: script.Rgb) -> Parts:
    return [], [
        _line(0.09, tint, (0, 0, 0), (0, 0, 6.0)),
        _line(0.04, tint, (-0.6, 0, 4.6), (0.6, 0, 4.6)),
        _line(0.04, tint, (-0.4, 0, 5.2), (0.4, 0, 5.2)),
    ]


_MAKERS: Final[Mapping[str, tuple[Callable[[script.Rgb], Parts], script.Rgb]]] = MappingProxyType({
    "antenna": (antenna, (140, 140, 142)),
    "bench": (bench, WOOD),
    "bicycle": (bicycle, (52, 96, 150)),
    "bin": (bin_, (60, 104, 70)),
    "bollard": (bollard, (214, 170, 40)),
    "car": (car, (126, 130, 136)),
    "chairs": (chairs, (92, 98, 108)),
    "cone": (cone, (210, 92, 40)),
    "cooler": (cooler, (176, 178, 178)),
    "crates": (crates, (172, 138, 98)),
    "gate": (gate, (112, 116, 122)),
    "hoop": (hoop, (70, 74, 82)),
    "mast": (mast, (70, 74, 78)),
    "pot": (pot, (58, 98, 52)),
    "table": (table, (196, 192, 182)),
    "van": (van, (196, 198, 200)),
})  # fmt: skip

assert set(_MAKERS) == set(get_args(script.PropName)), "script.PropName names other props"


def boxes(prop: script.Prop) -> list[script.Box]:
    """The blocks of all copies of a prop, set down in the world."""
    made, _ = _make(prop)
    found = []
    for at in _places(prop):
        for x, y, z, width, depth, height, material, tint in made:
            placed = _set_down(np.array([[x, y, z]], float), at, prop.turn)[0]
            found.append(
                script.Box(
                    at=(float(placed[0]), float(placed[1])), z=float(placed[2]) + prop.z, turn=prop.turn,
                    size=(width, depth, height), material=material, tint=tint,
                )
            )  # fmt: skip
    return found


def strokes(prop: script.Prop) -> list[Stroke]:
    """The strokes of all copies of a prop, set down in the world."""
    _, made = _make(prop)
    return [
        Stroke(_set_down(one.points, at, prop.turn) + np.array([0.0, 0.0, prop.z]), one.width_m, one.tint)
        for at in _places(prop)
        for one in made
    ]


def _make(prop: script.Prop) -> Parts:
    maker, usual = _MAKERS[prop.what]
    return maker(prop.tint or usual)


def _places(prop: script.Prop) -> list[script.Spot2]:
    """Where the copies stand: evenly from `at` to `to`."""
    if prop.to is None or prop.count < 2:
        return [prop.at]
    shares = np.linspace(0.0, 1.0, prop.count)
    return [
        (prop.at[0] + (prop.to[0] - prop.at[0]) * share, prop.at[1] + (prop.to[1] - prop.at[1]) * share)
        for share in shares
    ]


def _set_down(points: Points, at: script.Spot2, turn_deg: float) -> Points:
    turn = math.radians(-turn_deg)
    cosine, sine = math.cos(turn), math.sin(turn)
    placed = points.copy()
    placed[:, 0] = at[0] + points[:, 0] * cosine - points[:, 1] * sine
    placed[:, 1] = at[1] + points[:, 0] * sine + points[:, 1] * cosine
    return placed
