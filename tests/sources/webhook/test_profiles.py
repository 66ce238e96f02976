"""What the makers' notifications mean, and that nothing in them breaks the reader."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.models.alarms import AlarmClass
from console.models.errors import ConsoleError
from console.models.signals import SignalKind
from console.sources.webhook import dahua, generic, hikvision
from console.sources.webhook.profiles import PROFILES, parse
from tests.sources.webhook.samples import (
    DAHUA_MOTION,
    DAHUA_STOP,
    HIK_FIELD,
    HIK_PARTS_TYPE,
    JPEG,
    hik,
    hik_parts,
)

SHARED = Path(__file__).parents[4] / "shared" / "testdata" / "alarm"


def test_that_a_field_detection_is_read() -> None:
    (notice,) = hikvision.read(HIK_FIELD, "application/xml", None)
    assert (notice.kind, notice.alarm_class, notice.priority) == (SignalKind.ALARM, AlarmClass.VIDEO, 2)
    assert notice.places == ("2-fielddetection", "fielddetection", "2")
    assert notice.text.zh == "区域入侵：东门（human）"
    assert notice.at == datetime(2026, 3, 14, 4, 5, tzinfo=UTC)
    assert (notice.details["regionID"], notice.details["macAddress"]) == ("3", "00:00:5e:00:53:07")
    assert notice.momentary
    assert notice.id


def test_that_a_picture_is_measured_and_not_kept() -> None:
    (notice,) = hikvision.read(hik_parts(), HIK_PARTS_TYPE, None)
    assert notice.raw == HIK_FIELD
    (picture,) = notice.details["pictures"]
    assert (picture["bytes"], len(picture["sha256"])) == (len(JPEG), 64)


def test_that_parts_are_read_without_a_boundary_in_the_head() -> None:
    assert hikvision.read(hik_parts(), "multipart/form-data", None)[0].code == "fielddetection"


@pytest.mark.parametrize(
    ("kind", "alarm_class", "of_device"),
    [
        ("IO", "intrusion", False),
        ("shelteralarm", "tamper", True),
        ("diskfull", "fault", True),
        ("VMD", "video", False),
    ],
)
def test_that_kinds_of_events_have_their_class(kind: str, alarm_class: str, of_device: bool) -> None:
    (notice,) = hikvision.read(hik(kind), "", None)
    assert (notice.alarm_class.value, notice.of_device) == (alarm_class, of_device)
    (over,) = hikvision.read(hik(kind, state="inactive"), "", None)
    assert over.kind is SignalKind.RESTORE


def test_that_an_alarm_input_is_named_by_its_number() -> None:
    (notice,) = hikvision.read(hik("IO", more="<inputIOPortID>4</inputIOPortID>"), "", None)
    assert notice.places == ("1-io-4", "io-4", "1")


def test_that_an_unknown_event_is_an_alarm_all_the_same() -> None:
    (notice,) = hikvision.read(hik("shiny-new"), "", None)
    assert (notice.kind, notice.text.en) == (SignalKind.ALARM, "Unknown event shiny-new: channel 1")


def test_that_chinese_without_a_declared_encoding_and_utf16_are_read() -> None:
    name = "<channelName>西门</channelName>"
    assert "西门" in hikvision.read(hik("VMD", more=name).decode().encode("gb18030"), "", None)[0].text.zh
    assert "西门" in hikvision.read(hik("VMD", more=name).decode().encode("utf-16"), "", None)[0].text.zh


def test_that_a_time_without_an_offset_is_read_in_the_sites_zone() -> None:
    body = hik("VMD", at="2026-03-14T12:05:00")
    assert hikvision.read(body, "", ZoneInfo("Asia/Shanghai"))[0].at == datetime(2026, 3, 14, 4, 5, tzinfo=UTC)
    assert hikvision.read(body, "", None)[0].at is None


def test_that_the_same_in_json_is_read() -> None:
    body = b'{"EventNotificationAlert": {"channelID": 3, "eventType": "linedetection", "eventState": "active"}}'
    (notice,) = hikvision.read(body, "application/json", None)
    assert notice.places[0] == "3-linedetection"


BOMB = b"""<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<EventNotificationAlert><eventType>&b;</eventType></EventNotificationAlert>"""
OUTSIDE = b"""<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<EventNotificationAlert><eventType>&x;</eventType></EventNotificationAlert>"""


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        OUTSIDE,
        BOMB.decode().encode("utf-16"),
        b"",
        b"<a/>",
        b"<EventNotificationAlert>",
        b"<EventNotificationAlert/>",
        b"{}",
        b"[" * 10000,
        b"<EventNotificationAlert>" + b"<a>" * 40 + b"</a>" * 40 + b"</EventNotificationAlert>",
        b"<EventNotificationAlert>" + b"<a/>" * 6000 + b"</EventNotificationAlert>",
        b"\xff\xd8\xff only a picture",
    ],
)
def test_that_xml_with_a_document_type_or_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(ConsoleError):
        hikvision.read(body, "", None)


def test_that_dahua_text_is_read() -> None:
    (begun,) = dahua.read(DAHUA_MOTION, "text/plain", None)
    assert (begun.kind, begun.places[0], begun.text.zh) == (
        SignalKind.ALARM,
        "1-VideoMotion",
        "移动侦测：通道 1（Yard）",
    )
    (over,) = dahua.read(DAHUA_STOP, "text/plain", None)
    assert (over.kind, over.places) == (SignalKind.RESTORE, begun.places)


def test_that_dahua_parts_json_and_pulses_are_read() -> None:
    parts = b"".join(b"--b\r\nContent-Type: text/plain\r\n\r\n" + one + b"\r\n" for one in (DAHUA_MOTION, DAHUA_STOP))
    assert [one.kind for one in dahua.read(parts, "multipart/x-mixed-replace; boundary=b", None)] == [
        SignalKind.ALARM,
        SignalKind.RESTORE,
    ]
    (pulse,) = dahua.read(b'{"Code": "AlarmLocal", "Action": "Pulse", "Index": 2, "Data": {}}', "", None)
    assert (pulse.momentary, pulse.places[0], pulse.alarm_class) == (True, "3-AlarmLocal", AlarmClass.INTRUSION)


def test_that_dahua_data_that_is_no_json_costs_no_event() -> None:
    (notice,) = dahua.read(b"Code=VideoBlind;action=Start;index=0;data=notjson", "", None)
    assert (notice.alarm_class, notice.of_device) == (AlarmClass.TAMPER, True)


def test_that_a_dahua_heartbeat_is_no_event_and_no_mistake() -> None:
    assert dahua.read(b"Heartbeat", "", None) == []
    with pytest.raises(ConsoleError):
        dahua.read(b"nothing", "", None)


samples = st.sampled_from(
    [HIK_FIELD, hik_parts(), hik("VMD"), DAHUA_MOTION, DAHUA_STOP, BOMB, b'{"point": "p", "state": "alarm"}']
)
types = st.sampled_from(["", "application/json", HIK_PARTS_TYPE, "multipart/x; boundary=", "multipart/x; boundary=-"])


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A sample with some bytes taken out and others put in."""
    body = draw(samples)
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 40)))
    return body[:start] + draw(st.binary(max_size=20)) + body[end:]


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(damaged(), st.binary(max_size=300), st.text(max_size=200).map(str.encode)),
    types,
    st.sampled_from(sorted(PROFILES)),
)
def test_that_no_body_breaks_a_profile(body: bytes, content_type: str, profile: str) -> None:
    notices = parse(body, content_type, profile)
    for notice in notices or []:
        assert all(place.isprintable() and len(place) <= 200 for place in notice.places)
        assert len(notice.text.zh) <= 1100
        assert notice.text.zh.isprintable()
        assert notice.code.isprintable()
        assert 1 <= notice.priority <= 4


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
FIELDS = (
    "point",
    "state",
    "class",
    "priority",
    "text",
    "at",
    "id",
    "code",
    "momentary",
    "Code",
    "Action",
    "Index",
    "Data",
    "eventType",
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=8), st.sampled_from(sorted(PROFILES)))
def test_that_no_json_value_breaks_a_profile(given_: dict[str, object], profile: str) -> None:
    import json

    parse(json.dumps(given_).encode(), "application/json", profile)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"point": ""}, '"point" must be 1 to 100 characters'),
        ({"point": "a\nb"}, '"point" must be'),
        ({"point": ["x"]}, '"point" must be'),
        ({"state": "on"}, '"state" must be one of alarm, restore, test, information.'),
        ({"state": ["alarm"]}, '"state" must be'),
        ({"class": "flood!"}, '"class" must be one of'),
        ({"priority": 5}, '"priority" must be a number from 1'),
        ({"priority": True}, '"priority" must be'),
        ({"text": 7}, '"text" must be a text'),
        ({"text": "x" * 501}, '"text" must be'),
        ({"at": "soon"}, '"at" must be a time in ISO 8601'),
        ({"at": "2026-03-14T12:00:00"}, '"at" lacks its offset'),
        ({"momentary": "yes"}, '"momentary" must be'),
    ],
)
def test_that_a_wrong_field_of_our_own_json_is_named(change: dict[str, object], sentence: str) -> None:
    import json

    body = json.dumps({"point": "door-1", "state": "alarm", **change}).encode()
    with pytest.raises(ConsoleError, match=sentence.split("(", maxsplit=1)[0].replace("[", r"\[")) as caught:
        generic.read(body, "", None)
    assert caught.value.text.zh


