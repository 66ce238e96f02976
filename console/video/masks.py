"""Privacy masks, painted where pictures are decoded, so that nobody else gets what lies under them."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from console.models.masks import Mask
from console.video.cv import cv2
from console.video.frames import Frame

FILL: Final = (58, 58, 58)
EDGE: Final = (128, 128, 128)
"""Grey with a lighter edge, blue, green, red: it reads as put there, not as a fault of the camera."""


def paint_masks(frame: Frame, masks: Sequence[Mask]) -> Frame:
    """The frame with every mask painted over, opaque; a copy, or the frame itself where there are no masks.

    `frame` is height x width x 3, BGR, 8 bits, of the camera's whole picture: paint before a part is cut out. A corner
    is rounded to the outside by a pixel, so that nothing of the masked part shows along its edge.
    """
    if not masks:
        return frame
    painted = frame.copy()
    rows, columns = frame.shape[:2]
    for mask in masks:
        corners = np.array(mask.zone, np.float64) * (columns, rows)
        whole = np.round(corners).astype(np.int32).reshape(-1, 1, 2)
        cv2.fillPoly(painted, [whole], FILL)
        cv2.polylines(painted, [whole], True, EDGE, thickness=max(2, rows // 180))
    return painted
