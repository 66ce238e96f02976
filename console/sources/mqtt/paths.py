"""Topics with named levels, paths into JSON, and texts with holes for both.

`plant/{building}/+/state` subscribes `plant/+/+/state` and calls the second level `building`; `{rest}#` at the end calls
all further levels `rest`. A path is written `$.after.zones[0]`, with or without `$.`. Nothing is ever evaluated.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from console.sources.mqtt.fact import clean

MISSING: Final = object()
"""What a path gives that leads nowhere."""

_LEVEL: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_REST: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}#")
_PART: Final = re.compile(r"\.?([^.\[\]]+)|\[(\d{1,6})\]")
_HOLE: Final = re.compile(r"\{([^{}]{1,200})\}")
LONGEST_TOPIC: Final = 65_535


def topic_filter(pattern: str) -> str:
    """What is subscribed for a pattern. Raises ValueError where it is none that MQTT allows (MQTT 5, 4.7)."""
    levels = pattern.split("/")
    if not pattern or len(pattern.encode()) > LONGEST_TOPIC or "\0" in pattern:
        raise ValueError(pattern)
    plain = []
    for position, level in enumerate(levels):
        if level == "#" or _REST.fullmatch(level):
            if position != len(levels) - 1:
                raise ValueError(pattern)
            plain.append("#")
        elif level == "+" or _LEVEL.fullmatch(level):
            plain.append("+")
        elif any(sign in level for sign in "+#{}"):
            raise ValueError(pattern)
        else:
            plain.append(level)
    return "/".join(plain)


def match(pattern: str, topic: str) -> dict[str, str] | None:
    """The named levels of a topic that fits a pattern; None where it does not fit.

    Topics that begin with `$` fit no pattern that begins with a hole (MQTT 5, 4.7.2).
    """
    wanted, levels = pattern.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] != levels[0]:
        return None
    named: dict[str, str] = {}
    for position, level in enumerate(wanted):
        rest = _REST.fullmatch(level)
        if level == "#" or rest:
            if rest:
                named[rest[1]] = "/".join(levels[position:])
            return named
        if position >= len(levels):
            return None
        hole = _LEVEL.fullmatch(level)
        if hole:
            named[hole[1]] = levels[position]
        elif level not in ("+", levels[position]):
            return None
    return named if len(levels) == len(wanted) else None


def path_parts(path: str) -> tuple[str | int, ...]:
    """A path taken apart, empty for the whole value. Raises ValueError."""
    rest = path.strip().removeprefix("$")
    parts: list[str | int] = []
    at = 0
    while at < len(rest):
        found = _PART.match(rest, at)
        if not found:
            raise ValueError(path)
        parts.append(int(found[2]) if found[2] else found[1])
        at = found.end()
    return tuple(parts)


def look_up(value: Any, parts: tuple[str | int, ...]) -> Any:
    """What stands at a path of a JSON value, MISSING where nothing does."""
    for part in parts:
        if isinstance(part, int):
            if not isinstance(value, list) or part >= len(value):
                return MISSING
        elif not isinstance(value, dict) or part not in value:
            return MISSING
        value = value[part]
    return value


def fill(template: str, levels: Mapping[str, str], value: Any) -> str:
    """A text with its holes filled: `{name}` by a level of the topic, `{$.path}` by the payload; empty where unknown."""

    def one(hole: "re.Match[str]") -> str:
        name = hole[1]
        if name.startswith("$"):
            try:
                found = look_up(value, path_parts(name))
            except ValueError:
                return ""
            return "" if found is MISSING or isinstance(found, dict | list) else clean(found)
        return clean(levels.get(name, ""))

    return _HOLE.sub(one, template)
