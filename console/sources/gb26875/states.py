"""What the bits, types and numbers of GB/T 26875.3-2011 mean: tables 5 to 7 and clauses 8.2.1.1 to 8.2.1.9 as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from console.models.alarms import AlarmClass, Priority
from console.models.text import Text
from console.sources.gb26875.objects import Part, State

_P = Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What one state bit means while it is set, and how its end is told.

    `place` joins the point of the part for conditions other than its alarm, so that each returns by itself. A
    `momentary` one says that something happened and has no end. `of_device` tells that it is about the equipment,
    whatever its point watches for: a detector that is bypassed is no fire.
    """

    name: str
    alarm_class: AlarmClass
    priority: Priority
    begun: Text
    ended: Text
    momentary: bool = False

    @property
    def of_device(self) -> bool:
        """Whether it is about the equipment and not about what the equipment watches for."""
        return self.alarm_class not in (AlarmClass.FIRE, AlarmClass.GAS)

    @property
    def place(self) -> str:
        """What is added to the point of the part: nothing for its alarm, "/fault" for a fault of it."""
        return f"/{self.name}" if self.of_device else ""


def _condition(
    name: str,
    alarm_class: AlarmClass,
    priority: Priority,
    zh: str,
    en: str,
    ended_zh: str,
    ended_en: str,
    *,
    momentary: bool = False,
) -> Condition:
    return Condition(
        name=name,
        alarm_class=alarm_class,
        priority=priority,
        begun=Text(zh, en),
        ended=Text(ended_zh, ended_en),
        momentary=momentary,
    )


_FIRE: Final = _condition("fire", AlarmClass.FIRE, _P.CRITICAL, "火警", "Fire alarm", "火警消失", "Fire alarm over")
_GAS: Final = _condition(
    "gas", AlarmClass.GAS, _P.CRITICAL, "可燃气体报警", "Gas alarm", "可燃气体报警消失", "Gas alarm over"
)
_FAULT: Final = _condition("fault", AlarmClass.FAULT, _P.MEDIUM, "故障", "Fault", "故障恢复", "Fault over")
_MAINS: Final = _condition(
    "mains", AlarmClass.POWER, _P.MEDIUM, "主电故障", "Mains fault", "主电恢复", "Mains restored"
)
_BATTERY: Final = _condition(
    "battery", AlarmClass.POWER, _P.MEDIUM, "备电故障", "Battery fault", "备电恢复", "Battery restored"
)

# Bits 1 to 7 mean the same in systems and parts. Bit 0 ("normal, not in test") is no condition: the standard's own
# examples of a fire leave it at 0, so that it may never hold back an alarm.
_COMMON: Final[Mapping[int, Condition]] = MappingProxyType(
    {
        1: _FIRE,
        2: _FAULT,
        3: _condition(
            "disabled", AlarmClass.SYSTEM, _P.MEDIUM, "屏蔽", "Disabled at the panel", "解除屏蔽", "Enabled again"
        ),
        4: _condition(
            "supervisory", AlarmClass.FAULT, _P.MEDIUM, "监管报警", "Supervisory", "监管恢复", "Supervisory over"
        ),
        5: _condition("started", AlarmClass.SYSTEM, _P.MEDIUM, "联动启动", "Started", "停止", "Stopped"),
        6: _condition(
            "feedback", AlarmClass.SYSTEM, _P.LOW, "动作反馈", "Feedback: it has acted", "反馈撤销", "Feedback over"
        ),
        7: _condition(
            "delay",
            AlarmClass.SYSTEM,
            _P.HIGH,
            "延时状态（即将启动）",
            "Delay: about to start",
            "延时结束",
            "Delay over",
        ),
    }
)
SYSTEM_BITS: Final[Mapping[int, Condition]] = MappingProxyType(
    {
        **_COMMON,
        8: _MAINS,
        9: _BATTERY,
        10: _condition("bus", AlarmClass.COMMS, _P.MEDIUM, "总线故障", "Bus fault", "总线恢复", "Bus restored"),
        11: _condition(
            "manual", AlarmClass.SYSTEM, _P.LOW, "联动处于手动状态", "Linkage is set to manual",
            "联动转为自动状态", "Linkage is set to automatic",
        ),
        12: _condition(
            "configured", AlarmClass.SYSTEM, _P.LOW, "配置改变", "Configuration changed",
            "配置改变标志撤销", "Change of configuration over", momentary=True,
        ),
    }
)  # fmt: skip
RESET_BIT: Final = 13
"""The bit of a system's state that says that it was reset: what stands is told anew after it."""

