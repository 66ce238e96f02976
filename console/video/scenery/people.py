"""Draw a person: shadow first, then far limbs, trunk, head and near limbs, lit by the lamps about."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from console.video.cv import cv2
from console.video.frames import Frame
from console.video.scenery import figures, script
from console.video.scenery.acting import Moment
from console.video.scenery.figures import Joints, Limb
from console.video.scenery.materials import vector
from console.video.scenery.world import World, settle

SHIFT = 4
SHOES = (24, 22, 22)
VEST = (214, 226, 60)
Bgr = tuple[int, ...]
CLOTHS = ("coat", "trousers", "shoes", "skin", "hair", "sleeve", "umbrella")


def draw_person(picture: Frame, world: World, moment: Moment, looks: script.Looks) -> None:
    """Draw somebody into the picture, in place."""
    joints = figures.pose(moment, looks.tall)
    px, depth = world.lens.project(joints)
    if depth.min() < 0.4:
        return
    middle_m = float(depth[figures.HIP])
    scale = world.lens.focal_px / middle_m
    _shade_ground(picture, world, joints)
    if looks.torch:
        _shine_torch(picture, world, moment)
    window = world.window(px, 0.35 * scale + 3)
    if window is None:
        return
    seen = world.visible(window, float(depth[figures.FOOT_L : figures.TOE_L].min()))
    if seen is not None and not seen.any():
        return
    drawn = picture[window].copy()
    origin = np.array([window[1].start, window[0].start])
    _Painter(drawn, px - origin, scale, world, joints, looks).paint()
    settle(picture, window, drawn, seen)


class _Painter:
    """One body on one patch of the picture."""

    def __init__(
        self,
        patch: Frame,
        px: NDArray[Any],
        scale: float,
        world: World,
        joints: Joints,
        looks: script.Looks,
    ) -> None:
        self._patch = patch
        self._px = px
        self._scale = scale
        self._joints = joints
        self._looks = looks
        self._eye = world.lens.at
        chest = joints[figures.CHEST]
        way = world.lens.at - chest
        front = way / np.linalg.norm(way)
        right = world.lens.axes[0]
        facings = np.array([front * 0.8 - right * 0.6, front, front * 0.8 + right * 0.6])
        light = world.light_at(chest, facings)
        strength = light.sum(axis=1)
        self._lit_side = -1.0 if strength[0] > strength[2] else 1.0
        brighter = light[0] if self._lit_side < 0 else light[2]
        darker = light[2] if self._lit_side < 0 else light[0]
        coat = VEST if looks.vest else looks.coat
        rgbs = (coat, looks.trousers, SHOES, looks.skin, looks.hair, looks.coat, looks.umbrella or SHOES)
        count = len(CLOTHS)
        light = np.concatenate([np.repeat([darker * 0.7], count, axis=0),
                                np.repeat([brighter * 1.05], count, axis=0), [brighter * 3.0]])  # fmt: skip
        colours = world.colours((*rgbs, *rgbs, (255, 255, 255)), light)
        self._base = dict(zip(CLOTHS, colours[:count], strict=True))
        self._high = dict(zip(CLOTHS, colours[count:-1], strict=True))
        self._flash = colours[-1]

    def paint(self) -> None:
        behind, before = figures.order(self._joints, self._eye)
        for limb in behind:
            self._limb(limb)
        self._trunk()
        self._head()
        for limb in before:
            self._limb(limb)
        if self._looks.umbrella is not None:
            self._umbrella()

    def _line(self, start: NDArray[Any], end: NDArray[Any], width: float, colour: Bgr) -> None:
        first = (int(start[0] * 16), int(start[1] * 16))
        second = (int(end[0] * 16), int(end[1] * 16))
        thick = max(1, round(width))
        cv2.line(self._patch, first, second, colour, thick, cv2.LINE_AA, SHIFT)

    def _capsule(self, start: NDArray[Any], end: NDArray[Any], width_m: float, cloth: str) -> None:
        width = width_m * self._scale
        self._line(start, end, width, self._base[cloth])
        if width >= 3.0:
            aside = np.array([self._lit_side * width * 0.2, -width * 0.04])
            self._line(start + aside, end + aside, width * 0.5, self._high[cloth])

    def _limb(self, limb: Limb) -> None:
        cloth = "sleeve" if limb.cloth == "coat" else limb.cloth
        self._capsule(self._px[limb.start], self._px[limb.end], limb.width_m, cloth)

    def _trunk(self) -> None:
        px = self._px
        f = figures
        corners = px[[f.SHOULDER_L, f.SHOULDER_R, f.HIP_R, f.HIP_L]]
        hull = cv2.convexHull((corners * 16).astype(np.int32))
        cv2.fillConvexPoly(self._patch, hull, self._base["coat"], cv2.LINE_AA, SHIFT)
        hem = px[f.HIP] + (px[f.HIP] - px[f.CHEST]) * 0.18
        self._capsule(px[f.SHOULDER_L], px[f.SHOULDER_R], 0.15, "coat")
        self._capsule(px[f.NECK] * 0.7 + px[f.CHEST] * 0.3, hem, 0.31, "coat")
        if self._looks.vest:
            for share in (0.25, 0.7):
                left = px[f.SHOULDER_L] * (1 - share) + px[f.HIP_L] * share
                right = px[f.SHOULDER_R] * (1 - share) + px[f.HIP_R] * share
                self._line(left, right, max(1.0, 0.045 * self._scale), self._flash)
        if self._looks.bag:
            back = (px[f.NECK] + px[f.CHEST]) / 2
            away = self._behind()
            self._capsule(back + away, px[f.HIP] + away, 0.24, "hair")

    def _behind(self) -> NDArray[Any]:
        """Where the back is, in pixels from the spine."""
        forward = self._px[figures.TOE_L] - self._px[figures.FOOT_L]
        length = float(np.hypot(*forward))
        seen = min(1.0, length / (0.15 * self._scale))
        return np.asarray(-forward / max(length, 1.0) * 0.14 * self._scale * seen)

    def _head(self) -> None:
        f = figures
        head, neck = self._px[f.HEAD], self._px[f.NECK]
        radius = max(1.0, 0.108 * self._scale)
        self._line(neck, head, 0.1 * self._scale, self._base["skin"])
        self._disc(head, radius, self._base["skin"])
        if radius >= 2.0:
            side = np.array([self._lit_side * radius * 0.25, radius * 0.1])
            self._disc(head + side, radius * 0.7, self._high["skin"])
        crown = head + self._behind() * 0.32 + np.array([0.0, -0.3 * radius])
        self._disc(crown, radius * 0.98, self._base["sleeve" if self._looks.cap else "hair"])
        if radius >= 3.0:
            shine = np.array([self._lit_side * radius * 0.3, -radius * 0.3])
            self._disc(crown + shine, radius * 0.5, self._high["sleeve" if self._looks.cap else "hair"])

    def _disc(self, at: NDArray[Any], radius: float, colour: Bgr) -> None:
        middle = (int(at[0] * 16), int(at[1] * 16))
        cv2.circle(self._patch, middle, int(radius * 16), colour, -1, cv2.LINE_AA, SHIFT)

    def _umbrella(self) -> None:
        top = self._px[figures.HEAD] + np.array([0.0, -0.32 * self._scale])
        size = (int(0.55 * self._scale * 16), int(0.26 * self._scale * 16))
        middle = (int(top[0] * 16), int(top[1] * 16))
        for shrink, colour in ((1.0, self._base["umbrella"]), (0.6, self._high["umbrella"])):
            axes = (int(size[0] * shrink), int(size[1] * shrink))
            cv2.ellipse(self._patch, middle, axes, 0, 0, 360, colour, -1, cv2.LINE_AA, SHIFT)


def _shade_ground(picture: Frame, world: World, joints: Joints) -> None:
    """Throw the body's shadow from the two lamps that matter most where it stands."""
    foot = joints[figures.HIP].copy()
    foot[2] = 0.0
    arriving, units = world.rig.at(vector(foot))
    shares = (arriving.sum(axis=1) * np.clip(units[:, 2], 0.0, 1.0)).tolist()
    total = sum(shares) + float(world.ambient.sum()) * 2.0
    for number in sorted(range(len(shares)), key=shares.__getitem__, reverse=True)[:2]:
        share = shares[number] / max(total, 1e-6)
        lamp = world.lamps[number]
        if share < 0.15 or not lamp.shadows:
            continue
        shadow = figures.thrown(joints, lamp.at.astype(np.float64), 7.0)
        if shadow is not None:
            _darken(picture, world, shadow, min(0.75, share * 0.9))