@pytest.mark.parametrize(
    "path", sorted((SHARED / "hikvision/ISAPI/EventNotificationAlert").glob("*.xml")), ids=lambda path: path.name
)
def test_that_notifications_of_real_hikvision_devices_are_read(path: Path) -> None:
    (notice,) = hikvision.read(path.read_bytes(), "application/xml", None)
    assert notice.kind is SignalKind.ALARM
    assert not notice.text.en.startswith("Unknown")
    assert notice.at is not None


def test_that_notifications_of_real_dahua_devices_are_read() -> None:
    path = SHARED / "dahua/samples.txt"
    if not path.is_file():
        pytest.skip("the recorded notifications are not here")
    body = path.read_bytes()
    body = body[body.index(b"--myboundary") :]
    notices = dahua.read(body, "multipart/x-mixed-replace; boundary=myboundary", None)
    assert [(one.kind.value, one.code) for one in notices] == [
        ("alarm", "VideoMotion"),
        ("restore", "VideoMotion"),
        ("alarm", "CrossLineDetection"),
        ("alarm", "VideoMotion"),
    ]


def test_that_a_name_that_cannot_be_printed_is_made_fit_for_the_screen() -> None:
    body = (
        b'<?xml version="1.0" encoding="UTF-8"?><EventNotificationAlert><channelID>2</channelID>'
        b"<eventType>\xee\x80\x80fielddetection</eventType><eventState>active</eventState></EventNotificationAlert>"
    )
    [notice] = parse(body, "", "hikvision") or []
    assert notice.places[0] == "2-fielddetection"
