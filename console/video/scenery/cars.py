"""Draw a car or a van: two blocks with windows, wheels, and the light of its lamps."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from console.video.cv import cv2
from console.video.frames import Frame
from console.video.scenery import script
from console.video.scenery.acting import Moment
from console.video.scenery.materials import vector
from console.video.scenery.world import World, settle

SHIFT = 4
Points = NDArray[Any]
# Length, width, height of the body's top, of the roof, and where the cabin begins and ends (m).
SHAPES = {
    "car": (4.5, 1.8, 0.85, 1.45, -1.75, 0.95),
    "van": (5.2, 1.95, 1.05, 2.1, -2.5, 1.75),
}


def draw_car(picture: Frame, world: World, moment: Moment, act: script.Act) -> None:
    """Draw a vehicle into the picture, in place."""
    shape = SHAPES[act.who]
    length, width, waist, roof, back, front = shape
    middle = np.array([moment.x, moment.y, 0.7])
    px, depth = world.lens.project(_placed(moment, _block(-length / 2, length / 2, width, 0.0, roof)))
    if depth.min() < 1.0:
        return
    _lamp_pool(picture, world, moment, length)
    window = world.window(px, 30)
    if window is None:
        return
    seen = world.visible(window, float(depth.min()))
    drawn = picture[window].copy()
    origin = np.array([window[1].start, window[0].start])
    _contact_shadow(drawn, world, moment, length, width, origin)
    paint, glass = act.paint, (26, 30, 34)
    body = _block(-length / 2, length / 2, width, 0.28, waist)
    cabin = _block(back, front, width * 0.86, waist, roof, taper=0.36 if act.who == "car" else 0.12)
    _wheels(drawn, world, moment, length, width, origin)
    _faces(drawn, world, moment, body, paint, middle, origin)
    _faces(drawn, world, moment, cabin, glass, middle, origin, top=paint)
    _pillars(drawn, world, moment, cabin, paint, origin)
    _own_lamps(drawn, world, moment, length, width, waist, origin)
    settle(picture, window, drawn, seen)


def _block(back: float, front: float, width: float, low: float, high: float, taper: float = 0.0) -> Points:
    """Eight corners in the car's own axes: x right, y ahead; the top is shorter by `taper`."""
    half = width / 2
    top_half = half * (1 - taper * 0.25)
    return np.array(
        [
            [-half, back, low], [half, back, low], [half, front, low], [-half, front, low],
            [-top_half, back + taper, high], [top_half, back + taper, high],
            [top_half, front - taper * 1.6, high], [-top_half, front - taper * 1.6, high],
        ]
    )  # fmt: skip


SIDES = ((0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7), (4, 5, 6, 7))


def _placed(moment: Moment, points: Points) -> Points:
    cosine, sine = math.cos(moment.heading), math.sin(moment.heading)
    world = points.copy()
    world[:, 0] = moment.x + points[:, 0] * cosine + points[:, 1] * sine
    world[:, 1] = moment.y - points[:, 0] * sine + points[:, 1] * cosine
    return world


def _faces(
    patch: Frame,
    world: World,
    moment: Moment,
    block: Points,
    rgb: script.Rgb,
    middle: Points,
    origin: Points,
    top: script.Rgb | None = None,
) -> None:
    placed = _placed(moment, block)
    px, _ = world.lens.project(placed)
    points = ((px - origin) * 16).astype(np.int32)
    normals = []
    for side in SIDES:
        first, second, _, last = (placed[n] for n in side)
        (ax, ay, az), (bx, by, bz) = (second - first).tolist(), (last - first).tolist()
        across = np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])
        normals.append(across / max(math.sqrt(float(across @ across)), 1e-6))
    rgbs = [rgb, rgb, rgb, rgb, rgb if top is None else top]
    colours = world.colours(rgbs, world.light_at(middle, np.array(normals)))
    for side, normal, colour in zip(SIDES, normals, colours, strict=True):
        if normal @ (world.lens.at - placed[list(side)].mean(axis=0)) <= 0:
            continue
        cv2.fillConvexPoly(patch, points[list(side)], colour, cv2.LINE_AA, SHIFT)


def _pillars(patch: Frame, world: World, moment: Moment, cabin: Points, rgb: script.Rgb, origin: Points) -> None:
    """The painted frame between the windows: the cabin's upright edges and one post a side."""
    placed = _placed(moment, cabin)
    px, depth = world.lens.project(placed)
    up = np.array([[0.0, 0.0, 1.0], [0.0, -1.0, 0.2]])
    colour = world.colours([rgb], world.light_at(placed.mean(axis=0), up).mean(axis=0)[None])[0]
    thick = max(1, round(0.1 * world.lens.focal_px / float(depth.mean())))
    away = np.linalg.norm(placed[:4] - world.lens.at, axis=1)
    hidden = int(away.argmax())  # the corner behind the car
    points = ((px - origin) * 16).astype(int)
    for corner in range(4):
        if corner != hidden:
            cv2.line(patch, points[corner].tolist(), points[corner + 4].tolist(), colour, thick, cv2.LINE_AA, SHIFT)
    near = (1, 2) if away[[1, 2]].sum() < away[[0, 3]].sum() else (0, 3)
    foot = (points[near[0]] * 0.5 + points[near[1]] * 0.5).astype(int)
    head = (points[near[0] + 4] * 0.5 + points[near[1] + 4] * 0.5).astype(int)
    cv2.line(patch, foot.tolist(), head.tolist(), colour, thick, cv2.LINE_AA, SHIFT)


