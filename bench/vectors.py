"""The parsers of all inputs with real messages of their wires, and how a broken message is made to look whole again.

Messages of the field are added where the machine has them; without them those in here are used alone.
"""

import json
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from console.demo.onvif_camera.events import Happening
from console.models.ids import PointId, SourceId
from console.models.site import SourceSetup
from console.models.text import Text
from console.onvif.notification import read_pulled
from console.sources.gb26875 import clocks, objects
from console.sources.gb26875 import reading as gb_reading
from console.sources.gb26875 import wire as gb_wire
from console.sources.mqtt.reading import Stream, payload_signals
from console.sources.mqtt.setup import read_setup as read_mqtt
from console.sources.onvif_events.reading import Reader
from console.sources.onvif_events.setup import Device
from console.sources.onvif_events.setup import Setup as OnvifSetup
from console.sources.sia_dc09 import message, wire
from console.sources.sia_dc09 import reading as dc_reading
from console.sources.sia_dc09.events import read_dc03, read_dc05
from console.sources.sia_dc09.setup import Account
from console.sources.webhook.profiles import PROFILES, parse

AT = datetime(2026, 3, 14, 4, 5, tzinfo=UTC)
KEY = bytes(range(16))
CHINA = ZoneInfo("Asia/Shanghai")
FIELD = Path(__file__).resolve().parents[2] / "shared" / "testdata" / "alarm"


def _as_it_is(_dice: random.Random, data: bytes) -> bytes:
    return data


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """`read` gives how many signals came of some bytes; `repaired` mends check sums in half of the broken messages."""

    vectors: tuple[bytes, ...]
    read: Callable[[bytes], int]
    repaired: Callable[[random.Random, bytes], bytes] = _as_it_is


# ------------------------------------------------------------------------------------------------ DC-09
def _dc09() -> Parser:
    account = Account(id="1234", key="k", zones={"12": PointId("door"), "door-3": PointId("lobby")})
    stamp = wire.stamp(AT)
    bodies = [
        f'"SIA-DCS"0001L0#1234[#1234|Nri1/BA12^东门^]{stamp}'.encode(),
        '"SIA-DCS"0002R1L0#1234[#1234|Nti10:11/ri1/BA5/FA3/id7/CL1][I二楼西侧红外][X116E23.5][Y39N54.1][H11:12:13,03-14-2026]'.encode(),
        '"SIA-DCS"0003L0#1234[#1234|NBA12][I二楼西侧红外]'.encode("gb18030"),
        b'"ADM-CID"0004L0#1234[#1234|1130 01 012]' + stamp.encode(),
        b'"ADM-CID"0005L0#1234[#1234|3401 00 007|6130 01 012]',
        b'"NULL"0000R0L0#1234[]' + stamp.encode(),
        b'"SIA-DCS"9999L0#FFFFFF[#FFFFFF|NZQ99][V"http://192.0.2.1/x"]',
        b'"*SIA-DCS"0006L0#1234[' + wire.encrypt(KEY, f"#1234|NFA3]{stamp}".encode()),
        b'"*ADM-CID"0007L0#1234[' + wire.encrypt(KEY, f"#1234|1110 01 003]{stamp}".encode()),
        b'"*NULL"0000L0#1234[' + wire.encrypt(KEY, f"]{stamp}".encode()),
    ]
    vectors = [wire.frame(body) for body in bodies]
    vectors += [wire.frame(bodies[0], binary_crc=True), vectors[0] + vectors[3], vectors[0][:17], vectors[0] + b"\0\0", b"\n\r"]
    known = {"SIA-DCS": read_dc03, "ADM-CID": read_dc05}

    def read(data: bytes) -> int:
        framer = wire.Framer()
        half = len(data) // 2
        told = 0
        for frame in (*framer.feed(data[:half]), *framer.feed(data[half:])):
            head = message.read_head(frame.body) if frame.crc_ok else None
            if head is None:
                continue
            clear = wire.decrypt(KEY, head.content) if head.encrypted else head.content
            content = message.read_content(clear, CHINA) if clear is not None else None
            received = dc_reading.Received(
                source=SourceId("s"), frame=frame, head=head, account_id=head.account or "?", content=content,
                account=account if head.account == account.id else None, sender="192.0.2.1:5", at=AT,
            )  # fmt: skip
            if content is None or head.format not in known:
                dc_reading.unreadable(received, Text("x", "x"))
                continue
            told += len(dc_reading.signals_of(received, known[head.format](message.split_data(content.data)[1])))
        return told

    def repaired(dice: random.Random, data: bytes) -> bytes:
        """Most receivers' faults lie behind the check sum: half of the bodies get one that is right, some in cipher."""
        start, end = data.find(b'"'), data.rfind(b"\r")
        if dice.randrange(2) or start < 0 or end <= start:
            return data
        body = data[start:end].replace(b"\r", b"").replace(b"\n", b"")[: wire.MAX_BODY]
        if not dice.randrange(8):
            inside = body.partition(b"[")[2]
            body = b'"*SIA-DCS"0006L0#1234[' + wire.encrypt(KEY, inside[:400])
        return wire.frame(body, binary_crc=not dice.randrange(8))

    return Parser(vectors=tuple(vectors), read=read, repaired=repaired)


