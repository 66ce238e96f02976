"""An MQTT source in front of a broker: nothing is acknowledged that is not on disk, and nothing is told twice."""

import time
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from console.models.alarms import Alarm, AlarmClass, Condition, Priority
from console.models.errors import ConsoleError
from console.models.ids import AlarmId, PointId, SourceId
from console.models.signals import SignalKind
from console.models.text import Text
from console.sources import mqtt
from console.sources.source import Recalled, Running
from tests.sources.desk import ENDS_WITHIN_S, PATIENCE_S, Desk
from tests.sources.mqtt.broker import Broker
from tests.sources.mqtt.conftest import Hearing, mqtt_setup

DOOR = {
    "topic": "plant/{line}/door/{name}",
    "state": "$.open",
    "active": [True],
    "device": "{line}-{name}",
    "points": {"a-1": "door-a1"},
    "class": "access",
    "text": {"zh": "{line} 门 {name} 打开", "en": "Door {name} of {line} is open"},
}
BUTTON = {"topic": "plant/{line}/button", "device": "{line}", "class": "panic"}


def test_that_a_change_of_state_is_a_signal_and_a_repetition_is_none(
    broker: Broker, hear: Hearing, desk: Desk, protocol: str
) -> None:
    hear(broker.port, DOOR, protocol=protocol)
    for is_open in ("true", "true", "false", "false", "true"):
        broker.publish("plant/a/door/1", f'{{"open": {is_open}}}')
    broker.wait(lambda: len(broker.acks) == 5)
    assert [one.kind for one in desk.signals] == [SignalKind.ALARM, SignalKind.RESTORE, SignalKind.ALARM]
    first = desk.signals[0]
    assert (first.point, first.alarm_class, first.text_en) == ("door-a1", "access", "Door 1 of a is open")
    assert first.raw == b'{"open": true}'


def test_that_the_session_is_kept_and_one_of_its_own(broker: Broker, hear: Hearing, desk: Desk, protocol: str) -> None:
    desk.secrets["secret:mqtt"] = "open sesame"
    hear(broker.port, DOOR, protocol=protocol, login="post", password="secret:mqtt")
    (said,) = broker.connected
    assert (said["name"], said["clean"], said["version"]) == ("zhishou-smart", False, 5 if protocol == "5" else 4)
    assert said["login"] == ["post", "open sesame"]
    assert said["will"] == ("zhishou/smart/state", b"offline")
    if protocol == "5":
        assert b"\x11" + (7 * 86400).to_bytes(4, "big") in said["properties"]  # session expiry interval
    broker.wait(lambda: broker.retained.get("zhishou/smart/state") == b"online")


def test_that_what_came_while_nobody_listened_is_heard_afterwards(
    broker: Broker, hear: Hearing, desk: Desk, protocol: str
) -> None:
    with mqtt.SPEC.start(mqtt_setup(broker.port, BUTTON, protocol=protocol), desk.context()) as running:
        assert running.address(PATIENCE_S)
    broker.wait(lambda: ("disconnect", "zhishou-smart") in broker.said)
    assert broker.retained["zhishou/smart/state"] == b"offline"
    broker.publish("plant/b/button", "pressed")
    hear(broker.port, BUTTON, protocol=protocol)
    desk.wait(lambda: desk.signals)
    assert desk.signals[0].momentary


def test_that_nothing_is_acknowledged_before_it_is_on_disk(
    broker: Broker, hear: Hearing, desk: Desk, protocol: str
) -> None:
    hear(broker.port, BUTTON, DOOR, protocol=protocol)
    desk.gate.clear()
    broker.publish("plant/b/button", "1")
    broker.publish("plant/x/door/9", '{"open": false}')
    desk.wait(lambda: desk.asked == 1)
    assert broker.acks == []
    desk.gate.set()
    broker.wait(lambda: broker.acks == [1, 2])


def test_that_what_could_not_be_stored_is_not_acknowledged_and_comes_again(
    broker: Broker, hear: Hearing, desk: Desk, protocol: str
) -> None:
    desk.fail = 3
    hear(broker.port, BUTTON, protocol=protocol)
    broker.publish("plant/b/button", "1")
    desk.wait(lambda: "could not be put on disk" in desk.ill)
    assert broker.acks == []
    assert desk.health[-1].problems[0].deaf
    broker.cut()
    broker.wait(lambda: [what for what, _ in broker.said].count("connect") >= 2)
    broker.wait(lambda: broker.acks)
    desk.wait(lambda: not desk.ill)
    assert len(desk.signals) == 1
    assert not broker.sessions["zhishou-smart"].flying


