"""Notifications of Dahua cameras and recorders: `Code=...;action=...;index=...` in text, alone or in parts, or as JSON.

`index` counts channels from 0, people count from 1: the channel of a point is `index` + 1. The device's `UTC` is its local
time on many models, so that only `RealUTC` is taken as a time.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final

from console.models.alarms import AlarmClass, Priority
from console.models.errors import ConsoleError
from console.models.signals import SignalKind
from console.models.text import Text
from console.sources.moments import moment
from console.sources.webhook.notices import Meaning, Notice, clipped, is_picture, meaning, parts_of, picture, text_of
from console.sources.words import printable

LONGEST: Final = 100
MAX_EVENTS: Final = 100
_LINE: Final = re.compile(
    r"Code=(?P<code>[^;\s]{1,64});\s*action=(?P<action>\w{1,16});\s*index=(?P<index>\d{1,5})(?:;\s*data=(?P<data>.*))?",
    re.DOTALL | re.IGNORECASE,
)
_C = AlarmClass
_P = Priority

EVENTS: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        "videomotion": meaning(_C.VIDEO, "移动侦测", "Motion", priority=_P.MEDIUM),
        "smartmotionhuman": meaning(_C.VIDEO, "人形移动侦测", "Motion of a person"),
        "smartmotionvehicle": meaning(_C.VIDEO, "车辆移动侦测", "Motion of a vehicle", priority=_P.MEDIUM),
        "crosslinedetection": meaning(_C.VIDEO, "越界侦测", "Line crossed"),
        "crossregiondetection": meaning(_C.VIDEO, "区域入侵", "Intrusion into an area"),
        "leftdetection": meaning(_C.VIDEO, "物品遗留", "Object left behind"),
        "takenawaydetection": meaning(_C.VIDEO, "物品搬移", "Object taken away"),
        "wanderdetection": meaning(_C.VIDEO, "徘徊", "Loitering", priority=_P.MEDIUM),
        "rioterdetection": meaning(_C.VIDEO, "人员聚集", "People gather", priority=_P.MEDIUM),
        "movedetection": meaning(_C.VIDEO, "快速移动", "Fast movement", priority=_P.MEDIUM),
        "parkingdetection": meaning(_C.VIDEO, "违停", "Parking", priority=_P.LOW),
        "audiomutation": meaning(_C.VIDEO, "声音突变", "Sudden sound", priority=_P.MEDIUM),
        "audioanomaly": meaning(_C.VIDEO, "声音异常", "Unusual sound", priority=_P.MEDIUM),
        "firedetection": meaning(_C.FIRE, "烟火检测", "Fire seen by a camera"),
        "smokedetection": meaning(_C.FIRE, "烟雾检测", "Smoke seen by a camera"),
        "firewarning": meaning(_C.FIRE, "热成像火点", "Fire seen by a thermal camera"),
        "alarmlocal": meaning(_C.INTRUSION, "报警输入", "Alarm input"),
        "alarmpir": meaning(_C.INTRUSION, "人体红外报警", "Passive infrared alarm"),
        "videoblind": meaning(_C.TAMPER, "视频遮挡", "Camera covered", of_device=True),
        "scenechange": meaning(_C.TAMPER, "场景变更", "Camera turned away", of_device=True),
        "chassisintruded": meaning(_C.TAMPER, "机箱入侵", "Case opened", of_device=True),
        "videoloss": meaning(_C.FAULT, "视频丢失", "Video lost", of_device=True),
        "videoabnormaldetection": meaning(_C.FAULT, "视频异常", "Bad video", of_device=True),
        "videounfocus": meaning(_C.FAULT, "虚焦", "Out of focus", of_device=True),
        "storagefailure": meaning(_C.FAULT, "存储故障", "Storage fault", of_device=True),
        "storagenotexist": meaning(_C.FAULT, "无存储", "No storage", of_device=True),
        "storagelowspace": meaning(_C.FAULT, "存储空间不足", "Storage nearly full", of_device=True),
        "netabort": meaning(_C.COMMS, "网络断开", "Network broken", of_device=True),
        "ipconflict": meaning(_C.COMMS, "IP 冲突", "Address conflict", of_device=True),
        "loginfailure": meaning(_C.SYSTEM, "登录失败", "Login refused", momentary=True, of_device=True),
        "doorstatus": meaning(_C.ACCESS, "门状态", "Door", information=True),
        "accesscontrol": meaning(_C.ACCESS, "门禁事件", "Access event", information=True),
        "facedetection": meaning(_C.VIDEO, "人脸检测", "Face seen", information=True),
        "trafficjunction": meaning(_C.VIDEO, "车牌识别", "Number plate read", information=True),
        "newfile": meaning(_C.SYSTEM, "新文件", "New file", information=True),
    }
)
_ACTIONS: Final = {"start": SignalKind.ALARM, "stop": SignalKind.RESTORE, "pulse": SignalKind.ALARM}
_HEARTBEAT: Final = "heartbeat"


def read(body: bytes, content_type: str, zone: tzinfo | None) -> list[Notice]:
    """Read a notification; raises ConsoleError where no event is in it."""
    notices: list[Notice] = []
    pictures: list[dict[str, Any]] = []
    alive = False
    for kind, inside in parts_of(body, content_type):
        if is_picture(kind, inside):
            pictures.append(picture(inside))
        elif inside.strip():
            text = text_of(inside).strip()
            alive = alive or text.lower() == _HEARTBEAT
            notices += [_notice(event, inside, zone) for event in _events(text)]
    if not notices and not alive:
        raise ConsoleError(zh="通知中没有 Code=…;action=…;index=…。", en="No Code=...;action=...;index=... is in it.")
    if pictures:
        for notice in notices:
            notice.details["pictures"] = pictures
    return notices[:MAX_EVENTS]


def _events(text: str) -> Iterator[Mapping[str, Any]]:
    if text.startswith(("{", "[")):
        try:
            given = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ConsoleError(zh="通知不是有效的 JSON。", en="The notification is no JSON.") from error
        events = given.get("Events", [given]) if isinstance(given, dict) else given
        yield from (event for event in events if isinstance(event, dict)) if isinstance(events, list) else ()
        return
    found = _LINE.search(text)
    if found is not None:
        yield {
            "Code": found["code"],
            "Action": found["action"],
            "Index": int(found["index"]),
            "Data": _data(found["data"] or ""),
        }


def _data(written: str) -> Any:
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return {"text": clipped(printable(written.strip()), LONGEST)} if written.strip() else {}


def _notice(event: Mapping[str, Any], raw: bytes, zone: tzinfo | None) -> Notice:
    code, action, index = event.get("Code"), event.get("Action", event.get("action", "Pulse")), event.get("Index", 0)
    if not isinstance(code, str) or not code.strip() or len(code) > LONGEST:
        raise ConsoleError(zh="通知中没有 Code。", en="The notification has no Code.")
    if not isinstance(action, str) or action.lower() not in _ACTIONS:
        raise ConsoleError(
            zh="“action”应为 Start、Stop 或 Pulse。", en='"action" must be one of Start, Stop and Pulse.'
        )
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < 100000:
        raise ConsoleError(zh="“index”应为通道号。", en='"index" must be the number of a channel.')
    data = event.get("Data", event.get("data"))
    data = data if isinstance(data, dict) else {}
    means = EVENTS.get(code.lower()) or _unknown(code)
    kind = _ACTIONS[action.lower()]
    over = kind is SignalKind.RESTORE
    channel = index + 1
    rule = clipped(printable(str(data.get("Name", ""))), 60)
    return Notice(
        kind=SignalKind.INFORMATION if means.information else kind,
        places=(f"{channel}-{printable(code)}", printable(code), str(channel)),
        code=printable(code),
        alarm_class=means.alarm_class,
        priority=int(Priority.LOW if over else means.priority),
        text=Text(
            f"{means.name.zh}{'结束' if over else ''}：通道 {channel}{f'（{rule}）' if rule else ''}",
            f"{means.name.en}{': over' if over else ''}: channel {channel}{f' ({rule})' if rule else ''}",
        ),
        at=_at(data, zone),
        momentary=not over and (means.momentary or action.lower() == "pulse"),
        of_device=means.of_device,
        stream=True,
        raw=raw,
        details={"channel": str(channel), "action": action, **({"rule": rule} if rule else {})},
    )


def _unknown(code: str) -> Meaning:
    shown = clipped(printable(code), 60)
    return meaning(_C.VIDEO, f"未知事件 {shown}", f"Unknown event {shown}", priority=_P.MEDIUM, momentary=True)


def _at(data: Mapping[str, Any], zone: tzinfo | None) -> datetime | None:
    try:
        return moment(data["RealUTC"], zone) if data.get("RealUTC") else None
    except ConsoleError:
        return None
