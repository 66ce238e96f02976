"""Playback opened from elsewhere: for an alarm, for a line of the journal, for a camera, and the way back to live."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from console.i18n import language
from console.models.alarms import Alarm
from console.models.ids import CameraId
from console.models.playback import Moment, Purpose
from console.services import moments
from console.views import words

if TYPE_CHECKING:
    from console.bridge import Bridge


class Opening:
    """What the other panels point at, and what is opened for it by `show`."""

    def __init__(self, bridge: "Bridge", show: Callable[[Moment], bool]) -> None:
        self._bridge, self._show = bridge, show
        self.alarm: Alarm | None = None
        self.camera: CameraId | None = None

    def chosen(self, now: tuple[CameraId, ...], set_purpose: Callable[[Purpose], None]) -> bool:
        """The alarm that is looked at, from before it, by its cameras; else the camera pointed at last, else `now`."""
        alarm = self.alarm
        if alarm is None or not alarm.cameras:
            cameras = (self.camera,) if self.camera is not None else now
            return self._show(Moment(at=self._bridge.clock.now(), cameras=cameras))
        title = Purpose(reason=words.title_of(alarm))
        shown = self._show(Moment(at=alarm.first_at, cameras=alarm.cameras, purpose=title))
        if shown and alarm.incident is not None:  # the case has a number, by which the register finds it
            self._bridge.ask(moments.purpose_of_alarm, alarm, language(), then=set_purpose)
        return shown


def begin_of(moment: Moment) -> float:
    """From when on a moment is played, in seconds since 1970."""
    return (moment.at - timedelta(seconds=moment.before_s)).timestamp()
