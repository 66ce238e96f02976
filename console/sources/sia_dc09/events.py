"""Read the events out of the data of a message: DC-03 (SIA-DCS) and DC-05 (ADM-CID, Contact ID).

One message may hold several events and each of them counts: a fire behind a burglary is still a fire.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Final

SIA: Final = "sia"
CONTACT_ID: Final = "contact_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event as the panel sent it, in no language yet.

    `table` says whose code it is. `code` is "BA" (DC-03) or "130" (DC-05), and `qualifier` the digit before the latter:
    1 new or opening, 3 restored or closing, 6 still present (DC-05-2016 4.1.2.3). `address` is the number behind the
    code, a zone or a user by the code's meaning. `modifiers` are DC-03's lower-case pairs: ri area, id user, ti time,
    da date, pi peripheral. `old` marks what the panel sends again from its memory.
    """

    table: str
    code: str
    qualifier: str = ""
    address: str = ""
    area: str = ""
    text: str = ""
    modifiers: dict[str, str] = field(default_factory=dict)
    units: str = ""
    old: bool = False

    @property
    def sent_code(self) -> str:
        """The code as it was sent: "BA", "1130"."""
        return self.qualifier + self.code


# The modifiers of DC-03-2017 5.2.1.2, and the text that may follow one.
_MODIFIER: Final = re.compile(r"(da|ti|id|ri|pi|ai|ph|lv|va|pt|rg|ss)([0-9.:\-]*)(?:\^([^^/]*)\^?)?")
_PACKET: Final = re.compile(r"([A-Z]{2})([0-9A-F:\-]*)(?:\*([^/^]*))?")
_CONTACT_ID: Final = re.compile(r"([0-9A-F])([0-9A-F]{3})\s*([0-9A-F]{2})\s*([0-9A-F]{3,4})(.*)", re.DOTALL)

# DC-03 blocks that carry events: new, old, environmental. "A" is text that goes with them (DC-03-2017 5.2).
_EVENT_BLOCKS: Final = {"N": False, "O": True, "E": False}
_TEXT_BLOCK: Final = "A"


def read_dc03(blocks: list[str]) -> list[Event]:
    """Read DC-03 blocks such as `Nri1/BA5^front door^/FA6`; empty where no event is in them.

    Packets are parted by `/`, modifiers hold for the packets after them, text stands between `^`; a missing closing `^`
    ends at the next `/`. A packet that follows no rule is kept as text of the event before it, never thrown away.
    """
    events: list[Event] = []
    for block in blocks:
        kind, inside = block[0], block[1:]
        if kind in _EVENT_BLOCKS:
            events += _packets(inside, old=_EVENT_BLOCKS[kind])
        elif kind == _TEXT_BLOCK and events:
            events[-1] = _with_text(events[-1], inside)
    return events


def _packets(inside: str, *, old: bool) -> list[Event]:
    events: list[Event] = []
    modifiers: dict[str, str] = {}
    at = 0
    while at < len(inside):
        if inside[at] == "/":
            at += 1
        elif modifier := _MODIFIER.match(inside, at):
            said = f"{modifier[2]} {(modifier[3] or '').strip()}".strip()
            modifiers = {**modifiers, modifier[1]: said}
            at = modifier.end()
        elif packet := _PACKET.match(inside, at):
            text, at = _text(inside, packet.end())
            events.append(
                Event(
                    table=SIA,
                    code=packet[1],
                    address=packet[2].strip(":-"),
                    area=modifiers.get("ri", ""),
                    text=text,
                    modifiers=modifiers,
                    units=packet[3] or "",
                    old=old,
                )
            )
        else:
            text, at = _text(inside, at)
            if events:
                events[-1] = _with_text(events[-1], text)
    return events


def _text(inside: str, at: int) -> tuple[str, int]:
    """Give the text at `at`, up to the next packet, and where that begins."""
    words = []
    while at < len(inside) and inside[at] != "/":
        if inside[at] == "^":
            closing = inside.find("^", at + 1) if inside.count("^", at) % 2 == 0 else -1
            slash = inside.find("/", at + 1)
            end = closing if closing >= 0 else (slash if slash >= 0 else len(inside))
            words.append(inside[at + 1 : end])
            at = end + (1 if closing >= 0 else 0)
            # Some panels go on with the next packet at once, without the `/`.
            if closing >= 0 and at < len(inside) and _PACKET.match(inside, at):
                break
        else:
            end = min(
                (found for found in (inside.find("/", at), inside.find("^", at)) if found >= 0), default=len(inside)
            )
            words.append(inside[at:end])
            at = end
    return " ".join(word.strip() for word in words if word.strip()), at


def _with_text(event: Event, text: str) -> Event:
    return replace(event, text=f"{event.text} {text.strip()}".strip())


def read_dc05(blocks: list[str]) -> list[Event]:
    """Read Contact ID blocks `QXYZ GG CCC`; empty where none is one. Blocks that are not go along as text."""
    events: list[Event] = []
    for block in blocks:
        if found := _CONTACT_ID.fullmatch(block.strip()):
            qualifier, code, group, address, text = found.groups()
            events.append(
                Event(
                    table=CONTACT_ID,
                    code=code,
                    qualifier=qualifier,
                    address=address,
                    area=group.lstrip("0"),
                    text=text.strip(" ^"),
                )
            )
        elif events:
            events[-1] = _with_text(events[-1], block)
    return events
