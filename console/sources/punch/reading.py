"""Read a punch out of the JSON that a patrol reader posts.

`{"device": "reader-3", "chip": "04A1B2C3", "at": "2026-03-14T12:05:00+08:00", "person": "007", "result": "ok", "text": "..."}`
"""

import json
from datetime import datetime, tzinfo
from typing import Any, Final

from console.models.errors import ConsoleError
from console.models.ids import new_id
from console.models.patrol import Punch
from console.sources.moments import moment
from console.sources.words import printable

# The fields, how long each may be, and whether it must be there.
FIELDS: Final = {
    "device": (64, True),
    "chip": (64, True),
    "person": (64, False),
    "result": (64, False),
    "text": (500, False),
}


def read_punch(body: bytes, received_at: datetime, zone: tzinfo | None) -> Punch:
    """Give the punch in a request's body.

    `at` is ISO 8601 with its offset, or seconds since 1970 (UTC); without an offset it is read in `zone` and refused
    where that is None. Other fields are passed over, the whole body is kept as `raw`. Raises ConsoleError with a
    sentence that names the field.
    """
    try:
        given = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ConsoleError(zh="内容不是 UTF-8 的 JSON。", en="The body is not JSON in UTF-8.") from error
    if not isinstance(given, dict):
        raise ConsoleError(zh="内容应为 JSON 对象。", en="The body must be a JSON object.")
    texts = {name: _text(given, name, *rule) for name, rule in FIELDS.items()}
    return Punch(
        id=new_id(),
        device=texts["device"],
        chip=texts["chip"],
        reader_at=moment(given.get("at"), zone),
        received_at=received_at,
        person=texts["person"],
        result=texts["result"],
        text=texts["text"],
        raw=body,
    )


def _text(given: dict[str, Any], name: str, longest: int, required: bool) -> str:
    value = given.get(name)
    if value is None:
        value = ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > longest or (required and not value.strip()):
        raise ConsoleError(
            zh=f"“{name}”应为 {'1' if required else '0'} 到 {longest} 个字符的文字。",
            en=f'"{name}" must be a text of {"1" if required else "0"} to {longest} characters.',
        )
    if not value.isprintable() and name != "text":
        raise ConsoleError(zh=f"“{name}”含有不可见字符。", en=f'"{name}" holds characters that cannot be printed.')
    return printable(value).strip()
