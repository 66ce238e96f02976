"""Duty checks: a centre asks, a person acknowledges, the answer goes back, and all of it is on record."""

from datetime import UTC, datetime

from console.models.clock import FakeClock
from console.models.signals import SignalKind
from console.sources.gb26875 import objects
from console.sources.gb26875.wire import Command
from tests.sources.desk import PATIENCE_S, Desk
from tests.sources.gb26875.conftest import Receive


def test_that_a_duty_check_rings_and_is_answered_when_a_person_acknowledges(fire: Receive, desk: Desk) -> None:
    house = fire()
    with house.transmitter(88888, centre=889) as centre:
        assert centre.duty_check(10).confirmed
        (alarm,) = desk.signals
        assert (alarm.kind, alarm.alarm_class, alarm.point) == (
            SignalKind.ALARM,
            "duty_check",
            "gb26875:88888/duty_check",
        )
        assert alarm.text_zh == "区中心（监控中心 88888）查岗，限 10 分钟内应答"
        assert alarm.details["due_at"]
        house.acknowledge("gb26875:somebody/else")
        house.acknowledge(alarm.point)
        answer = centre.wait(PATIENCE_S)
        assert answer is not None
        assert (answer.command, answer.source, answer.target) == (Command.SEND, 889, 88888)
        assert answer.data[:4] == bytes((objects.DEVICE_OPERATION, 1, objects.DUTY_ANSWERED, 1))
        desk.wait(lambda: len(desk.signals) == 2)
    done = desk.signals[1]
    assert (done.kind, done.point, done.code) == (SignalKind.RESTORE, alarm.point, "answered")
    assert "late" not in done.details


def test_that_a_duty_check_answered_too_late_is_on_record(fire: Receive, desk: Desk) -> None:
    clock = FakeClock(datetime.now(UTC))
    desk.clock = clock
    house = fire()
    with house.transmitter(88888, centre=889, clock=clock) as centre:
        assert centre.duty_check(10).confirmed
        clock.advance(601)
        desk.wait(lambda: len(desk.signals) == 2)
        assert "10 分钟内无人应答" in desk.signals[1].text_zh
        house.acknowledge("gb26875:88888/duty_check")
        assert centre.wait(PATIENCE_S) is not None
        desk.wait(lambda: len(desk.signals) == 3)
    assert (desk.signals[2].code, desk.signals[2].details["late"]) == ("answered", True)
    assert "601" in desk.signals[2].text_zh


def test_that_without_an_acknowledgement_nothing_is_answered(fire: Receive, desk: Desk) -> None:
    with fire().transmitter(88888, centre=889) as centre:
        assert centre.duty_check(10).confirmed
        assert centre.wait(0.3) is None
    assert len(desk.signals) == 1


def test_that_the_answer_goes_over_the_newest_line_of_the_centre(fire: Receive, desk: Desk) -> None:
    house = fire()
    with house.transmitter(88888, centre=889) as first:
        assert first.duty_check(10).confirmed
    with house.transmitter(88888, centre=889) as second:
        assert second.heartbeat().confirmed
        house.acknowledge("gb26875:88888/duty_check")
        assert second.wait(PATIENCE_S) is not None
        desk.wait(lambda: desk.signals[-1].code == "answered")


def test_that_a_check_of_before_the_start_is_answered_all_the_same(fire: Receive, desk: Desk) -> None:
    house = fire()
    with house.transmitter(88888, centre=889) as centre:
        assert centre.heartbeat().confirmed
        house.acknowledge("gb26875:88888/duty_check")
        answer = centre.wait(PATIENCE_S)
        assert answer is not None
        assert answer.data[0] == objects.DEVICE_OPERATION
        desk.wait(lambda: desk.signals)
    assert desk.signals[0].text_zh == "区中心（监控中心 88888）：查岗已应答"


def test_that_a_second_check_waits_for_a_second_acknowledgement(fire: Receive, desk: Desk) -> None:
    house = fire()
    with house.transmitter(88888, centre=889) as centre:
        for number in (1, 2):
            assert centre.duty_check(10).confirmed
            assert centre.wait(0.1) is None
            house.acknowledge("gb26875:88888/duty_check")
            assert centre.wait(PATIENCE_S) is not None
            kept = 2 * number
            desk.wait(lambda: len(desk.signals) == kept)  # noqa: B023 - it is waited for here
    assert [signal.kind for signal in desk.signals] == [SignalKind.ALARM, SignalKind.RESTORE] * 2
