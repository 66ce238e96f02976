"""The still world of a scene, cast ray by ray: what each pixel sees, where, and how it faces."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from console.video.cv import cv2
from console.video.scenery import script
from console.video.scenery.lens import Lens, Points
from console.video.scenery.materials import (
    MATERIALS,
    VEILS,
    Colour,
    Grain,
    Material,
    Values,
    linear,
    vector,
)
from console.video.scenery.props import Stroke, boxes, strokes

FAR_M = 1e6


@dataclass(slots=True)
class Stage:
    """What the lens sees, a row a pixel line: colour, place, direction, depth, own light.

    `veil` is how much of each pixel a fence covers, `veil_depth` how far that fence is;
    `veil_colour` its colour, unlit.
    """

    colour: Values
    place: Values
    facing: Values
    depth: Values
    shine: Values
    gloss: Values
    veil: Values
    veil_depth: Values
    veil_colour: Values
    veil_place: Values


@dataclass(frozen=True, slots=True)
class Quad:
    """A flat rectangle: a corner and two edges, and what it is made of."""

    corner: Points
    along: Points
    up: Points
    material: Material | None = None
    tint: Colour = (1.0, 1.0, 1.0)
    shine: Colour | None = None
    veil: str = ""
    gloss: float = 0.0
    writing: Values | None = None

    @property
    def facing(self) -> Points:
        """Which way it faces."""
        (ax, ay, az), (bx, by, bz) = self.along.tolist(), self.up.tolist()
        across = np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])
        return np.asarray(across / math.sqrt(float(across @ across)))


def _painted(name: str, tint: script.Rgb | None) -> tuple[Material, Colour]:
    material, usual = MATERIALS[name]
    return material, linear(tint or usual)


def _level(at: script.Spot2, to: script.Spot2, z: float) -> tuple[Points, Points, Points]:
    return (
        np.array([at[0], at[1], z]),
        np.array([to[0] - at[0], 0.0, 0.0]),
        np.array([0.0, to[1] - at[1], 0.0]),
    )


def _upright(at: script.Spot2, to: script.Spot2, z: script.Spot2) -> tuple[Points, Points, Points]:
    return (
        np.array([at[0], at[1], z[0]]),
        np.array([to[0] - at[0], to[1] - at[1], 0.0]),
        np.array([0.0, 0.0, z[1] - z[0]]),
    )


def corners(box: script.Box) -> list[Points]:
    """The four corners of a block's foot, in order around it."""
    turn = math.radians(-box.turn)
    cosine, sine = math.cos(turn), math.sin(turn)
    half_w, half_d = box.size[0] / 2, box.size[1] / 2
    found = []
    for x, y in ((-half_w, -half_d), (half_w, -half_d), (half_w, half_d), (-half_w, half_d)):
        found.append(np.array([box.at[0] + x * cosine - y * sine, box.at[1] + x * sine + y * cosine, box.z]))
    return found


def quads(surface: script.Surface, write: Callable[[str], Values]) -> list[Quad]:
    """The rectangles that a part of the scene consists of; `write` makes the writing of signs."""
    match surface:
        case script.Ground():
            material, tint = _painted(surface.material, surface.tint)
            edges = _level(surface.at, surface.to, surface.z)
            return [Quad(*edges, material=material, tint=tint, gloss=surface.gloss)]
        case script.Wall():
            material, tint = _painted(surface.material, surface.tint)
            edges = _upright(surface.at, surface.to, surface.z)
            return [Quad(*edges, material=material, tint=tint)]
        case script.Veil():
            edges = _upright(surface.at, surface.to, surface.z)
            return [Quad(*edges, tint=linear(surface.tint), veil=surface.veil)]
        case script.Glow():
            red, green, blue = linear(surface.tint)
            shine = (red * surface.power, green * surface.power, blue * surface.power)
            if surface.level:
                return [Quad(*_level(surface.at, surface.to, surface.z[0]), shine=shine)]
            return [Quad(*_upright(surface.at, surface.to, surface.z), shine=shine)]
        case script.Sign():
            red, green, blue = linear(surface.tint)
            shine = (red * surface.power, green * surface.power, blue * surface.power)
            edges = _upright(surface.at, surface.to, surface.z)
            return [Quad(*edges, tint=linear(surface.board), shine=shine, writing=write(surface.text))]
        case script.Box():
            return _sides(surface)


