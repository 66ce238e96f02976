"""Who stands in whose light: blocks between a lamp and what it shines on."""

import math
from dataclasses import dataclass

import numpy as np

from console.video.cv import cv2
from console.video.scenery import script
from console.video.scenery.lens import Points
from console.video.scenery.materials import Values
from console.video.scenery.props import boxes
from console.video.scenery.stage import FAR_M

COLUMNS = 240
"""Shadows are cast this coarsely, so that their edges are soft."""
LEAST_M3 = 0.012
THIN_M = 0.02


@dataclass(frozen=True, slots=True)
class Blocker:
    """A block that light does not pass: middle, axes (rows), half its size along each."""

    middle: Points
    axes: Points
    half: Points


def blockers(scene: script.Scene) -> list[Blocker]:
    """Everything in a scene that throws a shadow worth casting."""
    found = []
    for surface in scene.surfaces:
        match surface:
            case script.Box():
                found.append(_block(surface))
            case script.Wall(at=at, to=to, z=(low, high)):
                length, turn = math.dist(at, to), math.degrees(math.atan2(to[0] - at[0], to[1] - at[1]))
                middle = ((at[0] + to[0]) / 2, (at[1] + to[1]) / 2)
                thin = script.Box(at=middle, size=(THIN_M, length, high - low), z=low, turn=turn)
                found.append(_block(thin))
            case _:
                pass
    for prop in scene.props:
        found += [_block(box) for box in boxes(prop) if math.prod(box.size) > LEAST_M3]
    return found


def _block(box: script.Box) -> Blocker:
    turn = math.radians(-box.turn)
    cosine, sine = math.cos(turn), math.sin(turn)
    axes = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    middle = np.array([box.at[0], box.at[1], box.z + box.size[2] / 2])
    return Blocker(middle, axes, np.array(box.size) / 2)


def shadow(at: Values, lit: Values, depth: Values, place: Values, facing: Values, blocks: list[Blocker]) -> Values:
    """How much of each pixel lies in the shadow of a lamp `at` a place, where it would be `lit`."""
    height, width = depth.shape
    step = max(1, width // COLUMNS)
    wanted = (depth[::step, ::step] < FAR_M) & lit[::step, ::step]
    coarse: Values = np.zeros(wanted.shape, np.float32)
    if wanted.any():
        # A little off the surface, or every surface would shade itself.
        off = place[::step, ::step][wanted] + facing[::step, ::step][wanted] * np.float32(0.06)
        coarse[wanted] = _hidden(at, off, blocks)
    coarse = np.asarray(cv2.GaussianBlur(coarse, (0, 0), 1.0))
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR))


def _hidden(at: Values, place: Values, blocks: list[Blocker]) -> Values:
    """Which places have a block between themselves and the lamp (slab by slab)."""
    way = at - place
    dark = np.zeros(len(place), bool)
    for block in blocks:
        turn = block.axes.T.astype(np.float32)
        middle, half = block.middle.astype(np.float32), block.half.astype(np.float32)
        start = (place - middle) @ turn
        end = (at - middle) @ turn
        # Both ends beyond the same side: nothing between.
        possible = np.ones(len(place), bool)
        for axis in range(3):
            if end[axis] > half[axis]:
                possible &= start[:, axis] < half[axis]
            elif end[axis] < -half[axis]:
                possible &= start[:, axis] > -half[axis]
        possible &= ~dark
        if not possible.any():
            continue
        part, pace = start[possible], way[possible] @ turn
        with np.errstate(divide="ignore", invalid="ignore"):
            first, second = (-half - part) / pace, (half - part) / pace
        enter = np.minimum(first, second).max(axis=1)
        leave = np.maximum(first, second).min(axis=1)
        dark[possible] = (leave > np.maximum(enter, 0.01)) & (enter < 0.98)
    return dark
