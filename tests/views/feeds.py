"""A plain feed for tests: pictures are moving gradients made here, at exactly the size that was asked for."""

from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from console.models.ids import CameraId
from console.models.load import Pace
from console.models.pictures import CameraState, Load, Picture, Sight, Still
from console.models.zoom import WHOLE, Region

BEGAN_AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


class GradientFeed:
    """Grey gradients that move by one step with every `advance`; states are whatever the test says."""

    def __init__(self) -> None:
        self.wants: dict[CameraId, tuple[int, int]] = {}
        self.asked: list[tuple[CameraId, int, int]] = []
        self.states: dict[CameraId, CameraState] = {}
        self.ages: dict[CameraId, float] = {}
        self.torn: set[CameraId] = set()
        self.regions: dict[CameraId, Region] = {}
        self.stills: dict[CameraId, tuple[Still, ...]] = {}
        self.fetched: list[tuple[CameraId, float]] = []
        self.paces: dict[CameraId, Pace] = {}
        self.loads: dict[CameraId, Load] = {}
        self.seq = 1
        self._made: dict[tuple[int, int], list[np.ndarray]] = {}

    def advance(self) -> None:
        """Every camera has a new picture."""
        self.seq += 1

    def put(self, camera: CameraId, sight: Sight, since_at: datetime = BEGAN_AT, **more: object) -> None:
        """Say what a camera's tile may claim."""
        self.states[camera] = replace(
            CameraState(camera=camera, sight=sight, since_at=since_at, width_px=640, height_px=360), **more
        )

    def want(self, camera: CameraId, width_px: int, height_px: int, region: Region = WHOLE) -> None:
        self.asked.append((camera, width_px, height_px))
        self.wants[camera] = (width_px, height_px)
        self.regions[camera] = region

    def recent(self, camera: CameraId, since_s: float) -> "Future[tuple[Still, ...]]":
        done: Future[tuple[Still, ...]] = Future()
        done.set_result(self.stills.get(camera, ()))
        self.fetched.append((camera, since_s))
        return done

    def pace(self, camera: CameraId, pace: Pace) -> None:
        self.paces[camera] = pace

    def load(self, camera: CameraId) -> Load:
        return self.loads.get(camera, Load())

    def latest(self, camera: CameraId, than: int = -1) -> Picture | None:
        width, height = self.wants.get(camera, (0, 0))
        if self.seq == than or not width or self.state(camera).sight in (Sight.OFFLINE, Sight.CONNECTING):
            return None
        frames = self._made.get((width, height))
        if frames is None:
            frames = self._made[(width, height)] = [_gradient(width, height, phase) for phase in range(4)]
        pixels = memoryview(frames[self.seq % 4]).cast("B").toreadonly()
        region = self.regions.get(camera, WHOLE)
        return Picture(pixels, width, height, self.seq, self.ages.get(camera, 0.04), region)

    def still(self, camera: CameraId, picture: Picture) -> bool:
        if camera in self.torn:
            self.torn.discard(camera)
            return False
        return True

    def state(self, camera: CameraId) -> CameraState:
        return self.states.get(camera) or CameraState(
            camera=camera, sight=Sight.LIVE, since_at=BEGAN_AT, width_px=640, height_px=360, fps=25.0
        )


def _gradient(width: int, height: int, phase: int) -> np.ndarray:
    across = np.linspace(30, 120, width)[None, :] + np.linspace(60, 0, height)[:, None]
    wave = 12 * np.sin(np.arange(width) / width * 12 + phase)[None, :]
    grey = np.clip(across + wave, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.stack([grey, grey, grey, np.full_like(grey, 255)], axis=-1))