def _sides(box: script.Box) -> list[Quad]:
    material, tint = _painted(box.material, box.tint)
    top, top_tint = _painted(box.top, box.tint)
    foot = corners(box)
    up = np.array([0.0, 0.0, box.size[2]])
    sides = [Quad(foot[n], foot[(n + 1) % 4] - foot[n], up, material=material, tint=tint) for n in range(4)]
    sides.append(Quad(foot[0] + up, foot[1] - foot[0], foot[3] - foot[0], material=top, tint=top_tint))
    sides.append(Quad(foot[0], foot[1] - foot[0], foot[3] - foot[0], material=top, tint=top_tint))
    return sides


def all_quads(scene: script.Scene, write: Callable[[str], Values]) -> list[Quad]:
    """All rectangles of a scene, those of its props included."""
    surfaces: list[script.Surface] = list(scene.surfaces)
    for prop in scene.props:
        surfaces += boxes(prop)
    return [quad for surface in surfaces for quad in quads(surface, write)]


def build(scene: script.Scene, parts: list[Quad], lens: Lens, grain: Grain) -> Stage:
    """Cast all rays of the lens against all parts of the scene."""
    rays = lens.rays()
    height, width = rays.shape[:2]
    stage = Stage(
        colour=np.zeros((height, width, 3), np.float32),
        place=np.zeros((height, width, 3), np.float32),
        facing=np.zeros((height, width, 3), np.float32),
        depth=np.full((height, width), FAR_M, np.float32),
        shine=_sky(scene.sky, rays),
        gloss=np.zeros((height, width), np.float32),
        veil=np.zeros((height, width), np.float32),
        veil_depth=np.full((height, width), FAR_M, np.float32),
        veil_colour=np.zeros((height, width, 3), np.float32),
        veil_place=np.zeros((height, width, 3), np.float32),
    )
    for quad in parts:
        if not quad.veil:
            _cast(quad, lens, rays, stage, grain)
    for prop in scene.props:
        for stroke in strokes(prop):
            _draw(stroke, lens, stage)
    for quad in parts:
        if quad.veil:
            _hang(quad, lens, rays, stage)
    return stage


def _sky(sky: script.Sky, rays: NDArray[Any]) -> Values:
    up = rays[..., 2] / np.linalg.norm(rays, axis=2)
    share = np.clip(up * 2.2, 0.0, 1.0)[..., None] ** 0.6
    top, horizon = vector(linear(sky.top)), vector(linear(sky.horizon))
    dome = (horizon * (1 - share) + top * share) * np.float32(sky.brightness)
    return np.asarray(dome, np.float32)


def _window(quad: Quad, lens: Lens) -> tuple[slice, slice] | None:
    """The part of the picture that the rectangle can be seen in; None if in none."""
    points = np.array(
        [
            quad.corner,
            quad.corner + quad.along,
            quad.corner + quad.up,
            quad.corner + quad.along + quad.up,
        ]
    )
    px, depth = lens.project(points)
    if (depth <= 0.05).all():
        return None
    if (depth <= 0.3).any():
        return slice(0, lens.height_px), slice(0, lens.width_px)
    left, top = np.floor(px.min(axis=0)).astype(int) - 1
    right, bottom = np.ceil(px.max(axis=0)).astype(int) + 1
    rows = slice(max(0, top), min(lens.height_px, bottom))
    columns = slice(max(0, left), min(lens.width_px, right))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return None
    return rows, columns


def _hit(
    quad: Quad, lens: Lens, rays: Values, window: tuple[slice, slice], depth: Values
) -> tuple[NDArray[np.bool_], Values, Values, Values] | None:
    """Which rays of the window meet the rectangle before `depth`: mask, distance, u, v (m)."""
    seen = rays[window]
    facing = quad.facing.astype(np.float32)
    slope = seen @ facing
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.float32((quad.corner - lens.at) @ quad.facing) / slope
    length_u = np.float32(np.linalg.norm(quad.along))
    length_v = np.float32(np.linalg.norm(quad.up))
    unit_u = (quad.along / length_u).astype(np.float32)
    unit_v = (quad.up / length_v).astype(np.float32)
    start = (lens.at - quad.corner).astype(np.float32)
    u = (seen @ unit_u) * distance + start @ unit_u
    v = (seen @ unit_v) * distance + start @ unit_v
    met = (distance > 0.05) & (distance < depth[window])
    met &= (u >= 0) & (u <= length_u) & (v >= 0) & (v <= length_v)
    if not met.any():
        return None
    return met, distance[met], u[met], v[met]


