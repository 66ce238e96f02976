"""Home Assistant: alarm control panels and binary sensors, as its `mqtt_statestream` publishes them.

`homeassistant/binary_sensor/<name>/state` is a bare `on` or `off`, `homeassistant/alarm_control_panel/<name>/state` one
of the states of a panel. What a sensor watches for is said in the site folder (`classes`); otherwise the end of its
name tells, as Home Assistant names them by itself.
"""

from typing import Final

from console.models.alarms import AlarmClass
from console.models.text import Text
from console.sources.mqtt.fact import LONGEST_DEVICE, Fact, Nonsense, Says, clean, status_of
from console.sources.mqtt.profiles import Asked, Profile

_PANEL: Final = "alarm_control_panel"
_SENSOR: Final = "binary_sensor"
_ALARM: Final = "triggered"
_PENDING: Final = "pending"
_QUIET: Final = frozenset(
    {
        "disarmed",
        "armed_home",
        "armed_away",
        "armed_night",
        "armed_vacation",
        "armed_custom_bypass",
        "arming",
        "disarming",
    }
)
_GONE: Final = frozenset({"unavailable", "unknown"})

# The end of a name, the class, what is said, and whether it is of the detector itself. "connectivity", "plug" and
# "power" are on while all is well, and no alarm is made of the many others.
_ENDINGS: Final[tuple[tuple[str, AlarmClass, Text, bool], ...]] = (
    ("smoke", AlarmClass.FIRE, Text("烟雾", "smoke"), False),
    ("heat", AlarmClass.FIRE, Text("高温", "heat"), False),
    ("carbon_monoxide", AlarmClass.GAS, Text("一氧化碳", "carbon monoxide"), False),
    ("gas", AlarmClass.GAS, Text("可燃气体", "gas"), False),
    ("moisture", AlarmClass.FLOOD, Text("漏水", "water leak"), False),
    ("water_leak", AlarmClass.FLOOD, Text("漏水", "water leak"), False),
    ("leak", AlarmClass.FLOOD, Text("漏水", "water leak"), False),
    ("tamper", AlarmClass.TAMPER, Text("防拆", "tampered with"), True),
    ("battery", AlarmClass.POWER, Text("电池电量低", "low battery"), True),
    ("problem", AlarmClass.FAULT, Text("故障", "fault"), True),
    ("door", AlarmClass.ACCESS, Text("门打开", "door open"), False),
    ("garage_door", AlarmClass.ACCESS, Text("车库门打开", "garage door open"), False),
    ("window", AlarmClass.ACCESS, Text("窗打开", "window open"), False),
    ("opening", AlarmClass.ACCESS, Text("打开", "open"), False),
    ("contact", AlarmClass.ACCESS, Text("打开", "open"), False),
    ("lock", AlarmClass.ACCESS, Text("未上锁", "unlocked"), False),
    ("motion", AlarmClass.INTRUSION, Text("有人活动", "movement"), False),
    ("occupancy", AlarmClass.INTRUSION, Text("有人活动", "movement"), False),
    ("presence", AlarmClass.INTRUSION, Text("有人", "somebody is there"), False),
    ("vibration", AlarmClass.INTRUSION, Text("振动", "vibration"), False),
    ("glass_break", AlarmClass.INTRUSION, Text("玻璃破碎", "broken glass"), False),
    ("panic", AlarmClass.PANIC, Text("紧急求助", "panic button"), False),
    ("sos", AlarmClass.PANIC, Text("紧急求助", "panic button"), False),
    ("safety", AlarmClass.FAULT, Text("不安全", "unsafe"), False),
)


def _topics(base: str) -> tuple[str, ...]:
    return (f"{base}/{_PANEL}/+/state", f"{base}/{_SENSOR}/+/state", f"{base}/status")


def _wants(base: str, topic: str) -> bool:
    below = topic.removeprefix(f"{base}/")
    return below == "status" or (below.endswith("/state") and below.count("/") == 2)


def _read(asked: Asked, topic: str, payload: bytes) -> tuple[Fact, ...]:
    below = topic.removeprefix(f"{asked.base}/")
    if not payload.strip():
        return ()  # what was retained has been cleared
    state = status_of(payload)
    if below == "status":
        return (_status(state),)
    domain, name, _ = below.split("/")
    return _panel(asked, name, state) if domain == _PANEL else _sensor(asked, name, state)


def _status(state: str) -> Fact:
    if state == "online":
        return Fact(says=Says.WELL, device="home_assistant", condition="status")
    if state != "offline":
        raise Nonsense(Text("未知的在线状态", "it is an unknown availability"))
    return Fact(
        says=Says.ILL,
        device="home_assistant",
        condition="status",
        text=Text("Home Assistant 离线，收不到其设备的报警。", "Home Assistant is offline: no device is heard."),
    )


def _reachable(name: str, state: str) -> Fact:
    shown = clean(name, 60)
    return Fact(
        says=Says.ACTIVE if state in _GONE else Says.NORMAL,
        device=clean(name, LONGEST_DEVICE),
        condition="availability",
        text=Text(f"{shown} 失联", f"{shown} is not reachable"),
        alarm_class=AlarmClass.COMMS,
        of_device=True,
    )


def _panel(asked: Asked, name: str, state: str) -> tuple[Fact, ...]:
    shown, device = clean(name, 60), clean(name, LONGEST_DEVICE)
    alarm_class = asked.classes.get(name, AlarmClass.INTRUSION)
    if state in _GONE:
        return (_reachable(name, state),)
    if state == _PENDING:
        words = Text(f"{shown} 进入延时，等待撤防", f"{shown}: entry delay, waiting to be disarmed")
        said = Fact(says=Says.NOTE, device=device, condition=_PANEL, text=words, details={"state": state})
    elif state == _ALARM or state in _QUIET:
        said = Fact(
            says=Says.ACTIVE if state == _ALARM else Says.NORMAL,
            device=device,
            condition=_PANEL,
            text=Text(f"{shown} 报警", f"{shown}: alarm"),
            alarm_class=alarm_class,
            details={"state": state},
        )
    else:
        raise Nonsense(Text("未知的主机状态", "it is an unknown state of a panel"))
    return (_reachable(name, state), said)


def _sensor(asked: Asked, name: str, state: str) -> tuple[Fact, ...]:
    if state in _GONE:
        return (_reachable(name, state),)
    if state not in ("on", "off"):
        raise Nonsense(Text("应为 on 或 off", "it has to be on or off"))
    fits = [row for row in _ENDINGS if name == row[0] or name.endswith(f"_{row[0]}")]
    given = asked.classes.get(name)
    if not fits and given is None:
        return (_reachable(name, state),)  # a light that is on is no alarm
    _, alarm_class, words, of_device = max(
        fits, key=lambda row: len(row[0]), default=("", given, Text("报警", "alarm"), False)
    )
    shown = clean(name, 60)
    return (
        _reachable(name, state),
        Fact(
            says=Says.ACTIVE if state == "on" else Says.NORMAL,
            device=clean(name, LONGEST_DEVICE),
            condition=_SENSOR,
            text=Text(f"{shown} {words.zh}", f"{shown}: {words.en}"),
            alarm_class=given or alarm_class or AlarmClass.INTRUSION,
            of_device=of_device and given is None,
            details={"state": state},
        ),
    )


PROFILE: Final = Profile(
    key="home_assistant",
    name=Text("Home Assistant 智能家居", "Home Assistant"),
    base="homeassistant",
    topics=_topics,
    wants=_wants,
    read=_read,
)
