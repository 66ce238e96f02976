"""Say aloud where an alarm is and what it is, after its sound, where the machine has a speech engine.

The pattern of the sound says how urgent; the words say where to look. In a flood the words would only be noise: then
the most urgent is said and the others are counted.
"""

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QLocale, QObject, QTimer

from console import i18n
from console.i18n import _
from console.models.alarms import Alarm, AlarmClass
from console.models.events import AlarmChanged, AlarmRaised
from console.models.ids import AlarmId
from console.models.settings import seconds_of
from console.views import words
from console.views.sounder import Sounder, is_pressing, tone_of

if TYPE_CHECKING:
    from console.bridge import Bridge

_log = logging.getLogger(__name__)
TICK_MS: Final = 250
# The burst of the sound comes first; it lasts about as long.
AFTER_SOUND_S: Final = 2.0
# Not the console's own troubles: they have a tone of their own and stand in the status line.
_UNSPOKEN: Final = frozenset({AlarmClass.SYSTEM, AlarmClass.TEST})
_LOCALES: Final = {
    "zh_CN": QLocale(QLocale.Language.Chinese, QLocale.Country.China),
    "en": QLocale(QLocale.Language.English, QLocale.Country.AnyCountry),
}


class Voice(Protocol):
    """What speaks. `ready` is True while it could begin a sentence now."""

    @property
    def ready(self) -> bool: ...

    def say(self, sentence: str, language: str) -> None: ...

    def stop(self) -> None: ...


class Engine(QObject):
    """The machine's speech engine by way of QtTextToSpeech; without one it is never ready.

    An engine that cannot speak the language of the screen is not ready either: a Chinese sentence read by an English
    voice is a row of noises. `engine` names one of Qt's, empty for the machine's own.
    """

    def __init__(self, engine: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._speech = None
        try:
            from PySide6.QtTextToSpeech import QTextToSpeech
        except ImportError as error:
            _log.info("no speech: %s", error)
            return
        there = [name for name in QTextToSpeech.availableEngines() if name != "mock"]
        chosen = engine or (there[0] if there else "")
        if not chosen:
            _log.info("no speech: this machine has no engine")
            return
        self._states = QTextToSpeech.State
        self._speech = QTextToSpeech(chosen, self)
        self._languages = {locale.language() for locale in self._speech.availableLocales()}

    @property
    def ready(self) -> bool:
        """Whether a sentence in the language of the screen could begin now."""
        if self._speech is None or _LOCALES[i18n.language()].language() not in self._languages:
            return False
        return self._speech.state() == self._states.Ready

    def say(self, sentence: str, language: str) -> None:
        """Begin a sentence in `language`."""
        if self._speech is not None:
            self._speech.setLocale(_LOCALES[language])
            self._speech.say(sentence)

    def stop(self) -> None:
        """Say no more."""
        if self._speech is not None:
            self._speech.stop()


def sentence_of(alarm: Alarm) -> str:
    """What is said of one alarm: where, and what kind; of a drill first of all that it is one."""
    where, kind = words.said(alarm.place_name), words.term(alarm.alarm_class)
    what = words.title_of(replace(alarm, drill=False))
    told = f"{where}，{what}" if where and where not in what else what
    told = told if kind in told else f"{told}，{kind}"
    return words.drill_of(told) if alarm.drill else told


class Announcer(QObject):
    """Decides what is said aloud: every alarm that sounds and is not low, once; again when nobody has acted on it.

    More than setting `alarm.spoken_at_once` of them waiting are said as the most urgent one and a number.
    """

    def __init__(self, bridge: "Bridge", sounder: Sounder, voice: Voice, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._sounder = sounder
        self._voice = voice
        self._due: dict[AlarmId, Alarm] = {}
        self._lapses: dict[AlarmId, int] = {}
        self._not_before_s = float("-inf")
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        bridge.on(AlarmRaised, lambda event: self._hear(event.alarm, new=True))
        bridge.on(AlarmChanged, lambda event: self._hear(event.alarm, new=False))

    def _hear(self, alarm: Alarm, *, new: bool) -> None:
        waits = alarm.closed_at is None and alarm.state in words.WAITING and tone_of(alarm, self._bridge.site) is not None
        if not waits or not is_pressing(alarm) or alarm.alarm_class in _UNSPOKEN:
            self._due.pop(alarm.id, None)
            self._lapses.pop(alarm.id, None)
            if not self._due and not self._lapses:
                self._voice.stop()
            return
        again = alarm.lapses > self._lapses.get(alarm.id, 0)
        if new or again or alarm.id in self._due:
            if not self._due:
                self._not_before_s = self._bridge.clock.monotonic() + AFTER_SOUND_S
            self._due[alarm.id] = alarm
            self._timer.start()
        if new or again:
            self._lapses[alarm.id] = alarm.lapses

    def tick(self) -> None:
        """Say what is due, unless the sound is paused, its burst is still going on, or a sentence is being said."""
        if not self._due:
            self._timer.stop()
            return
        if self._sounder.is_paused or self._bridge.clock.monotonic() < self._not_before_s or not self._voice.ready:
            return
        waiting = sorted(self._due.values(), key=lambda alarm: (alarm.drill, alarm.priority, alarm.first_at))
        if waiting[0].drill and any(not one.drill for one in self._sounder.waiting()):
            return  # nothing is said of a drill into the sound of what is real
        first, more = waiting[0], len(waiting) - 1
        if len(waiting) > int(seconds_of(self._bridge.settings, "alarm.spoken_at_once")):
            self._due.clear()
            said = _("{alarm}. There are {n} more alarms.").format(alarm=sentence_of(first), n=more)
        else:
            del self._due[first.id]
            said = sentence_of(first)
        self._voice.say(said, i18n.language())
