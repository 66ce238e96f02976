"""What is heard: a pattern a priority, until somebody acknowledges, never silent for longer than a minute."""

import wave
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal

from console import resources
from console.models.alarms import AlarmClass, Priority
from console.models.events import FaultNoted, event_from
from console.models.ids import AlarmId
from console.models.keeping import RecordState
from console.models.text import Text
from console.services import alarms
from console.views.sounder import DUTY_CHECK, SYSTEM, TONES, Sounder, tone_of
from tests.views.posts import Seat


class Loudspeaker(QObject):
    """A speaker that keeps what it was asked to play."""

    changed = Signal(bool)

    def __init__(self, available: bool = True) -> None:
        super().__init__()
        self.available = available
        self.played: list[str] = []
        self.stopped = 0

    def play(self, name: str) -> None:
        self.played.append(name)

    def stop(self) -> None:
        self.stopped += 1


@pytest.fixture
def speaker(qapp: Any) -> Loudspeaker:
    return Loudspeaker()


@pytest.fixture
def sounder(qtbot: Any, seat: Seat, speaker: Loudspeaker) -> Iterator[Sounder]:
    seat.take_keyboard()
    made = Sounder(seat.bridge, speaker)
    yield made
    made._timer.stop()
    made.deleteLater()


def pass_time(sounder: Sounder, seat: Seat, seconds: float) -> None:
    """Let the clock run in the steps of the timer."""
    for _quarter in range(int(seconds * 4)):
        seat.clock.advance(0.25)
        sounder.tick()


def test_that_a_critical_alarm_sounds_every_five_seconds_until_it_is_acknowledged(
    qtbot: Any, sounder: Sounder, seat: Seat, speaker: Loudspeaker
) -> None:
    alarm = seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(lambda: speaker.played == ["p1"])
    pass_time(sounder, seat, 15)
    assert speaker.played == ["p1"] * 4
    seat.desk.do(alarms.acknowledge, alarm.id, by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: speaker.stopped > 0)
    pass_time(sounder, seat, 20)
    assert speaker.played == ["p1"] * 4


def test_that_the_most_urgent_alarm_is_the_one_that_is_heard(
    qtbot: Any, sounder: Sounder, seat: Seat, speaker: Loudspeaker
) -> None:
    seat.ring("water-garage", alarm_class="flood")
    qtbot.waitUntil(lambda: len(speaker.played) == 1)
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(lambda: speaker.played[-1] == "p1")
    pass_time(sounder, seat, 30)
    assert set(speaker.played[1:]) == {"p1"}


def test_that_a_pause_is_silent_for_a_minute_at_most_and_then_the_sound_comes_back(
    qtbot: Any, sounder: Sounder, seat: Seat, speaker: Loudspeaker
) -> None:
    left: list[float] = []
    sounder.paused.connect(left.append)
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(lambda: speaker.played == ["p1"])
    sounder.pause()
    assert sounder.is_paused
    pass_time(sounder, seat, 59)
    assert speaker.played == ["p1"]
    assert max(left) <= 60
    pass_time(sounder, seat, 2)
    assert speaker.played[1:] == ["p1"]
    assert left[-1] == 0


def test_that_a_new_alarm_ends_the_pause(qtbot: Any, sounder: Sounder, seat: Seat, speaker: Loudspeaker) -> None:
    seat.ring("beam-west-1")
    qtbot.waitUntil(lambda: len(speaker.played) == 1)
    sounder.pause()
    seat.clock.advance(10)
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(lambda: len(speaker.played) == 2)
    assert not sounder.is_paused


def test_that_pressing_again_ends_the_pause(qtbot: Any, sounder: Sounder, seat: Seat, speaker: Loudspeaker) -> None:
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(lambda: len(speaker.played) == 1)
    sounder.pause()
    seat.clock.advance(6)
    sounder.pause()
    assert not sounder.is_paused
    assert len(speaker.played) == 2