# ------------------------------------------------------------------------------------------------ GB/T 26875.3
def _gb26875() -> Parser:
    # The standard's own examples: a fire, a mains fault, an answered duty check, and a duty check of a centre.
    given = [
        "40400100010120 3A091A090C 790300000000 385B01000000 3000 02 02 01 01 01 28 0A00 0200 0200"
        + "20" * 30
        + "00 02 3A091A090C 46 2323",
        "40400100010120 3A091A090C 790300000000 385B01000000 0900 02 15 01 08 02 3A091A090C 42 2323",
        "40400100010120 3A091A090C 790300000000 385B01000000 0A00 02 18 01 20 01 02 3A091A090C 5F 2323",
        "40400100010120 3A091A090C 385B01000000 790300000000 0300 01 5B 01 0A 0F 2323",
    ]
    vectors = [bytes.fromhex(one.replace(" ", "")) for one in given]
    stamp = clocks.write(AT, clocks.Style.BINARY, CHINA)
    bcd = clocks.write(AT, clocks.Style.BCD, CHINA)
    part = bytes((1, 1, 40)) + bytes((10, 0, 2, 0)) + b"\x06\x00" + objects.write_gb18030("三层东走廊") + stamp
    contents = [
        bytes((objects.PART_STATE, 2)) + part + part,
        bytes((objects.SYSTEM_STATE, 1, 1, 1, 2, 0)) + bcd,
        bytes((objects.DEVICE_STATE, 1, 8)) + stamp,
        bytes((3, 1, 1, 1, 40, 10, 0, 2, 0, 3, 200, 0)) + stamp,
        bytes((4, 1, 1, 1, 1, 7)) + stamp,
        b"",
    ]
    for number, data in enumerate(contents):
        vectors.append(gb_wire.report(number, stamp, 889, 88888, data))
    vectors += [vectors[0] + vectors[1], vectors[0][:20], b"@@" * 4, vectors[4] + b"##" + vectors[5]]
    from console.sources.gb26875.setup import Peer

    peer = Peer(address=889, parts={"1-1-10.2": PointId("smoke"), "device": PointId("box")})

    def read(data: bytes) -> int:
        told = 0
        memory: gb_reading.Memory = {}
        for frame, content in objects.parse(data):
            if isinstance(frame, gb_wire.Damaged) or content is None:
                continue
            style = clocks.tell_style(frame.clock, CHINA, AT, None)
            received = gb_reading.Received(
                source=SourceId("s"), frame=frame, peer=peer if frame.source == peer.address else None, style=style,
                zone=CHINA, sender="192.0.2.1:5", at=AT, remembers=True,
            )  # fmt: skip
            made = gb_reading.read(received, content, memory)
            memory = made.memory
            told += len(made.signals)
        return told

    def repaired(dice: random.Random, data: bytes) -> bytes:
        """Half of the frames get a length and a check sum that are right."""
        if dice.randrange(2) or len(data) < 30 or len(data) > 1054:
            return data
        whole = bytearray(data)
        whole[:2], whole[-2:] = b"@@", b"##"
        whole[24:26] = (len(whole) - 30).to_bytes(2, "little")
        whole[-3] = sum(whole[2:-3]) & 0xFF
        return bytes(whole)

    return Parser(vectors=tuple(vectors), read=read, repaired=repaired)


