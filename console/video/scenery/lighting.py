"""The light of a scene: lamps, sky and shadows on the still world, and on whoever walks in it."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from console.video.cv import cv2
from console.video.scenery import script
from console.video.scenery.lens import Lens
from console.video.scenery.materials import Values, linear, vector
from console.video.scenery.stage import FAR_M, Quad, Stage, corners, quads

IR_REACH = 0.9
"""The lamp of an infra-red camera, as power for each metre squared of its reach."""


@dataclass(frozen=True, slots=True)
class Light:
    """A lamp ready to shine: place, colour times power, and the cone of a spot light."""

    at: NDArray[Any]
    colour: NDArray[Any]
    aim: NDArray[Any] | None
    edge: float
    shadows: bool
    flicker: float

    def on(self, place: Values, facing: Values | None) -> Values:
        """Light that arrives at places (n, 3); on a surface if `facing` says how it is turned."""
        way = self.at - place
        squared = np.einsum("ij,ij->i", way, way) + np.float32(0.15)
        strength = 1.0 / squared
        unit = way / np.sqrt(squared)[:, None]
        if facing is not None:
            strength = strength * np.clip(np.einsum("ij,ij->i", unit, facing), 0.0, 1.0)
        if self.aim is not None:
            inner = np.clip((-(unit @ self.aim) - self.edge) / (1.0 - self.edge), 0.0, 1.0)
            strength = strength * (inner * inner * (3 - 2 * inner))
        return np.asarray(strength[:, None] * self.colour, np.float32)


def lights(scene: script.Scene) -> list[Light]:
    """All lamps of a scene, the camera's own infra-red one included."""
    found = []
    for lamp in scene.lamps:
        aim = None
        edge = 0.0
        if lamp.towards is not None:
            way = np.array(lamp.towards, np.float32) - np.array(lamp.at, np.float32)
            aim = (way / np.linalg.norm(way)).astype(np.float32)
            edge = math.cos(math.radians(lamp.angle) / 2)
        found.append(
            Light(
                np.array(lamp.at, np.float32),
                vector(linear(lamp.tint)) * np.float32(lamp.power),
                aim,
                edge,
                lamp.shadows,
                lamp.flicker,
            )
        )
    if scene.film.ir:
        heading = math.radians(scene.view.heading)
        pitch = math.radians(scene.view.pitch)
        forward = vector(
            [
                math.sin(heading) * math.cos(pitch),
                math.cos(heading) * math.cos(pitch),
                -math.sin(pitch),
            ]
        )
        power = np.float32(IR_REACH * 60.0)
        found.append(
            Light(
                np.array(scene.view.at, np.float32),
                np.ones(3, np.float32) * power,
                forward,
                math.cos(math.radians(scene.view.fov * 0.62)),
                False,
                0.0,
            )
        )
    return found


def light_up(scene: script.Scene, lens: Lens, stage: Stage, lamps: list[Light]) -> Values:
    """The picture as light, before any film: height x width x 3, red first."""
    height, width = stage.depth.shape
    solid = stage.depth < FAR_M
    place, facing = stage.place[solid], stage.facing[solid]
    ambient = vector(linear(scene.sky.horizon)) * 0.5 + np.float32(0.5)
    shade = _closeness(scene, place, facing)
    arrived = (scene.sky.ambient * shade * (0.7 + 0.3 * facing[:, 2]))[:, None] * ambient
    arrived = arrived.astype(np.float32)
    blockers = [q for s in scene.surfaces if isinstance(s, script.Box | script.Wall) for q in quads(s)]
    for lamp in lamps:
        seen = lamp.on(place, facing)
        if lamp.shadows:
            dark = _shadow(lamp, stage, blockers)
            seen *= (1.0 - dark[solid])[:, None]
        arrived += seen
    picture = stage.shine.copy()
    picture[solid] += stage.colour[solid] * arrived
    _mirror(stage, picture)
    veiled = stage.veil > 0
    if veiled.any():
        there = stage.veil_place[veiled]
        on_veil = sum((lamp.on(there, None) for lamp in lamps), np.float32(scene.sky.ambient))
        cover = stage.veil[veiled][:, None]
        lit = stage.veil_colour[veiled] * on_veil * 0.6
        picture[veiled] = picture[veiled] * (1 - cover) + lit * cover
    _hang_lamps(scene, lens, stage, picture)
    return picture.reshape(height, width, 3)


