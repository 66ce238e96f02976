"""Make Signals out of the events of a message."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from console.models.alarms import AlarmClass
from console.models.ids import PointId, SignalId, SourceId, new_id
from console.models.signals import Signal, SignalKind
from console.models.text import Text
from console.sources.priorities import USUAL_PRIORITY
from console.sources.sia_dc09 import wire
from console.sources.sia_dc09.codes import NUMBERED, OF_THE_PANEL, QUIET_PRIORITY, STILL_PRESENT, Meaning, meaning_of
from console.sources.sia_dc09.events import CONTACT_ID, Event
from console.sources.sia_dc09.message import Content, Head
from console.sources.sia_dc09.schedule import is_opening
from console.sources.sia_dc09.setup import Account, plain_number
from console.sources.source import MISSED, UNKNOWN_ACCOUNT

CODEC: Final = "dc09/1"
UNREADABLE: Final = "unreadable"
LONGEST_TEXT: Final = 200
"""How much of a panel's own words goes into the sentence, in characters; all of it is in the raw bytes."""
PANEL: Final = "0"
"""The number that stands for the panel as a whole."""

_OF_MACHINES: Final = frozenset({AlarmClass.FAULT, AlarmClass.POWER, AlarmClass.COMMS, AlarmClass.SYSTEM})

_MARKS: Final[tuple[tuple[Text, Callable[[Event], bool]], ...]] = (
    (Text("仍存在", "still present"), lambda event: event.qualifier == STILL_PRESENT),
    (Text("历史补报", "from memory"), lambda event: event.old),
)

