"""A scene being played: the still picture, and over it whoever is about, frame by frame."""

import math
from dataclasses import dataclass

import numpy as np

from console.video.cv import cv2
from console.video.frames import Frame
from console.video.scenery import script
from console.video.scenery.acting import Moment, entrance
from console.video.scenery.cars import draw_car
from console.video.scenery.film import Noise
from console.video.scenery.lit import SIZE_PX, Lit, lens_of
from console.video.scenery.people import draw_person
from console.video.scenery.plants import Sway
from console.video.scenery.weather import Rain
from console.video.scenery.world import enter


@dataclass(frozen=True, slots=True)
class _Light:
    """A blinking light as it lies on the picture."""

    x: int
    y: int
    colour: tuple[int, int, int]
    every_s: float
    share: float


class Played:
    """A lit scene; `frame` draws it at a moment of its own time."""

    def __init__(self, scene: script.Scene, made: Lit) -> None:
        dice = np.random.default_rng(scene.seed)
        self.scene = scene
        film, lens = scene.film, lens_of(scene)
        self._still, self._dim = made.still, made.dim
        self._world = enter(scene, lens, made)
        sways = (Sway.of(tree, lens, self._still) for tree in scene.trees)
        self._sways = [sway for sway in sways if sway is not None]
        self._noise = Noise(SIZE_PX, film.noise, dice)
        self._rain = Rain(SIZE_PX, film.rain, dice) if film.rain else None
        self._blinks = list(self._place_blinks())
        self._entrances = [entrance(act) for act in scene.acts]
        self._picture: Frame = np.empty_like(self._still)
        self._number = 0

    def cue(self, name: str, now_s: float) -> None:
        """Begin the acts of a cue; a name that the scene does not know does nothing."""
        self._entrances += [entrance(act, now_s) for act in self.scene.cues.get(name, ())]

    def frame(self, now_s: float) -> Frame:
        """The picture at `now_s`, in memory that the next call uses again."""
        picture = self._picture
        self._number += 1
        np.copyto(picture, self._still)
        if self._dim is not None:
            self._flicker(picture, self._dim, now_s)
        for sway in self._sways:
            sway.bend(picture, now_s)
        for blink in self._blinks:
            if (now_s / blink.every_s) % 1.0 < blink.share:
                cv2.circle(picture, (blink.x, blink.y), 1, blink.colour, -1, cv2.LINE_AA)
        self._play(picture, now_s)
        if self._rain is not None:
            self._rain.fall(picture, now_s)
        self._noise.add(picture, self._number)
        return picture

    def _play(self, picture: Frame, now_s: float) -> None:
        """Draw everybody who is on, the farthest first."""
        on: list[tuple[float, Moment, script.Act]] = []
        for one in self._entrances:
            moment = one.moment(now_s)
            if moment is not None:
                away = math.dist(self._world.lens.at[:2], (moment.x, moment.y))
                on.append((away, moment, one.act))
        on.sort(key=lambda entry: -entry[0])
        for _, moment, act in on:
            if act.who in ("car", "van"):
                draw_car(picture, self._world, moment, act)
            else:
                draw_person(picture, self._world, moment, act.looks)
        self._entrances = [one for one in self._entrances if not one.over(now_s)]

    def _flicker(self, picture: Frame, dim: Frame, now_s: float) -> None:
        """A tube that wants replacing: steady for some seconds, then a burst of blinks."""
        spell = math.sin(now_s * 0.53) + math.sin(now_s * 0.31 + 1.0)
        if spell > 0.9 and math.sin(now_s * 17.0) + math.sin(now_s * 29.0) > 0.3:
            np.copyto(picture, dim)

    def _place_blinks(self) -> "list[_Light]":
        placed = []
        for blink in self.scene.blinks:
            px, depth = self._world.lens.project(np.array([blink.at]))
            x, y = int(px[0, 0]), int(px[0, 1])
            if depth[0] > 0.3 and 0 <= x < SIZE_PX[0] and 0 <= y < SIZE_PX[1]:
                red, green, blue = blink.tint
                colour = (blue, green, red)
                if self.scene.film.ir:
                    colour = (255, 255, 255)
                placed.append(_Light(x, y, colour, blink.every_s, blink.share))
        return placed