PART_BITS: Final[Mapping[int, Condition]] = MappingProxyType(
    {
        **_COMMON,
        8: _condition("power", AlarmClass.POWER, _P.MEDIUM, "电源故障", "Power fault", "电源恢复", "Power restored"),
    }
)
DEVICE_BITS: Final[Mapping[int, Condition]] = MappingProxyType(
    {
        1: _FIRE,
        2: _FAULT,
        3: _MAINS,
        4: _BATTERY,
        5: _condition(
            "line", AlarmClass.COMMS, _P.MEDIUM, "与监控中心通信信道故障", "Line to the centre has failed",
            "与监控中心通信信道恢复", "Line to the centre restored",
        ),
        6: _condition(
            "panel_line", AlarmClass.COMMS, _P.MEDIUM, "与火灾报警控制器的连接线路故障", "Line to the fire panel has failed",
            "与火灾报警控制器的连接线路恢复", "Line to the fire panel restored",
        ),
    }
)  # fmt: skip

# Detectors of gas: their "fire" bit means gas (table 6).
GAS_PARTS: Final = frozenset({10, 11, 12, 13, 74})

SYSTEM_TYPES: Final[Mapping[int, Text]] = MappingProxyType(
    {
        0: Text("通用系统", "system"),
        1: Text("火灾报警系统", "fire alarm system"),
        10: Text("消防联动控制器", "linkage controller"),
        11: Text("消火栓系统", "hydrant system"),
        12: Text("自动喷水灭火系统", "sprinkler system"),
        13: Text("气体灭火系统", "gas extinguishing system"),
        14: Text("水喷雾灭火系统（泵启动）", "water spray system (pump)"),
        15: Text("水喷雾灭火系统（压力容器启动）", "water spray system (vessel)"),
        16: Text("泡沫灭火系统", "foam system"),
        17: Text("干粉灭火系统", "powder system"),
        18: Text("防烟排烟系统", "smoke control system"),
        19: Text("防火门及卷帘系统", "fire door and shutter system"),
        20: Text("消防电梯", "fire lift"),
        21: Text("消防应急广播", "emergency broadcast"),
        22: Text("消防应急照明和疏散指示系统", "emergency lighting"),
        23: Text("消防电源", "fire power supply"),
        24: Text("消防电话", "fire telephone"),
    }
)
PART_TYPES: Final[Mapping[int, Text]] = MappingProxyType(
    {
        0: Text("部件", "part"),
        1: Text("火灾报警控制器", "fire panel"),
        10: Text("可燃气体探测器", "gas detector"),
        11: Text("点型可燃气体探测器", "point gas detector"),
        12: Text("独立式可燃气体探测器", "stand-alone gas detector"),
        13: Text("线型可燃气体探测器", "line gas detector"),
        16: Text("电气火灾监控报警器", "electrical fire monitor"),
        17: Text("剩余电流式电气火灾监控探测器", "residual current detector"),
        18: Text("测温式电气火灾监控探测器", "cable temperature detector"),
        21: Text("探测回路", "detection loop"),
        22: Text("火灾显示盘", "repeater panel"),
        23: Text("手动火灾报警按钮", "manual call point"),
        24: Text("消火栓按钮", "hydrant button"),
        25: Text("火灾探测器", "fire detector"),
        30: Text("感温火灾探测器", "heat detector"),
        31: Text("点型感温火灾探测器", "point heat detector"),
        32: Text("点型感温火灾探测器（S型）", "point heat detector (S)"),
        33: Text("点型感温火灾探测器（R型）", "point heat detector (R)"),
        34: Text("线型感温火灾探测器", "line heat detector"),
        35: Text("线型感温火灾探测器（S型）", "line heat detector (S)"),
        36: Text("线型感温火灾探测器（R型）", "line heat detector (R)"),
        37: Text("光纤感温火灾探测器", "fibre heat detector"),
        40: Text("感烟火灾探测器", "smoke detector"),
        41: Text("点型离子感烟火灾探测器", "ionisation smoke detector"),
        42: Text("点型光电感烟火灾探测器", "optical smoke detector"),
        43: Text("线型光束感烟火灾探测器", "beam smoke detector"),
        44: Text("吸气式感烟火灾探测器", "aspirating smoke detector"),
        50: Text("复合式火灾探测器", "combined detector"),
        51: Text("复合式感烟感温火灾探测器", "smoke and heat detector"),
        52: Text("复合式感光感温火灾探测器", "flame and heat detector"),
        53: Text("复合式感光感烟火灾探测器", "flame and smoke detector"),
        61: Text("紫外火焰探测器", "ultraviolet flame detector"),
        62: Text("红外火焰探测器", "infrared flame detector"),
        69: Text("感光火灾探测器", "flame detector"),
        74: Text("气体探测器", "gas detector"),
        78: Text("图像摄像方式火灾探测器", "video fire detector"),
        79: Text("感声火灾探测器", "acoustic fire detector"),
        81: Text("气体灭火控制器", "gas extinguishing controller"),
        82: Text("消防电气控制装置", "electrical control device"),
        83: Text("消防控制室图形显示装置", "graphic display of the control room"),
        84: Text("模块", "module"),
        85: Text("输入模块", "input module"),
        86: Text("输出模块", "output module"),
        87: Text("输入/输出模块", "input and output module"),
        88: Text("中继模块", "relay module"),
        91: Text("消防水泵", "fire pump"),
        92: Text("消防水箱", "fire water tank"),
        95: Text("喷淋泵", "sprinkler pump"),
        96: Text("水流指示器", "flow switch"),
        97: Text("信号阀", "supervised valve"),
        98: Text("报警阀", "alarm valve"),
        99: Text("压力开关", "pressure switch"),
        101: Text("阀驱动装置", "valve actuator"),
        102: Text("防火门", "fire door"),
        103: Text("防火阀", "fire damper"),
        104: Text("通风空调", "ventilation"),
        105: Text("泡沫液泵", "foam pump"),
        106: Text("管网电磁阀", "pipe solenoid valve"),
        111: Text("防烟排烟风机", "smoke fan"),
        113: Text("排烟防火阀", "smoke damper"),
        114: Text("常闭送风口", "air supply vent"),
        115: Text("排烟口", "smoke vent"),
        116: Text("电控挡烟垂壁", "smoke curtain"),
        117: Text("防火卷帘控制器", "fire shutter controller"),
        118: Text("防火门监控器", "fire door monitor"),
        121: Text("警报装置", "sounder"),
    }
)

