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
from console.video.scenery.shadows import blockers, shadow
from console.video.scenery.stage import FAR_M, Stage, corners

LEAST_LIGHT = 0.004
IR_REACH = 3.4
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

    def reaches(self, place: Values) -> NDArray[np.bool_]:
        """Where so much of the lamp's light could arrive that it matters."""
        way = place - self.at
        squared = way[:, 0] ** 2 + way[:, 1] ** 2 + way[:, 2] ** 2
        return np.asarray(squared < float(self.colour.max()) / LEAST_LIGHT)

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


@dataclass(frozen=True, slots=True)
class Rig:
    """All lamps of a scene as arrays, to be asked about one place at once."""

    at_all: Values
    colours: Values
    aims: Values
    edges: Values
    spots: NDArray[np.bool_]

    @classmethod
    def of(cls, lamps: list[Light]) -> "Rig":
        """Put lamps together."""
        nothing = np.zeros(3, np.float32)
        return cls(
            np.array([lamp.at for lamp in lamps], np.float32).reshape(-1, 3),
            np.array([lamp.colour for lamp in lamps], np.float32).reshape(-1, 3),
            np.array([nothing if lamp.aim is None else lamp.aim for lamp in lamps], np.float32).reshape(-1, 3),
            np.array([lamp.edge for lamp in lamps], np.float32),
            np.array([lamp.aim is not None for lamp in lamps], bool),
        )

    def at(self, place: Values) -> tuple[Values, Values]:
        """Light of each lamp that arrives at a place (n, 3), and the way it comes from (n, 3)."""
        way = self.at_all - place
        squared = np.einsum("ij,ij->i", way, way) + np.float32(0.15)
        units = way / np.sqrt(squared)[:, None]
        inner = (-np.einsum("ij,ij->i", units, self.aims) - self.edges) / (1.0 - self.edges)
        inner = np.clip(inner, 0.0, 1.0)
        cone = np.where(self.spots, inner * inner * (3 - 2 * inner), 1.0)
        return self.colours * (cone / squared)[:, None], units


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
    picture: Values = stage.shine + stage.colour * _arriving(scene, stage, lamps)
    _mirror(stage, picture)
    veiled = stage.veil > 0
    if veiled.any():
        there = stage.veil_place[veiled]
        on_veil = sum((lamp.on(there, None) for lamp in lamps), np.float32(scene.sky.ambient))
        cover = stage.veil[veiled][:, None]
        lit = stage.veil_colour[veiled] * on_veil * 0.6
        picture[veiled] = picture[veiled] * (1 - cover) + lit * cover
    _hang_lamps(scene, lens, stage, picture)
    return picture


def _arriving(scene: script.Scene, stage: Stage, lamps: list[Light]) -> Values:
    """Light that arrives at each pixel's surface: worked out for every other pixel each way.

    Light changes slowly over a surface; what would show at the edges is averaged away later.
    """
    depth, all_places, all_facings = (field[::2, ::2] for field in (stage.depth, stage.place, stage.facing))
    solid = np.flatnonzero(depth.ravel() < FAR_M)
    place = all_places.reshape(-1, 3)[solid]
    facing = all_facings.reshape(-1, 3)[solid]
    ambient = vector(linear(scene.sky.horizon)) * 0.5 + np.float32(0.5)
    shade = scene.sky.ambient * _closeness(scene, place, facing) * (0.7 + 0.3 * facing[:, 2])
    arrived = shade.astype(np.float32)[:, None] * ambient
    blocks = blockers(scene)
    for lamp in lamps:
        near = np.flatnonzero(lamp.reaches(place))
        seen = lamp.on(place[near], facing[near])
        if lamp.shadows:
            lit = np.zeros(depth.size, bool)
            lit[solid[near]] = True
            dark = shadow(lamp.at, lit.reshape(depth.shape), depth, all_places, all_facings, blocks)
            seen *= (1.0 - dark.ravel()[solid[near]])[:, None]
        arrived[near] += seen
    coarse = np.zeros((*depth.shape, 3), np.float32)
    coarse.reshape(-1, 3)[solid] = arrived
    height, width = stage.depth.shape
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR))


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