# The extended data that is text for a person: what happened, and where (DC-09 5.5.1.8).
_SPOKEN: Final = ("I", "S", "O", "L", "R")
_KEY: Final = "K"
_LINK: Final = "V"
_HAPPENED_AT: Final = "H"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One frame with all that is known about it; `account` is None where the site does not know `account_id`.

    `content` is None where it could not be read.
    """

    source: SourceId
    frame: wire.Frame
    head: Head
    account_id: str
    account: Account | None
    content: Content | None
    sender: str
    at: datetime

    def sequence(self, index: int) -> str:
        """What identifies the message for five minutes: account, sequence number, CRC; `index` counts its events.

        Some panels number every message 0000 and put no time on it: two of them may be two alarms, so that they have no
        identity and each counts.
        """
        if self.head.sequence == "0000" and not self.head.encrypted and not (self.content and self.content.stamp):
            return ""
        return f"{self.account_id}-{self.head.sequence}-{self.frame.crc:04X}-{index}"


def signals_of(received: Received, events: list[Event]) -> list[Signal]:
    """Give one Signal for each event, in their order; those of an unknown account as information to be looked into."""
    content = received.content or Content(data="")
    return [_signal(received, content, event, index) for index, event in enumerate(events)]


def unreadable(received: Received, reason: Text) -> Signal:
    """Give the Signal of a message that came over whole but cannot be read: it may have been a fire."""
    point = _panel_point(received)
    known = received.account is not None
    who = (
        received.account.label
        if received.account
        else Text(f"账号 {received.account_id}", f"account {received.account_id}")
    )
    text = Text(
        f"{who.zh}发来无法解读的信息：{reason.zh}。请向现场核实。",
        f"A message of {who.en} cannot be read: {reason.en}. Ask the site what happened.",
    )
    return _made(
        received,
        index=0,
        kind=SignalKind.ALARM if known else SignalKind.INFORMATION,
        point=point,
        code=received.head.format,
        alarm_class=AlarmClass.COMMS if known else AlarmClass.SYSTEM,
        priority=int(USUAL_PRIORITY[AlarmClass.COMMS]) if known else QUIET_PRIORITY,
        text=text,
        source_at=received.content.sent_at if received.content else None,
        details={"family": UNREADABLE, **({} if known else {UNKNOWN_ACCOUNT: received.account_id})},
        momentary=known,
    )


def stranger(received: Received) -> Signal:
    """Give the Signal that tells of an unknown account that only says that it is there."""
    return _made(
        received,
        index=0,
        kind=SignalKind.INFORMATION,
        point=_panel_point(received),
        code=received.head.format,
        alarm_class=AlarmClass.SYSTEM,
        priority=QUIET_PRIORITY,
        text=Text(
            f"未登记的账号 {received.account_id}（{received.sender}）正在发送巡检信号。",
            f"The unknown account {received.account_id} ({received.sender}) is polling.",
        ),
        source_at=received.content.sent_at if received.content else None,
        details={UNKNOWN_ACCOUNT: received.account_id},
    )


def _signal(received: Received, content: Content, event: Event, index: int) -> Signal:
    meaning = meaning_of(event)
    extended = dict(content.extended)
    place = _place_name(event, meaning)
    condition = _condition(event, meaning) if place == PANEL else ""
    name = condition or place
    words = _words(event, meaning, content)
    details = _details(received, content, event, meaning)
    if received.account is None:
        details |= {UNKNOWN_ACCOUNT: received.account_id, "kind": meaning.kind.value, "class": meaning.alarm_class.value}
        said = _sentence(Text(f"未登记的账号 {received.account_id}", f"Unknown account {received.account_id}"), words)
        point, kind = _panel_point(received), SignalKind.INFORMATION
        alarm_class, priority = AlarmClass.SYSTEM, QUIET_PRIORITY
    else:
        mapped = received.account.zones.get(name) or (received.account.zones.get(PANEL) if condition else None)
        point = mapped or PointId(f"dc09:{received.account_id}/{name}")
        kind, alarm_class, priority = meaning.kind, meaning.alarm_class, meaning.priority
        if _is_against_schedule(received.account, event, received.at):
            kind, alarm_class, priority = SignalKind.ALARM, AlarmClass.ACCESS, int(USUAL_PRIORITY[AlarmClass.INTRUSION])
            words = Text(f"布防时段内撤防：{words.zh}", f"Disarmed while it should be set: {words.en}")
            details["against_schedule"] = True
        said = words if mapped else _sentence(received.account.label, words)
    return _made(
        received,
        index=index,
        kind=kind,
        point=point,
        code=event.sent_code,
        alarm_class=alarm_class,
        priority=priority,
        text=said,
        source_at=_happened_at(received, extended) or content.sent_at,
        details=details,
        momentary=kind is SignalKind.ALARM
        and (meaning.momentary or "against_schedule" in details or not (received.account and received.account.sends_restores)),
    )


def skipped(source: SourceId, account: Account, numbers: tuple[int, ...], at: datetime) -> Signal:
    """Give the Signal that tells of numbered messages of an account that never came."""
    written = ", ".join(f"{number:04d}" for number in numbers)
    return Signal(
        id=SignalId(new_id()),
        source=source,
        kind=SignalKind.INFORMATION,
        point=PointId(f"dc09:{account.id}/{PANEL}"),
        code="GAP",
        alarm_class=AlarmClass.COMMS.value,
        priority=QUIET_PRIORITY,
        text_zh=f"{account.label.zh}有 {len(numbers)} 条信息未到达，序号 {written}。",
        text_en=f"{len(numbers)} messages of {account.label.en} never came, numbers {written}.",
        received_at=at,
        codec=CODEC,
        details={"account": account.id, MISSED: len(numbers)},
    )


def _is_against_schedule(account: Account, event: Event, at: datetime) -> bool:
    return account.schedule is not None and is_opening(event) and not event.old and account.schedule.is_set(at)


def _made(
    received: Received,
    *,
    index: int,
    kind: SignalKind,
    point: PointId,
    code: str,
    alarm_class: AlarmClass,
    priority: int,
    text: Text,
    source_at: datetime | None,
    details: dict[str, Any],
    momentary: bool = False,
) -> Signal:
    return Signal(
        id=SignalId(new_id()),
        source=received.source,
        kind=kind,
        point=point,
        code=code,
        alarm_class=alarm_class.value,
        priority=priority,
        text_zh=text.zh,
        text_en=text.en,
        received_at=received.at,
        source_at=source_at,
        sequence=received.sequence(index),
        sender=received.sender,
        raw=received.frame.raw,
        codec=CODEC,
        momentary=momentary,
        details={"account": received.account_id, "format": received.head.format, **details},
    )


def _panel_point(received: Received) -> PointId:
    return PointId(f"dc09:{received.account_id}/{PANEL if received.account else '?'}")


def _place_name(event: Event, meaning: Meaning) -> str:
    """Where an event happened at its panel: "12", "door-3", "0" for the panel as a whole."""
    number = plain_number(event.address)
    if meaning.at in OF_THE_PANEL or number == "0":
        return PANEL
    return number if meaning.at == "zone" else f"{meaning.at}-{number}"


def _condition(event: Event, meaning: Meaning) -> str:
    """What a machine's trouble is called at the panel as a whole: mains and battery fail apart and return apart."""
    if meaning.alarm_class not in _OF_MACHINES or meaning.kind not in (SignalKind.ALARM, SignalKind.RESTORE):
        return ""
    return f"event-{event.code}" if event.table == CONTACT_ID else meaning.family


