"""Zigbee2MQTT: the state of each device, whether it is reachable, and how the bridge is doing.

A device publishes its whole state whenever anything of it changes, so that most messages repeat what is known. It comes
as one JSON object, or with `output: attribute` as one topic an attribute. Names may hold slashes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from console.models.alarms import AlarmClass
from console.models.text import Text
from console.sources.mqtt.fact import (
    LONGEST_DEVICE,
    Fact,
    Nonsense,
    Says,
    clean,
    flag_of,
    number_of,
    read_json,
    read_object,
    read_text,
    status_of,
)
from console.sources.mqtt.profiles import Asked, Profile

LOW_BATTERY: Final = 10.0
"""A battery at or below so many per cent is low (Zigbee2MQTT's own `battery_low` where a device does not say so)."""
GOOD_BATTERY: Final = 15.0
"""From so many per cent on it is good again; in between nothing is said, so that it does not chatter."""


def _is_on(value: object) -> bool | None:
    return flag_of(value)


def _is_off(value: object) -> bool | None:
    flag = flag_of(value)
    return None if flag is None else not flag


def _is_low(value: object) -> bool | None:
    level = number_of(value)
    if level is None or LOW_BATTERY < level < GOOD_BATTERY:
        return None
    return level <= LOW_BATTERY


@dataclass(frozen=True, slots=True)
class _Property:
    alarm_class: AlarmClass
    text: Text
    active: Callable[[object], bool | None] = _is_on
    of_device: bool = False


_PROPERTIES: Final[dict[str, _Property]] = {
    "contact": _Property(AlarmClass.ACCESS, Text("门窗打开", "opened"), _is_off),
    "occupancy": _Property(AlarmClass.INTRUSION, Text("有人活动", "movement")),
    "presence": _Property(AlarmClass.INTRUSION, Text("有人", "somebody is there")),
    "vibration": _Property(AlarmClass.INTRUSION, Text("振动", "vibration")),
    "water_leak": _Property(AlarmClass.FLOOD, Text("漏水", "water leak")),
    "smoke": _Property(AlarmClass.FIRE, Text("烟雾", "smoke")),
    "gas": _Property(AlarmClass.GAS, Text("可燃气体", "gas")),
    "carbon_monoxide": _Property(AlarmClass.GAS, Text("一氧化碳", "carbon monoxide")),
    "sos": _Property(AlarmClass.PANIC, Text("紧急求助", "call for help")),
    "tamper": _Property(AlarmClass.TAMPER, Text("防拆", "tampered with"), of_device=True),
    "battery_low": _Property(AlarmClass.POWER, Text("电池电量低", "low battery"), of_device=True),
    "battery": _Property(AlarmClass.POWER, Text("电池电量低", "low battery"), _is_low, of_device=True),
}
# What a push button says once and never takes back.
_CALLS: Final = frozenset({"emergency", "sos", "panic"})
_COMMANDS: Final = frozenset({"set", "get"})


def _topics(base: str) -> tuple[str, ...]:
    return (f"{base}/#",)


def _wants(base: str, topic: str) -> bool:
    below = topic.removeprefix(f"{base}/")
    if below.startswith("bridge/"):
        return below == "bridge/state"
    return below != topic and below.rpartition("/")[2] not in _COMMANDS


def _read(asked: Asked, topic: str, payload: bytes) -> tuple[Fact, ...]:
    below = topic.removeprefix(f"{asked.base}/")
    if below == "bridge/state":
        return (_bridge(status_of(payload)),)
    device, _, last = below.rpartition("/")
    if device and last == "availability":
        return (_availability(device, status_of(payload)),)
    if device and last in {*_PROPERTIES, "action"} and not read_text(payload).lstrip().startswith("{"):
        return tuple(_facts(asked, device, {last: _bare(payload)}))
    if device and not read_text(payload).lstrip().startswith("{"):
        return ()  # an attribute that no alarm is made of
    if not payload.strip():
        return ()  # a device that was removed clears what was retained
    return tuple(_facts(asked, below, read_object(payload)))


def _bare(payload: bytes) -> Any:
    try:
        return read_json(payload)
    except Nonsense:
        return read_text(payload).strip()


def _facts(asked: Asked, device: str, state: dict[str, Any]) -> list[Fact]:
    facts = []
    for name, meaning in _PROPERTIES.items():
        if name not in state or (name == "battery" and flag_of(state.get("battery_low")) is not None):
            continue
        active = meaning.active(state[name])
        if active is not None:
            facts.append(_fact(asked, device, name, meaning, Says.ACTIVE if active else Says.NORMAL, state))
    action = state.get("action")
    if isinstance(action, str) and action.strip().lower() in _CALLS:
        facts.append(_fact(asked, device, "action", _PROPERTIES["sos"], Says.HAPPENED, state))
    return facts


def _fact(asked: Asked, device: str, condition: str, meaning: _Property, says: Says, state: dict[str, Any]) -> Fact:
    shown = clean(device, 60)
    alarm_class = meaning.alarm_class if meaning.of_device else asked.classes.get(device, meaning.alarm_class)
    return Fact(
        says=says,
        device=clean(device, LONGEST_DEVICE),
        condition=condition,
        text=Text(f"{shown} {meaning.text.zh}", f"{shown}: {meaning.text.en}"),
        alarm_class=alarm_class,
        of_device=meaning.of_device,
        details={condition: clean(state.get(condition), 40)},
    )


def _availability(device: str, status: str) -> Fact:
    if status not in ("online", "offline"):
        raise Nonsense(Text("未知的在线状态", "it is an unknown availability"))
    shown = clean(device, 60)
    return Fact(
        says=Says.ACTIVE if status == "offline" else Says.NORMAL,
        device=clean(device, LONGEST_DEVICE),
        condition="availability",
        text=Text(f"{shown} 失联", f"{shown} is not reachable"),
        alarm_class=AlarmClass.COMMS,
        of_device=True,
    )


def _bridge(status: str) -> Fact:
    if status == "online":
        return Fact(says=Says.WELL, device="zigbee2mqtt", condition="bridge")
    if status != "offline":
        raise Nonsense(Text("未知的网关状态", "it is an unknown state of the bridge"))
    return Fact(
        says=Says.ILL,
        device="zigbee2mqtt",
        condition="bridge",
        text=Text(
            "Zigbee2MQTT 网关离线，收不到其设备的报警。", "The Zigbee2MQTT bridge is offline: no device is heard."
        ),
    )


PROFILE: Final = Profile(
    key="zigbee2mqtt",
    name=Text("Zigbee2MQTT 网关", "Zigbee2MQTT"),
    base="zigbee2mqtt",
    topics=_topics,
    wants=_wants,
    read=_read,
)