# Table 7: what is measured, its unit, and what one step of the value is worth.
QUANTITIES: Final[Mapping[int, tuple[Text, str, float]]] = MappingProxyType(
    {
        1: (Text("事件计数", "events"), "", 1),
        2: (Text("高度", "height"), "m", 0.01),
        3: (Text("温度", "temperature"), "℃", 0.1),
        4: (Text("压力", "pressure"), "MPa", 0.1),
        5: (Text("压力", "pressure"), "kPa", 0.1),
        6: (Text("气体浓度", "gas"), "%LEL", 0.1),
        7: (Text("时间", "time"), "s", 1),
        8: (Text("电压", "voltage"), "V", 0.1),
        9: (Text("电流", "current"), "A", 0.1),
        10: (Text("流量", "flow"), "L/s", 0.1),
        11: (Text("风量", "air volume"), "m³/min", 0.1),
        12: (Text("风速", "air speed"), "m/s", 1),
    }
)

_OPERATIONS: Final = {
    0: Text("复位", "reset"),
    1: Text("消音", "silenced"),
    2: Text("手动报警", "manual alarm"),
    3: Text("警情消除", "alarm cleared"),
    4: Text("自检", "self test"),
    6: Text("测试", "test"),
}
SYSTEM_OPERATIONS: Final[Mapping[int, Text]] = MappingProxyType({**_OPERATIONS, 5: Text("确认", "confirmed")})
DEVICE_OPERATIONS: Final[Mapping[int, Text]] = MappingProxyType(
    {**_OPERATIONS, 5: Text("查岗应答", "duty check answered")}
)
MANUAL_ALARM: Final = 0x04
"""Bit 2 of operations: somebody raised the alarm by hand."""


def conditions_of(state: State) -> Mapping[int, Condition]:
    """The table of bits that a state is written in."""
    if state.part is not None:
        return {**PART_BITS, 1: _GAS} if state.part.type in GAS_PARTS else PART_BITS
    return DEVICE_BITS if state.system is None else SYSTEM_BITS


def part_name(part: Part) -> Text:
    """What a part is called by its type."""
    return PART_TYPES.get(part.type, Text(f"自定义部件 {part.type}", f"part of type {part.type}"))


def system_name(kind: int) -> Text:
    """What a system is called by its type."""
    return SYSTEM_TYPES.get(kind, Text(f"自定义系统 {kind}", f"system of type {kind}"))


def operations_of(flags: int, *, of_device: bool) -> list[Text]:
    """What was done, by the bits of an operation."""
    table = DEVICE_OPERATIONS if of_device else SYSTEM_OPERATIONS
    return [text for bit, text in sorted(table.items()) if flags >> bit & 1]