# ------------------------------------------------------------------------------------------------ webhook
def _webhook() -> Parser:
    hik = (
        b'<?xml version="1.0" encoding="UTF-8"?><EventNotificationAlert version="2.0" '
        b'xmlns="http://www.hikvision.com/ver20/XMLSchema"><ipAddress>192.0.2.7</ipAddress><channelID>2</channelID>'
        b"<dateTime>2026-03-14T12:05:00+08:00</dateTime><activePostCount>1</activePostCount><eventType>fielddetection"
        b"</eventType><eventState>active</eventState><DetectionRegionList><DetectionRegionEntry><regionID>3</regionID>"
        b"</DetectionRegionEntry></DetectionRegionList><channelName>\xe4\xb8\x9c\xe9\x97\xa8</channelName></EventNotificationAlert>"
    )
    parts = (
        b'--B\r\nContent-Disposition: form-data; name="event"\r\nContent-Type: application/xml\r\n\r\n' + hik
        + b'\r\n--B\r\nContent-Disposition: form-data; name="p"\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\xff\xd9\r\n--B--\r\n'
    )  # fmt: skip
    own = json.dumps(
        {"point": "door-1", "state": "alarm", "class": "access", "priority": 2, "text": {"zh": "强行开门", "en": "Forced"},
         "at": "2026-03-14T12:05:00+08:00", "id": "4711", "momentary": True}, ensure_ascii=False
    ).encode()  # fmt: skip
    vectors = [
        own, own, b'{"point": 7, "state": "restore"}', hik, parts,
        b'{"EventNotificationAlert": {"eventType": "VMD", "channelID": 1, "eventState": "active", "dateTime": "2026-03-14T12:05:00Z"}}',
        b'Code=VideoMotion;action=Start;index=0;data={\n "Id" : [ 0 ], "Name" : "Yard"\n}\n', b"Code=VideoMotion;action=Stop;index=0",
        b"--myboundary\r\nContent-Type: text/plain\r\nContent-Length:39\r\n\r\nCode=AlarmLocal;action=Start;index=3\r\n\r\n",
        *(file.read_bytes()[:4096] for file in _files("hikvision", "dahua")),
    ]  # fmt: skip
    types = ("application/json", "application/xml", "multipart/form-data; boundary=B", "multipart/x-mixed-replace; boundary=myboundary", "")
    names = tuple(PROFILES)

    def read(data: bytes) -> int:
        turn = sum(data[:64])
        name, kind = names[turn % len(names)], types[turn // 3 % len(types)]
        if turn % 4:  # mostly in its maker's hands, and as what it is
            name = "hikvision" if b"EventNotif" in data else "dahua" if b"Code=" in data else "generic"
            boundary = data[2:].partition(b"\r")[0][:40].decode("latin-1") if data.startswith(b"--") else ""
            kind = f"multipart/mixed; boundary={boundary}" if boundary else types[1] if data[:1] == b"<" else types[0]
        return len(parse(data, kind, name, CHINA) or ())

    return Parser(vectors=tuple(vectors), read=read)


# ------------------------------------------------------------------------------------------------ MQTT
def _mqtt() -> Parser:
    streams: tuple[tuple[Stream, tuple[str, ...]], ...] = (
        (_stream(profile="frigate"), ("frigate/reviews", "frigate/available", "frigate/front/status/detect", "frigate/triggers")),
        (_stream(profile="zigbee2mqtt"), ("zigbee2mqtt/door", "zigbee2mqtt/door/availability", "zigbee2mqtt/bridge/state")),
        (
            _stream(profile="home_assistant"),
            ("homeassistant/alarm_control_panel/a/state", "homeassistant/binary_sensor/a_door/state", "homeassistant/status"),
        ),
        (
            _stream(topic="t/{a}", state="$.a[0].b", active=["x", "> 1"], time="$.t", priority="$.p", text={"zh": "{a}", "en": "{a}"}),
            ("t/1",),
        ),
    )
    wanted = tuple((stream, topic) for stream, topics in streams for topic in topics)
    said: list[Any] = [
        {"type": "new", "before": {}, "after": {"id": "1.2-x", "camera": "front", "severity": "alert", "start_time": 1773400000.1,
         "end_time": None, "data": {"objects": ["person"], "zones": ["yard"], "detections": ["1"], "audio": [], "sub_labels": []}}},
        {"type": "end", "before": {}, "after": {"id": "1.2-x", "camera": "front", "severity": "detection", "end_time": 1.0, "data": {}}},
        {"occupancy": True, "contact": False, "smoke": True, "water_leak": False, "tamper": False, "battery": 12, "battery_low": True},
        {"action": "emergency", "linkquality": 5}, {"state": "online"}, {"a": [{"b": 2}], "t": "2026-03-14T12:00:00Z", "p": 1},
    ]  # fmt: skip
    vectors = [json.dumps(one).encode() for one in said] + [b"online", b"triggered", b"ON", b"disarmed", b"1", b"offline", b"armed_away"]
    vectors += [file.read_bytes()[:4096] for file in _files("mqtt")]

    def read(data: bytes) -> int:
        stream, topic = wanted[sum(data[:64]) % len(wanted)]
        return len(payload_signals(stream, topic, data, AT))

    return Parser(vectors=tuple(vectors), read=read)


def _stream(**entry: Any) -> Stream:
    mistakes: list[Text] = []
    options = {"host": "127.0.0.1", "port": 1883, "map": [entry]}
    read = read_mqtt(SourceSetup(id=SourceId("s"), kind="mqtt", name=Text("s", "s"), options=options), mistakes)
    if mistakes:
        raise SystemExit(mistakes[0].en)
    return read.streams[0]


# ------------------------------------------------------------------------------------------------ ONVIF
def _onvif() -> Parser:
    v1, on, rule, line = (("Source", "v1"),), (("State", "true"),), (("Rule", "r1"),), (("InputToken", "1"),)
    happenings = [
        Happening(topic="tns1:VideoSource/MotionAlarm", at=AT, source=v1, data=on, operation="Changed"),
        Happening(topic="tns1:RuleEngine/LineDetector/Crossed", at=AT, source=rule, data=(("ObjectId", "5"),)),
        Happening(topic="tns1:Device/Trigger/DigitalInput", at=AT, source=line, data=on, operation="Initialized"),
        Happening(topic="tns1:RecordingConfig/TrackState", at=AT, source=v1, operation="Deleted"),
    ]
    vectors = [_pulled(happenings[:n]) for n in (1, 2, 4)] + [_pulled([one]) for one in happenings]
    vectors += [file.read_bytes()[:8192] for file in _files("onvif/xml")][:40]
    device = Device(id="cam-1", name=Text("x", "x"), address="http://192.0.2.1")

    def read(data: bytes) -> int:
        reader = Reader(SourceId("s"), device, OnvifSetup(points={}))
        return sum(reader.read(one, AT) is not None for one in read_pulled(data))

    def repaired(dice: random.Random, data: bytes) -> bytes:
        """What is no XML goes no further: two of three are made well-formed again around what is broken."""
        if not dice.randrange(3):
            return data
        try:
            root = etree.fromstring(data, etree.XMLParser(recover=True, resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError:
            return data
        return data if root is None else bytes(etree.tostring(root))

    return Parser(vectors=tuple(vectors), read=read, repaired=repaired)


def _pulled(happenings: Iterable[Happening]) -> bytes:
    inside = "".join(one.xml() for one in happenings)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:tt="http://www.onvif.org/ver10/schema" '
        'xmlns:tev="http://www.onvif.org/ver10/events/wsdl" xmlns:tns1="http://www.onvif.org/ver10/topics"><s:Body>'
        f"<tev:PullMessagesResponse>{inside}</tev:PullMessagesResponse></s:Body></s:Envelope>"
    ).encode()


def _files(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (FIELD / folder).rglob("*") if file.is_file())


PARSERS: Mapping[str, Callable[[], Parser]] = {
    "dc09": _dc09,
    "gb26875": _gb26875,
    "webhook": _webhook,
    "mqtt": _mqtt,
    "onvif": _onvif,
}
