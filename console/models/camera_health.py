"""Camera health (视频质量诊断): what may be wrong with a camera's picture, and the limits by which that is judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.models.ids import CameraId, PointId
from console.models.settings import SettingValue, seconds_of
from console.models.site import Point, Site

FAULT_POINT = "camera:"
"""How the point begins that stands for a camera itself; its id and the fault follow."""


RECORDING_POINTS = ("recording:camera/", "recording:short/")
"""How the points begin that stand for a camera's recording; its id follows. Its picture need not come to the front."""


class CameraTrouble(StrEnum):
    """What may be wrong with a camera."""

    LOSS = "loss"
    FROZEN = "frozen"
    BLACK = "black"
    WHITE = "white"
    COVERED = "covered"
    DEFOCUSED = "defocused"
    MOVED = "moved"
    LOW_RATE = "low_rate"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFault:
    """A fault of a camera began, or is over. `since_at` is when the picture first showed it (or first did no more).

    `score` is what was measured and `limit` what it is held against; their unit is the fault's: seconds (loss,
    frozen), grey levels (black, white), share of the edges that are gone (covered, defocused), share of the picture's
    width (moved), frames a second (low rate); for the clock the seconds by which it is off.
    """

    camera: CameraId
    fault: CameraTrouble
    active: bool
    since_at: datetime
    score: float = 0.0
    limit: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLimits:
    """The limits of camera health; defaults and sources are those of the settings of the same names (`video.*`)."""

    fault_after_s: float = 10.0
    fault_over_s: float = 20.0
    loss_alarm_s: float = 30.0
    frozen_s: float = 20.0
    learn_s: float = 30.0
    black_levels: float = 20.0
    white_levels: float = 235.0
    covered_share: float = 0.7
    blurred_share: float = 0.6
    moved_share: float = 0.03
    low_rate_share: float = 0.5


def limits_of(settings: Mapping[str, SettingValue]) -> HealthLimits:
    """The limits that the site's settings give."""
    return HealthLimits(
        fault_after_s=seconds_of(settings, "video.fault_after_s"),
        fault_over_s=seconds_of(settings, "video.fault_over_s"),
        loss_alarm_s=seconds_of(settings, "video.loss_alarm_s"),
        frozen_s=seconds_of(settings, "video.frozen_s"),
        learn_s=seconds_of(settings, "video.learn_s"),
        black_levels=seconds_of(settings, "video.black_levels"),
        white_levels=seconds_of(settings, "video.white_levels"),
        covered_share=seconds_of(settings, "video.covered_share"),
        blurred_share=seconds_of(settings, "video.blurred_share"),
        moved_share=seconds_of(settings, "video.moved_share"),
        low_rate_share=seconds_of(settings, "video.low_rate_share"),
    )


def subject_of(camera: CameraId, fault: CameraTrouble) -> str:
    """The point of a camera's fault, and the subject of its work order: "camera:cam-07/frozen"."""
    return f"{FAULT_POINT}{camera}/{fault.value}"


def read_subject(subject: str) -> tuple[CameraId, CameraTrouble] | None:
    """The camera and the fault that a point or a work order's subject names; None where it names none."""
    name, slash, fault = subject.removeprefix(FAULT_POINT).rpartition("/")
    if not subject.startswith(FAULT_POINT) or not slash or fault not in set(CameraTrouble):
        return None
    return CameraId(name), CameraTrouble(fault)


def point_of_camera(site: Site, point: PointId) -> Point | None:
    """What stands for a camera where a fault of it, or what it tells itself, counts as a point: its name and place."""
    camera = next((one for one in site.cameras if point.startswith(f"{FAULT_POINT}{one.id}/")), None)
    if camera is None:
        recorded = next((one for one in site.cameras if point in {f"{start}{one.id}" for start in RECORDING_POINTS}), None)
        return Point(id=point, name=recorded.name, place=recorded.place, spot=recorded.spot) if recorded else None
    return Point(id=point, name=camera.name, place=camera.place, spot=camera.spot, cameras=(camera.id,))