def test_that_a_line_torn_between_commit_and_acknowledgement_stores_once(
    broker: Broker, hear: Hearing, desk: Desk, protocol: str
) -> None:
    hear(broker.port, BUTTON, protocol=protocol)
    desk.gate.clear()
    broker.publish("plant/b/button", "1")
    desk.wait(lambda: desk.asked == 1)
    broker.cut()
    desk.gate.set()
    broker.wait(lambda: broker.acks == [1])
    assert (len(desk.signals), desk.duplicates) == (1, [])


def _recalling(desk: Desk, live: tuple[Alarm, ...] = ()) -> Any:
    def recall() -> "Future[Recalled]":
        done: Future[Recalled] = Future()
        done.set_result(Recalled(live=live, recent=tuple(reversed(desk.signals))))
        return done

    return replace(desk.context(), recall=recall)


def test_that_a_console_that_died_between_commit_and_acknowledgement_stores_once(
    broker: Broker, hear: Hearing, desk: Desk, protocol: str
) -> None:
    with ExitStack() as life:
        setup = mqtt_setup(broker.port, BUTTON, protocol=protocol)
        running = life.enter_context(mqtt.SPEC.start(setup, desk.context()))
        assert running.address(PATIENCE_S)
        broker.publish("plant/b/button", "1")
        broker.wait(lambda: broker.acks == [1])
    # As after a kill: the broker never had the acknowledgement.
    broker.sessions["zhishou-smart"].flying[1] = ("plant/b/button", b"1", False)
    hear(broker.port, BUTTON, protocol=protocol, context=_recalling(desk))
    broker.wait(lambda: broker.acks == [1, 1])
    assert len(desk.signals) == 1
    broker.publish("plant/b/button", "1")
    desk.wait(lambda: len(desk.signals) == 2)


def _alarm(desk: Desk, point: str, code: str) -> Alarm:
    now = desk.clock.now()
    return Alarm(
        id=AlarmId("a1"), key=f"{point}|access", point=PointId(point), source=SourceId("smart"), code=code,
        alarm_class=AlarmClass.ACCESS, priority=Priority.HIGH, title=Text("门", "Door"), first_at=now, last_at=now,
        condition=Condition.ACTIVE,
    )  # fmt: skip


def test_that_a_restart_neither_raises_again_what_is_live_nor_forgets_to_restore_it(
    broker: Broker, hear: Hearing, desk: Desk
) -> None:
    broker.publish("plant/a/door/1", '{"open": true}', retain=True)
    broker.publish("plant/c/door/7", '{"open": true}', retain=True)
    broker.publish("plant/c/door/8", '{"open": false}', retain=True)
    hear(broker.port, DOOR, context=_recalling(desk, (_alarm(desk, "door-a1", "$.open"),)))
    desk.wait(lambda: desk.signals)
    broker.wait(lambda: len(broker.acks) == 3)
    (present,) = desk.signals
    assert (present.point, present.text_en) == ("mqtt:smart/c-7", "Door 7 of c is open (present at connect)")
    assert present.details["present_at_connect"] is True
    broker.publish("plant/a/door/1", '{"open": false}', retain=True)
    desk.wait(lambda: len(desk.signals) == 2)
    assert desk.signals[1].kind is SignalKind.RESTORE


def test_that_a_retained_normal_state_restores_what_was_live_before(broker: Broker, hear: Hearing, desk: Desk) -> None:
    broker.publish("plant/a/door/1", '{"open": false}', retain=True)
    hear(broker.port, DOOR, context=_recalling(desk, (_alarm(desk, "door-a1", "$.open"),)))
    desk.wait(lambda: desk.signals)
    assert [one.kind for one in desk.signals] == [SignalKind.RESTORE]


def test_that_an_old_occurrence_that_is_retained_is_no_alarm(broker: Broker, hear: Hearing, desk: Desk) -> None:
    broker.publish("plant/b/button", "1", retain=True)
    hear(broker.port, BUTTON)
    broker.wait(lambda: broker.acks == [1])
    assert desk.signals == []


def test_that_a_broker_that_goes_is_told_as_deaf_and_taken_up_again(hear: Hearing, desk: Desk, protocol: str) -> None:
    broker = Broker()
    with broker:
        hear(broker.port, BUTTON, protocol=protocol)
        desk.wait(lambda: desk.health and desk.health[-1].healthy)
    desk.wait(lambda: "is not reached" in desk.ill)
    assert desk.health[-1].problems[0].deaf
    with broker:
        desk.wait(lambda: desk.health[-1].healthy)
        broker.publish("plant/b/button", "1")
        desk.wait(lambda: desk.signals)


