"""A drawn zone on the small grey picture: who is in it."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from console.models.site import Rule
from console.video.cv import cv2
from console.video.motion import Blob, Findings

MOSTLY = 0.5
FOOT = 6  # the lowest sixth of something is its foot
FOOTING = 0.4


@dataclass(frozen=True, slots=True)
class Zone:
    """A rule's polygon as a mask, and the smallest size that counts (px of the small picture)."""

    mask: NDArray[Any]
    least_px: float

    @classmethod
    def of(cls, rule: Rule, size_px: tuple[int, int]) -> Self:
        """Draw the rule's zone on a picture of this size."""
        width, height = size_px
        mask = np.zeros((height, width), np.uint8)
        corners = np.array(rule.zone, np.float64) * (width, height)
        cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 1)
        return cls(mask, rule.min_area * width * height)

    def occupant(self, findings: Findings) -> Blob | None:
        """The largest blob that is in the zone, None if it is empty."""
        for blob in findings.blobs:
            if blob.area_px < self.least_px:
                return None
            if self._holds(findings, blob, blob.bottom - (blob.bottom - blob.top) // FOOT - 1, FOOTING):
                return blob
            if self._holds(findings, blob, blob.top, MOSTLY):
                return blob
        return None

    def _holds(self, findings: Findings, blob: Blob, top: int, share: float) -> bool:
        """Whether this share of the blob below the row `top` lies in the zone."""
        part = (slice(top, blob.bottom), slice(blob.left, blob.right))
        seen = findings.mask[part] > 0
        inside = np.count_nonzero(seen & (self.mask[part] > 0))
        return bool(inside > 0 and inside >= share * np.count_nonzero(seen))