def _cast(quad: Quad, lens: Lens, rays: Values, stage: Stage, grain: Grain) -> None:
    window = _window(quad, lens)
    if window is None:
        return
    hit = _hit(quad, lens, rays, window, stage.depth)
    if hit is None:
        return
    met, distance, u, v = hit
    if quad.facing @ (lens.at - quad.corner) < 0:
        u = np.float32(np.linalg.norm(quad.along)) - u  # seen from behind, writing would be mirrored
    stage.depth[window][met] = distance
    stage.place[window][met] = lens.at.astype(np.float32) + rays[window][met] * distance[:, None]
    stage.gloss[window][met] = quad.gloss
    facing = quad.facing
    if facing @ (lens.at - quad.corner) < 0:
        facing = -facing
    stage.facing[window][met] = facing.astype(np.float32)
    if quad.writing is not None and quad.shine is not None:
        rows, columns = quad.writing.shape
        at_row = ((1.0 - v / np.linalg.norm(quad.up)) * rows).astype(int).clip(0, rows - 1)
        at_column = (u / np.linalg.norm(quad.along) * columns).astype(int).clip(0, columns - 1)
        ink = quad.writing[at_row, at_column][:, None]
        stage.shine[window][met] = ink * vector(quad.shine)
        stage.colour[window][met] = (1 - ink) * vector(quad.tint)
    elif quad.shine is not None:
        stage.shine[window][met] = vector(quad.shine)
        stage.colour[window][met] = 0.0
    elif quad.material is not None:
        stage.shine[window][met] = 0.0
        stage.colour[window][met] = quad.material(u, v, quad.tint, grain)


def _hang(quad: Quad, lens: Lens, rays: Values, stage: Stage) -> None:
    window = _window(quad, lens)
    if window is None:
        return
    hit = _hit(quad, lens, rays, window, stage.depth)
    if hit is None:
        return
    met, distance, u, v = hit
    veil = VEILS[quad.veil]
    wide_m = distance / np.float32(lens.focal_px)
    # Between fine and coarse the pattern fades into its mean, else it would shimmer in rings.
    blur = np.clip((wide_m / np.float32(veil.fine_m) - 0.35) / 0.5, 0.0, 1.0)
    covers = veil.pattern(u, v) * (1 - blur) + np.float32(veil.covers) * blur
    before = stage.veil[window][met]
    stage.veil[window][met] = 1 - (1 - before) * (1 - covers)
    nearer = np.minimum(stage.veil_depth[window][met], distance)
    stage.veil_depth[window][met] = nearer
    stage.veil_colour[window][met] = vector(quad.tint)
    stage.veil_place[window][met] = lens.at.astype(np.float32) + rays[window][met] * distance[:, None]


def _draw(stroke: Stroke, lens: Lens, stage: Stage) -> None:
    """Draw a line in space over what lies behind it."""
    px, depth = lens.project(stroke.points)
    if depth.min() < 0.3 or float(np.abs(px).max()) > 20_000:
        return
    width = max(1, round(stroke.width_m * lens.focal_px / float(depth.mean())))
    left, top = np.floor(px.min(axis=0) - width).astype(int)
    right, bottom = np.ceil(px.max(axis=0) + width + 1).astype(int)
    rows = slice(max(0, int(top)), min(lens.height_px, int(bottom)))
    columns = slice(max(0, int(left)), min(lens.width_px, int(right)))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    points = ((px - (columns.start, rows.start)) * 16).astype(np.int32)
    cv2.polylines(mask, [points], False, 255, width, cv2.LINE_8, 4)
    nearest = float(depth.mean())
    met = (mask > 0) & (stage.depth[rows, columns] > nearest)
    way = lens.at - stroke.points.mean(axis=0)
    stage.depth[rows, columns][met] = nearest
    stage.place[rows, columns][met] = vector(stroke.points.mean(axis=0))
    stage.facing[rows, columns][met] = vector(way / np.linalg.norm(way))
    stage.colour[rows, columns][met] = vector(linear(stroke.tint))
    stage.shine[rows, columns][met] = 0.0
    stage.gloss[rows, columns][met] = 0.0
    stage.veil[rows, columns][met] = 0.0
