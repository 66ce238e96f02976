"""Let alarms be heard: one pattern a priority, repeated until somebody acknowledges, never silent for longer than a minute.

The patterns follow IEC 60601-1-8 in manner: the more urgent, the more pulses and the shorter the pause. That the sound
holds until a person acts is GB 50394-2007 5.2.3; that a duty check sounds unlike anything else is asked for by the
rules for remote inspection of the watch.
"""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, QUrl, Signal

from console import resources
from console.models.alarms import Alarm, AlarmClass, Priority
from console.models.events import AlarmChanged, AlarmRaised
from console.models.ids import AlarmId
from console.models.keeping import UNKEPT, AlarmNotKept, RecordState
from console.models.linkage import linked_point
from console.models.settings import seconds_of
from console.models.site import Site
from console.models.text import Text
from console.services import faults, queries
from console.views import words

if TYPE_CHECKING:
    from console.bridge import Bridge

_log = logging.getLogger(__name__)
FAULT: Final = "sound"
LONGEST_PAUSE_S: Final = 60.0
TICK_MS: Final = 250
NO_DEVICE: Final = Text(
    "没有可用的声音设备，报警不会发声。请检查音箱，并注意看报警队列。",
    "There is no sound device: alarms cannot be heard. Check the loudspeaker, and keep an eye on the queue.",
)
DEVICE_BACK: Final = Text("声音设备已恢复。", "The sound device is back.")


@dataclass(frozen=True, slots=True)
class Tone:
    """A sound file and after how many seconds it begins anew; None for one that sounds once."""

    name: str
    every_s: float | None


TONES: Final = {
    Priority.CRITICAL: Tone("p1", 5.0),
    Priority.HIGH: Tone("p2", 15.0),
    Priority.MEDIUM: Tone("p3", None),
    Priority.LOW: Tone("p4", None),
}
DUTY_CHECK: Final = Tone("duty_check", 10.0)
SYSTEM: Final = Tone("system", 30.0)
BY_NAME: Final = {tone.name: tone for tone in (*TONES.values(), SYSTEM)}
_OF_MACHINES: Final = frozenset({AlarmClass.FAULT, AlarmClass.POWER, AlarmClass.COMMS, AlarmClass.SYSTEM})


def tone_of(alarm: Alarm, site: Site | None = None) -> Tone | None:
    """What an alarm sounds like while it waits; None for a machine's low one, which is only to be seen.

    The `site` may give a point a pattern of its own (`sound`), which never makes it quieter than its priority does.
    """
    if alarm.alarm_class is AlarmClass.DUTY_CHECK:
        return DUTY_CHECK
    usual = _usual_tone(alarm)
    point = linked_point(site, alarm.point) if site is not None else None
    own = BY_NAME.get(point.sound) if point is not None and point.sound else None
    return own if own is not None and not _is_quieter(own, usual) else usual


def is_pressing(alarm: Alarm) -> bool:
    """Whether an alarm is worth more than a soft tone: words, and the end of a pause. What is low and no danger to life is not."""
    return alarm.priority < Priority.LOW or alarm.latching


def _is_quieter(own: Tone, usual: Tone | None) -> bool:
    """Whether a pattern is heard less often than another: a choice of the site may add urgency, and never take it away."""
    if usual is None:
        return False
    return (own.every_s or float("inf")) > (usual.every_s or float("inf"))


def _usual_tone(alarm: Alarm) -> Tone | None:
    if alarm.alarm_class in _OF_MACHINES:
        return SYSTEM if is_pressing(alarm) else None
    # What latches sounds until somebody acts (GB 50394-2007 5.2.2-5.2.3), whatever priority the site gave it.
    return TONES.get(min(alarm.priority, Priority.HIGH) if alarm.latching else alarm.priority)


class Speaker(QObject):
    """The machine's loudspeaker by way of QtMultimedia. `changed(bool)` when a device came or the last one went.

    QtMultimedia is imported here and not before: without libpulse it cannot be, and then there is simply no sound.
    """

    changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._effects: dict[str, object] = {}
        try:
            from PySide6.QtMultimedia import QMediaDevices, QSoundEffect
        except ImportError as error:
            _log.info("no sound: %s", error)
            self._devices = None
            return
        self._make = QSoundEffect
        self._devices = QMediaDevices(self)
        self._devices.audioOutputsChanged.connect(lambda: self.changed.emit(self.available))

    @property
    def available(self) -> bool:
        """Whether anything could be heard."""
        return self._devices is not None and bool(self._devices.audioOutputs())

    def play(self, name: str) -> None:
        """Begin to play a file of resources/sounds, and leave off what still plays."""
        if not self.available:
            return
        effect = self._effects.get(name)
        if effect is None:
            effect = self._make(self)
            effect.setSource(QUrl.fromLocalFile(str(resources.path(f"sounds/{name}.wav"))))
            self._effects[name] = effect
        self.stop()
        effect.play()  # type: ignore[attr-defined]

    def stop(self) -> None:
        """Be silent."""
        for effect in self._effects.values():
            effect.stop()  # type: ignore[attr-defined]


