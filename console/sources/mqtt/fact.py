"""What a message says, before anybody asks whether it is news: the language between the profiles and the edges."""

import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from console.models.alarms import AlarmClass
from console.models.text import Text

LONGEST_TEXT: Final = 200
"""How much of a message's own words goes into a sentence, in characters; all of it is in the raw bytes."""
LONGEST_DEVICE: Final = 120

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_MILLISECONDS_FROM: Final = 100_000_000_000  # as seconds that is the year 5138
_EARLIEST, _LATEST = 946_684_800.0, 4_102_444_800.0  # 2000 and 2100: any other clock was never set


class Says(StrEnum):
    """What kind of thing is said.

    `ACTIVE` and `NORMAL` are the state of something, said as often as the sender likes. `HAPPENED` is over when it is
    said. `NOTE` is information. `ILL` and `WELL` tell how the system behind the messages is doing.
    """

    ACTIVE = "active"
    NORMAL = "normal"
    HAPPENED = "happened"
    NOTE = "note"
    ILL = "ill"
    WELL = "well"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that a message says of one condition of one device.

    `device` is the sender's name for it, `condition` what of it ("contact", "smoke", "review"). `ident` names one
    occurrence where the sender numbers them, `begins` that this is its first word of it, and `rank` how grave it has
    become: only a higher one is news again. `point` names a point of the site where the mapping says so, otherwise the
    stream's `points` are asked. `of_device` tells of the detector itself, whatever it watches for: a flat battery in a
    smoke detector is no fire.
    """

    says: Says
    device: str
    condition: str = ""
    text: Text = Text()
    alarm_class: AlarmClass = AlarmClass.INTRUSION
    priority: int | None = None
    point: str = ""
    ident: str = ""
    begins: bool = True
    rank: int = 0
    of_device: bool = False
    source_at: datetime | None = None
    details: dict[str, Any] = field(default_factory=dict)


class Nonsense(Exception):
    """A payload that is not what its topic promises; `text` says why, for the technician."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def read_text(payload: bytes) -> str:
    """The payload as text: UTF-8, or else GB18030. Raises Nonsense."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return payload.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Nonsense(Text("不是文字", "it is no text"))


def read_json(payload: bytes) -> Any:
    """The payload as JSON, in UTF-8 or GB18030. Raises Nonsense."""
    try:
        return msgspec.json.decode(read_text(payload).strip())
    except (ValueError, RecursionError):
        raise Nonsense(Text("不是 JSON", "it is no JSON")) from None


def read_object(payload: bytes) -> dict[str, Any]:
    """The payload as one JSON object. Raises Nonsense."""
    value = read_json(payload)
    if not isinstance(value, dict):
        raise Nonsense(Text("应为 JSON 对象", "it has to be a JSON object"))
    return value


def clean(value: object, longest: int = LONGEST_TEXT) -> str:
    """Something of a sender as one short line: no control characters, no line ends."""
    text = _CONTROLS.sub(" ", str(value).encode("utf-8", "replace").decode("utf-8")).strip()
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def words_of(value: object, at_most: int = 8) -> list[str]:
    """The texts of a list of a sender; empty for anything else."""
    if not isinstance(value, list):
        return []
    return [clean(one, 40) for one in value[:at_most] if isinstance(one, str) and one.strip()]


def number_of(value: object) -> float | None:
    """A number, also where it was sent as text ("100.00"); None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def flag_of(value: object) -> bool | None:
    """A yes or no as the many senders write it; None for anything else."""
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else value
    if word in ("true", "on", "yes", 1):
        return True
    return False if word in ("false", "off", "no", 0) else None


def moment_of(value: object) -> datetime | None:
    """The sender's clock: seconds or milliseconds since 1970, or ISO 8601; None where it cannot be one."""
    number = number_of(value)
    if number is None:
        if not isinstance(value, str):
            return None
        try:
            read = datetime.fromisoformat(value.strip())
            number = (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            return None
    elif abs(number) >= _MILLISECONDS_FROM:
        number /= 1000
    return datetime.fromtimestamp(number, UTC) if _EARLIEST <= number <= _LATEST else None


def status_of(payload: bytes) -> str:
    """A state that comes as a bare word or as `{"state": word}`; lower case, empty where it is neither."""
    text = read_text(payload).strip()
    if text.startswith("{"):
        value = read_object(payload).get("state")
        return value.strip().lower() if isinstance(value, str) else ""
    return text.strip('"').lower() if len(text) <= 40 else ""
