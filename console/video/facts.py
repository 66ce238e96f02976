"""What video tells the rest of the console: a rule fired or cleared, a still was taken."""

from dataclasses import dataclass
from datetime import datetime

from console.models.ids import CameraId, PointId

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEvent:
    """An analytics rule of a camera became active or cleared.

    `at` is when the deciding picture was taken, `picture_age_s` how old it was when the rule had
    judged it. `box` is (left, top, right, bottom) of what was seen, in 0..1 of the picture's width
    and height, and `area` its share of the picture; both are zero in a clearing event.
    """

    camera: CameraId
    rule_id: str
    point: PointId
    active: bool
    at: datetime
    picture_age_s: float
    box: Box = (0.0, 0.0, 0.0, 0.0)
    area: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The newest full-size picture of a camera as a JPEG file."""

    camera: CameraId
    jpeg: bytes
    taken_at: datetime
    width_px: int
    height_px: int
