"""What a camera's rule saw becomes a Signal."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from console.models.clock import FakeClock
from console.models.ids import CameraId, PointId
from console.models.pictures import RuleEvent
from console.models.plain import canonical
from console.models.signals import SignalKind
from console.sources.video_rules import signal_from_rule

AT = datetime(2026, 3, 14, 19, 5, 0, 250000, tzinfo=UTC)
SEEN = RuleEvent(
    camera=CameraId("cam-02"),
    rule_id="fence",
    point=PointId("video-east"),
    active=True,
    at=AT,
    picture_age_s=0.1234567,
    box=(0.1, 0.2, 0.30000001, 0.9),
    area=0.14,
)


def test_that_somebody_in_the_zone_is_an_alarm_of_the_rules_point(clock: FakeClock) -> None:
    signal = signal_from_rule(SEEN, clock)
    assert (signal.kind, signal.point, signal.alarm_class, signal.priority) == (
        SignalKind.ALARM,
        "video-east",
        "video",
        2,
    )
    assert (signal.received_at, signal.source_at, signal.sender) == (clock.now(), AT, "cam-02")
    assert signal.text_zh == "画面中有人进入警戒区"
    assert signal.text_en == "Somebody in the watched zone of the picture"
    assert signal.details == {
        "camera": "cam-02",
        "rule": "fence",
        "kind": "intrusion",
        "family": "fence",
        "picture_age_s": 0.123,
        "box": [0.1, 0.2, 0.3, 0.9],
        "area": 0.14,
    }
    assert json.loads(json.dumps(signal.details)) == signal.details
    assert canonical(signal)


def test_that_an_empty_zone_restores_the_same_point_and_family(clock: FakeClock) -> None:
    alarm = signal_from_rule(SEEN, clock)
    over = signal_from_rule(replace(SEEN, active=False), clock)
    assert over.kind is SignalKind.RESTORE
    assert (over.point, over.alarm_class, over.details["family"]) == (
        alarm.point,
        alarm.alarm_class,
        alarm.details["family"],
    )
    assert not alarm.momentary
    assert "box" not in over.details


def test_that_an_event_told_twice_is_known_again_and_the_next_one_is_not(clock: FakeClock) -> None:
    sequences = [
        signal_from_rule(event, clock).sequence
        for event in (SEEN, SEEN, replace(SEEN, active=False), replace(SEEN, at=AT.replace(minute=6)))
    ]
    assert sequences[0] == sequences[1]
    assert len(set(sequences)) == 3
