"""What the house wants judged of its cameras, and where it hears of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from console.models.camera_health import CameraFault, CameraTrouble, HealthLimits
from console.models.ids import CameraId
from console.models.pictures import CameraState, RuleWorking, Sight
from console.models.recording import MotionMinute
from console.models.rules import OfficeHours
from console.video.wire import Health


def _nobody(fact: object) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The wishes of the house.

    `references_dir` is where references of cameras are kept, None to keep none; `keep_motion` names the cameras whose
    motion is kept for search beside those with rules; `standing` are the faults on record as not over, which end when
    the camera is seen to be well. The listeners are called from the supervisor's own thread.
    """

    limits: HealthLimits = field(default_factory=HealthLimits)
    references_dir: Path | None = None
    office: OfficeHours | None = None
    keep_motion: frozenset[CameraId] = frozenset()
    standing: Mapping[CameraId, frozenset[CameraTrouble]] = field(default_factory=dict)
    on_fault: Callable[[CameraFault], None] = _nobody
    on_motion: Callable[[MotionMinute], None] = _nobody
    on_working: Callable[[RuleWorking], None] = _nobody


@dataclass(slots=True)
class Condition:
    """The health of one camera as its supervisor knows it: what its worker says, and whether it is seen at all."""

    faults: frozenset[CameraTrouble] = frozenset()
    unchecked: tuple[CameraTrouble, ...] = ()

    @property
    def shown(self) -> tuple[CameraTrouble, ...]:
        """The faults in the order of their kinds."""
        return tuple(trouble for trouble in CameraTrouble if trouble in self.faults)

    def hear(self, told: Health) -> tuple[CameraFault, ...]:
        """Take in what the worker says; what began or is over comes back."""
        lost = self.faults & {CameraTrouble.LOSS}
        self.faults, self.unchecked = frozenset(told.faults) | lost, told.unchecked
        return told.changes

    def see(self, state: CameraState, now_at: datetime, limits: HealthLimits) -> CameraFault | None:
        """Judge by what may be claimed of the picture whether the camera is lost; what began or is over comes back."""
        lost = CameraTrouble.LOSS in self.faults
        away_s = (now_at - state.since_at).total_seconds()
        if state.sight is Sight.LIVE and lost and away_s >= limits.fault_over_s:
            self.faults -= {CameraTrouble.LOSS}
        elif state.sight is Sight.OFFLINE and not lost and away_s >= limits.loss_alarm_s:
            self.faults |= {CameraTrouble.LOSS}
        else:
            return None
        return CameraFault(
            camera=state.camera,
            fault=CameraTrouble.LOSS,
            active=not lost,
            since_at=state.since_at,
            score=round(away_s, 1),
            limit=limits.fault_over_s if lost else limits.loss_alarm_s,
        )
