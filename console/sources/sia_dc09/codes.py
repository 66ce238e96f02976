"""What event codes mean: class, kind, urgency and wording, read from the tables in resources/sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import yaml

from console import resources
from console.models.alarms import AlarmClass
from console.models.signals import SignalKind
from console.models.text import Text
from console.sources.priorities import USUAL_PRIORITY
from console.sources.sia_dc09.events import CONTACT_ID, SIA, Event

QUIET_PRIORITY: Final = 4

# The digits of DC-05-2016 4.1.2.3. Any other digit is read as a new event: nothing may be lost.
RESTORED: Final = "3"
STILL_PRESENT: Final = "6"

# What the number behind a code counts, for the sentence on the screen.
NUMBERED: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "zone": Text("防区", "zone"),
        "user": Text("用户", "user"),
        "area": Text("分区", "area"),
        "door": Text("门", "door"),
        "expander": Text("扩展模块", "expander"),
        "device": Text("设备", "device"),
        "line": Text("线路", "line"),
        "linecard": Text("线路卡", "line card"),
        "network": Text("网络", "network"),
        "receiver": Text("接收器", "receiver"),
        "output": Text("输出", "output"),
        "relay": Text("继电器", "relay"),
        "bell": Text("警号", "bell"),
        "printer": Text("打印机", "printer"),
        "condition": Text("状态", "condition"),
        "custom": Text("编号", "number"),
        "dealer": Text("编号", "number"),
        "message": Text("信息", "message"),
    }
)
# What a machine says about itself, unless its row says that it is about the zone.
ABOUT_DEVICES: Final = frozenset(
    {AlarmClass.FAULT, AlarmClass.POWER, AlarmClass.COMMS, AlarmClass.SYSTEM, AlarmClass.TAMPER, AlarmClass.TEST}
)
# These are not places: what they report is said of the panel as a whole.
OF_THE_PANEL: Final = frozenset({"user", "area", "condition", "custom", "dealer", "message"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What an event says.

    `family` joins an alarm and its restores at one point; a restore ends alarms of the classes in `also` besides. A
    `momentary` alarm has no code that says it is over. `of_device` tells that something is wrong with the detector or
    the panel itself, whatever its zone watches for: a flat battery in a smoke detector is no fire. `known` is False
    where only the code's group could be told.
    """

    alarm_class: AlarmClass
    kind: SignalKind
    priority: int
    name: Text
    at: str
    family: str
    also: tuple[AlarmClass, ...] = ()
    momentary: bool = False
    of_device: bool = False
    known: bool = True


@cache
def _table(name: str) -> dict[str, dict[str, dict[str, Any]]]:
    read: dict[str, dict[str, dict[str, Any]]] = yaml.load(
        resources.path(f"sources/{name}.yaml").read_bytes(), Loader=yaml.CSafeLoader
    )
    return read


def codes(table: str) -> Mapping[str, Mapping[str, Any]]:
    """Give the rows of a table, `SIA` or `CONTACT_ID`, by code."""
    return _table(table)["codes"]


def meaning_of(event: Event) -> Meaning:
    """Tell what an event means; of an unknown code what its group allows, and an alarm rather than nothing."""
    row = codes(event.table).get(event.code)
    if row is None:
        return _of_group(event)
    kind, name = SignalKind(row.get("kind", "alarm")), Text(row["zh"], row["en"])
    at = row.get("at", "zone")
    if event.table == CONTACT_ID:
        if event.qualifier == RESTORED:
            kind, name = _restored(kind, name, row.get("restored"))
        # Every code of Contact ID can be restored, but nobody restores what a person did.
        return _meaning(row, kind, name, event.code, momentary=at in OF_THE_PANEL)
    family = row.get("family", row["class"])
    return _meaning(row, kind, name, family, momentary=not _can_end(row["class"], family, at))


@cache
def _endings() -> frozenset[tuple[str, str, bool]]:
    """Class, family and whether it is of the panel as a whole, of everything that a code of DC-03 can end."""
    return frozenset(
        (row["class"], row.get("family", row["class"]), row.get("at", "zone") in OF_THE_PANEL)
        for row in codes(SIA).values()
        if row.get("kind") == SignalKind.RESTORE.value
    )


def _can_end(alarm_class: str, family: str, at: str) -> bool:
    if (alarm_class, family, at in OF_THE_PANEL) in _endings():
        return True
    # "Alarm or trouble restored" ends every fault of its zone, whatever the fault is called.
    return alarm_class == AlarmClass.FAULT and at == "zone"


def _restored(kind: SignalKind, name: Text, wording: Mapping[str, str] | None) -> tuple[SignalKind, Text]:
    if kind is SignalKind.ALARM:
        kind = SignalKind.RESTORE
    if wording is not None:
        return kind, Text(wording["zh"], wording["en"])
    if kind is SignalKind.TEST:
        return kind, Text(f"{name.zh}结束", f"{name.en} ended")
    return kind, Text(f"{name.zh}恢复", f"{name.en} restored")


def _of_group(event: Event) -> Meaning:
    groups = _table(event.table)["groups"]
    row = next(groups[event.code[:length]] for length in (2, 1, 0) if event.code[:length] in groups)
    kind = SignalKind(row.get("kind", "alarm"))
    if event.qualifier == RESTORED and kind is SignalKind.ALARM:
        kind = SignalKind.RESTORE
    name = Text(f"未知代码 {event.sent_code}（{row['zh']}）", f"Unknown code {event.sent_code} ({row['en']})")
    return _meaning(row, kind, name, event.code, momentary=event.table == SIA, known=False)


def _meaning(
    row: Mapping[str, Any], kind: SignalKind, name: Text, family: str, *, momentary: bool, known: bool = True
) -> Meaning:
    alarm_class = AlarmClass(row["class"])
    usual = int(USUAL_PRIORITY[alarm_class]) if kind is SignalKind.ALARM else QUIET_PRIORITY
    return Meaning(
        alarm_class=alarm_class,
        kind=kind,
        priority=int(row.get("priority", usual)) if kind is not SignalKind.RESTORE else QUIET_PRIORITY,
        name=name,
        at=row.get("at", "zone"),
        family=family,
        also=tuple(AlarmClass(ended) for ended in row.get("also", ())),
        momentary=momentary and kind is SignalKind.ALARM,
        of_device=alarm_class in ABOUT_DEVICES and row.get("about") != "zone",
        known=known,
    )