class Sounder(QObject):
    """Decides what is heard. `paused(float)` gives the seconds a pause still lasts, `audible(bool)` the device.

    Without a `speaker` it is inert: nothing is played and nothing is said to be missing.
    """

    paused = Signal(float)
    audible = Signal(bool)

    def __init__(self, bridge: "Bridge", speaker: Speaker | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._speaker = speaker
        self._waiting: dict[AlarmId, Alarm] = {}
        self._sounded: set[AlarmId] = set()
        self._unrecorded = bridge.record_state.failing_since_at is not None
        self._began: tuple[str, float] = ("", float("-inf"))
        self._silent_until_s = float("-inf")
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        # However many alarms a burst brings, what is to be heard is decided once for all that were told together.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.tick)
        if self._unrecorded:
            self._timer.start()
        bridge.on(AlarmRaised, lambda event: self.hear(event.alarm, new=True))
        bridge.on(AlarmChanged, lambda event: self.hear(event.alarm))
        bridge.on(AlarmNotKept, lambda event: self.hear(event.alarm, new=event.alarm.id not in self._waiting))
        bridge.on(RecordState, self._recorded)
        bridge.ask(queries.live_alarms, then=self._begin)
        if speaker is not None:
            speaker.changed.connect(self._device)
            QTimer.singleShot(0, self, lambda: self._device(speaker.available))

    @property
    def is_paused(self) -> bool:
        """Whether the operator has paused the sound."""
        return self._silent_until_s > self._bridge.clock.monotonic()

    def waiting(self) -> tuple[Alarm, ...]:
        """The alarms that sound until somebody acknowledges them, most urgent first; no drill before a real one."""
        return tuple(sorted(self._waiting.values(), key=lambda alarm: (alarm.drill, alarm.priority, alarm.first_at)))

    def pause(self) -> bool:
        """Be silent for as long as the setting says, never longer than a minute; again to sound at once."""
        now_s = self._bridge.clock.monotonic()
        if self.is_paused:
            self._silent_until_s = float("-inf")
        else:
            longest_s = min(LONGEST_PAUSE_S, seconds_of(self._bridge.settings, "alarm.sound_pause_s"))
            self._silent_until_s = now_s + longest_s
            if self._speaker is not None:
                self._speaker.stop()
        self._timer.start()
        self.tick()
        return True

    def hear(self, alarm: Alarm, *, new: bool = False) -> None:
        """Take in an alarm as it stands now; a new one ends a pause, unless it is low."""
        waits = alarm.closed_at is None and alarm.state in words.WAITING and self._tone(alarm) is not None
        if not waits:
            self._forget(alarm.id)
        else:
            known = self._waiting.get(alarm.id)
            self._waiting[alarm.id] = alarm
            # What has just been told to the leader is heard at once, a pause or a tone that sounds only once or not.
            escalated = alarm.escalated_at is not None and (known is None or known.escalated_at != alarm.escalated_at)
            if escalated:
                self._sounded.discard(alarm.id)
            if (new and is_pressing(alarm)) or escalated:
                self._silent_until_s = float("-inf")
        if self._waiting or self._unrecorded or self.is_paused:
            self._timer.start()
            self._soon.start()

    def _tone(self, alarm: Alarm) -> Tone | None:
        return tone_of(alarm, self._bridge.site)

    def _forget(self, alarm_id: AlarmId) -> None:
        self._waiting.pop(alarm_id, None)
        self._sounded.discard(alarm_id)
        if not self._waiting and not self._unrecorded and self._speaker is not None:
            self._speaker.stop()

    def tick(self) -> None:
        """Play what is due."""
        now_s = self._bridge.clock.monotonic()
        left_s = max(0.0, self._silent_until_s - now_s)
        self.paused.emit(left_s)
        if left_s > 0:
            return
        if not self._waiting and not self._unrecorded:
            self._timer.stop()
            return
        tone = self._due(now_s)
        if tone is not None and self._speaker is not None:
            self._began = (tone.name, now_s)
            self._speaker.play(tone.name)

    def _due(self, now_s: float) -> Tone | None:
        """The most urgent tone that should begin now, None where none should.

        A drill is heard only while nothing real waits: it must not drown what sounds once, or seldom.
        """
        name, began_s = self._began
        waiting = self.waiting()
        real = any(not alarm.drill for alarm in waiting)
        for alarm in waiting:
            if alarm.drill and real:
                return None
            tone = self._tone(alarm)
            if tone is None or (tone.every_s is None and alarm.id in self._sounded):
                continue
            if tone.name == name and tone.every_s is not None and now_s - began_s < tone.every_s:
                return None
            self._sounded.add(alarm.id)
            return tone
        # What is heard of a record that fails gives way to every alarm.
        again = name != SYSTEM.name or now_s - began_s >= (SYSTEM.every_s or 0.0)
        return SYSTEM if self._unrecorded and again else None

    def _begin(self, live: tuple[Alarm, ...]) -> None:
        for alarm in live:
            if alarm.id not in self._waiting:
                self.hear(alarm)

    def _recorded(self, state: RecordState) -> None:
        """A record that fails is heard, and so is what it could not take: that is raised later, as what can be acknowledged."""
        failing = state.failing_since_at is not None
        if failing and not self._unrecorded:
            self._silent_until_s = float("-inf")
        self._unrecorded = failing
        if failing:
            self._timer.start()
            self._soon.start()
        else:
            for alarm in [one for one in self._waiting.values() if one.id.startswith(UNKEPT)]:
                self._forget(alarm.id)
            if not self._waiting and self._speaker is not None:
                self._speaker.stop()

    def _device(self, there: bool) -> None:
        self.audible.emit(there)
        if there:
            self._bridge.do(faults.clear, FAULT, DEVICE_BACK)
        else:
            self._bridge.do(faults.note, FAULT, NO_DEVICE)
