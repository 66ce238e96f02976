"""What video hands over beside its pictures and states: a still."""

from dataclasses import dataclass
from datetime import datetime

from console.models.ids import CameraId


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The newest full-size picture of a camera as a JPEG file."""

    camera: CameraId
    jpeg: bytes
    taken_at: datetime
    width_px: int
    height_px: int
