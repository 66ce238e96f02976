"""Where something stood out in each second, 16 x 16 cells, gathered to a minute: what motion search reads later."""

from datetime import datetime
from typing import Final

import numpy as np

from console.models.ids import CameraId
from console.models.recording import (
    MOTION_COLUMNS,
    MOTION_MINUTE_BYTES,
    MOTION_ROWS,
    MOTION_SECOND_BYTES,
    MotionMinute,
    motion_key,
)
from console.video.cv import cv2
from console.video.motion import Findings

SHARE: Final = 0.04
"""A cell counts when this share of it stands out: about 6 pixels of the small picture."""


class Cells:
    """Gathers one camera's cells."""

    def __init__(self, camera: CameraId) -> None:
        self._camera = camera
        self._minute_at: datetime | None = None
        self._bits = np.zeros((60, MOTION_SECOND_BYTES), np.uint8)

    def add(self, findings: Findings, at: datetime) -> tuple[MotionMinute, ...]:
        """Take in what a picture taken at `at` shows; the minute before comes back when another one begins."""
        minute_at = at.replace(second=0, microsecond=0)
        done = () if minute_at == self._minute_at else self.finish()
        self._minute_at = minute_at
        if findings.reliable and findings.blobs:
            self._bits[at.second] |= bits_of(findings)
        return done

    def finish(self) -> tuple[MotionMinute, ...]:
        """The minute that has begun, as far as it has come."""
        if self._minute_at is None:
            return ()
        bits = self._bits.tobytes()
        assert len(bits) == MOTION_MINUTE_BYTES
        minute = MotionMinute(
            id=motion_key(self._camera, self._minute_at),
            camera=self._camera,
            minute_at=self._minute_at,
            bits=bits,
        )
        self._minute_at = None
        self._bits[:] = 0
        return (minute,)


def bits_of(findings: Findings) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """One picture's cells as 32 bytes, row by row from the top left, the first in the highest bit."""
    share = cv2.resize(findings.mask, (MOTION_COLUMNS, MOTION_ROWS), interpolation=cv2.INTER_AREA)
    return np.packbits(np.asarray(share) > SHARE * 255)
