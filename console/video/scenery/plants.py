"""Trees: a trunk and clumps of leaves in the still world, lit like all else, and a crown that sways."""

import math
from dataclasses import dataclass

import numpy as np

from console.video.cv import cv2
from console.video.frames import Frame
from console.video.scenery import script
from console.video.scenery.lens import Lens
from console.video.scenery.materials import Values, linear, vector
from console.video.scenery.stage import Stage

CLUMPS = 900
EVERY_S = 0.15
"""Leaves move slowly: a crown is bent anew this often."""


def plant(tree: script.Tree, lens: Lens, stage: Stage, dice: np.random.Generator) -> None:
    """Add a tree to what the lens sees."""
    foot = np.array([tree.at[0], tree.at[1], 0.0])
    middle = foot + np.array((0, 0, tree.height - tree.crown * 0.75))
    spread = dice.normal(size=(CLUMPS, 3))
    spread /= np.linalg.norm(spread, axis=1)[:, None]
    reach = tree.crown * (0.3 + 0.7 * dice.random(CLUMPS) ** 0.6)
    # Uneven: a few boughs reach farther.
    bough = 1.0 + 0.25 * np.sin(3 * np.arctan2(spread[:, 1], spread[:, 0]) + tree.at[0])
    leaves = middle + spread * (reach * bough)[:, None] * (1.0, 1.0, 0.8)
    trunk = np.linspace(foot, middle, 24) + np.stack(
        [0.06 * np.sin(np.linspace(0, 4, 24)), np.zeros(24), np.zeros(24)], axis=1
    )
    px, depth = lens.project(np.concatenate([trunk, leaves]))
    numbers = np.zeros(stage.depth.shape, np.int32)
    own = np.concatenate([np.full(24, 0.13), np.full(CLUMPS, 0.09 + 0.035 * tree.crown)])
    order = np.argsort(-depth)
    for n in order:
        if depth[n] < 0.5 or not (np.abs(px[n]) < 20_000).all():
            continue
        if n >= 24 and tree.bare:
            continue
        radius = max(1, round(own[n] * lens.focal_px / depth[n] * dice.uniform(0.6, 1.2)))
        cv2.circle(numbers, (int(px[n, 0]), int(px[n, 1])), radius, int(n) + 1, -1)
    places = np.concatenate([trunk, leaves]).astype(np.float32)
    facing = np.concatenate([np.repeat([[0.0, -1.0, 0.2]], 24, axis=0), spread]).astype(np.float32)
    bark = vector(linear((70, 58, 48)))
    green = vector(linear(tree.tint))
    colours = np.concatenate([np.repeat(bark[None], 24, axis=0),
                              green * dice.uniform(0.45, 1.25, (CLUMPS, 1))]).astype(np.float32)  # fmt: skip
    rows, columns = np.nonzero(numbers)
    which = numbers[rows, columns] - 1
    nearer = depth[which] < stage.depth[rows, columns]
    rows, columns, which = rows[nearer], columns[nearer], which[nearer]
    speckle = dice.uniform(0.55, 1.2, (len(which), 1)).astype(np.float32)
    stage.depth[rows, columns] = depth[which]
    stage.place[rows, columns] = places[which]
    stage.facing[rows, columns] = facing[which]
    stage.colour[rows, columns] = colours[which] * speckle
    stage.shine[rows, columns] = 0.0
    stage.gloss[rows, columns] = 0.0
    behind = stage.veil_depth[rows, columns] > depth[which]
    stage.veil[rows[behind], columns[behind]] = 0.0


@dataclass(slots=True)
class Sway:
    """A crown moving in the wind: its part of the still picture is bent a little, frame by frame."""

    rows: slice
    columns: slice
    still: Frame
    map_x: Values
    map_y: Values
    weight: Values
    reach_px: float
    phase: float
    bent: Frame
    bent_s: float = -1.0

    @classmethod
    def of(cls, tree: script.Tree, lens: Lens, still: Frame) -> "Sway | None":
        """The crown's part of a finished picture; None where it is not seen or does not move."""
        middle = np.array([[tree.at[0], tree.at[1], tree.height - tree.crown * 0.75]])
        px, depth = lens.project(middle)
        if depth[0] < 0.5 or tree.sway <= 0.0 or tree.bare:
            return None
        scale = lens.focal_px / float(depth[0])
        radius = tree.crown * 1.3 * scale
        rows = slice(max(0, int(px[0, 1] - radius)), min(lens.height_px, int(px[0, 1] + radius)))
        columns = slice(max(0, int(px[0, 0] - radius)), min(lens.width_px, int(px[0, 0] + radius)))
        if rows.start + 4 >= rows.stop or columns.start + 4 >= columns.stop:
            return None
        y, x = np.mgrid[rows, columns].astype(np.float32)
        away = np.hypot(x - px[0, 0], (y - px[0, 1]) * 1.1) / radius
        weight = np.clip(1.15 - away, 0.0, 1.0) ** 0.8 * np.clip(1.4 - away * 1.4, 0.0, 1.0)
        return cls(
            rows=rows,
            columns=columns,
            still=still[rows, columns].copy(),
            map_x=x - columns.start,
            map_y=y - rows.start,
            weight=weight.astype(np.float32),
            reach_px=tree.sway * scale,
            phase=tree.at[0] * 1.7 + tree.at[1],
            bent=still[rows, columns].copy(),
        )

    def bend(self, picture: Frame, now_s: float) -> None:
        """Lay the crown as it stands now over the picture, in place."""
        if 0.0 <= now_s - self.bent_s < EVERY_S:
            picture[self.rows, self.columns] = self.bent
            return
        self.bent_s = now_s
        slow = math.sin(now_s * 0.9 + self.phase) + 0.5 * math.sin(now_s * 2.3 + self.phase * 2)
        gust = 0.6 + 0.4 * math.sin(now_s * 0.21 + self.phase)
        shift = np.float32(self.reach_px * slow * gust * 0.6)
        ripple = np.float32(0.35 * self.reach_px * math.sin(now_s * 3.1 + self.phase))
        self.bent = cv2.remap(
            self.still,
            self.map_x + self.weight * shift,
            self.map_y + self.weight * ripple,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        )
        picture[self.rows, self.columns] = self.bent
