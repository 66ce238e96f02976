"""Notifications of Hikvision cameras and recorders: ISAPI `EventNotificationAlert`, as XML, as JSON, or with pictures.

A device posts an event again every second while it lasts, and most events are never told to be over. Pictures that come
along are not kept: their size and digest are, and the console takes its own.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final
from xml.parsers import expat

from console.models.alarms import AlarmClass, Priority
from console.models.errors import ConsoleError
from console.models.signals import SignalKind
from console.models.text import Text
from console.sources.moments import moment
from console.sources.webhook.notices import Meaning, Notice, clipped, is_picture, meaning, parts_of, picture, text_of
from console.sources.words import printable

ROOT: Final = "EventNotificationAlert"
MAX_ELEMENTS: Final = 5000
MAX_DEPTH: Final = 32
LONGEST: Final = 100
_KEPT: Final = (
    "ipAddress", "macAddress", "channelName", "eventDescription", "detectionTarget", "regionID", "relationEvent",
    "activePostCount", "inputIOPortID", "serialNumber", "licensePlate",
)  # fmt: skip
_C = AlarmClass
_P = Priority

# eventType in lower case -> what it means. What is about the device itself keeps its class at any point.
EVENTS: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        "vmd": meaning(_C.VIDEO, "移动侦测", "Motion", priority=_P.MEDIUM, momentary=True),
        "linedetection": meaning(_C.VIDEO, "越界侦测", "Line crossed", momentary=True),
        "fielddetection": meaning(_C.VIDEO, "区域入侵", "Intrusion into an area", momentary=True),
        "regionentrance": meaning(_C.VIDEO, "进入区域", "Area entered", momentary=True),
        "regionexiting": meaning(_C.VIDEO, "离开区域", "Area left", priority=_P.MEDIUM, momentary=True),
        "loitering": meaning(_C.VIDEO, "徘徊", "Loitering", priority=_P.MEDIUM, momentary=True),
        "group": meaning(_C.VIDEO, "人员聚集", "People gather", priority=_P.MEDIUM, momentary=True),
        "rapidmove": meaning(_C.VIDEO, "快速移动", "Fast movement", priority=_P.MEDIUM, momentary=True),
        "parking": meaning(_C.VIDEO, "违停", "Parking", priority=_P.LOW, momentary=True),
        "unattendedbaggage": meaning(_C.VIDEO, "物品遗留", "Object left behind", momentary=True),
        "attendedbaggage": meaning(_C.VIDEO, "物品拿取", "Object taken away", momentary=True),
        "audioexception": meaning(_C.VIDEO, "声音异常", "Unusual sound", priority=_P.MEDIUM, momentary=True),
        "firedetection": meaning(_C.FIRE, "烟火检测", "Fire seen by a camera", momentary=True),
        "smokedetection": meaning(_C.FIRE, "烟雾检测", "Smoke seen by a camera", momentary=True),
        "firesmokedetect": meaning(_C.FIRE, "烟火检测", "Fire or smoke seen by a camera", momentary=True),
        "thermometry": meaning(_C.VIDEO, "温度异常", "Unusual temperature", momentary=True),
        "tma": meaning(_C.VIDEO, "温度报警", "Temperature alarm", momentary=True),
        "pir": meaning(_C.INTRUSION, "人体红外报警", "Passive infrared alarm", momentary=True),
        "io": meaning(_C.INTRUSION, "报警输入", "Alarm input"),
        "shelteralarm": meaning(_C.TAMPER, "视频遮挡", "Camera covered", of_device=True),
        "tamperdetection": meaning(_C.TAMPER, "视频遮挡", "Camera covered", of_device=True),
        "scenechangedetection": meaning(_C.TAMPER, "场景变更", "Camera turned away", momentary=True, of_device=True),
        "videoloss": meaning(_C.FAULT, "视频丢失", "Video lost", of_device=True),
        "defocus": meaning(_C.FAULT, "虚焦", "Out of focus", momentary=True, of_device=True),
        "badvideo": meaning(_C.FAULT, "视频异常", "Bad video", momentary=True, of_device=True),
        "videomismatch": meaning(_C.FAULT, "视频制式不符", "Video standard differs", momentary=True, of_device=True),
        "diskfull": meaning(_C.FAULT, "硬盘满", "Disk full", of_device=True),
        "diskerror": meaning(_C.FAULT, "硬盘错误", "Disk fault", of_device=True),
        "storagedetection": meaning(_C.FAULT, "存储异常", "Storage fault", of_device=True),
        "recordingfailure": meaning(_C.FAULT, "录像异常", "Recording failed", momentary=True, of_device=True),
        "nicbroken": meaning(_C.COMMS, "网络断开", "Network broken", of_device=True),
        "ipconflict": meaning(_C.COMMS, "IP 冲突", "Address conflict", momentary=True, of_device=True),
        "illaccess": meaning(_C.SYSTEM, "非法登录", "Login refused", momentary=True, of_device=True),
        "accesscontrollerevent": meaning(_C.ACCESS, "门禁事件", "Access event", momentary=True, information=True),
        "facedetection": meaning(_C.VIDEO, "人脸侦测", "Face seen", momentary=True, information=True),
        "anpr": meaning(_C.VIDEO, "车牌识别", "Number plate read", momentary=True, information=True),
        "vehicledetection": meaning(_C.VIDEO, "车辆检测", "Vehicle seen", momentary=True, information=True),
    }
)
_DURATION: Final = "duration"
_HEARTBEATS: Final = frozenset({"videoloss", "heartbeat"})
_INPUT: Final = "io"


def read(body: bytes, content_type: str, zone: tzinfo | None) -> list[Notice]:
    """Read a notification; raises ConsoleError where no event is in it."""
    found: list[tuple[bytes, dict[str, str]]] = []
    pictures: list[dict[str, Any]] = []
    for kind, inside in parts_of(body, content_type):
        if is_picture(kind, inside):
            pictures.append(picture(inside))
        elif inside.strip():
            found.append((inside, _fields(inside)))
    if not found:
        raise ConsoleError(
            zh="通知中没有 EventNotificationAlert。", en="No EventNotificationAlert is in the notification."
        )
    return [_notice(fields, inside, pictures, zone) for inside, fields in found]


def _notice(fields: Mapping[str, str], raw: bytes, pictures: list[dict[str, Any]], zone: tzinfo | None) -> Notice:
    fields = {name: printable(value) for name, value in fields.items()}
    told = fields.get("eventType", "").strip()
    if not told:
        raise ConsoleError(zh="通知中没有 eventType。", en="The notification has no eventType.")
    code = fields.get("relationEvent", told) if told.lower() == _DURATION else told
    means = EVENTS.get(code.lower()) or _unknown(code)
    active = fields.get("eventState", "active").strip().lower() != "inactive"
    channel = fields.get("channelID") or fields.get("dynChannelID") or "0"
    name = f"io-{fields['inputIOPortID']}" if code.lower() == _INPUT and fields.get("inputIOPortID") else code
    where = printable(fields.get("channelName", "")).strip()
    said = clipped(where or f"通道 {channel}", LONGEST), clipped(where or f"channel {channel}", LONGEST)
    target = clipped(printable(fields.get("detectionTarget", "")), 30)
    at = _at(fields.get("dateTime", ""), zone)
    ended = Text(f"{means.name.zh}结束", f"{means.name.en}: over")
    name_zh, name_en = (means.name.zh, means.name.en) if active else (ended.zh, ended.en)
    kind = SignalKind.ALARM if active else SignalKind.RESTORE
    return Notice(
        kind=SignalKind.INFORMATION if means.information or code.lower() == "heartbeat" else kind,
        places=(clipped(f"{channel}-{name}", LONGEST), clipped(name, LONGEST), clipped(channel, LONGEST)),
        code=clipped(printable(told), LONGEST),
        alarm_class=means.alarm_class,
        priority=int(means.priority if active else Priority.LOW),
        text=Text(
            f"{name_zh}：{said[0]}{f'（{target}）' if target else ''}",
            f"{name_en}: {said[1]}{f' ({target})' if target else ''}",
        ),
        at=at,
        id=hashlib.sha256(raw).hexdigest()[:32] if fields.get("dateTime") else "",
        momentary=means.momentary and active,
        of_device=means.of_device,
        stream=True,
        heartbeat=code.lower() in _HEARTBEATS and not (active and code.lower() == "videoloss"),
        raw=raw,
        details={
            **{field: clipped(printable(fields[field]), LONGEST) for field in _KEPT if fields.get(field)},
            "channel": clipped(printable(channel), LONGEST),
            **({"pictures": pictures} if pictures else {}),
            **({"retransmitted": True} if fields.get("isDataRetransmission") == "true" else {}),
        },
    )


def _unknown(code: str) -> Meaning:
    shown = clipped(printable(code), 60)
    return meaning(_C.VIDEO, f"未知事件 {shown}", f"Unknown event {shown}", priority=_P.MEDIUM, momentary=True)


def _at(written: str, zone: tzinfo | None) -> datetime | None:
    try:
        return moment(written.strip(), zone) if written.strip() else None
    except ConsoleError:
        return None


def _fields(inside: bytes) -> dict[str, str]:
    text = text_of(inside).strip()
    if text.startswith("{"):
        return _of_json(text)
    return _of_xml(text)


def _of_json(text: str) -> dict[str, str]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConsoleError(zh="通知不是有效的 JSON。", en="The notification is no JSON.") from error
    inside = given.get(ROOT, given) if isinstance(given, dict) else None
    if not isinstance(inside, dict):
        raise ConsoleError(zh="通知应为 JSON 对象。", en="The notification must be a JSON object.")
    return {
        str(name): str(value)
        for name, value in inside.items()
        if isinstance(value, str | int) and not isinstance(value, bool)
    }


class _Refuse(Exception):
    """XML that is not taken: with a document type, too deep or too long."""


def _of_xml(text: str) -> dict[str, str]:
    """The first text of every element by its name without name space.

    A document type is refused, so that there are no entities to expand and nothing outside to fetch.
    """
    fields: dict[str, str] = {}
    open_names: list[str] = []
    words: list[str] = []
    seen = 0

    def begin(name: str, _attributes: object) -> None:
        nonlocal seen
        seen += 1
        if seen > MAX_ELEMENTS or len(open_names) >= MAX_DEPTH:
            raise _Refuse
        open_names.append(name.rpartition(":")[2])
        words.clear()

    def end(_name: str) -> None:
        fields.setdefault(open_names.pop(), "".join(words).strip())
        words.clear()

    def refuse(*_declared: object) -> None:
        raise _Refuse

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = words.append
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text.encode("utf-8"), True)
    except (expat.ExpatError, _Refuse) as error:
        raise ConsoleError(zh="通知不是可接受的 XML。", en="The notification is no XML that is taken here.") from error
    if ROOT not in fields:
        raise ConsoleError(zh=f"通知的根元素应为 {ROOT}。", en=f"The root of the notification must be {ROOT}.")
    return fields
