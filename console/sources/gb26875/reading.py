"""Make Signals out of what a transmitter reports: the edges of its states are alarms and restores, the rest information.

A transmitter says again and again how a part stands. A bit that comes is an alarm, a bit that goes restores exactly that
condition of that part; what is only repeated is kept as information and raises nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from console.models.alarms import AlarmClass, Priority
from console.models.ids import PointId, SignalId, SourceId, new_id
from console.models.inputs import UNKNOWN_ACCOUNT
from console.models.signals import Signal, SignalKind
from console.models.text import Text
from console.sources.gb26875 import clocks, objects, states
from console.sources.gb26875.objects import Content, Part, State, System, Thing
from console.sources.gb26875.setup import DEVICE, Peer
from console.sources.gb26875.states import Condition
from console.sources.gb26875.wire import Frame
from console.sources.priorities import USUAL_PRIORITY

CODEC: Final = "gb26875.3/1"
FORMAT: Final = "GB26875.3"
DUTY: Final = "duty_check"
LONGEST_HEX: Final = 200
"""How much of unknown bytes goes into the sentence, in hex digits; all of it is in the raw bytes."""

Memory = Mapping[str, int]
"""The state bits that a transmitter last reported, by place: what an edge is measured against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One frame with all that is known about it; `peer` is None where the site does not know its sender.

    `remembers` says that the memory holds every condition that stands, so that a part without one has none.
    `style` is how its clock is written, None where no way gives a possible time; `zone` is the clock's time zone.
    """

    source: SourceId
    frame: Frame
    peer: Peer | None
    style: clocks.Style | None
    zone: tzinfo
    sender: str
    at: datetime
    remembers: bool = False

    @property
    def account(self) -> str:
        """The sender's address as the site folder writes it."""
        return str(self.frame.source)

    @property
    def label(self) -> Text:
        """What to call the sender."""
        return self.peer.label if self.peer else Text(f"未登记的装置 {self.account}", f"unknown device {self.account}")

    def sequence(self, what: str) -> str:
        """What identifies a signal of this frame: sender, sequence number, check sum, and which of its signals."""
        return f"{self.account}-{self.frame.sequence:04X}-{self.frame.check_sum:02X}-{what}"

    def moment(self, stamp: bytes) -> datetime | None:
        """When something happened by the sender's clock, None where that is impossible."""
        return clocks.read(stamp, self.style, self.zone) if stamp and self.style else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The signals of a frame, and the memory of its sender once they are on disk."""

    signals: tuple[Signal, ...]
    memory: Memory


def read(received: Received, content: Content, memory: Memory) -> Reading:
    """Give a Signal or more for every object, in their order, and what to remember when all of them are kept."""
    signals: list[Signal] = []
    learnt = dict(memory)
    for index, thing in enumerate(content.things):
        signals += _read_thing(received, thing, index, content.type, learnt)
    if content.missing:
        signals.append(unreadable(received, _missing(content.missing)))
    elif content.rest:
        words = _hex(content.rest)
        signals.append(
            _information(
                received, "rest", DEVICE, Text(f"多余字节 {words}", f"Bytes too many: {words}"), str(content.type)
            )
        )
    if received.peer is None:
        return Reading(signals=tuple(_quarantined(received, signal) for signal in signals), memory={})
    return Reading(signals=tuple(signals), memory=learnt)


def unreadable(received: Received, reason: Text) -> Signal:
    """Give the Signal of a frame that came over whole but cannot be read: it may have been a fire."""
    text = Text(
        f"{received.label.zh}发来无法解读的信息：{reason.zh}。请查看火灾报警控制器。",
        f"A message of {received.label.en} cannot be read: {reason.en}. Look at the fire panel.",
    )
    return _made(
        received,
        what="unreadable",
        kind=SignalKind.ALARM,
        place=DEVICE,
        suffix="/unreadable",
        code=str(received.frame.command),
        alarm_class=AlarmClass.COMMS,
        priority=int(USUAL_PRIORITY[AlarmClass.COMMS]),
        text=text,
        momentary=True,
        details={"family": "unreadable", "of_device": True},
    )


def refused(received: Received, what: Text) -> Signal:
    """Give the Signal that tells of an order or a question that this console does not follow."""
    text = Text(f"{received.label.zh}：{what.zh}", f"{received.label.en}: {what.en}")
    made = _information(received, "refused", DEVICE, text, str(received.frame.command), labelled=True)
    return made if received.peer else _quarantined(received, made)


def stranger(received: Received) -> Signal:
    """Give the Signal that tells of an unknown device that only says that it is there."""
    text = Text(
        f"{received.label.zh}（{received.sender}）正在发送心跳。",
        f"An {received.label.en} ({received.sender}) is sending heartbeats.",
    )
    made = _information(received, "heartbeat", DEVICE, text, str(received.frame.command), labelled=True)
    return _quarantined(received, made)


def canary(received: Received, token: str) -> Signal:
    """Give the Signal of a canary that this console sent over its own wire."""
    text = Text("通道自检信号", "Canary of this console")
    made = _information(received, "canary", DEVICE, text, token, labelled=True)
    return replace(made, kind=SignalKind.CANARY, sequence="")


def duty_check(received: Received, minutes: int) -> Signal:
    """Give the alarm of a duty check (查岗); `due_at` among its details is when the centre stops waiting."""
    limit = Text(f"，限 {minutes} 分钟内应答", f", answer within {minutes} min") if minutes else Text("", "")
    return _made(
        received,
        what=DUTY,
        kind=SignalKind.ALARM,
        place="",
        suffix=DUTY,
        code=str(objects.DUTY_CHECK),
        alarm_class=AlarmClass.DUTY_CHECK,
        priority=int(USUAL_PRIORITY[AlarmClass.DUTY_CHECK]),
        text=Text(f"{received.label.zh}查岗{limit.zh}", f"Duty check of {received.label.en}{limit.en}"),
        details={
            "family": DUTY,
            "minutes": minutes,
            "due_at": (received.at + timedelta(minutes=minutes)).isoformat() if minutes else "",
        },
    )


def duty_point(address: int) -> PointId:
    """The point of the duty checks of a centre."""
    return PointId(f"gb26875:{address}/{DUTY}")


def _read_thing(received: Received, thing: Thing, index: int, kind: int, learnt: dict[str, int]) -> Iterator[Signal]:
    match thing:
        case State():
            yield from _state(received, thing, index, learnt)
        case objects.Operation():
            yield from _operation(received, thing, index, learnt)
        case _:
            place, text, stamp = _told(thing, kind, received)
            yield _information(received, str(index), place, text, str(kind), stamp=stamp, details=_values(thing))


def _state(received: Received, state: State, index: int, learnt: dict[str, int]) -> Iterator[Signal]:
    place = _place(state.system, state.part)
    before = learnt.get(place, 0 if received.remembers else None)
    conditions = states.conditions_of(state)
    who = _who(state)
    begun = [one for bit, one in conditions.items() if state.bits >> bit & 1 and not (before or 0) >> bit & 1]
    ended = [one for bit, one in conditions.items() if not state.bits >> bit & 1 and (before or 0) >> bit & 1]
    if before is None and not begun:
        # The first word about this part since the start: what it may have had before then is over.
        ended = [one for one in conditions.values() if not one.momentary]
    was_reset = bool(state.system and not state.part and state.bits >> states.RESET_BIT & 1)
    details = {
        "bits": state.bits,
        "part_text": state.text,
        "part_type": state.part.type if state.part else "",
        "system_type": state.system.type if state.system else "",
    }
    for one in begun:
        yield _edge(received, index, place, one, who, state.stamp, details, begun=True)
    for one in (one for one in ended if not one.momentary):
        yield _edge(received, index, place, one, who, state.stamp, details, begun=False)
    if state.system and was_reset:
        yield from _reset(received, state.system, index, state.stamp, learnt)
    elif not begun and not any(not one.momentary for one in ended):
        text = Text(f"状态未变：{who.zh}", f"State unchanged: {who.en}")
        yield _information(
            received, str(index), place, text, _code(state), stamp=state.stamp, details={**details, "repeated": True}
        )
    learnt[place] = state.bits


def _edge(
    received: Received,
    index: int,
    place: str,
    condition: Condition,
    who: Text,
    stamp: bytes,
    details: Mapping[str, Any],
    *,
    begun: bool,
) -> Signal:
    said = condition.begun if begun else condition.ended
    kind = SignalKind.ALARM if begun else SignalKind.RESTORE
    return _made(
        received,
        what=f"{index}-{condition.name}",
        kind=kind,
        place=place,
        suffix=condition.place,
        code=condition.name,
        alarm_class=condition.alarm_class,
        priority=int(condition.priority if begun else Priority.LOW),
        text=Text(f"{said.zh}：{who.zh}" if who else said.zh, f"{said.en}: {who.en}" if who else said.en),
        stamp=stamp,
        momentary=begun and condition.momentary,
        details={"family": condition.name, "of_device": condition.of_device, **details},
    )


def _operation(received: Received, done: objects.Operation, index: int, learnt: dict[str, int]) -> Iterator[Signal]:
    place = _place(done.system, None)
    words = states.operations_of(done.flags, of_device=done.system is None) or [
        Text(f"未知操作 {done.flags:#04x}", f"unknown operation {done.flags:#04x}")
    ]
    who = _system_words(done.system) if done.system else Text("传输装置", "transmitter")
    text = Text(
        f"{who.zh}操作：{'、'.join(word.zh for word in words)}（操作员 {done.operator}）",
        f"Operation at the {who.en}: {', '.join(word.en for word in words)} (operator {done.operator})",
    )
    details = {"flags": done.flags, "operator": done.operator}
    if done.flags & states.MANUAL_ALARM:
        yield _made(
            received,
            what=f"{index}-manual_alarm",
            kind=SignalKind.ALARM,
            place=place,
            suffix="",
            code="manual_alarm",
            alarm_class=AlarmClass.FIRE,
            priority=int(Priority.CRITICAL),
            text=Text(f"手动火警：{who.zh}", f"Fire alarm raised by hand: {who.en}"),
            stamp=done.stamp,
            momentary=True,
            details={"family": "fire", **details},
        )
    yield _information(received, str(index), place, text, "operation", stamp=done.stamp, details=details)
    if done.flags & objects.RESET:
        if done.system:
            yield from _reset(received, done.system, index, done.stamp, learnt, told=True)
        else:
            learnt.clear()


def _reset(
    received: Received, system: System, index: int, stamp: bytes, learnt: dict[str, int], *, told: bool = False
) -> Iterator[Signal]:
    """The fire panel was reset there: what stood is over until it is told anew, which a latched alarm survives.

    Without this a second fire of the same detector would pass for a repetition of the first.
    """
    if not told:
        who = _system_words(system)
        yield _information(
            received,
            f"{index}-reset",
            system.name,
            Text(f"{who.zh}已在主机复位", f"{who.en} was reset at the panel"),
            "reset",
            stamp=stamp,
        )
    for place in [place for place in learnt if place == system.name or place.startswith(f"{system.name}-")]:
        bits = learnt.pop(place)
        table = states.SYSTEM_BITS if place == system.name else states.PART_BITS
        for condition in (one for bit, one in table.items() if bits >> bit & 1 and not one.momentary):
            ended = _edge(
                received,
                index,
                place,
                condition,
                Text(f"主机复位（{place}）", f"panel reset ({place})"),
                stamp,
                {"by_reset": True},
                begun=False,
            )
            also = [AlarmClass.GAS.value] if condition.alarm_class is AlarmClass.FIRE else []
            what = received.sequence(f"{index}-{place}-{condition.name}")
            yield replace(ended, sequence=what, details={**ended.details, "also_restores": also})


def _told(thing: Thing, kind: int, received: Received) -> tuple[str, Text, bytes]:
    """The place, the words and the time of what is only information."""
    match thing:
        case objects.Analog():
            name, unit, step = states.QUANTITIES.get(
                thing.quantity, (Text(f"模拟量 {thing.quantity}", f"quantity {thing.quantity}"), "", 1)
            )
            part = _part_words(thing.part, "")
            value = f"{thing.value * step:g}{f' {unit}' if unit else ''}"
            return thing.part.name, Text(f"{part.zh}：{name.zh} {value}", f"{part.en}: {name.en} {value}"), thing.stamp
        case objects.Version():
            who = _system_words(thing.system) if thing.system else Text("传输装置", "Transmitter")
            number = f"{thing.major}.{thing.minor}"
            return _place(thing.system, None), Text(f"{who.zh}软件版本 {number}", f"{who.en}: version {number}"), b""
        case objects.Config():
            who = _part_words(thing.part, "") if thing.part else _system_words(thing.system)
            text = Text(f"{who.zh}配置：{thing.text}", f"{who.en}, configuration: {thing.text}")
            return _place(thing.system, thing.part), text, b""
        case objects.ClockReport():
            who = _system_words(thing.system)
            at = received.moment(thing.stamp)
            shown = at.astimezone(received.zone).strftime("%Y-%m-%d %H:%M:%S") if at else _hex(thing.stamp)
            return _place(thing.system, None), Text(f"{who.zh}时钟 {shown}", f"{who.en}, clock: {shown}"), b""
        case objects.Unknown():
            words = _hex(thing.body)
            return DEVICE, Text(f"未知类型 {kind} 的数据 {words}", f"Data of unknown type {kind}: {words}"), b""
    return DEVICE, Text(f"类型 {kind}", f"Type {kind}"), b""


def _values(thing: Thing) -> dict[str, Any]:
    match thing:
        case objects.Analog():
            return {"quantity": thing.quantity, "value": thing.value}
        case objects.Unknown():
            return {"unknown_type": True}
    return {}


def _code(state: State) -> str:
    return str(objects.PART_STATE if state.part else objects.SYSTEM_STATE if state.system else objects.DEVICE_STATE)


def _place(system: System | None, part: Part | None) -> str:
    return part.name if part else system.name if system else DEVICE


def _who(state: State) -> Text:
    if state.part:
        return _part_words(state.part, state.text)
    return _system_words(state.system)


def _part_words(part: Part, text: str) -> Text:
    name = states.part_name(part)
    zh = f"{name.zh}（{part.area}区{part.number}号）"
    en = f"{name.en} (area {part.area}, number {part.number})"
    return Text(f"{text} {zh}".strip(), f"{text} {en}".strip())


def _system_words(system: System | None) -> Text:
    if system is None:
        return Text("传输装置", "transmitter")
    name = states.system_name(system.type)
    return Text(f"{name.zh} {system.address}", f"{name.en} {system.address}")


def _hex(some: bytes) -> str:
    digits = some.hex(" ").upper()
    return digits if len(digits) <= LONGEST_HEX else f"{digits[:LONGEST_HEX]}…"


def _missing(number: int) -> Text:
    return Text(f"缺少 {number} 个信息对象", f"{number} of its objects are missing")


def _information(
    received: Received,
    what: str,
    place: str,
    text: Text,
    code: str,
    *,
    stamp: bytes = b"",
    labelled: bool = False,
    details: Mapping[str, Any] | None = None,
) -> Signal:
    return _made(
        received,
        what=what,
        kind=SignalKind.INFORMATION,
        place=place,
        suffix="",
        code=code,
        alarm_class=AlarmClass.SYSTEM,
        priority=int(Priority.LOW),
        text=text,
        stamp=stamp,
        labelled=labelled,
        details=details or {},
    )


def _made(
    received: Received,
    *,
    what: str,
    kind: SignalKind,
    place: str,
    suffix: str,
    code: str,
    alarm_class: AlarmClass,
    priority: int,
    text: Text,
    stamp: bytes = b"",
    momentary: bool = False,
    labelled: bool = False,
    details: Mapping[str, Any],
) -> Signal:
    mapped = received.peer.parts.get(place) if received.peer else None
    point = PointId(f"{mapped or f'gb26875:{received.account}/{place}'}{suffix}")
    says_who = labelled or mapped or received.label.zh in text.zh
    said = text if says_who else Text(f"{received.label.zh}：{text.zh}", f"{received.label.en}: {text.en}")
    happened_at = received.moment(stamp)
    impossible = bool(stamp) and happened_at is None
    kept = {"account": received.account, "format": FORMAT, "clock_impossible": impossible, **details}
    return Signal(
        id=SignalId(new_id()),
        source=received.source,
        kind=kind,
        point=point,
        code=code,
        alarm_class=alarm_class.value,
        priority=priority,
        text_zh=said.zh,
        text_en=said.en,
        received_at=received.at,
        source_at=happened_at or received.moment(received.frame.clock),
        sequence=received.sequence(what),
        sender=received.sender,
        raw=received.frame.raw,
        codec=CODEC,
        momentary=momentary,
        details={name: value for name, value in kept.items() if value not in ("", [], {}, False)},
    )


def _quarantined(received: Received, signal: Signal) -> Signal:
    """A signal of a device that the site does not know: kept as information for the supervisor."""
    return replace(
        signal,
        kind=SignalKind.INFORMATION,
        point=PointId(f"gb26875:{received.account}/?"),
        alarm_class=AlarmClass.SYSTEM.value,
        priority=int(Priority.LOW),
        momentary=False,
        details={
            **signal.details,
            UNKNOWN_ACCOUNT: received.account,
            "kind": signal.kind.value,
            "class": signal.alarm_class,
        },
    )
