"""What any other sender says: a topic and paths into its JSON, as the site folder maps them.

```yaml
- topic: plant/{building}/door/{name}
  state: $.open            # left out: the whole payload, a bare word or number
  active: [true, "OPEN"]   # also ">= 60", "< 5" for numbers; left out: every message is an occurrence of its own
  normal: [false]          # left out: everything that is not active
  device: "{building}-{name}"
  points: {b1-front: door-front}
  class: access            # a word, or a path such as $.kind
  priority: 2              # a number, or a path
  time: $.at
  text: {zh: "{building} {name} 门开", en: "Door {name} of {building} is open"}
```
"""

import re
from collections.abc import Mapping
from contextlib import suppress
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
    moment_of,
    number_of,
    read_json,
    read_text,
)
from console.sources.mqtt.paths import MISSING, fill, look_up, match, path_parts

_COMPARISON: Final = re.compile(r"(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """One mapped topic; see the module. `active` is empty where every message is an occurrence."""

    topic: str
    state: str = ""
    active: tuple[Any, ...] = ()
    normal: tuple[Any, ...] = ()
    device: str = ""
    point: str = ""
    alarm_class: str = AlarmClass.INTRUSION.value
    priority: str = ""
    time: str = ""
    text: Text = Text()


def fits(value: Any, wanted: tuple[Any, ...]) -> bool:
    """Whether a value is one of those: the same word in any case, the same number, or within a comparison."""
    return any(_is(value, one) for one in wanted)


def _is(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, str) and (limit := _COMPARISON.fullmatch(wanted.strip())):
        number, edge = number_of(value), float(limit[2])
        if number is None:
            return False
        return {">=": number >= edge, "<=": number <= edge, ">": number > edge, "<": number < edge}[limit[1]]
    if isinstance(wanted, bool) or isinstance(value, bool):
        return _word(value) == _word(wanted)
    numbers = number_of(value), number_of(wanted)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return _word(value) == _word(wanted)


def _word(value: Any) -> str:
    return "null" if value is None else str(value).strip().lower()


def read(mapped: Mapped, topic: str, payload: bytes) -> tuple[Fact, ...]:
    """What a message says by this mapping; nothing where its topic is another. Raises Nonsense."""
    levels = match(mapped.topic, topic)
    if levels is None:
        return ()
    value = _value(payload, bare=not mapped.state)
    state = look_up(value, path_parts(mapped.state))
    if state is MISSING:
        raise Nonsense(Text(f"没有“{mapped.state}”", f"it lacks {mapped.state}"))
    says = Says.HAPPENED
    if mapped.active:
        if fits(state, mapped.active):
            says = Says.ACTIVE
        elif not mapped.normal or fits(state, mapped.normal):
            says = Says.NORMAL
        else:
            shown = clean(state, 40)
            raise Nonsense(Text(f"状态“{shown}”未登记", f'the state "{shown}" is not mapped'))
    return (_fact(mapped, topic, says, levels, value),)


def _value(payload: bytes, *, bare: bool) -> Any:
    if not bare:
        return read_json(payload)
    with suppress(Nonsense):
        return read_json(payload)
    return read_text(payload).strip()


def _fact(mapped: Mapped, topic: str, says: Says, levels: Mapping[str, str], value: Any) -> Fact:
    device = fill(mapped.device, levels, value) if mapped.device else clean(topic, LONGEST_DEVICE)
    text = Text(fill(mapped.text.zh, levels, value), fill(mapped.text.en, levels, value)) if mapped.text else Text()
    priority = _chosen(mapped.priority, value)
    number = number_of(priority)
    at = look_up(value, path_parts(mapped.time)) if mapped.time else MISSING
    return Fact(
        says=says,
        device=device or clean(topic, LONGEST_DEVICE),
        condition=mapped.state or "state",
        text=text or Text(f"{device} 报警", f"Alarm of {device}"),
        alarm_class=_class(_chosen(mapped.alarm_class, value)),
        priority=int(min(max(number, 1), 4)) if number is not None else None,
        point=fill(mapped.point, levels, value),
        source_at=moment_of(at),
        details={"levels": dict(levels)} if levels else {},
    )


def _chosen(written: str, value: Any) -> Any:
    """A word as it is written, or what stands at a path."""
    if not written.startswith("$"):
        return written
    found = look_up(value, path_parts(written))
    return "" if found is MISSING else found


def _class(word: Any) -> AlarmClass:
    try:
        return AlarmClass(str(word).strip().lower())
    except ValueError:
        return AlarmClass.INTRUSION  # an unknown word is an alarm rather than nothing