def _wheels(patch: Frame, world: World, moment: Moment, length: float, width: float, origin: Points) -> None:
    angles = np.linspace(0, 2 * math.pi, 14)
    for side in (-1, 1):
        for along in (-0.3, 0.31):
            ring = np.stack(
                [
                    np.full(14, side * width * 0.5),
                    along * length + 0.33 * np.cos(angles),
                    0.33 + 0.33 * np.sin(angles),
                ],
                axis=1,
            )
            px, _ = world.lens.project(_placed(moment, ring))
            points = ((px - origin) * 16).astype(np.int32)
            cv2.fillConvexPoly(patch, points, (14, 14, 15), cv2.LINE_AA, SHIFT)


def _contact_shadow(patch: Frame, world: World, moment: Moment, length: float, width: float, origin: Points) -> None:
    foot = _block(-length / 2, length / 2, width * 1.05, 0.01, 0.02)[:4]
    px, _ = world.lens.project(_placed(moment, foot))
    mask: Frame = np.zeros(patch.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, ((px - origin) * 16).astype(np.int32), 190, cv2.LINE_AA, SHIFT)
    mask = cv2.GaussianBlur(mask, (0, 0), 2.0)
    patch[:] = (patch * (256 - mask.astype(np.uint16))[..., None] >> 8).astype(np.uint8)


def _own_lamps(
    patch: Frame, world: World, moment: Moment, length: float, width: float, waist: float, origin: Points
) -> None:
    ahead = np.array([math.sin(moment.heading), math.cos(moment.heading), 0.0])
    to_eye = world.lens.at - np.array([moment.x, moment.y, 0.6])
    forward = float(ahead @ to_eye / np.linalg.norm(to_eye))
    for side in (-1, 1):
        for front, colour, power in (
            (1, (235, 245, 255), max(0.0, forward)),
            (-1, (40, 40, 235), max(0.0, -forward)),
        ):
            if power <= 0.05:
                continue
            at = np.array([[side * width * 0.38, front * length / 2, waist * 0.72]])
            px, depth = world.lens.project(_placed(moment, at))
            scale = world.lens.focal_px / float(depth[0])
            x, y = (px[0] - origin).round().astype(int)
            _glow(patch, int(x), int(y), scale * (0.5 if front > 0 else 0.22) * (0.4 + power), colour)
            cv2.circle(patch, (int(x), int(y)), max(1, int(0.09 * scale)), colour, -1, cv2.LINE_AA)


def _glow(patch: Frame, x: int, y: int, radius: float, colour: tuple[int, int, int]) -> None:
    """A soft round light added around a point."""
    size = max(2, min(int(radius * 2.2), 90))
    top, left = y - size, x - size
    rows = slice(max(0, top), min(patch.shape[0], y + size))
    columns = slice(max(0, left), min(patch.shape[1], x + size))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    dy = (np.arange(rows.start, rows.stop) - y)[:, None] / size
    dx = (np.arange(columns.start, columns.stop) - x)[None, :] / size
    strength = np.clip(1.0 - np.hypot(dx, dy), 0.0, 1.0) ** 2.5
    lit = patch[rows, columns] + strength[..., None] * vector(colour)
    patch[rows, columns] = np.minimum(lit, 255.0).astype(np.uint8)


def _lamp_pool(picture: Frame, world: World, moment: Moment, length: float) -> None:
    """The light of the head lamps on the ground ahead."""
    start = length / 2
    outline = np.array(
        [
            [-0.9, start, 0.02],
            [0.9, start, 0.02],
            [2.6, start + 8, 0.02],
            [0, start + 11, 0.02],
            [-2.6, start + 8, 0.02],
        ]
    )
    px, depth = world.lens.project(_placed(moment, outline))
    if depth.min() < 1.0:
        return
    window = world.window(px, 20)
    if window is None:
        return
    rows, columns = window
    height, width = rows.stop - rows.start, columns.stop - columns.start
    if height < 8 or width < 8:
        return
    small = np.zeros((height // 4, width // 4), np.uint8)
    points = ((px - (columns.start, rows.start)) * 4).astype(np.int32)
    cv2.fillConvexPoly(small, points, 255, cv2.LINE_AA, SHIFT)
    small = np.asarray(cv2.GaussianBlur(small, (0, 0), 3.0))
    mask = np.asarray(cv2.resize(small, (width, height)))
    mask[world.depth[window] <= float(depth.min()) - 1.0] = 0
    part = picture[window]
    gain = cv2.convertScaleAbs(part, alpha=1.3, beta=14.0)
    cv2.add(part, cv2.multiply(gain, cv2.merge([mask, mask, mask]), scale=1 / 255), dst=part)
