"""What is said aloud: where and what, once, after the sound; in a flood the most urgent and a number."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from console import i18n
from console.models.alarms import Alarm, AlarmClass, Priority
from console.models.ids import AlarmId, PointId, SourceId
from console.models.text import Text
from console.services import alarms
from console.views.announcer import Announcer, Engine
from console.views.sounder import Sounder
from tests.views.posts import Seat


class Spoken:
    """A voice that keeps what it was asked to say."""

    def __init__(self) -> None:
        self.ready = True
        self.said: list[tuple[str, str]] = []
        self.stopped = 0

    def say(self, sentence: str, language: str) -> None:
        self.said.append((sentence, language))

    def stop(self) -> None:
        self.stopped += 1


@pytest.fixture
def voice() -> Spoken:
    return Spoken()


@pytest.fixture
def announcer(qtbot: Any, seat: Seat, voice: Spoken) -> Iterator[Announcer]:
    seat.take_keyboard()
    sounder = Sounder(seat.bridge, None)
    made = Announcer(seat.bridge, sounder, voice)
    made.sounder = sounder
    yield made
    made._timer.stop()
    sounder._timer.stop()
    made.deleteLater()
    sounder.deleteLater()


def wait(announcer: Announcer, seat: Seat, seconds: float = 3.0) -> None:
    for _quarter in range(int(seconds * 4)):
        seat.clock.advance(0.25)
        announcer.tick()


def test_that_an_alarm_is_said_once_after_its_sound(qtbot: Any, announcer: Announcer, seat: Seat, voice: Spoken) -> None:
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1, zh="烟感", en="smoke")
    qtbot.waitUntil(lambda: bool(announcer._due))
    announcer.tick()
    assert voice.said == []
    wait(announcer, seat)
    wait(announcer, seat, 30)
    [(sentence, language)] = voice.said
    assert language == i18n.language()
    assert "Fire" in sentence


def test_that_a_flood_is_said_as_the_most_urgent_and_a_number(
    qtbot: Any, announcer: Announcer, seat: Seat, voice: Spoken
) -> None:
    for zone in range(5):
        seat.ring(f"zone-{zone}", priority=2)
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(lambda: len(announcer._due) == 6)
    wait(announcer, seat, 10)
    [(sentence, _language)] = voice.said
    assert "Fire" in sentence
    assert "5 more" in sentence


def test_that_what_was_acknowledged_meanwhile_is_not_said(
    qtbot: Any, announcer: Announcer, seat: Seat, voice: Spoken
) -> None:
    alarm = seat.ring("zone-1", priority=2)
    qtbot.waitUntil(lambda: bool(announcer._due))
    seat.desk.do(alarms.acknowledge, alarm.id, by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: not announcer._due)
    wait(announcer, seat)
    assert voice.said == []
    assert voice.stopped


def test_that_nothing_is_said_while_the_sound_is_paused_and_it_is_said_afterwards(
    qtbot: Any, announcer: Announcer, seat: Seat, voice: Spoken
) -> None:
    seat.ring("zone-1", priority=2)
    qtbot.waitUntil(lambda: bool(announcer._due) and bool(announcer.sounder.waiting()))
    announcer.sounder.pause()
    wait(announcer, seat, 10)
    assert voice.said == []
    announcer.sounder.pause()
    wait(announcer, seat)
    assert len(voice.said) == 1


def test_that_a_lapsed_acknowledgement_is_said_again(
    qtbot: Any, announcer: Announcer, seat: Seat, voice: Spoken
) -> None:
    alarm = seat.ring("zone-1", priority=1)
    qtbot.waitUntil(lambda: bool(announcer._due))
    wait(announcer, seat)
    seat.desk.do(alarms.acknowledge, alarm.id, by=seat.bridge.actor).result()
    seat.clock.advance(24 * 3600)
    seat.desk.do(alarms.lapse, alarm.id).result()
    qtbot.waitUntil(lambda: bool(announcer._due))
    wait(announcer, seat)
    assert len(voice.said) == 2


def test_that_an_engine_speaks_only_languages_that_it_knows(qtbot: Any) -> None:
    engine = Engine("mock")
    known = {locale.language() for locale in engine._speech.availableLocales()}
    qtbot.waitUntil(lambda: engine._speech.state() == engine._states.Ready)
    from console.views.announcer import _LOCALES

    assert engine.ready is (_LOCALES[i18n.language()].language() in known)
    engine.say("one", "en")
    engine.stop()


def test_that_a_drill_is_said_to_be_one_first_and_never_into_the_sound_of_what_is_real(
    qtbot: Any, announcer: Announcer, seat: Seat, voice: Spoken
) -> None:
    i18n.set_language("en")
    door = seat.ring("x-door", alarm_class="access", priority=2, zh="门未关", en="Door open")
    drill = replace(would_be(seat), drill=True)
    announcer.sounder.hear(door, new=True)
    announcer._hear(drill, new=True)
    qtbot.waitUntil(lambda: len(announcer._due) == 2)
    wait(announcer, seat, 30)
    assert len(voice.said) == 1
    assert "Drill" not in voice.said[0][0]
    seat.desk.do(alarms.acknowledge, door.id, by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: not announcer.sounder.waiting())
    wait(announcer, seat, 30)
    assert voice.said[1][0].startswith("[Drill] ")


def would_be(seat: Seat) -> Alarm:
    """What a smoke detector would raise."""
    return Alarm(
        id=AlarmId("drill"),
        key="drill|fire",
        point=PointId("smoke-b3-electrical"),
        source=SourceId("panel"),
        alarm_class=AlarmClass.FIRE,
        priority=Priority.CRITICAL,
        title=Text("烟感", "Smoke"),
        first_at=seat.clock.now(),
        last_at=seat.clock.now(),
    )
