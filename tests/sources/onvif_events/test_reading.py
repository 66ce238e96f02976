"""What cameras say becomes news for a post: real messages of several makers, and the edges of states."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.models.ids import CameraId, SourceId
from console.models.signals import SignalKind
from console.models.text import Text
from console.onvif.notification import Notification, Operation, read_pulled
from console.sources.onvif_events import SPEC
from console.sources.onvif_events.reading import Reader, state_of
from console.sources.onvif_events.setup import Device, Setup, read
from console.sources.onvif_events.topics import MEANINGS, meaning_of
from tests.sources.conftest import setup_of

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DEVICE = Device(id="cam-07", name=Text("北门", "North gate"), address="10.0.0.7", camera=CameraId("cam-07"))
MOTION = "RuleEngine/CellMotionDetector/Motion"
RECORDED = Path(__file__).parents[4] / "shared" / "testdata" / "alarm" / "onvif"


def setup(**options: Any) -> Setup:
    given = setup_of("onvif_events", **options)
    del given.options["port"]
    mistakes: list[Text] = []
    made = read(given, mistakes)
    assert mistakes == []
    return made


def reader(standing: tuple[Any, ...] = (), **options: Any) -> Reader:
    return Reader(SourceId("heard"), DEVICE, setup(**options), standing)


def said(topic: str = MOTION, operation: Operation = Operation.CHANGED, second: int = 0, **data: str) -> Notification:
    items = tuple((data or {"IsMotion": "true"}).items())
    at = AT.replace(second=second)
    return Notification(topic=topic, operation=operation, at=at, source=(("Rule", "r1"),), data=items, raw=b"<x/>")


def test_that_a_state_raises_and_restores_one_point_and_repetition_is_no_news() -> None:
    heard = reader()
    states = ["true", "true", "false", "false", "true"]
    found = [heard.read(said(second=n, IsMotion=state), AT) for n, state in enumerate(states)]
    assert [one.kind if one else None for one in found] == [
        SignalKind.ALARM,
        None,
        SignalKind.RESTORE,
        None,
        SignalKind.ALARM,
    ]
    assert {one.point for one in found if one} == {f"camera:cam-07/{MOTION}#r1"}


def test_that_an_initial_state_is_news_only_where_it_is_active_and_not_known_already() -> None:
    initial = said(operation=Operation.INITIALIZED)
    at_rest = said(operation=Operation.INITIALIZED, IsMotion="false")
    known = reader().read(initial, AT)
    assert known is not None
    assert known.kind is SignalKind.ALARM
    assert reader().read(at_rest, AT) is None
    assert reader(standing=(known.point,)).read(initial, AT) is None
    over = reader(standing=(known.point,)).read(at_rest, AT)
    assert over is not None
    assert over.kind is SignalKind.RESTORE


def test_that_a_deleted_property_is_restored() -> None:
    heard = reader()
    heard.read(said(), AT)
    gone = heard.read(said(operation=Operation.DELETED), AT)
    assert gone is not None
    assert gone.kind is SignalKind.RESTORE
    assert heard.read(said(operation=Operation.DELETED), AT) is None


def test_that_what_merely_happens_is_momentary_and_told_once_though_the_store_says_it_again() -> None:
    heard = reader()
    crossing = said("RuleEngine/LineDetector/Crossed", Operation.NONE, 5, ObjectId="7")
    first = heard.read(crossing, AT)
    assert first is not None
    assert first.momentary
    assert heard.read(crossing, AT) is None
    assert heard.read(said("RuleEngine/LineDetector/Crossed", Operation.NONE, 6, ObjectId="7"), AT) is not None
    assert heard.read(said("RuleEngine/LineDetector/Crossed", Operation.INITIALIZED, 7, ObjectId="0"), AT) is None


def test_that_the_site_may_say_what_a_contact_is_and_where() -> None:
    topic = "Device/Trigger/DigitalInput"
    mapping = [
        {
            "topic": topic,
            "alarm_class": "panic",
            "inverted": True,
            "text": {"zh": "紧急按钮", "en": "Panic button"},
        }
    ]
    heard = reader(mapping=mapping, points={"cam-07": {topic: "panic-lobby"}})
    assert heard.read(said(topic, LogicalState="true"), AT) is None
    pressed = heard.read(said(topic, second=1, LogicalState="false"), AT)
    assert pressed is not None
    assert (pressed.point, pressed.alarm_class, pressed.priority, pressed.text_en) == (
        "panic-lobby",
        "panic",
        1,
        "Panic button",
    )


def test_that_only_wanted_topics_are_heard_and_ignored_ones_are_not() -> None:
    heard = reader(topics=["Device/Trigger/"], mapping=[{"topic": "Device/Trigger/AlarmIn", "ignored": True}])
    assert heard.read(said(), AT) is None
    assert heard.read(said("Device/Trigger/AlarmIn", State="true"), AT) is None
    assert heard.read(said("Device/Trigger/DigitalInput", LogicalState="true"), AT) is not None


def test_that_an_unknown_event_that_says_true_is_shown_and_mere_housekeeping_is_not() -> None:
    heard = reader()
    shown = heard.read(said("RuleEngine/SomeMaker/NewRule", State="true"), AT)
    assert shown is not None
    assert shown.priority == 4
    assert "RuleEngine/SomeMaker/NewRule" in shown.text_en
    assert heard.read(said("RecordingConfig/JobState", State="Active"), AT) is None


def test_that_a_device_that_invents_states_without_end_is_bounded() -> None:
    heard = reader()
    told = [heard.read(said(f"RuleEngine/A{n}/B", State="true"), AT) for n in range(2500)]
    assert sum(one is not None for one in told) == 2000


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"pull_s": 0}, "pull_s"),
        ({"devices": [{"id": "a b", "address": "10.0.0.1"}]}, "spaces"),
        ({"devices": [{"id": "nvr", "address": "rtsp://x"}]}, "camera address"),
        ({"devices": [{"id": "nvr", "address": "10.0.0.1", "pasword": "x"}]}, "pasword"),
        ({"mapping": [{"topic": "tns1:Device/Trigger"}]}, "without prefixes"),
        ({"mapping": [{"topic": "A/B", "alarm_class": "fier"}]}, "alarm_class"),
        ({"points": {"cam-07": "gate"}}, "topic: point"),
    ],
)
def test_that_a_mistake_in_the_options_is_told(options: dict[str, Any], part: str) -> None:
    given = setup_of("onvif_events", **options)
    del given.options["port"]
    assert part in " ".join(mistake.en for mistake in SPEC.check(given))


# ------------------------------------------------------------------ messages of real cameras


def recorded() -> list[dict[str, Any]]:
    file = RECORDED / "onvif_parsers_cases.json"
    if not file.is_file():
        return []
    cases: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return cases


@pytest.mark.skipif(not recorded(), reason="the recorded messages of real cameras are not here")
def test_that_messages_of_real_cameras_read_as_their_recorders_read_them() -> None:
    read_so_far = 0
    for number, case in enumerate(recorded(), 1):
        file = RECORDED / "xml" / "onvif-parsers" / f"{case['test']}_{number}.xml"
        (message,) = read_pulled(file.read_bytes())
        assert message.topic == "/".join(part.rpartition(":")[2] for part in case["topic"].split("/"))
        meaning = meaning_of(message.topic, MEANINGS)
        expected = " ".join(case["expect"])
        if meaning is None:
            assert "DoesNotExist" in message.topic
            continue
        active = state_of(message, meaning)
        if "event.value is None" in expected or "event.value == '0'" in expected:
            assert active is None, case["test"]
        elif case["test"].endswith("cleared"):
            assert active is False, case["test"]
        elif "event.value" in expected:
            assert active is True, case["test"]
        read_so_far += 1
    assert read_so_far >= 19
