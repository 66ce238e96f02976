"""Frigate: reviews of what its cameras saw, and how it and they are doing.

`frigate/reviews` tells of each review when it begins, changes and ends; `events` and the many other topics are the
material that reviews are made of, and would raise the same thing again. `frigate/available` is its own last will.
"""

from typing import Any, Final

from console.models.alarms import AlarmClass, Priority
from console.models.text import Text
from console.sources.mqtt.fact import (
    Fact,
    Nonsense,
    Says,
    clean,
    moment_of,
    read_object,
    status_of,
    words_of,
)
from console.sources.mqtt.profiles import Asked, Profile

ALERT: Final = "alert"
DETECTION: Final = "detection"
_RANKS: Final = {DETECTION: 1, ALERT: 2}
_OBJECTS: Final = {
    "person": "人员",
    "car": "车辆",
    "truck": "卡车",
    "bus": "客车",
    "motorcycle": "摩托车",
    "bicycle": "自行车",
    "dog": "狗",
    "cat": "猫",
    "package": "包裹",
    "license_plate": "车牌",
    "face": "人脸",
    "fire_alarm": "火警声",
    "scream": "尖叫声",
    "yell": "喊叫声",
}


def _topics(base: str) -> tuple[str, ...]:
    return (f"{base}/reviews", f"{base}/available", f"{base}/+/status/+")


def _wants(base: str, topic: str) -> bool:
    below = topic.removeprefix(f"{base}/")
    return below in ("reviews", "available") or below.count("/") == 2


def _read(asked: Asked, topic: str, payload: bytes) -> tuple[Fact, ...]:
    below = topic.removeprefix(f"{asked.base}/")
    if below == "reviews":
        return _review(asked, read_object(payload))
    if below == "available":
        return (_available(status_of(payload)),)
    camera, _, role = below.partition("/status/")
    return (_status(camera, role, status_of(payload)),)


def _review(asked: Asked, said: dict[str, Any]) -> tuple[Fact, ...]:
    kind, after = said.get("type"), said.get("after")
    if kind not in ("new", "update", "end") or not isinstance(after, dict):
        raise Nonsense(Text("不是 Frigate 审核消息", "it is no review of Frigate"))
    ident, camera, severity = after.get("id"), after.get("camera"), after.get("severity")
    if not isinstance(ident, str) or not ident or not isinstance(camera, str) or not camera:
        raise Nonsense(Text("审核消息缺少编号或摄像机", "the review has no id or no camera"))
    if not isinstance(severity, str):
        raise Nonsense(Text("不是 Frigate 审核消息", "it is no review of Frigate"))
    data = after.get("data")
    data = data if isinstance(data, dict) else {}
    rank = _RANKS.get(severity, _RANKS[ALERT])  # a new word is an alarm rather than nothing
    is_alarm = rank >= _RANKS[ALERT] or asked.detections
    says = Says.NORMAL if kind == "end" else Says.ACTIVE
    if not is_alarm:
        # A lesser severity is kept as information once, when it begins; only an alarm needs an answer.
        if kind != "new":
            return ()
        says = Says.NOTE
    return (
        Fact(
            says=says,
            device=camera,
            condition="review",
            text=_words(camera, data),
            alarm_class=asked.classes.get(camera, AlarmClass.VIDEO),
            priority=int(Priority.HIGH if rank >= _RANKS[ALERT] else Priority.MEDIUM),
            ident=clean(ident, 80),
            begins=kind == "new",
            rank=rank,
            source_at=moment_of(after.get("end_time") if kind == "end" else after.get("start_time")),
            details={
                "review": clean(ident, 80),
                "review_type": kind,
                "severity": clean(severity, 20),
                "camera": clean(camera, 80),
                "objects": words_of(data.get("objects")),
                "zones": words_of(data.get("zones")),
                "sub_labels": words_of(data.get("sub_labels")),
                "audio": words_of(data.get("audio")),
            },
        ),
    )


def _words(camera: str, data: dict[str, Any]) -> Text:
    seen = list(dict.fromkeys(one.removesuffix("-verified") for one in words_of(data.get("objects"))))
    heard, zones, who = words_of(data.get("audio")), words_of(data.get("zones")), words_of(data.get("sub_labels"))
    things = seen + [one for one in heard if one not in seen]
    zh = "、".join(_OBJECTS.get(one, one) for one in things) or "活动"
    en = ", ".join(one.replace("_", " ") for one in things) or "activity"
    zh_parts = [f"{clean(camera, 60)} 发现{zh}"]
    en_parts = [f"{clean(camera, 60)}: {en}"]
    if zones:
        zh_parts.append(f"区域 {'、'.join(zones)}")
        en_parts.append(f"zone {', '.join(zones)}")
    if who:
        zh_parts.append("、".join(who))
        en_parts.append(", ".join(who))
    return Text(" ".join(zh_parts), " ".join(en_parts))


def _available(status: str) -> Fact:
    if status == "online":
        return Fact(says=Says.WELL, device="frigate", condition="available")
    if status not in ("offline", "stopped"):
        raise Nonsense(Text("未知的在线状态", "it is an unknown availability"))
    return Fact(
        says=Says.ILL,
        device="frigate",
        condition="available",
        text=Text("Frigate 已停止运行，收不到它的报警。", "Frigate is not running: its alarms do not arrive."),
    )


def _status(camera: str, role: str, status: str) -> Fact:
    states = {"online": Says.NORMAL, "disabled": Says.NORMAL, "offline": Says.ACTIVE}
    if status not in states:
        raise Nonsense(Text("未知的摄像机状态", "it is an unknown state of a camera"))
    return Fact(
        says=states[status],
        device=camera,
        condition=f"status-{clean(role, 20)}",
        text=Text(
            f"Frigate 收不到摄像机 {clean(camera, 60)} 的画面", f"Frigate gets no picture of {clean(camera, 60)}"
        ),
        alarm_class=AlarmClass.FAULT,
        of_device=True,
        details={"camera": clean(camera, 80), "status": status},
    )


PROFILE: Final = Profile(
    key="frigate", name=Text("Frigate 录像分析", "Frigate"), base="frigate", topics=_topics, wants=_wants, read=_read
)