def _hang_lamps(scene: script.Scene, lens: Lens, stage: Stage, picture: Values) -> None:
    """Draw the lamps themselves, where nothing hides them."""
    for lamp in scene.lamps:
        px, depth = lens.project(np.array([lamp.at]))
        x, y = int(px[0, 0]), int(px[0, 1])
        if not lamp.show or depth[0] < 0.3 or not (0 <= x < lens.width_px and 0 <= y < lens.height_px):
            continue
        if stage.depth[y, x] < depth[0] - 0.3:
            continue
        bright = [18.0 * part for part in linear(lamp.tint)]
        radius = max(1, round(0.13 * lens.focal_px / float(depth[0])))
        cv2.circle(picture, (x, y), radius, bright, -1, cv2.LINE_AA)


def _closeness(scene: script.Scene, place: Values, facing: Values) -> Values:
    """Corners are darker: shade by the distance to the foot of walls and blocks."""
    shade = np.ones(len(place), np.float32)
    level = facing[:, 2] > 0.9
    if not level.any():
        return shade
    x, y = place[level, 0], place[level, 1]
    near = np.full(len(x), 1e3, np.float32)
    for surface in scene.surfaces:
        match surface:
            case script.Wall(z=(bottom, _)) if bottom < 0.5:
                near = np.minimum(near, _to_line(x, y, surface.at, surface.to))
            case script.Box(z=bottom) if bottom < 0.5:
                foot = corners(surface)
                for n in range(4):
                    start, end = foot[n], foot[(n + 1) % 4]
                    near = np.minimum(near, _to_line(x, y, (start[0], start[1]), (end[0], end[1])))
            case _:
                pass
    shade[level] = 1.0 - 0.55 * np.exp(-near / 0.45)
    return shade


def _to_line(x: Values, y: Values, start: script.Spot2, end: script.Spot2) -> Values:
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    squared = max(along_x**2 + along_y**2, 1e-6)
    share = np.clip(((x - start[0]) * along_x + (y - start[1]) * along_y) / squared, 0.0, 1.0)
    away = np.hypot(x - start[0] - share * along_x, y - start[1] - share * along_y)
    return away.astype(np.float32)


def _shadow(lamp: Light, stage: Stage, blockers: list[Quad]) -> Values:
    """How much of each pixel lies in the lamp's shadow; cast coarsely, so that edges are soft."""
    height, width = stage.depth.shape
    step = max(1, width // 240)
    coarse_depth = stage.depth[::step, ::step]
    solid = coarse_depth < FAR_M
    # A little off the surface, or every surface would shade itself.
    place = stage.place[::step, ::step][solid] + stage.facing[::step, ::step][solid] * 0.06
    way = lamp.at - place
    dark = np.zeros(len(place), bool)
    for quad in blockers:
        facing = quad.facing.astype(np.float32)
        slope = way @ facing
        with np.errstate(divide="ignore", invalid="ignore"):
            share = ((quad.corner.astype(np.float32) - place) @ facing) / slope
        u_unit = (quad.along / (quad.along @ quad.along)).astype(np.float32)
        v_unit = (quad.up / (quad.up @ quad.up)).astype(np.float32)
        met = place + way * np.nan_to_num(share, posinf=0.0, neginf=0.0)[:, None]
        met -= quad.corner.astype(np.float32)
        u, v = met @ u_unit, met @ v_unit
        dark |= (share > 0.02) & (share < 0.97) & (u > 0) & (u < 1) & (v > 0) & (v < 1)
    coarse: Values = np.zeros(coarse_depth.shape, np.float32)
    coarse[solid] = dark
    coarse = cv2.GaussianBlur(coarse, (0, 0), 1.0)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR))


def _mirror(stage: Stage, picture: Values) -> None:
    """Let polished floors give back a dim, smeared image of what stands on them."""
    if not (stage.gloss > 0).any():
        return
    height = picture.shape[0]
    bright = cv2.GaussianBlur(picture, (0, 0), sigmaX=2.0, sigmaY=9.0)
    for column in range(picture.shape[1]):
        glossy = np.flatnonzero(stage.gloss[:, column] > 0)
        if not len(glossy):
            continue
        foot = glossy[0]
        source = np.clip(2 * foot - glossy, 0, height - 1)
        picture[glossy, column] += bright[source, column] * stage.gloss[glossy, column, None]