def test_that_refusals_are_told_in_words(desk: Desk, hear: Hearing) -> None:
    with Broker(refuse=0x86) as broker, mqtt.SPEC.start(mqtt_setup(broker.port, BUTTON), desk.context()):
        desk.wait(lambda: "refuses us (Bad user name or password)" in desk.ill)
    with Broker(denied=("plant/+/button",)) as broker:
        hear(broker.port, BUTTON)
        desk.wait(lambda: "does not let us subscribe: plant/+/button" in desk.ill)


def test_that_a_client_of_our_name_is_named_as_the_cause(broker: Broker, hear: Hearing, desk: Desk) -> None:
    hear(broker.port, BUTTON)
    other = Desk()
    try:
        with mqtt.SPEC.start(mqtt_setup(broker.port), other.context()):
            desk.wait(lambda: 'uses our client id "zhishou-smart"' in desk.ill)
    finally:
        other.close()


def test_that_nonsense_is_kept_once_and_told_and_never_stops_the_rest(
    broker: Broker, hear: Hearing, desk: Desk
) -> None:
    hear(broker.port, DOOR, {"profile": "frigate"}, max_bytes=1000)
    for payload in (b"\xff\xfe{", b"[1]", b'{"open": "ajar"' + b" " * 2000, b"{" * 900):
        broker.publish("plant/a/door/1", payload)
    broker.publish("frigate/reviews", '{"type": "new", "after": null}')
    broker.publish("plant/a/door/1", '{"open": true}')
    broker.wait(lambda: len(broker.acks) == 6)
    kinds = [(one.kind, one.code) for one in desk.signals]
    assert kinds == [(SignalKind.INFORMATION, "nonsense")] * 2 + [(SignalKind.ALARM, "$.open")]
    assert "cannot be read" in desk.ill
    assert not desk.health[-1].problems[0].deaf


def test_that_a_broker_that_speaks_gibberish_is_left_and_tried_again(
    broker: Broker, hear: Hearing, desk: Desk
) -> None:
    hear(broker.port, BUTTON)
    broker.send_bytes(b"\x32\x04\x00\x09ab" + b"\xf7\x00" * 20)
    broker.wait(lambda: [what for what, _ in broker.said].count("connect") >= 2)
    broker.publish("plant/b/button", "1")
    desk.wait(lambda: desk.signals)


def test_that_a_canary_comes_back_as_one(broker: Broker, hear: Hearing, desk: Desk, protocol: str) -> None:
    running = hear(broker.port, BUTTON, protocol=protocol)
    setup = mqtt_setup(broker.port, BUTTON, protocol=protocol)
    assert mqtt.SPEC.probe is not None
    mqtt.SPEC.probe(setup, running, desk.context().secrets, "tok-1")
    desk.wait(lambda: desk.signals)
    assert (desk.signals[0].kind, desk.signals[0].code) == (SignalKind.CANARY, "tok-1")


def test_that_a_canary_without_a_broker_is_refused_with_a_reason(desk: Desk) -> None:
    with Broker() as broker:
        port = broker.port
    assert mqtt.SPEC.probe is not None
    with pytest.raises(ConsoleError, match="did not reach"):
        mqtt.SPEC.probe(mqtt_setup(port), Running(), desk.context().secrets, "tok-1")


def test_that_silence_is_a_fault(broker: Broker, hear: Hearing, desk: Desk) -> None:
    hear(broker.port, DOOR, heartbeat_s=0.1)
    desk.wait(lambda: "Nothing was heard of the source Things" in desk.ill)
    broker.publish("plant/a/door/1", '{"open": false}')
    desk.wait(lambda: any(one.healthy for one in desk.health[1:]))


def test_that_it_stops_while_a_broker_does_not_answer(desk: Desk) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as mute:
        began = time.monotonic()
        with mqtt.SPEC.start(mqtt_setup(mute.getsockname()[1]), desk.context()):
            caller, _ = mute.accept()
        caller.close()
        assert time.monotonic() - began < ENDS_WITHIN_S


def test_that_a_thousand_messages_are_kept_and_acknowledged_in_their_order(
    broker: Broker, hear: Hearing, desk: Desk, protocol: str
) -> None:
    hear(broker.port, BUTTON, protocol=protocol)
    for number in range(1000):
        broker.publish(f"plant/{number}/button", "1")
    broker.wait(lambda: len(broker.acks) == 1000)
    assert broker.acks == sorted(broker.acks)
    assert [one.point for one in desk.signals] == [f"mqtt:smart/{number}" for number in range(1000)]
