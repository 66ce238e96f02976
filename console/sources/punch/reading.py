"""Read a punch out of the JSON that a patrol reader posts.

`{"device": "reader-3", "chip": "04A1B2C3", "at": "2026-03-14T12:05:00+08:00", "person": "007", "result": "ok", "text": "..."}`
"""

import json
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from console.models.errors import ConsoleError
from console.models.ids import new_id
from console.models.patrol import Punch
from console.sources.words import printable

# The fields, how long each may be, and whether it must be there.
FIELDS: Final = {
    "device": (64, True),
    "chip": (64, True),
    "person": (64, False),
    "result": (64, False),
    "text": (500, False),
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


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
        reader_at=_moment(given.get("at"), zone),
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


def _moment(written: Any, zone: tzinfo | None) -> datetime:
    try:
        if isinstance(written, int | float) and not isinstance(written, bool):
            return _EPOCH + timedelta(seconds=written)
        at = datetime.fromisoformat(written)
    except (TypeError, ValueError, OverflowError) as error:
        raise ConsoleError(
            zh="“at”应为 ISO 8601 时间，例如 2026-03-14T12:05:00+08:00。",
            en='"at" must be a time in ISO 8601, such as 2026-03-14T12:05:00+08:00.',
        ) from error
    if at.tzinfo is None:
        if zone is None:
            raise ConsoleError(
                zh="“at”缺少时区，例如 +08:00。",
                en='"at" lacks its offset, such as +08:00.',
            )
        at = at.replace(tzinfo=zone)
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ConsoleError(zh="“at”超出范围。", en='"at" is out of range.') from error
