"""A drawn zone on the small grey picture: who is in it."""

from collections.abc import Iterator
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
    """A rule's polygon as a mask, and the smallest and largest size that count (px of the small picture)."""

    mask: NDArray[Any]
    least_px: float
    most_px: float
    size_px: tuple[int, int]

    @classmethod
    def of(cls, rule: Rule, size_px: tuple[int, int]) -> Self:
        """Draw the rule's zone on a picture of this size."""
        width, height = size_px
        mask = np.zeros((height, width), np.uint8)
        corners = np.array(rule.zone, np.float64) * (width, height)
        cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 1)
        return cls(mask, rule.min_area * width * height, rule.max_area * width * height, size_px)

    def fits(self, blob: Blob) -> bool:
        """Whether something has a size that counts."""
        return self.least_px <= blob.area_px <= self.most_px

    def occupants(self, findings: Findings) -> Iterator[Blob]:
        """All that is in the zone and has a size that counts, the largest first."""
        return (blob for blob in findings.blobs if self.fits(blob) and self.holds(findings, blob))

    def holds(self, findings: Findings, blob: Blob) -> bool:
        """Whether something stands in the zone with its foot, or lies in it with most of its area."""
        foot = blob.bottom - (blob.bottom - blob.top) // FOOT - 1
        return self._share(findings, blob, foot, FOOTING) or self._share(findings, blob, blob.top, MOSTLY)

    def holds_box(self, blob: Blob) -> bool:
        """Whether most of a box lies in the zone."""
        part = self.mask[blob.top : blob.bottom, blob.left : blob.right]
        return bool(part.size and np.count_nonzero(part) >= MOSTLY * part.size)

    def _share(self, findings: Findings, blob: Blob, top: int, share: float) -> bool:
        """Whether this share of the blob below the row `top` lies in the zone."""
        part = (slice(top, blob.bottom), slice(blob.left, blob.right))
        seen = findings.mask[part] > 0
        inside = np.count_nonzero(seen & (self.mask[part] > 0))
        return bool(inside > 0 and inside >= share * np.count_nonzero(seen))