def test_that_an_alarm_that_waited_before_the_window_opened_is_heard(
    qtbot: Any, seat: Seat, speaker: Loudspeaker
) -> None:
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    late = Sounder(seat.bridge, speaker)
    qtbot.waitUntil(lambda: speaker.played == ["p1"])
    late._timer.stop()
    late.deleteLater()


def faults(seat: Seat) -> list[tuple[str, bool]]:
    lines = seat.desk.ask(lambda rx: list(rx.journal(kinds=("FaultNoted",)))).result()
    events = [event_from(line) for line in lines]
    return [(event.fault, event.active) for event in events if isinstance(event, FaultNoted)]


def test_that_a_missing_device_is_told_and_put_on_record_and_so_is_its_return(qtbot: Any, seat: Seat) -> None:
    deaf = Loudspeaker(available=False)
    made = Sounder(seat.bridge, deaf)
    heard: list[bool] = []
    made.audible.connect(heard.append)
    qtbot.waitUntil(lambda: heard == [False])
    qtbot.waitUntil(lambda: faults(seat) == [("sound", True)])
    deaf.available = True
    deaf.changed.emit(True)
    qtbot.waitUntil(lambda: faults(seat) == [("sound", True), ("sound", False)])
    assert heard == [False, True]
    made.deleteLater()


def test_that_nothing_is_played_and_nothing_said_without_a_speaker(qtbot: Any, seat: Seat) -> None:
    silent = Sounder(seat.bridge, None)
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(lambda: bool(silent._waiting))
    silent.tick()
    assert faults(seat) == []
    silent._timer.stop()
    silent.deleteLater()


def test_that_every_pattern_is_a_sound_that_ends_before_it_begins_anew() -> None:
    for tone in (*TONES.values(), DUTY_CHECK, SYSTEM):
        with wave.open(str(resources.path(f"sounds/{tone.name}.wav"))) as sound:
            length_s = sound.getnframes() / sound.getframerate()
        assert length_s > 0.05
        assert tone.every_s is None or length_s <= tone.every_s


def test_that_the_two_most_urgent_priorities_sound_until_somebody_acts() -> None:
    assert TONES[Priority.CRITICAL].every_s is not None
    assert TONES[Priority.HIGH].every_s is not None
    assert TONES[Priority.CRITICAL].every_s < TONES[Priority.HIGH].every_s


def test_that_each_priority_has_a_pattern_of_its_own() -> None:
    assert set(TONES) == set(Priority)
    assert len({resources.path(f"sounds/{tone.name}.wav").read_bytes() for tone in TONES.values()}) == len(Priority)


def test_that_a_low_alarm_sounds_softly_once_and_ends_no_pause(
    qtbot: Any, sounder: Sounder, seat: Seat, speaker: Loudspeaker
) -> None:
    sounder.pause()
    seat.ring("x-door", alarm_class="access", priority=4)
    qtbot.waitUntil(lambda: len(sounder.waiting()) == 1)
    assert sounder.is_paused
    pass_time(sounder, seat, 120)
    assert speaker.played == ["p4"]
    seat.ring("x-panel", alarm_class="fault", priority=4)
    pass_time(sounder, seat, 60)
    assert speaker.played == ["p4"], "a machine's low alarm is only to be seen"


def test_that_a_record_that_fails_is_heard_until_it_works_again_and_drowns_no_alarm(
    qtbot: Any, sounder: Sounder, seat: Seat, speaker: Loudspeaker
) -> None:
    failing = RecordState(failing_since_at=seat.clock.now(), sentence=Text("磁盘已满", "The disk is full"))
    sounder.pause()
    seat.desk.bus.publish(failing)
    qtbot.waitUntil(lambda: speaker.played == ["system"])
    pass_time(sounder, seat, 60)
    assert speaker.played == ["system"] * 3
    sounder.pause()
    pass_time(sounder, seat, 59)
    assert speaker.played == ["system"] * 3
    alarm = seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(lambda: speaker.played[3:] == ["p1"])
    pass_time(sounder, seat, 60)
    assert set(speaker.played[3:]) == {"p1"}
    seat.desk.do(alarms.acknowledge, alarm.id, by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: not sounder.waiting())
    pass_time(sounder, seat, 1)
    assert speaker.played[-1] == "system"
    seat.desk.bus.publish(RecordState())
    before, heard = speaker.stopped, len(speaker.played)
    qtbot.waitUntil(lambda: speaker.stopped > before)
    pass_time(sounder, seat, 60)
    assert len(speaker.played) == heard