def _words(event: Event, meaning: Meaning, content: Content) -> Text:
    number = plain_number(event.address)
    counted = NUMBERED[meaning.at]
    marks = [mark for mark, is_so in _MARKS if is_so(event)]
    zh = ["".join((meaning.name.zh, *(f"（{mark.zh}）" for mark in marks)))]
    en = [" ".join((meaning.name.en, *(f"({mark.en})" for mark in marks)))]
    if number != "0":
        zh.append(f"{counted.zh} {number}")
        en.append(f"{counted.en} {number}")
    if meaning.known:
        spoken = _clipped(" ".join((event.text, *_spoken(content))).strip())
        zh.append(spoken)
        en.append(spoken)
    else:
        zh.append(f"原文：{_clipped(content.data)}")
        en.append(f"as sent: {_clipped(content.data)}")
    return Text(" ".join(filter(None, zh)), " ".join(filter(None, en)))


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _spoken(content: Content) -> list[str]:
    return [value.strip() for letter in _SPOKEN for mark, value in content.extended if mark == letter and value.strip()]


def _sentence(who: Text, words: Text) -> Text:
    return Text(f"{who.zh}：{words.zh}", f"{who.en}: {words.en}")


def _happened_at(received: Received, extended: dict[str, str]) -> datetime | None:
    zone: tzinfo | None = received.account.zone if received.account else None
    written = extended.get(_HAPPENED_AT)
    if not written:
        return None
    return wire.moment(written, zone) if zone else wire.moment(written)


def _details(received: Received, content: Content, event: Event, meaning: Meaning) -> dict[str, Any]:
    extended = dict(content.extended)
    number = plain_number(event.address)
    details: dict[str, Any] = {
        "family": meaning.family,
        "also_restores": [ended.value for ended in meaning.also] if meaning.kind is SignalKind.RESTORE else [],
        "of_device": meaning.of_device,
        meaning.at: number if number != "0" else "",
        "area": plain_number(event.area) if event.area else "",
        "user": event.modifiers.get("id", ""),
        "qualifier": event.qualifier,
        "still_present": event.qualifier == STILL_PRESENT,
        "from_memory": event.old,
        "unknown_code": not meaning.known,
        "said": event.text,
        "units": event.units,
        "modifiers": event.modifiers,
        "extended": {letter: value for letter, value in extended.items() if letter != _KEY},  # a key is no fact
        "video": extended.get(_LINK, ""),
        "encrypted": received.head.encrypted,
        "unencrypted": bool(received.account and received.account.key and not received.head.encrypted),
        "stamp": content.stamp,
        "receiver": received.head.receiver or "",
        "line": received.head.line,
    }
    if meaning.at == "user" and number != "0":
        details["user"] = number
    return {name: value for name, value in details.items() if value not in ("", [], {}, False)}
