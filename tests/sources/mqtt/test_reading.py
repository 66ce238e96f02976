"""What each sender's payloads say, by the samples of the field and by whatever else may come."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.models.ids import SourceId
from console.models.signals import Signal, SignalKind
from console.models.text import Text
from console.sources.mqtt.edges import Edges
from console.sources.mqtt.fact import Fact, Nonsense, Says
from console.sources.mqtt.paths import MISSING, fill, look_up, match, path_parts, topic_filter
from console.sources.mqtt.reading import Message, Stream, facts_of, payload_signals, profiles, signals_of
from console.sources.mqtt.setup import read_setup
from tests.sources.mqtt.conftest import mqtt_setup

AT = datetime(2026, 3, 14, 4, tzinfo=UTC)
FIELD = Path(__file__).parents[4] / "shared" / "testdata" / "alarm" / "mqtt"
ACTIVE, NORMAL = Says.ACTIVE, Says.NORMAL


def stream(**entry: Any) -> Stream:
    mistakes: list[Text] = []
    read = read_setup(mqtt_setup(1883, entry), mistakes)
    assert mistakes == []
    return read.streams[0]


def said(of: Stream, topic: str, payload: object) -> list[tuple[Says, str, str]]:
    raw = payload if isinstance(payload, bytes) else (payload if isinstance(payload, str) else json.dumps(payload)).encode()
    return [(fact.says, fact.condition, fact.alarm_class.value) for fact in facts_of(of, topic, raw)]


def play(of: Stream, *messages: tuple[str, object]) -> list[Signal]:
    edges, found = Edges(), []
    for topic, payload in messages:
        raw = (payload if isinstance(payload, str) else json.dumps(payload)).encode()
        found += signals_of(SourceId("smart"), of, Message(topic=topic, payload=raw), AT, edges)
    return found


def review(kind: str, ident: str, severity: str = "alert", camera: str = "gate", **data: Any) -> tuple[str, object]:
    after = {"id": ident, "camera": camera, "severity": severity, "start_time": 1607123955.4, "end_time": None}
    return "frigate/reviews", {"type": kind, "before": {}, "after": {**after, "data": data}}


# ------------------------------------------------------------------ topics, paths, texts


@pytest.mark.parametrize(
    ("pattern", "wanted", "topic", "named"),
    [
        ("a/{b}/+/c", "a/+/+/c", "a/1/2/c", {"b": "1"}),
        ("a/{rest}#", "a/#", "a/1/2", {"rest": "1/2"}),
        ("a/#", "a/#", "a", {}),
        ("a/+", "a/+", "a/1/2", None),
        ("#", "#", "$SYS/uptime", None),
    ],
)
def test_that_named_levels_are_holes_for_the_broker(pattern: str, wanted: str, topic: str, named: Any) -> None:
    assert topic_filter(pattern) == wanted
    assert match(pattern, topic) == named


@pytest.mark.parametrize("pattern", ["", "a/#/b", "a+/b", "a/{b}c", "a\0"])
def test_that_a_pattern_that_mqtt_forbids_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        topic_filter(pattern)


def test_that_a_path_leads_into_objects_and_lists_and_nowhere_else() -> None:
    value = {"a": [{"b c": 1}], "d": None}
    assert look_up(value, path_parts("$.a[0].b c")) == 1
    assert look_up(value, path_parts("d")) is None
    assert look_up(value, path_parts("$.a[1]")) is MISSING
    assert look_up(value, path_parts("$.d.e")) is MISSING
    assert look_up(value, path_parts("$")) is value


def test_that_a_text_is_filled_and_never_evaluated() -> None:
    assert fill("{x} {$.a} {y} {x.__class__}", {"x": "1\n2"}, {"a": "b"}) == "1 2 b  "


@pytest.mark.parametrize(
    ("active", "value", "is_so"),
    [
        ([">= 60"], 60, True),
        (["< 5"], "4.9", True),
        ([">60"], "warm", False),
        (["open"], "OPEN ", True),
        ([1], "1.0", True),
        ([True], 1, False),
        ([True], "true", True),
    ],
)
def test_that_states_compare_as_a_technician_means_them(active: list[Any], value: Any, is_so: bool) -> None:
    of = stream(topic="t", state="$.s", active=active)
    assert said(of, "t", {"s": value})[0][0] is (ACTIVE if is_so else NORMAL)


def test_that_a_state_neither_active_nor_normal_is_told_and_not_guessed() -> None:
    of = stream(topic="t", active=["on"], normal=["off"])
    with pytest.raises(Nonsense, match="half"):
        facts_of(of, "t", b"half")


def test_that_class_priority_point_time_and_text_may_come_from_the_payload() -> None:
    of = stream(topic="b/{room}", active=["*"], state="$.s", point="p-{room}", priority="$.p", time="$.t",
                text={"zh": "{room} {$.n}", "en": "{room}"}, **{"class": "$.k"})  # fmt: skip
    payload = {"s": "*", "k": "fire", "p": 9, "t": 1773460800000, "n": "烟"}
    (fact,) = facts_of(of, "b/7", json.dumps(payload).encode())
    assert (fact.point, fact.alarm_class, fact.priority, fact.text.zh) == ("p-7", "fire", 4, "7 烟")
    assert fact.source_at == AT


def test_that_gb18030_is_read_too() -> None:
    of = stream(topic="t", state="$.s", active=["报警"])
    assert said(of, "t", '{"s": "报警"}'.encode("gb18030"))[0][0] is ACTIVE


# ------------------------------------------------------------------ Frigate


def test_that_a_review_is_one_alarm_from_its_beginning_to_its_end() -> None:
    of = stream(profile="frigate", points={"gate": "video-gate"})
    found = play(
        of,
        review("new", "r1", objects=["person-verified"], zones=["yard"], sub_labels=["Wang"]),
        review("update", "r1", objects=["person"]),
        review("end", "r1"),
    )
    assert [one.kind for one in found] == [SignalKind.ALARM, SignalKind.RESTORE]
    assert (found[0].point, found[0].text_zh, found[0].text_en) == (
        "video-gate",
        "gate 发现人员 区域 yard Wang",
        "gate: person zone yard Wang",
    )
    assert found[0].details["review"] == "r1"
    assert found[0].source_at is not None


def test_that_a_detection_is_information_until_it_becomes_an_alert() -> None:
    of = stream(profile="frigate")
    found = play(
        of, review("new", "r1", "detection"), review("update", "r1", "detection"), review("update", "r1"),
        review("end", "r1"),
    )  # fmt: skip
    assert [one.kind for one in found] == [SignalKind.INFORMATION, SignalKind.ALARM, SignalKind.RESTORE]
    loud = play(stream(profile="frigate", detections=True), review("new", "r1", "detection"), review("update", "r1"))
    assert [(one.kind, one.priority) for one in loud] == [(SignalKind.ALARM, 3), (SignalKind.ALARM, 2)]


def test_that_a_review_whose_beginning_was_missed_is_not_lost() -> None:
    (missed,) = play(stream(profile="frigate"), review("end", "r9"))
    assert (missed.kind, missed.momentary) == (SignalKind.ALARM, True)


def test_that_two_reviews_of_a_camera_end_with_the_second() -> None:
    found = play(
        stream(profile="frigate"), review("new", "r1"), review("new", "r2"), review("end", "r1"), review("end", "r2")
    )
    assert [one.kind for one in found] == [SignalKind.ALARM, SignalKind.ALARM, SignalKind.RESTORE]


def test_that_frigate_and_its_cameras_say_how_they_are() -> None:
    of = stream(profile="frigate")
    assert said(of, "frigate/available", "offline") == [(Says.ILL, "available", "intrusion")]
    assert said(of, "frigate/available", "online")[0][0] is Says.WELL
    found = play(of, *(("frigate/yard/status/detect", word) for word in ("online", "offline", "offline", "online")))
    assert [(one.kind, one.alarm_class) for one in found] == [("alarm", "fault"), ("restore", "fault")]


def test_that_other_topics_of_frigate_raise_nothing() -> None:
    if not FIELD.is_dir():
        pytest.skip("the recorded payloads are not here")
    of = stream(profile="frigate")
    for file in sorted((FIELD / "frigate").glob("*.json")):
        topic = "frigate/events" if "events" in file.name else "frigate/tracked_object_update"
        assert facts_of(of, topic, file.read_bytes()) == ()
        with pytest.raises(Nonsense, match="review"):  # and as a review none of them is taken for one
            facts_of(of, "frigate/reviews", file.read_bytes())


# ------------------------------------------------------------------ Zigbee2MQTT


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ({"contact": True, "linkquality": 128}, [(NORMAL, "contact", "access")]),
        ({"contact": False, "tamper": True}, [(ACTIVE, "contact", "access"), (ACTIVE, "tamper", "tamper")]),
        ({"battery": "100.00", "water_leak": False}, [(NORMAL, "water_leak", "flood"), (NORMAL, "battery", "power")]),
        ({"battery": 12}, []),
        ({"battery": 8}, [(ACTIVE, "battery", "power")]),
        ({"battery": 8, "battery_low": False}, [(NORMAL, "battery_low", "power")]),
        ({"smoke": True}, [(ACTIVE, "smoke", "fire")]),
        ({"action": "emergency"}, [(Says.HAPPENED, "action", "panic")]),
        ({"occupancy": "maybe", "state": "OFF"}, []),
    ],
)
def test_that_the_state_of_a_zigbee_device_is_read(state: dict[str, Any], wanted: list[Any]) -> None:
    assert said(stream(profile="zigbee2mqtt"), "zigbee2mqtt/ground/back door", state) == wanted


def test_that_attribute_topics_availability_and_the_bridge_are_read() -> None:
    of = stream(profile="zigbee2mqtt", base="z2m")
    assert said(of, "z2m/ground/door/contact", "false") == [(ACTIVE, "contact", "access")]
    assert said(of, "z2m/plug/state", "OFF") == said(of, "z2m/plug/linkquality", "5") == []
    assert said(of, "z2m/ground/door/availability", '{"state":"offline"}') == [(ACTIVE, "availability", "comms")]
    assert said(of, "z2m/bridge/state", "online")[0][0] is Says.WELL
    assert said(of, "z2m/bridge/state", {"state": "offline"})[0][0] is Says.ILL
    assert facts_of(of, "z2m/bridge/devices", b"[" * 1_000_000) == ()
    assert said(of, "z2m/door/set", {"contact": False}) == []


def test_that_the_recorded_states_of_the_field_are_read_and_repeat_nothing() -> None:
    if not FIELD.is_dir():
        pytest.skip("the recorded payloads are not here")
    samples = [one for one in json.loads((FIELD / "zigbee2mqtt_samples.json").read_text("utf-8")) if "topic" in one]
    for base in ("zigbee", "zigbee2mqtt"):
        of = stream(profile="zigbee2mqtt", base=base)
        mine = [(one["topic"], one["payload"]) for one in samples if one["topic"].startswith(f"{base}/")]
        once = play(of, *mine)
        assert [one.kind for one in once].count(SignalKind.ALARM) == (0 if base == "zigbee" else 2)
        assert [one.code for one in play(of, *mine, *mine)] == [one.code for one in once]


# ------------------------------------------------------------------ Home Assistant


def test_that_a_panel_and_sensors_of_home_assistant_are_read() -> None:
    of = stream(profile="home_assistant", classes={"cellar": "flood"}, points={"hall_smoke": "smoke-1"})
    panel = "homeassistant/alarm_control_panel/home/state"
    found = play(of, *((panel, word) for word in ("armed_away", "pending", "triggered", "triggered", "disarmed")))
    assert [one.kind for one in found] == [SignalKind.INFORMATION, SignalKind.ALARM, SignalKind.RESTORE]
    (smoke,) = play(of, ("homeassistant/binary_sensor/hall_smoke/state", "on"))
    assert (smoke.point, smoke.alarm_class, smoke.priority) == ("smoke-1", "fire", 1)
    (water,) = play(of, ("homeassistant/binary_sensor/cellar/state", "on"))
    assert water.alarm_class == "flood"
    assert play(of, ("homeassistant/binary_sensor/kitchen_light/state", "on")) == []
    gone = play(of, *(("homeassistant/binary_sensor/hall_smoke/state", word) for word in ("unavailable", "off")))
    assert [(one.kind, one.alarm_class) for one in gone] == [("alarm", "comms"), ("restore", "comms")]


# ------------------------------------------------------------------ edges, and anything at all


def test_that_memory_is_bounded_and_forgets_the_oldest() -> None:
    edges = Edges()
    for number in range(10_001):
        edges.news(f"p{number}", Fact(says=ACTIVE, device="d"))  # type: ignore[arg-type]
    assert edges.news("p10000", Fact(says=ACTIVE, device="d")) is None  # type: ignore[arg-type]
    assert edges.news("p0", Fact(says=ACTIVE, device="d")) is not None  # type: ignore[arg-type]


STREAMS = [
    (stream(profile="frigate"), ["frigate/reviews", "frigate/available", "frigate/a/status/b"]),
    (stream(profile="zigbee2mqtt"), ["zigbee2mqtt/a", "zigbee2mqtt/a/contact", "zigbee2mqtt/bridge/state"]),
    (
        stream(profile="home_assistant"),
        ["homeassistant/binary_sensor/a_door/state", "homeassistant/alarm_control_panel/a/state", "homeassistant/status"],
    ),
    (stream(topic="t/{a}", state="$.a[0].b", active=["x", "> 1"], time="$.t", priority="$.p"), ["t/1"]),
]
WORDS = st.sampled_from(
    ["type", "after", "new", "end", "id", "camera", "severity", "data", "objects", "contact", "battery", "smoke",
     "action", "state", "online", "on", "off", "a", "b", "t", "p", "start_time"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=6),
    max_leaves=12,
)


@given(which=st.integers(0, 3), number=st.integers(0, 2), payload=st.binary(max_size=60) | JSON.map(lambda v: json.dumps(v).encode()))
@settings(max_examples=600, deadline=None)
def test_that_no_payload_whatever_ends_in_an_error(which: int, number: int, payload: bytes) -> None:
    of, topics = STREAMS[which]
    for one in payload_signals(of, topics[number % len(topics)], payload, AT):
        assert one.kind in SignalKind
        assert len(one.text_zh) < 2000
        assert not any(sign.isspace() for sign in one.point)


def test_that_every_profile_has_its_names() -> None:
    assert set(profiles()) == {"frigate", "home_assistant", "zigbee2mqtt"}
    assert all(one.key == name and one.name.zh and one.name.en for name, one in profiles().items())


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"profile": "shelly"}, 'There is no profile "shelly"'),
        ({"profile": "frigate", "base": "a/+"}, '"base" cannot be "a/+"'),
        ({"profile": "frigate", "classes": {"a": "burglary"}}, 'No alarm class "burglary"'),
        ({"topic": "a/#/b"}, '"a/#/b" is no topic'),
        ({"topic": "a", "state": "$..a["}, '"state" is no path'),
        ({"topic": "a", "normal": [1]}, '"normal" needs "active"'),
        ({"topic": "a", "priority": 7}, '"priority" has to be 1 to 4'),
        ({"topic": "a", "stat": "x"}, 'There is no option "stat"'),
    ],
)
def test_that_a_mistake_in_the_mapping_is_named(entry: dict[str, Any], says: str) -> None:
    mistakes: list[Text] = []
    read_setup(mqtt_setup(1883, entry), mistakes)
    assert any(says in one.en for one in mistakes), mistakes
    assert all(one.zh for one in mistakes)