def _darken(picture: Frame, world: World, shadow: Joints, share: float) -> None:
    px, depth = world.lens.project(shadow)
    if depth.min() < 0.4:
        return
    scale = world.lens.focal_px / float(depth.mean())
    window = world.window(px, 0.3 * scale + 3)
    if window is None:
        return
    rows, columns = window
    mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    f = figures
    points = ((px - (columns.start, rows.start)) * 16).astype(int)
    lines = [(limb.start, limb.end, limb.width_m)
             for limb in (*f.LEFT, *f.RIGHT, *f.ARM_LEFT, *f.ARM_RIGHT)]  # fmt: skip
    lines += [(f.NECK, f.HIP, 0.32), (f.NECK, f.HEAD, 0.2), (f.SHOULDER_L, f.SHOULDER_R, 0.2)]
    for start, end, width_m in lines:
        cv2.line(mask, points[start].tolist(), points[end].tolist(), 255,
                 max(1, round(width_m * scale * 0.8)), cv2.LINE_AA, SHIFT)  # fmt: skip
    soft = max(3, int(0.1 * scale) | 1)
    mask = np.asarray(cv2.GaussianBlur(mask, (soft, soft), 0))
    keep = cv2.convertScaleAbs(mask, alpha=-share, beta=255.0)
    keep[world.depth[window] <= float(depth.min()) - 0.6] = 255
    part = picture[window]
    cv2.multiply(part, cv2.merge([keep, keep, keep]), dst=part, scale=1 / 255)


def _shine_torch(picture: Frame, world: World, moment: Moment) -> None:
    """The pool of a hand torch on the ground, some metres ahead."""
    swing = 0.25 * math.sin(moment.way_m * 1.1)
    angles = np.linspace(0, 2 * math.pi, 20)
    ahead = 4.0
    x = moment.x + ahead * math.sin(moment.heading + swing)
    y = moment.y + ahead * math.cos(moment.heading + swing)
    ring = np.stack([x + 0.8 * np.cos(angles), y + 0.8 * np.sin(angles), np.full(20, 0.02)], axis=1)
    px, depth = world.lens.project(ring)
    if depth.min() < 0.5:
        return
    window = world.window(px, 25)
    if window is None:
        return
    rows, columns = window
    mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.float32)
    points = ((px - (columns.start, rows.start)) * 16).astype(np.int32)
    cv2.fillConvexPoly(mask, points, 1.0, cv2.LINE_AA, SHIFT)
    mask = cv2.GaussianBlur(mask, (0, 0), max(2.0, 0.25 * world.lens.focal_px / float(depth.mean())))
    part = picture[window]
    lit = part * (1.0 + 2.2 * mask[..., None]) + 26.0 * mask[..., None]
    part[:] = np.minimum(lit, 255.0).astype(np.uint8)