def test_that_a_duty_check_sounds_like_nothing_else() -> None:
    assert DUTY_CHECK.name not in {tone.name for tone in (*TONES.values(), SYSTEM)}


def test_that_a_life_class_sounds_until_somebody_acts_whatever_its_priority(seat: Seat) -> None:
    for priority in (3, 4):
        assert tone_of(seat.ring(f"x-{priority}", alarm_class="panic", priority=priority)) == TONES[Priority.HIGH]
    assert tone_of(seat.ring("x-door", alarm_class="access", priority=4)) == TONES[Priority.LOW]


def test_that_a_point_may_have_a_more_urgent_sound_of_its_own_and_never_a_quieter_one(seat: Seat) -> None:
    gate = seat.ring("door-b3-back", alarm_class="access", priority=3)
    own = {"door-b3-back": "p1", "smoke-b3-electrical": "p3"}
    points = tuple(replace(point, sound=own.get(point.id, point.sound)) for point in seat.bridge.site.points)
    site = replace(seat.bridge.site, points=points)
    assert tone_of(gate, site) == TONES[Priority.CRITICAL]
    fire = seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    assert tone_of(fire, site) == TONES[Priority.CRITICAL], "a fire is never made to sound once"


def test_that_an_escalated_alarm_is_heard_through_a_pause(
    qtbot: Any, sounder: Sounder, seat: Seat, speaker: Loudspeaker
) -> None:
    alarm = seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(lambda: speaker.played == ["p1"])
    seat.desk.do(alarms.acknowledge, alarm.id, by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: not sounder.waiting())
    sounder.pause()
    seat.clock.advance(200)
    sounder.pause()
    assert sounder.is_paused
    seat.desk.do(alarms.lapse, alarm.id).result()
    assert seat.alarm(alarm.id).escalated_at is not None
    qtbot.waitUntil(lambda: len(speaker.played) == 2)
    assert not sounder.is_paused


def test_that_a_drill_is_never_heard_before_a_real_alarm(
    qtbot: Any, sounder: Sounder, seat: Seat, speaker: Loudspeaker
) -> None:
    real = seat.ring("x-door", alarm_class="access", priority=2)
    drill = replace(seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1), drill=True)
    sounder.hear(drill)
    qtbot.waitUntil(lambda: len(sounder.waiting()) == 2)
    sounder.hear(drill)
    assert [alarm.id for alarm in sounder.waiting()] == [real.id, drill.id]


def test_that_a_drill_does_not_drown_a_real_alarm_that_sounds_once(
    qtbot: Any, sounder: Sounder, seat: Seat, speaker: Loudspeaker
) -> None:
    real = seat.ring("x-door", alarm_class="access", priority=3)
    drill = replace(real, id=AlarmId("drill"), alarm_class=AlarmClass.FIRE, priority=Priority.CRITICAL, drill=True)
    qtbot.waitUntil(lambda: speaker.played == ["p3"])
    sounder.hear(drill, new=True)
    for _second in range(20):
        seat.clock.advance(1)
        sounder.tick()
    assert speaker.played == ["p3"]
    seat.desk.do(alarms.acknowledge, real.id, by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: [alarm.id for alarm in sounder.waiting()] == ["drill"])
    sounder.tick()
    assert speaker.played == ["p3", "p1"]
